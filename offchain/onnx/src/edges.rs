// SPDX-License-Identifier: Apache-2.0
//! A graph along whose edges one can walk.

use std::{
	borrow::Cow,
	collections::{HashMap, HashSet},
};

use candor_text::abbreviated;
use tract_onnx::pb::{ModelProto, NodeProto, OperatorSetIdProto, TensorProto, ValueInfoProto};

use crate::{
	fold,
	node::{constant, first_output, is_own, usage},
	opset, OnnxError, Tensor,
};

/// A graph with its edges, whose constants are computed as soon as they can be.
pub struct Edges<'a> {
	/// The inputs that are no constants, at least one.
	pub inputs: Vec<&'a ValueInfoProto>,
	/// The outputs' names.
	pub outputs: Vec<&'a str>,
	opsets: &'a [OperatorSetIdProto],
	constants: HashMap<&'a str, Cow<'a, TensorProto>>,
	/// Nodes that make constants of constants, or of the shape of a value, and wait for them.
	waiting: Vec<&'a NodeProto>,
	/// Nodes that work on the data, by the values that they take.
	users: HashMap<&'a str, Vec<&'a NodeProto>>,
	/// Nodes that work on the data, by the values that they give.
	makers: HashMap<&'a str, &'a NodeProto>,
	/// Nodes that work on the data.
	pub steps: Vec<&'a NodeProto>,
}

