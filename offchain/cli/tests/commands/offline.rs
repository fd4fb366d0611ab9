// SPDX-License-Identifier: Apache-2.0

//! The offline commands, as a user runs them: exit codes, files and what is printed.

use crate::common::{candor, text, Run};
use candor_groth16::{Proof, VerifyingKey};
use serde_json::Value;
use std::{
	ffi::OsStr,
	fs,
	path::{Path, PathBuf},
	process::Command,
	sync::LazyLock,
};
use tempfile::TempDir;

// Cargo runs tests in the folder of their package, of this checkout and not of the one that they were
// compiled in: several may share their build products.
/// A model of 4-3-2; see `tests/tiny/make.py`.
const MODEL: &str = "tests/tiny/tiny.onnx";
/// Samples for it, with labels.
const SAMPLES: &str = "tests/tiny/samples.csv";

/// Models and samples of the tests.
const MODELS: &str = "../../tests/models";

/// The compiled model with its keys, and a proof in `proof/`, of the scheme that a setup takes by itself.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| made(&[]));
/// The same with hashed weights, for snarkjs.
static HASHED: LazyLock<TempDir> = LazyLock::new(|| made(&["--scheme", "hashed"]));
/// The same with lookups.
static STAGED: LazyLock<TempDir> = LazyLock::new(|| made(&["--scheme", "staged"]));

fn made(scheme: &[&str]) -> TempDir {
	let folder = TempDir::new().expect("a temporary folder");
	let model = folder.path().join("model");
	done(["compile", MODEL, "--calibration", SAMPLES, "--out", text(&model)]);
	done(["setup", text(&model), "--development"].into_iter().chain(scheme.iter().copied()));
	let proof = folder.path().join("proof");
	done(["prove", text(&model), "--input", SAMPLES, "--sample", "1", "--out", text(&proof)]);
	folder
}

/// A copy of a folder's files.
fn copied(from: &Path) -> TempDir {
	let folder = TempDir::new().expect("a temporary folder");
	for name in names(from) {
		fs::copy(from.join(&name), folder.path().join(&name)).expect("copied");
	}
	folder
}

fn done<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
	let run = candor(arguments);
	assert_eq!(run.code, 0, "{run:?}");
	run
}

/// Proves the first sample with the model of a folder.
fn prove_in(folder: &Path, out: &Path) -> Run {
	candor(["prove", text(folder), "--input", SAMPLES, "--sample", "1", "--out", text(out)])
}

fn model() -> PathBuf {
	FOLDER.path().join("model")
}

fn names(folder: &Path) -> Vec<String> {
	let mut names: Vec<_> = fs::read_dir(folder)
		.expect("a folder")
		.map(|entry| entry.unwrap().file_name().into_string().unwrap())
		.collect();
	names.sort();
	names
}

mod help {
	use super::*;

	#[test]
	fn is_given_for_every_command_with_an_example() {
		let run = done(["--help"]);
		for command in ["compile", "setup", "prove", "verify"] {
			assert!(run.out.contains(command), "{run:?}");
			let run = done([command, "--help"]);
			assert!(run.out.contains(&format!("candor {command} ")), "{run:?}");
		}
	}

	#[test]
	fn is_offered_for_arguments_that_make_no_sense() {
		for arguments in [vec![], vec!["prove"], vec!["fly"], vec!["setup", "x", "--fast"]] {
			let run = candor(&arguments);
			assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
			assert!(run.err.contains("Usage: candor"), "{run:?}");
		}
	}

	#[test]
	fn for_programs_is_json() {
		let run = candor(["setup", "--json"]);
		assert_eq!(run.code, 2);
		let json = run.json();
		assert_eq!(json["error"]["kind"], "wrong-input");
		assert!(json["error"]["message"].as_str().unwrap().contains("<DIR>"), "{json}");
	}
}

mod compiling {
	use super::*;

	#[test]
	fn reports_accuracy_scheme_and_size() {
		let folder = TempDir::new().unwrap();
		let out = folder.path().join("model");
		let run = done([
			"--json",
			"compile",
			MODEL,
			"--calibration",
			SAMPLES,
			"--test",
			SAMPLES,
			"--out",
			text(&out),
		]);
		let json = run.json();
		assert_eq!(json["architecture"], "4-3-2");
		assert_eq!(json["float_accuracy"], 1.0, "{json}");
		assert!(json["integer_accuracy"].as_f64().unwrap() >= 0.95, "{json}");
		assert_eq!(json["scheme"], "committed", "{json}");
		assert!(json["constraints"].as_u64().unwrap() > 100, "{json}");
		assert!(json["variables"].as_u64().unwrap() > 100, "{json}");
		assert_eq!(json["public_inputs"], 3);
	}

