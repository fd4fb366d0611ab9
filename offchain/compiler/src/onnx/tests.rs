// SPDX-License-Identifier: Apache-2.0
use tract_onnx::pb::{
	attribute_proto::AttributeType, AttributeProto, GraphProto, StringStringEntryProto,
};

use super::*;
use crate::{
	reference::Reference,
	test_onnx::{
		floats, integers, model, node, raw_floats, value, with_float, with_int, with_tensor, Dim,
	},
};

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

fn read(proto: ModelProto) -> Result<OnnxModel, OnnxError> {
	OnnxModel::from_proto(proto)
}

/// Reads a model and compares its layers with tract's inference; gives the widths.
fn accepted(proto: ModelProto) -> String {
	let model = read(proto).expect("the model is a perceptron");
	let reference = Reference::new(&model).expect("tract takes the model");
	for seed in 0..8 {
		let sample: Vec<f64> = (0..model.perceptron.input_len())
			.map(|i| ((i * 7 + seed * 13 + 1) as f64 * 0.73).sin() * 2.0)
			.collect();
		let expected = reference.run(&sample).expect("tract runs the model");
		let read = model.perceptron.run(&sample);
		assert_eq!(expected.len(), read.len());
		for (expected, read) in expected.iter().zip(&read) {
			assert!((expected - read).abs() < 1e-4, "tract says {expected}, the layers {read}");
		}
	}
	model.architecture.to_string()
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

mod accepts {
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
		let expected = read(proto.clone()).expect("a perceptron").perceptron;
		proto.graph.as_mut().expect("a graph").node.reverse();
		assert_eq!(read(proto).expect("a perceptron").perceptron, expected);
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
	fn operators_that_do_nothing() {
		let nodes = vec![
			node("Identity", &["h"], "i"),
			node("Dropout", &["i"], "d"),
			with_int(node("Flatten", &["d"], "f"), "axis", 1),
			node("Reshape", &["f", "shape"], "y"),
		];
		for shape in [[-1, 2], [1, 2], [0, 2], [0, -1], [1, -1]] {
			let constants = vec![integers("shape", &shape)];
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
		let expected = read(one_gemm()).expect("a perceptron").perceptron;
		assert_eq!(read(proto).expect("a perceptron").perceptron, expected);
	}

	/// The layers of [`one_gemm`].
	fn expected() -> FloatPerceptron {
		read(one_gemm()).expect("a perceptron").perceptron
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
			(
				vec![node("Reshape", &["f", "shape"], "w")],
				vec![flat("f"), integers("shape", &[3, -1])],
			),
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
				assert_eq!(read(proto).expect("a perceptron").perceptron, expected());
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
			assert_eq!(read(proto).expect("a perceptron").perceptron, expected());
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
		let nodes = vec![
			shift,
			scalar,
			node("Add", &["h", "shift"], "g"),
			node("Add", &["scalar", "g"], "y"),
		];
		assert_eq!(accepted(after_a_gemm(nodes, vec![])), "3-2");
	}

	#[test]
	fn raw_and_double_weights() {
		let expected = read(one_gemm()).expect("a perceptron").perceptron;
		let raw = changed(|graph| graph.initializer[0] = raw_floats("w", &[3, 2], &weights(6)));
		assert_eq!(read(raw).expect("a perceptron").perceptron, expected);
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
			assert_eq!(read(double).expect("a perceptron").perceptron, expected);
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
		let proto =
			changed(|graph| graph.input = vec![value("x", &[Dim::Known(1), Dim::Known(3)])]);
		assert_eq!(accepted(proto), "3-2");
	}
}

mod refuses {
	use super::*;

	fn assert_says(proto: ModelProto, parts: &[&str]) {
		let message = refused(proto);
		for part in parts {
			assert!(message.contains(part), "`{part}` is missing in: {message}");
		}
	}

	#[test]
	fn other_operators_by_name() {
		for operator in ["Sigmoid", "Softmax", "Conv", "Mul", "Sub", "Tanh", "BatchNormalization"] {
			let proto = after_a_gemm(vec![node(operator, &["h"], "y")], vec![]);
			let expected = format!("operator `{operator}` (node `y_node`) is not supported");
			assert_says(proto, &[&expected]);
		}
	}

	#[test]
	fn other_operators_before_anything_else() {
		let nodes = vec![node("Sigmoid", &["h"], "a"), node("Mul", &["h", "a"], "y")];
		let said = ["operators `Sigmoid` (node `a_node`), `Mul` (node `y_node`) are not supported"];
		assert_says(after_a_gemm(nodes, vec![]), &said);
	}

	#[test]
	fn a_function_after_the_logits_with_the_place_to_cut() {
		for operator in ["Sigmoid", "Softmax", "LogSoftmax"] {
			let proto = after_a_gemm(vec![node(operator, &["h"], "y")], vec![]);
			let cut = r#"onnx.utils.extract_model("MODEL.onnx", "logits.onnx", ["x"], ["h"])"#;
			assert_says(proto, &["`h`, have the same signs and the same order", cut]);
		}
	}

	#[test]
	fn a_function_between_layers_without_a_place_to_cut() {
		let nodes = vec![node("Sigmoid", &["h"], "a"), node("MatMul", &["a", "v"], "y")];
		let message = refused(after_a_gemm(nodes, vec![matrix("v", 2, 2)]));
		assert!(message.contains("`Sigmoid` (node `a_node`) is not supported"), "{message}");
		assert!(!message.contains("extract_model"), "{message}");
	}

	#[test]
	fn the_end_of_a_classifier_with_its_logits() {
		let nodes = vec![
			node("Cast", &["h"], "c"),
			node("Softmax", &["c"], "p"),
			node("ArgMax", &["p"], "k"),
			node("ArrayFeatureExtractor", &["classes", "k"], "label"),
			node("ZipMap", &["p"], "y"),
		];
		let mut proto = after_a_gemm(nodes, vec![integers("classes", &[0, 1])]);
		let graph = proto.graph.as_mut().expect("a graph");
		graph.node[1] = with_int(graph.node[1].clone(), "to", DataType::Float as i64);
		graph.node[4].domain = "ai.onnx.ml".into();
		graph.node[5].domain = "ai.onnx.ml".into();
		graph.output.push(value("label", &[Dim::Named("batch")]));
		assert_says(
			proto,
			&[
				"2 outputs (y, label); exactly one",
				"`Softmax`",
				"`ArgMax`",
				"`ai.onnx.ml.ArrayFeatureExtractor`",
				"`ai.onnx.ml.ZipMap`",
				"ends with the logits, `c`",
				"extract_model",
				"'zipmap': False",
			],
		);
	}

	#[test]
	fn what_exporters_add_without_blaming_the_user() {
		let message = refused(after_a_gemm(vec![node("Transpose", &["h"], "y")], vec![]));
		assert!(message.contains("operator `Transpose` (node `y_node`)"), "{message}");
		let nodes = vec![node("Transpose", &["h"], "t"), node("MatMul", &["t", "v"], "y")];
		let message = refused(after_a_gemm(nodes, vec![matrix("v", 2, 2)]));
		assert!(message.contains("do_constant_folding=True"), "{message}");
		assert!(!message.contains("export the model without"), "{message}");
	}

	#[test]
	fn casts_that_change_values() {
		for kind in [DataType::Float16, DataType::Int64, DataType::Bool] {
			let cast = with_int(node("Cast", &["h"], "y"), "to", kind as i64);
			assert_says(after_a_gemm(vec![cast], vec![]), &["Cast", kind.as_str_name()]);
		}
		assert_says(after_a_gemm(vec![node("Cast", &["h"], "y")], vec![]), &["names no type"]);
	}

	#[test]
	fn names_of_any_length_in_a_few_words() {
		let long: String = "n".repeat(1_000_000);
		let mut sigmoid = node("Sigmoid", &["h"], "y");
		sigmoid.name = long.clone();
		let mut foreign = node("Relu", &["h"], "y");
		foreign.domain = long.clone();
		let wide = changed(|graph| graph.initializer[0].dims = vec![-1; 100_000]);
		let named = changed(|graph| graph.initializer[0].name = long.clone());
		let many: Vec<_> = (0..10_000).map(|_| node("Sigmoid", &["h"], "y")).collect();
		for proto in [
			after_a_gemm(vec![sigmoid], vec![]),
			after_a_gemm(vec![foreign], vec![]),
			after_a_gemm(many, vec![]),
			wide,
			named,
		] {
			let message = refused(proto);
			assert!(message.len() < 1_000, "{} bytes", message.len());
		}
	}

	#[test]
	fn constants_that_are_computed_beyond_any_size() {
		let column = floats("column", &[100_000, 1], &vec![1.0; 100_000]);
		let row = floats("row", &[1, 100_000], &vec![1.0; 100_000]);
		let nodes = vec![node("Mul", &["column", "row"], "v"), node("Gemm", &["h", "v"], "y")];
		assert_says(after_a_gemm(nodes, vec![column, row]), &["`Mul`", "too large"]);
	}

	#[test]
	fn constants_that_cannot_be_computed() {
		let nodes = vec![node("Reshape", &["w", "shape"], "v"), node("Gemm", &["h", "v"], "y")];
		let proto = after_a_gemm(nodes, vec![integers("shape", &[4, 7])]);
		assert_says(proto, &["`Reshape`", "cannot be computed"]);
	}

	#[test]
	fn operators_of_other_domains() {
		let mut foreign = node("Gemm", &["h", "v"], "y");
		let proto = |node: &NodeProto| after_a_gemm(vec![node.clone()], vec![matrix("v", 2, 2)]);
		assert_eq!(accepted(proto(&foreign)), "3-2");
		foreign.domain = "com.example".into();
		let expected = "operator `com.example.Gemm` (node `y_node`) is not supported";
		assert_says(proto(&foreign), &[expected]);
	}

	#[test]
	fn a_node_without_a_name_by_its_output() {
		let mut nameless = node("Sigmoid", &["h"], "y");
		nameless.name.clear();
		assert_says(after_a_gemm(vec![nameless], vec![]), &["operator `Sigmoid` (node `y`)"]);
	}

	#[test]
	fn gemm_with_a_transposed_batch() {
		let proto = changed(|graph| graph.node[0] = with_int(graph.node[0].clone(), "transA", 1));
		assert_says(proto, &["transA"]);
	}

	#[test]
	fn weights_on_the_left_or_computed() {
		let nodes = vec![node("MatMul", &["w", "x"], "y")];
		assert_says(model(3, 2, nodes, vec![matrix("w", 2, 3)]), &["MatMul", "first operand"]);
		assert_says(changed(|graph| graph.initializer.truncate(0)), &["`w` must be a constant"]);
		let proto = after_a_gemm(vec![node("Add", &["h", "h"], "y")], vec![]);
		assert_says(proto, &["`h` goes to 2 places"]);
	}

	#[test]
	fn a_bias_without_a_matrix() {
		let nodes = vec![node("Add", &["x", "b"], "y")];
		assert_says(model(3, 3, nodes, vec![bias("b", 3)]), &["only supported after a MatMul"]);
		let nodes = vec![node("Relu", &["h"], "a"), node("Add", &["a", "b"], "y")];
		assert_says(after_a_gemm(nodes, vec![]), &["only supported after a MatMul"]);
	}

	#[test]
	fn a_relu_on_the_input_and_graphs_without_a_layer() {
		assert_says(model(3, 3, vec![node("Relu", &["x"], "y")], vec![]), &["Relu on the input"]);
		assert_says(model(3, 3, vec![node("Identity", &["x"], "y")], vec![]), &["no Gemm"]);
	}

	#[test]
	fn shapes_that_do_not_fit() {
		assert_says(changed(|g| g.initializer[0] = matrix("w", 4, 2)), &["4 inputs meet 3 values"]);
		assert_says(changed(|g| g.initializer[1] = bias("b", 3)), &["bias of the shape [3]"]);
		assert_says(
			changed(|g| g.initializer[1] = floats("b", &[2, 1], &[1.0, 2.0])),
			&["bias of the shape [2, 1]"],
		);
		assert_says(changed(|g| g.initializer[0] = bias("w", 6)), &["[6] are no matrix"]);
	}

	#[test]
	fn branches_and_dead_ends() {
		let nodes = vec![node("Relu", &["h"], "a"), node("Identity", &["h"], "y")];
		assert_says(after_a_gemm(nodes, vec![]), &["`h` goes to 2 places", "branches"]);
		let nodes = vec![node("Relu", &["h"], "a")];
		assert_says(after_a_gemm(nodes, vec![]), &["`a` does not lead to the output `y`"]);
		let nodes = vec![node("Identity", &["h"], "y"), node("Relu", &["z"], "a")];
		assert_says(after_a_gemm(nodes, vec![]), &["(node `a_node`) is not on the path"]);
		// The output of the graph is used further on.
		let nodes = vec![node("Identity", &["h"], "y"), node("Relu", &["y"], "a")];
		assert_says(after_a_gemm(nodes, vec![]), &["`y` goes to 2 places"]);
	}

	#[test]
	fn circles() {
		let nodes = vec![node("Identity", &["x"], "x")];
		assert_says(model(3, 3, nodes, vec![]), &["back to itself"]);
	}

	#[test]
	fn several_inputs_or_outputs() {
		let vector = [Dim::Named("batch"), Dim::Known(3)];
		assert_says(changed(|g| g.input.push(value("z", &vector))), &["2 inputs (x, z)"]);
		assert_says(
			changed(|g| g.output.push(value("z", &vector))),
			&["2 outputs (y, z)", "ends with the logits, `y`"],
		);
		assert_says(changed(|g| g.input.clear()), &["0 inputs"]);
	}

	#[test]
	fn inputs_without_a_known_shape() {
		let with = |dims: &[Dim]| {
			let input = value("x", dims);
			changed(|graph| graph.input = vec![input])
		};
		use Dim::{Known, Named};
		assert_says(with(&[Named("n"), Named("m")]), &["dynamic dimension `m`"]);
		assert_says(with(&[Known(1), Known(0)]), &["dimension of 0"]);
		assert_says(with(&[Known(1), Known(-1)]), &["dimension of -1"]);
		assert_says(with(&[Known(64), Known(3)]), &["fixed batch of 64"]);
		assert_says(with(&[Known(3)]), &["has 1 dimensions"]);
		assert_says(with(&[]), &["has 0 dimensions"]);
		assert_says(with(&[Known(1), Known(i64::MAX), Known(4)]), &["too large"]);
		assert_says(with(&[Known(1), Known(1), Known(3)]), &["flatten the value"]);
		assert_says(changed(|graph| graph.input[0].r#type = None), &["is not a tensor"]);
	}

	#[test]
	fn inputs_of_integers() {
		let proto = changed(|graph| {
			let value = graph.input[0].r#type.as_mut().and_then(|kind| kind.value.as_mut());
			let Some(type_proto::Value::TensorType(tensor)) = value else { panic!("a tensor") };
			tensor.elem_type = DataType::Int64 as i32;
		});
		assert_says(proto, &["input `x` holds INT64"]);
	}

	#[test]
	fn weights_that_are_no_floats() {
		for kind in [DataType::Float16, DataType::Int8, DataType::Bfloat16] {
			let proto = changed(|graph| graph.initializer[0].data_type = kind as i32);
			assert_says(proto, &["tensor `w` holds", kind.as_str_name()]);
		}
	}

	#[test]
	fn weights_that_are_not_finite() {
		for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
			let proto = changed(|graph| graph.initializer[0].float_data[4] = wrong);
			assert_says(proto, &["tensor `w` holds an infinite value or NaN"]);
		}
	}

	#[test]
	fn tensors_of_a_wrong_length() {
		assert_says(changed(|g| g.initializer[0].float_data.truncate(5)), &["`w` has 5 elements"]);
		let odd = changed(|g| {
			g.initializer[0] = raw_floats("w", &[3, 2], &weights(6));
			g.initializer[0].raw_data.pop();
		});
		assert_says(odd, &["`w` has 23 bytes"]);
		assert_says(changed(|g| g.initializer[0].dims = vec![-3, 2]), &["shape [-3, 2]"]);
		assert_says(changed(|g| g.initializer[0].dims = vec![i64::MAX, 4]), &["tensor `w`"]);
	}

	#[test]
	fn weights_in_another_file() {
		let by_location = changed(|graph| graph.initializer[0].data_location = Some(1));
		assert_says(by_location, &["tensor `w` lies in `another file`"]);
	}

	#[test]
	fn reshapes_that_mix_samples() {
		for shape in [&[2, 3][..], &[-1, 4], &[2, -1], &[-1, -1], &[-1], &[1, 1, 2], &[-1, 1]] {
			let proto = after_a_gemm(
				vec![node("Reshape", &["h", "shape"], "y")],
				vec![integers("shape", shape)],
			);
			assert_says(proto, &["Reshape", "batch of 2 features"]);
		}
		let flatten = with_int(node("Flatten", &["h"], "y"), "axis", 0);
		assert_says(after_a_gemm(vec![flatten], vec![]), &["axis 0 mixes samples"]);
	}

	#[test]
	fn dropout_in_training() {
		let mut training = integers("training", &[]);
		training.data_type = DataType::Bool as i32;
		training.int32_data = vec![1];
		let dropout = node("Dropout", &["h", "", "training"], "y");
		assert_says(after_a_gemm(vec![dropout], vec![training]), &["training mode"]);
	}

	#[test]
	fn constants_that_are_no_tensors() {
		let mut constant = node("Constant", &[], "w");
		constant
			.attribute
			.push(AttributeProto { name: "value_string".into(), ..Default::default() });
		let nodes = vec![constant, node("Gemm", &["x", "w"], "y")];
		assert_says(model(3, 2, nodes, vec![]), &["Constant", "only tensors and numbers"]);
	}

	#[test]
	fn perceptrons_beyond_the_limits_of_a_circuit() {
		let gemm = node("Gemm", &["x", "w"], "y");
		let proto = model(1, 500, vec![gemm], vec![matrix("w", 1, 500)]);
		assert_says(proto, &["too large for a circuit", "500 outputs"]);
	}

	#[test]
	fn files_that_are_no_onnx() {
		let error = OnnxModel::read(Path::new("/nonexistent.onnx")).expect_err("no file");
		assert!(error.to_string().contains("/nonexistent.onnx"), "{error}");
		let file = tempfile::NamedTempFile::new().expect("a temporary file");
		fs::write(file.path(), b"\xff\xff\xff\xff").expect("written");
		let error = OnnxModel::read(file.path()).expect_err("no ONNX");
		assert!(matches!(error, OnnxError::Decode { .. }), "{error}");
		fs::write(file.path(), b"").expect("written");
		assert!(matches!(OnnxModel::read(file.path()), Err(OnnxError::NoGraph)));
	}
}

mod weights_beside_the_model {
	use super::*;
	use std::path::PathBuf;
	use tempfile::TempDir;

	/// A model of a Gemm whose weights lie in `location`, in a folder of its own below another.
	fn folder(location: &str, entries: &[(&str, &str)]) -> (TempDir, PathBuf, ModelProto) {
		let above = tempfile::tempdir().expect("a temporary directory");
		let folder = above.path().join("model");
		fs::create_dir(&folder).expect("created");
		let proto = changed(|graph| {
			let tensor = &mut graph.initializer[0];
			tensor.float_data.clear();
			tensor.data_location = Some(1);
			let entry = |(key, value): (&str, &str)| StringStringEntryProto {
				key: key.into(),
				value: value.into(),
			};
			tensor.external_data.push(entry(("location", location)));
			tensor.external_data.extend(entries.iter().copied().map(entry));
		});
		(above, folder, proto)
	}

	fn bytes() -> Vec<u8> {
		weights(6).into_iter().flat_map(f32::to_le_bytes).collect()
	}

	fn read_in(folder: &Path, mut proto: ModelProto) -> Result<OnnxModel, OnnxError> {
		external::load(&mut proto, &folder.join("model.onnx"))?;
		OnnxModel::from_proto(proto)
	}

	fn assert_refused(folder: &Path, proto: ModelProto, parts: &[&str]) {
		let message = read_in(folder, proto).expect_err("refused").to_string();
		for part in parts {
			assert!(message.contains(part), "`{part}` is missing in: {message}");
		}
	}

	#[test]
	fn are_those_inside_of_it() {
		let expected = read(one_gemm()).expect("a perceptron").perceptron;
		let shifted = [&[7; 8][..], &bytes(), &[9; 3]].concat();
		for (location, entries, content) in [
			("w.data", &[][..], bytes()),
			("./w.data", &[("offset", "0"), ("length", "24")][..], bytes()),
			("w.data", &[("offset", "8"), ("length", "24"), ("checksum", "x")][..], shifted),
		] {
			let (_above, folder, proto) = folder(location, entries);
			fs::write(folder.join("w.data"), content).expect("written");
			let model = read_in(&folder, proto).expect("a perceptron");
			assert_eq!(model.perceptron, expected, "{entries:?}");
			assert!(Reference::new(&model).is_ok(), "the reference has the weights as well");
		}
	}

	#[test]
	fn a_missing_file_is_named_with_the_way_out() {
		let (_above, folder, proto) = folder("gone.data", &[]);
		assert_refused(
			&folder,
			proto,
			&["`w`", "`gone.data`", "put it there", "external_data=False"],
		);
	}

	#[test]
	fn nothing_outside_the_folder_is_opened() {
		for location in ["../w.data", "a/../../w.data", "/etc/hostname", ""] {
			let (above, folder, proto) = folder(location, &[]);
			fs::write(above.path().join("w.data"), bytes()).expect("written");
			assert_refused(&folder, proto, &["outside of the model's folder"]);
		}
	}

	#[cfg(unix)]
	#[test]
	fn nor_behind_a_symbolic_link() {
		use std::os::unix::fs::symlink;
		let (above, folder, proto) = folder("link/w.data", &[]);
		fs::write(above.path().join("w.data"), bytes()).expect("written");
		symlink(above.path(), folder.join("link")).expect("linked");
		assert_refused(&folder, proto, &["outside of the model's folder"]);
	}

	#[test]
	fn what_is_no_file_is_not_read() {
		let (_above, folder, proto) = folder("w.data", &[]);
		fs::create_dir(folder.join("w.data")).expect("created");
		assert_refused(&folder, proto, &["is no file"]);
	}

	#[test]
	fn places_outside_the_file_are_refused() {
		for entries in [
			&[("offset", "1")][..],
			&[("length", "25")],
			&[("offset", "8"), ("length", "17")],
			&[("offset", "18446744073709551615"), ("length", "18446744073709551615")],
			&[("length", "20")],
			&[("offset", "-4")],
			&[("length", "x")],
		] {
			let (_above, folder, proto) = folder("w.data", entries);
			fs::write(folder.join("w.data"), bytes()).expect("written");
			assert_refused(&folder, proto, &["tensor `w`"]);
		}
	}
}
