// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{
	limbs,
	ranges::Method,
	relu::{activate, edges},
	testing::{challenge, TestSystem},
	Cell,
};
use ark_ff::Zero;
use proptest::prelude::*;

/// A limb of the first layer of 784 inputs.
const WIDTH: u32 = 27;
const SHIFT: u32 = 10;

/// What raises an accumulator.
fn offset(width: u32, shift: u32) -> i64 {
	(1 << (width - 1)) + (1 << (shift - 1))
}

/// A system in which a raised accumulator has to give the activation `claimed`.
fn raised(method: Method, raised: u64, claimed: u8, width: u32, shift: u32) -> TestSystem {
	TestSystem::with_ranges(method, |cs, ranges| {
		let claimed = Cell::public(cs, Some(claimed.into()))?;
		let total = Cell::public(cs, Some(raised.into()))?;
		let limb = rounded(cs, ranges, Some(raised), width, shift)?;
		limb.raised.enforce_equal(cs, total)?;
		limb.activation.enforce_equal(cs, claimed)
	})
}

fn activation(accumulator: i64, claimed: u8, width: u32, shift: u32) -> TestSystem {
	let limb = u64::try_from(accumulator + offset(width, shift)).expect("in range");
	raised(Method::Lookups, limb, claimed, width, shift)
}

#[test]
fn the_gadget_agrees_at_every_boundary() {
	for (width, shift) in [(27, 10), (18, 9), (18, 8), (17, 8), (14, 2), (23, 8), (27, 1), (32, 4)]
	{
		for accumulator in edges(width, shift) {
			let expected = activate(accumulator, shift);
			let test = activation(accumulator, expected, width, shift);
			assert!(test.holds(), "{accumulator} by {shift} in {width} bits");
			let other = expected.wrapping_add(1);
			assert!(!activation(accumulator, other, width, shift).holds());
		}
	}
}

#[test]
fn every_cell_is_determined() {
	for accumulator in [-(3 << SHIFT), -1, 0, 7 << SHIFT, 255 << SHIFT, 256 << SHIFT, 9999 << SHIFT]
	{
		let expected = activate(accumulator, SHIFT);
		activation(accumulator, expected, WIDTH, SHIFT).assert_every_witness_is_determined();
	}
}

#[test]
fn no_forger_changes_a_cell() {
	for accumulator in [-(3 << SHIFT), 0, 7 << SHIFT, 255 << SHIFT, 9999 << SHIFT] {
		let expected = activate(accumulator, SHIFT);
		activation(accumulator, expected, WIDTH, SHIFT).assert_no_forger_changes_a_cell();
	}
}

#[test]
fn both_ways_to_show_ranges_agree() {
	for accumulator in edges(18, 8) {
		let limb = u64::try_from(accumulator + offset(18, 8)).expect("in range");
		let expected = activate(accumulator, 8);
		assert!(raised(Method::Bits, limb, expected, 18, 8).holds());
		assert!(!raised(Method::Bits, limb, expected.wrapping_add(1), 18, 8).holds());
	}
}

#[test]
fn a_limb_of_27_bits_costs_eight_constraints_beyond_the_table() {
	let table = 257;
	let publics = 2;
	// Low: a byte and two bits, looked up twice. The activation, two bytes of excess, the sign, and
	// the equation.
	assert_eq!(activation(0, 0, WIDTH, SHIFT).constraints(), table + publics + 3 + 1 + 2 + 1 + 1);
}

#[test]
fn limbs_of_27_bits_cost_seven_where_there_are_many() {
	let count = 56;
	let system = TestSystem::with_ranges(Method::Lookups, |cs, ranges| {
		(0..count).try_for_each(|_| rounded(cs, ranges, Some(0), WIDTH, SHIFT).map(|_| ()))
	});
	assert_eq!(system.constraints(), 257 + 5 + 7 * count);
}

