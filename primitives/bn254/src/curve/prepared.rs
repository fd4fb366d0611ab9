// SPDX-License-Identifier: Apache-2.0

//! Points of the second group with the lines of their Miller loop computed in advance.

use super::{
	affine::AffineWalk,
	frobenius::{digits, negate},
	line::Line,
};
use crate::{
	encoding::{encode_coordinate, Reader, COORDINATE_BYTES},
	Error,
};
use alloc::vec::Vec;
use ark_bn254::G2Affine;
use ark_ec::AffineRepr;
use core::iter::once;

/// Lines of a Miller loop: a doubling for each digit, an addition for each that is not zero, and two
/// at the end.
pub(crate) const LINES: usize = 64 + 21 + 2;

/// Bytes of a line: slope and intercept, each `c1 ‖ c0`.
const LINE_BYTES: usize = 4 * COORDINATE_BYTES;

/// Bytes of a [`PreparedG2`].
pub const PREPARED_G2_BYTES: usize = LINES * LINE_BYTES;

/// A point of the second group, not at infinity, prepared for Miller loops.
///
/// Kept in its encoding, the slope and the intercept of each line in the order of their use,
/// because that is what is stored and handed to the host. Only [`new`](Self::new) checks a point;
/// whoever can write the bytes can make a pairing with them whatever they like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedG2(Vec<u8>);

impl PreparedG2 {
	/// Prepares a point.
	///
	/// # Errors
	///
	/// The point is at infinity, off the curve or outside the subgroup of prime order.
	pub fn new(point: &G2Affine) -> Result<Self, Error> {
		if point.is_zero() || !point.is_on_curve() {
			return Err(Error::NotOnCurve);
		}
		let mut lines = Vec::with_capacity(LINES);
		let mut keep = |line: &Line| lines.push(*line);
		let outside = |_| Error::NotInSubgroup { index: 0 };
		let mut walk = AffineWalk::new(once(*point));
		for digit in digits() {
			walk.double_each(&mut keep);
			match digit {
				1 => walk.add_each(|start| *start, &mut keep).map_err(outside)?,
				-1 => walk.add_each(|start| negate(*start), &mut keep).map_err(outside)?,
				_ => {}
			}
		}
		walk.finish_each(keep).map_err(outside)?;
		let mut bytes = Vec::with_capacity(PREPARED_G2_BYTES);
		for Line { slope, intercept } in lines {
			for coordinate in [slope.c1, slope.c0, intercept.c1, intercept.c0] {
				bytes.extend_from_slice(&encode_coordinate(coordinate));
			}
		}
		Ok(Self(bytes))
	}

	/// Takes bytes that [`as_bytes`](Self::as_bytes) gave and that nobody else could touch.
	///
	/// # Errors
	///
	/// Anything but [`PREPARED_G2_BYTES`] bytes. That coordinates are below the modulus is checked
	/// when they are used.
	pub fn from_trusted_bytes(bytes: &[u8]) -> Result<Self, Error> {
		if bytes.len() != PREPARED_G2_BYTES {
			return Err(Error::Length);
		}
		Ok(Self(bytes.to_vec()))
	}

	/// The encoding.
	pub fn as_bytes(&self) -> &[u8] {
		&self.0
	}
}

/// Reads the lines of a prepared point.
pub(crate) fn read_lines(bytes: &[u8]) -> Result<Vec<Line>, Error> {
	if bytes.len() != PREPARED_G2_BYTES {
		return Err(Error::Length);
	}
	let mut reader = Reader::new(bytes);
	(0..LINES)
		.map(|_| Ok(Line { slope: reader.quadratic()?, intercept: reader.quadratic()? }))
		.collect()
}
