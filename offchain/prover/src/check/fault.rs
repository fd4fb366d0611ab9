// SPDX-License-Identifier: Apache-2.0
//! What is wrong with a proving key.

use candor_groth16::KeyError;
use std::fmt;

/// A part of a proving key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
	/// `α`.
	Alpha,
	/// `β`, in either group.
	Beta,
	/// `γ`.
	Gamma,
	/// `δ`, in either group.
	Delta,
	/// The points of the public inputs.
	Inputs,
	/// The points of the left factors.
	A,
	/// The points of the right factors in the first group.
	B1,
	/// The points of the right factors in the second group.
	B2,
	/// The points of the quotient.
	H,
	/// The points of the witnesses.
	L,
	/// The points of public inputs and witnesses, which one equation checks.
	InputsAndL,
	/// The powers of the secret, with which the others are checked.
	Powers,
}

impl fmt::Display for Part {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Alpha => "alpha",
			Self::Beta => "beta",
			Self::Gamma => "gamma",
			Self::Delta => "delta",
			Self::Inputs => "IC",
			Self::A => "A",
			Self::B1 => "B in the first group",
			Self::B2 => "B in the second group",
			Self::H => "H",
			Self::L => "L",
			Self::InputsAndL => "IC or L",
			Self::Powers => "the powers of tau",
		})
	}
}

/// Why no setup of the circuit can have made a proving key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFault {
	/// A list has another length than the circuit demands.
	#[error("{part} has {got} points where the circuit demands {expected}")]
	Length {
		/// The list.
		part: Part,
		/// What the circuit demands.
		expected: usize,
		/// What the key has.
		got: usize,
	},
	/// A point is not on its curve or not in the subgroup of prime order.
	#[error("point {index} of {part} lies outside the group of prime order")]
	OutsideGroup {
		/// Where it stands.
		part: Part,
		/// Its position there, from zero.
		index: usize,
	},
	/// A secret is zero, so that proofs hide nothing or prove nothing.
	#[error("{0} holds the point at infinity")]
	Infinity(Part),
	/// The verifying key breaks a rule of registration.
	#[error("no chain would register its verifying key: {0}")]
	UnacceptableKey(KeyError),
	/// Points do not follow from the circuit and the rest of the key.
	#[error("{0} does not follow from the circuit and the rest of the key")]
	Unrelated(Part),
}
