// SPDX-License-Identifier: Apache-2.0

//! The statement of an inference and its public inputs.

use crate::{pack, Binding, InputCommitment, ModelCommitment};
use alloc::vec::Vec;
use ark_bn254::Fr;
use core::fmt;

/// *The model behind this commitment, run on the input behind that commitment, gives exactly this
/// output, and I computed it for this job as this worker.*
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
	/// Commitment to the model.
	pub model: ModelCommitment,
	/// Commitment to the input.
	pub input: InputCommitment,
	/// The output's bytes. Packing tells apart outputs of one length only, so the caller checks
	/// the length against the model's schema.
	pub output: &'a [u8],
	/// Chain, job and worker.
	pub binding: Binding,
}

impl Statement<'_> {
	/// The public inputs in the order of `docs/statement.md`: model commitment, input commitment,
	/// output words, binding.
	///
	/// # Errors
	///
	/// A scalar that holds the field's order or more.
	pub fn public_inputs(&self) -> Result<Vec<Fr>, StatementError> {
		let model = self.model.to_field().ok_or(StatementError::NonCanonicalModel)?;
		let input = self.input.to_field().ok_or(StatementError::NonCanonicalInput)?;
		let binding = self.binding.to_field().ok_or(StatementError::NonCanonicalBinding)?;

		let mut inputs = Vec::from([model, input]);
		inputs.extend(pack(self.output));
		inputs.push(binding);
		Ok(inputs)
	}
}

/// Why there are no public inputs for a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementError {
	/// The model commitment is not below the field's order.
	NonCanonicalModel,
	/// The input commitment is not below the field's order.
	NonCanonicalInput,
	/// The binding is not below the field's order; one made by [`binding`](crate::binding())
	/// always is.
	NonCanonicalBinding,
}

impl fmt::Display for StatementError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let name = match self {
			Self::NonCanonicalModel => "model commitment",
			Self::NonCanonicalInput => "input commitment",
			Self::NonCanonicalBinding => "binding",
		};
		write!(
			f,
			"the {name} is not a scalar: its bytes, read little-endian, must be below the order \
			 of BN254's scalar field"
		)
	}
}

impl core::error::Error for StatementError {}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::public_input_count;
	use proptest::prelude::*;

	const STATEMENT: Statement<'static> = Statement {
		model: ModelCommitment::from_bytes(one_byte(1)),
		input: InputCommitment::from_bytes(one_byte(2)),
		output: &[3],
		binding: Binding::from_bytes(one_byte(4)),
	};

	const fn one_byte(value: u8) -> [u8; 32] {
		let mut bytes = [0; 32];
		bytes[0] = value;
		bytes
	}

	#[test]
	fn the_order_is_model_input_output_binding() {
		assert_eq!(STATEMENT.public_inputs(), Ok([1, 2, 3, 4].map(Fr::from).to_vec()));
	}

	#[test]
	fn a_value_that_is_no_scalar_is_named() {
		let refused = [0xff; 32];
		let model = ModelCommitment::from_bytes(refused);
		let input = InputCommitment::from_bytes(refused);
		let binding = Binding::from_bytes(refused);
		assert_eq!(
			Statement { model, ..STATEMENT }.public_inputs(),
			Err(StatementError::NonCanonicalModel)
		);
		assert_eq!(
			Statement { input, ..STATEMENT }.public_inputs(),
			Err(StatementError::NonCanonicalInput)
		);
		assert_eq!(
			Statement { binding, ..STATEMENT }.public_inputs(),
			Err(StatementError::NonCanonicalBinding)
		);
		for (error, name) in [
			(StatementError::NonCanonicalModel, "model commitment"),
			(StatementError::NonCanonicalInput, "input commitment"),
			(StatementError::NonCanonicalBinding, "binding"),
		] {
			assert!(alloc::format!("{error}").contains(name));
		}
	}

	proptest! {
		#[test]
		fn there_are_as_many_as_the_schema_says(
			output in prop::collection::vec(any::<u8>(), 0..200),
		) {
			let inputs = Statement { output: &output, ..STATEMENT }.public_inputs().unwrap();
			prop_assert_eq!(inputs.len(), public_input_count(output.len() as u32) as usize);
		}
	}
}
