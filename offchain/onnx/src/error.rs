// SPDX-License-Identifier: Apache-2.0
//! Why an ONNX file is refused.

use std::path::PathBuf;

use crate::MAX_FILE_BYTES;

/// Why an ONNX file is refused.
#[derive(Debug, thiserror::Error)]
pub enum OnnxError {
	/// The file cannot be read.
	#[error("cannot read `{}`: {source}", path.display())]
	Read {
		/// The file.
		path: PathBuf,
		/// What the system said.
		source: std::io::Error,
	},
	/// The file is too large.
	#[error("`{}` has {got} bytes, the limit is {MAX_FILE_BYTES}", path.display())]
	FileSize {
		/// The file.
		path: PathBuf,
		/// Its length.
		got: u64,
	},
	/// The file is no ONNX.
	#[error("`{}` is not an ONNX model: {message}", path.display())]
	Decode {
		/// The file.
		path: PathBuf,
		/// What the decoder said.
		message: String,
	},
	/// The model has no graph.
	#[error("the ONNX model has no graph")]
	NoGraph,
	/// A supported operator used in a way that is not.
	#[error("operator `{operator}` (node `{node}`): {reason}")]
	Usage {
		/// The operator's type.
		operator: String,
		/// The node's name, or that of its first output.
		node: String,
		/// What is not supported, and what is.
		reason: String,
	},
	/// No input.
	#[error("the graph has 0 inputs; there is nothing that a model could be asked")]
	NoInput,
	/// A version of the operators whose meaning is not known.
	#[error("the file is of opset {got} of `{domain}`, supported are {low} to {high}; export the model with one of these (PyTorch: opset_version=, skl2onnx: target_opset=), or convert it with onnx.version_converter")]
	Opset {
		/// Whose operators.
		domain: &'static str,
		/// The version.
		got: i64,
		/// The oldest that is supported.
		low: i64,
		/// The newest that is supported.
		high: i64,
	},
	/// The input is not a batch of vectors of a known length.
	#[error(
		"input `{input}` {reason}; its shape must be [batch, features], of float32 or float64, or of int32 or int64 where these are rows of a table"
	)]
	Input {
		/// The input's name.
		input: String,
		/// What is wrong.
		reason: String,
	},
	/// A value leads nowhere.
	#[error("value `{value}` does not lead to the output `{output}`")]
	DeadEnd {
		/// The value's name.
		value: String,
		/// The graph's output.
		output: String,
	},
	/// Nodes that are not between input and output.
	#[error("operator `{operator}` (node `{node}`) is not on the path from input to output, or its output leads back to itself")]
	Unreachable {
		/// The operator's type.
		operator: String,
		/// The node's name, or that of its first output.
		node: String,
	},
	/// A tensor of another type.
	#[error("tensor `{tensor}` holds {got}, expected {expected}; export the model in float32")]
	ElementType {
		/// The tensor's name.
		tensor: String,
		/// What is supported there.
		expected: &'static str,
		/// What it holds.
		got: String,
	},
	/// A tensor with a negative dimension or too many elements.
	#[error("tensor `{tensor}` has the shape {dims}, which is not supported there")]
	TensorShape {
		/// The tensor's name.
		tensor: String,
		/// Its dimensions.
		dims: String,
	},
	/// A tensor with too few or too many elements.
	#[error("tensor `{tensor}` has {got} {unit} where its shape needs {expected}")]
	TensorLength {
		/// The tensor's name.
		tensor: String,
		/// What the shape needs.
		expected: usize,
		/// What is there.
		got: usize,
		/// Elements or bytes.
		unit: &'static str,
	},
	/// A tensor in another file that cannot be read.
	#[error("tensor `{tensor}` lies in `{location}`, {reason}")]
	External {
		/// The tensor's name.
		tensor: String,
		/// The file, as the model names it.
		location: String,
		/// Why it is not read.
		reason: String,
	},
	/// A weight that is not a number.
	#[error("tensor `{tensor}` holds an infinite value or NaN; the training did not converge")]
	NotFinite {
		/// The tensor's name.
		tensor: String,
	},
}
