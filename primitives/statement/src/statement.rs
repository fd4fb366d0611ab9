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
	/// Chain, job and worker; or, where the proof is one of possession, chain, circuit, model and owner.
	pub binding: Binding,
}

impl Statement<'_> {
	/// The public inputs of [`StatementSchema::InferenceV1`], in the order of `docs/statement.md`: model
	/// commitment, input commitment, output words, binding.
	///
	/// # Errors
	///
	/// A model commitment that is a point, or a scalar that holds the field's order or more.
	///
	/// [`StatementSchema::InferenceV1`]: crate::StatementSchema::InferenceV1
	pub fn public_inputs(&self) -> Result<Vec<Fr>, StatementError> {
		if let ModelCommitment::Point(_) = self.model {
			return Err(StatementError::ModelIsPoint);
		}
		let model = self.model.to_field().ok_or(StatementError::NonCanonicalModel)?;
		let mut inputs = Vec::from([model]);
		inputs.extend(self.public_inputs_v2()?);
		Ok(inputs)
	}

	/// The public inputs of [`StatementSchema::InferenceV2`], in the order of `docs/statement.md`: input
	/// commitment, output words, binding. The model's commitment is not among them, whatever it is.
	///
	/// # Errors
	///
	/// A scalar that holds the field's order or more.
	///
	/// [`StatementSchema::InferenceV2`]: crate::StatementSchema::InferenceV2
	pub fn public_inputs_v2(&self) -> Result<Vec<Fr>, StatementError> {
		let input = self.input.to_field().ok_or(StatementError::NonCanonicalInput)?;
		let binding = self.binding.to_field().ok_or(StatementError::NonCanonicalBinding)?;

		let mut inputs = Vec::from([input]);
		inputs.extend(pack(self.output));
		inputs.push(binding);
		Ok(inputs)
	}
}

/// The public inputs of [`StatementSchema::InferencesV1`]: those of [`Statement::public_inputs_v2`] of each
/// run, one after the other. Those of one run are [`StatementSchema::InferenceV2`]'s.
///
/// # Errors
///
/// A scalar that holds the field's order or more.
///
/// [`StatementSchema::InferenceV2`]: crate::StatementSchema::InferenceV2
/// [`StatementSchema::InferencesV1`]: crate::StatementSchema::InferencesV1
pub fn public_inputs_of_runs(runs: &[Statement<'_>]) -> Result<Vec<Fr>, StatementError> {
	let mut inputs = Vec::new();
	for run in runs {
		inputs.extend(run.public_inputs_v2()?);
	}
	Ok(inputs)
}

/// Why there are no public inputs for a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementError {
	/// The model commitment is a point, which is no public input.
	ModelIsPoint,
	/// The model commitment is not below the field's order.
	NonCanonicalModel,
	/// The input commitment is not below the field's order.
	NonCanonicalInput,
	/// The binding is not below the field's order; one made by [`binding`](crate::binding()) or
	/// [`possession`](crate::possession()) always is.
	NonCanonicalBinding,
}

impl fmt::Display for StatementError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let name =
			match self {
				Self::ModelIsPoint => return f.write_str(
					"the model commitment is a point: statements of the first schema take a scalar",
				),
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
	use crate::StatementSchema;
	use proptest::prelude::*;

	const STATEMENT: Statement<'static> = Statement {
		model: ModelCommitment::Scalar(one_byte(1)),
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
	fn a_model_in_the_equation_is_no_public_input() {
		let model = ModelCommitment::Point([0xff; 64]);
		for statement in [STATEMENT, Statement { model, ..STATEMENT }] {
			assert_eq!(statement.public_inputs_v2(), Ok([2, 3, 4].map(Fr::from).to_vec()));
		}
		let refused = Statement { model, ..STATEMENT }.public_inputs();
		assert_eq!(refused, Err(StatementError::ModelIsPoint));
		assert!(alloc::format!("{}", StatementError::ModelIsPoint).contains("is a point"));
	}

	#[test]
	fn runs_stand_one_after_the_other() {
		let other = Statement { output: &[7; 32], ..STATEMENT };
		let words = [STATEMENT.public_inputs_v2().unwrap(), other.public_inputs_v2().unwrap()];
		assert_eq!(public_inputs_of_runs(&[STATEMENT]), Ok(words[0].clone()));
		assert_eq!(public_inputs_of_runs(&[STATEMENT, other]), Ok(words.concat()));
		assert_eq!(public_inputs_of_runs(&[]), Ok(Vec::new()));
		let refused = Statement { input: InputCommitment::from_bytes([0xff; 32]), ..STATEMENT };
		for runs in [[STATEMENT, refused], [refused, STATEMENT]] {
			assert_eq!(public_inputs_of_runs(&runs), Err(StatementError::NonCanonicalInput));
		}
	}

	#[test]
	fn a_value_that_is_no_scalar_is_named() {
		let refused = [0xff; 32];
		let model = ModelCommitment::Scalar(refused);
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
			Statement { input, ..STATEMENT }.public_inputs_v2(),
			Err(StatementError::NonCanonicalInput)
		);
		assert_eq!(
			Statement { binding, ..STATEMENT }.public_inputs(),
			Err(StatementError::NonCanonicalBinding)
		);
		assert_eq!(
			Statement { binding, ..STATEMENT }.public_inputs_v2(),
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
			let (input_len, output_len) = (0, output.len() as u32);
			let statement = Statement { output: &output, ..STATEMENT };
			let schema = StatementSchema::InferenceV1 { input_len, output_len };
			let inputs = statement.public_inputs().unwrap();
			prop_assert_eq!(inputs.len(), schema.public_inputs() as usize);
			let schema = StatementSchema::InferenceV2 { input_len, output_len };
			let inputs = statement.public_inputs_v2().unwrap();
			prop_assert_eq!(inputs.len(), schema.public_inputs() as usize);
		}
	}
}
