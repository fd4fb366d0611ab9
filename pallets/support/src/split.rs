// SPDX-License-Identifier: Apache-2.0

//! The division of a price.

use sp_runtime::{traits::AtLeast32BitUnsigned, Permill};

/// How a price is divided. The parts add up to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Split<Balance> {
	/// For the worker.
	pub payout: Balance,
	/// For the owner of what was used.
	pub royalty: Balance,
	/// Burnt.
	pub fee: Balance,
}

/// Divides a price. Royalty and fee are rounded down, the worker gets the rest. `None` if the shares
/// exceed the whole.
pub fn split<Balance: AtLeast32BitUnsigned + Copy>(
	price: Balance,
	royalty: Permill,
	fee: Permill,
) -> Option<Split<Balance>> {
	let royalty = royalty.mul_floor(price);
	let fee = fee.mul_floor(price);
	let payout = price.checked_sub(&royalty)?.checked_sub(&fee)?;
	Some(Split { payout, royalty, fee })
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_parts_add_up_and_rounding_is_the_workers() {
		for price in [0u128, 1, 99, 1_001, u128::MAX] {
			let parts = split(price, Permill::from_percent(10), Permill::from_percent(3));
			let Split { payout, royalty, fee } = parts.unwrap();
			assert_eq!(payout + royalty + fee, price);
			assert!(royalty <= price / 10 && fee <= price / 33);
		}
		let all = split(1_001u128, Permill::from_percent(60), Permill::from_percent(40));
		assert_eq!(all, Some(Split { payout: 1, royalty: 600, fee: 400 }));
	}

	#[test]
	fn shares_above_the_whole_divide_nothing() {
		assert_eq!(split(1_000u128, Permill::from_percent(60), Permill::from_percent(41)), None);
	}
}
