// SPDX-License-Identifier: Apache-2.0
//! Convolutions and pools, in the spellings of exporters.

use super::*;

/// Nodes from the image `x` of this shape to `y`, with constants.
pub(super) fn of_image(
	dims: &[i64],
	nodes: Vec<NodeProto>,
	constants: Vec<TensorProto>,
) -> ModelProto {
	let mut proto = model(1, 2, nodes, constants);
	let batch = core::iter::once(Dim::Named("batch"));
	let image: Vec<Dim> = batch.chain(dims.iter().map(|dim| Dim::Known(*dim))).collect();
	proto.graph.as_mut().expect("a graph").input = vec![value("x", &image)];
	proto
}

fn tensor(name: &str, dims: &[i64]) -> TensorProto {
	floats(name, dims, &weights(dims.iter().product::<i64>() as usize))
}

/// A convolution of `x` with weights of this shape and attributes, then Relu, Flatten and a Gemm of so
/// many values.
fn convolved(
	image: &[i64],
	weights: &[i64],
	attributes: &[(&str, &[i64])],
	values: i64,
) -> ModelProto {
	let mut conv = node("Conv", &["x", "k", "b"], "h");
	for (name, ints) in attributes {
		conv = match (*name, *ints) {
			("group", &[group]) => with_int(conv, "group", group),
			(name, ints) => with_ints(conv, name, ints),
		};
	}
	let nodes = vec![
		conv,
		node("Relu", &["h"], "a"),
		node("Flatten", &["a"], "f"),
		node("Gemm", &["f", "w"], "y"),
	];
	let constants = vec![tensor("k", weights), bias("b", weights[0]), matrix("w", values, 2)];
	of_image(image, nodes, constants)
}

#[test]
fn conv_in_every_form() {
	let of = |image: &[i64], weights: &[i64], attributes: &[(&str, &[i64])], values| {
		accepted(convolved(image, weights, attributes, values))
	};
	let expected = "[40] conv relu dense [2]";
	assert_eq!(of(&[2, 4, 5], &[3, 2, 2, 3], &[], 27), expected);
	assert_eq!(of(&[2, 4, 5], &[3, 2, 3, 3], &[("pads", &[1, 1, 1, 1])], 60), expected);
	assert_eq!(of(&[2, 4, 5], &[3, 2, 2, 2], &[("pads", &[0, 2, 1, 0])], 72), expected);
	assert_eq!(of(&[2, 4, 5], &[3, 2, 2, 2], &[("strides", &[2, 3])], 12), expected);
	assert_eq!(of(&[2, 4, 5], &[3, 2, 2, 2], &[("dilations", &[3, 2])], 9), expected);
	assert_eq!(of(&[2, 4, 5], &[4, 1, 2, 2], &[("group", &[2])], 48), expected);
	let all: &[(&str, &[i64])] = &[
		("kernel_shape", &[3, 2]),
		("pads", &[2, 1, 2, 3]),
		("strides", &[2, 2]),
		("dilations", &[1, 2]),
		("group", &[2]),
	];
	assert_eq!(of(&[2, 4, 5], &[4, 1, 3, 2], all, 48), expected);
	assert_eq!(of(&[4, 10], &[3, 4, 3], &[("pads", &[1, 1])], 30), expected);
	assert_eq!(of(&[4, 10], &[4, 1, 4], &[("strides", &[3]), ("group", &[4])], 12), expected);
}

#[test]
fn conv_that_keeps_the_size() {
	for auto_pad in ["SAME_UPPER", "SAME_LOWER", "VALID"] {
		for (strides, kept, valid) in [([1, 1], 20, 9), ([2, 2], 6, 4)] {
			let mut proto = convolved(&[1, 4, 5], &[1, 1, 2, 3], &[("strides", &strides)], 1);
			let graph = proto.graph.as_mut().expect("a graph");
			let values = if auto_pad == "VALID" { valid } else { kept };
			graph.initializer[2] = matrix("w", values, 2);
			graph.node[0] = with_text(graph.node[0].clone(), "auto_pad", auto_pad);
			assert_eq!(accepted(proto), "[20] conv relu dense [2]", "{auto_pad}");
		}
	}
}

