// SPDX-License-Identifier: Apache-2.0

//! Keys and proofs of `ark-groth16` for a small circuit.

use crate::rng::rng;
use ark_bn254::{Bn254, Fr};
use ark_ff::{AdditiveGroup, Field, UniformRand};
use ark_groth16::Groth16;
use ark_relations::{
	gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError},
	lc,
};
use ark_snark::SNARK;
use candor_groth16::{PreparedVerifyingKey, Proof, VerifyingKey};
use std::sync::LazyLock;

/// Knowledge of a square root of each public input.
struct SquareRoots(Vec<Fr>);

impl ConstraintSynthesizer<Fr> for SquareRoots {
	fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
		for root in self.0 {
			let square = cs.new_input_variable(|| Ok(root.square()))?;
			let root = cs.new_witness_variable(|| Ok(root))?;
			cs.enforce_r1cs_constraint(|| lc!() + root, || lc!() + root, || lc!() + square)?;
		}
		Ok(())
	}
}

/// A key, a proof under it and its public inputs, in the forms of both crates.
pub struct Proved {
	pub ark_key: ark_groth16::VerifyingKey<Bn254>,
	pub ark_proof: ark_groth16::Proof<Bn254>,
	pub key: VerifyingKey,
	pub prepared: PreparedVerifyingKey,
	pub proof: Proof,
	pub inputs: Vec<Fr>,
}

impl Proved {
	fn new(inputs: usize) -> Self {
		let rng = &mut rng(inputs as u64);
		let roots: Vec<Fr> = (0..inputs).map(|_| Fr::rand(rng)).collect();
		let setup = SquareRoots(vec![Fr::ZERO; inputs]);
		let (proving_key, ark_key) =
			Groth16::<Bn254>::circuit_specific_setup(setup, rng).expect("the circuit is sound");
		let ark_proof = Groth16::<Bn254>::prove(&proving_key, SquareRoots(roots.clone()), rng)
			.expect("the witness satisfies the circuit");
		let key = VerifyingKey::plain(
			ark_key.alpha_g1,
			ark_key.beta_g2,
			ark_key.gamma_g2,
			ark_key.delta_g2,
			ark_key.gamma_abc_g1.clone(),
		);
		Self {
			prepared: PreparedVerifyingKey::prepare(&key).unwrap(),
			proof: Proof::new(ark_proof.a, ark_proof.b, ark_proof.c),
			inputs: roots.iter().map(Field::square).collect(),
			ark_key,
			ark_proof,
			key,
		}
	}
}

/// One public input.
pub static ONE: LazyLock<Proved> = LazyLock::new(|| Proved::new(1));

/// Five public inputs: those of an inference with 40 bytes of output.
pub static FIVE: LazyLock<Proved> = LazyLock::new(|| Proved::new(5));

/// As many public inputs as there can be.
pub static MOST: LazyLock<Proved> = LazyLock::new(|| Proved::new(64));

/// Every fixture.
pub fn all() -> [&'static Proved; 3] {
	[&ONE, &FIVE, &MOST]
}
