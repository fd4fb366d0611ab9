// SPDX-License-Identifier: Apache-2.0

//! Proofs and their encoding.

use crate::{
	encoding::{read_g1, read_g2_on_curve},
	DecodeError, G1_BYTES, G2_BYTES,
};
use alloc::vec::Vec;
use ark_bn254::{G1Affine, G2Affine};
use candor_bn254::encoding::{encode_g1, encode_g2, Reader};

/// Bytes of a plain proof: `A ‖ B ‖ C`.
pub const PROOF_BYTES: usize = G1_BYTES + G2_BYTES + G1_BYTES;

/// Bytes of a proof with a stage one: `A ‖ B ‖ C1 ‖ C`.
pub const STAGED_PROOF_BYTES: usize = PROOF_BYTES + G1_BYTES;

/// A proof of Groth16, plain or staged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
	/// `A`, in the first group.
	pub a: G1Affine,
	/// `B`, in the second group.
	pub b: G2Affine,
	/// `C`, in the first group.
	pub c: G1Affine,
	/// `C1`, in the first group: the commitment to stage one, under a key that has one.
	pub stage_one: Option<G1Affine>,
}

impl Proof {
	/// A plain proof of three points, unchecked.
	pub const fn new(a: G1Affine, b: G2Affine, c: G1Affine) -> Self {
		Self { a, b, c, stage_one: None }
	}

	/// A proof with a commitment to stage one, unchecked.
	pub const fn staged(a: G1Affine, b: G2Affine, stage_one: G1Affine, c: G1Affine) -> Self {
		Self { a, b, c, stage_one: Some(stage_one) }
	}

	/// Decodes a proof that anybody may have written.
	///
	/// That `B` is in the subgroup of prime order, verification finds out on its way, for next to
	/// nothing; asked here, it would cost as much as a tenth of a verification.
	///
	/// # Errors
	///
	/// Anything but [`PROOF_BYTES`] or [`STAGED_PROOF_BYTES`] bytes; a coordinate that is not below the
	/// field's modulus; a point at infinity or off the curve.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
		let is_staged = match bytes.len() {
			PROOF_BYTES => false,
			STAGED_PROOF_BYTES => true,
			_ => return Err(DecodeError::Length),
		};
		let reader = &mut Reader::new(bytes);
		Ok(Self {
			a: read_g1(reader)?,
			b: read_g2_on_curve(reader)?,
			stage_one: is_staged.then(|| read_g1(reader)).transpose()?,
			c: read_g1(reader)?,
		})
	}

	/// Encodes the proof. A point at infinity comes out as zeros, which no decoder takes.
	pub fn to_bytes(&self) -> Vec<u8> {
		let mut bytes = Vec::with_capacity(STAGED_PROOF_BYTES);
		bytes.extend_from_slice(&encode_g1(&self.a));
		bytes.extend_from_slice(&encode_g2(&self.b));
		for point in self.stage_one.iter().chain([&self.c]) {
			bytes.extend_from_slice(&encode_g1(point));
		}
		bytes
	}
}
