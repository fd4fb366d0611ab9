// SPDX-License-Identifier: Apache-2.0
//! Sums of several values, their bounds, and parts of them.

use super::{
	convolutions::{of_image, pooled, window},
	*,
};

/// Nodes from `x` of an image of so many channels and places, which a Conv makes `h` of, and a layer behind `g`.
fn of_channels(nodes: Vec<NodeProto>, values: i64) -> ModelProto {
	let nodes = [node("Conv", &["x", "k", "b"], "h")]
		.into_iter()
		.chain(nodes)
		.chain([node("Flatten", &["g"], "f"), node("Gemm", &["f", "w"], "y")]);
	let kernel = floats("k", &[4, 2, 3, 2], &weights(48));
	let constants = vec![kernel, bias("b", 4), matrix("w", values, 2)];
	of_image(&[2, 6, 7], nodes.collect(), constants)
}

#[test]
fn sums_and_means_of_several() {
	let constant = || floats("c", &[2], &[0.5, -3.0]);
	for operator in ["Sum", "Mean"] {
		let of = |before: &[NodeProto], operands: &[&str]| {
			let nodes = before.iter().cloned().chain([node(operator, operands, "y")]).collect();
			accepted(after_a_gemm(nodes, vec![constant()]))
		};
		for operands in [&["h", "c"][..], &["c", "h"], &["h"], &["h", "h", "h"]] {
			assert_eq!(of(&[], operands), "3-2", "{operator} of {operands:?}");
		}
		let second = node("Gemm", &["x", "w"], "g");
		assert_eq!(of(core::slice::from_ref(&second), &["h", "c", "g"]), "3-2");
		// Of different values, which stand side by side.
		let [first, second] = [("h", "r"), ("g", "s")].map(|(from, to)| node("Relu", &[from], to));
		let nodes = [node("Gemm", &["x", "w"], "g"), first, second];
		let said = of(&nodes, &["r", "c", "s"]);
		assert!(said.contains("join"), "{said}");
	}
}

#[test]
fn a_bound_on_either_side() {
	let bound = || floats("c", &[], &[0.75]);
	for operator in ["Max", "Min"] {
		for operands in [["h", "c"], ["c", "h"]] {
			let nodes = vec![node(operator, &operands, "y")];
			assert_eq!(accepted(after_a_gemm(nodes, vec![bound()])), "3-2-2", "{operator}");
		}
	}
	let zero = floats("zero", &[1], &[0.0]);
	let relu = after_a_gemm(vec![node("Max", &["h", "zero"], "y")], vec![zero]);
	assert_eq!(accepted(relu), "3-2-2");
	for (operator, none) in [("Max", f32::MIN), ("Min", f32::MAX)] {
		let nodes = vec![node(operator, &["h", "none"], "y")];
		assert_eq!(accepted(after_a_gemm(nodes, vec![floats("none", &[], &[none])])), "3-2");
		// Data of one number meets a constant of three.
		let nodes = vec![node("Gemm", &["x", "w"], "h"), node(operator, &["h", "c"], "y")];
		let constants = vec![matrix("w", 3, 1), floats("c", &[1, 3], &[0.75; 3])];
		assert_eq!(accepted(model(3, 3, nodes, constants)), "3-3-3", "{operator}");
	}
	let two = after_a_gemm(vec![node("Max", &["h", "h"], "y")], vec![]);
	assert!(refused(two).contains("the larger of two values"));
	let each = floats("c", &[2], &[0.0, 1.0]);
	let of_each = after_a_gemm(vec![node("Max", &["h", "c"], "y")], vec![each]);
	assert!(refused(of_each).contains("not one number"));
}

#[test]
fn parts_of_features_and_of_channels() {
	let split = |outputs: &[&str]| NodeProto {
		output: outputs.iter().map(|output| (*output).to_owned()).collect(),
		..with_int(node("Split", &["h"], "p"), "axis", 1)
	};
	// Two parts that are put together the other way around.
	let nodes = vec![
		split(&["p", "q"]),
		with_int(node("Concat", &["q", "p"], "z"), "axis", 1),
		node("Relu", &["z"], "g"),
	];
	assert_eq!(accepted(of_channels(nodes, 96)), "[84] conv relu dense [2]");
	let nodes = vec![
		with_ints(split(&["p", "q"]), "split", &[1, 3]),
		node("Relu", &["q"], "g"),
		node("Identity", &["p"], "z"),
	];
	let mut proto = of_channels(nodes, 72);
	proto.opset_import[0].version = 11;
	let graph = proto.graph.as_mut().expect("a graph");
	graph.node.retain(|node| node.op_type != "Identity");
	assert_eq!(accepted(proto), "[84] conv relu dense [2]");

	let wrong = |lengths: &[i64]| {
		let nodes =
			vec![with_ints(split(&["p", "q"]), "split", lengths), node("Relu", &["q"], "g")];
		let mut proto = of_channels(nodes, 72);
		proto.opset_import[0].version = 11;
		refused(proto)
	};
	for lengths in [&[2, 3][..], &[4, 0], &[4], &[-1, 5], &[i64::MAX, i64::MAX]] {
		assert!(wrong(lengths).contains("do not make up the 4"), "{lengths:?}");
	}
	let batch = with_int(node("Split", &["h"], "g"), "axis", 0);
	assert!(refused(of_channels(vec![batch], 96)).contains("axis 0 mixes samples"));
}

