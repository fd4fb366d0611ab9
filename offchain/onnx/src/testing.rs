// SPDX-License-Identifier: Apache-2.0
//! ONNX graphs for tests.

use tract_onnx::pb::{
	attribute_proto::AttributeType,
	tensor_proto::DataType,
	tensor_shape_proto::{dimension, Dimension},
	type_proto, AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
	TensorShapeProto, TypeProto, ValueInfoProto,
};

/// A dimension of a value: known or named.
#[derive(Clone, Copy, Debug)]
pub enum Dim {
	/// Its size.
	Known(i64),
	/// What it is called.
	Named(&'static str),
}

/// A float value of these dimensions.
pub fn value(name: &str, dims: &[Dim]) -> ValueInfoProto {
	let dim = dims
		.iter()
		.map(|dim| Dimension {
			denotation: String::new(),
			value: Some(match dim {
				Dim::Known(dim) => dimension::Value::DimValue(*dim),
				Dim::Named(name) => dimension::Value::DimParam((*name).into()),
			}),
		})
		.collect();
	let tensor = type_proto::Tensor {
		elem_type: DataType::Float as i32,
		shape: Some(TensorShapeProto { dim }),
	};
	ValueInfoProto {
		name: name.into(),
		r#type: Some(TypeProto {
			denotation: String::new(),
			value: Some(type_proto::Value::TensorType(tensor)),
		}),
		doc_string: String::new(),
	}
}

/// A float32 tensor in `float_data`.
pub fn floats(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
	TensorProto {
		name: name.into(),
		dims: dims.into(),
		data_type: DataType::Float as i32,
		float_data: values.into(),
		..Default::default()
	}
}

/// A float32 tensor in `raw_data`.
pub fn raw_floats(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
	TensorProto {
		raw_data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
		float_data: Vec::new(),
		..floats(name, dims, values)
	}
}

/// A list of int64.
pub fn integers(name: &str, values: &[i64]) -> TensorProto {
	TensorProto {
		name: name.into(),
		dims: vec![values.len() as i64],
		data_type: DataType::Int64 as i32,
		int64_data: values.into(),
		..Default::default()
	}
}

/// A node named after its output.
pub fn node(operator: &str, inputs: &[&str], output: &str) -> NodeProto {
	NodeProto {
		op_type: operator.into(),
		input: inputs.iter().map(|input| (*input).into()).collect(),
		output: vec![output.into()],
		name: format!("{output}_node"),
		..Default::default()
	}
}

fn with(mut node: NodeProto, attribute: AttributeProto) -> NodeProto {
	node.attribute.push(attribute);
	node
}

/// The node with an attribute of an integer.
pub fn with_int(node: NodeProto, name: &str, i: i64) -> NodeProto {
	let r#type = AttributeType::Int as i32;
	with(node, AttributeProto { name: name.into(), r#type, i, ..Default::default() })
}

/// The node with an attribute of a float.
pub fn with_float(node: NodeProto, name: &str, f: f32) -> NodeProto {
	let r#type = AttributeType::Float as i32;
	with(node, AttributeProto { name: name.into(), r#type, f, ..Default::default() })
}

/// The node with an attribute of a tensor.
pub fn with_tensor(node: NodeProto, name: &str, t: TensorProto) -> NodeProto {
	let r#type = AttributeType::Tensor as i32;
	with(node, AttributeProto { name: name.into(), r#type, t: Some(t), ..Default::default() })
}

/// A model from `x` of the shape `[batch, features]` to `y`.
pub fn model(
	features: i64,
	outputs: i64,
	nodes: Vec<NodeProto>,
	constants: Vec<TensorProto>,
) -> ModelProto {
	let batch = Dim::Named("batch");
	ModelProto {
		ir_version: 8,
		opset_import: vec![OperatorSetIdProto { domain: String::new(), version: 17 }],
		graph: Some(GraphProto {
			name: "test".into(),
			node: nodes,
			initializer: constants,
			input: vec![value("x", &[batch, Dim::Known(features)])],
			output: vec![value("y", &[batch, Dim::Known(outputs)])],
			..Default::default()
		}),
		..Default::default()
	}
}
