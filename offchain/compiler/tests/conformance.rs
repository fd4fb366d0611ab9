// SPDX-License-Identifier: Apache-2.0
//! The operator tests of the package `onnx` (`models/conformance`): what is read of each is compared with what it
//! expects, its integers as well, and `docs/conformance.md` says of each what came of it.
//!
//! With `CANDOR_WRITE` set the page is written rather than compared.

use std::{
	collections::BTreeMap,
	fmt::Write as _,
	fs,
	path::{Path, PathBuf},
};

use candor_compiler::{
	compile, Affine, Compiled, InputQuantisation, OnnxModel, OutputKind, Sources,
};
use candor_graph::{argmax, Parameters};
use candor_operators::{registry::OPERATORS, FloatModel, Integers};
use rand::{rngs::StdRng, Rng, SeedableRng};
use serde::Deserialize;

/// The tolerance of the tests for floats, which are computed in float32: relative, and of zero.
const TOLERANCE: (f64, f64) = (1e-3, 1e-6);

/// So many samples around each of a test are what scales are chosen from, beside it.
const NEIGHBOURS: usize = 8;

/// How far these lie from it, as a part of the test's largest number.
const AROUND: f64 = 0.05;

/// A step of each of so many features is tried by itself; of more all are moved together, as nothing but pools
/// takes so many.
const FEATURES: usize = 128;

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

/// How far each logit of a sample may be off: what a step of the features makes, what a level of the bytes makes
/// that the last layer takes, and what the rounding of its weights does.
fn bounds(float: &FloatModel, compiled: &Compiled, sample: &[f64]) -> Vec<f64> {
	let unit = compiled.schema.output_scale;
	let mut bounds = of_features(float, &compiled.schema.input, sample);
	let levels = levels(compiled);
	let (weights, integers) = (float.parameters.last(), compiled.model.parameters().last());
	let (weights, integers) = weights.zip(integers).expect("a layer");
	let outputs = bounds.len();
	// A layer has a column of weights for each output, filters are the same everywhere.
	let columns = if integers.biases.len() == outputs { outputs } else { 1 };
	for (output, bound) in bounds.iter_mut().enumerate() {
		let of_output = || (output % columns..integers.weights.len()).step_by(columns);
		let taken: f64 = of_output().map(|at| f64::from(integers.weights[at]).abs()).sum();
		let rounded = of_output().filter(|at| weights.weights[*at] != 0.0).count() as f64;
		*bound += unit * (levels * taken + 0.5 * 255.0 * rounded + 0.5);
	}
	bounds
}

/// What a step of each feature makes of each logit.
fn of_features(float: &FloatModel, input: &InputQuantisation, sample: &[f64]) -> Vec<f64> {
	let step = |feature: usize| match input {
		InputQuantisation::PerTensor { feature: Affine { scale, .. } } => *scale,
		InputQuantisation::PerFeature { features } => features[feature].scale,
		InputQuantisation::Cuts { .. } => 0.0,
	};
	let logits = float.run(sample);
	let mut bounds = vec![0f64; logits.len()];
	let mut add = |moved: [Vec<f64>; 2]| {
		let [down, up] = moved.map(|sample| float.run(&sample));
		for (bound, ((down, up), logit)) in bounds.iter_mut().zip(down.iter().zip(&up).zip(&logits))
		{
			*bound += (down - logit).abs().max((up - logit).abs());
		}
	};
	if sample.len() > FEATURES {
		add([-1.0, 1.0]
			.map(|sign| sample.iter().enumerate().map(|(at, x)| x + sign * step(at)).collect()));
		return bounds;
	}
	for feature in 0..sample.len() {
		add([-1.0, 1.0].map(|sign| {
			let mut moved = sample.to_vec();
			moved[feature] += sign * step(feature);
			moved
		}));
	}
	bounds
}

