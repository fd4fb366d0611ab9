// SPDX-License-Identifier: Apache-2.0

//! Bytes that nobody meant: every decoder returns, and nothing verifies by accident.

use crate::circuit::ONE;
use ark_bn254::Fr;
use ark_ec::AffineRepr;
use candor_groth16::{
	G1Affine, G2Affine, PreparedVerifyingKey, Proof, VerifyError, VerifyingKey,
	PREPARED_HEADER_BYTES, PROOF_BYTES, VERIFYING_KEY_HEADER_BYTES,
};
use proptest::{collection::vec, prelude::*};

/// Bytes of a prepared key with `inputs` public inputs.
const fn prepared_bytes(inputs: usize) -> usize {
	PREPARED_HEADER_BYTES + VERIFYING_KEY_HEADER_BYTES + 64 * (inputs + 1)
}

/// Clears the bits that would take a coordinate over the modulus.
fn below_the_modulus(mut bytes: Vec<u8>) -> Vec<u8> {
	bytes.iter_mut().step_by(32).for_each(|byte| *byte &= 0x1f);
	bytes
}

/// Random bytes of which most are zero, so that points at infinity and singular values occur.
fn mostly_zeros(length: usize) -> impl Strategy<Value = Vec<u8>> {
	vec(prop_oneof![12 => Just(0u8), 1 => any::<u8>()], length)
}

proptest! {
	#[test]
	fn decoders_return_on_any_bytes(bytes in vec(any::<u8>(), 0..1200)) {
		prop_assert!(Proof::from_bytes(&bytes).is_err());
		prop_assert!(VerifyingKey::register(&bytes).is_err());
		let _ = PreparedVerifyingKey::from_trusted_bytes(&bytes);
	}

	#[test]
	fn decoders_return_on_bytes_of_the_right_length(
		proof in vec(any::<u8>(), PROOF_BYTES),
		key in (0usize..4).prop_flat_map(
			|inputs| vec(any::<u8>(), prepared_bytes(inputs) - PREPARED_HEADER_BYTES),
		),
	) {
		prop_assert!(Proof::from_bytes(&proof).is_err());
		prop_assert!(Proof::from_bytes(&below_the_modulus(proof)).is_err());
		prop_assert!(VerifyingKey::register(&key).is_err());
		prop_assert!(VerifyingKey::register(&below_the_modulus(key)).is_err());
	}

	#[test]
	fn a_prepared_key_of_any_bytes_verifies_nothing(
		bytes in vec(any::<u8>(), prepared_bytes(1)),
		sparse in mostly_zeros(prepared_bytes(1)),
		input: u64,
	) {
		for bytes in [bytes, sparse] {
			let bytes = below_the_modulus(bytes);
			let prepared = PreparedVerifyingKey::from_trusted_bytes(&bytes).unwrap();
			prop_assert_eq!(prepared.to_bytes(), bytes);
			prop_assert_eq!(
				prepared.verify(&[Fr::from(input)], &ONE.proof),
				Err(VerifyError::Invalid)
			);
			prop_assert!(PreparedVerifyingKey::prepare(prepared.verifying_key()).is_err());
		}
	}
}

#[test]
fn a_prepared_key_of_zeros_verifies_nothing() {
	let prepared = PreparedVerifyingKey::from_trusted_bytes(&[0; prepared_bytes(1)]).unwrap();
	let infinite = Proof::new(G1Affine::zero(), G2Affine::zero(), G1Affine::zero());
	for proof in [ONE.proof, infinite] {
		assert_eq!(prepared.verify(&ONE.inputs, &proof), Err(VerifyError::Invalid));
	}
}

#[test]
fn a_key_without_points_takes_no_inputs() {
	let key = VerifyingKey { ic: vec![], ..ONE.key.clone() };
	assert_eq!(
		PreparedVerifyingKey::prepare(&key).unwrap().verify(&[], &ONE.proof),
		Err(VerifyError::WrongInputCount { expected: 0, given: 0 })
	);
}
