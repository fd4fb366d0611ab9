// SPDX-License-Identifier: Apache-2.0

//! A key in memory is prepared exactly if its bytes could be decoded.

use super::outside_the_subgroup;
use crate::circuit::ONE;
use ark_bn254::{Fq, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use candor_groth16::{DecodeError, KeyError, PreparedVerifyingKey, VerifyingKey};

/// Changes a key.
type Change = fn(&mut VerifyingKey);

fn assert_refused(changes: &[Change], expected: DecodeError) {
	for (number, change) in changes.iter().enumerate() {
		let mut key = ONE.key.clone();
		change(&mut key);
		assert_eq!(VerifyingKey::from_bytes(&key.to_bytes()), Err(expected), "{number}");
		let refused = PreparedVerifyingKey::prepare(&key);
		assert_eq!(refused, Err(KeyError::Decode(expected)), "{number}");
	}
}

#[test]
fn with_a_point_at_infinity() {
	let changes: [Change; 6] = [
		|key| key.alpha = G1Affine::zero(),
		|key| key.beta = G2Affine::zero(),
		|key| key.gamma = G2Affine::zero(),
		|key| key.delta = G2Affine::zero(),
		|key| key.ic[0] = G1Affine::zero(),
		|key| key.ic[1] = G1Affine::zero(),
	];
	assert_refused(&changes, DecodeError::Infinity);
}

#[test]
fn with_a_point_off_the_curve() {
	let changes: [Change; 6] = [
		|key| key.alpha.x += Fq::from(1),
		|key| key.beta.x.c0 += Fq::from(1),
		|key| key.gamma.x.c1 += Fq::from(1),
		|key| key.delta.y.c0 += Fq::from(1),
		|key| key.ic[0].y += Fq::from(1),
		|key| key.ic[1].y += Fq::from(1),
	];
	assert_refused(&changes, DecodeError::NotOnCurve);
}

#[test]
fn with_a_point_outside_the_subgroup() {
	let changes: [Change; 3] = [
		|key| key.beta = outside_the_subgroup(1),
		|key| key.gamma = outside_the_subgroup(2),
		|key| key.delta = outside_the_subgroup(3),
	];
	assert_refused(&changes, DecodeError::NotInSubgroup);
}
