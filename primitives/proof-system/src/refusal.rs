// SPDX-License-Identifier: Apache-2.0

//! Why keys and proofs are refused, in words that hold for every system.

/// Why the verifying key of a circuit is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyRefusal {
	/// The runtime has no such proof system.
	UnknownSystem,
	/// No key of this system has so many bytes.
	Length,
	/// A coordinate is not below the modulus of its field.
	NonCanonicalCoordinate,
	/// A point is the point at infinity.
	PointAtInfinity,
	/// A point is not on its curve.
	PointOffCurve,
	/// A point is outside the subgroup of prime order.
	PointOutsideSubgroup,
	/// There is no public input, so nothing is stated.
	NoPublicInputs,
	/// There are more public inputs than the system allows.
	TooManyPublicInputs,
	/// Elements of the setup that must be independent are not: anybody can prove anything.
	RelatedSetup,
	/// Two public inputs hang together: one can be traded for the other.
	RelatedInputs,
	/// The key has not the public inputs that the system gives statements of this schema.
	SchemaMismatch,
}

/// Bytes that stand in storage as a prepared key, and were not written there by this code: another
/// version's, or another system's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnreadableKey;

/// Why a proof is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofRefusal {
	/// The bytes are not a proof.
	Malformed,
	/// The bytes are a proof, but not of this statement.
	Invalid,
	/// The key is for statements of another shape, so no proof under it is of this one.
	WrongShape,
	/// A commitment of the statement is not in the form that the system demands.
	NonCanonicalCommitment,
}

/// Why a batch of proofs is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BatchRefusal {
	/// A proof cannot be right, whatever the others are.
	Item {
		/// Its position in the order in which the proofs were added, from zero.
		index: u32,
		/// What is wrong with it.
		refusal: ProofRefusal,
	},
	/// Some proof is not of its statement.
	Invalid,
}

impl BatchRefusal {
	/// Of two refusals of one batch, the one to tell: what names a proof before what names none, and
	/// the earlier proof before the later.
	#[must_use]
	pub fn or_earlier(self, other: Self) -> Self {
		match (self, other) {
			(Self::Item { index: one, .. }, Self::Item { index: two, .. }) if two < one => other,
			(Self::Invalid, other) => other,
			(one, _) => one,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_refusal_to_tell_names_the_earliest_proof() {
		let item = |index| BatchRefusal::Item { index, refusal: ProofRefusal::Malformed };
		for (one, other, told) in [
			(item(2), item(1), item(1)),
			(item(1), item(2), item(1)),
			(BatchRefusal::Invalid, item(7), item(7)),
			(item(7), BatchRefusal::Invalid, item(7)),
			(BatchRefusal::Invalid, BatchRefusal::Invalid, BatchRefusal::Invalid),
		] {
			assert_eq!(one.or_earlier(other), told);
		}
	}

	#[test]
	fn of_two_refusals_of_one_proof_the_first_is_told() {
		let item = |refusal| BatchRefusal::Item { index: 1, refusal };
		let (one, other) = (item(ProofRefusal::Malformed), item(ProofRefusal::Invalid));
		assert_eq!(one.or_earlier(other), one);
		assert_eq!(other.or_earlier(one), other);
	}
}
