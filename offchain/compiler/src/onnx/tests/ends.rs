// SPDX-License-Identifier: Apache-2.0
//! What stands behind the logits is left out, and says what they are.

use super::{refuses::assert_says, *};

fn named(name: &str) -> String {
	name.into()
}

/// A Gemm from `x` to one logit `h`, and nodes behind it.
fn one_logit(nodes: Vec<NodeProto>, constants: Vec<TensorProto>) -> ModelProto {
	let gemm = node("Gemm", &["x", "w", "b"], "h");
	let nodes = core::iter::once(gemm).chain(nodes).collect();
	let constants = [matrix("w", 3, 1), bias("b", 1)].into_iter().chain(constants).collect();
	model(3, 1, nodes, constants)
}

fn with_output(mut proto: ModelProto, name: &str) -> ModelProto {
	let output = value(name, &[Dim::Named("batch")]);
	proto.graph.as_mut().expect("a graph").output.push(output);
	proto
}

#[test]
fn of_classes() {
	for operator in ["Softmax", "LogSoftmax"] {
		for axis in [1, -1] {
			let end = with_int(node(operator, &["h"], "y"), "axis", axis);
			let proto = after_a_gemm(vec![end], vec![]);
			assert_eq!(accepted(proto.clone()), "3-2");
			assert_eq!(meaning(proto), (named("h"), Meaning::Classes));
		}
	}
	let place = with_int(node("ArgMax", &["h"], "y"), "axis", 1);
	assert_eq!(meaning(after_a_gemm(vec![place], vec![])), (named("h"), Meaning::Classes));
}

#[test]
fn of_probabilities_times_one() {
	for (factor, is_read) in [([1.0, 1.0], true), ([1.0, 2.0], false)] {
		let nodes = vec![node("Softmax", &["h"], "p"), node("Mul", &["p", "one"], "y")];
		let proto = after_a_gemm(nodes, vec![floats("one", &[2], &factor)]);
		assert_eq!(read(proto.clone()).is_ok(), is_read, "{factor:?}");
		if is_read {
			assert_eq!(meaning(proto), (named("h"), Meaning::Classes));
		}
	}
}

#[test]
fn of_nothing_that_is_said() {
	assert_eq!(meaning(one_gemm()), (named("y"), Meaning::Numbers));
	let proto = one_logit(vec![node("Identity", &["h"], "y")], vec![]);
	assert_eq!(meaning(proto), (named("y"), Meaning::Numbers));
}

#[test]
fn of_a_sign() {
	let proto = one_logit(vec![node("Sigmoid", &["h"], "y")], vec![]);
	assert_eq!(accepted(proto.clone()), "3-1");
	assert_eq!(meaning(proto), (named("h"), Meaning::Sign));
	// What scikit-learn's exporter writes of two classes.
	let nodes = vec![
		node("Sigmoid", &["h"], "p"),
		node("Sub", &["one", "p"], "q"),
		with_int(node("Concat", &["q", "p"], "y"), "axis", 1),
		with_int(node("ArgMax", &["y"], "k"), "axis", 1),
		ml(node("ArrayFeatureExtractor", &["classes", "k"], "l")),
		node("Reshape", &["l", "flat"], "label"),
	];
	let constants =
		vec![floats("one", &[], &[1.0]), integers("classes", &[7, 3]), integers("flat", &[-1])];
	let proto = with_output(one_logit(nodes.clone(), constants.clone()), "label");
	assert_eq!(accepted(proto.clone()), "3-1");
	let reading = read(proto).expect("the model is read").reading;
	assert_eq!((reading.logits, reading.meaning), (named("h"), Meaning::Sign));
	assert_eq!(reading.labels, Some(vec![named("7"), named("3")]));
	// The classes the other way round.
	let mut swapped = nodes;
	swapped[2] = with_int(node("Concat", &["p", "q"], "y"), "axis", 1);
	let message = refused(with_output(one_logit(swapped, constants), "label"));
	assert!(message.contains("`Sigmoid` (node `p_node`)"), "{message}");
}

#[test]
fn of_several_signs() {
	let proto = after_a_gemm(vec![node("Sigmoid", &["h"], "y")], vec![]);
	assert_eq!(meaning(proto), (named("h"), Meaning::Signs));
	let nodes =
		vec![node("Sigmoid", &["h"], "y"), with_int(node("ArgMax", &["y"], "label"), "axis", 1)];
	let proto = with_output(after_a_gemm(nodes, vec![]), "label");
	assert_eq!(meaning(proto), (named("h"), Meaning::Classes));
}

