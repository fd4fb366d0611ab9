// SPDX-License-Identifier: Apache-2.0

//! Coordinates, points and scalars as fixed-width bytes, those of
//! [EIP-197](https://eips.ethereum.org/EIPS/eip-197): big-endian, uncompressed, the imaginary part
//! first, no flags and no lengths. The point at infinity is all zeros.

use crate::Error;
use alloc::vec::Vec;
use ark_bn254::{Fq, Fq12, Fq2, Fr, G1Affine, G2Affine};
use ark_ff::{BigInt, Field, Fp, FpConfig, PrimeField};

/// Bytes of a coordinate: an element of the base field, big-endian.
pub const COORDINATE_BYTES: usize = 32;

/// Bytes of a scalar, big-endian.
pub const SCALAR_BYTES: usize = 32;

/// Bytes of a point of the first group: `x ‖ y`.
pub const G1_BYTES: usize = 2 * COORDINATE_BYTES;

/// Bytes of a point of the second group: `x.c1 ‖ x.c0 ‖ y.c1 ‖ y.c0`.
pub const G2_BYTES: usize = 4 * COORDINATE_BYTES;

/// Bytes of an element of the target field: the 12 coefficients over the base field, the lower one
/// first on every floor of the tower.
pub const TARGET_BYTES: usize = 12 * COORDINATE_BYTES;

/// Bytes of a limb of an integer.
const LIMB_BYTES: usize = 8;

/// Limbs of an integer.
const LIMBS: usize = 4;

/// The bytes of a coordinate.
pub fn encode_coordinate(coordinate: Fq) -> [u8; COORDINATE_BYTES] {
	encode(coordinate.into_bigint())
}

/// The bytes of a scalar.
pub fn encode_scalar(scalar: Fr) -> [u8; SCALAR_BYTES] {
	encode(scalar.into_bigint())
}

/// The bytes of a point of the first group.
pub fn encode_g1(point: &G1Affine) -> [u8; G1_BYTES] {
	let mut bytes = [0; G1_BYTES];
	fill(&mut bytes, [point.x, point.y]);
	bytes
}

/// The bytes of a point of the second group.
pub fn encode_g2(point: &G2Affine) -> [u8; G2_BYTES] {
	let mut bytes = [0; G2_BYTES];
	fill(&mut bytes, [point.x.c1, point.x.c0, point.y.c1, point.y.c0]);
	bytes
}

/// The bytes of an element of the target field.
pub fn encode_target(element: &Fq12) -> [u8; TARGET_BYTES] {
	let mut bytes = [0; TARGET_BYTES];
	fill(&mut bytes, element.to_base_prime_field_elements());
	bytes
}

fn fill(bytes: &mut [u8], coordinates: impl IntoIterator<Item = Fq>) {
	let chunks = bytes.as_chunks_mut::<COORDINATE_BYTES>().0;
	chunks.iter_mut().zip(coordinates).for_each(|(chunk, value)| *chunk = encode_coordinate(value));
}

fn encode(integer: BigInt<LIMBS>) -> [u8; LIMBS * LIMB_BYTES] {
	let mut bytes = [0; LIMBS * LIMB_BYTES];
	for (chunk, limb) in
		bytes.as_chunks_mut::<LIMB_BYTES>().0.iter_mut().zip(integer.0.iter().rev())
	{
		*chunk = limb.to_be_bytes();
	}
	bytes
}

fn decode<P: FpConfig<LIMBS>>(bytes: &[u8; LIMBS * LIMB_BYTES]) -> Option<Fp<P, LIMBS>> {
	let mut integer = BigInt::<LIMBS>::default();
	for (limb, chunk) in integer.0.iter_mut().rev().zip(bytes.as_chunks::<LIMB_BYTES>().0) {
		*limb = u64::from_be_bytes(*chunk);
	}
	Fp::from_bigint(integer)
}

/// Reads objects off the front of bytes. Nothing is taken for the encoding of an object but the one
/// that the functions of this module write.
pub struct Reader<'a> {
	rest: &'a [u8],
}

