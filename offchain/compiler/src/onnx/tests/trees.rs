// SPDX-License-Identifier: Apache-2.0
//! Trees of `ai.onnx.ml`, which tract walks along by itself.

use super::{refuses::assert_says, *};
use candor_onnx::node::ML_DOMAIN;
use candor_operators::Reading;

/// A list that a node has as an attribute.
pub(super) enum List<'a> {
	Ints(&'a [i64]),
	Floats(&'a [f32]),
	Texts(&'a [&'a str]),
}

pub(super) fn with_list(mut node: NodeProto, name: &str, list: List<'_>) -> NodeProto {
	let mut attribute = AttributeProto { name: name.into(), ..Default::default() };
	match list {
		List::Ints(ints) => {
			attribute.r#type = AttributeType::Ints as i32;
			attribute.ints = ints.into();
		}
		List::Floats(floats) => {
			attribute.r#type = AttributeType::Floats as i32;
			attribute.floats = floats.into();
		}
		List::Texts(texts) => {
			attribute.r#type = AttributeType::Strings as i32;
			attribute.strings = texts.iter().map(|text| text.as_bytes().into()).collect();
		}
	}
	node.attribute.retain(|before| before.name != name);
	node.attribute.push(attribute);
	node
}

fn with_text(mut node: NodeProto, name: &str, text: &str) -> NodeProto {
	let r#type = AttributeType::String as i32;
	let s = text.as_bytes().into();
	node.attribute.push(AttributeProto { name: name.into(), r#type, s, ..Default::default() });
	node
}

/// Three trees on three features: one of depth 2 whose right side is a leaf, a stump and a leaf. Each
/// leaf has a value for each output.
fn ensemble(of: &str, mode: &str, outputs: i64) -> NodeProto {
	let operator = if of == "class" { "TreeEnsembleClassifier" } else { "TreeEnsembleRegressor" };
	let mut node = node(operator, &["x"], "y");
	node.domain = ML_DOMAIN.into();
	let ints = [
		("nodes_treeids", &[0, 0, 0, 0, 0, 1, 1, 1, 2][..]),
		("nodes_nodeids", &[0, 1, 2, 3, 4, 0, 1, 2, 0]),
		("nodes_featureids", &[0, 2, 0, 0, 0, 1, 0, 0, 0]),
		("nodes_truenodeids", &[1, 3, 0, 0, 0, 1, 0, 0, 0]),
		("nodes_falsenodeids", &[2, 4, 0, 0, 0, 2, 0, 0, 0]),
	];
	for (name, ints) in ints {
		node = with_list(node, name, List::Ints(ints));
	}
	let modes = [mode, mode, "LEAF", "LEAF", "LEAF", mode, "LEAF", "LEAF", "LEAF"];
	node = with_list(node, "nodes_modes", List::Texts(&modes));
	let thresholds = [0.5, -0.25, 0.0, 0.0, 0.0, 0.1, 0.0, 0.0, 0.0];
	node = with_list(node, "nodes_values", List::Floats(&thresholds));
	let leaves = [(0, 2), (0, 3), (0, 4), (1, 1), (1, 2), (2, 0)];
	let of_leaves = leaves
		.iter()
		.flat_map(|(tree, leaf)| (0..outputs).map(move |output| [*tree, *leaf, output]));
	let of_leaves: Vec<[i64; 3]> = of_leaves.collect();
	let part = |at: usize| -> Vec<i64> { of_leaves.iter().map(|leaf| leaf[at]).collect() };
	node = with_list(node, &format!("{of}_treeids"), List::Ints(&part(0)));
	node = with_list(node, &format!("{of}_nodeids"), List::Ints(&part(1)));
	node = with_list(node, &format!("{of}_ids"), List::Ints(&part(2)));
	let weights = weights(of_leaves.len());
	with_list(node, &format!("{of}_weights"), List::Floats(&weights))
}

pub(super) fn regressor(mode: &str, targets: i64) -> NodeProto {
	with_int(ensemble("target", mode, targets), "n_targets", targets)
}

fn classifier(columns: i64, labels: i64) -> NodeProto {
	let mut node = ensemble("class", "BRANCH_LEQ", columns);
	node.output = vec!["label".into(), "y".into()];
	let labels: Vec<i64> = (0..labels).collect();
	with_list(node, "classlabels_int64s", List::Ints(&labels))
}

pub(super) fn proto(outputs: i64, nodes: Vec<NodeProto>) -> ModelProto {
	let mut proto = model(3, outputs, nodes, vec![]);
	let version = 3;
	proto.opset_import.push(OperatorSetIdProto { domain: ML_DOMAIN.into(), version });
	proto
}

/// What is read, compared with tract on values around the thresholds.
pub(super) fn compared(proto: ModelProto) -> Reading {
	let model = read(proto).expect("the model is read");
	let reference = Reference::new(&model).expect("tract takes the model");
	let around = |threshold: f32| {
		let below = f64::from(threshold.next_down());
		let above = f64::from(threshold.next_up());
		let middle = (f64::from(threshold) + above) / 2.0;
		[below, threshold.into(), middle, middle.next_down(), middle.next_up(), above]
	};
	for x in around(0.5) {
		for y in around(0.1) {
			for z in around(-0.25).into_iter().chain([-3.0, 3.0]) {
				let sample = [x, y, z];
				let expected = reference.run(&sample).expect("tract runs the model");
				let read = model.reading.model.run(&sample);
				assert_eq!(expected.len(), read.len());
				for (expected, read) in expected.iter().zip(&read) {
					assert!((expected - read).abs() < 1e-5, "{sample:?}: {expected} and {read}");
				}
			}
		}
	}
	model.reading
}

#[test]
fn every_comparison_is_made_at_equality_and_beside_it() {
	for mode in ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GT", "BRANCH_GTE"] {
		for targets in [1, 2] {
			let reading = compared(proto(targets, vec![regressor(mode, targets)]));
			assert_eq!(reading.meaning, Meaning::Estimates);
			assert_eq!(reading.model.architecture.output_count(), targets as usize);
			assert_eq!(reading.model.architecture.to_string(), format!("[3] trees [{targets}]"));
		}
	}
}

#[test]
fn trees_get_one_depth_where_that_is_not_much_larger() {
	let reading = compared(proto(1, vec![regressor("BRANCH_LEQ", 1)]));
	let nodes = reading.model.architecture.graph().nodes();
	assert_eq!(nodes[0].attributes["depths"], [2, 2, 2]);
}

/// A tree that is a chain of nodes, each of which has a leaf on its left.
fn chain(depth: i64) -> NodeProto {
	chains(1, depth)
}

/// So many of them.
fn chains(trees: i64, depth: i64) -> NodeProto {
	let mut node = node("TreeEnsembleRegressor", &["x"], "y");
	node.domain = ML_DOMAIN.into();
	// Node 2 i leads to leaf 2 i + 1 and to node 2 i + 2.
	let count = 2 * depth + 1;
	let all: Vec<(i64, i64)> =
		(0..trees).flat_map(|tree| (0..count).map(move |id| (tree, id))).collect();
	let ints = |of: fn(i64, i64, i64) -> i64| -> Vec<i64> {
		all.iter().map(|(tree, id)| of(*tree, *id, count)).collect()
	};
	let is_leaf = |id: i64, count: i64| id % 2 == 1 || id == count - 1;
	let modes = all.iter().map(|(_, id)| if is_leaf(*id, count) { "LEAF" } else { "BRANCH_LT" });
	let modes: Vec<&str> = modes.collect();
	let next = |by: i64| -> Vec<i64> {
		all.iter().map(|(_, id)| if is_leaf(*id, count) { 0 } else { id + by }).collect()
	};
	for (name, list) in [
		("nodes_treeids", &ints(|tree, _, _| tree)),
		("nodes_nodeids", &ints(|_, id, _| id)),
		("nodes_featureids", &ints(|tree, id, _| (tree + id / 2) % 3)),
		("nodes_truenodeids", &next(1)),
		("nodes_falsenodeids", &next(2)),
	] {
		node = with_list(node, name, List::Ints(list));
	}
	node = with_list(node, "nodes_modes", List::Texts(&modes));
	node = with_list(node, "nodes_values", List::Floats(&weights(all.len())));
	let leaves: Vec<_> = all.iter().filter(|(_, id)| is_leaf(*id, count)).collect();
	let trees: Vec<i64> = leaves.iter().map(|(tree, _)| *tree).collect();
	let ids: Vec<i64> = leaves.iter().map(|(_, id)| *id).collect();
	node = with_list(node, "target_treeids", List::Ints(&trees));
	node = with_list(node, "target_nodeids", List::Ints(&ids));
	node = with_list(node, "target_ids", List::Ints(&vec![0; leaves.len()]));
	with_list(node, "target_weights", List::Floats(&weights(leaves.len())))
}

#[test]
fn trees_get_shapes_of_their_own_where_complete_ones_are_much_larger() {
	let reading = compared(proto(1, vec![chains(3, 20)]));
	let nodes = reading.model.architecture.graph().nodes();
	let own = [[1, 0].repeat(20), vec![0]].concat().repeat(3);
	assert_eq!(nodes[0].attributes["shapes"], own);
	assert!(!nodes[0].attributes.contains_key("depths"));
}

#[test]
fn sums_are_raised_and_averaged() {
	let base = List::Floats(&[0.5, -0.75]);
	compared(proto(2, vec![with_list(regressor("BRANCH_LEQ", 2), "base_values", base)]));
	let node = with_text(regressor("BRANCH_LT", 2), "aggregate_function", "AVERAGE");
	compared(proto(2, vec![with_list(node, "base_values", List::Floats(&[0.5, -0.75]))]));
}

#[test]
fn classifiers_tell_what_their_sums_are() {
	let of = |columns, labels, transform| {
		let mut node = with_text(classifier(columns, labels), "post_transform", transform);
		if columns == 1 {
			let leaves = [0.25, -0.5, 0.0, -0.125, 0.25, 0.25];
			node = with_list(node, "class_weights", List::Floats(&leaves));
		}
		compared(proto(labels, vec![node]))
	};
	for transform in ["NONE", "SOFTMAX", "LOGISTIC"] {
		let reading = of(3, 3, transform);
		assert_eq!(
			(reading.meaning, reading.model.architecture.output_count()),
			(Meaning::Classes, 3)
		);
		assert_eq!(reading.labels, Some(vec!["0".into(), "1".into(), "2".into()]));
	}
	for transform in ["NONE", "LOGISTIC"] {
		let reading = of(1, 2, transform);
		assert_eq!(
			(reading.meaning, reading.model.architecture.output_count()),
			(Meaning::Sign, 1)
		);
	}
}

#[test]
fn one_score_without_negatives_is_a_probability() {
	let leaves = [0.25, 0.5, 0.0, 0.125, 0.25, 0.25];
	let node = with_list(classifier(1, 2), "class_weights", List::Floats(&leaves));
	let reading = compared(proto(2, vec![node.clone()]));
	assert_eq!(reading.meaning, Meaning::Sign);
	// Leaves 0.5, 0.125 and 0.25, from which one half is taken away.
	assert_eq!(reading.model.run(&[0.0, 0.0, -1.0]), [0.375]);
	assert_says(
		proto(2, vec![with_text(node, "post_transform", "LOGISTIC")]),
		&["no leaf of it is negative"],
	);
}

#[test]
fn a_scaler_before_and_arithmetic_behind() {
	for scale in [[2.0, 0.3, 1.5], [-2.0, 0.3, -1.5]] {
		let mut scaler = node("Scaler", &["x"], "s");
		scaler.domain = ML_DOMAIN.into();
		scaler = with_list(scaler, "offset", List::Floats(&[0.1, -0.7, 30.0]));
		scaler = with_list(scaler, "scale", List::Floats(&scale));
		let mut trees = regressor("BRANCH_LT", 2);
		trees.input = vec!["s".into()];
		trees.output = vec!["t".into()];
		let gemm = node("Gemm", &["t", "w", "b"], "y");
		let mut proto = proto(3, vec![scaler, trees, gemm]);
		let graph = proto.graph.as_mut().expect("a graph");
		graph.initializer.extend([matrix("w", 2, 3), bias("b", 3)]);
		assert_eq!(accepted(proto), "[3] trees [3]");
	}
}

mod reject {
	use super::*;

	fn regressor_with(name: &str, list: List<'_>) -> ModelProto {
		proto(1, vec![with_list(regressor("BRANCH_LEQ", 1), name, list)])
	}

	#[test]
	fn lists_that_do_not_make_trees() {
		let ints = |name: &str, ints: &[i64]| regressor_with(name, List::Ints(ints));
		let loops = [1, 0, 0, 0, 0, 1, 0, 0, 0];
		for (wrong, words) in [
			(ints("nodes_featureids", &[0, 2]), "not of one length"),
			(ints("nodes_featureids", &[3, 2, 0, 0, 0, 1, 0, 0, 0]), "asks for feature 3 of 3"),
			(ints("nodes_featureids", &[-1, 2, 0, 0, 0, 1, 0, 0, 0]), "asks for feature -1 of 3"),
			(ints("nodes_nodeids", &[0, 1, 2, 3, 3, 0, 1, 2, 0]), "has two nodes 3"),
			(ints("nodes_truenodeids", &[7, 3, 0, 0, 0, 1, 0, 0, 0]), "has no node 7"),
			(ints("nodes_truenodeids", &[2, 3, 0, 0, 0, 1, 0, 0, 0]), "lead to one"),
			(ints("nodes_truenodeids", &loops), "nodes that no root leads to"),
			(ints("target_nodeids", &[2, 3, 4, 1, 9, 0]), "has no node 9, which has a value"),
			(ints("target_ids", &[0, 0, 0, 1, 0, 0]), "a value for output 1 of 1"),
			(ints("target_ids", &[0]), "leaves are not of one length"),
		] {
			assert_says(wrong, &["TreeEnsembleRegressor", words]);
		}
	}

	#[test]
	fn more_outputs_than_any_circuit_has() {
		for (targets, said) in
			[(i64::MAX, "are the limit"), (1 << 40, "are the limit"), (-1, "0 outputs")]
		{
			let node = with_int(ensemble("target", "BRANCH_LT", 1), "n_targets", targets);
			assert_says(proto(1, vec![node]), &["TreeEnsembleRegressor", said]);
		}
		assert_says(proto(500, vec![classifier(3, 500)]), &["500 outputs, 472 are the limit"]);
		// Trees that are leaves.
		let trees: Vec<i64> = (0..40_000).collect();
		let zeros = vec![0; trees.len()];
		let mut node = with_int(ensemble("target", "BRANCH_LT", 1), "n_targets", 472);
		node = with_list(node, "nodes_treeids", List::Ints(&trees));
		for name in ["nodeids", "featureids", "truenodeids", "falsenodeids"] {
			node = with_list(node, &format!("nodes_{name}"), List::Ints(&zeros));
		}
		node = with_list(node, "nodes_modes", List::Texts(&vec!["LEAF"; trees.len()]));
		node = with_list(node, "nodes_values", List::Floats(&vec![0.0; trees.len()]));
		assert_says(proto(472, vec![node]), &["40000 nodes for 472 outputs", "max_depth"]);
	}

	#[test]
	fn numbers_that_are_none() {
		let leaves = [f32::NAN, 0.0, 0.0, 0.0, 0.0, 0.0];
		assert_says(
			regressor_with("target_weights", List::Floats(&leaves)),
			&["infinite value or NaN"],
		);
		let base = List::Floats(&[f32::INFINITY]);
		assert_says(regressor_with("base_values", base), &["base value is infinite"]);
		let base = List::Floats(&[1.0, 2.0]);
		assert_says(regressor_with("base_values", base), &["2 base values for 1 outputs"]);
		let thresholds = [f32::NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
		assert_says(
			regressor_with("nodes_values", List::Floats(&thresholds)),
			&["threshold is NaN"],
		);
	}

	#[test]
	fn modes_and_sums_that_are_not_supported() {
		assert_says(proto(1, vec![regressor("BRANCH_EQ", 1)]), &["mode BRANCH_EQ"]);
		let largest = with_text(regressor("BRANCH_LT", 1), "aggregate_function", "MAX");
		assert_says(proto(1, vec![largest]), &["MAX of the trees is no sum"]);
		let softmax = with_text(regressor("BRANCH_LT", 1), "post_transform", "SOFTMAX");
		assert_says(proto(1, vec![softmax]), &["SOFTMAX"]);
		let probit = with_text(classifier(3, 3), "post_transform", "PROBIT");
		assert_says(proto(3, vec![probit]), &["PROBIT"]);
		assert_says(proto(2, vec![classifier(2, 2)]), &["two classes", "export one score"]);
		assert_says(proto(1, vec![classifier(1, 1)]), &["tells 1 classes apart"]);
	}

	#[test]
	fn doubles_which_runtimes_compare_as_such() {
		let tensor = floats("", &[1], &[0.0]);
		let node = with_tensor(regressor("BRANCH_LT", 1), "nodes_values_as_tensor", tensor);
		assert_says(proto(1, vec![node]), &["holds doubles", "float32 inputs"]);
	}

	#[test]
	fn trees_behind_a_layer_and_layers_behind_trees() {
		let mut trees = regressor("BRANCH_LT", 1);
		trees.input = vec!["h".into()];
		let mut behind = proto(1, vec![node("Gemm", &["x", "w"], "h"), trees]);
		behind.graph.as_mut().expect("a graph").initializer.push(matrix("w", 3, 3));
		assert_says(behind, &["TreeEnsembleRegressor", "stands behind a layer"]);

		let mut trees = regressor("BRANCH_LT", 1);
		trees.output = vec!["h".into()];
		assert_says(
			proto(1, vec![trees, node("Relu", &["h"], "y")]),
			&["Relu", "stands behind trees"],
		);
	}

	#[test]
	fn a_tree_that_is_too_deep() {
		assert_says(proto(1, vec![chain(65)]), &["65 deep", "train with max_depth=64"]);
	}

	#[test]
	fn more_trees_than_a_circuit_has_words_for() {
		// Twice 64 words a tree, and one.
		assert_says(
			proto(1, vec![chains(2_100, 64)]),
			&[
				"its 2100 trees have 134400 nodes, which fill 268801 words",
				"about 2032 such trees fit",
				"max_leaf_nodes",
			],
		);
	}
}
