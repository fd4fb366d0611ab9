// SPDX-License-Identifier: Apache-2.0
//! Integers in range: by bits, without a challenge, or by lookups of pieces.
//!
//! | integer | by bits | by lookups |
//! | --- | --- | --- |
//! | one bit | 1 | 1, a boolean |
//! | 2 to 7 bits | 1 a bit | 2: `v` and `v * 2^(8 - bits)` are bytes; or 1 in a table of their own |
//! | a byte | 8 | 1 |
//! | more | 1 a bit | as its bytes from the lowest on, and what is left above |
//!
//! `v` and `v * 2^(8 - bits)` being bytes, the product does not wrap around the field, so `v` is below
//! `2^bits`. A table for so many bits is made where it saves more lookups than it has entries.

use std::collections::BTreeMap;

use ark_ff::PrimeField;
use candor_statement::Fr;

use crate::{
	bits::{self, Bit},
	lookup::{ClosedLookups, Lookups, Table},
	power_of_two, Cell, Sum, Synthesis, System,
};

/// The bits of the entries of the table that most integers are looked up in.
const BYTE: u32 = 8;

/// How integers are shown to be in range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
	/// A boolean a bit.
	Bits,
	/// Lookups of pieces of up to eight bits, which need a challenge.
	Lookups,
}

/// Shows integers of one constraint system to be in range.
pub enum Ranges {
	/// See [`Method::Bits`].
	Bits(System),
	/// See [`Method::Lookups`].
	Lookups(Pieces),
}

/// Pieces of integers that are looked up.
pub struct Pieces {
	cs: System,
	lookups: Lookups,
	bytes: Table,
	/// Pieces of less than a byte, by their bits. How they are looked up depends on their number.
	narrow: BTreeMap<u32, Vec<Sum>>,
}

impl Ranges {
	/// The ranges of a constraint system.
	pub fn new(cs: &System, method: Method) -> Self {
		match method {
			Method::Bits => Self::Bits(cs.clone()),
			Method::Lookups => Self::Lookups(Pieces::new(cs)),
		}
	}

	/// How they are shown.
	pub fn method(&self) -> Method {
		match self {
			Self::Bits(_) => Method::Bits,
			Self::Lookups(_) => Method::Lookups,
		}
	}

	/// The lookups behind the ranges, for tables of one's own; nothing where they are shown by bits.
	pub fn lookups(&mut self) -> Option<&mut Lookups> {
		match self {
			Self::Bits(_) => None,
			Self::Lookups(pieces) => Some(&mut pieces.lookups),
		}
	}

	/// A new unsigned integer of so many bits.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub fn unsigned(&mut self, value: Option<u64>, width: u32) -> Synthesis<Sum> {
		match self {
			Self::Bits(cs) => Ok(bits::weighted(&bits::unsigned(cs, value, width)?)),
			Self::Lookups(pieces) => pieces.unsigned(value, width),
		}
	}

	/// A new unsigned integer, cut into parts of so many bits, lowest first.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub fn split(&mut self, value: Option<u64>, widths: &[u32]) -> Synthesis<Vec<Sum>> {
		let mut from = 0;
		let mut parts = Vec::with_capacity(widths.len());
		for &width in widths {
			let part = value.map(|value| (value >> from) & ((1 << width) - 1));
			parts.push(self.unsigned(part, width)?);
			from += width;
		}
		Ok(parts)
	}

	/// Shows that a sum is a byte.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	///
	/// # Panics
	///
	/// As [`Lookups::look_up`].
	pub fn enforce_byte(&mut self, sum: Sum) -> Synthesis<()> {
		match self {
			Self::Bits(cs) => {
				// The lowest eight bits: those of a sum that is no byte are another integer's.
				let value = sum.value.map(|value| value.into_bigint().0[0]);
				let bits = bits::weighted(&bits::unsigned(cs, value, BYTE)?);
				bits.enforce_equal(cs, sum.named(cs)?)
			}
			Self::Lookups(pieces) => {
				pieces.lookups.look_up(pieces.bytes, sum);
				Ok(())
			}
		}
	}

	/// The constraints that what is to be in range by now will take at the challenge.
	pub fn pending(&self) -> usize {
		match self {
			Self::Bits(_) => 0,
			Self::Lookups(pieces) => {
				let narrow = pieces.narrow.iter().map(|(bits, pieces)| {
					match has_table(*bits, pieces.len()) {
						true => pieces.len() + (1 << bits) + 1,
						false => 2 * pieces.len(),
					}
				});
				pieces.lookups.pending() + narrow.sum::<usize>()
			}
		}
	}

	/// Ends the stage that the challenge comes after; gives what awaits it, if anything does.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub fn close(self) -> Synthesis<Option<ClosedLookups>> {
		match self {
			Self::Bits(_) => Ok(None),
			Self::Lookups(pieces) => pieces.close().map(Some),
		}
	}
}

/// Whether so many pieces of so many bits get a table of their own, which costs a constraint an entry, and one for
/// its sum.
const fn has_table(bits: u32, pieces: usize) -> bool {
	pieces > (1 << bits) + 1
}

impl Pieces {
	fn new(cs: &System) -> Self {
		let mut lookups = Lookups::new(cs);
		let bytes = lookups.table(0..1 << BYTE);
		Self { cs: cs.clone(), lookups, bytes, narrow: BTreeMap::new() }
	}

	fn unsigned(&mut self, value: Option<u64>, width: u32) -> Synthesis<Sum> {
		let mut sum = Sum::zero();
		for from in (0..width).step_by(BYTE as usize) {
			let bits = BYTE.min(width - from);
			let piece = value.map(|value| (value >> from) & ((1 << bits) - 1));
			sum.add(power_of_two(from), &self.piece(piece, bits)?);
		}
		Ok(sum)
	}

	/// An integer of at most a byte.
	fn piece(&mut self, value: Option<u64>, bits: u32) -> Synthesis<Sum> {
		if bits == 1 {
			return Ok(bits::weighted(&[Bit::new(&self.cs, value.map(|value| value == 1))?]));
		}
		let piece = Sum::from(Cell::witness(&self.cs, value.map(Fr::from))?);
		if bits == BYTE {
			self.lookups.look_up(self.bytes, piece.clone());
		} else {
			self.narrow.entry(bits).or_default().push(piece.clone());
		}
		Ok(piece)
	}

	fn close(self) -> Synthesis<ClosedLookups> {
		let Self { mut lookups, bytes, narrow, .. } = self;
		for (bits, pieces) in narrow {
			if has_table(bits, pieces.len()) {
				let table = lookups.table(0..1 << bits);
				pieces.into_iter().for_each(|piece| lookups.look_up(table, piece));
				continue;
			}
			for piece in pieces {
				let mut raised = Sum::zero();
				raised.add(power_of_two(BYTE - bits), &piece);
				lookups.look_up(bytes, piece);
				lookups.look_up(bytes, raised);
			}
		}
		lookups.close()
	}
}

#[cfg(test)]
mod tests;
