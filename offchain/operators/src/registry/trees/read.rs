// SPDX-License-Identifier: Apache-2.0
//! Trees as ONNX files have them: nodes in any order, each of a tree, with a number of its own.

use std::collections::HashMap;

use candor_graph::Source;
use candor_onnx::{
	node::{
		floats_attribute, has_attribute, integer_attribute, integers_attribute, text_attribute,
		texts_attribute,
	},
	OnnxError,
};

use super::{
	cuts::{Cut, Scaling},
	forest::{Forest, Row},
	later,
};
use crate::{At, Form, Place, Reader, MAX_OUTPUTS};

/// The most values of all rows: several times as many as the words of a model hold.
const MAX_ROW_VALUES: usize = 1 << 24;

/// Lists that may hold doubles in place of floats.
const DOUBLES: [&str; 4] = [
	"nodes_values_as_tensor",
	"class_weights_as_tensor",
	"target_weights_as_tensor",
	"base_values_as_tensor",
];

/// Reads a node: it stands on the features, which may be scaled.
pub(super) fn read(place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
	let (at, _) = place.vector()?;
	if let Some(name) = DOUBLES.into_iter().find(|name| has_attribute(place.node, name)) {
		return Err(place.usage(format!(
			"{name} holds doubles; export the model for float32 inputs (FloatTensorType)"
		)));
	}
	match place.node.op_type.as_str() {
		"TreeEnsembleClassifier" => read_classifier(place, at, reader),
		"TreeEnsembleRegressor" => read_regressor(place, at, reader),
		_ => later::read(place, at, reader),
	}
}

fn read_regressor(place: &Place<'_>, at: &At, reader: &mut Reader) -> Result<(), OnnxError> {
	crate::registry::ml::refuse_transforms(place)?;
	let outputs = integer_attribute(place.node, "n_targets").unwrap_or(1);
	let outputs = usize::try_from(outputs).unwrap_or(0);
	let mut forest = Forest::read(place, at, "target", outputs)?;
	match text_attribute(place.node, "aggregate_function").as_deref() {
		None | Some("SUM" | "") => (),
		Some("AVERAGE") => {
			let count = forest.roots.len() as f64;
			forest.values.iter_mut().flatten().for_each(|value| *value /= count);
		}
		Some(other) => {
			return Err(place.usage(format!("{other} of the trees is no sum; train with SUM")));
		}
	}
	let base = base(place, outputs)?;
	forest.raise(&base);
	let (node, parameters) = forest.complete(place)?;
	reader.sums(place, node, parameters, outputs);
	reader.estimate();
	Ok(())
}

fn read_classifier(place: &Place<'_>, at: &At, reader: &mut Reader) -> Result<(), OnnxError> {
	let labels =
		crate::registry::ml::labels(place.node, "classlabels_strings", "classlabels_int64s");
	let classes = labels.len();
	let mut columns = integers_attribute(place.node, "class_ids").to_vec();
	columns.sort_unstable();
	columns.dedup();
	let is_one = match (classes, &columns[..]) {
		(0 | 1, _) => return Err(place.usage(format!("it tells {classes} classes apart"))),
		(2, [0]) => true,
		(2, _) => {
			return Err(place.usage(
				"of two classes it has scores in another column than the first, which runtimes take for different labels; export one score for both, as skl2onnx and onnxmltools do",
			));
		}
		_ => false,
	};
	let outputs = if is_one { 1 } else { classes };
	let mut forest = Forest::read(place, at, "class", outputs)?;
	let mut base = base(place, outputs)?;
	let has_negative = forest.values.iter().flatten().any(|value| *value < 0.0);
	let transform = text_attribute(place.node, "post_transform");
	let form = match transform.as_deref() {
		None | Some("NONE" | "") if is_one && !has_negative => {
			// They are probabilities, and the label is that of the likelier class.
			base[0] -= 0.5;
			Form::Both
		}
		Some("LOGISTIC") if is_one && has_negative => Form::Both,
		Some("LOGISTIC") if is_one => {
			return Err(place.usage(
				"no leaf of it is negative, and its label is then another one than that of the likelier class; train more trees",
			));
		}
		None | Some("NONE" | "") if is_one => Form::Part,
		None | Some("NONE" | "") => Form::Ordered,
		Some("LOGISTIC" | "SOFTMAX") if !is_one => Form::Probabilities,
		Some(other) => {
			return Err(place.usage(format!(
				"post_transform {other} may change which class is the largest; NONE, LOGISTIC and SOFTMAX of several classes are supported"
			)));
		}
	};
	forest.raise(&base);
	let (node, parameters) = forest.complete(place)?;
	let logits = reader.sums(place, node, parameters, outputs);
	crate::registry::ml::classify(place, reader, logits, labels, form);
	Ok(())
}

