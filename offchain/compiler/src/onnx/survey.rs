// SPDX-License-Identifier: Apache-2.0
//! The walk along a graph, and what becomes of each node.

use std::collections::HashSet;

use candor_onnx::{
	node::{first_output, name, operator, ML_DOMAIN},
	pb::{ModelProto, NodeProto},
	Edges, Input, OnnxError,
};
use candor_operators::{registry, Effect, Known, Reading};
use candor_text::abbreviated;
use serde::Serialize;

use super::{inputs, obstacles::Obstacles, ways_out, ReadError, Reader, Unfinished};

/// What becomes of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum Fate {
	/// It leaves a sample as it is.
	Nothing,
	/// It goes into a layer.
	Folded {
		/// The layer's number, from one.
		layer: usize,
	},
	/// It is a layer of weights.
	Layer {
		/// Its number, from one. Layers without a ReLU between them have the same one.
		layer: usize,
	},
	/// It is computed behind a layer.
	Behind {
		/// The layer's number, from one.
		layer: usize,
	},
	/// It stands behind the logits, and is left out.
	End,
	/// It is refused.
	Refused {
		/// Why.
		reason: String,
		/// What can be done.
		way_out: String,
	},
	/// It takes what a refused node would give, so nothing is known of it.
	Open,
}

/// A node of a file and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeReport {
	/// Its name, or that of its first output.
	pub node: String,
	/// Its operator.
	pub operator: String,
	/// The dimensions of its first output without the batch, where they are known.
	pub shape: Option<Vec<usize>>,
	/// What becomes of it.
	#[serde(flatten)]
	pub fate: Fate,
}

/// What becomes of a whole file.
#[derive(Debug)]
pub struct Survey {
	/// The nodes that work on the data, in the order of the file.
	pub nodes: Vec<NodeReport>,
	/// Why it cannot be compiled, if it cannot.
	pub refusal: Option<ReadError>,
}

impl Survey {
	/// Looks at a decoded model.
	///
	/// # Errors
	///
	/// [`ReadError`] when not even its nodes can be looked at.
	pub(crate) fn of(proto: &ModelProto) -> Result<Self, ReadError> {
		let mut walk = Walk::new(Edges::new(proto)?)?;
		walk.run();
		let mut nodes = walk.reports();
		let refusal = walk.finish().err();
		nodes.sort_by_key(|(place, _)| *place);
		let nodes = nodes.into_iter().map(|(_, report)| report).collect();
		Ok(Self { nodes, refusal })
	}
}

/// A node that has been looked at.
enum Seen {
	Read(Effect),
	Refused(OnnxError),
	Open,
}

/// A graph along which one walks.
pub(super) struct Walk<'a> {
	edges: Edges<'a>,
	inputs: Vec<Input>,
	reader: Reader,
	/// Nodes in the order in which they were looked at.
	seen: Vec<(&'a NodeProto, Seen)>,
	/// What nodes give.
	computed: HashSet<&'a str>,
	/// Values of which nothing is known, as nodes before them were refused.
	open: HashSet<&'a str>,
}

impl<'a> Walk<'a> {
	/// Stands at the inputs.
	pub(super) fn new(mut edges: Edges<'a>) -> Result<Self, OnnxError> {
		let inputs = inputs(&edges)?;
		let reader = Reader::new(&inputs);
		let batch = batch(&inputs);
		for input in &inputs {
			edges.tell_shape(&input.name, batch, &input.dims)?;
		}
		let waiting = edges.waiting().iter().copied();
		let nodes = edges.steps.iter().copied().chain(waiting);
		let computed = nodes.flat_map(|node| node.output.iter().map(String::as_str)).collect();
		let (seen, open) = (Vec::new(), HashSet::new());
		Ok(Self { edges, inputs, reader, seen, computed, open })
	}

	/// Looks at every node as soon as all that it takes has been looked at. ONNX does not promise an
	/// order, so until nothing more is found.
	pub(super) fn run(&mut self) {
		let mut rest = self.edges.steps.clone();
		loop {
			let before = rest.len();
			rest.retain(|&node| {
				let is_ready = self.is_ready(node);
				if is_ready {
					self.look_at(node);
				}
				!is_ready
			});
			if rest.len() == before {
				break;
			}
		}
		for node in rest {
			self.refuse(node, unreachable(node));
		}
	}

