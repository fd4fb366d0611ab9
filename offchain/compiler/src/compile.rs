// SPDX-License-Identifier: Apache-2.0
//! The whole way from an ONNX file to a committed integer model and its report.

use std::path::Path;

use ark_ff::UniformRand;
use candor_circuits::{argmax, Architecture, InferenceCircuit, Perceptron, RunError};
use candor_statement::{Fr, ModelCommitment};
use rand::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};

use crate::{
	files::ModelSchema,
	float,
	onnx::{OnnxError, OnnxModel},
	quantise::{quantise, QuantiseError, Quantised},
	reference::{Reference, ReferenceError},
	samples::{self, Labels, Sample, SampleError},
};

/// Why a model cannot be compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
	/// The ONNX file is not a perceptron.
	#[error(transparent)]
	Onnx(#[from] OnnxError),
	/// A CSV file holds no samples.
	#[error(transparent)]
	Samples(#[from] SampleError),
	/// The float reference does not run.
	#[error(transparent)]
	Reference(#[from] ReferenceError),
	/// The integer model left its bounds.
	#[error(transparent)]
	Quantise(#[from] QuantiseError),
	/// The integer model does not run.
	#[error(transparent)]
	Run(#[from] RunError),
	/// tract and the compiler read different functions out of one file.
	#[error(
		"the compiled model differs from the float reference by {difference:e} in a logit; the ONNX file uses an operator in a way that is not supported"
	)]
	Misread {
		/// The largest difference relative to the largest logit.
		difference: f64,
	},
}

/// The largest difference between the reference, which computes in float32, and the layers that
/// the compiler read, relative to the largest logit of the samples.
const MISREAD_TOLERANCE: f64 = 1e-3;

/// What a compilation found out, for people and for `--json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
	/// The widths of the layers.
	pub architecture: Architecture,
	/// The number of weights and biases.
	pub parameters: usize,
	/// The constraints of the circuit.
	pub constraints: usize,
	/// The variables of the circuit.
	pub variables: usize,
	/// The public inputs of the circuit.
	pub public_inputs: usize,
	/// The commitment to the model.
	pub commitment: ModelCommitment,
	/// The part of the test set that the float model gets right; nothing without a test set.
	pub float_accuracy: Option<f64>,
	/// The part of the test set that the integer model gets right; nothing without a test set.
	pub integer_accuracy: Option<f64>,
	/// The part of the calibration samples to which both models give the same class.
	pub calibration_agreement: f64,
	/// The part of the test set to which both models give the same class.
	pub test_agreement: Option<f64>,
}

/// A compiled model: what stays with its owner and what everyone may see.
#[derive(Clone, Debug)]
pub struct Compiled {
	/// The integer model. Private.
	pub model: Perceptron,
	/// The blinder of the commitment. Private.
	pub blinder: Fr,
	/// The public description, with the commitment.
	pub schema: ModelSchema,
	/// What the compilation found out.
	pub report: Report,
}

/// Compiles an ONNX perceptron. `calibration` are samples from which scales are chosen, `test`
/// labelled ones on which the accuracy is measured; the blinder of the commitment comes from
/// `blinder_rng`.
///
/// # Errors
///
/// [`CompileError`] names the file and what in it is not supported.
pub fn compile(
	onnx: &Path,
	calibration: &Path,
	test: Option<&Path>,
	blinder_rng: &mut (impl RngCore + CryptoRng),
) -> Result<Compiled, CompileError> {
	let onnx = OnnxModel::read(onnx)?;
	let features = onnx.architecture.input_len();
	let calibration = samples::read(calibration, features, Labels::Ignored)?;
	let classes = onnx.architecture.output_count();
	let test =
		test.map(|test| samples::read(test, features, Labels::Required { classes })).transpose()?;
	compile_samples(&onnx, calibration, test, Fr::rand(blinder_rng))
}

/// [`compile`] with everything read.
pub(crate) fn compile_samples(
	onnx: &OnnxModel,
	calibration: Vec<Sample>,
	test: Option<Vec<Sample>>,
	blinder: Fr,
) -> Result<Compiled, CompileError> {
	let reference = Reference::new(onnx)?;
	let calibration: Vec<Vec<f64>> =
		calibration.into_iter().map(|sample| sample.features).collect();
	check_reading(onnx, &reference, &calibration)?;

	let quantised = quantise(&onnx.perceptron, &onnx.architecture, &calibration)?;
	let on_calibration =
		compare(&quantised, &reference, calibration.iter().map(|features| (features, None)))?;
	let on_test = test
		.map(|test| {
			let samples = test.iter().map(|sample| (&sample.features, sample.label));
			compare(&quantised, &reference, samples)
		})
		.transpose()?;

	let Quantised { model, input, output_scale } = quantised;
	let commitment = model.commitment(blinder);
	let statistics = InferenceCircuit::statistics(&onnx.architecture);
	let report = Report {
		architecture: onnx.architecture.clone(),
		parameters: onnx.architecture.parameter_count(),
		constraints: statistics.constraints,
		variables: statistics.variables(),
		public_inputs: statistics.public_inputs,
		commitment,
		float_accuracy: on_test.map(|comparison| comparison.float_accuracy),
		integer_accuracy: on_test.map(|comparison| comparison.integer_accuracy),
		calibration_agreement: on_calibration.agreement,
		test_agreement: on_test.map(|comparison| comparison.agreement),
	};
	let schema = ModelSchema::new(&onnx.architecture, input, output_scale, commitment);
	Ok(Compiled { model, blinder, schema, report })
}

/// Compares the layers that the compiler read with tract's inference of the file.
fn check_reading(
	onnx: &OnnxModel,
	reference: &Reference,
	samples: &[Vec<f64>],
) -> Result<(), CompileError> {
	let (mut largest, mut apart) = (0f64, 0f64);
	for sample in samples {
		let expected = reference.run(sample)?;
		let read = onnx.perceptron.run(sample);
		if expected.len() != read.len() {
			return Err(CompileError::Misread { difference: f64::INFINITY });
		}
		for (expected, read) in expected.iter().zip(&read) {
			largest = largest.max(expected.abs());
			apart = apart.max((expected - read).abs());
		}
	}
	let difference = if largest > 0.0 { apart / largest } else { apart };
	if difference <= MISREAD_TOLERANCE {
		Ok(())
	} else {
		Err(CompileError::Misread { difference })
	}
}

/// How float and integer model compare on some samples; parts of one.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Comparison {
	float_accuracy: f64,
	integer_accuracy: f64,
	agreement: f64,
}

