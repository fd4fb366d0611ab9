// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{ranges::Method, testing::TestSystem};
use ark_ff::AdditiveGroup;
use proptest::prelude::*;

/// The cells of [`decision`], in the order in which they are made.
const THRESHOLD: usize = 0;
const VALUE: usize = 1;
const TURN: usize = 2;
const PRODUCT: usize = 3;

fn public(cs: &System, value: Fr) -> Synthesis<Sum> {
	Cell::public(cs, Some(value)).map(Sum::from)
}

/// A system in which a public word is decided on public values; the turn has to be the last one.
fn decision(word: Fr, values: &[u8], claimed: bool) -> TestSystem {
	TestSystem::with_ranges(Method::Lookups, |cs, ranges| {
		let word = public(cs, word)?;
		let values = values.iter().map(|value| public(cs, (*value).into()));
		let values = values.collect::<Synthesis<Vec<_>>>()?;
		let claimed = Cell::public(cs, Some(claimed.into()))?;
		let list = ranges.lookups().expect("by lookups").list(values);
		Sum::from(decide(cs, ranges, &list, &word)?).enforce_equal(cs, claimed)
	})
}

fn of_node(feature: u32, threshold: u8) -> Fr {
	word(feature, threshold).into()
}

/// A system in which a public place selects among public values.
fn selection(place: usize, values: &[u64], claimed: u64) -> TestSystem {
	TestSystem::new(|cs| {
		let depth = values.len().ilog2();
		let claimed = Cell::public(cs, Some(claimed.into()))?;
		let mut words: Vec<Fr> = values.iter().map(|value| Fr::from(*value)).collect();
		differences(&mut words, &complete(depth));
		let words = words.into_iter().map(|word| public(cs, word)).collect::<Synthesis<_>>()?;
		let turns = (0..depth).rev().map(|at| Bit::new(cs, Some(place >> at & 1 == 1)));
		let turns = turns.collect::<Synthesis<Vec<_>>>()?;
		select(cs, &turns, &complete(depth), words)?.enforce_equal(cs, claimed)
	})
}

/// Asserts that no private cell may have another value, whatever is public.
fn assert_determined(system: &TestSystem) {
	assert!(system.holds());
	for cell in 0..system.witnesses() {
		let honest = system.witness(cell);
		for other in [honest + Fr::one(), honest - Fr::one(), honest.double() + Fr::from(3)] {
			assert!(!system.holds_with(cell, other), "cell {cell} may be {other}");
		}
	}
}

#[test]
fn what_is_selected_stands_at_the_place_that_bits_tell() {
	for depth in 0..5 {
		let values: Vec<u64> = (0..1 << depth).map(|at| 1000 + at * at).collect();
		for place in 0..values.len() {
			let system = selection(place, &values, values[place]);
			assert_determined(&system);
			let claim = 1;
			assert_eq!(system.constraints(), depth + values.len() - 1 + claim);
			assert!(!selection(place, &values, values[place] + 1).holds());
		}
	}
}

/// A path that ends on the left leaves the turn below it without a say there.
#[test]
fn paths_may_end_on_different_levels() {
	let merges = [Merge { left: 1, right: 2, turn: 1 }, Merge { left: 0, right: 1, turn: 0 }];
	for (turns, expected) in
		[([false, false], 5), ([false, true], 5), ([true, false], 70), ([true, true], 900)]
	{
		let system = |claimed: u64| {
			TestSystem::new(|cs| {
				let claimed = Cell::public(cs, Some(claimed.into()))?;
				let mut words = [5u64, 70, 900].map(Fr::from);
				differences(&mut words, &merges);
				let words = words.into_iter().map(|word| public(cs, word));
				let words = words.collect::<Synthesis<_>>()?;
				let turns = turns.map(|turn| Bit::new(cs, Some(turn)));
				let turns = turns.into_iter().collect::<Synthesis<Vec<_>>>()?;
				select(cs, &turns, &merges, words)?.enforce_equal(cs, claimed)
			})
		};
		assert_determined(&system(expected));
		assert!(!system(expected + 1).holds());
	}
}

