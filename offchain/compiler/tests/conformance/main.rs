// SPDX-License-Identifier: Apache-2.0
//! The operator tests of the package `onnx` (`models/conformance`): what is read of each is compared with what it
//! expects, its integers as well, and `docs/conformance.md` says of each what came of it.
//!
//! With `CANDOR_WRITE` set the page is written rather than compared.

mod bounds;
mod page;

use std::{
	fmt::Write as _,
	fs,
	path::{Path, PathBuf},
};

use candor_compiler::{compile, Compiled, Limbs, OnnxModel, OutputKind, Sources};
use candor_graph::argmax;
use candor_operators::{registry::OPERATORS, FloatModel};
use rand::{rngs::StdRng, Rng, SeedableRng};
use serde::Deserialize;

use bounds::bounds;
use page::Tables;

/// The tolerance of the tests for floats, which are computed in float32: relative, and of zero.
const TOLERANCE: (f64, f64) = (1e-3, 1e-6);

/// So many samples around each of a test are what scales are chosen from, beside it.
const NEIGHBOURS: usize = 8;

/// How far these lie from it, as a part of the test's largest number.
const AROUND: f64 = 0.05;

/// Where the table begins and ends in the page.
const MARKS: [&str; 2] = ["<!-- CANDOR_WRITE=1 writes from here -->\n", "<!-- to here -->"];

// Of this checkout, and not of the one that the test was compiled in.
fn root() -> PathBuf {
	let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs it");
	Path::new(&package).join("../..")
}

fn folder() -> PathBuf {
	root().join("models/conformance")
}

/// A test.
#[derive(Deserialize)]
struct Case {
	name: String,
	operator: String,
	/// What stands behind the logits, if anything does.
	end: Option<End>,
	/// Samples; none where they are no float32.
	data: Option<Vec<Vec<f64>>>,
	/// What has to come out of each.
	expected: Option<Vec<Vec<f64>>>,
}

/// How what a test expects follows from the logits.
#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum End {
	LogSoftmax,
	Place,
	Sigmoid,
	Softmax,
}

impl End {
	fn of(self, logits: &[f64]) -> Vec<f64> {
		let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
		let sum: f64 = logits.iter().map(|x| (x - largest).exp()).sum();
		match self {
			Self::LogSoftmax => logits.iter().map(|x| x - largest - sum.ln()).collect(),
			Self::Place => vec![argmax(logits).expect("logits") as f64],
			Self::Sigmoid => logits.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect(),
			Self::Softmax => logits.iter().map(|x| (x - largest).exp() / sum).collect(),
		}
	}

	/// By how much it moves at most when every logit is off by one. A place moves where another logit is as
	/// large.
	fn slope(self) -> f64 {
		match self {
			Self::LogSoftmax => 2.0,
			Self::Place => f64::INFINITY,
			Self::Sigmoid => 0.25,
			Self::Softmax => 0.5,
		}
	}
}

/// What became of a test.
enum Outcome {
	/// It is refused, for this reason.
	Refused(String),
	/// It gives what is expected.
	Passed {
		/// What the model became.
		architecture: String,
		/// The largest number that is expected.
		largest: f64,
		/// How far the integers are off at most.
		off: f64,
		/// How far they may be.
		stated: f64,
	},
	/// It gives something else.
	Wrong(String),
}

impl Case {
	fn all() -> Vec<Self> {
		let text = fs::read_to_string(folder().join("cases.json")).expect("the tests");
		serde_json::from_str(&text).expect("a list of tests")
	}

	fn onnx(&self) -> PathBuf {
		folder().join(format!("{}.onnx", self.name))
	}

	fn of_logits(&self, logits: &[f64]) -> Vec<f64> {
		self.end.map_or_else(|| logits.to_vec(), |end| end.of(logits))
	}

	fn outcome(&self) -> Outcome {
		assert!(self.onnx().exists(), "{}", self.name);
		let model = match OnnxModel::read(&self.onnx()) {
			Ok(model) => model,
			Err(error) => return Outcome::Refused(error.to_string()),
		};
		let Some((data, expected)) = self.data.as_ref().zip(self.expected.as_ref()) else {
			return Outcome::Wrong("it is read, and has no numbers".into());
		};
		if let Some(fault) = self.fault_of_floats(&model.reading.model, data, expected) {
			return Outcome::Wrong(fault);
		}
		let compiled = match self.compiled(&model, data) {
			Ok(compiled) => compiled,
			Err(error) => return Outcome::Refused(error),
		};
		self.of_integers(&model.reading.model, &compiled, data, expected)
	}

	/// What differs in the floats that are read.
	fn fault_of_floats(
		&self,
		model: &FloatModel,
		data: &[Vec<f64>],
		expected: &[Vec<f64>],
	) -> Option<String> {
		let (relative, absolute) = TOLERANCE;
		if data.len() != expected.len() {
			return Some(format!("{} samples, and {} answers", data.len(), expected.len()));
		}
		for (sample, expected) in data.iter().zip(expected) {
			let got = self.of_logits(&model.run(sample));
			if got.len() != expected.len() {
				return Some(format!("{} numbers, not {}", got.len(), expected.len()));
			}
			for (got, expected) in got.iter().zip(expected) {
				if (got - expected).abs() > relative * expected.abs() + absolute {
					return Some(format!("{got} as a float, not {expected}"));
				}
			}
		}
		None
	}