#[test]
fn what_is_done_to_channels_goes_into_conv() {
	let normalised = |from: &str, to: &str| {
		vec![
			node("BatchNormalization", &[from, "s", "b", "m", "v"], "n"),
			node("Mul", &["n", "f"], "p"),
			node("Add", &["p", "o"], to),
		]
	};
	let channels = |count: i64| {
		vec![
			tensor("s", &[count]),
			tensor("b", &[count]),
			tensor("m", &[count]),
			floats("v", &[count], &vec![0.5; count as usize]),
			floats("f", &[count, 1, 1], &vec![2.5; count as usize]),
			floats("o", &[1, count, 1, 1], &vec![0.25; count as usize]),
		]
	};
	let pads = |node| with_ints(node, "pads", &[1, 0, 0, 1]);
	let rest = vec![
		node("Relu", &["a"], "r"),
		node("Flatten", &["r"], "g"),
		node("Gemm", &["g", "w"], "y"),
	];
	let behind: Vec<NodeProto> = core::iter::once(pads(node("Conv", &["x", "k"], "h")))
		.chain(normalised("h", "a"))
		.chain(rest.clone())
		.collect();
	let constants = [channels(3), vec![tensor("k", &[3, 2, 2, 2]), matrix("w", 48, 2)]].concat();
	assert_eq!(accepted(of_image(&[2, 4, 4], behind, constants)), "[32] conv relu dense [2]");

	// What stands around the image is zero behind the normalisation, and another number before it.
	let before: Vec<NodeProto> = normalised("x", "h")
		.into_iter()
		.chain([pads(node("Conv", &["h", "k"], "a"))])
		.chain(rest)
		.collect();
	let mut constants = channels(2);
	constants[0] = floats("s", &[2], &[1.5, -0.5]);
	constants.extend([tensor("k", &[3, 2, 2, 2]), matrix("w", 48, 2)]);
	assert_eq!(accepted(of_image(&[2, 4, 4], before, constants)), "[32] conv relu dense [2]");
}

#[test]
fn pad_is_part_of_the_conv_behind_it() {
	let nodes = |pads: NodeProto| {
		vec![
			node("Relu", &["x"], "r"),
			pads,
			with_ints(node("Conv", &["p", "k"], "h"), "pads", &[0, 1, 0, 1]),
			node("Relu", &["h"], "a"),
			node("Flatten", &["a"], "f"),
			node("Gemm", &["f", "w"], "y"),
		]
	};
	let constants = vec![
		tensor("k", &[2, 1, 2, 2]),
		matrix("w", 2 * 5 * 8, 2),
		integers("pads", &[0, 0, 1, 2, 0, 0, 1, 1]),
		floats("zero", &[], &[0.0]),
	];
	// The last row and column of zeros are reached by no window.
	let mut by_strides = nodes(node("Pad", &["r", "pads"], "p"));
	by_strides[2] = with_ints(node("Conv", &["p", "k"], "h"), "strides", &[2, 2]);
	let mut of_strides = constants.clone();
	of_strides[1] = matrix("w", 2 * 3 * 3, 2);
	let proto = of_image(&[1, 4, 4], by_strides, of_strides);
	assert_eq!(accepted(proto), "[16] dense relu conv relu dense [2]");
	for inputs in [&["r", "pads"][..], &["r", "pads", "zero"]] {
		let proto = of_image(&[1, 4, 4], nodes(node("Pad", inputs, "p")), constants.clone());
		assert_eq!(accepted(proto), "[16] dense relu conv relu dense [2]");
	}
	for (name, wrong) in [("pads", vec![0, 1, 0, 0, 0, 0, 0, 0]), ("pads", vec![0; 8])] {
		let mut constants = constants.clone();
		constants[2] = integers(name, &wrong);
		let proto = of_image(&[1, 4, 4], nodes(node("Pad", &["r", "pads"], "p")), constants);
		if wrong.contains(&1) {
			assert!(refused(proto).contains("are not around images"));
		} else {
			assert!(refused(proto).contains("weights for"), "nothing is put around the image");
		}
	}
	let mut constants = constants;
	constants[3] = floats("zero", &[], &[1.0]);
	let pad = node("Pad", &["r", "pads", "zero"], "p");
	assert!(refused(of_image(&[1, 4, 4], nodes(pad), constants)).contains("only zeros"));
}

