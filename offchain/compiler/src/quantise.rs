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

use crate::float::{FloatLayer, FloatPerceptron};

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

/// How far a zero point may lie outside the bytes, in units of the scale.
///
/// Beyond, a feature's scale grows instead: its values then differ too little from one another,
/// compared with their size, to be told apart.
const MAX_ZERO_POINT: f64 = 1_048_576.0;

/// How much smaller the error of the logits must become before each feature gets a scale of its
/// own.
const PER_FEATURE_GAIN: f64 = 2.0;

/// Rounds halves up: `floor(x + 1/2)`, which is JavaScript's `Math.round`.
fn round(x: f64) -> f64 {
	(x + 0.5).floor()
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
		let scale = finest.max(low.abs().max(high.abs()) / MAX_ZERO_POINT);
		if !scale.is_normal() {
			return Self { scale: 1.0, zero_point: 0 };
		}
		Self { scale, zero_point: round(-low / scale) as i32 }
	}

	/// The byte of a value.
	pub fn quantise(&self, x: f64) -> u8 {
		let step = round(x / self.scale) + f64::from(self.zero_point);
		// The clamp leaves a byte.
		step.clamp(0.0, ACTIVATION_MAX.into()) as u8
	}

	/// Whether the numbers are usable.
	fn is_valid(&self) -> bool {
		self.scale.is_normal() && self.scale > 0.0
	}
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

	/// For each feature a scale that covers it in all samples.
	fn per_feature(samples: &[Vec<f64>], width: usize) -> Self {
		let features = (0..width)
			.map(|feature| {
				let (low, high) = range(samples.iter().map(|sample| sample[feature]));
				Affine::covering(low, high)
			})
			.collect();
		Self::PerFeature { features }
	}

	/// Scale and zero point of each of `width` features.
	fn features(&self, width: usize) -> Vec<Affine> {
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
	fn run(&self, sample: &[f64]) -> Vec<f64> {
		let logits = self.model.run(&self.input.quantise(sample)).unwrap_or_default();
		logits.into_iter().map(|logit| f64::from(logit) * self.output_scale).collect()
	}

	/// The mean squared error of the logits over some samples.
	fn error(&self, reference: &FloatPerceptron, samples: &[Vec<f64>]) -> f64 {
		let (sum, count) = samples
			.iter()
			.flat_map(|sample| reference.run(sample).into_iter().zip(self.run(sample)))
			.fold((0.0, 0.0), |(sum, count), (a, b)| (sum + (a - b) * (a - b), count + 1.0));
		sum / count
	}
}

/// Quantises with the scales that the samples ask for.
///
/// All features share a scale unless scales of their own at least halve the mean squared error of
/// the logits: one scale is easier to apply for a requester, and keeps features in proportion that
/// the samples happen to show in part of their range.
///
/// # Errors
///
/// [`QuantiseError`] if the integer model leaves its bounds, which the choice of scales excludes.
pub(crate) fn quantise(
	float: &FloatPerceptron,
	architecture: &Architecture,
	samples: &[Vec<f64>],
) -> Result<Quantised, QuantiseError> {
	let common =
		quantise_with(float, architecture, samples, InputQuantisation::per_tensor(samples))?;
	let own = InputQuantisation::per_feature(samples, architecture.input_len());
	let own = quantise_with(float, architecture, samples, own)?;
	let gain = common.error(float, samples) / own.error(float, samples);
	Ok(if gain >= PER_FEATURE_GAIN { own } else { common })
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