/// What is added to the sums.
fn base(place: &Place<'_>, outputs: usize) -> Result<Vec<f64>, OnnxError> {
	let base = floats_attribute(place.node, "base_values");
	if base.iter().any(|value| !value.is_finite()) {
		return Err(place.usage("a base value is infinite or NaN"));
	}
	match base.len() {
		0 => Ok(vec![0.0; outputs]),
		got if got == outputs => Ok(base),
		got => Err(place.usage(format!("it has {got} base values for {outputs} outputs"))),
	}
}

impl Forest {
	fn read(place: &Place<'_>, at: &At, leaves: &str, outputs: usize) -> Result<Self, OnnxError> {
		let node = place.node;
		let scalings = scalings(place, at)?;
		let ids = keys(place, "nodes_treeids", "nodes_nodeids")?;
		let features = integers_attribute(node, "nodes_featureids");
		let thresholds = floats_attribute(node, "nodes_values");
		let modes = texts_attribute(node, "nodes_modes");
		let branches =
			["nodes_truenodeids", "nodes_falsenodeids"].map(|name| integers_attribute(node, name));
		let lengths = [features.len(), thresholds.len(), modes.len()];
		let lengths = lengths.into_iter().chain(branches.map(<[i64]>::len));
		if ids.is_empty() || lengths.into_iter().any(|length| length != ids.len()) {
			return Err(place.usage("its lists of nodes are not of one length"));
		}
		check_outputs(place, ids.len(), outputs)?;
		let mut places = HashMap::new();
		for (row, id) in ids.iter().enumerate() {
			if places.insert(*id, row).is_some() {
				return Err(place.usage(format!("tree {} has two nodes {}", id.0, id.1)));
			}
		}
		let mut rows = Vec::with_capacity(ids.len());
		let mut is_root = vec![true; ids.len()];
		for (row, (tree, _)) in ids.iter().enumerate() {
			if modes[row] == "LEAF" {
				rows.push(Row::Leaf);
				continue;
			}
			let scaling = usize::try_from(features[row]).ok().and_then(|at| scalings.get(at));
			let (feature, scaling) = scaling.copied().ok_or_else(|| {
				place.usage(format!("it asks for feature {} of {}", features[row], scalings.len()))
			})?;
			let cut = cut(place, &modes[row], thresholds[row] as f32, scaling)?;
			let mut next = [0; 2];
			for (next, ids) in next.iter_mut().zip(branches) {
				*next = *places
					.get(&(*tree, ids[row]))
					.ok_or_else(|| place.usage(format!("tree {tree} has no node {}", ids[row])))?;
				if !core::mem::take(&mut is_root[*next]) {
					return Err(place.usage(format!("two nodes of tree {tree} lead to one")));
				}
			}
			rows.push(Row::Inner { feature, cut, branches: next });
		}
		let roots: Vec<usize> = (0..rows.len()).filter(|row| is_root[*row]).collect();
		let mut trees: Vec<i64> = ids.iter().map(|(tree, _)| *tree).collect();
		trees.sort_unstable();
		trees.dedup();
		let mut of_roots: Vec<i64> = roots.iter().map(|root| ids[*root].0).collect();
		of_roots.sort_unstable();
		if of_roots != trees {
			return Err(place.usage("a tree of it has no root, or several"));
		}
		let values = values(place, leaves, outputs, &places)?;
		Self::new(place, rows, values, roots, outputs)
	}
}