#[test]
fn of_a_classifier_with_labels_and_scores() {
	let nodes = vec![
		node("Cast", &["h"], "c"),
		node("Softmax", &["c"], "p"),
		with_int(node("ArgMax", &["p"], "k"), "axis", 1),
		ml(node("ArrayFeatureExtractor", &["classes", "k"], "l")),
		with_int(node("Cast", &["l"], "i"), "to", DataType::Int64 as i64),
		node("Reshape", &["i", "flat"], "label"),
		ml(node("ZipMap", &["p"], "y")),
	];
	let constants = vec![integers("classes", &[4, 9]), integers("flat", &[-1])];
	let mut proto = with_output(after_a_gemm(nodes, constants), "label");
	let graph = proto.graph.as_mut().expect("a graph");
	graph.node[1] = with_int(graph.node[1].clone(), "to", DataType::Float as i64);
	assert_eq!(accepted(proto.clone()), "3-2");
	let reading = read(proto).expect("the model is read").reading;
	assert_eq!((reading.logits, reading.meaning), (named("c"), Meaning::Classes));
	assert_eq!(reading.labels, Some(vec![named("4"), named("9")]));
}

/// A node of a classifier or regressor of three features from `x` to `y`, and `scores` where it has any.
fn machine(operator: &str, outputs: usize, numbers: &[(&str, &[f32])]) -> ModelProto {
	let mut machine = ml(node(operator, &["x"], "y"));
	if operator.ends_with("Classifier") {
		machine.output.push("scores".into());
	}
	for (name, floats) in numbers {
		machine = with_floats(machine, name, floats);
	}
	model(3, outputs as i64, vec![machine], vec![])
}

fn changed_node(mut proto: ModelProto, change: impl FnOnce(NodeProto) -> NodeProto) -> ModelProto {
	let graph = proto.graph.as_mut().expect("a graph");
	graph.node[0] = change(graph.node[0].clone());
	proto
}

#[test]
fn linear_classifiers() {
	let of = |outputs: usize, labels: &[i64], transform: &str| {
		let numbers: [(&str, &[f32]); 2] =
			[("coefficients", &weights(3 * outputs)), ("intercepts", &weights(outputs + 1)[1..])];
		let proto = machine("LinearClassifier", outputs, &numbers);
		changed_node(with_output(proto, "scores"), |node| {
			with_text(with_ints(node, "classlabels_ints", labels), "post_transform", transform)
		})
	};
	for transform in ["NONE", "LOGISTIC", "SOFTMAX"] {
		let proto = of(3, &[1, 2, 3], transform);
		assert_eq!(accepted(proto.clone()), "3-3");
		assert_eq!(meaning(proto), (named("scores"), Meaning::Classes));
		let proto = of(1, &[0, 1], transform);
		assert_eq!(accepted(proto.clone()), "3-1");
		assert_eq!(meaning(proto), (named("scores"), Meaning::Sign));
	}
	// The scores of one logit `z` are `1 - z` and `z`: the larger one is not told by its sign.
	let place_of = |transform: &str| {
		let mut proto = of(1, &[0, 1], transform);
		let graph = proto.graph.as_mut().expect("a graph");
		graph.node.push(with_int(node("ArgMax", &["scores"], "place"), "axis", 1));
		graph.output = vec![value("place", &[Dim::Named("batch")])];
		proto
	};
	assert_eq!(meaning(place_of("LOGISTIC")), (named("scores"), Meaning::Sign));
	assert!(refused(place_of("NONE")).contains("LinearClassifier"));
	assert!(refused(of(3, &[1, 2, 3], "SOFTMAX_ZERO")).contains("SOFTMAX_ZERO"));
	assert!(refused(of(3, &[1, 2], "NONE")).contains("2 labels for 3 outputs"));
}

#[test]
fn linear_regressors() {
	let of = |outputs: usize| {
		let numbers: [(&str, &[f32]); 2] =
			[("coefficients", &weights(3 * outputs)), ("intercepts", &weights(outputs))];
		let proto = machine("LinearRegressor", outputs, &numbers);
		changed_node(proto, |node| with_int(node, "targets", outputs as i64))
	};
	for outputs in [1, 2] {
		assert_eq!(accepted(of(outputs)), format!("3-{outputs}"));
		assert_eq!(meaning(of(outputs)), (named("y"), Meaning::Estimates));
	}
	let transformed = changed_node(of(1), |node| with_text(node, "post_transform", "LOGISTIC"));
	assert!(refused(transformed).contains("LOGISTIC"));
}

