// SPDX-License-Identifier: Apache-2.0

//! Proofs and their encoding.

use crate::{
	encoding::{read_g1, read_g2_on_curve},
	DecodeError, G1_BYTES, G2_BYTES,
};
use ark_bn254::{G1Affine, G2Affine};
use candor_bn254::encoding::{encode_g1, encode_g2, Reader};

/// Bytes of a proof: `A ‖ B ‖ C`.
pub const PROOF_BYTES: usize = G1_BYTES + G2_BYTES + G1_BYTES;

/// A Groth16 proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
	/// `A`, in the first group.
	pub a: G1Affine,
	/// `B`, in the second group.
	pub b: G2Affine,
	/// `C`, in the first group.
	pub c: G1Affine,
}

impl Proof {
	/// A proof of three points, unchecked.
	pub const fn new(a: G1Affine, b: G2Affine, c: G1Affine) -> Self {
		Self { a, b, c }
	}

	/// Decodes a proof that anybody may have written.
	///
	/// That `B` is in the subgroup of prime order, verification finds out on its way, for next to
	/// nothing; asked here, it would cost as much as a tenth of a verification.
	///
	/// # Errors
	///
	/// Anything but [`PROOF_BYTES`] bytes; a coordinate that is not below the field's modulus; a
	/// point at infinity or off the curve.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
		if bytes.len() != PROOF_BYTES {
			return Err(DecodeError::Length);
		}
		let mut reader = Reader::new(bytes);
		Ok(Self {
			a: read_g1(&mut reader)?,
			b: read_g2_on_curve(&mut reader)?,
			c: read_g1(&mut reader)?,
		})
	}

	/// Encodes the proof. A point at infinity comes out as zeros, which no decoder takes.
	pub fn to_bytes(&self) -> [u8; PROOF_BYTES] {
		let mut bytes = [0; PROOF_BYTES];
		let parts = [&encode_g1(&self.a)[..], &encode_g2(&self.b), &encode_g1(&self.c)];
		let written = parts.into_iter().flatten();
		bytes.iter_mut().zip(written).for_each(|(byte, value)| *byte = *value);
		bytes
	}
}
