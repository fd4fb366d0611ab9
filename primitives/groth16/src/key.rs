// SPDX-License-Identifier: Apache-2.0

//! Verifying keys: their encoding, and the rules that they have to keep.

use crate::{
	encoding::{check, read_g1, read_g2},
	DecodeError, KeyError, G1_BYTES, G2_BYTES,
};
use alloc::vec::Vec;
use ark_bn254::{G1Affine, G2Affine};
use candor_bn254::encoding::{encode_g1, encode_g2, Reader};

/// Bytes of a verifying key before its `IC`: `alpha ‖ beta ‖ gamma ‖ delta`.
pub const VERIFYING_KEY_HEADER_BYTES: usize = G1_BYTES + 3 * G2_BYTES;

/// The most public inputs of a verifying key; bounds the work of one verification.
pub const MAX_PUBLIC_INPUTS: u32 = 64;

/// The most bytes of a verifying key.
pub const MAX_VERIFYING_KEY_BYTES: usize =
	VERIFYING_KEY_HEADER_BYTES + G1_BYTES * (MAX_PUBLIC_INPUTS as usize + 1);

/// A Groth16 verifying key.
///
/// The points are as they were given. [`register`](Self::register) is the way in for a key that
/// anybody may have made: it checks the encoding and the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
	/// `alpha`, in the first group.
	pub alpha: G1Affine,
	/// `beta`, in the second group.
	pub beta: G2Affine,
	/// `gamma`, in the second group.
	pub gamma: G2Affine,
	/// `delta`, in the second group.
	pub delta: G2Affine,
	/// `IC`, in the first group: the point of the constant one, then one for each public input.
	pub ic: Vec<G1Affine>,
}

impl VerifyingKey {
	/// Decodes a key that anybody may have made and applies the rules of
	/// [`validate`](Self::validate).
	///
	/// # Errors
	///
	/// Those of [`from_bytes`](Self::from_bytes) and of [`validate`](Self::validate).
	pub fn register(bytes: &[u8]) -> Result<Self, KeyError> {
		let key = Self::from_bytes(bytes)?;
		key.validate()?;
		Ok(key)
	}

	/// Decodes a key. The number of public inputs follows from the number of bytes, which is
	/// checked before anything is read.
	///
	/// The rules are not applied; see [`register`](Self::register).
	///
	/// # Errors
	///
	/// A number of bytes that no key has; a coordinate that is not below the field's modulus; a
	/// point at infinity, off the curve or outside the subgroup of prime order.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
		if bytes.len() > MAX_VERIFYING_KEY_BYTES {
			return Err(DecodeError::Length);
		}
		let mut reader = Reader::new(bytes);
		let points = points_of_ic(bytes.len())?;
		Ok(Self {
			alpha: read_g1(&mut reader)?,
			beta: read_g2(&mut reader)?,
			gamma: read_g2(&mut reader)?,
			delta: read_g2(&mut reader)?,
			ic: (0..points).map(|_| read_g1(&mut reader)).collect::<Result<_, _>>()?,
		})
	}

	/// Decodes bytes that [`to_bytes`](Self::to_bytes) wrote for a key whose points had been checked,
	/// and that nobody else could touch. Coordinates are checked again, points are not.
	pub(crate) fn from_trusted_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
		let mut reader = Reader::new(bytes);
		let points = points_of_ic(bytes.len())?;
		Ok(Self {
			alpha: reader.g1_unchecked()?,
			beta: reader.g2_unchecked()?,
			gamma: reader.g2_unchecked()?,
			delta: reader.g2_unchecked()?,
			ic: (0..points).map(|_| reader.g1_unchecked()).collect::<Result<_, _>>()?,
		})
	}

	/// Checks of every point what decoding would have checked, subgroups aside.
	///
	/// # Errors
	///
	/// The first point that is at infinity or off its curve.
	pub(crate) fn check_points(&self) -> Result<(), DecodeError> {
		check(&self.alpha)?;
		[&self.beta, &self.gamma, &self.delta].into_iter().try_for_each(check)?;
		self.ic.iter().try_for_each(check)
	}

	/// Encodes the key. A point at infinity comes out as zeros, which no decoder takes.
	pub fn to_bytes(&self) -> Vec<u8> {
		let mut bytes = Vec::new();
		bytes.extend_from_slice(&encode_g1(&self.alpha));
		for point in [&self.beta, &self.gamma, &self.delta] {
			bytes.extend_from_slice(&encode_g2(point));
		}
		for point in &self.ic {
			bytes.extend_from_slice(&encode_g1(point));
		}
		bytes
	}

	/// The number of public inputs.
	pub fn public_inputs(&self) -> u32 {
		u32::try_from(self.ic.len().saturating_sub(1)).unwrap_or(u32::MAX)
	}

	/// Applies the rules for keys that can be seen to be broken. Takes for granted what decoding
	/// has checked: that every point is in its group and none at infinity.
	///
	/// Whoever knows how two of the points hang together can forge proofs or change what they
	/// state. The rules find the plainest cases, which have happened; they cannot find a trapdoor.
	/// With `X` the sum of the inputs' points:
	///
	/// - `delta = ±gamma` is satisfied by `A = alpha, B = beta, C = ∓X`;
	/// - `gamma = ±beta` by `A = alpha ± X, B = beta, C = 0`, and any proof can be randomised until
	///   no point is zero;
	/// - `delta = ±beta` by `A = X, B = beta + gamma, C = ±(X - alpha)`;
	/// - with `IC[i] = ±IC[j]`, a proof for `(xᵢ, xⱼ)` is one for `(xᵢ + d, xⱼ ∓ d)`.
	///
	/// `IC[0]` belongs to the constant one, which nobody chooses: if it equals the point of an
	/// input, that input still has one value for each `X`.
	///
	/// # Errors
	///
	/// The first rule that the key breaks.
	pub fn validate(&self) -> Result<(), KeyError> {
		match self.public_inputs() {
			0 => return Err(KeyError::NoInputs),
			inputs if inputs > MAX_PUBLIC_INPUTS => return Err(KeyError::TooManyInputs),
			_ => {}
		}

		// Two points of a curve have one x exactly when they are equal or opposite.
		let [beta, gamma, delta] = [&self.beta, &self.gamma, &self.delta].map(|point| point.x);
		if beta == gamma || gamma == delta || delta == beta {
			return Err(KeyError::RelatedSetup);
		}

		let inputs = || (0..).zip(&self.ic).skip(1);
		for (second, point) in inputs() {
			if let Some((first, _)) =
				inputs().take_while(|(first, _)| *first < second).find(|(_, p)| p.x == point.x)
			{
				return Err(KeyError::RelatedInputs { first, second });
			}
		}
		Ok(())
	}
}

/// The number of points in the `IC` of a key of so many bytes: at least one.
fn points_of_ic(bytes: usize) -> Result<usize, DecodeError> {
	bytes
		.checked_sub(VERIFYING_KEY_HEADER_BYTES)
		.filter(|rest| rest.is_multiple_of(G1_BYTES))
		.and_then(|rest| rest.checked_div(G1_BYTES))
		.filter(|points| *points > 0)
		.ok_or(DecodeError::Length)
}
