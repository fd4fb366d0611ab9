// SPDX-License-Identifier: Apache-2.0
//! What a compilation found out, and what of it deserves a warning.

use core::fmt;

use candor_circuits::{Architecture, RunError};
use candor_statement::ModelCommitment;
use candor_text::abbreviated;
use serde::{Deserialize, Serialize};

use crate::{
	answer::{OutputKind, Short},
	files::ModelSchema,
	float,
	quantise::{constant, Dominant, InputQuantisation, Quantised},
	reference::{Reference, ReferenceError},
	samples::{Sample, Table},
};

/// More accuracy lost to the integers than this, as a part of one, is told in words.
const LOSS: f64 = 0.01;

/// Fewer samples with the float model's class or sign than this, as a part of one, are told in words.
const AGREEMENT: f64 = 0.97;

/// A larger difference of a value, relative to the spread of the values, is told in words.
const DIFFERENCE: f64 = 0.05;

/// A lower accuracy of the float model makes one doubt the labels or the order of the columns.
const FLOAT_ACCURACY: f64 = 0.5;

/// So many columns or neurons are named in a sentence.
const NAMED: usize = 3;

/// What a compilation found out, for people and for `--json`. Parts are parts of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
	/// The widths of the layers.
	pub architecture: Architecture,
	/// The number of weights and biases.
	pub parameters: usize,
	/// The constraints of the circuit.
	pub constraints: usize,
	/// The variables of the circuit.
	pub variables: usize,
	/// The public inputs of the circuit.
	pub public_inputs: usize,
	/// The commitment to the model.
	pub commitment: ModelCommitment,
	/// What the outputs are.
	pub output: OutputKind,
	/// The number of calibration samples.
	pub calibration_samples: usize,
	/// The column of the calibration samples that was taken for the label, from one.
	pub calibration_label_column: Option<usize>,
	/// The number of test samples.
	pub test_samples: Option<usize>,
	/// The column of the test samples that was taken for the label, from one.
	pub test_label_column: Option<usize>,
	/// The columns that do not vary in the calibration samples, from one.
	pub constant_columns: Vec<usize>,
	/// The part of the test set that the float model gets right; nothing without labels.
	pub float_accuracy: Option<f64>,
	/// The part of the test set that the integer model gets right; nothing without labels.
	pub integer_accuracy: Option<f64>,
	/// The part of the calibration samples to which both models give the same class; nothing where
	/// there are no classes.
	pub calibration_agreement: Option<f64>,
	/// The part of the test set to which both models give the same class; nothing where there are
	/// no classes.
	pub test_agreement: Option<f64>,
	/// How the values of a model with one output compare on the calibration samples.
	pub calibration_value: Option<ValueComparison>,
	/// How the values of a model with one output compare on the test set.
	pub test_value: Option<ValueComparison>,
	/// What should be looked at before the model is used.
	pub warnings: Vec<Warning>,
}

impl Report {
	/// What the integers cost, as a part of one: the accuracy that they lose on the test set; without
	/// labels the part of the samples that gets another class; for one output without labels the
	/// difference relative to the spread of the values.
	pub fn loss(&self) -> f64 {
		match (self.float_accuracy, self.integer_accuracy) {
			(Some(float), Some(integer)) => float - integer,
			_ => match self.test_value.or(self.calibration_value) {
				Some(value) => value.relative_difference,
				None => {
					1.0 - self.test_agreement.or(self.calibration_agreement).unwrap_or_default()
				}
			},
		}
	}
}

/// How the one output of integer and float model compare on some samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueComparison {
	/// The part of the samples for which both have the same sign.
	pub same_sign: f64,
	/// The mean of the absolute difference.
	pub mean_difference: f64,
	/// The largest absolute difference.
	pub largest_difference: f64,
	/// The root of the mean squared difference, relative to the standard deviation of the values.
	pub relative_difference: f64,
	/// The mean absolute error of the float model, where the targets are values.
	pub float_error: Option<f64>,
	/// The mean absolute error of the integer model, where the targets are values.
	pub integer_error: Option<f64>,
}

/// What should be looked at before a model is used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Warning {
	/// What kind of thing it is.
	pub kind: WarningKind,
	/// The columns of the file of samples that it is about, from one, where they are known.
	pub columns: Vec<usize>,
	/// In words.
	pub message: String,
}

