// SPDX-License-Identifier: Apache-2.0
//! Models of sequences (`models/sequences`): from the file to a circuit whose constraints hold, and what the integers
//! cost.

use std::path::{Path, PathBuf};

use candor_compiler::{check, compile, Affine, Compiled, InputQuantisation, Limbs, Sources};
use candor_gadgets::testing::{challenge, TestSystem};
use candor_operators::{InferenceCircuit, InputBlinder, Scheme};
use candor_statement::Binding;
use rand::{rngs::StdRng, SeedableRng};

/// The table of the folder's README.
const README: &str = include_str!("../../../models/sequences/README.md");

// Of this checkout, and not of the one that the test was compiled in.
fn folder() -> PathBuf {
	let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs it");
	Path::new(&package).join("../../models/sequences")
}

fn paths(name: &str) -> [PathBuf; 3] {
	let onnx = format!("{name}.onnx");
	[onnx.as_str(), "calibration.csv", "test.csv"].map(|file| folder().join(file))
}

fn sources([onnx, calibration, test]: &[PathBuf; 3]) -> Sources<'_> {
	Sources { onnx, calibration, test: Some(test), label: None, outputs: None, limbs: Limbs::Auto }
}

fn compiled(name: &str) -> Compiled {
	compile(&sources(&paths(name)), &mut StdRng::seed_from_u64(1)).expect("it compiles")
}

/// The files.
const MODELS: [&str; 2] = ["bag", "places"];

/// What the integers may cost of the accuracy.
const LOSS: f64 = 0.015;

#[test]
fn a_bag_of_letters_compiles_into_the_circuit_and_the_accuracy_that_the_table_says() {
	let report = compiled("bag").report;
	assert_eq!(report.architecture.to_string(), "[12] embedding sum_pool dense [3]");
	assert_eq!((report.scheme, report.constraints), (Scheme::Staged, 1_435));
	let accuracies = report.float_accuracy.zip(report.integer_accuracy);
	let (float, integer) = accuracies.expect("labelled samples");
	assert!(float - integer <= LOSS, "{float} became {integer}");
	let agreement = report.test_agreement.expect("test samples");
	let [float, integer, agreement] =
		[float, integer, agreement].map(|part| format!("{:.1} %", 100.0 * part));
	let row = format!("| `bag.onnx` | 1,435 | {float} | {integer} | {agreement} |");
	assert!(README.lines().any(|line| line == row), "the row is\n{row}\n");
}

#[test]
fn letters_are_their_own_bytes() {
	for name in MODELS {
		let schema = compiled(name).schema;
		let feature = Affine { scale: 1.0, zero_point: 0 };
		assert_eq!(schema.input, InputQuantisation::PerTensor { feature });
		let letters = [0, 1, 23, 7, 7, 7, 20, 3, 2, 1, 0, 15];
		let bytes = schema.input_bytes(&letters.map(f64::from)).expect("twelve letters");
		assert_eq!(bytes, letters.map(|letter| letter as u8));
	}
}

#[test]
fn constraints_hold_for_every_letter_and_every_other_byte() {
	for name in MODELS {
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
	for name in MODELS {
		let paths = paths(name);
		let check = check(&paths[0], Some(&sources(&paths))).expect("it can be looked at");
		assert_eq!(check.refusal, None);
		let circuit = check.circuit.expect("it can be compiled");
		let nodes: usize = circuit.nodes.iter().map(|node| node.constraints).sum();
		assert!(nodes > 0 && nodes < circuit.constraints, "{name}");
		assert!(check.answers.is_some());
		// Without samples as well.
		assert!(candor_compiler::check(&paths[0], None)
			.expect("it can be looked at")
			.circuit
			.is_some());
	}
}
