// SPDX-License-Identifier: Apache-2.0
//! What becomes of a file, before anything slow.

mod accumulator;
mod answers;
mod circuit;
mod distribution;
mod example;
mod loss;
#[cfg(test)]
mod tests;

use std::path::Path;

use candor_operators::RunError;
use serde::Serialize;

use crate::{
	compile::{output_kind, read_samples, CompileError, Measured, Sources},
	onnx::{NodeReport, OnnxModel, ReadError, Survey},
	report::Report,
};

pub use accumulator::Accumulator;
pub use answers::{Answers, Confusion, Differing, SampleFile, Told};
pub use circuit::{Circuit, CircuitNode};
pub use distribution::Distribution;
pub use example::Example;
pub use loss::Loss;
pub(crate) use loss::Losses;

/// The loss of nodes is measured on so many samples at most, evenly spread over the file.
const SAMPLES: usize = 256;

/// Large models are measured on fewer samples, so that no more values than these are kept: each of them as a
/// float, as an integer, and as what that stands for.
const VALUES: usize = 4_000_000;

/// But on no fewer than these.
const FEWEST: usize = 8;

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
	/// What both models answer, where there are samples.
	pub answers: Option<Answers>,
	/// A run of the circuit, where it can be compiled.
	#[serde(skip)]
	pub example: Option<Example>,
}

/// Looks at a file: at its graph, and with samples at what the integers cost. Nothing is written.
///
/// # Errors
///
/// [`CompileError`] when the file cannot be read, or samples cannot be used. A
/// graph that cannot be compiled is no error: [`Check::refusal`] says why.
pub fn check(onnx: &Path, sources: Option<&Sources<'_>>) -> Result<Check, CompileError> {
	let proto = candor_onnx::read(onnx).map_err(ReadError::from)?;
	let refused = |nodes, refusal: &dyn ToString| {
		let refusal = Some(refusal.to_string());
		let (circuit, compilation, answers, example) = (None, None, None, None);
		Ok(Check { nodes, refusal, circuit, compilation, answers, example })
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
	let Some(sources) = sources else {
		let example = Example::made_up(&model.reading);
		// Functions by table are fitted to samples, if only to made-up ones.
		let fitted = example.as_ref().map(|example| example.model.architecture());
		let circuit = Some(Circuit::new(fitted.unwrap_or(&model.reading.model.architecture)));
		let (compilation, answers) = (None, None);
		return Ok(Check { nodes, refusal: None, circuit, compilation, answers, example });
	};
	let output = output_kind(&model, sources.outputs)?;
	let samples = read_samples(&model, output, sources)?;
	let measured = Measured::new(&model, output, samples, sources.limbs)?;
	let circuit = measured_circuit(&model, &measured)?;
	let (_, compilation) = measured.report(&model);
	let answers = Answers::new(&measured);
	let example = Example::measured(&measured);
	Ok(Check {
		nodes,
		refusal: None,
		circuit: Some(circuit),
		compilation: Some(compilation),
		answers: Some(answers),
		example,
	})
}

/// The circuit of an integer model, with what the integers of each node cost.
fn measured_circuit(model: &OnnxModel, measured: &Measured) -> Result<Circuit, RunError> {
	let quantised = &measured.quantised;
	let architecture = quantised.model.architecture();
	let values: usize = architecture.sites().map(|(_, site)| site.output.shape.elements()).sum();
	let most = (VALUES / values.max(1)).clamp(FEWEST, SAMPLES);
	let samples = &measured.calibration.samples;
	let step = samples.len().div_ceil(most).max(1);
	let samples: Vec<&[f64]> =
		samples.iter().step_by(step).map(|sample| &sample.features[..]).collect();
	let losses = Losses::new(&model.reading.model, quantised, &samples)?;
	let mut circuit = Circuit::new(architecture);
	circuit.measure(losses, &quantised.model);
	Ok(circuit)
}
