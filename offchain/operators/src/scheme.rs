// SPDX-License-Identifier: Apache-2.0
//! Where the model of a circuit stands, and how the circuit shows ranges.

use candor_gadgets::ranges::Method;

use crate::{Architecture, InferenceCircuit};

/// Where the model of a circuit stands, and how the circuit shows ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
	/// Its words are hashed to a public scalar; ranges are shown by bits. Plain Groth16.
	Hashed,
	/// Its words are a block of variables of their own, whose commitment stands in the verifying
	/// equation; ranges are shown by bits. A proof has 256 bytes.
	Committed,
	/// As [`Committed`](Self::Committed), but ranges are shown by lookups, which need a challenge. A
	/// proof has 320 bytes.
	Staged,
}

impl Scheme {
	/// All of them.
	pub const ALL: [Self; 3] = [Self::Hashed, Self::Committed, Self::Staged];

	/// How ranges are shown.
	pub const fn ranges(self) -> Method {
		match self {
			Self::Hashed | Self::Committed => Method::Bits,
			Self::Staged => Method::Lookups,
		}
	}

	/// The number of challenges.
	pub const fn challenges(self) -> u8 {
		match self {
			Self::Hashed | Self::Committed => 0,
			Self::Staged => 1,
		}
	}

	/// Whether the model is a block of variables of its own.
	pub const fn has_model_block(self) -> bool {
		match self {
			Self::Hashed => false,
			Self::Committed | Self::Staged => true,
		}
	}

	/// The one of the two with a model block that has fewer constraints for an architecture; of equals
	/// the one with the smaller proof. It lays out both.
	pub fn with_fewer_constraints(architecture: &Architecture) -> Self {
		let constraints = |scheme| InferenceCircuit::statistics(architecture, scheme).constraints;
		if constraints(Self::Staged) < constraints(Self::Committed) {
			Self::Staged
		} else {
			Self::Committed
		}
	}
}
