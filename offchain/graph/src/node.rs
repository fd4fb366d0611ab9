// SPDX-License-Identifier: Apache-2.0
//! Nodes in order, and the one walk along them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Shape;

/// The version of the description of graphs, which is part of it.
pub const VERSION: u32 = 1;

/// The most nodes of a graph.
pub const MAX_NODES: usize = 1024;

/// Why nodes are no graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
	/// Another version of the description.
	#[error("the description has version {got}, only {VERSION} is supported")]
	Version {
		/// Its version.
		got: u32,
	},
	/// No node, or more than [`MAX_NODES`].
	#[error("a graph has 1 to {MAX_NODES} nodes, not {got}")]
	Count {
		/// The number of nodes.
		got: usize,
	},
	/// A node that takes what stands behind it, or nothing.
	#[error("node {node} does not take values that stand before it")]
	Order {
		/// The node, from zero.
		node: usize,
	},
	/// A value that nothing takes, though it is not the last.
	#[error("nothing takes the value of node {node}")]
	Unused {
		/// The node, from zero.
		node: usize,
	},
	/// A circuit of no runs.
	#[error("a circuit is of at least one run")]
	Runs,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
	/// The graph's input.
	Input,
	/// A node before, from zero.
	Node(usize),
}

/// What an operator is told besides its inputs: names with integers.
pub type Attributes = BTreeMap<String, Vec<i64>>;

/// An operator at its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
	/// The operator's name.
	pub operator: String,
	/// What it takes, at least one value.
	pub inputs: Vec<Source>,
	/// What it is told.
	#[serde(default, skip_serializing_if = "Attributes::is_empty")]
	pub attributes: Attributes,
}

impl Node {
	/// A node without attributes.
	pub fn new(operator: &str, inputs: impl IntoIterator<Item = Source>) -> Self {
		Self {
			operator: operator.into(),
			inputs: inputs.into_iter().collect(),
			attributes: Attributes::new(),
		}
	}

	/// The node with an attribute of one integer.
	#[must_use]
	pub fn with(mut self, name: &str, value: i64) -> Self {
		self.set(name, value);
		self
	}

	/// Sets an attribute to one integer.
	pub fn set(&mut self, name: &str, value: i64) {
		self.attributes.insert(name.into(), vec![value]);
	}

	/// An attribute of one integer; nothing where there is none or more than one.
	pub fn integer(&self, name: &str) -> Option<i64> {
		match self.attributes.get(name)?[..] {
			[value] => Some(value),
			_ => None,
		}
	}
}

/// A function of one input but for its weights: the nodes in order, the last of which gives the
/// output. Every node takes values that stand before it, and every value but the last is taken.
///
/// As JSON it is the canonical description that circuits and keys belong to, and so tells also of how many runs
/// one circuit is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct Graph {
	input: Shape,
	nodes: Vec<Node>,
	runs: u8,
}

/// What stands in a file before it is checked.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Graph", deny_unknown_fields)]
struct Unchecked {
	version: u32,
	input: Shape,
	nodes: Vec<Node>,
	#[serde(default = "one", skip_serializing_if = "is_one")]
	runs: u8,
}

const fn one() -> u8 {
	1
}

fn is_one(runs: &u8) -> bool {
	*runs == 1
}

impl TryFrom<Unchecked> for Graph {
	type Error = GraphError;

	fn try_from(unchecked: Unchecked) -> Result<Self, GraphError> {
		match unchecked.version {
			VERSION => Self::new(unchecked.input, unchecked.nodes)?.with_runs(unchecked.runs),
			got => Err(GraphError::Version { got }),
		}
	}
}

impl From<Graph> for Unchecked {
	fn from(Graph { input, nodes, runs }: Graph) -> Self {
		Self { version: VERSION, input, nodes, runs }
	}
}

impl Graph {
	/// Checks the edges.
	///
	/// # Errors
	///
	/// [`GraphError`] when there are too many nodes, one takes what stands behind it, or a value is
	/// taken by none.
	pub fn new(input: Shape, nodes: Vec<Node>) -> Result<Self, GraphError> {
		if !(1..=MAX_NODES).contains(&nodes.len()) {
			return Err(GraphError::Count { got: nodes.len() });
		}
		let mut taken = BTreeSet::new();
		for (at, node) in nodes.iter().enumerate() {
			let is_before = |source: &Source| match source {
				Source::Input => true,
				Source::Node(node) => *node < at,
			};
			if node.inputs.is_empty() || !node.inputs.iter().all(is_before) {
				return Err(GraphError::Order { node: at });
			}
			taken.extend(node.inputs.iter().copied());
		}
		let is_unused = |node: &usize| !taken.contains(&Source::Node(*node));
		match (0..nodes.len() - 1).find(is_unused) {
			Some(node) => Err(GraphError::Unused { node }),
			None => Ok(Self { input, nodes, runs: 1 }),
		}
	}

	/// The same function, as a circuit that shows so many runs of it at once.
	///
	/// # Errors
	///
	/// [`GraphError::Runs`] where there are none.
	pub fn with_runs(self, runs: u8) -> Result<Self, GraphError> {
		if runs == 0 {
			return Err(GraphError::Runs);
		}
		Ok(Self { runs, ..self })
	}

	/// How many runs one circuit of it shows, at least one.
	pub fn runs(&self) -> usize {
		self.runs.into()
	}

	/// The shape of the input.
	pub fn input(&self) -> &Shape {
		&self.input
	}

	/// The nodes, at least one.
	pub fn nodes(&self) -> &[Node] {
		&self.nodes
	}

