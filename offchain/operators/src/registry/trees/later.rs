// SPDX-License-Identifier: Apache-2.0
//! `TreeEnsemble`, the form that trees have from version 5 of `ai.onnx.ml` on: nodes lead to places of
//! two lists, of nodes and of leaves, and a leaf has a value for one output.

use candor_onnx::{
	node::{has_attribute, integer_attribute, integers_attribute, tensor_attribute},
	tensor, OnnxError, Tensor,
};

use super::{
	forest::{Forest, Row},
	read::{check_outputs, cut, scalings},
};
use crate::{At, End, Form, Place, Reader};

/// The modes by their numbers.
const MODES: [&str; 7] = [
	"BRANCH_LEQ",
	"BRANCH_LT",
	"BRANCH_GTE",
	"BRANCH_GT",
	"BRANCH_EQ",
	"BRANCH_NEQ",
	"BRANCH_MEMBER",
];

/// The lists of nodes that hold integers.
const LISTS: [&str; 5] = [
	"nodes_featureids",
	"nodes_truenodeids",
	"nodes_falsenodeids",
	"nodes_trueleafs",
	"nodes_falseleafs",
];

/// Reads a node.
pub(super) fn read(place: &Place<'_>, at: &At, reader: &mut Reader) -> Result<(), OnnxError> {
	let outputs = integer_attribute(place.node, "n_targets").unwrap_or(1);
	let outputs = usize::try_from(outputs).unwrap_or(0);
	let mut forest = forest(place, at, outputs)?;
	match integer_attribute(place.node, "aggregate_function").unwrap_or(1) {
		0 => {
			let count = forest.roots.len() as f64;
			forest.values.iter_mut().flatten().for_each(|value| *value /= count);
		}
		1 => (),
		other => {
			return Err(place.usage(format!(
				"aggregate_function {other} of the trees is no sum; train with 1, which is one"
			)));
		}
	}
	let form = match integer_attribute(place.node, "post_transform").unwrap_or(0) {
		0 => None,
		1 if outputs > 1 => Some(Form::Probabilities),
		2 if outputs > 1 => Some(Form::Probabilities),
		2 => Some(Form::Signs),
		other => {
			return Err(place.usage(format!(
				"post_transform {other} of {outputs} outputs is not supported; 0, 1 of several outputs and 2 are"
			)));
		}
	};
	let (node, parameters) = forest.complete(place)?;
	let sums = reader.sums(place, node, parameters, outputs);
	if let Some(form) = form {
		// By the name of the output the float reference knows the sums before they are transformed.
		reader.end(place, 0, End::new(place.node, place.output(), sums, form));
	}
	Ok(())
}

fn forest(place: &Place<'_>, at: &At, outputs: usize) -> Result<Forest, OnnxError> {
	let scalings = scalings(place, at)?;
	if has_attribute(place.node, "membership_values") {
		return Err(place.usage(
			"it asks whether features are members of sets; give categories columns of their own",
		));
	}
	let [features, yes, no, yes_leaves, no_leaves] =
		LISTS.map(|name| integers_attribute(place.node, name));
	let splits = floats(place, "nodes_splits")?;
	let modes = tensor_attribute(place.node, "nodes_modes").map(tensor::bytes).transpose()?;
	let modes = modes.unwrap_or_default();
	let lengths =
		[yes.len(), no.len(), yes_leaves.len(), no_leaves.len(), splits.len(), modes.len()];
	if features.is_empty() || lengths.into_iter().any(|length| length != features.len()) {
		return Err(place.usage("its lists of nodes are not of one length"));
	}
	check_outputs(place, features.len(), outputs)?;
	let leaves = leaves(place, outputs)?;

	let mut rows = Vec::with_capacity(features.len());
	let mut values = vec![vec![0.0; outputs]; features.len()];
	let mut of_leaves = Vec::new();
	for node in 0..features.len() {
		let scaling = usize::try_from(features[node]).ok().and_then(|at| scalings.get(at));
		let (feature, scaling) = scaling.copied().ok_or_else(|| {
			place.usage(format!("it asks for feature {} of {}", features[node], scalings.len()))
		})?;
		let number = modes[node].to_string();
		let mode = MODES.get(usize::from(modes[node])).copied().unwrap_or(&number);
		let cut = cut(place, mode, splits[node] as f32, scaling)?;
		let mut branches = [0; 2];
		for (branch, (at, is_leaf)) in branches
			.iter_mut()
			.zip([(yes[node], yes_leaves[node] != 0), (no[node], no_leaves[node] != 0)])
		{
			let (list, count) =
				if is_leaf { ("leaf", leaves.len()) } else { ("node", features.len()) };
			let found = usize::try_from(at).ok().filter(|at| *at < count);
			let found = found.ok_or_else(|| place.usage(format!("it has no {list} {at}")))?;
			// Leaves may be shared, so each that is led to is a row of its own behind the nodes.
			*branch = if is_leaf {
				of_leaves.push(found);
				features.len() + of_leaves.len() - 1
			} else {
				found
			};
		}
		rows.push(Row::Inner { feature, cut, branches });
	}
	for leaf in of_leaves {
		let (output, weight) = leaves[leaf];
		let mut of_leaf = vec![0.0; outputs];
		of_leaf[output] = weight;
		rows.push(Row::Leaf);
		values.push(of_leaf);
	}
	let root = |root: &i64| usize::try_from(*root).ok().filter(|root| *root < features.len());
	let roots = integers_attribute(place.node, "tree_roots").iter().map(root);
	let roots: Option<Vec<usize>> = roots.collect();
	let roots = roots.filter(|roots| !roots.is_empty());
	let roots = roots.ok_or_else(|| place.usage("a root of it is no node, or there is none"))?;
	Forest::new(place, rows, values, roots, outputs)
}

/// The output and the value of each leaf.
fn leaves(place: &Place<'_>, outputs: usize) -> Result<Vec<(usize, f64)>, OnnxError> {
	let targets = integers_attribute(place.node, "leaf_targetids");
	let weights = floats(place, "leaf_weights")?;
	if targets.len() != weights.len() {
		return Err(place.usage("its lists of leaves are not of one length"));
	}
	let leaf = |(target, weight): (&i64, f64)| {
		let output = usize::try_from(*target).ok().filter(|output| *output < outputs);
		let output = output.ok_or_else(|| {
			place.usage(format!("a leaf has a value for output {target} of {outputs}"))
		});
		Ok((output?, weight))
	};
	targets.iter().zip(weights).map(leaf).collect()
}

/// A list of float32.
fn floats(place: &Place<'_>, name: &str) -> Result<Vec<f64>, OnnxError> {
	let tensor = tensor_attribute(place.node, name)
		.ok_or_else(|| place.usage(format!("its attribute {name} is missing")))?;
	if tensor::is_double(tensor) {
		return Err(
			place.usage(format!("{name} holds doubles; export the model for float32 inputs"))
		);
	}
	Ok(Tensor::floats(tensor)?.values)
}
