// SPDX-License-Identifier: Apache-2.0
//! Heads at their place in a graph: how many of what there are, and where it lies.

use candor_gadgets::attention::{Attention, Rows};
use candor_graph::{Node, Shape, Source, Value};

use super::NAME;
use crate::{Misfit, Site};

/// The attribute with the numbers of heads, queries, places, features of queries and keys, and values of a place.
const SHAPE: &str = "shape";

/// The attribute of a node that gives, value by value of each head, those for all queries; without it they are given
/// query by query.
const BY_VALUE: &str = "by_value";

/// The attributes that say where queries, keys and values lie: the position of the first element, and how far it is from
/// there to the next head, to the next row and to the next column.
const LAYOUTS: [&str; 3] = ["query", "key", "value"];

/// Where the elements of an operand lie in a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
	pub(super) first: usize,
	/// To the next head, row and column; zero where there is one.
	pub(super) steps: [usize; 3],
}

impl Layout {
	/// That of elements at these positions, of so many heads, rows and columns, the columns running fastest; nothing
	/// where they do not lie in steps.
	pub(super) fn of(positions: &[usize], dims: [usize; 3]) -> Option<Self> {
		let first = *positions.first()?;
		let [_, rows, columns] = dims;
		let strides = [rows * columns, columns, 1];
		let mut steps = [0; 3];
		for axis in 0..3 {
			if dims[axis] > 1 {
				steps[axis] = positions.get(strides[axis])?.checked_sub(first)?;
			}
		}
		let layout = Self { first, steps };
		layout.positions(dims).eq(positions.iter().copied()).then_some(layout)
	}

	/// The positions, the columns running fastest.
	fn positions(self, [heads, rows, columns]: [usize; 3]) -> impl Iterator<Item = usize> {
		let Self { first, steps: [to_head, to_row, to_column] } = self;
		(0..heads).flat_map(move |head| {
			(0..rows).flat_map(move |row| {
				let start = first + head * to_head + row * to_row;
				(0..columns).map(move |column| start + column * to_column)
			})
		})
	}

	/// Whether steps go somewhere, exactly where there is more than one of what they go to, and stay within a value.
	fn fits(self, dims: [usize; 3], elements: usize) -> bool {
		let mut last = Some(self.first);
		for (step, count) in self.steps.into_iter().zip(dims) {
			if (step > 0) != (count > 1) {
				return false;
			}
			let to_last = step.checked_mul(count - 1);
			last = last.zip(to_last).and_then(|(last, step)| last.checked_add(step));
		}
		last.is_some_and(|last| last < elements)
	}
}

/// A node that takes queries, keys and values from these sources.
pub(super) fn node(
	[heads, queries, places, features, values]: [usize; 5],
	operands: [(Source, Layout); 3],
	is_by_value: bool,
) -> Node {
	let integers = |numbers: &[usize]| numbers.iter().map(|number| *number as i64).collect();
	let mut node = Node::new(NAME, operands.map(|(source, _)| source));
	let shape = integers(&[heads, queries, places, features, values]);
	node.attributes.insert(SHAPE.into(), shape);
	for (name, (_, Layout { first, steps: [a, b, c] })) in LAYOUTS.into_iter().zip(operands) {
		node.attributes.insert(name.into(), integers(&[first, a, b, c]));
	}
	if is_by_value {
		node.set(BY_VALUE, 1);
	}
	node
}

/// The heads of a node.
pub(super) struct Heads {
	/// One of them.
	pub(super) head: Attention,
	heads: usize,
	queries: usize,
	values: usize,
	is_by_value: bool,
	/// Of queries, keys and values the counts and where they lie.
	operands: [([usize; 3], Layout); 3],
}

impl Heads {
	/// The most heads.
	pub(super) const MAX: usize = 64;

