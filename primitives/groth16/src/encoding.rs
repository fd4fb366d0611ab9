// SPDX-License-Identifier: Apache-2.0

//! Coordinates and points as fixed-width bytes.

use crate::DecodeError;
use ark_bn254::{Fq, Fq12, Fq2, G1Affine, G2Affine};
use ark_ec::{
	short_weierstrass::{Affine, SWCurveConfig},
	AffineRepr,
};
use ark_ff::{BigInt, Field, PrimeField};

/// Bytes of a coordinate: an element of the base field, big-endian.
pub(crate) const COORDINATE_BYTES: usize = 32;

/// Bytes of a point of the first group: `x ‖ y`.
pub const G1_BYTES: usize = 2 * COORDINATE_BYTES;

/// Bytes of a point of the second group: `x.c1 ‖ x.c0 ‖ y.c1 ‖ y.c0`.
pub const G2_BYTES: usize = 4 * COORDINATE_BYTES;

/// Bytes of a pairing's value: the 12 coefficients over the base field, the lower one first on
/// every floor of the tower.
pub const TARGET_BYTES: usize = 12 * COORDINATE_BYTES;

/// Bytes of a limb of a coordinate's integer.
const LIMB_BYTES: usize = 8;

/// The coordinates of a point of the first group in the order of its encoding.
pub(crate) const fn g1_coordinates(point: &G1Affine) -> [Fq; 2] {
	[point.x, point.y]
}

/// The coordinates of a point of the second group in the order of its encoding.
pub(crate) const fn g2_coordinates(point: &G2Affine) -> [Fq; 4] {
	[point.x.c1, point.x.c0, point.y.c1, point.y.c0]
}

/// The bytes of a coordinate.
pub(crate) fn encode(coordinate: Fq) -> [u8; COORDINATE_BYTES] {
	let mut bytes = [0; COORDINATE_BYTES];
	let limbs = coordinate.into_bigint().0;
	for (chunk, limb) in bytes.as_chunks_mut::<LIMB_BYTES>().0.iter_mut().zip(limbs.iter().rev()) {
		*chunk = limb.to_be_bytes();
	}
	bytes
}

/// The coordinate in the bytes, if it is below the field's modulus.
fn decode(bytes: &[u8; COORDINATE_BYTES]) -> Result<Fq, DecodeError> {
	let mut integer = BigInt::<4>::default();
	for (limb, chunk) in integer.0.iter_mut().rev().zip(bytes.as_chunks::<LIMB_BYTES>().0) {
		*limb = u64::from_be_bytes(*chunk);
	}
	Fq::from_bigint(integer).ok_or(DecodeError::Coordinate)
}

/// Who wrote the bytes.
#[derive(Clone, Copy)]
enum Source {
	/// Anybody: points are checked.
	Anybody,
	/// This crate, after it had checked the points.
	Ourselves,
}

/// Reads points off the front of bytes.
pub(crate) struct Reader<'a> {
	rest: &'a [u8],
	source: Source,
}

impl<'a> Reader<'a> {
	/// Reads bytes that anybody may have written.
	pub(crate) const fn new(bytes: &'a [u8]) -> Self {
		Self { rest: bytes, source: Source::Anybody }
	}

	/// Reads bytes that this crate wrote. Coordinates are still checked, points are not.
	pub(crate) const fn trusted(bytes: &'a [u8]) -> Self {
		Self { rest: bytes, source: Source::Ourselves }
	}

	/// The number of bytes that are left.
	pub(crate) const fn remaining(&self) -> usize {
		self.rest.len()
	}

	/// Reads a point of the first group.
	pub(crate) fn g1(&mut self) -> Result<G1Affine, DecodeError> {
		let (x, y) = (self.coordinate()?, self.coordinate()?);
		self.point(x, y)
	}

	/// Reads a point of the second group.
	pub(crate) fn g2(&mut self) -> Result<G2Affine, DecodeError> {
		let (x, y) = (self.quadratic()?, self.quadratic()?);
		self.point(x, y)
	}

	/// Reads a pairing's value.
	pub(crate) fn target(&mut self) -> Result<Fq12, DecodeError> {
		let mut coefficients = [Fq::default(); TARGET_BYTES / COORDINATE_BYTES];
		for coefficient in &mut coefficients {
			*coefficient = self.coordinate()?;
		}
		Fq12::from_base_prime_field_elems(coefficients).ok_or(DecodeError::Length)
	}

	fn coordinate(&mut self) -> Result<Fq, DecodeError> {
		let (bytes, rest) = self.rest.split_first_chunk().ok_or(DecodeError::Length)?;
		self.rest = rest;
		decode(bytes)
	}

	fn quadratic(&mut self) -> Result<Fq2, DecodeError> {
		let (c1, c0) = (self.coordinate()?, self.coordinate()?);
		Ok(Fq2::new(c0, c1))
	}

	fn point<P: SWCurveConfig>(
		&self,
		x: P::BaseField,
		y: P::BaseField,
	) -> Result<Affine<P>, DecodeError> {
		let point = Affine::new_unchecked(x, y);
		match self.source {
			Source::Ourselves => Ok(point),
			// arkworks takes (0, 0) for the point at infinity, and that for a point on the curve.
			Source::Anybody if point.is_zero() => Err(DecodeError::Infinity),
			Source::Anybody if !point.is_on_curve() => Err(DecodeError::NotOnCurve),
			Source::Anybody if !point.is_in_correct_subgroup_assuming_on_curve() => {
				Err(DecodeError::NotInSubgroup)
			}
			Source::Anybody => Ok(point),
		}
	}
}
