// SPDX-License-Identifier: Apache-2.0
//! From a float model to an integer one.
//!
//! Everything here is additions, multiplications, divisions and rounding of `f64` in a fixed
//! order: the same model and samples give the same integers everywhere.

mod fitting;
mod numbers;
#[cfg(test)]
mod tests;

use candor_graph::{argmax, FloatParameters, Source, WEIGHT_MAX};
use candor_onnx::quantised::Levels;
use candor_operators::{
	Architecture, ArchitectureError, Calibration, FloatModel, Function, Integers, Model,
	ModelError, Reading, RunError, Site,
};

use crate::{
	answer::OutputKind,
	scales::{constant, range, Affine, InputQuantisation},
};

use fitting::Fitting;

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

/// A range that is so much wider than that of the central samples holds outliers.
const OUTLIER_RANGE: f64 = 8.0;

/// The part of the samples on either side that may be outliers.
const OUTLIER_PART: f64 = 0.01;

/// Fewer samples do not tell outliers from others.
const OUTLIER_SAMPLES: usize = 20;

/// How many times the median weight of a layer one input's has to be to be named as what costs the
/// others their precision.
const DOMINANT: f64 = 32.0;

/// How much smaller the error of the logits must become before each feature gets a scale of its
/// own.
const PER_FEATURE_GAIN: f64 = 2.0;

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
/// # Errors
///
/// [`QuantiseError`] if the integer model leaves its bounds, which the choice of scales excludes.
pub(crate) fn quantise(
	float: &FloatModel,
	samples: &[Vec<f64>],
	output: OutputKind,
) -> Result<Quantised, QuantiseError> {
	if let Some(input) = numbers::input(float, samples, shared_scale(float).as_deref()) {
		return quantise_with(float, samples, input);
	}
	if let Some(others) = shared_scale(float) {
		let shared = InputQuantisation::per_tensor_with(samples, &others);
		return quantise_with(float, samples, shared);
	}
	let width = float.architecture.input_len();
	if let Some(features) = cuts(float) {
		return quantise_with(float, samples, InputQuantisation::Cuts { features });
	}
	let losses = |quantised: &Quantised| quantised.losses(float, samples, output);
	let common = quantise_with(float, samples, InputQuantisation::per_tensor(samples))?;
	let own = quantise_own(float, samples, &spans(samples, width))?;
	let (of_common, of_own) = (losses(&common), losses(&own));
	let (chosen, of_chosen) = if of_common.mean / of_own.mean >= PER_FEATURE_GAIN {
		(own, of_own)
	} else {
		(common, of_common)
	};
	let Some(central) = central_spans(samples, width) else { return Ok(chosen) };
	let within: Vec<Vec<f64>> = samples.iter().map(|sample| clamped(sample, &central)).collect();
	let trimmed = quantise_own(float, &within, &central)?;
	let of_trimmed = losses(&trimmed);
	let is_better = of_trimmed.agreeing > of_chosen.agreeing
		&& of_trimmed.median * PER_FEATURE_GAIN <= of_chosen.median;
	Ok(if is_better { trimmed } else { chosen })
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

/// The only node that takes the input, if there is only one: it is the first node, and its parameters are the
/// first ones.
fn only_user(architecture: &Architecture) -> Option<(&'static dyn Function, Site<'_>)> {
	let mut users =
		architecture.sites().filter(|(_, site)| site.node.inputs.contains(&Source::Input));
	let user = users.next()?;
	users.next().is_none().then_some(user)
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
	quantise_with(float, samples, InputQuantisation::PerTensor { feature })
}

/// The smallest and the largest value of each feature.
fn spans(samples: &[Vec<f64>], width: usize) -> Vec<(f64, f64)> {
	(0..width).map(|feature| range(samples.iter().map(|sample| sample[feature]))).collect()
}

/// [`spans`] without outliers: values far from the central samples. Nothing where there are none.
fn central_spans(samples: &[Vec<f64>], width: usize) -> Option<Vec<(f64, f64)>> {
	if samples.len() < OUTLIER_SAMPLES {
		return None;
	}
	let rest = ((samples.len() as f64 * OUTLIER_PART) as usize).max(1);
	let mut has_outliers = false;
	let spans = (0..width)
		.map(|feature| {
			let mut values: Vec<f64> = samples.iter().map(|sample| sample[feature]).collect();
			values.sort_unstable_by(f64::total_cmp);
			let (low, high) = (values[0], values[values.len() - 1]);
			let (first, last) = (values[rest], values[values.len() - 1 - rest]);
			let central = last - first;
			if central > 0.0 && high - low > OUTLIER_RANGE * central {
				has_outliers = true;
				(low.max(first - central / 2.0), high.min(last + central / 2.0))
			} else {
				(low, high)
			}
		})
		.collect();
	has_outliers.then_some(spans)
}

/// A sample whose features lie within their spans.
fn clamped(sample: &[f64], spans: &[(f64, f64)]) -> Vec<f64> {
	sample.iter().zip(spans).map(|(x, (low, high))| x.max(*low).min(*high)).collect()
}

/// Quantises with a scale for each feature. Nothing is known of the size of a constant one: it gets
/// the widest range that costs the others nothing, and no weight where even that is too fine for
/// its value.
fn quantise_own(
	float: &FloatModel,
	samples: &[Vec<f64>],
	spans: &[(f64, f64)],
) -> Result<Quantised, QuantiseError> {
	let constants: Vec<(usize, f64)> = spans
		.iter()
		.enumerate()
		.filter_map(|(feature, span)| Some((feature, constant(*span)?)))
		.collect();
	let mut features: Vec<Affine> =
		spans.iter().map(|(low, high)| Affine::covering(*low, *high)).collect();
	let mut float = float.clone();
	fix_constants(&mut float, samples, &constants, &mut features);
	quantise_with(&float, samples, InputQuantisation::PerFeature { features })
}

/// Takes constant features out of the first layer, where it weighs each of them.
fn fix_constants(
	float: &mut FloatModel,
	samples: &[Vec<f64>],
	constants: &[(usize, f64)],
	features: &mut [Affine],
) {
	let FloatModel { architecture, parameters } = float;
	let Some((function, site)) = only_user(architecture) else { return };
	let (Some(linear), Some(first)) = (function.linear(), parameters.first_mut()) else { return };

	let mut without = first.clone();
	constants.iter().for_each(|(feature, value)| linear.fix(&site, &mut without, *feature, *value));
	let steps: Vec<f64> = features.iter().map(|feature| feature.scale).collect();
	let zeros: Vec<f64> = features.iter().map(|f| f64::from(f.zero_point)).collect();
	// What is fitted to the sums is told by the weights what it may ask for.
	let outputs: Vec<Vec<f64>> = if Fitting::new(architecture).is_asked_for(0) {
		Vec::new()
	} else {
		samples.iter().map(|sample| function.float(&site, first, &[sample])).collect()
	};
	let unit = linear.unit(&site, &without, &steps, &zeros, &outputs);

	let weights: Vec<f64> =
		constants.iter().map(|(feature, _)| linear.largest_float(&site, first, *feature)).collect();
	for ((feature, value), weight) in constants.iter().zip(weights) {
		let widest = unit * f64::from(WEIGHT_MAX) / weight;
		features[*feature] = Affine::around(*value, if weight > 0.0 { widest } else { 1.0 });
		if weight * features[*feature].scale > unit * f64::from(WEIGHT_MAX) * 1.000_001 {
			linear.fix(&site, first, *feature, *value);
		}
	}
}

/// Quantises under a given quantisation of the input.
fn quantise_with(
	float: &FloatModel,
	samples: &[Vec<f64>],
	input: InputQuantisation,
) -> Result<Quantised, QuantiseError> {
	let features = input.features(float.architecture.input_len());
	let bytes = |sample: &Vec<f64>| input.quantise(sample).into_iter().map(i32::from).collect();
	let start = Calibration {
		floats: samples.to_vec(),
		integers: samples.iter().map(|sample| Integers::new(bytes(sample))).collect(),
		steps: features.iter().map(|feature| feature.step().0).collect(),
		zeros: features.iter().map(|feature| feature.step().1).collect(),
	};
	let none = FloatParameters::NONE;
	let (mut parameters, mut scales) = (Vec::new(), Vec::new());
	let mut fitting = Fitting::new(&float.architecture);
	let logits = float.architecture.walk(&float.parameters, &none, start, |step, inputs| {
		let (of_node, output) =
			fitting.quantise(&step, inputs).ok_or(RunError::Overflow { node: step.at })?;
		if step.function.is_parameterised() {
			parameters.push(of_node);
		}
		scales.push(Scale { steps: output.steps.clone(), zeros: output.zeros.clone() });
		Ok::<_, QuantiseError>(output)
	})?;
	let model = Model::new(fitting.finish()?, parameters)?;
	let output_scale = logits.steps.first().copied().unwrap_or(1.0);
	Ok(Quantised { model, input, output_scale, scales })
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
