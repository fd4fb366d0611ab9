// SPDX-License-Identifier: Apache-2.0
//! The circuit of a model, node by node.

use candor_graph::Parameters;
use candor_operators::{Architecture, InferenceCircuit, Model, Scheme};
use serde::Serialize;

use super::{Accumulator, Distribution, Loss, Losses};

/// The circuit of a model.
#[derive(Debug, Serialize)]
pub struct Circuit {
	/// The graph, by its short name where it has one.
	pub architecture: String,
	/// The number of weights and biases.
	pub parameters: usize,
	/// The scheme that is counted: the one that a setup takes by itself.
	pub scheme: Scheme,
	/// All constraints.
	pub constraints: usize,
	/// Those of the input: that it is bytes, and its hash.
	pub input_constraints: usize,
	/// What each node computes and how many of the constraints that takes, with the ranges of its sums. The tables, and
	/// the public output, which all of them share, are the rest.
	pub nodes: Vec<CircuitNode>,
	/// The number of the layer's outputs that are public, four bytes each.
	pub outputs: usize,
	/// What it costs that the input is bytes, where there are samples.
	pub input_loss: Option<Loss>,
}

/// A node of a circuit.
#[derive(Debug, Serialize)]
pub struct CircuitNode {
	/// What it computes.
	pub operator: String,
	/// The dimensions of what it takes.
	pub input: Vec<usize>,
	/// The dimensions of what it gives.
	pub output: Vec<usize>,
	/// Its constraints.
	pub constraints: usize,
	/// What its integers cost, where there are samples.
	pub loss: Option<Loss>,
	/// How much of the room for its sums it uses, where there are samples and it gives sums.
	pub accumulator: Option<Accumulator>,
	/// Its values, where there are samples.
	pub distribution: Option<Distribution>,
}

impl Circuit {
	pub(super) fn new(architecture: &Architecture) -> Self {
		let scheme = Scheme::with_fewer_constraints(architecture);
		let counts = InferenceCircuit::constraints_of_parts(architecture, scheme);
		let nodes =
			architecture.sites().zip(counts.nodes).map(|((_, site), constraints)| CircuitNode {
				operator: site.node.operator.clone(),
				input: site.inputs.first().map_or(Vec::new(), |input| input.shape.dims().to_vec()),
				output: site.output.shape.dims().to_vec(),
				constraints,
				loss: None,
				accumulator: None,
				distribution: None,
			});
		Self {
			architecture: architecture.to_string(),
			parameters: architecture.parameter_count(),
			scheme,
			constraints: InferenceCircuit::statistics(architecture, scheme).constraints,
			input_constraints: counts.input,
			nodes: nodes.collect(),
			outputs: architecture.output_count(),
			input_loss: None,
		}
	}

	/// The constraints that all share.
	pub fn rest(&self) -> usize {
		let of_nodes: usize = self.nodes.iter().map(|node| node.constraints).sum();
		self.constraints.saturating_sub(of_nodes + self.input_constraints)
	}

	/// Puts what was measured to each node.
	pub(super) fn measure(&mut self, losses: Losses, model: &Model) {
		let Losses { input, nodes, distributions, largest } = losses;
		self.input_loss = Some(input);
		let mut parameters = model.parameters().iter();
		let measured = nodes.into_iter().zip(distributions).zip(largest);
		let sites = model.architecture().sites();
		let all = self.nodes.iter_mut().zip(sites).zip(measured);
		for ((node, (function, site)), ((loss, distribution), seen)) in all {
			let none = Parameters::NONE;
			let own = if function.is_parameterised() { parameters.next() } else { None };
			node.loss = Some(loss);
			node.distribution = Some(distribution);
			node.accumulator = Accumulator::of(function, &site, own.unwrap_or(&none), seen);
		}
	}
}
