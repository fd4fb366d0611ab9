// SPDX-License-Identifier: Apache-2.0

//! What verification in one system costs beside another.

/// What verifying under a system takes, in percent of what the runtime's weights were measured with, for
/// the same statements: its benchmarks run with one of its systems. At least [`Effort::MEASURED`] counts:
/// a cheaper system is charged as the measured one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Effort {
	/// Of a proof that is verified by itself.
	pub single: u32,
	/// Of a proof in a batch of many.
	pub batched: u32,
	/// Of a key in such a batch, in addition: of what it takes for each key, however many proofs it has.
	pub key: u32,
	/// Of registering a key.
	pub registered: u32,
}

impl Effort {
	/// That of the system with which weights are measured.
	pub const MEASURED: Self = Self { single: 100, batched: 100, key: 100, registered: 100 };

	/// The greater of each.
	#[must_use]
	pub const fn max(self, other: Self) -> Self {
		Self {
			single: greater(self.single, other.single),
			batched: greater(self.batched, other.batched),
			key: greater(self.key, other.key),
			registered: greater(self.registered, other.registered),
		}
	}
}

/// The greater of two numbers, in constants.
pub(crate) const fn greater(one: u32, other: u32) -> u32 {
	if one < other {
		other
	} else {
		one
	}
}

/// So many percent of an amount, rounded up; at most `u64::MAX`.
pub fn percent_of(percent: u32, amount: u64) -> u64 {
	const WHOLE: u128 = 100;
	// Does not overflow: 32 and 64 bits, in 128.
	let scaled = u128::from(percent).saturating_mul(amount.into()).div_ceil(WHOLE);
	u64::try_from(scaled).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_measured_system_costs_what_was_measured() {
		for amount in [0, 1, 99, 12_345_678_901, u64::MAX] {
			let Effort { single, batched, key, registered } = Effort::MEASURED;
			for percent in [single, batched, key, registered] {
				assert_eq!(percent_of(percent, amount), amount);
			}
		}
	}

	#[test]
	fn a_dearer_system_is_rounded_up_and_never_wraps() {
		assert_eq!(percent_of(125, 1), 2);
		assert_eq!(percent_of(125, 100), 125);
		assert_eq!(percent_of(125, u64::MAX), u64::MAX);
	}

	#[test]
	fn the_dearest_of_several_counts_for_each_kind() {
		let dear_alone = Effort { single: 125, batched: 90, key: 100, registered: 170 };
		let dear_in_many = Effort { single: 80, batched: 115, key: 160, registered: 90 };
		let dearest = Effort { single: 125, batched: 115, key: 160, registered: 170 };
		assert_eq!(dear_alone.max(dear_in_many), dearest);
		assert_eq!(dear_in_many.max(dear_alone), dearest);
	}
}
