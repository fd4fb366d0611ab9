// SPDX-License-Identifier: Apache-2.0
//! Where the model of a circuit stands, and how the circuit shows ranges.

use core::{fmt, str::FromStr};

use candor_gadgets::ranges::Method;
use candor_statement::StatementSchema;
use serde::{Deserialize, Serialize};

use crate::{Architecture, InferenceCircuit};

/// So many bytes of input pay for the table of bytes, 257 constraints: each is one lookup in place of eight
/// bits. Nothing else is larger with a challenge.
const PAYING_INPUTS: usize = 37;

/// Why an architecture has no circuit under a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsuited {
	/// It needs a challenge.
	#[error(
		"`{operator}` is proved by lookups, which need a challenge, and the scheme `{scheme}` has none"
	)]
	Operator {
		/// What needs it.
		operator: &'static str,
		/// The scheme.
		scheme: Scheme,
	},
	/// It shows several runs.
	#[error("a circuit of several runs has the model in the verifying equation, which the scheme `{scheme}` has not")]
	Runs {
		/// The scheme.
		scheme: Scheme,
	},
}

/// Where the model of a circuit stands, and how the circuit shows ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

	/// The one whose keys have these blocks; nothing for a stage one alone, which no circuit here has.
	pub const fn with_blocks(model: bool, stage_one: bool) -> Option<Self> {
		match (model, stage_one) {
			(false, false) => Some(Self::Hashed),
			(true, false) => Some(Self::Committed),
			(true, true) => Some(Self::Staged),
			(false, true) => None,
		}
	}

	/// What it is called.
	pub const fn name(self) -> &'static str {
		match self {
			Self::Hashed => "hashed",
			Self::Committed => "committed",
			Self::Staged => "staged",
		}
	}

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

	/// What a proof of an architecture's circuit says, and how many public inputs it has.
	pub fn schema(self, architecture: &Architecture) -> StatementSchema {
		let input_len = architecture.input_len() as u32;
		let output_len = architecture.output_len() as u32;
		match architecture.runs() {
			_ if !self.has_model_block() => StatementSchema::InferenceV1 { input_len, output_len },
			1 => StatementSchema::InferenceV2 { input_len, output_len },
			// As many as stand in a byte.
			runs => StatementSchema::InferencesV1 { input_len, output_len, runs: runs as u8 },
		}
	}

	/// Checks that it has the challenge that an architecture's circuit needs, and that it shows as many runs.
	///
	/// # Errors
	///
	/// [`Unsuited`] says what it lacks.
	pub fn check(self, architecture: &Architecture) -> Result<(), Unsuited> {
		if architecture.runs() > 1 && !self.has_model_block() {
			return Err(Unsuited::Runs { scheme: self });
		}
		let mut functions = architecture.sites().map(|(function, _)| function);
		match functions.find(|function| function.needs_challenge() && self.challenges() == 0) {
			Some(function) => Err(Unsuited::Operator { operator: function.name(), scheme: self }),
			None => Ok(()),
		}
	}

	/// The one that was asked for, or else [the best](Self::with_fewer_constraints).
	///
	/// # Errors
	///
	/// [`Unsuited`] where the one that was asked for has no circuit for the architecture.
	pub fn chosen(asked: Option<Self>, architecture: &Architecture) -> Result<Self, Unsuited> {
		match asked {
			Some(scheme) => scheme.check(architecture).map(|()| scheme),
			None => Ok(Self::with_fewer_constraints(architecture)),
		}
	}

	/// The one of the two with a model block that has fewer constraints for an architecture; of equals
	/// the one with the smaller proof. It lays out both where the input alone does not tell.
	pub fn with_fewer_constraints(architecture: &Architecture) -> Self {
		let pays_already = architecture.input_len() >= PAYING_INPUTS;
		if pays_already || Self::Committed.check(architecture).is_err() {
			return Self::Staged;
		}
		let constraints = |scheme| InferenceCircuit::statistics(architecture, scheme).constraints;
		if constraints(Self::Staged) < constraints(Self::Committed) {
			Self::Staged
		} else {
			Self::Committed
		}
	}
}

impl fmt::Display for Scheme {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(self.name())
	}
}

impl FromStr for Scheme {
	type Err = &'static str;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let named = Self::ALL.into_iter().find(|scheme| scheme.name() == text);
		named.ok_or("expected hashed, committed or staged")
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn names_are_read_back() {
		for scheme in Scheme::ALL {
			assert_eq!(scheme.to_string().parse(), Ok(scheme));
			assert_eq!(serde_json::to_string(&scheme).expect("json"), format!("\"{scheme}\""));
		}
		assert!("Staged".parse::<Scheme>().is_err());
	}

	#[test]
	fn blocks_tell_them_apart() {
		for scheme in Scheme::ALL {
			let blocks = (scheme.has_model_block(), scheme.challenges() > 0);
			assert_eq!(Scheme::with_blocks(blocks.0, blocks.1), Some(scheme));
		}
		assert_eq!(Scheme::with_blocks(false, true), None);
	}
}
