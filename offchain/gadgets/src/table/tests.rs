// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{limb::Limb, ranges::Method, relu, testing::TestSystem};
use ark_ff::{Field, One};
use candor_graph::Sums;
use proptest::prelude::*;

const SUMS: Sums = Sums { width: 23, rounding: 8 };

/// A function that takes every value but a few, out of order.
fn values() -> [u8; BYTES] {
	core::array::from_fn(|byte| ((byte * byte + 7 * byte) % 251) as u8)
}

/// The cells of [`of_sum`]: the parts of the limb (see `rounding`), and the value.
const LOW: usize = 0;
const BYTE: usize = 1;
const EXCESS: usize = 2;
const SIGN: usize = 4;
const VALUE: usize = 5;

/// A system that claims, in its public inputs, the value that the function has of a rounded sum.
fn of_sum(accumulator: i64, claimed: u8) -> TestSystem {
	let raised = accumulator + SUMS.offset() as i64;
	let values = values();
	TestSystem::with_ranges(Method::Lookups, |cs, ranges| {
		let sum = Cell::public(cs, Some(Fr::from(accumulator)))?;
		let claimed = Cell::public(cs, Some(claimed.into()))?;
		let limb = Limb::new(cs, ranges, Some(raised as u64), SUMS)?;
		let mut lowered = limb.raised();
		lowered.add(-Fr::one(), &Sum::constant(SUMS.offset().into()));
		lowered.enforce_equal(cs, sum)?;
		let function = ByteFunction::new(ranges, &values);
		let byte = limb.activation(cs, SUMS.rounding)?;
		function.of(cs, ranges, &byte)?.enforce_equal(cs, claimed)
	})
}

fn value(accumulator: i64) -> u8 {
	values()[usize::from(relu::activate(accumulator, SUMS.rounding))]
}

/// Sums at both ends of the range, around both clamps, and around the border of a rounding.
fn edges() -> impl Iterator<Item = i64> {
	let half = 1i64 << (SUMS.width - 1);
	[-half, -1 << 20, -129, -128, -1, 0, 127, 128, 255 << 8, (255 << 8) + 127, 256 << 8, half - 129]
		.into_iter()
		.flat_map(|sum| [sum, sum + 1])
}

#[test]
fn every_sum_has_the_value_of_its_clamped_rounding_and_no_cell_may_be_another() {
	for sum in edges() {
		let test = of_sum(sum, value(sum));
		assert!(test.holds(), "{sum}");
		test.assert_no_forger_changes_a_cell();
	}
}

#[test]
fn costs_two_constraints_a_value_and_one_a_byte() {
	let values = values();
	let cost = |count: usize, of: &dyn Fn(usize) -> [u8; BYTES]| {
		let tables: Vec<_> = (0..count).map(of).collect();
		TestSystem::with_ranges(Method::Lookups, |cs, ranges| {
			for values in &tables {
				let byte = ranges.unsigned(Some(7), ACTIVATION_BITS)?;
				ByteFunction::new(ranges, values).of(cs, ranges, &byte)?;
			}
			Ok(())
		})
		.constraints()
	};
	let bytes_alone = |count: usize| BYTES + 1 + count;
	assert_eq!(cost(1, &|_| values), bytes_alone(1) + 2 + BYTES + 1);
	assert_eq!(cost(5, &|_| values), bytes_alone(5) + 10 + BYTES + 1, "one table for all");
	let shifted = |at: usize| values.map(|value| value.wrapping_add(at as u8));
	assert_eq!(cost(2, &shifted), bytes_alone(2) + 4 + 2 * (BYTES + 1), "a table each");
}

mod reject {
	use super::*;

	#[test]
	fn the_value_of_another_byte() {
		for sum in [-700, 0, 77 << 8] {
			let honest = value(sum);
			for claimed in 0..=u8::MAX {
				assert_eq!(
					of_sum(sum, honest)
						.holds_for_a_forger(&[(VALUE, claimed.into())], &[(1, claimed.into())],),
					claimed == honest,
					"{claimed} of {sum}"
				);
			}
		}
	}

