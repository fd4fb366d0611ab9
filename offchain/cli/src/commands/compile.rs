// SPDX-License-Identifier: Apache-2.0
//! `candor compile`

use crate::output::Output;
use anyhow::anyhow;
use candor_client::{
	chain::Share,
	exit::{Error, OrFail, Outcome},
};
use candor_compiler::{
	compile, samples::LabelColumn, ClassComparison, Limbs, OutputKind, Report as Compilation,
	Sources, ValueComparison, SCHEMA_FILE, WEIGHTS_FILE,
};
use candor_text::abbreviated;
use clap::{Args, ValueEnum};
use comfy_table::{presets::NOTHING, CellAlignment, Table};
use rand::rngs::OsRng;
use serde::Serialize;
use std::{fmt, path::PathBuf};

const EXAMPLES: &str = "\
Examples:
  candor compile digits.onnx --calibration calibration.csv --out model/
  candor compile digits.onnx --calibration calibration.csv --test test.csv --out model/ --json
  candor compile digits.onnx --calibration calibration.csv --runs 8 --out model/
  candor compile digits.onnx --calibration train.csv --test test.csv --label first --max-loss 1% --out model/

Samples are CSV: numbers with points, separated by commas, in UTF-8, a sample a line. A header is
compared with what is known of the columns, and its names are kept in schema.json. A column beyond the
features is the label where the header calls it label, class or target, where --label says so, or where
it is the last. With one output a label is a value, or the class that its sign tells: 0 or 1. Where the
file names its classes, labels are these names. Several values stand side by side, behind the features.

Writes architecture.json and schema.json, which everyone may see, and weights.json, which holds the
integer weights and the seed of their commitment's blinder: keep it private, and keep a copy.

Constraints are those of the circuit that `candor setup` takes by itself; docs/circuit.md compares them.";

/// What the outputs of a model are, as a user says.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Outputs {
	/// A logit for each class: the largest is the answer
	Classes,
	/// Numbers that estimate something, or logits of questions of their own
	Values,
	/// One logit of two classes: 1 where it is positive
	Sign,
}

impl From<Outputs> for OutputKind {
	fn from(outputs: Outputs) -> Self {
		match outputs {
			Outputs::Classes => Self::Classes,
			Outputs::Values => Self::Values,
			Outputs::Sign => Self::Sign,
		}
	}
}

/// The limbs of a circuit, as a user says.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum LimbsArgument {
	/// Fitted to these weights where that saves a twentieth of the constraints
	Auto,
	/// Enough for any weights: a model that is trained again keeps its keys
	Any,
	/// As many as these weights need and one to spare: larger weights need another setup
	Fitted,
}

impl From<LimbsArgument> for Limbs {
	fn from(limbs: LimbsArgument) -> Self {
		match limbs {
			LimbsArgument::Auto => Self::Auto,
			LimbsArgument::Any => Self::Any,
			LimbsArgument::Fitted => Self::Fitted,
		}
	}
}

/// Turn an ONNX model into an integer model and its circuit
///
/// The model is a linear one, a perceptron, a convolutional network or trees, from any exporter, also
/// quantised: layers of constant weights with pools, Relu and the other usual functions between,
/// arithmetic with constants, scalers, and an end such as Softmax. `candor check` tells what becomes of each of its nodes. A setup follows, and gives the
/// commitment that is registered on chain; the weights stay here.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Compile {
	/// Float model
	#[arg(value_name = "MODEL.onnx")]
	model: PathBuf,

	/// Samples from which the integer scales are chosen, one a line; a label is not needed
	#[arg(long, value_name = "SAMPLES.csv")]
	calibration: PathBuf,

	/// Held-out samples with labels, to measure the accuracy on
	#[arg(long, value_name = "LABELLED.csv")]
	test: Option<PathBuf>,

	/// Column of the label in both files: first, last, none, or its name in the header
	#[arg(long, value_name = "COLUMN")]
	label: Option<LabelColumn>,

	/// What the outputs are, where the file does not say or says otherwise
	#[arg(long, value_name = "KIND")]
	outputs: Option<Outputs>,

	/// Refuse a model whose integers get less of the test set right, as in 95%
	#[arg(long, value_name = "PERCENT", requires = "test")]
	min_accuracy: Option<Share>,

	/// Refuse a model whose integers cost more accuracy, as in 1%; without labels, more other classes,
	/// or for values more of their standard deviation
	#[arg(long, value_name = "PERCENT")]
	max_loss: Option<Share>,

	/// Bits that the circuit has for its sums. A setup is of one circuit, so a model that is trained again
	/// needs the same ones to keep its keys
	#[arg(long, value_name = "KIND", default_value = "auto")]
	limbs: LimbsArgument,

	/// Jobs that one proof can answer: their runs share what is the same for all of them, so that each takes
	/// less than a proof of its own. The most is 63 divided by 2 and one for each 31 bytes of output
	#[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..))]
	runs: u8,

	/// Folder that the compiled model goes to
	#[arg(long, value_name = "DIR")]
	out: PathBuf,

	/// Replace the model that is there
	#[arg(long)]
	force: bool,
}