/// How many levels the bytes are off that the last layer takes: one, and what a step of the sums before changes at
/// most. None where it takes the features.
fn levels(compiled: &Compiled) -> f64 {
	let mut levels: f64 = 0.0;
	for (function, site) in compiled.model.architecture().sites() {
		let rounding = site.inputs.first().and_then(|input| input.sums()).map(|sums| sums.rounding);
		let Some(rounding @ 1..) = rounding else { continue };
		let sums = Integers::new((0..256).map(|byte| byte << rounding).collect());
		let bytes = function.run(&site, &Parameters::NONE, &[&sums]).expect("bytes");
		let steepest = bytes.windows(2).map(|pair| (pair[1] - pair[0]).abs()).max();
		levels += 1.0 + f64::from(steepest.unwrap_or(0));
	}
	levels
}

/// A number with three digits that say something.
fn digits(x: f64) -> String {
	if x == 0.0 || x.is_infinite() {
		return if x == 0.0 { "0".into() } else { "–".into() };
	}
	let decimals = (2 - x.abs().log10().floor() as i32).max(0) as usize;
	format!("{x:.decimals$}")
}

/// A reason without what the row says anyway.
fn shown(reason: &str) -> String {
	if reason.starts_with("input `") && reason.contains(" holds ") {
		return "its data are no float32 or float64".into();
	}
	let of_node = reason.starts_with("operator `").then(|| reason.split_once("`): ")).flatten();
	of_node.map_or(reason, |(_, reason)| reason).replace('|', "\\|").replace('\n', " ")
}

/// The tables of the page.
#[derive(Default)]
struct Tables {
	/// Of each operator how many tests pass, are read and too coarse, and are refused.
	counts: BTreeMap<String, [usize; 3]>,
	/// The rows of tests that are read.
	read: String,
	/// Of each operator and reason the tests that are refused.
	refused: BTreeMap<(String, String), Vec<String>>,
	/// Tests that give something else.
	wrong: Vec<String>,
}

impl Tables {
	fn new() -> Self {
		let mut tables = Self::default();
		let mut cases = Case::all();
		cases.sort_by(|a, b| (&a.operator, &a.name).cmp(&(&b.operator, &b.name)));
		for case in cases {
			let outcome = case.outcome();
			tables.add(&case, outcome);
		}
		tables
	}

	fn add(&mut self, Case { name, operator, .. }: &Case, outcome: Outcome) {
		let count = self.counts.entry(operator.clone()).or_default();
		match outcome {
			Outcome::Refused(reason) => {
				count[2] += 1;
				let reason = (operator.clone(), shown(&reason));
				self.refused.entry(reason).or_default().push(name.clone());
			}
			Outcome::Passed { architecture, largest, off, stated } => {
				let is_coarse = stated.is_finite() && stated > largest;
				count[usize::from(is_coarse)] += 1;
				let may = if is_coarse { "anything".into() } else { digits(stated) };
				let [largest, off] = [largest, off].map(digits);
				writeln!(
					self.read,
					"| `{operator}` | `{name}` | {architecture} | {largest} | {off} | {may} |"
				)
				.expect("in memory");
			}
			Outcome::Wrong(fault) => self.wrong.push(format!("{name}: {fault}")),
		}
	}

	/// The page between its marks.
	fn page(&self) -> String {
		let total = |at: usize| self.counts.values().map(|count| count[at]).sum::<usize>();
		let [passed, coarse, refused] = [0, 1, 2].map(total);
		let mut page = format!(
			"Of {} tests {passed} pass, {coarse} are read and beyond what bytes tell apart, and {refused} are refused.\n\n| operator | pass | beyond bytes | refused |\n| --- | --- | --- | --- |\n",
			passed + coarse + refused
		);
		for (operator, [passed, coarse, refused]) in &self.counts {
			writeln!(page, "| `{operator}` | {passed} | {coarse} | {refused} |")
				.expect("in memory");
		}
		write!(
			page,
			"\n## What passes\n\n| operator | test | circuit | largest number | off by | may be off by |\n| --- | --- | --- | --- | --- | --- |\n{}\n## What is refused\n\n| operator | why | tests |\n| --- | --- | --- |\n",
			self.read
		)
		.expect("in memory");
		for ((operator, reason), tests) in &self.refused {
			let tests: Vec<_> = tests.iter().map(|test| format!("`{test}`")).collect();
			writeln!(page, "| `{operator}` | {reason} | {} |", tests.join(", "))
				.expect("in memory");
		}
		page
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
