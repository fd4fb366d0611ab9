// SPDX-License-Identifier: Apache-2.0
//! Graphs that are read.

use super::*;

#[test]
fn gemm() {
	assert_eq!(accepted(one_gemm()), "3-2");
}

#[test]
fn gemm_without_bias() {
	let gemm = node("Gemm", &["x", "w"], "y");
	assert_eq!(accepted(model(3, 2, vec![gemm], vec![matrix("w", 3, 2)])), "3-2");
}

#[test]
fn gemm_with_alpha_beta_and_a_transposed_matrix() {
	let gemm = node("Gemm", &["x", "w", "b"], "y");
	let gemm = with_int(with_float(with_float(gemm, "alpha", 0.5), "beta", -2.0), "transB", 1);
	let proto = model(3, 2, vec![gemm], vec![matrix("w", 2, 3), bias("b", 2)]);
	assert_eq!(accepted(proto), "3-2");
}

#[test]
fn a_bias_that_is_broadcast() {
	for (dims, count) in [(vec![1, 2], 2), (vec![1], 1), (vec![], 1), (vec![1, 1], 1)] {
		let gemm = node("Gemm", &["x", "w", "b"], "y");
		let bias = floats("b", &dims, &weights(count + 1)[1..]);
		let proto = model(3, 2, vec![gemm], vec![matrix("w", 3, 2), bias]);
		assert_eq!(accepted(proto), "3-2", "{dims:?}");
	}
}

#[test]
fn mat_mul_and_add_on_either_side() {
	for operands in [["h", "b"], ["b", "h"]] {
		let nodes = vec![node("MatMul", &["x", "w"], "h"), node("Add", &operands, "y")];
		let proto = model(3, 2, nodes, vec![matrix("w", 3, 2), bias("b", 2)]);
		assert_eq!(accepted(proto), "3-2");
	}
}

#[test]
fn hidden_layers() {
	let nodes = vec![
		node("Gemm", &["x", "w0", "b0"], "h0"),
		node("Relu", &["h0"], "a0"),
		node("MatMul", &["a0", "w1"], "h1"),
		node("Relu", &["h1"], "a1"),
		node("Gemm", &["a1", "w2"], "y"),
	];
	let constants = vec![
		matrix("w0", 3, 5),
		bias("b0", 5),
		raw_floats("w1", &[5, 4], &weights(20)),
		matrix("w2", 4, 2),
	];
	assert_eq!(accepted(model(3, 2, nodes, constants)), "3-5-4-2");
}

#[test]
fn nodes_in_any_order() {
	let mut proto = after_a_gemm(
		vec![node("Relu", &["h"], "a"), node("MatMul", &["a", "v"], "y")],
		vec![matrix("v", 2, 2)],
	);
	assert_eq!(accepted(proto.clone()), "3-2-2");
	let expected = read(proto.clone()).expect("a perceptron").reading.model;
	proto.graph.as_mut().expect("a graph").node.reverse();
	assert_eq!(read(proto).expect("a perceptron").reading.model, expected);
}

#[test]
fn two_linear_layers_as_one() {
	let proto = after_a_gemm(
		vec![node("Gemm", &["h", "v", "c"], "y")],
		vec![matrix("v", 2, 2), bias("c", 2)],
	);
	assert_eq!(accepted(proto), "3-2");
}

#[test]
fn a_relu_at_the_end_as_a_layer_of_its_own() {
	assert_eq!(accepted(after_a_gemm(vec![node("Relu", &["h"], "y")], vec![])), "3-2-2");
}

#[test]
fn a_relu_twice() {
	let nodes = vec![node("Relu", &["h"], "a"), node("Relu", &["a"], "y")];
	assert_eq!(accepted(after_a_gemm(nodes, vec![])), "3-2-2");
}

