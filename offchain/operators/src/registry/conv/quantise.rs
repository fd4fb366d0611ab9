// SPDX-License-Identifier: Apache-2.0
//! From the floats of a convolution to its integers, as those of a dense layer.

use candor_graph::{FloatParameters, Parameters, WEIGHT_MAX};

use super::{dense, Conv, Layout};
use crate::{filters::of_channels, round, Aim, Calibration, Function, Integers, Site, Units};

/// What a convolution makes of floats.
pub(super) fn apply(layout: &Layout, parameters: &FloatParameters, input: &[f64]) -> Vec<f64> {
	let (biases, pads) = parameters.biases.split_at(layout.outputs());
	let mut outputs = Vec::new();
	for group in 0..layout.groups {
		let windows = layout.columns(group, input, pads);
		for output in layout.outputs_of(group) {
			let row = layout.row(&parameters.weights, output);
			outputs.extend(windows.iter().map(|window| {
				row.iter().zip(window).map(|(weight, x)| weight * x).sum::<f64>() + biases[output]
			}));
		}
	}
	outputs
}

/// The filters of a convolution while they become integers.
struct Folded {
	layout: Layout,
	/// What a step and the zero of each channel of the input are.
	channels: Vec<(f64, f64)>,
	parameters: FloatParameters,
}

impl Folded {
	/// Nothing where the elements of a channel have different scales.
	fn new(
		site: &Site<'_>,
		parameters: &FloatParameters,
		steps: &[f64],
		zeros: &[f64],
	) -> Option<Self> {
		let layout = Layout::at(site);
		let area = layout.window.area();
		let (steps, zeros) = (of_channels(steps, area)?, of_channels(zeros, area)?);
		let parameters = fold(&layout, parameters, &steps, &zeros);
		Some(Self { layout, channels: steps.into_iter().zip(zeros).collect(), parameters })
	}
}

/// The finest unit of each output channel of a convolution.
pub(super) fn finest(
	site: &Site<'_>,
	parameters: &FloatParameters,
	steps: &[f64],
	zeros: &[f64],
) -> Option<Vec<f64>> {
	let Folded { layout, parameters, .. } = Folded::new(site, parameters, steps, zeros)?;
	Some(finest_units(&layout, &parameters, dense::zero_max(&layout.layer)))
}

/// The smallest unit of each output channel, with room for the sum of zero.
fn finest_units(layout: &Layout, folded: &FloatParameters, zero: f64) -> Vec<f64> {
	let unit = |output: usize| {
		let row = layout.row(&folded.weights, output).iter();
		let weight = row.fold(0.0, |max: f64, weight| max.max(weight.abs()));
		dense::finest_unit_of(&layout.layer, weight, folded.biases[output].abs(), zero)
	};
	(0..layout.outputs()).map(unit).collect()
}

/// What units the sums of a convolution have.
pub(super) enum Wanted<'a> {
	/// The smallest ones that keep all bounds.
	Units(Units),
	/// What is asked for, of each output channel.
	Aims(&'a [Aim]),
}

/// The integers of a convolution; nothing where the elements of a channel have different scales.
pub(super) fn quantise(
	conv: &Conv,
	site: &Site<'_>,
	parameters: &FloatParameters,
	input: &Calibration,
	wanted: Wanted<'_>,
) -> Option<(Parameters, Calibration)> {
	let Folded { layout, channels, parameters: mut folded } =
		Folded::new(site, parameters, &input.steps, &input.zeros)?;
	let floats: Vec<_> =
		input.floats.iter().map(|sample| conv.float(site, parameters, &[sample])).collect();
	let living = || {
		let dead = dense::dead(site, &input.integers, layout.window.area());
		of_living(&layout, &folded, &dead)
	};
	let units = match wanted {
		Wanted::Aims(_) => Vec::new(),
		Wanted::Units(Units::Shared) => {
			vec![dense::accumulator_unit(&layout.layer, &living(), &floats); layout.outputs()]
		}
		Wanted::Units(Units::Own) => {
			let largest = dense::largest(&floats, layout.outputs());
			let finest = finest_units(&layout, &living(), 0.0);
			dense::own_units(finest, &largest, layout.layer.sums.rounding)
		}
	};
	let smallest: Vec<Aim> = units.into_iter().map(|unit| Aim { unit, zero: 0.0 }).collect();
	let aims = match wanted {
		Wanted::Aims(aims) => aims,
		Wanted::Units(_) => &smallest,
	};
	let biases = folded.biases.iter_mut().zip(aims);
	biases.for_each(|(bias, aim)| *bias += aim.zero * aim.unit);

	let max = f64::from(layout.pad_max());
	let of_channel = parameters.biases[layout.outputs()..].iter().zip(&channels);
	let pads: Vec<i32> = of_channel
		.map(|(pad, (step, zero))| round(pad / step + zero).clamp(-max, max) as i32)
		.collect();
	let rounded = round_filters(&layout, &folded, aims, &input.integers, pads);
	let integers = input.integers.iter().map(|sample| conv.run(site, &rounded, &[sample]));
	let integers = integers.collect::<Option<_>>()?;
	let area = site.output.shape.elements() / aims.len();
	let of_elements = aims.iter().flat_map(|aim| core::iter::repeat_n(aim, area));
	let (steps, zeros) = of_elements.map(|aim| (aim.unit, aim.zero)).unzip();
	Some((rounded, Calibration { floats, integers, steps, zeros }))
}

