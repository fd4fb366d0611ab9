// SPDX-License-Identifier: Apache-2.0
//! From an ONNX graph to a float model.
//!
//! The graph is followed along its edges from the one input to the one output, each node read by its
//! operator. What no operator reads is refused by name rather than approximated.

mod obstacles;
#[cfg(test)]
mod tests;

use std::{collections::HashSet, path::Path};

use candor_graph::Shape;
use candor_onnx::{
	node::{first_output, name, operator, usage},
	pb::ModelProto,
	sample_shape, Edges, OnnxError,
};
use candor_operators::{registry, FloatModel, Reader, Unfinished};
use candor_text::abbreviated;

pub use obstacles::Obstacles;

/// Why an ONNX file is not a model that can be compiled.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
	/// The file, a tensor, an edge or the use of an operator.
	#[error(transparent)]
	Onnx(#[from] OnnxError),
	/// Operators outside the supported ones, or not exactly one output.
	#[error("{0}")]
	Obstacles(Obstacles),
	/// There is no layer, or what was read is outside the limits of a circuit.
	#[error(transparent)]
	Unfinished(#[from] Unfinished),
}

/// An ONNX file that has been read. Private: `Debug` shows its shape only.
#[derive(Clone)]
pub struct OnnxModel {
	/// The file as decoded, which the reference inference runs.
	pub(crate) proto: ModelProto,
	/// The dimensions of one sample, whose product is the number of features.
	pub(crate) sample: Shape,
	/// The float model.
	pub model: FloatModel,
}

impl OnnxModel {
	/// Reads a file.
	///
	/// # Errors
	///
	/// [`ReadError`] names the operator, tensor or value that is not supported.
	pub fn read(path: &Path) -> Result<Self, ReadError> {
		Self::from_proto(candor_onnx::read(path)?)
	}

	/// Takes a decoded model.
	pub(crate) fn from_proto(proto: ModelProto) -> Result<Self, ReadError> {
		let mut edges = Edges::new(&proto)?;
		let sample = Shape::new(sample_shape(edges.input)?).map_err(|error| OnnxError::Input {
			input: abbreviated(&edges.input.name),
			reason: format!("is too large: {error}"),
		})?;
		let model = follow(&mut edges, &sample)?;
		Ok(Self { sample, model, proto })
	}
}

/// Walks from the input to the output.
fn follow(edges: &mut Edges<'_>, sample: &Shape) -> Result<FloatModel, ReadError> {
	check_ends(edges, sample)?;
	let mut reader = Reader::new(&edges.input.name, sample.clone());
	let mut value = edges.input.name.as_str();
	let mut visited = HashSet::new();
	tell_shape(edges, &reader, value)?;
	while let Some(node) = edges.next(value)? {
		if !visited.insert(first_output(node)) {
			return Err(usage(node, "its output leads back to itself").into());
		}
		reader.read(edges, node)?;
		value = first_output(node);
		tell_shape(edges, &reader, value)?;
	}
	let is_unreachable = |node: &&_| !visited.contains(first_output(node));
	let unreachable = edges.steps.iter().copied().find(is_unreachable);
	if let Some(node) = unreachable.or(edges.waiting()) {
		let (operator, node) = (operator(node), name(node));
		return Err(OnnxError::Unreachable { operator, node }.into());
	}
	Ok(reader.finish()?)
}

/// Tells the nodes that ask for it the shape of a value that has been read.
fn tell_shape(edges: &mut Edges<'_>, reader: &Reader, value: &str) -> Result<(), OnnxError> {
	let dims = reader.value(value).map_or(&[][..], |at| at.shape.dims());
	edges.tell_shape(value, dims)
}

/// Looks at all operators and at the outputs before the path is followed, so that what is really
/// in the way is named, and where the model in front of it ends.
fn check_ends(edges: &mut Edges<'_>, sample: &Shape) -> Result<(), ReadError> {
	let unsupported: Vec<_> =
		edges.steps.iter().copied().filter(|node| registry::operator(node).is_none()).collect();
	if unsupported.is_empty() && edges.outputs.len() == 1 {
		return Ok(());
	}
	let mut reader = Reader::new(&edges.input.name, sample.clone());
	let mut value = edges.input.name.as_str();
	let mut visited = HashSet::new();
	let mut reached = None;
	// As far as it goes; why it goes no further is not what is asked here.
	while tell_shape(edges, &reader, value).is_ok() {
		let [node] = *edges.users(value) else { break };
		if registry::operator(node).is_none()
			|| !visited.insert(first_output(node))
			|| reader.read(edges, node).is_err()
		{
			break;
		}
		value = first_output(node);
		reached = Some(value).filter(|_| reader.has_layer());
	}
	let is_rest = |node: &&_| !visited.contains(first_output(node));
	let rest: Vec<_> = edges.steps.iter().copied().filter(is_rest).collect();
	let input = edges.input.name.as_str();
	match Obstacles::find(input, &edges.outputs, &unsupported, reached, &rest) {
		Some(obstacles) => Err(ReadError::Obstacles(obstacles)),
		None => Ok(()),
	}
}