	#[test]
	fn does_not_replace_a_model_unasked() {
		let folder = TempDir::new().unwrap();
		let arguments = ["compile", MODEL, "--calibration", SAMPLES, "--out", text(folder.path())];
		done(arguments);
		let run = candor(arguments);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("hint: ") && run.err.contains("--force"), "{run:?}");
		done(arguments.into_iter().chain(["--force"]));
	}

	/// Compiles a model of the tests with more arguments, into `out`.
	fn compile(model: &str, calibration: &Path, out: &Path, more: &[&str]) -> Run {
		let model = format!("{MODELS}/{model}");
		let arguments = ["--json", "compile", &model, "--calibration", text(calibration)];
		let out = ["--out", text(out)];
		candor(arguments.into_iter().chain(out).chain(more.iter().copied()))
	}

	#[test]
	fn below_the_quality_that_is_asked_for_is_refused() {
		let folder = TempDir::new().unwrap();
		let (samples, out) = (folder.path().join("samples.csv"), folder.path().join("model"));
		// A column whose every second value is of another size costs the others their precision.
		let spoiled: String = fs::read_to_string(format!("{MODELS}/dead-column.csv"))
			.unwrap()
			.lines()
			.enumerate()
			.map(|(at, line)| {
				let mut fields: Vec<&str> = line.split(',').collect();
				fields[1] = if at % 2 == 0 { "1e9" } else { fields[1] };
				fields.join(",") + "\n"
			})
			.collect();
		fs::write(&samples, spoiled).unwrap();
		let test = format!("{MODELS}/dead-column-test.csv");
		for bound in [["--min-accuracy", "90%"], ["--max-loss", "5%"]] {
			let run =
				compile("dead-column.onnx", &samples, &out, &["--test", &test, bound[0], bound[1]]);
			assert_eq!(run.code, 1, "{run:?}");
			assert!(run.err.contains("warning: ") && run.err.contains("column 2"), "{run:?}");
			assert_eq!(run.json()["error"]["kind"], "refused");
			assert!(run.json()["error"]["causes"][0].as_str().unwrap().contains("column 2"));
			assert!(!out.exists(), "nothing is written");
		}
		let run = compile("dead-column.onnx", &samples, &out, &["--test", &test]);
		assert_eq!(run.code, 0, "{run:?}");
		assert_eq!(run.json()["warnings"][0]["kind"], "accuracy-lost");
		assert_eq!(run.json()["warnings"][0]["columns"], serde_json::json!([2]));
		let whole = PathBuf::from(format!("{MODELS}/dead-column.csv"));
		let bounds = ["--force", "--test", &test, "--min-accuracy", "98%", "--max-loss", "2%"];
		let run = compile("dead-column.onnx", &whole, &out, &bounds);
		assert_eq!(run.code, 0, "{run:?}");
		assert!(!run.err.contains("integer model"), "{run:?}");
	}

	#[test]
	fn a_model_with_one_output_tells_of_values_and_no_class() {
		let folder = TempDir::new().unwrap();
		let (samples, out) =
			(PathBuf::from(format!("{MODELS}/logit.csv")), folder.path().join("model"));
		let json = compile("logit.onnx", &samples, &out, &[]).json();
		assert_eq!(
			(&json["output"], &json["calibration_agreement"]),
			(&"value".into(), &Value::Null)
		);
		assert!(json["calibration_value"]["same_sign"].as_f64().unwrap() > 0.9, "{json}");
		let text_report = done([
			"compile",
			&format!("{MODELS}/logit.onnx"),
			"--calibration",
			text(&samples),
			"--out",
			text(&out),
			"--force",
		]);
		assert!(!text_report.out.contains("class"), "{text_report:?}");
		assert!(text_report.out.contains("same sign"), "{text_report:?}");
		let classes = format!("{MODELS}/logit-classes.csv");
		let bounds = ["--force", "--test", &classes, "--min-accuracy", "95%"];
		let run = compile("logit.onnx", &samples, &out, &bounds);
		assert_eq!((run.code, &run.json()["float_accuracy"]), (0, &1.0.into()), "{run:?}");
		let values = format!("{MODELS}/logit-values.csv");
		let run = compile("logit.onnx", &samples, &out, &["--force", "--test", &values]);
		assert_eq!(run.code, 0, "{run:?}");
		assert!(run.json()["test_value"]["float_error"].as_f64().unwrap() < 1e-4, "{run:?}");
		let run = compile(
			"logit.onnx",
			&samples,
			&out,
			&["--force", "--test", &values, "--min-accuracy", "5%"],
		);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("--max-loss"), "{run:?}");
	}

	#[test]
	fn names_a_file_that_is_missing_or_no_model() {
		let folder = TempDir::new().unwrap();
		for model in ["nowhere.onnx", SAMPLES] {
			let run =
				candor(["compile", model, "--calibration", SAMPLES, "--out", text(folder.path())]);
			assert_eq!(run.code, 2, "{run:?}");
			assert!(run.err.contains("\nerror: ") && run.err.contains(model), "{run:?}");
		}
		assert!(names(folder.path()).is_empty());
	}
}

mod setting_up {
	use super::*;

	#[test]
	fn is_refused_unless_it_is_for_development() {
		let run = candor(["setup", text(&model())]);
		assert_eq!(run.code, 2);
		assert!(run.err.contains("development setups"), "{run:?}");
		assert!(run.err.contains("hint: with --development"), "{run:?}");
	}

	#[test]
	fn leaves_keys_and_the_commitment_and_a_key_for_snarkjs_where_it_has_a_form() {
		let of_a_model = ["architecture.json", "schema.json", "weights.json"];
		for (folder, inputs, digits, json) in [
			(&FOLDER, 3, 128, None),
			(&STAGED, 3, 128, None),
			(&HASHED, 4, 64, Some("verification_key.json")),
		] {
			let model = folder.path().join("model");
			let mut expected = vec!["commitment.json", "proving.key", "verifying.key"];
			expected.extend(of_a_model.into_iter().chain(json));
			expected.sort_unstable();
			assert_eq!(names(&model), expected);
			let key = VerifyingKey::from_bytes(&fs::read(model.join("verifying.key")).unwrap());
			let key = key.unwrap();
			assert_eq!(key.inputs(), inputs);
			let commitment: Value =
				serde_json::from_slice(&fs::read(model.join("commitment.json")).unwrap()).unwrap();
			assert_eq!(commitment["commitment"].as_str().unwrap().len(), 2 + digits);
			assert_eq!(commitment["key"], format!("0x{}", hex::encode(key.digest())));
		}
	}

	#[test]
	fn says_scheme_and_commitment() {
		let folder = copied(&model());
		fs::remove_file(folder.path().join("proving.key")).unwrap();
		let arguments = ["--json", "setup", text(folder.path()), "--development", "--scheme"];
		for (scheme, digits) in [("hashed", 64), ("staged", 128)] {
			let json = done(arguments.into_iter().chain([scheme, "--force"])).json();
			assert_eq!(json["scheme"], scheme, "{json}");
			assert_eq!(json["commitment"].as_str().unwrap().len(), 2 + digits, "{json}");
			assert_eq!(json["verification_key_json"].is_null(), scheme == "staged", "{json}");
		}
		let stale = folder.path().join("verification_key.json");
		assert!(!stale.exists(), "a key for snarkjs that belongs to no other file");
		let run = candor(arguments.into_iter().chain(["quick", "--force"]));
		assert_eq!(run.code, 2, "{run:?}");
	}