impl Compile {
	/// Compiles, writes and reports.
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let weights = self.out.join(WEIGHTS_FILE);
		if weights.exists() && !self.force {
			return Err(Error::wrong_input(anyhow!("{} exists already", weights.display())).hint(
				"without its weights and their blinder a registered model can never be proven again; \
				 name a new folder, or replace the model with --force",
			));
		}
		let mut steps = output.steps();
		steps.step("compiling the model");
		let sources = Sources {
			onnx: &self.model,
			calibration: &self.calibration,
			test: self.test.as_deref(),
			label: self.label.as_ref(),
			outputs: self.outputs.map(OutputKind::from),
			limbs: self.limbs.into(),
		};
		let compiled = compile(&sources, &mut OsRng).or_wrong_input()?;
		let compiled = match self.runs {
			1 => compiled,
			runs => compiled.with_runs(runs).or_wrong_input()?,
		};
		drop(steps);
		for warning in &compiled.report.warnings {
			output.warn(warning);
		}
		self.check_quality(&compiled.report)?;
		compiled.save(&self.out).or_wrong_input()?;
		output.report(&Report { compilation: compiled.report, folder: self.out });
		Ok(Outcome::Done)
	}

	/// Refuses a model that is worse than was asked for.
	fn check_quality(&self, report: &Compilation) -> Result<(), Error> {
		let refused = |what: String| {
			let what = anyhow!("nothing was written: {what}");
			let reasons = report.warnings.iter().map(|warning| warning.message.as_str());
			let reasons = reasons.collect::<Vec<_>>().join("\n");
			Err(match reasons.as_str() {
				"" => Error::refused(what),
				_ => Error::refused(anyhow::Error::msg(reasons).context(what)),
			})
		};
		if let Some(least) = self.min_accuracy {
			let Some(accuracy) = report.integer_accuracy else {
				return Err(Error::wrong_input(anyhow!(
					"the targets are values, of which no part is right"
				))
				.hint("bound the difference to the float model with --max-loss"));
			};
			if accuracy < fraction(least) {
				return refused(format!(
					"the integer model gets {} of the test samples right, asked were {least}",
					Percent(accuracy)
				));
			}
		}
		match self.max_loss {
			Some(most) if report.loss() > fraction(most) => refused(format!(
				"the integers cost {}, allowed were {most}",
				Percent(report.loss())
			)),
			_ => Ok(()),
		}
	}
}

/// A share as a part of one.
fn fraction(share: Share) -> f64 {
	f64::from(share.parts()) / 1e6
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
		writeln!(f, "model {} in {}", report.architecture, self.folder.display())?;
		writeln!(f, "{}", Findings(report))?;
		write!(f, "  private           {}", self.folder.join(WEIGHTS_FILE).display())?;
		write!(f, "\n  public            {}", self.folder.join(SCHEMA_FILE).display())
	}
}

/// What a compilation found out, a line each.
pub(super) struct Findings<'a>(pub &'a Compilation);

impl fmt::Display for Findings<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let report = self.0;
		writeln!(f, "  parameters        {}", report.parameters)?;
		let outputs = match report.output {
			OutputKind::Classes if report.output_assumed => {
				"taken for logits of classes, as nothing says otherwise (--outputs values)"
			}
			OutputKind::Classes => "logits of classes",
			OutputKind::Sign => "the logit of two classes",
			OutputKind::Value => "one value",
			OutputKind::Values => "values",
		};
		writeln!(f, "  outputs           {outputs}")?;
		if let Some(labels) = &report.class_labels {
			writeln!(f, "  classes           {}", abbreviated(&labels.join(", ")))?;
		}
		if let Some(accuracy) = report.float_accuracy {
			writeln!(f, "  float accuracy    {}", Percent(accuracy))?;
		}
		if let Some(accuracy) = report.integer_accuracy {
			writeln!(f, "  integer accuracy  {}", Percent(accuracy))?;
		}
		if let Some(agreement) = report.test_agreement.or(report.calibration_agreement) {
			writeln!(f, "  same class        {}", Percent(agreement))?;
			write!(f, "{}", Classes(report))?;
		}
		if let Some(value) = report.test_value.or(report.calibration_value) {
			write!(f, "{}", Value(&value))?;
		}
		for (output, value) in report.values.iter().enumerate() {
			write!(f, "  output {}\n{}", output + 1, Value(value))?;
		}
		let samples = |count: usize, label: Option<usize>| match label {
			Some(column) => format!("{count}, column {column} taken for the label"),
			None => count.to_string(),
		};
		let of_calibration = samples(report.calibration_samples, report.calibration_label_column);
		writeln!(f, "  calibrated with   {of_calibration}")?;
		if let Some(count) = report.test_samples {
			writeln!(f, "  tested with       {}", samples(count, report.test_label_column))?;
		}
		if !report.constant_columns.is_empty() {
			writeln!(f, "  constant columns  {}", Columns(&report.constant_columns))?;
		}
		writeln!(f, "  scheme            {}", report.scheme)?;
		if report.architecture.runs() > 1 {
			writeln!(f, "  runs of a proof   {}", report.architecture.runs())?;
		}
		writeln!(f, "  constraints       {}", report.constraints)?;
		if let Some(otherwise) = report.constraints_otherwise {
			let limbs = match report.limbs_fitted {
				true => format!(
					"fitted to these weights; {otherwise} constraints for any (--limbs any)"
				),
				false => {
					format!("for any weights; {otherwise} constraints for these (--limbs fitted)")
				}
			};
			writeln!(f, "  limbs             {limbs}")?;
		}
		writeln!(f, "  variables         {}", report.variables)?;
		write!(f, "  public inputs     {}", report.public_inputs)
	}
}