impl<'a> Reader<'a> {
	/// Reads `bytes`.
	pub const fn new(bytes: &'a [u8]) -> Self {
		Self { rest: bytes }
	}

	/// The number of bytes that are left.
	pub const fn remaining(&self) -> usize {
		self.rest.len()
	}

	/// Reads a point of the first group's curve, which has no other subgroup, or the point at
	/// infinity.
	///
	/// # Errors
	///
	/// Too few bytes, a coordinate that is not below the modulus, a point off the curve.
	pub fn g1(&mut self) -> Result<G1Affine, Error> {
		let point = self.g1_unchecked()?;
		if !point.is_on_curve() {
			return Err(Error::NotOnCurve);
		}
		Ok(point)
	}

	/// Reads two coordinates as a point of the first group, without asking for more.
	///
	/// # Errors
	///
	/// Too few bytes, a coordinate that is not below the modulus.
	pub fn g1_unchecked(&mut self) -> Result<G1Affine, Error> {
		Ok(G1Affine::new_unchecked(self.coordinate()?, self.coordinate()?))
	}

	/// Reads a point of the second group's curve, in the subgroup of prime order or not, or the
	/// point at infinity.
	///
	/// # Errors
	///
	/// Too few bytes, a coordinate that is not below the modulus, a point off the curve.
	pub fn g2_on_curve(&mut self) -> Result<G2Affine, Error> {
		let point = self.g2_unchecked()?;
		if !point.is_on_curve() {
			return Err(Error::NotOnCurve);
		}
		Ok(point)
	}

	/// Reads four coordinates as a point of the second group, without asking for more.
	///
	/// # Errors
	///
	/// Too few bytes, a coordinate that is not below the modulus.
	pub fn g2_unchecked(&mut self) -> Result<G2Affine, Error> {
		Ok(G2Affine::new_unchecked(self.quadratic()?, self.quadratic()?))
	}

	/// Reads an element of the target field.
	///
	/// # Errors
	///
	/// Too few bytes, a coefficient that is not below the modulus.
	pub fn target(&mut self) -> Result<Fq12, Error> {
		let mut coefficients = [Fq::default(); TARGET_BYTES / COORDINATE_BYTES];
		for coefficient in &mut coefficients {
			*coefficient = self.coordinate()?;
		}
		Fq12::from_base_prime_field_elems(coefficients).ok_or(Error::Length)
	}

	/// Reads a scalar.
	///
	/// # Errors
	///
	/// Too few bytes, or an integer that is not below the order of the groups.
	pub fn scalar(&mut self) -> Result<Fr, Error> {
		decode(self.take()?).ok_or(Error::Scalar)
	}

	/// Reads all that is left with `read`, each object taking up `bytes`.
	///
	/// # Errors
	///
	/// Bytes that are left over, and the errors of `read`.
	pub(crate) fn all<T>(
		mut self,
		bytes: usize,
		read: impl Fn(&mut Self) -> Result<T, Error>,
	) -> Result<Vec<T>, Error> {
		if !self.remaining().is_multiple_of(bytes) {
			return Err(Error::Length);
		}
		let mut objects = Vec::with_capacity(self.remaining().checked_div(bytes).unwrap_or(0));
		while self.remaining() > 0 {
			objects.push(read(&mut self)?);
		}
		Ok(objects)
	}

	pub(crate) fn quadratic(&mut self) -> Result<Fq2, Error> {
		let (c1, c0) = (self.coordinate()?, self.coordinate()?);
		Ok(Fq2::new(c0, c1))
	}

	fn coordinate(&mut self) -> Result<Fq, Error> {
		decode(self.take()?).ok_or(Error::Coordinate)
	}

	fn take<const N: usize>(&mut self) -> Result<&'a [u8; N], Error> {
		let (bytes, rest) = self.rest.split_first_chunk().ok_or(Error::Length)?;
		self.rest = rest;
		Ok(bytes)
	}
}
