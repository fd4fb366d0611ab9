// SPDX-License-Identifier: Apache-2.0
//! What is known where a node is read.

use std::collections::HashSet;

use candor_graph::Source;
use candor_onnx::{
	node::{first_output, is_own, usage},
	pb::NodeProto,
	Edges, OnnxError, Tensor,
};

use crate::{registry::attention::Scores, Affine, End, Formula};

/// Layers of weights, none of which stands behind the logits.
const LAYERS: [&str; 7] = [
	"Conv",
	"Gemm",
	"LinearClassifier",
	"LinearRegressor",
	"MatMul",
	"SVMClassifier",
	"SVMRegressor",
];

/// What functions that are written out are made of.
const OF_SINGLE_NUMBERS: [&str; 17] = [
	"Abs",
	"Add",
	"Cast",
	"Clip",
	"DequantizeLinear",
	"Div",
	"Erf",
	"HardSigmoid",
	"Identity",
	"Mul",
	"Neg",
	"Pow",
	"QuantizeLinear",
	"Sigmoid",
	"Softplus",
	"Sub",
	"Tanh",
];

/// No function is written out in more nodes: many times as many as any that is known has.
pub(crate) const MAX_PARTS: usize = 256;

/// Data that has been read: an affine function of what a node gives, which no node computes yet.
#[derive(Clone, PartialEq)]
pub struct At {
	/// What it is a function of.
	pub source: Source,
	/// The dimensions without the batch, outermost first; none for one number a sample.
	pub dims: Vec<usize>,
	/// The function. Its outputs are the elements, the last dimension running fastest.
	pub affine: Affine,
}

impl At {
	/// The only dimension; nothing where there are others.
	pub fn as_vector(&self) -> Option<usize> {
		match self.dims[..] {
			[width] => Some(width),
			_ => None,
		}
	}

	/// The same elements with other dimensions.
	#[must_use]
	pub fn shaped(self, dims: Vec<usize>) -> Self {
		Self { dims, ..self }
	}

	/// The elements at these positions, as a list.
	#[must_use]
	pub fn select(&self, positions: &[usize]) -> Self {
		let (source, affine) = (self.source, self.affine.select(positions));
		Self { source, dims: vec![positions.len()], affine }
	}

	/// The elements of rows of so many columns, column by column, as a list.
	#[must_use]
	pub(crate) fn transposed(&self, columns: usize) -> Self {
		let count = self.affine.outputs();
		let positions = (0..columns).flat_map(|column| (column..count).step_by(columns));
		self.select(&positions.collect::<Vec<_>>())
	}

	/// Every element times a factor of its own, plus a number of its own.
	#[must_use]
	pub fn scaled(&self, factors: &[f64], shifts: &[f64]) -> Self {
		Self { affine: self.affine.scaled(factors, shifts), ..self.clone() }
	}

	/// Every element times one factor, plus one number.
	#[must_use]
	pub fn times(&self, factor: f64, shift: f64) -> Self {
		let count = self.affine.outputs();
		self.scaled(&vec![factor; count], &vec![shift; count])
	}

	/// The factor and the shift that make this of another value of the same dimensions; nothing where none
	/// do for all elements.
	pub(crate) fn in_terms_of(&self, other: &Self) -> Option<(f64, f64)> {
		let is_alike = self.source == other.source && self.dims == other.dims;
		is_alike.then(|| self.affine.in_terms_of(&other.affine)).flatten()
	}

	/// Whether it is the same function of the same value, however its elements are arranged.
	pub(crate) fn is_same(&self, other: &Self) -> bool {
		self.source == other.source && self.affine == other.affine
	}
}

/// What is known of a value that has been read.
#[derive(Clone, PartialEq)]
pub enum Known {
	/// A circuit computes it.
	Data(At),
	/// It stands behind the logits.
	End(End),
	/// It is on the way to a function of single numbers.
	Formula(Formula),
	/// It is on the way to an attention.
	Scores(Box<Scores>),
}

/// A node of an ONNX graph that is to be read.
pub struct Place<'a> {
	/// The graph.
	pub edges: &'a Edges<'a>,
	/// The node.
	pub node: &'a NodeProto,
	/// Its inputs, where they have been read; nothing stands for constants and for what is left out.
	pub inputs: Vec<Option<Known>>,
	/// The number of samples that the file fixes.
	pub batch: Option<usize>,
}