	/// Whether all is known that a node takes, or will never be. What nothing gives is the fault of the
	/// node that asks for it.
	fn is_ready(&self, node: &NodeProto) -> bool {
		let is_data = |input: &str| self.reader.value(input).is_some() || self.open.contains(input);
		let is_given = |input: &str| {
			is_data(input) || self.edges.is_constant(input) || !self.computed.contains(input)
		};
		let mut inputs = node.input.iter().filter(|input| !input.is_empty());
		inputs.clone().all(|input| is_given(input)) && inputs.any(|input| is_data(input))
	}

	fn look_at(&mut self, node: &'a NodeProto) {
		let gives_known = node.output.iter().any(|output| self.reader.value(output).is_some());
		if gives_known {
			return self.refuse(node, unreachable(node));
		}
		if node.input.iter().any(|input| self.open.contains(input.as_str())) {
			if registry::operator(node).is_none() {
				let reason = candor_onnx::node::usage(node, "it is not supported");
				return self.refuse(node, reason);
			}
			self.open.extend(node.output.iter().map(String::as_str));
			self.seen.push((node, Seen::Open));
			return;
		}
		match self.reader.read(&self.edges, node) {
			Err(error) => self.refuse(node, error),
			Ok(effect) => {
				let told = self.tell_shapes(node);
				self.seen.push(match told {
					Ok(()) => (node, Seen::Read(effect)),
					Err(error) => (node, Seen::Refused(error)),
				});
			}
		}
	}

	/// Tells the nodes that ask for it the shape of what a node gives.
	fn tell_shapes(&mut self, node: &NodeProto) -> Result<(), OnnxError> {
		let batch = batch(&self.inputs);
		for output in &node.output {
			let dims = self.dims(output);
			if let Some(dims) = dims {
				self.edges.tell_shape(output, batch, &dims)?;
			}
		}
		Ok(())
	}

	fn refuse(&mut self, node: &'a NodeProto, error: OnnxError) {
		self.open.extend(node.output.iter().map(String::as_str));
		self.seen.push((node, Seen::Refused(error)));
	}

	/// The dimensions of data that has been read.
	fn dims(&self, value: &str) -> Option<Vec<usize>> {
		match self.reader.value(value)? {
			// The first is not only that of heads.
			_ if self.reader.is_of_heads(value) => None,
			Known::Data(at) => Some(at.dims.clone()),
			Known::Scores(scores) => Some(scores.dims().to_vec()),
			Known::End(_) | Known::Formula(_) => None,
		}
	}

	/// What has become of each node, with its place in the file.
	pub(super) fn reports(&self) -> Vec<(usize, NodeReport)> {
		let place = |node: &NodeProto| {
			self.edges
				.steps
				.iter()
				.position(|step| core::ptr::eq(*step, node))
				.unwrap_or(usize::MAX)
		};
		let blamed = self.blamed();
		let report = |(node, seen): &(&'a NodeProto, Seen)| {
			let own = (operator(node), name(node));
			let fate = match seen {
				_ if blamed.iter().any(|(of, _)| *of == own) => {
					let reason = blamed.iter().find(|(of, _)| *of == own);
					let reason = reason.map_or(String::new(), |(_, reason)| reason.clone());
					Fate::Refused { reason, way_out: ways_out::of(node).into() }
				}
				Seen::Read(Effect::None) => Fate::Nothing,
				Seen::Read(Effect::Folded(layer)) => Fate::Folded { layer: *layer },
				Seen::Read(Effect::Layer(layer)) => Fate::Layer { layer: *layer },
				Seen::Read(Effect::Behind(layer)) => Fate::Behind { layer: *layer },
				Seen::Read(Effect::End) => Fate::End,
				Seen::Refused(_) | Seen::Open => Fate::Open,
			};
			let shape = self.dims(first_output(node));
			let (operator, node_name) = own;
			(place(node), NodeReport { node: node_name, operator, shape, fate })
		};
		self.seen.iter().map(report).collect()
	}

	/// Operators and nodes that are refused, each once, and why.
	fn blamed(&self) -> Vec<((String, String), String)> {
		let mut blamed: Vec<((String, String), String)> = Vec::new();
		for (node, seen) in &self.seen {
			let Seen::Refused(error) = seen else { continue };
			let (of, reason) = match error {
				OnnxError::Usage { operator, node, reason } => {
					((operator.clone(), node.clone()), reason.clone())
				}
				other => ((operator(node), name(node)), other.to_string()),
			};
			if !blamed.iter().any(|(before, _)| *before == of) {
				blamed.push((of, reason));
			}
		}
		blamed
	}

