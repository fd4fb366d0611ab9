// SPDX-License-Identifier: Apache-2.0
//! Constants that a graph computes from constants: transposed and reshaped weights, shapes.

use candor_text::parser_message;
use tract_onnx::{
	pb::{
		tensor_proto::DataType, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
		ValueInfoProto,
	},
	prelude::*,
};

use crate::{
	node::{first_output, integer_attribute, is_own, tensor_attribute, usage},
	quantised, tensor, OnnxError,
};

/// Operators that are computed where everything that they take is constant.
const FOLDED: [&str; 22] = [
	"Add",
	"Cast",
	"Concat",
	"ConstantOfShape",
	"Div",
	"Expand",
	"Flatten",
	"Gather",
	"Identity",
	"MatMul",
	"Mul",
	"Neg",
	"Pow",
	"Reciprocal",
	"Reshape",
	"Slice",
	"Sqrt",
	"Squeeze",
	"Sub",
	"Sum",
	"Transpose",
	"Unsqueeze",
];

/// The most elements of a computed constant: more than an architecture allows.
const MAX_ELEMENTS: usize = 1 << 26;

/// Whether a node can be computed, provided that it takes constants.
pub(crate) fn is_folded(node: &NodeProto) -> bool {
	is_own(node) && FOLDED.contains(&node.op_type.as_str()) || quantised::is_one(node)
}

/// Whether a node asks for the shape of a value.
pub(crate) fn is_shape(node: &NodeProto) -> bool {
	is_own(node) && node.op_type == "Shape"
}

/// The dimensions that a `Shape` node gives of a value, of which it may ask for a part.
pub(crate) fn shape_of(node: &NodeProto, dims: &[i64]) -> TensorProto {
	let rank = dims.len() as i64;
	let place = |name: &str, otherwise: i64| {
		let at = integer_attribute(node, name).unwrap_or(otherwise);
		let at = if at < 0 { at.saturating_add(rank) } else { at };
		usize::try_from(at.clamp(0, rank)).unwrap_or(0)
	};
	let (start, end) = (place("start", 0), place("end", rank));
	let dims = dims.get(start..end).unwrap_or_default();
	TensorProto {
		name: first_output(node).into(),
		dims: vec![dims.len() as i64],
		data_type: DataType::Int64 as i32,
		int64_data: dims.into(),
		..Default::default()
	}
}

/// The constant that a node makes of constants.
///
/// tract computes it; the tensors are checked before, and the size of the result is bounded.
pub(crate) fn compute(
	node: &NodeProto,
	inputs: Vec<TensorProto>,
	opsets: &[OperatorSetIdProto],
) -> Result<TensorProto, OnnxError> {
	if quantised::is_one(node) {
		return quantised::compute(node, &inputs);
	}
	let mut shapes = Vec::new();
	for input in &inputs {
		shapes.push(tensor::check(input)?);
	}
	// What `ConstantOfShape` repeats.
	if let Some(value) = tensor_attribute(node, "value") {
		tensor::check(value)?;
	}
	let elements = match (node.op_type.as_str(), inputs.get(1)) {
		("Expand", Some(shape)) => expanded(shapes.first(), shape)?,
		("ConstantOfShape", None) => match inputs.first() {
			Some(shape) => expanded(None, shape)?,
			None => None,
		},
		(operator, _) => largest(operator, &shapes),
	};
	if elements.is_none_or(|elements| elements > MAX_ELEMENTS) {
		return Err(usage(node, "the constant that it makes is too large"));
	}
	let graph = GraphProto {
		name: "constant".into(),
		node: vec![node.clone()],
		initializer: inputs,
		output: vec![ValueInfoProto { name: first_output(node).into(), ..Default::default() }],
		..Default::default()
	};
	let proto = ModelProto {
		ir_version: 8,
		opset_import: opsets.into(),
		graph: Some(graph),
		..Default::default()
	};
	run(&proto).and_then(|value| from_tract(first_output(node), &value)).map_err(|error| {
		let said = parser_message(&format!("{error:#}"));
		usage(node, format!("the constant that it makes cannot be computed: {said}"))
	})
}