	#[test]
	fn of_a_folder_without_weights_gives_no_commitment() {
		let folder = TempDir::new().unwrap();
		for name in ["architecture.json", "schema.json"] {
			fs::copy(model().join(name), folder.path().join(name)).unwrap();
		}
		let json = done(["--json", "setup", text(folder.path()), "--development"]).json();
		assert!(json["commitment"].is_null(), "{json}");
		assert!(!names(folder.path()).iter().any(|name| name == "commitment.json"));
	}

	#[test]
	fn anew_gives_another_commitment_to_the_same_model() {
		let commitment = |folder: &Path| fs::read(folder.join("commitment.json")).unwrap();
		let folder = copied(&model());
		done(["setup", text(folder.path()), "--development", "--force"]);
		assert_ne!(commitment(folder.path()), commitment(&model()));
	}

	#[test]
	fn does_not_replace_keys_unasked() {
		let before = fs::read(model().join("verifying.key")).unwrap();
		let run = candor(["setup", text(&model()), "--development"]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("--force"), "{run:?}");
		assert_eq!(fs::read(model().join("verifying.key")).unwrap(), before);
	}

	#[test]
	fn needs_a_compiled_model() {
		let folder = TempDir::new().unwrap();
		let run = candor(["--json", "setup", text(folder.path()), "--development"]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.json()["error"]["hint"].as_str().unwrap().contains("candor compile"));
	}
}

mod checking_keys {
	use super::*;

	/// Bytes of a point in the first and in the second group.
	const POINT: [usize; 2] = [64, 128];
	/// Bytes of the checksum at the end.
	const CHECKSUM: usize = 32;

	/// A copy of the model with another proving key.
	fn with_key(change: impl FnOnce(&mut Vec<u8>)) -> TempDir {
		let folder = copied(&model());
		let key = folder.path().join("proving.key");
		let mut bytes = fs::read(&key).unwrap();
		bytes.truncate(bytes.len() - CHECKSUM);
		change(&mut bytes);
		let checksum = sp_crypto_hashing::blake2_256(&bytes);
		bytes.extend(checksum);
		fs::write(&key, bytes).unwrap();
		folder
	}

	/// The offsets of all lists of points, each with the number of its points: the model's, IC, L, A, B in
	/// both groups, H, the powers.
	fn lists(bytes: &[u8]) -> Vec<(usize, usize)> {
		let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
		let [first, second] = POINT;
		let mut at = 8 + 4;
		at += 4 + number(at) + 8;
		assert_eq!(bytes[at..at + 2], [1, 0], "a model block and no challenge");
		at += 2 + 3 * first + 3 * second;
		let mut lists = Vec::new();
		let block = first + second;
		for (size, before) in [
			(first, block),
			(first, 0),
			(first, 0),
			(first, 0),
			(first, 0),
			(second, 0),
			(first, 0),
			(first, 0),
		] {
			at += before;
			let count = number(at);
			lists.push((at + 8, count));
			at += 8 + count * size;
		}
		assert_eq!(at + 2 * second, bytes.len(), "the file is laid out otherwise");
		lists
	}

	/// A key that proves inputs of zeros only: two points of the input's bits are exchanged.
	fn rigged() -> TempDir {
		with_key(|bytes| {
			let (witnesses, _) = lists(bytes)[2];
			let [size, _] = POINT;
			let other = witnesses + 31 * size;
			let first = bytes[witnesses..witnesses + size].to_vec();
			bytes.copy_within(other..other + size, witnesses);
			bytes[other..other + size].copy_from_slice(&first);
		})
	}

	#[test]
	fn finds_nothing_wrong_with_those_of_a_setup() {
		let run = done(["setup", "verify", text(&model()), "--json"]);
		let report = run.json();
		assert_eq!(report["valid"], true);
		assert_eq!(report["reason"], Value::Null);
		assert_eq!(report["architecture"], "4-3-2");
		assert_eq!(report["scheme"], "committed");
		let key = fs::read(model().join("verifying.key")).unwrap();
		let architecture = fs::read(model().join("architecture.json")).unwrap();
		// SCALE, as in docs/statement.md: four bytes in, two logits of four bytes out, the source, no
		// transcript, and a development setup.
		let length = u16::try_from(key.len()).unwrap() << 2 | 1;
		let mut preimage = vec![14 << 2];
		preimage.extend(b"candor/circuit");
		// Staged Groth16.
		preimage.push(1);
		preimage.extend(length.to_le_bytes());
		preimage.extend(key);
		// The second kind of statement.
		preimage.push(1);
		preimage.extend([4u32, 8].map(u32::to_le_bytes).concat());
		preimage.extend(sp_crypto_hashing::blake2_256(&architecture));
		preimage.extend([0; 32]);
		preimage.push(0);
		let circuit = format!("0x{}", hex::encode(sp_crypto_hashing::blake2_256(&preimage)));
		assert_eq!(report["circuit"], circuit);
		assert!(done(["setup", "verify", text(&model())]).out.starts_with("valid\n"));
	}

	#[test]
	fn finds_points_that_were_exchanged() {
		let folder = rigged();
		let run = candor(["setup", "verify", text(folder.path())]);
		assert_eq!(run.code, 1, "{run:?}");
		assert!(run.out.starts_with("invalid: IC, a block or L does not follow"), "{run:?}");
	}

