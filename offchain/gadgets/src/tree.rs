// SPDX-License-Identifier: Apache-2.0
//! Decision trees: the path that an input takes through one, of which alone comparisons are made.
//!
//! # Selection
//!
//! What stands at the end of a path is chosen among all that stands on a level, or among all leaves. Where two
//! paths part there is a [`Merge`] of what is chosen on either side: for the turn `b` it is `l + b * (r - l)`. Where
//! nothing is to be chosen on one side, what is on the other stands for both, as nobody looks at it.
//!
//! A circuit is not given what stands there but [`differences`]: of the right side of a merge, the difference between
//! its first element and that of the left side. So a merge is a product `b * (d + p)`, with `p` the products
//! below it, and in each of these constraints stands one word alone. As variables words are therefore independent of
//! one another, and no challenge is needed: whatever they are, turns determine what is selected. That takes one
//! constraint less than there is to choose from.
//!
//! # Decision
//!
//! A node is a word `threshold + 256 * feature`, and the turn goes right where the feature's value is
//! above the threshold. With the values in a list, for a word `w`:
//!
//! ```text
//! t is a byte, and f = (w - t) / 256
//! x stands at position f of the list
//! b * (1 - b) = 0
//! p = b * (2 x - 2 t - 1)
//! p + t - x is a byte: x - t - 1 for b = 1, t - x for b = 0
//! ```
//!
//! That determines `t`, `x` and `b` for every word, be it one of a node or not. `x - t` is an integer of
//! at most 9 bits, so `x` is a small one. The list says `f + span * x = j + span * x_j` for some
//! position `j`, so `f` is small too, and so is `w = t + 256 f`: a small signed integer, of which `t` is
//! the remainder and `f` the quotient. With `f` the position `j` is determined, as there are fewer than
//! `span`, and with it `x`; and of a byte `x - t - 1` and a byte `t - x` there is one.

use ark_ff::{One, PrimeField};
use candor_graph::ACTIVATION_BITS;
use candor_statement::Fr;

use crate::{bits::Bit, lookup::List, power_of_two, ranges::Ranges, Cell, Sum, Synthesis, System};

/// Where two paths part below which something is to be chosen. What there is to choose from is numbered from left
/// to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
	/// The first to choose on the left.
	pub left: usize,
	/// The first to choose on the right.
	pub right: usize,
	/// The turn that chooses, by its level.
	pub turn: usize,
}

/// The merges of a list of `2^depth` in which the turn of each level is the same on all paths: those of the bits of a
/// place, highest first.
pub fn complete(depth: u32) -> Vec<Merge> {
	let on_level = |turn: u32| {
		let half = 1 << (depth - 1 - turn);
		let lefts = (0..1 << turn).map(move |node| 2 * half * node);
		lefts.map(move |left| Merge { left, right: left + half, turn: turn as usize })
	};
	(0..depth).rev().flat_map(on_level).collect()
}

/// Native: what a circuit is given in place of values. Merges stand in the order of [`select`].
///
/// # Panics
///
/// Where a merge is of what is not there.
pub fn differences(values: &mut [Fr], merges: &[Merge]) {
	for Merge { left, right, .. } in merges {
		// Neither is the first on the right of a merge before this one, so both are still values.
		let left = values[*left];
		values[*right] -= left;
	}
}

/// What turns choose, by its [`differences`]. The merges below another one stand before it.
///
/// # Errors
///
/// The constraint system's, where a value that proving needs is missing.
///
/// # Panics
///
/// Where merges do not leave one of all there is to choose from.
pub fn select(
	cs: &System,
	turns: &[Bit],
	merges: &[Merge],
	differences: Vec<Sum>,
) -> Synthesis<Sum> {
	assert_eq!(differences.len(), merges.len() + 1, "all but one are merged");
	// What is chosen below a merge, less what stands first there.
	let mut products = vec![Sum::zero(); differences.len()];
	for Merge { left, right, turn } in merges {
		let mut apart = differences[*right].clone();
		apart.add(Fr::one(), &products[*right]);
		apart.add(-Fr::one(), &products[*left]);
		let product = Sum::product(cs, apart, turns[*turn].into())?;
		products[*left].add(Fr::one(), &product.into());
	}
	let mut chosen = differences.into_iter().next().expect("one is left; qed");
	chosen.add(Fr::one(), &products[0]);
	Ok(chosen)
}

/// Native: the word of a node.
pub fn word(feature: u32, threshold: u8) -> u32 {
	feature << ACTIVATION_BITS | u32::from(threshold)
}

/// Native: feature and threshold of a word.
pub fn parts(word: u32) -> (u32, u8) {
	(word >> ACTIVATION_BITS, word as u8)
}

/// Native: where the turn at a node goes.
pub fn is_right(value: i32, threshold: u8) -> bool {
	value > i32::from(threshold)
}

/// Where the turn at the node of a word goes: one for right. The values are bytes. It costs five
/// constraints.
///
/// # Errors
///
/// The constraint system's, where a value that proving needs is missing.
///
/// # Panics
///
/// Where ranges are shown by bits.
pub fn decide(cs: &System, ranges: &mut Ranges, values: &List, word: &Sum) -> Synthesis<Bit> {
	// A word that is none of a node gets anything: it has no proof.
	let (feature, threshold) = word.value.map(|word| parts(word.into_bigint().0[0] as u32)).unzip();
	let value = feature.map(|feature| values.value(feature as usize).unwrap_or_default());
	let is_right = value
		.zip(threshold)
		.map(|(value, threshold)| is_right(value.into_bigint().0[0] as i32, threshold));

	let threshold = ranges.unsigned(threshold.map(u64::from), ACTIVATION_BITS)?;
	let unit = power_of_two(ACTIVATION_BITS);
	let per_unit = Fr::one() / unit;
	let mut feature = Sum::zero();
	feature.add(per_unit, word);
	feature.add(-per_unit, &threshold);
	let value = Sum::from(Cell::witness(cs, value)?);
	let lookups = ranges.lookups().expect("a list is looked up in by lookups");
	lookups.look_up_at(values, &feature, &value);

	let turn = Bit::new(cs, is_right)?;
	let mut apart = Sum::constant(-Fr::one());
	apart.add(Fr::from(2u8), &value);
	apart.add(-Fr::from(2u8), &threshold);
	let mut difference = Sum::from(Sum::product(cs, apart, turn.into())?);
	difference.add(Fr::one(), &threshold);
	difference.add(-Fr::one(), &value);
	ranges.enforce_byte(difference)?;
	Ok(turn)
}

#[cfg(test)]
mod tests;
