// SPDX-License-Identifier: Apache-2.0

//! Bytes that are no proof.

use super::{coordinate, modulus_plus, outside_the_subgroup, COORDINATE};
use crate::circuit::ONE;
use ark_bn254::{Fq, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::AdditiveGroup;
use candor_groth16::{DecodeError, Proof, VerifyError, PROOF_BYTES};

fn proof() -> Vec<u8> {
	ONE.proof.to_bytes().to_vec()
}

fn with(change: impl FnOnce(&mut Proof)) -> Result<Proof, DecodeError> {
	let mut proof = ONE.proof;
	change(&mut proof);
	Proof::from_bytes(&proof.to_bytes())
}

#[test]
fn of_any_other_length() {
	assert_eq!(Proof::from_bytes(&[]), Err(DecodeError::Length));
	let proof = proof();
	for length in 1..proof.len() {
		assert_eq!(Proof::from_bytes(&proof[..length]), Err(DecodeError::Length), "{length}");
	}
	for more in [1, 32, 63, 65, 128, 256] {
		let longer = [&proof[..], &vec![0; more]].concat();
		assert_eq!(Proof::from_bytes(&longer), Err(DecodeError::Length), "{more} more");
	}
}

#[test]
fn with_a_coordinate_at_or_above_the_modulus() {
	let proof = proof();
	for start in (0..proof.len()).step_by(COORDINATE) {
		let range = start..start + COORDINATE;
		let same_point = modulus_plus(coordinate(&proof[range.clone()]));
		for value in [modulus_plus(Fq::ZERO), same_point, [0xff; COORDINATE]] {
			let mut changed = proof.clone();
			changed[range.clone()].copy_from_slice(&value);
			assert_eq!(Proof::from_bytes(&changed), Err(DecodeError::Coordinate), "{start}");
		}
	}
}

#[test]
fn with_any_bit_flipped() {
	let proof = proof();
	for bit in 0..8 * proof.len() {
		let mut changed = proof.clone();
		changed[bit / 8] ^= 1 << (bit % 8);
		let refused = Proof::from_bytes(&changed);
		assert!(
			matches!(refused, Err(DecodeError::NotOnCurve | DecodeError::Coordinate)),
			"bit {bit}: {refused:?}"
		);
	}
}

#[test]
fn with_a_flag_bit_set() {
	// The two highest bits of a coordinate, where other encodings keep signs and infinity.
	let proof = proof();
	for start in (0..proof.len()).step_by(COORDINATE) {
		for flag in [0x80, 0x40, 0xc0] {
			let mut changed = proof.clone();
			changed[start] |= flag;
			assert_eq!(Proof::from_bytes(&changed), Err(DecodeError::Coordinate), "{start}");
		}
	}
}

#[test]
fn with_infinity_at_a() {
	assert_eq!(with(|proof| proof.a = G1Affine::zero()), Err(DecodeError::Infinity));
}

#[test]
fn with_infinity_at_b() {
	assert_eq!(with(|proof| proof.b = G2Affine::zero()), Err(DecodeError::Infinity));
}

#[test]
fn with_infinity_at_c() {
	assert_eq!(with(|proof| proof.c = G1Affine::zero()), Err(DecodeError::Infinity));
}

#[test]
fn of_zeros() {
	assert_eq!(Proof::from_bytes(&[0; PROOF_BYTES]), Err(DecodeError::Infinity));
}

#[test]
fn with_a_point_off_the_curve() {
	assert_eq!(with(|proof| proof.a.y += Fq::from(1)), Err(DecodeError::NotOnCurve));
	assert_eq!(with(|proof| proof.b.y.c1 += Fq::from(1)), Err(DecodeError::NotOnCurve));
	assert_eq!(with(|proof| proof.c.x += Fq::from(1)), Err(DecodeError::NotOnCurve));
}

#[test]
fn with_a_point_outside_the_subgroup() {
	for seed in 0..8 {
		let outside = outside_the_subgroup(seed);
		let proof = with(|proof| proof.b = outside).unwrap();
		let verdict = ONE.prepared.verify(&ONE.inputs, &proof);
		assert_eq!(verdict, Err(VerifyError::NotInSubgroup));
	}
}

#[test]
fn with_the_real_part_first() {
	assert_eq!(
		with(|proof| {
			core::mem::swap(&mut proof.b.x.c0, &mut proof.b.x.c1);
			core::mem::swap(&mut proof.b.y.c0, &mut proof.b.y.c1);
		}),
		Err(DecodeError::NotOnCurve)
	);
}
