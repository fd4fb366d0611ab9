// SPDX-License-Identifier: Apache-2.0
//! What follows from the shapes of trees and the number of outputs.

use core::ops::Range;

use candor_gadgets::{limb, limbs, ranges::Method};
use candor_graph::{Kind, Node, Source, Sums, Value};

use crate::{Misfit, Site};

use super::{
	shape::{Below, Shape},
	NAME,
};

/// The depth of the deepest complete tree.
pub const MAX_DEPTH: u32 = 14;

/// The depth of the deepest tree with a shape of its own.
pub const MAX_OWN_DEPTH: u32 = 64;

/// The range of the sums: as many digits as float32 has, and four lookups each.
pub const SUMS: Sums = Sums { width: 25, rounding: 0 };

/// The largest number of features, whose position and threshold share a word of 24 bits.
const MAX_FEATURES: usize = 1 << 16;

/// The attribute with the depth of each tree, at least one, where all of them are complete.
pub(super) const DEPTHS: &str = "depths";

/// The attribute with the shape of each tree, where not all of them are complete: one for a node, then what is on
/// its left, then what is on its right; zero for a leaf.
pub(super) const SHAPES: &str = "shapes";

/// The attribute with the number of outputs.
pub(super) const OUTPUTS: &str = "outputs";

/// A node on the input, with complete trees.
pub(super) fn node(depths: &[u32], outputs: usize) -> Node {
	let depths = depths.iter().map(|depth| i64::from(*depth)).collect();
	with(DEPTHS, depths, outputs)
}

/// A node on the input, with trees whose shapes are told one behind the other.
pub(super) fn node_of_shapes(shapes: impl Iterator<Item = bool>, outputs: usize) -> Node {
	with(SHAPES, shapes.map(i64::from).collect(), outputs)
}

fn with(name: &str, list: Vec<i64>, outputs: usize) -> Node {
	let mut node = Node::new(NAME, [Source::Input]).with(OUTPUTS, outputs as i64);
	node.attributes.insert(name.into(), list);
	node
}

/// What strands of a word are digits of: above every raised sum.
pub(super) fn base() -> u64 {
	limb::span(SUMS, Method::Lookups)
}

/// Trees of known shapes. Nodes and leaves are counted over all of them, tree by tree; nodes level by level, on a
/// level from left to right, and leaves from left to right; a leaf has a value for each output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ensemble {
	/// The shape of each tree.
	pub shapes: Vec<Shape>,
	/// The number of outputs.
	pub outputs: usize,
	/// The number of features.
	pub features: usize,
}

/// A tree of an [`Ensemble`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree<'a> {
	/// Its shape.
	pub shape: &'a Shape,
	/// Its nodes among those of all trees.
	pub nodes: Range<usize>,
	/// Its leaves among those of all trees.
	pub leaves: Range<usize>,
}

impl Ensemble {
	/// Checks a node behind a value.
	pub(super) fn new(node: &Node, input: &Value) -> Result<Self, Misfit> {
		Misfit::attributes(node, &[DEPTHS, OUTPUTS, SHAPES])?;
		let features = match (input.kind, input.shape.as_vector()) {
			(Kind::Bytes, Some(features)) if features <= MAX_FEATURES => features,
			_ => return Err(Misfit::Input { expected: "a list of at most 65,536 bytes" }),
		};
		let outputs = node.integer(OUTPUTS).and_then(|outputs| usize::try_from(outputs).ok());
		let outputs = outputs.filter(|outputs| (1..=crate::MAX_OUTPUTS).contains(outputs));
		let outputs = outputs.ok_or(Misfit::Attribute { name: OUTPUTS })?;
		Ok(Self { shapes: shapes(node)?, outputs, features })
	}

	/// The number of leaves of the first tree of a node; nothing where its attributes are wrong.
	pub(super) fn leaves_of_first(node: &Node) -> Option<usize> {
		shapes(node).ok()?.first().map(|shape| shape.nodes() + 1)
	}

	/// The trees at a place of a graph.
	///
	/// # Panics
	///
	/// Where there are none, which an [`Architecture`](crate::Architecture) excludes.
	pub fn of(site: &Site<'_>) -> Self {
		let input = site.inputs.first().expect("it takes a value; qed");
		Self::new(site.node, input).expect("it was checked; qed")
	}

	/// The number of nodes.
	pub fn nodes(&self) -> usize {
		self.shapes.iter().map(Shape::nodes).sum()
	}

	/// The number of leaves.
	pub fn leaves(&self) -> usize {
		self.nodes() + self.shapes.len()
	}

