// SPDX-License-Identifier: Apache-2.0
//! Booleans, and integers as linear combinations of them.

use ark_ff::Zero;
use ark_relations::gr1cs::{LinearCombination, SynthesisError, Variable};
use candor_statement::Fr;

use crate::{power_of_two, Cell, Sum, Synthesis, System};

/// A variable that is constrained to be zero or one.
#[derive(Clone, Copy, Debug)]
pub struct Bit {
	/// The variable.
	pub variable: Variable,
	/// What it is; nothing in a setup.
	pub value: Option<bool>,
}

impl Bit {
	/// A new boolean: one variable, one constraint `bit * (1 - bit) = 0`.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub fn new(cs: &System, value: Option<bool>) -> Synthesis<Self> {
		let variable = cs.new_witness_variable(|| {
			value.map(Fr::from).ok_or(SynthesisError::AssignmentMissing)
		})?;
		cs.enforce_r1cs_constraint(
			|| variable.into(),
			|| LinearCombination::diff_vars(Variable::One, variable),
			LinearCombination::zero,
		)?;
		Ok(Self { variable, value })
	}
}

impl From<Bit> for Sum {
	fn from(bit: Bit) -> Self {
		Cell { variable: bit.variable, value: bit.value.map(Fr::from) }.into()
	}
}

/// Native: the `width` lowest bits of an integer, least significant first.
pub fn bits_of(value: u64, width: u32) -> impl Iterator<Item = bool> {
	(0..width).map(move |position| (value >> position) & 1 == 1)
}

/// The `width` bits of an unsigned integer, least significant first: a constraint each.
///
/// # Errors
///
/// The constraint system's, where a value that proving needs is missing.
pub fn unsigned(cs: &System, value: Option<u64>, width: u32) -> Synthesis<Vec<Bit>> {
	match value {
		Some(value) => bits_of(value, width).map(|bit| Bit::new(cs, Some(bit))).collect(),
		None => (0..width).map(|_| Bit::new(cs, None)).collect(),
	}
}

/// `Σ bit[p] * 2^p` as a linear combination.
pub fn weighted(bits: &[Bit]) -> Sum {
	let powers = || (0..).map(power_of_two);
	let terms = powers().zip(bits).map(|(power, bit)| (power, bit.variable)).collect();
	let value = bits.iter().zip(powers()).try_fold(Fr::zero(), |sum, (bit, power)| {
		bit.value.map(|set| if set { sum + power } else { sum })
	});
	Sum { terms, value }
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::TestSystem;
	use proptest::prelude::*;

	#[test]
	fn a_bit_is_zero_or_one_and_nothing_else() {
		let test = TestSystem::new(|cs| Bit::new(cs, Some(true)).map(|_| ()));
		assert!(test.holds());
		for (value, expected) in [(0u64, true), (1, true), (2, false), (255, false)] {
			assert_eq!(test.holds_with(0, value.into()), expected, "{value}");
		}
		assert!(!test.holds_with(0, -Fr::from(1)));
	}

	#[test]
	fn every_bit_of_an_integer_costs_one_constraint_and_one_variable() {
		let test = TestSystem::new(|cs| unsigned(cs, Some(5), 27).map(|_| ()));
		assert_eq!((test.constraints(), test.witnesses()), (27, 27));
	}

	proptest! {
		#[test]
		fn the_weighted_sum_is_the_integer(value in 0u64..1 << 40, extra in 0u32..20) {
			let test = TestSystem::new(|cs| {
				let sum = weighted(&unsigned(cs, Some(value), 40 + extra)?);
				assert_eq!(sum.value, Some(value.into()));
				assert_eq!(sum.terms.len(), 40 + extra as usize);
				Ok(())
			});
			prop_assert!(test.holds());
		}
	}
}
