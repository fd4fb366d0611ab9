// SPDX-License-Identifier: Apache-2.0
//! What becomes of a file, before anything slow.

use std::path::Path;

use candor_operators::{Architecture, InferenceCircuit, Scheme};
use rand::{CryptoRng, RngCore};
use serde::Serialize;

use crate::{
	compile::{compile, CompileError, Sources},
	onnx::{NodeReport, OnnxModel, ReadError, Survey},
	report::Report,
};

/// What becomes of a file.
#[derive(Debug, Serialize)]
pub struct Check {
	/// The nodes that work on the data, in the order of the file.
	pub nodes: Vec<NodeReport>,
	/// Why the file cannot be compiled, if it cannot.
	pub refusal: Option<String>,
	/// The circuit, where it can be compiled.
	pub circuit: Option<Circuit>,
	/// What a compilation finds out, where there are samples.
	pub compilation: Option<Report>,
}

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
	/// What each node computes and how many of the constraints that takes. Commitments, the public output
	/// and lookups, which all of them share, are the rest.
	pub nodes: Vec<CircuitNode>,
	/// The number of the layer's outputs that are public, four bytes each.
	pub outputs: usize,
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
}

impl Circuit {
	fn new(architecture: &Architecture) -> Self {
		let scheme = Scheme::with_fewer_constraints(architecture);
		let counts = InferenceCircuit::constraints_of_nodes(architecture, scheme);
		let nodes = architecture.sites().zip(counts).map(|((_, site), constraints)| CircuitNode {
			operator: site.node.operator.clone(),
			input: site.inputs.first().map_or(Vec::new(), |input| input.shape.dims().to_vec()),
			output: site.output.shape.dims().to_vec(),
			constraints,
		});
		Self {
			architecture: architecture.to_string(),
			parameters: architecture.parameter_count(),
			scheme,
			constraints: InferenceCircuit::statistics(architecture, scheme).constraints,
			nodes: nodes.collect(),
			outputs: architecture.output_count(),
		}
	}
}

/// Looks at a file: at its graph, and with samples at what the integers cost. Nothing is written.
///
/// # Errors
///
/// [`CompileError`] when the file cannot be read, or samples cannot be used. A
/// graph that cannot be compiled is no error: [`Check::refusal`] says why.
pub fn check(
	onnx: &Path,
	sources: Option<&Sources<'_>>,
	rng: &mut (impl RngCore + CryptoRng),
) -> Result<Check, CompileError> {
	let proto = candor_onnx::read(onnx).map_err(ReadError::from)?;
	let refused = |nodes, refusal: &dyn ToString| {
		let refusal = Some(refusal.to_string());
		Ok(Check { nodes, refusal, circuit: None, compilation: None })
	};
	let nodes = match Survey::of(&proto) {
		Ok(Survey { nodes, refusal: None }) => nodes,
		Ok(Survey { nodes, refusal: Some(refusal) }) => return refused(nodes, &refusal),
		Err(refusal) => return refused(Vec::new(), &refusal),
	};
	let model = match OnnxModel::from_proto(proto) {
		Ok(model) => model,
		Err(refusal) => return refused(nodes, &refusal),
	};
	let circuit = Some(Circuit::new(&model.reading.model.architecture));
	let compiled = sources.map(|sources| compile(sources, rng)).transpose()?;
	let compilation = compiled.map(|compiled| compiled.report);
	Ok(Check { nodes, refusal: None, circuit, compilation })
}