	/// The canonical description in one line of JSON: the same bytes for the same graph.
	///
	/// # Panics
	///
	/// Never: all its keys are strings.
	pub fn description(&self) -> String {
		serde_json::to_string(self).expect("a graph has string keys only; qed")
	}

	/// Walks along the nodes in order: `step` gets each with its position and the values of its
	/// inputs, and gives its own. What comes back is the value of the last one. A value is dropped
	/// after the last node that takes it.
	///
	/// # Errors
	///
	/// The first error of a step.
	///
	/// # Panics
	///
	/// Never: a graph has a node, and what a node takes stands before it.
	pub fn evaluate<V, E>(
		&self,
		input: V,
		mut step: impl FnMut(usize, &Node, &[&V]) -> Result<V, E>,
	) -> Result<V, E> {
		let mut values = BTreeMap::from([(Source::Input, input)]);
		let mut last_use = BTreeMap::new();
		for (at, node) in self.nodes.iter().enumerate() {
			last_use.extend(node.inputs.iter().map(|source| (*source, at)));
		}
		for (at, node) in self.nodes.iter().enumerate() {
			let inputs: Vec<&V> = node
				.inputs
				.iter()
				.map(|source| values.get(source).expect("it stands before the node; qed"))
				.collect();
			let value = step(at, node, &inputs)?;
			values.retain(|source, _| last_use.get(source) > Some(&at));
			values.insert(Source::Node(at), value);
		}
		let last = Source::Node(self.nodes.len() - 1);
		Ok(values.remove(&last).expect("a graph has a node; qed"))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_runs_of_a_circuit_stand_in_the_description_unless_there_is_one() {
		let graph =
			|| Graph::new(shape(), vec![Node::new("relu", [Source::Input])]).expect("a graph");
		let one = graph().description();
		assert!(!one.contains("runs"), "{one}");
		let eight = graph().with_runs(8).expect("there are some").description();
		assert_eq!(eight, format!("{},\"runs\":8}}", one.strip_suffix('}').expect("an object")));
		let read = |text: &str| serde_json::from_str::<Graph>(text);
		assert_eq!(read(&eight).expect("a graph").runs(), 8);
		assert_eq!(read(&one).expect("a graph").runs(), 1);
		assert!(read(&eight.replace("8}", "0}")).is_err());
		assert_eq!(graph().with_runs(0), Err(GraphError::Runs));
	}

	fn shape() -> Shape {
		Shape::vector(3).expect("small")
	}

	fn node(inputs: &[Source]) -> Node {
		Node::new("add", inputs.iter().copied())
	}

	#[test]
	fn a_walk_gives_every_node_the_values_it_takes() {
		let nodes = vec![
			node(&[Source::Input]),
			node(&[Source::Node(0), Source::Input]),
			node(&[Source::Node(0), Source::Node(1), Source::Node(1)]),
		];
		let graph = Graph::new(shape(), nodes).expect("in order");
		let mut order = Vec::new();
		let sum = graph.evaluate(1, |at, _, inputs| {
			order.push(at);
			Ok::<i32, ()>(10 + inputs.iter().copied().sum::<i32>())
		});
		// 11; 10 + 11 + 1 = 22; 10 + 11 + 22 + 22 = 65
		assert_eq!((sum, order), (Ok(65), vec![0, 1, 2]));
		assert_eq!(graph.evaluate(1, |at, _, _| if at == 1 { Err(at) } else { Ok(0) }), Err(1));
	}

	#[test]
	fn edges_that_do_not_lead_forward_are_refused() {
		let new = |nodes| Graph::new(shape(), nodes).map(|_| ());
		assert_eq!(new(vec![]), Err(GraphError::Count { got: 0 }));
		assert_eq!(
			new(vec![node(&[Source::Input]); MAX_NODES + 1]),
			Err(GraphError::Count { got: MAX_NODES + 1 })
		);
		for inputs in [&[][..], &[Source::Node(0)], &[Source::Input, Source::Node(7)]] {
			assert_eq!(new(vec![node(inputs)]), Err(GraphError::Order { node: 0 }));
		}
		let unused = vec![node(&[Source::Input]), node(&[Source::Input])];
		assert_eq!(new(unused), Err(GraphError::Unused { node: 0 }));
	}

	#[test]
	fn the_description_is_pinned() {
		let dense = Node::new("dense", [Source::Input]).with("rounding", 8).with("outputs", 2);
		let relu = Node::new("relu", [Source::Node(0)]);
		let graph = Graph::new(shape(), vec![dense, relu]).expect("in order");
		let expected = concat!(
			r#"{"version":1,"input":[3],"nodes":["#,
			r#"{"operator":"dense","inputs":["input"],"attributes":{"outputs":[2],"rounding":[8]}},"#,
			r#"{"operator":"relu","inputs":[{"node":0}]}]}"#
		);
		assert_eq!(graph.description(), expected);
		assert_eq!(serde_json::from_str::<Graph>(expected).expect("parses"), graph);
	}

	#[test]
	fn descriptions_are_checked() {
		let graph = Graph::new(shape(), vec![node(&[Source::Input])]).expect("in order");
		let description = graph.description();
		for (from, to) in [
			("\"version\":1", "\"version\":2"),
			("[3]", "[0]"),
			("\"input\"]", "{\"node\":0}]"),
			("\"operator\"", "\"operation\""),
		] {
			let wrong = description.replace(from, to);
			assert_ne!(wrong, description);
			assert!(serde_json::from_str::<Graph>(&wrong).is_err(), "{wrong}");
		}
	}
}
