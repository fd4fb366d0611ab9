// SPDX-License-Identifier: Apache-2.0
//! Points in the binary files of snarkjs: coordinates are little-endian and multiplied by `2²⁵⁶`
//! (Montgomery's form), as arkworks keeps them in memory. Zeros are the point at infinity, for snarkjs as for
//! arkworks.

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ff::{BigInt, PrimeField};
use rayon::prelude::*;

/// Bytes of a coordinate, and of a scalar.
pub(crate) const FIELD: usize = 32;
/// Bytes of a point of the first group.
pub(crate) const G1: usize = 2 * FIELD;
/// Bytes of a point of the second group.
pub(crate) const G2: usize = 4 * FIELD;

/// Points of `size` bytes each, or the position of the first one that is none.
pub(crate) fn list<P: Send>(
	bytes: &[u8],
	size: usize,
	point: fn(&[u8]) -> Option<P>,
) -> Result<Vec<P>, usize> {
	let points = bytes.par_chunks_exact(size).enumerate();
	points.map(|(index, bytes)| point(bytes).ok_or(index)).collect()
}

/// A point of the first group's field, not checked further.
pub(crate) fn g1(bytes: &[u8]) -> Option<G1Affine> {
	let (x, y) = bytes.split_at(FIELD);
	Some(G1Affine::new_unchecked(coordinate(x)?, coordinate(y)?))
}

/// A point of the second group's field, not checked further.
pub(crate) fn g2(bytes: &[u8]) -> Option<G2Affine> {
	let (x, y) = bytes.split_at(2 * FIELD);
	Some(G2Affine::new_unchecked(quadratic(x)?, quadratic(y)?))
}

fn quadratic(bytes: &[u8]) -> Option<Fq2> {
	let (real, imaginary) = bytes.split_at(FIELD);
	Some(Fq2::new(coordinate(real)?, coordinate(imaginary)?))
}

/// A coordinate that is below the modulus.
fn coordinate(bytes: &[u8]) -> Option<Fq> {
	let residue = integer(bytes);
	(residue < Fq::MODULUS).then(|| Fq::new_unchecked(residue))
}

/// A scalar that is below the group's order and multiplied by `2²⁵⁶` twice, as the coefficients of a
/// `.zkey` are.
pub(crate) fn twice_scaled(bytes: &[u8]) -> Option<Fr> {
	let scaled = integer(bytes);
	// What arkworks keeps in memory is multiplied once.
	let once = (scaled < Fr::MODULUS).then(|| Fr::new_unchecked(scaled))?;
	Some(Fr::new_unchecked(once.into_bigint()))
}

fn integer(bytes: &[u8]) -> BigInt<4> {
	let mut limbs = [0; 4];
	for (limb, bytes) in limbs.iter_mut().zip(bytes.as_chunks::<8>().0) {
		*limb = u64::from_le_bytes(*bytes);
	}
	BigInt::new(limbs)
}

/// The bytes of a field's modulus.
pub(crate) fn modulus<F: PrimeField<BigInt = BigInt<4>>>() -> impl Iterator<Item = u8> {
	F::MODULUS.0.into_iter().flat_map(u64::to_le_bytes)
}

/// Appends a point.
pub(crate) fn put_g1(bytes: &mut Vec<u8>, point: &G1Affine) {
	put(bytes, [point.x, point.y]);
}

/// Appends a point.
pub(crate) fn put_g2(bytes: &mut Vec<u8>, point: &G2Affine) {
	put(bytes, [point.x.c0, point.x.c1, point.y.c0, point.y.c1]);
}

fn put<const N: usize>(bytes: &mut Vec<u8>, coordinates: [Fq; N]) {
	for coordinate in coordinates {
		bytes.extend(coordinate.0 .0.iter().flat_map(|limb| limb.to_le_bytes()));
	}
}
