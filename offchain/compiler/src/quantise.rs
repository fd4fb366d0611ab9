// SPDX-License-Identifier: Apache-2.0
//! From a float perceptron to an integer one.
//!
//! Everything here is additions, multiplications, divisions and rounding of `f64` in a fixed
//! order: the same model and samples give the same integers everywhere.

use candor_circuits::{
	activate, Architecture, Layer, LayerParameters, Perceptron, PerceptronError, RunError,
	ACTIVATION_MAX, WEIGHT_MAX,
};
use serde::{Deserialize, Serialize};

use crate::float::{argmax, FloatLayer, FloatPerceptron};

/// The integer model left its bounds, which the choice of scales excludes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantiseError {
	/// A parameter is outside its bounds.
	#[error(transparent)]
	Model(#[from] PerceptronError),
	/// A run overflowed.
	#[error(transparent)]
	Run(#[from] RunError),
}

/// How far a zero point may lie outside the bytes, in units of the scale: exact in `f64`, and far
/// beyond what float32 tells apart. A feature whose samples differ by less is a constant.
const MAX_ZERO_POINT: f64 = 1_073_741_824.0;

/// How much a scale grows until both ends of its range are bytes: more than a division loses.
const SCALE_STEP: f64 = 1.0 / 1_099_511_627_776.0;

/// The byte of the value that a constant feature has: as much room above as below.
const CONSTANT_BYTE: f64 = 128.0;

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

/// Rounds to the nearest integer, halves up: JavaScript's `Math.round`, on every number. The sum
/// `x + 1/2` is itself rounded, so the fraction is compared instead: the largest number below one
/// half becomes 0.
fn round(x: f64) -> f64 {
	let below = x.floor();
	if x - below >= 0.5 {
		below + 1.0
	} else {
		below
	}
}

/// `q = clamp(round(x / scale) + zero_point, 0, 255)`, with halves rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affine {
	/// What a step of the byte is worth; positive and finite.
	pub scale: f64,
	/// The byte of zero; outside 0..=255 where the range does not include zero.
	pub zero_point: i32,
}

impl Affine {
	/// The finest steps that cover a range.
	fn covering(low: f64, high: f64) -> Self {
		// A feature that does not vary is told apart from zero.
		let (low, high) = if low == high { (low.min(0.0), high.max(0.0)) } else { (low, high) };
		let finest = (high - low) / f64::from(ACTIVATION_MAX);
		let mut scale = finest.max(finest_for(low, high));
		if !scale.is_normal() {
			return Self { scale: 1.0, zero_point: 0 };
		}
		loop {
			let affine = Self { scale, zero_point: -round(low / scale) as i32 };
			// The divisions are rounded, and the highest value must not fall on step 256.
			if !affine.clips(high) || !scale.is_normal() {
				return affine;
			}
			scale *= 1.0 + SCALE_STEP;
		}
	}

	/// Steps of a given size around a value, or the finest ones that its size allows.
	fn around(value: f64, scale: f64) -> Self {
		let scale = scale.max(finest_for(value, value));
		let scale = if scale.is_normal() { scale } else { 1.0 };
		Self { scale, zero_point: (CONSTANT_BYTE - round(value / scale)) as i32 }
	}

	/// The values of the smallest and the largest byte.
	pub fn range(&self) -> (f64, f64) {
		let value = |byte: f64| (byte - f64::from(self.zero_point)) * self.scale;
		(value(0.0), value(ACTIVATION_MAX.into()))
	}

	/// The step that a value falls on, which may lie outside the bytes.
	fn step(&self, x: f64) -> f64 {
		round(x / self.scale) + f64::from(self.zero_point)
	}

	/// Whether a value lies outside of the range, so that its byte is that of another value.
	pub fn clips(&self, x: f64) -> bool {
		!(0.0..=f64::from(ACTIVATION_MAX)).contains(&self.step(x))
	}

	/// The byte of a value.
	pub fn quantise(&self, x: f64) -> u8 {
		// The clamp leaves a byte.
		self.step(x).clamp(0.0, ACTIVATION_MAX.into()) as u8
	}

