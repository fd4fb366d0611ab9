// SPDX-License-Identifier: Apache-2.0
//! Constant tensors of an ONNX file.

use candor_text::abbreviated;
use tract_onnx::pb::{tensor_proto::DataType, TensorProto};

use crate::{
	external::is_external,
	node::{shown, text},
	OnnxError,
};

/// A constant of floats. As it may be one of weights, it has no `Debug`.
#[derive(Clone, PartialEq)]
pub struct Tensor {
	/// The dimensions; none for a single number.
	pub dims: Vec<usize>,
	/// The elements, all of them finite, the last dimension running fastest.
	pub values: Vec<f64>,
}

impl Tensor {
	/// Reads a float tensor, from `raw_data` or from its typed field.
	///
	/// # Errors
	///
	/// [`OnnxError`] when it holds something else, or not as much as its dimensions say.
	pub fn floats(proto: &TensorProto) -> Result<Self, OnnxError> {
		let (dims, count) = shape(proto)?;
		let values: Vec<f64> = match DataType::try_from(proto.data_type) {
			Ok(DataType::Float) if proto.raw_data.is_empty() => {
				proto.float_data.iter().map(|value| f64::from(*value)).collect()
			}
			Ok(DataType::Float) => raw(proto, |bytes| f32::from_le_bytes(bytes).into())?,
			Ok(DataType::Double) if proto.raw_data.is_empty() => proto.double_data.clone(),
			Ok(DataType::Double) => raw(proto, f64::from_le_bytes)?,
			_ => return Err(unsupported_type(proto, "float32 or float64")),
		};
		check_count(proto, count, values.len())?;
		if values.iter().any(|value| !value.is_finite()) {
			return Err(OnnxError::NotFinite { tensor: abbreviated(&proto.name) });
		}
		Ok(Self { dims, values })
	}
}

/// Reads a tensor of int64 or int32, as shapes are.
///
/// # Errors
///
/// [`OnnxError`] when it holds something else, or not as much as its dimensions say.
pub fn integers(proto: &TensorProto) -> Result<Vec<i64>, OnnxError> {
	let (_, count) = shape(proto)?;
	let values = match DataType::try_from(proto.data_type) {
		Ok(DataType::Int64) if proto.raw_data.is_empty() => proto.int64_data.clone(),
		Ok(DataType::Int64) => raw(proto, i64::from_le_bytes)?,
		Ok(DataType::Int32) => return Ok(narrow_integers(proto)?.1),
		_ => return Err(unsupported_type(proto, "int64")),
	};
	check_count(proto, count, values.len())?;
	Ok(values)
}

/// Reads a tensor of integers of up to 32 bits, as quantised values are, with its dimensions.
pub(crate) fn narrow_integers(proto: &TensorProto) -> Result<(Vec<usize>, Vec<i64>), OnnxError> {
	let (dims, count) = shape(proto)?;
	let kind = DataType::try_from(proto.data_type);
	let values: Vec<i64> = match kind {
		Ok(
			DataType::Int8 | DataType::Uint8 | DataType::Int16 | DataType::Uint16 | DataType::Int32,
		) if proto.raw_data.is_empty() => proto.int32_data.iter().copied().map(i64::from).collect(),
		Ok(DataType::Int8) => raw(proto, |bytes| i8::from_le_bytes(bytes).into())?,
		Ok(DataType::Uint8) => raw(proto, |bytes| u8::from_le_bytes(bytes).into())?,
		Ok(DataType::Int16) => raw(proto, |bytes| i16::from_le_bytes(bytes).into())?,
		Ok(DataType::Uint16) => raw(proto, |bytes| u16::from_le_bytes(bytes).into())?,
		Ok(DataType::Int32) => raw(proto, |bytes| i32::from_le_bytes(bytes).into())?,
		_ => return Err(unsupported_type(proto, "integers of 8, 16 or 32 bits")),
	};
	check_count(proto, count, values.len())?;
	Ok((dims, values))
}

/// Reads a tensor of uint8.
///
/// # Errors
///
/// [`OnnxError`] when it holds something else, or not as much as its dimensions say.
pub fn bytes(proto: &TensorProto) -> Result<Vec<u8>, OnnxError> {
	if proto.data_type != DataType::Uint8 as i32 {
		return Err(unsupported_type(proto, "uint8"));
	}
	let (_, values) = narrow_integers(proto)?;
	let bytes = values.into_iter().map(|value| u8::try_from(value).ok());
	bytes.collect::<Option<_>>().ok_or_else(|| unsupported_type(proto, "uint8"))
}

