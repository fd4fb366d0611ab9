// SPDX-License-Identifier: Apache-2.0
//! LeNet-5 as PyTorch exports it (`models/lenet5`): what it costs in constraints and in accuracy.

use std::path::{Path, PathBuf};

use candor_compiler::{compile, Limbs, Report, Sources};
use candor_operators::Scheme;
use rand::{rngs::StdRng, SeedableRng};

/// The table of the folder's README.
const README: &str = include_str!("../../../models/lenet5/README.md");

/// What the integers may cost of the accuracy.
const LOSS: f64 = 0.003;

// Of this checkout, and not of the one that the test was compiled in.
fn folder() -> PathBuf {
	let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs it");
	Path::new(&package).join("../../models/lenet5")
}

fn compiled() -> Report {
	let [onnx, calibration, test] =
		["lenet5.onnx", "calibration.csv", "test.csv"].map(|name| folder().join(name));
	let sources = Sources {
		onnx: &onnx,
		calibration: &calibration,
		test: Some(&test),
		label: None,
		outputs: None,
		limbs: Limbs::Auto,
	};
	compile(&sources, &mut StdRng::seed_from_u64(1)).expect("it compiles").report
}

#[test]
fn it_compiles_into_the_circuit_and_the_accuracy_that_the_table_says() {
	let report = compiled();
	let expected = "[784] conv relu max_pool conv relu max_pool dense relu dense relu dense [10]";
	assert_eq!(report.architecture.to_string(), expected);
	assert_eq!((report.scheme, report.constraints), (Scheme::Staged, 63_190));
	let (float, integer) = (report.float_accuracy, report.integer_accuracy);
	let (float, integer) = float.zip(integer).expect("labelled samples");
	assert!(float >= 0.965, "{float}");
	assert!(float - integer <= LOSS, "{float} became {integer}");
	let agreement = report.test_agreement.expect("test samples");
	let percent = |part: f64| format!("{:.2} %", 100.0 * part);
	let row = format!(
		"| on the {} of `test.csv` | {} | {} | {} |",
		report.test_samples.expect("test samples"),
		percent(float),
		percent(integer),
		percent(agreement)
	);
	assert!(README.lines().any(|line| line == row), "the row is\n{row}\n");
	assert!(README.contains("| constraints | 63,190 |"), "{}", report.constraints);
}
