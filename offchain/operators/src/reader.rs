// SPDX-License-Identifier: Apache-2.0
//! A float model while it is read.

use std::collections::BTreeMap;

use candor_graph::{FloatParameters, Graph, Node, Shape, Source};
use candor_onnx::{node::first_output, pb::NodeProto, quantised::Levels, Edges, Input, OnnxError};
use candor_text::abbreviated;

use crate::{
	formula,
	registry::{self, dense, relu},
	Affine, Architecture, ArchitectureError, At, End, FloatModel, Formula, Known, Meaning, Place,
};

/// What has become of a node that has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
	/// It leaves a sample as it is.
	None,
	/// It goes into the layer of this number, from one, which computes what it does as well.
	Folded(usize),
	/// It is the layer of this number, from one.
	Layer(usize),
	/// It is computed behind the layer of this number, from one.
	Behind(usize),
	/// It stands behind the logits and is left out.
	End,
}

/// Why what was read is no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfinished {
	/// There is no linear layer.
	#[error("the graph has no Gemm or MatMul")]
	NoLayer,
	/// An output that no node gives.
	#[error("no node gives the output `{output}`")]
	NoOutput {
		/// Its name.
		output: String,
	},
	/// An output that says nothing of the logits.
	#[error("the output `{output}` is on the way to an answer and none itself; leave it out")]
	NoAnswer {
		/// Its name.
		output: String,
	},
	/// Outputs that are not functions of the same logits.
	#[error("the outputs `{first}` and `{other}` are not made of the same logits; keep the one that is to be proved, with onnx.utils.extract_model in Python")]
	Outputs {
		/// An output.
		first: String,
		/// Another one.
		other: String,
	},
	/// The graph is outside the limits of a circuit.
	#[error("the model is too large for a circuit: {0}")]
	Architecture(#[from] ArchitectureError),
}

/// What a file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
	/// The float model, from the features to the logits.
	pub model: FloatModel,
	/// What the logits are called in the file.
	pub logits: String,
	/// What they are.
	pub meaning: Meaning,
	/// The integers of the features, where the file says so.
	pub features: Option<Levels>,
	/// The range of what becomes integers in the file, by the names of these, where it bounds the data.
	pub bounds: BTreeMap<String, (f64, f64)>,
	/// What the classes are called, in the order of their numbers, where the file says so.
	pub labels: Option<Vec<String>>,
}

/// A float model while it is read, operator after operator.
pub struct Reader {
	/// The number of features.
	features: usize,
	batch: Option<usize>,
	/// What has been read, by its name in ONNX.
	values: BTreeMap<String, Known>,
	nodes: Vec<Node>,
	/// Of each node, empty where it has none.
	parameters: Vec<FloatParameters>,
	/// What the classes are called.
	labels: Option<Vec<String>>,
	/// The integers of the features.
	levels: Option<Levels>,
	/// See [`Reading::bounds`].
	bounds: BTreeMap<String, (f64, f64)>,
	has_layer: bool,
	is_estimate: bool,
	effect: Effect,
}

impl Reader {
	/// Nothing has been read of a graph but its inputs, whose features stand one behind the other.
	pub fn new(inputs: &[Input]) -> Self {
		let features = inputs.iter().map(Input::elements).sum();
		let all = Affine::identity(features);
		let mut first = 0;
		let values = inputs.iter().map(|input| {
			let positions: Vec<usize> = (first..first + input.elements()).collect();
			first += input.elements();
			let affine = all.select(&positions);
			let at = At { source: Source::Input, dims: input.dims.clone(), affine };
			(input.name.clone(), Known::Data(at))
		});
		Self {
			features,
			batch: inputs.iter().find_map(|input| input.batch),
			values: values.collect(),
			nodes: Vec::new(),
			parameters: Vec::new(),
			labels: None,
			levels: None,
			bounds: BTreeMap::new(),
			has_layer: false,
			is_estimate: false,
			effect: Effect::None,
		}
	}

	/// A value that has been read.
	pub fn value(&self, name: &str) -> Option<&Known> {
		self.values.get(name)
	}

	/// Whether there is a layer of weights.
	pub fn has_layer(&self) -> bool {
		self.has_layer
	}

	/// Reads a node whose data has been read, whatever it is.
	///
	/// # Errors
	///
	/// [`OnnxError`] names the node and what of it is not supported.
	pub fn read(&mut self, edges: &Edges<'_>, node: &NodeProto) -> Result<Effect, OnnxError> {
		let inputs = node.input.iter().map(|input| self.values.get(input).cloned()).collect();
		let place = Place { edges, node, inputs, batch: self.batch };
		let Some(operator) = registry::operator(node) else {
			return Err(place.usage("it is not supported"));
		};
		let end = place.inputs.iter().flatten().find_map(|known| match known {
			Known::End(end) => Some(end.clone()),
			Known::Data(_) | Known::Formula(_) => None,
		});
		self.effect = Effect::None;
		if let Some(end) = end {
			operator.read_end(&place, &end, self)?;
			return Ok(self.effect);
		}
		if place.is_part_of_a_formula() {
			formula::read(&place, self)?;
			return Ok(self.effect);
		}
		let is_first = matches!(place.inputs.first(), Some(Some(_)));
		if !is_first && !operator.commutes() {
			return Err(place.usage("the data must be the first operand, constants the others"));
		}
		operator.read(&place, self)?;
		Ok(self.effect)
	}

