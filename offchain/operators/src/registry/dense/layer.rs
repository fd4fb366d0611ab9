// SPDX-License-Identifier: Apache-2.0
//! What follows from the two widths of a layer: ranges, limbs and words.

use candor_gadgets::{limb, limbs};
use candor_graph::{Sums, ACTIVATION_MAX};

use super::Digits;
use crate::{Scheme, Site};

/// The largest width of a layer. Far below the 32,895 at which an accumulator leaves 32 bits.
pub const MAX_WIDTH: usize = 16_384;

/// What a bias may be in units of `ACTIVATION_MAX` and fan-in: room for the zero points of a
/// whole row of inputs (`WEIGHT_MAX * ACTIVATION_MAX * fan_in`) and one more activation each.
const BIAS_PER_INPUT: i32 = 128;

/// The shift of a layer with one input.
const SHIFT_BASE: u32 = 5;

/// A layer with weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
	/// The number of inputs of an output.
	pub fan_in: usize,
	/// The bytes that each input is the total of. With the number of inputs at most [`MAX_WIDTH`].
	pub bytes_each: usize,
	/// The number of outputs, at most [`MAX_WIDTH`].
	pub fan_out: usize,
	/// The range of the sums.
	pub sums: Sums,
}

impl Layer {
	/// The layer of these widths over bytes, with `rounding` bits that are dropped next.
	#[cfg(test)]
	pub(super) fn new(fan_in: usize, fan_out: usize, rounding: u32) -> Self {
		Self::over(1, fan_in, fan_out, rounding)
	}

	/// The layer of these widths over totals of so many bytes, with `rounding` bits that are dropped
	/// next.
	pub(crate) fn over(bytes_each: usize, fan_in: usize, fan_out: usize, rounding: u32) -> Self {
		let sums = Sums { width: limb_width(fan_in * bytes_each), rounding };
		Self { fan_in, bytes_each, fan_out, sums }
	}

	/// The layer at a place of a graph.
	pub fn of(site: &Site<'_>) -> Self {
		let input = site.inputs.first();
		let fan_in = input.map_or(0, |input| input.shape.elements());
		let bytes_each = input.and_then(|input| input.bytes_each()).unwrap_or(1);
		let rounding = site.output.sums().map_or(0, |sums| sums.rounding);
		Self::over(bytes_each, fan_in, site.output.shape.elements(), rounding)
	}

	/// The largest absolute value of a bias.
	pub fn bias_max(&self) -> i32 {
		bias_max(self.bytes())
	}

	/// The bytes that an output is a sum of, times their weights.
	pub fn bytes(&self) -> usize {
		self.fan_in * self.bytes_each
	}
}

/// How the weights and biases of a layer stand in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packing {
	/// The layer.
	pub layer: Layer,
	/// What strands of a word are digits of: above every raised sum.
	pub base: u64,
	/// The number of outputs that share a word.
	pub strands: usize,
	/// The number of groups of `strands` outputs; the last one may be partial.
	pub groups: usize,
	/// Whether inputs are multiplied in pairs, which leaves products of weight words in the sums. The
	/// bias words make up for them; those that are hashed stay free of them.
	pub paired: bool,
}

impl Packing {
	/// That of a layer under a scheme.
	pub fn new(layer: Layer, scheme: Scheme) -> Self {
		let packing = Self::of_singles(layer, scheme);
		// The products of inputs, which all groups share, pay from the second group on.
		Self { paired: scheme.has_model_block() && packing.groups > 1, ..packing }
	}

	/// That of a layer whose inputs are not multiplied in pairs.
	pub(crate) fn of_singles(layer: Layer, scheme: Scheme) -> Self {
		let base = limb::span(layer.sums, scheme.ranges());
		let strands = limbs::capacity(base);
		let groups = layer.fan_out.div_ceil(strands);
		Self { layer, base, strands, groups, paired: false }
	}

	/// The outputs of each group, in order.
	pub fn group_outputs(&self) -> impl Iterator<Item = core::ops::Range<usize>> {
		let (strands, fan_out) = (self.strands, self.layer.fan_out);
		(0..self.groups).map(move |group| {
			let first = group * strands;
			first..(first + strands).min(fan_out)
		})
	}

	/// The sums of so many outputs of a group.
	pub(crate) fn digits(&self, outputs: usize) -> Digits {
		Digits { sums: self.layer.sums, base: self.base, outputs }
	}

	/// The number of words of a group: one an input, and one of biases.
	pub fn group_words(&self) -> usize {
		self.layer.fan_in + 1
	}

	/// The number of committed words.
	pub fn word_count(&self) -> usize {
		self.groups * self.group_words()
	}
}

