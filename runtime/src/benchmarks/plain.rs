// SPDX-License-Identifier: Apache-2.0

//! Keys and proofs of Groth16, whose trapdoor is known.

use super::rng;
use alloc::vec::Vec;
use candor_market::SystemId;
use candor_proof_system::ProofSystem;
use candor_statement::{ModelCommitment, Statement, StatementSchema};
use candor_trapdoor::{random_scalars, Trapdoor};

pub const SYSTEM: SystemId = candor_groth16::Groth16::ID;

pub const fn schema(input_len: u32, output_len: u32) -> StatementSchema {
	StatementSchema::InferenceV1 { input_len, output_len }
}

/// The trapdoor of a key with so many public inputs; another one for each seed.
fn trapdoor(inputs: u32, seed: u32) -> Trapdoor {
	Trapdoor::random(inputs as usize, &mut rng(seed))
}

pub fn key(public_inputs: u32, seed: u32) -> Vec<u8> {
	trapdoor(public_inputs, seed).key().to_bytes()
}

pub fn model(seed: u32) -> ModelCommitment {
	ModelCommitment::from_field(random_scalars(1, &mut rng(seed)).remove(0))
}

pub fn prove(statement: &Statement<'_>, seed: u32, index: u32) -> Vec<u8> {
	let inputs = statement.public_inputs().expect("commitments are canonical");
	let public_inputs = u32::try_from(inputs.len()).expect("a key has few inputs");
	// Other random numbers than those of trapdoors.
	trapdoor(public_inputs, seed).prove(&inputs, &mut rng(!index)).to_bytes().to_vec()
}
