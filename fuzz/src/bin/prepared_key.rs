// SPDX-License-Identifier: Apache-2.0

//! A key out of storage: a prepared one, and one with the byte before it that names its blocks. Its bytes
//! are trusted, but none may end in a panic.

#![no_main]

use ark_bn254::Fr;
use candor_fuzz::mutate_points;
use candor_groth16::{
	Groth16, Groth16Batch, PreparedVerifyingKey, Proof, StagedGroth16, VerifyError,
};
use candor_proof_system::{ProofRefusal, ProofSystem, SystemBatch};
use candor_statement::{Binding, InputCommitment, ModelCommitment, Statement};
use candor_trapdoor::{g1, g2};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static PROOF: LazyLock<Proof> =
	LazyLock::new(|| Proof::new(g1(Fr::from(2)), g2(Fr::from(3)), g1(Fr::from(5))));

/// Bytes of an output word.
const WORD: usize = 31;

/// Verifies proofs under a key as a chain stores it, which must not panic.
fn stored(bytes: &[u8]) {
	let mut batch = Groth16Batch::default();
	let Ok(inputs) = batch.add_key(bytes) else {
		assert!(Groth16::key_of(bytes).is_err() && StagedGroth16::key_of(bytes).is_err());
		return;
	};
	let key = StagedGroth16::key_of(bytes).expect("it was read");
	assert_eq!(Groth16::key_of(bytes), Ok(key));

	let output = vec![1; WORD * (inputs as usize).saturating_sub(3)];
	let (input, binding) = (InputCommitment::default(), Binding::default());
	let scalar = ModelCommitment::from_field(Fr::from(7));
	// The generator.
	let mut point = [0; 64];
	(point[31], point[63]) = (1, 2);
	let staged = Proof { stage_one: Some(PROOF.c), ..*PROOF };
	for model in [scalar, ModelCommitment::Point(point)] {
		let statement = Statement { model, input, output: &output, binding };
		for proof in [&PROOF, &staged] {
			let added = batch.add(0, &[statement], &proof.to_bytes());
			// There are at least the input and the binding.
			let shape = inputs < 3 || added != Err(ProofRefusal::WrongShape);
			assert!(shape, "a statement of another shape");
		}
	}
	let _ = batch.verify();
}

fuzz_target!(|bytes: &[u8]| {
	stored(bytes);
	let Ok(key) = PreparedVerifyingKey::from_trusted_bytes(bytes) else { return };
	assert_eq!(key.to_bytes(), bytes, "two encodings of one prepared key");

	let inputs: Vec<_> = (0..key.public_inputs()).map(Fr::from).collect();
	assert!(!matches!(key.verify(&inputs, &PROOF), Err(VerifyError::WrongInputCount { .. })));
});

mutate_points!();
