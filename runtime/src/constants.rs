// SPDX-License-Identifier: Apache-2.0

//! The currency and the clock.

use crate::{Balance, BlockNumber};

/// Decimal places of the native currency.
pub const TOKEN_DECIMALS: u8 = 12;
/// The native currency's symbol.
pub const TOKEN_SYMBOL: &str = "CNDR";
/// One whole coin.
pub const UNIT: Balance = 10u128.pow(TOKEN_DECIMALS as u32);
/// A thousandth of a coin.
pub const MILLI_UNIT: Balance = UNIT / 1_000;
/// A millionth of a coin.
pub const MICRO_UNIT: Balance = UNIT / 1_000_000;
/// What an account must own to exist.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_UNIT;

/// The time between two blocks in milliseconds. It cannot change once a chain runs.
pub const SLOT_DURATION: u64 = 6_000;
/// Blocks in a minute.
pub const MINUTES: BlockNumber = 60_000 / SLOT_DURATION as BlockNumber;
/// Blocks in an hour.
pub const HOURS: BlockNumber = 60 * MINUTES;
/// Blocks in a day.
pub const DAYS: BlockNumber = 24 * HOURS;
/// Blocks in a session; a new validator set takes over at a session's start.
pub const SESSION: BlockNumber = 10 * MINUTES;

/// The deposit for `items` storage entries of `bytes` bytes in all, for as long as they are stored.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
	items as Balance * 20 * MILLI_UNIT + bytes as Balance * 50 * MICRO_UNIT
}