#[test]
fn connections_around_a_relu() {
	let relu = || node("Relu", &["h"], "a");
	let nodes = vec![relu(), node("Add", &["h", "a"], "y")];
	assert_eq!(accepted(after_a_gemm(nodes, vec![])), "[3] dense relu join dense [2]");
	let nodes = vec![relu(), with_int(node("Concat", &["h", "a"], "y"), "axis", 1)];
	assert_eq!(accepted(after_a_gemm(nodes, vec![])), "[3] dense relu join dense [4]");
	let nodes = vec![
		relu(),
		node("MatMul", &["a", "v"], "i"),
		node("Relu", &["i"], "c"),
		node("Sub", &["c", "a"], "d"),
		node("Relu", &["d"], "e"),
		with_int(node("Concat", &["e", "x", "c"], "y"), "axis", 1),
	];
	let proto = after_a_gemm(nodes, vec![matrix("v", 2, 2)]);
	let expected = "[3] dense relu dense relu join dense relu join dense [7]";
	assert_eq!(accepted(proto), expected);
}

#[test]
fn operators_that_do_nothing() {
	let nodes = vec![
		node("Identity", &["h"], "i"),
		node("Dropout", &["i"], "d"),
		with_int(node("Flatten", &["d"], "f"), "axis", 1),
		node("Reshape", &["f", "shape"], "y"),
	];
	for shape in [&[-1, 2][..], &[1, 2], &[0, 2], &[0, -1], &[1, -1], &[-1, 1, 2], &[0, 2, -1]] {
		let constants = vec![integers("shape", shape)];
		assert_eq!(accepted(after_a_gemm(nodes.clone(), constants)), "3-2", "{shape:?}");
	}
}

#[test]
fn an_image_that_is_flattened() {
	for axis in [1, -2] {
		let nodes = vec![
			with_int(node("Flatten", &["x"], "f"), "axis", axis),
			node("Gemm", &["f", "w"], "y"),
		];
		let mut proto = model(6, 2, nodes, vec![matrix("w", 6, 2)]);
		let image = [Dim::Named("batch"), Dim::Known(2), Dim::Known(3)];
		proto.graph.as_mut().expect("a graph").input = vec![value("x", &image)];
		assert_eq!(accepted(proto), "6-2", "axis {axis}");
	}
}

#[test]
fn constants_from_nodes_and_under_other_names() {
	let nodes = vec![
		node("Identity", &["v"], "w"),
		node("Gemm", &["x", "w", "b"], "y"),
		with_tensor(node("Constant", &[], "v"), "value", matrix("", 3, 2)),
	];
	let proto = model(3, 2, nodes, vec![bias("b", 2)]);
	let expected = read(one_gemm()).expect("a perceptron").reading.model;
	assert_eq!(read(proto).expect("a perceptron").reading.model, expected);
}

/// The layers of [`one_gemm`].
fn expected() -> FloatModel {
	read(one_gemm()).expect("a perceptron").reading.model
}

#[test]
fn weights_that_are_transposed_reshaped_and_cast() {
	// The 3 by 2 matrix `w` by columns.
	let transposed = |name: &str| {
		let w = weights(6);
		floats(name, &[2, 3], &[w[0], w[2], w[4], w[1], w[3], w[5]])
	};
	let flat = |name: &str| floats(name, &[6], &weights(6));
	let double = DataType::Double as i64;
	for (nodes, constants) in [
		(vec![node("Transpose", &["t"], "w")], vec![transposed("t")]),
		(
			vec![node("Identity", &["t"], "u"), node("Transpose", &["u"], "w")],
			vec![transposed("t")],
		),
		(vec![node("Reshape", &["f", "shape"], "w")], vec![flat("f"), integers("shape", &[3, -1])]),
		(
			vec![
				with_int(node("Cast", &["t"], "u"), "to", double),
				node("Transpose", &["u"], "v"),
				with_int(node("Cast", &["v"], "w"), "to", DataType::Float as i64),
			],
			vec![transposed("t")],
		),
		(
			vec![
				node("Unsqueeze", &["t", "axes"], "u"),
				node("Squeeze", &["u", "axes"], "v"),
				node("Transpose", &["v"], "w"),
			],
			vec![transposed("t"), integers("axes", &[0])],
		),
	] {
		for reversed in [false, true] {
			let mut nodes = nodes.clone();
			nodes.push(node("Gemm", &["x", "w", "b"], "y"));
			if reversed {
				nodes.reverse();
			}
			let constants = constants.iter().cloned().chain([bias("b", 2)]).collect();
			let proto = model(3, 2, nodes, constants);
			assert_eq!(accepted(proto.clone()), "3-2");
			assert_eq!(read(proto).expect("a perceptron").reading.model, expected());
		}
	}
}

