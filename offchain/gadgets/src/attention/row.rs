// SPDX-License-Identifier: Apache-2.0
//! A query's scores, its shares of the places, and the means that they make.

use ark_ff::{AdditiveGroup, Field, One, PrimeField, Zero};
use ark_relations::gr1cs::LinearCombination;
use candor_graph::{ACTIVATION_BITS, ACTIVATION_MAX};
use candor_statement::Fr;

use super::{small, EXCESS, SHARES, SHIFT};
use crate::{power_of_two, ranges::Ranges, table::ByteFunction, Cell, Sum, Synthesis, System};

/// The bits of remainders.
const REST: u32 = 16;

/// What a difference of scores consists of.
#[derive(Clone, Copy)]
pub(super) struct Parts {
	low: u64,
	step: u64,
	excess: u64,
}

impl Parts {
	/// Those of one that is not negative; of another one those of a forger's.
	pub(super) fn of(difference: i64) -> Self {
		let (low, steps) = (difference & ((1 << SHIFT) - 1), (difference >> SHIFT).max(0));
		let step = steps.min(ACTIVATION_MAX.into());
		Self { low: low as u64, step: step as u64, excess: (steps - step) as u64 }
	}

	pub(super) fn share(self) -> u8 {
		SHARES[self.step as usize]
	}
}

/// A query's row of scores and shares.
pub(super) struct Row {
	/// The scores.
	pub(super) scores: Vec<Sum>,
	/// What they are shares of is [`Self::total`].
	pub(super) shares: Vec<Sum>,
	/// The sum of the shares.
	pub(super) total: Cell,
}

impl Row {
	pub(super) fn new(
		cs: &System,
		ranges: &mut Ranges,
		function: &ByteFunction<'_>,
		(largest, natives): (Option<i64>, Option<Vec<i64>>),
		places: usize,
	) -> Synthesis<Self> {
		let most = Sum::from(Cell::witness(cs, largest.map(Fr::from))?);
		let (mut scores, mut shares) = (Vec::with_capacity(places), Vec::with_capacity(places));
		let mut product: Option<Sum> = None;
		let mut total = Sum::zero();
		for place in 0..places {
			let score = natives.as_ref().map(|scores| scores[place]);
			let parts = largest.zip(score).map(|(largest, score)| Parts::of(largest - score));
			let low = ranges.unsigned(parts.map(|parts| parts.low), SHIFT)?;
			let step = ranges.unsigned(parts.map(|parts| parts.step), ACTIVATION_BITS)?;
			let excess = ranges.unsigned(parts.map(|parts| parts.excess), EXCESS)?;
			let mut to_last = Sum::constant(Fr::from(ACTIVATION_MAX));
			to_last.add(-Fr::one(), &step);
			cs.enforce_r1cs_constraint(
				|| excess.clone().into_lc(),
				|| to_last.into_lc(),
				LinearCombination::zero,
			)?;
			let mut difference = low;
			difference.add(power_of_two(SHIFT), &step);
			difference.add(power_of_two(SHIFT), &excess);
			let share = function.of(cs, ranges, &step)?;
			total.add(Fr::one(), &share);
			shares.push(share);
			let mut score = most.clone();
			score.add(-Fr::one(), &difference);
			scores.push(score);
			product = match product {
				None => Some(difference),
				Some(product) if place + 1 < places => {
					Some(Sum::product(cs, product, difference)?.into())
				}
				// One of them is the largest.
				Some(product) => {
					cs.enforce_r1cs_constraint(
						|| product.into_lc(),
						|| difference.into_lc(),
						LinearCombination::zero,
					)?;
					None
				}
			};
		}
		let cell = Cell::witness(cs, total.value)?;
		total.enforce_equal(cs, cell)?;
		Ok(Self { scores, shares, total: cell })
	}
}

/// The rounded quotient of a sum of values and a total of shares, as a byte; and twice the sum, of which the quotient is
/// one.
pub(super) fn mean(
	cs: &System,
	ranges: &mut Ranges,
	total: Cell,
	sum: Option<i64>,
) -> Synthesis<(Sum, Sum)> {
	let parts = sum.zip(total.value).map(|(sum, total)| {
		// There is no witness where the total is zero.
		let (dividend, divisor) = (2 * sum + small(total), (2 * small(total)).max(1));
		((dividend / divisor) as u64, (dividend % divisor) as u64)
	});
	let mean = ranges.unsigned(parts.map(|parts| parts.0), ACTIVATION_BITS)?;
	let product = Sum::product(cs, total.into(), mean.clone())?;
	let rest = ranges.unsigned(parts.map(|parts| parts.1), REST)?;
	let total = Sum::from(total);
	let mut left = Sum::zero();
	left.add(Fr::one().double(), &total);
	left.add(-Fr::one(), &Sum::constant(Fr::one()));
	left.add(-Fr::one(), &rest);
	enforce_two_bytes(ranges, left)?;
	let mut twice = rest;
	twice.add(Fr::one().double(), &product.into());
	twice.add(-Fr::one(), &total);
	Ok((mean, twice))
}

/// Shows that a sum has 16 bits: its low byte is a new variable, and what is left of it a multiple of 256.
fn enforce_two_bytes(ranges: &mut Ranges, sum: Sum) -> Synthesis<()> {
	let low = sum.value.map(|value| value.into_bigint().0[0] & ACTIVATION_MAX as u64);
	let low = ranges.unsigned(low, ACTIVATION_BITS)?;
	let part = power_of_two(ACTIVATION_BITS).inverse().unwrap_or(Fr::zero());
	let mut high = Sum::zero();
	high.add(part, &sum);
	high.add(-part, &low);
	ranges.enforce_byte(high)
}
