// SPDX-License-Identifier: Apache-2.0
//! Sums along axes, and layers of weights at each place of a sequence.

use super::{convolutions::of_image, *};

/// A node that reduces `from`, with its axes as an attribute.
pub(super) fn reduction(operator: &str, from: &str, axes: &[i64], keeps: i64) -> NodeProto {
	let reduction = with_ints(node(operator, &[from], "r"), "axes", axes);
	with_int(reduction, "keepdims", keeps)
}

/// The file with operators of this version.
fn of_version(mut proto: ModelProto, version: i64) -> ModelProto {
	proto.opset_import[0].version = version;
	proto
}

/// A reduction of `x`, of these dimensions in each sample, with a layer behind it that has so many inputs.
fn reduced(dims: &[i64], reduction: NodeProto, inputs: i64) -> ModelProto {
	let nodes =
		vec![reduction, node("Reshape", &["r", "list"], "f"), node("Gemm", &["f", "w"], "y")];
	let constants = vec![matrix("w", inputs, 2), integers("list", &[-1, inputs])];
	of_version(of_image(dims, nodes, constants), 11)
}

#[test]
fn sums_and_means_along_any_axes() {
	for operator in ["ReduceSum", "ReduceMean"] {
		for (axes, inputs) in [
			(&[1][..], 20),
			(&[2], 15),
			(&[3], 12),
			(&[-1], 12),
			(&[1, 2], 5),
			(&[2, 1], 5),
			(&[-2, -1], 3),
			(&[1, 2, 3], 1),
		] {
			for keeps in [0, 1] {
				let proto = reduced(&[3, 4, 5], reduction(operator, "x", axes, keeps), inputs);
				assert_eq!(accepted(proto), "[60] sum_pool dense [2]", "{operator} along {axes:?}");
			}
		}
		let apart = reduced(&[3, 4, 5], reduction(operator, "x", &[1, -1], 0), 4);
		assert_eq!(accepted(apart), "[60] sum_pool sum_pool dense [2]");
		let of_one = reduced(&[3, 1, 5], reduction(operator, "x", &[2], 1), 15);
		assert_eq!(accepted(of_one), "15-2");
	}
}

#[test]
fn axes_that_are_an_input() {
	for (operator, version) in [("ReduceSum", 13), ("ReduceMean", 18)] {
		let nodes = vec![
			with_int(node(operator, &["x", "axes"], "r"), "keepdims", 0),
			node("Gemm", &["r", "w"], "y"),
		];
		let constants = vec![integers("axes", &[-2]), matrix("w", 5, 2)];
		let proto = of_version(of_image(&[4, 5], nodes, constants), version);
		assert_eq!(accepted(proto), "[20] sum_pool dense [2]");
	}
}

/// They may have scales of their own, and weights of the next layer.
#[test]
fn features_in_a_list_are_added_up_by_the_next_layer() {
	for operator in ["ReduceSum", "ReduceMean"] {
		let nodes = vec![reduction(operator, "x", &[1], 1), node("Gemm", &["r", "w", "b"], "y")];
		let proto = of_version(model(4, 3, nodes, vec![matrix("w", 1, 3), bias("b", 3)]), 11);
		assert_eq!(accepted(proto), "4-3");
		let nodes = vec![
			node("Gemm", &["x", "w", "b"], "h"),
			node("Relu", &["h"], "a"),
			reduction(operator, "a", &[-1], 1),
			node("Sub", &["a", "r"], "d"),
			node("Gemm", &["d", "v"], "y"),
		];
		let constants = vec![matrix("w", 3, 4), bias("b", 4), matrix("v", 4, 2)];
		assert_eq!(accepted(of_version(model(3, 2, nodes, constants), 11)), "3-4-2");
	}
}

#[test]
fn sums_of_a_convolution_go_into_it() {
	let of = |axes: &[i64], inputs| {
		let nodes = vec![
			node("Conv", &["x", "k", "b"], "h"),
			reduction("ReduceMean", "h", axes, 1),
			node("Relu", &["r"], "a"),
			node("Flatten", &["a"], "f"),
			node("Gemm", &["f", "w"], "y"),
		];
		let kernel = floats("k", &[4, 2, 3, 2], &weights(48));
		let constants = vec![kernel, bias("b", 4), matrix("w", inputs, 2)];
		accepted(of_version(of_image(&[2, 6, 7], nodes, constants), 11))
	};
	assert_eq!(of(&[1], 24), "[84] conv relu dense [2]");
	assert_eq!(of(&[2, 3], 4), "[84] conv relu dense [2]");
	assert_eq!(of(&[2], 24), "[84] conv relu dense [2]");
}

#[test]
fn sums_over_the_batch_are_refused_unless_it_is_one() {
	let of = |batch, axes: &[i64], keeps| {
		let mut reduction = reduction("ReduceSum", "x", axes, keeps);
		// Without the attribute it is of all axes.
		reduction.attribute.retain(|attribute| attribute.name != "axes" || !axes.is_empty());
		let mut proto = reduced(&[3, 4], reduction, 1);
		let dims = [batch, Dim::Known(3), Dim::Known(4)];
		proto.graph.as_mut().expect("a graph").input = vec![value("x", &dims)];
		proto
	};
	for axes in [&[][..], &[0, 1, 2]] {
		assert!(refused(of(Dim::Named("n"), axes, 1)).contains("axis 0 mixes samples"));
		assert!(refused(of(Dim::Known(1), axes, 0)).contains("axis 0 mixes samples"));
		assert_eq!(accepted(of(Dim::Known(1), axes, 1)), "[12] sum_pool dense [2]");
	}
	assert!(refused(of(Dim::Named("n"), &[3], 1)).contains("axis 3"));
}

