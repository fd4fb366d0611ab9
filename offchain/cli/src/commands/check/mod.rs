// SPDX-License-Identifier: Apache-2.0
//! `candor check`

mod chart;
mod page;
mod settlement;
mod text;

use std::path::PathBuf;

use candor_client::exit::{Error, OrFail, Outcome};
use candor_compiler::{check, samples::LabelColumn, Check as Findings, Limbs, OutputKind, Sources};
use candor_graph::LOGIT_BYTES;
use candor_prover::predict::{predict, Machine, Prediction};
use clap::Args;
use rand::rngs::OsRng;
use serde::Serialize;

use page::page;
use settlement::{Settlement, SettlementArguments};

use super::{
	common::files,
	compile::{LimbsArgument, Outputs},
};
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  candor check digits.onnx
  candor check digits.onnx --calibration calibration.csv --test test.csv
  candor check digits.onnx --calibration calibration.csv --test test.csv --html report.html
  candor check digits.onnx --url ws://127.0.0.1:9944 --royalty 5% --hour 0.1
  candor check digits.onnx --json

Exit code 0 if `candor compile` takes the model, 1 if a node is refused. Samples are those of `candor
compile`. Nothing is written but the page of --html.

The loss of a node is its share in the squared error of the logits, when the nodes before it are integers and
those behind it floats: shares add up to all, and a negative one makes up for others. Of sums stand there the
bits that the circuit has for them, and those that they take with these weights whatever the input is.

Times are counted for a run of the circuit at the speed of this machine, which is measured, and those of a machine
that does nothing else. Sizes are exact with samples. Without them weights, and tables, are those of made-up ones, and
limbs those for any weights: the time of a proof changes but little, but with samples a function by table may become
another one, or limbs be fitted to the weights, and so it be another circuit.";

/// Tell what becomes of each node of an ONNX model, and what the integers cost
///
/// Nodes that leave a sample as it is, arithmetic that goes into a layer, layers with their constraints,
/// what is left out behind the logits, and every node that is refused with what can be done about it. With
/// samples, what each node's integers cost, the room that its sums use, and the samples that get another
/// answer. What keys and proofs will take on this machine.
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

	/// Bits that the circuit has for its sums, as `candor compile` takes it
	#[arg(long, value_name = "KIND", requires = "calibration")]
	limbs: Option<LimbsArgument>,

	/// Write the report as a page of its own, with pictures
	#[arg(long, value_name = "FILE")]
	html: Option<PathBuf>,

	#[command(flatten)]
	settlement: SettlementArguments,
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
			limbs: self.limbs.map_or(Limbs::Auto, Limbs::from),
		});
		let findings = check(&self.model, sources.as_ref()).or_wrong_input()?;
		steps.step("predicting what proofs take");
		let prediction = Predicted::of(&findings)?;
		let settlement = match (&findings.circuit, &prediction) {
			(Some(circuit), Some(Predicted { prediction, .. })) => {
				self.settlement.settlement(circuit.outputs * LOGIT_BYTES, prediction)?
			}
			_ => None,
		};
		drop(steps);
		for warning in findings.compilation.iter().flat_map(|compilation| &compilation.warnings) {
			output.warn(warning);
		}
		let is_refused = findings.refusal.is_some();
		let report = Report { compilable: !is_refused, findings, prediction, settlement };
		if let Some(path) = &self.html {
			let title = self.model.file_name().unwrap_or_default().to_string_lossy();
			files::write(path, page(&title, &report).or_failed()?)?;
		}
		output.report(&report);
		Ok(if is_refused { Outcome::Refused } else { Outcome::Done })
	}
}

/// What becomes of the model.
#[derive(Debug, Serialize)]
struct Report {
	compilable: bool,
	#[serde(flatten)]
	findings: Findings,
	/// What its keys and proofs will take on this machine, where it can be compiled.
	prediction: Option<Predicted>,
	/// What an answer costs on chain, where a node was asked.
	settlement: Option<Settlement>,
}

/// What keys and proofs will take, and what that rests on.
#[derive(Debug, Serialize)]
struct Predicted {
	#[serde(flatten)]
	prediction: Prediction,
	/// The seconds that single steps take.
	machine: Machine,
}

impl Predicted {
	/// Measures this machine and counts what a run of the circuit takes.
	fn of(findings: &Findings) -> Result<Option<Self>, Error> {
		let (Some(example), Some(circuit)) = (&findings.example, &findings.circuit) else {
			return Ok(None);
		};
		let machine = Machine::measure(circuit.constraints);
		let Some(circuit) = example.circuit(circuit.scheme).or_failed()? else { return Ok(None) };
		let architecture = example.model.architecture();
		let prediction = predict(&circuit, architecture, &machine, &mut OsRng).or_failed()?;
		Ok(Some(Self { prediction, machine }))
	}
}
