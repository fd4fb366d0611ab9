// SPDX-License-Identifier: Apache-2.0
//! Circuits of one or two constraints, for tests that need keys at once.

use ark_bn254::Fr;
use ark_relations::{
	gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError},
	lc,
};

/// Two secret factors of a public product, and the secret square of a public tag.
#[derive(Clone, Debug)]
pub(crate) struct Product {
	/// The secret factors.
	pub(crate) factors: [u64; 2],
	/// The public product.
	pub(crate) product: u64,
	/// The public tag.
	pub(crate) tag: u64,
}

impl Product {
	/// `3 * 5 = 15` with the tag 7.
	pub(crate) fn example() -> Self {
		Self { factors: [3, 5], product: 15, tag: 7 }
	}

	/// Its public inputs.
	pub(crate) fn public_inputs(&self) -> Vec<Fr> {
		vec![self.product.into(), self.tag.into()]
	}
}

impl ConstraintSynthesizer<Fr> for Product {
	fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
		let product = cs.new_input_variable(|| Ok(self.product.into()))?;
		let tag = cs.new_input_variable(|| Ok(self.tag.into()))?;
		let left = cs.new_witness_variable(|| Ok(self.factors[0].into()))?;
		let right = cs.new_witness_variable(|| Ok(self.factors[1].into()))?;
		let square = cs.new_witness_variable(|| Ok(Fr::from(self.tag) * Fr::from(self.tag)))?;
		cs.enforce_r1cs_constraint(|| lc!() + left, || lc!() + right, || lc!() + product)?;
		cs.enforce_r1cs_constraint(|| lc!() + tag, || lc!() + tag, || lc!() + square)
	}
}

/// A circuit of the same kind without the tag.
#[derive(Clone, Debug)]
pub(crate) struct Tagless {
	/// The secret factors.
	pub(crate) factors: [u64; 2],
	/// The public product.
	pub(crate) product: u64,
}

impl ConstraintSynthesizer<Fr> for Tagless {
	fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
		let product = cs.new_input_variable(|| Ok(self.product.into()))?;
		let left = cs.new_witness_variable(|| Ok(self.factors[0].into()))?;
		let right = cs.new_witness_variable(|| Ok(self.factors[1].into()))?;
		cs.enforce_r1cs_constraint(|| lc!() + left, || lc!() + right, || lc!() + product)
	}
}

/// A circuit without a public input: the chain takes no key of its kind.
#[derive(Clone, Debug)]
pub(crate) struct Closed;

impl ConstraintSynthesizer<Fr> for Closed {
	fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
		let bit = cs.new_witness_variable(|| Ok(1u8.into()))?;
		cs.enforce_r1cs_constraint(|| lc!() + bit, || lc!() + bit, || lc!() + bit)
	}
}
