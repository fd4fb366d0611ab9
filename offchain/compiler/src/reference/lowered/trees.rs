// SPDX-License-Identifier: Apache-2.0
//! Trees for tract, which reads those of classifiers and walks along them by itself: what is done here is to give it
//! others in that form, a few at a time, and to take the sums before they are transformed.

use std::collections::HashMap;

use candor_onnx::{
	node::{
		floats_attribute, integer_attribute, integers_attribute, tensor_attribute, text_attribute,
		texts_attribute,
	},
	pb::{attribute_proto::AttributeType, AttributeProto, NodeProto},
	tensor, Tensor,
};

use super::Lowering;

/// Of fewer classes tract makes two scores of one.
const FEWEST_CLASSES: usize = 3;

/// So many trees are one node of tract's: for each tree of a sample it counts through the leaves of all
/// trees of the node.
const TREES_OF_A_NODE: usize = 4;

/// What a leaf is called among the modes.
const LEAF: &str = "LEAF";

/// The modes of version 5, by their numbers, which the compiler has read.
const MODES: [&str; 4] = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"];

/// A node or a leaf of a tree.
struct Row {
	mode: String,
	feature: i64,
	threshold: f32,
	/// The places in the tree where `true` and `false` lead.
	branches: [usize; 2],
	/// The outputs that a leaf has values for, and these.
	values: Vec<(i64, f32)>,
}

/// A tree, with its root in the first place.
type Tree = Vec<Row>;

pub(super) fn lower(lowering: &mut Lowering<'_>, node: &NodeProto) {
	let is_classifier = node.op_type == "TreeEnsembleClassifier";
	let is_later = node.op_type == "TreeEnsemble";
	let trees = match is_later {
		true => of_version_5(node),
		false => of_earlier_versions(node, if is_classifier { "class" } else { "target" }),
	};
	let labels = texts_attribute(node, "classlabels_strings").len()
		+ integers_attribute(node, "classlabels_int64s").len();
	let mut values = trees.iter().flatten().flat_map(|row| &row.values);
	let is_one = is_classifier && labels == 2 && values.clone().all(|(column, _)| *column == 0);
	let is_positive = values.all(|(_, value)| *value >= 0.0);
	let outputs = match integer_attribute(node, "n_targets") {
		_ if is_one => 1,
		_ if is_classifier => labels,
		targets => targets.and_then(|targets| usize::try_from(targets).ok()).unwrap_or(1),
	};
	let classes = outputs.max(FEWEST_CLASSES);
	let sums = sums(lowering, node, &trees, classes);

	// The first columns, of which the rest are zero.
	let is_average = match is_later {
		true => integer_attribute(node, "aggregate_function") == Some(0),
		false => text_attribute(node, "aggregate_function").as_deref() == Some("AVERAGE"),
	};
	let part = if is_average { 1.0 / trees.len().max(1) as f64 } else { 1.0 };
	let select: Vec<f64> = (0..outputs * classes)
		.map(|at| if at / classes == at % classes { part } else { 0.0 })
		.collect();
	let sums = lowering.product(&sums, &select, [outputs, classes]);

	let mut base = floats_attribute(node, "base_values");
	let transform = text_attribute(node, "post_transform").unwrap_or_default();
	// Where no score is negative runtimes take the one for a probability.
	if is_one && transform != "LOGISTIC" && is_positive {
		base = vec![base.first().copied().unwrap_or(0.0) - 0.5];
	}
	lowering.last("Add", &sums, base);
}

