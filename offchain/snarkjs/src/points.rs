// SPDX-License-Identifier: Apache-2.0

//! Points as snarkjs writes them: projective, with the third coordinate 1.

use crate::{
	number::{from_decimal, to_decimal},
	SnarkjsError,
};
use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ff::{BigInteger, PrimeField};
use candor_groth16::DecodeError;

/// A point of G1: `[x, y, 1]`.
pub(crate) type G1Json = [String; 3];
/// An element of the quadratic extension: real part, then imaginary part.
pub(crate) type Fq2Json = [String; 2];
/// A point of G2: `[x, y, 1]`.
pub(crate) type G2Json = [Fq2Json; 3];

/// `point` in decimal. Not meant for the point at infinity, which neither a proof nor a key holds.
pub(crate) fn g1_to_json(point: &G1Affine) -> G1Json {
	[to_decimal(point.x), to_decimal(point.y), "1".to_owned()]
}

/// `point` in decimal. Not meant for the point at infinity, which neither a proof nor a key holds.
pub(crate) fn g2_to_json(point: &G2Affine) -> G2Json {
	[fq2_to_json(point.x), fq2_to_json(point.y), ["1".to_owned(), "0".to_owned()]]
}

/// The two parts of `element` in decimal.
pub(crate) fn fq2_to_json(element: Fq2) -> Fq2Json {
	[to_decimal(element.c0), to_decimal(element.c1)]
}

/// Appends the canonical bytes of a point of G1, whether it is on the curve or not.
pub(crate) fn g1_to_bytes(
	place: &str,
	point: &G1Json,
	bytes: &mut Vec<u8>,
) -> Result<(), SnarkjsError> {
	let [x, y, z] = point;
	check_affine(place, &format!("{place}[2]"), &[z])?;
	for (part, digits) in [x, y].into_iter().enumerate() {
		bytes.extend(coordinate_to_bytes(&format!("{place}[{part}]"), digits)?);
	}
	Ok(())
}

/// Appends the canonical bytes of a point of G2, whether it is on the curve or not.
pub(crate) fn g2_to_bytes(
	place: &str,
	point: &G2Json,
	bytes: &mut Vec<u8>,
) -> Result<(), SnarkjsError> {
	let [x, y, [real, imaginary]] = point;
	check_affine(place, &format!("{place}[2]"), &[real, imaginary])?;
	for (part, [real, imaginary]) in [x, y].into_iter().enumerate() {
		let real = coordinate_to_bytes(&format!("{place}[{part}][0]"), real)?;
		let imaginary = coordinate_to_bytes(&format!("{place}[{part}][1]"), imaginary)?;
		// snarkjs puts the real part first, the canonical bytes the imaginary one.
		bytes.extend(imaginary);
		bytes.extend(real);
	}
	Ok(())
}

/// The third coordinate is one. Where it is zero, the point is the one at infinity.
fn check_affine(point: &str, place: &str, parts: &[&str]) -> Result<(), SnarkjsError> {
	let (first, others) = parts.split_first().expect("a coordinate has one or two parts; qed");
	match (*first, others.iter().all(|part| *part == "0")) {
		("1", true) => Ok(()),
		("0", true) => {
			Err(SnarkjsError::Point { place: point.to_owned(), error: DecodeError::Infinity })
		}
		_ => Err(SnarkjsError::NotAffine { place: place.to_owned() }),
	}
}

fn coordinate_to_bytes(place: &str, digits: &str) -> Result<Vec<u8>, SnarkjsError> {
	let coordinate: Fq = from_decimal(place, digits)?;
	Ok(coordinate.into_bigint().to_bytes_be())
}
