// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::testing::TestSystem;
use ark_ff::One;
use proptest::prelude::*;

const METHODS: [Method; 2] = [Method::Bits, Method::Lookups];

/// The constraints of the table of bytes, and of its sum.
const BYTE_TABLE: usize = 257;

/// A system in which a public integer is in range.
fn in_range(method: Method, value: u64, width: u32) -> TestSystem {
	TestSystem::with_ranges(method, |cs, ranges| {
		let public = Cell::public(cs, Some(value.into()))?;
		ranges.unsigned(Some(value), width)?.enforce_equal(cs, public)
	})
}

/// Only lookups, `count` of them.
fn cost(count: usize, width: u32) -> usize {
	let system = TestSystem::with_ranges(Method::Lookups, |_, ranges| {
		(0..count).try_for_each(|_| ranges.unsigned(Some(1), width).map(|_| ()))
	});
	assert!(system.holds());
	system.constraints()
}

#[test]
fn every_width_holds_its_range_and_no_more() {
	for method in METHODS {
		for width in 1..=33 {
			let max = (1u64 << width) - 1;
			for value in [0, 1, max / 2, max] {
				let system = in_range(method, value, width);
				assert!(system.holds(), "{value} in {width} bits");
			}
			// A boolean is looked up nowhere, so that the challenge of the test is free.
			if width > 1 {
				in_range(method, max / 3, width).assert_every_witness_is_determined();
			}
		}
	}
}

#[test]
fn pieces_cost_what_the_table_says() {
	assert_eq!(cost(1, 8), 1 + BYTE_TABLE);
	assert_eq!(cost(2, 16), 4 + BYTE_TABLE);
	assert_eq!(cost(1, 9), 2 + BYTE_TABLE, "a byte and a boolean");
	assert_eq!(cost(1, 10), 3 + BYTE_TABLE, "a byte and two lookups");
	assert_eq!(cost(1, 1), 1, "a boolean needs no table");
}

#[test]
fn a_table_of_their_own_is_made_where_it_is_cheaper() {
	assert_eq!(cost(5, 2), 10 + BYTE_TABLE);
	assert_eq!(cost(6, 2), 6 + 4 + 1);
	assert_eq!(cost(129, 7), 258 + BYTE_TABLE);
	assert_eq!(cost(130, 7), 130 + 128 + 1);
}

/// Takes a piece for an integer that it is not, with what it is in the lookups as it claims.
fn holds_with_piece(claimed: Fr, bits: u32, count: usize) -> bool {
	TestSystem::new(|cs| {
		let mut pieces = Pieces::new(cs);
		for _ in 1..count {
			pieces.piece(Some(0), bits)?;
		}
		let forged = Sum::from(Cell::witness(cs, Some(claimed))?);
		pieces.narrow.entry(bits).or_default().push(forged);
		pieces.close()?.prove(Cell::public(cs, Some(crate::testing::challenge()))?)
	})
	.holds()
}

#[test]
fn a_piece_is_not_wider_than_it_says() {
	for bits in 2..=7 {
		// With two lookups, and with a table of its own.
		for count in [1, 140] {
			let max = (1u64 << bits) - 1;
			assert!(holds_with_piece(max.into(), bits, count));
			// Bytes, but too large: the second lookup objects.
			assert!(!holds_with_piece((max + 1).into(), bits, count));
			assert!(!holds_with_piece(255.into(), bits, count));
			// Its multiple is a byte, it is no integer: the first lookup objects.
			let fraction = Fr::from(3) / Fr::from(1u64 << (8 - bits));
			let is_integer = fraction == Fr::from(3u64 >> (8 - bits));
			assert!(is_integer || !holds_with_piece(fraction, bits, count));
			assert!(!holds_with_piece(-Fr::one(), bits, count));
		}
	}
}

proptest! {
	#[test]
	fn parts_are_what_the_integer_consists_of(value: u32, first in 1u32..16, second in 1u32..16) {
		let widths = [first, second, 32 - first - second + 1];
		for method in METHODS {
			let system = TestSystem::with_ranges(method, |_, ranges| {
				let parts = ranges.split(Some(value.into()), &widths)?;
				let values: Vec<_> = parts.iter().map(|part| part.value).collect();
				let (low, rest) = (u64::from(value) & ((1 << first) - 1), u64::from(value) >> first);
				let expected = [low, rest & ((1 << second) - 1), rest >> second];
				assert_eq!(values, expected.map(|part| Some(Fr::from(part))));
				Ok(())
			});
			prop_assert!(system.holds());
		}
	}
}