#[test]
fn a_decision_costs_five_constraints_beyond_the_tables() {
	let (bytes, list, claim) = (257, 4, 1);
	let system = decision(of_node(1, 5), &[3, 9, 255], true);
	assert_eq!(system.constraints(), 5 + bytes + list + claim);
}

#[test]
fn every_cell_of_a_decision_is_determined() {
	let values = [0, 7, 255, 128];
	for feature in 0..4 {
		for threshold in [0, 6, 7, 8, 127, 128, 254, 255] {
			let is_right = is_right(values[feature as usize].into(), threshold);
			let system = decision(of_node(feature, threshold), &values, is_right);
			assert_determined(&system);
			system.assert_no_forger_changes_a_cell();
			assert!(!decision(of_node(feature, threshold), &values, !is_right).holds());
		}
	}
}

/// Changes of the cells of a decision, after which the product is right again.
fn forged(threshold: Fr, value: Fr, turn: Fr) -> [(usize, Fr); 4] {
	let product = turn * (value.double() - threshold.double() - Fr::one());
	[(THRESHOLD, threshold), (VALUE, value), (TURN, turn), (PRODUCT, product)]
}

mod reject {
	use super::*;

	const VALUES: [u8; 3] = [10, 20, 30];

	/// The claim is the public input behind the word and the values.
	const CLAIM: usize = 1 + VALUES.len();

	fn holds(threshold: Fr, value: Fr, turn: Fr) -> bool {
		// Feature 1 is 20, which is not above 25.
		let system = decision(of_node(1, 25), &VALUES, false);
		assert!(system.holds());
		system.holds_for_a_forger(&forged(threshold, value, turn), &[(CLAIM, turn)])
	}

	fn of(number: i64) -> Fr {
		number.into()
	}

	#[test]
	fn the_other_turn() {
		assert!(holds(of(25), of(20), of(0)));
		assert!(!holds(of(25), of(20), of(1)));
	}

	#[test]
	fn a_turn_that_is_none() {
		// The difference is a byte for a fraction of a turn as well.
		let apart = of(2 * 20 - 2 * 25 - 1);
		for byte in 0..=255 {
			let turn = (of(byte) - of(25 - 20)) / apart;
			assert_eq!(holds(of(25), of(20), turn), turn == of(0), "{byte}");
		}
	}

	#[test]
	fn equality_taken_for_a_turn_to_the_right() {
		let system = decision(of_node(1, 20), &VALUES, false);
		let right = forged(of(20), of(20), of(1));
		assert!(!system.holds_for_a_forger(&right, &[(CLAIM, of(1))]));
		let system = decision(of_node(1, 19), &VALUES, true);
		let left = forged(of(19), of(20), of(0));
		assert!(!system.holds_for_a_forger(&left, &[(CLAIM, of(0))]));
	}

	#[test]
	fn the_value_of_another_feature() {
		for value in VALUES {
			let turn = of(i64::from(value > 25));
			assert_eq!(holds(of(25), of(value.into()), turn), value == 20, "{value}");
		}
	}

	#[test]
	fn another_threshold_that_borrows_from_the_feature() {
		for threshold in 0..=255 {
			for value in VALUES {
				let turn = of(i64::from(i64::from(value) > threshold));
				let is_honest = threshold == 25 && value == 20;
				assert_eq!(holds(of(threshold), of(value.into()), turn), is_honest);
			}
		}
		// A threshold that is a unit more takes one from the feature.
		assert!(!holds(of(25 + 256), of(10), of(0)));
		assert!(!holds(of(25 - 256), of(30), of(1)));
	}