	#[test]
	fn finds_a_damaged_point_behind_a_checksum_that_fits() {
		let folder = with_key(|bytes| {
			let (powers, _) = lists(bytes)[7];
			bytes[powers] ^= 1;
		});
		let run = candor(["setup", "verify", text(folder.path()), "--json"]);
		assert_eq!(run.code, 1, "{run:?}");
		assert_eq!(run.json()["valid"], false);
		let reason = run.json()["reason"].to_string();
		assert!(reason.contains("point 0 of the powers of tau lies outside"), "{run:?}");
	}

	#[test]
	fn has_nothing_to_judge_where_a_file_is_missing_or_cut_off() {
		let folder = rigged();
		let key = folder.path().join("proving.key");
		let bytes = fs::read(&key).unwrap();
		fs::write(&key, &bytes[..bytes.len() / 2]).unwrap();
		let run = candor(["setup", "verify", text(folder.path())]);
		assert_eq!(run.code, 2, "{run:?}");
		fs::remove_file(&key).unwrap();
		let run = candor(["setup", "verify", text(folder.path())]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("proving.key"), "{run:?}");
	}

	#[test]
	fn comes_before_the_first_proof() {
		let folder = rigged();
		let proof = folder.path().join("proof");
		let run = prove_in(folder.path(), &proof);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("is refused") && run.err.contains("setup verify"), "{run:?}");
		assert!(!proof.exists());
	}
}

mod proving {
	use super::*;

	fn prove<'a>(out: &'a Path, more: &[&'a str]) -> Run {
		let model = model();
		candor(
			["--json", "prove", text(&model), "--input", SAMPLES, "--out", text(out)]
				.into_iter()
				.chain(more.iter().copied()),
		)
	}

	#[test]
	fn into_a_folder_leaves_three_files() {
		let with_a_model = ["commitment.json", "proof.bin", "public.json"];
		for (folder, expected, length) in [
			(&FOLDER, with_a_model, 256),
			(&STAGED, with_a_model, 320),
			(&HASHED, ["proof.bin", "proof.json", "public.json"], 256),
		] {
			let proof = folder.path().join("proof");
			assert_eq!(names(&proof), expected);
			let bytes = fs::read(proof.join("proof.bin")).unwrap();
			assert!(Proof::from_bytes(&bytes).is_ok());
			assert_eq!(bytes.len(), length);
		}
	}

	#[test]
	fn into_a_file_leaves_bytes_with_the_other_files_beside_them() {
		let folder = TempDir::new().unwrap();
		let run = prove(&folder.path().join("new/answer.proof"), &["--sample", "2"]);
		assert_eq!(run.code, 0, "{run:?}");
		let new = folder.path().join("new");
		assert_eq!(names(&new), ["answer.proof", "commitment.json", "public.json"]);
		assert_eq!(fs::read(new.join("answer.proof")).unwrap().len(), 256);
	}

	#[test]
	fn into_a_json_file_leaves_the_form_of_snarkjs() {
		let folder = TempDir::new().unwrap();
		let answer = folder.path().join("answer.json");
		let run = prove(&answer, &["--sample", "2"]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("snarkjs knows no staged Groth16"), "{run:?}");
		assert!(names(folder.path()).is_empty());
		let run = prove_in(&HASHED.path().join("model"), &answer);
		assert_eq!(run.code, 0, "{run:?}");
		assert_eq!(names(folder.path()), ["answer.json", "proof.json", "public.json"]);
		let read = |name| fs::read(folder.path().join(name)).unwrap();
		assert_eq!(read("answer.json"), read("proof.json"));
	}

	#[test]
	fn tells_class_logits_output_and_public_inputs() {
		let folder = TempDir::new().unwrap();
		let lines = fs::read_to_string(SAMPLES).unwrap();
		for (line, class) in [(1, 0), (66, 1)] {
			let expected = lines.lines().nth(line - 1).unwrap().rsplit(',').next().unwrap();
			assert_eq!(expected, class.to_string());
			let json = prove(folder.path(), &["--sample", &line.to_string()]).json();
			assert_eq!(json["class"], class, "{json}");
			let output: String = json["logits"]
				.as_array()
				.unwrap()
				.iter()
				.map(|logit| hex::encode((logit.as_i64().unwrap() as i32).to_le_bytes()))
				.collect();
			assert_eq!(json["output"], format!("0x{output}"));
			let public: Value =
				serde_json::from_slice(&fs::read(folder.path().join("public.json")).unwrap())
					.unwrap();
			assert_eq!(json["public_inputs"], public);
			assert_eq!(public[2], "0", "no job, no binding");
			assert_eq!(json["scheme"], "committed");
			for time in ["load_seconds", "prove_seconds"] {
				assert!(json[time].is_f64(), "{json}");
			}
		}
	}

	#[test]
	fn asks_which_sample_where_there_are_several() {
		let folder = TempDir::new().unwrap();
		let run = prove(folder.path(), &[]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("--sample"), "{run:?}");
		for sample in ["0", "67"] {
			let run = prove(folder.path(), &["--sample", sample]);
			assert_eq!(run.code, 2, "{run:?}");
		}
		assert!(names(folder.path()).is_empty());
	}

	#[test]
	fn takes_the_one_sample_of_a_file_with_or_without_a_label() {
		let folder = TempDir::new().unwrap();
		let sample = folder.path().join("sample.csv");
		let model = model();
		let mut commitments = Vec::new();
		for line in ["16,16,0,5\n", "16,16,0,5,1\n"] {
			fs::write(&sample, line).unwrap();
			let run = done([
				"--json",
				"prove",
				text(&model),
				"--input",
				text(&sample),
				"--out",
				text(folder.path()),
			]);
			commitments.push(run.json()["input_commitment"].clone());
		}
		assert_eq!(commitments[0], commitments[1]);
	}

	/// Proves samples in a new file.
	fn prove_samples(model: &Path, samples: &str, more: &[&str]) -> Run {
		let folder = TempDir::new().unwrap();
		let path = folder.path().join("sample.csv");
		fs::write(&path, samples).unwrap();
		let arguments = ["--json", "prove", text(model), "--input", text(&path)];
		let out = folder.path().join("proof");
		candor(arguments.into_iter().chain(["--out", text(&out)]).chain(more.iter().copied()))
	}

