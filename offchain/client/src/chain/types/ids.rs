// SPDX-License-Identifier: Apache-2.0
//! What names a thing on chain.

use super::system_of;
use crate::chain::calls::{Provenance, SetupKind};
use candor_statement::StatementSchema;
use serde::{Deserialize, Serialize, Serializer};
use sp_crypto_hashing::blake2_256;
use std::{fmt, num::ParseIntError, str::FromStr};
use subxt::ext::codec::Encode;

/// An id that is a number, written in decimal digits and in JSON as a number.
macro_rules! number {
	($(#[$doc:meta])* $name:ident($inner:ty)) => {
		$(#[$doc])*
		#[derive(
			Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
		)]
		#[serde(transparent)]
		pub struct $name(pub $inner);

		impl fmt::Display for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				self.0.fmt(f)
			}
		}

		impl FromStr for $name {
			type Err = ParseIntError;

			fn from_str(text: &str) -> Result<Self, Self::Err> {
				text.parse().map(Self)
			}
		}
	};
}

number! {
	/// A model, counted from 0 on its chain. No number is given twice.
	ModelId(u32)
}

number! {
	/// A version of a model, counted from 1.
	Version(u32)
}

/// Identity of a circuit: a hash of its proof system, key, schema and provenance; see
/// [`CircuitId::of`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CircuitId(pub [u8; 32]);

impl CircuitId {
	/// What is hashed begins with this name.
	const DOMAIN: &'static str = "candor/circuit";

	/// The identity of the circuit with this canonical verifying key of the system that
	/// [`system_of`] names, as `docs/statement.md` has it.
	pub fn of(key: &[u8], schema: &StatementSchema, provenance: &Provenance) -> Self {
		let declared = match provenance.declared {
			SetupKind::Development => 0u8,
			SetupKind::Ceremony => 1,
		};
		let provenance = (provenance.source, provenance.transcript, declared);
		Self(blake2_256(&(Self::DOMAIN, system_of(schema), key, schema, provenance).encode()))
	}
}

/// `0x` and 64 hexadecimal digits.
impl fmt::Display for CircuitId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "0x{}", hex::encode(self.0))
	}
}

impl Serialize for CircuitId {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

/// A model, and one of its versions or the newest that takes jobs: `3` or `3:1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelReference {
	/// The model.
	pub model: ModelId,
	/// The version, where one is named.
	pub version: Option<Version>,
}

impl FromStr for ModelReference {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let malformed = |_| "expected MODEL or MODEL:VERSION, for instance 0:1".to_owned();
		let (model, version) = match text.split_once(':') {
			Some((model, version)) => (model, Some(version.parse().map_err(malformed)?)),
			None => (text, None),
		};
		Ok(Self { model: model.parse().map_err(malformed)?, version })
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn models_are_named_with_and_without_a_version() {
		assert_eq!("3".parse(), Ok(ModelReference { model: ModelId(3), version: None }));
		assert_eq!(
			"3:1".parse(),
			Ok(ModelReference { model: ModelId(3), version: Some(Version(1)) })
		);
		for text in ["", ":", "3:", ":1", "a", "3:1:2", "-1"] {
			assert!(text.parse::<ModelReference>().is_err(), "{text:?}");
		}
	}
}
