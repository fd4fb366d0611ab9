// SPDX-License-Identifier: Apache-2.0
//! Trees as version 5 of `ai.onnx.ml` has them, beside those of version 3.

use super::{
	refuses::assert_says,
	trees::{compared, proto, regressor, with_list, List},
	*,
};
use candor_onnx::node::ML_DOMAIN;

/// [`ensemble`] as version 5 of `ai.onnx.ml` has it, of which a tree that is a leaf is a node whose
/// branches lead to the same one.
fn later(mode: u8) -> NodeProto {
	let mut node = node("TreeEnsemble", &["x"], "y");
	node.domain = ML_DOMAIN.into();
	for (name, ints) in [
		("tree_roots", &[0, 2, 3][..]),
		("nodes_featureids", &[0, 2, 1, 0]),
		("nodes_truenodeids", &[1, 1, 3, 5]),
		("nodes_trueleafs", &[0, 1, 1, 1]),
		("nodes_falsenodeids", &[0, 2, 4, 5]),
		("nodes_falseleafs", &[1, 1, 1, 1]),
		("leaf_targetids", &[0, 0, 0, 0, 0, 0]),
	] {
		node = with_list(node, name, List::Ints(ints));
	}
	let modes = TensorProto {
		dims: vec![4],
		data_type: DataType::Uint8 as i32,
		raw_data: vec![mode; 4],
		..Default::default()
	};
	node = with_tensor(node, "nodes_modes", modes);
	node = with_tensor(node, "nodes_splits", floats("", &[4], &[0.5, -0.25, 0.1, 0.0]));
	with_tensor(node, "leaf_weights", floats("", &[6], &weights(6)))
}

#[test]
fn trees_of_version_5_are_those_of_version_3() {
	for (number, mode) in [(0, "BRANCH_LEQ"), (1, "BRANCH_LT"), (2, "BRANCH_GTE"), (3, "BRANCH_GT")]
	{
		let [earlier, later] = [regressor(mode, 1), later(number)];
		let [earlier, later] = [earlier, later].map(|node| compared(proto(1, vec![node])).model);
		for at in -20..20 {
			let sample = [f64::from(at) / 8.0, f64::from(at % 3) / 10.0, f64::from(at % 5) / 4.0];
			assert_eq!(earlier.run(&sample), later.run(&sample), "{mode} {sample:?}");
		}
	}
	let average = with_int(later(0), "aggregate_function", 0);
	compared(proto(1, vec![average]));
	for (transform, meaning) in [(0, Meaning::Numbers), (2, Meaning::Sign)] {
		let node = with_int(later(1), "post_transform", transform);
		assert_eq!(compared(proto(1, vec![node])).meaning, meaning);
	}
	let two = with_list(later(1), "leaf_targetids", List::Ints(&[0, 1, 0, 1, 1, 0]));
	let two = with_int(with_int(two, "n_targets", 2), "post_transform", 1);
	assert_eq!(compared(proto(2, vec![two])).meaning, Meaning::Classes);
}

#[test]
fn lists_of_version_5_that_do_not_make_trees() {
	let ints =
		|name: &str, ints: &[i64]| proto(1, vec![with_list(later(0), name, List::Ints(ints))]);
	let doubles = TensorProto {
		dims: vec![4],
		data_type: DataType::Double as i32,
		double_data: vec![0.0; 4],
		..Default::default()
	};
	let with = |name: &str, tensor| {
		let mut node = later(0);
		node.attribute.retain(|attribute| attribute.name != name);
		proto(1, vec![with_tensor(node, name, tensor)])
	};
	let modes = |mode| TensorProto {
		dims: vec![4],
		data_type: DataType::Uint8 as i32,
		int32_data: vec![mode; 4],
		..Default::default()
	};
	let code = |name, value| proto(1, vec![with_int(later(0), name, value)]);
	for (wrong, words) in [
		(ints("tree_roots", &[]), "a root of it is no node"),
		(ints("tree_roots", &[0, 2, 4]), "a root of it is no node"),
		(ints("tree_roots", &[0, 2]), "nodes that no root leads to"),
		(ints("tree_roots", &[0, 1, 2, 3]), "lead to one"),
		(ints("nodes_truenodeids", &[0, 1, 3, 5]), "lead to one"),
		(ints("nodes_truenodeids", &[9, 1, 3, 5]), "it has no node 9"),
		(ints("nodes_falsenodeids", &[0, 2, 6, 5]), "it has no leaf 6"),
		(ints("nodes_featureids", &[0, 2, 3, 0]), "asks for feature 3 of 3"),
		(ints("nodes_trueleafs", &[0, 1]), "not of one length"),
		(ints("leaf_targetids", &[0, 0, 0, 1, 0, 0]), "a value for output 1 of 1"),
		(ints("leaf_targetids", &[0]), "leaves are not of one length"),
		(with("nodes_splits", doubles), "holds doubles"),
		(with("nodes_modes", modes(4)), "mode BRANCH_EQ;"),
		(with("nodes_modes", modes(5)), "mode BRANCH_NEQ;"),
		(with("nodes_modes", modes(6)), "mode BRANCH_MEMBER;"),
		(with("nodes_modes", modes(7)), "mode 7;"),
		(with("membership_values", floats("", &[1], &[1.0])), "members of sets"),
		(code("n_targets", i64::MAX), "are the limit"),
		(code("n_targets", 1 << 40), "are the limit"),
		(code("n_targets", 0), "0 outputs"),
		(code("aggregate_function", 3), "is no sum"),
		(code("post_transform", 1), "post_transform 1 of 1"),
		(code("post_transform", 4), "post_transform 4"),
	] {
		assert_says(wrong, &["ai.onnx.ml.TreeEnsemble", words]);
	}
}
