// SPDX-License-Identifier: Apache-2.0
//! The Poseidon permutation: three constraints an S-box and nothing else.
//!
//! Everything between two S-boxes is linear and stays a linear combination. In the partial rounds,
//! where one lane of seventeen goes through an S-box, the input of each S-box is a combination of
//! the outputs of the last full round and of the partial rounds before it; its coefficients depend
//! on the parameters only and are computed once.

use ark_ff::Zero;
use ark_relations::gr1cs::Variable;
use candor_statement::{
	poseidon::{self, Parameters},
	Fr,
};

use crate::{Cell, Sum, Synthesis, System};

/// `Σ coefficient[k] * output[k] + constant` over the outputs of earlier S-boxes.
#[derive(Clone, Debug)]
struct Row {
	coefficients: Vec<Fr>,
	constant: Fr,
}

impl Row {
	fn apply(&self, outputs: &[Output]) -> Sum {
		assert_eq!(self.coefficients.len(), outputs.len(), "a coefficient for each output");
		let mut constant = self.constant;
		// The constant one comes first in the order of variables.
		let mut terms = Vec::with_capacity(outputs.len() + 1);
		terms.push((constant, Variable::One));
		let mut value = Some(self.constant);
		for (coefficient, output) in self.coefficients.iter().zip(outputs) {
			match output {
				Output::Constant(output) => {
					let product = *coefficient * output;
					constant += product;
					value = value.map(|value| value + product);
				}
				Output::Cell(cell) => {
					terms.push((*coefficient, cell.variable));
					value = value.zip(cell.value).map(|(value, cell)| value + *coefficient * cell);
				}
			}
		}
		terms[0].0 = constant;
		terms.retain(|(coefficient, _)| !coefficient.is_zero());
		Sum { terms, value }
	}
}

/// The output of an S-box.
#[derive(Clone, Copy)]
enum Output {
	/// Of a constant input; costs nothing.
	Constant(Fr),
	Cell(Cell),
}

/// Native: `x^5`.
fn fifth_power(x: Fr) -> Fr {
	let square = x * x;
	square * square * x
}

/// `x^5`: three constraints.
fn s_box(cs: &System, input: Sum) -> Synthesis<Output> {
	if let Some(constant) = input.as_constant() {
		return Ok(Output::Constant(fifth_power(constant)));
	}
	let x = input.named(cs)?;
	let square = Cell::product(cs, x, x)?;
	let fourth = Cell::product(cs, square, square)?;
	Ok(Output::Cell(Cell::product(cs, fourth, x)?))
}

/// A Poseidon permutation, prepared for synthesis.
#[derive(Debug)]
pub struct Permutation {
	/// Added to the state before the first S-boxes.
	initial_constants: Vec<Fr>,
	/// From the outputs of each full round of the first half, without the last one, to the inputs
	/// of the next round.
	first_half: Vec<Vec<Row>>,
	/// The input of the S-box of each partial round, over the outputs of the last full round
	/// before and of all partial rounds before it.
	partial: Vec<Row>,
	/// From the same outputs to the inputs of the first full round of the second half.
	bridge: Vec<Row>,
	/// From the outputs of each full round of the second half, without the last one, to the inputs
	/// of the next round.
	second_half: Vec<Vec<Row>>,
	/// From the outputs of the last round to the first lane of the result.
	result: Row,
}