/// A convolution, these nodes from `h` to `p`, and a layer of so many values.
pub(super) fn pooled(nodes: Vec<NodeProto>, values: i64) -> ModelProto {
	let nodes = core::iter::once(node("Conv", &["x", "k", "b"], "h"))
		.chain(nodes)
		.chain([node("Flatten", &["p"], "f"), node("Gemm", &["f", "w"], "y")])
		.collect();
	let constants = vec![tensor("k", &[3, 1, 2, 2]), bias("b", 3), matrix("w", values, 2)];
	of_image(&[1, 6, 7], nodes, constants)
}

pub(super) fn window(
	operator: &str,
	from: &str,
	to: &str,
	kernel: &[i64],
	strides: &[i64],
) -> NodeProto {
	let node = with_ints(node(operator, &[from], to), "kernel_shape", kernel);
	with_ints(node, "strides", strides)
}

#[test]
fn max_pool_on_either_side_of_relu() {
	let behind = vec![node("Relu", &["h"], "a"), window("MaxPool", "a", "p", &[2, 2], &[2, 2])];
	assert_eq!(accepted(pooled(behind, 18)), "[42] conv relu max_pool dense [2]");
	let before = vec![window("MaxPool", "h", "m", &[3, 2], &[1, 2]), node("Relu", &["m"], "p")];
	assert_eq!(accepted(pooled(before, 27)), "[42] conv relu max_pool dense [2]");
	let padded = with_ints(window("MaxPool", "a", "p", &[3, 3], &[2, 2]), "pads", &[1, 1, 1, 1]);
	let padded = vec![node("Relu", &["h"], "a"), padded];
	assert_eq!(accepted(pooled(padded, 27)), "[42] conv relu max_pool dense [2]");
	let all = vec![node("Relu", &["h"], "a"), node("GlobalMaxPool", &["a"], "p")];
	assert_eq!(accepted(pooled(all, 3)), "[42] conv relu max_pool dense [2]");
}

#[test]
fn max_pool_of_what_is_scaled() {
	let nodes = vec![
		node("Relu", &["h"], "a"),
		node("Mul", &["a", "s"], "m"),
		node("Add", &["m", "s"], "n"),
		window("MaxPool", "n", "p", &[2, 3], &[2, 2]),
	];
	let with = |scale: f32| {
		let mut proto = pooled(nodes.clone(), 12);
		let constants = &mut proto.graph.as_mut().expect("a graph").initializer;
		constants.push(floats("s", &[1], &[scale]));
		proto
	};
	assert_eq!(accepted(with(0.5)), "[42] conv relu max_pool dense [2]");
	// In the other order they are bytes of their own.
	assert_eq!(accepted(with(-0.5)), "[42] conv relu conv table max_pool dense [2]");
}

#[test]
fn windows_that_are_not_left_out() {
	for (operator, name) in [("MaxPool", "max_pool"), ("AveragePool", "sum_pool")] {
		let pool = with_int(window(operator, "a", "p", &[2, 2], &[2, 2]), "ceil_mode", 1);
		let nodes = vec![node("Relu", &["h"], "a"), pool];
		let expected = format!("[42] conv relu {name} dense [2]");
		assert_eq!(accepted(pooled(nodes, 27)), expected);
	}
}