#[test]
fn a_weight_that_is_used_twice() {
	let nodes = vec![
		node("Transpose", &["w"], "t"),
		node("MatMul", &["x", "t"], "h"),
		node("Relu", &["h"], "a"),
		node("MatMul", &["a", "w"], "y"),
	];
	assert_eq!(accepted(model(3, 3, nodes, vec![matrix("w", 3, 3)])), "3-3-3");
}

#[test]
fn weights_that_are_scaled() {
	let nodes = vec![
		node("Mul", &["w", "scale"], "v"),
		node("Sub", &["b", "shift"], "c"),
		node("Gemm", &["x", "v", "c"], "y"),
	];
	let constants = vec![
		matrix("w", 3, 2),
		bias("b", 2),
		floats("scale", &[2], &[0.5, -2.0]),
		floats("shift", &[], &[0.25]),
	];
	assert_eq!(accepted(model(3, 2, nodes, constants)), "3-2");
}

#[test]
fn casts_between_floats() {
	for kind in [DataType::Float, DataType::Double] {
		let nodes = vec![
			with_int(node("Cast", &["x"], "c"), "to", kind as i64),
			node("Gemm", &["c", "w", "b"], "y"),
		];
		let tensors = match kind {
			DataType::Double => [matrix("w", 3, 2), bias("b", 2)].map(|tensor| TensorProto {
				data_type: DataType::Double as i32,
				double_data: tensor.float_data.iter().map(|v| f64::from(*v)).collect(),
				float_data: vec![],
				..tensor
			}),
			_ => [matrix("w", 3, 2), bias("b", 2)],
		};
		let mut proto = model(3, 2, nodes, tensors.into());
		let output = &mut proto.graph.as_mut().expect("a graph").output[0];
		let value = output.r#type.as_mut().and_then(|kind| kind.value.as_mut());
		let Some(type_proto::Value::TensorType(tensor)) = value else { panic!("a tensor") };
		tensor.elem_type = kind as i32;
		assert_eq!(accepted(proto.clone()), "3-2");
		assert_eq!(read(proto).expect("a perceptron").reading.model, expected());
	}
}

/// What PyTorch writes for `x.view(x.size(0), -1)` and for shapes in between.
#[test]
fn a_dynamic_batch_whose_size_is_computed() {
	let with_start = |node: NodeProto| with_int(with_int(node, "start", 0), "end", 1);
	let nodes = vec![
		with_start(node("Shape", &["x"], "s")),
		node("Squeeze", &["s"], "n"),
		node("Reshape", &["n", "minus_one"], "batch"),
		with_int(node("Concat", &["batch", "width"], "shape"), "axis", 0),
		with_int(node("Reshape", &["x", "shape"], "f"), "allowzero", 1),
		node("Gemm", &["f", "w", "b"], "h"),
		node("Shape", &["h"], "hs"),
		with_int(node("Gather", &["hs", "zero"], "hn"), "axis", 0),
		node("Unsqueeze", &["hn", "zero1"], "hb"),
		with_int(node("Concat", &["hb", "minus_one"], "hshape"), "axis", 0),
		node("Reshape", &["h", "hshape"], "y"),
	];
	let scalar = TensorProto { dims: vec![], ..integers("zero", &[0]) };
	let constants = vec![
		matrix("w", 6, 2),
		bias("b", 2),
		integers("minus_one", &[-1]),
		integers("width", &[6]),
		scalar,
		integers("zero1", &[0]),
	];
	let mut proto = model(6, 2, nodes, constants);
	let graph = proto.graph.as_mut().expect("a graph");
	let batch = Dim::Named("s77");
	graph.input = vec![value("x", &[batch, Dim::Known(2), Dim::Known(3)])];
	graph.output = vec![value("y", &[batch, Dim::Known(2)])];
	graph.value_info =
		vec![value("f", &[batch, Dim::Known(6)]), value("h", &[batch, Dim::Known(2)])];
	assert_eq!(accepted(proto), "6-2");
}