fn compare<'a>(
	quantised: &Quantised,
	reference: &Reference,
	samples: impl Iterator<Item = (&'a Vec<f64>, Option<usize>)>,
) -> Result<Comparison, CompileError> {
	let (mut count, mut float_right, mut integer_right, mut agreeing) = (0u32, 0u32, 0u32, 0u32);
	for (features, label) in samples {
		let float = float::argmax(&reference.run(features)?);
		let integer = argmax(&quantised.model.run(&quantised.input.quantise(features))?);
		count += 1;
		float_right += u32::from(float == label);
		integer_right += u32::from(integer == label);
		agreeing += u32::from(float == integer);
	}
	let part = |of: u32| f64::from(of) / f64::from(count);
	Ok(Comparison {
		float_accuracy: part(float_right),
		integer_accuracy: part(integer_right),
		agreement: part(agreeing),
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use rand::{rngs::StdRng, SeedableRng};

	fn digits(file: &str) -> std::path::PathBuf {
		Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/digits").join(file)
	}

	fn compile_digits(seed: u64) -> Compiled {
		let mut rng = StdRng::seed_from_u64(seed);
		let (onnx, calibration) = (digits("digits.onnx"), digits("calibration.csv"));
		compile(&onnx, &calibration, Some(&digits("test.csv")), &mut rng).expect("compiles")
	}

	#[test]
	fn the_digits_keep_their_accuracy() {
		let report = compile_digits(1).report;
		let float = report.float_accuracy.expect("a test set");
		let integer = report.integer_accuracy.expect("a test set");
		assert!(float > 0.95, "{report:?}");
		assert!((float - integer).abs() <= 0.01, "{report:?}");
		assert!(report.calibration_agreement >= 0.99, "{report:?}");
		assert_eq!(report.architecture.to_string(), "64-32-10");
		assert_eq!(report.parameters, 65 * 32 + 33 * 10);
		assert_eq!((report.constraints, report.public_inputs), (11_574, 5));
	}

	#[test]
	fn the_same_files_give_the_same_model_under_another_blinder() {
		let (one, two) = (compile_digits(1), compile_digits(2));
		assert_eq!(one.model, two.model);
		assert_eq!(one.schema.input, two.schema.input);
		assert_ne!(one.blinder, two.blinder);
		assert_ne!(one.schema.commitment, two.schema.commitment);
	}

	#[test]
	fn no_test_set_no_accuracy() {
		let mut rng = StdRng::seed_from_u64(1);
		let (onnx, calibration) = (digits("digits.onnx"), digits("calibration.csv"));
		let report = compile(&onnx, &calibration, None, &mut rng).expect("compiles").report;
		assert_eq!((report.float_accuracy, report.integer_accuracy), (None, None));
		assert_eq!(report.test_agreement, None);
	}

	#[test]
	fn a_test_set_needs_labels() {
		let mut rng = StdRng::seed_from_u64(1);
		let file = tempfile::NamedTempFile::new().expect("a temporary file");
		std::fs::write(file.path(), vec!["0"; 64].join(",")).expect("written");
		let (onnx, calibration) = (digits("digits.onnx"), digits("calibration.csv"));
		let error =
			compile(&onnx, &calibration, Some(file.path()), &mut rng).expect_err("no label");
		assert!(error.to_string().contains("64 features and a label are expected"), "{error}");
	}

	#[test]
	fn layers_that_differ_from_the_file_are_caught() {
		let mut onnx = OnnxModel::read(&digits("digits.onnx")).expect("a perceptron");
		let samples = samples::read(&digits("calibration.csv"), 64, Labels::Ignored);
		let samples = samples.expect("samples");
		assert!(compile_samples(&onnx, samples.clone(), None, Fr::from(1)).is_ok());
		onnx.perceptron.layers[1].weights.swap(0, 1);
		let result = compile_samples(&onnx, samples, None, Fr::from(1));
		assert!(matches!(result, Err(CompileError::Misread { .. })));
	}
}
