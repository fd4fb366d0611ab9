// SPDX-License-Identifier: Apache-2.0
//! How windows slide over images: what convolutions and pools have in common.

use candor_graph::{Node, MAX_ELEMENTS};

use crate::Misfit;

/// The largest number that says how windows slide.
pub(crate) const MAX_EXTENT: usize = 1 << 12;

/// The most elements that all windows over an image have, each counted in every window.
const MAX_MET: usize = 1 << 25;

/// The attribute with channels, height and width of the image.
const IMAGE: &str = "image";

/// The attribute with height and width of a window.
const KERNEL: &str = "kernel";

/// The attribute with the steps from window to window.
const STRIDES: &str = "strides";

/// The attribute with the steps from element to element of a window.
const DILATIONS: &str = "dilations";

/// The attribute with what is put around the image: above, left, below, right.
const PADS: &str = "pads";

/// The attributes that say how windows slide.
pub(crate) const ATTRIBUTES: [&str; 5] = [IMAGE, KERNEL, STRIDES, DILATIONS, PADS];

/// Windows over an image. Each pair is that of rows and columns. A signal is an image of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
	/// The number of channels.
	pub channels: usize,
	/// Height and width of the image.
	pub image: [usize; 2],
	/// Height and width of a window, in elements.
	pub kernel: [usize; 2],
	/// The steps from window to window.
	pub strides: [usize; 2],
	/// The steps from element to element of a window.
	pub dilations: [usize; 2],
	/// Rows and columns that are put before the image.
	pub before: [usize; 2],
	/// Rows and columns that are put behind the image.
	pub behind: [usize; 2],
}

impl Window {
	/// Windows of one element, side by side.
	pub fn pointwise(channels: usize, image: [usize; 2]) -> Self {
		let (one, zero) = ([1; 2], [0; 2]);
		Self {
			channels,
			image,
			kernel: one,
			strides: one,
			dilations: one,
			before: zero,
			behind: zero,
		}
	}

	/// The windows that a node says, over an image of so many elements.
	///
	/// # Errors
	///
	/// [`Misfit`] names the attribute that is missing or wrong.
	pub(crate) fn of(node: &Node, elements: usize) -> Result<Self, Misfit> {
		let [channels, height, width] = numbers(node, IMAGE, 1..=MAX_ELEMENTS)?;
		let is_image = [height, width]
			.iter()
			.try_fold(channels, |count, dim| count.checked_mul(*dim))
			.is_some_and(|count| count == elements);
		if !is_image {
			return Err(Misfit::Attribute { name: IMAGE });
		}
		let [above, left, below, right] = numbers(node, PADS, 0..=MAX_EXTENT)?;
		let window = Self {
			channels,
			image: [height, width],
			kernel: numbers(node, KERNEL, 1..=MAX_EXTENT)?,
			strides: numbers(node, STRIDES, 1..=MAX_EXTENT)?,
			dilations: numbers(node, DILATIONS, 1..=MAX_EXTENT)?,
			before: [above, left],
			behind: [below, right],
		};
		match window.fits() {
			false => Err(Misfit::Attribute { name: KERNEL }),
			true if window != window.trimmed() => Err(Misfit::Attribute { name: PADS }),
			true => Ok(window),
		}
	}

	/// The same windows without what is put behind the image and reached by none of them.
	#[must_use]
	pub fn trimmed(&self) -> Self {
		let (extent, outputs) = (self.extent(), self.outputs());
		let behind = [0, 1].map(|axis| {
			let end = (outputs[axis] - 1) * self.strides[axis] + extent[axis];
			end.saturating_sub(self.before[axis] + self.image[axis])
		});
		Self { behind, ..*self }
	}

	/// The node with the attributes that say how windows slide.
	#[must_use]
	pub(crate) fn described(&self, mut node: Node) -> Node {
		let mut set = |name: &str, numbers: &[usize]| {
			let numbers = numbers.iter().map(|number| *number as i64).collect();
			node.attributes.insert(name.into(), numbers);
		};
		let ([height, width], [above, left], [below, right]) =
			(self.image, self.before, self.behind);
		set(IMAGE, &[self.channels, height, width]);
		set(KERNEL, &self.kernel);
		set(STRIDES, &self.strides);
		set(DILATIONS, &self.dilations);
		set(PADS, &[above, left, below, right]);
		node
	}

	/// The rows and columns from the first to the last element of a window.
	pub fn extent(&self) -> [usize; 2] {
		[0, 1].map(|axis| (self.kernel[axis] - 1) * self.dilations[axis] + 1)
	}

	/// Height and width of the image with what is put around it.
	pub fn padded(&self) -> [usize; 2] {
		[0, 1].map(|axis| self.before[axis] + self.image[axis] + self.behind[axis])
	}

	/// Whether a window fits the image with what is put around it.
	pub fn lies_within(&self) -> bool {
		let (extent, padded) = (self.extent(), self.padded());
		(0..2).all(|axis| extent[axis] <= padded[axis])
	}

	/// Whether a window fits the image with what is put around it, and there are not too many of them.
	pub fn fits(&self) -> bool {
		if !self.lies_within() {
			return false;
		}
		let is_within = |factors: &[usize], most: usize| {
			let product = factors.iter().try_fold(1usize, |all, factor| all.checked_mul(*factor));
			product.is_some_and(|product| product <= most)
		};
		let ([rows, columns], [height, width]) = (self.outputs(), self.kernel);
		is_within(&[self.channels, rows, columns, height, width], MAX_MET)
			&& is_within(&self.padded(), MAX_ELEMENTS)
	}

