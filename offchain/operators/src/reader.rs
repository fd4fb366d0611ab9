// SPDX-License-Identifier: Apache-2.0
//! A float model while it is read.

mod bytes;
mod heads;
mod nodes;
mod reading;

use std::collections::{BTreeMap, BTreeSet};

use candor_graph::{FloatParameters, Node, Shape, Source, Value};
use candor_onnx::{
	node::{first_output, ML_DOMAIN},
	pb::NodeProto,
	quantised::Levels,
	Edges, Elements, Input, OnnxError,
};
use candor_text::abbreviated;

use crate::{
	formula,
	registry::{
		self,
		attention::{self, Scores},
	},
	Affine, At, End, Formula, Known, Misfit, Place,
};

pub use reading::{Reading, Unfinished};

/// What puts elements in other places and computes nothing.
const OF_PLACES: [&str; 9] = [
	"Concat",
	"Flatten",
	"Identity",
	"Reshape",
	"Slice",
	"Split",
	"Squeeze",
	"Transpose",
	"Unsqueeze",
];

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

/// A float model while it is read, operator after operator.
pub struct Reader {
	/// What the inputs are called.
	inputs: Vec<String>,
	/// The number of features.
	features: usize,
	batch: Option<usize>,
	/// What has been read, by its name in ONNX.
	values: BTreeMap<String, Known>,
	/// What of it are integers, with which nothing is computed.
	integers: BTreeSet<String>,
	/// What of it has samples and heads in one dimension.
	of_heads: BTreeSet<String>,
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
	/// Whether a node is one of classical models.
	is_classical: bool,
	is_estimate: bool,
	effect: Effect,
}

impl Reader {
	/// Nothing has been read of a graph but its inputs, whose features stand one behind the other.
	pub fn new(inputs: &[Input]) -> Self {
		let features = inputs.iter().map(Input::count).sum();
		let all = Affine::identity(features);
		let mut first = 0;
		let values = inputs.iter().map(|input| {
			let positions: Vec<usize> = (first..first + input.count()).collect();
			first += input.count();
			let affine = all.select(&positions);
			let at = At { source: Source::Input, dims: input.dims.clone(), affine };
			(input.name.clone(), Known::Data(at))
		});
		Self {
			inputs: inputs.iter().map(|input| abbreviated(&input.name)).collect(),
			features,
			batch: inputs.iter().find_map(|input| input.batch),
			values: values.collect(),
			integers: inputs
				.iter()
				.filter(|input| input.elements != Elements::Floats)
				.map(|input| input.name.clone())
				.collect(),
			of_heads: BTreeSet::new(),
			input: Shape::vector(features).ok().map(Value::bytes),
			nodes: Vec::new(),
			given: Vec::new(),
			parameters: Vec::new(),
			labels: None,
			levels: None,
			bounds: BTreeMap::new(),
			has_layer: false,
			is_classical: false,
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
		self.is_classical |= node.domain == ML_DOMAIN;
		let inputs = node.input.iter().map(|input| self.values.get(input).cloned()).collect();
		let place = Place { edges, node, inputs, batch: self.batch };
		let Some(operator) = registry::operator(node) else {
			return Err(place.usage("it is not supported"));
		};
		let end = place.inputs.iter().flatten().find_map(|known| match known {
			Known::End(end) => Some(end.clone()),
			Known::Data(_) | Known::Formula(_) | Known::Scores(_) => None,
		});
		self.effect = Effect::None;
		if let Some(end) = end {
			operator.read_end(&place, &end, self)?;
			return Ok(self.effect);
		}
		let scores = place.inputs.iter().flatten().find_map(|known| match known {
			Known::Scores(scores) => Some(scores),
			Known::Data(_) | Known::End(_) | Known::Formula(_) => None,
		});
		if let Some(scores) = scores {
			attention::go_on(&place, self, scores)?;
			return Ok(self.effect);
		}
		if node.input.iter().any(|input| self.is_of_heads(input)) {
			self.read_heads(&place)?;
			return Ok(self.effect);
		}
		if place.is_part_of_a_formula() {
			formula::read(&place, self)?;
			return Ok(self.effect);
		}
		let are_integers = self.takes_integers(&place)?;
		let is_first = matches!(place.inputs.first(), Some(Some(_)));
		if !is_first && !operator.commutes() {
			return Err(place.usage("the data must be the first operand, constants the others"));
		}
		operator.read(&place, self)?;
		if are_integers {
			self.integers.extend(node.output.iter().cloned());
		}
		Ok(self.effect)
	}

	/// Whether a node takes integers, and gives them in other places.
	fn takes_integers(&self, place: &Place<'_>) -> Result<bool, OnnxError> {
		let Some(at) = place.node.input.iter().position(|input| self.is_of_integers(input)) else {
			return Ok(false);
		};
		match place.node.op_type.as_str() {
			// It says what it gives.
			"Cast" => Ok(false),
			"Gather" => Ok(at == 0),
			operator if OF_PLACES.contains(&operator) => Ok(true),
			_ => Err(place.usage("its data are integers, of which rows of a constant table are looked up (Gather) and nothing is computed; cast them to float32 before, or export the model with float inputs")),
		}
	}

	/// Whether a value is one of integers.
	pub(crate) fn is_of_integers(&self, name: &str) -> bool {
		self.integers.contains(name)
	}

	/// A node leaves the elements of its data as they are, which are integers.
	pub(crate) fn pass_integers(&mut self, place: &Place<'_>, at: At) {
		self.integers.insert(first_output(place.node).into());
		self.pass(place, at);
	}

	/// A node is a part of a function that is written out, which ends behind it.
	pub fn write_out(&mut self, place: &Place<'_>, formula: Formula) {
		self.effect = Effect::Behind(self.layer_of(formula.base()));
		self.give(first_output(place.node), Known::Formula(formula));
	}

	/// A node gives scores, or shares, of an attention that ends behind it.
	pub(crate) fn score(&mut self, place: &Place<'_>, scores: Scores) {
		self.effect = Effect::Behind(self.layer_of(scores.query()));
		self.give(first_output(place.node), Known::Scores(Box::new(scores)));
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

	/// [`Self::fold`] of an output of a node, from zero.
	pub fn fold_output(&mut self, place: &Place<'_>, output: usize, at: At) {
		self.effect = Effect::Folded(self.layer_of(&at));
		if let Some(name) = place.node.output.get(output).filter(|name| !name.is_empty()) {
			self.give(name, Known::Data(at));
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
}
