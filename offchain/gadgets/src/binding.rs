// SPDX-License-Identifier: Apache-2.0
//! The binding to a chain, a job and a worker: a public input that nothing else depends on.

use crate::{Cell, Synthesis, System};

/// Squares the binding into a variable, so that the input stands in a constraint and a proof
/// cannot be moved to another binding.
///
/// # Errors
///
/// The constraint system's, where a value that proving needs is missing.
pub fn enforce_bound(cs: &System, binding: Cell) -> Synthesis<()> {
	Cell::product(cs, binding, binding)?;
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::TestSystem;
	use candor_statement::Fr;

	#[test]
	fn another_binding_needs_another_witness() {
		let test = TestSystem::new(|cs| {
			let binding = Cell::public(cs, Some(Fr::from(7)))?;
			enforce_bound(cs, binding)
		});
		assert!(test.holds());
		assert!(!test.holds_with_public(0, Fr::from(8)));
		test.assert_every_witness_is_determined();
	}
}