	#[test]
	fn of_values_that_are_cut_warns_and_names_them() {
		let model = model();
		let run = prove_samples(&model, "16,16,0,5\n", &[]);
		assert_eq!((run.code, &run.json()["sample"]["clipped"]), (0, &serde_json::json!([])));
		assert!(!run.err.contains("warning"), "{run:?}");
		let run = prove_samples(&model, "16,-1,256,5\n", &[]);
		assert_eq!(run.code, 0, "{run:?}");
		let warned = run.err.contains("warning: 2 of 4 features lie outside")
			&& run.err.contains("feature 2 is -1, calibrated from 0 to 16");
		assert!(warned, "{run:?}");
		let alike = prove_samples(&model, "1,0.5,0,0.75\n", &[]);
		assert!(alike.err.contains("by 16 of 255 steps"), "{alike:?}");
		let narrow = &alike.json()["sample"]["narrow"];
		assert_eq!((&narrow["line"], &narrow["column"]), (&1.into(), &1.into()));
		assert!(run.json()["sample"]["narrow"].is_null());
		let clipped = run.json()["sample"]["clipped"].clone();
		assert_eq!((&clipped[1]["feature"], &clipped[1]["value"]), (&3.into(), &256.0.into()));
	}

	#[test]
	fn for_a_price_that_rises_to_nothing_higher_is_refused_before_anything_is_read() {
		let open = |more: &[&str]| {
			let arguments = ["--json", "job", "open", "--model", "0", "--schema", "nowhere"];
			let sample = ["--input", "nowhere.csv", "--suri", "//Bob", "--price", "2"];
			candor(arguments.into_iter().chain(sample).chain(more.iter().copied()))
		};
		let run = open(&["--max-price", "2", "--ramp", "9"]);
		let message = run.json()["error"]["message"].to_string();
		assert!(run.code == 2 && message.contains("no higher"), "{run:?}");
		for half in [["--max-price", "3"], ["--ramp", "9"]] {
			let run = open(&half);
			assert!(run.code == 2 && run.err.contains("required"), "{run:?}");
		}
	}

	#[test]
	fn for_money_is_refused_where_values_would_be_cut() {
		let folder = TempDir::new().unwrap();
		let path = folder.path().join("sample.csv");
		let model = model();
		// Nothing listens there, so that whatever goes on to the chain fails in another way.
		let arguments =
			["--json", "job", "open", "--model", "0", "--schema", text(&model), "--input"];
		let more = ["--price", "1", "--suri", "//Bob", "--url", "ws://127.0.0.1:9"];
		let open = |samples: &str, last: &[&str]| {
			fs::write(&path, samples).unwrap();
			candor(
				arguments.into_iter().chain([text(&path)]).chain(more).chain(last.iter().copied()),
			)
		};
		let run = open("16,16,0,255\n", &[]);
		assert_eq!((run.code, &run.json()["error"]["kind"]), (1, &"refused".into()), "{run:?}");
		let message = run.json()["error"]["message"].as_str().unwrap().to_owned();
		assert!(message.contains("feature 4 is 255, calibrated from 0 to 16"), "{message}");
		assert!(run.json()["error"]["hint"].as_str().unwrap().contains("--allow-clipping"));
		let accepted = open("16,16,0,255\n", &["--allow-clipping"]);
		assert!(accepted.err.contains("warning: 1 of 4 features lies outside"), "{accepted:?}");
		let within = open("16,16,0,5\n", &[]);
		for run in [accepted, within] {
			let error = run.json()["error"].to_string();
			assert!(run.code != 0 && !error.contains("calibrated"), "{run:?}");
		}
	}

	#[test]
	fn says_which_column_was_taken_for_a_label() {
		let model = model();
		let run = prove_samples(&model, "0,0,16,5,1\n", &[]);
		assert_eq!(run.json()["sample"]["label_column"], 5, "{run:?}");
		let first = prove_samples(&model, "1,0,0,16,5\n", &["--label", "first"]);
		assert_eq!(first.json()["sample"]["label_column"], 1, "{first:?}");
		assert_eq!(first.json()["input_commitment"], run.json()["input_commitment"]);
		let run = prove_samples(&model, "0,0,16,5,1\n", &["--label", "none"]);
		assert_eq!(run.code, 2, "{run:?}");
		let run = prove_samples(&model, ",a,b,c,d\n0,0,0,16,5\n", &[]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("index=False"), "{run:?}");
	}

	#[test]
	fn of_one_output_tells_a_value_and_no_class() {
		let folder = TempDir::new().unwrap();
		let (onnx, samples) =
			(format!("{MODELS}/logit.onnx"), format!("{MODELS}/logit-values.csv"));
		let model = folder.path().join("model");
		done([
			"compile",
			&onnx,
			"--calibration",
			&format!("{MODELS}/logit.csv"),
			"--out",
			text(&model),
		]);
		done(["setup", text(&model), "--development"]);
		let lines = fs::read_to_string(&samples).unwrap();
		let mut signs = Vec::new();
		for line in lines.lines().take(6) {
			let expected: f64 = line.rsplit(',').next().unwrap().parse().unwrap();
			let json = prove_samples(&model, line, &[]).json();
			assert!(json.get("class").is_none(), "{json}");
			let value = json["value"].as_f64().unwrap();
			assert!((value - expected).abs() < 0.05, "{value} for {expected}");
			signs.push(value > 0.0);
		}
		assert!(signs.contains(&true) && signs.contains(&false), "both signs are seen");
	}

