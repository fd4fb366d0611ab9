// SPDX-License-Identifier: Apache-2.0
//! What requesters pay.

use super::BlockNumber;
use crate::chain::{amount::Amount, api::generated, SYMBOL};
use serde::Serialize;
use std::fmt;

/// What a requester pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Price {
	/// The same at any time.
	Fixed(Amount),
	/// More, the longer the job waits for a claim, which fixes it.
	Rising {
		/// At the opening.
		from: Amount,
		/// After `blocks`, and from then on.
		to: Amount,
		/// Blocks in which the job could be claimed.
		blocks: BlockNumber,
	},
}

impl Price {
	/// The lowest that it can be.
	pub fn least(&self) -> Amount {
		match *self {
			Self::Fixed(price) => price,
			Self::Rising { from, .. } => from,
		}
	}

	/// The highest that it can be: what is held.
	pub fn most(&self) -> Amount {
		match *self {
			Self::Fixed(price) => price,
			Self::Rising { to, .. } => to,
		}
	}

	/// Whether it rises.
	pub fn rises(&self) -> bool {
		matches!(self, Self::Rising { .. })
	}

	/// What it is after so many blocks of the ramp, rounded as the runtime does.
	pub fn after(&self, passed: BlockNumber) -> Amount {
		let (from, to, blocks) = match *self {
			Self::Rising { from, to, blocks } if passed < blocks => (from, to, blocks),
			_ => return self.most(),
		};
		let (passed, blocks) = (u128::from(passed), u128::from(blocks));
		let rise = to.0.saturating_sub(from.0);
		// Split, so that no price can overflow.
		Amount(from.0 + rise / blocks * passed + rise % blocks * passed / blocks)
	}
}

/// `5 CNDR`, or `5 CNDR, up to 10 in 40 blocks`.
impl fmt::Display for Price {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Fixed(price) => write!(f, "{price} {SYMBOL}"),
			Self::Rising { from, to, blocks } => {
				write!(f, "{from} {SYMBOL}, up to {to} in {blocks} blocks")
			}
		}
	}
}

impl From<generated::Price<u128, u32>> for Price {
	fn from(price: generated::Price<u128, u32>) -> Self {
		use generated::Price as Generated;
		match price {
			Generated::Fixed(price) => Self::Fixed(Amount(price)),
			Generated::Rising { from, to, blocks } => {
				Self::Rising { from: Amount(from), to: Amount(to), blocks }
			}
		}
	}
}

impl From<Price> for generated::Price<u128, u32> {
	fn from(price: Price) -> Self {
		match price {
			Price::Fixed(price) => Self::Fixed(price.0),
			Price::Rising { from, to, blocks } => Self::Rising { from: from.0, to: to.0, blocks },
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The numbers of the pallet's own test.
	#[test]
	fn a_ramp_is_rounded_as_on_chain() {
		let price = Price::Rising { from: Amount(10), to: Amount(20), blocks: 4 };
		let prices = [0, 1, 2, 3, 4, 5].map(|passed| price.after(passed).0);
		assert_eq!(prices, [10, 12, 15, 17, 20, 20]);
		let largest = Price::Rising { from: Amount(1), to: Amount(u128::MAX), blocks: u32::MAX };
		assert_eq!(largest.after(u32::MAX), Amount(u128::MAX));
		assert!(largest.after(u32::MAX - 1) > Amount(u128::MAX - (u128::MAX >> 31)));
	}

	#[test]
	fn a_price_is_told_by_its_amounts() {
		let rising =
			Price::Rising { from: Amount::UNIT, to: Amount(2 * Amount::UNIT.0), blocks: 9 };
		assert_eq!(Price::Fixed(Amount::UNIT).to_string(), format!("1 {SYMBOL}"));
		assert_eq!(rising.to_string(), format!("1 {SYMBOL}, up to 2 in 9 blocks"));
		let json = |price| serde_json::to_string(&price).unwrap();
		assert_eq!(json(Price::Fixed(Amount::UNIT)), r#""1""#);
		assert_eq!(json(rising), r#"{"from":"1","to":"2","blocks":9}"#);
	}
}
