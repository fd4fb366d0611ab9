// SPDX-License-Identifier: Apache-2.0
//! Decision trees: the path that an input takes through one, of which alone comparisons are made.
//!
//! A tree is complete: of depth `d` it has `2^l` nodes on each level `l` below `d`, and `2^d` leaves. The
//! place of a node on its level is the number whose bits, highest first, are the turns on the way to
//! it, one for a turn to the right.
//!
//! # Selection
//!
//! What stands at a place that bits `b` tell is a polynomial in them, linear in each: `Σ_S C_S Π_{i in S} b_i`.
//! [`coefficients`] are its `C`, which are what a circuit is given in place of what they stand for.
//! [`select`] evaluates it bit by bit, each time with half as many coefficients, for one constraint less
//! than there are: `C_l + b * C_u` for the lower and the upper half. In each of these constraints
//! stands one coefficient alone, so that as variables they are independent of one another, and no
//! challenge is needed: whatever they are, bits determine what is selected.
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

/// Native: the coefficients of the polynomial that takes these values, in the order of the places that
/// its bits tell. Their number is a power of two.
pub fn coefficients(values: &mut [Fr]) {
	let (lower, upper) = values.split_at_mut(values.len() / 2);
	if lower.is_empty() {
		return;
	}
	for (upper, lower) in upper.iter_mut().zip(lower.iter()) {
		*upper -= lower;
	}
	coefficients(lower);
	coefficients(upper);
}

/// What stands at the place that bits tell, highest first, by its [`coefficients`].
///
/// # Errors
///
/// The constraint system's, where a value that proving needs is missing.
///
/// # Panics
///
/// Where the coefficients are not two to the power of the number of bits.
pub fn select(cs: &System, bits: &[Bit], mut coefficients: Vec<Sum>) -> Synthesis<Sum> {
	assert_eq!(coefficients.len(), 1 << bits.len(), "a coefficient for each set of bits");
	for bit in bits {
		let upper = coefficients.split_off(coefficients.len() / 2);
		for (lower, upper) in coefficients.iter_mut().zip(upper) {
			let product = Sum::product(cs, upper, (*bit).into())?;
			lower.add(Fr::one(), &product.into());
		}
	}
	Ok(coefficients.pop().expect("one is left; qed"))
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
