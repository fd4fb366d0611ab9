// SPDX-License-Identifier: Apache-2.0
//! ReLU, rounding shift and saturation of an accumulator, with any way to show ranges.
//!
//! The accumulator is raised by half its range and half a unit of what the shift keeps, as
//! [`Sums::offset`](candor_graph::Sums::offset) says, to `u`. With `m` a boolean, `low` of `shift` bits,
//! `y` a byte, `excess` of `E = width - 1 - shift` bits:
//!
//! ```text
//! u = low + 2^shift * (y + excess) + 2^(width - 1) * m
//! (excess + 1 - m) * (255 * m - y) = 0
//! ```
//!
//! `u` determines all four. The part above `low` is `excess`, below `2^E`, where `m = 0`, and
//! `2^E + y + excess` where `m = 1`: so it tells `m`. With `m = 0` the first factor is between 1 and `2^E`,
//! so `y = 0`. With `m = 1` the second equation says `excess = 0` or `y = 255`: of a rounded sum up to
//! 255 `y` is all, of a larger one `y = 255`.
//!
//! The largest `u` is `2^shift * (2^E + 255 + 2^E) - 1`, a little above `2^width`: hence [`span`].

use ark_ff::One;
use ark_relations::gr1cs::{LinearCombination, Variable};
use candor_graph::{ACTIVATION_BITS, ACTIVATION_MAX};
use candor_statement::Fr;

use crate::{bits::Bit, power_of_two, ranges::Ranges, Sum, Synthesis, System};

/// A raised accumulator, and what comes of it.
#[derive(Clone, Debug)]
pub struct Rounded {
	/// The accumulator, raised.
	pub raised: Sum,
	/// [`activate`](crate::relu::activate) of it.
	pub activation: Sum,
}

/// What is above every raised accumulator that [`rounded`] has a witness for.
pub const fn span(width: u32, shift: u32) -> u64 {
	(1 << width) + ((ACTIVATION_MAX as u64) << shift)
}

/// A new raised accumulator and its activation: a byte, a boolean and a constraint beside what is
/// dropped.
///
/// # Errors
///
/// The constraint system's, where a value that proving needs is missing.
///
/// # Panics
///
/// Where the accumulator has no bit between those that are dropped and the top one.
pub fn rounded(
	cs: &System,
	ranges: &mut Ranges,
	raised: Option<u64>,
	width: u32,
	shift: u32,
) -> Synthesis<Rounded> {
	let excess_bits = excess_bits(width, shift);
	let parts = raised.map(|raised| Parts::of(raised, width, shift));
	let low = ranges.unsigned(parts.map(|parts| parts.low), shift)?;
	let activation = ranges.unsigned(parts.map(|parts| parts.activation), ACTIVATION_BITS)?;
	let excess = ranges.unsigned(parts.map(|parts| parts.excess), excess_bits)?;
	let not_negative = Bit::new(cs, parts.map(|parts| parts.not_negative))?;

	// (excess + 1 - m) * (255 * m - y) = 0
	let mut left = excess.clone().terms;
	left.extend([(Fr::one(), Variable::One), (-Fr::one(), not_negative.variable)]);
	let mut right = vec![(Fr::from(ACTIVATION_MAX), not_negative.variable)];
	right.extend(activation.terms.iter().map(|(coefficient, term)| (-*coefficient, *term)));
	cs.enforce_r1cs_constraint(
		|| LinearCombination(left),
		|| LinearCombination(right),
		LinearCombination::zero,
	)?;

	let mut sum = low;
	sum.add(power_of_two(shift), &activation);
	sum.add(power_of_two(shift), &excess);
	sum.add(power_of_two(width - 1), &not_negative.into());
	Ok(Rounded { raised: sum, activation })
}

/// The bits between those that are dropped and the top one.
fn excess_bits(width: u32, shift: u32) -> u32 {
	match (width - 1).checked_sub(shift) {
		Some(bits @ 1..) => bits,
		_ => panic!("no bit of the accumulator is kept"),
	}
}

/// What a raised accumulator consists of.
#[derive(Clone, Copy)]
struct Parts {
	low: u64,
	activation: u64,
	excess: u64,
	not_negative: bool,
}

impl Parts {
	fn of(raised: u64, width: u32, shift: u32) -> Self {
		let half = 1 << (width - 1);
		let not_negative = raised >= half;
		let rest = if not_negative { raised - half } else { raised };
		let (low, kept) = (rest & ((1 << shift) - 1), rest >> shift);
		let activation = if not_negative { kept.min(ACTIVATION_MAX as u64) } else { 0 };
		Self { low, activation, excess: kept - activation, not_negative }
	}
}

#[cfg(test)]
mod tests;