/// No raised accumulator has two witnesses: all of a small limb are tried.
#[test]
fn every_raised_accumulator_below_the_span_has_exactly_one_witness() {
	let (width, shift) = (11, 1);
	let excesses = 1u64 << excess_bits(width, shift);
	let mut witnesses = vec![0; span(width, shift) as usize];
	for not_negative in [0u64, 1] {
		for activation in 0..=255u64 {
			for excess in 0..excesses {
				let left = excess as i64 + 1 - not_negative as i64;
				let right = 255 * not_negative as i64 - activation as i64;
				if left * right == 0 {
					for low in 0..1 << shift {
						let raised =
							low + ((activation + excess) << shift) + (not_negative << (width - 1));
						witnesses[raised as usize] += 1;
					}
				}
			}
		}
	}
	assert!(witnesses.iter().all(|&count| count == 1));
}

mod reject {
	use super::*;

	/// The cells of one limb: low byte, its two bits, the activation, two bytes of excess, the sign.
	const LOW: usize = 0;
	const ACTIVATION: usize = 2;
	const EXCESS: usize = 3;
	const SIGN: usize = 5;

	/// Whether a forger gets away with these parts of a limb: low byte, activation, excess and sign.
	/// All sums are made to fit.
	fn holds_with(parts: [i64; 4]) -> bool {
		let system = activation(0, 0, WIDTH, SHIFT);
		let bytes = [parts[2].rem_euclid(256), parts[2].div_euclid(256)].map(Fr::from);
		let [low, activation, excess, sign] = parts.map(Fr::from);
		let kept = power_of_two(SHIFT) * (activation + excess);
		let raised = low + kept + power_of_two(WIDTH - 1) * sign;
		let cells = [
			(LOW, low),
			(LOW + 1, Fr::zero()),
			(ACTIVATION, activation),
			(EXCESS, bytes[0]),
			(EXCESS + 1, bytes[1]),
			(SIGN, sign),
		];
		system.holds_for_a_forger(&cells, &[(0, activation), (1, raised)])
	}

	#[test]
	fn the_wrong_sign() {
		assert!(holds_with([0, 3, 0, 1]));
		// Negative, and an activation all the same.
		assert!(!holds_with([0, 3, 0, 0]));
		assert!(!holds_with([0, 255, 0, 0]));
		assert!(!holds_with([0, 3, 5, 0]));
		// Positive, with more than its activation.
		assert!(!holds_with([0, 0, 3, 1]));
		// A sign that is neither, though the sum may be made to fit.
		for sign in [2, -1, 255] {
			assert!(!holds_with([0, 0, 0, sign]));
			assert!(!holds_with([0, 255, 0, sign]));
			// The equation holds with these, only the boolean objects.
			assert!(!holds_with([0, 7, sign - 1, sign]));
		}
	}

	/// EZKL had two signs of zero.
	#[test]
	fn a_second_sign_of_zero() {
		let half = 1 << (SHIFT - 1);
		assert!(holds_with([half % 256, 0, 0, 1]));
		let test = activation(0, 0, WIDTH, SHIFT);
		for sign in [0, 2] {
			assert!(!test.holds_for_a_forger(&[(SIGN, Fr::from(sign))], &[]));
		}
		// Its negative twin, with all of the range in the excess.
		let twin = [(SIGN, Fr::zero()), (EXCESS, Fr::from(255)), (EXCESS + 1, Fr::from(255))];
		assert!(!test.holds_for_a_forger(&twin, &[]));
	}

	#[test]
	fn the_wrong_clamp() {
		assert!(holds_with([0, 255, 8, 1]));
		// The low byte of 263, with the rest as excess.
		assert!(!holds_with([0, 7, 256, 1]));
		assert!(!holds_with([0, 254, 1, 1]));
		assert!(holds_with([0, 255, 256, 1]));
		// A small sum does not pass as clamped: its excess would be negative.
		assert!(!holds_with([0, 255, -248, 1]));
		assert!(!holds_with([0, 256, 0, 1]));
	}

