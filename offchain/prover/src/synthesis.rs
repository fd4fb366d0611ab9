// SPDX-License-Identifier: Apache-2.0
//! From a circuit to its constraint system, in the one way that setup and prover share.

use ark_bn254::Fr;
use ark_relations::gr1cs::{
	ConstraintSynthesizer, ConstraintSystem, ConstraintSystemRef, OptimizationGoal, SynthesisError,
	SynthesisMode,
};

/// Lays out a circuit with the values of its variables.
pub(crate) fn with_values<C: ConstraintSynthesizer<Fr>>(
	circuit: C,
) -> Result<ConstraintSystemRef<Fr>, SynthesisError> {
	let system = ConstraintSystem::new_ref();
	// The goal that ark-groth16 sets in its setup: the key only fits the same layout.
	system.set_optimization_goal(OptimizationGoal::Constraints);
	system.set_mode(SynthesisMode::Prove {
		construct_matrices: true,
		generate_lc_assignments: false,
	});
	circuit.generate_constraints(system.clone())?;
	system.finalize();
	Ok(system)
}
