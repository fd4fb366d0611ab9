// SPDX-License-Identifier: Apache-2.0
//! Stand-in.

use ark_bn254::{G1Affine, G2Affine};

#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
	pub g1: G1Affine,
	pub g2: G2Affine,
	pub query: Vec<G1Affine>,
}
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
	pub alpha_g1: G1Affine,
	pub beta_g1: G1Affine,
	pub beta_g2: G2Affine,
	pub gamma_g2: G2Affine,
	pub delta_g1: G1Affine,
	pub delta_g2: G2Affine,
	pub model: Option<Block>,
	pub stage_one: Option<Block>,
	pub challenges: u8,
	pub ic: Vec<G1Affine>,
	pub rest: Vec<G1Affine>,
	pub a: Vec<G1Affine>,
	pub b_g1: Vec<G1Affine>,
	pub b_g2: Vec<G2Affine>,
	pub h: Vec<G1Affine>,
}