#[test]
fn machines_with_a_linear_kernel() {
	let vectors = weights(12);
	let numbers: [(&str, &[f32]); 3] = [
		("support_vectors", &vectors),
		("coefficients", &[0.5, -1.0, 0.75, -0.25]),
		("rho", &[0.125]),
	];
	let regressor = machine("SVMRegressor", 1, &numbers);
	assert_eq!(accepted(regressor.clone()), "3-1");
	assert_eq!(meaning(regressor.clone()), (named("y"), Meaning::Estimates));
	let curved = changed_node(regressor, |node| with_text(node, "kernel_type", "RBF"));
	assert!(refused(curved).contains("kernel RBF is not linear"));

	let classifier = |labels: &[i64]| {
		let proto = with_output(machine("SVMClassifier", 2, &numbers), "scores");
		changed_node(proto, |node| with_ints(node, "classlabels_ints", labels))
	};
	assert_eq!(accepted(classifier(&[0, 1])), "3-1");
	assert_eq!(meaning(classifier(&[0, 1])), (named("scores"), Meaning::Sign));
	assert!(refused(classifier(&[0, 1, 2])).contains("LinearSVC"));
	// The kernel is the cause whatever the number of classes.
	for labels in [&[0, 1][..], &[0, 1, 2]] {
		let kernel = changed_node(classifier(labels), |mut node| {
			node.attribute.retain(|attribute| attribute.name != "kernel_type");
			with_text(node, "kernel_type", "RBF")
		});
		assert!(refused(kernel).contains("the kernel RBF is not linear"));
	}
	let moved = changed_node(classifier(&[0, 1]), |node| with_floats(node, "prob_a", &[1.0]));
	assert!(refused(moved).contains("probability=False"));
}

#[test]
fn a_normalizer_is_one_of_probabilities() {
	let of = |operator: &str| {
		let nodes = vec![node(operator, &["h"], "p"), ml(node("Normalizer", &["p"], "y"))];
		let proto = after_a_gemm(nodes, vec![]);
		let mut proto = proto;
		let graph = proto.graph.as_mut().expect("a graph");
		graph.node[2] = with_text(graph.node[2].clone(), "norm", "L1");
		proto
	};
	assert_eq!(meaning(of("Softmax")), (named("h"), Meaning::Classes));
	assert_eq!(meaning(of("Sigmoid")), (named("h"), Meaning::Classes));
	assert!(refused(of("Identity")).contains("divides every sample by its own norm"));
}

/// One-against-all as skl2onnx writes it: `1 / (1 + e^-x)`, divided by the sum.
#[test]
fn of_a_logistic_function_that_is_written_out() {
	let cast = |input: &str, output: &str, kind: DataType| {
		with_int(node("Cast", &[input], output), "to", kind as i64)
	};
	let nodes = vec![
		node("Mul", &["h", "minus"], "n"),
		node("Exp", &["n"], "e"),
		node("Add", &["e", "one"], "r"),
		node("Reciprocal", &["r"], "p"),
		node("ReduceSum", &["p", "axis"], "t"),
		cast("t", "is", DataType::Bool),
		node("Not", &["is"], "none"),
		cast("none", "zero", DataType::Float),
		node("Add", &["p", "zero"], "q"),
		node("Mul", &["zero", "minus"], "mask"),
		node("Add", &["t", "mask"], "u"),
		node("Div", &["q", "u"], "y"),
		with_int(node("ArgMax", &["y"], "label"), "axis", 1),
	];
	let constants =
		vec![floats("minus", &[], &[-1.0]), floats("one", &[], &[1.0]), integers("axis", &[1])];
	let proto = with_output(after_a_gemm(nodes.clone(), constants.clone()), "label");
	assert_eq!(accepted(proto.clone()), "3-2");
	assert_eq!(meaning(proto), (named("h"), Meaning::Classes));

	// e^x in place of e^-x: the smallest logit has the largest probability.
	let mut turned = nodes.clone();
	turned[1] = node("Exp", &["h"], "e");
	turned.remove(0);
	let message = refused(with_output(after_a_gemm(turned, constants.clone()), "label"));
	assert!(message.contains("`Exp` (node `e_node`)"), "{message}");
	// On the way to the answer.
	let unfinished = with_output(after_a_gemm(nodes, constants), "t");
	let mut proto = unfinished;
	proto.graph.as_mut().expect("a graph").node.pop();
	assert!(refused(proto).contains("`t` is on the way to an answer"));
}

