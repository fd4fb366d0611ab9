// SPDX-License-Identifier: Apache-2.0
//! Filters that slide over an image, while a file is read.

use candor_graph::FloatParameters;

use crate::window::Window;

/// A pad whose value is off zero by no more than this part of what makes it up is zero.
const ZERO: f64 = 1e-9;

/// Filters that slide over an image: a convolution. Private as weights are: it has no `Debug`.
#[derive(Clone, PartialEq)]
pub struct Filters {
	/// How they slide.
	pub window: Window,
	/// Outputs and channels are cut into so many groups, which have nothing to do with one another.
	pub groups: usize,
	/// For each output, each channel of its group and each element of a window a weight; a bias for each
	/// output.
	pub layer: FloatParameters,
	/// What is put around each channel.
	pub pads: Vec<f64>,
}

impl Filters {
	/// Filters around whose image zeros are put.
	pub fn new(window: Window, groups: usize, layer: FloatParameters) -> Self {
		let pads = vec![0.0; window.channels];
		Self { window, groups, layer, pads }
	}

	/// The number of output channels.
	pub fn channels(&self) -> usize {
		self.layer.biases.len()
	}

	/// The number of outputs.
	pub fn outputs(&self) -> usize {
		let [rows, columns] = self.window.outputs();
		self.channels() * rows * columns
	}

	/// The parameters of a node: behind the biases stands what is put around the channels, where
	/// anything is.
	pub fn parameters(&self) -> FloatParameters {
		let mut parameters = self.layer.clone();
		if self.window.is_padded() {
			parameters.biases.extend(&self.pads);
		}
		parameters
	}

	/// For each channel a factor, and a number that is added behind it, where that is all that they do but
	/// for what is put around the image.
	pub(crate) fn as_channels(&self) -> Option<Vec<(f64, f64)>> {
		let plain = Window {
			before: self.window.before,
			behind: self.window.behind,
			..Window::pointwise(self.window.channels, self.window.image)
		};
		let is_pointwise = self.window == plain
			&& self.groups == self.window.channels
			&& self.channels() == self.window.channels;
		let pairs = self.layer.weights.iter().copied().zip(self.layer.biases.iter().copied());
		is_pointwise.then(|| pairs.collect())
	}

	/// Filters that do no more than to multiply each channel, to add a number, and then to put zeros around
	/// the image; nothing where no number becomes zero that way.
	pub(crate) fn padding(window: Window, channels: &[(f64, f64)]) -> Option<Self> {
		let pads = channels.iter().map(|(scale, offset)| zero_of(*scale, *offset));
		let pads = pads.collect::<Option<_>>()?;
		let (weights, biases) = channels.iter().copied().unzip();
		let groups = window.channels;
		Some(Self { window, groups, layer: FloatParameters { weights, biases }, pads })
	}

	/// These filters behind ones that only multiply each channel and add a number, or put zeros around the
	/// image; nothing where no filters do both.
	pub(crate) fn behind(&self, first: &Self) -> Option<Self> {
		let channels = first.as_channels()?;
		let mut both = self.clone();
		for axis in 0..2 {
			both.window.before[axis] += first.window.before[axis];
			both.window.behind[axis] += first.window.behind[axis];
		}
		both.window.image = first.window.image;
		if first.window.is_padded() {
			let of_pads = channels.iter().zip(&first.pads);
			let mut are_zero = of_pads
				.map(|((scale, offset), pad)| (scale * pad + offset).abs() <= ZERO * offset.abs());
			if self.window.is_padded() && !are_zero.all(|is_zero| is_zero) {
				return None;
			}
			both.pads = first.pads.clone();
		} else if self.window.is_padded() {
			// What is put around the image is zero behind the factor and the number.
			let pads = channels.iter().map(|(scale, offset)| zero_of(*scale, *offset));
			both.pads = pads.collect::<Option<_>>()?;
		}
		let taps: usize = self.window.kernel.iter().product();
		let of_group = self.window.channels / self.groups;
		let per_output = of_group * taps;
		let outputs_of_group = self.channels() / self.groups;
		let FloatParameters { weights, biases } = &mut both.layer;
		let rows = weights.chunks_exact_mut(per_output).zip(biases);
		for (output, (row, bias)) in rows.enumerate() {
			let first = output / outputs_of_group * of_group;
			for (of_channel, (scale, offset)) in row.chunks_exact_mut(taps).zip(&channels[first..])
			{
				*bias += of_channel.iter().sum::<f64>() * offset;
				of_channel.iter_mut().for_each(|weight| *weight *= scale);
			}
		}
		Some(both)
	}

