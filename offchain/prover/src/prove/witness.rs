// SPDX-License-Identifier: Apache-2.0
//! From a circuit to the values that a proof is about.

use super::ProveError;
use crate::{
	msm,
	synthesis::{self, Assigned, Counts},
	Domain, LayoutError, ModelSums, Points, Progress, Stage,
};
use ark_bn254::{Fr, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::UniformRand;
use ark_poly::EvaluationDomain;
use ark_relations::gr1cs::{ConstraintSystem, SynthesisError, Variable, R1CS_PREDICATE_LABEL};
use candor_gadgets::StagedCircuit;
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;
use std::cell::Ref;
use zeroize::Zeroizing;

/// A circuit with the values of all of its variables, which are wiped with it.
pub(crate) struct Witness {
	system: Assigned,
	pub counts: Counts,
	/// The commitment to stage one and what blinds it.
	pub stage_one: Option<(G1Affine, Zeroizing<Fr>)>,
}

/// Sums of one side of all constraints.
pub(crate) type Side = Zeroizing<Vec<Fr>>;

impl Witness {
	/// Lays out a circuit that has these public inputs, commits to its stage one, and goes on with the
	/// challenges that `transcript` makes of that. Nothing where the circuit divides by zero after that, as
	/// it does if a challenge is an entry of a table.
	pub fn new<C: StagedCircuit, R: RngCore + CryptoRng>(
		key: &Points,
		model: Option<&ModelSums>,
		circuit: &C,
		public_inputs: &[Fr],
		transcript: impl Fn(&G1Affine) -> Vec<Fr>,
		rng: &mut R,
		progress: &mut dyn Progress,
	) -> Result<Option<Self>, ProveError> {
		progress.begin(Stage::Synthesis);
		let mut committed = None;
		let drawn = |system: &ConstraintSystem<Fr>, counts: Counts| {
			let (inputs, values) = (system.instance_assignment(), system.witness_assignment());
			let (inputs, values) =
				inputs.and_then(|inputs| Ok((inputs, values?))).map_err(failed)?;
			// The first instance variable is the constant one.
			if inputs.get(1..) != Some(public_inputs) {
				return Err(ProveError::OtherStatement);
			}
			let (words, values) = values.split_at(counts.model);
			if model.is_some_and(|model| *model.words != words) {
				return Err(ProveError::OtherModel);
			}
			let expected = key.stage_one.as_ref().map_or(0, |block| block.query.len());
			if counts.challenges != key.challenges || counts.stage_one != expected {
				return Err(other_circuit(key, counts));
			}
			let Some(block) = &key.stage_one else { return Ok(Vec::new()) };
			progress.begin(Stage::Commitment);
			let blinder = Zeroizing::new(Fr::rand(rng));
			let values = &values[..counts.stage_one];
			let blinding: (&[G1Affine], &[Fr]) = (&[key.delta_g1], &[*blinder]);
			let commitment = msm::sum(&[(&block.query, values), blinding]).into_affine();
			committed = Some((commitment, blinder));
			progress.begin(Stage::Synthesis);
			Ok(transcript(&commitment))
		};
		let (system, counts) = match synthesis::with_values(circuit, drawn) {
			Err(ProveError::Layout(LayoutError::Synthesis(SynthesisError::DivisionByZero))) => {
				return if committed.is_some() {
					Ok(None)
				} else {
					Err(ProveError::DivisionByZero)
				};
			}
			laid_out => laid_out?,
		};
		let witness = Self { system, counts, stage_one: committed };
		// Multiplications of unequal lists of points and scalars are no proof.
		let fits = key.a.len() == counts.variables()
			&& key.rest.len() == counts.rest
			&& key.ic.len() == counts.instances
			&& key.model.as_ref().map_or(0, |block| block.query.len()) == counts.model
			&& key.h.len() + 1 == witness.domain()?.size();
		if fits {
			Ok(Some(witness))
		} else {
			Err(other_circuit(key, counts))
		}
	}

	/// Lays out a circuit whose values depend on no key.
	pub fn without_challenges<C: StagedCircuit>(circuit: &C) -> Result<Self, ProveError> {
		let none = |_: &ConstraintSystem<Fr>, counts: Counts| match counts.challenges {
			0 => Ok(Vec::new()),
			_ => Err(ProveError::Challenges),
		};
		let (system, counts) = synthesis::with_values(circuit, none)?;
		Ok(Self { system, counts, stage_one: None })
	}

	/// Lays out a circuit with challenges that no transcript has made, to see what a proof takes.
	pub fn with_random_challenges<C: StagedCircuit, R: RngCore + CryptoRng>(
		circuit: &C,
		rng: &mut R,
	) -> Result<Self, ProveError> {
		let drawn = |_: &ConstraintSystem<Fr>, counts: Counts| {
			Ok::<_, ProveError>((0..counts.challenges).map(|_| Fr::rand(rng)).collect())
		};
		let (system, counts) = synthesis::with_values(circuit, drawn)?;
		Ok(Self { system, counts, stage_one: None })
	}

	/// Where the constraints stand, those that keep the public inputs apart included.
	pub fn domain(&self) -> Result<Domain, ProveError> {
		let rows = self.system()?.num_constraints() + self.counts.instances;
		Domain::new(rows).ok_or_else(|| failed(SynthesisError::PolynomialDegreeTooLarge))
	}

	/// The values of the constant one, the public inputs and the challenges, and those of the
	/// private variables.
	pub fn with_values<T>(&self, take: impl FnOnce(&[Fr], &[Fr]) -> T) -> Result<T, ProveError> {
		let system = self.system()?;
		let inputs = system.instance_assignment().map_err(failed)?;
		Ok(take(inputs, system.witness_assignment().map_err(failed)?))
	}

	/// The sums of the left factors, the right factors and the products of all constraints. The left
	/// factors have a row more for each public input.
	pub fn sides(&self) -> Result<[Side; 3], ProveError> {
		let (system, size) = (self.system()?, self.domain()?.size());
		let constraints = system
			.predicate_constraint_systems
			.get(R1CS_PREDICATE_LABEL)
			.ok_or_else(|| failed(SynthesisError::PredicateNotFound))?
			.get_constraints();
		let values = &system.assignments;
		let side = |variables: &Vec<Variable>| -> Result<Side, ProveError> {
			// With room for what makes it a polynomial: no copy is left behind.
			let mut side = Zeroizing::new(Vec::with_capacity(size));
			side.par_extend(
				variables.par_iter().map(|variable| values.assigned_value(*variable)).while_some(),
			);
			if side.len() != variables.len() {
				return Err(failed(SynthesisError::AssignmentMissing));
			}
			Ok(side)
		};
		let [u, v, w] = constraints.as_slice() else {
			return Err(failed(SynthesisError::ArityMismatch));
		};
		let (mut u, v, w) = (side(u)?, side(v)?, side(w)?);
		u.extend(system.instance_assignment().map_err(failed)?);
		Ok([u, v, w])
	}

	fn system(&self) -> Result<Ref<'_, ConstraintSystem<Fr>>, ProveError> {
		self.system.0.borrow().ok_or_else(|| failed(SynthesisError::MissingCS))
	}
}

/// The position of the first constraint that does not hold.
pub(crate) fn first_unsatisfied(u: &[Fr], v: &[Fr], w: &[Fr]) -> Option<usize> {
	v.par_iter().zip(u).zip(w).position_first(|((v, u), w)| *u * v != *w)
}

fn failed(error: SynthesisError) -> ProveError {
	LayoutError::from(error).into()
}

fn other_circuit(key: &Points, counts: Counts) -> ProveError {
	ProveError::OtherCircuit { key: key.a.len(), circuit: counts.variables() }
}
