// SPDX-License-Identifier: Apache-2.0
//! Circuits whose private variables come in blocks, as staged Groth16 has them.

use crate::{Cell, Sum, Synthesis, System};

/// A circuit that is laid out in stages: the model, what challenges must come after, and the rest.
///
/// Whoever lays it out calls the stages in this order, each once, and notes how many private
/// variables there are after each: those are the blocks. Between the second and the third it makes a
/// public input of each challenge, so that challenges are the last public inputs. A challenge is
/// known only when everything before it is, and a proof commits to that: whatever stands in an
/// identity that is tested at a challenge is a function of constants, public inputs and the first
/// two stages.
///
/// Without a challenge there is no second block: what the second stage lays out belongs to the rest.
pub trait StagedCircuit {
	/// What the first stage hands on.
	type Model;

	/// What the second stage hands on.
	type StageOne;

	/// The number of challenges.
	fn challenges(&self) -> u8;

	/// Lays out the model: private variables that are the same in all proofs about one model, and
	/// nothing else.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	fn model(&self, cs: &System) -> Synthesis<Self::Model>;

	/// Lays out the public inputs, challenges excepted, and everything that the challenges must come
	/// after.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	fn stage_one(&self, cs: &System, model: Self::Model) -> Synthesis<Self::StageOne>;

	/// Lays out the rest, without further public inputs. There is a cell for each challenge.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	fn rest(&self, cs: &System, stage_one: Self::StageOne, challenges: &[Cell]) -> Synthesis<()>;
}

/// Checks that what stands in an identity exists before the challenge of it.
///
/// # Panics
///
/// Where a term is no variable that the constraint system has by now: what is made later could depend
/// on the challenge.
pub(crate) fn assert_settled(cs: &System, sum: &Sum) {
	let (publics, witnesses) = (cs.num_instance_variables(), cs.num_witness_variables());
	for (_, variable) in &sum.terms {
		let index = variable.index().unwrap_or_default();
		let is_known = variable.is_zero()
			|| variable.is_one()
			|| variable.is_instance() && index < publics
			|| variable.is_witness() && index < witnesses;
		assert!(is_known, "{variable:?} may come after the challenge");
	}
}

/// Checks that a challenge is a public input behind the first `publics` ones.
///
/// # Panics
///
/// Where it is none, or an older one.
pub(crate) fn assert_later(challenge: Cell, publics: usize) {
	let index = challenge.variable.index().unwrap_or_default();
	let is_later = challenge.variable.is_instance() && index >= publics;
	assert!(is_later, "the challenge comes after the lookups and the polynomials");
}
