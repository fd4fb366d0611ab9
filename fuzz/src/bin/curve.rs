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
		encode_g1, encode_g2, encode_target, Reader, G1_BYTES, G2_BYTES, SCALAR_BYTES, TARGET_BYTES,
	},
	Error, PreparedG2,
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

/// A product of pairings: for the first pairs, so many as asked for and can be, with lines that were
/// prepared.
fn pairing(bytes: &[u8], prepared: usize) {
	let (mut g1, mut g2) = (Vec::new(), Vec::new());
	let (mut prepared_g1, mut lines) = (Vec::new(), Vec::new());
	let mut first = Vec::new();
	let mut second: Vec<Result<G2Affine, _>> = Vec::new();
	let mut fixed = Vec::new();
	for (place, row) in bytes.chunks_exact(G1_BYTES + G2_BYTES).enumerate() {
		let (a, b) = row.split_at(G1_BYTES);
		let decoded = point(b);
		if place < prepared {
			let lines_of = Reader::new(b).g2_unchecked().and_then(|b| PreparedG2::new(&b));
			let can_be = decoded.is_ok_and(|point| !point.is_zero());
			assert_eq!(lines_of.is_ok(), can_be, "{decoded:?}");
			if let Ok(lines_of) = lines_of {
				prepared_g1.extend_from_slice(a);
				lines.extend_from_slice(lines_of.as_bytes());
				fixed.push((point(a), decoded));
				continue;
			}
		}
		g1.extend_from_slice(a);
		g2.extend_from_slice(b);
		first.push(point(a));
		second.push(decoded);
	}
	let mut value = [0; TARGET_BYTES];
	let answer = bytes::multi_miller_loop(&g1, &g2, &prepared_g1, &lines, &mut value);
	let outside = second.iter().position(|point| *point == Err(DecodeError::NotInSubgroup));
	let faults = second.iter().filter_map(|point| point.err());
	let decodes = faults.clone().all(|fault| fault == DecodeError::NotInSubgroup);
	let all_of_first = first.into_iter().chain(fixed.iter().map(|(point, _)| *point));
	let first: Result<Vec<G1Affine>, _> = all_of_first.collect();
	let Some(first) = first.ok().filter(|_| decodes) else {
		assert!(answer.is_err());
		return;
	};
	if let Some(index) = outside {
		assert_eq!(answer, Err(Error::NotInSubgroup { index: index as u32 }));
		return;
	}
	assert_eq!(answer, Ok(()));
	assert_eq!(bytes::final_exponentiation(&mut value), Ok(()));
	let second = second.into_iter().chain(fixed.into_iter().map(|(_, point)| point)).flatten();
	assert_eq!(value, encode_target(&Bn254::multi_pairing(first, second).0));
}

fuzz_target!(|input: &[u8]| {
	// The choice is at the end, so that points stay where mutations expect them.
	let Some((choice, bytes)) = input.split_last() else { return };
	match choice % 4 {
		0 => sums(bytes, usize::from(choice / 4)),
		1 => sum_in_the_second_group(bytes),
		2 => pairing(bytes, usize::from(choice / 4)),
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
