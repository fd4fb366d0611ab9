// SPDX-License-Identifier: Apache-2.0
//! The files of a compiled model.
//!
//! | file | who | what |
//! | --- | --- | --- |
//! | `architecture.json` | public | the widths, from which the circuit follows |
//! | `schema.json` | public | how a sample becomes input bytes and logits become floats, and the commitment |
//! | `weights.json` | the model's owner | the integer weights and the blinder |

use std::{
	fs::{self, OpenOptions},
	io::{self, Write},
	path::{Path, PathBuf},
};

use candor_circuits::{logits_from_bytes, Architecture, Perceptron, Secret};
use candor_statement::{Fr, ModelCommitment};
use candor_text::parser_message;
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use serde_json::error::Category;
use zeroize::Zeroizing;

use crate::{answer::OutputKind, compile::Compiled, quantise::InputQuantisation};

/// The name of the file with the widths.
pub const ARCHITECTURE_FILE: &str = "architecture.json";

/// The name of the file with everything that a requester needs.
pub const SCHEMA_FILE: &str = "schema.json";

/// The name of the private file.
pub const WEIGHTS_FILE: &str = "weights.json";

/// Why a file of a model cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
	/// The system refused.
	#[error("cannot {action} `{}`: {source}", path.display())]
	Io {
		/// `read` or `write`.
		action: &'static str,
		/// The file.
		path: PathBuf,
		/// What the system said.
		source: io::Error,
	},
	/// The content is not what the file should hold.
	#[error("`{}` is damaged or no file of a model: {message}; compile the model again", path.display())]
	Content {
		/// The file.
		path: PathBuf,
		/// What is wrong.
		message: String,
	},
	/// Two files of one directory do not belong together.
	#[error("`{}` does not fit `{SCHEMA_FILE}` beside it: {message}; compile the model again", path.display())]
	Mismatch {
		/// The file.
		path: PathBuf,
		/// What differs.
		message: String,
	},
}

/// Why a sample or an output does not fit a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
	/// A sample with too few or too many features.
	#[error("the model takes {expected} features, not {got}")]
	Features {
		/// What the model takes.
		expected: usize,
		/// What was given.
		got: usize,
	},
	/// A feature that is no number.
	#[error("feature {index} is not a finite number")]
	NotFinite {
		/// The feature, from zero.
		index: usize,
	},
	/// An output of a wrong length.
	#[error("the model gives {expected} bytes of output, not {got}")]
	Output {
		/// What the model gives.
		expected: usize,
		/// What was given.
		got: usize,
	},
}

/// Everything that a requester needs: from a sample to input bytes, from output bytes to logits,
/// and the commitment by which the chain knows the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSchema {
	/// The number of features, which is the length of an input in bytes.
	pub input_len: usize,
	/// How features become bytes.
	pub input: InputQuantisation,
	/// What the features are called, where the calibration samples had a header.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub feature_names: Option<Vec<String>>,
	/// What the logits mean.
	pub output: OutputKind,
	/// The number of logits, four bytes each.
	pub output_count: usize,
	/// What a unit of a logit is worth.
	pub output_scale: f64,
	/// The commitment to the model.
	pub commitment: ModelCommitment,
}

impl ModelSchema {
	pub(crate) fn new(
		architecture: &Architecture,
		input: InputQuantisation,
		feature_names: Option<Vec<String>>,
		output_scale: f64,
		commitment: ModelCommitment,
	) -> Self {
		Self {
			input_len: architecture.input_len(),
			input,
			feature_names,
			output: OutputKind::of(architecture.output_count()),
			output_count: architecture.output_count(),
			output_scale,
			commitment,
		}
	}

	/// Reads a file that `candor compile` has written.
	///
	/// # Errors
	///
	/// [`FileError`] when the file is missing or damaged.
	pub fn load(path: &Path) -> Result<Self, FileError> {
		let schema: Self = read(path)?;
		match schema.fault() {
			None => Ok(schema),
			Some(message) => Err(FileError::Content { path: path.into(), message: message.into() }),
		}
	}

	/// The input bytes of a sample. A feature outside of its range gets the byte of the nearest value
	/// inside; [`Self::clipped`] tells which ones do.
	///
	/// # Errors
	///
	/// [`SchemaError`] when the sample has another number of features or one is not finite.
	pub fn input_bytes(&self, sample: &[f64]) -> Result<Vec<u8>, SchemaError> {
		if sample.len() != self.input_len {
			return Err(SchemaError::Features { expected: self.input_len, got: sample.len() });
		}
		if let Some(index) = sample.iter().position(|feature| !feature.is_finite()) {
			return Err(SchemaError::NotFinite { index });
		}
		Ok(self.input.quantise(sample))
	}

	/// The logits of an output, in units of the float model's.
	///
	/// # Errors
	///
	/// [`SchemaError`] when the output has another length.
	pub fn logits(&self, output: &[u8]) -> Result<Vec<f64>, SchemaError> {
		logits_from_bytes(output)
			.filter(|logits| logits.len() == self.output_count)
			.map(|logits| {
				logits.into_iter().map(|logit| f64::from(logit) * self.output_scale).collect()
			})
			.ok_or(SchemaError::Output {
				expected: self.output_count * candor_circuits::LOGIT_BYTES,
				got: output.len(),
			})
	}