	/// Whether the numbers are usable.
	fn is_valid(&self) -> bool {
		self.scale.is_normal() && self.scale > 0.0
	}
}

/// The finest scale for values of this size.
fn finest_for(low: f64, high: f64) -> f64 {
	low.abs().max(high.abs()) / MAX_ZERO_POINT
}

/// How the features of a sample become the bytes of an input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
// Not internally tagged: numbers in such enums pass through a buffer that cannot hold floats when
// another crate of the build enables the feature `arbitrary_precision` of serde_json.
#[serde(rename_all = "snake_case")]
pub enum InputQuantisation {
	/// One scale for all features.
	PerTensor {
		/// Scale and zero point.
		feature: Affine,
	},
	/// A scale for each feature.
	PerFeature {
		/// Scales and zero points, in the order of the features.
		features: Vec<Affine>,
	},
}

impl InputQuantisation {
	/// One scale that covers all features of all samples.
	fn per_tensor(samples: &[Vec<f64>]) -> Self {
		let (low, high) = range(samples.iter().flatten().copied());
		Self::PerTensor { feature: Affine::covering(low, high) }
	}

	/// Scale and zero point of each of `width` features.
	pub(crate) fn features(&self, width: usize) -> Vec<Affine> {
		match self {
			Self::PerTensor { feature } => vec![*feature; width],
			Self::PerFeature { features } => features.clone(),
		}
	}

	/// The bytes of a sample.
	pub fn quantise(&self, sample: &[f64]) -> Vec<u8> {
		let features = self.features(sample.len());
		sample.iter().zip(features).map(|(x, feature)| feature.quantise(*x)).collect()
	}

	/// Whether this fits samples of `width` features.
	pub(crate) fn is_valid_for(&self, width: usize) -> bool {
		match self {
			Self::PerTensor { feature } => feature.is_valid(),
			Self::PerFeature { features } => {
				features.len() == width && features.iter().all(Affine::is_valid)
			}
		}
	}
}

/// The smallest and the largest of some values.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
	values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
}

/// An integer model and what its bytes mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantised {
	/// The integer model.
	pub model: Perceptron,
	/// How samples become bytes.
	pub input: InputQuantisation,
	/// What a unit of a logit is worth.
	pub output_scale: f64,
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
	fn losses(&self, reference: &FloatPerceptron, samples: &[Vec<f64>]) -> Losses {
		let mut errors = Vec::with_capacity(samples.len());
		let mut agreeing = 0;
		for sample in samples {
			let (float, integer) = (reference.run(sample), self.run(sample));
			errors.push(float.iter().zip(&integer).map(|(a, b)| (a - b) * (a - b)).sum());
			agreeing += usize::from(answer(&float) == answer(&integer));
		}
		let mean = errors.iter().sum::<f64>() / errors.len() as f64;
		errors.sort_unstable_by(f64::total_cmp);
		let median = errors.get(errors.len() / 2).copied().unwrap_or_default();
		Losses { mean, median, agreeing }
	}
}