#[test]
fn numbers_as_constants() {
	let mut shift = node("Constant", &[], "shift");
	let floats = AttributeProto {
		name: "value_floats".into(),
		r#type: AttributeType::Floats as i32,
		floats: vec![0.5, -0.25],
		..Default::default()
	};
	shift.attribute.push(floats);
	let mut scalar = node("Constant", &[], "scalar");
	let float = AttributeProto {
		name: "value_float".into(),
		r#type: AttributeType::Float as i32,
		f: 0.125,
		..Default::default()
	};
	scalar.attribute.push(float);
	let nodes =
		vec![shift, scalar, node("Add", &["h", "shift"], "g"), node("Add", &["scalar", "g"], "y")];
	assert_eq!(accepted(after_a_gemm(nodes, vec![])), "3-2");
}

#[test]
fn raw_and_double_weights() {
	let expected = read(one_gemm()).expect("a perceptron").reading.model;
	let raw = changed(|graph| graph.initializer[0] = raw_floats("w", &[3, 2], &weights(6)));
	assert_eq!(read(raw).expect("a perceptron").reading.model, expected);
	for raw in [false, true] {
		let double = changed(|graph| {
			let doubles: Vec<f64> = weights(6).into_iter().map(f64::from).collect();
			let tensor = &mut graph.initializer[0];
			tensor.data_type = DataType::Double as i32;
			tensor.float_data.clear();
			if raw {
				tensor.raw_data = doubles.iter().flat_map(|v| v.to_le_bytes()).collect();
			} else {
				tensor.double_data = doubles;
			}
		});
		assert_eq!(read(double).expect("a perceptron").reading.model, expected);
	}
}

#[test]
fn initializers_that_are_listed_as_inputs() {
	let proto = changed(|graph| {
		graph.input.push(value("w", &[Dim::Known(3), Dim::Known(2)]));
	});
	assert_eq!(accepted(proto), "3-2");
}

#[test]
fn a_batch_of_one() {
	let proto = changed(|graph| graph.input = vec![value("x", &[Dim::Known(1), Dim::Known(3)])]);
	assert_eq!(accepted(proto), "3-2");
}

#[test]
fn a_batch_that_is_fixed_of_which_every_row_is_a_sample() {
	let nodes = vec![
		node("Reshape", &["x", "shape"], "f"),
		node("Gemm", &["f", "w", "b"], "h"),
		node("Softmax", &["h"], "y"),
	];
	let constants = vec![matrix("w", 6, 2), bias("b", 2), integers("shape", &[5, 6])];
	let mut proto = model(6, 2, nodes, constants);
	let graph = proto.graph.as_mut().expect("a graph");
	graph.input = vec![value("x", &[Dim::Known(5), Dim::Known(2), Dim::Known(3)])];
	assert_eq!(accepted(proto), "6-2");
}

#[test]
fn several_inputs_one_behind_the_other() {
	let nodes = vec![
		with_int(node("Concat", &["z", "x"], "c"), "axis", 1),
		node("Gemm", &["c", "w", "b"], "y"),
	];
	let mut proto = model(3, 2, nodes, vec![matrix("w", 4, 2), bias("b", 2)]);
	let graph = proto.graph.as_mut().expect("a graph");
	graph.input.push(value("z", &[Dim::Named("batch"), Dim::Known(1)]));
	assert_eq!(accepted(proto), "4-2");
}
