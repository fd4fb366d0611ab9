// SPDX-License-Identifier: Apache-2.0
//! Amounts of money and shares as people write them, read exactly: no floating point is involved.

use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Decimal places of the native currency.
pub const DECIMALS: u32 = 12;
/// The native currency's symbol.
pub const SYMBOL: &str = "CNDR";
/// The smallest units in one coin.
const UNIT: u128 = 10u128.pow(DECIMALS);

/// Decimal places of a percentage: parts per million are ten-thousandths of a percent.
const PERCENT_DECIMALS: u32 = 4;
/// The parts of a whole.
const MILLION: u32 = 1_000_000;

/// Why a text is not an amount or a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseDecimalError {
	/// Not digits with at most one point between them.
	#[error("expected a decimal number such as 1.5")]
	NotDecimal,
	/// More places than the unit can be divided into.
	#[error("at most {0} digits may follow the point")]
	TooPrecise(u32),
	/// More than can be represented.
	#[error("the number is too large")]
	TooLarge,
	/// More than a whole.
	#[error("a share is at most 100%")]
	MoreThanAll,
}

/// Reads `digits[.digits]` as a multiple of `10^-places`.
fn decimal(text: &str, places: u32) -> Result<u128, ParseDecimalError> {
	let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
	let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
	if !digits(whole) || !digits(fraction) {
		return Err(ParseDecimalError::NotDecimal);
	}
	let missing = u32::try_from(fraction.len())
		.ok()
		.and_then(|given| places.checked_sub(given))
		.ok_or(ParseDecimalError::TooPrecise(places))?;
	let number = |part: &str| part.parse::<u128>().map_err(|_| ParseDecimalError::TooLarge);
	number(whole)?
		.checked_mul(10u128.pow(places))
		.and_then(|units| units.checked_add(number(fraction).ok()? * 10u128.pow(missing)))
		.ok_or(ParseDecimalError::TooLarge)
}

/// Writes a multiple of `10^-places` without needless zeros.
fn write_decimal(f: &mut fmt::Formatter<'_>, value: u128, places: u32) -> fmt::Result {
	let unit = 10u128.pow(places);
	write!(f, "{}", value / unit)?;
	match value % unit {
		0 => Ok(()),
		rest => {
			let digits = format!("{rest:0width$}", width = places as usize);
			write!(f, ".{}", digits.trim_end_matches('0'))
		}
	}
}

/// An amount of the native currency, in its smallest units: `10^-12` CNDR.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub u128);

impl Amount {
	/// One whole coin.
	pub const UNIT: Self = Self(UNIT);
}

/// In whole coins: `1.5`. A trailing symbol is allowed.
impl FromStr for Amount {
	type Err = ParseDecimalError;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let text = text.strip_suffix(SYMBOL).map_or(text, str::trim_end);
		decimal(text, DECIMALS).map(Self)
	}
}

/// In whole coins, without the symbol.
impl fmt::Display for Amount {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write_decimal(f, self.0, DECIMALS)
	}
}

/// As a string: numbers in JSON lose digits.
impl Serialize for Amount {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

/// A share of a whole, in parts per million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

impl Share {
	/// A share of so many parts per million; more than all of them are all.
	pub fn from_parts(parts: u32) -> Self {
		Self(parts.min(MILLION))
	}

	/// The parts per million.
	pub const fn parts(self) -> u32 {
		self.0
	}
}

/// As a percentage: `5%`, `0.25%`.
impl FromStr for Share {
	type Err = ParseDecimalError;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let text = text.strip_suffix('%').ok_or(ParseDecimalError::NotDecimal)?;
		let parts = decimal(text.trim_end(), PERCENT_DECIMALS)?;
		u32::try_from(parts)
			.ok()
			.filter(|parts| *parts <= MILLION)
			.map(Self)
			.ok_or(ParseDecimalError::MoreThanAll)
	}
}

/// As a percentage.
impl fmt::Display for Share {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write_decimal(f, self.0.into(), PERCENT_DECIMALS)?;
		f.write_str("%")
	}
}

/// As a string with a percentage.
impl Serialize for Share {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	mod amounts {
		use super::*;

		#[test]
		fn are_read_exactly_to_the_last_place() {
			for (text, units) in [
				("0", 0),
				("1", UNIT),
				("1.5", UNIT + UNIT / 2),
				("0.000000000001", 1),
				("100.000000000001", 100 * UNIT + 1),
				("0.1", UNIT / 10),
				("007", 7 * UNIT),
				("2 CNDR", 2 * UNIT),
				("340282366920938463463374607.431768211455", u128::MAX),
			] {
				assert_eq!(text.parse(), Ok(Amount(units)), "{text}");
			}
		}

		#[test]
		fn that_cannot_be_represented_are_refused() {
			for (text, error) in [
				("0.0000000000001", ParseDecimalError::TooPrecise(12)),
				("340282366920938463463374607.431768211456", ParseDecimalError::TooLarge),
				("999999999999999999999999999999999999999999", ParseDecimalError::TooLarge),
			] {
				assert_eq!(text.parse::<Amount>(), Err(error), "{text}");
			}
		}

		#[test]
		fn that_are_no_plain_decimals_are_refused() {
			for text in
				["", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "1.2.3", "0x10", " 1", "1_0"]
			{
				assert_eq!(text.parse::<Amount>(), Err(ParseDecimalError::NotDecimal), "{text:?}");
			}
		}

		#[test]
		fn are_written_without_needless_zeros() {
			for text in ["0", "1", "1.5", "0.000000000001", "100.02"] {
				assert_eq!(text.parse::<Amount>().unwrap().to_string(), text);
			}
		}

		#[test]
		fn survive_being_written_and_read_again() {
			for units in [0, 1, 999, UNIT - 1, UNIT, UNIT + 1, u64::MAX.into(), u128::MAX] {
				assert_eq!(Amount(units).to_string().parse(), Ok(Amount(units)));
			}
		}
	}

	mod shares {
		use super::*;

		#[test]
		fn are_read_exactly() {
			for (text, parts) in [("0%", 0), ("5%", 50_000), ("0.0001%", 1), ("100%", MILLION)] {
				assert_eq!(text.parse(), Ok(Share(parts)), "{text}");
				assert_eq!(Share(parts).to_string(), text);
			}
		}

		#[test]
		fn of_more_than_all_or_without_a_percent_sign_are_refused() {
			assert_eq!("100.0001%".parse::<Share>(), Err(ParseDecimalError::MoreThanAll));
			assert_eq!("0.00001%".parse::<Share>(), Err(ParseDecimalError::TooPrecise(4)));
			for text in ["5", "0.05", "%", "-5%"] {
				assert_eq!(text.parse::<Share>(), Err(ParseDecimalError::NotDecimal), "{text}");
			}
		}
	}
}
