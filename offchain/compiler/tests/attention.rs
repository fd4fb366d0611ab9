// SPDX-License-Identifier: Apache-2.0
//! Small transformer encoders (`models/attention`): from the files of both of PyTorch's exporters to a circuit whose
//! constraints hold, and what the integers cost.

use std::path::{Path, PathBuf};

use candor_compiler::{check, compile, Compiled, Limbs, Sources};
use candor_gadgets::testing::{challenge, TestSystem};
use candor_operators::{InferenceCircuit, InputBlinder, Scheme};
use candor_statement::Binding;
use rand::{rngs::StdRng, SeedableRng};

/// The table of the folder's README.
const README: &str = include_str!("../../../models/attention/README.md");

/// What a block becomes: bytes of each place's row, queries, keys and values, what takes from all places, and layers at
/// each of them with what goes around.
const BLOCK: &str = "[12] embedding conv table conv table conv table conv table attention join conv table normalise conv relu join conv table normalise sum_pool dense [3]";

/// The files, and what the README says of their circuits.
const MODELS: [(&str, usize, &str); 2] =
	[("encoder", 26_051, "26,051"), ("heads", 27_653, "27,653")];

/// What the integers may cost of the accuracy.
const LOSS: f64 = 0.01;

// Of this checkout, and not of the one that the test was compiled in.
fn paths(name: &str) -> [PathBuf; 3] {
	let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs it");
	let folder = Path::new(&package).join("../../models/attention");
	let onnx = format!("{name}.onnx");
	[onnx.as_str(), "calibration.csv", "test.csv"].map(|file| folder.join(file))
}

fn sources([onnx, calibration, test]: &[PathBuf; 3]) -> Sources<'_> {
	Sources { onnx, calibration, test: Some(test), label: None, outputs: None, limbs: Limbs::Auto }
}

fn compiled(name: &str) -> Compiled {
	compile(&sources(&paths(name)), &mut StdRng::seed_from_u64(1)).expect("it compiles")
}

#[test]
fn encoders_compile_into_the_circuits_and_the_accuracies_that_the_table_says() {
	for (name, constraints, shown) in MODELS {
		let report = compiled(name).report;
		assert_eq!(report.architecture.to_string(), BLOCK);
		let accuracies = report.float_accuracy.zip(report.integer_accuracy);
		let (float, integer) = accuracies.expect("labelled samples");
		assert!(float - integer <= LOSS, "{float} became {integer}");
		let agreement = report.test_agreement.expect("test samples");
		let [float, integer, agreement] =
			[float, integer, agreement].map(|part| format!("{:.2} %", 100.0 * part));
		let row = format!("| `{name}.onnx` | {shown} | {float} | {integer} | {agreement} |");
		let found = (report.scheme, report.constraints);
		assert_eq!(found, (Scheme::Staged, constraints), "the row is\n{row}\n");
		assert!(README.lines().any(|line| line == row), "the row is\n{row}\n");
	}
}

#[test]
fn constraints_hold_for_letters_and_for_any_other_bytes() {
	for (name, ..) in MODELS {
		let model = compiled(name).model;
		for input in [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [23; 12], [255; 12]] {
			let blinder = InputBlinder::none();
			let circuit = InferenceCircuit::staged(&model, &input, &blinder, Binding::NONE);
			let circuit = circuit.expect("an input of the model");
			assert!(TestSystem::staged(&circuit, &[challenge()]).holds(), "{name}: {input:?}");
		}
	}
}

#[test]
fn a_check_says_what_becomes_of_each_node() {
	for (name, ..) in MODELS {
		let paths = paths(name);
		// Without samples as well.
		for sources in [Some(&sources(&paths)), None] {
			let check = check(&paths[0], sources).expect("it can be looked at");
			assert_eq!(check.refusal, None);
			let circuit = check.circuit.expect("it can be compiled");
			let attention = circuit.nodes.iter().find(|node| node.operator == "attention");
			// With its lookups, its table and its polynomials.
			let own = attention.expect("an attention").constraints;
			assert_eq!(own, if name == "heads" { 5_733 } else { 4_066 });
		}
	}
}
