// SPDX-License-Identifier: Apache-2.0
//! Which samples the two models answer differently, and with what.

use candor_graph::argmax;
use serde::Serialize;

use crate::{
	answer::OutputKind,
	comparison::{are_signs, Pair},
	compile::Measured,
	quantise::margins,
	samples::Sample,
};

/// A confusion matrix of more classes is no longer read.
const CLASSES: usize = 64;

/// What both models answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answers {
	/// The file whose samples these are.
	pub of: SampleFile,
	/// The number of its samples.
	pub samples: usize,
	/// The samples to which the models give different answers, in the order of the file.
	pub differing: Vec<Differing>,
	/// Which classes are taken for which others, where there are labels of no more than 64 classes.
	pub confusion: Option<Confusion>,
}

/// Files of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SampleFile {
	/// That of the calibration.
	Calibration,
	/// That of the test set.
	Test,
}

/// A sample to which the models give different answers: different classes, or a value that is off by more
/// than a twentieth of the values' standard deviation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Differing {
	/// Its line in the file, from one.
	pub line: u64,
	/// The output, from one, where the outputs are values.
	pub output: Option<usize>,
	/// What the float model answers.
	pub float: Told,
	/// What the integer model answers.
	pub integer: Told,
	/// What the file says.
	pub label: Option<Told>,
}

/// An answer or a label.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Told {
	/// The number of a class.
	Class(usize),
	/// A value.
	Value(f64),
}

/// How many samples of a class get which class: a row for each label, a column for each answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confusion {
	/// From the float model.
	pub float: Vec<Vec<usize>>,
	/// From the integer model.
	pub integer: Vec<Vec<usize>>,
}

impl Answers {
	/// The answers on the test set, or without one on the calibration samples.
	pub(crate) fn new(measured: &Measured) -> Self {
		let (table, comparison) = measured.compared();
		let of = match measured.test {
			Some(_) => SampleFile::Test,
			None => SampleFile::Calibration,
		};
		let outputs = measured.quantised.model.architecture().output_count();
		let (samples, logits) = (&table.samples, &comparison.logits);
		let (differing, confusion) = match measured.output {
			OutputKind::Classes => {
				let class = |logits: &[f64]| argmax(logits).unwrap_or_default();
				of_classes(samples, logits, class, outputs)
			}
			OutputKind::Sign => of_classes(samples, logits, sign, 2),
			OutputKind::Value | OutputKind::Values => (of_values(samples, logits), None),
		};
		Self { of, samples: samples.len(), differing, confusion }
	}
}

/// The class that the sign of one logit tells.
fn sign(logits: &[f64]) -> usize {
	logits.first().is_some_and(|logit| *logit > 0.0).into()
}

/// The classes that labels are, where all of them are some. Those of two classes may be signs.
fn labels(samples: &[Sample], classes: usize) -> Option<Vec<usize>> {
	let targets: Option<Vec<f64>> =
		samples.iter().map(|sample| sample.targets.first().copied()).collect();
	let targets = targets?;
	if classes == 2 && are_signs(&targets) {
		return Some(targets.iter().map(|target| usize::from(*target > 0.0)).collect());
	}
	let is_class = |target: &f64| target.fract() == 0.0 && (0.0..classes as f64).contains(target);
	let all = targets.iter().all(is_class);
	all.then(|| targets.iter().map(|target| *target as usize).collect())
}

