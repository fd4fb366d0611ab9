// SPDX-License-Identifier: Apache-2.0

//! Bytes that are no prepared key.

use super::{modulus_plus, COORDINATE};
use crate::circuit::ONE;
use ark_bn254::Fq;
use ark_ff::AdditiveGroup;
use candor_groth16::{
	DecodeError, PreparedVerifyingKey, VerifyError, G1_BYTES, MAX_PREPARED_VERIFYING_KEY_BYTES,
	PREPARED_HEADER_BYTES, TARGET_BYTES,
};

#[test]
fn of_a_length_that_no_prepared_key_has() {
	let bytes = ONE.prepared.to_bytes();
	let decode = PreparedVerifyingKey::from_trusted_bytes;
	for length in (0..bytes.len()).filter(|length| *length != bytes.len() - G1_BYTES) {
		let refused = decode(&bytes[..length]);
		// Two bytes more than points take up begin a key with blocks.
		let expected = [Err(DecodeError::Length), Err(DecodeError::Blocks)];
		assert!(expected.contains(&refused), "{length}: {refused:?}");
	}
	assert_eq!(decode(&[&bytes[..], &[0]].concat()), Err(DecodeError::Length));
	let zeros = vec![0; MAX_PREPARED_VERIFYING_KEY_BYTES + G1_BYTES];
	assert_eq!(decode(&zeros), Err(DecodeError::Length));
}

#[test]
fn with_a_coordinate_at_or_above_the_modulus() {
	let bytes = ONE.prepared.to_bytes();
	for start in (0..bytes.len()).step_by(COORDINATE) {
		let mut changed = bytes.clone();
		changed[start..start + COORDINATE].copy_from_slice(&modulus_plus(Fq::ZERO));
		let refused = PreparedVerifyingKey::from_trusted_bytes(&changed);
		if (TARGET_BYTES..PREPARED_HEADER_BYTES).contains(&start) {
			// A coefficient of a line, which is decoded when it is used.
			let verdict = refused.unwrap().verify(&ONE.inputs, &ONE.proof);
			assert_eq!(verdict, Err(VerifyError::Invalid), "{start}");
		} else {
			assert_eq!(refused, Err(DecodeError::Coordinate), "{start}");
		}
	}
}