impl Place<'_> {
	/// What of the node is not supported, and what is.
	pub fn usage(&self, reason: impl Into<String>) -> OnnxError {
		usage(self.node, reason)
	}

	/// Whether a layer of weights stands anywhere behind the node.
	pub fn leads_to_a_layer(&self) -> bool {
		let mut seen: HashSet<&str> = HashSet::new();
		let mut next: Vec<&str> = vec![first_output(self.node)];
		while let Some(value) = next.pop() {
			if !seen.insert(value) {
				continue;
			}
			for user in self.edges.users(value) {
				if LAYERS.contains(&user.op_type.as_str()) {
					return true;
				}
				next.extend(user.output.iter().map(String::as_str));
			}
		}
		false
	}

	/// Whether a product or a quotient of functions of one value stands behind the node, with nothing but functions of
	/// single numbers between: the node is then a part of one that is written out.
	pub fn leads_to_a_product(&self) -> bool {
		let mut seen: HashSet<&str> = HashSet::new();
		let mut next: Vec<&str> = vec![first_output(self.node)];
		while let Some(value) = next.pop() {
			if !seen.insert(value) {
				continue;
			}
			if seen.len() > MAX_PARTS {
				return false;
			}
			for user in self.edges.users(value) {
				if !OF_SINGLE_NUMBERS.contains(&user.op_type.as_str())
					|| !self.is_of_one_value(user)
				{
					continue;
				}
				let mut inputs = user.input.iter();
				let is_product = matches!(user.op_type.as_str(), "Mul" | "Div");
				if is_product && !inputs.any(|input| self.edges.is_constant(input)) {
					return true;
				}
				next.extend(user.output.iter().map(String::as_str));
			}
		}
		false
	}

	/// Whether the data that a node takes is all made of the same values, single number by single number: a
	/// connection that goes around a layer is not, and neither is more than any function is made of.
	fn is_of_one_value(&self, node: &NodeProto) -> bool {
		let is_data = |input: &&str| !input.is_empty() && !self.edges.is_constant(input);
		let mut data = node.input.iter().map(String::as_str).filter(is_data);
		let Some(first) = data.next() else { return false };
		let mut others = data.filter(|other| *other != first).peekable();
		if others.peek().is_none() {
			return true;
		}
		let Some(roots) = self.roots(first) else { return false };
		others.all(|other| self.roots(other).as_ref() == Some(&roots))
	}

	/// The values that a value is made of, single number by single number; nothing where these are made of more
	/// values than any function has parts.
	fn roots<'b>(&'b self, value: &'b str) -> Option<HashSet<&'b str>> {
		let (mut roots, mut seen) = (HashSet::new(), HashSet::new());
		let mut next = vec![value];
		while let Some(value) = next.pop() {
			if value.is_empty() || self.edges.is_constant(value) || !seen.insert(value) {
				continue;
			}
			if seen.len() > MAX_PARTS {
				return None;
			}
			let maker = self.edges.maker(value);
			match maker.filter(|node| OF_SINGLE_NUMBERS.contains(&node.op_type.as_str())) {
				Some(node) => next.extend(node.input.iter().map(String::as_str)),
				None => {
					roots.insert(value);
				}
			}
		}
		Some(roots)
	}

	/// Whether nothing but layers of weights takes what the node quantises.
	pub(crate) fn gives_bytes_to_layers(&self) -> bool {
		let integers = self.edges.users(first_output(self.node));
		let mut floats = integers.iter().map(|node| first_output(node));
		let is_layer = |node: &&NodeProto| LAYERS.contains(&node.op_type.as_str());
		floats.all(|value| {
			let users = self.edges.users(value);
			!users.is_empty() && users.iter().all(is_layer)
		})
	}

	/// Whether the node is a part of a function that is written out.
	pub(crate) fn is_part_of_a_formula(&self) -> bool {
		let mut data = 0;
		for known in self.inputs.iter().flatten() {
			match known {
				Known::Formula(_) => return true,
				Known::Data(_) => data += 1,
				Known::End(_) | Known::Scores(_) => (),
			}
		}
		match self.node.op_type.as_str() {
			"Erf" | "Pow" => true,
			"Mul" | "Div" => data == 2,
			"Abs" | "Clip" | "HardSigmoid" | "Sigmoid" | "Softplus" | "Tanh" => {
				self.leads_to_a_product()
			}
			_ => false,
		}
	}

	/// What an input is called; empty where it is left out.
	pub fn name(&self, position: usize) -> &str {
		self.node.input.get(position).map_or("", String::as_str)
	}

	/// What the first output is called; empty where there is none.
	pub fn output(&self) -> &str {
		first_output(self.node)
	}

	/// The first input that is data.
	///
	/// # Errors
	///
	/// [`OnnxError::Usage`] when there is none.
	pub fn data(&self) -> Result<&At, OnnxError> {
		let data = self.inputs.iter().flatten().find_map(|known| match known {
			Known::Data(at) => Some(at),
			Known::End(_) | Known::Formula(_) | Known::Scores(_) => None,
		});
		data.ok_or_else(|| self.usage("it takes no data"))
	}

	/// The data, where it is a list of numbers.
	///
	/// # Errors
	///
	/// [`OnnxError::Usage`] when there is none, or it has other dimensions.
	pub fn vector(&self) -> Result<(&At, usize), OnnxError> {
		let at = self.data()?;
		match at.as_vector() {
			Some(width) => Ok((at, width)),
			None => Err(self.usage("flatten the value to [batch, features] first")),
		}
	}

	/// Whether nothing takes what the node gives but nodes of this operator, and at least one.
	pub fn is_followed_only_by(&self, operator: &str) -> bool {
		let output = self.node.output.first().map_or("", String::as_str);
		let users = self.edges.users(output);
		!users.is_empty()
			&& users.iter().all(|user| user.op_type == operator && is_own(user))
			&& !self.edges.outputs.contains(&output)
	}

	/// The position of the data where it is one of two operands, and the other a constant.
	pub fn operand(&self) -> Option<usize> {
		match self.inputs.as_slice() {
			[Some(Known::Data(_)), None] => Some(0),
			[None, Some(Known::Data(_))] => Some(1),
			_ => None,
		}
	}

	/// A constant of floats that has to be there.
	///
	/// # Errors
	///
	/// [`OnnxError`] when it is missing or no constant of finite floats.
	pub fn floats(&self, position: usize) -> Result<Tensor, OnnxError> {
		let tensor = self.edges.floats(self.node, position)?;
		tensor.ok_or_else(|| self.usage(format!("input {position} is missing")))
	}

	/// Checks that an axis is that of the elements of a list, the batch being the other one.
	///
	/// # Errors
	///
	/// [`OnnxError::Usage`] when it is another one.
	pub fn last_axis(&self, axis: i64) -> Result<(), OnnxError> {
		match axis {
			1 | -1 => Ok(()),
			_ => Err(self.usage(format!("axis {axis} mixes samples; only axis 1 is supported"))),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_onnx::testing::{model, node};

	/// Nodes from `x` to `y` that add to a value the function of it, so many times.
	fn chain(length: usize) -> Vec<NodeProto> {
		let name = |at: usize| match at {
			0 => "x".to_owned(),
			at if at == length => "y".into(),
			at => format!("z{at}"),
		};
		let step = |at: usize| {
			let (from, of, to) = (name(at), format!("s{at}"), name(at + 1));
			[node("Sigmoid", &[&from], &of), node("Add", &[&from, &of], &to)]
		};
		(0..length).flat_map(step).collect()
	}

	fn roots_of_the_end(nodes: Vec<NodeProto>) -> Option<Vec<String>> {
		let proto = model(2, 2, nodes, vec![]);
		let edges = Edges::new(&proto).expect("a graph");
		let node = edges.maker("y").expect("the last node");
		let place = Place { edges: &edges, node, inputs: Vec::new(), batch: None };
		let roots = place.roots("y")?;
		Some(roots.into_iter().map(str::to_owned).collect())
	}

	#[test]
	fn what_values_are_made_of_is_not_looked_for_beyond_any_function() {
		assert_eq!(roots_of_the_end(chain(100)), Some(vec!["x".into()]));
		assert_eq!(roots_of_the_end(chain(MAX_PARTS)), None);
	}
}
