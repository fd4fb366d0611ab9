// SPDX-License-Identifier: Apache-2.0
//! Attention, as exporters spell it.

use super::{convolutions::of_image, *};

/// How a file spells it.
struct Spelling {
	/// What stands between the products.
	between: Vec<NodeProto>,
	/// The axis of the shares.
	axis: i64,
}

impl Spelling {
	fn of(between: Vec<NodeProto>) -> Self {
		Self { between, axis: -1 }
	}

	/// Scores that are divided by a number.
	fn usual() -> Self {
		Self::of(vec![node("Div", &["s", "root"], "t")])
	}

	/// Layers at each place of `x`, five places of three features, to queries and keys of four and values of six; then these
	/// nodes from `s` to `t`, shares, the mean over all places and a layer.
	fn nodes(self) -> Vec<NodeProto> {
		let transposed = with_ints(node("Transpose", &["k"], "kt"), "perm", &[0, 2, 1]);
		let before = [
			node("MatMul", &["x", "wq"], "q0"),
			node("Add", &["q0", "bq"], "q"),
			node("MatMul", &["x", "wk"], "k"),
			node("MatMul", &["x", "wv"], "v"),
			transposed,
			node("MatMul", &["q", "kt"], "s"),
		];
		let behind = [
			with_int(node("Softmax", &["t"], "p"), "axis", self.axis),
			node("MatMul", &["p", "v"], "a"),
			with_ints(node("ReduceMean", &["a"], "r"), "axes", &[1]),
			node("Flatten", &["r"], "f"),
			node("Gemm", &["f", "w"], "y"),
		];
		before.into_iter().chain(self.between).chain(behind).collect()
	}
}

fn constants() -> Vec<TensorProto> {
	vec![
		matrix("wq", 3, 4),
		bias("bq", 4),
		matrix("wk", 3, 4),
		matrix("wv", 3, 6),
		floats("root", &[], &[2.0]),
		matrix("w", 6, 2),
	]
}

fn of(spelling: Spelling) -> ModelProto {
	let mut proto = of_image(&[5, 3], spelling.nodes(), constants());
	proto.opset_import[0].version = 13;
	proto
}

const ONE_HEAD: &str = "[15] conv table conv table conv table attention sum_pool dense [2]";

#[test]
fn the_products_of_layers_at_each_place() {
	assert_eq!(accepted(of(Spelling::usual())), ONE_HEAD);
	assert_eq!(accepted(of(Spelling { axis: 2, ..Spelling::usual() })), ONE_HEAD);
}

#[test]
fn factors_of_scores_and_what_changes_nothing() {
	for between in [
		vec![node("Mul", &["s", "root"], "t")],
		vec![node("Mul", &["root", "s"], "t")],
		vec![node("Identity", &["s"], "t")],
		vec![
			node("Dropout", &["s"], "d"),
			node("Div", &["d", "root"], "e"),
			node("Mul", &["e", "root"], "t"),
		],
		vec![with_int(node("Cast", &["s"], "t"), "to", DataType::Float as i64)],
	] {
		assert_eq!(accepted(of(Spelling::of(between))), ONE_HEAD);
	}
}

/// As `scaled_dot_product_attention` is written: both are multiplied by a root of the factor.
#[test]
fn factors_of_queries_and_keys() {
	let mut nodes = Spelling::of(vec![node("Identity", &["s"], "t")]).nodes();
	for (operand, scaled) in [("q", "q1"), ("kt", "k1")] {
		let product = nodes.iter().position(|node| node.output == ["s"]).expect("scores");
		let input = nodes[product].input.iter_mut().find(|input| *input == operand);
		*input.expect("an operand") = scaled.into();
		nodes.insert(product, node("Mul", &[operand, "root"], scaled));
	}
	assert_eq!(accepted(of_image(&[5, 3], nodes, constants())), ONE_HEAD);
}

