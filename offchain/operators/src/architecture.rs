// SPDX-License-Identifier: Apache-2.0
//! A graph whose operators are known and whose values fit: everything but the weights.

mod error;
#[cfg(test)]
mod tests;

use core::{fmt, str::FromStr};

use candor_graph::{Graph, Node, Shape, Source, Value, LOGIT_BYTES};
use candor_statement::{packed_len, StatementSchema};
use serde::{Deserialize, Serialize};

use crate::{
	registry::{self, dense, relu},
	Function, Scheme, Site,
};

pub use error::{
	ArchitectureError, MAX_LAYERS, MAX_OUTPUTS, MAX_PUBLIC_INPUTS, MAX_VALUES, MAX_WORDS,
};

/// A graph from an input of bytes to logits, which alone determines the circuit: models of one
/// architecture share one setup.
///
/// The graph of a perceptron has a short name, its widths `n_0-n_1-…-n_L`: `64-32-10`. Behind a width that of the
/// limbs may stand, where they are fitted: `784-128:22-10:22`. `64-32-10x8` is one whose circuit shows eight
/// runs.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Graph", into = "Graph")]
pub struct Architecture {
	graph: Graph,
	input: Value,
	/// What each node gives, and whether it has parameters.
	nodes: Vec<Typed>,
}

/// A node with what is known of it.
#[derive(Clone)]
struct Typed {
	function: &'static dyn Function,
	output: Value,
	/// Its position among the nodes with parameters.
	parameters: Option<usize>,
}

/// A node while one walks along a graph.
pub struct Step<'a, P> {
	/// Its position, from zero.
	pub at: usize,
	/// What it computes.
	pub function: &'static dyn Function,
	/// Where it stands.
	pub site: Site<'a>,
	/// Its parameters.
	pub parameters: &'a P,
}

impl Architecture {
	/// Checks a graph against the operators and the limits of circuits.
	///
	/// # Errors
	///
	/// [`ArchitectureError`] names the node that does not fit, or the limit.
	pub fn new(graph: Graph) -> Result<Self, ArchitectureError> {
		let input = Value::bytes(graph.input().clone());
		let mut nodes: Vec<Typed> = Vec::with_capacity(graph.nodes().len());
		let (mut layers, mut elements) = (0, input.shape.elements());
		let output = graph.evaluate(input.clone(), |at, node, inputs| {
			let function = registry::function(&node.operator).ok_or_else(|| {
				ArchitectureError::Operator { node: at, operator: node.operator.clone() }
			})?;
			let output = function.output(node, inputs).map_err(|misfit| {
				ArchitectureError::Node { node: at, operator: function.name(), misfit }
			})?;
			elements += output.shape.elements();
			if elements > MAX_VALUES {
				return Err(ArchitectureError::Values { node: at, got: elements });
			}
			let parameters = function.is_parameterised().then_some(layers);
			layers += usize::from(parameters.is_some());
			nodes.push(Typed { function, output: output.clone(), parameters });
			Ok::<_, ArchitectureError>(output)
		})?;
		if !(1..=MAX_LAYERS).contains(&layers) {
			return Err(ArchitectureError::Depth { got: layers });
		}
		let is_whole = output.sums().is_some_and(|sums| sums.rounding == 0);
		match output.shape.elements() {
			_ if !is_whole => return Err(ArchitectureError::NoLogits),
			got if got > MAX_OUTPUTS => return Err(ArchitectureError::Outputs { got }),
			_ => (),
		}
		let architecture = Self { graph, input, nodes };
		let most = architecture.most_runs();
		if architecture.runs() > most {
			return Err(ArchitectureError::Runs { got: architecture.runs(), most });
		}
		match architecture.word_count(Scheme::Hashed) {
			got if got > MAX_WORDS => Err(ArchitectureError::Words { got }),
			_ => Ok(architecture),
		}
	}

	/// The architecture of a perceptron: widths of inputs, hidden layers and outputs.
	///
	/// # Errors
	///
	/// [`ArchitectureError`] when a count or a size is outside its limits.
	pub fn perceptron(widths: &[u32]) -> Result<Self, ArchitectureError> {
		let widths: Vec<_> = widths.iter().map(|&width| Width { width, limb: None }).collect();
		Self::of_widths(&widths)
	}

