// SPDX-License-Identifier: Apache-2.0
//! How the integer model compares with the float one on some samples.

use candor_graph::argmax;
use candor_operators::RunError;

use crate::{
	findings::Cause,
	quantise::Quantised,
	reference::{Reference, ReferenceError},
	report::{Percent, ValueComparison, Warning, WarningKind},
	samples::Sample,
};

/// More accuracy lost to the integers than this, as a part of one, is told in words.
const LOSS: f64 = 0.01;

/// Fewer samples with the float model's class or sign than this, as a part of one, are told in words.
const AGREEMENT: f64 = 0.97;

/// A larger difference of a value, relative to the spread of the values, is told in words.
const DIFFERENCE: f64 = 0.05;

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
		let answers: Vec<_> =
			logits.iter().map(|(float, integer)| (argmax(float), argmax(integer))).collect();
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
	pub(crate) fn warnings(&self, of: &str, cause: &Cause) -> Option<Warning> {
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

fn part(answers: impl ExactSizeIterator<Item = bool>) -> f64 {
	let count = answers.len() as f64;
	answers.filter(|yes| *yes).count() as f64 / count
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
	let count = values.len() as f64;
	values.sum::<f64>() / count
}
