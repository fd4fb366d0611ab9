// SPDX-License-Identifier: Apache-2.0

//! Groth16 keys whose trapdoor is known, so that proofs can be written without a circuit.

use candor_groth16::{Fr, VerifyingKey};
use candor_statement::Statement;
use candor_trapdoor::Trapdoor;

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
		self.trapdoor.prove(&inputs, &mut ark_std::test_rng()).to_bytes().to_vec()
	}
}
