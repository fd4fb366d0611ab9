// SPDX-License-Identifier: Apache-2.0
//! From an ONNX graph to a float perceptron.
//!
//! The graph is followed along its edges from the one input to the one output. What is not a
//! perceptron is refused by name rather than approximated.

mod external;
mod fold;
mod obstacles;
mod tensor;

use std::{
	borrow::Cow,
	collections::{HashMap, HashSet},
	fs,
	path::{Path, PathBuf},
};

use candor_circuits::{Architecture, ArchitectureError};
use candor_text::{abbreviated, parser_message};
use tract_onnx::{
	pb::{
		tensor_proto::DataType, tensor_shape_proto::dimension, type_proto, ModelProto, NodeProto,
		OperatorSetIdProto, TensorProto, ValueInfoProto,
	},
	prelude::Framework,
};

use crate::float::{FloatLayer, FloatPerceptron};
use tensor::Tensor;

pub use obstacles::Obstacles;

/// The largest ONNX file that is read: far more than the limits of an architecture allow.
const MAX_FILE_BYTES: u64 = 512 << 20;

/// The operators of a perceptron, and those that do nothing to it.
const OPERATORS: [&str; 9] =
	["Gemm", "MatMul", "Add", "Relu", "Identity", "Cast", "Dropout", "Flatten", "Reshape"];

