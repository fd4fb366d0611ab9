// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{
	answer::{Clipped, ClippedFeatures, OutputKind},
	compile::Measured,
	limbs::Limbs,
	onnx::OnnxModel,
	samples::{Sample, Table},
	schema::SchemaError,
};
use candor_onnx::testing::{floats, model, node};
use candor_statement::Fr;
use tempfile::TempDir;

fn compiled() -> Compiled {
	let gemm = node("Gemm", &["x", "w", "b"], "y");
	let weights = floats("w", &[3, 2], &[0.5, -1.0, 2.0, 0.25, -0.125, 1.5]);
	let biases = floats("b", &[2], &[0.5, -0.5]);
	let proto = model(3, 2, vec![gemm], vec![weights, biases]);
	let onnx = OnnxModel::from_proto(proto).expect("a perceptron");
	let sample = |x: f64| Sample { features: vec![x, -x / 3.0, 1.0 - x], targets: vec![], line: 1 };
	let samples = (0..10).map(|i| sample(f64::from(i) / 7.0)).collect();
	let names = Some(["a", "b", "c"].map(String::from).into());
	let table = Table { samples, names, label: None, label_columns: 1 };
	let measured = Measured::new(&onnx, OutputKind::Classes, (table, None), Limbs::Auto);
	measured.expect("compiles").compiled(&onnx, ModelSeed::new(Fr::from(77)))
}

fn saved() -> (TempDir, Compiled) {
	let directory = tempfile::tempdir().expect("a temporary directory");
	let compiled = compiled();
	compiled.save(directory.path()).expect("saved");
	(directory, compiled)
}

/// Changes a file of a saved model by replacing a text, and loads it.
fn load_with(file: &str, from: &str, to: &str) -> Result<PrivateModel, FileError> {
	let (directory, _) = saved();
	let path = directory.path().join(file);
	let text = fs::read_to_string(&path).expect("readable");
	assert!(text.contains(from), "`{from}` is not in {text}");
	fs::write(&path, text.replacen(from, to, 1)).expect("writable");
	PrivateModel::load(directory.path())
}

#[test]
fn what_is_saved_is_loaded() {
	let (directory, compiled) = saved();
	let loaded = PrivateModel::load(directory.path()).expect("loads");
	assert_eq!(loaded.model, compiled.model);
	assert_eq!(loaded.seed, compiled.seed);
	assert_eq!(loaded.public.schema, compiled.schema);
	assert_eq!(PublicModel::load(directory.path()).expect("loads"), loaded.public);
	compiled.save(directory.path()).expect("saved once more");
}

#[cfg(unix)]
#[test]
fn weights_are_for_their_owner() {
	use std::os::unix::fs::PermissionsExt;
	let (directory, compiled) = saved();
	let path = directory.path().join(WEIGHTS_FILE);
	let mode = || fs::metadata(&path).expect("there").permissions().mode() & 0o777;
	assert_eq!(mode(), 0o600);
	// A file that was open to others does not stay so.
	fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("changed");
	compiled.save(directory.path()).expect("saved once more");
	assert_eq!(mode(), 0o600);
}

#[test]
fn public_files_hold_no_weights() {
	let (directory, compiled) = saved();
	let seed = ModelCommitment::from_field(compiled.seed.scalar()).to_string();
	for file in [ARCHITECTURE_FILE, SCHEMA_FILE] {
		let text = fs::read_to_string(directory.path().join(file)).expect("readable");
		assert!(!text.contains("weights") && !text.contains("blinder"), "{text}");
		assert!(!text.contains(seed.trim_start_matches("0x")), "{text}");
	}
}

#[test]
fn a_missing_file_is_named() {
	for file in [ARCHITECTURE_FILE, SCHEMA_FILE, WEIGHTS_FILE] {
		let (directory, _) = saved();
		fs::remove_file(directory.path().join(file)).expect("removed");
		let error = PrivateModel::load(directory.path()).expect_err("a file is missing");
		assert!(matches!(error, FileError::Io { .. }), "{error}");
		assert!(error.to_string().contains(file), "{error}");
	}
}

#[test]
fn a_seed_is_a_scalar() {
	let from = ModelCommitment::from_field(Fr::from(77)).to_string();
	let error = load_with(WEIGHTS_FILE, &from, &format!("0x{}", "ff".repeat(32)));
	assert!(matches!(error, Err(FileError::Content { .. })));
}

#[test]
fn a_commitment_is_read_as_it_was_written_and_goes_with_its_model() {
	let (directory, compiled) = saved();
	let path = directory.path().join(COMMITMENT_FILE);
	assert_eq!(PublicCommitment::find(directory.path()).expect("none"), None);
	for (scheme, commitment) in [
		(Scheme::Hashed, ModelCommitment::from_field(Fr::from(7))),
		(Scheme::Staged, ModelCommitment::Point([1; 64])),
	] {
		let written = PublicCommitment { scheme, key: [0xab; 32], commitment };
		written.save(directory.path()).expect("saved");
		assert_eq!(PublicCommitment::load(&path).expect("loads"), written);
		assert_eq!(PublicCommitment::find(directory.path()).expect("loads"), Some(written));
	}
	fs::write(&path, "{}").expect("writable");
	let error = PublicCommitment::find(directory.path()).expect_err("damaged");
	assert!(error.to_string().contains(COMMITMENT_FILE), "{error}");
	compiled.save(directory.path()).expect("saved once more");
	assert_eq!(PublicCommitment::find(directory.path()).expect("none"), None);
}

