// SPDX-License-Identifier: Apache-2.0
//! The product of a vector and a packed matrix: one constraint an input serves a whole word of
//! outputs.

mod joint;

use ark_ff::{One, Zero};
use ark_relations::gr1cs::{LinearCombination, Variable};
use candor_statement::Fr;

use crate::{Cell, Sum, Synthesis, System};

pub use joint::{ClosedJoint, Inputs, Joint};

/// Native: `Σ_i input[i] * word[i]`.
pub fn dot(inputs: &[Fr], words: &[Fr]) -> Fr {
	inputs.iter().zip(words).map(|(input, word)| *input * word).sum()
}

/// The value of [`dot`] for cells, nothing in a setup.
pub fn dot_value(inputs: &[Cell], words: &[Cell]) -> Option<Fr> {
	let values = |cells: &[Cell]| cells.iter().map(|cell| cell.value).collect::<Option<Vec<_>>>();
	Some(dot(&values(inputs)?, &values(words)?))
}

/// Constrains `Σ_i input[i] * word[i] = total` with one constraint an input.
///
/// The last product has no variable of its own; it is what `total` leaves.
///
/// # Errors
///
/// The constraint system's, where a value that proving needs is missing.
///
/// # Panics
///
/// Where there is not a word for each input.
pub fn enforce_dot(cs: &System, inputs: &[Cell], words: &[Cell], total: Sum) -> Synthesis<()> {
	assert_eq!(inputs.len(), words.len(), "a word for each input");
	let Some(((last_input, inputs), (last_word, words))) =
		inputs.split_last().zip(words.split_last())
	else {
		return total.enforce_equal(cs, Cell { variable: Variable::Zero, value: Some(Fr::zero()) });
	};
	let mut rest = total.terms;
	for (input, word) in inputs.iter().zip(words) {
		let product = Cell::product(cs, *word, *input)?;
		rest.push((-Fr::one(), product.variable));
	}
	cs.enforce_r1cs_constraint(
		|| last_word.variable.into(),
		|| last_input.variable.into(),
		|| LinearCombination(rest),
	)
}

/// Native: `Σ_i value[2 i] * value[2 i + 1]`. A last value without a neighbour counts nothing.
pub fn pair_products(values: &[Fr]) -> Fr {
	values.chunks_exact(2).map(|pair| pair[0] * pair[1]).sum()
}

/// The value of `Σ_i input[i] * word[i] + pair_products(words)`, nothing in a setup.
pub fn paired_value(inputs: &[Sum], words: &[Cell]) -> Option<Fr> {
	let inputs = inputs.iter().map(|input| input.value).collect::<Option<Vec<_>>>()?;
	let words = words.iter().map(|word| word.value).collect::<Option<Vec<_>>>()?;
	Some(dot(&inputs, &words) + pair_products(&words))
}

/// Inputs in pairs, for products with many lists of words (Winograd 1968):
///
/// ```text
/// x1 * w1 + x2 * w2 = (x1 + w2) * (x2 + w1) - x1 * x2 - w1 * w2
/// ```
///
/// The products of inputs are shared by all lists, and those of the words are left in the total, so
/// that a pair costs one constraint.
pub struct Pairs {
	inputs: Vec<Sum>,
	/// [`pair_products`] of the inputs.
	products: Sum,
}

impl Pairs {
	/// Pairs inputs up: a constraint a pair.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub fn new(cs: &System, inputs: Vec<Sum>) -> Synthesis<Self> {
		let mut products = Sum::zero();
		for pair in inputs.chunks_exact(2) {
			let product = Sum::product(cs, pair[0].clone(), pair[1].clone())?;
			products.add(Fr::one(), &product.into());
		}
		Ok(Self { inputs, products })
	}

	/// [`paired_value`] of the inputs.
	pub fn dot_value(&self, words: &[Cell]) -> Option<Fr> {
		paired_value(&self.inputs, words)
	}

	/// Constrains `Σ_i input[i] * word[i] + pair_products(words) = total` with one constraint for two
	/// inputs. As in [`enforce_dot`] the last product has no variable of its own.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	///
	/// # Panics
	///
	/// Where there is not a word for each input.
	pub fn enforce_dot(&self, cs: &System, words: &[Cell], total: Sum) -> Synthesis<()> {
		assert_eq!(self.inputs.len(), words.len(), "a word for each input");
		let mut rest = total;
		rest.add(Fr::one(), &self.products);
		let mut factors = self.inputs.chunks(2).zip(words.chunks(2)).map(factors);
		let last = factors.next_back();
		for (left, right) in factors {
			let product = Sum::product(cs, left, right)?;
			rest.add(-Fr::one(), &product.into());
		}
		let (left, right) = last.unwrap_or_default();
		cs.enforce_r1cs_constraint(|| left.into_lc(), || right.into_lc(), || rest.into_lc())
	}
}

