// SPDX-License-Identifier: Apache-2.0

//! Verification of many proofs at once.

use crate::{hasher::Hasher, BatchError, PreparedVerifyingKey, Proof, VerifyError};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use ark_bn254::{Fq12, Fr, G1Affine};
use ark_ff::{AdditiveGroup, Field};
use candor_bn254::{
	encoding::{encode_g1, encode_scalar, G1_BYTES},
	final_exponentiation, msm_g1, multi_miller_loop, Error, PreparedG2, Terms, LAMBDA,
};

/// A proof in a batch, and what it has to prove.
#[derive(Clone, Copy, Debug)]
pub struct BatchItem<'a> {
	/// Position of its key among the batch's keys.
	pub key: usize,
	/// The commitment to the model that its statement is about, under a key with a model block.
	pub model: Option<&'a G1Affine>,
	/// The public inputs of its statement.
	pub inputs: &'a [Fr],
	/// The proof.
	pub proof: &'a Proof,
}

/// Verifies that every proof of a batch proves its statement, under whichever of the keys.
///
/// The equations of the proofs, each to the power of its weight, are multiplied: one product of
/// pairings, with a pair for each proof and three for each key, one more for each of its blocks, and
/// one final exponentiation. Wrong
/// proofs pass with a probability of `2⁻¹²⁸` for each batch that is tried, as the weights are the
/// hash of all that is verified ([Bellare, Garay, Rabin 1998](https://doi.org/10.1007/BFb0054130)).
///
/// # Errors
///
/// An item that cannot be right, whatever the others are: the first whose key is not there or that has
/// not one input for each of its key's, or not a model and a stage one exactly where the key has the
/// block; if there is none, the first whose `B` is outside the subgroup
/// of prime order, which only the pairing finds out. Or, without saying which, a proof that does not
/// prove its statement.
pub fn verify_batch(
	keys: &[PreparedVerifyingKey],
	items: &[BatchItem<'_>],
) -> Result<(), BatchError> {
	for (index, item) in (0..).zip(items) {
		let key = keys.get(item.key).ok_or(VerifyError::UnknownKey);
		key.and_then(|key| key.check_shape(item.model, item.inputs, item.proof))
			.map_err(|error| BatchError::Item { index, error })?;
	}
	if let [item] = items {
		let key = keys.get(item.key).ok_or(VerifyError::UnknownKey);
		return key.and_then(|key| key.verify_about(item.model, item.inputs, item.proof)).map_err(
			|error| match error {
				VerifyError::Invalid => BatchError::Invalid,
				error => BatchError::Item { index: 0, error },
			},
		);
	}

	let weights = weights(keys, items);
	let mut shares: Vec<_> = keys.iter().map(Share::new).collect();
	for (item, weight) in items.iter().zip(&weights) {
		if let Some(share) = shares.get_mut(item.key) {
			share.add(item, *weight);
		}
	}
	shares.retain(|share| !share.weights.is_empty());

	let mut sums: Vec<Terms<'_>> = items
		.iter()
		.zip(&weights)
		.map(|(item, weight)| (core::slice::from_ref(&item.proof.a), core::slice::from_ref(weight)))
		.collect();
	sums.extend(shares.iter().map(Share::alpha));
	let fixed: Vec<_> = shares.iter().flat_map(Share::fixed).collect();
	sums.extend(fixed.iter().map(|(terms, _)| *terms));
	let sums = msm_g1(&sums).map_err(|_| BatchError::Invalid)?;
	let (firsts, of_keys) = sums.split_at_checked(items.len()).ok_or(BatchError::Invalid)?;
	let (alphas, of_fixed) = of_keys.split_at_checked(shares.len()).ok_or(BatchError::Invalid)?;

	let betas = shares.iter().map(|share| share.key.key.beta);
	let pairs: Vec<_> = firsts
		.iter()
		.copied()
		.zip(items.iter().map(|item| item.proof.b))
		.chain(alphas.iter().copied().zip(betas))
		.collect();
	let prepared: Vec<_> =
		of_fixed.iter().copied().zip(fixed.iter().map(|(_, lines)| *lines)).collect();
	let value = multi_miller_loop(&pairs, &prepared).map_err(|error| match error {
		Error::NotInSubgroup { index } if is_item(index, items) => {
			BatchError::Item { index, error: VerifyError::NotInSubgroup }
		}
		_ => BatchError::Invalid,
	})?;
	match final_exponentiation(&value) {
		Ok(value) if value == Fq12::ONE => Ok(()),
		_ => Err(BatchError::Invalid),
	}
}

fn is_item(index: u32, items: &[BatchItem<'_>]) -> bool {
	usize::try_from(index).is_ok_and(|index| index < items.len())
}

/// A sum, and the lines of the point of a key that it is paired with.
type Fixed<'a> = (Terms<'a>, &'a PreparedG2);

/// The part of a batch's equation that belongs to a key.
struct Share<'a> {
	key: &'a PreparedVerifyingKey,
	/// What the points of `IC` are multiplied by: the sum of the weights, then of the inputs times
	/// their weights.
	inputs: Vec<Fr>,
	/// The points `C`.
	points: Vec<G1Affine>,
	/// The weights.
	weights: Vec<Fr>,
	/// The opposite of the sum of the weights.
	alpha: [Fr; 1],
	/// Where each model stands among `models`.
	places: BTreeMap<[u8; G1_BYTES], usize>,
	/// The commitments to models, each once.
	models: Vec<G1Affine>,
	/// For each model the sum of the weights of the proofs about it.
	model_weights: Vec<Fr>,
	/// The points `C1`.
	stage_ones: Vec<G1Affine>,
}

impl<'a> Share<'a> {
	fn new(key: &'a PreparedVerifyingKey) -> Self {
		Self {
			key,
			inputs: vec![Fr::ZERO; key.key.ic.len()],
			points: Vec::new(),
			weights: Vec::new(),
			alpha: [Fr::ZERO],
			places: BTreeMap::new(),
			models: Vec::new(),
			model_weights: Vec::new(),
			stage_ones: Vec::new(),
		}
	}

	#[expect(clippy::arithmetic_side_effects, reason = "arithmetic of field elements")]
	fn add(&mut self, item: &BatchItem<'_>, weight: Fr) {
		let challenges = self.key.challenges(item.model, item.inputs, item.proof);
		let inputs = core::iter::once(&Fr::ONE).chain(item.inputs).chain(&challenges);
		for (sum, input) in self.inputs.iter_mut().zip(inputs) {
			*sum += weight * input;
		}
		self.points.push(item.proof.c);
		self.weights.push(weight);
		let [alpha] = &mut self.alpha;
		*alpha -= weight;
		self.stage_ones.extend(item.proof.stage_one);
		if let Some(model) = item.model {
			self.add_model(model, weight);
		}
	}

	/// Most proofs of a batch are about few models, whose points need not be multiplied again.
	#[expect(clippy::arithmetic_side_effects, reason = "arithmetic of field elements")]
	fn add_model(&mut self, model: &G1Affine, weight: Fr) {
		let next = self.models.len();
		let place = *self.places.entry(encode_g1(model)).or_insert(next);
		match self.model_weights.get_mut(place) {
			Some(sum) => *sum += weight,
			None => {
				self.models.push(*model);
				self.model_weights.push(weight);
			}
		}
	}

	/// The sum to be paired with `beta`.
	fn alpha(&self) -> Terms<'_> {
		(core::slice::from_ref(&self.key.key.alpha), &self.alpha)
	}

	/// The sums to be paired with `-gamma`, `-delta`, `-eta` and `-sigma`, as far as the key has them.
	fn fixed(&self) -> impl Iterator<Item = Fixed<'_>> {
		let inputs: Terms<'_> = (&self.key.key.ic, &self.inputs);
		let points: Terms<'_> = (&self.points, &self.weights);
		let models: Terms<'_> = (&self.models, &self.model_weights);
		let stage_ones: Terms<'_> = (&self.stage_ones, &self.weights);
		[
			(inputs, Some(&self.key.minus_gamma)),
			(points, Some(&self.key.minus_delta)),
			(models, self.key.minus_eta.as_ref()),
			(stage_ones, self.key.minus_sigma.as_ref()),
		]
		.into_iter()
		.filter_map(|(terms, lines)| Some((terms, lines?)))
	}
}

/// Says what is hashed, and how.
const DOMAIN: &[u8] = b"candor/groth16/batch/v1";

/// The weights: hashes of the whole batch, so that whoever changes anything in it changes them all.
///
/// A weight is `a + b lambda` for `a` and `b` of 64 bits each. Different pairs give different
/// weights, since no vector of the lattice of the endomorphism is that short, so there are `2¹²⁸` of
/// them; a multiplication takes half the doublings that 128 bits in a row would take.
fn weights(keys: &[PreparedVerifyingKey], items: &[BatchItem<'_>]) -> Vec<Fr> {
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
	use crate::VerifyingKey;
	use blake2::{digest::consts::U32, Blake2b, Digest};
	use candor_trapdoor::Trapdoor;
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
