// SPDX-License-Identifier: Apache-2.0

//! The operations on bytes: what the host functions do, wherever they are called.
//!
//! Arguments are decoded strictly, in the encodings of [`crate::encoding`]; results are written in
//! the same encodings, and only if there is one. Nothing here panics, and what is reserved is
//! bounded by the lengths of the arguments.

use crate::{
	curve,
	encoding::{
		encode_g1, encode_g2, encode_target, Reader, G1_BYTES, G2_BYTES, SCALAR_BYTES, TARGET_BYTES,
	},
	Error, PREPARED_G2_BYTES,
};
use alloc::vec::Vec;

/// Bytes of a number of terms, little-endian.
pub const COUNT_BYTES: usize = 4;

/// Sums of multiples in the first group: for each number in `counts`, little-endian in
/// [`COUNT_BYTES`] bytes, the sum of that many of the `points`, each times the one of the `scalars`
/// in its place. Writes one point for each number.
///
/// # Errors
///
/// `counts` that do not add up to the number of `points` and of `scalars`, or are not as many as
/// `sums` has room for; a coordinate or scalar that is not below its modulus; a point off the curve.
pub fn msm_g1(points: &[u8], scalars: &[u8], counts: &[u8], sums: &mut [u8]) -> Result<(), Error> {
	let points = Reader::new(points).all(G1_BYTES, Reader::g1)?;
	let scalars = Reader::new(scalars).all(SCALAR_BYTES, Reader::scalar)?;
	let (counts, rest) = counts.as_chunks::<COUNT_BYTES>();
	let (sums, room) = sums.as_chunks_mut::<G1_BYTES>();
	if !rest.is_empty() || !room.is_empty() || counts.len() != sums.len() {
		return Err(Error::Length);
	}
	let (mut points, mut scalars) = (points.as_slice(), scalars.as_slice());
	let mut terms = Vec::with_capacity(counts.len());
	for count in counts {
		let count = usize::try_from(u32::from_le_bytes(*count)).map_err(|_| Error::Length)?;
		let (some_points, more_points) = points.split_at_checked(count).ok_or(Error::Length)?;
		let (some_scalars, more_scalars) = scalars.split_at_checked(count).ok_or(Error::Length)?;
		terms.push((some_points, some_scalars));
		(points, scalars) = (more_points, more_scalars);
	}
	if !points.is_empty() || !scalars.is_empty() {
		return Err(Error::Length);
	}
	for (bytes, sum) in sums.iter_mut().zip(curve::sums_g1(&terms)) {
		*bytes = encode_g1(&sum);
	}
	Ok(())
}

/// The sum of multiples in the second group's curve: of all `points`, in the subgroup or not, each
/// times the one of the `scalars` in its place.
///
/// # Errors
///
/// Not as many points as scalars; a coordinate or scalar that is not below its modulus; a point off
/// the curve; a `sum` of another length than a point's.
pub fn msm_g2(points: &[u8], scalars: &[u8], sum: &mut [u8]) -> Result<(), Error> {
	let points = Reader::new(points).all(G2_BYTES, Reader::g2_on_curve)?;
	let scalars = Reader::new(scalars).all(SCALAR_BYTES, Reader::scalar)?;
	let sum: &mut [u8; G2_BYTES] = sum.try_into().map_err(|_| Error::Length)?;
	if points.len() != scalars.len() {
		return Err(Error::Length);
	}
	*sum = encode_g2(&curve::sum_g2(&points, &scalars));
	Ok(())
}

/// Checks that points are in the subgroup of prime order of the second group's curve.
///
/// # Errors
///
/// A coordinate that is not below the modulus, a point off the curve, or the first point outside the
/// subgroup.
pub fn check_g2(points: &[u8]) -> Result<(), Error> {
	let points = Reader::new(points).all(G2_BYTES, Reader::g2_on_curve)?;
	match (0..).zip(&points).find(|(_, point)| !curve::in_subgroup(point)) {
		Some((index, _)) => Err(Error::NotInSubgroup { index }),
		None => Ok(()),
	}
}

/// The product of Miller loops over the pairs of `g1` and `g2` and over those of `prepared_g1` and
/// `prepared_g2`, the latter as [`crate::PreparedG2`] encodes them. A pair with a point at infinity
/// has the value one. Points of `g2` are checked to be in the subgroup of prime order.
///
/// # Errors
///
/// Not as many points in both groups; a coordinate that is not below the modulus; a point off its
/// curve; the first pair whose point of the second group is outside the subgroup; a `value` of
/// another length than a target element's.
pub fn multi_miller_loop(
	g1: &[u8],
	g2: &[u8],
	prepared_g1: &[u8],
	prepared_g2: &[u8],
	value: &mut [u8],
) -> Result<(), Error> {
	let g1 = Reader::new(g1).all(G1_BYTES, Reader::g1)?;
	let g2 = Reader::new(g2).all(G2_BYTES, Reader::g2_on_curve)?;
	let prepared_g1 = Reader::new(prepared_g1).all(G1_BYTES, Reader::g1)?;
	let (prepared_g2, rest) = prepared_g2.as_chunks::<PREPARED_G2_BYTES>();
	let value: &mut [u8; TARGET_BYTES] = value.try_into().map_err(|_| Error::Length)?;
	if g1.len() != g2.len() || prepared_g1.len() != prepared_g2.len() || !rest.is_empty() {
		return Err(Error::Length);
	}
	let pairs: Vec<_> = g1.into_iter().zip(g2).collect();
	let prepared: Vec<_> =
		prepared_g1.into_iter().zip(prepared_g2.iter().map(|lines| lines.as_slice())).collect();
	*value = encode_target(&curve::multi_miller_loop(&pairs, &prepared)?);
	Ok(())
}

/// The final exponentiation of an element of the target field, in its place.
///
/// # Errors
///
/// Another length than a target element's, a coefficient that is not below the modulus, or zero.
pub fn final_exponentiation(value: &mut [u8]) -> Result<(), Error> {
	let bytes: &mut [u8; TARGET_BYTES] = value.try_into().map_err(|_| Error::Length)?;
	let element = Reader::new(bytes.as_slice()).target()?;
	*bytes = encode_target(&curve::final_exponentiation(&element).ok_or(Error::Zero)?);
	Ok(())
}
