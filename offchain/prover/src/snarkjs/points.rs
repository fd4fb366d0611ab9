// SPDX-License-Identifier: Apache-2.0
//! Points as snarkjs writes them: projective, with the third coordinate 1.

use super::{
	number::{from_decimal, to_decimal},
	SnarkjsError,
};
use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ff::{BigInteger, PrimeField};

/// A point of G1: `[x, y, 1]`.
pub(super) type G1Json = [String; 3];
/// An element of the quadratic extension: real part, then imaginary part.
pub(super) type Fq2Json = [String; 2];
/// A point of G2: `[x, y, 1]`.
pub(super) type G2Json = [Fq2Json; 3];

/// `point` in decimal. Not meant for the point at infinity, which neither a proof nor a key holds.
pub(super) fn g1_to_json(point: &G1Affine) -> G1Json {
	[to_decimal(point.x), to_decimal(point.y), "1".to_owned()]
}

/// `point` in decimal. Not meant for the point at infinity, which neither a proof nor a key holds.
pub(super) fn g2_to_json(point: &G2Affine) -> G2Json {
	[fq2_to_json(point.x), fq2_to_json(point.y), ["1".to_owned(), "0".to_owned()]]
}

/// The two parts of `element` in decimal.
pub(super) fn fq2_to_json(element: Fq2) -> Fq2Json {
	[to_decimal(element.c0), to_decimal(element.c1)]
}

/// Appends the canonical bytes of a point of G1, whether it is on the curve or not.
pub(super) fn g1_to_bytes(
	place: &'static str,
	[x, y, z]: &G1Json,
	bytes: &mut Vec<u8>,
) -> Result<(), SnarkjsError> {
	if z != "1" {
		return Err(SnarkjsError::NotAffine { place });
	}
	for coordinate in [x, y] {
		coordinate_to_bytes(place, coordinate, bytes)?;
	}
	Ok(())
}

/// Appends the canonical bytes of a point of G2, whether it is on the curve or not.
pub(super) fn g2_to_bytes(
	place: &'static str,
	[x, y, z]: &G2Json,
	bytes: &mut Vec<u8>,
) -> Result<(), SnarkjsError> {
	if z[0] != "1" || z[1] != "0" {
		return Err(SnarkjsError::NotAffine { place });
	}
	for [real, imaginary] in [x, y] {
		coordinate_to_bytes(place, imaginary, bytes)?;
		coordinate_to_bytes(place, real, bytes)?;
	}
	Ok(())
}

fn coordinate_to_bytes(
	place: &'static str,
	digits: &str,
	bytes: &mut Vec<u8>,
) -> Result<(), SnarkjsError> {
	let coordinate: Fq = from_decimal(place, digits)?;
	bytes.extend(coordinate.into_bigint().to_bytes_be());
	Ok(())
}
