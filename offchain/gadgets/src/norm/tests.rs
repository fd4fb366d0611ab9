// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{ranges::Method, testing::TestSystem};
use ark_ff::Zero;
use proptest::prelude::*;

fn norm(count: usize) -> Norm {
	Norm::new(count).expect("a row")
}

/// What floats make of a row, in levels.
fn float(row: &[u8], added: u64) -> Vec<f64> {
	let own = norm(row.len());
	let count = row.len() as f64;
	let epsilon = added as f64 / ((own.scale() * own.scale()) as f64 * count.powi(3));
	let mean = row.iter().map(|x| f64::from(*x)).sum::<f64>() / count;
	let variance = row.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>() / count;
	let level = |x: &u8| (f64::from(*x) - mean) / (variance + epsilon).sqrt() * LEVELS as f64;
	row.iter().map(level).collect()
}

/// A system of a public row and a public integer, in which the normalised elements have to be these.
fn system_with(
	row: &[u8],
	added: Fr,
	claimed: &[u8],
	root: impl Fn(Norm, &[u64], u64) -> u64,
) -> TestSystem {
	TestSystem::with_ranges(Method::Lookups, |cs, ranges| {
		let public = |value: Fr| Cell::public(cs, Some(value));
		let added = public(added)?;
		let bytes = row.iter().map(|x| public((*x).into()).map(Sum::from));
		let bytes = bytes.collect::<Synthesis<Vec<_>>>()?;
		let claimed = claimed.iter().map(|y| public((*y).into())).collect::<Synthesis<Vec<_>>>()?;
		let normalised = norm(row.len()).constrain_with(cs, ranges, &bytes, added, root)?;
		normalised.into_iter().zip(claimed).try_for_each(|(y, claim)| y.enforce_equal(cs, claim))
	})
}

fn system(row: &[u8], added: u64, claimed: &[u8]) -> TestSystem {
	system_with(row, added.into(), claimed, Norm::root)
}

/// Rows at the edges of their range.
fn edges() -> Vec<Vec<u8>> {
	let mut rows = Vec::new();
	for count in [2, 3, 4, 7, 8, 31, 255, 256] {
		let half = |at: usize| if at < count / 2 { 0 } else { 255 };
		let one = |at: usize| if at == 0 { 255 } else { 0 };
		let other = |at: usize| if at == 0 { 0 } else { 255 };
		let next = |at: usize| if at == 1 { 8 } else { 7 };
		let same = |_: usize| 200;
		rows.push((0..count).map(half).collect());
		rows.push((0..count).map(one).collect());
		rows.push((0..count).map(other).collect());
		rows.push((0..count).map(next).collect());
		rows.push((0..count).map(same).collect());
	}
	rows
}

#[test]
fn rows_of_two_to_256_are_normalised() {
	for count in [0, 1, 257, usize::MAX] {
		assert_eq!(Norm::new(count), None);
	}
	assert_eq!(norm(2).run(&[7, 9], 1), [104, 152]);
	assert_eq!(norm(4).run(&[0, 0, 0, 0], 1), [ZERO; 4]);
	let farthest: Vec<u8> = (0..256).map(|at| if at == 0 { 255 } else { 0 }).collect();
	assert_eq!(norm(256).run(&farthest, 1)[..2], [255, ZERO - 2]);
}

#[test]
fn integers_are_off_by_less_than_they_say() {
	for row in edges() {
		for added in [1, 1000, MAX_ADDED] {
			for (level, float) in norm(row.len()).run(&row, added).iter().zip(float(&row, added)) {
				let expected = (float + f64::from(ZERO)).clamp(0.0, 255.0);
				let off = (f64::from(*level) - expected).abs();
				assert!(off < ERROR, "{level} for {expected} of {row:?}");
			}
		}
	}
}

#[test]
fn roots_and_quotients_stay_in_their_ranges() {
	for row in edges() {
		let own = norm(row.len());
		let integers: Vec<u64> = row.iter().map(|x| u64::from(*x)).collect();
		for added in [1, MAX_ADDED] {
			let root = own.root(&integers, added);
			assert!(2 * root < 1 << WIDTH, "{root}");
			if row.iter().any(|x| *x != row[0]) {
				assert!(root >= 724, "{root} of {row:?}");
			}
			for numerator in own.numerators(&integers) {
				let raised = numerator.div_euclid(root as i64) + raise();
				let span = crate::limb::span(SUMS, Method::Lookups) as i64;
				assert!((0..span).contains(&raised), "{raised} of {row:?}");
			}
		}
	}
}

#[test]
fn what_is_added_is_in_units_of_squared_steps() {
	assert_eq!(norm(2).added(1.0), 512 * 512 * 8);
	assert_eq!(norm(256).added(0.5), 4 * 4 * (1 << 24) / 2);
	assert_eq!((norm(2).added(0.0), norm(2).added(1e30)), (1, MAX_ADDED));
}

#[test]
fn constraints_and_integers_are_one_function() {
	for row in edges().iter().filter(|row| row.len() < 32) {
		for added in [1, 77_777, MAX_ADDED] {
			let normalised = norm(row.len()).run(row, added);
			let test = system(row, added, &normalised);
			assert!(test.holds(), "{row:?}");
			let mut other = normalised.clone();
			other[1] ^= 1;
			assert!(!system(row, added, &other).holds());
		}
	}
}

#[test]
fn no_forger_changes_a_cell() {
	for row in [&[7, 9][..], &[0, 255, 3], &[5, 5], &[255, 0, 0, 0, 0]] {
		let test = system(row, 1000, &norm(row.len()).run(row, 1000));
		test.assert_every_witness_is_determined();
		test.assert_no_forger_changes_a_cell();
	}
}

