// SPDX-License-Identifier: Apache-2.0

//! Keys with both blocks and a challenge, and proofs under them, whose trapdoor is known.

use super::rng;
use alloc::vec::Vec;
use candor_bn254::encoding::encode_g1;
use candor_groth16::StagedGroth16;
use candor_market::SystemId;
use candor_proof_system::ProofSystem;
use candor_statement::{ModelCommitment, Statement, StatementSchema};
use candor_trapdoor::{g1, random_scalars, StagedTrapdoor};

pub const SYSTEM: SystemId = StagedGroth16::ID;

/// Challenges of a key, each of which is a public input that no statement has.
const CHALLENGES: u8 = 1;
/// More models than a benchmark makes.
const MODELS: u32 = 64;

pub const fn schema(input_len: u32, output_len: u32) -> StatementSchema {
	StatementSchema::InferenceV2 { input_len, output_len }
}

/// The trapdoor of a key for statements that have so many public inputs, a model's commitment
/// included; another one for each seed.
fn trapdoor(public_inputs: u32, seed: u32) -> StagedTrapdoor {
	StagedTrapdoor::random(public_inputs.saturating_sub(1) as usize, CHALLENGES, &mut rng(seed))
}

pub fn key(public_inputs: u32, seed: u32) -> Vec<u8> {
	trapdoor(public_inputs, seed).key().to_bytes()
}

pub fn model(seed: u32) -> ModelCommitment {
	// The logarithm of the commitment.
	let logarithm = random_scalars(1, &mut rng(seed)).remove(0);
	ModelCommitment::Point(encode_g1(&g1(logarithm)))
}

pub fn prove(statement: &Statement<'_>, seed: u32, index: u32) -> Vec<u8> {
	let inputs = statement.public_inputs_v2().expect("commitments are canonical");
	let public_inputs = u32::try_from(inputs.len()).expect("a key has few inputs");
	let model = (0..MODELS)
		.find(|seed| model(*seed) == statement.model)
		.map(|seed| random_scalars(1, &mut rng(seed)).remove(0));
	assert!(model.is_some(), "the model was not made here");
	// Other random numbers than those of trapdoors.
	let proof =
		trapdoor(public_inputs.saturating_add(1), seed).prove(model, &inputs, &mut rng(!index));
	proof.to_bytes()
}
