// SPDX-License-Identifier: Apache-2.0
//! The limits of circuits, and why a graph is no architecture.

use candor_graph::{GraphError, ShapeError};

use crate::Misfit;

/// The largest number of nodes with parameters.
pub const MAX_LAYERS: usize = 64;

/// The largest number of outputs: `3 + ceil(4 * 472 / 31) = 64` public inputs, which is what the
/// chain accepts in a verifying key.
pub const MAX_OUTPUTS: usize = 472;

/// The largest number of public inputs, the challenge included, that the chain accepts in a verifying key.
pub const MAX_PUBLIC_INPUTS: usize = 64;

/// The largest number of committed words: about ten million constraints where they are hashed.
pub const MAX_WORDS: usize = 1 << 18;

/// The most elements that input and values of all nodes have, of which each takes up to ten constraints.
pub const MAX_VALUES: usize = 1 << 21;

/// Why a graph is no architecture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchitectureError {
	/// Its nodes do not stand in order.
	#[error(transparent)]
	Graph(#[from] GraphError),
	/// Its input has no shape.
	#[error(transparent)]
	Shape(#[from] ShapeError),
	/// An operator that there is not.
	#[error("node {node} is of the operator `{operator}`, which there is not")]
	Operator {
		/// The node, from zero.
		node: usize,
		/// The operator.
		operator: String,
	},
	/// A node that does not fit its inputs.
	#[error("node {node} (`{operator}`) does not fit: {misfit}")]
	Node {
		/// The node, from zero.
		node: usize,
		/// Its operator.
		operator: &'static str,
		/// Why.
		misfit: Misfit,
	},
	/// No node with parameters, or more than [`MAX_LAYERS`].
	#[error("an architecture has 1 to {MAX_LAYERS} layers with weights, not {got}")]
	Depth {
		/// The number of nodes with parameters.
		got: usize,
	},
	/// The last node does not give sums whose bits are all kept.
	#[error("the last node does not give logits")]
	NoLogits,
	/// More than [`MAX_OUTPUTS`] outputs.
	#[error("{got} outputs need more public inputs than a verifying key may have; the limit is {MAX_OUTPUTS}")]
	Outputs {
		/// The number of outputs.
		got: usize,
	},
	/// More than [`MAX_WORDS`] committed words.
	#[error(
		"the weights fill {got} words, {MAX_WORDS} are the limit; make the hidden layers narrower"
	)]
	Words {
		/// The number of words.
		got: usize,
	},
	/// More than `MAX_VALUES` elements of input and values.
	#[error("input and values up to node {node} have {got} elements, {MAX_VALUES} are the limit; use smaller images or fewer channels")]
	Values {
		/// The node, from zero.
		node: usize,
		/// The number of elements.
		got: usize,
	},
	/// More runs than there are public inputs for.
	#[error("{got} runs need more public inputs than a verifying key may have; with these outputs {most} are the limit")]
	Runs {
		/// The number of runs.
		got: usize,
		/// The largest.
		most: usize,
	},
	/// A text that is not widths joined by dashes.
	#[error("`{got}` is not an architecture; write the widths like `64-32-10`")]
	Syntax {
		/// The text.
		got: String,
	},
}
