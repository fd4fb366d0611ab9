// SPDX-License-Identifier: Apache-2.0
//! What the elements of tensors are, by the numbers of `TensorProto.DataType` in ONNX 1.23: the parser of the file
//! format knows fewer of them.

/// Their names as programs write them, from one on.
const NAMES: [&str; 26] = [
	"float32",
	"uint8",
	"int8",
	"uint16",
	"int16",
	"int32",
	"int64",
	"string",
	"bool",
	"float16",
	"float64",
	"uint32",
	"uint64",
	"complex64",
	"complex128",
	"bfloat16",
	"float8e4m3fn",
	"float8e4m3fnuz",
	"float8e5m2",
	"float8e5m2fnuz",
	"uint4",
	"int4",
	"float4e2m1",
	"float8e8m0",
	"uint2",
	"int2",
];

/// What elements of a type are called.
pub fn name(number: i64) -> String {
	match known(number) {
		Some(name) => name.into(),
		None => format!("elements of the type {number}, which ONNX has not"),
	}
}

/// What elements of a type are called; nothing where ONNX has no such type.
pub fn known(number: i64) -> Option<&'static str> {
	let at = usize::try_from(number).ok()?.checked_sub(1)?;
	NAMES.get(at).copied()
}

#[cfg(test)]
mod tests {
	use super::*;
	use tract_onnx::pb::tensor_proto::DataType;

	#[test]
	fn names_stand_at_the_numbers_of_the_file_format() {
		for kind in [
			DataType::Float,
			DataType::Uint8,
			DataType::Int64,
			DataType::String,
			DataType::Bool,
			DataType::Float16,
			DataType::Double,
			DataType::Complex128,
			DataType::Bfloat16,
		] {
			let expected = match kind {
				DataType::Float => "float32".into(),
				DataType::Double => "float64".into(),
				other => other.as_str_name().to_lowercase(),
			};
			assert_eq!(name(kind as i64), expected);
		}
		assert_eq!((known(17), known(26)), (Some("float8e4m3fn"), Some("int2")));
	}

	#[test]
	fn numbers_of_no_type_are_told() {
		for number in [i64::MIN, -1, 0, 27, i64::MAX] {
			assert_eq!(known(number), None);
			assert!(name(number).contains(&number.to_string()));
		}
	}
}
