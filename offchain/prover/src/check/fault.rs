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
	/// `η`, in either group.
	Eta,
	/// `σ`, in either group.
	Sigma,
	/// The number of challenges.
	Challenges,
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
	/// The points of the model.
	Model,
	/// The points of stage one.
	StageOne,
	/// The points of the other witnesses.
	L,
	/// The points of public inputs and of all witnesses, which one equation checks.
	Combined,
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
			Self::Eta => "eta",
			Self::Sigma => "sigma",
			Self::Challenges => "the number of challenges",
			Self::Inputs => "IC",
			Self::A => "A",
			Self::B1 => "B in the first group",
			Self::B2 => "B in the second group",
			Self::H => "H",
			Self::Model => "the model block",
			Self::StageOne => "stage one",
			Self::L => "L",
			Self::Combined => "IC, a block or L",
			Self::Powers => "the powers of tau",
		})
	}
}

/// Why no setup of the circuit can have made a proving key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFault {
	/// A list has another length than the circuit demands.
	#[error("{part} counts {got} where the circuit demands {expected}")]
	Length {
		/// The list.
		part: Part,
		/// What the circuit demands.
		expected: usize,
		/// What the key has.
		got: usize,
	},
	/// A block is there where the circuit has none, or is missing.
	#[error("{0} is there where the circuit has none, or missing where it has one")]
	Blocks(Part),
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
