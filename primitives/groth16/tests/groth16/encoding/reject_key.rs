// SPDX-License-Identifier: Apache-2.0

//! Bytes that are no verifying key.

use super::{coordinate, modulus_plus, outside_the_subgroup, COORDINATE};
use crate::{circuit::ONE, rng::rng};
use ark_bn254::{Fq, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::AdditiveGroup;
use ark_serialize::CanonicalSerialize;
use candor_groth16::{
	DecodeError, VerifyingKey, G1_BYTES, MAX_PLAIN_VERIFYING_KEY_BYTES, VERIFYING_KEY_HEADER_BYTES,
};
use candor_trapdoor::Trapdoor;

fn key() -> Vec<u8> {
	ONE.key.to_bytes()
}

fn with(change: impl FnOnce(&mut VerifyingKey)) -> Result<VerifyingKey, DecodeError> {
	let mut key = ONE.key.clone();
	change(&mut key);
	VerifyingKey::from_bytes(&key.to_bytes())
}

#[test]
fn of_a_length_that_no_key_has() {
	assert_eq!(VerifyingKey::from_bytes(&[]), Err(DecodeError::Length));
	let key = key();
	// Without its last point it would be a key that has no public input.
	for length in (1..key.len()).filter(|length| *length != key.len() - G1_BYTES) {
		// Two bytes more than points take up begin a key with blocks.
		let is_staged = length % G1_BYTES == 2;
		let error = if is_staged { DecodeError::Blocks } else { DecodeError::Length };
		assert_eq!(VerifyingKey::from_bytes(&key[..length]), Err(error), "{length}");
	}
	for more in [1, 32, 63] {
		let longer = [&key[..], &vec![0; more]].concat();
		assert_eq!(VerifyingKey::from_bytes(&longer), Err(DecodeError::Length), "{more} more");
	}
}

#[test]
fn with_more_points_than_are_allowed_before_reading_any() {
	let most = Trapdoor::random(64, &mut rng(0)).key().to_bytes();
	assert_eq!(most.len(), MAX_PLAIN_VERIFYING_KEY_BYTES);
	assert!(VerifyingKey::from_bytes(&most).is_ok());
	// Zeros: reading them would find the point at infinity.
	for points in [1, 2, 100_000] {
		let bytes = vec![0; MAX_PLAIN_VERIFYING_KEY_BYTES + points * G1_BYTES];
		assert_eq!(VerifyingKey::from_bytes(&bytes), Err(DecodeError::Length));
	}
}

#[test]
fn with_a_length_that_is_claimed_instead_of_there() {
	let key = key();
	let (header, points) = key.split_at(VERIFYING_KEY_HEADER_BYTES);
	for claim in [2, u64::from(u32::MAX), u64::MAX] {
		for prefix in [claim.to_le_bytes().to_vec(), claim.to_be_bytes()[4..].to_vec()] {
			let claiming = [header, &prefix, points].concat();
			assert_eq!(VerifyingKey::from_bytes(&claiming), Err(DecodeError::Length));
			assert_eq!(
				VerifyingKey::from_bytes(&[header, &prefix].concat()),
				Err(DecodeError::Length)
			);
		}
	}
}

#[test]
fn in_the_encoding_of_arkworks() {
	let (mut compressed, mut uncompressed) = (Vec::new(), Vec::new());
	ONE.ark_key.serialize_compressed(&mut compressed).unwrap();
	ONE.ark_key.serialize_uncompressed(&mut uncompressed).unwrap();
	assert_eq!(VerifyingKey::from_bytes(&compressed), Err(DecodeError::Length));
	assert_eq!(VerifyingKey::from_bytes(&uncompressed), Err(DecodeError::Length));
}

#[test]
fn with_a_coordinate_at_or_above_the_modulus() {
	let key = key();
	for start in (0..key.len()).step_by(COORDINATE) {
		let range = start..start + COORDINATE;
		let same_point = modulus_plus(coordinate(&key[range.clone()]));
		for value in [modulus_plus(Fq::ZERO), same_point, [0xff; COORDINATE]] {
			let mut changed = key.clone();
			changed[range.clone()].copy_from_slice(&value);
			let refused = VerifyingKey::from_bytes(&changed);
			assert_eq!(refused, Err(DecodeError::Coordinate), "{start}");
		}
	}
}

#[test]
fn with_any_bit_flipped() {
	let key = key();
	for bit in 0..8 * key.len() {
		let mut changed = key.clone();
		changed[bit / 8] ^= 1 << (bit % 8);
		let refused = VerifyingKey::from_bytes(&changed);
		assert!(
			matches!(refused, Err(DecodeError::NotOnCurve | DecodeError::Coordinate)),
			"bit {bit}: {refused:?}"
		);
	}
}

#[test]
fn with_infinity_at_alpha() {
	assert_eq!(with(|key| key.alpha = G1Affine::zero()), Err(DecodeError::Infinity));
}

#[test]
fn with_infinity_at_beta() {
	assert_eq!(with(|key| key.beta = G2Affine::zero()), Err(DecodeError::Infinity));
}

#[test]
fn with_infinity_at_gamma() {
	assert_eq!(with(|key| key.gamma = G2Affine::zero()), Err(DecodeError::Infinity));
}

#[test]
fn with_infinity_at_delta() {
	assert_eq!(with(|key| key.delta = G2Affine::zero()), Err(DecodeError::Infinity));
}

#[test]
fn with_infinity_at_the_constants_point() {
	assert_eq!(with(|key| key.ic[0] = G1Affine::zero()), Err(DecodeError::Infinity));
}

#[test]
fn with_infinity_at_an_inputs_point() {
	assert_eq!(with(|key| key.ic[1] = G1Affine::zero()), Err(DecodeError::Infinity));
}

#[test]
fn with_a_point_off_the_curve() {
	assert_eq!(with(|key| key.alpha.x += Fq::from(1)), Err(DecodeError::NotOnCurve));
	assert_eq!(with(|key| key.beta.x.c0 += Fq::from(1)), Err(DecodeError::NotOnCurve));
	assert_eq!(with(|key| key.gamma.x.c1 += Fq::from(1)), Err(DecodeError::NotOnCurve));
	assert_eq!(with(|key| key.delta.y.c0 += Fq::from(1)), Err(DecodeError::NotOnCurve));
	assert_eq!(with(|key| key.ic[0].y += Fq::from(1)), Err(DecodeError::NotOnCurve));
	assert_eq!(with(|key| key.ic[1].y += Fq::from(1)), Err(DecodeError::NotOnCurve));
}

#[test]
fn with_beta_outside_the_subgroup() {
	let refused = with(|key| key.beta = outside_the_subgroup(1));
	assert_eq!(refused, Err(DecodeError::NotInSubgroup));
}

#[test]
fn with_gamma_outside_the_subgroup() {
	let refused = with(|key| key.gamma = outside_the_subgroup(2));
	assert_eq!(refused, Err(DecodeError::NotInSubgroup));
}

#[test]
fn with_delta_outside_the_subgroup() {
	let refused = with(|key| key.delta = outside_the_subgroup(3));
	assert_eq!(refused, Err(DecodeError::NotInSubgroup));
}