	#[test]
	fn of_a_line_that_is_no_sample_is_refused() {
		let folder = TempDir::new().unwrap();
		let sample = folder.path().join("sample.csv");
		let model = model();
		for line in ["", "1,2,3\n", "1,2,3,4,5,6\n", "a,b,c,d\n"] {
			fs::write(&sample, line).unwrap();
			let run = candor([
				"prove",
				text(&model),
				"--input",
				text(&sample),
				"--out",
				text(&folder.path().join("proof")),
			]);
			assert_eq!(run.code, 2, "{line:?}: {run:?}");
			assert!(run.err.contains("sample.csv"), "{line:?}: {run:?}");
		}
	}

	#[test]
	fn for_a_job_binds_the_proof_to_chain_job_and_worker() {
		const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		const ALICE_KEY: &str =
			"0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
		let genesis = "5f".repeat(32);
		let folder = TempDir::new().unwrap();
		let bound = |job: &str, worker: &str| {
			let run = prove(
				folder.path(),
				&["--sample", "1", "--genesis", &genesis, "--job", job, "--worker", worker],
			);
			assert_eq!(run.code, 0, "{run:?}");
			run.json()["binding"].as_str().unwrap().to_owned()
		};
		let expected = candor_statement::binding(
			candor_statement::GenesisHash([0x5f; 32]),
			candor_statement::JobId(7),
			candor_statement::Claimant(hex::decode(&ALICE_KEY[2..]).unwrap().try_into().unwrap()),
		);
		assert_eq!(bound("7", ALICE), expected.to_string());
		assert_eq!(bound("7", ALICE_KEY), expected.to_string());
		assert_ne!(bound("8", ALICE), expected.to_string());
	}

	#[test]
	fn for_a_registration_binds_the_proof_to_chain_circuit_model_and_owner() {
		let (genesis, owner, other) = ("5f".repeat(32), "0a".repeat(32), "0b".repeat(32));
		let folder = TempDir::new().unwrap();
		let bound = |more: &[&str]| {
			let usual = ["--sample", "1", "--genesis", &genesis, "--owner", &owner];
			let run = prove(folder.path(), &[&usual[..], more].concat());
			assert_eq!(run.code, 0, "{run:?}");
			(run.json()["binding"].clone(), run.json()["model_commitment"].clone())
		};
		let (under_other, commitment) = bound(&["--circuit", &other]);
		let expected = candor_statement::possession(
			candor_statement::GenesisHash([0x5f; 32]),
			candor_statement::CircuitHash([0x0b; 32]),
			&commitment.as_str().unwrap().parse().unwrap(),
			candor_statement::Owner([0x0a; 32]),
		);
		assert_eq!(under_other, expected.to_string());
		// Unless it is named, the circuit is that of the folder.
		assert_ne!(bound(&[]).0, under_other);
	}

	#[test]
	fn for_half_a_job_or_registration_or_for_both_is_refused() {
		let folder = TempDir::new().unwrap();
		let hash = "5f".repeat(32);
		let job = ["--genesis", &hash, "--job", "7", "--worker", &hash];
		for part in [
			&["--genesis", &hash][..],
			&["--job", "7"],
			&["--worker", &hash],
			&["--owner", &hash],
			&["--circuit", &hash],
			&["--genesis", &hash, "--circuit", &hash],
			&[&job[..], &["--owner", &hash]].concat(),
			&[&job[..], &["--circuit", &hash]].concat(),
		] {
			let run = prove(folder.path(), &[part, &["--sample", "1"]].concat());
			assert_eq!(run.code, 2, "{part:?}: {run:?}");
		}
	}

	#[test]
	fn hides_an_input_behind_a_blinder() {
		let folder = TempDir::new().unwrap();
		let blinder = folder.path().join("blinder");
		let out = folder.path().join("proof");
		let commitment = |more: &[&str]| {
			let run = prove(&out, &[&["--sample", "1"], more].concat());
			assert_eq!(run.code, 0, "{run:?}");
			run.json()["input_commitment"].clone()
		};
		let open = commitment(&[]);
		let private = commitment(&["--private-input", text(&blinder)]);
		assert_ne!(open, private);
		assert_eq!(commitment(&[]), open);
		assert_eq!(commitment(&["--input-blinder", text(&blinder)]), private);
		let again = prove(&out, &["--sample", "1", "--private-input", text(&blinder)]);
		assert_eq!(again.code, 2, "a blinder is never overwritten: {again:?}");
	}

	#[cfg(unix)]
	#[test]
	fn keeps_a_blinder_from_other_users() {
		use std::os::unix::fs::PermissionsExt;
		let folder = TempDir::new().unwrap();
		let blinder = folder.path().join("blinder");
		let run = prove(
			&folder.path().join("proof"),
			&["--sample", "1", "--private-input", text(&blinder)],
		);
		assert_eq!(run.code, 0, "{run:?}");
		assert_eq!(fs::metadata(&blinder).unwrap().permissions().mode() & 0o777, 0o600);
	}

	#[test]
	fn with_a_damaged_key_is_refused() {
		let folder = copied(&model());
		let key = folder.path().join("proving.key");
		let mut bytes = fs::read(&key).unwrap();
		let middle = bytes.len() / 2;
		bytes[middle] ^= 1;
		fs::write(&key, bytes).unwrap();
		let run = prove_in(folder.path(), &folder.path().join("proof"));
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("damaged") && run.err.contains("candor setup"), "{run:?}");
	}
}

mod verifying {
	use super::*;

	/// The model with hashed weights: keys and proofs have every form.
	fn model() -> PathBuf {
		HASHED.path().join("model")
	}

	fn proof() -> PathBuf {
		HASHED.path().join("proof")
	}

	/// The order of the scalar field, less one.
	const R_MINUS_ONE: &str =
		"21888242871839275222246405745257275088548364400416034343698204186575808495616";

	fn verify(key: &Path, proof: &Path, public: &Path) -> Run {
		candor(["verify", "--vk", text(key), "--proof", text(proof), "--public", text(public)])
	}

