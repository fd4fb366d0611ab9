// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with bytes, keys and proofs.

use crate::{MAX_CHALLENGES, MAX_PUBLIC_INPUTS};
use core::fmt;

/// Why bytes are not the encoding of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
	/// No object of this kind has this many bytes.
	Length,
	/// A coordinate is not below the base field's modulus.
	Coordinate,
	/// A point is the point at infinity.
	Infinity,
	/// A point is not on the curve.
	NotOnCurve,
	/// A point is on the curve but outside the subgroup of prime order.
	NotInSubgroup,
	/// No key has these blocks, or so many challenges.
	Blocks,
}

impl fmt::Display for DecodeError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Length => write!(
				f,
				"wrong number of bytes: a proof has 256, or 320 with a stage one; a verifying key \
				 448 + 64 (n + 1) with n, its public inputs, at most {MAX_PUBLIC_INPUTS}, and with \
				 blocks 2 more and 128 for each"
			),
			Self::Blocks => write!(
				f,
				"no verifying key has these blocks: the first byte is 1 (a model), 2 (a stage one) \
				 or 3, the second the number of challenges, 1 to {MAX_CHALLENGES} with a stage one \
				 and 0 without"
			),
			Self::Coordinate => f.write_str(
				"a coordinate is not below the base field's modulus: 32 bytes big-endian, \
				 uncompressed, imaginary part first",
			),
			Self::Infinity => {
				f.write_str("a point is the point at infinity, which has no encoding")
			}
			Self::NotOnCurve => {
				f.write_str("a point is not on the curve: check the order of bytes and coordinates")
			}
			Self::NotInSubgroup => {
				f.write_str("a point is on the curve but outside the subgroup of prime order")
			}
		}
	}
}

impl core::error::Error for DecodeError {}

/// Why a verifying key is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
	/// The bytes are not the encoding of a key.
	Decode(DecodeError),
	/// There is no public input, so nothing is stated.
	NoInputs,
	/// There are more than [`MAX_PUBLIC_INPUTS`] public inputs.
	TooManyInputs,
	/// Two of beta, gamma, delta, eta and sigma are equal or opposite: anybody can prove anything.
	RelatedSetup,
	/// The points of two public inputs are equal or opposite: one input can be traded for the
	/// other.
	RelatedInputs {
		/// Number of the first of them, counted from one.
		first: u32,
		/// Number of the second of them, counted from one.
		second: u32,
	},
}

impl fmt::Display for KeyError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Decode(error) => error.fmt(f),
			Self::NoInputs => f.write_str("the key has no public input, so it states nothing"),
			Self::TooManyInputs => {
				write!(f, "the key has more than {MAX_PUBLIC_INPUTS} public inputs")
			}
			Self::RelatedSetup => f.write_str(
				"two of beta, gamma, delta, eta and sigma are equal or opposite, with which anything \
				 can be proved: the setup's second phase was skipped or went wrong, run it again",
			),
			Self::RelatedInputs { first, second } => write!(
				f,
				"the points of public inputs {first} and {second} are equal or opposite, so that \
				 one could be traded for the other: constrain each input by itself"
			),
		}
	}
}

impl core::error::Error for KeyError {}

impl From<DecodeError> for KeyError {
	fn from(error: DecodeError) -> Self {
		Self::Decode(error)
	}
}

/// Why a proof does not prove the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyError {
	/// The key has another number of public inputs.
	WrongInputCount {
		/// The key's number of public inputs.
		expected: u32,
		/// The number that was given.
		given: u32,
	},
	/// The key is for statements about a model under a commitment and there is none, or it is not, or
	/// the commitment is the point at infinity.
	WrongModel,
	/// The key is for proofs with a stage one and this has none, or it is not.
	WrongProof,
	/// A point of the proof is outside the subgroup of prime order.
	NotInSubgroup,
	/// The batch has no such key.
	UnknownKey,
	/// The pairing equation does not hold.
	Invalid,
}

impl fmt::Display for VerifyError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::WrongInputCount { expected, given } => {
				write!(f, "the key has {expected} public inputs, the statement {given}")
			}
			Self::WrongModel => f.write_str(
				"the key is for a model under a commitment and the statement has none, or the reverse",
			),
			Self::WrongProof => f.write_str(
				"the key is for proofs of 320 bytes, with a stage one, and this has 256, or the reverse",
			),
			Self::NotInSubgroup => DecodeError::NotInSubgroup.fmt(f),
			Self::UnknownKey => f.write_str("the batch has no such key"),
			Self::Invalid => {
				f.write_str("the proof does not prove this statement under this verifying key")
			}
		}
	}
}

impl core::error::Error for VerifyError {}

/// Why a batch of proofs is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchError {
	/// An item cannot be right, whatever the others are.
	Item {
		/// Its position in the batch, counted from zero.
		index: u32,
		/// What is wrong with it.
		error: VerifyError,
	},
	/// At least one proof does not prove its statement.
	Invalid,
}

impl fmt::Display for BatchError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Item { index, error } => write!(f, "item {index}: {error}"),
			Self::Invalid => f.write_str("at least one proof does not prove its statement"),
		}
	}
}

impl core::error::Error for BatchError {}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::string::ToString;

	#[test]
	fn every_error_says_what_is_wrong() {
		let related = KeyError::RelatedInputs { first: 3, second: 5 };
		let count = VerifyError::WrongInputCount { expected: 3, given: 5 };
		let item = BatchError::Item { index: 7, error: VerifyError::NotInSubgroup };
		for (text, words) in [
			(DecodeError::Length.to_string(), &["448 + 64 (n + 1)", "at most 64"][..]),
			(DecodeError::Coordinate.to_string(), &["modulus", "big-endian"]),
			(DecodeError::Infinity.to_string(), &["infinity"]),
			(DecodeError::NotOnCurve.to_string(), &["not on the curve"]),
			(DecodeError::NotInSubgroup.to_string(), &["outside the subgroup"]),
			(DecodeError::Blocks.to_string(), &["blocks", "1 to 4"]),
			(KeyError::Decode(DecodeError::Infinity).to_string(), &["infinity"]),
			(KeyError::NoInputs.to_string(), &["no public input"]),
			(KeyError::TooManyInputs.to_string(), &["more than 64"]),
			(KeyError::RelatedSetup.to_string(), &["second phase"]),
			(related.to_string(), &["3 and 5"]),
			(count.to_string(), &["has 3", "statement 5"]),
			(VerifyError::NotInSubgroup.to_string(), &["outside the subgroup"]),
			(VerifyError::WrongModel.to_string(), &["model", "commitment"]),
			(VerifyError::WrongProof.to_string(), &["320 bytes"]),
			(VerifyError::UnknownKey.to_string(), &["no such key"]),
			(VerifyError::Invalid.to_string(), &["does not prove"]),
			(item.to_string(), &["item 7", "outside the subgroup"]),
			(BatchError::Invalid.to_string(), &["at least one"]),
		] {
			assert!(words.iter().all(|words| text.contains(words)), "{text}");
		}
	}
}