	/// The numbers of windows below and beside one another.
	pub fn outputs(&self) -> [usize; 2] {
		let (extent, padded) = (self.extent(), self.padded());
		[0, 1].map(|axis| (padded[axis] - extent[axis]) / self.strides[axis] + 1)
	}

	/// Whether anything is put around the image.
	pub fn is_padded(&self) -> bool {
		self.before != [0; 2] || self.behind != [0; 2]
	}

	/// The windows, row by row.
	pub fn windows(&self) -> impl Iterator<Item = [usize; 2]> {
		pairs(self.outputs())
	}

	/// The elements of a window, row by row.
	pub fn taps(&self) -> impl Iterator<Item = [usize; 2]> {
		pairs(self.kernel)
	}

	/// Where in the image with what is put around it an element of a window lies.
	pub fn place(&self, window: [usize; 2], tap: [usize; 2]) -> [usize; 2] {
		[0, 1].map(|axis| window[axis] * self.strides[axis] + tap[axis] * self.dilations[axis])
	}

	/// The position in a channel of a place of the image with what is put around it; nothing outside of
	/// the image.
	pub fn position(&self, place: [usize; 2]) -> Option<usize> {
		let [row, column] = [0, 1].map(|axis| {
			place[axis].checked_sub(self.before[axis]).filter(|at| *at < self.image[axis])
		});
		Some(row? * self.image[1] + column?)
	}

	/// The number of elements of a channel.
	pub fn area(&self) -> usize {
		self.image[0] * self.image[1]
	}

	/// Whether each window has an element of the image.
	pub fn meets_the_image(&self) -> bool {
		// A window meets it where its rows do and its columns do.
		let outputs = self.outputs();
		(0..2).all(|axis| {
			let inside = self.before[axis]..self.before[axis] + self.image[axis];
			let steps = |window: usize, tap: usize| {
				window * self.strides[axis] + tap * self.dilations[axis]
			};
			(0..outputs[axis]).all(|window| {
				(0..self.kernel[axis]).any(|tap| inside.contains(&steps(window, tap)))
			})
		})
	}

	/// For each window of a channel the positions of its elements that lie in the image.
	pub fn positions(&self) -> Vec<Vec<usize>> {
		let of_window =
			|window| self.taps().filter_map(|tap| self.position(self.place(window, tap))).collect();
		self.windows().map(of_window).collect()
	}
}

fn pairs([rows, columns]: [usize; 2]) -> impl Iterator<Item = [usize; 2]> {
	(0..rows).flat_map(move |row| (0..columns).map(move |column| [row, column]))
}

/// An attribute of so many numbers within a range.
fn numbers<const N: usize>(
	node: &Node,
	name: &'static str,
	range: core::ops::RangeInclusive<usize>,
) -> Result<[usize; N], Misfit> {
	let given = node.attributes.get(name).map_or(&[][..], Vec::as_slice);
	let numbers: Option<Vec<usize>> = given
		.iter()
		.map(|number| usize::try_from(*number).ok().filter(|number| range.contains(number)))
		.collect();
	numbers
		.and_then(|numbers| <[usize; N]>::try_from(numbers).ok())
		.ok_or(Misfit::Attribute { name })
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_graph::Source;

	fn window() -> Window {
		Window {
			kernel: [3, 2],
			strides: [2, 1],
			dilations: [1, 2],
			before: [1, 0],
			behind: [0, 1],
			..Window::pointwise(2, [4, 5])
		}
	}

	#[test]
	fn windows_are_counted_and_placed() {
		let window = window();
		assert_eq!((window.extent(), window.padded()), ([3, 3], [5, 6]));
		assert_eq!(window.outputs(), [2, 4]);
		assert_eq!(window.windows().count(), 8);
		assert_eq!(window.place([1, 3], [2, 1]), [4, 5]);
		assert_eq!(window.position([4, 4]), Some(3 * 5 + 4));
		assert_eq!((window.position([0, 0]), window.position([4, 5])), (None, None));
		// Above the first window there is a row that is not of the image.
		assert_eq!(window.positions()[0], [0, 2, 5, 7]);
	}

	#[test]
	fn windows_beyond_any_use_do_not_fit() {
		let large = Window { kernel: [1 << 12; 2], ..Window::pointwise(1, [1 << 12; 2]) };
		assert!(large.fits());
		assert!(!Window { before: [1 << 11; 2], ..large }.fits());
		assert!(!Window { kernel: [6, 1], ..window() }.fits());
	}

	#[test]
	fn nodes_say_what_they_were_told() {
		let node = window().described(Node::new("pool", [Source::Input]));
		assert_eq!(Window::of(&node, 40), Ok(window()));
		assert_eq!(Window::of(&node, 20), Err(Misfit::Attribute { name: IMAGE }));
		for (name, wrong) in [
			(IMAGE, vec![2, 4]),
			(IMAGE, vec![-2, -4, 5]),
			(IMAGE, vec![i64::MAX, i64::MAX, 5]),
			(KERNEL, vec![0, 2]),
			(KERNEL, vec![6, 2]),
			(STRIDES, vec![0, 1]),
			(DILATIONS, vec![1, 1 << 13]),
			(PADS, vec![1, 0, -1, 1]),
			(PADS, vec![1, 0, 1]),
			// No window reaches a row behind the image.
			(PADS, vec![1, 0, 1, 1]),
		] {
			let mut node = node.clone();
			node.attributes.insert(name.into(), wrong.clone());
			assert_eq!(Window::of(&node, 40), Err(Misfit::Attribute { name }), "{wrong:?}");
		}
	}
}
