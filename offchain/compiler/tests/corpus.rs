// SPDX-License-Identifier: Apache-2.0
//! Ordinary models of scikit-learn, XGBoost and LightGBM, as exporters write them (`models/corpus`): what is read out of
//! each file is compared with what onnxruntime answers, and what the integers cost with a table.

use std::path::{Path, PathBuf};

use candor_compiler::{
	compile,
	samples::{self, Layout, Sample, Target},
	Limbs, OnnxModel, OutputKind, Report, Sources,
};
use rand::{rngs::StdRng, SeedableRng};
use serde::Deserialize;

/// The table of the folder's README.
const README: &str = include_str!("../../../models/corpus/README.md");

/// The largest difference of a number that onnxruntime computes in float32, relative to the largest one.
const TOLERANCE: f64 = 2e-4;

/// The mean difference of a file that rounds data to integers of its own, and cuts it to their range, which the reading of
/// it does not.
const ROUNDED: f64 = 0.02;

/// One in so many of its held-out samples may have another class.
const OTHERS: usize = 20;

/// No model loses more of its held-out samples to the integers than two of sixty.
const LOSS: f64 = 0.034;

/// Values are off by no more than this part of their standard deviation. Several share a unit, however
/// different their sizes are: one of the three of Linnerud is off by 8 %.
const DIFFERENCE: f64 = 0.1;

// Of this checkout, and not of the one that the test was compiled in.
fn folder() -> PathBuf {
	let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs it");
	Path::new(&package).join("../../models/corpus")
}

/// A model, and what onnxruntime answers for its held-out samples.
#[derive(Deserialize)]
struct Entry {
	name: String,
	data: String,
	scores: Scores,
	labels: Option<Vec<String>>,
	probabilities: Option<Vec<Vec<f64>>>,
	values: Option<Vec<Vec<f64>>>,
	/// Whether the file rounds data to integers.
	#[serde(default)]
	quantised: bool,
}

/// How the scores of a file follow from its logits.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Scores {
	/// They are the logits.
	Raw,
	Softmax,
	/// Of one logit: complement and probability.
	Sigmoid,
	/// Of one logit, which is by how much a probability is above one half: complement and probability.
	Probability,
	/// Each on its own, then divided by their sum.
	Logistic,
	/// Nothing but the label is compared.
	Label,
	/// Estimates.
	Values,
}

impl Scores {
	fn of(self, logits: &[f64]) -> Option<Vec<f64>> {
		let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
		let normalised = |scores: Vec<f64>| {
			let sum: f64 = scores.iter().sum();
			scores.into_iter().map(|score| score / sum).collect()
		};
		match self {
			Self::Raw | Self::Values => Some(logits.to_vec()),
			Self::Softmax => Some(normalised(logits.iter().map(|x| x.exp()).collect())),
			Self::Logistic => Some(normalised(logits.iter().map(|x| sigmoid(*x)).collect())),
			Self::Sigmoid => Some(vec![1.0 - sigmoid(logits[0]), sigmoid(logits[0])]),
			Self::Probability => Some(vec![0.5 - logits[0], 0.5 + logits[0]]),
			Self::Label => None,
		}
	}
}

impl Entry {
	fn all() -> Vec<Self> {
		let text = std::fs::read_to_string(folder().join("corpus.json")).expect("the corpus");
		serde_json::from_str(&text).expect("a list of models")
	}

	fn onnx(&self) -> PathBuf {
		folder().join(format!("{}.onnx", self.name))
	}

	fn samples(&self, part: &str) -> PathBuf {
		folder().join(format!("{}-{part}.csv", self.data))
	}

	fn held_out(&self, model: &OnnxModel) -> Vec<Sample> {
		let architecture = &model.reading.model.architecture;
		let (features, outputs) = (architecture.input_len(), architecture.output_count());
		let target = match self.scores {
			Scores::Values if outputs > 1 => Target::Values { outputs },
			_ => Target::Optional { outputs },
		};
		let layout = Layout { features, names: None, label: None, labels: None, target };
		samples::read(&self.samples("test"), &layout).expect("held-out samples").samples
	}

	/// Compares with the answers of onnxruntime; says what differs.
	fn fault(&self, model: &OnnxModel) -> Option<String> {
		let (mut apart, mut largest, mut others) = (Vec::new(), 0f64, 0);
		let samples = self.held_out(model);
		for (at, sample) in samples.iter().enumerate() {
			let logits = model.reading.model.run(&sample.features);
			let expected = self.values.as_ref().or(self.probabilities.as_ref()).map(|all| &all[at]);
			if let (Some(expected), Some(scores)) = (expected, self.scores.of(&logits)) {
				if expected.len() != scores.len() {
					return Some(format!("{} scores, not {}", scores.len(), expected.len()));
				}
				for (expected, score) in expected.iter().zip(scores) {
					apart.push((expected - score).abs());
					largest = largest.max(expected.abs());
				}
			}
			let Some(labels) = &self.labels else { continue };
			let class = match logits[..] {
				[logit] => usize::from(logit > 0.0),
				_ => candor_graph::argmax(&logits).expect("logits"),
			};
			let known = model.reading.labels.as_ref();
			let label = known.map_or_else(|| class.to_string(), |known| known[class].clone());
			if label == labels[at] {
				continue;
			}
			others += 1;
			if !self.quantised || others * OTHERS > samples.len() {
				return Some(format!("sample {at} is `{label}`, not `{}`", labels[at]));
			}
		}
		let (apart, tolerance) = if self.quantised {
			(apart.iter().sum::<f64>() / apart.len() as f64, ROUNDED)
		} else {
			(apart.into_iter().fold(0.0, f64::max), TOLERANCE)
		};
		(apart > tolerance * largest).then(|| format!("off by {apart:e} of {largest:e}"))
	}

