// SPDX-License-Identifier: Apache-2.0
//! Trees while they are read, and as complete ones.

use candor_graph::{FloatParameters, Node};
use candor_onnx::OnnxError;

use super::{
	cuts::Cut,
	ensemble::{self, Ensemble},
	MAX_DEPTH,
};
use crate::{Affine, Place, MAX_WORDS};

/// All trees get the depth of the deepest one where that takes no more than so many times the words: an
/// architecture is then that of more models.
const UNIFORM: usize = 2;

/// A node or a leaf.
pub(super) enum Row {
	/// An inner node: its feature, where it is cut, and the rows where `true` and `false` lead.
	Inner { feature: usize, cut: Cut, branches: [usize; 2] },
	/// A leaf.
	Leaf,
}

/// The trees of a node.
pub(super) struct Forest {
	pub rows: Vec<Row>,
	/// The values of each row, one for each output.
	pub values: Vec<Vec<f64>>,
	/// The first row of each tree.
	pub roots: Vec<usize>,
	pub outputs: usize,
}

impl Forest {
	/// Trees that are reached from their roots, each row once.
	///
	/// # Errors
	///
	/// [`OnnxError::Usage`] when rows lead in a circle, to one row, or none leads to one.
	pub fn new(
		place: &Place<'_>,
		rows: Vec<Row>,
		values: Vec<Vec<f64>>,
		roots: Vec<usize>,
		outputs: usize,
	) -> Result<Self, OnnxError> {
		let mut is_free = vec![true; rows.len()];
		let branches = rows.iter().flat_map(|row| match row {
			Row::Inner { branches, .. } => branches.as_slice(),
			Row::Leaf => &[],
		});
		for row in roots.iter().chain(branches) {
			if !core::mem::take(&mut is_free[*row]) {
				return Err(place.usage("two nodes of it lead to one"));
			}
		}
		let forest = Self { rows, values, roots, outputs };
		let reached: usize = forest.roots.iter().map(|root| forest.below(*root).len()).sum();
		if reached != forest.rows.len() {
			return Err(place.usage("it has nodes that no root leads to"));
		}
		Ok(forest)
	}

	/// The rows of a tree, with the depth at which they stand.
	fn below(&self, root: usize) -> Vec<(usize, u32)> {
		let mut found = vec![(root, 0)];
		let mut at = 0;
		while let Some((row, depth)) = found.get(at).copied() {
			if let Row::Inner { branches, .. } = &self.rows[row] {
				found.extend(branches.map(|branch| (branch, depth + 1)));
			}
			at += 1;
		}
		found
	}

	/// Adds numbers to the sums.
	pub fn raise(&mut self, by: &[f64]) {
		for (row, _) in self.below(self.roots[0]) {
			if matches!(self.rows[row], Row::Leaf) {
				self.values[row].iter_mut().zip(by).for_each(|(value, by)| *value += by);
			}
		}
	}

	/// The depth of a tree, one for a leaf.
	fn depth(&self, root: usize) -> u32 {
		self.below(root).into_iter().map(|(_, depth)| depth).max().unwrap_or(0).max(1)
	}

	/// The trees as complete ones.
	pub fn complete(&self, place: &Place<'_>) -> Result<(Node, FloatParameters), OnnxError> {
		let depths: Vec<u32> = self.roots.iter().map(|root| self.depth(*root)).collect();
		let deepest = depths.iter().copied().max().unwrap_or(1);
		if deepest > MAX_DEPTH {
			return Err(place.usage(format!(
				"a tree of it is {deepest} deep, and {MAX_DEPTH} is the limit; train with max_depth={MAX_DEPTH}"
			)));
		}
		let of = |depths: Vec<u32>| Ensemble { depths, outputs: self.outputs, features: 1 };
		let own = of(depths);
		let uniform = of(vec![deepest; self.roots.len()]);
		let ensemble = if uniform.words() <= UNIFORM * own.words() { uniform } else { own };
		if ensemble.words() > MAX_WORDS {
			return Err(place.usage(format!(
				"its {} trees, {deepest} deep, fill {} words, and {MAX_WORDS} are the limit; train fewer of them, or less deep ones (max_depth)",
				self.roots.len(),
				ensemble.words()
			)));
		}
		// What no row says turns left, always.
		let mut weights = [0.0, f64::INFINITY].repeat(ensemble.nodes());
		let mut biases = vec![0.0; ensemble.leaves() * self.outputs];
		for (tree, root) in ensemble.trees().zip(&self.roots) {
			let mut rows = vec![(*root, 0, 0)];
			while let Some((row, level, on_level)) = rows.pop() {
				match &self.rows[row] {
					Row::Inner { feature, cut, branches: [yes, no] } => {
						let node = tree.level(level).start + on_level;
						weights[2 * node] = *feature as f64;
						weights[2 * node + 1] = cut.at;
						let (left, right) = if cut.is_mirrored { (no, yes) } else { (yes, no) };
						rows.push((*left, level + 1, 2 * on_level));
						rows.push((*right, level + 1, 2 * on_level + 1));
					}
					Row::Leaf => {
						let below = 1 << (tree.depth - level);
						let first = tree.leaves.start + on_level * below;
						for leaf in first..first + below {
							biases[ensemble.values(leaf)].copy_from_slice(&self.values[row]);
						}
					}
				}
			}
		}
		let node = ensemble::node(&ensemble.depths, self.outputs);
		Ok((node, FloatParameters { weights, biases }))
	}
}

/// Puts an affine function of the sums into the leaves; nothing where it is too large.
pub(crate) fn fold(node: &mut Node, parameters: &mut FloatParameters, by: &Affine) -> Option<()> {
	let depths = node.attributes.get(ensemble::DEPTHS)?;
	let first = 1usize << depths.first()?;
	let layer = by.to_layer()?;
	let (before, outputs) = (layer.weights.len() / layer.biases.len(), layer.biases.len());
	let mut biases = Vec::with_capacity(parameters.biases.len() / before * outputs);
	for (leaf, values) in parameters.biases.chunks_exact(before).enumerate() {
		let leaf_of_first = leaf < first;
		biases.extend((0..outputs).map(|output| {
			let start = if leaf_of_first { layer.biases[output] } else { 0.0 };
			values
				.iter()
				.enumerate()
				.fold(start, |sum, (at, value)| sum + value * layer.weights[at * outputs + output])
		}));
	}
	parameters.biases = biases;
	node.set(ensemble::OUTPUTS, outputs as i64);
	Some(())
}