/// Checks the number of outputs, for each of which every row has a value.
pub(super) fn check_outputs(
	place: &Place<'_>,
	rows: usize,
	outputs: usize,
) -> Result<(), OnnxError> {
	if !(1..=MAX_OUTPUTS).contains(&outputs) {
		return Err(place.usage(format!("it has {outputs} outputs, {MAX_OUTPUTS} are the limit")));
	}
	if rows.saturating_mul(outputs) > MAX_ROW_VALUES {
		return Err(place.usage(format!(
			"it has {rows} nodes for {outputs} outputs, which are too many; train fewer trees, or less deep ones (max_depth)"
		)));
	}
	Ok(())
}

/// Of each feature the position in a sample, and what becomes of it.
pub(super) fn scalings(place: &Place<'_>, at: &At) -> Result<Vec<(usize, Scaling)>, OnnxError> {
	let terms = at.affine.terms().filter(|_| at.source == Source::Input);
	let terms = terms.ok_or_else(|| {
		place.usage("it stands behind a layer; trees are read on the features, scaled or not")
	})?;
	Ok(terms.map(|(from, scale, offset)| (from, Scaling { scale, offset })).collect())
}

/// Where a node cuts its feature: what holds turns left, or right where it is mirrored.
pub(super) fn cut(
	place: &Place<'_>,
	mode: &str,
	threshold: f32,
	scaling: Scaling,
) -> Result<Cut, OnnxError> {
	if threshold.is_nan() {
		return Err(place.usage("a threshold is NaN"));
	}
	let at_most = |threshold: f32| {
		let cut = Cut::at_most(threshold, scaling);
		cut.ok_or_else(|| place.usage("a feature that it asks for is multiplied by zero"))
	};
	match mode {
		"BRANCH_LEQ" => at_most(threshold),
		"BRANCH_LT" => at_most(below(threshold)),
		"BRANCH_GT" => at_most(threshold).map(core::ops::Neg::neg),
		"BRANCH_GTE" => at_most(below(threshold)).map(core::ops::Neg::neg),
		other => Err(place.usage(format!(
			"a node of it has the mode {other}; BRANCH_LEQ, BRANCH_LT, BRANCH_GTE and BRANCH_GT are supported, so give categories columns of their own"
		))),
	}
}

/// The largest number below another one.
fn below(number: f32) -> f32 {
	// Zero has two names.
	if number == 0.0 {
		-f32::from_bits(1)
	} else {
		number.next_down()
	}
}

/// The keys of two lists: tree and node.
fn keys(place: &Place<'_>, trees: &str, nodes: &str) -> Result<Vec<(i64, i64)>, OnnxError> {
	let [tree, node] = [trees, nodes].map(|name| integers_attribute(place.node, name));
	if tree.len() != node.len() {
		return Err(place.usage(format!("{trees} and {nodes} are not of one length")));
	}
	Ok(tree.iter().copied().zip(node.iter().copied()).collect())
}

/// The values of each row: those that stand for one output of one leaf are added up.
fn values(
	place: &Place<'_>,
	of: &str,
	outputs: usize,
	places: &HashMap<(i64, i64), usize>,
) -> Result<Vec<Vec<f64>>, OnnxError> {
	let keys = keys(place, &format!("{of}_treeids"), &format!("{of}_nodeids"))?;
	let columns = integers_attribute(place.node, &format!("{of}_ids"));
	let weights = floats_attribute(place.node, &format!("{of}_weights"));
	if [columns.len(), weights.len()] != [keys.len(); 2] {
		return Err(place.usage("its lists of leaves are not of one length"));
	}
	if weights.iter().any(|weight| !weight.is_finite()) {
		return Err(place.usage("a leaf holds an infinite value or NaN"));
	}
	let mut values = vec![vec![0.0; outputs]; places.len()];
	for ((key, column), weight) in keys.iter().zip(columns).zip(weights) {
		let row = places.get(key).ok_or_else(|| {
			place.usage(format!("tree {} has no node {}, which has a value", key.0, key.1))
		})?;
		let value = usize::try_from(*column).ok().and_then(|at| values[*row].get_mut(at));
		let value = value.ok_or_else(|| {
			place.usage(format!("a leaf has a value for output {column} of {outputs}"))
		})?;
		*value += weight;
	}
	Ok(values)
}
