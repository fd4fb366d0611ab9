// SPDX-License-Identifier: Apache-2.0
//! From a float model to an integer one.
//!
//! Everything here is additions, multiplications, divisions and rounding of `f64` in a fixed
//! order: the same model and samples give the same integers everywhere.

mod fitting;
mod numbers;
#[cfg(test)]
mod tests;
mod trial;

use candor_graph::{argmax, FloatParameters, Source};
use candor_onnx::quantised::Levels;
use candor_operators::{ArchitectureError, FloatModel, Model, ModelError, Reading, RunError};

use crate::{
	answer::OutputKind,
	scales::{Affine, InputQuantisation},
};

use trial::{central_spans, clamped, only_user, spans, Trial};

/// The integer model left its bounds, which the choice of scales excludes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantiseError {
	/// A parameter is outside its bounds.
	#[error(transparent)]
	Model(#[from] ModelError),
	/// A run overflowed.
	#[error(transparent)]
	Run(#[from] RunError),
	/// A node that was fitted to samples does not fit its place.
	#[error(transparent)]
	Architecture(#[from] ArchitectureError),
}

/// How many times the median weight of a layer one input's has to be to be named as what costs the
/// others their precision.
const DOMINANT: f64 = 32.0;

/// How much smaller the error of the logits must become before each feature gets a scale of its own, or each
/// channel a unit.
const GAIN: f64 = 2.0;

/// Values that differ by no more than this part of their standard deviation are the same answer.
const SAME_VALUE: f64 = 0.05;

/// An integer model and what its bytes mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantised {
	/// The integer model.
	pub model: Model,
	/// How samples become bytes.
	pub input: InputQuantisation,
	/// What a unit of a logit is worth.
	pub output_scale: f64,
	/// What the integers of each node stand for.
	pub(crate) scales: Vec<Scale>,
}

/// What the integers of a value stand for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale {
	/// What a step of each element is worth.
	steps: Vec<f64>,
	/// The integer of each element's zero.
	zeros: Vec<f64>,
}

impl Scale {
	/// The floats that integers stand for.
	pub(crate) fn floats(&self, integers: &[i32]) -> Vec<f64> {
		let scaled = integers.iter().zip(&self.steps).zip(&self.zeros);
		scaled.map(|((integer, step), zero)| (f64::from(*integer) - zero) * step).collect()
	}
}

impl Quantised {
	/// The logits of a sample as the integer model gives them, in units of the float model's.
	///
	/// # Errors
	///
	/// [`RunError`] when the sample has a wrong length.
	pub(crate) fn logits(&self, sample: &[f64]) -> Result<Vec<f64>, RunError> {
		let logits = self.model.run(&self.input.quantise(sample))?;
		Ok(logits.into_iter().map(|logit| f64::from(logit) * self.output_scale).collect())
	}

	/// [`Self::logits`] of a sample of the right length.
	fn run(&self, sample: &[f64]) -> Vec<f64> {
		self.logits(sample).unwrap_or_default()
	}

	/// How the logits compare with those of the float model on some samples.
	fn losses(&self, reference: &FloatModel, samples: &[Vec<f64>], output: OutputKind) -> Losses {
		let floats: Vec<Vec<f64>> = samples.iter().map(|sample| reference.run(sample)).collect();
		let margins = margins(&floats);
		let mut errors = Vec::with_capacity(samples.len());
		let mut agreeing = 0;
		for (sample, float) in samples.iter().zip(&floats) {
			let integer = self.run(sample);
			errors.push(float.iter().zip(&integer).map(|(a, b)| (a - b) * (a - b)).sum());
			agreeing += usize::from(match output {
				OutputKind::Classes => argmax(float) == argmax(&integer),
				OutputKind::Sign | OutputKind::Value => {
					float.first().map(|x| *x > 0.0) == integer.first().map(|x| *x > 0.0)
				}
				OutputKind::Values => float
					.iter()
					.zip(&integer)
					.zip(&margins)
					.all(|((float, integer), margin)| (float - integer).abs() <= *margin),
			});
		}
		let mean = errors.iter().sum::<f64>() / errors.len() as f64;
		errors.sort_unstable_by(f64::total_cmp);
		let median = errors.get(errors.len() / 2).copied().unwrap_or_default();
		Losses { mean, median, agreeing }
	}
}

/// What each value may be off by and still be the same answer: a part of its standard deviation.
pub(crate) fn margins(floats: &[Vec<f64>]) -> Vec<f64> {
	let count = floats.len() as f64;
	let outputs = floats.first().map_or(0, Vec::len);
	let margin = |output: usize| {
		let mean = floats.iter().map(|values| values[output]).sum::<f64>() / count;
		let squares = floats.iter().map(|values| (values[output] - mean).powi(2));
		SAME_VALUE * (squares.sum::<f64>() / count).sqrt()
	};
	(0..outputs).map(margin).collect()
}

/// What the integers cost on some samples.
struct Losses {
	/// The mean over the samples of the squared error of the logits.
	mean: f64,
	/// Its median.
	median: f64,
	/// The number of samples with the same answer.
	agreeing: usize,
}

