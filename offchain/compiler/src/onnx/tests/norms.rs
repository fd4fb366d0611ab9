// SPDX-License-Identifier: Apache-2.0
//! Normalisations of rows.

use super::{convolutions::of_image, *};

/// `x` of so many places and features, through a layer at each place to `h`, these nodes to `g`, and a layer behind.
fn behind_a_layer(nodes: Vec<NodeProto>, constants: Vec<TensorProto>) -> ModelProto {
	let before = [node("MatMul", &["x", "w"], "h")];
	let behind = [node("Flatten", &["g"], "f"), node("Gemm", &["f", "v"], "y")];
	let nodes = before.into_iter().chain(nodes).chain(behind).collect();
	let constants = constants.into_iter().chain([matrix("w", 3, 4), matrix("v", 20, 2)]).collect();
	of_image(&[5, 3], nodes, constants)
}

fn scale_and_bias() -> Vec<TensorProto> {
	vec![floats("s", &[4], &weights(5)[1..]), bias("b", 4)]
}

#[test]
fn rows_are_normalised_behind_bytes() {
	let norm = |inputs: &[&str]| {
		let norm = with_float(node("LayerNormalization", inputs, "g"), "epsilon", 1e-3);
		vec![with_int(norm, "axis", -1)]
	};
	let expected = "[15] conv table normalise dense [2]";
	for inputs in [&["h", "s", "b"][..], &["h", "s"]] {
		assert_eq!(accepted(behind_a_layer(norm(inputs), scale_and_bias())), expected);
	}
	let behind_a_relu = [vec![node("Relu", &["h"], "a")], norm(&["a", "s", "b"])].concat();
	let expected = "[15] conv relu normalise dense [2]";
	assert_eq!(accepted(behind_a_layer(behind_a_relu, scale_and_bias())), expected);
}

#[test]
fn features_are_normalised_as_they_are() {
	let nodes =
		vec![node("LayerNormalization", &["x", "s", "b"], "g"), node("Gemm", &["g", "w"], "y")];
	let constants = vec![floats("s", &[6], &weights(7)[1..]), bias("b", 6), matrix("w", 6, 2)];
	assert_eq!(accepted(model(6, 2, nodes, constants)), "[6] normalise dense [2]");
}

#[test]
fn all_of_several_axes_are_one_row() {
	let nodes = vec![
		with_int(node("LayerNormalization", &["x", "s"], "g"), "axis", 1),
		node("Flatten", &["g"], "f"),
		node("Gemm", &["f", "w"], "y"),
	];
	let constants = vec![floats("s", &[5, 3], &weights(16)[1..]), matrix("w", 15, 2)];
	assert_eq!(accepted(of_image(&[5, 3], nodes, constants)), "[15] normalise dense [2]");
}

/// A layer at each place goes on behind it with weights for all places.
#[test]
fn a_layer_at_each_place_behind_normalised_rows() {
	let nodes = vec![
		node("MatMul", &["x", "w"], "h"),
		node("LayerNormalization", &["h", "s", "b"], "n"),
		node("MatMul", &["n", "u"], "i"),
		node("Relu", &["i"], "a"),
		node("Flatten", &["a"], "f"),
		node("Gemm", &["f", "v"], "y"),
	];
	let constants = vec![matrix("w", 3, 4), matrix("u", 4, 6), matrix("v", 30, 2)];
	let constants = scale_and_bias().into_iter().chain(constants).collect();
	let expected = "[15] conv table normalise conv relu dense [2]";
	assert_eq!(accepted(of_image(&[5, 3], nodes, constants)), expected);
}

mod reject {
	use super::*;

	#[test]
	fn rows_that_are_too_short_or_too_long() {
		for width in [1, 257] {
			let nodes =
				vec![node("LayerNormalization", &["x", "s"], "g"), node("Gemm", &["g", "w"], "y")];
			let constants =
				vec![floats("s", &[width], &weights(width as usize)), matrix("w", width, 2)];
			let message = refused(model(width, 2, nodes, constants));
			assert!(message.contains(&format!("rows of {width} elements")), "{message}");
		}
	}

	#[test]
	fn the_batch_and_other_outputs() {
		let of = |node: NodeProto| {
			let nodes = vec![node, super::node("Gemm", &["g", "w"], "y")];
			refused(model(4, 2, nodes, vec![bias("s", 4), matrix("w", 4, 2)]))
		};
		let norm = || node("LayerNormalization", &["x", "s"], "g");
		assert!(of(with_int(norm(), "axis", 0)).contains("axis 0 mixes samples"));
		let mut with_mean = norm();
		with_mean.output.push("mean".into());
		let nodes =
			vec![with_mean, node("Add", &["g", "mean"], "z"), node("Gemm", &["z", "w"], "y")];
		let message = refused(model(4, 2, nodes, vec![bias("s", 4), matrix("w", 4, 2)]));
		assert!(message.contains("mean and deviation are no outputs"), "{message}");
		assert!(of(with_float(norm(), "epsilon", -1.0)).contains("epsilon -1 is negative"));
		let short =
			vec![node("LayerNormalization", &["x", "s"], "g"), node("Gemm", &["g", "w"], "y")];
		let message = refused(model(4, 2, short, vec![bias("s", 3), matrix("w", 4, 2)]));
		assert!(message.contains("a number for each element of a row"), "{message}");
	}
}