	/// What is wrong with the numbers, if anything.
	fn fault(&self) -> Option<&'static str> {
		if !self.input.is_valid_for(self.input_len) {
			return Some("the quantisation does not fit the input");
		}
		if self.feature_names.as_ref().is_some_and(|names| names.len() != self.input_len) {
			return Some("the names do not fit the input");
		}
		if self.output != OutputKind::of(self.output_count) {
			return Some("the kind of the output does not fit the number of logits");
		}
		if !(self.output_scale.is_normal() && self.output_scale > 0.0) {
			return Some("the output scale is not a positive number");
		}
		None
	}
}

/// The public files of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicModel {
	/// The widths.
	pub architecture: Architecture,
	/// Everything else.
	pub schema: ModelSchema,
}

impl PublicModel {
	/// Reads `architecture.json` and `schema.json` of a directory.
	///
	/// # Errors
	///
	/// [`FileError`] when a file is missing, damaged, or does not fit the other.
	pub fn load(directory: &Path) -> Result<Self, FileError> {
		let path = directory.join(ARCHITECTURE_FILE);
		let architecture: Architecture = read(&path)?;
		let schema = ModelSchema::load(&directory.join(SCHEMA_FILE))?;
		if (schema.input_len, schema.output_count)
			!= (architecture.input_len(), architecture.output_count())
		{
			let message = format!(
				"{architecture} does not take {} features and give {} logits",
				schema.input_len, schema.output_count
			);
			return Err(FileError::Mismatch { path, message });
		}
		Ok(Self { architecture, schema })
	}
}

/// All files of a model, for those who may run and prove it.
#[derive(Clone, Debug, PartialEq)]
pub struct PrivateModel {
	/// The public files.
	pub public: PublicModel,
	/// The integer model.
	pub model: Perceptron,
	/// The blinder of the commitment.
	pub blinder: Secret<Fr>,
}

impl PrivateModel {
	/// Reads the files of a directory and derives the commitment again.
	///
	/// # Errors
	///
	/// [`FileError`] when a file is missing, damaged, or does not fit the others.
	pub fn load(directory: &Path) -> Result<Self, FileError> {
		let public = PublicModel::load(directory)?;
		let path = directory.join(WEIGHTS_FILE);
		let weights: Weights = read_private(&path)?;
		let Some(blinder) = weights.blinder.to_field() else {
			let message = "the blinder is not a scalar".into();
			return Err(FileError::Content { path, message });
		};
		let model = weights.model;
		if *model.architecture() != public.architecture {
			let message = format!("it holds weights of {}", model.architecture());
			return Err(FileError::Mismatch { path, message });
		}
		let commitment = model.commitment(blinder);
		if commitment != public.schema.commitment {
			let message =
				format!("its commitment is {commitment}, not {}", public.schema.commitment);
			return Err(FileError::Mismatch { path, message });
		}
		Ok(Self { public, model, blinder: Secret::new(blinder) })
	}
}

/// What stands in `weights.json`. A blinder is written as commitments are.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
	blinder: ModelCommitment,
	model: Perceptron,
}

impl Compiled {
	/// Writes the files of the model into a directory, which is made if it is not there.
	///
	/// # Errors
	///
	/// [`FileError`] names the file that cannot be written.
	pub fn save(&self, directory: &Path) -> Result<(), FileError> {
		fs::create_dir_all(directory).map_err(|source| FileError::Io {
			action: "write",
			path: directory.into(),
			source,
		})?;
		let weights = Weights {
			blinder: ModelCommitment::from_field(*self.blinder),
			model: self.model.clone(),
		};
		write(&directory.join(WEIGHTS_FILE), &weights, Access::Owner)?;
		write(&directory.join(ARCHITECTURE_FILE), self.model.architecture(), Access::Everyone)?;
		write(&directory.join(SCHEMA_FILE), &self.schema, Access::Everyone)
	}
}

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
	Everyone,
	Owner,
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, FileError> {
	parse(path, |error| parser_message(&error.to_string()))
}

/// [`read`] for what is private: an error names the place, and not what stands there.
fn read_private<T: DeserializeOwned>(path: &Path) -> Result<T, FileError> {
	parse(path, |error| {
		let fault = match error.classify() {
			Category::Io | Category::Eof => "the file ends too early",
			Category::Syntax => "no JSON",
			Category::Data => "a value, a name or a number of values that weights do not have",
		};
		format!("{fault}, line {} column {}", error.line(), error.column())
	})
}

fn parse<T: DeserializeOwned>(
	path: &Path,
	message: impl FnOnce(serde_json::Error) -> String,
) -> Result<T, FileError> {
	let text = Zeroizing::new(fs::read(path).map_err(|source| FileError::Io {
		action: "read",
		path: path.into(),
		source,
	})?);
	serde_json::from_slice(&text)
		.map_err(|error| FileError::Content { path: path.into(), message: message(error) })
}

