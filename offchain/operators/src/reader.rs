// SPDX-License-Identifier: Apache-2.0
//! A float model while it is read.

use std::collections::BTreeMap;

use candor_graph::{FloatParameters, Graph, Node, Shape, Source};
use candor_onnx::{
	node::{first_output, usage},
	pb::NodeProto,
	Edges, OnnxError,
};

use crate::{
	registry::{self, dense, relu},
	Architecture, ArchitectureError, FloatModel,
};

/// A value that has been read: where it comes from, and its dimensions without the batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
	/// Where it comes from.
	pub source: Source,
	/// Its dimensions, which operators that leave elements as they are may change.
	pub shape: Shape,
}

/// A node of an ONNX graph that is to be read.
pub struct Place<'a> {
	/// The graph.
	pub edges: &'a Edges<'a>,
	/// The node.
	pub node: &'a NodeProto,
	/// Its inputs, where they are data; nothing stands for constants and for what is left out.
	pub inputs: Vec<Option<At>>,
}

impl Place<'_> {
	/// What of the node is not supported, and what is.
	pub fn usage(&self, reason: impl Into<String>) -> OnnxError {
		usage(self.node, reason)
	}

	/// The first input that is data.
	///
	/// # Errors
	///
	/// [`OnnxError::Usage`] when there is none.
	pub fn data(&self) -> Result<&At, OnnxError> {
		self.inputs.iter().flatten().next().ok_or_else(|| self.usage("it takes no data"))
	}
}

/// Why what was read is no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfinished {
	/// There is no linear layer.
	#[error("the graph has no Gemm or MatMul")]
	NoLayer,
	/// The graph is outside the limits of a circuit.
	#[error("the model is too large for a circuit: {0}")]
	Architecture(#[from] ArchitectureError),
}

/// A float model while it is read, operator after operator.
pub struct Reader {
	input: Shape,
	/// What has been read, by its name in ONNX.
	values: BTreeMap<String, At>,
	nodes: Vec<Node>,
	/// Of each node, empty where it has none.
	parameters: Vec<FloatParameters>,
}

impl Reader {
	/// Nothing has been read of a graph but its input.
	pub fn new(name: &str, input: Shape) -> Self {
		let at = At { source: Source::Input, shape: input.clone() };
		let values = BTreeMap::from([(name.to_owned(), at)]);
		Self { input, values, nodes: Vec::new(), parameters: Vec::new() }
	}

	/// A value that has been read.
	pub fn value(&self, name: &str) -> Option<&At> {
		self.values.get(name)
	}

	/// Whether there is a layer of weights.
	pub fn has_layer(&self) -> bool {
		self.parameters.iter().any(|parameters| parameters.count() > 0)
	}

	/// Reads a node whose data has been read, whatever it is.
	///
	/// # Errors
	///
	/// [`OnnxError`] names the node and what of it is not supported.
	pub fn read(&mut self, edges: &Edges<'_>, node: &NodeProto) -> Result<(), OnnxError> {
		let inputs = node.input.iter().map(|input| self.values.get(input).cloned()).collect();
		let place = Place { edges, node, inputs };
		let Some(operator) = registry::operator(node) else {
			return Err(place.usage("it is not supported"));
		};
		let is_first = matches!(place.inputs.first(), Some(Some(_)));
		if !is_first && !operator.commutes() {
			return Err(place.usage("the data must be the first operand, constants the others"));
		}
		operator.read(&place, self)
	}

	/// A node leaves the elements of a value as they are.
	pub fn pass(&mut self, place: &Place<'_>, at: At) {
		self.values.insert(first_output(place.node).into(), at);
	}

	/// A node becomes one of the graph, with its parameters where it has any.
	pub fn push(
		&mut self,
		place: &Place<'_>,
		node: Node,
		shape: Shape,
		parameters: FloatParameters,
	) {
		let source = Source::Node(self.nodes.len());
		self.nodes.push(node);
		self.parameters.push(parameters);
		self.pass(place, At { source, shape });
	}

	/// The node that a value comes from; nothing where it is the input.
	pub fn node(&self, source: Source) -> Option<&Node> {
		match source {
			Source::Input => None,
			Source::Node(node) => self.nodes.get(node),
		}
	}

	/// The node that a value comes from, of this operator, and its parameters.
	pub fn node_mut(
		&mut self,
		source: Source,
		operator: &str,
	) -> Option<(&mut Node, &mut FloatParameters)> {
		let Source::Node(at) = source else { return None };
		let node = self.nodes.get_mut(at).filter(|node| node.operator == operator)?;
		Some((node, self.parameters.get_mut(at)?))
	}

	/// Makes the node that a value comes from one whose sums are rounded next; whether it gives sums
	/// at all.
	pub fn round(&mut self, source: Source) -> bool {
		let Source::Node(at) = source else { return false };
		match (self.nodes.get_mut(at), self.parameters.get(at)) {
			(Some(node), Some(parameters)) => registry::function(&node.operator)
				.is_some_and(|function| function.round(node, parameters)),
			_ => false,
		}
	}

	/// The model that has been read, which ends with the last node.
	///
	/// # Errors
	///
	/// [`Unfinished`] when there is no layer, or there is no circuit for it.
	pub fn finish(mut self) -> Result<FloatModel, Unfinished> {
		if !self.has_layer() {
			return Err(Unfinished::NoLayer);
		}
		// The integer semantics have no ReLU at the end: a layer that changes nothing follows.
		let last = Source::Node(self.nodes.len() - 1);
		let ends_with_relu = self.node(last).is_some_and(|node| node.operator == relu::NAME);
		let width = self.values.values().find(|at| at.source == last).map(|at| at.shape.elements());
		let identity = width.filter(|_| ends_with_relu);
		if let Some(width) = identity {
			self.nodes.push(dense::node(last, width, 0));
		}
		// The input is bytes in a row, however the file arranges them.
		let graph =
			Graph::new(self.input.flattened(), self.nodes).map_err(ArchitectureError::from)?;
		let architecture = Architecture::new(graph)?;
		self.parameters.extend(identity.map(dense::identity));
		self.parameters.retain(|parameters| parameters.count() > 0);
		Ok(FloatModel { architecture, parameters: self.parameters })
	}
}
