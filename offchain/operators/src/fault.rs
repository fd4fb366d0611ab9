// SPDX-License-Identifier: Apache-2.0
//! Why a node or its parameters do not fit.

use candor_graph::{Node, ShapeError, Value, WEIGHT_MAX};

/// Why a node cannot stand behind its inputs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
	/// It takes another number of values.
	#[error("it takes {expected} values, not {got}")]
	Inputs {
		/// What it takes.
		expected: usize,
		/// What it was given.
		got: usize,
	},
	/// It takes values of another kind or shape.
	#[error("it takes {expected}")]
	Input {
		/// What it takes.
		expected: &'static str,
	},
	/// An attribute is missing, or has no value that it may have.
	#[error("its attribute `{name}` is missing or has a value that it may not have")]
	Attribute {
		/// What it is called.
		name: &'static str,
	},
	/// It has attributes that mean nothing to it: with other ones it would be another circuit.
	#[error("it has attributes that mean nothing to it")]
	Attributes,
	/// Too few or too many inputs or outputs.
	#[error("width {got} is outside 1..={max}; make that layer narrower")]
	Width {
		/// Its width.
		got: i64,
		/// The largest.
		max: usize,
	},
	/// What it gives is too large.
	#[error(transparent)]
	Shape(#[from] ShapeError),
}

impl Misfit {
	/// The one value that a node takes.
	///
	/// # Errors
	///
	/// [`Misfit::Inputs`] when it takes another number.
	pub fn one<'a>(inputs: &[&'a Value]) -> Result<&'a Value, Self> {
		match inputs {
			[input] => Ok(input),
			_ => Err(Self::Inputs { expected: 1, got: inputs.len() }),
		}
	}

	/// Refuses all attributes but these.
	///
	/// # Errors
	///
	/// [`Misfit::Attributes`] when there is another one.
	pub fn attributes(node: &Node, known: &[&str]) -> Result<(), Self> {
		let is_known = |name: &String| known.contains(&name.as_str());
		if node.attributes.keys().all(is_known) {
			Ok(())
		} else {
			Err(Self::Attributes)
		}
	}
}

/// Why parameters are not those of a node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterFault {
	/// Too few or too many weights.
	#[error("it needs {expected} weights, not {got}")]
	WeightCount {
		/// What the shapes need.
		expected: usize,
		/// The number that was given.
		got: usize,
	},
	/// Too few or too many biases.
	#[error("it needs {expected} biases, not {got}")]
	BiasCount {
		/// What the shapes need.
		expected: usize,
		/// The number that was given.
		got: usize,
	},
	/// A weight of -128, the only `i8` outside the symmetric range.
	#[error("weight {index} is -128; weights are in -{WEIGHT_MAX}..={WEIGHT_MAX}")]
	Weight {
		/// The position in the list.
		index: usize,
	},
	/// What a normalisation adds below its root is no integer within its bounds.
	#[error("what is added to a variance is outside of its bounds")]
	Added,
	/// What an attention scales its scores by is outside of its bounds.
	#[error("what scores are scaled by is outside of its bounds")]
	Scores,
	/// An element of a table that is no byte.
	#[error("element {index} of the table is {got}, and no byte")]
	Element {
		/// The position in the list.
		index: usize,
		/// The element.
		got: i32,
	},
	/// A node of a tree that asks for no feature.
	#[error("node {index} of the trees is no feature with its threshold")]
	Node {
		/// The position in the list.
		index: usize,
	},
	/// Weights, or leaves of trees, whose sum may leave its range.
	#[error("the sums of output {output} may take more than {width} bits")]
	Sums {
		/// The output, from zero.
		output: usize,
		/// The bits of a sum.
		width: u32,
	},
	/// A bias beyond its bound.
	#[error("bias {index} is {got}, beyond the bound of {max}")]
	Bias {
		/// The position in the list.
		index: usize,
		/// The bias.
		got: i32,
		/// The bound.
		max: i32,
	},
}
