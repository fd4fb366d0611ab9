// SPDX-License-Identifier: Apache-2.0
//! A synthesised system whose cells a test can change at will.

mod forger;

use std::collections::BTreeSet;

use ark_ff::{AdditiveGroup, One, UniformRand, Zero};
use ark_relations::gr1cs::{ConstraintSystem, Matrix, SynthesisError, R1CS_PREDICATE_LABEL};
use candor_statement::Fr;
use rand::{rngs::StdRng, SeedableRng};

use crate::{
	ranges::{Method, Ranges},
	Cell, StagedCircuit, Synthesis, System,
};

/// The matrices of a system and an assignment, with the constraints of each variable.
pub struct TestSystem {
	matrices: Vec<Matrix<Fr>>,
	/// One, the public inputs, the witnesses.
	assignment: Vec<Fr>,
	publics: usize,
	/// The constraints that a variable stands in.
	rows_of: Vec<Vec<usize>>,
	blocks: Blocks,
}

/// The sizes of the first blocks of private variables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Blocks {
	/// The model.
	pub model: usize,
	/// What challenges come after.
	pub stage_one: usize,
}

/// The challenge that tests give where any will do.
pub fn challenge() -> Fr {
	Fr::rand(&mut StdRng::seed_from_u64(2))
}

impl TestSystem {
	/// Synthesises with an assignment.
	///
	/// # Panics
	///
	/// Where the circuit cannot be synthesised.
	pub fn new(synthesise: impl FnOnce(&System) -> Result<(), SynthesisError>) -> Self {
		let cs = ConstraintSystem::<Fr>::new_ref();
		synthesise(&cs).expect("the circuit can be synthesised");
		// Without `finalize`: a combination inside a combination would panic here.
		let matrices =
			cs.to_matrices().expect("matrices").remove(R1CS_PREDICATE_LABEL).expect("R1CS");
		let mut assignment = cs.instance_assignment().expect("public inputs");
		let publics = assignment.len();
		assignment.extend(cs.witness_assignment().expect("witnesses"));

		let mut rows_of = vec![Vec::new(); assignment.len()];
		for row in 0..matrices[0].len() {
			let variables: BTreeSet<usize> = matrices
				.iter()
				.flat_map(|matrix| matrix[row].iter().map(|(_, variable)| *variable))
				.collect();
			for variable in variables {
				rows_of[variable].push(row);
			}
		}
		Self { matrices, assignment, publics, rows_of, blocks: Blocks::default() }
	}

	/// Synthesises a circuit in stages, with these challenges.
	///
	/// # Panics
	///
	/// Where the circuit cannot be synthesised, or takes another number of challenges.
	pub fn staged<C: StagedCircuit>(circuit: &C, challenges: &[Fr]) -> Self {
		assert_eq!(challenges.len(), usize::from(circuit.challenges()), "all challenges");
		let mut blocks = Blocks::default();
		let mut system = Self::new(|cs| {
			let model = circuit.model(cs)?;
			blocks.model = cs.num_witness_variables();
			let stage_one = circuit.stage_one(cs, model)?;
			blocks.stage_one = cs.num_witness_variables() - blocks.model;
			let challenges = challenges.iter().map(|challenge| Cell::public(cs, Some(*challenge)));
			circuit.rest(cs, stage_one, &challenges.collect::<Synthesis<Vec<_>>>()?)
		});
		system.blocks = blocks;
		system
	}

	/// Synthesises something with ranges, and ends them at the [`challenge`], the last public input
	/// where there is one.
	///
	/// # Panics
	///
	/// Where it cannot be synthesised.
	pub fn with_ranges(
		method: Method,
		synthesise: impl FnOnce(&System, &mut Ranges) -> Synthesis<()>,
	) -> Self {
		let mut blocks = Blocks::default();
		let mut system = Self::new(|cs| {
			let mut ranges = Ranges::new(cs, method);
			synthesise(cs, &mut ranges)?;
			let lookups = ranges.close()?;
			blocks.stage_one = cs.num_witness_variables();
			match lookups {
				Some(lookups) => lookups.prove(Cell::public(cs, Some(challenge()))?),
				None => Ok(()),
			}
		});
		system.blocks = blocks;
		system
	}

	/// The blocks of a circuit that was synthesised in stages.
	pub fn blocks(&self) -> Blocks {
		self.blocks
	}

	/// Whether each column of the model block has an entry where no other column of the block has one: a
	/// model then has one opening. That they are independent is less than this.
	pub fn model_columns_stand_apart(&self) -> bool {
		let model = self.publics..self.publics + self.blocks.model;
		let mut apart = vec![false; self.blocks.model];
		for row in self.matrices.iter().flatten() {
			let mut of_model = row.iter().filter(|(_, variable)| model.contains(variable));
			if let (Some((_, variable)), None) = (of_model.next(), of_model.next()) {
				apart[variable - self.publics] = true;
			}
		}
		apart.into_iter().all(|apart| apart)
	}

