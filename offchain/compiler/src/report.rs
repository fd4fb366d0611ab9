// SPDX-License-Identifier: Apache-2.0
//! What a compilation found out.

use core::fmt;

use candor_operators::{Architecture, Scheme};
use serde::{Deserialize, Serialize};

use crate::answer::OutputKind;

/// What a compilation found out, for people and for `--json`. Parts are parts of one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
	/// The graph, by its short name where it has one.
	#[serde(serialize_with = "by_name")]
	pub architecture: Architecture,
	/// The number of weights and biases.
	pub parameters: usize,
	/// The scheme whose circuit is counted: the one that a setup takes by itself.
	pub scheme: Scheme,
	/// The constraints of the circuit.
	pub constraints: usize,
	/// Whether the circuit's limbs are fitted to these weights; otherwise they hold the sums of any.
	pub limbs_fitted: bool,
	/// The constraints with the other limbs, for one run; nothing where no others are smaller, or for several runs.
	pub constraints_otherwise: Option<usize>,
	/// The variables of the circuit.
	pub variables: usize,
	/// The public inputs of a proof, challenges excepted.
	pub public_inputs: usize,
	/// What the outputs are.
	pub output: OutputKind,
	/// Whether they were taken for classes only because nothing says otherwise.
	pub output_assumed: bool,
	/// What the classes are called, in the order of their numbers, where the file says so.
	pub class_labels: Option<Vec<String>>,
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
	/// Each class on the test set, or without one on the calibration samples; empty where there are none.
	pub classes: Vec<ClassComparison>,
	/// How the values of a model with one output compare on the calibration samples.
	pub calibration_value: Option<ValueComparison>,
	/// How the values of a model with one output compare on the test set.
	pub test_value: Option<ValueComparison>,
	/// How the values of each output compare on the test set, or without one on the calibration samples,
	/// where several outputs are values.
	pub values: Vec<ValueComparison>,
	/// What should be looked at before the model is used.
	pub warnings: Vec<Warning>,
}

impl Report {
	/// What the integers cost, as a part of one: the accuracy that they lose on the test set; without
	/// labels the part of the samples that gets another class; for values the difference relative to their
	/// spread, of several the largest.
	pub fn loss(&self) -> f64 {
		match (self.float_accuracy, self.integer_accuracy) {
			(Some(float), Some(integer)) => float - integer,
			_ => match self.test_agreement.or(self.calibration_agreement) {
				Some(agreement) => 1.0 - agreement,
				None => {
					let one = self.test_value.or(self.calibration_value);
					let values = self.values.iter().copied().chain(one);
					values.fold(0.0, |most: f64, value| most.max(value.relative_difference))
				}
			},
		}
	}
}

/// An architecture as its name.
fn by_name<S: serde::Serializer>(
	architecture: &Architecture,
	serializer: S,
) -> Result<S::Ok, S::Error> {
	serializer.collect_str(architecture)
}

/// How one class fares on some samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassComparison {
	/// Its number, from zero.
	pub class: usize,
	/// The number of samples that get it from the float model.
	pub samples: usize,
	/// The part of these that get it from the integer model as well; nothing where there is none.
	pub same: Option<f64>,
	/// The number of samples whose label it is; nothing without labels.
	pub labelled: Option<usize>,
	/// The part of these that get it from the float model; nothing where there is none.
	pub float_accuracy: Option<f64>,
	/// The part of these that get it from the integer model; nothing where there is none.
	pub integer_accuracy: Option<f64>,
}

/// How one output of integer and float model compare on some samples.
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
	/// The largest absolute error of the float model, where the targets are values.
	pub float_worst: Option<f64>,
	/// The largest absolute error of the integer model, where the targets are values.
	pub integer_worst: Option<f64>,
	/// The part of the targets' variance that the float model explains, where it can be told.
	pub float_r2: Option<f64>,
	/// The part of the targets' variance that the integer model explains, where it can be told.
	pub integer_r2: Option<f64>,
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
	/// The test set lies in a small part of what the calibration samples showed.
	Narrow,
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
