// SPDX-License-Identifier: Apache-2.0
//! From the floats of a layer to its integers.
//!
//! Everything here is additions, multiplications, divisions and rounding of `f64` in a fixed
//! order: the same model and samples give the same integers everywhere.

use candor_graph::{FloatParameters, Parameters, Source, ACTIVATION_MAX, WEIGHT_MAX};

use super::{Dense, Layer};
use crate::{round, Aim, Calibration, Function, Integers, Linear, Site, Units};

/// The integers of a layer under the smallest units that keep all bounds.
pub(super) fn quantise(
	dense: &Dense,
	site: &Site<'_>,
	parameters: &FloatParameters,
	input: &Calibration,
	units: Units,
) -> Option<(Parameters, Calibration)> {
	let layer = Layer::of(site);
	let folded = fold(parameters, &input.steps, &input.zeros);
	let floats: Vec<_> =
		input.floats.iter().map(|sample| dense.float(site, parameters, &[sample])).collect();
	let living = of_living(&layer, &folded, &dead(site, &input.integers, 1));
	let unit = match units {
		Units::Shared => vec![accumulator_unit(&layer, &living, &floats); layer.fan_out],
		Units::Own => {
			let finest = finest_units(&layer, &living, 0.0);
			own_units(finest, &largest(&floats, layer.fan_out), layer.sums.rounding)
		}
	};
	let aims: Vec<Aim> = unit.into_iter().map(|unit| Aim { unit, zero: 0.0 }).collect();
	to_integers(dense, site, &folded, (input, floats), &aims)
}

/// The largest value of each of so many channels over some samples, zero at least.
pub(crate) fn largest(floats: &[Vec<f64>], channels: usize) -> Vec<f64> {
	let mut largest = vec![0f64; channels];
	for sample in floats {
		for (of_channel, largest) in sample.chunks(sample.len() / channels).zip(&mut largest) {
			*largest = of_channel.iter().fold(*largest, |max, x| max.max(*x));
		}
	}
	largest
}

/// What a unit of each channel's sums is worth: no less than the finest, and enough for its largest activation.
pub(crate) fn own_units(finest: Vec<f64>, largest: &[f64], rounding: u32) -> Vec<f64> {
	let steps = f64::from(ACTIVATION_MAX) * 2f64.powi(rounding as i32);
	let unit = |(finest, largest): (f64, &f64)| {
		let unit = finest.max(largest / steps);
		if unit.is_normal() {
			unit
		} else {
			1.0
		}
	};
	finest.into_iter().zip(largest).map(unit).collect()
}

/// The fewest samples by which a neuron is taken for dead.
const TELLING_SAMPLES: usize = 32;

/// Which neurons, of so many elements each, are zero in all samples, so that their weights, however large, are
/// to leave the others their precision. None among features, and none by a few samples.
pub(crate) fn dead(site: &Site<'_>, inputs: &[Integers], elements: usize) -> Vec<bool> {
	let neurons = site.inputs[0].shape.elements() / elements;
	if site.node.inputs[..] == [Source::Input] || inputs.len() < TELLING_SAMPLES {
		return vec![false; neurons];
	}
	let is_zero = |neuron: usize| {
		let mut samples = inputs.iter();
		samples.all(|sample| sample[neuron * elements..][..elements].iter().all(|x| *x == 0))
	};
	(0..neurons).map(is_zero).collect()
}

/// A folded layer without the weights of dead neurons.
fn of_living(layer: &Layer, folded: &FloatParameters, dead: &[bool]) -> FloatParameters {
	let mut living = folded.clone();
	let rows = living.weights.chunks_exact_mut(layer.fan_out).zip(dead);
	rows.filter(|(_, is_dead)| **is_dead).for_each(|(row, _)| row.fill(0.0));
	living
}

/// The integers of a layer whose sums are asked for.
pub(super) fn quantise_to(
	dense: &Dense,
	site: &Site<'_>,
	parameters: &FloatParameters,
	input: &Calibration,
	aims: &[Aim],
) -> Option<(Parameters, Calibration)> {
	let mut folded = fold(parameters, &input.steps, &input.zeros);
	let biases = folded.biases.iter_mut().zip(aims);
	biases.for_each(|(bias, aim)| *bias += aim.zero * aim.unit);
	let floats = input.floats.iter().map(|sample| dense.float(site, parameters, &[sample]));
	to_integers(dense, site, &folded, (input, floats.collect()), aims)
}

/// The integers of a folded layer, and what they make of samples of which the floats are known.
fn to_integers(
	dense: &Dense,
	site: &Site<'_>,
	folded: &FloatParameters,
	(input, floats): (&Calibration, Vec<Vec<f64>>),
	aims: &[Aim],
) -> Option<(Parameters, Calibration)> {
	let layer = Layer::of(site);
	let rounded = round_layer(&layer, folded, aims, &means(&input.integers, layer.fan_in));
	let integers = input.integers.iter().map(|sample| dense.run(site, &rounded, &[sample]));
	let integers = integers.collect::<Option<_>>()?;
	let (steps, zeros) = aims.iter().map(|aim| (aim.unit, aim.zero)).unzip();
	Some((rounded, Calibration { floats, integers, steps, zeros }))
}

/// The layer as a function of the bytes: scales go into the weights, zero points into the biases.
fn fold(layer: &FloatParameters, steps: &[f64], zeros: &[f64]) -> FloatParameters {
	let mut folded = layer.clone();
	let fan_out = layer.biases.len();
	let FloatParameters { weights, biases } = &mut folded;
	for ((row, step), zero) in weights.chunks_exact_mut(fan_out).zip(steps).zip(zeros) {
		for (weight, bias) in row.iter_mut().zip(biases.iter_mut()) {
			*weight *= step;
			*bias -= *weight * zero;
		}
	}
	folded
}