/// Why an ONNX file is not a perceptron that can be compiled.
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
	/// Operators outside the supported ones, or not exactly one output.
	#[error("{0}")]
	Obstacles(Obstacles),
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
	/// Not exactly one input.
	#[error("the graph has {got} inputs ({names}); exactly one is supported")]
	Inputs {
		/// How many there are.
		got: usize,
		/// Their names.
		names: String,
	},
	/// The input is not a batch of float vectors of a known length.
	#[error(
		"input `{input}` {reason}; its shape must be [batch, features], of float32 or float64"
	)]
	Input {
		/// The input's name.
		input: String,
		/// What is wrong.
		reason: String,
	},
	/// A value is used more than once.
	#[error("value `{value}` goes to {got} places; a graph that branches is not supported")]
	Branch {
		/// The value's name.
		value: String,
		/// The number of uses.
		got: usize,
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
	#[error("operator `{operator}` (node `{node}`) is not on the path from input to output")]
	Unreachable {
		/// The operator's type.
		operator: String,
		/// The node's name, or that of its first output.
		node: String,
	},
	/// There is no linear layer.
	#[error("the graph has no Gemm or MatMul")]
	NoLayer,
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
	/// The widths are outside the limits of a circuit.
	#[error("the perceptron is too large for a circuit: {0}")]
	Architecture(#[from] ArchitectureError),
}

/// An ONNX file that has been found to be a perceptron. Private: `Debug` shows its shape only.
#[derive(Clone)]
pub struct OnnxModel {
	/// The file as decoded, which the reference inference runs.
	pub(crate) proto: ModelProto,
	/// The dimensions of one sample, whose product is the number of features.
	pub(crate) sample_dims: Vec<usize>,
	/// The float layers.
	pub perceptron: FloatPerceptron,
	/// The widths of the layers.
	pub architecture: Architecture,
}

impl OnnxModel {
	/// Reads a file.
	///
	/// # Errors
	///
	/// [`OnnxError`] names the operator, tensor or value that is not supported.
	pub fn read(path: &Path) -> Result<Self, OnnxError> {
		let read_error = |source| OnnxError::Read { path: path.into(), source };
		let got = fs::metadata(path).map_err(read_error)?.len();
		if got > MAX_FILE_BYTES {
			return Err(OnnxError::FileSize { path: path.into(), got });
		}
		let bytes = fs::read(path).map_err(read_error)?;
		let mut proto =
			tract_onnx::onnx().proto_model_for_read(&mut bytes.as_slice()).map_err(|error| {
				OnnxError::Decode { path: path.into(), message: parser_message(&error.to_string()) }
			})?;
		external::load(&mut proto, path)?;
		Self::from_proto(proto)
	}

	/// Takes a decoded model.
	pub(crate) fn from_proto(proto: ModelProto) -> Result<Self, OnnxError> {
		let mut graph = Graph::new(&proto)?;
		let sample_dims = sample_shape(graph.input)?;
		let perceptron = graph.follow(&sample_dims)?;
		let architecture = architecture(&perceptron)?;
		Ok(Self { sample_dims, perceptron, architecture, proto })
	}
}

fn architecture(perceptron: &FloatPerceptron) -> Result<Architecture, ArchitectureError> {
	// A width beyond `u32` is beyond the limits, too.
	let width = |width: usize| u32::try_from(width).unwrap_or(u32::MAX);
	let outputs = perceptron.layers.iter().map(|layer| width(layer.fan_out()));
	Architecture::new(core::iter::once(width(perceptron.input_len())).chain(outputs).collect())
}

/// The dimensions of one sample.
fn sample_shape(input: &ValueInfoProto) -> Result<Vec<usize>, OnnxError> {
	let error = |reason: String| OnnxError::Input { input: abbreviated(&input.name), reason };
	let value = input.r#type.as_ref().and_then(|kind| kind.value.as_ref());
	let Some(type_proto::Value::TensorType(tensor)) = value else {
		return Err(error("is not a tensor".into()));
	};
	match DataType::try_from(tensor.elem_type) {
		Ok(DataType::Float | DataType::Double) => (),
		Ok(other) => return Err(error(format!("holds {}", other.as_str_name()))),
		Err(_) => return Err(error(format!("holds elements of type {}", tensor.elem_type))),
	}
	let dims = tensor.shape.as_ref().map_or(&[][..], |shape| shape.dim.as_slice());
	let Some((batch, sample @ [_, ..])) = dims.split_first() else {
		return Err(error(format!("has {} dimensions", dims.len())));
	};
	if let Some(dimension::Value::DimValue(batch)) = batch.value {
		if batch > 1 {
			return Err(error(format!("has a fixed batch of {batch}, not 1 or a dynamic one (PyTorch: dynamic_shapes or dynamic_axes)")));
		}
	}
	let sample = sample
		.iter()
		.map(|dim| match &dim.value {
			Some(dimension::Value::DimValue(dim @ 1..)) => {
				usize::try_from(*dim).map_err(|_| error(format!("has a dimension of {dim}")))
			}
			Some(dimension::Value::DimValue(dim)) => {
				Err(error(format!("has a dimension of {dim}")))
			}
			Some(dimension::Value::DimParam(name)) => {
				Err(error(format!("has the dynamic dimension `{}`", abbreviated(name))))
			}
			None => Err(error("has a dynamic dimension".into())),
		})
		.collect::<Result<Vec<_>, _>>()?;
	if sample.iter().try_fold(1usize, |count, dim| count.checked_mul(*dim)).is_none() {
		return Err(error("is too large".into()));
	}
	Ok(sample)
}

/// A graph with its edges.
struct Graph<'a> {
	input: &'a ValueInfoProto,
	outputs: Vec<&'a str>,
	opsets: &'a [OperatorSetIdProto],
	constants: HashMap<&'a str, Cow<'a, TensorProto>>,
	/// Nodes that make constants of constants, or of the shape of a value, and wait for them.
	waiting: Vec<&'a NodeProto>,
	/// Nodes that work on the data, by the values that they take.
	users: HashMap<&'a str, Vec<&'a NodeProto>>,
	/// Nodes that work on the data.
	steps: Vec<&'a NodeProto>,
}