/// The kinds of warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WarningKind {
	/// The integer model is less accurate than the float one.
	AccuracyLost,
	/// The integer model gives other answers than the float one.
	Disagreement,
	/// The float model itself is hardly ever right, which speaks against the labels.
	FloatAccuracy,
	/// No feature varies in the calibration samples.
	NothingVaries,
	/// A feature is constant in the calibration samples and varies in the test set.
	ConstantVaries,
	/// Features of the test set lie outside of what the calibration samples showed.
	OutOfRange,
	/// Features of calibration samples lie far outside of the others', and outside of the range.
	Outliers,
}

impl fmt::Display for Warning {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(&self.message)
	}
}

/// A part of one, in percent with two decimals.
pub(crate) struct Percent(pub f64);

impl fmt::Display for Percent {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{:.2} %", 100.0 * self.0)
	}
}

/// Why two models cannot be compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompareError {
	/// The float reference does not run.
	#[error(transparent)]
	Reference(#[from] ReferenceError),
	/// The integer model does not run.
	#[error(transparent)]
	Run(#[from] RunError),
}

/// How float and integer model compare on some samples.
pub(crate) struct Comparison {
	/// The part that the float model gets right.
	pub float_accuracy: Option<f64>,
	/// The part that the integer model gets right.
	pub integer_accuracy: Option<f64>,
	/// The part with the same class.
	pub agreement: Option<f64>,
	/// The values of one output.
	pub value: Option<ValueComparison>,
}

impl Comparison {
	pub(crate) fn new(
		quantised: &Quantised,
		reference: &Reference,
		samples: &[Sample],
	) -> Result<Self, CompareError> {
		let logits = samples
			.iter()
			.map(|sample| {
				let float = reference.run(&sample.features)?;
				Ok((float, quantised.logits(&sample.features)?))
			})
			.collect::<Result<Vec<_>, CompareError>>()?;
		let targets: Option<Vec<f64>> = samples.iter().map(|sample| sample.target).collect();
		Ok(match quantised.model.architecture().output_count() {
			1 => Self::of_values(&logits, targets.as_deref()),
			classes => Self::of_classes(&logits, targets.as_deref(), classes),
		})
	}

	fn of_classes(
		logits: &[(Vec<f64>, Vec<f64>)],
		targets: Option<&[f64]>,
		classes: usize,
	) -> Self {
		let answers: Vec<_> = logits
			.iter()
			.map(|(float, integer)| (float::argmax(float), float::argmax(integer)))
			.collect();
		let is_class =
			|target: &f64| target.fract() == 0.0 && (0.0..classes as f64).contains(target);
		let labels = targets.filter(|targets| targets.iter().all(is_class));
		let (floats, integers): (Vec<_>, Vec<_>) = answers.iter().copied().unzip();
		let right = |classes: &[Option<usize>]| {
			labels.map(|labels| {
				let pairs = classes.iter().zip(labels);
				part(pairs.map(|(class, label)| *class == Some(*label as usize)))
			})
		};
		Self {
			float_accuracy: right(&floats),
			integer_accuracy: right(&integers),
			agreement: Some(part(answers.iter().map(|(float, integer)| float == integer))),
			value: None,
		}
	}

	fn of_values(logits: &[(Vec<f64>, Vec<f64>)], targets: Option<&[f64]>) -> Self {
		let first = |values: &[f64]| values.first().copied().unwrap_or_default();
		let values: Vec<(f64, f64)> =
			logits.iter().map(|(float, integer)| (first(float), first(integer))).collect();
		let mean = mean(values.iter().map(|(float, _)| *float));
		let spread = self::mean(values.iter().map(|(float, _)| (float - mean).powi(2))).sqrt();
		let squared = self::mean(values.iter().map(|(a, b)| (a - b).powi(2))).sqrt();
		// Values that are all the same are compared with their size.
		let unit = if spread > 0.0 { spread } else { mean.abs() };
		let relative_difference = if squared > 0.0 { squared / unit } else { 0.0 };

		// The numbers of two classes, or their signs.
		let is_sign = |zero: f64| {
			targets.is_some_and(|all| all.iter().all(|target| *target == zero || *target == 1.0))
		};
		let labels = targets.filter(|_| is_sign(0.0) || is_sign(-1.0));
		let estimates = targets.filter(|_| labels.is_none());
		let right = |of: fn(&(f64, f64)) -> f64| {
			labels.map(|labels| {
				let pairs = values.iter().zip(labels);
				part(pairs.map(|(value, label)| (of(value) > 0.0) == (*label > 0.0)))
			})
		};
		let error = |of: fn(&(f64, f64)) -> f64| {
			estimates.map(|targets| {
				let pairs = values.iter().zip(targets);
				self::mean(pairs.map(|(value, target)| (of(value) - target).abs()))
			})
		};
		Self {
			float_accuracy: right(|value| value.0),
			integer_accuracy: right(|value| value.1),
			agreement: None,
			value: Some(ValueComparison {
				same_sign: part(values.iter().map(|(a, b)| (*a > 0.0) == (*b > 0.0))),
				mean_difference: self::mean(values.iter().map(|(a, b)| (a - b).abs())),
				largest_difference: values.iter().fold(0.0, |max, (a, b)| max.max((a - b).abs())),
				relative_difference,
				float_error: error(|value| value.0),
				integer_error: error(|value| value.1),
			}),
		}
	}

	/// Warnings about what the integers cost on the samples `of`.
	fn warnings(&self, of: &str, cause: &Cause) -> Option<Warning> {
		let (kind, message) = match (self.float_accuracy, self.integer_accuracy, self.value) {
			(Some(float), Some(integer), _) if float - integer > LOSS => (
				WarningKind::AccuracyLost,
				format!(
					"of the {of} samples the float model gets {} right and the integer model only {}",
					Percent(float),
					Percent(integer)
				),
			),
			(_, _, Some(value))
				if value.relative_difference > DIFFERENCE || value.same_sign < AGREEMENT =>
			{
				(
					WarningKind::Disagreement,
					format!(
						"on the {of} samples the integer model's value is off by {} of the values' standard deviation, and has the float model's sign for {}",
						Percent(value.relative_difference),
						Percent(value.same_sign)
					),
				)
			}
			_ => match self.agreement {
				Some(agreement) if agreement < AGREEMENT => (
					WarningKind::Disagreement,
					format!(
						"only {} of the {of} samples get the float model's class from the integer model",
						Percent(agreement)
					),
				),
				_ => return None,
			},
		};
		let columns = cause.columns.clone();
		Some(Warning { kind, columns, message: format!("{message}{}", cause.words) })
	}
}

/// What costs the integers their precision, as far as that is known.
struct Cause {
	columns: Vec<usize>,
	words: String,
}

impl Cause {
	/// A constant column costs the others nothing, however large its weights are.
	fn new(dominant: &[Dominant], table: &Table, constants: &[usize]) -> Self {
		let dominant: Vec<&Dominant> = dominant
			.iter()
			.filter(|dominant| dominant.layer != 1 || !constants.contains(&dominant.input))
			.collect();
		let columns: Vec<usize> = dominant
			.iter()
			.filter(|dominant| dominant.layer == 1)
			.map(|dominant| table.column(dominant.input))
			.collect();
		let places: Vec<String> = dominant
			.iter()
			.take(NAMED)
			.map(|Dominant { layer, input }| match layer {
				1 => named_column(table, *input),
				layer => format!("input {input} of layer {layer}"),
			})
			.collect();
		let words = if places.is_empty() {
			"; no single column or neuron outweighs the others: answers may be close to one another, or the calibration samples cover a wider range than is needed"
				.into()
		} else {
			let more = if dominant.len() > NAMED { ", …" } else { "" };
			format!("; {}{more} outweighs the others and leaves them little precision: bring it to the size of the others, or remove outliers", places.join(", "))
		};
		Self { columns, words }
	}
}

/// A column of a file of samples, with its name.
fn named_column(table: &Table, feature: usize) -> String {
	let name = table.names.as_ref().and_then(|names| names.get(feature - 1));
	match name {
		Some(name) => format!("column {} (`{}`)", table.column(feature), abbreviated(name)),
		None => format!("column {}", table.column(feature)),
	}
}

/// The features that do not vary in some samples, from one, with the smallest and largest value.
pub(crate) fn constants(samples: &[Sample], width: usize) -> Vec<(usize, (f64, f64))> {
	(0..width)
		.filter_map(|feature| {
			let values = samples.iter().filter_map(|sample| sample.features.get(feature));
			let span = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
				(low.min(*x), high.max(*x))
			});
			constant(span).map(|_| (feature + 1, span))
		})
		.collect()
}