#[test]
fn an_element_costs_fifteen_constraints_and_a_row_twelve() {
	let count = 8;
	let row: Vec<u8> = (0..count).map(|at| (at * 31) as u8).collect();
	let test = system(&row, 5, &norm(row.len()).run(&row, 5));
	let (bytes, claims) = (256 + 1, row.len());
	assert_eq!(test.constraints(), 15 * row.len() + 12 + bytes + claims);
}

/// The cells of a row of two bytes, in the order in which they are made: squares, the root, what is above its square
/// and what is left of that; for each element bits and bytes of the quotient, the remainder and what is left of it.
const ROOT: usize = 3;
const ABOVE: usize = ROOT + 3;
const LEFT: usize = ABOVE + 3;
const LOW: usize = LEFT + 3;
const REST: usize = LOW + 5;
const LEFT_OF_REST: usize = REST + 3;

/// An integer as a forger puts it into three bytes: where it is out of range, all of it into the first.
fn integer(cell: usize, value: i64) -> [(usize, Fr); 3] {
	if !(0..1 << WIDTH).contains(&value) {
		return [(cell, value.into()), (cell + 1, Fr::zero()), (cell + 2, Fr::zero())];
	}
	[0, 1, 2].map(|at| (cell + at, Fr::from(value >> (8 * at) & 255)))
}

mod reject {
	use super::*;

	/// Everything follows from another root; only the range of what is above its square, or of what is left, objects.
	#[test]
	fn another_root() {
		let (row, added) = ([40u8, 90], 1000u64);
		let own = norm(2);
		let integers = [40u64, 90];
		let radicand = {
			let root = own.root(&integers, added);
			// 4^p V + B, of which the root is the largest one.
			let value = own.scale().pow(2) * 2 * (2 * (40 * 40 + 90 * 90) - 130 * 130) + added;
			assert!(root * root <= value && (root + 1) * (root + 1) > value);
			value as i64
		};
		for off in [-1i64, 1] {
			let root =
				|own: Norm, row: &[u64], added: u64| (own.root(row, added) as i64 + off) as u64;
			let other = root(own, &integers, added) as i64;
			let quotient = |numerator: i64| {
				activate(numerator.div_euclid(other) + 2 * i64::from(ZERO), SUMS.rounding)
			};
			let claimed: Vec<u8> = own.numerators(&integers).map(quotient).collect();
			let test = system_with(&row, added.into(), &claimed, root);
			let above = radicand - other * other;
			let forged = [integer(ABOVE, above), integer(LEFT, 2 * other - above)].concat();
			assert_eq!(test.unsatisfied_for_a_forger(&forged, &[]).len(), 1, "{off}");
		}
	}

	/// A quotient of one more or less, with a remainder that makes up for it: only a range objects.
	#[test]
	fn another_quotient() {
		let mut seen = [false; 2];
		for first in 0..64u8 {
			let row = [first, 90, 17];
			let test = system(&row, 1000, &norm(3).run(&row, 1000));
			let integers = row.map(u64::from);
			let root = norm(3).root(&integers, 1000) as i64;
			let numerator = norm(3).numerators(&integers).next().expect("an element");
			let rest = numerator.rem_euclid(root);
			// There is a square more.
			let [low, of_rest, of_left] = [LOW, REST, LEFT_OF_REST].map(|cell| cell + 1);
			assert_eq!(test.witness(of_rest), Fr::from(rest as u64 & 255));
			let is_odd = test.witness(low).is_one();
			let by = if is_odd { -1 } else { 1 };
			let other = rest - by * root;
			let forged = [
				vec![(low, if is_odd { Fr::zero() } else { Fr::one() })],
				integer(of_rest, other).to_vec(),
				integer(of_left, root - 1 - other).to_vec(),
			]
			.concat();
			assert_eq!(test.unsatisfied_for_a_forger(&forged, &[]).len(), 1, "{row:?}");
			seen[usize::from(is_odd)] = true;
		}
		assert_eq!(seen, [true; 2]);
	}

	/// A root of zero would leave every quotient free: what is left of a remainder is below zero then.
	#[test]
	fn a_root_of_zero() {
		let row = [5u8, 5];
		let test = system_with(&row, Fr::zero(), &[ZERO; 2], |_, _, _| 1);
		let zero = [integer(ROOT, 0), integer(ABOVE, 0), integer(LEFT, 0)];
		let rests = [REST, REST + 11].map(|cell| integer(cell, 0));
		let left = [LEFT_OF_REST, LEFT_OF_REST + 11].map(|cell| integer(cell, -1));
		let forged = [zero.concat(), rests.concat(), left.concat()].concat();
		assert_eq!(test.unsatisfied_for_a_forger(&forged, &[]).len(), 1);
	}

	/// The model's integer is the committer's choice: out of range it has no proof, or one function.
	#[test]
	fn an_integer_of_the_model_that_is_none() {
		let row = [40, 90];
		for added in [-Fr::one(), Fr::from(u64::MAX), crate::power_of_two(100)] {
			let test = system_with(&row, added, &[104, 152], Norm::root);
			assert!(!test.holds() && !test.holds_for_a_forger(&[], &[]));
		}
	}
}

proptest! {
	#[test]
	fn every_row_is_normalised_as_floats_do(
		row in prop::collection::vec(any::<u8>(), 2..=256), added in 1..MAX_ADDED,
	) {
		for (level, float) in norm(row.len()).run(&row, added).iter().zip(float(&row, added)) {
			let expected = (float + f64::from(ZERO)).clamp(0.0, 255.0);
			prop_assert!((f64::from(*level) - expected).abs() < ERROR);
		}
	}
}
