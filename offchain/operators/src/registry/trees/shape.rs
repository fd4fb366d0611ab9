// SPDX-License-Identifier: Apache-2.0
//! The shapes of trees: what leads where.

use candor_gadgets::tree::Merge;

/// What a turn leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
	/// A node of the next level, by its place there.
	Node(usize),
	/// A leaf, by its place among those of the tree, from left to right.
	Leaf(usize),
}

/// The shape of a tree with at least one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
	/// Of so many levels, all of which are full.
	Complete(u32),
	/// For each level what its nodes lead to, on the left and on the right.
	Own(Vec<Vec<[Below; 2]>>),
}

impl Shape {
	/// The shape that starts a list, and how long it is there: a node, then what is on its left, then what is on
	/// its right. `of` tells of what is next whether it is a node; nothing where the list ends before the
	/// shape, where it is a leaf, and where it is deeper than `deepest`.
	pub fn of_list(
		mut of: impl FnMut(usize) -> Option<bool>,
		deepest: u32,
	) -> Option<(Self, usize)> {
		let mut levels: Vec<Vec<[Below; 2]>> = Vec::new();
		let (mut at, mut leaves) = (0, 0);
		// Where what is next hangs: the level and the place of a node, and the side of it.
		let mut open: Vec<Option<(usize, usize, usize)>> = vec![None];
		while let Some(from) = open.pop() {
			let is_node = of(at)?;
			at += 1;
			let below = match is_node {
				true => {
					let level = from.map_or(0, |(level, ..)| level + 1);
					if level >= deepest as usize {
						return None;
					}
					if levels.len() == level {
						levels.push(Vec::new());
					}
					let place = levels[level].len();
					levels[level].push([Below::Leaf(0); 2]);
					open.extend([Some((level, place, 1)), Some((level, place, 0))]);
					Below::Node(place)
				}
				false => {
					leaves += 1;
					Below::Leaf(leaves - 1)
				}
			};
			match from {
				Some((level, place, side)) => levels[level][place][side] = below,
				None if !is_node => return None,
				None => (),
			}
		}
		let own = Self::Own(levels);
		let depth = own.depth();
		let is_complete = depth < usize::BITS && own.nodes() == (1 << depth) - 1;
		Some((if is_complete { Self::Complete(depth) } else { own }, at))
	}

	/// The number of turns to the leaf that most lead to.
	pub fn depth(&self) -> u32 {
		match self {
			Self::Complete(depth) => *depth,
			Self::Own(levels) => levels.len() as u32,
		}
	}

	/// The number of nodes.
	pub fn nodes(&self) -> usize {
		match self {
			Self::Complete(depth) => (1 << depth) - 1,
			Self::Own(levels) => levels.iter().map(Vec::len).sum(),
		}
	}

	/// The number of nodes on a level.
	pub fn width(&self, level: u32) -> usize {
		match self {
			Self::Complete(_) => 1 << level,
			Self::Own(levels) => levels.get(level as usize).map_or(0, Vec::len),
		}
	}

	/// What a node leads to.
	pub fn below(&self, level: u32, place: usize) -> [Below; 2] {
		match self {
			Self::Complete(depth) => [2 * place, 2 * place + 1].map(|place| {
				if level + 1 < *depth {
					Below::Node(place)
				} else {
					Below::Leaf(place)
				}
			}),
			Self::Own(levels) => levels[level as usize][place],
		}
	}

	/// What the nodes above a level merge to choose one of its nodes, those further below first.
	pub fn merges_of_level(&self, level: u32) -> Vec<Merge> {
		self.merges(level, |below, on_next| match below {
			Below::Node(place) => on_next.map_or(Some(place), |first| first[place]),
			Below::Leaf(_) => None,
		})
	}

	/// What all nodes merge to choose a leaf.
	pub fn merges_of_leaves(&self) -> Vec<Merge> {
		self.merges(self.depth(), |below, on_next| match below {
			Below::Node(place) => on_next.and_then(|first| first[place]),
			Below::Leaf(place) => Some(place),
		})
	}

	/// Of the nodes above `level`. `first` tells what is to be chosen first below a turn, from that of each node
	/// on the next level where this is one of those above.
	fn merges(
		&self,
		level: u32,
		first: impl Fn(Below, Option<&Vec<Option<usize>>>) -> Option<usize>,
	) -> Vec<Merge> {
		let mut merges = Vec::new();
		let mut on_next: Option<Vec<Option<usize>>> = None;
		for turn in (0..level).rev() {
			let firsts = (0..self.width(turn)).map(|place| {
				match self.below(turn, place).map(|below| first(below, on_next.as_ref())) {
					[Some(left), Some(right)] => {
						merges.push(Merge { left, right, turn: turn as usize });
						Some(left)
					}
					[one, other] => one.or(other),
				}
			});
			let firsts = firsts.collect();
			on_next = Some(firsts);
		}
		merges
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn shape(list: &[u8]) -> Option<(Shape, usize)> {
		Shape::of_list(|at| list.get(at).map(|entry| *entry == 1), 3)
	}

	/// A node whose left side is a leaf, and whose right side has a leaf on the right.
	const LEANING: [u8; 7] = [1, 0, 1, 1, 0, 0, 0];

	#[test]
	fn a_list_is_a_node_then_its_left_side_then_its_right_side() {
		let (own, length) = shape(&LEANING).expect("it is one");
		let levels = vec![
			vec![[Below::Leaf(0), Below::Node(0)]],
			vec![[Below::Node(0), Below::Leaf(3)]],
			vec![[Below::Leaf(1), Below::Leaf(2)]],
		];
		assert_eq!((own.clone(), length), (Shape::Own(levels), 7));
		assert_eq!((own.depth(), own.nodes(), own.width(1)), (3, 3, 1));
		assert_eq!(shape(&[1, 1, 0, 0, 1, 0, 0, 1]), Some((Shape::Complete(2), 7)));
	}

	#[test]
	fn lists_that_end_too_early_or_lead_too_deep_are_none() {
		for list in [&[][..], &[0], &[1], &[1, 0], &[1, 1, 0, 0], &LEANING[..6]] {
			assert_eq!(shape(list), None, "{list:?}");
		}
		assert_eq!(shape(&[1, 1, 1, 1, 0, 0, 0, 0, 0]), None);
	}

	#[test]
	fn paths_that_lead_nowhere_are_not_merged() {
		let (own, _) = shape(&LEANING).expect("it is one");
		for level in 0..3 {
			assert_eq!(own.merges_of_level(level), []);
		}
		let merge = |left, right, turn| Merge { left, right, turn };
		assert_eq!(own.merges_of_leaves(), [merge(1, 2, 2), merge(1, 3, 1), merge(0, 1, 0)]);
		let complete = Shape::Complete(2);
		assert_eq!(complete.merges_of_level(1), [merge(0, 1, 0)]);
		let all = [merge(0, 1, 1), merge(2, 3, 1), merge(0, 2, 0)];
		assert_eq!(complete.merges_of_leaves(), all);
	}
}
