// SPDX-License-Identifier: Apache-2.0
//! Example models of `models/`: what each costs in constraints and in accuracy is what the table of its
//! README says.

use std::path::Path;

use candor_compiler::{compile, Limbs, OutputKind, Report, Sources};
use rand::{rngs::StdRng, SeedableRng};

/// What the integers may cost of an accuracy.
const LOSS: f64 = 0.01;

/// How far the values of integers may be off, as a part of their standard deviation.
const DIFFERENCE: f64 = 0.05;

/// What compiling a model finds out, and the rows of its README.
struct Example {
	report: Report,
	readme: String,
}

impl Example {
	fn of(name: &str) -> Self {
		// Of this checkout, and not of the one that the test was compiled in.
		let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs it");
		let folder = Path::new(&package).join("../../models").join(name);
		let onnx = folder.join(format!("{name}.onnx"));
		let [calibration, test] = ["calibration.csv", "test.csv"].map(|file| folder.join(file));
		let sources = Sources {
			onnx: &onnx,
			calibration: &calibration,
			test: Some(&test),
			label: None,
			outputs: None,
			limbs: Limbs::Auto,
		};
		let compiled = compile(&sources, &mut StdRng::seed_from_u64(1)).expect("it compiles");
		let readme = std::fs::read_to_string(folder.join("README.md")).expect("its README");
		Self { report: compiled.report, readme }
	}

	/// Fails unless the README has a row.
	fn has_row(&self, name: &str, value: &str) {
		let row = format!("| {name} | {value} |");
		assert!(self.readme.lines().any(|line| line == row), "the row is\n{row}\n");
	}

	/// The row with the number of constraints.
	fn has_constraints(&self) {
		let constraints = self.report.constraints.to_string();
		let grouped = match constraints.len() {
			..=3 => constraints,
			length => [&constraints[..length - 3], &constraints[length - 3..]].join(","),
		};
		let scheme = format!("{:?}", self.report.scheme).to_lowercase();
		self.has_row(&format!("constraints, scheme `{scheme}`"), &grouped);
	}

	/// The accuracies of floats and integers, and the part with the same class.
	fn accuracies(&self) -> [f64; 3] {
		let Report { float_accuracy, integer_accuracy, test_agreement, .. } = &self.report;
		let accuracies =
			[float_accuracy, integer_accuracy, test_agreement].map(|part| part.expect("labels"));
		let [float, integer, _] = accuracies;
		assert!(float - integer <= LOSS, "{float} became {integer}");
		accuracies
	}
}

fn percent(part: f64) -> String {
	format!("{:.2} %", 100.0 * part)
}

#[test]
fn the_logistic_regression_costs_what_its_table_says() {
	let example = Example::of("logistic");
	assert_eq!(example.report.architecture.to_string(), "30-2");
	let samples = example.report.test_samples.expect("test samples");
	let [float, integer, same] = example.accuracies();
	let right =
		|part: f64| format!("{} ({:.0} of {samples})", percent(part), part * samples as f64);
	example.has_row("accuracy on the held-out samples, float", &right(float));
	let integer = format!("{}, with the same class in {}", right(integer), percent(same));
	example.has_row("accuracy on the held-out samples, integer", &integer);
	example.has_constraints();
}

#[test]
fn the_regression_costs_what_its_table_says() {
	let example = Example::of("regression");
	assert_eq!(example.report.architecture.to_string(), "10-16-8-1");
	assert_eq!(example.report.output, OutputKind::Value);
	let value = example.report.test_value.as_ref().expect("test samples");
	assert!(value.relative_difference < DIFFERENCE, "{value:?}");
	let shown = |number: Option<f64>, decimals: usize| {
		let number = number.expect("targets");
		format!("{number:.decimals$}")
	};
	example.has_row("R2 on the held-out samples, float", &shown(value.float_r2, 4));
	example.has_row("R2 on the held-out samples, integer", &shown(value.integer_r2, 4));
	example.has_row("mean error, float", &shown(value.float_error, 2));
	example.has_row("mean error, integer", &shown(value.integer_error, 2));
	let off = format!(
		"{:.2} on average, {:.2} at most; {} of the standard deviation",
		value.mean_difference,
		value.largest_difference,
		percent(value.relative_difference)
	);
	example.has_row("off by", &off);
	example.has_constraints();
}

#[test]
fn the_residual_network_costs_what_its_table_says() {
	let example = Example::of("residual");
	let expected = "[3072] conv relu conv relu join conv relu conv relu sum_pool join conv relu conv relu sum_pool join conv relu sum_pool dense [10]";
	assert_eq!(example.report.architecture.to_string(), expected);
	assert!(example.report.constraints <= 600_000, "{}", example.report.constraints);
	let [float, integer, same] = example.accuracies();
	example.has_row("accuracy on the 100 of `test.csv`, float", &percent(float));
	let integer = format!("{}, with the same class in {}", percent(integer), percent(same));
	example.has_row("accuracy on the 100 of `test.csv`, integer", &integer);
	example.has_constraints();
}

#[test]
fn the_network_of_signals_costs_what_its_table_says() {
	let example = Example::of("signal");
	let expected = "[128] conv relu conv relu conv relu sum_pool dense [4]";
	assert_eq!(example.report.architecture.to_string(), expected);
	let [float, integer, same] = example.accuracies();
	example.has_row("accuracy on the 400 of `test.csv`, float", &percent(float));
	let integer = format!("{}, with the same class in {}", percent(integer), percent(same));
	example.has_row("accuracy on the 400 of `test.csv`, integer", &integer);
	example.has_constraints();
}