/// Whether a tensor holds float64.
pub fn is_double(proto: &TensorProto) -> bool {
	proto.data_type == DataType::Double as i32
}

/// Reads the labels of classes: texts, or whole numbers as texts.
///
/// # Errors
///
/// [`OnnxError`] when the tensor holds something else.
pub fn labels(proto: &TensorProto) -> Result<Vec<String>, OnnxError> {
	match DataType::try_from(proto.data_type) {
		Ok(DataType::String) => Ok(proto.string_data.iter().map(|bytes| text(bytes)).collect()),
		Ok(DataType::Int32) if proto.raw_data.is_empty() => {
			Ok(proto.int32_data.iter().map(ToString::to_string).collect())
		}
		_ => Ok(integers(proto)?.iter().map(ToString::to_string).collect()),
	}
}

/// Checks that a tensor of floats, int64 or int32 is what it says, and gives its dimensions.
pub(crate) fn check(proto: &TensorProto) -> Result<Vec<usize>, OnnxError> {
	match DataType::try_from(proto.data_type) {
		Ok(DataType::Int64 | DataType::Int32) => {
			integers(proto)?;
			Ok(shape(proto)?.0)
		}
		_ => Tensor::floats(proto).map(|tensor| tensor.dims),
	}
}

/// The dimensions and the number of elements.
fn shape(proto: &TensorProto) -> Result<(Vec<usize>, usize), OnnxError> {
	if is_external(proto) {
		return Err(OnnxError::External {
			tensor: abbreviated(&proto.name),
			location: "another file".into(),
			reason: "which only a model in a file can name".into(),
		});
	}
	let dims: Option<Vec<usize>> =
		proto.dims.iter().map(|dim| usize::try_from(*dim).ok()).collect();
	let invalid =
		|| OnnxError::TensorShape { tensor: abbreviated(&proto.name), dims: shown(&proto.dims) };
	let dims = dims.ok_or_else(invalid)?;
	let count =
		dims.iter().try_fold(1usize, |count, dim| count.checked_mul(*dim)).ok_or_else(invalid)?;
	Ok((dims, count))
}

fn raw<T, const N: usize>(
	proto: &TensorProto,
	read: impl Fn([u8; N]) -> T,
) -> Result<Vec<T>, OnnxError> {
	let (elements, rest) = proto.raw_data.as_chunks::<N>();
	if !rest.is_empty() {
		return Err(OnnxError::TensorLength {
			tensor: abbreviated(&proto.name),
			expected: N * (elements.len() + 1),
			got: proto.raw_data.len(),
			unit: "bytes",
		});
	}
	Ok(elements.iter().map(|bytes| read(*bytes)).collect())
}

fn check_count(proto: &TensorProto, expected: usize, got: usize) -> Result<(), OnnxError> {
	if expected == got {
		return Ok(());
	}
	Err(OnnxError::TensorLength {
		tensor: abbreviated(&proto.name),
		expected,
		got,
		unit: "elements",
	})
}

fn unsupported_type(proto: &TensorProto, expected: &'static str) -> OnnxError {
	let got = DataType::try_from(proto.data_type)
		.map_or_else(|_| format!("type {}", proto.data_type), |kind| kind.as_str_name().into());
	OnnxError::ElementType { tensor: abbreviated(&proto.name), expected, got }
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn shapes_are_int64_or_int32_as_exporters_write_them() {
		let proto = |data_type: DataType| TensorProto {
			dims: vec![2],
			data_type: data_type as i32,
			..Default::default()
		};
		let long = TensorProto { int64_data: vec![1, -1], ..proto(DataType::Int64) };
		let short = TensorProto { int32_data: vec![1, -1], ..proto(DataType::Int32) };
		let raw = TensorProto {
			raw_data: [1i32, -1].iter().flat_map(|x| x.to_le_bytes()).collect(),
			..proto(DataType::Int32)
		};
		for tensor in [long, short, raw] {
			assert_eq!(integers(&tensor).expect("integers"), [1, -1]);
			assert_eq!(check(&tensor).expect("integers"), [2]);
		}
		assert!(integers(&proto(DataType::Float)).is_err());
	}
}
