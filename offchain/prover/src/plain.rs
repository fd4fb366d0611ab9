// SPDX-License-Identifier: Apache-2.0
//! Circuits without blocks.

use ark_bn254::Fr;
use ark_relations::gr1cs::ConstraintSynthesizer;
use candor_gadgets::{Cell, StagedCircuit, Synthesis, System};

/// A circuit without a model block and without a challenge: one of plain Groth16.
#[derive(Clone, Debug)]
pub struct Plain<C>(pub C);

impl<C: ConstraintSynthesizer<Fr> + Clone> StagedCircuit for Plain<C> {
	type Model = ();
	type StageOne = ();

	fn challenges(&self) -> u8 {
		0
	}

	fn model(&self, _: &System) -> Synthesis<()> {
		Ok(())
	}

	fn stage_one(&self, cs: &System, (): ()) -> Synthesis<()> {
		self.0.clone().generate_constraints(cs.clone())
	}

	fn rest(&self, _: &System, (): (), _: &[Cell]) -> Synthesis<()> {
		Ok(())
	}
}