impl Permutation {
	/// The permutation with the widest state, which the commitments use.
	pub fn widest() -> &'static Self {
		static PERMUTATION: std::sync::LazyLock<Permutation> = std::sync::LazyLock::new(|| {
			Permutation::new(poseidon::parameters(poseidon::MAX_INPUTS + 1))
		});
		&PERMUTATION
	}

	fn new(parameters: &Parameters) -> Self {
		let Parameters { width, full_rounds, partial_rounds, round_constants, mds } = parameters;
		let half = full_rounds / 2;
		let after_partial = half + partial_rounds;
		let full_round = |round: usize| -> Vec<Row> {
			mds.iter()
				.zip(&round_constants[round])
				.map(|(row, constant)| Row { coefficients: row.clone(), constant: *constant })
				.collect()
		};

		// With the matrix `M`, and `P` which empties the first lane, a partial round turns the state `x` into
		// `M P x + (first column of M) y + constants`, where `y` comes out of the S-box. So the outputs of the
		// last full round before, `M` of which is the first state, come to `M (P M)^r` in round `r`, and those of
		// the S-box `k` rounds before to the first column of `M (P M)^(k - 1)`.
		let mut rows = vec![mds[0].clone()];
		let mut columns = vec![column(mds)];
		let mut constants = vec![round_constants[half].clone()];
		for round in 0..*partial_rounds {
			rows.push(row_times(&without_first(&rows[round]), mds));
			columns.push(times_column(mds, &without_first(&columns[round])));
			let mut mixed = times_column(mds, &without_first(&constants[round]));
			let added = mixed.iter_mut().zip(&round_constants[half + round + 1]);
			added.for_each(|(lane, constant)| *lane += constant);
			constants.push(mixed);
		}
		let lane = |lane: usize, of_full_round: &[Fr], round: usize| Row {
			coefficients: of_full_round
				.iter()
				.copied()
				.chain(columns[..round].iter().rev().map(|column| column[lane]))
				.collect(),
			constant: constants[round][lane],
		};
		let partial = (0..*partial_rounds).map(|round| lane(0, &rows[round], round)).collect();
		let last = mixed_by(mds, *partial_rounds);
		let bridge = last.iter().enumerate();
		let bridge = bridge.map(|(number, row)| lane(number, row, *partial_rounds)).collect();

		debug_assert_eq!(mds.len(), *width);
		Self {
			initial_constants: round_constants[0].clone(),
			first_half: (1..half).map(full_round).collect(),
			partial,
			bridge,
			second_half: (after_partial + 1..after_partial + half).map(full_round).collect(),
			result: Row { coefficients: mds[0].clone(), constant: Fr::zero() },
		}
	}

	/// The first lane of the permuted state `(initial, inputs…)`.
	///
	/// Three constraints for each S-box; constant lanes save theirs in the first round.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	///
	/// # Panics
	///
	/// Where there are not as many inputs as lanes but one.
	pub fn hash(&self, cs: &System, initial: Sum, inputs: Vec<Sum>) -> Synthesis<Sum> {
		assert_eq!(inputs.len() + 1, self.initial_constants.len(), "as many inputs as lanes");
		let state = core::iter::once(initial).chain(inputs);
		let mut outputs = state
			.zip(&self.initial_constants)
			.map(|(lane, constant)| s_box(cs, plus(lane, *constant)))
			.collect::<Synthesis<Vec<_>>>()?;
		for round in &self.first_half {
			outputs = full_round(cs, round, &outputs)?;
		}
		for row in &self.partial {
			outputs.push(s_box(cs, row.apply(&outputs))?);
		}
		outputs = full_round(cs, &self.bridge, &outputs)?;
		for round in &self.second_half {
			outputs = full_round(cs, round, &outputs)?;
		}
		Ok(self.result.apply(&outputs))
	}
}

fn full_round(cs: &System, rows: &[Row], outputs: &[Output]) -> Synthesis<Vec<Output>> {
	rows.iter().map(|row| s_box(cs, row.apply(outputs))).collect()
}

/// Adds a constant to a sum.
fn plus(mut sum: Sum, constant: Fr) -> Sum {
	sum.value = sum.value.map(|value| value + constant);
	match sum.terms.iter_mut().find(|(_, variable)| variable.is_one()) {
		Some((coefficient, _)) => *coefficient += constant,
		None => sum.terms.insert(0, (constant, Variable::One)),
	}
	sum
}

/// The first column of a matrix.
fn column(matrix: &[Vec<Fr>]) -> Vec<Fr> {
	matrix.iter().map(|row| row[0]).collect()
}

/// With zero for the first entry.
fn without_first(entries: &[Fr]) -> Vec<Fr> {
	let mut entries = entries.to_vec();
	entries[0] = Fr::zero();
	entries
}

/// A row times a matrix.
fn row_times(row: &[Fr], matrix: &[Vec<Fr>]) -> Vec<Fr> {
	let entry = |at: usize| row.iter().zip(matrix).map(|(entry, row)| *entry * row[at]).sum();
	(0..row.len()).map(entry).collect()
}