#[test]
fn average_pool_is_a_total_of_bytes() {
	let of =
		|pool: NodeProto, values| accepted(pooled(vec![node("Relu", &["h"], "a"), pool], values));
	let expected = "[42] conv relu sum_pool dense [2]";
	let plain = window("AveragePool", "a", "p", &[2, 2], &[2, 2]);
	assert_eq!(of(plain.clone(), 18), expected);
	for counts in [0, 1] {
		let padded = with_ints(window("AveragePool", "a", "p", &[3, 3], &[2, 2]), "pads", &[1; 4]);
		assert_eq!(of(with_int(padded, "count_include_pad", counts), 27), expected);
	}
	assert_eq!(of(node("GlobalAveragePool", &["a"], "p"), 3), expected);
}

#[test]
fn reductions_of_an_image_are_pools_over_all_of_it() {
	for (operator, name) in [("ReduceMean", "sum_pool"), ("ReduceMax", "max_pool")] {
		let of = |axes: &[i64], keeps| {
			let reduction = with_ints(node(operator, &["a"], "p"), "axes", axes);
			pooled(vec![node("Relu", &["h"], "a"), with_int(reduction, "keepdims", keeps)], 3)
		};
		let expected = format!("[42] conv relu {name} dense [2]");
		for (axes, keeps) in [([2, 3], 1), ([-1, -2], 0)] {
			assert_eq!(accepted(of(&axes, keeps)), expected);
		}
		if operator == "ReduceMax" {
			assert!(refused(of(&[1, 2], 1)).contains("all axes behind the channels"));
			assert!(refused(of(&[3], 1)).contains("all axes behind the channels"));
		}
	}
}

#[test]
fn average_pool_of_a_conv_is_part_of_it() {
	let nodes = vec![window("AveragePool", "h", "m", &[2, 2], &[2, 2]), node("Relu", &["m"], "p")];
	assert_eq!(accepted(pooled(nodes, 18)), "[42] conv relu dense [2]");
}

#[test]
fn conv_of_a_conv_is_one() {
	let nodes = |second: NodeProto| {
		vec![
			with_ints(
				with_ints(node("Conv", &["x", "k", "b"], "h"), "strides", &[2, 1]),
				"pads",
				&[1, 0, 1, 2],
			),
			with_ints(with_ints(second, "dilations", &[1, 2]), "strides", &[1, 2]),
			node("Relu", &["g"], "a"),
			node("Flatten", &["a"], "f"),
			node("Gemm", &["f", "w"], "y"),
		]
	};
	let constants = |second: &[i64], values| {
		vec![tensor("k", &[4, 2, 3, 2]), bias("b", 4), tensor("l", second), matrix("w", values, 2)]
	};
	let all = nodes(node("Conv", &["h", "l"], "g"));
	let proto = of_image(&[2, 6, 7], all, constants(&[3, 4, 2, 2], 18));
	assert_eq!(accepted(proto), "[84] conv relu dense [2]");
	for (groups, second) in [(4, [4, 1, 2, 2]), (2, [6, 2, 2, 2])] {
		let grouped = with_int(node("Conv", &["h", "l"], "g"), "group", groups);
		let proto = of_image(&[2, 6, 7], nodes(grouped), constants(&second, second[0] * 6));
		assert_eq!(accepted(proto), "[84] conv relu dense [2]");
	}
	// Zeros around what the first one gives are not zeros around the image.
	let padded = with_ints(node("Conv", &["h", "l"], "g"), "pads", &[1; 4]);
	let proto = of_image(&[2, 6, 7], nodes(padded), constants(&[1, 4, 2, 2], 16));
	assert_eq!(accepted(proto), "84-16-2");
}

#[test]
fn conv_behind_average_pool_and_at_the_end() {
	let nodes = vec![
		node("Conv", &["x", "k", "b"], "h"),
		node("Relu", &["h"], "a"),
		window("AveragePool", "a", "p", &[2, 2], &[2, 2]),
		with_ints(node("Conv", &["p", "l", "c"], "q"), "pads", &[1, 1, 1, 1]),
		node("Relu", &["q"], "r"),
		node("GlobalAveragePool", &["r"], "g"),
		node("Conv", &["g", "m"], "z"),
		node("Flatten", &["z"], "y"),
	];
	let constants = vec![
		tensor("k", &[3, 1, 2, 2]),
		bias("b", 3),
		tensor("l", &[4, 3, 3, 3]),
		bias("c", 4),
		tensor("m", &[2, 4, 1, 1]),
	];
	let proto = of_image(&[1, 6, 7], nodes, constants);
	assert_eq!(accepted(proto), "[42] conv relu sum_pool conv relu sum_pool conv [2]");
}

