// SPDX-License-Identifier: Apache-2.0
//! From an ONNX graph to a float model.
//!
//! The nodes are read by their operators as soon as what they take is known, up to the outputs. What
//! no operator reads is refused by name rather than approximated.

mod obstacles;
mod survey;
#[cfg(test)]
mod tests;
mod ways_out;

use std::path::Path;

use candor_graph::Shape;
use candor_onnx::{input, pb::ModelProto, Edges, Input, OnnxError};
use candor_operators::{Reader, Reading, Unfinished};
use candor_text::abbreviated;

pub use obstacles::Obstacles;
pub use survey::{Fate, NodeReport, Survey};

use survey::Walk;

/// Why an ONNX file is not a model that can be compiled.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
	/// The file, a tensor, an edge or the use of an operator.
	#[error(transparent)]
	Onnx(#[from] OnnxError),
	/// Operators outside the supported ones.
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
	/// The inputs, whose features stand one behind the other in a sample.
	pub(crate) inputs: Vec<Input>,
	/// What the file says.
	pub reading: Reading,
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
		let (inputs, reading) = {
			let mut walk = Walk::new(Edges::new(&proto)?)?;
			walk.run();
			walk.finish()?
		};
		Ok(Self { proto, inputs, reading })
	}
}

/// What the file says of its inputs.
fn inputs(edges: &Edges<'_>) -> Result<Vec<Input>, OnnxError> {
	let inputs = edges.inputs.iter().map(|value| input(value)).collect::<Result<Vec<_>, _>>()?;
	for of_input in &inputs {
		Shape::new(of_input.dims.clone()).map_err(|error| OnnxError::Input {
			input: abbreviated(&of_input.name),
			reason: format!("is too large: {error}"),
		})?;
	}
	Ok(inputs)
}