/// A matrix times a column.
fn times_column(matrix: &[Vec<Fr>], column: &[Fr]) -> Vec<Fr> {
	matrix.iter().map(|row| crate::product::dot(row, column)).collect()
}

/// `M (P M)^rounds`, where `P` empties the first lane.
fn mixed_by(mds: &[Vec<Fr>], rounds: usize) -> Vec<Vec<Fr>> {
	// M (P M)^n, then P, then M (P M)^m is M (P M)^(n + m + 1).
	let then = |first: &[Vec<Fr>], second: &[Vec<Fr>]| -> Vec<Vec<Fr>> {
		first.iter().map(|row| row_times(&without_first(row), second)).collect()
	};
	match rounds {
		0 => mds.to_vec(),
		_ if rounds % 2 == 1 => {
			let half = mixed_by(mds, rounds / 2);
			then(&half, &half)
		}
		_ => then(&mixed_by(mds, rounds - 1), mds),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::TestSystem;
	use ark_ff::One;
	use proptest::prelude::*;

	fn system(inputs: &[Fr], initial: Fr, claimed: Fr) -> TestSystem {
		let permutation = Permutation::new(poseidon::parameters(inputs.len() + 1));
		TestSystem::new(|cs| {
			let initial = Cell::public(cs, Some(initial))?;
			let inputs = inputs
				.iter()
				.map(|input| Cell::public(cs, Some(*input)).map(Sum::from))
				.collect::<Result<_, _>>()?;
			let claimed = Cell::public(cs, Some(claimed))?;
			permutation.hash(cs, initial.into(), inputs)?.enforce_equal(cs, claimed)
		})
	}

	#[test]
	fn the_widest_permutation_costs_612_constraints() {
		let test = system(&[Fr::zero(); 16], Fr::zero(), Fr::zero());
		assert_eq!(test.constraints(), 612 + 1);
		assert_eq!(test.witnesses(), 612);
	}

	#[test]
	fn constant_lanes_are_free_in_the_first_round() {
		let constants: Vec<Fr> = (0..16u64).map(Fr::from).collect();
		let hash = |cs: &System, initial: Sum| {
			let inputs = constants.iter().map(|value| Sum::constant(*value)).collect();
			Permutation::widest().hash(cs, initial, inputs)
		};
		let expected = poseidon::hash(&constants, Fr::from(5)).expect("16 inputs");
		let test = TestSystem::new(|cs| {
			let sum = hash(cs, Sum::constant(Fr::from(5)))?;
			assert_eq!(sum.as_constant(), Some(expected));
			Ok(())
		});
		assert_eq!(test.constraints(), 0);

		let test = TestSystem::new(|cs| {
			let initial = Cell::public(cs, Some(Fr::from(5)))?;
			let claimed = Cell::public(cs, Some(expected))?;
			hash(cs, initial.into())?.enforce_equal(cs, claimed)
		});
		assert_eq!(test.constraints(), 612 - 16 * 3 + 1);
		assert!(test.holds());
	}

	#[test]
	fn every_witness_is_determined() {
		for width in [3, 17] {
			let inputs: Vec<Fr> = (1..width as u64).map(Fr::from).collect();
			let expected = poseidon::hash(&inputs, Fr::one()).expect("few inputs");
			let test = system(&inputs, Fr::one(), expected);
			assert!(test.holds());
			test.assert_every_witness_is_determined();
		}
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(24))]

		#[test]
		fn the_gadget_agrees_with_the_native_hash(
			inputs in prop::collection::vec(any::<u64>(), 1..=16), initial: u64, off in 1u64..,
		) {
			let inputs: Vec<Fr> = inputs.into_iter().map(|input| -Fr::from(input)).collect();
			let expected = poseidon::hash(&inputs, initial.into()).expect("1 to 16 inputs");
			prop_assert!(system(&inputs, initial.into(), expected).holds());
			let wrong = expected + Fr::from(off);
			prop_assert!(!system(&inputs, initial.into(), wrong).holds());
		}
	}
}
