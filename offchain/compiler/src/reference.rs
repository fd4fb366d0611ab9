// SPDX-License-Identifier: Apache-2.0
//! Float inference of the original ONNX model by tract: what the integer model is compared with.
//!
//! It shares the decoded file with the compiler and nothing else, so that a mistake in reading the
//! graph shows as a difference in accuracy.

use std::sync::Arc;

use tract_onnx::{pb::tensor_proto::DataType, prelude::*};

use crate::onnx::OnnxModel;

/// Why tract did not run the model.
#[derive(Debug, thiserror::Error)]
#[error("the float reference cannot run the model: {message}")]
pub struct ReferenceError {
	message: String,
}

impl ReferenceError {
	fn new(error: impl std::fmt::Display) -> Self {
		Self { message: format!("{error:#}") }
	}
}

/// The original model, ready to run on one sample at a time.
pub struct Reference {
	plan: Arc<TypedRunnableModel>,
	shape: Vec<usize>,
	is_double: bool,
}

impl Reference {
	/// Prepares a model.
	///
	/// # Errors
	///
	/// What tract refuses.
	pub fn new(model: &OnnxModel) -> Result<Self, ReferenceError> {
		let shape: Vec<usize> =
			core::iter::once(1).chain(model.sample_dims.iter().copied()).collect();
		let is_double = model.input_type == DataType::Double;
		let fact = if is_double { f64::fact(&shape) } else { f32::fact(&shape) };
		let plan = onnx()
			.model_for_proto_model(&model.proto)
			.and_then(|model| model.with_input_fact(0, fact.into()))
			.and_then(|model| model.into_optimized())
			.and_then(|model| model.into_runnable())
			.map_err(ReferenceError::new)?;
		Ok(Self { plan, shape, is_double })
	}

	/// The logits of a sample.
	///
	/// # Errors
	///
	/// What tract refuses.
	pub fn run(&self, features: &[f64]) -> Result<Vec<f64>, ReferenceError> {
		self.run_tensor(features).map_err(ReferenceError::new)
	}

	fn run_tensor(&self, features: &[f64]) -> TractResult<Vec<f64>> {
		let input = if self.is_double {
			Tensor::from_shape(&self.shape, features)?
		} else {
			let features: Vec<f32> = features.iter().map(|feature| *feature as f32).collect();
			Tensor::from_shape(&self.shape, &features)?
		};
		let outputs = self.plan.run(tvec!(input.into()))?;
		let output = outputs.first().ok_or_else(|| TractError::msg("no output"))?;
		let output = output.cast_to::<f64>()?;
		Ok(output.to_plain_array_view::<f64>()?.iter().copied().collect())
	}
}
