// SPDX-License-Identifier: Apache-2.0
//! Stand-in.

use ark_bn254::Fr;
use ark_poly::{EvaluationDomain, GeneralEvaluationDomain};
use ark_relations::gr1cs::Matrix;

/// The constraints of a circuit.
#[allow(missing_docs)]
pub struct Layout {
	pub instances: usize,
	pub witnesses: usize,
	pub model: usize,
	pub stage_one: usize,
	pub challenges: u8,
	pub a: Matrix<Fr>,
	pub b: Matrix<Fr>,
	pub c: Matrix<Fr>,
	pub domain: GeneralEvaluationDomain<Fr>,
}
#[allow(missing_docs)]
impl Layout {
	pub fn variables(&self) -> usize {
		self.instances + self.witnesses
	}
	pub fn digest(&self) -> [u8; 32] {
		let text = format!(
			"{:?} {:?} {:?} {} {} {} {} {} {}",
			self.a,
			self.b,
			self.c,
			self.instances,
			self.witnesses,
			self.model,
			self.stage_one,
			self.challenges,
			self.domain.size()
		);
		sp_crypto_hashing::blake2_256(text.as_bytes())
	}
}
