// SPDX-License-Identifier: Apache-2.0
//! How the integer model compares with the float one on some samples.

use candor_graph::argmax;
use candor_operators::RunError;

use crate::{
	answer::OutputKind,
	findings::Cause,
	quantise::Quantised,
	report::{ClassComparison, Percent, ValueComparison, Warning, WarningKind},
	samples::Sample,
};

/// More accuracy lost to the integers than this, as a part of one, is told in words.
const LOSS: f64 = 0.01;

/// Fewer samples with the float model's class or sign than this, as a part of one, are told in words.
const AGREEMENT: f64 = 0.97;

/// A larger difference of a value, relative to the spread of the values, is told in words.
const DIFFERENCE: f64 = 0.05;

/// How float and integer model compare on some samples.
pub(crate) struct Comparison {
	/// The part that the float model gets right.
	pub float_accuracy: Option<f64>,
	/// The part that the integer model gets right.
	pub integer_accuracy: Option<f64>,
	/// The part with the same class.
	pub agreement: Option<f64>,
	/// The samples of each class.
	pub classes: Vec<ClassComparison>,
	/// The values of each output.
	pub values: Vec<ValueComparison>,
	/// Whether the sign of a value says something.
	has_sign: bool,
	/// The logits of each sample.
	pub logits: Vec<Pair>,
}

/// Logits of the float and of the integer model.
pub(crate) type Pair = (Vec<f64>, Vec<f64>);

impl Comparison {
	/// `floats` are the float model's logits of the samples.
	pub(crate) fn new(
		quantised: &Quantised,
		output: OutputKind,
		samples: &[Sample],
		floats: Vec<Vec<f64>>,
	) -> Result<Self, RunError> {
		let logits = samples
			.iter()
			.zip(floats)
			.map(|(sample, float)| Ok((float, quantised.logits(&sample.features)?)))
			.collect::<Result<Vec<Pair>, RunError>>()?;
		let outputs = quantised.model.architecture().output_count();
		let targets = |output: usize| -> Option<Vec<f64>> {
			samples.iter().map(|sample| sample.targets.get(output).copied()).collect()
		};
		let first = targets(0);
		let compared = match output {
			OutputKind::Classes => Self::of_classes(&logits, first.as_deref(), outputs),
			OutputKind::Sign => Self::of_signs(&logits, first.as_deref()),
			OutputKind::Value => {
				let mut all = Self::of_values(&logits, vec![first]);
				all.has_sign = true;
				all
			}
			OutputKind::Values => Self::of_values(&logits, (0..outputs).map(targets).collect()),
		};
		Ok(Self { logits, ..compared })
	}

	/// The one output, where there is one.
	pub(crate) fn value(&self) -> Option<ValueComparison> {
		match self.values[..] {
			[value] => Some(value),
			_ => None,
		}
	}

	fn of_classes(logits: &[Pair], targets: Option<&[f64]>, classes: usize) -> Self {
		let class = |logits: &[f64]| argmax(logits).unwrap_or_default();
		let answers: Vec<(usize, usize)> =
			logits.iter().map(|(float, integer)| (class(float), class(integer))).collect();
		Self::of_answers(&answers, targets, classes)
	}

	/// One logit of two classes. Targets may be the numbers of these or their signs.
	fn of_signs(logits: &[Pair], targets: Option<&[f64]>) -> Self {
		let positive = |logits: &[f64]| logits.first().is_some_and(|logit| *logit > 0.0);
		let answers: Vec<(usize, usize)> = logits
			.iter()
			.map(|(float, integer)| (positive(float).into(), positive(integer).into()))
			.collect();
		let classes = targets.filter(|targets| are_signs(targets)).map(|targets| -> Vec<f64> {
			targets.iter().map(|target| f64::from(u8::from(*target > 0.0))).collect()
		});
		let values = Self::of_values(logits, vec![None]).values;
		Self { values, has_sign: true, ..Self::of_answers(&answers, classes.as_deref(), 2) }
	}

	fn of_answers(answers: &[(usize, usize)], targets: Option<&[f64]>, classes: usize) -> Self {
		let is_class =
			|target: &f64| target.fract() == 0.0 && (0.0..classes as f64).contains(target);
		let labels = targets.filter(|targets| targets.iter().all(is_class));
		let right = |of: fn(&(usize, usize)) -> usize| {
			labels.map(|labels| {
				let pairs = answers.iter().zip(labels);
				part(pairs.map(|(answer, label)| of(answer) == *label as usize))
			})
		};
		let of_class = |class: usize| {
			let own: Vec<_> = answers.iter().filter(|(float, _)| *float == class).collect();
			let same = own.iter().map(|(float, integer)| float == integer);
			let same = (!own.is_empty()).then(|| part(same));
			let labelled = labels.map(|labels| {
				let pairs = answers.iter().zip(labels);
				pairs.filter(|(_, label)| **label as usize == class).map(|(answer, _)| answer)
			});
			let labelled: Option<Vec<_>> = labelled.map(Iterator::collect);
			let right = |of: fn(&(usize, usize)) -> usize| {
				let labelled = labelled.as_ref().filter(|labelled| !labelled.is_empty())?;
				Some(part(labelled.iter().map(|answer| of(answer) == class)))
			};
			ClassComparison {
				class,
				samples: own.len(),
				same,
				float_accuracy: right(|answer| answer.0),
				integer_accuracy: right(|answer| answer.1),
				labelled: labelled.as_ref().map(Vec::len),
			}
		};
		Self {
			float_accuracy: right(|answer| answer.0),
			integer_accuracy: right(|answer| answer.1),
			agreement: Some(part(answers.iter().map(|(float, integer)| float == integer))),
			classes: (0..classes).map(of_class).collect(),
			values: Vec::new(),
			has_sign: false,
			logits: Vec::new(),
		}
	}

