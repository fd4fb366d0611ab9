// SPDX-License-Identifier: Apache-2.0
//! Trees while they are read, and as those of a graph.

use candor_graph::{FloatParameters, Node};
use candor_onnx::OnnxError;

use super::{
	cuts::Cut,
	ensemble::{self, Ensemble},
	shape::{Below, Shape},
	MAX_DEPTH, MAX_OWN_DEPTH,
};
use crate::{Affine, Place, MAX_WORDS};

/// Trees are complete, all of them of the depth of the deepest one or each of its own, where that takes no more than
/// so many times the words of their own shapes: an architecture is then that of more models, and tells less of them.
const COMPLETE: usize = 3;

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

	/// What a row leads to on the left and on the right; nothing of a leaf.
	fn sides(&self, row: usize) -> Option<[usize; 2]> {
		match &self.rows[row] {
			Row::Inner { cut, branches: [yes, no], .. } => {
				Some(if cut.is_mirrored { [*no, *yes] } else { [*yes, *no] })
			}
			Row::Leaf => None,
		}
	}

	/// The shape of a tree as a list: see [`ensemble::SHAPES`]. A leaf alone becomes a node before two.
	fn list(&self, root: usize) -> Vec<bool> {
		let (mut list, mut next) = (Vec::new(), vec![root]);
		while let Some(row) = next.pop() {
			let sides = self.sides(row);
			list.push(sides.is_some());
			next.extend(sides.into_iter().flat_map(|[left, right]| [right, left]));
		}
		match list[..] {
			[false] => vec![true, false, false],
			_ => list,
		}
	}

	/// The node of the trees: complete ones where that costs little.
	fn node(&self, place: &Place<'_>) -> Result<(Node, Vec<Shape>), OnnxError> {
		let depths: Vec<u32> = self.roots.iter().map(|root| self.depth(*root)).collect();
		let deepest = depths.iter().copied().max().unwrap_or(1);
		if deepest > MAX_OWN_DEPTH {
			return Err(place.usage(format!(
				"a tree of it is {deepest} deep, and {MAX_OWN_DEPTH} is the limit; train with max_depth={MAX_OWN_DEPTH}"
			)));
		}
		let words = |shapes: &[Shape]| {
			let shapes = shapes.to_vec();
			Ensemble { shapes, outputs: self.outputs, features: 1 }.words()
		};
		let lists: Vec<Vec<bool>> = self.roots.iter().map(|root| self.list(*root)).collect();
		let own =
			lists.iter().map(|list| Shape::of_list(|at| list.get(at).copied(), MAX_OWN_DEPTH));
		let own: Vec<Shape> = own.flatten().map(|(shape, _)| shape).collect();
		let of_own = words(&own);
		if of_own > MAX_WORDS {
			let trees = self.roots.len();
			return Err(place.usage(format!(
				"its {trees} trees have {} nodes, which fill {of_own} words, and {MAX_WORDS} are the limit: about {} such trees fit; train fewer of them (n_estimators, max_iter), or with fewer leaves (max_leaf_nodes, num_leaves, max_depth)",
				own.iter().map(Shape::nodes).sum::<usize>(),
				MAX_WORDS / of_own.div_ceil(trees),
			)));
		}
		let uniform = vec![deepest; depths.len()];
		for depths in [uniform, depths] {
			let shapes: Vec<Shape> = depths.iter().copied().map(Shape::Complete).collect();
			let fits = deepest <= MAX_DEPTH && words(&shapes) <= MAX_WORDS.min(COMPLETE * of_own);
			if fits {
				return Ok((ensemble::node(&depths, self.outputs), shapes));
			}
		}
		let node = ensemble::node_of_shapes(lists.into_iter().flatten(), self.outputs);
		Ok((node, own))
	}

	/// The trees as those of a graph.
	pub fn complete(&self, place: &Place<'_>) -> Result<(Node, FloatParameters), OnnxError> {
		let (node, shapes) = self.node(place)?;
		let ensemble = Ensemble { shapes, outputs: self.outputs, features: 1 };
		// What no row says turns left, always.
		let mut weights = [0.0, f64::INFINITY].repeat(ensemble.nodes());
		let mut biases = vec![0.0; ensemble.leaves() * self.outputs];
		for (tree, root) in ensemble.trees().zip(&self.roots) {
			let mut next = vec![(*root, 0, Below::Node(0))];
			while let Some((row, level, at)) = next.pop() {
				match at {
					Below::Node(on_level) => {
						let node = tree.level(level).start + on_level;
						if let Row::Inner { feature, cut, .. } = &self.rows[row] {
							weights[2 * node] = *feature as f64;
							weights[2 * node + 1] = cut.at;
						}
						// Below a leaf stands nothing but that leaf.
						let sides = self.sides(row).unwrap_or([row; 2]);
						let below = tree.shape.below(level, on_level).into_iter();
						next.extend(
							sides.into_iter().zip(below).map(|(row, at)| (row, level + 1, at)),
						);
					}
					Below::Leaf(leaf) => {
						let values = ensemble.values(tree.leaves.start + leaf);
						biases[values].copy_from_slice(&self.values[row]);
					}
				}
			}
		}
		Ok((node, FloatParameters { weights, biases }))
	}
}

/// Puts an affine function of the sums into the leaves; nothing where it is too large.
pub(crate) fn fold(node: &mut Node, parameters: &mut FloatParameters, by: &Affine) -> Option<()> {
	let first = Ensemble::leaves_of_first(node)?;
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
