// SPDX-License-Identifier: Apache-2.0
//! A file up to its logits, in operators that tract knows: those of `ai.onnx.ml` become arithmetic, and so do
//! those of which it knows less than all.
//!
//! Written apart from the compiler's operators, which fold the same nodes into layers.

mod trees;

use std::collections::{BTreeMap, HashSet};

use candor_onnx::{
	node::{first_output, float_attribute, floats_attribute, ML_DOMAIN},
	pb::{tensor_proto::DataType, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto},
	quantised::Levels,
	Edges,
};
use candor_operators::Reading;

/// Operators of ONNX of which tract knows less than all: it does not look at `alpha`, or asks for values of one rank.
const LOWERED: [&str; 3] = ["Celu", "Mean", "Swish"];

/// Leaves of a file what leads to its logits, in operators of ONNX itself.
pub(super) fn lower(proto: &mut ModelProto, reading: &Reading) {
	let logits = reading.logits.as_str();
	let positives = positives(proto);
	let Some(graph) = proto.graph.as_mut() else { return };
	without_rounding(graph, &reading.bounds, &positives);
	graph.output = vec![ValueInfoProto { name: logits.into(), ..Default::default() }];
	let nodes = core::mem::take(&mut graph.node);
	for node in nodes {
		if node.domain == ML_DOMAIN || LOWERED.contains(&node.op_type.as_str()) {
			lower_node(graph, &node, logits);
		} else {
			graph.node.push(node);
		}
	}
	keep_ancestors(graph, logits);
}

/// Takes the rounding of data to the integers of a file out of it: what is left is the function that the
/// integers of a circuit come close to. The ranges that bound the data stay.
fn without_rounding(
	graph: &mut GraphProto,
	bounds: &BTreeMap<String, (f64, f64)>,
	positives: &HashSet<String>,
) {
	let mut constants: HashSet<&str> =
		graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect();
	for node in graph.node.iter().filter(|node| node.op_type == "Constant") {
		constants.extend(node.output.iter().map(String::as_str));
	}
	let is_of_data = |node: &&NodeProto| {
		node.op_type == "QuantizeLinear"
			&& node.input.first().is_some_and(|input| !constants.contains(input.as_str()))
	};
	let rounded: HashSet<String> =
		graph.node.iter().filter(is_of_data).flat_map(|node| node.output.clone()).collect();
	for node in &mut graph.node {
		let (input, output) = (node.input.first().cloned(), first_output(node).to_owned());
		let is_back = input.is_some_and(|input| rounded.contains(&input));
		if !(rounded.contains(&output) || node.op_type == "DequantizeLinear" && is_back) {
			continue;
		}
		node.attribute.clear();
		node.input.truncate(1);
		node.op_type = "Identity".into();
		let positive = positives.contains(&output).then_some((0.0, f64::from(f32::MAX)));
		let Some((low, high)) = bounds.get(&output).copied().or(positive) else { continue };
		node.op_type = "Clip".into();
		for (of, bound) in [("low", low), ("high", high)] {
			let name = format!("{output} {of}");
			node.input.push(name.clone());
			graph.initializer.push(TensorProto {
				name,
				data_type: DataType::Float as i32,
				float_data: vec![bound as f32],
				..Default::default()
			});
		}
	}
}

/// What is quantised to integers that begin at zero, which cuts off what is below. Features are not among them:
/// they have bytes of their own.
fn positives(proto: &ModelProto) -> HashSet<String> {
	let Ok(edges) = Edges::new(proto) else { return HashSet::new() };
	let is_feature =
		|node: &NodeProto| edges.inputs.iter().any(|input| node.input.first() == Some(&input.name));
	let begins_at_zero =
		|node: &NodeProto| Levels::of(&edges, node).is_ok_and(|levels| levels.range().0 == 0.0);
	let steps = edges.steps.iter().filter(|node| node.op_type == "QuantizeLinear");
	let positives = steps.filter(|node| !is_feature(node) && begins_at_zero(node));
	positives.map(|node| first_output(node).to_owned()).collect()
}

/// Drops the nodes that the logits do not need.
fn keep_ancestors(graph: &mut GraphProto, logits: &str) {
	let mut needed: HashSet<String> = HashSet::from([logits.into()]);
	loop {
		let before = needed.len();
		for node in &graph.node {
			if node.output.iter().any(|output| needed.contains(output)) {
				needed.extend(node.input.iter().cloned());
			}
		}
		if needed.len() == before {
			break;
		}
	}
	graph.node.retain(|node| node.output.iter().any(|output| needed.contains(output)));
}