	fn of_values(logits: &[Pair], targets: Vec<Option<Vec<f64>>>) -> Self {
		let mut accuracies = (None, None);
		let outputs = targets.len();
		let values = targets.into_iter().enumerate().map(|(output, targets)| {
			let at = |values: &[f64]| values.get(output).copied().unwrap_or_default();
			let values: Vec<(f64, f64)> =
				logits.iter().map(|(float, integer)| (at(float), at(integer))).collect();
			// The numbers of two classes, or their signs.
			let is_class = outputs == 1 && targets.as_ref().is_some_and(|all| are_signs(all));
			if is_class {
				let right = |of: fn(&(f64, f64)) -> f64| {
					let labels = targets.as_deref().unwrap_or_default();
					let pairs = values.iter().zip(labels);
					part(pairs.map(|(value, label)| (of(value) > 0.0) == (*label > 0.0)))
				};
				accuracies = (Some(right(|value| value.0)), Some(right(|value| value.1)));
			}
			compare_values(&values, targets.as_deref().filter(|_| !is_class))
		});
		let values: Vec<ValueComparison> = values.collect();
		let (float_accuracy, integer_accuracy) = accuracies;
		let (agreement, classes) = (None, Vec::new());
		Self {
			float_accuracy,
			integer_accuracy,
			agreement,
			classes,
			values,
			has_sign: false,
			logits: Vec::new(),
		}
	}

	/// Warnings about what the integers cost on the samples `of`.
	pub(crate) fn warnings(&self, of: &str, cause: impl Fn() -> Cause) -> Option<Warning> {
		let size = |value: &&ValueComparison| value.relative_difference;
		let worst = self.values.iter().max_by(|a, b| size(a).total_cmp(&size(b)));
		let (kind, message) = match (self.float_accuracy, self.integer_accuracy, worst) {
			(Some(float), Some(integer), _) if float - integer > LOSS => (
				WarningKind::AccuracyLost,
				format!(
					"of the {of} samples the float model gets {} right and the integer model only {}",
					Percent(float),
					Percent(integer)
				),
			),
			(_, _, Some(value))
				if value.relative_difference > DIFFERENCE
					|| self.has_sign && value.same_sign < AGREEMENT =>
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
		let Cause { columns, words } = cause();
		Some(Warning { kind, columns, message: format!("{message}{words}") })
	}
}

/// Whether targets are the numbers of two classes, or their signs.
pub(crate) fn are_signs(targets: &[f64]) -> bool {
	let are = |zero: f64| targets.iter().all(|target| *target == zero || *target == 1.0);
	are(0.0) || are(-1.0)
}

/// How pairs of values of the float and the integer model compare, and what they are off by where
/// they estimate targets.
fn compare_values(values: &[(f64, f64)], targets: Option<&[f64]>) -> ValueComparison {
	let mean_float = mean(values.iter().map(|(float, _)| *float));
	let spread = mean(values.iter().map(|(float, _)| (float - mean_float).powi(2))).sqrt();
	let squared = mean(values.iter().map(|(a, b)| (a - b).powi(2))).sqrt();
	// Values that are all the same are compared with their size.
	let unit = if spread > 0.0 { spread } else { mean_float.abs() };
	let relative_difference = if squared > 0.0 { squared / unit } else { 0.0 };
	let errors =
		|of: fn(&(f64, f64)) -> f64| targets.map(|targets| Errors::new(values, targets, of));
	let (float, integer) = (errors(|value| value.0), errors(|value| value.1));
	ValueComparison {
		same_sign: part(values.iter().map(|(a, b)| (*a > 0.0) == (*b > 0.0))),
		mean_difference: mean(values.iter().map(|(a, b)| (a - b).abs())),
		largest_difference: values.iter().fold(0.0, |max, (a, b)| max.max((a - b).abs())),
		relative_difference,
		float_error: float.as_ref().map(|errors| errors.mean),
		integer_error: integer.as_ref().map(|errors| errors.mean),
		float_worst: float.as_ref().map(|errors| errors.worst),
		integer_worst: integer.as_ref().map(|errors| errors.worst),
		float_r2: float.and_then(|errors| errors.r2),
		integer_r2: integer.and_then(|errors| errors.r2),
	}
}

/// What estimates are off by.
struct Errors {
	/// The mean of the absolute error.
	mean: f64,
	/// The largest absolute error.
	worst: f64,
	/// The part of the targets' variance that the estimates explain; nothing where they do not vary.
	r2: Option<f64>,
}

impl Errors {
	fn new(values: &[(f64, f64)], targets: &[f64], of: fn(&(f64, f64)) -> f64) -> Self {
		let errors: Vec<f64> =
			values.iter().zip(targets).map(|(value, target)| of(value) - target).collect();
		let middle = mean(targets.iter().copied());
		let variance = mean(targets.iter().map(|target| (target - middle).powi(2)));
		let squared = mean(errors.iter().map(|error| error * error));
		Self {
			mean: mean(errors.iter().map(|error| error.abs())),
			worst: errors.iter().fold(0.0, |max: f64, error| max.max(error.abs())),
			r2: (variance > 0.0).then(|| 1.0 - squared / variance),
		}
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