/// Heads as slices of one layer's outputs: rows of `[places, heads, features]`, the heads put before the places.
fn heads(packed: bool) -> ModelProto {
	let split = |from: &str, shape: &str, to: &str| {
		let rows = format!("{to}r");
		vec![
			node("Reshape", &[from, shape], &rows),
			with_ints(node("Transpose", &[&rows], to), "perm", &[0, 2, 1, 3]),
		]
	};
	let mut nodes = match packed {
		false => vec![
			node("MatMul", &["x", "wq"], "q0"),
			node("MatMul", &["x", "wk"], "k0"),
			node("MatMul", &["x", "wv"], "v0"),
		],
		true => {
			let mut split = with_int(node("Split", &["h", "sizes"], "q0"), "axis", -1);
			split.output = ["q0", "k0", "v0"].map(String::from).to_vec();
			vec![node("MatMul", &["x", "wqkv"], "h"), split]
		}
	};
	nodes.extend(["q", "k", "v"].map(|name| split(&format!("{name}0"), "heads", name)).concat());
	nodes.extend([
		with_ints(node("Transpose", &["k"], "kt"), "perm", &[0, 1, 3, 2]),
		node("MatMul", &["q", "kt"], "s"),
		node("Mul", &["s", "root"], "t"),
		with_int(node("Softmax", &["t"], "p"), "axis", 3),
		node("MatMul", &["p", "v"], "a"),
		with_ints(node("Transpose", &["a"], "b"), "perm", &[0, 2, 1, 3]),
		node("Reshape", &["b", "rows"], "c"),
		node("MatMul", &["c", "wo"], "o"),
		node("Relu", &["o"], "n"),
		with_ints(node("ReduceMean", &["n"], "r"), "axes", &[1]),
		node("Flatten", &["r"], "f"),
		node("Gemm", &["f", "w"], "y"),
	]);
	let constants = vec![
		matrix("wq", 3, 6),
		matrix("wk", 3, 6),
		matrix("wv", 3, 6),
		matrix("wqkv", 3, 18),
		integers("sizes", &[6, 6, 6]),
		integers("heads", &[0, 5, 2, 3]),
		integers("rows", &[0, 5, 6]),
		floats("root", &[1], &[0.5]),
		matrix("wo", 6, 4),
		matrix("w", 4, 2),
	];
	let mut proto = of_image(&[5, 3], nodes, constants);
	proto.opset_import[0].version = 13;
	proto
}

#[test]
fn heads_that_stand_side_by_side() {
	let expected = "[15] conv table conv table conv table attention conv relu sum_pool dense [2]";
	for packed in [false, true] {
		assert_eq!(accepted(heads(packed)), expected);
	}
}

/// As the exporter of torch.export writes `scaled_dot_product_attention`: keys are turned with samples and heads in one
/// dimension.
#[test]
fn keys_that_are_turned_with_samples_and_heads_in_one_dimension() {
	let with = |together: &[i64], apart: &[i64], batch: Dim| {
		let mut proto = heads(false);
		let graph = proto.graph.as_mut().expect("a graph");
		let turned = graph.node.iter().position(|node| node.output == ["kt"]).expect("keys");
		graph.node.splice(
			turned..=turned,
			[
				node("Reshape", &["k", "together"], "k3"),
				with_ints(node("Transpose", &["k3"], "kt3"), "perm", &[0, 2, 1]),
				node("Reshape", &["kt3", "apart"], "kt"),
			],
		);
		graph.initializer.extend([integers("together", together), integers("apart", apart)]);
		graph.input = vec![value("x", &[batch, Dim::Known(5), Dim::Known(3)])];
		proto
	};
	let expected = "[15] conv table conv table conv table attention conv relu sum_pool dense [2]";
	assert_eq!(accepted(with(&[-1, 5, 3], &[-1, 2, 3, 5], Dim::Named("n"))), expected);
	assert_eq!(accepted(with(&[2, 5, 3], &[1, 2, 3, 5], Dim::Known(1))), expected);
	let message = refused(with(&[-1, 5, 3], &[-1, 3, 5], Dim::Named("n")));
	assert!(message.contains("samples and heads in one dimension"), "{message}");
}

/// Blocks of attention with a normalisation behind each, of rows of six features, from `b0` on.
fn blocks(count: usize) -> Vec<NodeProto> {
	let block = |at: usize| {
		let of = |name: &str| format!("{name}{at}");
		let next = format!("b{}", at + 1);
		let [from, q, k, kt, v, s, t, p, a, o, r] =
			["b", "q", "k", "kt", "v", "s", "t", "p", "a", "o", "r"].map(of);
		[
			node("MatMul", &[&from, "wq"], &q),
			node("MatMul", &[&from, "wk"], &k),
			node("MatMul", &[&from, "wv"], &v),
			with_ints(node("Transpose", &[&k], &kt), "perm", &[0, 2, 1]),
			node("MatMul", &[&q, &kt], &s),
			node("Div", &[&s, "root"], &t),
			with_int(node("Softmax", &[&t], &p), "axis", -1),
			node("MatMul", &[&p, &v], &a),
			node("MatMul", &[&a, "wo"], &o),
			node("Add", &[&from, &o], &r),
			node("LayerNormalization", &[&r, "scale"], &next),
		]
	};
	(0..count).flat_map(block).collect()
}

/// `x` through these nodes to `b0`, blocks, the mean over all places and a layer.
fn with_blocks(before: Vec<NodeProto>, count: usize) -> ModelProto {
	let behind = [
		with_ints(node("ReduceMean", &[&format!("b{count}")], "m"), "axes", &[1]),
		node("Flatten", &["m"], "f"),
		node("Gemm", &["f", "w"], "y"),
	];
	let nodes = before.into_iter().chain(blocks(count)).chain(behind).collect();
	let constants = vec![
		matrix("wx", 3, 6),
		bias("bx", 6),
		matrix("wq", 6, 6),
		matrix("wk", 6, 6),
		matrix("wv", 6, 6),
		matrix("wo", 6, 6),
		floats("root", &[], &[4.0]),
		floats("scale", &[6], &weights(7)[1..]),
		matrix("w", 6, 2),
	];
	of_image(&[5, 3], nodes, constants)
}

