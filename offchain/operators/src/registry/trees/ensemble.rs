// SPDX-License-Identifier: Apache-2.0
//! What follows from the depths of trees and the number of outputs.

use core::ops::Range;

use candor_gadgets::{limb, limbs, ranges::Method};
use candor_graph::{Kind, Node, Source, Sums, Value};

use crate::{Misfit, Site};

use super::NAME;

/// The depth of the deepest tree.
pub const MAX_DEPTH: u32 = 14;

/// The range of the sums: as many digits as float32 has, and four lookups each.
pub const SUMS: Sums = Sums { width: 25, rounding: 0 };

/// The largest number of features, whose position and threshold share a word of 24 bits.
const MAX_FEATURES: usize = 1 << 16;

/// The attribute with the depth of each tree, at least one.
pub(super) const DEPTHS: &str = "depths";

/// The attribute with the number of outputs.
pub(super) const OUTPUTS: &str = "outputs";

/// A node on the input.
pub(super) fn node(depths: &[u32], outputs: usize) -> Node {
	let mut node = Node::new(NAME, [Source::Input]).with(OUTPUTS, outputs as i64);
	let depths = depths.iter().map(|depth| i64::from(*depth)).collect();
	node.attributes.insert(DEPTHS.into(), depths);
	node
}

/// What strands of a word are digits of: above every raised sum.
pub(super) fn base() -> u64 {
	limb::span(SUMS, Method::Lookups)
}

/// Trees of known depths. Nodes and leaves are counted over all of them, tree by tree and in each
/// level by level, on a level by their places; a leaf has a value for each output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ensemble {
	/// The depth of each tree, at least one and at most [`MAX_DEPTH`].
	pub depths: Vec<u32>,
	/// The number of outputs.
	pub outputs: usize,
	/// The number of features.
	pub features: usize,
}

/// A tree of an [`Ensemble`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
	/// Its depth.
	pub depth: u32,
	/// Its nodes among those of all trees.
	pub nodes: Range<usize>,
	/// Its leaves among those of all trees.
	pub leaves: Range<usize>,
}

impl Ensemble {
	/// Checks a node behind a value.
	pub(super) fn new(node: &Node, input: &Value) -> Result<Self, Misfit> {
		Misfit::attributes(node, &[DEPTHS, OUTPUTS])?;
		let features = match (input.kind, input.shape.as_vector()) {
			(Kind::Bytes, Some(features)) if features <= MAX_FEATURES => features,
			_ => return Err(Misfit::Input { expected: "a list of at most 65,536 bytes" }),
		};
		let outputs = node.integer(OUTPUTS).and_then(|outputs| usize::try_from(outputs).ok());
		let outputs = outputs.filter(|outputs| (1..=crate::MAX_OUTPUTS).contains(outputs));
		let outputs = outputs.ok_or(Misfit::Attribute { name: OUTPUTS })?;
		let depth = |depth: &i64| {
			let depth = u32::try_from(*depth).ok();
			depth.filter(|depth| (1..=MAX_DEPTH).contains(depth))
		};
		let depths: Option<Vec<u32>> =
			node.attributes.get(DEPTHS).and_then(|depths| depths.iter().map(depth).collect());
		match depths {
			Some(depths) if !depths.is_empty() => Ok(Self { depths, outputs, features }),
			_ => Err(Misfit::Attribute { name: DEPTHS }),
		}
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
		self.depths.iter().map(|depth| (1 << depth) - 1).sum()
	}

	/// The number of leaves.
	pub fn leaves(&self) -> usize {
		self.nodes() + self.depths.len()
	}

	/// The trees, in order.
	pub fn trees(&self) -> impl Iterator<Item = Tree> + '_ {
		let (mut nodes, mut leaves) = (0, 0);
		self.depths.iter().map(move |&depth| {
			let (first_node, first_leaf) = (nodes, leaves);
			nodes += (1 << depth) - 1;
			leaves += 1 << depth;
			Tree { depth, nodes: first_node..nodes, leaves: first_leaf..leaves }
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
		let ends = |tree: Tree| {
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

impl Tree {
	/// The nodes on a level, by their places.
	pub fn level(&self, level: u32) -> Range<usize> {
		let first = self.nodes.start + (1 << level) - 1;
		first..first + (1 << level)
	}

	/// The leaf at the end of the path that turns right where `is_right` says so of a node.
	pub fn leaf(&self, is_right: impl Fn(usize) -> bool) -> usize {
		let place = (0..self.depth).fold(0, |place, level| {
			2 * place + usize::from(is_right(self.level(level).start + place))
		});
		self.leaves.start + place
	}
}