impl<'a> Graph<'a> {
	fn new(proto: &'a ModelProto) -> Result<Self, OnnxError> {
		let graph = proto.graph.as_ref().ok_or(OnnxError::NoGraph)?;
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
		let [input] = inputs[..] else {
			let names: Vec<_> = inputs.iter().map(|input| abbreviated(&input.name)).collect();
			return Err(OnnxError::Inputs { got: inputs.len(), names: names.join(", ") });
		};

		let mut steps = Vec::new();
		for node in &graph.node {
			if node.op_type == "Constant" && matches!(node.domain.as_str(), "" | "ai.onnx") {
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
		let outputs = graph.output.iter().map(|output| output.name.as_str()).collect();
		let opsets = proto.opset_import.as_slice();
		let mut graph = Self { input, outputs, opsets, constants, waiting, users, steps };
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

	/// Tells the nodes that ask for it the shape of a value: that of a batch of one sample, which is
	/// what is proved.
	fn tell_shape(&mut self, value: &str, sample: &[usize]) -> Result<(), OnnxError> {
		let asks = |node: &&NodeProto| {
			fold::is_shape(node) && node.input.first().is_some_and(|input| input == value)
		};
		let dims: Vec<i64> = core::iter::once(1)
			.chain(sample.iter().map(|dim| i64::try_from(*dim).unwrap_or(i64::MAX)))
			.collect();
		while let Some(at) = self.waiting.iter().position(asks) {
			let node = self.waiting.remove(at);
			self.constants.insert(first_output(node), Cow::Owned(fold::shape_of(node, &dims)));
		}
		self.compute_constants()
	}

	/// The one output.
	fn output(&self) -> &'a str {
		self.outputs.first().copied().unwrap_or_default()
	}

	/// The one node that takes a value; nothing at the graph's output.
	fn next(&self, value: &str) -> Result<Option<&'a NodeProto>, OnnxError> {
		let users = self.users.get(value).map_or(&[][..], Vec::as_slice);
		let is_output = value == self.output();
		match users {
			[] if is_output => Ok(None),
			[] => Err(OnnxError::DeadEnd {
				value: abbreviated(value),
				output: abbreviated(self.output()),
			}),
			[node] if !is_output => Ok(Some(node)),
			_ => Err(OnnxError::Branch {
				value: abbreviated(value),
				got: users.len() + usize::from(is_output),
			}),
		}
	}

	/// Walks from the input to the output.
	fn follow(&mut self, sample_dims: &[usize]) -> Result<FloatPerceptron, OnnxError> {
		self.check_ends(sample_dims)?;
		let mut walk = Walk::new(sample_dims);
		let mut value = self.input.name.as_str();
		let mut visited = HashSet::new();
		self.tell_shape(value, &walk.dims)?;
		while let Some(node) = self.next(value)? {
			if !visited.insert(first_output(node)) {
				return Err(usage(node, "its output leads back to itself"));
			}
			walk.step(self, node, value)?;
			value = first_output(node);
			self.tell_shape(value, &walk.dims)?;
		}
		let unreachable = self.steps.iter().find(|node| !visited.contains(first_output(node)));
		if let Some(node) = unreachable.or(self.waiting.first()) {
			return Err(OnnxError::Unreachable { operator: operator(node), node: name(node) });
		}
		walk.finish()
	}

	/// Looks at all operators and at the outputs before the path is followed, so that what is really
	/// in the way is named, and where the perceptron in front of it ends.
	fn check_ends(&mut self, sample_dims: &[usize]) -> Result<(), OnnxError> {
		let is_supported = |node: &NodeProto| {
			matches!(node.domain.as_str(), "" | "ai.onnx")
				&& OPERATORS.contains(&node.op_type.as_str())
		};
		let unsupported: Vec<_> =
			self.steps.iter().copied().filter(|node| !is_supported(node)).collect();
		if unsupported.is_empty() && self.outputs.len() == 1 {
			return Ok(());
		}
		let mut walk = Walk::new(sample_dims);
		let mut value = self.input.name.as_str();
		let mut visited = HashSet::new();
		let mut reached = None;
		// As far as it goes; why it goes no further is not what is asked here.
		while self.tell_shape(value, &walk.dims).is_ok() {
			let Some([node]) = self.users.get(value).map(Vec::as_slice) else { break };
			let node = *node;
			if !is_supported(node)
				|| !visited.insert(first_output(node))
				|| walk.step(self, node, value).is_err()
			{
				break;
			}
			value = first_output(node);
			reached = Some(value).filter(|_| walk.has_layer());
		}
		let rest: Vec<_> = self
			.steps
			.iter()
			.copied()
			.filter(|node| !visited.contains(first_output(node)))
			.collect();
		let input = self.input.name.as_str();
		match Obstacles::find(input, &self.outputs, &unsupported, reached, &rest) {
			Some(obstacles) => Err(OnnxError::Obstacles(obstacles)),
			None => Ok(()),
		}
	}

	/// The constant at an input of a node.
	fn constant(
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
	fn floats(&self, node: &NodeProto, position: usize) -> Result<Option<Tensor>, OnnxError> {
		self.constant(node, position)?.map(Tensor::floats).transpose()
	}

	/// The matrix at an input of a node.
	fn matrix(
		&self,
		node: &NodeProto,
		position: usize,
	) -> Result<(usize, usize, Vec<f64>), OnnxError> {
		let tensor = self
			.floats(node, position)?
			.ok_or_else(|| usage(node, format!("input {position} is missing")))?;
		match tensor.dims[..] {
			[rows, columns] if rows > 0 && columns > 0 => Ok((rows, columns, tensor.values)),
			_ => Err(usage(
				node,
				format!("weights of the shape {} are no matrix", shown(&tensor.dims)),
			)),
		}
	}
}

/// What has been read so far.
struct Walk {
	/// The dimensions of the value at hand, without the batch.
	dims: Vec<usize>,
	/// Layers that ended with a ReLU.
	done: Vec<FloatLayer>,
	/// Linear operators since then, composed.
	open: Option<FloatLayer>,
}

impl Walk {
	fn new(sample_dims: &[usize]) -> Self {
		Self { dims: sample_dims.to_vec(), done: Vec::new(), open: None }
	}

	/// Whether there is a layer of weights.
	fn has_layer(&self) -> bool {
		self.open.is_some() || !self.done.is_empty()
	}

	fn step(&mut self, graph: &Graph<'_>, node: &NodeProto, value: &str) -> Result<(), OnnxError> {
		// A bias may stand on either side of an addition.
		if node.op_type != "Add" && node.input.first().is_none_or(|first| first != value) {
			return Err(usage(node, "the data must be the first operand, constants the others"));
		}
		match node.op_type.as_str() {
			"Gemm" => self.gemm(graph, node),
			"MatMul" => self.mat_mul(graph, node),
			"Add" => self.add(graph, node, value),
			"Relu" => self.relu(node),
			"Identity" => Ok(()),
			"Cast" => cast(node),
			"Dropout" => dropout(graph, node),
			"Flatten" => self.flatten(node),
			"Reshape" => self.reshape(graph, node),
			_ => Err(usage(node, "it is not supported")),
		}
	}

	/// `alpha * x * B + beta * C`
	fn gemm(&mut self, graph: &Graph<'_>, node: &NodeProto) -> Result<(), OnnxError> {
		self.check_vector(node)?;
		if attribute_integer(node, "transA").unwrap_or(0) != 0 {
			return Err(usage(node, "transA is not supported"));
		}
		let transposed = attribute_integer(node, "transB").unwrap_or(0) != 0;
		let alpha = f64::from(float_attribute(node, "alpha").unwrap_or(1.0));
		let beta = f64::from(float_attribute(node, "beta").unwrap_or(1.0));
		let (rows, columns, values) = graph.matrix(node, 1)?;
		let (fan_in, fan_out) = if transposed { (columns, rows) } else { (rows, columns) };
		let at = |i: usize, o: usize| if transposed { o * fan_in + i } else { i * fan_out + o };
		let weights = (0..fan_in * fan_out)
			.map(|index| alpha * values[at(index / fan_out, index % fan_out)])
			.collect();
		let biases = match graph.floats(node, 2)? {
			Some(bias) => broadcast(node, &bias, fan_out)?.iter().map(|b| beta * b).collect(),
			None => vec![0.0; fan_out],
		};
		self.linear(node, FloatLayer { weights, biases })
	}

	fn mat_mul(&mut self, graph: &Graph<'_>, node: &NodeProto) -> Result<(), OnnxError> {
		self.check_vector(node)?;
		let (_, fan_out, weights) = graph.matrix(node, 1)?;
		self.linear(node, FloatLayer { weights, biases: vec![0.0; fan_out] })
	}

	/// A bias after a MatMul, on either side.
	fn add(&mut self, graph: &Graph<'_>, node: &NodeProto, value: &str) -> Result<(), OnnxError> {
		let position = match node.input.as_slice() {
			[left, _] if left == value => 1,
			[_, right] if right == value => 0,
			_ => return Err(usage(node, "two operands are needed")),
		};
		let bias = graph
			.floats(node, position)?
			.ok_or_else(|| usage(node, "the bias must be a constant of the file"))?;
		let Some(layer) = &mut self.open else {
			return Err(usage(node, "a bias is only supported after a MatMul or Gemm"));
		};
		let bias = broadcast(node, &bias, layer.fan_out())?;
		layer.biases.iter_mut().zip(bias).for_each(|(sum, bias)| *sum += bias);
		Ok(())
	}

	fn relu(&mut self, node: &NodeProto) -> Result<(), OnnxError> {
		match self.open.take() {
			Some(layer) => self.done.push(layer),
			None if self.done.is_empty() => {
				return Err(usage(node, "a Relu on the input is not supported"));
			}
			// A second Relu changes nothing.
			None => (),
		}
		Ok(())
	}

	/// Flattening all dimensions of a sample into one.
	fn flatten(&mut self, node: &NodeProto) -> Result<(), OnnxError> {
		let rank = self.dims.len() as i64 + 1;
		let axis = attribute_integer(node, "axis").unwrap_or(1);
		if axis != 1 && axis + rank != 1 {
			return Err(usage(
				node,
				format!("axis {axis} mixes samples; only axis 1 is supported"),
			));
		}
		self.dims = vec![self.dims.iter().product()];
		Ok(())
	}

	/// Reshaping to `[batch, features]`.
	fn reshape(&mut self, graph: &Graph<'_>, node: &NodeProto) -> Result<(), OnnxError> {
		let shape = graph
			.constant(node, 1)?
			.ok_or_else(|| usage(node, "the new shape is missing"))
			.and_then(tensor::integers)?;
		let features: usize = self.dims.iter().product();
		let same_batch = |batch| matches!(batch, -1..=1);
		match shape[..] {
			[batch, dim] if same_batch(batch) && usize::try_from(dim) == Ok(features) => (),
			[0 | 1, -1] => (),
			_ => {
				let reason = format!(
					"the shape {} is not that of a batch of {features} features",
					shown(&shape)
				);
				return Err(usage(node, reason));
			}
		}
		self.dims = vec![features];
		Ok(())
	}

	/// The value at hand must be a batch of vectors.
	fn check_vector(&self, node: &NodeProto) -> Result<(), OnnxError> {
		if self.dims.len() != 1 {
			return Err(usage(node, "flatten the value to [batch, features] first"));
		}
		Ok(())
	}

	fn linear(&mut self, node: &NodeProto, layer: FloatLayer) -> Result<(), OnnxError> {
		let (expected, got) = (self.dims[0], layer.fan_in());
		if got != expected {
			let reason = format!("weights for {got} inputs meet {expected} values");
			return Err(usage(node, reason));
		}
		self.dims = vec![layer.fan_out()];
		self.open = Some(match self.open.take() {
			Some(before) => before.then(&layer),
			None => layer,
		});
		Ok(())
	}

	fn finish(mut self) -> Result<FloatPerceptron, OnnxError> {
		match (self.open.take(), self.done.last()) {
			(Some(layer), _) => self.done.push(layer),
			(None, None) => return Err(OnnxError::NoLayer),
			// The integer semantics have no ReLU at the end: a layer that changes nothing follows.
			(None, Some(last)) => {
				let width = last.fan_out();
				architecture(&FloatPerceptron { layers: vec![last.clone()] })?;
				self.done.push(FloatLayer::identity(width));
			}
		}
		Ok(FloatPerceptron { layers: self.done })
	}
}

/// A cast between floats does nothing here, where everything is computed in `f64`.
fn cast(node: &NodeProto) -> Result<(), OnnxError> {
	let to = attribute_integer(node, "to").and_then(|to| i32::try_from(to).ok());
	match to.map(DataType::try_from) {
		Some(Ok(DataType::Float | DataType::Double)) => Ok(()),
		Some(Ok(other)) => Err(usage(
			node,
			format!(
				"a cast to {} changes values; only float32 and float64 are supported",
				other.as_str_name()
			),
		)),
		_ => Err(usage(node, "it names no type to cast to")),
	}
}

/// Dropout does nothing outside training.
fn dropout(graph: &Graph<'_>, node: &NodeProto) -> Result<(), OnnxError> {
	let training = graph.constant(node, 2)?;
	let is_set = |tensor: &TensorProto| {
		tensor.raw_data.iter().any(|byte| *byte != 0) || tensor.int32_data.iter().any(|v| *v != 0)
	};
	if training.is_some_and(is_set) {
		return Err(usage(node, "it is in training mode; export the model for inference"));
	}
	Ok(())
}

fn broadcast(node: &NodeProto, bias: &Tensor, width: usize) -> Result<Vec<f64>, OnnxError> {
	bias.broadcast(width).ok_or_else(|| {
		usage(
			node,
			format!("a bias of the shape {} does not fit {width} outputs", shown(&bias.dims)),
		)
	})
}

/// The tensor of a Constant node, in any of the attributes that may hold it.
fn constant(node: &NodeProto) -> Result<Cow<'_, TensorProto>, OnnxError> {
	let Some(attribute) = node.attribute.first() else {
		return Err(usage(node, "it has no value"));
	};
	let typed = |kind: DataType, dims: Vec<i64>| TensorProto {
		name: first_output(node).into(),
		data_type: kind as i32,
		dims,
		..Default::default()
	};
	let list = |count: usize| vec![count as i64];
	Ok(Cow::Owned(match attribute.name.as_str() {
		"value" => {
			return tensor_attribute(node, "value")
				.map(Cow::Borrowed)
				.ok_or_else(|| usage(node, "it has no value"));
		}
		"value_int" => {
			TensorProto { int64_data: vec![attribute.i], ..typed(DataType::Int64, vec![]) }
		}
		"value_ints" => TensorProto {
			int64_data: attribute.ints.clone(),
			..typed(DataType::Int64, list(attribute.ints.len()))
		},
		"value_float" => {
			TensorProto { float_data: vec![attribute.f], ..typed(DataType::Float, vec![]) }
		}
		"value_floats" => TensorProto {
			float_data: attribute.floats.clone(),
			..typed(DataType::Float, list(attribute.floats.len()))
		},
		_ => return Err(usage(node, "only tensors and numbers are supported as constants")),
	}))
}

fn tensor_attribute<'a>(node: &'a NodeProto, name: &str) -> Option<&'a TensorProto> {
	node.attribute.iter().find(|attribute| attribute.name == name)?.t.as_ref()
}