impl<'a> Edges<'a> {
	/// Sorts the nodes of a graph into those that make constants and those that work on the data.
	///
	/// # Errors
	///
	/// [`OnnxError`] when there is no input, a version of the operators is not known or a constant cannot
	/// be computed.
	pub fn new(proto: &'a ModelProto) -> Result<Self, OnnxError> {
		let graph = proto.graph.as_ref().ok_or(OnnxError::NoGraph)?;
		opset::check(proto)?;
		if let Some(sparse) = graph.sparse_initializer.first() {
			let tensor = sparse.values.as_ref().map_or_else(String::new, |v| abbreviated(&v.name));
			let got = "sparse values".into();
			return Err(OnnxError::ElementType { tensor, expected: "a dense tensor", got });
		}

		let mut constants: HashMap<&str, Cow<'_, TensorProto>> = graph
			.initializer
			.iter()
			.map(|tensor| (tensor.name.as_str(), Cow::Borrowed(tensor)))
			.collect();
		let inputs: Vec<_> =
			graph.input.iter().filter(|i| !constants.contains_key(i.name.as_str())).collect();
		if inputs.is_empty() {
			return Err(OnnxError::NoInput);
		}

		let mut steps = Vec::new();
		for node in &graph.node {
			if node.op_type == "Constant" && is_own(node) {
				constants.insert(first_output(node), constant(node)?);
			} else {
				steps.push(node);
			}
		}
		// ONNX does not promise an order, so until no more is found.
		let mut waiting: Vec<&NodeProto> = Vec::new();
		let mut made: HashSet<&str> = constants.keys().copied().collect();
		loop {
			let before = steps.len();
			steps.retain(|node| {
				let mut sources = node.input.iter().filter(|input| !input.is_empty()).peekable();
				let is_made = fold::is_folded(node)
					&& sources.peek().is_some()
					&& sources.all(|input| made.contains(input.as_str()));
				if is_made || fold::is_shape(node) {
					made.insert(first_output(node));
					waiting.push(node);
					return false;
				}
				true
			});
			if steps.len() == before {
				break;
			}
		}

		let mut users: HashMap<&str, Vec<&NodeProto>> = HashMap::new();
		for node in &steps {
			for input in node.input.iter().filter(|input| !input.is_empty()) {
				users.entry(input).or_default().push(node);
			}
		}
		let given = |node: &&'a NodeProto| {
			let node = *node;
			node.output.iter().map(move |output| (output.as_str(), node))
		};
		let makers = steps.iter().flat_map(given).collect();
		let outputs = graph.output.iter().map(|output| output.name.as_str()).collect();
		let opsets = proto.opset_import.as_slice();
		let mut graph = Self { inputs, outputs, opsets, constants, waiting, users, makers, steps };
		graph.compute_constants()?;
		Ok(graph)
	}

	/// Computes the constants of which everything is known.
	fn compute_constants(&mut self) -> Result<(), OnnxError> {
		loop {
			let ready = self.waiting.iter().position(|node| {
				let mut inputs = node.input.iter().filter(|input| !input.is_empty());
				inputs.all(|input| self.constants.contains_key(input.as_str()))
			});
			let Some(node) = ready.map(|at| self.waiting.remove(at)) else { return Ok(()) };
			let inputs: Vec<TensorProto> = node
				.input
				.iter()
				.filter_map(|input| {
					let tensor = self.constants.get(input.as_str())?.as_ref();
					Some(TensorProto { name: input.clone(), ..tensor.clone() })
				})
				.collect();
			let value = if node.op_type == "Identity" {
				inputs.into_iter().next().unwrap_or_default()
			} else if fold::is_shape(node) {
				fold::shape_of(node, inputs.first().map_or(&[], |input| &input.dims))
			} else {
				fold::compute(node, inputs, self.opsets)?
			};
			self.constants.insert(first_output(node), Cow::Owned(value));
		}
	}

	/// Tells the nodes that ask for it the shape of a value, the batch included.
	///
	/// # Errors
	///
	/// [`OnnxError`] when a constant that follows from it cannot be computed.
	pub fn tell_shape(
		&mut self,
		value: &str,
		batch: usize,
		sample: &[usize],
	) -> Result<(), OnnxError> {
		let asks = |node: &&NodeProto| {
			fold::is_shape(node) && node.input.first().is_some_and(|input| input == value)
		};
		let dims: Vec<i64> = core::iter::once(&batch)
			.chain(sample)
			.map(|dim| i64::try_from(*dim).unwrap_or(i64::MAX))
			.collect();
		while let Some(at) = self.waiting.iter().position(asks) {
			let node = self.waiting.remove(at);
			self.constants.insert(first_output(node), Cow::Owned(fold::shape_of(node, &dims)));
		}
		self.compute_constants()
	}

	/// The version of ONNX's own operators; the first one where the file does not say it.
	pub fn version(&self) -> i64 {
		let is_own = |opset: &&OperatorSetIdProto| matches!(opset.domain.as_str(), "" | "ai.onnx");
		self.opsets.iter().find(is_own).map_or(1, |opset| opset.version)
	}

	/// The nodes that take a value.
	pub fn users(&self, value: &str) -> &[&'a NodeProto] {
		self.users.get(value).map_or(&[], Vec::as_slice)
	}

	/// The node that gives a value; nothing for inputs and constants.
	pub fn maker(&self, value: &str) -> Option<&'a NodeProto> {
		self.makers.get(value).copied()
	}

	/// Nodes that still wait for the shape of a value.
	pub fn waiting(&self) -> &[&'a NodeProto] {
		&self.waiting
	}

	/// Whether a value is a constant.
	pub fn is_constant(&self, value: &str) -> bool {
		self.constants.contains_key(value)
	}

	/// The constant at an input of a node; nothing where it is left out.
	///
	/// # Errors
	///
	/// [`OnnxError`] when what stands there is no constant.
	pub fn constant(
		&self,
		node: &NodeProto,
		position: usize,
	) -> Result<Option<&TensorProto>, OnnxError> {
		let Some(input) = node.input.get(position).filter(|input| !input.is_empty()) else {
			return Ok(None);
		};
		match self.constants.get(input.as_str()) {
			Some(tensor) => Ok(Some(tensor.as_ref())),
			None => {
				let input = abbreviated(input);
				Err(usage(node, format!("`{input}` must be a constant of the file")))
			}
		}
	}

	/// The float tensor at an input of a node, if there is one.
	///
	/// # Errors
	///
	/// [`OnnxError`] when it is no constant or not of finite floats.
	pub fn floats(&self, node: &NodeProto, position: usize) -> Result<Option<Tensor>, OnnxError> {
		self.constant(node, position)?.map(Tensor::floats).transpose()
	}
}