fn run(proto: &ModelProto) -> TractResult<Tensor> {
	let plan =
		tract_onnx::onnx().model_for_proto_model(proto)?.into_optimized()?.into_runnable()?;
	let outputs = plan.run(tvec!())?;
	let output = outputs.into_iter().next();
	output.map(|value| value.into_tensor()).ok_or_else(|| TractError::msg("no output"))
}

/// The most elements that an operator makes of constants with these dimensions.
fn largest(operator: &str, shapes: &[Vec<usize>]) -> Option<usize> {
	let count = |dims: &Vec<usize>| dims.iter().try_fold(1usize, |n, dim| n.checked_mul(*dim));
	match operator {
		"Add" | "Sub" | "Mul" | "Div" | "Pow" | "Sum" => {
			let rank = shapes.iter().map(Vec::len).max().unwrap_or(0);
			(1..=rank).try_fold(1usize, |elements, place| {
				let dims = shapes
					.iter()
					.filter_map(|dims| dims.len().checked_sub(place).map(|at| dims[at]));
				elements.checked_mul(dims.max().unwrap_or(1))
			})
		}
		"MatMul" => match shapes {
			[left, right] => match (&left[..], &right[..]) {
				([rows, _], [_, columns]) => rows.checked_mul(*columns),
				_ => count(left)?.checked_mul(count(right)?),
			},
			_ => None,
		},
		"Gather" => shapes.iter().try_fold(1usize, |n, dims| n.checked_mul(count(dims)?)),
		_ => shapes.iter().try_fold(0usize, |n, dims| n.checked_add(count(dims)?)),
	}
}

/// The most elements of a tensor that is repeated until it has a shape.
fn expanded(dims: Option<&Vec<usize>>, shape: &TensorProto) -> Result<Option<usize>, OnnxError> {
	let wanted = tensor::integers(shape)?;
	let wanted = wanted.into_iter().map(|dim| usize::try_from(dim).ok());
	let dims = dims.into_iter().flatten().copied().map(Some);
	Ok(dims.chain(wanted).try_fold(1usize, |elements, dim| elements.checked_mul(dim?.max(1))))
}

/// A tensor of tract as one of a file.
fn from_tract(name: &str, value: &Tensor) -> TractResult<TensorProto> {
	let dims = value.shape().iter().map(|dim| *dim as i64).collect();
	let empty = TensorProto { name: name.into(), dims, ..Default::default() };
	Ok(match value.datum_type() {
		DatumType::F32 => TensorProto {
			data_type: DataType::Float as i32,
			float_data: value.to_plain_array_view::<f32>()?.iter().copied().collect(),
			..empty
		},
		DatumType::F64 => TensorProto {
			data_type: DataType::Double as i32,
			double_data: value.to_plain_array_view::<f64>()?.iter().copied().collect(),
			..empty
		},
		_ => {
			let integers = value.cast_to::<i64>()?;
			TensorProto {
				data_type: DataType::Int64 as i32,
				int64_data: integers.to_plain_array_view::<i64>()?.iter().copied().collect(),
				..empty
			}
		}
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::{floats, integers, node, with_tensor};

	fn repeated(value: TensorProto) -> Result<TensorProto, OnnxError> {
		let node = with_tensor(node("ConstantOfShape", &["shape"], "c"), "value", value);
		let opsets = [OperatorSetIdProto { domain: String::new(), version: 17 }];
		compute(&node, vec![integers("shape", &[2, 3])], &opsets)
	}

	#[test]
	fn a_number_is_repeated() {
		let computed = repeated(floats("value", &[1], &[0.5])).expect("a number");
		assert_eq!((computed.dims, computed.float_data), (vec![2, 3], vec![0.5; 6]));
	}

	#[test]
	fn a_value_that_is_not_what_it_says_is_not_repeated() {
		let raw = |kind: DataType, bytes: usize| TensorProto {
			dims: vec![1],
			data_type: kind as i32,
			raw_data: vec![1; bytes],
			..Default::default()
		};
		for wrong in [
			raw(DataType::String, 4),
			raw(DataType::Float, 3),
			raw(DataType::Int64, 7),
			TensorProto { dims: vec![i64::MAX, 4], ..raw(DataType::Float, 4) },
		] {
			assert!(repeated(wrong).is_err());
		}
	}
}
