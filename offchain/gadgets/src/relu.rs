// SPDX-License-Identifier: Apache-2.0
//! ReLU, rounding shift and saturation of an accumulator.

use ark_ff::{Field, One, Zero};
use ark_relations::gr1cs::{LinearCombination, Variable};
use candor_statement::Fr;

use crate::{
	add_up,
	bits::{self, Bit},
	Cell, Sum, Synthesis, System,
};
use candor_graph::{ACTIVATION_BITS, ACTIVATION_MAX};

/// Native: ReLU, rounding shift and saturation,
/// `clamp(floor((accumulator + 2^(shift - 1)) / 2^shift), 0, 255)`, for a shift of at least 1.
pub fn activate(accumulator: i64, shift: u32) -> u8 {
	let rounded = (accumulator + (1 << (shift - 1))) >> shift;
	// The clamp leaves a byte.
	rounded.clamp(0, ACTIVATION_MAX.into()) as u8
}

/// The activation of a limb, given the bits of
/// `accumulator + 2^(width - 1) + 2^(shift - 1)`, lowest first.
///
/// The top bit says that the rounded sum is not negative, the eight bits from `shift` on are the
/// activation unless one of the bits between them and the top bit is set. Costs five constraints.
///
/// # Errors
///
/// The constraint system's, where a value that proving needs is missing.
///
/// # Panics
///
/// Where the limb has no bit above those eight.
pub fn relu(cs: &System, limb: &[Bit], shift: u32) -> Synthesis<Cell> {
	let low = shift as usize;
	let high = low + ACTIVATION_BITS as usize;
	let (not_negative, rest) = limb.split_last().expect("a limb has a top bit");
	let byte = bits::weighted(&rest[low..high]);
	let clamped = saturate(cs, byte, &rest[high..])?;
	Cell::product(cs, Sum::from(*not_negative).named(cs)?, clamped.named(cs)?)
}

/// `byte` if none of the excess bits is set, 255 otherwise.
fn saturate(cs: &System, byte: Sum, excess: &[Bit]) -> Synthesis<Sum> {
	let max = Fr::from(ACTIVATION_MAX);
	let fits = is_zero(cs, excess)?;
	// 255 + fits * (byte - 255)
	let value = byte.value.map(|byte| byte - max);
	let mut terms = vec![(-max, Variable::One)];
	terms.extend(byte.terms);
	let short = Cell::product(cs, fits, Sum { terms, value }.named(cs)?)?;
	Ok(Sum {
		terms: vec![(max, Variable::One), (Fr::one(), short.variable)],
		value: short.value.map(|short| short + max),
	})
}

/// Whether none of the bits is set: `z = [h = 0]` for their number `h`.
///
/// Three constraints determine both `z` and the hint `inverse`:
///
/// ```text
/// h * inverse = 1 - z     h = 0 gives z = 1
/// h * z = 0               h ≠ 0 gives z = 0, and with it inverse = 1 / h
/// inverse * z = 0         h = 0 gives inverse = 0
/// ```
fn is_zero(cs: &System, bits: &[Bit]) -> Synthesis<Cell> {
	let count = Sum {
		terms: bits.iter().map(|bit| (Fr::one(), bit.variable)).collect(),
		value: add_up(bits.iter().map(|bit| bit.value.map(Fr::from))),
	};
	let zero = Cell::witness(cs, count.value.map(|count| Fr::from(count.is_zero())))?;
	let inverse = Cell::witness(cs, count.value.map(|count| count.inverse().unwrap_or_default()))?;
	let count = count.named(cs)?.variable;
	cs.enforce_r1cs_constraint(
		|| count.into(),
		|| inverse.variable.into(),
		|| LinearCombination::diff_vars(Variable::One, zero.variable),
	)?;
	cs.enforce_r1cs_constraint(|| count.into(), || zero.variable.into(), LinearCombination::zero)?;
	cs.enforce_r1cs_constraint(
		|| inverse.variable.into(),
		|| zero.variable.into(),
		LinearCombination::zero,
	)?;
	Ok(zero)
}