	/// The trees, in order.
	pub fn trees(&self) -> impl Iterator<Item = Tree<'_>> {
		let (mut nodes, mut leaves) = (0, 0);
		self.shapes.iter().map(move |shape| {
			let (first_node, first_leaf) = (nodes, leaves);
			nodes += shape.nodes();
			leaves += shape.nodes() + 1;
			Tree { shape, nodes: first_node..nodes, leaves: first_leaf..leaves }
		})
	}

	/// Where the values of a leaf stand among those of all leaves.
	pub fn values(&self, leaf: usize) -> Range<usize> {
		leaf * self.outputs..(leaf + 1) * self.outputs
	}

	/// The smallest and the largest sum of a number of one leaf of each tree.
	pub(super) fn extremes<N: Copy + PartialOrd + core::iter::Sum<N>>(
		&self,
		of: impl Fn(usize) -> N,
	) -> (N, N) {
		let ends = |tree: Tree<'_>| {
			let mut leaves = tree.leaves.map(&of);
			let first = leaves.next().expect("a tree has leaves; qed");
			leaves.fold((first, first), |(low, high), value| {
				(if value < low { value } else { low }, if value > high { value } else { high })
			})
		};
		let ends: Vec<(N, N)> = self.trees().map(ends).collect();
		(ends.iter().map(|(low, _)| *low).sum(), ends.iter().map(|(_, high)| *high).sum())
	}

	/// The outputs of each group, which share a word of a leaf.
	pub(super) fn group_outputs(&self) -> impl Iterator<Item = Range<usize>> + '_ {
		let strands = limbs::capacity(base());
		let firsts = (0..self.outputs).step_by(strands);
		firsts.map(move |first| first..(first + strands).min(self.outputs))
	}

	/// The number of groups of outputs.
	pub(super) fn groups(&self) -> usize {
		self.outputs.div_ceil(limbs::capacity(base()))
	}

	/// The number of committed words: one a node, one less than there are leaves for each group of
	/// outputs, and a base for each group.
	pub(super) fn words(&self) -> usize {
		(1 + self.groups()) * self.nodes() + self.groups()
	}
}

/// The shapes of the trees of a node.
fn shapes(node: &Node) -> Result<Vec<Shape>, Misfit> {
	match (node.attributes.get(DEPTHS), node.attributes.get(SHAPES)) {
		(Some(depths), None) => complete(depths).ok_or(Misfit::Attribute { name: DEPTHS }),
		(None, Some(list)) => own(list).ok_or(Misfit::Attribute { name: SHAPES }),
		_ => Err(Misfit::Attribute { name: DEPTHS }),
	}
}

/// Complete trees of these depths; nothing where there are none, or one has no such depth.
fn complete(depths: &[i64]) -> Option<Vec<Shape>> {
	let depth = |depth: &i64| {
		let depth = u32::try_from(*depth).ok();
		depth.filter(|depth| (1..=MAX_DEPTH).contains(depth)).map(Shape::Complete)
	};
	let shapes: Vec<Shape> = depths.iter().map(depth).collect::<Option<_>>()?;
	(!shapes.is_empty()).then_some(shapes)
}

/// Trees that are told one behind the other, of which one at least is not complete.
fn own(list: &[i64]) -> Option<Vec<Shape>> {
	let (mut shapes, mut rest) = (Vec::new(), list);
	while !rest.is_empty() {
		let of = |at: usize| match rest.get(at) {
			Some(0) => Some(false),
			Some(1) => Some(true),
			_ => None,
		};
		let (shape, length) = Shape::of_list(of, MAX_OWN_DEPTH)?;
		shapes.push(shape);
		rest = &rest[length..];
	}
	// One node for one function.
	let are_complete = shapes.iter().all(|shape| matches!(shape, Shape::Complete(_)));
	(!are_complete).then_some(shapes)
}

impl Tree<'_> {
	/// The nodes on a level, from left to right.
	pub fn level(&self, level: u32) -> Range<usize> {
		let above: usize = (0..level).map(|level| self.shape.width(level)).sum();
		let first = self.nodes.start + above;
		first..first + self.shape.width(level)
	}

	/// The leaf at the end of the path that turns right where `is_right` says so of a node.
	pub fn leaf(&self, is_right: impl Fn(usize) -> bool) -> usize {
		let (mut level, mut place, mut first) = (0, 0, self.nodes.start);
		loop {
			let below = self.shape.below(level, place);
			match below[usize::from(is_right(first + place))] {
				Below::Leaf(leaf) => return self.leaves.start + leaf,
				Below::Node(next) => {
					first += self.shape.width(level);
					(level, place) = (level + 1, next);
				}
			}
		}
	}
}