	/// A file with this content in a folder of its own.
	fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
		let folder = TempDir::new().unwrap();
		let path = folder.path().join(name);
		fs::write(&path, content).unwrap();
		(folder, path)
	}

	fn public_inputs() -> Vec<String> {
		serde_json::from_slice(&fs::read(proof().join("public.json")).unwrap()).unwrap()
	}

	fn with_public(inputs: &[String]) -> Run {
		let (_folder, path) = file("public.json", serde_json::to_vec(inputs).unwrap());
		verify(&model(), &proof(), &path)
	}

	fn is_invalid(run: &Run, reason: &str) {
		assert_eq!(run.code, 1, "{run:?}");
		assert!(run.out.starts_with("invalid: ") && run.out.contains(reason), "{run:?}");
	}

	fn is_unusable(run: &Run, place: &str, reason: &str) {
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.out.is_empty() && run.err.starts_with("error: "), "{run:?}");
		assert!(run.err.contains(place) && run.err.contains(reason), "{run:?}");
	}

	#[test]
	fn takes_keys_and_proofs_in_every_form() {
		let public = proof().join("public.json");
		for key in [model(), model().join("verifying.key"), model().join("verification_key.json")] {
			for file in [proof(), proof().join("proof.bin"), proof().join("proof.json")] {
				for public in [proof(), public.clone()] {
					let run = verify(&key, &file, &public);
					assert_eq!((run.code, run.out.as_str()), (0, "valid\n"), "{run:?}");
				}
			}
		}
	}

	#[test]
	fn finds_every_changed_public_input() {
		let inputs = public_inputs();
		for position in 0..inputs.len() {
			let mut changed = inputs.clone();
			changed[position] =
				if changed[position] == R_MINUS_ONE { "0".into() } else { R_MINUS_ONE.into() };
			is_invalid(&with_public(&changed), "does not prove this statement");
		}
	}

	#[test]
	fn finds_numbers_that_are_not_below_the_field_order() {
		let mut inputs = public_inputs();
		assert_eq!(inputs[3], "0");
		inputs[3] =
			"21888242871839275222246405745257275088548364400416034343698204186575808495617".into();
		is_unusable(&with_public(&inputs), "[3]: ", "not below the modulus");
	}

	#[test]
	fn finds_a_wrong_number_of_public_inputs() {
		let inputs = public_inputs();
		is_unusable(
			&with_public(&inputs[1..]),
			"public.json: ",
			"4 public inputs, the statement 3",
		);
		is_unusable(&with_public(&[]), "public.json: ", "4 public inputs, the statement 0");
		let more = [&inputs[..], &["0".to_owned()]].concat();
		is_unusable(&with_public(&more), "public.json: ", "4 public inputs, the statement 5");
	}

	#[test]
	fn finds_a_key_that_no_chain_would_register() {
		let bytes = fs::read(model().join("verifying.key")).unwrap();
		let mut key = VerifyingKey::from_bytes(&bytes).unwrap();
		key.gamma = key.delta;
		let (_folder, path) = file("verifying.key", key.to_bytes());
		let run = verify(&path, &proof(), &proof());
		is_unusable(&run, "gamma (from byte 192) and delta", "cannot be registered");
	}

	#[test]
	fn finds_the_key_of_another_setup() {
		let folder = TempDir::new().unwrap();
		for name in ["architecture.json", "schema.json", "weights.json"] {
			fs::copy(model().join(name), folder.path().join(name)).unwrap();
		}
		done(["setup", text(folder.path()), "--development", "--scheme", "hashed"]);
		is_invalid(&verify(folder.path(), &proof(), &proof()), "does not prove");
	}

	#[test]
	fn finds_a_point_off_the_curve() {
		let mut bytes = fs::read(proof().join("proof.bin")).unwrap();
		bytes[63] ^= 1;
		let (_folder, path) = file("proof.bin", bytes);
		is_unusable(&verify(&model(), &path, &proof()), "A (from byte 0)", "not on the curve");
	}

	#[test]
	fn makes_no_sense_of_files_of_another_form() {
		let bytes = fs::read(proof().join("proof.bin")).unwrap();
		for wrong in [&bytes[1..], &[&bytes[..], &[0]].concat(), &[]] {
			let (_folder, path) = file("proof.bin", wrong);
			is_unusable(&verify(&model(), &path, &proof()), "proof.bin: ", "wrong number of bytes");
		}
		let (_folder, path) = file("proof.json", "{}");
		is_unusable(&verify(&model(), &path, &proof()), "proof.json: ", "missing field");
		let (_folder, path) = file("public.json", r#"["1", "zwei"]"#);
		is_unusable(&verify(&model(), &proof(), &path), "public.json: [1]: ", "decimal");
		let (_folder, path) = file("verifying.key", "key");
		is_unusable(&verify(&path, &proof(), &proof()), "verifying.key: ", "3 bytes");
		is_unusable(&verify(&model(), Path::new("nowhere"), &proof()), "nowhere", "cannot read");
		is_unusable(&verify(&proof(), &proof(), &proof()), "proof", "holds no verifying.key");
	}

	#[test]
	fn tells_programs_the_verdict() {
		let (model, proof) = (model(), proof());
		let arguments =
			["--json", "verify", "--vk", text(&model), "--proof", text(&proof), "--public"];
		let run = done(arguments.into_iter().chain([text(&proof)]));
		assert_eq!(run.json()["valid"], true);
		assert_eq!(run.json()["reason"], Value::Null);
		let mut inputs = public_inputs();
		inputs[3] = "1".into();
		let (_folder, path) = file("public.json", serde_json::to_vec(&inputs).unwrap());
		let run = candor(arguments.into_iter().chain([text(&path)]));
		assert_eq!(run.code, 1);
		assert_eq!(run.json()["valid"], false);
		assert!(run.json()["reason"].is_string());
	}
}

mod verifying_about_a_model {
	use super::*;

