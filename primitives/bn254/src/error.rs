// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with the arguments of an operation.

use core::fmt;

/// Why an operation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
	/// A number of bytes, or of items, that does not fit the operation.
	Length,
	/// A coordinate is not below the modulus of the base field.
	Coordinate,
	/// A scalar is not below the order of the groups.
	Scalar,
	/// A point is not on the curve.
	NotOnCurve,
	/// A point is on the curve but outside the subgroup of prime order.
	NotInSubgroup {
		/// The position of its pair among those of the call.
		index: u32,
	},
	/// Zero has no final exponentiation.
	Zero,
	/// The host answered with a code that this version does not know.
	Unknown,
}

/// Bits of an answer below the position that goes with it.
const CODE_BITS: u32 = 32;

impl Error {
	/// The answer of a host function: zero for success, otherwise the code of the error below, and
	/// the position that goes with it above. Codes never change their meaning.
	// The cast widens: conversions by trait are not for constant functions. The sum stays below 2^64: a
	// shifted position has no bit in the lower half, where the code stands.
	pub const fn to_answer(result: Result<(), Self>) -> u64 {
		match result {
			Ok(()) => 0,
			Err(Self::Length) => 1,
			Err(Self::Coordinate) => 2,
			Err(Self::Scalar) => 3,
			Err(Self::NotOnCurve) => 4,
			Err(Self::NotInSubgroup { index }) => 5 + ((index as u64) << CODE_BITS),
			Err(Self::Zero) => 6,
			Err(Self::Unknown) => 7,
		}
	}

	/// What an answer of a host function says.
	///
	/// # Errors
	///
	/// What the host found wrong; [`Self::Unknown`] for an answer that no host of this version gives.
	// The casts cut on purpose: the code is the lower half of an answer, the position the upper.
	pub const fn from_answer(answer: u64) -> Result<(), Self> {
		match answer as u32 {
			0 => Ok(()),
			1 => Err(Self::Length),
			2 => Err(Self::Coordinate),
			3 => Err(Self::Scalar),
			4 => Err(Self::NotOnCurve),
			5 => Err(Self::NotInSubgroup { index: (answer >> CODE_BITS) as u32 }),
			6 => Err(Self::Zero),
			_ => Err(Self::Unknown),
		}
	}
}

impl fmt::Display for Error {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Length => f.write_str("a number of bytes or items that does not fit"),
			Self::Coordinate => f.write_str("a coordinate is not below the base field's modulus"),
			Self::Scalar => f.write_str("a scalar is not below the order of the groups"),
			Self::NotOnCurve => f.write_str("a point is not on the curve"),
			Self::NotInSubgroup { index } => {
				write!(f, "the point of pair {index} is outside the subgroup of prime order")
			}
			Self::Zero => f.write_str("zero has no final exponentiation"),
			Self::Unknown => f.write_str("the host answered with an unknown code"),
		}
	}
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_answer_of_the_host_is_understood() {
		let errors = [
			Error::Length,
			Error::Coordinate,
			Error::Scalar,
			Error::NotOnCurve,
			Error::NotInSubgroup { index: 0 },
			Error::NotInSubgroup { index: u32::MAX },
			Error::Zero,
			Error::Unknown,
		];
		for result in errors.into_iter().map(Err).chain([Ok(())]) {
			assert_eq!(Error::from_answer(Error::to_answer(result)), result);
		}
		assert_eq!(Error::from_answer(8), Err(Error::Unknown));
		assert_eq!(Error::from_answer(u64::MAX), Err(Error::Unknown));
	}
	#[test]
	fn every_error_says_what_is_wrong() {
		for (error, words) in [
			(Error::Length, "number of bytes or items"),
			(Error::Coordinate, "coordinate"),
			(Error::Scalar, "scalar"),
			(Error::NotOnCurve, "not on the curve"),
			(Error::NotInSubgroup { index: 7 }, "pair 7"),
			(Error::Zero, "zero"),
			(Error::Unknown, "unknown code"),
		] {
			assert!(error.to_string().contains(words), "{error}");
		}
	}
}
