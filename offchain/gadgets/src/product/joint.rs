// SPDX-License-Identifier: Apache-2.0
//! The products of several lists of inputs with the same lists of words, tested together at the challenge.
//!
//! Of each list of words `w` and each run `j` with the inputs `x_j`, be it of a model or of one window of a
//! convolution in it, the circuit says, as [`Pairs`] does of one,
//!
//! ```text
//! Σ_i x_j[i] * w[i] + pair_products(w) = y_j
//! ```
//!
//! With the challenge `c` and `X = x_0 + Σ_j c^j (x_j - x_0)`, `Y = y_0 + Σ_j c^j (y_j - y_0)`, `j` from 1, it tests
//!
//! ```text
//! Σ_i X[i] * w[i] + pair_products(w) = Y
//! ```
//!
//! which is Freivalds' test of a product of matrices (1979), at the powers of one challenge. The factors of the runs
//! add up to one, so that `pair_products(w)` stays as it is. It takes a constraint for each input of each run but
//! the first, and then as many as one run does.
//!
//! - Both sides are polynomials in `c` with a degree below the number of runs, whose coefficients are settled before
//!   it: `y_0`, and `y_j - y_0` for each further run. Where one of them is not what the products make it, the sides
//!   are equal at fewer challenges than there are runs, of about 2^254.

use std::{collections::HashMap, rc::Rc};

use ark_ff::One;
use candor_statement::Fr;

use super::Pairs;
use crate::{
	staged::{assert_later, assert_settled},
	Cell, Sum, Synthesis, System,
};

/// The inputs of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Inputs(usize);

/// The joint products of one constraint system, before the challenge. There are no more of them after
/// [`close`](Self::close).
pub struct Joint {
	cs: System,
	inputs: Vec<Rc<[Sum]>>,
	products: Vec<Product>,
	/// Where the products with words stand, by the variable of the first word.
	places: HashMap<ark_relations::gr1cs::Variable, usize>,
}

/// A list of words, and what it makes of each run's inputs.
struct Product {
	words: Vec<Cell>,
	runs: Vec<(Inputs, Sum)>,
}

impl Joint {
	/// The products of a constraint system.
	pub fn new(cs: &System) -> Self {
		Self { cs: cs.clone(), inputs: Vec::new(), products: Vec::new(), places: HashMap::new() }
	}

	/// The inputs of one run, which may be multiplied with several lists of words.
	///
	/// # Panics
	///
	/// Where an input has a variable that the constraint system has not by now: what is made later could
	/// depend on the challenge.
	pub fn inputs(&mut self, inputs: &[Sum]) -> Inputs {
		inputs.iter().for_each(|input| assert_settled(&self.cs, input));
		self.inputs.push(inputs.into());
		Inputs(self.inputs.len() - 1)
	}

	/// Says that `Σ_i input[i] * word[i] + pair_products(words) = total`. Lists that begin with the same word are
	/// the same.
	///
	/// # Panics
	///
	/// Where there are no words, or not one for each input, lists begin alike and are not the same, or a variable
	/// comes too late.
	pub fn equate(&mut self, inputs: Inputs, words: &[Cell], total: Sum) {
		assert_eq!(self.inputs[inputs.0].len(), words.len(), "a word for each input");
		let first = words.first().expect("there are words");
		assert_settled(&self.cs, &total);
		words.iter().for_each(|word| assert_settled(&self.cs, &(*word).into()));
		let next = self.products.len();
		let place = *self.places.entry(first.variable).or_insert(next);
		if place == next {
			self.products.push(Product { words: words.to_vec(), runs: Vec::new() });
		}
		let product = &mut self.products[place];
		let is_same = product.words.iter().zip(words).all(|(a, b)| a.variable == b.variable);
		assert!(is_same && product.words.len() == words.len(), "another list behind the same word");
		product.runs.push((inputs, total));
	}

	/// Ends the stage that the challenge comes after.
	pub fn close(self) -> ClosedJoint {
		ClosedJoint { publics: self.cs.num_instance_variables(), joint: self }
	}
}

/// The joint products of one constraint system, which await the challenge.
#[must_use = "nothing is proved before the challenge"]
pub struct ClosedJoint {
	/// The public variables before the challenge.
	publics: usize,
	joint: Joint,
}

impl ClosedJoint {
	/// Whether there are none.
	pub fn is_empty(&self) -> bool {
		self.joint.products.is_empty()
	}

	/// Constrains all products to hold at the challenge.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	///
	/// # Panics
	///
	/// Where the challenge is no public input, or is older than the end of the products.
	pub fn prove(self, challenge: Cell) -> Synthesis<()> {
		assert_later(challenge, self.publics);
		self.prove_at(challenge)
	}

