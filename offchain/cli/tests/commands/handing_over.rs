// SPDX-License-Identifier: Apache-2.0

//! Circuits that are handed to snarkjs. What snarkjs makes of them is a test of its own, end to end.

use crate::common::{candor, text, Run};
use std::{ffi::OsStr, fs, path::PathBuf};
use tempfile::TempDir;

const MODEL: &str = "tests/tiny/tiny.onnx";
const SAMPLES: &str = "tests/tiny/samples.csv";

/// A folder with a compiled model.
struct Folder(TempDir);

impl Folder {
	fn new() -> Self {
		let folder = Self(TempDir::new().expect("a temporary folder"));
		let model = folder.path("model");
		done(["compile", MODEL, "--calibration", SAMPLES, "--out", text(&model)]);
		folder
	}

	fn path(&self, name: &str) -> PathBuf {
		self.0.path().join(name)
	}
}

fn done<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
	let run = candor(arguments);
	assert_eq!(run.code, 0, "{run:?}");
	run
}

fn refused<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>, reason: &str) {
	let run = candor(arguments);
	assert_eq!(run.code, 2, "{run:?}");
	assert!(run.err.contains(reason), "{reason}\n{run:?}");
}

#[test]
fn a_circuit_and_its_solution_have_the_same_variables() {
	let folder = Folder::new();
	let (model, r1cs, wtns) = (folder.path("model"), folder.path("a.r1cs"), folder.path("a.wtns"));
	let export = ["circuit", "export", text(&model), "--r1cs", text(&r1cs), "--json"];
	let report = done(export).json();
	refused(export, "exists already");
	assert!(fs::read(&r1cs).expect("written").starts_with(b"r1cs\x01"));
	let variables = report["variables"].as_u64().expect("a number");
	let rows = report["constraints"].as_u64().zip(report["public_inputs"].as_u64());
	let (constraints, inputs) = rows.expect("numbers");
	// The constant has a row as the public inputs do.
	let domain = (constraints + inputs + 1).next_power_of_two();
	assert_eq!(report["powers"], domain.trailing_zeros() + 1);

	let sample = ["--input", SAMPLES, "--sample", "1", "--json"];
	let solve = [&["circuit", "solve", text(&model), "--wtns", text(&wtns)][..], &sample].concat();
	let solution = done(&solve).json();
	refused(&solve, "exists already");
	assert_eq!(solution["variables"], variables);
	let bytes = fs::read(&wtns).expect("written");
	let (preamble, section, header) = (12, 12, 40);
	assert_eq!(bytes.len() as u64, preamble + 2 * section + header + 32 * variables);
	// The constant one, then the public inputs.
	let value = |number: usize| &bytes[76 + 32 * number..][..32];
	assert_eq!((value(0)[0], &value(0)[1..]), (1, &[0; 31][..]));
	assert_ne!(value(1), [0; 32], "the commitment to the model");
	#[cfg(unix)]
	{
		use std::os::unix::fs::PermissionsExt;
		let mode = fs::metadata(&wtns).expect("it is there").permissions().mode();
		assert_eq!(mode & 0o777, 0o600, "it holds the weights");
	}
}

#[test]
fn what_is_no_key_of_snarkjs_is_refused() {
	let folder = Folder::new();
	let (model, key, powers) = (folder.path("model"), folder.path("a.zkey"), folder.path("a.ptau"));
	let import =
		["setup", "import", text(&model), text(&key), "--powers", text(&powers), "--quiet"];
	refused(import, "a.ptau");
	let r1cs = folder.path("a.r1cs");
	let report = done(["circuit", "export", text(&model), "--r1cs", text(&r1cs), "--json"]).json();
	let power = report["powers"].to_string();
	done(["ceremony", "powers", "--power", &power, text(&powers)]);
	refused(import, "a.zkey");
	fs::copy(&r1cs, &key).expect("copied");
	refused(import, "a.zkey: not a .zkey file of snarkjs");
	assert!(!folder.path("model/proving.key").exists());
}