	/// What the file says, up to its outputs.
	pub(super) fn finish(mut self) -> Result<(Vec<Input>, Reading), ReadError> {
		let refused = self.blamed().len();
		// What comes first is the cause of much that comes behind it.
		let is_refused = |(_, seen): &(&NodeProto, Seen)| matches!(seen, Seen::Refused(_));
		if let Some(at) = self.seen.iter().position(is_refused) {
			let is_cause =
				|node: &NodeProto| ways_out::is_cause(node) && registry::operator(node).is_none();
			let is_foreign = self.seen.iter().any(|seen| is_refused(seen) && is_cause(seen.0));
			if is_foreign || registry::operator(self.seen[at].0).is_none() {
				return Err(ReadError::Obstacles(self.obstacles()));
			}
			return match self.seen.swap_remove(at).1 {
				Seen::Refused(OnnxError::Usage { operator, node, reason }) if refused > 1 => {
					let reason = format!("{reason} (`candor check` names {} more)", refused - 1);
					Err(OnnxError::Usage { operator, node, reason }.into())
				}
				Seen::Refused(other) => Err(other.into()),
				Seen::Read(_) | Seen::Open => Err(Unfinished::NoLayer.into()),
			};
		}
		self.check_all_lead_to_the_outputs()?;
		let reading = self.reader.finish(&self.edges.outputs)?;
		Ok((self.inputs, reading))
	}

	/// The nodes that are not supported.
	fn obstacles(&self) -> Obstacles {
		let mut unsupported: Vec<&NodeProto> = self
			.seen
			.iter()
			.filter(|(node, seen)| {
				matches!(seen, Seen::Refused(_)) && registry::operator(node).is_none()
			})
			.map(|(node, _)| *node)
			.collect();
		unsupported.sort_by_key(|node| !ways_out::is_cause(node));
		let names: Vec<&str> = self.inputs.iter().map(|input| input.name.as_str()).collect();
		let is_classical = self.edges.steps.iter().any(|node| node.domain == ML_DOMAIN);
		Obstacles::new(&names, &unsupported, self.cut(), is_classical)
	}

	/// The data that the first node which is not supported takes, where no layer of weights follows: up to
	/// there a graph can be compiled.
	fn cut(&self) -> Option<&'a str> {
		let rest_has_layers = self
			.seen
			.iter()
			.any(|(node, seen)| !matches!(seen, Seen::Read(_)) && ways_out::is_layer(node));
		let is_unsupported = |(node, seen): &&(&NodeProto, Seen)| {
			matches!(seen, Seen::Refused(_)) && registry::operator(node).is_none()
		};
		let (node, _) = self.seen.iter().find(is_unsupported)?;
		let is_data = |input: &&str| matches!(self.reader.value(input), Some(Known::Data(_)));
		let input = node.input.iter().map(String::as_str).find(is_data)?;
		(self.reader.has_layer() && !rest_has_layers).then_some(input)
	}

	/// Every node must have to do with an output.
	fn check_all_lead_to_the_outputs(&self) -> Result<(), OnnxError> {
		let is_output = |value: &str| self.edges.outputs.contains(&value);
		let leads = |value: &str| is_output(value) || !self.edges.users(value).is_empty();
		let dead_end = |value: &str| OnnxError::DeadEnd {
			value: abbreviated(value),
			output: abbreviated(self.edges.outputs.first().copied().unwrap_or_default()),
		};
		for (node, _) in &self.seen {
			let outputs: Vec<&str> = node.output.iter().map(String::as_str).collect();
			if !outputs.iter().any(|output| leads(output)) {
				return Err(dead_end(first_output(node)));
			}
		}
		match self.inputs.iter().find(|input| !leads(&input.name)) {
			Some(input) => Err(dead_end(&input.name)),
			None => match self.edges.waiting() {
				[] => Ok(()),
				[node, ..] => Err(unreachable(node)),
			},
		}
	}
}

/// The number of samples that a file fixes, or the one that is proved.
fn batch(inputs: &[Input]) -> usize {
	inputs.iter().find_map(|input| input.batch).unwrap_or(1)
}

fn unreachable(node: &NodeProto) -> OnnxError {
	OnnxError::Unreachable { operator: operator(node), node: name(node) }
}
