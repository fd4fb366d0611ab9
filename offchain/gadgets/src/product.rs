// SPDX-License-Identifier: Apache-2.0
//! The product of a vector and a packed matrix: one constraint an input serves a whole word of
//! outputs.

use ark_ff::{One, Zero};
use ark_relations::gr1cs::{LinearCombination, Variable};
use candor_statement::Fr;

use crate::{Cell, Sum, Synthesis, System};

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

	proptest! {
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
