// SPDX-License-Identifier: Apache-2.0
//! What is read and what is refused, of graphs that are made here.

mod accepts;
mod activations;
mod attention;
mod convolutions;
mod embeddings;
mod ends;
mod folds;
mod later_trees;
mod norms;
mod parts;
mod quantised;
mod refuses;
mod sequences;
mod survey;
mod trees;
mod weights_beside;

use candor_onnx::{
	external,
	pb::{
		attribute_proto::AttributeType, tensor_proto::DataType, type_proto, AttributeProto,
		GraphProto, NodeProto, OperatorSetIdProto, StringStringEntryProto, TensorProto,
	},
	testing::{
		floats, integers, model, node, raw_floats, value, with_float, with_int, with_tensor, Dim,
	},
};
use candor_operators::{FloatModel, Meaning};
use std::fs;

use super::*;
use crate::reference::Reference;

/// Weights that are all different, so that a transposition shows.
fn weights(count: usize) -> Vec<f32> {
	(0..count).map(|i| (i as f32 * 0.37).sin()).collect()
}

fn matrix(name: &str, rows: i64, columns: i64) -> TensorProto {
	floats(name, &[rows, columns], &weights((rows * columns) as usize))
}

fn bias(name: &str, width: i64) -> TensorProto {
	floats(name, &[width], &weights(width as usize))
}

fn read(proto: ModelProto) -> Result<OnnxModel, ReadError> {
	OnnxModel::from_proto(proto)
}

/// Reads a model and compares its layers with tract's inference; gives the widths.
fn accepted(proto: ModelProto) -> String {
	accepted_of(proto, |feature, sample| {
		((feature * 7 + sample * 13 + 1) as f64 * 0.73).sin() * 2.0
	})
}

/// [`accepted`] with samples of these features.
fn accepted_of(proto: ModelProto, feature: impl Fn(usize, usize) -> f64) -> String {
	let model = read(proto).expect("the model is read");
	let reference = Reference::new(&model).expect("tract takes the model");
	for seed in 0..8 {
		let sample: Vec<f64> =
			(0..model.reading.model.architecture.input_len()).map(|at| feature(at, seed)).collect();
		let expected = reference.run(&sample).expect("tract runs the model");
		let read = model.reading.model.run(&sample);
		assert_eq!(expected.len(), read.len());
		for (expected, read) in expected.iter().zip(&read) {
			assert!((expected - read).abs() < 1e-4, "tract says {expected}, the layers {read}");
		}
	}
	model.reading.model.architecture.to_string()
}

/// What the logits of a file are called, and what they are.
fn meaning(proto: ModelProto) -> (String, Meaning) {
	let reading = read(proto).expect("the model is read").reading;
	(reading.logits, reading.meaning)
}

/// A node of the operators of classical models.
fn ml(mut node: NodeProto) -> NodeProto {
	node.domain = candor_onnx::node::ML_DOMAIN.into();
	node
}

/// The node with an attribute of floats.
fn with_floats(mut node: NodeProto, name: &str, floats: &[f32]) -> NodeProto {
	let r#type = AttributeType::Floats as i32;
	let floats = floats.into();
	node.attribute.push(AttributeProto { name: name.into(), r#type, floats, ..Default::default() });
	node
}

/// The node with an attribute of integers.
fn with_ints(mut node: NodeProto, name: &str, ints: &[i64]) -> NodeProto {
	let r#type = AttributeType::Ints as i32;
	let ints = ints.into();
	node.attribute.push(AttributeProto { name: name.into(), r#type, ints, ..Default::default() });
	node
}

/// The node with an attribute of a text.
fn with_text(mut node: NodeProto, name: &str, text: &str) -> NodeProto {
	let r#type = AttributeType::String as i32;
	let s = text.as_bytes().into();
	node.attribute.push(AttributeProto { name: name.into(), r#type, s, ..Default::default() });
	node
}

fn refused(proto: ModelProto) -> String {
	read(proto).expect_err("the model is refused").to_string()
}

/// A Gemm from `x` to `y` with a weight matrix `w` of 3 by 2 and a bias `b`.
fn one_gemm() -> ModelProto {
	let gemm = node("Gemm", &["x", "w", "b"], "y");
	model(3, 2, vec![gemm], vec![matrix("w", 3, 2), bias("b", 2)])
}

/// [`one_gemm`] with a change to its graph.
fn changed(change: impl FnOnce(&mut GraphProto)) -> ModelProto {
	let mut proto = one_gemm();
	change(proto.graph.as_mut().expect("a graph"));
	proto
}

/// Three features through these nodes from `h`, which a Gemm makes of `x`, to `y`.
fn after_a_gemm(nodes: Vec<NodeProto>, constants: Vec<TensorProto>) -> ModelProto {
	let gemm = node("Gemm", &["x", "w", "b"], "h");
	let nodes = core::iter::once(gemm).chain(nodes).collect();
	let constants = [matrix("w", 3, 2), bias("b", 2)].into_iter().chain(constants).collect();
	model(3, 2, nodes, constants)
}