	/// The sum with others that slide in the same way, times a factor; nothing where they do not.
	pub(crate) fn plus(&self, other: &Self, factor: f64) -> Option<Self> {
		let is_alike = self.window == other.window
			&& self.groups == other.groups
			&& self.channels() == other.channels()
			&& (self.pads == other.pads || !self.window.is_padded());
		let mut sum = self.clone();
		let FloatParameters { weights, biases } = &mut sum.layer;
		let add = |(sum, term): (&mut f64, &f64)| *sum += factor * term;
		weights.iter_mut().zip(&other.layer.weights).for_each(add);
		biases.iter_mut().zip(&other.layer.biases).for_each(add);
		is_alike.then_some(sum)
	}

	/// Every output times a factor of its own, plus a number of its own; nothing where those of a channel
	/// differ.
	pub(crate) fn scaled(&self, factors: &[f64], shifts: &[f64]) -> Option<Self> {
		let each = self.outputs() / self.channels();
		let factors = of_channels(factors, each)?;
		let shifts = of_channels(shifts, each)?;
		let mut scaled = self.clone();
		let FloatParameters { weights, biases } = &mut scaled.layer;
		let per_output = weights.len() / biases.len();
		for ((row, bias), (factor, shift)) in
			weights.chunks_exact_mut(per_output).zip(biases).zip(factors.iter().zip(shifts))
		{
			row.iter_mut().for_each(|weight| *weight *= factor);
			*bias = *bias * factor + shift;
		}
		Some(scaled)
	}

	/// As a layer whose weights of each input stand one behind the other.
	pub(crate) fn to_layer(&self) -> FloatParameters {
		let window = &self.window;
		let area = window.area();
		let places = window.windows().count();
		let outputs = self.outputs();
		let taps: usize = window.kernel.iter().product();
		let of_group = window.channels / self.groups;
		let outputs_of_group = self.channels() / self.groups;
		let mut weights = vec![0.0; window.channels * area * outputs];
		let mut biases = vec![0.0; outputs];
		for (output, row) in self.layer.weights.chunks_exact(of_group * taps).enumerate() {
			let first = output / outputs_of_group * of_group;
			for (at, slid) in window.windows().enumerate() {
				let target = output * places + at;
				biases[target] += self.layer.biases[output];
				let of_taps = (first..first + of_group)
					.flat_map(|channel| window.taps().map(move |tap| (channel, tap)));
				for ((channel, tap), weight) in of_taps.zip(row) {
					match window.position(window.place(slid, tap)) {
						Some(at) => weights[(channel * area + at) * outputs + target] += weight,
						None => biases[target] += weight * self.pads[channel],
					}
				}
			}
		}
		FloatParameters { weights, biases }
	}
}

/// What becomes zero when it is multiplied and something is added.
fn zero_of(scale: f64, offset: f64) -> Option<f64> {
	let zero = if offset == 0.0 { 0.0 } else { -offset / scale };
	zero.is_finite().then_some(zero)
}

/// One number of each channel, where those of its elements are the same; nothing where they are not.
pub(crate) fn of_channels(values: &[f64], each: usize) -> Option<Vec<f64>> {
	let one = |channel: &[f64]| {
		let first = channel.first()?;
		channel.iter().all(|value| value == first).then_some(*first)
	};
	values.chunks(each).map(one).collect()
}
