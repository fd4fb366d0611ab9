// SPDX-License-Identifier: Apache-2.0
//! The file, and what it says of its input.

use std::{fs, path::Path};

use candor_text::{abbreviated, parser_message};
use tract_onnx::{
	pb::{
		tensor_proto::DataType, tensor_shape_proto::dimension, type_proto, ModelProto,
		ValueInfoProto,
	},
	prelude::Framework,
};

use crate::{element, external, OnnxError};

/// The largest ONNX file that is read, in bytes: far more than the limits of a circuit allow.
pub const MAX_FILE_BYTES: u64 = 512 << 20;

/// The largest batch that a file may fix. One sample is proved; the float reference runs all of them.
const MAX_BATCH: i64 = 1024;

/// Reads a file, with the tensors that lie in files of its folder.
///
/// # Errors
///
/// [`OnnxError`] when a file cannot be read, is too large or no ONNX.
pub fn read(path: &Path) -> Result<ModelProto, OnnxError> {
	let read_error = |source| OnnxError::Read { path: path.into(), source };
	let got = fs::metadata(path).map_err(read_error)?.len();
	if got > MAX_FILE_BYTES {
		return Err(OnnxError::FileSize { path: path.into(), got });
	}
	let bytes = fs::read(path).map_err(read_error)?;
	let mut proto =
		tract_onnx::onnx().proto_model_for_read(&mut bytes.as_slice()).map_err(|error| {
			OnnxError::Decode { path: path.into(), message: parser_message(&error.to_string()) }
		})?;
	external::load(&mut proto, path)?;
	Ok(proto)
}

/// What a graph says of one of its inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
	/// Its name.
	pub name: String,
	/// The dimensions of one sample, without the batch: at least one, none of them zero.
	pub dims: Vec<usize>,
	/// The number of samples, where the file fixes it.
	pub batch: Option<usize>,
	/// What its elements are.
	pub elements: Elements,
}

/// What the elements of an input are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elements {
	/// Of float32 or float64.
	Floats,
	/// Of int32.
	Int32,
	/// Of int64.
	Int64,
}

impl Input {
	/// The number of features.
	pub fn count(&self) -> usize {
		self.dims.iter().product()
	}
}

/// Reads what a graph says of an input.
///
/// # Errors
///
/// [`OnnxError::Input`] when it is no batch of floats or integers of a known size.
pub fn input(input: &ValueInfoProto) -> Result<Input, OnnxError> {
	let error = |reason: String| OnnxError::Input { input: abbreviated(&input.name), reason };
	let value = input.r#type.as_ref().and_then(|kind| kind.value.as_ref());
	let Some(type_proto::Value::TensorType(tensor)) = value else {
		return Err(error("is not a tensor".into()));
	};
	let elements = match DataType::try_from(tensor.elem_type) {
		Ok(DataType::Float | DataType::Double) => Elements::Floats,
		Ok(DataType::Int32) => Elements::Int32,
		Ok(DataType::Int64) => Elements::Int64,
		_ => return Err(error(format!("holds {}", element::name(tensor.elem_type.into())))),
	};
	let dims = tensor.shape.as_ref().map_or(&[][..], |shape| shape.dim.as_slice());
	let Some((batch, sample @ [_, ..])) = dims.split_first() else {
		return Err(error(format!("has {} dimensions", dims.len())));
	};
	let batch = match batch.value {
		Some(dimension::Value::DimValue(batch @ 1..=MAX_BATCH)) => usize::try_from(batch).ok(),
		Some(dimension::Value::DimValue(batch)) if batch > MAX_BATCH => {
			return Err(error(format!("has a fixed batch of {batch}, {MAX_BATCH} are the limit; export it with 1 or a dynamic one (PyTorch: dynamic_shapes or dynamic_axes)")));
		}
		_ => None,
	};
	let dims = sample
		.iter()
		.map(|dim| match &dim.value {
			Some(dimension::Value::DimValue(dim @ 1..)) => {
				usize::try_from(*dim).map_err(|_| error(format!("has a dimension of {dim}")))
			}
			Some(dimension::Value::DimValue(dim)) => {
				Err(error(format!("has a dimension of {dim}")))
			}
			Some(dimension::Value::DimParam(name)) => {
				Err(error(format!("has the dynamic dimension `{}`", abbreviated(name))))
			}
			None => Err(error("has a dynamic dimension".into())),
		})
		.collect::<Result<Vec<_>, _>>()?;
	if dims.iter().try_fold(1usize, |count, dim| count.checked_mul(*dim)).is_none() {
		return Err(error("is too large".into()));
	}
	Ok(Input { name: input.name.clone(), dims, batch, elements })
}