	/// Compiles with the samples and others around them.
	fn compiled(&self, model: &OnnxModel, data: &[Vec<f64>]) -> Result<Compiled, String> {
		let mut rng = StdRng::seed_from_u64(1);
		let largest = data.iter().flatten().fold(0f64, |max, x| max.max(x.abs()));
		let mut text = String::new();
		for sample in data {
			for neighbour in 0..=NEIGHBOURS {
				let moved = sample.iter().map(|x| match neighbour {
					0 => *x,
					_ => x + AROUND * largest * rng.gen_range(-1.0..1.0),
				});
				let row: Vec<_> = moved.map(|x| format!("{x:e}")).collect();
				writeln!(text, "{}", row.join(",")).expect("in memory");
			}
		}
		let folder = tempfile::tempdir().expect("a folder");
		let calibration = folder.path().join("calibration.csv");
		fs::write(&calibration, text).expect("written");
		let onnx = self.onnx();
		let outputs = model.reading.model.architecture.output_count();
		let sources = Sources {
			onnx: &onnx,
			calibration: &calibration,
			test: None,
			label: None,
			outputs: Some(if outputs == 1 { OutputKind::Value } else { OutputKind::Values }),
			limbs: Limbs::Any,
		};
		compile(&sources, &mut rng).map_err(|error| error.to_string())
	}

	/// Runs the integers, and compares with what they may be off by.
	fn of_integers(
		&self,
		float: &FloatModel,
		compiled: &Compiled,
		data: &[Vec<f64>],
		expected: &[Vec<f64>],
	) -> Outcome {
		let (mut off, mut stated, mut largest) = (0f64, 0f64, 0f64);
		for (sample, expected) in data.iter().zip(expected) {
			let bytes = compiled.schema.input_bytes(sample).expect("a sample of the model");
			let logits = compiled.model.run(&bytes).expect("within its bounds");
			let logits: Vec<f64> =
				logits.into_iter().map(|x| f64::from(x) * compiled.schema.output_scale).collect();
			let bounds = bounds(float, compiled, sample);
			let may = match self.end {
				None => bounds,
				Some(end) => {
					let of_all = bounds.into_iter().fold(0.0, f64::max);
					vec![of_all * end.slope(); expected.len()]
				}
			};
			for ((got, expected), may) in self.of_logits(&logits).iter().zip(expected).zip(may) {
				let apart = (got - expected).abs();
				if apart > may {
					return Outcome::Wrong(format!(
						"{got}, not {expected}, which may differ by {may}"
					));
				}
				(off, stated) = (off.max(apart), stated.max(may));
				largest = largest.max(expected.abs());
			}
		}
		let architecture = compiled.model.architecture().to_string();
		Outcome::Passed { architecture, largest, off, stated }
	}
}

#[test]
fn every_test_gives_what_it_expects_or_is_refused_as_the_page_says() {
	let path = root().join("docs/conformance.md");
	let page = fs::read_to_string(&path).expect("the page");
	let (before, rest) = page.split_once(MARKS[0]).expect("the first mark");
	let (_, behind) = rest.split_once(MARKS[1]).expect("the second mark");
	let tables = Tables::new();
	let fresh = format!("{before}{}\n{}\n{}{behind}", MARKS[0], tables.page(), MARKS[1]);
	if std::env::var_os("CANDOR_WRITE").is_some() {
		fs::write(&path, &fresh).expect("written");
	}
	assert_eq!(tables.wrong, Vec::<String>::new());
	let page = fs::read_to_string(&path).expect("the page");
	for (line, fresh) in page.lines().zip(fresh.lines()) {
		assert_eq!(line, fresh, "with CANDOR_WRITE=1 the page is written");
	}
	assert_eq!(page, fresh, "with CANDOR_WRITE=1 the page is written");
}

#[test]
fn there_are_tests_of_every_operator_that_the_package_has_any_of() {
	let cases = Case::all();
	// The package has no tests of these.
	let without = [
		"LinearClassifier",
		"LinearRegressor",
		"Normalizer",
		"SVMClassifier",
		"SVMRegressor",
		"Scaler",
		"TreeEnsembleClassifier",
		"TreeEnsembleRegressor",
		"ZipMap",
	];
	for name in OPERATORS.iter().flat_map(|operator| operator.onnx()) {
		let has_any = cases.iter().any(|case| case.operator.rsplit('.').next() == Some(name));
		assert_eq!(has_any, !without.contains(name), "{name}");
	}
}

#[test]
fn an_answer_that_is_wrong_is_seen() {
	for mut case in Case::all() {
		let Outcome::Passed { stated, .. } = case.outcome() else { continue };
		let Some(expected) = case.expected.as_mut() else { continue };
		let by = if stated.is_finite() { 3.0 * stated + 1e-3 } else { 1.0 };
		if let Some(answer) = expected.last_mut().and_then(|answers| answers.last_mut()) {
			*answer += by;
		}
		assert!(matches!(case.outcome(), Outcome::Wrong(_)), "{}", case.name);
	}
}