/// The accumulators around every boundary of [`activate`], for tests.
#[cfg(test)]
pub(crate) fn edges(width: u32, shift: u32) -> Vec<i64> {
	let half = 1i64 << (shift - 1);
	let max = (1i64 << (width - 1)) - 1 - half;
	let one = 1i64 << shift;
	[0, half, one, one + half, 255 * one, 256 * one, 512 * one, max]
		.into_iter()
		.flat_map(|edge| [edge - half, edge, edge + half])
		.flat_map(|edge| [edge - 1, edge, edge + 1])
		.flat_map(|edge| [edge, -edge])
		.filter(|edge| edge.abs() <= max)
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::TestSystem;
	use proptest::prelude::*;

	/// A system in which the limb of `accumulator` has to give the activation `claimed`.
	fn activation(accumulator: i64, claimed: u8, width: u32, shift: u32) -> TestSystem {
		let limb = accumulator + (1 << (width - 1)) + (1 << (shift - 1));
		let limb = u64::try_from(limb).expect("the accumulator is in range");
		TestSystem::new(|cs| {
			let claimed = Cell::public(cs, Some(claimed.into()))?;
			let total = Cell::public(cs, Some(limb.into()))?;
			let bits = bits::unsigned(cs, Some(limb), width)?;
			bits::weighted(&bits).enforce_equal(cs, total)?;
			let activation = relu(cs, &bits, shift)?;
			Sum::from(activation).enforce_equal(cs, claimed)
		})
	}

	#[test]
	fn halves_are_rounded_up() {
		let values = [-5, -4, -1, 0, 3, 4, 11, 12].map(|value| activate(value, 3));
		assert_eq!(values, [0, 0, 0, 0, 0, 1, 1, 2]);
	}

	#[test]
	fn values_saturate_at_both_ends() {
		assert_eq!(activate(-1_000_000, 4), 0);
		assert_eq!(activate(255 << 4, 4), 255);
		assert_eq!(activate(256 << 4, 4), 255);
		assert_eq!(activate(1 << 40, 4), 255);
	}

	#[test]
	fn the_gadget_agrees_at_every_boundary() {
		for (width, shift) in [(27, 10), (18, 9), (18, 8), (17, 8), (14, 2)] {
			for accumulator in edges(width, shift) {
				let expected = activate(accumulator, shift);
				let test = activation(accumulator, expected, width, shift);
				assert!(test.holds(), "{accumulator} by {shift} in {width} bits");
				test.assert_every_witness_is_determined();
				let other = expected.wrapping_add(1);
				assert!(!activation(accumulator, other, width, shift).holds());
			}
		}
	}

	#[test]
	fn a_limb_costs_five_constraints_beyond_its_bits() {
		let constraints =
			|width, shift| activation(0, 0, width, shift).constraints() - width as usize - 2;
		for (width, shift) in [(27, 10), (20, 10), (19, 10)] {
			assert_eq!(constraints(width, shift), 5, "{width} bits, shifted by {shift}");
		}
	}

	/// Cells of a limb of 27 bits: the bits, then `z`, its inverse, the product, the activation.
	const WIDTH: u32 = 27;
	const SHIFT: u32 = 10;
	const FITS: usize = WIDTH as usize;
	const INVERSE: usize = FITS + 1;
	const SHORT: usize = FITS + 2;
	const ACTIVATION: usize = FITS + 3;

	#[test]
	fn a_negative_sum_cannot_pass_as_positive() {
		let test = activation(-3 << SHIFT, 3, WIDTH, SHIFT);
		assert!(!test.holds());
		assert!(!test.holds_with(ACTIVATION, Fr::from(3)));
	}

	#[test]
	fn a_saturated_sum_cannot_pass_as_its_low_byte() {
		// 256 + 7 saturates; a prover that claims to fit would show 7.
		let test = activation((256 + 7) << SHIFT, 7, WIDTH, SHIFT);
		let forged = [
			(FITS, Fr::one()),
			(INVERSE, Fr::zero()),
			(SHORT, Fr::from(7 - 255)),
			(ACTIVATION, Fr::from(7)),
		];
		assert!(!test.holds_with_all(&forged));
	}

	#[test]
	fn a_small_sum_cannot_pass_as_saturated() {
		let test = activation(7 << SHIFT, 255, WIDTH, SHIFT);
		let forged = [
			(FITS, Fr::zero()),
			(INVERSE, Fr::one()),
			(SHORT, Fr::zero()),
			(ACTIVATION, Fr::from(255)),
		];
		assert!(!test.holds_with_all(&forged));
	}

	#[test]
	fn a_sum_that_fits_in_part_cannot_be_shown() {
		// With `z` = 1/2 the activation would be between the byte and 255.
		let test = activation((256 + 7) << SHIFT, 131, WIDTH, SHIFT);
		let half = Fr::from(2).inverse().expect("two is not zero");
		let forged = [
			(FITS, half),
			(INVERSE, half),
			(SHORT, Fr::from(7 - 255) * half),
			(ACTIVATION, Fr::from(131)),
		];
		assert!(!test.holds_with_all(&forged));
	}

	#[test]
	fn the_inverse_of_zero_is_determined() {
		let test = activation(7 << SHIFT, 7, WIDTH, SHIFT);
		assert!(test.holds());
		assert!(!test.holds_with(INVERSE, Fr::from(5)));
	}

	proptest! {
		#[test]
		fn the_gadget_agrees_everywhere(
			accumulator in -51_179_520i64..=51_179_520, claimed: u8,
		) {
			let expected = activate(accumulator, SHIFT);
			prop_assert!(activation(accumulator, expected, WIDTH, SHIFT).holds());
			prop_assert_eq!(
				activation(accumulator, claimed, WIDTH, SHIFT).holds(),
				claimed == expected,
			);
		}
	}
}