	/// Quotients in the field: the pair is the entry of another byte, and only that the value is a byte objects.
	#[test]
	fn a_value_that_makes_up_for_another_byte() {
		let per_byte = power_of_two(ACTIVATION_BITS).inverse().expect("not zero");
		for sum in [-700, 0, 77 << 8] {
			let byte = relu::activate(sum, SUMS.rounding);
			let test = of_sum(sum, value(sum));
			for (other, value) in (0..=u8::MAX).zip(values()).filter(|(other, _)| *other != byte) {
				let apart = Fr::from(other) - Fr::from(byte);
				let forged = Fr::from(value) + apart * per_byte;
				let entry = Fr::from(byte) + power_of_two(ACTIVATION_BITS) * forged;
				assert_eq!(
					entry,
					Fr::from(other) + power_of_two(ACTIVATION_BITS) * Fr::from(value)
				);
				assert!(!test.holds_for_a_forger(&[(VALUE, forged)], &[(1, forged)]), "{other}");
			}
		}
	}

	#[test]
	fn a_byte_that_is_not_that_of_the_sum() {
		// 7 rounded, and the pair of the next byte: the sum objects.
		let test = of_sum(7 << 8, value(7 << 8));
		let of_next = Fr::from(values()[8]);
		assert!(test.holds());
		let next = [(BYTE, Fr::from(8)), (VALUE, of_next)];
		assert!(!test.holds_for_a_forger(&next, &[(1, of_next)]));
		// With a unit that is taken from what is dropped, the range of that objects.
		let low = test.witness(LOW) - power_of_two(8);
		let moved = [(LOW, low), (BYTE, Fr::from(8)), (VALUE, of_next)];
		assert!(!test.holds_for_a_forger(&moved, &[(1, of_next)]));
	}

	#[test]
	fn the_clamp_at_the_lower_end() {
		// -5 rounded: clamped to 0. As a byte of a positive sum, or with the sign left out.
		let test = of_sum(-5 << 8, value(-5 << 8));
		let other = Fr::from(values()[251]);
		for forged in [
			vec![(BYTE, -Fr::from(5)), (VALUE, other)],
			vec![(BYTE, Fr::from(251)), (SIGN, Fr::one()), (VALUE, other)],
			vec![(BYTE, Fr::from(251)), (EXCESS, Fr::from(0)), (VALUE, other)],
		] {
			assert!(!test.holds_for_a_forger(&forged, &[(1, other)]));
		}
	}

	#[test]
	fn the_clamp_at_the_upper_end() {
		// 261 rounded is 255 with an excess of 6; not its low byte, and not 254 with one of 7.
		let test = of_sum(261 << 8, value(261 << 8));
		assert!(test.holds());
		for (byte, excess) in [(5u64, 256u64), (254, 7), (261, 0)] {
			let other = Fr::from(values()[byte as usize % BYTES]);
			let forged = [
				(BYTE, Fr::from(byte)),
				(EXCESS, Fr::from(excess % 256)),
				(EXCESS + 1, Fr::from(excess / 256)),
				(VALUE, other),
			];
			assert!(!test.holds_for_a_forger(&forged, &[(1, other)]), "{byte}");
		}
	}

	/// `i + 2^8` with the value less by one is the same pair: that `i` is a byte has to be shown.
	#[test]
	fn an_alias_of_a_pair() {
		let values = values();
		let with = |shown: bool| {
			let system = TestSystem::with_ranges(Method::Lookups, |cs, ranges| {
				let byte = Sum::from(Cell::witness(cs, Some(Fr::from(7)))?);
				if shown {
					ranges.enforce_byte(byte.clone())?;
				}
				ByteFunction::new(ranges, &values).of(cs, ranges, &byte).map(|_| ())
			});
			assert!(system.holds());
			let alias = [(0, Fr::from(7 + 256)), (1, system.witness(1) - Fr::one())];
			system.holds_for_a_forger(&alias, &[])
		};
		assert!(with(false));
		assert!(!with(true));
	}

	#[test]
	#[should_panic(expected = "needs a challenge")]
	fn a_system_without_a_challenge() {
		ByteFunction::new(&mut Ranges::new(&System::None, Method::Bits), &[0; BYTES]);
	}
}

proptest! {
	#[test]
	fn the_gadget_agrees_everywhere(sum in -(1i64 << 22)..(1 << 22) - 128, claimed: u8) {
		prop_assert!(of_sum(sum, value(sum)).holds());
		prop_assert_eq!(of_sum(sum, claimed).holds(), claimed == value(sum));
	}
}
