// SPDX-License-Identifier: Apache-2.0

//! Groth16 keys whose trapdoor is known, so that proofs can be written without a circuit.

use candor_bn254::encoding::encode_g1;
use candor_groth16::{Fr, VerifyingKey};
use candor_statement::{ModelCommitment, Statement};
use candor_trapdoor::{g1, StagedTrapdoor, Trapdoor};

/// A key, and what opens it.
pub struct Keyed {
	pub key: VerifyingKey,
	pub trapdoor: Trapdoor,
}

impl Keyed {
	/// A key with so many public inputs; another one for each seed.
	pub fn new(inputs: u64, seed: u64) -> Self {
		let [alpha, beta, gamma, delta] =
			[2, 3, 5, 7].map(|prime: u64| Fr::from(prime * 1000 + seed));
		let ic = (0..=inputs).map(|i| Fr::from(11 * (i + 1) * (seed + 1))).collect();
		let trapdoor = Trapdoor { alpha, beta, gamma, delta, ic };
		Self { key: trapdoor.key(), trapdoor }
	}

	/// A proof of a statement, true or not.
	pub fn prove(&self, statement: &Statement<'_>) -> Vec<u8> {
		let inputs = statement.public_inputs().unwrap();
		self.trapdoor.prove(&inputs, &mut ark_std::test_rng()).to_bytes()
	}
}

/// A key with a model block and a stage one, what opens it, and a model.
pub struct StagedKeyed {
	pub trapdoor: StagedTrapdoor,
	/// The logarithm of the model's commitment.
	pub model: Fr,
}

impl StagedKeyed {
	/// A key with so many public inputs and one challenge; another one, and another model, for each seed.
	pub fn new(inputs: u64, seed: u64) -> Self {
		let [eta, sigma] = [13, 17].map(|prime: u64| Fr::from(prime * 1000 + seed));
		let plain = Keyed::new(inputs + 1, seed).trapdoor;
		let trapdoor = StagedTrapdoor { plain, eta: Some(eta), stage_one: Some((sigma, 1)) };
		Self { trapdoor, model: Fr::from(19 * 1000 + seed) }
	}

	pub fn key(&self) -> Vec<u8> {
		self.trapdoor.key().to_bytes()
	}

	/// What the model stands under.
	pub fn commitment(&self) -> ModelCommitment {
		ModelCommitment::Point(encode_g1(&g1(self.model)))
	}

	/// A proof of a statement about the model, true or not.
	pub fn prove(&self, statement: &Statement<'_>) -> Vec<u8> {
		let inputs = statement.public_inputs_v2().unwrap();
		self.trapdoor.prove(Some(self.model), &inputs, &mut ark_std::test_rng()).to_bytes()
	}
}