	fn compiled(&self) -> Report {
		let (onnx, calibration, test) =
			(self.onnx(), self.samples("calibration"), self.samples("test"));
		let sources = Sources {
			onnx: &onnx,
			calibration: &calibration,
			test: Some(&test),
			label: None,
			outputs: None,
			limbs: Limbs::Auto,
		};
		let compiled = compile(&sources, &mut StdRng::seed_from_u64(1));
		compiled.unwrap_or_else(|error| panic!("{}: {error}", self.name)).report
	}

	/// The row of the table.
	fn row(&self, report: &Report) -> String {
		let Self { name, data, .. } = self;
		let percent = |part: Option<f64>| match part {
			Some(part) => format!("{:.1} %", 100.0 * part),
			None => "–".into(),
		};
		let (float, integer, same) = match report.output {
			OutputKind::Classes | OutputKind::Sign => (
				percent(report.float_accuracy),
				percent(report.integer_accuracy),
				percent(report.test_agreement),
			),
			OutputKind::Value | OutputKind::Values => {
				let values: Vec<_> = report.values.iter().chain(&report.test_value).collect();
				let errors = |of: fn(&candor_compiler::ValueComparison) -> [Option<f64>; 2]| {
					let errors = values.iter().map(|value| match of(value) {
						[Some(error), Some(r2)] => format!("{error:.2} (R2 {r2:.3})"),
						_ => "–".into(),
					});
					errors.collect::<Vec<_>>().join("; ")
				};
				let off = values.iter().map(|value| value.relative_difference).fold(0.0, f64::max);
				(
					errors(|value| [value.float_error, value.float_r2]),
					errors(|value| [value.integer_error, value.integer_r2]),
					format!("off by {:.2} %", 100.0 * off),
				)
			}
		};
		let (architecture, constraints) = (&report.architecture, report.constraints);
		format!(
			"| `{name}` | {data} | {architecture} | {constraints} | {float} | {integer} | {same} |"
		)
	}
}

#[test]
fn every_file_says_what_onnxruntime_answers() {
	let all = Entry::all();
	assert!(all.len() >= 20, "{} models", all.len());
	for entry in all {
		let model = OnnxModel::read(&entry.onnx());
		let model = model.unwrap_or_else(|error| panic!("{}: {error}", entry.name));
		assert_eq!(entry.fault(&model), None, "{}", entry.name);
	}
}

#[test]
fn a_weight_that_is_read_wrong_is_seen() {
	for entry in Entry::all() {
		let mut model = OnnxModel::read(&entry.onnx()).expect("it was read before");
		let is_trees = model.reading.model.architecture.to_string().contains("trees");
		let layer = &mut model.reading.model.parameters[0];
		// The weights of trees are features and where these are cut.
		let weights = if is_trees { &mut layer.biases } else { &mut layer.weights };
		for (at, weight) in weights.iter_mut().enumerate() {
			*weight *= if at % 2 == 0 { 1.5 } else { -0.5 };
		}
		assert!(entry.fault(&model).is_some(), "{}", entry.name);
	}
}

#[test]
fn the_integers_cost_what_the_table_says() {
	let lines = README.lines().skip_while(|line| !line.starts_with("| model |"));
	let rows: Vec<&str> = lines.filter(|line| line.starts_with("| `")).collect();
	let mut expected = Vec::new();
	for entry in Entry::all() {
		let report = entry.compiled();
		if let (Some(float), Some(integer)) = (report.float_accuracy, report.integer_accuracy) {
			assert!(float - integer <= LOSS, "{}: {float} became {integer}", entry.name);
			assert!(float > 0.5, "{}: {float}", entry.name);
		}
		for value in report.values.iter().chain(&report.test_value) {
			if matches!(report.output, OutputKind::Value | OutputKind::Values) {
				assert!(value.relative_difference < DIFFERENCE, "{}: {value:?}", entry.name);
				assert!(value.float_r2.is_some(), "{}: {value:?}", entry.name);
			}
		}
		let is_regression = matches!(report.output, OutputKind::Value | OutputKind::Values);
		assert_eq!(is_regression, entry.values.is_some(), "{}: {:?}", entry.name, report.output);
		expected.push(entry.row(&report));
	}
	assert_eq!(rows, expected, "the rows are\n{}\n", expected.join("\n"));
}