/// The name of the sums over all trees.
fn sums(lowering: &mut Lowering<'_>, node: &NodeProto, trees: &[Tree], classes: usize) -> String {
	let groups = trees.chunks(TREES_OF_A_NODE).map(|trees| {
		let (label, sums) = (lowering.between(), lowering.between());
		lowering.graph.node.push(NodeProto {
			op_type: "TreeEnsembleClassifier".into(),
			domain: node.domain.clone(),
			input: node.input.clone(),
			output: vec![label, sums.clone()],
			attribute: attributes(trees, classes),
			..Default::default()
		});
		sums
	});
	let groups: Vec<String> = groups.collect();
	let mut groups = groups.into_iter();
	let first = groups.next().unwrap_or_default();
	groups.fold(first, |sum, group| {
		let both = lowering.between();
		lowering.node("Add", &sum, group, both.clone());
		both
	})
}

/// Trees whose nodes have numbers of their own in each tree.
fn of_earlier_versions(node: &NodeProto, leaves: &str) -> Vec<Tree> {
	let ints = |name: &str| integers_attribute(node, name);
	let of_leaves = |name: &str| format!("{leaves}_{name}");
	let [ids, numbers] = [ints("nodes_treeids"), ints("nodes_nodeids")];
	let [features, yes, no] =
		[ints("nodes_featureids"), ints("nodes_truenodeids"), ints("nodes_falsenodeids")];
	let thresholds = floats_attribute(node, "nodes_values");
	let modes = texts_attribute(node, "nodes_modes");

	// Of each node its tree and its place there.
	let mut places: HashMap<(i64, i64), (usize, usize)> = HashMap::new();
	let mut order: HashMap<i64, usize> = HashMap::new();
	let mut trees: Vec<Tree> = Vec::new();
	for (row, (id, number)) in ids.iter().zip(numbers).enumerate() {
		let tree = *order.entry(*id).or_insert(trees.len());
		if tree == trees.len() {
			trees.push(Tree::new());
		}
		places.insert((*id, *number), (tree, trees[tree].len()));
		trees[tree].push(Row {
			mode: modes[row].clone(),
			feature: features[row],
			threshold: thresholds[row] as f32,
			branches: [0; 2],
			values: Vec::new(),
		});
	}
	for (row, (id, number)) in ids.iter().zip(numbers).enumerate() {
		let (tree, place) = places[&(*id, *number)];
		if modes[row] != LEAF {
			trees[tree][place].branches = [yes[row], no[row]].map(|next| places[&(*id, next)].1);
		}
	}
	let keys = ints(&of_leaves("treeids")).iter().zip(ints(&of_leaves("nodeids")));
	let values = ints(&of_leaves("ids")).iter().zip(floats_attribute(node, &of_leaves("weights")));
	for ((id, number), (output, weight)) in keys.zip(values) {
		let (tree, place) = places[&(*id, *number)];
		trees[tree][place].values.push((*output, weight as f32));
	}
	trees.into_iter().map(from_root).collect()
}

/// The tree with its root in the first place.
fn from_root(mut tree: Tree) -> Tree {
	let mut is_root = vec![true; tree.len()];
	for row in tree.iter().filter(|row| row.mode != LEAF) {
		row.branches.iter().for_each(|place| is_root[*place] = false);
	}
	let root = is_root.iter().position(|is_root| *is_root).unwrap_or(0);
	let moved = |place: usize| match place {
		0 => root,
		place if place == root => 0,
		place => place,
	};
	tree.swap(0, root);
	tree.iter_mut().for_each(|row| row.branches = row.branches.map(moved));
	tree
}

