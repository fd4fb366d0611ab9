// SPDX-License-Identifier: Apache-2.0
//! The points of a proving key.

use crate::Layout;
use ark_bn254::{G1Affine, G2Affine};
use ark_poly::EvaluationDomain;
use candor_groth16::{StageOne, VerifyingKey};

/// The points of a proving key of staged Groth16, of which plain Groth16 is the case without blocks.
///
/// The module [`crate::check`] says what each is. The variables are, in this order: the constant one,
/// the public inputs, the challenges; the model, stage one, the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
	/// `[α]₁`.
	pub alpha_g1: G1Affine,
	/// `[β]₁`.
	pub beta_g1: G1Affine,
	/// `[β]₂`.
	pub beta_g2: G2Affine,
	/// `[γ]₂`.
	pub gamma_g2: G2Affine,
	/// `[δ]₁`.
	pub delta_g1: G1Affine,
	/// `[δ]₂`.
	pub delta_g2: G2Affine,
	/// Those of the model block, with `η` for its trapdoor, where the circuit has one.
	pub model: Option<Block>,
	/// Those of stage one, with `σ` for its trapdoor, where the circuit has challenges.
	pub stage_one: Option<Block>,
	/// How many of the public inputs are challenges: the last ones.
	pub challenges: u8,
	/// `[Kᵢ / γ]₁` for the constant one, the public inputs and the challenges.
	pub ic: Vec<G1Affine>,
	/// `[Kᵢ / δ]₁` for the private variables that are in neither block.
	pub rest: Vec<G1Affine>,
	/// `[uᵢ(τ)]₁` for all variables.
	pub a: Vec<G1Affine>,
	/// `[vᵢ(τ)]₁` for all variables.
	pub b_g1: Vec<G1Affine>,
	/// `[vᵢ(τ)]₂` for all variables.
	pub b_g2: Vec<G2Affine>,
	/// `[τʲ t(τ) / δ]₁` for `j` from zero.
	pub h: Vec<G1Affine>,
}

/// The points of a block of private variables that is committed to by itself, with a trapdoor of its
/// own.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
	/// The trapdoor's multiple of the first generator.
	pub g1: G1Affine,
	/// The trapdoor's multiple of the second generator.
	pub g2: G2Affine,
	/// `Kᵢ`, divided by the trapdoor, times the first generator, for the variables of the block.
	pub query: Vec<G1Affine>,
}

/// How many points a proving key has with its powers, in either group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PointCounts {
	/// In the first.
	pub g1: u64,
	/// In the second.
	pub g2: u64,
}

impl PointCounts {
	/// Those of the key for a circuit.
	pub fn of(layout: &Layout) -> Self {
		let (variables, size) = (layout.variables(), layout.domain.size());
		let blocks = usize::from(layout.model > 0) + usize::from(layout.challenges > 0);
		// α, β, δ, the blocks; `K` of all variables, A and B; H and the powers.
		let g1 = 3 + blocks + 3 * variables + (size - 1) + size;
		// β, γ, δ, the blocks; B; τ and τⁿ.
		let g2 = 3 + blocks + variables + 2;
		Self { g1: g1 as u64, g2: g2 as u64 }
	}
}

impl Points {
	/// The verifying key that belongs to them.
	pub fn verifying_key(&self) -> VerifyingKey {
		VerifyingKey {
			alpha: self.alpha_g1,
			beta: self.beta_g2,
			gamma: self.gamma_g2,
			delta: self.delta_g2,
			ic: self.ic.clone(),
			model: self.model.as_ref().map(|block| block.g2),
			stage_one: self
				.stage_one
				.as_ref()
				.map(|block| StageOne { sigma: block.g2, challenges: self.challenges }),
		}
	}
}

#[cfg(test)]
impl Points {
	/// The same points as arkworks has them, where there are no blocks.
	pub(crate) fn into_arkworks(self) -> ark_groth16::ProvingKey<ark_bn254::Bn254> {
		assert!(self.model.is_none() && self.stage_one.is_none(), "arkworks has no blocks");
		ark_groth16::ProvingKey {
			vk: ark_groth16::VerifyingKey {
				alpha_g1: self.alpha_g1,
				beta_g2: self.beta_g2,
				gamma_g2: self.gamma_g2,
				delta_g2: self.delta_g2,
				gamma_abc_g1: self.ic,
			},
			beta_g1: self.beta_g1,
			delta_g1: self.delta_g1,
			a_query: self.a,
			b_g1_query: self.b_g1,
			b_g2_query: self.b_g2,
			h_query: self.h,
			l_query: self.rest,
		}
	}
}