	fn of_widths(widths: &[Width]) -> Result<Self, ArchitectureError> {
		match widths.len() {
			0 | 1 => Err(ArchitectureError::Depth { got: 0 }),
			count if count > MAX_LAYERS + 1 => Err(ArchitectureError::Depth { got: count - 1 }),
			_ => Self::new(perceptron(widths)?),
		}
	}

	/// The graph.
	pub fn graph(&self) -> &Graph {
		&self.graph
	}

	/// The same architecture, with circuits of so many runs.
	///
	/// # Errors
	///
	/// [`ArchitectureError`] where there is no run, or more public inputs than a key may have.
	pub fn with_runs(self, runs: u8) -> Result<Self, ArchitectureError> {
		Self::new(self.graph.with_runs(runs)?)
	}

	/// How many runs a circuit shows.
	pub fn runs(&self) -> usize {
		self.graph.runs()
	}

	/// The most runs that a circuit can show, for the public inputs of each.
	fn most_runs(&self) -> usize {
		let each = 2 + packed_len(self.output_len() as u32) as usize;
		((MAX_PUBLIC_INPUTS - 1) / each).max(1)
	}

	/// Where each node stands, in order.
	pub fn sites(&self) -> impl Iterator<Item = (&'static dyn Function, Site<'_>)> {
		(0..self.nodes.len()).map(|at| (self.nodes[at].function, self.site(at)))
	}

	/// Where the nodes with parameters stand, in the order of these.
	pub fn layers(&self) -> impl Iterator<Item = (&'static dyn Function, Site<'_>)> {
		self.sites().filter(|(function, _)| function.is_parameterised())
	}

	fn site(&self, at: usize) -> Site<'_> {
		let node = &self.graph.nodes()[at];
		let value = |source: &Source| match source {
			Source::Input => &self.input,
			Source::Node(node) => &self.nodes[*node].output,
		};
		Site {
			node,
			inputs: node.inputs.iter().map(value).collect(),
			output: &self.nodes[at].output,
		}
	}

	/// Walks along the nodes with the parameters of each, `none` for those that have none. Whatever
	/// is done with a model is done this way.
	///
	/// # Errors
	///
	/// The first error of a step.
	///
	/// # Panics
	///
	/// Where there are fewer parameters than nodes that have any.
	pub fn walk<'a, P, V, E>(
		&'a self,
		parameters: &'a [P],
		none: &'a P,
		input: V,
		mut step: impl FnMut(Step<'a, P>, &[&V]) -> Result<V, E>,
	) -> Result<V, E> {
		self.graph.evaluate(input, |at, _, inputs| {
			let Typed { function, parameters: place, .. } = &self.nodes[at];
			let parameters = place.map_or(none, |place| &parameters[place]);
			step(Step { at, function: *function, site: self.site(at), parameters }, inputs)
		})
	}

	/// The words of each node with parameters, out of those of all under a scheme.
	///
	/// # Panics
	///
	/// Where there are fewer words than the nodes have.
	pub(crate) fn split_words<'w, W>(&self, mut words: &'w [W], scheme: Scheme) -> Vec<&'w [W]> {
		let mut split = Vec::new();
		for (function, site) in self.layers() {
			let (of_node, rest) = words.split_at(function.word_count(&site, scheme));
			words = rest;
			split.push(of_node);
		}
		split
	}

	/// The number of committed words under a scheme, without a blinder.
	pub fn word_count(&self, scheme: Scheme) -> usize {
		self.sites().map(|(function, site)| function.word_count(&site, scheme)).sum()
	}

	/// The number of weights and biases.
	pub fn parameter_count(&self) -> usize {
		self.sites().map(|(function, site)| function.parameter_count(&site)).sum()
	}

	/// The length of an input in bytes.
	pub fn input_len(&self) -> usize {
		self.graph.input().elements()
	}

	/// The number of logits.
	pub fn output_count(&self) -> usize {
		self.nodes.last().map_or(0, |node| node.output.shape.elements())
	}

	/// The length of the output in bytes, [`LOGIT_BYTES`] a logit.
	pub fn output_len(&self) -> usize {
		self.output_count() * LOGIT_BYTES
	}

	/// What a proof of this circuit with a hashed model says, and how many public inputs it has.
	pub fn schema(&self) -> StatementSchema {
		Scheme::Hashed.schema(self)
	}

	/// The widths, where this is a perceptron.
	fn widths(&self) -> Option<Vec<Width>> {
		let of = |(_, site): (_, Site<'_>)| {
			(site.output.shape.elements(), site.node.integer(dense::LIMB))
		};
		let widths: Vec<Width> = core::iter::once((self.input_len(), None))
			.chain(self.layers().map(of))
			.map(|(width, limb)| Some(Width { width: u32::try_from(width).ok()?, limb }))
			.collect::<Option<_>>()?;
		let graph = perceptron(&widths).and_then(|graph| Ok(graph.with_runs(self.runs() as u8)?));
		(graph.as_ref() == Ok(&self.graph)).then_some(widths)
	}
}

