// SPDX-License-Identifier: Apache-2.0
//! The nodes that a file is read into.

use candor_graph::{FloatParameters, Kind, Node, Source, Value};
use candor_onnx::{node::first_output, OnnxError};

use super::{Effect, Reader};
use crate::{
	registry::{self, conv, dense, join, max_pool, relu, sum_pool, table, trees},
	Affine, At, Filters, Known, Misfit, Place, Window,
};

impl Reader {
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
		self.weigh(place, at.clone());
		Ok(at)
	}

	/// A node is a layer of weights, with what it makes of its data.
	pub fn weigh(&mut self, place: &Place<'_>, at: At) {
		self.has_layer = true;
		self.effect = Effect::Layer(self.layer_of(&at));
		self.give(first_output(place.node), Known::Data(at));
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
		let mut parts = parts.collect::<Result<Vec<At>, _>>()?;
		let kinds: Vec<Option<Kind>> = parts.iter().map(|part| self.kind(part.source)).collect();
		// Totals and bytes, or totals of different numbers of bytes, stand side by side as bytes.
		if kinds.windows(2).any(|pair| pair[0] != pair[1]) {
			for (part, kind) in parts.iter_mut().zip(kinds) {
				if kind != Some(Kind::Bytes) {
					*part = self.as_bytes(place, part)?;
				}
			}
		}
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
	pub(super) fn elements(&self, source: Source) -> usize {
		self.given_by(source).map_or(0, |value| value.shape.elements())
	}

	/// Filters of one element that leave places of an image out, as filters of what a node leaves of the
	/// image; anything else as it is.
	pub(super) fn thinned(&mut self, place: &Place<'_>, at: &At) -> Result<At, OnnxError> {
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

	pub(super) fn given_by(&self, source: Source) -> Option<&Value> {
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

	/// A node with parameters of its own behind data; gives where its value comes from.
	///
	/// # Errors
	///
	/// [`OnnxError::Usage`] when it does not fit what it takes.
	pub fn insert_with(
		&mut self,
		place: &Place<'_>,
		data: &At,
		node: Node,
		parameters: FloatParameters,
	) -> Result<Source, OnnxError> {
		let number = self.layer_of(data);
		let source = self.push(node, parameters);
		if let Some(Err(misfit)) = self.given.last() {
			return Err(place.usage(misfit.to_string()));
		}
		self.has_layer = true;
		self.effect = Effect::Layer(number);
		Ok(source)
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
				place.usage("it stands behind trees, whose sums are the last that is proved; of several models that answer together (voting, stacking, bagging) export one")
			);
		}
		let number = self.layer_of(at);
		let mut affine = Affine::identity(at.affine.outputs());
		let sums = match at.affine.without_order() {
			Some((in_order, places)) => {
				affine = affine.select(places);
				self.push_layer(&At { affine: in_order, ..at.clone() }, true)
			}
			None => self.push_layer(at, true),
		};
		let sums = sums.ok_or_else(|| place.usage("the layer before it is too large"))?;
		let source = self.push(node(sums), FloatParameters::NONE);
		self.effect = Effect::Behind(number);
		Ok(At { source, dims: at.dims.clone(), affine })
	}

	/// The layer that computes the sums of data, rounded where a node behind them drops bits; nothing
	/// where it is too large.
	pub(super) fn push_layer(&mut self, at: &At, is_rounded: bool) -> Option<Source> {
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
	pub(super) fn push_logits(&mut self, at: &At) -> Option<()> {
		match at.source {
			Source::Node(node) if self.is_sum_of_trees(at.source) => {
				trees::fold(&mut self.nodes[node], &mut self.parameters[node], &at.affine)
			}
			_ => self.push_layer(at, false).map(|_| ()),
		}
	}

	pub(super) fn push(&mut self, node: Node, parameters: FloatParameters) -> Source {
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

	/// Whether data may be below zero, as far as is known. The features of a file have bytes of their own.
	pub(crate) fn may_be_negative(&self, at: &At) -> bool {
		match at.source {
			Source::Input => !at.affine.is_of_single_elements(),
			Source::Node(_) => !(self.is_positive_source(at.source) && at.affine.keeps_signs()),
		}
	}

	/// Whether data is known to be nowhere below zero.
	fn is_positive(&self, at: &At) -> bool {
		self.is_positive_source(at.source) && at.affine.keeps_positive()
	}

	fn is_positive_source(&self, source: Source) -> bool {
		let Source::Node(at) = source else { return false };
		self.nodes.get(at).is_some_and(|node| match node.operator.as_str() {
			relu::NAME => true,
			table::NAME => table::is_positive(node),
			max_pool::NAME | sum_pool::NAME | join::NAME => {
				node.inputs.iter().all(|source| self.is_positive_source(*source))
			}
			_ => false,
		})
	}

	/// Data as bytes, which computes the layer before them: behind a ReLU that changes nothing where none of it is
	/// negative, or else behind a table of what it is itself.
	///
	/// # Errors
	///
	/// As [`Self::activate`].
	pub(crate) fn as_bytes(&mut self, place: &Place<'_>, at: &At) -> Result<At, OnnxError> {
		let node = if self.is_positive(at) { relu::node } else { table::identity };
		let affine = match at.dims[..] {
			[_, height, width] => at.affine.over_image([height, width]),
			[_, width] => at.affine.over_image([1, width]),
			_ => at.affine.clone(),
		};
		self.compute(place, &At { affine, ..at.clone() }, node)
	}

	/// The sum of a function by a table, which nothing but `place` takes, and its argument: another function of that.
	/// Nothing where the one is no such function of the other, or no table is of both.
	pub(crate) fn around(&mut self, place: &Place<'_>, function: &At, argument: &At) -> Option<At> {
		let Source::Node(at) = function.source else { return None };
		let [Source::Node(sums)] = self.nodes.get(at)?.inputs[..] else { return None };
		let is_whole = function.affine == Affine::identity(function.affine.outputs());
		let of_it =
			|name: &&str| matches!(self.value(name), Some(Known::Data(other)) if other == function);
		let inputs = place.node.input.iter().map(String::as_str);
		let is_only_here = inputs
			.filter(of_it)
			.all(|name| place.edges.users(name).len() == 1 && !place.edges.outputs.contains(&name));
		if !is_whole || !is_only_here || function.dims != argument.dims {
			return None;
		}
		let curve = table::around(&self.nodes[at])?;
		// The layer whose sums the table takes is that of the argument.
		let layer = self.nodes.len();
		let made = self.push_layer(argument, true);
		let is_its_layer = made.is_some()
			&& self.nodes[layer] == self.nodes[sums]
			&& self.parameters[layer] == self.parameters[sums];
		self.nodes.truncate(layer);
		self.given.truncate(layer);
		self.parameters.truncate(layer);
		if !is_its_layer {
			return None;
		}
		self.nodes[at] = curve;
		self.effect = Effect::Behind(self.layer_of(argument));
		Some(function.clone())
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

	/// Whether a value is made of several that stand side by side, whose scales may differ.
	pub(crate) fn is_joined(&self, source: Source) -> bool {
		let Source::Node(at) = source else { return false };
		self.nodes.get(at).is_some_and(|node| match node.operator.as_str() {
			join::NAME => true,
			max_pool::NAME | sum_pool::NAME => {
				node.inputs.iter().any(|source| self.is_joined(*source))
			}
			_ => false,
		})
	}

	pub(super) fn is_sum_of_trees(&self, source: Source) -> bool {
		match source {
			Source::Input => false,
			Source::Node(at) => self.nodes.get(at).is_some_and(|node| node.operator == trees::NAME),
		}
	}

	/// The number of the layer that computes a value, from one. What is behind trees goes into them.
	pub(super) fn layer_of(&self, at: &At) -> usize {
		let before = match at.source {
			Source::Input => 0,
			Source::Node(node) => node + 1,
		};
		let layers = self.parameters.iter().take(before).filter(|layer| layer.count() > 0);
		layers.count() + usize::from(!self.is_sum_of_trees(at.source))
	}
}
