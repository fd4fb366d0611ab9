// SPDX-License-Identifier: Apache-2.0

//! Proofs and their encoding.

use crate::{
	encoding::{encode, g1_coordinates, g2_coordinates, Reader, COORDINATE_BYTES},
	DecodeError, G1_BYTES, G2_BYTES,
};
use ark_bn254::{G1Affine, G2Affine};

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
	/// # Errors
	///
	/// Anything but [`PROOF_BYTES`] bytes; a coordinate that is not below the field's modulus; a
	/// point at infinity, off the curve or outside the subgroup of prime order.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
		if bytes.len() != PROOF_BYTES {
			return Err(DecodeError::Length);
		}
		let mut reader = Reader::new(bytes);
		Ok(Self { a: reader.g1()?, b: reader.g2()?, c: reader.g1()? })
	}

	/// Encodes the proof. A point at infinity comes out as zeros, which no decoder takes.
	pub fn to_bytes(&self) -> [u8; PROOF_BYTES] {
		let coordinates = g1_coordinates(&self.a)
			.into_iter()
			.chain(g2_coordinates(&self.b))
			.chain(g1_coordinates(&self.c));
		let mut bytes = [0; PROOF_BYTES];
		let chunks = bytes.as_chunks_mut::<COORDINATE_BYTES>().0;
		chunks.iter_mut().zip(coordinates).for_each(|(chunk, value)| *chunk = encode(value));
		bytes
	}
}