/// Trees whose nodes are places in lists of all nodes and all leaves.
fn of_version_5(node: &NodeProto) -> Vec<Tree> {
	let ints = |name: &str| integers_attribute(node, name);
	let floats = |name: &str| {
		let tensor = tensor_attribute(node, name).and_then(|tensor| Tensor::floats(tensor).ok());
		tensor.map(|tensor| tensor.values).unwrap_or_default()
	};
	let modes = tensor_attribute(node, "nodes_modes").and_then(|modes| tensor::bytes(modes).ok());
	let (modes, splits) = (modes.unwrap_or_default(), floats("nodes_splits"));
	let (targets, weights) = (ints("leaf_targetids"), floats("leaf_weights"));
	let next =
		[("nodes_truenodeids", "nodes_trueleafs"), ("nodes_falsenodeids", "nodes_falseleafs")]
			.map(|(places, are_leaves)| (ints(places), ints(are_leaves)));

	let tree = |root: &i64| {
		// What stands at each place of the tree, and whether it is a leaf.
		let mut found = vec![(*root as usize, false)];
		let mut tree = Tree::new();
		while let Some((at, is_leaf)) = found.get(tree.len()).copied() {
			if is_leaf {
				let values = vec![(targets[at], weights[at] as f32)];
				let (mode, threshold) = (LEAF.into(), 0.0);
				tree.push(Row { mode, feature: 0, threshold, branches: [0; 2], values });
				continue;
			}
			let branches = next.map(|(places, are_leaves)| {
				found.push((places[at] as usize, are_leaves[at] != 0));
				found.len() - 1
			});
			tree.push(Row {
				mode: MODES[usize::from(modes[at])].into(),
				feature: ints("nodes_featureids")[at],
				threshold: splits[at] as f32,
				branches,
				values: Vec::new(),
			});
		}
		tree
	};
	ints("tree_roots").iter().map(tree).collect()
}

/// The attributes of a classifier of so many classes.
fn attributes(trees: &[Tree], classes: usize) -> Vec<AttributeProto> {
	let [mut ids, mut numbers, mut features, mut yes, mut no]: [Vec<i64>; 5] = Default::default();
	let [mut leaf_ids, mut leaf_numbers, mut outputs]: [Vec<i64>; 3] = Default::default();
	let (mut thresholds, mut weights, mut modes) = (Vec::new(), Vec::new(), Vec::new());
	for (id, tree) in (0..).zip(trees) {
		for (number, row) in (0..).zip(tree) {
			// tract knows no mode "at least": it is the opposite of "less".
			let is_opposite = row.mode == "BRANCH_GTE";
			let [mut first, mut second] = row.branches.map(|place| place as i64);
			if is_opposite {
				core::mem::swap(&mut first, &mut second);
			}
			let mode = if is_opposite { "BRANCH_LT" } else { &row.mode };
			ids.push(id);
			numbers.push(number);
			features.push(row.feature);
			yes.push(first);
			no.push(second);
			thresholds.push(row.threshold);
			modes.push(mode.as_bytes().to_vec());
			// It asks for a value of each leaf.
			let is_empty = row.mode == LEAF && row.values.is_empty();
			let zero = is_empty.then_some((0, 0.0));
			for (output, weight) in row.values.iter().copied().chain(zero) {
				leaf_ids.push(id);
				leaf_numbers.push(number);
				outputs.push(output);
				weights.push(weight);
			}
		}
	}
	let modes = AttributeProto { strings: modes, ..list("nodes_modes", AttributeType::Strings) };
	vec![
		integers("nodes_treeids", ids),
		integers("nodes_nodeids", numbers),
		integers("nodes_featureids", features),
		integers("nodes_truenodeids", yes),
		integers("nodes_falsenodeids", no),
		floats("nodes_values", thresholds),
		modes,
		integers("class_treeids", leaf_ids),
		integers("class_nodeids", leaf_numbers),
		integers("class_ids", outputs),
		floats("class_weights", weights),
		integers("classlabels_int64s", (0..classes as i64).collect()),
	]
}

fn list(name: &str, kind: AttributeType) -> AttributeProto {
	AttributeProto { name: name.into(), r#type: kind as i32, ..Default::default() }
}

fn integers(name: &str, ints: Vec<i64>) -> AttributeProto {
	AttributeProto { ints, ..list(name, AttributeType::Ints) }
}

fn floats(name: &str, floats: Vec<f32>) -> AttributeProto {
	AttributeProto { floats, ..list(name, AttributeType::Floats) }
}