/// What goes around attention is a weight of the filters that it is added to, as it is of a layer at each place.
#[test]
fn values_that_go_around_attention() {
	let block = " conv table conv table conv table attention join conv table normalise";
	for (before, first) in [
		(vec![node("MatMul", &["x", "wx"], "h"), node("Relu", &["h"], "b0")], "conv relu"),
		// Without a function there are bytes first.
		(vec![node("MatMul", &["x", "wx"], "h"), node("Add", &["h", "bx"], "b0")], "conv table"),
	] {
		for count in [1, 2] {
			let expected = format!("[15] {first}{} sum_pool dense [2]", block.repeat(count));
			assert_eq!(accepted(with_blocks(before.clone(), count)), expected);
		}
	}
}

mod reject {
	use super::*;

	fn message(between: Vec<NodeProto>) -> String {
		refused(of(Spelling::of(between)))
	}

	#[test]
	fn other_factors_than_one_positive_number() {
		let with = |constant: TensorProto| {
			let nodes = Spelling::of(vec![node("Mul", &["s", "c"], "t")]).nodes();
			let constants = constants().into_iter().chain([constant]).collect();
			refused(of_image(&[5, 3], nodes, constants))
		};
		for constant in [
			floats("c", &[], &[-1.0]),
			floats("c", &[], &[0.0]),
			floats("c", &[2], &[1.0, 2.0]),
			floats("c", &[5], &weights(6)[1..]),
		] {
			assert!(with(constant).contains("one positive number"), "a factor");
		}
		let message = message(vec![node("Div", &["root", "s"], "t")]);
		assert!(message.contains("divides by data"), "{message}");
	}

	#[test]
	fn masks() {
		// No attention is known to begin where something else is done with scores.
		let message = message(vec![node("Add", &["s", "root"], "t")]);
		assert!(message.contains("without a mask"), "{message}");
	}

	#[test]
	fn products_of_data_that_are_no_attention() {
		let message = message(vec![node("Relu", &["s"], "t")]);
		assert!(message.contains("this is none of them"), "{message}");
		assert!(message.contains("node `s_node`"), "{message}");
	}

	#[test]
	fn shares_along_another_axis() {
		let message = refused(of(Spelling { axis: 1, ..Spelling::usual() }));
		assert!(message.contains("axis 1 of scores"), "{message}");
	}

	#[test]
	fn an_axis_that_is_not_said_is_the_last_one_from_version_13_on() {
		let of_version = |version: i64| {
			let mut nodes = Spelling::usual().nodes();
			let softmax = nodes.iter_mut().find(|node| node.op_type == "Softmax");
			softmax.expect("shares").attribute.clear();
			let mut proto = of_image(&[5, 3], nodes, constants());
			proto.opset_import[0].version = version;
			proto
		};
		assert_eq!(accepted(of_version(13)), ONE_HEAD);
		assert!(refused(of_version(12)).contains("axis 1 of scores"), "all axes");
	}

	#[test]
	fn more_places_than_can_be_proved() {
		let of_places =
			|places: i64| of_image(&[places, 3], Spelling::usual().nodes(), constants());
		assert!(read(of_places(128)).is_ok());
		for places in [1, 129] {
			let message = refused(of_places(places));
			assert!(message.contains(&format!("{places} places")), "{message}");
			assert!(message.contains("2 to 128 places"), "{message}");
		}
	}

	#[test]
	fn shares_that_go_elsewhere() {
		let mut nodes = Spelling::usual().nodes();
		let product = nodes.iter().position(|node| node.output == ["a"]).expect("a product");
		nodes[product] = node("MatMul", &["p", "wa"], "a");
		let constants = constants().into_iter().chain([matrix("wa", 5, 6)]).collect();
		let message = refused(of_image(&[5, 3], nodes, constants));
		assert!(message.contains("between the products of an attention"), "{message}");
	}

	#[test]
	fn rows_of_several_dimensions_without_products() {
		let nodes = vec![
			node("MatMul", &["x", "wq"], "h"),
			with_int(node("Softmax", &["h"], "p"), "axis", -1),
			node("Flatten", &["p"], "f"),
			node("Gemm", &["f", "w"], "y"),
		];
		let constants = vec![matrix("wq", 3, 4), matrix("w", 20, 2)];
		let message = refused(of_image(&[5, 3], nodes, constants));
		assert!(message.contains("in an attention only"), "{message}");
	}

	#[test]
	fn shapes_that_do_not_fit() {
		let mut nodes = Spelling::usual().nodes();
		// Keys that are not turned.
		let scores = nodes.iter().position(|node| node.output == ["s"]).expect("scores");
		nodes[scores] = node("MatMul", &["q", "k"], "s");
		nodes.retain(|node| node.output != ["kt"]);
		let message = refused(of_image(&[5, 3], nodes, constants()));
		assert!(message.contains("do not fit"), "{message}");
	}
}