fn attribute_integer(node: &NodeProto, name: &str) -> Option<i64> {
	node.attribute.iter().find(|attribute| attribute.name == name).map(|attribute| attribute.i)
}

fn float_attribute(node: &NodeProto, name: &str) -> Option<f32> {
	node.attribute.iter().find(|attribute| attribute.name == name).map(|attribute| attribute.f)
}

/// Dimensions in a message.
fn shown<T: core::fmt::Debug>(dims: &[T]) -> String {
	abbreviated(&format!("{dims:?}"))
}

fn first_output(node: &NodeProto) -> &str {
	node.output.first().map_or("", String::as_str)
}

/// The node's name, or that of its first output, as exporters may leave names out.
fn name(node: &NodeProto) -> String {
	abbreviated(if node.name.is_empty() { first_output(node) } else { &node.name })
}

fn operator(node: &NodeProto) -> String {
	match node.domain.as_str() {
		"" | "ai.onnx" => abbreviated(&node.op_type),
		domain => abbreviated(&format!("{domain}.{}", node.op_type)),
	}
}

fn usage(node: &NodeProto, reason: impl Into<String>) -> OnnxError {
	OnnxError::Usage { operator: operator(node), node: name(node), reason: reason.into() }
}

#[cfg(test)]
mod tests;
