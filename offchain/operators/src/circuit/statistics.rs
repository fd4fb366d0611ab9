// SPDX-License-Identifier: Apache-2.0
//! The size of a circuit.

use ark_relations::gr1cs::R1CS_PREDICATE_LABEL;
use candor_gadgets::System;
use serde::{Deserialize, Serialize};

/// The size of a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
	/// Rank-1 constraints.
	pub constraints: usize,
	/// Private variables.
	pub witnesses: usize,
	/// Public inputs, without the constant one.
	pub public_inputs: usize,
	/// Entries of the three matrices that are not zero.
	pub nonzeros: usize,
}

impl Statistics {
	pub(super) fn of(cs: &System) -> Self {
		let nonzeros = match cs.borrow() {
			Some(cs) => cs
				.predicate_constraint_systems
				.get(R1CS_PREDICATE_LABEL)
				.into_iter()
				.flat_map(|predicate| predicate.get_constraints().iter().flatten())
				.map(|variable| match variable.get_lc_index() {
					Some(index) => cs.lc_map.get(index).map_or(0, |lc| lc.count()),
					None => usize::from(!variable.is_zero()),
				})
				.sum(),
			None => 0,
		};
		Self {
			constraints: cs.num_constraints(),
			witnesses: cs.num_witness_variables(),
			public_inputs: cs.num_instance_variables() - 1,
			nonzeros,
		}
	}

	/// Variables: the constant one, the public inputs and the witnesses.
	pub fn variables(&self) -> usize {
		1 + self.public_inputs + self.witnesses
	}
}

/// The constraints of the parts of a circuit. What else there is they share: the tables that integers are looked up in, the
/// commitment of a hashed model, the public output, bindings, and products that several runs are tested for
/// together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartCounts {
	/// The bytes of the input, and its hash.
	pub input: usize,
	/// Each node, in order.
	pub nodes: Vec<usize>,
}
