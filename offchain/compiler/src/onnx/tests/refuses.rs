// SPDX-License-Identifier: Apache-2.0
//! Graphs that are refused, and what is said of them.

use super::*;

pub(super) fn assert_says(proto: ModelProto, parts: &[&str]) {
	let message = refused(proto);
	for part in parts {
		assert!(message.contains(part), "`{part}` is missing in: {message}");
	}
}

#[test]
fn other_operators_by_name_with_what_can_be_done() {
	for (operator, way_out) in [
		("ConvTranspose", "convolutions (Conv)"),
		("ThresholdedRelu", "LeakyRelu"),
		("Sin", "compute it before"),
		("GroupNormalization", "BatchNormalization"),
		("QLinearMatMul", "QuantFormat.QDQ"),
		("LSTM", "sequence"),
		("Where", "before the model"),
		("TopK", "nearest neighbours"),
		("ReduceProd", "PolynomialFeatures"),
		("ConstantOfShape", "onnxsim"),
	] {
		let nodes = vec![node(operator, &["h"], "a"), node("MatMul", &["a", "v"], "y")];
		let expected = format!("operator `{operator}` (node `a_node`) is not supported");
		assert_says(after_a_gemm(nodes, vec![matrix("v", 2, 2)]), &[&expected, way_out]);
	}
}

#[test]
fn all_other_operators_before_anything_else() {
	let nodes = vec![node("Sin", &["h"], "a"), node("Cos", &["a"], "y")];
	let said = ["operators `Sin` (node `a_node`), `Cos` (node `y_node`) are not supported"];
	assert_says(after_a_gemm(nodes, vec![]), &said);
}

#[test]
fn an_operator_of_many_nodes_once() {
	let nodes = (0..40).map(|at| node("Sin", &["h"], &format!("a{at}")));
	let proto = after_a_gemm(nodes.chain([node("Cos", &["h"], "y")]).collect(), vec![]);
	let said = ["operators `Sin` (40 nodes, the first `a0_node`), `Cos` (node `y_node`) are not"];
	assert_says(proto, &said);
}

#[test]
fn what_no_circuit_is_for_before_what_stands_around_it() {
	let nodes = vec![
		with_ints(node("Transpose", &["h"], "t"), "perm", &[1, 0]),
		node("LSTM", &["t"], "l"),
		node("Sin", &["h"], "y"),
	];
	let proto = after_a_gemm(nodes, vec![]);
	assert_says(
		proto,
		&["operators `LSTM` (node `l_node`), `Sin`", "no circuit of recurrent layers"],
	);
}

#[test]
fn the_first_fault_before_what_follows_from_it() {
	let softmax = with_int(node("Softmax", &["h"], "s"), "axis", 0);
	let proto = after_a_gemm(vec![softmax, node("Less", &["s", "s"], "y")], vec![]);
	assert_says(proto, &["`Softmax` (node `s_node`): axis 0 mixes samples", "names 1 more"]);
}

#[test]
fn a_function_behind_the_logits_with_the_place_to_cut() {
	let proto = after_a_gemm(vec![node("Sin", &["h"], "y")], vec![]);
	let cut = r#"onnx.utils.extract_model("MODEL.onnx", "logits.onnx", ["x"], ["h"])"#;
	assert_says(proto, &["what can be proved ends with `h`", cut]);
}

#[test]
fn a_function_of_the_end_between_layers_without_a_place_to_cut() {
	for operator in ["Softmax", "LogSoftmax", "ArgMax"] {
		let end = with_int(node(operator, &["h"], "a"), "axis", 1);
		let nodes = vec![end, node("MatMul", &["a", "v"], "y")];
		let message = refused(after_a_gemm(nodes, vec![matrix("v", 2, 2)]));
		let expected = format!("operator `{operator}` (node `a_node`): it is supported behind");
		assert!(message.contains(&expected), "{message}");
		assert!(message.contains("`MatMul` (node `y_node`)"), "{message}");
		assert!(!message.contains("extract_model"), "{message}");
	}
}

#[test]
fn outputs_of_different_logits() {
	let mut proto =
		after_a_gemm(vec![node("Softmax", &["h"], "y"), node("MatMul", &["x", "w"], "z")], vec![]);
	let graph = proto.graph.as_mut().expect("a graph");
	graph.output.push(value("z", &[Dim::Named("batch"), Dim::Known(2)]));
	assert_says(proto, &["outputs `y` and `z` are not made of the same logits", "extract_model"]);
}