/// A node as nodes that tract knows, the scores of a classifier before they are transformed.
fn lower_node(graph: &mut GraphProto, node: &NodeProto, logits: &str) {
	let input = node.input.first().cloned().unwrap_or_default();
	let output = node.output.first().cloned().unwrap_or_default();
	let is_classifier = node.op_type.ends_with("Classifier");
	let scores = if is_classifier { logits.to_owned() } else { output.clone() };
	let mut lowering = Lowering { graph, output: scores, count: 0 };
	let numbers = |name: &str| floats_attribute(node, name);
	match node.op_type.as_str() {
		"Scaler" => {
			let shifted = lowering.binary("Sub", &input, numbers("offset"));
			lowering.last("Mul", &shifted, numbers("scale"));
		}
		"LinearClassifier" | "LinearRegressor" => {
			let (weights, biases) = (numbers("coefficients"), numbers("intercepts"));
			let outputs = match node.op_type.as_str() {
				"LinearRegressor" => candor_onnx::node::integer_attribute(node, "targets")
					.and_then(|targets| usize::try_from(targets).ok())
					.unwrap_or(1),
				_ => biases.len().max(1),
			};
			let features = weights.len() / outputs.max(1);
			let product = lowering.product(&input, &weights, [outputs, features]);
			lowering.last("Add", &product, biases);
		}
		"SVMRegressor" | "SVMClassifier" => {
			let (vectors, coefficients) = (numbers("support_vectors"), numbers("coefficients"));
			let count = coefficients.len().max(1);
			let kernels = lowering.product(&input, &vectors, [count, vectors.len() / count]);
			let sum = lowering.product(&kernels, &coefficients, [1, count]);
			if is_classifier {
				// A positive sum is a vote for the first of two classes.
				let vote = lowering.binary("Add", &sum, numbers("rho"));
				lowering.last("Mul", &vote, vec![-1.0]);
			} else {
				lowering.last("Add", &sum, numbers("rho"));
			}
		}
		"Mean" => {
			let sum = lowering.between();
			let (op_type, input) = ("Sum".into(), node.input.clone());
			let output = vec![sum.clone()];
			let sums = NodeProto { op_type, input, output, ..Default::default() };
			lowering.graph.node.push(sums);
			lowering.last("Mul", &sum, vec![(node.input.len() as f64).recip()]);
		}
		"Celu" | "Swish" => {
			let alpha = float_attribute(node, "alpha").map_or(1.0, f64::from);
			if node.op_type == "Celu" {
				let scaled = lowering.binary("Mul", &input, vec![alpha.recip()]);
				let elu = lowering.unary("Elu", &scaled);
				lowering.last("Mul", &elu, vec![alpha]);
			} else {
				let scaled = lowering.binary("Mul", &input, vec![alpha]);
				let sigmoid = lowering.unary("Sigmoid", &scaled);
				lowering.node("Mul", &input, sigmoid, output);
			}
		}
		"TreeEnsemble" | "TreeEnsembleClassifier" | "TreeEnsembleRegressor" => {
			trees::lower(&mut lowering, node);
		}
		// Behind the logits, or unknown to the compiler as well.
		_ => lowering.graph.node.push(node.clone()),
	}
}

struct Lowering<'a> {
	graph: &'a mut GraphProto,
	/// What the last node gives.
	output: String,
	count: usize,
}

impl Lowering<'_> {
	fn constant(&mut self, dims: Vec<usize>, values: &[f64]) -> String {
		self.count += 1;
		let name = format!("{} constant {}", self.output, self.count);
		self.graph.initializer.push(TensorProto {
			name: name.clone(),
			dims: dims.into_iter().map(|dim| dim as i64).collect(),
			data_type: DataType::Float as i32,
			float_data: values.iter().map(|value| *value as f32).collect(),
			..Default::default()
		});
		name
	}

	fn node(&mut self, operator: &str, left: &str, right: String, output: String) {
		self.graph.node.push(NodeProto {
			op_type: operator.into(),
			input: vec![left.into(), right],
			output: vec![output],
			..Default::default()
		});
	}

	fn between(&mut self) -> String {
		self.count += 1;
		format!("{} value {}", self.output, self.count)
	}

	/// `x op c`; where there is no number, `x` itself.
	fn binary(&mut self, operator: &str, left: &str, numbers: Vec<f64>) -> String {
		let output = self.between();
		let operand = self.operand(operator, &numbers);
		self.node(operator, left, operand, output.clone());
		output
	}

	/// `op(x)`
	fn unary(&mut self, operator: &str, of: &str) -> String {
		let output = self.between();
		self.graph.node.push(NodeProto {
			op_type: operator.into(),
			input: vec![of.into()],
			output: vec![output.clone()],
			..Default::default()
		});
		output
	}

	/// [`Self::binary`], which gives the output.
	fn last(&mut self, operator: &str, left: &str, numbers: Vec<f64>) {
		let operand = self.operand(operator, &numbers);
		let output = self.output.clone();
		self.node(operator, left, operand, output);
	}

	fn operand(&mut self, operator: &str, numbers: &[f64]) -> String {
		let nothing = [if operator == "Mul" { 1.0 } else { 0.0 }];
		let numbers = if numbers.is_empty() { &nothing[..] } else { numbers };
		self.constant(vec![1, numbers.len()], numbers)
	}

	/// `x W^T`, the rows of `W` standing one behind the other.
	fn product(&mut self, left: &str, weights: &[f64], [rows, columns]: [usize; 2]) -> String {
		let transposed: Vec<f64> = (0..columns)
			.flat_map(|column| (0..rows).map(move |row| weights.get(row * columns + column)))
			.map(|weight| weight.copied().unwrap_or_default())
			.collect();
		let matrix = self.constant(vec![columns, rows], &transposed);
		let output = self.between();
		self.node("MatMul", left, matrix, output.clone());
		output
	}
}
