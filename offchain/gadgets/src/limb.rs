// SPDX-License-Identifier: Apache-2.0
//! A sum, raised to an unsigned integer and taken apart for what is done with it next.

use candor_graph::{Sums, ACTIVATION_BITS};

use crate::{
	bits::{self, Bit},
	ranges::{Method, Ranges},
	relu,
	rounding::{self, rounded, Rounded},
	Sum, Synthesis, System,
};

/// A raised sum: see [`Sums::offset`].
#[derive(Clone, Debug)]
pub enum Limb {
	/// Bits, lowest first.
	Bits(Vec<Bit>),
	/// Bytes, lowest first, what is left above them, and the top bit: for an output.
	Bytes(Vec<Part>),
	/// With its activation.
	Rounded(Rounded),
}

/// A part of an integer.
#[derive(Clone, Debug)]
pub struct Part {
	/// The part, unsigned.
	pub sum: Sum,
	/// Its bits.
	pub width: u32,
}

/// What is above every raised sum that [`Limb::new`] has a witness for: at least `2^width`.
pub fn span(sums: Sums, method: Method) -> u64 {
	match (method, sums.rounding) {
		(Method::Bits, _) | (Method::Lookups, 0) => 1 << sums.width,
		(Method::Lookups, dropped) => rounding::span(sums.width, dropped),
	}
}

impl Limb {
	/// A new raised sum, in the parts that what comes next needs.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub fn new(
		cs: &System,
		ranges: &mut Ranges,
		raised: Option<u64>,
		sums: Sums,
	) -> Synthesis<Self> {
		match (ranges.method(), sums.rounding) {
			(Method::Bits, _) => bits::unsigned(cs, raised, sums.width).map(Self::Bits),
			(Method::Lookups, 0) => {
				let widths = byte_widths(sums.width);
				let parts = ranges.split(raised, &widths)?;
				let parts = parts.into_iter().zip(widths);
				Ok(Self::Bytes(parts.map(|(sum, width)| Part { sum, width }).collect()))
			}
			(Method::Lookups, dropped) => {
				rounded(cs, ranges, raised, sums.width, dropped).map(Self::Rounded)
			}
		}
	}

	/// The raised sum.
	pub fn raised(&self) -> Sum {
		match self {
			Self::Bits(bits) => bits::weighted(bits),
			Self::Bytes(parts) => {
				let mut raised = Sum::zero();
				let mut from = 0;
				for Part { sum, width } in parts {
					raised.add(crate::power_of_two(from), sum);
					from += width;
				}
				raised
			}
			Self::Rounded(rounded) => rounded.raised.clone(),
		}
	}

	/// ReLU, rounding shift and saturation: [`relu::activate`].
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	///
	/// # Panics
	///
	/// Where the sum is made for an output.
	pub fn activation(&self, cs: &System, shift: u32) -> Synthesis<Sum> {
		match self {
			Self::Bits(bits) => relu::relu(cs, bits, shift).map(Sum::from),
			Self::Rounded(rounded) => Ok(rounded.activation.clone()),
			Self::Bytes(_) => panic!("a sum that nothing is dropped of"),
		}
	}

	/// The parts of a sum of which all is kept, lowest first; the last one is its top bit.
	///
	/// # Panics
	///
	/// Where the sum is made to be rounded.
	pub fn parts(&self) -> Vec<Part> {
		match self {
			Self::Bits(bits) => {
				bits.iter().map(|&bit| Part { sum: bit.into(), width: 1 }).collect()
			}
			Self::Bytes(parts) => parts.clone(),
			Self::Rounded(_) => panic!("a sum that is to be rounded"),
		}
	}
}

/// The widths of the bytes of an integer, and of its top bit.
fn byte_widths(width: u32) -> Vec<u32> {
	let below = width - 1;
	let bytes = (0..below).step_by(ACTIVATION_BITS as usize);
	let mut widths: Vec<u32> = bytes.map(|from| ACTIVATION_BITS.min(below - from)).collect();
	widths.push(1);
	widths
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{testing::TestSystem, Cell};

	const METHODS: [Method; 2] = [Method::Bits, Method::Lookups];

	/// A system in which a limb has to be the public `raised`.
	fn limb(method: Method, raised: u64, sums: Sums) -> TestSystem {
		TestSystem::with_ranges(method, |cs, ranges| {
			let public = Cell::public(cs, Some(raised.into()))?;
			Limb::new(cs, ranges, Some(raised), sums)?.raised().enforce_equal(cs, public)
		})
	}

	#[test]
	fn there_is_a_witness_for_every_raised_sum_below_the_span_and_for_no_other() {
		for (width, rounding) in
			[(18, 0), (23, 0), (25, 0), (32, 0), (18, 5), (23, 8), (27, 10), (27, 1)]
		{
			let sums = Sums { width, rounding };
			for method in METHODS {
				let span = span(sums, method);
				assert!(span >= 1 << width);
				for raised in [0, 1, span / 2, (1 << width) - 1, span - 1] {
					let test = limb(method, raised, sums);
					assert!(test.holds(), "{raised} by {method:?}");
					test.assert_no_forger_changes_a_cell();
				}
				assert!(!limb(method, span, sums).holds(), "{method:?}");
			}
		}
	}

	#[test]
	fn parts_end_at_every_border_of_a_byte() {
		assert_eq!(byte_widths(18), [8, 8, 1, 1]);
		assert_eq!(byte_widths(23), [8, 8, 6, 1]);
		assert_eq!(byte_widths(25), [8, 8, 8, 1]);
		assert_eq!(byte_widths(32), [8, 8, 8, 7, 1]);
	}
}
