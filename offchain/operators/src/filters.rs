// SPDX-License-Identifier: Apache-2.0
//! Filters that slide over an image, while a file is read.

use candor_graph::FloatParameters;

use crate::{affine::MAX_WEIGHTS, window::Window};

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

	/// Whether other filters slide over the same image in the same way, with the same around it.
	pub(crate) fn slides_as(&self, other: &Self) -> bool {
		self.window == other.window && self.groups == other.groups && self.pads == other.pads
	}

	/// The number of output channels.
	pub fn channels(&self) -> usize {
		self.layer.biases.len()
	}

	/// Filters over one image, their channels one behind the other; nothing where they do not slide alike, have
	/// groups, or are too large.
	pub(crate) fn joined(parts: &[&Self]) -> Option<Self> {
		let first = *parts.first()?;
		let are_alike = parts.iter().all(|part| part.groups == 1 && part.slides_as(first));
		let weights = parts.iter().map(|part| part.layer.weights.len());
		if !are_alike || weights.fold(0, usize::saturating_add) > MAX_WEIGHTS {
			return None;
		}
		let numbers = |of: fn(&FloatParameters) -> &Vec<f64>| {
			parts.iter().flat_map(|part| of(&part.layer).iter().copied()).collect()
		};
		let layer = FloatParameters {
			weights: numbers(|layer| &layer.weights),
			biases: numbers(|layer| &layer.biases),
		};
		Some(Self { layer, ..first.clone() })
	}

	/// The filters of the channels whose elements stand at these positions, in their order; nothing where
	/// they are no whole channels, filters of groups, or too many.
	pub(crate) fn channels_at(&self, positions: &[usize]) -> Option<Self> {
		let [rows, columns] = self.window.outputs();
		let area = rows * columns;
		if self.groups != 1
			|| area == 0
			|| positions.is_empty()
			|| !positions.len().is_multiple_of(area)
		{
			return None;
		}
		let channel = |of_channel: &[usize]| {
			let first = *of_channel.first()?;
			let are_all = of_channel.iter().copied().eq(first..first + area);
			(first.is_multiple_of(area) && are_all).then_some(first / area)
		};
		let channels = positions.chunks_exact(area).map(channel).collect::<Option<Vec<_>>>()?;
		let FloatParameters { weights, biases } = &self.layer;
		let each = weights.len() / biases.len();
		channels.len().checked_mul(each).filter(|weights| *weights <= MAX_WEIGHTS)?;
		let row = |channel: &usize| weights.get(channel * each..(channel + 1) * each);
		let rows = channels.iter().map(row).collect::<Option<Vec<_>>>()?;
		let biases = channels.iter().map(|channel| biases.get(*channel).copied());
		let layer =
			FloatParameters { weights: rows.concat(), biases: biases.collect::<Option<_>>()? };
		Some(Self { layer, ..self.clone() })
	}

	/// The number of outputs.
	pub fn outputs(&self) -> usize {
		let [rows, columns] = self.window.outputs();
		self.channels() * rows * columns
	}

	/// Whether they give an image of so many channels, of this height and width.
	pub(crate) fn gives(&self, [channels, height, width]: [usize; 3]) -> bool {
		self.channels() == channels && self.window.outputs() == [height, width]
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
		both.window = both.window.trimmed();
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

	/// These filters, around whose image nothing is put, behind others; nothing where they have too many
	/// weights.
	pub(crate) fn composed(&self, first: &Self, max_weights: usize) -> Option<Self> {
		if self.window.is_padded() {
			return None;
		}
		let (inner, outer) = (first.window, self.window);
		// From an element of an outer window to the next there are so many elements of the image.
		let step = |axis: usize| outer.dilations[axis] * inner.strides[axis];
		let kernel =
			[0, 1].map(|axis| inner.extent()[axis] + (outer.kernel[axis] - 1) * step(axis));
		let strides = [0, 1].map(|axis| inner.strides[axis] * outer.strides[axis]);
		let window = Window { kernel, strides, dilations: [1; 2], ..inner }.trimmed();
		let is_each = self.groups == self.channels() && self.groups == first.channels();
		let groups = if is_each { first.groups } else { 1 };
		let of_group = inner.channels / groups;
		let per_output = kernel[0].checked_mul(kernel[1])?.checked_mul(of_group)?;
		let count = per_output.checked_mul(self.channels())?;
		let mut weights = vec![0.0; (count <= max_weights).then_some(count)?];
		let mut biases = self.layer.biases.clone();

		let own_channels = outer.channels / self.groups;
		let own_row = own_channels * outer.kernel[0] * outer.kernel[1];
		let first_channels = inner.channels / first.groups;
		let first_row = first_channels * inner.kernel[0] * inner.kernel[1];
		let rows = weights.chunks_exact_mut(per_output).zip(&mut biases);
		for (output, (row, bias)) in rows.enumerate() {
			let between = output / (self.channels() / self.groups) * own_channels;
			let start = output / (self.channels() / groups) * of_group;
			let of_taps = (between..between + own_channels)
				.flat_map(|channel| outer.taps().map(move |tap| (channel, tap)));
			let own = &self.layer.weights[output * own_row..(output + 1) * own_row];
			for ((between, tap), factor) in of_taps.zip(own) {
				*bias += factor * first.layer.biases[between];
				let from = between / (first.channels() / first.groups) * first_channels - start;
				let of_taps = (from..from + first_channels)
					.flat_map(|channel| inner.taps().map(move |tap| (channel, tap)));
				let of_first = &first.layer.weights[between * first_row..(between + 1) * first_row];
				for ((channel, inner_tap), weight) in of_taps.zip(of_first) {
					let [a, b] = [0, 1].map(|axis| {
						inner_tap[axis] * inner.dilations[axis] + tap[axis] * step(axis)
					});
					row[(channel * kernel[0] + a) * kernel[1] + b] += factor * weight;
				}
			}
		}
		let layer = FloatParameters { weights, biases };
		Some(Self { window, groups, layer, pads: first.pads.clone() })
	}

	/// The same filters among more channels, which they do not look at.
	pub(crate) fn among(&self, before: usize, behind: usize) -> Self {
		let channels = before + self.window.channels + behind;
		let window = Window { channels, ..self.window };
		let whole = self.ungrouped();
		let taps: usize = window.kernel.iter().product();
		let rows = whole.layer.weights.chunks_exact(self.window.channels * taps);
		let zeros = |channels: usize| core::iter::repeat_n(0.0, channels * taps);
		let weights = rows
			.flat_map(|row| zeros(before).chain(row.iter().copied()).chain(zeros(behind)))
			.collect();
		let layer = FloatParameters { weights, biases: whole.layer.biases.clone() };
		let pads = core::iter::repeat_n(0.0, before)
			.chain(self.pads.iter().copied())
			.chain(core::iter::repeat_n(0.0, behind));
		Self { window, groups: 1, layer, pads: pads.collect() }
	}

	/// The same filters in one group.
	fn ungrouped(&self) -> Self {
		let taps: usize = self.window.kernel.iter().product();
		let of_group = self.window.channels / self.groups * taps;
		let mut weights = vec![0.0; self.channels() * self.window.channels * taps];
		let rows = weights.chunks_exact_mut(self.window.channels * taps);
		for (output, (row, own)) in rows.zip(self.layer.weights.chunks_exact(of_group)).enumerate()
		{
			let first = output / (self.channels() / self.groups) * of_group;
			row[first..first + of_group].copy_from_slice(own);
		}
		let layer = FloatParameters { weights, biases: self.layer.biases.clone() };
		Self { groups: 1, layer, ..self.clone() }
	}

	/// Filters of one element, side by side, as filters that slide like others; nothing where these do not
	/// have that element at its place.
	pub(crate) fn within(&self, other: &Self) -> Option<Self> {
		let window = other.window;
		if self.window != Window::pointwise(window.channels, window.image) {
			return None;
		}
		let place = [0, 1].map(|axis| window.before[axis] / window.dilations[axis]);
		let is_at_place = (0..2).all(|axis| {
			window.strides[axis] == 1
				&& window.outputs()[axis] == window.image[axis]
				&& place[axis] * window.dilations[axis] == window.before[axis]
		});
		let taps: usize = window.kernel.iter().product();
		let at = window.taps().position(|tap| tap == place).filter(|_| is_at_place)?;
		let whole = self.ungrouped();
		let weights = whole
			.layer
			.weights
			.iter()
			.flat_map(|weight| (0..taps).map(move |tap| if tap == at { *weight } else { 0.0 }));
		let layer =
			FloatParameters { weights: weights.collect(), biases: whole.layer.biases.clone() };
		Some(Self { window, groups: 1, layer, pads: other.pads.clone() })
	}

	/// Filters that slide as these do and give single elements of the image: the one that a term says of each output, with a
	/// factor and a number; nothing where none do.
	pub(crate) fn picking(&self, terms: &[(usize, f64, f64)]) -> Option<Self> {
		let window = self.window;
		let (windows, taps): (Vec<_>, Vec<_>) =
			(window.windows().collect(), window.taps().collect());
		let (first, area) = (*windows.first()?, window.area());
		let each = window.channels.checked_mul(taps.len())?;
		let count = self.channels().checked_mul(each).filter(|count| *count <= MAX_WEIGHTS)?;
		if terms.len() != self.outputs() || area == 0 {
			return None;
		}
		let (mut weights, mut biases) = (vec![0.0; count], Vec::with_capacity(self.channels()));
		for (row, terms) in weights.chunks_exact_mut(each).zip(terms.chunks_exact(windows.len())) {
			let (from, scale, offset) = *terms.first()?;
			let channel = from / area;
			let at = |slid, tap| Some(channel * area + window.position(window.place(slid, tap))?);
			let picked = taps.iter().position(|tap| at(first, *tap) == Some(from))?;
			let mut pairs = terms.iter().zip(&windows);
			let is_picked = pairs.all(|(term, slid)| {
				at(*slid, taps[picked]) == Some(term.0) && (term.1, term.2) == (scale, offset)
			});
			*row.get_mut(channel * taps.len() + picked).filter(|_| is_picked)? = scale;
			biases.push(offset);
		}
		let layer = FloatParameters { weights, biases };
		Some(Self { window, groups: 1, layer, pads: self.pads.clone() })
	}

	/// The sum with others that slide in the same way, times a factor; nothing where they do not.
	pub(crate) fn plus(&self, other: &Self, factor: f64) -> Option<Self> {
		let is_alike = self.window == other.window
			&& self.channels() == other.channels()
			&& (self.pads == other.pads || !self.window.is_padded());
		if is_alike && self.groups != other.groups {
			return self.ungrouped().plus(&other.ungrouped(), factor);
		}
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