	fn verify(folder: &TempDir, proof: &Path, more: &[&str]) -> Run {
		let key = folder.path().join("model");
		let arguments = ["verify", "--vk", text(&key), "--proof", text(proof), "--public"];
		candor(arguments.into_iter().chain([text(proof)]).chain(more.iter().copied()))
	}

	fn commitment(folder: &TempDir) -> String {
		let json = fs::read(folder.path().join("model/commitment.json")).unwrap();
		let json: Value = serde_json::from_slice(&json).unwrap();
		json["commitment"].as_str().unwrap().to_owned()
	}

	#[test]
	fn takes_the_commitment_from_anywhere() {
		for folder in [&FOLDER, &STAGED] {
			let (model, proof) = (folder.path().join("model"), folder.path().join("proof"));
			let file = model.join("commitment.json");
			for told in [
				None,
				Some(commitment(folder)),
				Some(text(&file).into()),
				Some(text(&model).into()),
			] {
				let told: Vec<_> = told.iter().flat_map(|told| ["--model", told]).collect();
				let run = verify(folder, &proof, &told);
				assert_eq!((run.code, run.out.as_str()), (0, "valid\n"), "{told:?}: {run:?}");
			}
		}
	}

	#[test]
	fn asks_for_it_where_it_is_missing() {
		let proof = copied(&STAGED.path().join("proof"));
		fs::remove_file(proof.path().join("commitment.json")).unwrap();
		let run = verify(&STAGED, proof.path(), &[]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("whose commitment is missing"), "{run:?}");
		assert!(run.err.contains("hint: give --model"), "{run:?}");
	}

	#[test]
	fn finds_another_model() {
		for folder in [&FOLDER, &STAGED] {
			let other = copied(&folder.path().join("model"));
			let out = ["--out", text(other.path()), "--force"];
			// The same weights under another blinder.
			done(["compile", MODEL, "--calibration", SAMPLES].into_iter().chain(out));
			let proof = other.path().join("proof");
			assert_eq!(prove_in(other.path(), &proof).code, 0);
			assert_eq!(verify(folder, &proof, &[]).code, 0);
			let run = verify(folder, &proof, &["--model", &commitment(folder)]);
			assert_eq!(run.code, 1, "{run:?}");
			assert!(run.out.contains("does not prove this statement"), "{run:?}");
		}
	}

	#[test]
	fn makes_no_sense_of_what_is_no_commitment() {
		let proof = STAGED.path().join("proof");
		let off_the_curve = format!("0x{}", "01".repeat(64));
		for (told, said) in [
			("nowhere", "neither a file nor a commitment"),
			(&off_the_curve, "is no point"),
			(&"00".repeat(64), "is no point"),
			(&"00".repeat(32), "is no point"),
			(text(&proof.join("public.json")), "public.json"),
		] {
			let run = verify(&STAGED, &proof, &["--model", told]);
			assert_eq!(run.code, 2, "{run:?}");
			assert!(run.err.contains(said), "{run:?}");
		}
	}

	#[test]
	fn is_for_keys_with_a_model_block() {
		let run = verify(&HASHED, &HASHED.path().join("proof"), &["--model", &commitment(&HASHED)]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(
			run.err.contains("no model block") && run.err.contains("leave --model out"),
			"{run:?}"
		);
	}

	#[test]
	fn of_another_length_of_proof_is_told() {
		let run = verify(&STAGED, &FOLDER.path().join("proof"), &[]);
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("320 bytes"), "{run:?}");
	}
}

mod commitments {
	use super::*;

	/// A file of weights that somebody has changed gives another commitment.
	#[test]
	fn that_are_not_those_of_the_weights_are_refused() {
		let folder = copied(&STAGED.path().join("model"));
		let weights = folder.path().join("weights.json");
		let text = fs::read_to_string(&weights).unwrap();
		let at = text.find("\"blinder\":\"0x").unwrap() + "\"blinder\":\"0x".len();
		let other = if text[at..].starts_with('0') { "1" } else { "0" };
		fs::write(&weights, format!("{}{other}{}", &text[..at], &text[at + 1..])).unwrap();
		let run = prove_in(folder.path(), &folder.path().join("proof"));
		assert_eq!(run.code, 2, "{run:?}");
		assert!(run.err.contains("commitment.json beside them says"), "{run:?}");
	}

	#[test]
	fn of_other_keys_are_computed_anew() {
		let folder = copied(&model());
		for name in ["proving.key", "verifying.key"] {
			fs::copy(STAGED.path().join("model").join(name), folder.path().join(name)).unwrap();
		}
		let proof = folder.path().join("proof");
		assert_eq!(prove_in(folder.path(), &proof).code, 0);
		let written = |folder: &Path| fs::read(folder.join("commitment.json")).unwrap();
		assert_ne!(written(folder.path()), written(&model()));
		assert_eq!(written(folder.path()), written(&proof));
		assert!(String::from_utf8(written(&proof)).unwrap().contains("staged"));
	}
}

#[test]
fn a_result_that_nobody_can_read_is_no_success() {
	// Linux's device that is always full.
	let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
	let inspect = ["key", "inspect", "--suri", "//Alice"];
	for more in [&[][..], &["--json"]] {
		let output = Command::new(env!("CARGO_BIN_EXE_candor"))
			.args(inspect.iter().chain(more))
			.stdout(full.try_clone().expect("a handle"))
			.output()
			.expect("the binary runs");
		let told = String::from_utf8_lossy(&output.stderr);
		assert_eq!(output.status.code(), Some(3), "{told}");
		assert!(told.contains("could not be written") && told.contains("hint"), "{told}");
	}
	// A reader that has seen enough is none of its business.
	let (reader, writer) = std::io::pipe().expect("a pipe");
	drop(reader);
	let output = Command::new(env!("CARGO_BIN_EXE_candor"))
		.args(inspect)
		.stdout(writer)
		.output()
		.expect("the binary runs");
	assert_eq!(output.status.code(), Some(0));
}
