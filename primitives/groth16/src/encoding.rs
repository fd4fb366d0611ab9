// SPDX-License-Identifier: Apache-2.0

//! Points of keys and proofs as fixed-width bytes: the encodings of `candor_bn254`, less the point
//! at infinity, which neither keys nor proofs may hold.

use crate::DecodeError;
use ark_bn254::{G1Affine, G2Affine};
use ark_ec::{
	short_weierstrass::{Affine, SWCurveConfig},
	AffineRepr,
};
use candor_bn254::encoding::Reader;

pub use candor_bn254::encoding::{G1_BYTES, G2_BYTES, TARGET_BYTES};

impl From<candor_bn254::Error> for DecodeError {
	fn from(error: candor_bn254::Error) -> Self {
		use candor_bn254::Error;
		match error {
			Error::Coordinate => Self::Coordinate,
			Error::NotOnCurve => Self::NotOnCurve,
			Error::NotInSubgroup { .. } => Self::NotInSubgroup,
			Error::Length | Error::Scalar | Error::Zero | Error::Unknown => Self::Length,
		}
	}
}

/// Reads a point of the first group, which has all points of its curve.
pub(crate) fn read_g1(reader: &mut Reader<'_>) -> Result<G1Affine, DecodeError> {
	finite(reader.g1()?)
}

/// Reads a point of the second group's curve, in the subgroup of prime order or not.
pub(crate) fn read_g2_on_curve(reader: &mut Reader<'_>) -> Result<G2Affine, DecodeError> {
	finite(reader.g2_on_curve()?)
}

/// Reads a point of the second group.
pub(crate) fn read_g2(reader: &mut Reader<'_>) -> Result<G2Affine, DecodeError> {
	let point = read_g2_on_curve(reader)?;
	if !candor_bn254::in_subgroup(&point) {
		return Err(DecodeError::NotInSubgroup);
	}
	Ok(point)
}

/// Checks of a point in memory what reading it would have checked, the subgroup aside.
pub(crate) fn check<P: SWCurveConfig>(point: &Affine<P>) -> Result<(), DecodeError> {
	let point = finite(*point)?;
	if !point.is_on_curve() {
		return Err(DecodeError::NotOnCurve);
	}
	Ok(())
}

fn finite<P: AffineRepr>(point: P) -> Result<P, DecodeError> {
	if point.is_zero() {
		return Err(DecodeError::Infinity);
	}
	Ok(point)
}