/// A block with a connection around two convolutions, the second of which goes by these strides, and `skip`
/// from `r` to `s`.
fn residual(strides: i64, skip: Option<NodeProto>, constants: Vec<TensorProto>) -> ModelProto {
	let same = |inputs: &[&str], output, strides: i64| {
		let conv = with_ints(node("Conv", inputs, output), "pads", &[1; 4]);
		with_ints(conv, "strides", &[strides; 2])
	};
	let around = skip.as_ref().map_or("r", |_| "s");
	let mut nodes = vec![
		same(&["x", "k", "b"], "h", 1),
		node("Relu", &["h"], "r"),
		same(&["r", "l", "c"], "i", strides),
		node("Relu", &["i"], "t"),
		same(&["t", "m", "c"], "j", 1),
		node("Add", &["j", around], "d"),
		node("Relu", &["d"], "e"),
		node("GlobalAveragePool", &["e"], "g"),
		node("Flatten", &["g"], "f"),
		node("Gemm", &["f", "w"], "y"),
	];
	nodes.extend(skip);
	let outputs = 3;
	let all = vec![
		tensor("k", &[3, 2, 3, 3]),
		bias("b", 3),
		tensor("l", &[outputs, 3, 3, 3]),
		bias("c", outputs),
		tensor("m", &[outputs, outputs, 3, 3]),
		matrix("w", outputs, 2),
	];
	of_image(&[2, 4, 6], nodes, [all, constants].concat())
}

#[test]
fn a_connection_around_convolutions() {
	let around = "[48] conv relu conv relu join conv relu sum_pool dense [2]";
	assert_eq!(accepted(residual(1, None, vec![])), around);
	let scaled = node("Mul", &["r", "q"], "s");
	let factors = floats("q", &[3, 1, 1], &[0.5, -2.0, 3.0]);
	assert_eq!(accepted(residual(1, Some(scaled), vec![factors])), around);
	let conv = with_ints(node("Conv", &["r", "n"], "s"), "strides", &[2, 2]);
	let proto = residual(2, Some(conv), vec![tensor("n", &[3, 3, 1, 1])]);
	let thinned = "[48] conv relu conv relu sum_pool join conv relu sum_pool dense [2]";
	assert_eq!(accepted(proto), thinned);
}

#[test]
fn a_connection_around_one_convolution_is_part_of_it() {
	let nodes = vec![
		with_ints(node("Conv", &["x", "k"], "h"), "pads", &[1; 4]),
		node("Add", &["x", "h"], "s"),
		node("Relu", &["s"], "a"),
		node("Flatten", &["a"], "f"),
		node("Gemm", &["f", "w"], "y"),
	];
	let constants = vec![tensor("k", &[2, 2, 3, 3]), matrix("w", 24, 2)];
	assert_eq!(accepted(of_image(&[2, 3, 4], nodes, constants)), "[24] conv relu dense [2]");
}

#[test]
fn channels_of_several_convolutions() {
	let branch = |weights: &str, output: &str, pads: i64| {
		with_ints(node("Conv", &["x", weights], output), "pads", &[pads; 4])
	};
	let nodes = vec![
		branch("k", "h", 1),
		node("Relu", &["h"], "a"),
		branch("l", "i", 0),
		node("Relu", &["i"], "b"),
		with_int(node("Concat", &["a", "b", "x"], "c"), "axis", 1),
		with_ints(node("Conv", &["c", "m"], "j"), "pads", &[1; 4]),
		node("Relu", &["j"], "d"),
		node("Flatten", &["d"], "f"),
		node("Gemm", &["f", "w"], "y"),
	];
	let constants = vec![
		tensor("k", &[2, 1, 3, 3]),
		tensor("l", &[3, 1, 1, 1]),
		tensor("m", &[2, 6, 3, 3]),
		matrix("w", 32, 2),
	];
	let proto = of_image(&[1, 4, 4], nodes, constants);
	assert_eq!(accepted(proto), "[16] conv relu conv relu join conv relu dense [2]");
}