#[test]
fn another_architecture_does_not_fit_the_schema() {
	for other in ["3-4", "4-2"] {
		let (directory, _) = saved();
		let path = directory.path().join(ARCHITECTURE_FILE);
		let other: Architecture = other.parse().expect("an architecture");
		fs::write(&path, other.graph().description()).expect("writable");
		let error = PublicModel::load(directory.path()).expect_err("other widths");
		assert!(matches!(error, FileError::Mismatch { .. }), "{error}");
	}
}

#[test]
fn another_architecture_does_not_fit_the_weights() {
	let (directory, _) = saved();
	let other: Architecture = "3-5-2".parse().expect("an architecture");
	let path = directory.path().join(ARCHITECTURE_FILE);
	fs::write(path, other.graph().description()).expect("writable");
	let error = PrivateModel::load(directory.path()).expect_err("another graph");
	assert!(matches!(error, FileError::Mismatch { .. }), "{error}");
	assert!(error.to_string().contains("it holds weights of 3-2"), "{error}");
}

#[test]
fn content_is_checked() {
	for (file, from, to) in [
		(ARCHITECTURE_FILE, "\"input\":[3]", "\"input\":[0]"),
		(ARCHITECTURE_FILE, "dense", "gelu"),
		(ARCHITECTURE_FILE, "{", ""),
		(SCHEMA_FILE, "\"output_scale\":", "\"output_scale\":-"),
		(SCHEMA_FILE, "\"scale\":", "\"scale\":-"),
		(SCHEMA_FILE, "\"input_len\"", "\"input_length\""),
		(SCHEMA_FILE, "\"classes\"", "\"value\""),
		(SCHEMA_FILE, "[\"a\",", "["),
		(WEIGHTS_FILE, "127", "-128"),
	] {
		let error = load_with(file, from, to).expect_err("damaged");
		assert!(matches!(error, FileError::Content { .. }), "{file} {to}: {error}");
		assert!(error.to_string().contains(file), "{error}");
	}
}

#[test]
fn files_of_an_older_version_are_told_apart() {
	let (directory, _) = saved();
	let path = directory.path().join(ARCHITECTURE_FILE);
	fs::write(path, r#"{"widths":[3,2]}"#).expect("writable");
	let error = PrivateModel::load(directory.path()).expect_err("widths").to_string();
	assert!(error.contains("an older version"), "{error}");
	assert!(error.contains("compile the model again"), "{error}");
}

#[test]
fn a_message_about_a_file_is_short() {
	let long = format!("{{\"{}\":", "x".repeat(1_000_000));
	let error = load_with(SCHEMA_FILE, "{", &long).expect_err("damaged");
	assert!(error.to_string().len() < 1000, "{} bytes", error.to_string().len());
}

#[test]
fn values_that_the_calibration_did_not_show_are_named() {
	let schema = compiled().schema;
	assert_eq!(schema.clipped(&[0.5, -0.1, 0.3]), []);
	let clipped = schema.clipped(&[0.5, 1e6, f64::MIN]);
	let of = |clipped: &Clipped| (clipped.feature, clipped.name.clone(), clipped.value);
	let expected = [(2, Some("b".into()), 1e6), (3, Some("c".into()), f64::MIN)];
	assert_eq!(clipped.iter().map(of).collect::<Vec<_>>(), expected);
	let said = ClippedFeatures { clipped: &clipped, features: 3 }.to_string();
	assert!(said.contains("2 of 3 features lie outside"), "{said}");
	assert!(said.contains("feature 2 (`b`) is 1000000, calibrated from -0"), "{said}");
}

#[test]
fn what_is_wrong_with_weights_is_told_without_them() {
	for to in ["4711", "\"4711\"", "4711.5", "[4711]"] {
		let error = load_with(WEIGHTS_FILE, "127", to).expect_err("no weight");
		assert!(matches!(error, FileError::Content { .. }), "{error}");
		assert!(!error.to_string().contains("4711"), "{error}");
		assert!(error.to_string().contains("line 1 column"), "{error}");
	}
}

#[test]
fn samples_and_outputs_are_checked() {
	let compiled = compiled();
	let schema = &compiled.schema;
	let input = schema.input_bytes(&[0.5, -0.1, 0.3]).expect("three features");
	let logits = compiled.model.run(&input).expect("runs");
	let output = candor_graph::output_bytes(&logits);
	let floats = schema.logits(&output).expect("two logits");
	assert_eq!(floats.len(), 2);
	assert_eq!(floats[0], f64::from(logits[0]) * schema.output_scale);
	assert_eq!(schema.input_bytes(&[0.5]), Err(SchemaError::Features { expected: 3, got: 1 }));
	assert_eq!(schema.input_bytes(&[0.5, f64::NAN, 0.0]), Err(SchemaError::NotFinite { index: 1 }));
	for got in [0, 4, 7, 12] {
		let error = SchemaError::Output { expected: 8, got };
		assert_eq!(schema.logits(&vec![0; got]), Err(error));
	}
}