/// How many elements a perceptron has at one place.
#[derive(Clone, Copy, Debug)]
struct Width {
	width: u32,
	/// The bits of their limbs, where these are fitted to weights.
	limb: Option<i64>,
}

impl fmt::Display for Width {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self.limb {
			None => write!(f, "{}", self.width),
			Some(limb) => write!(f, "{}:{limb}", self.width),
		}
	}
}

impl FromStr for Width {
	type Err = core::num::ParseIntError;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let (width, limb) = match text.split_once(':') {
			None => (text, None),
			Some((width, limb)) => (width, Some(limb.parse()?)),
		};
		Ok(Self { width: width.parse()?, limb })
	}
}

/// The graph of a perceptron: dense layers with a ReLU between each two of them.
fn perceptron(widths: &[Width]) -> Result<Graph, ArchitectureError> {
	let width = |at: usize| widths.get(at).map_or(0, |width| width.width as usize);
	let layers = widths.len().saturating_sub(1);
	let mut nodes: Vec<Node> = Vec::new();
	for layer in 0..layers {
		let source = nodes.len().checked_sub(1).map_or(Source::Input, Source::Node);
		let is_hidden = layer + 1 < layers;
		let rounding = if is_hidden { dense::shift(width(layer)) } else { 0 };
		let node = dense::node(source, width(layer + 1), rounding);
		nodes.push(match widths.get(layer + 1).and_then(|width| width.limb) {
			None => node,
			Some(limb) => node.with(dense::LIMB, limb),
		});
		if is_hidden {
			nodes.push(relu::node(Source::Node(nodes.len() - 1)));
		}
	}
	Ok(Graph::new(Shape::vector(width(0))?, nodes)?)
}

impl TryFrom<Graph> for Architecture {
	type Error = ArchitectureError;

	fn try_from(graph: Graph) -> Result<Self, ArchitectureError> {
		Self::new(graph)
	}
}

impl From<Architecture> for Graph {
	fn from(architecture: Architecture) -> Self {
		architecture.graph
	}
}

impl PartialEq for Architecture {
	fn eq(&self, other: &Self) -> bool {
		self.graph == other.graph
	}
}

impl Eq for Architecture {}

/// The short name of a perceptron, `64-32-10`; otherwise the shape of the input and the operators.
impl fmt::Display for Architecture {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		if let Some(widths) = self.widths() {
			let widths: Vec<_> = widths.iter().map(ToString::to_string).collect();
			f.write_str(&widths.join("-"))?;
		} else {
			write!(f, "{}", self.graph.input())?;
			self.graph.nodes().iter().try_for_each(|node| write!(f, " {}", node.operator))?;
			write!(f, " [{}]", self.output_count())?;
		}
		match self.runs() {
			1 => Ok(()),
			runs => write!(f, "x{runs}"),
		}
	}
}

impl fmt::Debug for Architecture {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Architecture({self})")
	}
}

impl FromStr for Architecture {
	type Err = ArchitectureError;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let syntax = || ArchitectureError::Syntax { got: text.into() };
		let (widths, runs) = text.split_once('x').unwrap_or((text, "1"));
		let widths: Vec<Width> = widths
			.split('-')
			.map(|width| width.parse())
			.collect::<Result<_, _>>()
			.map_err(|_| syntax())?;
		// Inputs are in no limbs.
		if widths.first().is_some_and(|input| input.limb.is_some()) {
			return Err(syntax());
		}
		Self::of_widths(&widths)?.with_runs(runs.parse().map_err(|_| syntax())?)
	}
}
