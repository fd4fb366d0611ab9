// SPDX-License-Identifier: Apache-2.0
//! Arithmetic with constants goes into the layers: as the float reference says, and into as many
//! layers as there would be without it.

use super::*;

/// Nodes around the layers of a perceptron: on the input, before and behind its ReLU, at its end.
fn around(operator: &str, operands: [&[&str]; 4]) -> Vec<NodeProto> {
	vec![
		node(operator, operands[0], "x1"),
		node("Gemm", &["x1", "w", "b"], "h"),
		node(operator, operands[1], "h1"),
		node("Relu", &["h1"], "a"),
		node(operator, operands[2], "a1"),
		node("MatMul", &["a1", "v"], "g"),
		node(operator, operands[3], "y"),
	]
}

fn perceptron(nodes: Vec<NodeProto>, constants: Vec<TensorProto>) -> ModelProto {
	let layers = [matrix("w", 3, 4), bias("b", 4), matrix("v", 4, 2)];
	model(3, 2, nodes, layers.into_iter().chain(constants).collect())
}

#[test]
fn sums_and_products_with_constants_at_any_place() {
	let constants = || {
		vec![
			floats("of3", &[3], &[0.5, -2.0, 3.0]),
			floats("of4", &[1, 4], &[1.5, 0.25, -1.0, 2.0]),
			floats("of2", &[2], &[-0.5, 4.0]),
			floats("one", &[], &[-1.5]),
		]
	};
	for operator in ["Add", "Sub", "Mul", "Div"] {
		let operands: [&[&str]; 4] = [&["x", "of3"], &["h", "of4"], &["a", "of4"], &["g", "of2"]];
		assert_eq!(accepted(perceptron(around(operator, operands), constants())), "3-4-2");
		let operands: [&[&str]; 4] = [&["x", "one"], &["h", "one"], &["a", "one"], &["g", "one"]];
		assert_eq!(accepted(perceptron(around(operator, operands), constants())), "3-4-2");
	}
	for operator in ["Add", "Sub", "Mul"] {
		let operands: [&[&str]; 4] = [&["of3", "x"], &["of4", "h"], &["of4", "a"], &["of2", "g"]];
		assert_eq!(accepted(perceptron(around(operator, operands), constants())), "3-4-2");
	}
}

#[test]
fn batch_normalization_on_the_input_and_on_either_side_of_a_relu() {
	let parameters = |name: &str, width: usize| -> Vec<TensorProto> {
		let dims = [width as i64];
		let positive: Vec<f32> = weights(width).iter().map(|w| w * w + 0.125).collect();
		vec![
			floats(&format!("{name}s"), &dims, &weights(width + 1)[1..]),
			floats(&format!("{name}b"), &dims, &weights(width)),
			floats(&format!("{name}m"), &dims, &weights(width + 2)[2..]),
			floats(&format!("{name}v"), &dims, &positive),
		]
	};
	let norm = |input: &str, of: &str, output: &str| {
		let names = ["s", "b", "m", "v"].map(|part| format!("{of}{part}"));
		let inputs: Vec<&str> =
			core::iter::once(input).chain(names.iter().map(String::as_str)).collect();
		with_float(node("BatchNormalization", &inputs, output), "epsilon", 0.01)
	};
	let nodes = vec![
		norm("x", "n", "x1"),
		node("Gemm", &["x1", "w", "b"], "h"),
		norm("h", "k", "h1"),
		node("Relu", &["h1"], "a"),
		norm("a", "k", "a1"),
		node("MatMul", &["a1", "v"], "y"),
	];
	let constants: Vec<_> = parameters("n", 3).into_iter().chain(parameters("k", 4)).collect();
	assert_eq!(accepted(perceptron(nodes.clone(), constants.clone())), "3-4-2");

	let mut training = nodes.clone();
	training[0] = with_int(training[0].clone(), "training_mode", 1);
	assert!(refused(perceptron(training, constants.clone())).contains("model.eval()"));
	let mut negative = constants;
	negative[3].float_data[1] = -5.0;
	assert!(refused(perceptron(nodes, negative)).contains("variance is negative"));
}

#[test]
fn a_relu_as_a_clip_and_on_the_input() {
	let clip = |input: &str, output: &str| with_float(node("Clip", &[input], output), "min", 0.0);
	let mut proto = after_a_gemm(vec![clip("h", "y")], vec![]);
	proto.opset_import[0].version = 10;
	assert_eq!(accepted(proto), "3-2-2");
	let nodes = vec![node("Clip", &["h", "zero"], "y")];
	assert_eq!(accepted(after_a_gemm(nodes, vec![floats("zero", &[], &[0.0])])), "3-2-2");
	let nodes = vec![node("Relu", &["x"], "a"), node("Gemm", &["a", "w", "b"], "y")];
	let proto = model(3, 2, nodes, vec![matrix("w", 3, 2), bias("b", 2)]);
	assert_eq!(accepted(proto), "3-3-2");
}