	/// A node is a part of a function that is written out, which ends behind it.
	pub fn write_out(&mut self, place: &Place<'_>, formula: Formula) {
		self.effect = Effect::Behind(self.layer_of(formula.base()));
		self.give(first_output(place.node), Known::Formula(formula));
	}

	/// A node leaves the elements of its data as they are.
	pub fn pass(&mut self, place: &Place<'_>, at: At) {
		self.give(first_output(place.node), Known::Data(at));
	}

	/// A node is an affine function of its data, which goes into the next layer.
	pub fn fold(&mut self, place: &Place<'_>, at: At) {
		self.effect = Effect::Folded(self.layer_of(&at));
		self.give(first_output(place.node), Known::Data(at));
	}

	/// A node is a layer of weights behind its data, whose outputs have these dimensions.
	///
	/// # Errors
	///
	/// [`OnnxError::Usage`] when the layer does not fit, or is too large.
	pub fn layer(
		&mut self,
		place: &Place<'_>,
		data: &At,
		layer: &FloatParameters,
		dims: Vec<usize>,
	) -> Result<At, OnnxError> {
		let (got, expected) = (dense::fan_in(layer), data.affine.outputs());
		if got != expected {
			return Err(place.usage(format!("weights for {got} inputs meet {expected} values")));
		}
		let affine = data.affine.then(layer).filter(|affine| affine.outputs() > 0);
		let affine =
			affine.ok_or_else(|| place.usage(format!("it has {} outputs", layer.biases.len())))?;
		let at = At { source: data.source, dims, affine };
		self.has_layer = true;
		self.effect = Effect::Layer(self.layer_of(&at));
		self.give(first_output(place.node), Known::Data(at.clone()));
		Ok(at)
	}

	/// A node is a ReLU of its data: the layer before it ends there.
	///
	/// # Errors
	///
	/// [`OnnxError::Usage`] when that layer is too large.
	pub fn rectify(&mut self, place: &Place<'_>, at: At) -> Result<(), OnnxError> {
		if self.is_rectified(at.source) && at.affine.keeps_signs() {
			self.pass(place, at);
			return Ok(());
		}
		self.activate(place, at, relu::node)
	}

	/// A node is computed of the sums of its data, element by element: the layer before it ends there.
	/// `node` makes it of where the sums come from.
	///
	/// # Errors
	///
	/// [`OnnxError::Usage`] when that layer is too large.
	pub fn activate(
		&mut self,
		place: &Place<'_>,
		at: At,
		node: impl FnOnce(Source) -> Node,
	) -> Result<(), OnnxError> {
		let at = self.compute(place, at, node)?;
		self.give(first_output(place.node), Known::Data(at));
		Ok(())
	}

	/// As [`Self::activate`], of what the node's output is yet to be made of.
	///
	/// # Errors
	///
	/// As [`Self::activate`].
	pub fn compute(
		&mut self,
		place: &Place<'_>,
		at: At,
		node: impl FnOnce(Source) -> Node,
	) -> Result<At, OnnxError> {
		let number = self.layer_of(&at);
		let width = at.affine.outputs();
		let sums = self.push_layer(&at, true);
		let sums = sums.ok_or_else(|| place.usage("the layer before it is too large"))?;
		let source = self.push(node(sums), FloatParameters::NONE);
		self.effect = Effect::Behind(number);
		Ok(At { source, dims: at.dims, affine: Affine::identity(width) })
	}

	/// The layer that computes the sums of data, rounded where a node behind them drops bits; nothing
	/// where it is too large.
	fn push_layer(&mut self, at: &At, is_rounded: bool) -> Option<Source> {
		let layer = at.affine.to_layer()?;
		let rounding = if is_rounded { dense::shift(dense::fan_in(&layer)) } else { 0 };
		Some(self.push(dense::node(at.source, layer.biases.len(), rounding), layer))
	}

	/// An output of a node, from zero, stands behind the logits.
	pub fn end(&mut self, place: &Place<'_>, output: usize, end: End) {
		if self.effect == Effect::None {
			self.effect = Effect::End;
		}
		if let Some(name) = place.node.output.get(output).filter(|name| !name.is_empty()) {
			self.give(name, Known::End(end));
		}
	}

	/// What data that has been read is called in the file; nothing where no value is the same function.
	pub fn name_of(&self, at: &At) -> Option<&str> {
		let is_it = |known: &Known| matches!(known, Known::Data(other) if other.is_same(at));
		self.values.iter().find(|(_, known)| is_it(known)).map(|(name, _)| name.as_str())
	}