	#[test]
	fn a_threshold_that_is_no_byte() {
		// With any number for a threshold, feature and value follow from the turn that is wanted:
		// (w - t) / 256 + span * (t + s) = j + span * v_j
		let (word, span) = (of_node(1, 25), of(4));
		let per_unit = Fr::one() / of(256);
		for (position, listed) in (0..).zip(VALUES) {
			for (apart, turn) in [(1, 1), (256, 1), (0, 0), (-255, 0)] {
				let entry = of(position) + span * of(listed.into());
				let threshold = (entry - span * of(apart) - word * per_unit) / (span - per_unit);
				let is_honest = threshold == of(25);
				assert_eq!(holds(threshold, threshold + of(apart), of(turn)), is_honest);
			}
		}
	}

	#[test]
	fn a_feature_that_there_is_not() {
		for feature in [3, 4, 200, 65_535] {
			assert!(!decision(of_node(feature, 25), &VALUES, false).holds(), "{feature}");
		}
	}

	#[test]
	fn a_value_that_makes_up_for_a_position() {
		// Positions span four: feature 1 of value 20 is position 5 of value 19.
		let span = 4;
		let entry = 1 + span * 20;
		for position in [5, 9, -3, 1 - 4 * 200] {
			let value = (entry - position) / span;
			let word = of(position) * of(256) + of(25);
			let turn = i64::from(value > 25);
			let system = decision(word, &VALUES, turn == 1);
			let cells = forged(of(25), of(value), of(turn));
			let is_taken = system.holds_for_a_forger(&cells, &[]);
			// Such a word is none of a model that was checked; it has one turn all the same.
			assert_eq!(is_taken, (-230..=280).contains(&value), "{position}");
			let other = forged(of(25), of(value), of(1 - turn));
			assert!(!system.holds_for_a_forger(&other, &[(CLAIM, of(1 - turn))]));
		}
	}

	/// The turns that a forger could show for a word, by the threshold that it has, if it is one of a
	/// node, and by those at the ends of a byte and beside its own.
	fn turns(word: Fr) -> usize {
		let span = 4;
		let system = decision(word, &VALUES, false);
		let own = word.into_bigint().0[0] as u8;
		let all = [own, own.wrapping_add(1), own.wrapping_sub(1), 0, 1, 255];
		let all: std::collections::BTreeSet<i64> = all.into_iter().map(i64::from).collect();
		let mut found = 0;
		for threshold in all {
			let feature = (word - of(threshold)) / of(256);
			for (position, listed) in (0..).zip(VALUES) {
				// The value that makes the entry right.
				let value = of(listed.into()) + (of(position) - feature) / of(span);
				for turn in [0, 1] {
					let cells = forged(of(threshold), value, of(turn));
					let claim = [(CLAIM, of(turn))];
					found += usize::from(system.holds_for_a_forger(&cells, &claim));
				}
			}
		}
		found
	}

	#[test]
	fn a_second_turn_for_any_word() {
		for word in [of_node(1, 25), of_node(0, 255), of_node(2, 0)] {
			assert_eq!(turns(word), 1);
		}
		for word in [-1, -256, -300, 256 * 5 + 30, 256 * 40 + 3, 1 << 40] {
			assert!(turns(of(word)) <= 1, "{word}");
		}
		assert_eq!(turns(Fr::one() / of(256)), 0);
		assert_eq!(turns(Fr::one() / of(1024)), 0);
	}
}

proptest! {
	#[test]
	fn exactly_the_right_turn_is_accepted(
		values in prop::collection::vec(any::<u8>(), 1..20),
		feature in any::<prop::sample::Index>(),
		threshold: u8,
		claimed: bool,
	) {
		let feature = feature.index(values.len());
		let system = decision(of_node(feature as u32, threshold), &values, claimed);
		prop_assert_eq!(system.holds(), (values[feature] > threshold) == claimed);
	}

	#[test]
	fn words_are_read_back(feature in 0u32..1 << 16, threshold: u8) {
		prop_assert_eq!(parts(word(feature, threshold)), (feature, threshold));
	}
}