	/// Those of a node behind values.
	pub(super) fn new(node: &Node, inputs: &[&Value]) -> Result<Self, Misfit> {
		Misfit::attributes(node, &[SHAPE, BY_VALUE, LAYOUTS[0], LAYOUTS[1], LAYOUTS[2]])?;
		let inputs: [&Value; 3] =
			inputs.try_into().map_err(|_| Misfit::Inputs { expected: 3, got: inputs.len() })?;
		if inputs.iter().any(|input| input.bytes_each() != Some(1)) {
			return Err(Misfit::Input { expected: "bytes" });
		}
		let numbers = |name| -> Result<Vec<usize>, Misfit> {
			let given = node.attributes.get(name).map_or(&[][..], Vec::as_slice);
			let numbers = given.iter().map(|number| usize::try_from(*number));
			numbers.collect::<Result<_, _>>().map_err(|_| Misfit::Attribute { name })
		};
		let is_by_value = match numbers(BY_VALUE)?[..] {
			[] if !node.attributes.contains_key(BY_VALUE) => false,
			[1] => true,
			_ => return Err(Misfit::Attribute { name: BY_VALUE }),
		};
		let wrong = Misfit::Attribute { name: SHAPE };
		let [heads, queries, places, features, values] = numbers(SHAPE)?[..] else {
			return Err(wrong);
		};
		let head = Attention::new(queries, places, features, values);
		let head = head.filter(|_| (1..=Self::MAX).contains(&heads)).ok_or(wrong)?;
		let dims = [[heads, queries, features], [heads, places, features], [heads, places, values]];
		let mut operands = [([0; 3], Layout { first: 0, steps: [0; 3] }); 3];
		for (at, name) in LAYOUTS.into_iter().enumerate() {
			let layout = match numbers(name)?[..] {
				[first, a, b, c] => Layout { first, steps: [a, b, c] },
				_ => return Err(Misfit::Attribute { name }),
			};
			if !layout.fits(dims[at], inputs[at].shape.elements()) {
				return Err(Misfit::Attribute { name });
			}
			operands[at] = (dims[at], layout);
		}
		Ok(Self { head, heads, queries, values, is_by_value, operands })
	}

	/// For each query the values of all heads, one behind the other, or the other way round.
	pub(super) fn output(&self) -> Result<Value, Misfit> {
		let mut dims = vec![self.queries, self.heads * self.values];
		if self.is_by_value {
			dims.reverse();
		}
		Ok(Value::bytes(Shape::new(dims)?))
	}

	/// Where in what is given a value of a head stands for a query.
	fn place(&self, [head, query, value]: [usize; 3]) -> usize {
		match self.is_by_value {
			true => (head * self.values + value) * self.queries + query,
			false => (query * self.heads + head) * self.values + value,
		}
	}

	/// Head, query and value of each element that there is, head by head and query by query.
	fn elements(&self) -> Vec<[usize; 3]> {
		let heads = 0..self.heads;
		let rows = heads.flat_map(|head| (0..self.queries).map(move |query| [head, query]));
		rows.flat_map(|[head, query]| (0..self.values).map(move |value| [head, query, value]))
			.collect()
	}

	/// Where each of them stands in what is given.
	pub(super) fn places_given(&self) -> Vec<usize> {
		self.elements().into_iter().map(|element| self.place(element)).collect()
	}

	/// The elements in the order in which they are given.
	pub(super) fn given(&self) -> Vec<[usize; 3]> {
		let mut given = self.elements();
		given.sort_unstable_by_key(|element| self.place(*element));
		given
	}

	/// The positions of queries, keys or values, head by head.
	pub(super) fn positions(&self, operand: usize) -> Vec<usize> {
		let (dims, layout) = self.operands[operand];
		layout.positions(dims).collect()
	}

	/// Those of a node that fits its inputs.
	pub(super) fn of(site: &Site<'_>) -> Self {
		Self::new(site.node, &site.inputs).expect("the node was checked; qed")
	}

	/// The places of each head.
	pub(super) fn places(&self) -> usize {
		self.operands[1].0[1]
	}

	/// The columns of an operand.
	pub(super) fn columns(&self, operand: usize) -> usize {
		self.operands[operand].0[2]
	}

	/// What a function makes of each head's rows, at its place.
	pub(super) fn each<T: Clone, U: Clone, E>(
		&self,
		inputs: [&[T]; 3],
		mut of_head: impl FnMut(Rows<'_, T>) -> Result<Vec<U>, E>,
	) -> Result<Vec<U>, E> {
		let operands = [0, 1, 2].map(|at| -> Vec<T> {
			self.positions(at).into_iter().map(|from| inputs[at][from].clone()).collect()
		});
		let [query, key, value] = [0, 1, 2].map(|at| {
			let each = operands[at].len() / self.heads;
			operands[at].chunks(each)
		});
		let heads = query.zip(key).zip(value);
		let heads = heads.map(|((query, key), value)| of_head(Rows { query, key, value }));
		let heads = heads.collect::<Result<Vec<Vec<U>>, E>>()?;
		let given = self.given().into_iter();
		let given =
			given.map(|[head, query, value]| heads[head][query * self.values + value].clone());
		Ok(given.collect())
	}
}
