// SPDX-License-Identifier: Apache-2.0
//! `candor check`

use std::{fmt, path::PathBuf};

use candor_client::exit::{Error, OrFail, Outcome};
use candor_compiler::{
	check, samples::LabelColumn, Check as Findings, Circuit, Fate, NodeReport, OutputKind, Sources,
};
use clap::Args;
use comfy_table::{presets::NOTHING, Table};
use rand::rngs::OsRng;
use serde::Serialize;

use super::compile::{self, Outputs};
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  candor check digits.onnx
  candor check digits.onnx --calibration calibration.csv --test test.csv
  candor check digits.onnx --json

Exit code 0 if `candor compile` takes the model, 1 if a node is refused. Samples are those of `candor
compile`. Nothing is written.";

/// Tell what becomes of each node of an ONNX model, and what the integers cost
///
/// Nodes that leave a sample as it is, arithmetic that goes into a layer, layers with their constraints,
/// what is left out behind the logits, and every node that is refused with what can be done about it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Check {
	/// Float model
	#[arg(value_name = "MODEL.onnx")]
	model: PathBuf,

	/// Samples from which the integer scales are chosen, one a line, to see what the integers cost
	#[arg(long, value_name = "SAMPLES.csv")]
	calibration: Option<PathBuf>,

	/// Held-out samples with labels, to measure the accuracy on
	#[arg(long, value_name = "LABELLED.csv", requires = "calibration")]
	test: Option<PathBuf>,

	/// Column of the label in both files: first, last, none, or its name in the header
	#[arg(long, value_name = "COLUMN")]
	label: Option<LabelColumn>,

	/// What the outputs are, where the file does not say or says otherwise
	#[arg(long, value_name = "KIND")]
	outputs: Option<Outputs>,
}

impl Check {
	/// Looks and reports.
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let mut steps = output.steps();
		steps.step("reading the model");
		let sources = self.calibration.as_ref().map(|calibration| Sources {
			onnx: &self.model,
			calibration,
			test: self.test.as_deref(),
			label: self.label.as_ref(),
			outputs: self.outputs.map(OutputKind::from),
		});
		let findings = check(&self.model, sources.as_ref(), &mut OsRng).or_wrong_input()?;
		drop(steps);
		for warning in findings.compilation.iter().flat_map(|compilation| &compilation.warnings) {
			output.warn(warning);
		}
		let is_refused = findings.refusal.is_some();
		output.report(&Report { findings, compilable: !is_refused });
		Ok(if is_refused { Outcome::Refused } else { Outcome::Done })
	}
}

/// What becomes of the model.
#[derive(Debug, Serialize)]
struct Report {
	compilable: bool,
	#[serde(flatten)]
	findings: Findings,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Findings { nodes, refusal, circuit, compilation } = &self.findings;
		write!(f, "{}", Nodes(nodes))?;
		if let Some(circuit) = circuit {
			write!(f, "\n{}", Layers(circuit))?;
		}
		if let Some(compilation) = compilation {
			write!(f, "\n\nwith samples\n{}", compile::Findings(compilation))?;
		}
		match refusal {
			Some(refusal) => write!(f, "\nrefused: {refusal}"),
			None => Ok(()),
		}
	}
}

/// The nodes of the file, a line each.
struct Nodes<'a>(&'a [NodeReport]);

impl fmt::Display for Nodes<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let mut table = Table::new();
		table.load_preset(NOTHING).set_header(["node", "operator", "shape", "becomes"]);
		for node in self.0 {
			let fate = match &node.fate {
				Fate::Nothing => "nothing: it leaves a sample as it is".into(),
				Fate::Folded { layer } => format!("part of layer {layer}"),
				Fate::Layer { layer } => format!("layer {layer}"),
				Fate::Behind { layer } => format!("behind layer {layer}"),
				Fate::End => "nothing: it stands behind the logits".into(),
				Fate::Refused { reason, way_out } => {
					format!("REFUSED: {reason}; way out: {way_out}")
				}
				Fate::Open => "open: it takes what is refused before".into(),
			};
			let shape = shape(node.shape.as_deref());
			table.add_row([&node.node, &node.operator, &shape, &fate]);
		}
		table.column_iter_mut().for_each(|column| {
			column.set_padding((0, 2));
		});
		writeln!(f, "{}", table.trim_fmt())
	}
}

/// The nodes of the circuit, a line each.
struct Layers<'a>(&'a Circuit);

impl fmt::Display for Layers<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let circuit = self.0;
		let (name, scheme) = (&circuit.architecture, circuit.scheme);
		writeln!(f, "circuit {name} ({scheme}), {} constraints", circuit.constraints)?;
		let mut rest = circuit.constraints;
		for node in &circuit.nodes {
			let (operator, constraints) = (&node.operator, node.constraints);
			let (input, output) = (shape(Some(&node.input)), shape(Some(&node.output)));
			writeln!(f, "  {constraints:>8}  {operator} {input} to {output}")?;
			rest = rest.saturating_sub(constraints);
		}
		write!(f, "  {rest:>8}  commitments, output and ranges")
	}
}

/// Dimensions without the batch.
fn shape(dims: Option<&[usize]>) -> String {
	match dims {
		Some(dims) => format!("{dims:?}"),
		None => "–".into(),
	}
}
