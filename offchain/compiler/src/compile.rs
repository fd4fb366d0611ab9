// SPDX-License-Identifier: Apache-2.0
//! The whole way from an ONNX file to an integer model and its report.

use std::path::Path;

use candor_operators::{registry, ArchitectureError, Meaning, Model, ModelSeed, Reading, RunError};
use rand::{CryptoRng, RngCore};

use crate::{
	answer::{OutputError, OutputKind},
	check::{Loss, Losses},
	comparison::Comparison,
	findings::{constants, Findings, Lost},
	limbs::{Chosen, Circuit, Limbs},
	onnx::{OnnxModel, ReadError},
	quantise::{dominant_inputs, quantise_reading, QuantiseError, Quantised},
	reach::Reach,
	reference::{Reference, ReferenceError},
	report::Report,
	samples::{self, LabelColumn, Layout, Sample, SampleError, Table, Target},
	schema::ModelSchema,
};

/// Why a model cannot be compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
	/// The ONNX file is not a model that can be compiled.
	#[error(transparent)]
	Onnx(#[from] ReadError),
	/// A CSV file holds no samples.
	#[error(transparent)]
	Samples(#[from] SampleError),
	/// The outputs are not what somebody says they are.
	#[error(transparent)]
	Outputs(#[from] OutputError),
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
	/// The float model gives no number for a sample.
	#[error("the float model gives no finite number for the calibration sample in line {line}; its values, the largest of which is {largest:e}, are too large for it")]
	NotFinite {
		/// The line of the sample, from one.
		line: u64,
		/// The feature of the largest size.
		largest: f64,
	},
}

/// Where most is lost is looked for on so many samples.
const LOST_SAMPLES: usize = 16;

/// The largest difference between the reference, which computes in float32, and the layers that
/// the compiler read, relative to the largest logit of the samples.
const MISREAD_TOLERANCE: f64 = 1e-3;

/// A compiled model: what stays with its owner and what everyone may see.
#[derive(Clone, Debug)]
pub struct Compiled {
	/// The integer model. Private.
	pub model: Model,
	/// What the blinders of its commitments are made of. Private.
	pub seed: ModelSeed,
	/// The public description.
	pub schema: ModelSchema,
	/// What the compilation found out.
	pub report: Report,
}

impl Compiled {
	/// The same model, whose circuits show so many runs: as many jobs are answered with one proof.
	///
	/// # Errors
	///
	/// [`ArchitectureError`] where there is no run, or more public inputs than a key may have.
	pub fn with_runs(self, runs: u8) -> Result<Self, ArchitectureError> {
		let model = self.model.with_runs(runs)?;
		let architecture = model.architecture().clone();
		let Circuit { scheme, constraints, variables, public_inputs } = Circuit::of(&architecture);
		let report = Report {
			architecture,
			scheme,
			constraints,
			constraints_otherwise: None,
			variables,
			public_inputs,
			..self.report
		};
		Ok(Self { model, report, ..self })
	}
}

/// The files that a model is compiled from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
	/// The float model.
	pub onnx: &'a Path,
	/// Samples from which scales are chosen.
	pub calibration: &'a Path,
	/// Labelled samples on which the accuracy is measured.
	pub test: Option<&'a Path>,
	/// Where the label stands in both, if somebody has told.
	pub label: Option<&'a LabelColumn>,
	/// What the outputs are, if somebody has told.
	pub outputs: Option<OutputKind>,
	/// Which limbs the circuit gets.
	pub limbs: Limbs,
}

/// Compiles an ONNX file. The seed of the commitments' blinders comes from `rng`.
///
/// # Errors
///
/// [`CompileError`] names the file and what in it is not supported.
pub fn compile(
	sources: &Sources<'_>,
	rng: &mut (impl RngCore + CryptoRng),
) -> Result<Compiled, CompileError> {
	let onnx = OnnxModel::read(sources.onnx)?;
	let output = output_kind(&onnx, sources.outputs)?;
	let samples = read_samples(&onnx, output, sources)?;
	let measured = Measured::new(&onnx, output, samples, sources.limbs)?;
	Ok(measured.compiled(&onnx, ModelSeed::random(rng)))
}

/// What the outputs of a file are.
pub(crate) fn output_kind(
	onnx: &OnnxModel,
	asked: Option<OutputKind>,
) -> Result<OutputKind, OutputError> {
	let Reading { model, meaning, .. } = &onnx.reading;
	OutputKind::of(*meaning, model.architecture.output_count(), asked)
}

/// The labels of classes, where the outputs are classes.
fn class_labels(onnx: &OnnxModel, output: OutputKind) -> Option<&[String]> {
	let classes = output.classes(onnx.reading.model.architecture.output_count())?;
	onnx.reading.labels.as_deref().filter(|labels| labels.len() == classes)
}

/// Reads the samples of calibration and test.
pub(crate) fn read_samples(
	onnx: &OnnxModel,
	output: OutputKind,
	sources: &Sources<'_>,
) -> Result<(Table, Option<Table>), SampleError> {
	let architecture = &onnx.reading.model.architecture;
	let (features, outputs) = (architecture.input_len(), architecture.output_count());
	let labels = class_labels(onnx, output);
	let (optional, target) = match output {
		OutputKind::Classes => (Target::Optional { outputs }, Target::Class { classes: outputs }),
		OutputKind::Sign if labels.is_some() => {
			(Target::Optional { outputs }, Target::Class { classes: 2 })
		}
		OutputKind::Sign | OutputKind::Value => (Target::Optional { outputs }, Target::Value),
		OutputKind::Values => (Target::OptionalValues { outputs }, Target::Values { outputs }),
	};
	let layout = Layout { features, names: None, label: sources.label, labels, target: optional };
	let calibration = samples::read(sources.calibration, &layout)?;
	let layout = Layout { names: calibration.names.as_deref(), target, ..layout };
	let test = sources.test.map(|test| samples::read(test, &layout)).transpose()?;
	Ok((calibration, test))
}

/// An integer model beside the float one, on the samples of calibration and test.
pub(crate) struct Measured {
	/// What the outputs are.
	pub output: OutputKind,
	/// The integer model.
	pub quantised: Quantised,
	/// The circuit that a setup takes by itself.
	circuit: Circuit,
	/// Whether its limbs are fitted to the weights, and its constraints otherwise.
	limbs: (bool, Option<usize>),
	/// The samples that its scales are from.
	pub calibration: Table,
	/// How the models compare on them.
	pub on_calibration: Comparison,
	/// Held-out samples, and how the models compare on them.
	pub test: Option<(Table, Comparison)>,
}

impl Measured {
	/// Quantises and compares.
	pub fn new(
		onnx: &OnnxModel,
		output: OutputKind,
		(calibration, test): (Table, Option<Table>),
		limbs: Limbs,
	) -> Result<Self, CompileError> {
		let reference = Reference::new(onnx)?;
		let floats = reference.run_all(&calibration.samples)?;
		check_reading(onnx, &calibration.samples, &floats)?;
		let features: Vec<Vec<f64>> =
			calibration.samples.iter().map(|sample| sample.features.clone()).collect();
		let quantised = quantise_reading(&onnx.reading, &features, output)?;
		let Chosen { model, circuit, is_fitted, otherwise } =
			limbs.choose(quantised.model).map_err(QuantiseError::from)?;
		let quantised = Quantised { model, ..quantised };
		let on_calibration = Comparison::new(&quantised, output, &calibration.samples, floats)?;
		let test = match test {
			Some(test) => {
				let floats = reference.run_all(&test.samples)?;
				let on_test = Comparison::new(&quantised, output, &test.samples, floats)?;
				Some((test, on_test))
			}
			None => None,
		};
		let limbs = (is_fitted, otherwise);
		Ok(Self { output, quantised, circuit, limbs, calibration, on_calibration, test })
	}

	/// The compiled model. The seed is that of the commitments' blinders.
	pub fn compiled(self, onnx: &OnnxModel, seed: ModelSeed) -> Compiled {
		let (schema, report) = self.report(onnx);
		Compiled { model: self.quantised.model, seed, schema, report }
	}

	/// What answers are compared on: the test set, or without one the calibration samples.
	pub fn compared(&self) -> (&Table, &Comparison) {
		match &self.test {
			Some((test, on_test)) => (test, on_test),
			None => (&self.calibration, &self.on_calibration),
		}
	}

	/// Where most is lost on some of the calibration samples; nothing where nothing is, or more is by the bytes of
	/// the features.
	fn lost(&self, onnx: &OnnxModel) -> Option<Lost> {
		let samples = &self.calibration.samples;
		let step = samples.len().div_ceil(LOST_SAMPLES).max(1);
		let some: Vec<&[f64]> =
			samples.iter().step_by(step).map(|sample| &sample.features[..]).collect();
		let losses = Losses::new(&onnx.reading.model, &self.quantised, &some).ok()?;
		let share = |(_, loss): &(usize, &Loss)| loss.share.unwrap_or_default();
		let nodes = losses.nodes.iter().enumerate();
		let (most, loss) = nodes.max_by(|a, b| share(a).total_cmp(&share(b)))?;
		// The features' bytes are in no layer.
		let of_input = losses.input.share.unwrap_or_default().max(0.0);
		if loss.share.unwrap_or_default() <= of_input {
			return None;
		}
		let architecture = self.quantised.model.architecture();
		let sites: Vec<_> = architecture.sites().take(most + 1).collect();
		let layer = sites.iter().filter(|(function, _)| function.is_parameterised()).count();
		let (_, site) = sites.last()?;
		Some(Lost { layer, grid: registry::table::step(site.node) })
	}

	/// What everyone may see of the model, and what was found out.
	pub fn report(&self, onnx: &OnnxModel) -> (ModelSchema, Report) {
		let Self { output, quantised, calibration, on_calibration, .. } = self;
		let output = *output;
		// Nodes that were fitted to the samples are other ones than those of the reading.
		let architecture = quantised.model.architecture();
		let test = self.test.as_ref().map(|(test, _)| test);
		let on_test = self.test.as_ref().map(|(_, on_test)| on_test);
		let names = calibration.names.clone();
		let labels = class_labels(onnx, output).map(<[String]>::to_vec);
		let (input, scale) = (quantised.input.clone(), quantised.output_scale);
		// Numbers of rows reach as far as they are large.
		let has_numbers =
			architecture.sites().any(|(function, site)| !function.numbers(&site).is_empty());
		let reach = Reach::of(&calibration.samples, &input).filter(|_| !has_numbers);
		let schema = ModelSchema::new(architecture, (input, reach), names, (output, labels), scale);
		let findings = Findings {
			schema: &schema,
			dominant: &dominant_inputs(&quantised.model),
			lost: &|| self.lost(onnx),
			calibration,
			on_calibration,
			test: test.zip(on_test),
		};
		let warnings = findings.warnings();
		let constant_columns = constants(&calibration.samples, schema.input_len)
			.into_iter()
			.map(|(feature, _)| calibration.column(feature))
			.collect();
		let Circuit { scheme, constraints, variables, public_inputs } = self.circuit;
		let (limbs_fitted, constraints_otherwise) = self.limbs;
		let is_told = onnx.reading.meaning != Meaning::Numbers || output == OutputKind::Value;
		let (_, compared) = self.compared();
		let has_labels = compared.float_accuracy.is_some();
		let report = Report {
			architecture: architecture.clone(),
			parameters: architecture.parameter_count(),
			scheme,
			constraints,
			limbs_fitted,
			constraints_otherwise,
			variables,
			public_inputs,
			output,
			output_assumed: output == OutputKind::Classes && !is_told && !has_labels,
			class_labels: schema.class_labels.clone(),
			calibration_samples: calibration.samples.len(),
			calibration_label_column: calibration.label,
			test_samples: test.map(|test| test.samples.len()),
			test_label_column: test.and_then(|test| test.label),
			constant_columns,
			float_accuracy: on_test.and_then(|on_test| on_test.float_accuracy),
			integer_accuracy: on_test.and_then(|on_test| on_test.integer_accuracy),
			calibration_agreement: on_calibration.agreement,
			test_agreement: on_test.and_then(|on_test| on_test.agreement),
			classes: compared.classes.clone(),
			calibration_value: on_calibration.value(),
			test_value: on_test.and_then(Comparison::value),
			values: match output {
				OutputKind::Values => compared.values.clone(),
				_ => Vec::new(),
			},
			warnings,
		};
		(schema, report)
	}
}

/// Compares the layers that the compiler read with what tract's inference of the file gives for some samples.
fn check_reading(
	onnx: &OnnxModel,
	samples: &[Sample],
	logits: &[Vec<f64>],
) -> Result<(), CompileError> {
	let (mut largest, mut apart) = (0f64, 0f64);
	for (Sample { features, line, .. }, expected) in samples.iter().zip(logits) {
		let read = onnx.reading.model.run(features);
		if expected.iter().chain(&read).any(|logit| !logit.is_finite()) {
			let largest = features.iter().fold(0.0, |max: f64, x| max.max(x.abs()));
			return Err(CompileError::NotFinite { line: *line, largest });
		}
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

#[cfg(test)]
mod tests;
