// SPDX-License-Identifier: Apache-2.0
//! `candor compile`

use crate::{
	exit::{Failure, OrFail, Outcome},
	output::Output,
};
use anyhow::anyhow;
use candor_compiler::{compile, Report as Compilation, SCHEMA_FILE, WEIGHTS_FILE};
use clap::Args;
use rand::rngs::OsRng;
use serde::Serialize;
use std::{fmt, path::PathBuf};

const EXAMPLES: &str = "\
Examples:
  candor compile digits.onnx --calibration calibration.csv --out model/
  candor compile digits.onnx --calibration calibration.csv --test test.csv --out model/ --json

Writes architecture.json and schema.json, which everyone may see, and weights.json, which holds the
integer weights and the blinder of the commitment: keep it private, and keep a copy.";

/// Turn an ONNX perceptron into an integer model and its circuit
///
/// The model is a chain of Gemm (or MatMul and Add) and Relu. The commitment printed in the end is
/// what is registered on chain; the weights stay here.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Compile {
	/// Float model
	#[arg(value_name = "MODEL.onnx")]
	model: PathBuf,

	/// Samples from which the integer scales are chosen, one a line; a label at the end is ignored
	#[arg(long, value_name = "SAMPLES.csv")]
	calibration: PathBuf,

	/// Held-out samples with the label last, to measure the accuracy on
	#[arg(long, value_name = "LABELLED.csv")]
	test: Option<PathBuf>,

	/// Folder that the compiled model goes to
	#[arg(long, value_name = "DIR")]
	out: PathBuf,

	/// Replace the model that is there
	#[arg(long)]
	force: bool,
}

impl Compile {
	/// Compiles, writes and reports.
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		let weights = self.out.join(WEIGHTS_FILE);
		if weights.exists() && !self.force {
			return Err(Failure::wrong_input(anyhow!("{} exists already", weights.display()))
				.hint(
				"without its weights and blinder a registered model can never be proven again; \
				 name a new folder, or replace the model with --force",
			));
		}
		let mut steps = output.steps();
		steps.step("compiling the model");
		let compiled = compile(&self.model, &self.calibration, self.test.as_deref(), &mut OsRng)
			.or_wrong_input()?;
		compiled.save(&self.out).or_wrong_input()?;
		drop(steps);
		output.report(&Report { compilation: compiled.report, folder: self.out });
		Ok(Outcome::Done)
	}
}

/// What the compilation found out, and where the result is.
#[derive(Debug, Serialize)]
struct Report {
	#[serde(flatten)]
	compilation: Compilation,
	folder: PathBuf,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let report = &self.compilation;
		writeln!(f, "perceptron {} in {}", report.architecture, self.folder.display())?;
		writeln!(f, "  parameters        {}", report.parameters)?;
		if let Some(accuracy) = report.float_accuracy {
			writeln!(f, "  float accuracy    {}", Percent(accuracy))?;
		}
		if let Some(accuracy) = report.integer_accuracy {
			writeln!(f, "  integer accuracy  {}", Percent(accuracy))?;
		}
		let agreement = report.test_agreement.unwrap_or(report.calibration_agreement);
		writeln!(f, "  same class        {}", Percent(agreement))?;
		writeln!(f, "  constraints       {}", report.constraints)?;
		writeln!(f, "  variables         {}", report.variables)?;
		writeln!(f, "  public inputs     {}", report.public_inputs)?;
		writeln!(f, "  commitment        {}", report.commitment)?;
		write!(f, "  private           {}", self.folder.join(WEIGHTS_FILE).display())?;
		write!(f, "\n  public            {}", self.folder.join(SCHEMA_FILE).display())
	}
}

/// A part of one, in percent with two decimals.
struct Percent(f64);

impl fmt::Display for Percent {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{:.2} %", 100.0 * self.0)
	}
}