	#[test]
	fn the_wrong_remainder() {
		let test = activation(7 << SHIFT, 7, WIDTH, SHIFT);
		assert!(test.holds_for_a_forger(&[], &[]));
		// A unit moved between what is kept and what is dropped, either way.
		for unit in [Fr::one(), -Fr::one()] {
			let low = test.witness(LOW) + unit * power_of_two(SHIFT);
			let kept = test.witness(ACTIVATION) - unit;
			let moved = [(LOW, low), (ACTIVATION, kept)];
			assert!(!test.holds_for_a_forger(&moved, &[(0, kept)]));
		}
		// And from the two bits above the low byte, which are looked up as a part of a byte.
		let high = [(LOW + 1, test.witness(LOW + 1) + Fr::from(4)), (ACTIVATION, Fr::from(6))];
		assert!(!test.holds_for_a_forger(&high, &[(0, Fr::from(6))]));
	}

	/// A limb that is a little above `2^width`, and the next one less by one: were strands digits of
	/// `2^width`, nothing would object.
	#[test]
	fn a_limb_that_borrows_from_the_next_one() {
		const NEXT: usize = 6;
		let top = 1u64 << (WIDTH - 1);
		let forged_is_accepted = |base: u64| {
			let honest = [5, top + (1 << SHIFT)];
			let system = TestSystem::with_ranges(Method::Lookups, |cs, ranges| {
				let total = Fr::from(honest[0]) + Fr::from(honest[1]) * Fr::from(base);
				let total = Cell::public(cs, Some(total))?;
				let limbs = honest.map(|limb| rounded(cs, ranges, Some(limb), WIDTH, SHIFT));
				let raised = limbs.map(|limb| limb.map(|limb| limb.raised));
				let raised = raised.into_iter().collect::<Synthesis<Vec<_>>>()?;
				limbs::joined(&raised, base).enforce_equal(cs, total)
			});
			assert!(system.holds());
			let forged = [
				(ACTIVATION, 255),
				(EXCESS, 1),
				(EXCESS + 1, 255),
				(SIGN, 1),
				(NEXT + LOW, 255),
				(NEXT + LOW + 1, 3),
				(NEXT + ACTIVATION, 0),
			];
			let forged = forged.map(|(cell, value): (usize, u64)| (cell, Fr::from(value)));
			system.holds_for_a_forger(&forged, &[])
		};
		assert!(forged_is_accepted(1 << WIDTH));
		assert!(!forged_is_accepted(span(WIDTH, SHIFT)));
	}

	#[test]
	fn an_accumulator_beyond_the_span() {
		let beyond = span(WIDTH, SHIFT);
		for claimed in [0, 255] {
			assert!(!raised(Method::Lookups, beyond, claimed, WIDTH, SHIFT).holds());
		}
		assert!(raised(Method::Lookups, beyond - 1, 255, WIDTH, SHIFT).holds());
	}

	#[test]
	#[should_panic(expected = "no bit")]
	fn a_limb_of_which_nothing_is_kept() {
		rounded(&System::None, &mut Ranges::new(&System::None, Method::Bits), None, 9, 8).ok();
	}

	#[test]
	fn another_challenge_with_the_same_inverses() {
		let test = activation(7 << SHIFT, 7, WIDTH, SHIFT);
		let challenge_at = 2;
		assert_eq!(test.publics()[challenge_at], challenge());
		assert!(!test.holds_with_public(challenge_at, challenge() + Fr::one()));
	}
}

proptest! {
	#[test]
	fn the_gadget_agrees_everywhere(
		accumulator in -51_179_520i64..=51_179_520, claimed: u8,
	) {
		let expected = activate(accumulator, SHIFT);
		prop_assert!(activation(accumulator, expected, WIDTH, SHIFT).holds());
		prop_assert_eq!(
			activation(accumulator, claimed, WIDTH, SHIFT).holds(),
			claimed == expected,
		);
	}
}