	/// The integers of data are these. Nothing comes of it unless the data is all of the features.
	pub fn quantise_features(&mut self, at: &At, levels: &Levels) {
		if at.source == Source::Input && at.affine == Affine::identity(self.features) {
			self.levels = Some(*levels);
		}
	}

	/// What becomes integers of this name is cut to a range.
	pub fn bound(&mut self, integers: &str, low: f64, high: f64) {
		self.bounds.insert(integers.into(), (low, high));
	}

	/// The classes are called so.
	pub fn label(&mut self, labels: Vec<String>) {
		if !labels.is_empty() {
			self.labels = Some(labels);
		}
	}

	/// The numbers estimate something: they are no logits of classes.
	pub fn estimate(&mut self) {
		self.is_estimate = true;
	}

	fn give(&mut self, name: &str, known: Known) {
		self.values.insert(name.into(), known);
	}

	fn push(&mut self, node: Node, parameters: FloatParameters) -> Source {
		self.nodes.push(node);
		self.parameters.push(parameters);
		Source::Node(self.nodes.len() - 1)
	}

	fn is_rectified(&self, source: Source) -> bool {
		match source {
			Source::Input => false,
			Source::Node(at) => self.nodes.get(at).is_some_and(|node| node.operator == relu::NAME),
		}
	}

	/// The number of the layer that computes a value, from one.
	fn layer_of(&self, at: &At) -> usize {
		let before = match at.source {
			Source::Input => 0,
			Source::Node(node) => node + 1,
		};
		let layers = self.parameters.iter().take(before).filter(|layer| layer.count() > 0);
		layers.count() + 1
	}

	/// The logits that the outputs are made of, what they are called, and what they are.
	fn logits(&self, outputs: &[&str]) -> Result<(String, At, Meaning), Unfinished> {
		let mut found: Option<(&str, String, At, Meaning)> = None;
		for output in outputs {
			let (name, at, meaning) = match self.values.get(*output) {
				None => return Err(Unfinished::NoOutput { output: abbreviated(output) }),
				Some(Known::Formula(_)) => {
					return Err(Unfinished::NoAnswer { output: abbreviated(output) })
				}
				Some(Known::End(end)) => {
					let meaning = end
						.meaning()
						.ok_or_else(|| Unfinished::NoAnswer { output: abbreviated(output) })?;
					(end.name.clone(), end.logits.clone(), meaning)
				}
				Some(Known::Data(at)) => ((*output).to_owned(), at.clone(), Meaning::Numbers),
			};
			found = Some(match found {
				None => (*output, name, at, meaning),
				Some((first, _, before, _)) if !before.is_same(&at) => {
					let (first, other) = (abbreviated(first), abbreviated(output));
					return Err(Unfinished::Outputs { first, other });
				}
				// The number of a class says that signs are none of their own.
				Some((first, name, at, Meaning::Classes)) => (first, name, at, Meaning::Classes),
				Some((first, name, at, before)) if meaning == Meaning::Numbers => {
					(first, name, at, before)
				}
				Some((first, ..)) => (first, name, at, meaning),
			});
		}
		let (_, name, at, meaning) =
			found.ok_or_else(|| Unfinished::NoOutput { output: String::new() })?;
		let is_estimate = self.is_estimate && meaning == Meaning::Numbers;
		Ok((name, at, if is_estimate { Meaning::Estimates } else { meaning }))
	}

	/// The model that has been read, up to the logits of these outputs.
	///
	/// # Errors
	///
	/// [`Unfinished`] when there is no layer, the outputs are of different logits or there is no circuit
	/// for the model.
	pub fn finish(mut self, outputs: &[&str]) -> Result<Reading, Unfinished> {
		let (logits, at, meaning) = self.logits(outputs)?;
		if !self.has_layer {
			return Err(Unfinished::NoLayer);
		}
		let width = at.affine.outputs();
		// A ReLU at the end has a layer behind it that changes nothing: the integer semantics have none
		// there.
		if self.push_layer(&at, false).is_none() {
			let misfit = crate::Misfit::Width { got: width as i64, max: dense::MAX_WIDTH };
			let node = self.nodes.len();
			return Err(ArchitectureError::Node { node, operator: dense::NAME, misfit }.into());
		}
		let input = Shape::vector(self.features).map_err(ArchitectureError::from)?;
		let graph = Graph::new(input, self.nodes).map_err(ArchitectureError::from)?;
		let architecture = Architecture::new(graph)?;
		self.parameters.retain(|parameters| parameters.count() > 0);
		let labels = match meaning {
			Meaning::Classes if self.labels.as_ref().is_some_and(|all| all.len() == width) => {
				self.labels
			}
			Meaning::Sign if self.labels.as_ref().is_some_and(|all| all.len() == 2) => self.labels,
			_ => None,
		};
		let model = FloatModel { architecture, parameters: self.parameters };
		let (features, bounds) = (self.levels, self.bounds);
		Ok(Reading { model, logits, meaning, features, bounds, labels })
	}
}