/// What a unit of the accumulators is worth: the smallest value with which weights and biases keep
/// their bounds and, in a hidden layer, the largest activation of the samples fits a byte after
/// the shift.
pub(crate) fn accumulator_unit(
	layer: &Layer,
	folded: &FloatParameters,
	outputs: &[Vec<f64>],
) -> f64 {
	let mut unit = finest_unit(layer, folded, 0.0);
	if layer.sums.rounding > 0 {
		let activation = outputs.iter().flatten().fold(0.0, |max: f64, x| max.max(*x));
		let steps = f64::from(ACTIVATION_MAX) * 2f64.powi(layer.sums.rounding as i32);
		unit = unit.max(activation / steps);
	}
	if unit.is_normal() {
		unit
	} else {
		1.0
	}
}

/// The largest sum of zero that is asked for.
pub(crate) fn zero_max(layer: &Layer) -> f64 {
	f64::from(ACTIVATION_MAX) * 2f64.powi(layer.sums.rounding as i32)
}

/// The finest units of a dense layer.
pub(super) fn finest_of(
	site: &Site<'_>,
	parameters: &FloatParameters,
	steps: &[f64],
	zeros: &[f64],
) -> Vec<f64> {
	let layer = Layer::of(site);
	finest_units(&layer, &fold(parameters, steps, zeros), zero_max(&layer))
}

/// [`finest_unit`] of each neuron.
fn finest_units(layer: &Layer, folded: &FloatParameters, zero: f64) -> Vec<f64> {
	let mut weights = vec![0f64; layer.fan_out];
	for row in folded.weights.chunks_exact(layer.fan_out) {
		weights.iter_mut().zip(row).for_each(|(max, weight)| *max = max.max(weight.abs()));
	}
	let neurons = weights.into_iter().zip(&folded.biases);
	neurons.map(|(weight, bias)| finest_unit_of(layer, weight, bias.abs(), zero)).collect()
}

/// The smallest unit with which weights and biases keep their bounds, with room for the sum of zero.
fn finest_unit(layer: &Layer, folded: &FloatParameters, zero: f64) -> f64 {
	let largest = |values: &[f64]| values.iter().fold(0.0, |max: f64, x| max.max(x.abs()));
	finest_unit_of(layer, largest(&folded.weights), largest(&folded.biases), zero)
}

/// [`finest_unit`] of weights and biases of which these are the largest.
pub(crate) fn finest_unit_of(layer: &Layer, weight: f64, bias: f64, zero: f64) -> f64 {
	// `correction` moves a bias by at most half a unit for each step of each input.
	let correction = f64::from(ACTIVATION_MAX) * layer.bytes() as f64;
	let for_weights = weight / f64::from(WEIGHT_MAX);
	let for_biases = bias / (f64::from(layer.bias_max()) - correction - zero);
	for_weights.max(for_biases)
}

/// The mean of each input over the samples.
fn means(inputs: &[Integers], width: usize) -> Vec<f64> {
	let mut sums = vec![0.0; width];
	for input in inputs {
		sums.iter_mut().zip(input.iter()).for_each(|(sum, byte)| *sum += f64::from(*byte));
	}
	sums.into_iter().map(|sum| sum / inputs.len() as f64).collect()
}

/// The integers of a layer. A bias takes up what the rounding of its weights costs for a mean
/// input, so that no output is off on average.
fn round_layer(layer: &Layer, folded: &FloatParameters, aims: &[Aim], means: &[f64]) -> Parameters {
	let max = f64::from(WEIGHT_MAX);
	let biases = folded.biases.iter().zip(aims);
	let mut biases: Vec<f64> = biases.map(|(bias, aim)| bias / aim.unit).collect();
	let mut weights = Vec::with_capacity(folded.weights.len());
	for (row, mean) in folded.weights.chunks_exact(layer.fan_out).zip(means) {
		for ((weight, aim), bias) in row.iter().zip(aims).zip(&mut biases) {
			let exact = weight / aim.unit;
			let rounded = round(exact).clamp(-max, max);
			*bias += (exact - rounded) * mean;
			weights.push(rounded as i8);
		}
	}
	let bound = f64::from(layer.bias_max());
	let biases = biases.into_iter().map(|bias| round(bias).clamp(-bound, bound) as i32).collect();
	Parameters { weights, biases }
}

impl Linear for Dense {
	fn largest_float(&self, site: &Site<'_>, parameters: &FloatParameters, input: usize) -> f64 {
		let fan_out = Layer::of(site).fan_out;
		let row = &parameters.weights[input * fan_out..(input + 1) * fan_out];
		row.iter().fold(0.0, |max: f64, weight| max.max(weight.abs()))
	}

	fn largest(&self, site: &Site<'_>, parameters: &Parameters) -> Vec<u8> {
		parameters
			.weights
			.chunks_exact(Layer::of(site).fan_out)
			.map(|row| row.iter().map(|weight| weight.unsigned_abs()).max().unwrap_or(0))
			.collect()
	}

	fn fix(&self, site: &Site<'_>, parameters: &mut FloatParameters, input: usize, value: f64) {
		let fan_out = Layer::of(site).fan_out;
		let FloatParameters { weights, biases } = parameters;
		let row = &mut weights[input * fan_out..(input + 1) * fan_out];
		for (weight, bias) in row.iter_mut().zip(biases) {
			*bias += *weight * value;
			*weight = 0.0;
		}
	}

	fn unit(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		steps: &[f64],
		zeros: &[f64],
		outputs: &[Vec<f64>],
	) -> f64 {
		accumulator_unit(&Layer::of(site), &fold(parameters, steps, zeros), outputs)
	}
}
