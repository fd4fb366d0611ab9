// SPDX-License-Identifier: Apache-2.0
//! Float inference of the original ONNX model by tract: what the integer model is compared with.
//!
//! It shares the decoded file with the compiler and nothing else, so that a mistake in reading the
//! graph shows as a difference in accuracy.

mod lowered;

use std::sync::Arc;

use candor_text::parser_message;
use tract_onnx::{
	pb::{tensor_proto::DataType, type_proto, ModelProto, TensorProto, ValueInfoProto},
	prelude::*,
};

use candor_onnx::Elements;

use crate::{onnx::OnnxModel, samples::Sample};

/// Why tract did not run the model.
#[derive(Debug, thiserror::Error)]
#[error("the float reference cannot run the model: {message}")]
pub struct ReferenceError {
	message: String,
}

impl ReferenceError {
	fn new(error: impl std::fmt::Display) -> Self {
		Self { message: parser_message(&format!("{error:#}")) }
	}
}

/// The original model up to its logits, ready to run on one sample at a time.
pub struct Reference {
	plan: Arc<TypedRunnableModel>,
	/// Of each input the number of features of a sample, the shape with the batch, and what its elements are.
	inputs: Vec<(usize, Vec<usize>, Elements)>,
	/// The number of logits.
	logits: usize,
}

impl Reference {
	/// Prepares a model.
	///
	/// # Errors
	///
	/// What tract refuses.
	pub fn new(model: &OnnxModel) -> Result<Self, ReferenceError> {
		let batch = model.inputs.iter().find_map(|input| input.batch).unwrap_or(1);
		let inputs: Vec<(usize, Vec<usize>, Elements)> = model
			.inputs
			.iter()
			.map(|input| {
				let shape = core::iter::once(batch).chain(input.dims.iter().copied()).collect();
				(input.count(), shape, input.elements)
			})
			.collect();
		let mut proto = model.proto.clone();
		in_float32(&mut proto);
		lowered::lower(&mut proto, &model.reading);
		// Shapes of values in between are those of a dynamic batch, and this batch has a size.
		let plan = onnx()
			.with_ignore_value_info(true)
			.model_for_proto_model(&proto)
			.and_then(|model| {
				let mut shapes = inputs.iter().enumerate();
				shapes.try_fold(model, |model, (at, (_, shape, elements))| {
					let fact = match elements {
						Elements::Floats => f32::fact(shape),
						Elements::Int32 => i32::fact(shape),
						Elements::Int64 => i64::fact(shape),
					};
					model.with_input_fact(at, fact.into())
				})
			})
			.and_then(|model| model.into_optimized())
			.and_then(|model| model.into_runnable())
			.map_err(ReferenceError::new)?;
		let logits = model.reading.model.architecture.output_count();
		Ok(Self { plan, inputs, logits })
	}

	/// The logits of a sample.
	///
	/// # Errors
	///
	/// What tract refuses.
	pub fn run(&self, features: &[f64]) -> Result<Vec<f64>, ReferenceError> {
		self.run_tensor(features).map_err(ReferenceError::new)
	}

	/// The logits of each sample.
	///
	/// # Errors
	///
	/// What tract refuses.
	pub(crate) fn run_all(&self, samples: &[Sample]) -> Result<Vec<Vec<f64>>, ReferenceError> {
		samples.iter().map(|sample| self.run(&sample.features)).collect()
	}

	fn run_tensor(&self, features: &[f64]) -> TractResult<Vec<f64>> {
		let features: Vec<f32> = features.iter().map(|feature| *feature as f32).collect();
		let mut first = 0;
		let mut inputs = tvec!();
		for (width, shape, elements) in &self.inputs {
			let of_input = features.get(first..first + width);
			let of_input = of_input.ok_or_else(|| TractError::msg("a sample is too short"))?;
			first += width;
			// Every sample of a batch is the same one.
			let batch = of_input.repeat(shape.first().copied().unwrap_or(1));
			let integers = || batch.iter().map(|x| x.round() as i64);
			let tensor = match elements {
				Elements::Floats => Tensor::from_shape(shape, &batch)?,
				Elements::Int32 => {
					Tensor::from_shape(shape, &integers().map(|x| x as i32).collect::<Vec<_>>())?
				}
				Elements::Int64 => Tensor::from_shape(shape, &integers().collect::<Vec<_>>())?,
			};
			inputs.push(tensor.into());
		}
		let outputs = self.plan.run(inputs)?;
		let output = outputs.first().ok_or_else(|| TractError::msg("no output"))?;
		let output = output.cast_to::<f64>()?;
		Ok(output.to_plain_array_view::<f64>()?.iter().copied().take(self.logits).collect())
	}
}

/// Makes float32 of all float64, for which tract knows not all operators.
fn in_float32(proto: &mut ModelProto) {
	let Some(graph) = proto.graph.as_mut() else { return };
	let double = DataType::Double as i32;
	let single = |value: &mut ValueInfoProto| {
		let kind = value.r#type.as_mut().and_then(|kind| kind.value.as_mut());
		if let Some(type_proto::Value::TensorType(tensor)) = kind {
			if tensor.elem_type == double {
				tensor.elem_type = DataType::Float as i32;
			}
		}
	};
	graph.input.iter_mut().for_each(single);
	graph.initializer.iter_mut().for_each(tensor_in_float32);
	for node in &mut graph.node {
		for attribute in &mut node.attribute {
			attribute.t.iter_mut().for_each(tensor_in_float32);
			if node.op_type == "Cast" && attribute.name == "to" && attribute.i == i64::from(double)
			{
				attribute.i = i64::from(DataType::Float as i32);
			}
		}
	}
}

fn tensor_in_float32(tensor: &mut TensorProto) {
	if tensor.data_type != DataType::Double as i32 {
		return;
	}
	let (raw, _) = tensor.raw_data.as_chunks::<8>();
	let doubles = core::mem::take(&mut tensor.double_data);
	tensor.float_data = raw
		.iter()
		.map(|bytes| f64::from_le_bytes(*bytes))
		.chain(doubles)
		.map(|x| x as f32)
		.collect();
	tensor.raw_data.clear();
	tensor.data_type = DataType::Float as i32;
}