#[test]
fn a_scale_behind_a_relu_is_kept_apart_from_a_second_relu() {
	let after = |factor: f32| {
		let nodes = vec![
			node("Relu", &["h"], "a"),
			node("Mul", &["a", "factor"], "s"),
			node("Relu", &["s"], "t"),
			node("MatMul", &["t", "v"], "y"),
		];
		after_a_gemm(nodes, vec![floats("factor", &[], &[factor]), matrix("v", 2, 2)])
	};
	assert_eq!(accepted(after(2.5)), "3-2-2");
	assert_eq!(accepted(after(-2.5)), "3-2-2-2");
}

#[test]
fn sums_differences_and_lists_of_functions_of_one_value() {
	let nodes = vec![
		node("MatMul", &["x", "w"], "g"),
		node("Add", &["h", "g"], "s"),
		node("Sub", &["s", "h"], "d"),
		node("Neg", &["h"], "n"),
		with_int(node("Concat", &["d", "n", "x"], "c"), "axis", -1),
		node("MatMul", &["c", "v"], "y"),
	];
	assert_eq!(accepted(after_a_gemm(nodes, vec![matrix("v", 7, 2)])), "3-2");
	let nodes = vec![node("Identity", &["h"], "i"), node("Add", &["h", "i"], "y")];
	assert_eq!(accepted(after_a_gemm(nodes, vec![])), "3-2");
}

#[test]
fn features_that_are_selected_moved_and_repeated() {
	let nodes =
		vec![node("Slice", &["x", "one", "end", "one"], "s"), node("MatMul", &["s", "w"], "y")];
	let constants = vec![integers("one", &[1]), integers("end", &[i64::MAX]), matrix("w", 2, 2)];
	assert_eq!(accepted(model(3, 2, nodes, constants)), "3-2");

	let nodes = vec![
		with_int(node("Gather", &["x", "places"], "g"), "axis", 1),
		with_int(node("Gather", &["x", "last"], "l"), "axis", 1),
		node("Unsqueeze", &["l", "one"], "u"),
		node("Mul", &["u", "of3"], "r"),
		with_int(node("Concat", &["g", "r"], "c"), "axis", 1),
		node("Gemm", &["c", "w", "b"], "y"),
	];
	let last = TensorProto { dims: vec![], ..integers("last", &[-1]) };
	let constants = vec![
		integers("places", &[2, 0, 2]),
		last,
		integers("one", &[1]),
		floats("of3", &[3], &[0.5, -2.0, 3.0]),
		matrix("w", 6, 2),
		bias("b", 2),
	];
	assert_eq!(accepted(model(3, 2, nodes.clone(), constants.clone())), "3-2");
	let mut outside = constants;
	outside[0] = integers("places", &[3]);
	assert!(refused(model(3, 2, nodes, outside)).contains("lies outside of 3 features"));

	let nodes = vec![
		with_ints(node("Transpose", &["x"], "t"), "perm", &[0, 2, 1]),
		with_int(node("Flatten", &["t"], "f"), "axis", 1),
		node("Gemm", &["f", "w"], "y"),
	];
	let mut proto = model(6, 2, nodes, vec![matrix("w", 6, 2)]);
	let image = [Dim::Named("batch"), Dim::Known(2), Dim::Known(3)];
	proto.graph.as_mut().expect("a graph").input = vec![value("x", &image)];
	assert_eq!(accepted(proto), "6-2");
}

#[test]
fn one_number_a_sample() {
	let constants = || vec![matrix("w", 3, 1), bias("b", 1), integers("one", &[1])];
	let nodes = vec![
		node("Gemm", &["x", "w", "b"], "h"),
		node("Squeeze", &["h", "one"], "s"),
		node("Mul", &["s", "b"], "y"),
	];
	assert_eq!(accepted(model(3, 1, nodes, constants())), "3-1");
	let nodes = vec![node("MatMul", &["x", "v"], "y")];
	assert_eq!(accepted(model(3, 1, nodes, vec![bias("v", 3)])), "3-1");
}

#[test]
fn a_scaler() {
	let scaler = with_floats(ml(node("Scaler", &["x"], "s")), "offset", &[1.0, -2.0, 0.5]);
	let nodes =
		vec![with_floats(scaler, "scale", &[0.5, 3.0, -1.0]), node("Gemm", &["s", "w", "b"], "y")];
	let constants = || vec![matrix("w", 3, 2), bias("b", 2)];
	assert_eq!(accepted(model(3, 2, nodes.clone(), constants())), "3-2");
	let mut wrong = nodes;
	wrong[0] = with_floats(ml(node("Scaler", &["x"], "s")), "scale", &[1.0, 2.0]);
	assert!(refused(model(3, 2, wrong, constants())).contains("2 numbers for 3 features"));
}

#[test]
fn what_folds_into_a_layer_changes_no_other_use_of_it() {
	// The logits are an output beside what is made of them.
	let nodes = vec![node("Mul", &["h", "two"], "g"), node("Softmax", &["h"], "y")];
	let mut proto = after_a_gemm(nodes, vec![floats("two", &[], &[2.0])]);
	let graph = proto.graph.as_mut().expect("a graph");
	graph.node.push(node("Mul", &["g", "half"], "z"));
	graph.initializer.push(floats("half", &[], &[0.5]));
	graph.output.push(value("z", &[Dim::Named("batch"), Dim::Known(2)]));
	assert_eq!(accepted(proto), "3-2");
}