	/// The number of constraints.
	pub fn constraints(&self) -> usize {
		self.matrices[0].len()
	}

	/// The number of private variables.
	pub fn witnesses(&self) -> usize {
		self.assignment.len() - self.publics
	}

	/// The entries of the matrices.
	pub fn nonzeros(&self) -> usize {
		self.matrices.iter().flatten().map(Vec::len).sum()
	}

	/// The public inputs, without the one.
	pub fn publics(&self) -> &[Fr] {
		&self.assignment[1..self.publics]
	}

	/// The value of a private variable.
	pub fn witness(&self, index: usize) -> Fr {
		self.assignment[self.publics + index]
	}

	/// The `A` side of the constraint whose `C` side is this public input alone: coefficients and
	/// indices of witnesses.
	///
	/// # Panics
	///
	/// Where there is no such constraint.
	pub fn witnesses_that_sum_to_public(&self, index: usize) -> Vec<(Fr, usize)> {
		let public = vec![(Fr::one(), index + 1)];
		let row = self.matrices[2].iter().position(|row| *row == public).expect("a constraint");
		self.matrices[0][row]
			.iter()
			.filter(|(_, variable)| *variable >= self.publics)
			.map(|(coefficient, variable)| (*coefficient, variable - self.publics))
			.collect()
	}

	/// What a side of a constraint is: `A`, `B`, `C`.
	fn side(&self, side: usize, row: usize, assignment: &[Fr]) -> Fr {
		let entries = self.matrices[side][row].iter();
		entries.map(|(coefficient, variable)| *coefficient * assignment[*variable]).sum()
	}

	fn row_holds(&self, row: usize, assignment: &[Fr]) -> bool {
		let [a, b, c] = [0, 1, 2].map(|side| self.side(side, row, assignment));
		a * b == c
	}

	/// The assignment with these witnesses and public inputs instead.
	fn changed(&self, witnesses: &[(usize, Fr)], publics: &[(usize, Fr)]) -> Vec<Fr> {
		let mut assignment = self.assignment.clone();
		for (index, value) in witnesses {
			assignment[self.publics + index] = *value;
		}
		for (index, value) in publics {
			assignment[1 + index] = *value;
		}
		assignment
	}

	/// Whether the assignment satisfies every constraint.
	pub fn holds(&self) -> bool {
		(0..self.constraints()).all(|row| self.row_holds(row, &self.assignment))
	}

	/// Whether the system holds with these witnesses instead.
	pub fn holds_with_all(&self, witnesses: &[(usize, Fr)]) -> bool {
		self.holds_with_changes(witnesses, &[])
	}

	/// Whether the system holds with these witnesses and public inputs instead.
	pub fn holds_with_changes(&self, witnesses: &[(usize, Fr)], publics: &[(usize, Fr)]) -> bool {
		self.unsatisfied_with_changes(witnesses, publics).is_empty()
	}

	/// The constraints that fail with these witnesses and public inputs instead.
	pub fn unsatisfied_with_changes(
		&self,
		witnesses: &[(usize, Fr)],
		publics: &[(usize, Fr)],
	) -> Vec<usize> {
		let assignment = self.changed(witnesses, publics);
		(0..self.constraints()).filter(|row| !self.row_holds(*row, &assignment)).collect()
	}

	/// Whether the system holds with this witness instead.
	pub fn holds_with(&self, witness: usize, value: Fr) -> bool {
		self.holds_with_all(&[(witness, value)])
	}

	/// Whether the system holds with this public input instead.
	pub fn holds_with_public(&self, public: usize, value: Fr) -> bool {
		self.holds_with_changes(&[], &[(public, value)])
	}

	/// The constraints that fail with this witness instead.
	pub fn unsatisfied_with(&self, witness: usize, value: Fr) -> Vec<usize> {
		self.unsatisfied_with_changes(&[(witness, value)], &[])
	}

	/// Changes each witness and each public input alone, by one and to a random value, and asserts
	/// that a constraint fails. Only the constraints of the changed cell are evaluated. The model block
	/// is left out: its commitment determines it.
	///
	/// # Panics
	///
	/// Where a cell may be something else.
	pub fn assert_every_witness_is_determined(&self) {
		assert!(self.holds(), "the honest assignment satisfies the system");
		let mut rng = StdRng::seed_from_u64(1);
		let mut assignment = self.assignment.clone();
		let model = self.publics..self.publics + self.blocks.model;
		for variable in (1..assignment.len()).filter(|variable| !model.contains(variable)) {
			let honest = assignment[variable];
			let mut forged = vec![honest + Fr::one(), Fr::rand(&mut rng), honest.double()];
			forged.push(if honest.is_zero() { -Fr::one() } else { Fr::zero() });
			for value in forged.into_iter().filter(|value| *value != honest) {
				assignment[variable] = value;
				let caught =
					self.rows_of[variable].iter().any(|row| !self.row_holds(*row, &assignment));
				assert!(caught, "cell {variable} may be {value} as well as {honest}");
			}
			assignment[variable] = honest;
		}
	}
}
