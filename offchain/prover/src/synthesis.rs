// SPDX-License-Identifier: Apache-2.0
//! From a circuit to its constraint system, in the one way that setup, check and prover share.

use ark_bn254::Fr;
use ark_relations::gr1cs::{
	ConstraintSynthesizer, ConstraintSystem, ConstraintSystemRef, OptimizationGoal, SynthesisError,
	SynthesisMode,
};

/// Lays out a circuit with the values of its variables.
pub(crate) fn with_values<C: ConstraintSynthesizer<Fr>>(
	circuit: C,
) -> Result<ConstraintSystemRef<Fr>, SynthesisError> {
	let mode = SynthesisMode::Prove { construct_matrices: true, generate_lc_assignments: false };
	lay_out(circuit, mode)
}

/// Lays out a circuit alone.
pub(crate) fn without_values<C: ConstraintSynthesizer<Fr>>(
	circuit: C,
) -> Result<ConstraintSystemRef<Fr>, SynthesisError> {
	lay_out(circuit, SynthesisMode::Setup)
}

fn lay_out<C: ConstraintSynthesizer<Fr>>(
	circuit: C,
	mode: SynthesisMode,
) -> Result<ConstraintSystemRef<Fr>, SynthesisError> {
	let system = ConstraintSystem::new_ref();
	// A key fits one layout only.
	system.set_optimization_goal(OptimizationGoal::Constraints);
	system.set_mode(mode);
	circuit.generate_constraints(system.clone())?;
	system.finalize();
	Ok(system)
}