/// Folded filters without the weights of dead channels.
fn of_living(layout: &Layout, folded: &FloatParameters, dead: &[bool]) -> FloatParameters {
	let taps = layout.window.kernel.iter().product();
	let mut living = folded.clone();
	for (output, row) in living.weights.chunks_exact_mut(layout.layer.fan_in).enumerate() {
		let first = layout.channels_of(output / layout.layer.fan_out).start;
		let of_channels = row.chunks_exact_mut(taps).zip(&dead[first..]);
		of_channels.filter(|(_, is_dead)| **is_dead).for_each(|(row, _)| row.fill(0.0));
	}
	living
}

/// The filters as functions of the bytes: scales go into the weights, zero points into the biases. What is
/// put around the image is left out.
fn fold(
	layout: &Layout,
	parameters: &FloatParameters,
	steps: &[f64],
	zeros: &[f64],
) -> FloatParameters {
	let taps: usize = layout.window.kernel.iter().product();
	let mut folded = parameters.clone();
	let FloatParameters { weights, biases } = &mut folded;
	biases.truncate(layout.outputs());
	let rows = weights.chunks_exact_mut(layout.layer.fan_in).zip(biases);
	for (output, (row, bias)) in rows.enumerate() {
		let first = layout.channels_of(output / layout.layer.fan_out).start;
		let channels = steps[first..].iter().zip(&zeros[first..]);
		for (of_channel, (step, zero)) in row.chunks_exact_mut(taps).zip(channels) {
			for weight in of_channel {
				*weight *= step;
				*bias -= *weight * zero;
			}
		}
	}
	folded
}

/// The integers of filters. A bias takes up what the rounding of its weights costs for a mean window, so
/// that no output is off on average.
fn round_filters(
	layout: &Layout,
	folded: &FloatParameters,
	aims: &[Aim],
	inputs: &[Integers],
	pads: Vec<i32>,
) -> Parameters {
	let max = f64::from(WEIGHT_MAX);
	let bound = f64::from(layout.layer.bias_max());
	let (mut weights, mut biases) = (Vec::new(), Vec::new());
	for group in 0..layout.groups {
		let means = means(layout, group, inputs, &pads);
		for output in layout.outputs_of(group) {
			let unit = aims[output].unit;
			let mut bias = folded.biases[output] / unit;
			for (weight, mean) in layout.row(&folded.weights, output).iter().zip(&means) {
				let exact = weight / unit;
				let rounded = round(exact).clamp(-max, max);
				bias += (exact - rounded) * mean;
				weights.push(rounded as i8);
			}
			biases.push(round(bias).clamp(-bound, bound) as i32);
		}
	}
	biases.extend(pads);
	Parameters { weights, biases }
}

/// The mean of what each weight of a group meets, over windows and samples.
fn means(layout: &Layout, group: usize, inputs: &[Integers], pads: &[i32]) -> Vec<f64> {
	let mut sums = vec![0.0; layout.layer.fan_in];
	for input in inputs {
		for window in layout.columns(group, input, pads) {
			sums.iter_mut().zip(window).for_each(|(sum, x)| *sum += f64::from(x));
		}
	}
	let count = (inputs.len() * layout.window.windows().count()) as f64;
	sums.into_iter().map(|sum| sum / count).collect()
}
