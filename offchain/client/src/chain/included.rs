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
	/// What the signer paid for it, the tip included.
	pub fee: Amount,
	/// The part of that which the author of the block got on top of the fee.
	pub tip: Amount,
}

impl Included {
	/// What the signer paid, in words.
	pub fn payment(&self) -> String {
		match self.tip {
			Amount(0) => format!("{} {SYMBOL}", self.fee),
			tip => format!("{} {SYMBOL}, of which {tip} are a tip", self.fee),
		}
	}
}

/// Under the names that reports use: `transaction`, `block`, `block_number`, `transaction_fee`, `tip`.
impl Serialize for Included {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		let mut map = serializer.serialize_map(None)?;
		map.serialize_entry("transaction", &format!("{:#x}", self.transaction))?;
		map.serialize_entry("block", &format!("{:#x}", self.block))?;
		map.serialize_entry("block_number", &self.block_number)?;
		map.serialize_entry("transaction_fee", &self.fee)?;
		map.serialize_entry("tip", &self.tip)?;
		map.end()
	}
}

impl fmt::Display for Included {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "transaction {:#x} is final", self.transaction)?;
		writeln!(f, "  block           {}, {:#x}", self.block_number, self.block)?;
		write!(f, "  transaction fee {}", self.payment())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_tip_is_told_as_the_part_of_the_payment_that_it_is() {
		let with = |tip| {
			let (transaction, block) = (H256::zero(), H256::zero());
			Included { transaction, block, block_number: 3, fee: Amount::UNIT, tip }
		};
		assert!(with(Amount(0)).to_string().ends_with("transaction fee 1 CNDR"));
		let tipped = with(Amount(Amount::UNIT.0 / 4));
		assert!(tipped.to_string().ends_with("fee 1 CNDR, of which 0.25 are a tip"), "{tipped}");
		assert_eq!(serde_json::to_value(tipped).unwrap()["tip"], "0.25");
	}
}