#[test]
fn a_pool_of_the_input() {
	for (operator, name) in [("MaxPool", "max_pool"), ("AveragePool", "sum_pool")] {
		let nodes = vec![
			window(operator, "x", "p", &[2, 2], &[2, 2]),
			node("Flatten", &["p"], "f"),
			node("Gemm", &["f", "w"], "y"),
		];
		let proto = of_image(&[2, 4, 4], nodes, vec![matrix("w", 8, 2)]);
		assert_eq!(accepted(proto), format!("[32] {name} dense [2]"));
	}
}

#[test]
fn images_that_are_made_of_lists_and_channels_that_come_last() {
	let rest = vec![
		node("Conv", &["i", "k"], "h"),
		node("Relu", &["h"], "a"),
		with_ints(node("Transpose", &["a"], "t"), "perm", &[0, 2, 3, 1]),
		node("Reshape", &["t", "list"], "f"),
		node("Gemm", &["f", "w"], "y"),
	];
	let constants = vec![
		tensor("k", &[3, 2, 2, 2]),
		matrix("w", 12, 2),
		integers("image", &[-1, 2, 3, 3]),
		integers("list", &[-1, 12]),
	];
	let nodes = |first: NodeProto| core::iter::once(first).chain(rest.clone()).collect();
	let proto = of_image(&[18], nodes(node("Reshape", &["x", "image"], "i")), constants.clone());
	assert_eq!(accepted(proto), "[18] conv relu dense [2]");
	// No filters slide over channels that come last; a small layer does what they would.
	let first = with_ints(node("Transpose", &["x"], "i"), "perm", &[0, 3, 1, 2]);
	let proto = of_image(&[3, 3, 2], nodes(first), constants);
	assert_eq!(accepted(proto), "18-12-2");
}

#[test]
fn what_slides_otherwise_is_refused() {
	let of = |nodes: Vec<NodeProto>| refused(pooled(nodes, 18));
	let mut places = window("MaxPool", "a", "p", &[2, 2], &[2, 2]);
	places.output.push("places".into());
	let relu = || node("Relu", &["h"], "a");
	assert!(of(vec![relu(), places]).contains("the places of the largest"));
	let large = window("MaxPool", "a", "p", &[9, 2], &[2, 2]);
	assert!(of(vec![relu(), large]).contains("does not fit an image"));
	let many = vec![window("MaxPool", "x", "y", &[64, 64], &[1, 1])];
	assert!(refused(of_image(&[1, 256, 256], many, vec![])).contains("too many elements"));
	let solid = window("MaxPool", "a", "p", &[2, 2, 2], &[2, 2]);
	assert!(of(vec![relu(), solid]).contains("`kernel_shape` is [2, 2, 2]"));
	let none = window("AveragePool", "a", "p", &[2, 2], &[2, 0]);
	assert!(of(vec![relu(), none]).contains("`strides` is [2, 0]"));
	let border = with_ints(window("AveragePool", "h", "p", &[2, 2], &[2, 2]), "pads", &[1; 4]);
	assert!(of(vec![border]).contains("count_include_pad=1"));

	let of = |weights: &[i64], attributes: &[(&str, &[i64])]| {
		refused(convolved(&[2, 4, 4], weights, attributes, 1))
	};
	assert!(of(&[3, 4, 2, 2], &[]).contains("do not fit an image"));
	assert!(of(&[3, 1, 2, 2], &[("group", &[2])]).contains("in 2 groups"));
	assert!(of(&[3, 2, 2], &[]).contains("`kernel_shape` is [2]"));
	assert!(of(&[3, 2, 2, 2], &[("kernel_shape", &[3, 3])]).contains("do not fit"));
	assert!(of(&[3, 2, 2, 2], &[("pads", &[-1, 0, 0, 0])]).contains("`pads` is [-1, 0]"));
}
