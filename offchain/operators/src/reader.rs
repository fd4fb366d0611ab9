// SPDX-License-Identifier: Apache-2.0
//! A float model while it is read.

use std::collections::BTreeMap;

use candor_graph::{FloatParameters, Graph, Kind, Node, Shape, Source, Value};
use candor_onnx::{node::first_output, pb::NodeProto, quantised::Levels, Edges, Input, OnnxError};
use candor_text::abbreviated;

use crate::{
	formula,
	registry::{self, conv, dense, join, max_pool, relu, sum_pool, trees},
	Affine, Architecture, ArchitectureError, At, End, Filters, FloatModel, Formula, Known, Meaning,
	Misfit, Place, Window,
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
	/// There is no linear layer, and there are no trees.
	#[error("the graph has no Gemm, MatMul or Conv, and no trees")]
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
	/// What the graph takes; nothing where it is too large for one.
	input: Option<Value>,
	nodes: Vec<Node>,
	/// What each node gives.
	given: Vec<Result<Value, Misfit>>,
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
			input: Shape::vector(features).ok().map(Value::bytes),
			nodes: Vec::new(),
			given: Vec::new(),
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

	/// A node is a convolution of its data, around whose image zeros are put, with outputs of these
	/// dimensions.
	///
	/// # Errors
	///
	/// [`OnnxError::Usage`] when it is too large.
	pub fn filter(
		&mut self,
		place: &Place<'_>,
		data: &At,
		filters: &Filters,
		dims: Vec<usize>,
	) -> Result<(), OnnxError> {
		self.fold_filter(place, data, filters, dims)?;
		self.has_layer = true;
		if let Effect::Folded(layer) = self.effect {
			self.effect = Effect::Layer(layer);
		}
		Ok(())
	}

	/// [`Self::filter`] of a node that is no layer of weights.
	///
	/// # Errors
	///
	/// [`OnnxError::Usage`] when it is too large.
	pub fn fold_filter(
		&mut self,
		place: &Place<'_>,
		data: &At,
		filters: &Filters,
		dims: Vec<usize>,
	) -> Result<(), OnnxError> {
		let affine = data.affine.filtered(filters).ok_or_else(|| {
			place.usage("with what stands before it, it is no convolution and too large for a layer of weights; put a Relu between them")
		})?;
		self.fold(place, At { source: data.source, dims, affine });
		Ok(())
	}

	/// A node without parameters behind what has been read; gives where its value comes from.
	///
	/// # Errors
	///
	/// [`OnnxError::Usage`] when it does not fit what it takes.
	pub fn insert(&mut self, place: &Place<'_>, node: Node) -> Result<Source, OnnxError> {
		let source = self.push(node, FloatParameters::NONE);
		match self.given.last() {
			Some(Ok(_)) => Ok(source),
			Some(Err(misfit)) => Err(place.usage(misfit.to_string())),
			None => Err(place.usage("it takes a value that is not known")),
		}
	}

	/// Functions of several values as functions of one. Where they are of different ones, a node puts these
	/// side by side.
	///
	/// # Errors
	///
	/// [`OnnxError::Usage`] when that cannot be, or makes a layer too large.
	pub fn side_by_side(&mut self, place: &Place<'_>, parts: &[&At]) -> Result<Vec<At>, OnnxError> {
		let is_one = parts.windows(2).all(|pair| pair[0].source == pair[1].source);
		if is_one {
			return Ok(parts.iter().map(|part| (*part).clone()).collect());
		}
		let parts = parts.iter().map(|part| self.thinned(place, part));
		let parts = parts.collect::<Result<Vec<At>, _>>()?;
		// Each value once, with the elements before it.
		let mut sources: Vec<(Source, usize)> = Vec::new();
		let mut elements = 0;
		for At { source, .. } in &parts {
			if sources.iter().all(|(other, _)| other != source) {
				sources.push((*source, elements));
				elements += self.elements(*source);
			}
		}
		let joined = join::node(sources.iter().map(|(source, _)| *source));
		let source = self.insert(place, joined)?;
		let among = |part: At| {
			let before = sources.iter().find(|(other, _)| *other == part.source);
			let before = before.map_or(0, |(_, before)| *before);
			let behind = elements - before - self.elements(part.source);
			let affine = part.affine.among(before, behind);
			let affine =
				affine.ok_or_else(|| place.usage("the layer that it makes is too large"))?;
			Ok(At { source, affine, ..part })
		};
		parts.into_iter().map(among).collect()
	}

	/// The number of elements of a value; none where its node does not fit.
	fn elements(&self, source: Source) -> usize {
		self.given_by(source).map_or(0, |value| value.shape.elements())
	}

	/// Filters of one element that leave places of an image out, as filters of what a node leaves of the
	/// image; anything else as it is.
	fn thinned(&mut self, place: &Place<'_>, at: &At) -> Result<At, OnnxError> {
		let Some(filters) = at.affine.as_filters() else { return Ok(at.clone()) };
		let window = filters.window;
		let image = window.outputs();
		let leaves_out = window.strides != [1; 2] || image != window.image;
		if window.kernel != [1; 2] || window.is_padded() || !leaves_out {
			return Ok(at.clone());
		}
		let source = self.insert(place, sum_pool::node(at.source, &window))?;
		let window = Window::pointwise(window.channels, image);
		let affine = Affine::identity(window.channels * window.area());
		let affine = affine.filtered(&Filters { window, ..filters.clone() });
		let affine = affine.ok_or_else(|| place.usage("the layer that it makes is too large"))?;
		Ok(At { source, affine, dims: at.dims.clone() })
	}

	/// A node gives this of a node that was inserted.
	pub fn stand_behind(&mut self, place: &Place<'_>, at: At) {
		self.effect = match self.layer_of(&at) {
			first @ ..=1 => Effect::Folded(first),
			next => Effect::Behind(next - 1),
		};
		self.give(first_output(place.node), Known::Data(at));
	}

	/// Which integers a value consists of; nothing where its node does not fit.
	pub fn kind(&self, source: Source) -> Option<Kind> {
		self.given_by(source).map(|value| value.kind)
	}

	fn given_by(&self, source: Source) -> Option<&Value> {
		match source {
			Source::Input => self.input.as_ref(),
			Source::Node(node) => self.given.get(node)?.as_ref().ok(),
		}
	}

	/// A node is a function of its own with parameters, whose outputs are sums.
	pub fn sums(
		&mut self,
		place: &Place<'_>,
		node: Node,
		parameters: FloatParameters,
		outputs: usize,
	) -> At {
		let source = self.push(node, parameters);
		let at = At { source, dims: vec![outputs], affine: Affine::identity(outputs) };
		self.has_layer = true;
		self.effect = Effect::Layer(self.layer_of(&at));
		self.give(first_output(place.node), Known::Data(at.clone()));
		at
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
		let at = self.compute(place, &at, node)?;
		self.give(first_output(place.node), Known::Data(at));
		Ok(())
	}

	/// What [`Self::activate`] makes of data, of which the node's output is yet to be made.
	///
	/// # Errors
	///
	/// As [`Self::activate`].
	pub fn compute(
		&mut self,
		place: &Place<'_>,
		at: &At,
		node: impl FnOnce(Source) -> Node,
	) -> Result<At, OnnxError> {
		if self.is_sum_of_trees(at.source) {
			return Err(
				place.usage("it stands behind trees, whose sums are the last that is proved")
			);
		}
		let number = self.layer_of(at);
		let sums = self.push_layer(at, true);
		let sums = sums.ok_or_else(|| place.usage("the layer before it is too large"))?;
		let source = self.push(node(sums), FloatParameters::NONE);
		self.effect = Effect::Behind(number);
		let affine = Affine::identity(at.affine.outputs());
		Ok(At { source, dims: at.dims.clone(), affine })
	}

	/// The layer that computes the sums of data, rounded where a node behind them drops bits; nothing
	/// where it is too large.
	fn push_layer(&mut self, at: &At, is_rounded: bool) -> Option<Source> {
		let bytes_each = self.given_by(at.source).and_then(Value::bytes_each).unwrap_or(1);
		let rounding = |inputs: usize| match is_rounded {
			true => dense::shift(inputs.saturating_mul(bytes_each).clamp(1, dense::MAX_WIDTH)),
			false => 0,
		};
		if let Some(filters) = at.affine.as_filters() {
			let inputs = filters.layer.weights.len() / filters.channels();
			let node = conv::node(at.source, filters, rounding(inputs));
			return Some(self.push(node, filters.parameters()));
		}
		let layer = at.affine.to_layer()?;
		let rounding = rounding(dense::fan_in(&layer));
		Some(self.push(dense::node(at.source, layer.biases.len(), rounding), layer))
	}

	/// What computes data as logits; nothing where it is too large.
	///
	/// A ReLU at the end has a layer behind it that changes nothing: the integer semantics have none there.
	fn push_logits(&mut self, at: &At) -> Option<()> {
		match at.source {
			Source::Node(node) if self.is_sum_of_trees(at.source) => {
				trees::fold(&mut self.nodes[node], &mut self.parameters[node], &at.affine)
			}
			_ => self.push_layer(at, false).map(|_| ()),
		}
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
		let inputs: Option<Vec<&Value>> =
			node.inputs.iter().map(|source| self.given_by(*source)).collect();
		let given = match registry::function(&node.operator).zip(inputs) {
			Some((function, inputs)) => function.output(&node, &inputs),
			None => Err(Misfit::Input { expected: "a value that is known" }),
		};
		self.given.push(given);
		self.nodes.push(node);
		self.parameters.push(parameters);
		Source::Node(self.nodes.len() - 1)
	}

	/// Whether a value is what a ReLU gives, pooled or not.
	pub(crate) fn is_rectified(&self, source: Source) -> bool {
		let Source::Node(at) = source else { return false };
		self.nodes.get(at).is_some_and(|node| match node.operator.as_str() {
			relu::NAME => true,
			max_pool::NAME | sum_pool::NAME | join::NAME => {
				node.inputs.iter().all(|source| self.is_rectified(*source))
			}
			_ => false,
		})
	}

	fn is_sum_of_trees(&self, source: Source) -> bool {
		match source {
			Source::Input => false,
			Source::Node(at) => self.nodes.get(at).is_some_and(|node| node.operator == trees::NAME),
		}
	}

	/// The number of the layer that computes a value, from one. What is behind trees goes into them.
	fn layer_of(&self, at: &At) -> usize {
		let before = match at.source {
			Source::Input => 0,
			Source::Node(node) => node + 1,
		};
		let layers = self.parameters.iter().take(before).filter(|layer| layer.count() > 0);
		layers.count() + usize::from(!self.is_sum_of_trees(at.source))
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
		if self.push_logits(&at).is_none() {
			let misfit = Misfit::Width { got: width as i64, max: dense::MAX_WIDTH };
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
