// SPDX-License-Identifier: Apache-2.0
//! Several integers in one field element, and the unique way back.
//!
//! The integers are digits of a base that is above all of them. As many as [`capacity`] says do not
//! wrap around the field, so that the element determines them.

use ark_ff::{PrimeField, Zero};
use candor_statement::Fr;

use crate::Sum;

/// A field element as an integer, lowest word first.
type Words = [u64; 4];

/// Native: `Σ_q strand[q] * base^q mod r`, for signed strands.
pub fn pack(strands: impl DoubleEndedIterator<Item = i64>, base: u64) -> Fr {
	let base = Fr::from(base);
	strands.rev().fold(Fr::zero(), |word, strand| word * base + Fr::from(strand))
}

/// Native: the first `count` digits of a field element, lowest first.
///
/// # Panics
///
/// Where the base is zero.
pub fn split(total: Fr, count: usize, base: u64) -> Vec<u64> {
	let mut total: Words = total.into_bigint().0;
	(0..count).map(|_| divide(&mut total, base)).collect()
}

/// How many digits of a base are at most the field's order, whatever they are: the largest `k` with
/// `base^k <= r`.
///
/// # Panics
///
/// Where the base is below two.
pub fn capacity(base: u64) -> usize {
	assert!(base > 1, "digits of a base below two");
	let mut power: Words = [1, 0, 0, 0];
	let mut digits = 0;
	while multiply(&mut power, base) && power.iter().rev().le(Fr::MODULUS.0.iter().rev()) {
		digits += 1;
	}
	digits
}

/// Divides an integer and gives the remainder.
fn divide(integer: &mut Words, divisor: u64) -> u64 {
	integer.iter_mut().rev().fold(0, |remainder, word| {
		let dividend = u128::from(remainder) << 64 | u128::from(*word);
		// The remainder is below the divisor, so the quotient is below 2^64.
		*word = (dividend / u128::from(divisor)) as u64;
		(dividend % u128::from(divisor)) as u64
	})
}

/// Multiplies an integer; whether it still fits.
fn multiply(integer: &mut Words, factor: u64) -> bool {
	let carry = integer.iter_mut().fold(0, |carry, word| {
		let product = u128::from(*word) * u128::from(factor) + carry;
		*word = product as u64;
		product >> 64
	});
	carry == 0
}

/// `Σ_q limb[q] * base^q` as a linear combination. With limbs below the base it determines them.
///
/// # Panics
///
/// Where the limbs are more than [`capacity`] says.
pub fn joined(limbs: &[Sum], base: u64) -> Sum {
	assert!(limbs.len() <= capacity(base), "limbs that could wrap around the field");
	let mut total = Sum::zero();
	let mut power = Fr::from(1u8);
	for limb in limbs {
		total.add(power, limb);
		power *= Fr::from(base);
	}
	total
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{bits, testing::TestSystem, Cell, Synthesis};
	use proptest::prelude::*;

	/// A system in which `claimed` limbs have to join to `total`.
	fn decomposition(total: Fr, claimed: &[u64], width: u32) -> TestSystem {
		TestSystem::new(|cs| {
			let cell = Cell::public(cs, Some(total))?;
			let limbs = claimed.iter().map(|&limb| bits::unsigned(cs, Some(limb), width));
			let limbs = limbs.map(|bits| bits.map(|bits| bits::weighted(&bits)));
			joined(&limbs.collect::<Synthesis<Vec<_>>>()?, 1 << width).enforce_equal(cs, cell)
		})
	}

	#[test]
	fn packing_keeps_signs() {
		assert_eq!(pack([1, -1].into_iter(), 1 << 8), Fr::from(1i64 - 256));
		assert_eq!(pack([-127, 0, 127].into_iter(), 1 << 10), Fr::from((127i64 << 20) - 127));
		assert_eq!(pack([].into_iter(), 1 << 8), Fr::zero());
	}

	#[test]
	#[should_panic(expected = "wrap around")]
	fn limbs_that_fill_more_than_the_field_are_a_bug() {
		joined(&vec![Sum::zero(); 9], 1 << 29);
	}

	#[test]
	fn the_capacity_is_the_last_power_below_the_order() {
		for width in 1..=33 {
			assert_eq!(capacity(1 << width), 253 / width, "{width} bits");
		}
		for base in [2, 3, 10, 1 << 23, (1 << 23) + (255 << 8), (1 << 27) + (255 << 10), u64::MAX] {
			let survives = |count| {
				let largest = vec![base - 1; count];
				let digits = largest.iter().rev();
				let total =
					digits.fold(Fr::zero(), |word, digit| word * Fr::from(base) + Fr::from(*digit));
				split(total, count, base) == largest
			};
			assert!(survives(capacity(base)), "{base}");
			assert!(!survives(capacity(base) + 1), "{base}");
		}
		// Of 23 bits and a little there are as many as of 23 bits.
		assert_eq!(capacity((1 << 23) + (255 << 8)), 11);
	}

	#[test]
	fn a_carry_into_the_next_limb_is_caught() {
		let width = 27;
		let honest = [5, 7, 9];
		let total = pack(honest.iter().map(|&limb| limb as i64), 1 << width);
		assert!(decomposition(total, &honest, width).holds());
		for forged in [[5 + (1 << width), 6, 9], [4, 7, 9], [7, 5, 9], [5, 7 + (1 << width), 8]] {
			assert!(!decomposition(total, &forged, width).holds(), "{forged:?}");
		}
	}

	#[test]
	fn a_carry_that_a_bit_beyond_the_range_would_hide_is_caught() {
		// Limb 0 gains 2^4 and limb 1 loses one; without range checks the sum stays the same.
		let width = 4;
		let total = pack([5, 7].into_iter(), 1 << width);
		let test = decomposition(total, &[5, 6], width);
		let top_bit_of_first = 3;
		// 5 = 0b0101; giving bit 3 the value 2 adds 16.
		assert!(!test.holds_with(top_bit_of_first, Fr::from(2)));
		let boolean = top_bit_of_first;
		let sum = test.constraints() - 1;
		assert_eq!(
			test.unsatisfied_with(top_bit_of_first, Fr::from(2)),
			[boolean],
			"only the range check of the bit objects, the sum {sum} does not",
		);
	}

	proptest! {
		#[test]
		fn splitting_undoes_packing(
			limbs in prop::collection::vec(0u64..1 << 25, 1..=10),
		) {
			let total = pack(limbs.iter().map(|&limb| limb as i64), 1 << 25);
			prop_assert_eq!(split(total, limbs.len(), 1 << 25), limbs.clone());
			prop_assert!(decomposition(total, &limbs, 25).holds());
		}

		#[test]
		fn no_other_limbs_join_to_the_same_element(
			limbs in prop::collection::vec(0u64..1 << 25, 10),
			other in prop::collection::vec(0u64..1 << 25, 10),
		) {
			prop_assume!(limbs != other);
			let total = pack(limbs.iter().map(|&limb| limb as i64), 1 << 25);
			prop_assert!(!decomposition(total, &other, 25).holds());
		}

		#[test]
		fn a_total_below_the_largest_word_is_kept(total in any::<[u64; 4]>()) {
			let total = Fr::from_le_bytes_mod_order(
				&total.iter().flat_map(|limb| limb.to_le_bytes()).take(31).collect::<Vec<_>>(),
			);
			let limbs = split(total, 11, 1 << 23);
			prop_assert!(decomposition(total, &limbs, 23).holds());
		}
	}
}
