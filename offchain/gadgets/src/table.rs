// SPDX-License-Identifier: Apache-2.0
//! A function of a byte, by lookups of pairs.
//!
//! With `f` the function, `i` a byte and `y` a new variable, the circuit looks
//!
//! ```text
//! i + 2^8 * y
//! ```
//!
//! up in the table of the constants `i + 2^8 * f(i)`, one for each byte, and `y` in that of bytes. `i` is shown to be a
//! byte elsewhere, so both are integers below 2^8, and what is looked up is an entry as an integer: its low byte is
//! `i` and its rest is `f(i)`.
//!
//! Both have to be bytes. In the field 2^8 has an inverse: with any other entry `j + 2^8 * f(j)`, the quotient
//! `y = f(j) + (j - i) / 2^8` makes the sum that entry, and it is no byte. An `i + 2^8` with `y - 1` is the same entry.

use ark_ff::PrimeField;
use candor_graph::ACTIVATION_BITS;
use candor_statement::Fr;

use crate::{lookup::Table, power_of_two, ranges::Ranges, Cell, Sum, Synthesis, System};

/// The number of bytes.
pub const BYTES: usize = 1 << ACTIVATION_BITS;

/// A function of a byte whose pairs can be looked up.
pub struct ByteFunction<'a> {
	values: &'a [u8; BYTES],
	table: Table,
}

impl<'a> ByteFunction<'a> {
	/// The function with this value of each byte. Who asks for the same function shares its table.
	///
	/// # Panics
	///
	/// Where ranges are shown by bits: there are no lookups without a challenge.
	pub fn new(ranges: &mut Ranges, values: &'a [u8; BYTES]) -> Self {
		let lookups = ranges.lookups().expect("a function of a byte needs a challenge");
		let pairs = (0u64..).zip(values);
		let table = lookups
			.table(pairs.map(|(byte, value)| byte + ((u64::from(*value)) << ACTIVATION_BITS)));
		Self { values, table }
	}

	/// The value of a sum that is shown to be a byte elsewhere, as a byte: two constraints, and one for each byte of
	/// the table.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	///
	/// # Panics
	///
	/// As [`Lookups::look_up`](crate::lookup::Lookups::look_up).
	pub fn of(&self, cs: &System, ranges: &mut Ranges, byte: &Sum) -> Synthesis<Sum> {
		let value = byte.value.map(|byte| {
			// What is no byte has no pair, whatever its value is.
			let place = byte.into_bigint().0[0] as usize;
			Fr::from(self.values.get(place).copied().unwrap_or_default())
		});
		let value = Sum::from(Cell::witness(cs, value)?);
		ranges.enforce_byte(value.clone())?;
		let mut pair = byte.clone();
		pair.add(power_of_two(ACTIVATION_BITS), &value);
		let lookups = ranges.lookups().expect("it was made of lookups");
		lookups.look_up(self.table, pair);
		Ok(value)
	}
}

#[cfg(test)]
mod tests;
