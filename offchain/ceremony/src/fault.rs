// SPDX-License-Identifier: Apache-2.0
//! What is wrong with a ceremony, and who did it.

use crate::{
	digest::Digest,
	first_key::OtherDomain,
	transcript::{Kind, Name, Step},
	trapdoor::Trapdoor,
};
use candor_prover::Part;
use std::fmt;

/// Who took a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
	/// The position of the step, from one.
	pub place: usize,
	/// The name that a contributor gave.
	pub name: Option<Name>,
	/// Whether it is a beacon.
	pub beacon: bool,
}

impl Who {
	pub(crate) fn of(step: &Step, place: usize) -> Self {
		match &step.kind {
			Kind::Contribution { name, .. } => Self { place, name: name.clone(), beacon: false },
			Kind::Beacon(_) => Self { place, name: None, beacon: true },
		}
	}
}

impl fmt::Display for Who {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let kind = if self.beacon { "beacon" } else { "contribution" };
		write!(f, "step {}, the {kind}", self.place)?;
		match &self.name {
			Some(name) => write!(f, " of \"{name}\""),
			None => Ok(()),
		}
	}
}

/// Who handed a key on, for messages.
struct By<'a>(&'a Option<Who>);

impl fmt::Display for By<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self.0 {
			Some(who) => who.fmt(f),
			None => f.write_str("the beginning"),
		}
	}
}

/// What is wrong with a ceremony.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
	/// It is about another circuit.
	#[error("a ceremony for another circuit, or for another version of it")]
	OtherCircuit,
	/// It began from other powers.
	#[error("a ceremony that began from other powers of tau")]
	OtherPowers,
	/// The powers are for another domain.
	#[error(transparent)]
	OtherDomain(OtherDomain),
	/// It began from a key that does not follow from circuit and powers.
	#[error("its first key does not follow from the circuit and the powers of tau")]
	FirstKey,
	/// Its hash is another one.
	#[error("the hash of the transcript is {found}, not {expected}")]
	OtherTranscript {
		/// What was asked for.
		expected: Digest,
		/// What it is.
		found: Digest,
	},
	/// A trapdoor after a step is not a point of the group.
	#[error("{by}: {trapdoor} lies outside the group of prime order")]
	StepOutsideGroup {
		/// Who took the step.
		by: Who,
		/// The trapdoor.
		trapdoor: Trapdoor,
	},
	/// A trapdoor after a step is zero.
	#[error("{by}: {trapdoor} is the point at infinity, as if it were multiplied by zero")]
	StepInfinity {
		/// Who took the step.
		by: Who,
		/// The trapdoor.
		trapdoor: Trapdoor,
	},
	/// A step leaves a trapdoor as it was.
	#[error("{by}: {trapdoor} is as it was before, it was left out")]
	Unchanged {
		/// Who took the step.
		by: Who,
		/// The trapdoor.
		trapdoor: Trapdoor,
	},
	/// A proof of knowledge does not hold.
	#[error(
		"{by}: the proof of knowing the factor of {trapdoor} does not hold here; it was made \
		 elsewhere or for something else, or this or an earlier step was changed since"
	)]
	Knowledge {
		/// Who took the step.
		by: Who,
		/// The trapdoor.
		trapdoor: Trapdoor,
	},
	/// A beacon's trapdoor does not follow from its value.
	#[error("{by}: {trapdoor} does not follow from the public value")]
	Beacon {
		/// Who took the step.
		by: Who,
		/// The trapdoor.
		trapdoor: Trapdoor,
	},
	/// The key is not the one of the transcript.
	#[error("the key is not that of {}: it was changed since, or is damaged", By(by))]
	OtherKey {
		/// Who took the last step.
		by: Option<Who>,
	},
	/// A list of the key has another length than the first key's.
	#[error("{}: {part} has {found} points instead of {expected}", By(by))]
	Length {
		/// Who handed the key on.
		by: Option<Who>,
		/// The list.
		part: Part,
		/// Points of the first key.
		expected: usize,
		/// Points of this key.
		found: usize,
	},
	/// A point of the key is none of its group.
	#[error("{}: point {index} of {part} lies outside the group of prime order", By(by))]
	OutsideGroup {
		/// Who handed the key on.
		by: Option<Who>,
		/// The list.
		part: Part,
		/// The position of the point in it, from zero.
		index: usize,
	},
	/// A part of the key does not follow from first key and trapdoors.
	#[error("{}: {part} does not follow from the first key and the trapdoors", By(by))]
	Key {
		/// Who handed the key on.
		by: Option<Who>,
		/// The part.
		part: Part,
	},
}