/// Writes a file beside its place and moves it there, so that no reader finds half of it and a
/// private file is private from its first byte.
fn write(path: &Path, content: &impl Serialize, access: Access) -> Result<(), FileError> {
	let error = |source| FileError::Io { action: "write", path: path.into(), source };
	let mut text =
		Zeroizing::new(serde_json::to_vec(content).map_err(|source| error(source.into()))?);
	text.push(b'\n');
	let draft = path.with_extension("json.draft");
	match fs::remove_file(&draft) {
		Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(error(source)),
		_ => (),
	}
	let mut options = OpenOptions::new();
	options.write(true).create_new(true);
	#[cfg(unix)]
	if access == Access::Owner {
		use std::os::unix::fs::OpenOptionsExt;
		options.mode(0o600);
	}
	let mut file = options.open(&draft).map_err(error)?;
	file.write_all(&text).and_then(|()| file.sync_all()).map_err(error)?;
	fs::rename(&draft, path).map_err(error)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		answer::{Clipped, ClippedFeatures},
		compile::compile_samples,
		onnx::OnnxModel,
		samples::{Sample, Table},
		test_onnx::{floats, model, node},
	};
	use tempfile::TempDir;

	fn compiled() -> Compiled {
		let gemm = node("Gemm", &["x", "w", "b"], "y");
		let weights = floats("w", &[3, 2], &[0.5, -1.0, 2.0, 0.25, -0.125, 1.5]);
		let biases = floats("b", &[2], &[0.5, -0.5]);
		let proto = model(3, 2, vec![gemm], vec![weights, biases]);
		let onnx = OnnxModel::from_proto(proto).expect("a perceptron");
		let sample =
			|x: f64| Sample { features: vec![x, -x / 3.0, 1.0 - x], target: None, line: 1 };
		let samples = (0..10).map(|i| sample(f64::from(i) / 7.0)).collect();
		let names = Some(["a", "b", "c"].map(String::from).into());
		let table = Table { samples, names, label: None };
		compile_samples(&onnx, table, None, Fr::from(77)).expect("compiles")
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
		assert_eq!(*loaded.blinder, *compiled.blinder);
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
		let blinder = ModelCommitment::from_field(*compiled.blinder).to_string();
		for file in [ARCHITECTURE_FILE, SCHEMA_FILE] {
			let text = fs::read_to_string(directory.path().join(file)).expect("readable");
			assert!(!text.contains("weights") && !text.contains("blinder"), "{text}");
			assert!(!text.contains(blinder.trim_start_matches("0x")), "{text}");
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
	fn other_weights_do_not_fit_the_commitment() {
		let bias = compiled().model.layers()[0].biases[0];
		let (from, to) = (format!("\"biases\":[{bias}"), format!("\"biases\":[{}", bias + 1));
		let error = load_with(WEIGHTS_FILE, &from, &to).expect_err("another model");
		assert!(matches!(error, FileError::Mismatch { .. }), "{error}");
		assert!(error.to_string().contains("commitment"), "{error}");
	}

	#[test]
	fn another_blinder_does_not_fit_the_commitment() {
		let from = ModelCommitment::from_field(Fr::from(77)).to_string();
		let to = ModelCommitment::from_field(Fr::from(78)).to_string();
		let error = load_with(WEIGHTS_FILE, &from, &to).expect_err("another blinder");
		assert!(matches!(error, FileError::Mismatch { .. }), "{error}");
	}

	#[test]
	fn another_architecture_does_not_fit_the_schema() {
		for widths in ["[3,4]", "[4,2]"] {
			let (directory, _) = saved();
			let path = directory.path().join(ARCHITECTURE_FILE);
			fs::write(&path, format!(r#"{{"widths":{widths}}}"#)).expect("writable");
			let error = PublicModel::load(directory.path()).expect_err("other widths");
			assert!(matches!(error, FileError::Mismatch { .. }), "{error}");
		}
	}

	#[test]
	fn another_architecture_does_not_fit_the_weights() {
		let error = load_with(ARCHITECTURE_FILE, "[3,2]", "[3,5,2]").expect_err("other widths");
		assert!(matches!(error, FileError::Mismatch { .. }), "{error}");
	}

	#[test]
	fn content_is_checked() {
		for (file, from, to) in [
			(ARCHITECTURE_FILE, "[3,2]", "[3,0]"),
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
		let output = candor_circuits::output_bytes(&logits);
		let floats = schema.logits(&output).expect("two logits");
		assert_eq!(floats.len(), 2);
		assert_eq!(floats[0], f64::from(logits[0]) * schema.output_scale);
		assert_eq!(schema.input_bytes(&[0.5]), Err(SchemaError::Features { expected: 3, got: 1 }));
		assert_eq!(
			schema.input_bytes(&[0.5, f64::NAN, 0.0]),
			Err(SchemaError::NotFinite { index: 1 })
		);
		for got in [0, 4, 7, 12] {
			let error = SchemaError::Output { expected: 8, got };
			assert_eq!(schema.logits(&vec![0; got]), Err(error));
		}
	}
}
