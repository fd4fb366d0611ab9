// SPDX-License-Identifier: Apache-2.0
//! What is known of a value before there is one.

use serde::{Deserialize, Serialize};

use crate::Shape;

/// The largest activation: inputs and hidden outputs are unsigned bytes.
pub const ACTIVATION_MAX: i32 = 255;

/// The bits of an activation.
pub const ACTIVATION_BITS: u32 = 8;

/// The largest absolute value of a weight.
pub const WEIGHT_MAX: i32 = 127;

/// Which integers the elements of a value are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
	/// `0` to [`ACTIVATION_MAX`].
	Bytes,
	/// Totals of so many bytes each, at least one: `0` to as many times [`ACTIVATION_MAX`].
	Totals(u32),
	/// Signed sums.
	Sums(Sums),
}

/// The range of sums, and what is to be done with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sums {
	/// Every sum plus [`offset`](Self::offset) is an unsigned integer of so many bits, 1 to 32.
	pub width: u32,
	/// So many low bits are dropped next, with rounding; 0 where all are kept. Below `width`.
	pub rounding: u32,
}

impl Sums {
	/// What raises every sum to an unsigned integer: half the range, and half a unit of what is
	/// kept, which makes dropping the low bits round.
	pub fn offset(&self) -> u64 {
		let half_range = 1 << (self.width - 1);
		match self.rounding {
			0 => half_range,
			dropped => half_range + (1 << (dropped - 1)),
		}
	}

	/// The largest absolute sum of which both signs fit; 0 where there is no room.
	pub fn room(&self) -> u64 {
		let half_range = 1u64 << (self.width - 1);
		half_range.saturating_sub(self.half_unit() + 1)
	}

	/// The bits that absolute sums up to this one take, rounded like these: the smallest `w` with
	/// `largest + half a unit < 2^(w - 1)`.
	pub fn bits_of(&self, largest: u64) -> u32 {
		(largest + self.half_unit() + 1).next_power_of_two().trailing_zeros() + 1
	}

	/// Half a unit of what is kept, where anything is dropped.
	fn half_unit(&self) -> u64 {
		self.offset() - (1 << (self.width - 1))
	}
}

/// Shape and range of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
	/// The dimensions.
	pub shape: Shape,
	/// The elements.
	pub kind: Kind,
}

impl Value {
	/// Unsigned bytes.
	pub fn bytes(shape: Shape) -> Self {
		Self { shape, kind: Kind::Bytes }
	}

	/// The range, where the elements are sums.
	pub fn sums(&self) -> Option<Sums> {
		match self.kind {
			Kind::Sums(sums) => Some(sums),
			Kind::Bytes | Kind::Totals(_) => None,
		}
	}

	/// How many bytes each element is the total of; nothing where the elements are signed sums.
	pub fn bytes_each(&self) -> Option<usize> {
		match self.kind {
			Kind::Bytes => Some(1),
			Kind::Totals(bytes) => Some(bytes as usize),
			Kind::Sums(_) => None,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_offset_is_half_the_range_and_half_a_unit() {
		assert_eq!(Sums { width: 20, rounding: 0 }.offset(), 1 << 19);
		assert_eq!(Sums { width: 20, rounding: 8 }.offset(), (1 << 19) + (1 << 7));
	}

	#[test]
	fn a_sum_that_takes_all_of_the_room_takes_all_of_the_bits() {
		for (width, rounding) in [(20, 0), (20, 8), (27, 9)] {
			let sums = Sums { width, rounding };
			assert_eq!(sums.bits_of(sums.room()), width, "{sums:?}");
			assert_eq!(sums.bits_of(sums.room() + 1), width + 1, "{sums:?}");
			assert_eq!(sums.bits_of(sums.room() / 2 - sums.half_unit()), width - 1, "{sums:?}");
		}
		assert_eq!(Sums { width: 3, rounding: 2 }.room(), 1);
	}
}
