// SPDX-License-Identifier: Apache-2.0
//! Trees for tract, which reads those of classifiers and walks along them by itself: what is done here is
//! to give it regressors in that form, and to take the sums before they are transformed.

use candor_onnx::{
	node::{
		floats_attribute, integer_attribute, integers_attribute, text_attribute, texts_attribute,
	},
	pb::{attribute_proto::AttributeType, AttributeProto, NodeProto},
};

use super::Lowering;

/// Of fewer classes tract makes two scores of one.
const FEWEST_CLASSES: usize = 3;

/// What tract is told of nodes, as the file has it.
const NODES: [&str; 5] =
	["nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_values", "nodes_modes"];

pub(super) fn lower(lowering: &mut Lowering<'_>, node: &NodeProto) {
	let is_classifier = node.op_type == "TreeEnsembleClassifier";
	let labels = texts_attribute(node, "classlabels_strings").len()
		+ integers_attribute(node, "classlabels_int64s").len();
	let leaves = if is_classifier { "class" } else { "target" };
	let columns = integers_attribute(node, &format!("{leaves}_ids"));
	let is_one = is_classifier && labels == 2 && columns.iter().all(|column| *column == 0);
	let outputs = match integer_attribute(node, "n_targets") {
		_ if is_one => 1,
		_ if is_classifier => labels,
		targets => targets.and_then(|targets| usize::try_from(targets).ok()).unwrap_or(1),
	};
	let classes = outputs.max(FEWEST_CLASSES);
	let sums = lowering.between();
	let label = lowering.between();
	lowering.graph.node.push(NodeProto {
		op_type: "TreeEnsembleClassifier".into(),
		domain: node.domain.clone(),
		input: node.input.clone(),
		output: vec![label, sums.clone()],
		attribute: attributes(node, leaves, classes),
		..Default::default()
	});

	// The first columns, of which the rest are zero.
	let trees = integers_attribute(node, "nodes_treeids");
	let count = trees.iter().collect::<std::collections::HashSet<_>>().len().max(1);
	let is_average = text_attribute(node, "aggregate_function").as_deref() == Some("AVERAGE");
	let part = if is_average { 1.0 / count as f64 } else { 1.0 };
	let select: Vec<f64> = (0..outputs * classes)
		.map(|at| if at / classes == at % classes { part } else { 0.0 })
		.collect();
	let sums = lowering.product(&sums, &select, [outputs, classes]);

	let mut base = floats_attribute(node, "base_values");
	let transform = text_attribute(node, "post_transform").unwrap_or_default();
	let weights = floats_attribute(node, &format!("{leaves}_weights"));
	// Where no score is negative runtimes take the one for a probability.
	if is_one && transform != "LOGISTIC" && weights.iter().all(|weight| *weight >= 0.0) {
		base = vec![base.first().copied().unwrap_or(0.0) - 0.5];
	}
	lowering.last("Add", &sums, base);
}

/// The attributes of a classifier of so many classes.
fn attributes(node: &NodeProto, leaves: &str, classes: usize) -> Vec<AttributeProto> {
	let named = |name: &str| node.attribute.iter().find(|attribute| attribute.name == name);
	let mut attributes: Vec<AttributeProto> =
		NODES.into_iter().filter_map(named).cloned().collect();
	for part in ["treeids", "nodeids", "ids", "weights"] {
		let attribute = named(&format!("{leaves}_{part}")).cloned();
		attributes
			.extend(attribute.map(|of| AttributeProto { name: format!("class_{part}"), ..of }));
	}
	// tract knows no mode "at least": it is the opposite of "less".
	let modes = texts_attribute(node, "nodes_modes");
	let [mut yes, mut no] = ["nodes_truenodeids", "nodes_falsenodeids"]
		.map(|name| integers_attribute(node, name).to_vec());
	for ((mode, yes), no) in modes.iter().zip(&mut yes).zip(&mut no) {
		if mode == "BRANCH_GTE" {
			core::mem::swap(yes, no);
		}
	}
	for attribute in &mut attributes {
		for mode in &mut attribute.strings {
			if mode == b"BRANCH_GTE" {
				*mode = b"BRANCH_LT".to_vec();
			}
		}
	}
	attributes.push(integers("nodes_truenodeids", yes));
	attributes.push(integers("nodes_falsenodeids", no));
	attributes.push(integers("classlabels_int64s", (0..classes as i64).collect()));
	attributes
}

fn integers(name: &str, ints: Vec<i64>) -> AttributeProto {
	let r#type = AttributeType::Ints as i32;
	AttributeProto { name: name.into(), r#type, ints, ..Default::default() }
}