/// `x1 + w2` and `x2 + w1`; `x1` and `w1` where there is no second one.
fn factors((inputs, words): (&[Sum], &[Cell])) -> (Sum, Sum) {
	let (mut left, mut right) = (inputs[0].clone(), Sum::from(words[0]));
	if let [_, word] = words {
		left.add(Fr::one(), &(*word).into());
		right.add(Fr::one(), &inputs[1]);
	}
	(left, right)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::TestSystem;
	use proptest::prelude::*;

	fn system(inputs: &[Fr], words: &[Fr], total: Fr) -> TestSystem {
		TestSystem::new(|cs| {
			let publics = |values: &[Fr]| {
				values
					.iter()
					.map(|value| Cell::public(cs, Some(*value)))
					.collect::<Result<Vec<_>, _>>()
			};
			let (inputs, words) = (publics(inputs)?, publics(words)?);
			assert_eq!(
				dot_value(&inputs, &words),
				Some(dot(
					&inputs.iter().filter_map(|cell| cell.value).collect::<Vec<_>>(),
					&words.iter().filter_map(|cell| cell.value).collect::<Vec<_>>(),
				))
			);
			let total = Cell::public(cs, Some(total))?;
			enforce_dot(cs, &inputs, &words, total.into())
		})
	}

	fn elements(values: &[i64]) -> Vec<Fr> {
		values.iter().map(|&value| Fr::from(value)).collect()
	}

	#[test]
	fn costs_one_constraint_an_input() {
		let test = system(&elements(&[1, 2, 3]), &elements(&[4, 5, 6]), Fr::from(32));
		assert!(test.holds());
		assert_eq!((test.constraints(), test.witnesses()), (3, 2));
	}

	#[test]
	fn a_single_input_needs_no_variable() {
		let test = system(&elements(&[3]), &elements(&[-4]), Fr::from(-12));
		assert!(test.holds());
		assert_eq!((test.constraints(), test.witnesses()), (1, 0));
	}

	#[test]
	fn no_inputs_make_zero() {
		assert!(system(&[], &[], Fr::zero()).holds());
		assert!(!system(&[], &[], Fr::one()).holds());
	}

	#[test]
	fn swapped_words_change_the_total() {
		assert!(!system(&elements(&[1, 2]), &elements(&[5, 4]), Fr::from(14)).holds());
	}

	fn paired(inputs: &[Fr], words: &[Fr], total: Fr) -> TestSystem {
		TestSystem::new(|cs| {
			let publics = |values: &[Fr]| {
				values
					.iter()
					.map(|value| Cell::public(cs, Some(*value)))
					.collect::<Result<Vec<_>, _>>()
			};
			let (inputs, words) = (publics(inputs)?, publics(words)?);
			let total = Cell::public(cs, Some(total))?;
			let pairs = Pairs::new(cs, inputs.into_iter().map(Sum::from).collect())?;
			let of = |cells: &[Sum]| cells.iter().filter_map(|cell| cell.value).collect::<Vec<_>>();
			let words_of: Vec<Sum> = words.iter().map(|word| (*word).into()).collect();
			let expected = dot(&of(&pairs.inputs), &of(&words_of)) + pair_products(&of(&words_of));
			assert_eq!(pairs.dot_value(&words), Some(expected));
			pairs.enforce_dot(cs, &words, total.into())
		})
	}

	#[test]
	fn pairs_cost_half_a_constraint_an_input() {
		let values = |count| elements(&(1..=count).collect::<Vec<_>>());
		for (count, constraints) in [(1, 1), (2, 1 + 1), (3, 1 + 2), (8, 4 + 4), (9, 4 + 5)] {
			let (inputs, words) = (values(count), values(count));
			let test = paired(&inputs, &words, dot(&inputs, &words) + pair_products(&words));
			assert!(test.holds(), "{count}");
			assert_eq!(test.constraints(), constraints, "{count}");
		}
		assert!(paired(&[], &[], Fr::zero()).holds());
		assert!(!paired(&[], &[], Fr::one()).holds());
	}

	#[test]
	fn words_that_are_swapped_in_a_pair_change_the_total() {
		let (inputs, words, swapped) = (elements(&[1, 2]), elements(&[4, 5]), elements(&[5, 4]));
		let total = dot(&inputs, &words) + pair_products(&words);
		assert!(paired(&inputs, &words, total).holds());
		assert!(!paired(&inputs, &swapped, total).holds());
	}

	proptest! {
		#[test]
		fn exactly_the_dot_product_of_pairs_is_accepted(
			pairs in prop::collection::vec((any::<i64>(), any::<i64>()), 1..12),
			off in 1u64..,
		) {
			let inputs = elements(&pairs.iter().map(|pair| pair.0).collect::<Vec<_>>());
			let words = elements(&pairs.iter().map(|pair| pair.1).collect::<Vec<_>>());
			let total = dot(&inputs, &words) + pair_products(&words);
			let test = paired(&inputs, &words, total);
			prop_assert!(test.holds());
			for cell in 0..test.witnesses() {
				prop_assert!(!test.holds_with(cell, test.witness(cell) + Fr::one()));
			}
			prop_assert!(!paired(&inputs, &words, total + Fr::from(off)).holds());
		}

		#[test]
		fn exactly_the_dot_product_is_accepted(
			pairs in prop::collection::vec((any::<i64>(), any::<i64>()), 1..12),
			off in 1u64..,
		) {
			let inputs = elements(&pairs.iter().map(|pair| pair.0).collect::<Vec<_>>());
			let words = elements(&pairs.iter().map(|pair| pair.1).collect::<Vec<_>>());
			let total = dot(&inputs, &words);
			let test = system(&inputs, &words, total);
			prop_assert!(test.holds());
			test.assert_every_witness_is_determined();
			prop_assert!(!system(&inputs, &words, total + Fr::from(off)).holds());
		}
	}
}
