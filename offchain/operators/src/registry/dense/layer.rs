// SPDX-License-Identifier: Apache-2.0
//! What follows from the two widths of a layer: ranges, limbs and words.

use candor_gadgets::{limb, limbs};
use candor_graph::{Node, Sums, ACTIVATION_BITS, ACTIVATION_MAX};

use super::Digits;
use crate::{Misfit, ParameterFault, Scheme, Site};

/// The attribute with the number of bits that are dropped next, 0 behind which nothing is.
pub(crate) const ROUNDING: &str = "rounding";

/// The attribute with the bits of a limb, of a node whose weights take fewer than any of its shape could:
/// below [`limb_width`], which it has without one.
pub(crate) const LIMB: &str = "limb";

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
		let sums = Sums { width: limb_width(fan_in), rounding };
		Self { fan_in, bytes_each: 1, fan_out, sums }
	}

	/// The layer at a place of a graph.
	pub fn of(site: &Site<'_>) -> Self {
		let input = site.inputs.first();
		let fan_in = input.map_or(0, |input| input.shape.elements());
		let bytes_each = input.and_then(|input| input.bytes_each()).unwrap_or(1);
		let unrounded = Sums { width: limb_width(fan_in * bytes_each), rounding: 0 };
		let sums = site.output.sums().unwrap_or(unrounded);
		Self { fan_in, bytes_each, fan_out: site.output.shape.elements(), sums }
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

/// The range of the sums of so many bytes times weights, as a node says.
///
/// # Errors
///
/// [`Misfit`] where it drops no number of bits from 0 to their [`shift`], or has limbs that are no smaller than
/// theirs are anyway, or have no room for what is kept.
pub(crate) fn sums(node: &Node, bytes: usize) -> Result<Sums, Misfit> {
	let rounding = node.integer(ROUNDING).and_then(|rounding| u32::try_from(rounding).ok());
	let rounding = rounding.filter(|rounding| *rounding <= shift(bytes));
	let rounding = rounding.ok_or(Misfit::Attribute { name: ROUNDING })?;
	let width = limb_width(bytes);
	if !node.attributes.contains_key(LIMB) {
		return Ok(Sums { width, rounding });
	}
	let limb = node.integer(LIMB).and_then(|limb| u32::try_from(limb).ok());
	let limb = limb.filter(|limb| (least_limb(rounding)..width).contains(limb));
	Ok(Sums { width: limb.ok_or(Misfit::Attribute { name: LIMB })?, rounding })
}

/// The fewest bits of a limb of which so many are dropped next: what is kept of it is a byte and a sign, and
/// of one of which all is kept there is one bit beside the sign.
const fn least_limb(rounding: u32) -> u32 {
	match rounding {
		0 => 2,
		_ => rounding + ACTIVATION_BITS + 1,
	}
}

/// A layer of which so many bits are dropped next, from 1 to its [`shift`].
#[must_use]
pub fn rounded(layer: &Node, rounding: u32) -> Node {
	layer.clone().with(ROUNDING, rounding.into())
}

/// A node whose limbs hold absolute sums up to `largest` and up to `2^spare` times as many, where they are larger
/// than that.
pub(crate) fn fitted(node: &Node, sums: Sums, largest: u64, spare: u32) -> Node {
	let limb = (sums.bits_of(largest) + spare).max(least_limb(sums.rounding));
	if limb < sums.width {
		node.clone().with(LIMB, limb.into())
	} else {
		node.clone()
	}
}

/// The largest absolute sum of each output: of its bias and, for each weight, what lies between `lowest`, which is
/// not positive, and so many bytes, whichever of both ends makes it larger.
pub(crate) fn largest_sum<'w>(
	bias: i32,
	weights: impl Iterator<Item = (&'w i8, i32)>,
	bytes_each: usize,
) -> u64 {
	let highest = i64::from(ACTIVATION_MAX) * bytes_each as i64;
	let (mut low, mut high) = (i64::from(bias), i64::from(bias));
	for (weight, lowest) in weights {
		let (weight, lowest) = (i64::from(*weight), i64::from(lowest.min(0)));
		low += (weight * lowest).min(weight * highest);
		high += (weight * lowest).max(weight * highest);
	}
	low.unsigned_abs().max(high.unsigned_abs())
}

/// Checks that the sums of outputs, the largest of which these are, fit into limbs that are [`fitted`].
///
/// # Errors
///
/// [`ParameterFault::Sums`] names the first output whose sums do not.
pub(crate) fn check_limbs(sums: Sums, largest: &[u64]) -> Result<(), ParameterFault> {
	match largest.iter().position(|largest| *largest > sums.room()) {
		Some(output) => Err(ParameterFault::Sums { output, width: sums.width }),
		None => Ok(()),
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
