// SPDX-License-Identifier: Apache-2.0
//! A row of a table that the model holds, by its number.
//!
//! # The number
//!
//! ```text
//! number = Σ 2^i b_i + 2^bits * rest        b_i booleans, rest of 8 - bits bits
//! ```
//!
//! The number is shown to be a byte elsewhere, so it determines all of them: with `number` below 256 and the right side
//! below 256 the equation holds between integers. What is above the lowest bits is not looked at: every byte has a
//! row, that of its remainder.
//!
//! # The row
//!
//! A row's bytes are the digits of words, [`PER_WORD`] in each, and the circuit is given the words of all rows as the
//! [`differences`](crate::tree::differences) along a complete tree: whatever they are, bits determine the word
//! that is selected, for one constraint less than there are rows. No challenge is needed, and no lookup among words of
//! the model: of a table of `(number, word)` one word could make up for another number.
//!
//! ```text
//! word = Σ y_q 256^q        y_q bytes
//! ```
//!
//! `256^PER_WORD` is below the field's order, so a word has these digits only; one that has none has no proof.

use ark_ff::PrimeField;
use ark_relations::gr1cs::{LinearCombination, Variable};
use candor_graph::ACTIVATION_BITS;
use candor_statement::Fr;

use crate::{
	bits::{self, Bit},
	limbs, power_of_two,
	ranges::Ranges,
	tree, Cell, Sum, Synthesis, System,
};

/// What bytes are digits of.
const BASE: u64 = 1 << ACTIVATION_BITS;

/// The bytes in a word: as many as fit below the field's order, whatever they are.
pub const PER_WORD: usize = (Fr::MODULUS_BIT_SIZE as usize - 1) / ACTIVATION_BITS as usize;

/// Native: a word of bytes, lowest first.
pub fn word(bytes: impl DoubleEndedIterator<Item = i64>) -> Fr {
	limbs::pack(bytes, BASE)
}

/// The number of a row.
#[derive(Clone, Debug)]
pub struct Number {
	/// Its bits, highest first.
	bits: Vec<Bit>,
}

impl Number {
	/// The lowest bits, 1 to 8, of a sum that is shown to be a byte elsewhere: a constraint each, and one for all.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub fn of(cs: &System, ranges: &mut Ranges, byte: &Sum, count: u32) -> Synthesis<Self> {
		let value = byte.value.map(|byte| byte.into_bigint().0[0]);
		let mut bits = bits::unsigned(cs, value, count)?;
		let mut sum = bits::weighted(&bits);
		if count < ACTIVATION_BITS {
			let width = ACTIVATION_BITS - count;
			// The bits of a byte: those of what is none are another integer's.
			let rest = value.map(|value| (value >> count) & ((1 << width) - 1));
			sum.add(power_of_two(count), &ranges.unsigned(rest, width)?);
		}
		sum.enforce_equal(cs, byte.clone().named(cs)?)?;
		bits.reverse();
		Ok(Self { bits })
	}

	/// Bytes of the row, at most [`PER_WORD`], of which the words of all rows have these differences.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	///
	/// # Panics
	///
	/// Where there is not a difference for each number, or there are more bytes than in a word.
	pub fn row(
		&self,
		cs: &System,
		ranges: &mut Ranges,
		differences: &[Cell],
		bytes: usize,
	) -> Synthesis<Vec<Sum>> {
		assert!((1..=PER_WORD).contains(&bytes), "the bytes of a word");
		let differences = differences.iter().map(|word| (*word).into()).collect();
		let merges = tree::complete(self.bits.len() as u32);
		let selected = tree::select(cs, &self.bits, &merges, differences)?;
		let values = selected.value.map(|word| limbs::split(word, bytes, BASE));
		let mut difference = selected;
		let mut row = Vec::with_capacity(bytes);
		for (at, from) in (0..bytes).zip((0..).step_by(ACTIVATION_BITS as usize)) {
			let value = values.as_ref().map(|values| values[at]);
			let byte = ranges.unsigned(value, ACTIVATION_BITS)?;
			difference.add(-power_of_two(from), &byte);
			row.push(byte);
		}
		cs.enforce_r1cs_constraint(
			|| difference.into_lc(),
			|| Variable::One.into(),
			LinearCombination::zero,
		)?;
		Ok(row)
	}
}

#[cfg(test)]
mod tests;