fn of_classes(
	samples: &[Sample],
	logits: &[Pair],
	class: impl Fn(&[f64]) -> usize,
	classes: usize,
) -> (Vec<Differing>, Option<Confusion>) {
	let labels = labels(samples, classes);
	let answers: Vec<(usize, usize)> =
		logits.iter().map(|(float, integer)| (class(float), class(integer))).collect();
	let differing = samples.iter().zip(&answers).enumerate().filter_map(|(at, (sample, pair))| {
		let label = labels.as_ref().and_then(|labels| labels.get(at)).copied();
		(pair.0 != pair.1).then_some(Differing {
			line: sample.line,
			output: None,
			float: Told::Class(pair.0),
			integer: Told::Class(pair.1),
			label: label.map(Told::Class),
		})
	});
	let differing = differing.collect();
	let confusion = labels.filter(|_| classes <= CLASSES).map(|labels| {
		let empty = vec![vec![0; classes]; classes];
		let mut confusion = Confusion { float: empty.clone(), integer: empty };
		for (label, (float, integer)) in labels.iter().zip(&answers) {
			confusion.float[*label][*float] += 1;
			confusion.integer[*label][*integer] += 1;
		}
		confusion
	});
	(differing, confusion)
}

fn of_values(samples: &[Sample], logits: &[Pair]) -> Vec<Differing> {
	let floats: Vec<Vec<f64>> = logits.iter().map(|(float, _)| float.clone()).collect();
	let margins = margins(&floats);
	let mut differing = Vec::new();
	for (sample, (float, integer)) in samples.iter().zip(logits) {
		let values = float.iter().zip(integer).zip(&margins).enumerate();
		let apart =
			values.filter(|(_, ((float, integer), margin))| (*float - *integer).abs() > **margin);
		differing.extend(apart.map(|(output, ((float, integer), _))| Differing {
			line: sample.line,
			output: Some(output + 1),
			float: Told::Value(*float),
			integer: Told::Value(*integer),
			label: sample.targets.get(output).copied().map(Told::Value),
		}));
	}
	differing
}

#[cfg(test)]
mod tests {
	use super::*;

	fn samples(targets: &[f64]) -> Vec<Sample> {
		let sample = |(line, target): (u64, &f64)| Sample {
			features: vec![0.0],
			targets: vec![*target],
			line,
		};
		(2..).zip(targets).map(sample).collect()
	}

	#[test]
	fn signs_and_numbers_of_two_classes_are_the_same_labels() {
		assert_eq!(labels(&samples(&[-1.0, 1.0]), 2), Some(vec![0, 1]));
		assert_eq!(labels(&samples(&[0.0, 1.0]), 2), Some(vec![0, 1]));
		assert_eq!(labels(&samples(&[0.0, 2.0]), 3), Some(vec![0, 2]));
		assert_eq!(labels(&samples(&[0.0, 3.0]), 3), None);
		assert_eq!(labels(&samples(&[0.5]), 3), None);
	}

	#[test]
	fn samples_with_another_class_are_named_by_their_line() {
		let logits = [
			(vec![1.0, 2.0, 0.0], vec![1.0, 2.0, 0.0]),
			(vec![3.0, 2.0, 0.0], vec![1.0, 2.0, 0.0]),
		];
		let class = |logits: &[f64]| argmax(logits).unwrap_or_default();
		let (differing, confusion) = of_classes(&samples(&[2.0, 0.0]), &logits, class, 3);
		let expected = Differing {
			line: 3,
			output: None,
			float: Told::Class(0),
			integer: Told::Class(1),
			label: Some(Told::Class(0)),
		};
		assert_eq!(differing, [expected]);
		let confusion = confusion.expect("labels");
		assert_eq!(confusion.float, [[1, 0, 0], [0, 0, 0], [0, 1, 0]]);
		assert_eq!(confusion.integer, [[0, 1, 0], [0, 0, 0], [0, 1, 0]]);
	}

	#[test]
	fn values_differ_beyond_a_twentieth_of_their_spread() {
		let logits = [(vec![0.0], vec![0.047]), (vec![2.0], vec![2.0]), (vec![0.0], vec![0.048])];
		// A twentieth of their standard deviation is 0.0471.
		let differing = of_values(&samples(&[7.0, 8.0, 9.0]), &logits);
		let lines: Vec<u64> = differing.iter().map(|differing| differing.line).collect();
		assert_eq!(lines, [4]);
		assert_eq!((differing[0].output, differing[0].label), (Some(1), Some(Told::Value(9.0))));
	}
}