#[test]
fn ends_that_do_not_keep_the_order() {
	let after = |nodes| after_a_gemm(nodes, vec![floats("one", &[], &[1.0])]);
	let proto = after(vec![with_int(node("Softmax", &["h"], "y"), "axis", 0)]);
	assert_says(proto, &["`Softmax`", "axis 0 mixes samples"]);
	assert_says(after(vec![node("ArgMax", &["h"], "y")]), &["`ArgMax`", "axis 0 mixes samples"]);
	let last = with_int(node("ArgMax", &["h"], "y"), "select_last_index", 1);
	assert_says(after(vec![with_int(last, "axis", 1)]), &["select_last_index"]);
	// The largest of the complements is the smallest.
	let nodes = vec![
		node("Sigmoid", &["h"], "p"),
		node("Sub", &["one", "p"], "q"),
		with_int(node("ArgMax", &["q"], "y"), "axis", 1),
	];
	assert_says(after(nodes), &["`Sigmoid` (node `p_node`)", "`ArgMax`"]);
	let nodes = vec![node("LogSoftmax", &["h"], "l"), ml(node("Normalizer", &["l"], "y"))];
	let mut proto = after(nodes);
	let graph = proto.graph.as_mut().expect("a graph");
	graph.node[2] = with_text(graph.node[2].clone(), "norm", "MAX");
	assert_says(proto, &["`LogSoftmax` (node `l_node`)"]);
}

#[test]
fn one_number_has_neither_a_softmax_nor_an_argmax() {
	for operator in ["Softmax", "ArgMax"] {
		let nodes =
			vec![node("Gemm", &["x", "w"], "h"), with_int(node(operator, &["h"], "y"), "axis", 1)];
		let proto = model(3, 1, nodes, vec![matrix("w", 3, 1)]);
		assert_says(proto, &[operator, "for every sample"]);
	}
}

#[test]
fn activations_that_are_none() {
	for (low, high) in [(6.0, 6.0), (1.0, -1.0)] {
		let clip = with_float(with_float(node("Clip", &["h"], "y"), "min", low), "max", high);
		let expected = format!("nothing lies between its bounds {low} and {high}");
		assert_says(after_a_gemm(vec![clip], vec![]), &["`Clip`", &expected]);
	}
	let celu = with_float(node("Celu", &["h"], "y"), "alpha", 0.0);
	assert_says(after_a_gemm(vec![celu], vec![]), &["`Celu`", "alpha 0 is not positive"]);
	let leaky = with_float(node("LeakyRelu", &["h"], "y"), "alpha", 1e6);
	assert_says(after_a_gemm(vec![leaky], vec![]), &["`LeakyRelu`", "too large for a table"]);
	let gelu = with_text(node("Gelu", &["h"], "y"), "approximate", "cubic");
	assert_says(after_a_gemm(vec![gelu], vec![]), &["`Gelu`", "`cubic` is not known"]);
}

#[test]
fn versions_of_operators_that_are_not_known() {
	for (domain, version, range) in
		[("", 6, "7 to 28"), ("", 29, "7 to 28"), ("ai.onnx.ml", 6, "1 to 5")]
	{
		let mut proto = one_gemm();
		proto.opset_import = vec![OperatorSetIdProto { domain: domain.into(), version }];
		assert_says(proto, &[&format!("opset {version} of"), range, "target_opset"]);
	}
}

#[test]
fn what_exporters_add_without_blaming_the_user() {
	let nodes = vec![node("Where", &["h"], "t"), node("MatMul", &["t", "v"], "y")];
	let message = refused(after_a_gemm(nodes, vec![matrix("v", 2, 2)]));
	assert!(message.contains("do_constant_folding=True"), "{message}");
	assert!(!message.contains("export the model without"), "{message}");
	// The batch does not come last.
	assert_says(after_a_gemm(vec![node("Transpose", &["h"], "y")], vec![]), &["mixes samples"]);
}

#[test]
fn casts_that_change_values() {
	for (to, said) in [
		(DataType::Float16 as i64, ["a cast to float16 rounds", "model.float()"]),
		(DataType::Int64 as i64, ["a cast to int64 cuts fractions off", "whole"]),
		(DataType::Bool as i64, ["a cast to bool asks", "as a feature"]),
		(DataType::String as i64, ["a cast to string makes text", "after it is proved"]),
		// The parser of the file format does not know these.
		(24, ["a cast to float8e8m0 rounds", "float32"]),
		(26, ["a cast to int2 cuts fractions off", "QuantizeLinear"]),
		(99, ["the type 99, which ONNX has not", "export the model again"]),
	] {
		let cast = with_int(node("Cast", &["h"], "y"), "to", to);
		assert_says(after_a_gemm(vec![cast], vec![]), &said);
	}
	assert_says(after_a_gemm(vec![node("Cast", &["h"], "y")], vec![]), &["names no type"]);
}

