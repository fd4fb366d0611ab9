// SPDX-License-Identifier: Apache-2.0

//! The operations on bytes that are the node's host functions: what they accept, and what they
//! compute, is what arkworks does.

#![no_main]

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{pairing::Pairing, short_weierstrass::SWCurveConfig, AffineRepr, CurveGroup};
use ark_ff::{BigInteger, PrimeField};
use candor_bn254::{
	bytes,
	encoding::{
		encode_g1, encode_g2, encode_target, G1_BYTES, G2_BYTES, SCALAR_BYTES, TARGET_BYTES,
	},
	Error,
};
use candor_fuzz::{arkworks, mutate_points};
use candor_groth16::DecodeError;
use libfuzzer_sys::fuzz_target;

/// The point that the bytes encode; infinity is one here, and so is a point outside the subgroup
/// where that is allowed.
fn point<P: SWCurveConfig>(
	bytes: &[u8],
) -> Result<ark_ec::short_weierstrass::Affine<P>, DecodeError> {
	match arkworks::point(bytes) {
		Err(DecodeError::Infinity) => Ok(ark_ec::short_weierstrass::Affine::identity()),
		other => other,
	}
}

/// The scalar that the bytes encode.
fn scalar(bytes: &[u8]) -> Option<Fr> {
	let value = Fr::from_be_bytes_mod_order(bytes);
	(value.into_bigint().to_bytes_be() == bytes).then_some(value)
}

fn columns(bytes: &[u8], first: usize, second: usize) -> (Vec<u8>, Vec<u8>) {
	let rows = bytes.chunks_exact(first + second);
	let (mut left, mut right) = (Vec::new(), Vec::new());
	for row in rows {
		left.extend_from_slice(&row[..first]);
		right.extend_from_slice(&row[first..]);
	}
	(left, right)
}

fn sums(bytes: &[u8], split: usize) {
	let (points, scalars) = columns(bytes, G1_BYTES, SCALAR_BYTES);
	let terms = points.len() / G1_BYTES;
	let split = split.min(terms);
	let counts: Vec<_> =
		[split, terms - split].iter().flat_map(|count| (*count as u32).to_le_bytes()).collect();
	let mut out = [0; 2 * G1_BYTES];
	let answer = bytes::msm_g1(&points, &scalars, &counts, &mut out);
	let points: Result<Vec<G1Affine>, _> = points.chunks(G1_BYTES).map(point).collect();
	let scalars: Option<Vec<_>> = scalars.chunks(SCALAR_BYTES).map(scalar).collect();
	let (Ok(points), Some(scalars)) = (points, scalars) else {
		assert!(answer.is_err());
		return;
	};
	assert_eq!(answer, Ok(()));
	let sum = |range: std::ops::Range<usize>| {
		let terms = points[range.clone()].iter().zip(&scalars[range]);
		encode_g1(&terms.map(|(p, s)| *p * s).sum::<G1Projective>().into_affine())
	};
	assert_eq!(out.to_vec(), [sum(0..split), sum(split..terms)].concat());
}

fn sum_in_the_second_group(bytes: &[u8]) {
	let (points, scalars) = columns(bytes, G2_BYTES, SCALAR_BYTES);
	let mut out = [0; G2_BYTES];
	let answer = bytes::msm_g2(&points, &scalars, &mut out);
	let points: Result<Vec<G2Affine>, _> = points.chunks(G2_BYTES).map(point).collect();
	let scalars: Option<Vec<_>> = scalars.chunks(SCALAR_BYTES).map(scalar).collect();
	match (points, scalars) {
		(Ok(points), Some(scalars)) => {
			assert_eq!(answer, Ok(()));
			let terms = points.iter().zip(&scalars);
			let sum: G2Projective = terms.map(|(p, s)| p.mul_bigint(s.into_bigint())).sum();
			assert_eq!(out, encode_g2(&sum.into_affine()));
		}
		// Points outside the subgroup have sums, too, which arkworks' checked decoding refuses.
		(Err(DecodeError::NotInSubgroup), Some(_)) => {}
		_ => assert!(answer.is_err()),
	}
}

fn pairing(bytes: &[u8]) {
	let (g1, g2) = columns(bytes, G1_BYTES, G2_BYTES);
	let mut value = [0; TARGET_BYTES];
	let answer = bytes::multi_miller_loop(&g1, &g2, &[], &[], &mut value);
	let first: Result<Vec<G1Affine>, _> = g1.chunks(G1_BYTES).map(point).collect();
	let second: Vec<Result<G2Affine, _>> = g2.chunks(G2_BYTES).map(point).collect();
	let outside = second.iter().position(|point| *point == Err(DecodeError::NotInSubgroup));
	let faults = second.iter().filter_map(|point| point.err());
	let decodes = faults.clone().all(|fault| fault == DecodeError::NotInSubgroup);
	let Some(first) = first.ok().filter(|_| decodes) else {
		assert!(answer.is_err());
		return;
	};
	if let Some(index) = outside {
		assert!(matches!(answer, Err(Error::NotInSubgroup { .. })), "{index}: {answer:?}");
		return;
	}
	assert_eq!(answer, Ok(()));
	assert_eq!(bytes::final_exponentiation(&mut value), Ok(()));
	let second: Vec<_> = second.into_iter().flatten().collect();
	assert_eq!(value, encode_target(&Bn254::multi_pairing(first, second).0));
}

fuzz_target!(|input: &[u8]| {
	// The choice is at the end, so that points stay where mutations expect them.
	let Some((choice, bytes)) = input.split_last() else { return };
	match choice % 4 {
		0 => sums(bytes, usize::from(choice / 4)),
		1 => sum_in_the_second_group(bytes),
		2 => pairing(bytes),
		_ => {
			let mut value = bytes.to_vec();
			let _ = bytes::final_exponentiation(&mut value);
			let answer = bytes::check_g2(bytes);
			let points: Result<Vec<G2Affine>, _> =
				bytes
					.chunks(G2_BYTES)
					.map(|bytes| {
						if bytes.len() == G2_BYTES {
							point(bytes)
						} else {
							Err(DecodeError::Length)
						}
					})
					.collect();
			assert_eq!(answer.is_ok(), points.is_ok(), "{answer:?}");
		}
	}
});

mutate_points!();