/// How each class fares, a line each, of many those on which the models differ.
struct Classes<'a>(&'a Compilation);

impl fmt::Display for Classes<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		/// So many lines are read.
		const SHOWN: usize = 16;
		let classes = &self.0.classes;
		let is_shown = |class: &&ClassComparison| {
			classes.len() <= SHOWN || class.same.is_some_and(|same| same < 1.0)
		};
		let has_labels = classes.iter().any(|class| class.labelled.is_some());
		let mut table = Table::new();
		let mut header = vec!["class", "given", "same"];
		if has_labels {
			header.extend(["labelled", "floats right", "integers right"]);
		}
		table.load_preset(NOTHING).set_header(header);
		for class in classes.iter().filter(is_shown).take(SHOWN) {
			let part =
				|part: Option<f64>| part.map_or("–".into(), |part| Percent(part).to_string());
			let label = self.0.class_labels.as_ref().and_then(|labels| labels.get(class.class));
			let name = match label {
				Some(label) => format!("{} (`{}`)", class.class, abbreviated(label)),
				None => class.class.to_string(),
			};
			let mut row = vec![name, class.samples.to_string(), part(class.same)];
			if let Some(labelled) = class.labelled {
				row.extend([
					labelled.to_string(),
					part(class.float_accuracy),
					part(class.integer_accuracy),
				]);
			}
			table.add_row(row);
		}
		table.column_iter_mut().enumerate().for_each(|(at, column)| {
			column.set_padding((if at == 0 { 4 } else { 0 }, 2));
			if at > 0 {
				column.set_cell_alignment(CellAlignment::Right);
			}
		});
		match table.row_count() {
			0 => Ok(()),
			_ => writeln!(f, "{}", table.trim_fmt()),
		}
	}
}

/// How the values of one output compare.
struct Value<'a>(&'a ValueComparison);

impl fmt::Display for Value<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let value = self.0;
		writeln!(f, "  same sign         {}", Percent(value.same_sign))?;
		writeln!(
			f,
			"  off by            {:.6} on average, {:.6} at most; {} of the standard deviation",
			value.mean_difference,
			value.largest_difference,
			Percent(value.relative_difference)
		)?;
		if let (Some(float), Some(integer)) = (value.float_error, value.integer_error) {
			writeln!(f, "  mean error        {float:.6} as floats, {integer:.6} as integers")?;
		}
		if let (Some(float), Some(integer)) = (value.float_worst, value.integer_worst) {
			writeln!(f, "  largest error     {float:.6} as floats, {integer:.6} as integers")?;
		}
		if let (Some(float), Some(integer)) = (value.float_r2, value.integer_r2) {
			writeln!(f, "  R2                {float:.4} as floats, {integer:.4} as integers")?;
		}
		Ok(())
	}
}

/// Columns in words, the first of them where there are many.
struct Columns<'a>(&'a [usize]);

impl fmt::Display for Columns<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		/// So many fit a line.
		const SHOWN: usize = 16;
		let shown: Vec<_> = self.0.iter().take(SHOWN).map(ToString::to_string).collect();
		let more = if self.0.len() > SHOWN { ", …" } else { "" };
		write!(f, "{}{more}", shown.join(", "))
	}
}

/// A part of one, in percent with two decimals.
struct Percent(f64);

impl fmt::Display for Percent {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{:.2} %", 100.0 * self.0)
	}
}