/// Naive Bayes as skl2onnx writes it: the logarithms of probabilities, of which the sum is taken off.
#[test]
fn of_a_softmax_that_is_written_out() {
	let nodes = vec![
		with_int(node("ReduceLogSumExp", &["h", "axis"], "t"), "keepdims", 0),
		node("Reshape", &["t", "column"], "r"),
		node("Sub", &["h", "r"], "l"),
		node("Exp", &["l"], "y"),
		with_int(node("ArgMax", &["h"], "label"), "axis", 1),
	];
	let constants = || vec![integers("axis", &[1]), integers("column", &[-1, 1])];
	let proto = with_output(after_a_gemm(nodes.clone(), constants()), "label");
	assert_eq!(accepted(proto.clone()), "3-2");
	assert_eq!(meaning(proto), (named("h"), Meaning::Classes));
	// Taken off other numbers it says nothing of them.
	let mut other = nodes.clone();
	other[2] = node("Sub", &["x2", "r"], "l");
	other.insert(0, node("Mul", &["h", "two"], "x2"));
	let constants = [constants(), vec![floats("two", &[], &[2.0])]].concat();
	let message = refused(with_output(after_a_gemm(other, constants.clone()), "label"));
	assert!(message.contains("`ReduceLogSumExp` (node `t_node`)"), "{message}");
	let mut batch = nodes;
	batch[0].input[1] = "zero".into();
	let constants = [constants, vec![integers("zero", &[0])]].concat();
	assert!(refused(with_output(after_a_gemm(batch, constants), "label")).contains("only axis 1"));
}

#[test]
fn the_exponential_of_an_estimate_with_the_place_to_cut() {
	let cut = r#"onnx.utils.extract_model("MODEL.onnx", "logits.onnx", ["x"], ["h"])"#;
	let proto = after_a_gemm(vec![node("Exp", &["h"], "y")], vec![]);
	assert_says(proto, &["the output `y` is e^x of `h`", cut, "take e^x of the answer"]);
	// Of nodes of classical models ONNX knows no shapes.
	let scaler = ml(node("Scaler", &["x"], "s"));
	let nodes = vec![scaler, node("Gemm", &["s", "w", "b"], "g"), node("Exp", &["g"], "y")];
	let proto = model(3, 2, nodes, vec![matrix("w", 3, 2), bias("b", 2)]);
	let cut = r#"select_model_inputs_outputs(onnx.load("MODEL.onnx"), ["g"])"#;
	assert_says(proto, &["the output `y` is e^x of `g`", cut]);
	let nodes = vec![node("Exp", &["h"], "e"), node("Mul", &["e", "half"], "y")];
	let proto = after_a_gemm(nodes, vec![floats("half", &[], &[0.5])]);
	assert_says(proto, &["`Exp` (node `e_node`): e^x", "`Mul` (node `y_node`)", "ends with `h`"]);
}

#[test]
fn several_models_that_answer_together() {
	let nodes = vec![
		node("Softmax", &["h"], "p"),
		node("Gemm", &["x", "w", "b"], "g"),
		node("Softmax", &["g"], "q"),
		node("Sum", &["p", "q"], "y"),
	];
	let proto = after_a_gemm(nodes, vec![]);
	assert_says(proto, &["`Softmax` (node `p_node`)", "`Sum` (node `y_node`)", "voting"]);
}

#[test]
fn of_probabilities_in_columns() {
	let nodes = vec![
		node("Softmax", &["h"], "p"),
		node("Slice", &["p", "zero", "one", "one"], "s"),
		node("Reshape", &["s", "flat"], "y"),
		node("Slice", &["p", "one", "two", "one"], "t"),
		node("Reshape", &["t", "flat"], "z"),
	];
	let constants = vec![
		integers("zero", &[0]),
		integers("one", &[1]),
		integers("two", &[2]),
		integers("flat", &[-1]),
	];
	let proto = with_output(after_a_gemm(nodes, constants), "z");
	assert_eq!(accepted(proto.clone()), "3-2");
	assert_eq!(meaning(proto), (named("h"), Meaning::Classes));
}
