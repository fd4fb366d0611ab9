// SPDX-License-Identifier: Apache-2.0
//! What follows from the attributes of a convolution.

use core::ops::Range;

use candor_graph::{Node, Value};

use super::{
	dense::{self, Layer, OUTPUTS},
	pad_max, GROUPS,
};
use crate::{window::Window, Misfit, Site};

/// A convolution at its place in a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
	/// How windows slide.
	pub(crate) window: Window,
	/// The number of groups that channels and outputs are cut into.
	pub(crate) groups: usize,
	/// The layer that each window of a group goes through.
	pub(crate) layer: Layer,
}

impl Layout {
	/// That of a node behind a value.
	///
	/// # Errors
	///
	/// [`Misfit`] when they do not fit.
	pub(crate) fn of(node: &Node, input: &Value) -> Result<Self, Misfit> {
		let bytes_each = input.bytes_each().ok_or(Misfit::Input { expected: "bytes" })?;
		let window = Window::of(node, input.shape.elements())?;
		let number = |name: &'static str| node.integer(name).ok_or(Misfit::Attribute { name });
		let outputs = dense::width(number(OUTPUTS)?)?;
		let groups = usize::try_from(number(GROUPS)?)
			.ok()
			.filter(|groups| *groups > 0 && window.channels % groups == 0 && outputs % groups == 0);
		let groups = groups.ok_or(Misfit::Attribute { name: GROUPS })?;
		let taps: usize = window.kernel.iter().product();
		let fan_in = window.channels / groups * taps;
		// Each factor is below 2^32, and the first product below 2^25.
		let bytes = fan_in.saturating_mul(bytes_each);
		let bytes = dense::width(i64::try_from(bytes).unwrap_or(i64::MAX))?;
		let sums = dense::sums(node, bytes)?;
		let layer = Layer { fan_in, bytes_each, fan_out: outputs / groups, sums };
		Ok(Self { window, groups, layer })
	}

	/// That of a node that fits its input.
	///
	/// # Panics
	///
	/// Where it does not, which an [`Architecture`](crate::Architecture) excludes.
	pub(crate) fn at(site: &Site<'_>) -> Self {
		Self::of(site.node, site.inputs[0]).expect("the node was checked; qed")
	}

	/// The number of output channels.
	pub(super) fn outputs(&self) -> usize {
		self.groups * self.layer.fan_out
	}

	/// The output channels of a group.
	pub(super) fn outputs_of(&self, group: usize) -> Range<usize> {
		group * self.layer.fan_out..(group + 1) * self.layer.fan_out
	}

	/// The channels of a group.
	pub(super) fn channels_of(&self, group: usize) -> Range<usize> {
		let channels = self.window.channels / self.groups;
		group * channels..(group + 1) * channels
	}

	/// The number of weights.
	pub(super) fn weights(&self) -> usize {
		self.outputs() * self.layer.fan_in
	}

	/// The weights of an output.
	pub(super) fn row<'a, W>(&self, weights: &'a [W], output: usize) -> &'a [W] {
		&weights[output * self.layer.fan_in..(output + 1) * self.layer.fan_in]
	}

	/// The lowest value that each weight of an output meets: what is put around its channel, or zero.
	pub(super) fn lowest<'a>(
		&self,
		output: usize,
		pads: &'a [i32],
	) -> impl Iterator<Item = i32> + use<'a> {
		let taps: usize = self.window.kernel.iter().product();
		let channels = self.channels_of(output / self.layer.fan_out);
		let of_channel = |channel| pads.get(channel).copied().unwrap_or_default();
		channels.map(of_channel).flat_map(move |pad| core::iter::repeat_n(pad, taps))
	}

	/// The number of integers that are put around channels: one for each, or none.
	pub(super) fn pads(&self) -> usize {
		if self.window.is_padded() {
			self.window.channels
		} else {
			0
		}
	}

	/// The largest absolute value of what is put around channels.
	pub(super) fn pad_max(&self) -> i32 {
		pad_max(self.layer.bytes_each)
	}

	/// For each window the elements that the weights of a group meet, in their order. `pads` is what stands
	/// around each channel.
	///
	/// # Panics
	///
	/// Where there are too few elements or pads.
	pub(super) fn columns<T: Clone>(&self, group: usize, input: &[T], pads: &[T]) -> Vec<Vec<T>> {
		let area = self.window.area();
		let mut columns = Vec::new();
		for window in self.window.windows() {
			let places: Vec<Option<usize>> = self
				.window
				.taps()
				.map(|tap| self.window.position(self.window.place(window, tap)))
				.collect();
			let of_channel = |channel: usize| {
				places.iter().map(move |place| match place {
					Some(at) => input[channel * area + at].clone(),
					None => pads[channel].clone(),
				})
			};
			columns.push(self.channels_of(group).flat_map(of_channel).collect());
		}
		columns
	}
}
