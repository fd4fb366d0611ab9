// SPDX-License-Identifier: Apache-2.0
//! From a circuit to its constraint system, in the one way that setup, check and prover share.

use ark_bn254::Fr;
use ark_relations::gr1cs::{ConstraintSystem, OptimizationGoal, SynthesisError, SynthesisMode};
use candor_gadgets::{Cell, StagedCircuit, System};
use zeroize::Zeroize;

/// How the variables of a circuit fall into blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
	/// The constant one, the public inputs and the challenges.
	pub instances: usize,
	/// The challenges.
	pub challenges: u8,
	/// The private variables of the model block.
	pub model: usize,
	/// Those of stage one.
	pub stage_one: usize,
	/// Those of neither.
	pub rest: usize,
}

impl Counts {
	/// The number of private variables.
	pub fn witnesses(&self) -> usize {
		self.model + self.stage_one + self.rest
	}

	/// The number of variables.
	pub fn variables(&self) -> usize {
		self.instances + self.witnesses()
	}
}

/// Why a circuit is not laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
	/// The circuit cannot be synthesised.
	#[error(transparent)]
	Synthesis(#[from] SynthesisError),
	/// A stage makes public inputs that may make none.
	#[error("public inputs belong to the second of three stages, but another makes one")]
	MisplacedInput,
	/// A variable of the model stands in no constraint: a commitment to the model says nothing of it.
	#[error("variable {variable} of the model stands in no constraint")]
	Unused {
		/// Its position in the model block, from zero.
		variable: usize,
	},
	/// A variable of the model stands in constraints only together with others, in the same way
	/// everywhere: one commitment fits several models.
	#[error("constraints determine variable {variable} of the model only together with others")]
	Dependent {
		/// Its position in the model block, from zero.
		variable: usize,
	},
	/// Too many variables of the model stand in each other's constraints to tell whether they are
	/// independent.
	#[error(
		"whether {count} variables of the model are independent, variable {variable} for one, \
		 would take too long to find out"
	)]
	Entangled {
		/// The position of one of them in the model block, from zero.
		variable: usize,
		/// How many they are.
		count: usize,
	},
	/// No constraint holds a public input alone.
	#[error("public input {variable} is not independent of the other variables")]
	LooseInput {
		/// Its position, from one; the constant one is at zero.
		variable: usize,
	},
}

/// A constraint system whose values are wiped when it is dropped.
pub(crate) struct Assigned(pub System);

impl Drop for Assigned {
	fn drop(&mut self) {
		if let Some(mut system) = self.0.borrow_mut() {
			let values = &mut system.assignments;
			values.instance_assignment.zeroize();
			values.witness_assignment.zeroize();
			values.lc_assignment.zeroize();
		}
	}
}

/// Lays out a circuit with the values of its variables and of each side of its constraints.
///
/// `draw` gives the challenges when everything before them is laid out.
pub(crate) fn with_values<C: StagedCircuit, E: From<LayoutError>>(
	circuit: &C,
	draw: impl FnOnce(&ConstraintSystem<Fr>, Counts) -> Result<Vec<Fr>, E>,
) -> Result<(Assigned, Counts), E> {
	let mode = SynthesisMode::Prove { construct_matrices: true, generate_lc_assignments: true };
	let system = Assigned(empty(mode));
	let counts = lay_out::<C, E>(&system.0, circuit, |counts| {
		let assigned = system.0.borrow();
		let assigned =
			assigned.ok_or_else(|| E::from(LayoutError::from(SynthesisError::MissingCS)))?;
		Ok(draw(&assigned, counts)?.into_iter().map(Some).collect())
	})?;
	Ok((system, counts))
}

/// Lays out a circuit alone, ready for its matrices.
pub(crate) fn without_values<C: StagedCircuit>(
	circuit: &C,
) -> Result<(System, Counts), LayoutError> {
	let system = empty(SynthesisMode::Setup);
	let counts = lay_out::<C, LayoutError>(&system, circuit, |counts| {
		Ok(vec![None; usize::from(counts.challenges)])
	})?;
	system.finalize();
	Ok((system, counts))
}

fn empty(mode: SynthesisMode) -> System {
	let system = ConstraintSystem::new_ref();
	// A key fits one layout only.
	system.set_optimization_goal(OptimizationGoal::Constraints);
	system.set_mode(mode);
	system
}

fn lay_out<C: StagedCircuit, E: From<LayoutError>>(
	system: &System,
	circuit: &C,
	draw: impl FnOnce(Counts) -> Result<Vec<Option<Fr>>, E>,
) -> Result<Counts, E> {
	let count = || (system.num_instance_variables(), system.num_witness_variables());
	let failed = |error: SynthesisError| E::from(LayoutError::from(error));
	let inputs_in = |stage: bool| match stage {
		true => Err(E::from(LayoutError::MisplacedInput)),
		false => Ok(()),
	};

	let (before, _) = count();
	let first = circuit.model(system).map_err(failed)?;
	let (instances, model) = count();
	inputs_in(instances != before)?;

	let second = circuit.stage_one(system, first).map_err(failed)?;
	let (instances, witnesses) = count();
	let challenges = circuit.challenges();
	// What no challenge comes after needs no commitment.
	let stage_one = if challenges == 0 { 0 } else { witnesses - model };
	let mut counts = Counts { instances, challenges, model, stage_one, rest: 0 };
	let cells = draw(counts)?
		.into_iter()
		.map(|challenge| Cell::public(system, challenge))
		.collect::<Result<Vec<_>, _>>()
		.map_err(failed)?;
	counts.instances += cells.len();

	circuit.rest(system, second, &cells).map_err(failed)?;
	let (instances, witnesses) = count();
	inputs_in(instances != counts.instances)?;
	counts.rest = witnesses - model - stage_one;
	Ok(counts)
}