#[test]
fn slices_and_picks_of_any_axis() {
	let slice = |attributes: [&[i64]; 3]| {
		let names = ["starts", "ends", "axes"];
		let with = |node, (name, ints): (&str, &[i64])| with_ints(node, name, ints);
		let slice = names.into_iter().zip(attributes).fold(node("Slice", &["h"], "s"), with);
		vec![slice, node("Relu", &["s"], "g")]
	};
	let of = |nodes, values| {
		let mut proto = of_channels(nodes, values);
		proto.opset_import[0].version = 9;
		accepted(proto)
	};
	// Channels stay filters, rows and columns become a layer.
	assert_eq!(of(slice([&[1], &[3], &[1]]), 48), "[84] conv relu dense [2]");
	assert_eq!(of(slice([&[1, -3], &[3, 9], &[1, 2]]), 36), "84-36-2");
	for (axis, values) in [(1, 48), (2, 48), (3, 32)] {
		let pick = with_int(node("Gather", &["h", "at"], "s"), "axis", axis);
		let mut proto = of_channels(vec![pick, node("Relu", &["s"], "g")], values);
		let graph = proto.graph.as_mut().expect("a graph");
		graph.initializer.push(integers("at", &[2, 0]));
		accepted(proto);
	}
}

#[test]
fn channels_that_were_picked_behind_a_relu_are_filtered() {
	let nodes = vec![
		node("Relu", &["h"], "r"),
		with_int(node("Gather", &["r", "at"], "s"), "axis", 1),
		node("Conv", &["s", "l"], "c"),
		node("Relu", &["c"], "g"),
	];
	let mut proto = of_channels(nodes, 3 * 3 * 5);
	let graph = proto.graph.as_mut().expect("a graph");
	graph.initializer.push(integers("at", &[3, 1]));
	graph.initializer.push(floats("l", &[3, 2, 2, 2], &weights(24)));
	assert_eq!(accepted(proto), "[84] conv relu conv relu dense [2]");
}

#[test]
fn the_largest_of_sums_is_that_of_their_bytes() {
	let largest = |from: &str, to: &str| window("MaxPool", from, to, &[2, 2], &[2, 2]);
	// Sums of what is not negative are a Relu of themselves; others have a table that changes nothing.
	let positive =
		vec![node("Relu", &["h"], "a"), node("Sum", &["a", "a"], "s"), largest("s", "p")];
	assert_eq!(accepted(pooled(positive, 18)), "[42] conv relu conv relu max_pool dense [2]");
	let sums = vec![largest("h", "p")];
	assert_eq!(accepted(pooled(sums, 18)), "[42] conv table max_pool dense [2]");
	let before = vec![largest("h", "m"), node("LeakyRelu", &["m"], "p")];
	assert!(accepted(pooled(before, 18)).starts_with("[42] conv table max_pool"));
}

#[test]
fn totals_and_bytes_stand_side_by_side_as_bytes() {
	let nodes = vec![
		node("Relu", &["h"], "a"),
		node("GlobalAveragePool", &["a"], "m"),
		node("GlobalMaxPool", &["a"], "n"),
		with_int(node("Concat", &["m", "n"], "p"), "axis", 1),
	];
	let said = accepted(pooled(nodes, 6));
	assert!(
		said.contains("join") && said.contains("sum_pool") && said.contains("max_pool"),
		"{said}"
	);
}

#[test]
fn parts_of_values_that_are_too_many() {
	// Of channels, whose filters are few numbers.
	let large = |nodes: Vec<NodeProto>, constant: TensorProto| {
		let nodes = core::iter::once(node("Conv", &["x", "k"], "h")).chain(nodes).collect();
		let kernel = floats("k", &[1024, 1, 1, 1], &weights(1024));
		refused(of_image(&[1, 64, 64], nodes, vec![kernel, constant]))
	};
	let places = || integers("places", &[7; 5 << 10]);
	for axis in [1, 2, -1] {
		let pick = with_int(node("Gather", &["h", "places"], "y"), "axis", axis);
		assert!(large(vec![pick], places())
			.contains("`Gather` (node `y_node`): what it makes is too large"));
	}
	let joined = with_int(node("Concat", &["h"; 5], "y"), "axis", 1);
	assert!(large(vec![joined], places()).contains("what it makes is too large"));
}

#[test]
fn sums_of_layers_beside_one_of_them_are_filters() {
	let nodes = vec![
		node("Relu", &["h"], "a"),
		node("Conv", &["a", "l"], "c"),
		node("Relu", &["c"], "d"),
		node("Add", &["a", "d"], "s"),
		with_int(node("Concat", &["s", "d"], "t"), "axis", 1),
		window("MaxPool", "t", "g", &[2, 2], &[2, 2]),
	];
	let mut proto = of_channels(nodes, 8 * 2 * 3);
	let graph = proto.graph.as_mut().expect("a graph");
	graph.initializer.push(floats("l", &[4, 4, 1, 1], &weights(16)));
	let expected = "[84] conv relu conv relu join join conv relu max_pool dense [2]";
	assert_eq!(accepted(proto), expected);
}
