// SPDX-License-Identifier: Apache-2.0
//! What to offer for a transaction that others keep out of the blocks.
//!
//! A tip is worth it only while it is less than what is lost without the transaction, so it is bounded by
//! that; and it grows only while that does not help, so that an ordinary day costs nothing.

use candor_client::chain::{types::BlockNumber, Amount};

/// The first tip. A small transaction with it comes before a large one with ten thousand times as much:
/// priority is by what is paid for the room in a block.
const FIRST: Amount = Amount(Amount::UNIT.0 / 100_000);
/// How much more the next one is.
const GROWTH: u128 = 4;
/// Blocks that may pass without the transaction before more is offered.
pub const PATIENCE: BlockNumber = 2;
/// The share of the ceiling that is offered at least when only the last two blocks are left: one in so
/// many parts. In the very last one it is all of it.
const LAST_CALL_PARTS: u128 = 8;
/// The share of what is at stake that is offered at most: one in so many parts.
const PARTS: u128 = 2;

/// What is set aside for tips with each claim at least.
const LEAST_RESERVE: Amount = Amount(Amount::UNIT.0 / 100);
/// The share of what is at stake that is set aside: one in so many parts.
const RESERVED_PARTS: u128 = 32;

/// The most to offer for a transaction without which `stake` is lost, if the operator's `limit` allows
/// it.
pub fn ceiling(stake: Amount, limit: Option<Amount>) -> Amount {
	let justified = Amount(stake.0 / PARTS);
	limit.map_or(justified, |limit| limit.min(justified))
}

/// What is set aside for tips with a claim that risks `stake`, as far as it would be offered at all.
/// Priority is by what is paid for room, and an answer takes little: whoever keeps it out of blocks with
/// a pool full of transactions that pay more pays fifty times as much and more for each block, so
/// more than the stake; a test of the runtime computes it.
pub fn reserve(stake: Amount, limit: Option<Amount>) -> Amount {
	LEAST_RESERVE.max(Amount(stake.0 / RESERVED_PARTS)).min(ceiling(stake, limit))
}

/// The next offer, after one that did not suffice. `left` blocks can still include the transaction.
pub fn raise(last: Amount, ceiling: Amount, left: BlockNumber) -> Amount {
	let least = match left {
		0 | 1 => ceiling,
		2 => FIRST.max(Amount(ceiling.0 / LAST_CALL_PARTS)),
		_ => FIRST,
	};
	least.max(Amount(last.0.saturating_mul(GROWTH))).min(ceiling)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const STAKE: Amount = Amount(100 * Amount::UNIT.0);

	#[test]
	fn nothing_beyond_half_of_what_is_at_stake_is_offered_nor_beyond_the_operators_limit() {
		assert_eq!(ceiling(STAKE, None), Amount(50 * Amount::UNIT.0));
		assert_eq!(ceiling(STAKE, Some(Amount::UNIT)), Amount::UNIT);
		assert_eq!(ceiling(Amount(10), Some(Amount::UNIT)), Amount(5));
		assert_eq!(ceiling(STAKE, Some(Amount(0))), Amount(0));
	}

	#[test]
	fn a_part_of_the_stake_is_set_aside_and_never_more_than_would_be_offered() {
		assert_eq!(reserve(STAKE, None), Amount(STAKE.0 / 32));
		assert_eq!(reserve(Amount(Amount::UNIT.0 / 10), None), LEAST_RESERVE);
		assert_eq!(reserve(STAKE, Some(Amount(7))), Amount(7));
		assert_eq!(reserve(Amount(10), None), Amount(5));
	}

	#[test]
	fn the_first_offer_is_small_and_the_last_one_all_that_is_justified() {
		let most = ceiling(STAKE, None);
		assert_eq!(raise(Amount(0), most, 20), FIRST);
		assert_eq!(raise(FIRST, most, 20), Amount(4 * FIRST.0));
		assert_eq!(raise(FIRST, most, 2), Amount(most.0 / 8));
		assert_eq!(raise(FIRST, most, 1), most);
		assert_eq!(raise(Amount(u128::MAX), most, 20), most);
	}

	proptest! {
		#[test]
		fn an_offer_grows_until_it_is_all_that_is_justified(last: u64, stake: u64, left in 0u32..100) {
			let most = ceiling(Amount(stake.into()), None);
			let last = Amount(last.into()).min(most);
			let next = raise(last, most, left);
			prop_assert!(next <= most);
			prop_assert!(next > last || next == most);
		}
	}
}