/// What is known for warnings.
pub(crate) struct Findings<'a> {
	pub schema: &'a ModelSchema,
	pub dominant: &'a [Dominant],
	pub calibration: &'a Table,
	pub on_calibration: &'a Comparison,
	pub test: Option<(&'a Table, &'a Comparison)>,
}

impl Findings<'_> {
	/// Everything that should be looked at.
	pub(crate) fn warnings(&self) -> Vec<Warning> {
		let constants = constants(&self.calibration.samples, self.schema.input_len);
		let constants: Vec<usize> = constants.into_iter().map(|(feature, _)| feature).collect();
		let cause = Cause::new(self.dominant, self.calibration, &constants);
		let mut warnings = Vec::new();
		let of_test = self.test.and_then(|(_, on_test)| on_test.warnings("test", &cause));
		let of_calibration = || self.on_calibration.warnings("calibration", &cause);
		warnings.extend(of_test.or_else(of_calibration));
		if constants.len() == self.schema.input_len {
			warnings.push(Warning {
				kind: WarningKind::NothingVaries,
				columns: constants.iter().map(|feature| self.calibration.column(*feature)).collect(),
				message: format!(
					"no column varies in the calibration samples ({} of them), so nothing is known of the range of other inputs; calibrate with samples like those that the model will see",
					self.calibration.samples.len()
				),
			});
		}
		warnings.extend(float_accuracy("calibration", self.calibration, self.on_calibration));
		warnings.extend(self.clipped("calibration", self.calibration, WarningKind::Outliers));
		if let Some((test, on_test)) = self.test {
			warnings.extend(float_accuracy("test", test, on_test));
			warnings.extend(self.varying(test));
			warnings.extend(self.clipped("test", test, WarningKind::OutOfRange));
		}
		warnings
	}

	/// Features that are constant in the calibration samples and not in the test set. A scale that all
	/// features share knows the size of these as well.
	fn varying(&self, test: &Table) -> Option<Warning> {
		if matches!(self.schema.input, InputQuantisation::PerTensor { .. }) {
			return None;
		}
		let found: Vec<_> = constants(&self.calibration.samples, self.schema.input_len)
			.into_iter()
			.filter_map(|(feature, (low, high))| {
				let other = test.samples.iter().find_map(|sample| {
					let value = *sample.features.get(feature - 1)?;
					(value < low || value > high).then_some((sample.line, value))
				});
				other.map(|(line, value)| (feature, low, line, value))
			})
			.collect();
		let (feature, constant, line, value) = found.first()?;
		let more = match found.len() {
			1 => String::new(),
			count => format!(", and so do {} other columns", count - 1),
		};
		Some(Warning {
			kind: WarningKind::ConstantVaries,
			columns: found.iter().map(|(feature, ..)| test.column(*feature)).collect(),
			message: format!(
				"{} is {} in all calibration samples and varies in the test samples (in line {line} it is {}){more}; calibrate with samples in which it varies",
				named_column(self.calibration, *feature),
				Short(*constant),
				Short(*value),
			),
		})
	}

	/// Samples with features outside of the range.
	fn clipped(&self, of: &str, table: &Table, kind: WarningKind) -> Option<Warning> {
		let mut count = 0;
		let mut first = None;
		let mut columns = Vec::new();
		for sample in &table.samples {
			let clipped = self.schema.clipped(&sample.features);
			if clipped.is_empty() {
				continue;
			}
			count += 1;
			columns.extend(clipped.iter().map(|clipped| table.column(clipped.feature)));
			first.get_or_insert((sample.line, clipped));
		}
		let (line, clipped) = first?;
		columns.sort_unstable();
		columns.dedup();
		let what = match kind {
			WarningKind::Outliers => "lie far from the others and were left out of the range",
			_ => "lie outside of what the calibration showed",
		};
		Some(Warning {
			kind,
			columns,
			message: format!(
				"{count} of {} {of} samples {what}, the first in line {line}: {}",
				table.samples.len(),
				clipped.first()?
			),
		})
	}
}

/// A float model that is hardly ever right speaks against the labels.
fn float_accuracy(of: &str, table: &Table, comparison: &Comparison) -> Option<Warning> {
	let accuracy = comparison.float_accuracy.filter(|accuracy| *accuracy < FLOAT_ACCURACY)?;
	let label = table.label?;
	Some(Warning {
		kind: WarningKind::FloatAccuracy,
		columns: vec![label],
		message: format!(
			"the float model itself gets only {} of the {of} samples right: does column {label} hold the labels as the model numbers them, and are the features in the model's order?",
			Percent(accuracy)
		),
	})
}

fn part(answers: impl ExactSizeIterator<Item = bool>) -> f64 {
	let count = answers.len() as f64;
	answers.filter(|yes| *yes).count() as f64 / count
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
	let count = values.len() as f64;
	values.sum::<f64>() / count
}
