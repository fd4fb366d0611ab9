// SPDX-License-Identifier: Apache-2.0

//! A prepared key out of storage. Its bytes are trusted, but none may end in a panic.

#![no_main]

use ark_bn254::Fr;
use candor_fuzz::mutate_points;
use candor_groth16::{PreparedVerifyingKey, Proof, VerifyError};
use candor_trapdoor::{g1, g2};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static PROOF: LazyLock<Proof> =
	LazyLock::new(|| Proof::new(g1(Fr::from(2)), g2(Fr::from(3)), g1(Fr::from(5))));

fuzz_target!(|bytes: &[u8]| {
	let Ok(key) = PreparedVerifyingKey::from_trusted_bytes(bytes) else { return };
	assert_eq!(key.to_bytes(), bytes, "two encodings of one prepared key");

	let inputs: Vec<_> = (0..key.public_inputs()).map(Fr::from).collect();
	assert!(!matches!(key.verify(&inputs, &PROOF), Err(VerifyError::WrongInputCount { .. })));
});

mutate_points!();
