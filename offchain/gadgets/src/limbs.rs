// SPDX-License-Identifier: Apache-2.0
//! Several integers in one field element, and the unique way back.

use ark_ff::{BigInteger, PrimeField, Zero};
use candor_statement::Fr;

use crate::{
	add_up,
	bits::{self, Bit},
	power_of_two, Sum, Synthesis, System,
};

/// The bits of a word that may be filled with limbs: `2^253 < r`.
pub const WORD_BITS: u32 = 253;

/// Native: `Σ_q strand[q] * 2^(width * q) mod r`, for signed strands.
pub fn pack(strands: impl DoubleEndedIterator<Item = i64>, width: u32) -> Fr {
	let step = power_of_two(width);
	strands.rev().fold(Fr::zero(), |word, strand| word * step + Fr::from(strand))
}

/// Native: the first `count` limbs of `width` bits of a field element, lowest first.
pub fn split(total: Fr, count: usize, width: u32) -> Vec<u64> {
	let total = total.into_bigint();
	(0..count)
		.map(|limb| {
			let first = limb * width as usize;
			(0..width as usize)
				.fold(0, |value, bit| value | u64::from(total.get_bit(first + bit)) << bit)
		})
		.collect()
}

/// Limbs of `width` bits each: a boolean a bit, lowest limb first.
///
/// All limbs together stay within [`WORD_BITS`] bits, so that [`joined`] cannot wrap around the
/// field and a field element determines its limbs.
///
/// # Errors
///
/// The constraint system's, where a value that proving needs is missing.
///
/// # Panics
///
/// Where the limbs are more than [`WORD_BITS`] bits.
pub fn limbs(
	cs: &System,
	values: Option<&[u64]>,
	count: usize,
	width: u32,
) -> Synthesis<Vec<Vec<Bit>>> {
	assert!(count as u32 * width <= WORD_BITS, "limbs that could wrap around the field");
	(0..count).map(|limb| bits::unsigned(cs, values.map(|values| values[limb]), width)).collect()
}

/// `Σ_q limb[q] * 2^(width * q)` as a linear combination of the bits.
pub fn joined(limbs: &[Vec<Bit>], width: u32) -> Sum {
	let powers: Vec<Fr> = (0..limbs.len() as u32).map(|limb| power_of_two(limb * width)).collect();
	let sums: Vec<Sum> = limbs.iter().map(|limb| bits::weighted(limb)).collect();
	let value = add_up(sums.iter().zip(&powers).map(|(sum, power)| Some(sum.value? * power)));
	let terms = sums
		.into_iter()
		.zip(powers)
		.flat_map(|(sum, power)| {
			sum.terms.into_iter().map(move |(coefficient, bit)| (coefficient * power, bit))
		})
		.collect();
	Sum { terms, value }
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{testing::TestSystem, Cell};
	use proptest::prelude::*;

	/// A system in which `claimed` limbs have to join to `total`.
	fn decomposition(total: Fr, claimed: &[u64], width: u32) -> TestSystem {
		TestSystem::new(|cs| {
			let cell = Cell::public(cs, Some(total))?;
			let limbs = limbs(cs, Some(claimed), claimed.len(), width)?;
			joined(&limbs, width).enforce_equal(cs, cell)
		})
	}

	#[test]
	fn packing_keeps_signs() {
		assert_eq!(pack([1, -1].into_iter(), 8), Fr::from(1i64 - 256));
		assert_eq!(pack([-127, 0, 127].into_iter(), 10), Fr::from((127i64 << 20) - 127));
		assert_eq!(pack([].into_iter(), 8), Fr::zero());
	}

	#[test]
	#[should_panic(expected = "wrap around")]
	fn limbs_that_fill_more_than_253_bits_are_a_bug() {
		TestSystem::new(|cs| limbs(cs, None, 9, 29).map(|_| ()));
	}

	#[test]
	fn a_carry_into_the_next_limb_is_caught() {
		let width = 27;
		let honest = [5, 7, 9];
		let total = pack(honest.iter().map(|&limb| limb as i64), width);
		assert!(decomposition(total, &honest, width).holds());
		for forged in [[5 + (1 << width), 6, 9], [4, 7, 9], [7, 5, 9], [5, 7 + (1 << width), 8]] {
			assert!(!decomposition(total, &forged, width).holds(), "{forged:?}");
		}
	}

	#[test]
	fn a_carry_that_a_bit_beyond_the_range_would_hide_is_caught() {
		// Limb 0 gains 2^4 and limb 1 loses one; without range checks the sum stays the same.
		let width = 4;
		let total = pack([5, 7].into_iter(), width);
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
			let total = pack(limbs.iter().map(|&limb| limb as i64), 25);
			prop_assert_eq!(split(total, limbs.len(), 25), limbs.clone());
			prop_assert!(decomposition(total, &limbs, 25).holds());
		}

		#[test]
		fn no_other_limbs_join_to_the_same_element(
			limbs in prop::collection::vec(0u64..1 << 25, 10),
			other in prop::collection::vec(0u64..1 << 25, 10),
		) {
			prop_assume!(limbs != other);
			let total = pack(limbs.iter().map(|&limb| limb as i64), 25);
			prop_assert!(!decomposition(total, &other, 25).holds());
		}

		#[test]
		fn a_total_below_the_largest_word_is_kept(total in any::<[u64; 4]>()) {
			let total = Fr::from_le_bytes_mod_order(
				&total.iter().flat_map(|limb| limb.to_le_bytes()).take(31).collect::<Vec<_>>(),
			);
			let limbs = split(total, 11, 23);
			prop_assert!(decomposition(total, &limbs, 23).holds());
		}
	}
}