/// The largest absolute value of a bias in a layer with `fan_in` inputs.
fn bias_max(fan_in: usize) -> i32 {
	ACTIVATION_MAX * BIAS_PER_INPUT * fan_in as i32
}

/// The bits that the rounding shift behind a hidden layer with `fan_in` inputs drops:
/// `5 + ceil(ceil(log2 fan_in) / 2)`.
///
/// A sum of `n` products of random signs grows like the square root of `n`; with this constant
/// weights and activations of perceptrons of all sizes both fill their bytes well.
pub fn shift(fan_in: usize) -> u32 {
	let log = fan_in.next_power_of_two().trailing_zeros();
	SHIFT_BASE + log.div_ceil(2)
}

/// The bits of an accumulator limb of a layer with `fan_in` inputs: the smallest `w` with
/// `2 * 255 * 128 * fan_in + 2^(shift - 1) < 2^(w - 1)`.
pub fn limb_width(fan_in: usize) -> u32 {
	let bound = 2 * bias_max(1) as u64 * fan_in as u64 + (1 << (shift(fan_in) - 1));
	// `2^(w - 1)` is the smallest power of two above the bound.
	(bound + 1).next_power_of_two().trailing_zeros() + 1
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_graph::{ACTIVATION_BITS, WEIGHT_MAX};

	#[test]
	fn widths_of_a_digit_classifier() {
		for scheme in Scheme::ALL {
			let packing = |layer| Packing::new(layer, scheme);
			let hidden = packing(Layer::new(784, 56, shift(784)));
			let last = packing(Layer::new(56, 10, 0));
			assert_eq!((hidden.layer.sums.width, hidden.strands, hidden.groups), (27, 9, 7));
			assert_eq!((last.layer.sums.width, last.strands, last.groups), (23, 11, 1));
			assert_eq!((hidden.paired, last.paired), (scheme.has_model_block(), false));
		}
	}

	#[test]
	fn outputs_are_cut_into_groups_with_a_partial_last_one() {
		let packing = Packing::new(Layer::new(784, 56, 0), Scheme::Hashed);
		let groups: Vec<_> = packing.group_outputs().collect();
		assert_eq!(groups.first(), Some(&(0..9)));
		assert_eq!(groups.last(), Some(&(54..56)));
	}

	#[test]
	fn an_accumulator_never_leaves_its_limb() {
		for fan_in in 1..=MAX_WIDTH {
			let layer = Layer::new(fan_in, 1, shift(fan_in));
			let largest = i64::from(layer.bias_max())
				+ i64::from(WEIGHT_MAX) * i64::from(ACTIVATION_MAX) * fan_in as i64;
			let (offset, width) = (layer.sums.offset() as i64, layer.sums.width);
			assert!(offset - largest >= 0, "{fan_in}");
			assert!(offset + largest < 1 << width, "{fan_in}");
			assert!(width <= 32, "{fan_in}");
			assert!(layer.sums.rounding + ACTIVATION_BITS < width, "{fan_in}");
		}
	}

	#[test]
	fn words_that_are_hashed_keep_their_strands() {
		for fan_in in 1..=MAX_WIDTH {
			let layer = Layer::new(fan_in, 1, shift(fan_in));
			let packing = Packing::new(layer, Scheme::Hashed);
			assert_eq!(packing.base, 1 << layer.sums.width, "{fan_in}");
			assert_eq!(packing.strands, (253 / layer.sums.width) as usize, "{fan_in}");
		}
	}

	#[test]
	fn strands_are_above_every_raised_sum() {
		for fan_in in 1..=MAX_WIDTH {
			for rounding in [0, shift(fan_in)] {
				let layer = Layer::new(fan_in, 1, rounding);
				let packing = Packing::new(layer, Scheme::Staged);
				// Sums that are to be rounded may leave their bits by a little.
				let is_larger = packing.base > 1 << layer.sums.width;
				assert_eq!(is_larger, rounding > 0, "{fan_in}");
				assert!(packing.strands > 0, "{fan_in}");
			}
		}
	}

	#[test]
	fn the_smallest_limb_that_holds_the_bound_is_taken() {
		for fan_in in 1..=MAX_WIDTH {
			let bound = 2 * 255 * 128 * fan_in as u64 + (1 << (shift(fan_in) - 1));
			let width = limb_width(fan_in);
			assert!(bound < 1 << (width - 1), "{fan_in}");
			assert!(bound >= 1 << (width - 2), "{fan_in}");
		}
	}

	#[test]
	fn the_shift_is_a_function_of_the_fan_in() {
		let shifts: Vec<_> =
			[1, 2, 4, 5, 16, 17, 32, 64, 784, 16_384].into_iter().map(shift).collect();
		assert_eq!(shifts, [5, 6, 6, 7, 7, 8, 8, 8, 10, 12]);
	}
}
