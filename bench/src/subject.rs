// SPDX-License-Identifier: Apache-2.0

//! What is measured: keys, proofs and the ways to verify them.

use anyhow::{ensure, Context};
use ark_bn254::Bn254;
use ark_groth16::Groth16;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use candor_bn254::encoding::encode_scalar;
use candor_conformance::Item;
use candor_groth16::{verify_batch, BatchItem, Fr, PreparedVerifyingKey, Proof, VerifyingKey};
use candor_trapdoor::Trapdoor;
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

/// The size of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Shape {
	/// Number of proofs.
	pub proofs: usize,
	/// Number of keys; the proofs are under each in turn.
	pub keys: usize,
	/// Public inputs of each key.
	pub inputs: usize,
}

/// Right proofs of one shape, as a chain holds and receives them.
pub struct Batch {
	keys: Vec<VerifyingKey>,
	stored_keys: Vec<Vec<u8>>,
	items: Vec<(usize, Vec<Fr>, Vec<u8>)>,
}

impl Batch {
	/// Makes keys and proofs.
	pub fn new(shape: Shape) -> anyhow::Result<Self> {
		let rng = &mut ChaCha20Rng::seed_from_u64(1);
		let trapdoors: Vec<_> =
			(0..shape.keys).map(|_| Trapdoor::random(shape.inputs, rng)).collect();
		let keys: Vec<_> = trapdoors.iter().map(Trapdoor::key).collect();
		let prepared = keys.iter().map(PreparedVerifyingKey::prepare);
		let stored_keys =
			prepared.map(|key| Ok(key?.to_bytes())).collect::<anyhow::Result<Vec<_>>>()?;
		let items = (0..shape.proofs)
			.map(|number| {
				let key = number % shape.keys;
				let inputs: Vec<_> =
					(0..shape.inputs).map(|_| ark_ff::UniformRand::rand(rng)).collect();
				let proof = trapdoors[key].prove(&inputs, rng).to_bytes();
				(key, inputs, proof)
			})
			.collect();
		Ok(Self { keys, stored_keys, items })
	}

	/// As the runtime does it: from the stored keys and the bytes of the proofs to the verdict.
	pub fn verify(&self) -> anyhow::Result<()> {
		let keys = self
			.stored_keys
			.iter()
			.map(|bytes| PreparedVerifyingKey::from_trusted_bytes(bytes))
			.collect::<Result<Vec<_>, _>>()?;
		let proofs = self
			.items
			.iter()
			.map(|(_, _, bytes)| Proof::from_bytes(bytes))
			.collect::<Result<Vec<_>, _>>()?;
		let items: Vec<_> = self
			.items
			.iter()
			.zip(&proofs)
			.map(|((key, inputs, _), proof)| BatchItem { key: *key, model: None, inputs, proof })
			.collect();
		verify_batch(&keys, &items)?;
		Ok(())
	}

	/// The arguments of the Wasm function.
	pub fn wasm_arguments(&self) -> (Vec<Vec<u8>>, Vec<Item>) {
		let items = self.items.iter().map(|(key, inputs, proof)| {
			let inputs = inputs.iter().copied().map(encode_scalar).collect();
			(*key as u32, inputs, proof.clone())
		});
		(self.stored_keys.clone(), items.collect())
	}

	/// The first proof, for arkworks.
	pub fn for_arkworks(&self) -> anyhow::Result<Arkworks> {
		let key = self.keys.first().context("a key")?;
		let (_, inputs, proof) = self.items.first().context("a proof")?;
		let proof = Proof::from_bytes(proof)?;
		let key = ark_groth16::VerifyingKey {
			alpha_g1: key.alpha,
			beta_g2: key.beta,
			gamma_g2: key.gamma,
			delta_g2: key.delta,
			gamma_abc_g1: key.ic.clone(),
		};
		let proof = ark_groth16::Proof { a: proof.a, b: proof.b, c: proof.c };
		let mut compressed = Vec::new();
		proof.serialize_compressed(&mut compressed)?;
		let prepared = ark_groth16::prepare_verifying_key(&key);
		Ok(Arkworks { key, prepared, proof, compressed, inputs: inputs.clone() })
	}
}

/// A proof as arkworks takes it.
pub struct Arkworks {
	key: ark_groth16::VerifyingKey<Bn254>,
	prepared: ark_groth16::PreparedVerifyingKey<Bn254>,
	proof: ark_groth16::Proof<Bn254>,
	compressed: Vec<u8>,
	inputs: Vec<Fr>,
}

impl Arkworks {
	/// `verify_proof` with a prepared key on a parsed proof.
	pub fn verify_prepared(&self) -> anyhow::Result<()> {
		let holds = Groth16::<Bn254>::verify_proof(&self.prepared, &self.proof, &self.inputs)?;
		ensure!(holds, "arkworks refuses a right proof");
		Ok(())
	}

	/// The sequence of a Substrate chain that verifies each proof by itself in a host function:
	/// checked decoding of the compressed proof, preparation of the key, verification.
	pub fn verify_like_a_peer(&self) -> anyhow::Result<()> {
		let proof = ark_groth16::Proof::deserialize_compressed(&self.compressed[..])?;
		let prepared = ark_groth16::prepare_verifying_key(&self.key);
		let holds = Groth16::<Bn254>::verify_proof(&prepared, &proof, &self.inputs)?;
		ensure!(holds, "arkworks refuses a right proof");
		Ok(())
	}
}