#[test]
fn names_of_any_length_in_a_few_words() {
	let long: String = "n".repeat(1_000_000);
	let mut sine = node("Sin", &["h"], "y");
	sine.name = long.clone();
	let mut foreign = node("Relu", &["h"], "y");
	foreign.domain = long.clone();
	let wide = changed(|graph| graph.initializer[0].dims = vec![-1; 100_000]);
	let named = changed(|graph| graph.initializer[0].name = long.clone());
	let many: Vec<_> = (0..10_000).map(|_| node("Sin", &["h"], "y")).collect();
	for proto in [
		after_a_gemm(vec![sine], vec![]),
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
	let mut nameless = node("Sin", &["h"], "y");
	nameless.name.clear();
	assert_says(after_a_gemm(vec![nameless], vec![]), &["operator `Sin` (node `y`)"]);
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
	let proto = after_a_gemm(vec![node("Mul", &["h", "h"], "y")], vec![]);
	assert_says(proto, &["both operands depend on the sample"]);
}

#[test]
fn graphs_without_a_layer() {
	for operator in ["Identity", "Relu"] {
		assert_says(model(3, 3, vec![node(operator, &["x"], "y")], vec![]), &["no Gemm"]);
	}
	let nodes = vec![node("Add", &["x", "b"], "y")];
	assert_says(model(3, 3, nodes, vec![bias("b", 3)]), &["no Gemm"]);
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
	let nodes = vec![node("Relu", &["h"], "a")];
	assert_says(after_a_gemm(nodes, vec![]), &["`a` does not lead to the output `y`"]);
	let nodes = vec![node("Relu", &["h"], "a"), node("Identity", &["h"], "y")];
	assert_says(after_a_gemm(nodes, vec![]), &["`a` does not lead to the output `y`"]);
	let nodes = vec![node("Identity", &["h"], "y"), node("Relu", &["z"], "a")];
	assert_says(after_a_gemm(nodes, vec![]), &["(node `a_node`) is not on the path"]);
	// The output of the graph is used further on.
	let nodes = vec![node("Identity", &["h"], "y"), node("Relu", &["y"], "a")];
	assert_says(after_a_gemm(nodes, vec![]), &["`a` does not lead to the output `y`"]);
}

#[test]
fn circles() {
	let nodes = vec![node("Identity", &["x"], "x")];
	assert_says(model(3, 3, nodes, vec![]), &["back to itself"]);
}

#[test]
fn inputs_that_lead_nowhere_and_outputs_of_nothing() {
	let vector = [Dim::Named("batch"), Dim::Known(3)];
	let dead = "`z` does not lead to the output `y`";
	assert_says(changed(|g| g.input.push(value("z", &vector))), &[dead]);
	assert_says(changed(|g| g.output.push(value("z", &vector))), &["no node gives the output `z`"]);
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
	assert_says(with(&[Known(4096), Known(3)]), &["fixed batch of 4096"]);
	assert_says(with(&[Known(3)]), &["has 1 dimensions"]);
	assert_says(with(&[]), &["has 0 dimensions"]);
	assert_says(with(&[Known(1), Known(i64::MAX), Known(4)]), &["too large"]);
	assert_says(with(&[Known(1), Known(1), Known(3)]), &["flatten the value"]);
	assert_says(changed(|graph| graph.input[0].r#type = None), &["is not a tensor"]);
}

#[test]
fn inputs_of_integers() {
	for (kind, said) in [
		(DataType::Int64, "its data are integers"),
		(DataType::Int8, "input `x` holds int8"),
		(DataType::Bool, "input `x` holds bool"),
	] {
		let proto = changed(|graph| {
			let value = graph.input[0].r#type.as_mut().and_then(|kind| kind.value.as_mut());
			let Some(type_proto::Value::TensorType(tensor)) = value else { panic!("a tensor") };
			tensor.elem_type = kind as i32;
		});
		assert_says(proto, &[said]);
	}
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
	for shape in [&[2, 3][..], &[-1, 4], &[2, -1], &[-1, -1], &[-1], &[-1, 1], &[1, 1, 1], &[]] {
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
	constant.attribute.push(AttributeProto { name: "value_string".into(), ..Default::default() });
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
	assert!(matches!(error, ReadError::Onnx(OnnxError::Decode { .. })), "{error}");
	fs::write(file.path(), b"").expect("written");
	assert!(matches!(OnnxModel::read(file.path()), Err(ReadError::Onnx(OnnxError::NoGraph))));
}
