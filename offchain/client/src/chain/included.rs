// SPDX-License-Identifier: Apache-2.0
//! Where transactions are.

use super::{types::BlockNumber, Amount, SYMBOL};
use serde::{ser::SerializeMap, Serialize, Serializer};
use std::fmt;
use subxt::utils::H256;

/// A block that holds a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
	/// The block's hash.
	pub block: H256,
	/// Its height, where it is known.
	pub number: Option<BlockNumber>,
}

/// What is known of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whereabouts {
	/// The transaction's hash.
	pub transaction: H256,
	/// The block that held it when it was last seen.
	pub place: Option<Place>,
}

/// Under the names that reports use: `transaction`, `block`, `block_number`.
impl Serialize for Whereabouts {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		let mut map = serializer.serialize_map(None)?;
		map.serialize_entry("transaction", &format!("{:#x}", self.transaction))?;
		if let Some(place) = self.place {
			map.serialize_entry("block", &format!("{:#x}", place.block))?;
			map.serialize_entry("block_number", &place.number)?;
		}
		map.end()
	}
}

impl fmt::Display for Whereabouts {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "transaction {:#x} was sent", self.transaction)?;
		match self.place {
			Some(Place { block, number: Some(number) }) => {
				write!(f, "\n  last seen in    block {number}, {block:#x}")
			}
			Some(Place { block, number: None }) => {
				write!(f, "\n  last seen in    block {block:#x}")
			}
			None => Ok(()),
		}
	}
}

/// A transaction in a finalised block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Included {
	/// The transaction's hash.
	pub transaction: H256,
	/// The finalised block that includes it.
	pub block: H256,
	/// The height of that block.
	pub block_number: BlockNumber,
	/// What the signer paid for it.
	pub fee: Amount,
}

/// Under the names that reports use: `transaction`, `block`, `block_number`, `transaction_fee`.
impl Serialize for Included {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		let mut map = serializer.serialize_map(None)?;
		map.serialize_entry("transaction", &format!("{:#x}", self.transaction))?;
		map.serialize_entry("block", &format!("{:#x}", self.block))?;
		map.serialize_entry("block_number", &self.block_number)?;
		map.serialize_entry("transaction_fee", &self.fee)?;
		map.end()
	}
}

impl fmt::Display for Included {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "transaction {:#x} is final", self.transaction)?;
		writeln!(f, "  block           {}, {:#x}", self.block_number, self.block)?;
		write!(f, "  transaction fee {} {SYMBOL}", self.fee)
	}
}