/// What logits say: the class, or the sign where there is only one of them.
fn answer(logits: &[f64]) -> Option<usize> {
	match logits {
		[value] => Some(usize::from(*value > 0.0)),
		_ => argmax(logits),
	}
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
/// All features share a scale unless scales of their own at least halve the mean squared error of
/// the logits: one scale is easier to apply for a requester, and keeps features in proportion that
/// the samples happen to show in part of their range. Outliers are left outside of a feature's range
/// where they cost the other samples their precision so much that more samples get the float
/// model's answer without them.
///
/// # Errors
///
/// [`QuantiseError`] if the integer model leaves its bounds, which the choice of scales excludes.
pub(crate) fn quantise(
	float: &FloatPerceptron,
	architecture: &Architecture,
	samples: &[Vec<f64>],
) -> Result<Quantised, QuantiseError> {
	let width = architecture.input_len();
	let common =
		quantise_with(float, architecture, samples, InputQuantisation::per_tensor(samples))?;
	let own = quantise_own(float, architecture, samples, &spans(samples, width))?;
	let (of_common, of_own) = (common.losses(float, samples), own.losses(float, samples));
	let (chosen, losses) = if of_common.mean / of_own.mean >= PER_FEATURE_GAIN {
		(own, of_own)
	} else {
		(common, of_common)
	};
	let Some(central) = central_spans(samples, width) else { return Ok(chosen) };
	let within: Vec<Vec<f64>> = samples.iter().map(|sample| clamped(sample, &central)).collect();
	let trimmed = quantise_own(float, architecture, &within, &central)?;
	let of_trimmed = trimmed.losses(float, samples);
	let is_better = of_trimmed.agreeing > losses.agreeing
		&& of_trimmed.median * PER_FEATURE_GAIN <= losses.median;
	Ok(if is_better { trimmed } else { chosen })
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

/// The value of a feature that does not vary, or too little to be told apart.
pub(crate) fn constant((low, high): (f64, f64)) -> Option<f64> {
	let finest = (high - low) / f64::from(ACTIVATION_MAX);
	(!finest.is_normal() || finest < finest_for(low, high)).then_some(low / 2.0 + high / 2.0)
}

/// Quantises with a scale for each feature. Nothing is known of the size of a constant one: it gets
/// the widest range that costs the others nothing, and no weight where even that is too fine for
/// its value.
fn quantise_own(
	float: &FloatPerceptron,
	architecture: &Architecture,
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
	let shapes = architecture.layers();
	let (Some(first), Some(shape)) = (float.layers.first(), shapes.first()) else {
		return quantise_with(
			float,
			architecture,
			samples,
			InputQuantisation::PerFeature { features },
		);
	};

	let mut without = first.clone();
	constants.iter().for_each(|(feature, value)| without.fix(*feature, *value));
	let steps: Vec<f64> = features.iter().map(|feature| feature.scale).collect();
	let zeros: Vec<f64> = features.iter().map(|f| f64::from(f.zero_point)).collect();
	let outputs: Vec<Vec<f64>> = samples.iter().map(|sample| first.apply(sample)).collect();
	let unit = accumulator_unit(shape, &fold(&without, &steps, &zeros), &outputs);

	let mut float = float.clone();
	for (feature, value) in constants {
		let weight = first.row(feature).iter().fold(0.0, |max: f64, w| max.max(w.abs()));
		let widest = unit * f64::from(WEIGHT_MAX) / weight;
		features[feature] = Affine::around(value, if weight > 0.0 { widest } else { 1.0 });
		if weight * features[feature].scale > unit * f64::from(WEIGHT_MAX) * 1.000_001 {
			float.layers[0].fix(feature, value);
		}
	}
	quantise_with(&float, architecture, samples, InputQuantisation::PerFeature { features })
}

/// Quantises under a given quantisation of the input.
fn quantise_with(
	float: &FloatPerceptron,
	architecture: &Architecture,
	samples: &[Vec<f64>],
	input: InputQuantisation,
) -> Result<Quantised, QuantiseError> {
	let features = input.features(architecture.input_len());
	// What a step of each input of the layer is worth, and the byte of its zero.
	let mut steps: Vec<f64> = features.iter().map(|feature| feature.scale).collect();
	let mut zeros: Vec<f64> = features.iter().map(|f| f64::from(f.zero_point)).collect();
	let mut float_inputs = samples.to_vec();
	let mut integer_inputs: Vec<Vec<u8>> =
		samples.iter().map(|sample| input.quantise(sample)).collect();

	let mut layers = Vec::new();
	let mut unit = 1.0;
	for (shape, layer) in architecture.layers().iter().zip(&float.layers) {
		let folded = fold(layer, &steps, &zeros);
		float_inputs = float_inputs.iter().map(|sample| layer.apply(sample)).collect();
		unit = accumulator_unit(shape, &folded, &float_inputs);
		let means = means(&integer_inputs, shape.fan_in);
		let parameters = round_layer(shape, &folded, unit, &means);
		if shape.hidden {
			float_inputs
				.iter_mut()
				.flatten()
				.for_each(|activation| *activation = activation.max(0.0));
			integer_inputs = integer_inputs
				.iter()
				.map(|input| run_hidden(shape, &parameters, input))
				.collect::<Option<_>>()
				.ok_or(RunError::Overflow { layer: layers.len() })?;
			steps = vec![unit * 2f64.powi(shape.shift as i32); shape.fan_out];
			zeros = vec![0.0; shape.fan_out];
		}
		layers.push(parameters);
	}
	let model = Perceptron::new(architecture.clone(), layers)?;
	Ok(Quantised { model, input, output_scale: unit })
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
pub(crate) fn dominant_inputs(model: &Perceptron) -> Vec<Dominant> {
	let mut found = Vec::new();
	for (index, (shape, layer)) in
		model.architecture().layers().iter().zip(model.layers()).enumerate()
	{
		let largest: Vec<u8> = layer
			.weights
			.chunks_exact(shape.fan_out)
			.map(|row| row.iter().map(|weight| weight.unsigned_abs()).max().unwrap_or(0))
			.collect();
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

/// The layer as a function of the bytes: scales go into the weights, zero points into the biases.
fn fold(layer: &FloatLayer, steps: &[f64], zeros: &[f64]) -> FloatLayer {
	let mut folded = layer.clone();
	let fan_out = layer.fan_out();
	for ((row, step), zero) in folded.weights.chunks_exact_mut(fan_out).zip(steps).zip(zeros) {
		for (weight, bias) in row.iter_mut().zip(&mut folded.biases) {
			*weight *= step;
			*bias -= *weight * zero;
		}
	}
	folded
}

/// What a unit of the accumulators is worth: the smallest value with which weights and biases keep
/// their bounds and, in a hidden layer, the largest activation of the samples fits a byte after
/// the shift.
fn accumulator_unit(shape: &Layer, folded: &FloatLayer, outputs: &[Vec<f64>]) -> f64 {
	let largest = |values: &[f64]| values.iter().fold(0.0, |max: f64, x| max.max(x.abs()));
	// `correction` moves a bias by at most half a unit for each step of each input.
	let correction = f64::from(ACTIVATION_MAX) * shape.fan_in as f64;
	let for_weights = largest(&folded.weights) / f64::from(WEIGHT_MAX);
	let for_biases = largest(&folded.biases) / (f64::from(shape.bias_max()) - correction);
	let mut unit = for_weights.max(for_biases);
	if shape.hidden {
		let activation = outputs.iter().flatten().fold(0.0, |max: f64, x| max.max(*x));
		let steps = f64::from(ACTIVATION_MAX) * 2f64.powi(shape.shift as i32);
		unit = unit.max(activation / steps);
	}
	if unit.is_normal() {
		unit
	} else {
		1.0
	}
}

/// The mean of each input over the samples.
fn means(inputs: &[Vec<u8>], width: usize) -> Vec<f64> {
	let mut sums = vec![0.0; width];
	for input in inputs {
		sums.iter_mut().zip(input).for_each(|(sum, byte)| *sum += f64::from(*byte));
	}
	sums.into_iter().map(|sum| sum / inputs.len() as f64).collect()
}

/// The integers of a layer. A bias takes up what the rounding of its weights costs for a mean
/// input, so that no output is off on average.
fn round_layer(shape: &Layer, folded: &FloatLayer, unit: f64, means: &[f64]) -> LayerParameters {
	let max = f64::from(WEIGHT_MAX);
	let mut biases: Vec<f64> = folded.biases.iter().map(|bias| bias / unit).collect();
	let mut weights = Vec::with_capacity(folded.weights.len());
	for (row, mean) in folded.weights.chunks_exact(shape.fan_out).zip(means) {
		for (weight, bias) in row.iter().zip(&mut biases) {
			let exact = weight / unit;
			let rounded = round(exact).clamp(-max, max);
			*bias += (exact - rounded) * mean;
			weights.push(rounded as i8);
		}
	}
	let bound = f64::from(shape.bias_max());
	let biases = biases.into_iter().map(|bias| round(bias).clamp(-bound, bound) as i32).collect();
	LayerParameters { weights, biases }
}

/// The bytes after a hidden layer, nothing on overflow.
fn run_hidden(shape: &Layer, parameters: &LayerParameters, input: &[u8]) -> Option<Vec<u8>> {
	let accumulators = parameters.accumulate(input)?;
	Some(accumulators.into_iter().map(|acc| activate(acc.into(), shape.shift)).collect())
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use rand::{rngs::StdRng, Rng, SeedableRng};

	/// A random perceptron, with samples whose feature `i` lies within `ranges[i]`.
	fn random(
		widths: &[u32],
		ranges: impl Fn(usize) -> (f64, f64),
		seed: u64,
	) -> (FloatPerceptron, Architecture, Vec<Vec<f64>>) {
		let mut rng = StdRng::seed_from_u64(seed);
		let layers = widths
			.windows(2)
			.map(|pair| {
				let (fan_in, fan_out) = (pair[0] as usize, pair[1] as usize);
				let size = 1.0 / (fan_in as f64).sqrt();
				let mut uniform = |count| (0..count).map(|_| rng.gen_range(-size..size)).collect();
				FloatLayer { weights: uniform(fan_in * fan_out), biases: uniform(fan_out) }
			})
			.collect();
		let samples = (0..60)
			.map(|_| {
				(0..widths[0] as usize)
					.map(|feature| {
						let (low, high) = ranges(feature);
						rng.gen_range(low..high)
					})
					.collect()
			})
			.collect();
		let architecture = Architecture::new(widths.into()).expect("small widths");
		(FloatPerceptron { layers }, architecture, samples)
	}

	/// The largest difference of a logit, relative to the largest logit.
	fn difference(quantised: &Quantised, float: &FloatPerceptron, samples: &[Vec<f64>]) -> f64 {
		let (mut apart, mut largest) = (0f64, 0f64);
		for sample in samples {
			for (a, b) in float.run(sample).into_iter().zip(quantised.run(sample)) {
				apart = apart.max((a - b).abs());
				largest = largest.max(a.abs());
			}
		}
		apart / largest
	}

	mod input {
		use super::*;

		#[test]
		fn the_ends_of_the_range_are_the_ends_of_the_byte() {
			for (low, high) in [(0.0, 16.0), (-1.0, 1.0), (-8.0, -3.0), (1990.0, 2020.0)] {
				let affine = Affine::covering(low, high);
				assert!(affine.quantise(low) <= 1, "{low}..{high}: {affine:?}");
				assert!(affine.quantise(high) >= 254, "{low}..{high}: {affine:?}");
				assert_eq!(affine.quantise(low - 1e9), 0);
				assert_eq!(affine.quantise(high + 1e9), 255);
			}
		}

		/// What the page for dApps and the command line must agree on.
		const EDGES: &str = include_str!("../../../tests/models/rounding.json");

		#[test]
		fn rounding_is_that_of_browsers_at_every_edge() {
			let edges: Vec<(f64, f64)> = serde_json::from_str(EDGES).expect("pairs of numbers");
			assert!(edges.len() > 20);
			for (x, expected) in edges {
				assert_eq!(round(x), expected, "{x:e}");
			}
			assert!(round(f64::NAN).is_nan());
			assert_eq!(round(f64::INFINITY), f64::INFINITY);
		}

		#[test]
		fn values_beyond_the_range_are_told() {
			let affine = Affine { scale: 0.5, zero_point: 10 };
			assert_eq!(affine.range(), (-5.0, 122.5));
			for (x, clips) in [
				(-5.0, false),
				(-5.25, false),
				(-5.3, true),
				(122.7, false),
				(122.75, true),
				(1e300, true),
			] {
				assert_eq!(affine.clips(x), clips, "{x}");
			}
		}

		#[test]
		fn halves_are_rounded_up() {
			let affine = Affine { scale: 2.0, zero_point: 10 };
			assert_eq!([-3.0, -1.0, 1.0, 3.0].map(|x| affine.quantise(x)), [9, 10, 11, 12]);
		}

		#[test]
		fn a_feature_that_does_not_vary_is_told_apart_from_zero() {
			for constant in [5.0, -5.0, 1e-9, 1e12] {
				let affine = Affine::covering(constant, constant);
				assert_ne!(affine.quantise(constant), affine.quantise(0.0), "{affine:?}");
			}
			assert_eq!(Affine::covering(0.0, 0.0), Affine { scale: 1.0, zero_point: 0 });
		}

		#[test]
		fn an_offset_far_beyond_the_range_widens_the_scale() {
			let affine = Affine::covering(1e12, 1e12 + 1.0);
			assert!(affine.is_valid() && f64::from(affine.zero_point).abs() <= MAX_ZERO_POINT);
		}

		#[test]
		fn is_written_with_its_kind() {
			let feature = Affine { scale: 0.5, zero_point: -3 };
			let json = serde_json::to_string(&InputQuantisation::PerTensor { feature });
			let expected = r#"{"per_tensor":{"feature":{"scale":0.5,"zero_point":-3}}}"#;
			assert_eq!(json.expect("serializes"), expected);
		}

		proptest! {
			#[test]
			fn a_value_in_range_is_off_by_half_a_step_at_most(
				low in -1e6f64..1e6, width in 1e-3f64..1e6, part in 0f64..=1.0,
			) {
				let affine = Affine::covering(low, low + width);
				let x = low + part * width;
				let back = (f64::from(affine.quantise(x)) - f64::from(affine.zero_point)) * affine.scale;
				// Half a step, and another half where the zero point was rounded.
				prop_assert!((x - back).abs() <= affine.scale * 1.0001, "{x} became {back}");
				prop_assert!(!affine.clips(x), "{x}: {affine:?}");
				prop_assert!(!affine.clips(low) && !affine.clips(low + width), "{affine:?}");
			}
		}
	}

	mod scales {
		use super::*;

		#[test]
		fn one_is_enough_for_features_alike() {
			let (float, architecture, samples) = random(&[8, 6, 3], |_| (0.0, 1.0), 1);
			let quantised = quantise(&float, &architecture, &samples).expect("in bounds");
			assert!(matches!(quantised.input, InputQuantisation::PerTensor { .. }));
		}

		#[test]
		fn each_feature_has_its_own_where_sizes_differ() {
			let ranges = |feature| if feature == 0 { (0.0, 10_000.0) } else { (0.0, 1.0) };
			let (mut float, architecture, samples) = random(&[8, 6, 3], ranges, 2);
			// The large feature matters no more than the others.
			float.layers[0].weights[..6].iter_mut().for_each(|weight| *weight /= 10_000.0);
			let quantised = quantise(&float, &architecture, &samples).expect("in bounds");
			assert!(matches!(quantised.input, InputQuantisation::PerFeature { .. }));
			assert!(difference(&quantised, &float, &samples) < 0.03);
		}

		#[test]
		fn years_are_told_apart() {
			let ranges = |feature| if feature == 0 { (1990.0, 2020.0) } else { (-1.0, 1.0) };
			let (mut float, architecture, samples) = random(&[4, 8, 2], ranges, 3);
			// A standardisation that the first layer has taken in.
			let FloatLayer { weights, biases } = &mut float.layers[0];
			for (weight, bias) in weights[..8].iter_mut().zip(biases) {
				*weight /= 15.0;
				*bias -= *weight * 2005.0;
			}
			let quantised = quantise(&float, &architecture, &samples).expect("in bounds");
			assert!(difference(&quantised, &float, &samples) < 0.03);
		}
	}

	mod constants {
		use super::*;

		/// How many samples get the float model's answer.
		fn agreeing(quantised: &Quantised, float: &FloatPerceptron, samples: &[Vec<f64>]) -> usize {
			quantised.losses(float, samples).agreeing
		}

		/// Six features of very different size, and one more that `seventh` makes.
		fn with_a_seventh(
			seventh: impl Fn(usize) -> f64,
			weight: f64,
		) -> (FloatPerceptron, Architecture, Vec<Vec<f64>>) {
			const SIZES: [f64; 6] = [10_000.0, 1.0, 1.0, 0.1, 50.0, 1.0];
			let (mut float, architecture, mut samples) = random(&[7, 8, 3], |_| (0.0, 1.0), 5);
			for (row, size) in float.layers[0].weights.chunks_exact_mut(8).zip(SIZES) {
				row.iter_mut().for_each(|w| *w /= size);
			}
			float.layers[0].weights[48..].iter_mut().for_each(|w| *w *= weight);
			for (at, sample) in samples.iter_mut().enumerate() {
				sample.iter_mut().zip(SIZES).for_each(|(x, size)| *x *= size);
				sample[6] = seventh(at);
			}
			// A standardisation that the first layer has taken in.
			let FloatLayer { weights, biases } = &mut float.layers[0];
			for (weight, bias) in weights[48..].iter().zip(biases) {
				*bias -= weight * seventh(0);
			}
			// Each class is the answer to about as many samples as the others.
			let outputs: Vec<_> = samples.iter().map(|sample| float.run(sample)).collect();
			for class in 0..3 {
				let mut logits: Vec<f64> = outputs.iter().map(|output| output[class]).collect();
				logits.sort_unstable_by(f64::total_cmp);
				float.layers[1].biases[class] -= logits[logits.len() / 2];
			}
			(float, architecture, samples)
		}

		#[test]
		fn cost_the_others_nothing() {
			for value in [0.0, 1.0, -3.5, 20_000.0, 1e9] {
				for weight in [1.0, 100.0] {
					let (float, architecture, samples) = with_a_seventh(|_| value, weight);
					let quantised = quantise(&float, &architecture, &samples).expect("in bounds");
					let agreeing = agreeing(&quantised, &float, &samples);
					assert!(agreeing >= 59, "{value} {weight}: {agreeing} of 60");
					assert!(difference(&quantised, &float, &samples) < 0.05, "{value} {weight}");
				}
			}
		}

		#[test]
		fn that_only_seem_to_vary_cost_the_others_nothing() {
			for (value, noise) in [(0.0, 1e-12), (5e6, 1e-3), (1e9, 1e-7), (-2005.0, 1e-9)] {
				let seventh = |at: usize| value + noise * (at % 3) as f64;
				let (float, architecture, samples) = with_a_seventh(seventh, 1.0);
				let quantised = quantise(&float, &architecture, &samples).expect("in bounds");
				let agreeing = agreeing(&quantised, &float, &samples);
				assert!(agreeing >= 59, "{value} {noise}: {agreeing} of 60");
			}
		}

		#[test]
		fn still_count_where_they_vary_later() {
			let (float, architecture, samples) = with_a_seventh(|_| 0.0, 1.0);
			let quantised = quantise(&float, &architecture, &samples).expect("in bounds");
			let InputQuantisation::PerFeature { features } = &quantised.input else {
				panic!("sizes differ")
			};
			let (low, high) = features[6].range();
			assert!(low < 0.0 && high > 0.0, "{low}..{high}");
			let mut sample = samples[0].clone();
			sample[6] = high / 4.0;
			let (before, after) = (float.run(&samples[0]), float.run(&sample));
			let (was, is) = (quantised.run(&samples[0]), quantised.run(&sample));
			for class in 0..3 {
				let moved = after[class] - before[class];
				let apart = (is[class] - was[class] - moved).abs();
				assert!(apart <= 0.1 * moved.abs().max(1.0), "{apart} of {moved}");
			}
		}

		#[test]
		fn only_are_a_model_all_the_same() {
			let (float, architecture, _) = random(&[3, 4, 2], |_| (0.0, 1.0), 8);
			for value in [0.0, 7.5, -1e9] {
				let samples = vec![vec![value; 3]; 5];
				let quantised = quantise(&float, &architecture, &samples).expect("in bounds");
				assert!(difference(&quantised, &float, &samples) < 0.01, "{value}");
			}
		}

		#[test]
		fn an_outlier_does_not_cost_the_others_their_answers() {
			for outlier in [1e9, -9999.0 * 1e3] {
				let seventh = |at: usize| if at == 17 { outlier } else { (at % 7) as f64 / 7.0 };
				let (float, architecture, samples) = with_a_seventh(seventh, 1.0);
				let quantised = quantise(&float, &architecture, &samples).expect("in bounds");
				let agreeing = agreeing(&quantised, &float, &samples);
				assert!(agreeing >= 55, "{outlier}: {agreeing} of 60");
			}
		}

		#[test]
		fn what_costs_others_their_precision_is_named() {
			let layer = LayerParameters { weights: vec![1, -2, 127, 3, 2, 1], biases: vec![0; 2] };
			let last = LayerParameters { weights: vec![5, 6, 7, 8], biases: vec![0; 2] };
			let architecture = "3-2-2".parse().expect("an architecture");
			let model = Perceptron::new(architecture, vec![layer, last]).expect("in bounds");
			assert_eq!(dominant_inputs(&model), [Dominant { layer: 1, input: 2 }]);
		}
	}

	mod model {
		use super::*;

		#[test]
		fn a_layer_of_zeros_is_a_layer_of_zeros() {
			let layer =
				|n: usize, m| FloatLayer { weights: vec![0.0; n * m], biases: vec![0.0; m] };
			let float = FloatPerceptron { layers: vec![layer(2, 3), layer(3, 2)] };
			let architecture = "2-3-2".parse().expect("an architecture");
			let samples = vec![vec![0.0, 1.0], vec![2.0, -1.0]];
			let quantised = quantise(&float, &architecture, &samples).expect("in bounds");
			assert_eq!(quantised.run(&samples[0]), [0.0, 0.0]);
		}

		#[test]
		fn a_bias_beyond_everything_shrinks_the_weights() {
			let float = FloatPerceptron {
				layers: vec![FloatLayer { weights: vec![1.0, -1.0], biases: vec![1e6] }],
			};
			let architecture = "2-1".parse().expect("an architecture");
			let samples = vec![vec![0.0, 1.0], vec![1.0, 0.0]];
			let quantised = quantise(&float, &architecture, &samples).expect("in bounds");
			assert!(difference(&quantised, &float, &samples) < 1e-4);
		}

		#[test]
		fn the_last_layer_fills_its_bytes() {
			let (float, architecture, samples) = random(&[16, 3], |_| (-2.0, 2.0), 4);
			let quantised = quantise(&float, &architecture, &samples).expect("in bounds");
			let weights = &quantised.model.layers()[0].weights;
			assert_eq!(weights.iter().map(|weight| weight.abs()).max(), Some(127));
		}

		proptest! {
			#![proptest_config(ProptestConfig::with_cases(48))]

			#[test]
			fn is_close_to_the_float_one(
				widths in prop::collection::vec(1u32..40, 2..=4),
				low in -3f64..3.0,
				width in 0.5f64..5.0,
				seed: u64,
			) {
				let (float, architecture, samples) = random(&widths, |_| (low, low + width), seed);
				let quantised = quantise(&float, &architecture, &samples).expect("in bounds");
				prop_assert!(difference(&quantised, &float, &samples) < 0.08);
				let again = quantise(&float, &architecture, &samples).expect("in bounds");
				prop_assert_eq!(quantised, again);
			}

			#[test]
			fn keeps_its_bounds_whatever_the_weights(
				weights in prop::collection::vec(-1e9f64..1e9, 6),
				tiny in prop::collection::vec(-1e-9f64..1e-9, 6),
				biases in prop::collection::vec(-1e12f64..1e12, 2),
				samples in prop::collection::vec(prop::collection::vec(-1e5f64..1e5, 3), 1..5),
			) {
				let architecture: Architecture = "3-2-3".parse().expect("an architecture");
				for (first, second) in [(&weights, &tiny), (&tiny, &weights)] {
					let layers = vec![
						FloatLayer { weights: first.clone(), biases: biases.clone() },
						FloatLayer { weights: second.clone(), biases: vec![0.0; 3] },
					];
					let float = FloatPerceptron { layers };
					prop_assert!(quantise(&float, &architecture, &samples).is_ok());
				}
			}
		}
	}
}
