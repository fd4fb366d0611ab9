// SPDX-License-Identifier: Apache-2.0
//! What pools have in common.

use candor_graph::{Node, Value};
use candor_onnx::{
	node::{integer_attribute, integers_attribute},
	OnnxError,
};

use super::{
	axis,
	conv::{image, slide, Image, Slide},
};
use crate::{window::Window, At, Misfit, Place, Site};

/// A pool at its place in a graph.
pub(super) struct Pooled {
	window: Window,
	/// For each window of a channel the positions of its elements in the image.
	positions: Vec<Vec<usize>>,
}

/// How a pool of a file slides over its data.
pub(super) struct Slid {
	/// The data.
	pub(super) image: Image,
	/// How windows slide.
	pub(super) slide: Slide,
	/// The dimensions of what it gives.
	pub(super) dims: Vec<usize>,
}

/// The windows of a pool, or the only one of a global pool and of a reduction.
///
/// # Errors
///
/// [`OnnxError::Usage`] when the data is no image, windows lie outside of it, or it reduces something else.
pub(super) fn slid(place: &Place<'_>, data: &At) -> Result<Slid, OnnxError> {
	let reduced = reduced(place, data)?;
	let image = image(place, data)?;
	let [channels, height, width] = image.dims;
	let slide = match place.node.op_type.as_str() {
		"AveragePool" | "MaxPool" => {
			slide(place, image, integers_attribute(place.node, "kernel_shape"))?
		}
		_ => Slide {
			window: Window {
				kernel: [height, width],
				..Window::pointwise(channels, [height, width])
			},
			said_behind: [0; 2],
		},
	};
	if !slide.window.meets_the_image() {
		return Err(place.usage("a window lies outside of the image"));
	}
	let dims = reduced.unwrap_or_else(|| image.dims_of(channels, slide.window.outputs()));
	Ok(Slid { image, slide, dims })
}

/// The dimensions that a `ReduceMax` gives, which is a pool over all of an image; nothing of another operator.
fn reduced(place: &Place<'_>, data: &At) -> Result<Option<Vec<usize>>, OnnxError> {
	if place.node.op_type != "ReduceMax" {
		return Ok(None);
	}
	// An input from opset 18 on, an attribute before.
	let axes = axis::integers(place, 1, "axes")?;
	let rank = data.dims.len() as i64 + 1;
	let mut axes: Vec<i64> = axes
		.into_iter()
		.map(|axis| if axis < 0 { axis.saturating_add(rank) } else { axis })
		.collect();
	axes.sort_unstable();
	if data.dims.len() < 2 || !axes.iter().copied().eq(2..rank) {
		return Err(place.usage(
			"only the whole of an image or a signal is reduced: all axes behind the channels",
		));
	}
	let keeps = integer_attribute(place.node, "keepdims").unwrap_or(1) != 0;
	let behind = if keeps { data.dims.len() - 1 } else { 0 };
	let channels = data.dims.first().copied();
	Ok(Some(channels.into_iter().chain(core::iter::repeat_n(1, behind)).collect()))
}

/// The windows of a pool behind a value.
///
/// # Errors
///
/// [`Misfit`] when they do not fit, or a window has no element of the image.
pub(super) fn pooled(node: &Node, input: &Value) -> Result<Window, Misfit> {
	let window = Window::of(node, input.shape.elements())?;
	match window.meets_the_image() {
		true => Ok(window),
		false => Err(Misfit::Input { expected: "an image that each window meets" }),
	}
}

impl Pooled {
	/// That of a node that fits its input.
	///
	/// # Panics
	///
	/// Where it does not, which an [`Architecture`](crate::Architecture) excludes.
	pub(super) fn at(site: &Site<'_>) -> Self {
		let window = pooled(site.node, site.inputs[0]).expect("the node was checked; qed");
		Self { window, positions: window.positions() }
	}

	/// A function of the elements of each window, channel by channel.
	pub(super) fn of_windows<T: Clone, U>(
		&self,
		elements: &[T],
		mut of_window: impl FnMut(&mut dyn Iterator<Item = T>) -> U,
	) -> Vec<U> {
		let channels = elements.chunks(self.window.area());
		let windows = channels
			.flat_map(|channel| self.positions.iter().map(move |positions| (channel, positions)));
		windows
			.map(|(channel, positions)| {
				of_window(&mut positions.iter().map(|at| channel[*at].clone()))
			})
			.collect()
	}

	/// Of each window the number that all of its elements have; nothing where they differ.
	pub(super) fn shared(&self, numbers: &[f64]) -> Option<Vec<f64>> {
		let one = |window: &mut dyn Iterator<Item = f64>| {
			let first = window.next()?;
			let mut others = window.skip_while(|number| *number == first);
			others.next().is_none().then_some(first)
		};
		self.of_windows(numbers, one).into_iter().collect()
	}
}