	fn prove_at(self, challenge: Cell) -> Synthesis<()> {
		let Joint { cs, inputs, products, .. } = self.joint;
		let runs = products.iter().map(|product| product.runs.len()).max().unwrap_or_default();
		let powers = powers(&cs, challenge, runs)?;
		// Lists of words with the same runs share what these come to.
		let mut shared: HashMap<Vec<Inputs>, Pairs> = HashMap::new();
		for Product { words, runs } in products {
			let (ids, totals): (Vec<Inputs>, Vec<Sum>) = runs.into_iter().unzip();
			if !shared.contains_key(&ids) {
				let of_input = |at: usize| {
					let of_runs = ids.iter().map(|run| inputs[run.0][at].clone());
					combined(&cs, &powers, of_runs)
				};
				let combined = (0..words.len()).map(of_input).collect::<Synthesis<_>>()?;
				shared.insert(ids.clone(), Pairs::new(&cs, combined)?);
			}
			let total = combined(&cs, &powers, totals.into_iter())?;
			shared[&ids].enforce_dot(&cs, &words, total)?;
		}
		Ok(())
	}
}

/// The powers of the challenge from the first on, one less than there are runs.
fn powers(cs: &System, challenge: Cell, runs: usize) -> Synthesis<Vec<Cell>> {
	let mut powers: Vec<Cell> = Vec::new();
	for _ in 1..runs {
		powers.push(match powers.last() {
			None => challenge,
			Some(power) => Cell::product(cs, *power, challenge)?,
		});
	}
	Ok(powers)
}

/// `v_0 + Σ_j c^j (v_j - v_0)` of the values of runs.
fn combined(cs: &System, powers: &[Cell], mut values: impl Iterator<Item = Sum>) -> Synthesis<Sum> {
	let first = values.next().expect("there is a run; qed");
	let mut sum = first.clone();
	for (value, power) in values.zip(powers) {
		let mut difference = value;
		difference.add(-Fr::one(), &first);
		match difference.as_constant() {
			Some(constant) => sum.add(constant, &(*power).into()),
			None => sum.add(Fr::one(), &Sum::product(cs, difference, (*power).into())?.into()),
		}
	}
	Ok(sum)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		product::paired_value,
		testing::{challenge, TestSystem},
		StagedCircuit,
	};

	const INPUTS: [[u64; 3]; 3] = [[1, 2, 3], [4, 5, 6], [255, 0, 7]];
	const WORDS: [[u64; 3]; 2] = [[9, 8, 7], [100, 200, 300]];

	/// Runs over two lists of words; each total is off by what stands for it.
	struct Example {
		off: [[u64; 2]; 3],
	}

	impl StagedCircuit for Example {
		type Model = Vec<Vec<Cell>>;
		type StageOne = ClosedJoint;

		fn challenges(&self) -> u8 {
			1
		}

		fn model(&self, cs: &System) -> Synthesis<Self::Model> {
			let list = |words: &[u64; 3]| {
				words.iter().map(|word| Cell::witness(cs, Some(Fr::from(*word)))).collect()
			};
			WORDS.iter().map(list).collect()
		}

		fn stage_one(&self, cs: &System, lists: Self::Model) -> Synthesis<ClosedJoint> {
			let mut joint = Joint::new(cs);
			for (inputs, off) in INPUTS.iter().zip(&self.off) {
				let inputs: Vec<Sum> = inputs
					.iter()
					.map(|input| Ok(Cell::witness(cs, Some(Fr::from(*input)))?.into()))
					.collect::<Synthesis<_>>()?;
				let id = joint.inputs(&inputs);
				for (words, off) in lists.iter().zip(off) {
					let value = paired_value(&inputs, words).map(|value| value + Fr::from(*off));
					joint.equate(id, words, Cell::witness(cs, value)?.into());
				}
			}
			Ok(joint.close())
		}

		fn rest(&self, _: &System, joint: ClosedJoint, challenges: &[Cell]) -> Synthesis<()> {
			joint.prove(challenges[0])
		}
	}

	fn system(off: [[u64; 2]; 3]) -> TestSystem {
		TestSystem::staged(&Example { off }, &[challenge()])
	}

	#[test]
	fn holds_for_the_products_of_each_run() {
		assert!(system([[0; 2]; 3]).holds());
	}

	#[test]
	fn a_total_of_any_run_and_any_list_that_is_off_is_refused() {
		for run in 0..3 {
			for list in 0..2 {
				let mut off = [[0; 2]; 3];
				off[run][list] = 1;
				assert!(!system(off).holds(), "run {run}, list {list}");
			}
		}
	}

	#[test]
	fn faults_of_two_runs_do_not_make_up_for_each_other() {
		let minus = |value: u64| -Fr::from(value);
		// In a plain sum of the runs they would.
		assert_eq!(minus(1) + Fr::from(1u64), Fr::from(0u64));
		let mut off = [[0; 2]; 3];
		(off[0][0], off[1][0]) = (5, 5);
		assert!(!system(off).holds());
	}

	/// A constraint for each input of each run but the first, a power, the products of inputs in pairs, and for each
	/// list one for each further total and one a pair.
	#[test]
	fn costs_what_one_run_does_and_a_constraint_for_each_further_input() {
		assert_eq!(system([[0; 2]; 3]).constraints(), 1 + 2 * 3 + 1 + 2 * (2 + 2));
	}
}
