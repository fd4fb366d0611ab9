// SPDX-License-Identifier: Apache-2.0
//! What is asked of nodes.

use std::borrow::Cow;

use candor_text::abbreviated;
use tract_onnx::pb::{tensor_proto::DataType, AttributeProto, NodeProto, TensorProto};

use crate::OnnxError;

/// The tensor of a Constant node, in any of the attributes that may hold it.
pub(crate) fn constant(node: &NodeProto) -> Result<Cow<'_, TensorProto>, OnnxError> {
	let Some(attribute) = node.attribute.first() else {
		return Err(usage(node, "it has no value"));
	};
	let typed = |kind: DataType, dims: Vec<i64>| TensorProto {
		name: first_output(node).into(),
		data_type: kind as i32,
		dims,
		..Default::default()
	};
	let list = |count: usize| vec![count as i64];
	Ok(Cow::Owned(match attribute.name.as_str() {
		"value" => {
			return tensor_attribute(node, "value")
				.map(Cow::Borrowed)
				.ok_or_else(|| usage(node, "it has no value"));
		}
		"value_int" => {
			TensorProto { int64_data: vec![attribute.i], ..typed(DataType::Int64, vec![]) }
		}
		"value_ints" => TensorProto {
			int64_data: attribute.ints.clone(),
			..typed(DataType::Int64, list(attribute.ints.len()))
		},
		"value_float" => {
			TensorProto { float_data: vec![attribute.f], ..typed(DataType::Float, vec![]) }
		}
		"value_floats" => TensorProto {
			float_data: attribute.floats.clone(),
			..typed(DataType::Float, list(attribute.floats.len()))
		},
		_ => return Err(usage(node, "only tensors and numbers are supported as constants")),
	}))
}

/// An attribute of a tensor; nothing where it is left out.
pub fn tensor_attribute<'a>(node: &'a NodeProto, name: &str) -> Option<&'a TensorProto> {
	attribute(node, name)?.t.as_ref()
}

fn attribute<'a>(node: &'a NodeProto, name: &str) -> Option<&'a AttributeProto> {
	node.attribute.iter().find(|attribute| attribute.name == name)
}

/// Whether an attribute is there.
pub fn has_attribute(node: &NodeProto, name: &str) -> bool {
	attribute(node, name).is_some()
}

/// An attribute of one integer.
pub fn integer_attribute(node: &NodeProto, name: &str) -> Option<i64> {
	attribute(node, name).map(|attribute| attribute.i)
}

/// An attribute of one float.
pub fn float_attribute(node: &NodeProto, name: &str) -> Option<f32> {
	attribute(node, name).map(|attribute| attribute.f)
}

/// An attribute of a list of integers; empty where it is left out.
pub fn integers_attribute<'a>(node: &'a NodeProto, name: &str) -> &'a [i64] {
	attribute(node, name).map_or(&[], |attribute| &attribute.ints)
}

/// An attribute of a list of floats; empty where it is left out.
pub fn floats_attribute(node: &NodeProto, name: &str) -> Vec<f64> {
	let floats = attribute(node, name).map_or(&[][..], |attribute| &attribute.floats);
	floats.iter().map(|value| f64::from(*value)).collect()
}

/// An attribute of a text; nothing where it is left out.
pub fn text_attribute(node: &NodeProto, name: &str) -> Option<String> {
	attribute(node, name).map(|attribute| text(&attribute.s))
}

/// An attribute of a list of texts; empty where it is left out.
pub fn texts_attribute(node: &NodeProto, name: &str) -> Vec<String> {
	let texts = attribute(node, name).map_or(&[][..], |attribute| &attribute.strings);
	texts.iter().map(|bytes| text(bytes)).collect()
}

/// A text of a file, which is UTF-8 where the file keeps to the format.
pub(crate) fn text(bytes: &[u8]) -> String {
	String::from_utf8_lossy(bytes).into_owned()
}

/// Dimensions in a message.
pub fn shown<T: core::fmt::Debug>(dims: &[T]) -> String {
	abbreviated(&format!("{dims:?}"))
}

/// The value that a node makes; empty where it makes none.
pub fn first_output(node: &NodeProto) -> &str {
	node.output.first().map_or("", String::as_str)
}

/// The node's name, or that of its first output, as exporters may leave names out.
pub fn name(node: &NodeProto) -> String {
	abbreviated(if node.name.is_empty() { first_output(node) } else { &node.name })
}

/// The operator of a node, with its domain where that is not ONNX itself.
pub fn operator(node: &NodeProto) -> String {
	if is_own(node) {
		return abbreviated(&node.op_type);
	}
	abbreviated(&format!("{}.{}", node.domain, node.op_type))
}

/// A node that is used in a way that is not supported, and what is.
pub fn usage(node: &NodeProto, reason: impl Into<String>) -> OnnxError {
	OnnxError::Usage { operator: operator(node), node: name(node), reason: reason.into() }
}

/// The operators of classical models, as scikit-learn's exporter writes them.
pub const ML_DOMAIN: &str = "ai.onnx.ml";

/// Whether the operator of a node is one of ONNX itself.
pub fn is_own(node: &NodeProto) -> bool {
	matches!(node.domain.as_str(), "" | "ai.onnx")
}
