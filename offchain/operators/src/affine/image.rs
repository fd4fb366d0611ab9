// SPDX-License-Identifier: Apache-2.0
//! Affine functions whose values are those of an image.

use candor_graph::FloatParameters;

use super::{Affine, Form, Term, MAX_WEIGHTS};
use crate::{
	filters::{of_channels, Filters},
	window::Window,
};

impl Affine {
	/// The convolution, where it is one.
	pub fn as_filters(&self) -> Option<&Filters> {
		match &self.form {
			Form::Filtered(filters) => Some(filters),
			Form::Scaled(_) | Form::Full(_) | Form::Ordered(..) | Form::Beyond(_) => None,
		}
	}

	/// Windows over the image that it takes, each of one element, with a factor and a number of each channel
	/// behind it, where that is all that it does to an image but for what is put around it. The channels are
	/// those of what it gives.
	pub fn as_channels(&self, dims: [usize; 3]) -> Option<(Window, Vec<(f64, f64)>)> {
		let [channels, height, width] = dims;
		match &self.form {
			Form::Scaled(terms) => {
				let is_in_order = terms.len() == self.inputs
					&& terms.len() == channels * height * width
					&& terms.iter().enumerate().all(|(at, term)| term.from == at);
				let one = |of: fn(&Term) -> f64| {
					let values: Vec<f64> = terms.iter().map(of).collect();
					of_channels(&values, height * width)
				};
				let (scales, offsets) = (one(|term| term.scale)?, one(|term| term.offset)?);
				let window = Window::pointwise(channels, [height, width]);
				is_in_order.then(|| (window, scales.into_iter().zip(offsets).collect()))
			}
			Form::Filtered(filters) if filters.gives(dims) => {
				Some((filters.window, filters.as_channels()?))
			}
			Form::Filtered(_) | Form::Full(_) | Form::Ordered(..) | Form::Beyond(_) => None,
		}
	}

	/// What this function and filters behind it, around whose image zeros are put, do together; nothing where
	/// that is too large.
	pub fn filtered(&self, filters: &Filters) -> Option<Self> {
		let Window { channels, image: [height, width], .. } = filters.window;
		let first = match &self.form {
			// Its image may have been given other dimensions since.
			Form::Filtered(first) => first.gives([channels, height, width]).then(|| first.clone()),
			_ => {
				let in_order = self.as_channels([channels, height, width]);
				let in_order = in_order.map(|(window, of_channels)| {
					let (weights, biases) = of_channels.into_iter().unzip();
					Filters::new(window, channels, FloatParameters { weights, biases })
				});
				// Channels that were picked or put in another order are filters of one element.
				in_order.or_else(|| self.as_filters_over([height, width]))
			}
		};
		let both = first.and_then(|first| {
			filters.behind(&first).or_else(|| filters.composed(&first, MAX_WEIGHTS))
		});
		if let Some(filters) = both {
			return Some(Self { inputs: self.inputs, form: Form::Filtered(filters) });
		}
		let alone =
			Self { inputs: channels * height * width, form: Form::Filtered(filters.clone()) };
		self.then(&alone.to_layer()?)
	}

	/// This function with zeros around the image that it gives; nothing where it does more to an image than
	/// to multiply each channel and to add a number.
	pub fn padded(&self, dims: [usize; 3], before: [usize; 2], behind: [usize; 2]) -> Option<Self> {
		let (mut window, channels) = self.as_channels(dims)?;
		if window.is_padded() {
			return None;
		}
		(window.before, window.behind) = (before, behind);
		let filters = Filters::padding(window, &channels)?;
		Some(Self { inputs: self.inputs, form: Form::Filtered(filters) })
	}

	/// The same function as a filter for each element, which has a weight of its own; itself where its outputs are not
	/// its inputs, each once.
	pub(crate) fn apart(&self) -> Self {
		let Form::Scaled(terms) = &self.form else { return self.clone() };
		let mut in_order = vec![None; self.inputs];
		terms.iter().for_each(|term| in_order[term.from] = Some((term.scale, term.offset)));
		let in_order = in_order.into_iter().collect::<Option<Vec<(f64, f64)>>>();
		let Some(in_order) = in_order.filter(|_| terms.len() == self.inputs) else {
			return self.clone();
		};
		let (weights, biases) = in_order.into_iter().unzip();
		let window = Window::pointwise(self.inputs, [1, 1]);
		let filters = Filters::new(window, self.inputs, FloatParameters { weights, biases });
		let places: Vec<usize> = terms.iter().map(|term| term.from).collect();
		Self { inputs: self.inputs, form: Form::Filtered(filters) }.select(&places)
	}

	/// The same function as a convolution of an image of this height and width, where it is one.
	pub(crate) fn over_image(&self, image: [usize; 2]) -> Self {
		match self.as_filters_over(image) {
			Some(filters) => Self { inputs: self.inputs, form: Form::Filtered(filters) },
			None => self.clone(),
		}
	}

	/// As filters over an image of this height and width; nothing where it is no convolution.
	pub(super) fn as_filters_over(&self, image: [usize; 2]) -> Option<Filters> {
		let terms = match &self.form {
			Form::Filtered(filters) => {
				return Some(filters.clone()).filter(|filters| filters.window.outputs() == image);
			}
			Form::Scaled(terms) => terms,
			Form::Full(_) | Form::Ordered(..) | Form::Beyond(_) => return None,
		};
		let area = image[0] * image[1];
		if !self.inputs.is_multiple_of(area) || !terms.len().is_multiple_of(area) {
			return None;
		}
		let channels = self.inputs / area;
		channels.checked_mul(terms.len() / area).filter(|weights| *weights <= MAX_WEIGHTS)?;
		let (mut weights, mut biases) = (Vec::new(), Vec::new());
		for terms in terms.chunks_exact(area) {
			let first = *terms.first()?;
			let is_channel = first.from % area == 0
				&& terms
					.iter()
					.enumerate()
					.all(|(at, term)| *term == Term { from: first.from + at, ..first });
			let own = is_channel.then_some(first.from / area)?;
			weights.extend((0..channels).map(|at| if at == own { first.scale } else { 0.0 }));
			biases.push(first.offset);
		}
		let layer = FloatParameters { weights, biases };
		Some(Filters::new(Window::pointwise(channels, image), 1, layer))
	}

	/// [`Self::plus`] of functions that give images of this height and width.
	pub(crate) fn plus_image(&self, other: &Self, factor: f64, image: [usize; 2]) -> Option<Self> {
		let pair = self.as_filters_over(image).zip(other.as_filters_over(image));
		let sum = pair.and_then(|(left, right)| {
			left.plus(&right, factor)
				.or_else(|| left.within(&right)?.plus(&right, factor))
				.or_else(|| left.plus(&right.within(&left)?, factor))
		});
		match sum {
			Some(filters) => Some(Self { inputs: self.inputs, form: Form::Filtered(filters) }),
			None => self.plus(other, factor),
		}
	}
}