#[test]
fn no_axes_may_stand_for_none() {
	let nodes = vec![
		with_int(node("ReduceSum", &["x", "axes"], "r"), "noop_with_empty_axes", 1),
		node("Gemm", &["r", "w"], "y"),
	];
	let constants = vec![integers("axes", &[]), matrix("w", 3, 2)];
	assert_eq!(accepted(of_version(model(3, 2, nodes, constants), 13)), "3-2");
}

/// `x` of so many places and features, through these nodes to `g`, of which the mean over all places goes into a
/// layer.
fn of_places(
	dims: &[i64],
	nodes: Vec<NodeProto>,
	outputs: i64,
	constants: Vec<TensorProto>,
) -> String {
	let places: Vec<i64> = (1..dims.len() as i64).collect();
	let behind = [reduction("ReduceMean", "g", &places, 0), node("Gemm", &["r", "v"], "y")];
	let nodes = nodes.into_iter().chain(behind).collect();
	let constants = constants.into_iter().chain([matrix("v", outputs, 2)]).collect();
	accepted(of_version(of_image(dims, nodes, constants), 11))
}

#[test]
fn a_layer_at_each_place_of_a_sequence_is_a_convolution() {
	let layers = |last: &str| {
		vec![
			node("MatMul", &["x", "w"], "h"),
			node("Add", &["h", "b"], "i"),
			node("Relu", &["i"], "a"),
			node("MatMul", &["a", "u"], "j"),
			node("Add", &["c", "j"], "k"),
			node(last, &["k"], "g"),
		]
	};
	let constants = || vec![matrix("w", 3, 4), bias("b", 4), matrix("u", 4, 6), bias("c", 6)];
	let expected = "[15] conv relu conv relu sum_pool dense [2]";
	assert_eq!(of_places(&[5, 3], layers("Relu"), 6, constants()), expected);
	let expected = "[15] conv relu conv table sum_pool dense [2]";
	assert_eq!(of_places(&[5, 3], layers("Tanh"), 6, constants()), expected);
	let expected = "[30] conv relu conv relu sum_pool dense [2]";
	assert_eq!(of_places(&[2, 5, 3], layers("Relu"), 6, constants()), expected);
	// Without a function behind it the layer and the mean go into the next one.
	assert_eq!(of_places(&[5, 3], layers("Identity"), 6, constants()), "[15] conv relu dense [2]");
}

/// Scaled alike at all places, the features go into the weights; else bytes of their own are made first.
#[test]
fn features_that_are_scaled_before_a_layer_at_each_place() {
	let of = |constant: TensorProto| {
		let nodes = vec![
			node("Mul", &["x", "s"], "n"),
			node("Add", &["n", "s"], "o"),
			node("MatMul", &["o", "w"], "h"),
			node("Relu", &["h"], "g"),
		];
		of_places(&[5, 3], nodes, 4, vec![constant, matrix("w", 3, 4)])
	};
	assert_eq!(of(floats("s", &[3], &weights(4)[1..])), "[15] conv relu sum_pool dense [2]");
	let apart = of(floats("s", &[5, 3], &weights(16)[1..]));
	assert_eq!(apart, "[15] conv table conv relu sum_pool dense [2]");
}

#[test]
fn rows_of_other_features_than_weights_are_refused() {
	for (dims, rows) in [([5, 3], 5), ([2, 3], 6), ([5, 3], 15)] {
		let nodes = vec![node("MatMul", &["x", "w"], "g"), node("Flatten", &["g"], "y")];
		let message = refused(of_image(&dims, nodes, vec![matrix("w", rows, 2)]));
		assert!(message.contains("meet rows of 3 values"), "{message}");
	}
}

#[test]
fn a_list_of_weights_gives_a_number_at_each_place() {
	let nodes = vec![
		node("MatMul", &["x", "w"], "h"),
		node("Relu", &["h"], "a"),
		node("Gemm", &["a", "v"], "y"),
	];
	let constants = vec![floats("w", &[3], &weights(4)[1..]), matrix("v", 5, 2)];
	assert_eq!(accepted(of_image(&[5, 3], nodes, constants)), "[15] conv relu dense [2]");
}

#[test]
fn the_places_of_an_image_in_another_order() {
	// From channels before places to channels behind them, and back.
	let nodes = vec![
		node("Conv", &["x", "k", "b"], "h"),
		with_ints(node("Transpose", &["h"], "t"), "perm", &[0, 2, 3, 1]),
		node("Relu", &["t"], "a"),
		node("MatMul", &["a", "u"], "m"),
		node("Relu", &["m"], "n"),
		with_ints(node("Transpose", &["n"], "s"), "perm", &[0, 3, 1, 2]),
		node("Flatten", &["s"], "f"),
		node("Gemm", &["f", "w"], "y"),
	];
	let kernel = floats("k", &[4, 2, 3, 2], &weights(48));
	let constants = vec![kernel, bias("b", 4), matrix("u", 4, 3), matrix("w", 72, 2)];
	let expected = "[84] conv relu conv relu dense [2]";
	assert_eq!(accepted(of_image(&[2, 6, 7], nodes, constants)), expected);
}
