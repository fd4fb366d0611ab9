// SPDX-License-Identifier: Apache-2.0

//! The weights of a batch: what the equation of each of its proofs is raised to.

use crate::{batch::BatchItem, hasher::Hasher, PreparedVerifyingKey};
use alloc::vec::Vec;
use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use candor_bn254::{
	encoding::{encode_g1, encode_scalar},
	LAMBDA,
};

/// Says what is hashed, and how.
const DOMAIN: &[u8] = b"candor/groth16/batch/v1";

/// The weights: hashes of the whole batch, so that whoever changes anything in it changes them all.
///
/// A weight is `a + b lambda` for `a` and `b` of 64 bits each. Different pairs give different
/// weights, since no vector of the lattice of the endomorphism is that short, so there are `2¹²⁸` of
/// them; a multiplication takes half the doublings that 128 bits in a row would take.
pub(crate) fn weights(keys: &[PreparedVerifyingKey], items: &[BatchItem<'_>]) -> Vec<Fr> {
	let mut batch = Hasher::new();
	batch.update(DOMAIN);
	batch.length(keys.len());
	for key in keys {
		let bytes = key.key.to_bytes();
		batch.length(bytes.len());
		batch.update(&bytes);
	}
	batch.length(items.len());
	for item in items {
		batch.length(item.key);
		batch.length(item.inputs.len());
		for input in item.inputs {
			batch.update(&encode_scalar(*input));
		}
		if let Some(model) = item.model {
			batch.update(&encode_g1(model));
		}
		batch.update(&item.proof.to_bytes());
	}
	let seed = batch.finish();
	(0..items.len())
		.map(|index| {
			let mut hasher = Hasher::new();
			hasher.update(&seed);
			hasher.length(index);
			weight(&hasher.finish())
		})
		.collect()
}

#[expect(clippy::arithmetic_side_effects, reason = "arithmetic of field elements")]
fn weight(hash: &[u8; 32]) -> Fr {
	let [a, b, ..] = hash.as_chunks().0 else { return Fr::ZERO };
	Fr::from(u64::from_le_bytes(*a)) + Fr::from(u64::from_le_bytes(*b)) * LAMBDA
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{Proof, VerifyingKey};
	use ark_bn254::G1Affine;
	use blake2::{digest::consts::U32, Blake2b, Digest};
	use candor_trapdoor::{g1, StagedTrapdoor, Trapdoor};
	use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

	// The trapdoor's types are those of this crate as others see it: not the same in its own tests.
	fn prepared(trapdoor: &Trapdoor) -> PreparedVerifyingKey {
		let key = VerifyingKey::from_bytes(&trapdoor.key().to_bytes()).unwrap();
		PreparedVerifyingKey::prepare(&key).unwrap()
	}

	fn prove(trapdoor: &Trapdoor, inputs: &[Fr], rng: &mut ChaCha20Rng) -> Proof {
		Proof::from_bytes(&trapdoor.prove(inputs, rng).to_bytes()).unwrap()
	}

	fn blake2(parts: &[&[u8]]) -> [u8; 32] {
		let mut hasher = Blake2b::<U32>::new();
		parts.iter().for_each(|part| Digest::update(&mut hasher, part));
		hasher.finalize().into()
	}

	/// The section "Verification" of `docs/statement.md`, written out.
	#[test]
	fn weights_are_those_of_the_contract() {
		let rng = &mut ChaCha20Rng::seed_from_u64(1);
		let trapdoors = [Trapdoor::random(1, rng), Trapdoor::random(2, rng)];
		let keys = trapdoors.each_ref().map(prepared);
		let inputs = [&[Fr::from(7)][..], &[Fr::from(8), Fr::from(9)]];
		let proofs = [0, 1].map(|n| prove(&trapdoors[n], inputs[n], rng));
		let items =
			[0, 1].map(|n| BatchItem { key: n, model: None, inputs: inputs[n], proof: &proofs[n] });

		let [one, two] = [1u64, 2].map(u64::to_le_bytes);
		let zero = [0; 8];
		let bytes = trapdoors.each_ref().map(|t| t.key().to_bytes());
		let lengths = bytes.each_ref().map(|key| (key.len() as u64).to_le_bytes());
		let scalar = |value: u8| [&[0; 31][..], &[value]].concat();
		let seed = blake2(&[
			b"candor/groth16/batch/v1",
			&two,
			&lengths[0],
			&bytes[0],
			&lengths[1],
			&bytes[1],
			&two,
			&zero,
			&one,
			&scalar(7),
			&proofs[0].to_bytes(),
			&one,
			&two,
			&scalar(8),
			&scalar(9),
			&proofs[1].to_bytes(),
		]);
		let expected = [zero, one].map(|number| {
			let hash = blake2(&[&seed, &number]);
			let half = |range: core::ops::Range<usize>| {
				Fr::from(u64::from_le_bytes(hash[range].try_into().unwrap()))
			};
			half(0..8) + half(8..16) * LAMBDA
		});
		assert_eq!(weights(&keys, &items), expected);
	}

	/// A key with both blocks, and proofs with a commitment to stage one each, about a model each.
	struct Staged {
		key: PreparedVerifyingKey,
		models: [G1Affine; 3],
		proofs: [Proof; 3],
	}

	impl Staged {
		fn new() -> Self {
			let rng = &mut ChaCha20Rng::seed_from_u64(3);
			let trapdoor = StagedTrapdoor::random(1, 1, rng);
			let key = VerifyingKey::from_bytes(&trapdoor.key().to_bytes()).unwrap();
			let logs = [5, 6, 7].map(Fr::from);
			let proofs = logs.map(|log| {
				let proof = trapdoor.prove(Some(log), &[Fr::from(8)], rng);
				Proof::from_bytes(&proof.to_bytes()).unwrap()
			});
			let key = PreparedVerifyingKey::prepare(&key).unwrap();
			Self { key, models: logs.map(g1), proofs }
		}

		/// The weights of a proof that is always there, and of one of these about one of the models.
		fn weights(&self, model: usize, proof: &Proof) -> Vec<Fr> {
			let inputs = [Fr::from(8)];
			let item = |model, proof| BatchItem {
				key: 0,
				model: Some(&self.models[model]),
				inputs: &inputs,
				proof,
			};
			weights(
				core::slice::from_ref(&self.key),
				&[item(0, &self.proofs[0]), item(model, proof)],
			)
		}
	}

	/// The same section, for a key with blocks: the model stands between inputs and proof.
	#[test]
	fn weights_of_staged_proofs_are_those_of_the_contract() {
		let staged = Staged::new();
		let [zero, one, two] = [0u64, 1, 2].map(u64::to_le_bytes);
		let key = staged.key.verifying_key().to_bytes();
		let length = (key.len() as u64).to_le_bytes();
		let input = [&[0; 31][..], &[8]].concat();
		let models = staged.models.each_ref().map(encode_g1);
		let proofs = staged.proofs.each_ref().map(Proof::to_bytes);
		let seed = blake2(&[
			b"candor/groth16/batch/v1",
			&one,
			&length,
			&key,
			&two,
			&zero,
			&one,
			&input,
			&models[0],
			&proofs[0],
			&zero,
			&one,
			&input,
			&models[1],
			&proofs[1],
		]);
		let expected = [zero, one].map(|number| weight(&blake2(&[&seed, &number])));
		assert_eq!(staged.weights(1, &staged.proofs[1]), expected);
	}

	/// Whoever could change a model or a commitment to stage one and keep the weights could choose it so
	/// that errors cancel.
	#[test]
	fn every_weight_depends_on_models_and_commitments_to_stage_one() {
		let staged = Staged::new();
		let proof = staged.proofs[1];
		let all = staged.weights(1, &proof);
		let stage_one = staged.proofs[2].stage_one;
		assert_ne!(stage_one, proof.stage_one);
		for changed in [staged.weights(2, &proof), staged.weights(1, &Proof { stage_one, ..proof })]
		{
			assert!(all.iter().zip(&changed).all(|(before, after)| before != after));
		}
	}

	/// Golden: other weights would be another contract between validators.
	#[test]
	fn weights_of_the_committed_batch_do_not_drift() {
		let json = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
		let golden = json(include_str!("../tests/vectors/batch_weights.json"));
		let others = json(include_str!("../tests/vectors/snarkjs.json"));
		let scalar = |value: &serde_json::Value| value.as_str().unwrap().parse::<Fr>().unwrap();
		let field =
			|value: &serde_json::Value| value.as_str().unwrap().parse::<ark_bn254::Fq>().unwrap();
		let g1 = |point: &serde_json::Value| G1Affine::new(field(&point[0]), field(&point[1]));
		let g2 = |point: &serde_json::Value| {
			let [x, y] = [0, 1]
				.map(|place| ark_bn254::Fq2::new(field(&point[place][0]), field(&point[place][1])));
			ark_bn254::G2Affine::new(x, y)
		};
		let keys = ["key", "skippedPhase2"].map(|name| {
			let key = &others[name];
			let ic = key["ic"].as_array().unwrap().iter().map(g1).collect();
			let [beta, gamma, delta] = ["beta", "gamma", "delta"].map(|name| g2(&key[name]));
			let key = VerifyingKey::plain(g1(&key["alpha"]), beta, gamma, delta, ic);
			PreparedVerifyingKey::prepare(&key).unwrap()
		});
		let proof = hex::decode(others["proof"].as_str().unwrap()).unwrap();
		let proof = Proof::from_bytes(&proof).unwrap();
		let items = golden["items"].as_array().unwrap();
		let inputs: Vec<Vec<Fr>> = items
			.iter()
			.map(|item| item["inputs"].as_array().unwrap().iter().map(scalar).collect())
			.collect();
		let items: Vec<_> = items
			.iter()
			.zip(&inputs)
			.map(|(item, inputs)| BatchItem {
				key: item["key"].as_u64().unwrap() as usize,
				model: None,
				inputs,
				proof: &proof,
			})
			.collect();
		let expected: Vec<_> = golden["weights"].as_array().unwrap().iter().map(scalar).collect();
		assert_eq!(weights(&keys, &items), expected);
	}

	#[test]
	fn every_weight_depends_on_everything_in_the_batch() {
		let rng = &mut ChaCha20Rng::seed_from_u64(2);
		let trapdoor = Trapdoor::random(1, rng);
		let key = prepared(&trapdoor);
		let inputs = [Fr::from(1), Fr::from(2), Fr::from(3)];
		let proofs = inputs.map(|input| prove(&trapdoor, &[input], rng));
		let item = |n: usize, input: usize| BatchItem {
			key: 0,
			model: None,
			inputs: &inputs[input..=input],
			proof: &proofs[n],
		};
		let other = prepared(&Trapdoor::random(1, rng));
		let of = |keys: &[PreparedVerifyingKey], items: &[BatchItem<'_>]| weights(keys, items);
		let keys = [key];
		let all = of(&keys, &[item(0, 0), item(1, 1)]);
		assert_ne!(all[0], all[1]);
		for changed in [
			of(&keys, &[item(0, 0), item(1, 2)]),
			of(&keys, &[item(0, 0), item(2, 1)]),
			of(&keys, &[item(1, 1), item(0, 0)]),
			of(&keys, &[item(0, 0), item(1, 1), item(2, 2)]),
			of(&[keys[0].clone(), other.clone()], &[item(0, 0), item(1, 1)]),
			of(&[other], &[item(0, 0), item(1, 1)]),
		] {
			assert!(all.iter().zip(&changed).all(|(before, after)| before != after));
		}
	}
}