/// Quantises with the scales that the samples ask for.
///
/// Features that are numbers of rows are their own bytes. Where windows slide over the features, these share a scale. Where all that is asked of features is on which
/// side of some points they lie, their bytes say that, and the integer model asks what the float model asks.
///
/// Otherwise all features share a scale unless scales of their own at least halve the mean squared error of
/// the logits: one scale is easier to apply for a requester, and keeps features in proportion that
/// the samples happen to show in part of their range. Outliers are left outside of a feature's range
/// where they cost the other samples their precision so much that more samples get the float
/// model's answer without them.
///
/// In the same way the channels of a layer share a unit, and a table, unless units of their own halve that error, in
/// models with tables.
///
/// # Errors
///
/// [`QuantiseError`] if the integer model leaves its bounds, which the choice of scales excludes.
pub(crate) fn quantise(
	float: &FloatModel,
	samples: &[Vec<f64>],
	output: OutputKind,
) -> Result<Quantised, QuantiseError> {
	let losses = |quantised: &Quantised| quantised.losses(float, samples, output);
	let error = |quantised: &Quantised| losses(quantised).mean;
	if let Some(input) = numbers::input(float, samples, shared_scale(float).as_deref()) {
		let trial = Trial::new(float, samples, input);
		return Ok(trial.with_best_units(trial.quantise()?, error));
	}
	if let Some(others) = shared_scale(float) {
		let shared = InputQuantisation::per_tensor_with(samples, &others);
		let trial = Trial::new(float, samples, shared);
		return Ok(trial.with_best_units(trial.quantise()?, error));
	}
	let width = float.architecture.input_len();
	if let Some(features) = cuts(float) {
		return Trial::new(float, samples, InputQuantisation::Cuts { features }).quantise();
	}
	let common = Trial::new(float, samples, InputQuantisation::per_tensor(samples));
	let own = Trial::of_own_scales(float, samples, &spans(samples, width));
	let (of_common, of_own) = (common.quantise()?, own.quantise()?);
	let (trial, quantised) = match error(&of_common) / error(&of_own) >= GAIN {
		true => (own, of_own),
		false => (common, of_common),
	};
	let Some(central) = central_spans(samples, width) else {
		return Ok(trial.with_best_units(quantised, error));
	};
	let within: Vec<Vec<f64>> = samples.iter().map(|sample| clamped(sample, &central)).collect();
	let trimmed = Trial::of_own_scales(float, &within, &central);
	let of_trimmed = trimmed.quantise()?;
	let (before, after) = (losses(&quantised), losses(&of_trimmed));
	let is_better = after.agreeing > before.agreeing && after.median * GAIN <= before.median;
	Ok(match is_better {
		true => trimmed.with_best_units(of_trimmed, error),
		false => trial.with_best_units(quantised, error),
	})
}

/// What a scale has to cover besides the samples, where a node that takes the input asks for one that
/// all features share.
fn shared_scale(float: &FloatModel) -> Option<Vec<f64>> {
	let none = FloatParameters::NONE;
	let mut parameters = float.parameters.iter();
	let mut shared: Option<Vec<f64>> = None;
	for (function, site) in float.architecture.sites() {
		let own = match function.is_parameterised() {
			true => parameters.next(),
			false => Some(&none),
		};
		if site.node.inputs.contains(&Source::Input) {
			let asked = own.and_then(|own| function.shared_scale(&site, own));
			shared = asked.into_iter().chain(shared.take()).reduce(|a, b| [a, b].concat());
		}
	}
	shared
}

/// Where features are cut by the only node that takes them, if that is all that it does with them.
fn cuts(float: &FloatModel) -> Option<Vec<Vec<f64>>> {
	let (function, site) = only_user(&float.architecture)?;
	function.cuts(&site, float.parameters.first()?)
}

/// Quantises what a file says: with the bytes that it has for its features, or else as the samples ask.
///
/// # Errors
///
/// As [`quantise`].
pub(crate) fn quantise_reading(
	reading: &Reading,
	samples: &[Vec<f64>],
	output: OutputKind,
) -> Result<Quantised, QuantiseError> {
	match &reading.features {
		Some(levels) => quantise_as_told(&reading.model, samples, levels),
		None => quantise(&reading.model, samples, output),
	}
}

/// Quantises with the bytes of the features that a file says.
///
/// # Errors
///
/// As [`quantise`].
pub(crate) fn quantise_as_told(
	float: &FloatModel,
	samples: &[Vec<f64>],
	levels: &Levels,
) -> Result<Quantised, QuantiseError> {
	// Integers of few bits.
	let feature = Affine { scale: levels.scale, zero_point: (levels.zero - levels.low) as i32 };
	Trial::new(float, samples, InputQuantisation::PerTensor { feature }).quantise()
}

/// An input of a layer whose weights leave the others little of their bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dominant {
	/// The layer, from one.
	pub layer: usize,
	/// The input, from one: a feature in the first layer, a neuron in others.
	pub input: usize,
}

/// The inputs whose largest weight is many times that of the median input of their layer.
pub(crate) fn dominant_inputs(model: &Model) -> Vec<Dominant> {
	let mut found = Vec::new();
	let layers = model.architecture().layers().zip(model.parameters());
	for (index, ((function, site), parameters)) in layers.enumerate() {
		let Some(linear) = function.linear() else { continue };
		// Inputs of a first layer are called features, which pools of them are not.
		if index == 0 && site.node.inputs != [Source::Input] {
			continue;
		}
		let largest = linear.largest(&site, parameters);
		let mut sorted = largest.clone();
		sorted.sort_unstable();
		let median = sorted.get(sorted.len() / 2).map_or(1.0, |median| f64::from(*median).max(1.0));
		let inputs = largest.iter().enumerate();
		found.extend(
			inputs
				.filter(|(_, weight)| f64::from(**weight) >= DOMINANT * median)
				.map(|(input, _)| Dominant { layer: index + 1, input: input + 1 }),
		);
	}
	found
}
