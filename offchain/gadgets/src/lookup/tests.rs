// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::testing::{challenge, TestSystem};
use ark_ff::Field;
use proptest::prelude::*;

const ENTRIES: u64 = 8;

fn witness(cs: &System, value: u64) -> Synthesis<Sum> {
	Cell::witness(cs, Some(value.into())).map(Sum::from)
}

/// Looks witnesses up in a small table.
fn looked_up(values: &[u64]) -> TestSystem {
	looked_up_with(values, challenge(), multiplicities)
}

/// The same with any challenge and multiplicities.
fn looked_up_with(
	values: &[u64],
	challenge: Fr,
	multiplicities: impl Fn(&[Sum], &[Sum]) -> Option<Vec<u64>>,
) -> TestSystem {
	TestSystem::new(|cs| {
		let mut lookups = Lookups::new(cs);
		let table = lookups.table(0..ENTRIES);
		for value in values {
			lookups.look_up(table, witness(cs, *value)?);
		}
		let closed = lookups.close_with(multiplicities)?;
		closed.prove(Cell::public(cs, Some(challenge))?)
	})
}

/// The cells of [`looked_up_with`].
struct Cells {
	values: usize,
}

impl Cells {
	fn multiplicity(&self, entry: usize) -> usize {
		self.values + entry
	}

	fn inverse(&self, value: usize) -> usize {
		self.values + ENTRIES as usize + value
	}

	fn fraction(&self, entry: usize) -> usize {
		2 * self.values + ENTRIES as usize + entry
	}
}

#[test]
fn costs_one_constraint_a_lookup_one_an_entry_and_one_for_the_sum() {
	let system = looked_up(&[1, 1, 7]);
	assert!(system.holds());
	assert_eq!(system.constraints(), 3 + 8 + 1);
}

#[test]
fn every_cell_is_determined_once_the_challenge_is_fixed() {
	looked_up(&[0, 7, 7, 3]).assert_every_witness_is_determined();
}

#[test]
fn tables_of_the_same_constants_are_one_and_unused_ones_cost_nothing() {
	let system = TestSystem::new(|cs| {
		let mut lookups = Lookups::new(cs);
		let (first, other, again) =
			(lookups.table(0..ENTRIES), lookups.table(0..4), lookups.table(0..ENTRIES));
		assert_eq!(first, again);
		assert_ne!(first, other);
		lookups.look_up(first, witness(cs, 1)?);
		lookups.look_up(again, witness(cs, 2)?);
		lookups.close()?.prove(Cell::public(cs, Some(challenge()))?)
	});
	assert!(system.holds());
	assert_eq!(system.constraints(), 2 + 8 + 1);
}

/// Solves for all that depends on the challenge, whatever the sum then is.
fn holds_for_any(values: &[u64], counts: &[u64]) -> bool {
	looked_up_with(values, challenge(), |_, _| Some(counts.to_vec())).holds()
}

/// A system with a public list, in which public values are looked up by public positions.
fn listed(values: &[u64], asked: &[(u64, u64)]) -> TestSystem {
	TestSystem::new(|cs| {
		let public = |value: u64| Cell::public(cs, Some(value.into())).map(Sum::from);
		let mut lookups = Lookups::new(cs);
		let values = values.iter().map(|value| public(*value));
		let list = lookups.list(values.collect::<Synthesis<_>>()?);
		for (position, value) in asked {
			lookups.look_up_at(&list, &public(*position)?, &public(*value)?);
		}
		lookups.close()?.prove(Cell::public(cs, Some(challenge()))?)
	})
}

#[test]
fn values_are_looked_up_by_their_positions() {
	let values = [7, 0, 255, 7];
	let system = listed(&values, &[(0, 7), (1, 0), (2, 255), (3, 7), (3, 7)]);
	system.assert_every_witness_is_determined();
	assert_eq!(system.constraints(), 4 + 5 + 1);
	for position in 0..6 {
		for value in [0, 1, 7, 8, 254, 255, 256] {
			let is_in = values.get(position as usize) == Some(&value);
			assert_eq!(listed(&values, &[(position, value)]).holds(), is_in, "{position} {value}");
		}
	}
}

#[test]
fn lists_of_the_same_values_are_lists_of_their_own() {
	let system = TestSystem::new(|cs| {
		let mut lookups = Lookups::new(cs);
		let value = witness(cs, 5)?;
		let lists = [(); 2].map(|()| lookups.list(vec![value.clone()]));
		assert_ne!(lists[0].table, lists[1].table);
		lookups.look_up_at(&lists[1], &Sum::zero(), &value);
		lookups.close()?.prove(Cell::public(cs, Some(challenge()))?)
	});
	assert!(system.holds());
}

mod reject {
	use super::*;

	#[test]
	#[should_panic(expected = "may come after the challenge")]
	fn an_element_of_a_list_that_there_is_not_yet() {
		TestSystem::new(|cs| {
			let later = Variable::witness(cs.num_witness_variables());
			Lookups::new(cs).list(vec![Sum { terms: vec![(Fr::one(), later)], value: None }]);
			Ok(())
		});
	}

	#[test]
	fn a_value_that_is_in_no_entry() {
		for value in [ENTRIES, 255, u64::MAX] {
			assert!(!looked_up(&[1, value]).holds(), "{value}");
		}
	}

	#[test]
	fn a_multiplicity_that_is_not_the_number_of_lookups() {
		assert!(holds_for_any(&[1, 1, 2], &[0, 2, 1, 0, 0, 0, 0, 0]));
		for forged in [
			[0, 1, 2, 0, 0, 0, 0, 0],
			[0, 1, 1, 0, 0, 0, 0, 0],
			[0, 3, 0, 0, 0, 0, 0, 0],
			[1, 2, 1, 0, 0, 0, 0, 0],
		] {
			assert!(!holds_for_any(&[1, 1, 2], &forged), "{forged:?}");
		}
	}

	/// EZKL's shuffle took [5, 5, 5] for [5, 6, 7]: multiplicities were not looked at.
	#[test]
	fn repeated_values_in_the_place_of_different_ones() {
		assert!(holds_for_any(&[5, 6, 7], &[0, 0, 0, 0, 0, 1, 1, 1]));
		assert!(!holds_for_any(&[5, 5, 5], &[0, 0, 0, 0, 0, 1, 1, 1]));
	}

	/// Two multiplicities that cancel at one challenge, known beforehand, do not at the next one. So
	/// they have to be settled before it is known.
	#[test]
	fn multiplicities_that_cancel_at_a_challenge_that_was_known() {
		let known = challenge();
		let cells = Cells { values: 2 };
		// 9 is no entry: its inverse is made up for by a multiple of the one of the first entry.
		let missing = |challenge: Fr| (challenge - Fr::from(9)).inverse().expect("not zero");
		let multiplicity = missing(known) * known;
		let forged = |challenge: Fr| {
			let system = looked_up_with(&[9, 3], challenge, multiplicities);
			let fraction = multiplicity / challenge;
			system.holds_with_all(&[
				(cells.multiplicity(0), multiplicity),
				(cells.fraction(0), fraction),
			])
		};
		assert!(forged(known), "the challenge is all that stands in the way");
		for later in 1..20u64 {
			assert!(!forged(known + Fr::from(later)));
		}
	}

	#[test]
	fn a_sum_that_is_mended_by_an_inverse_that_is_none() {
		let system = looked_up(&[9, 3]);
		let cells = Cells { values: 2 };
		assert!(!system.holds());
		let (first, honest) = (cells.inverse(0), system.witness(cells.inverse(0)));
		// The sum is right now; the constraint of the lookup alone objects.
		assert!(!system.holds_with(first, Fr::zero()));
		assert_eq!(system.unsatisfied_with(first, Fr::zero()), [0]);
		assert!(!honest.is_zero());
		// Or by the fraction of an entry.
		let entry = cells.fraction(0);
		let mended = system.witness(entry) + honest;
		assert_eq!(
			system.unsatisfied_with(entry, mended),
			[2],
			"the constraint of the entry alone"
		);
	}

	#[test]
	fn a_value_that_is_in_another_table() {
		let with = |value| {
			TestSystem::new(|cs| {
				let mut lookups = Lookups::new(cs);
				let (narrow, wide) = (lookups.table(0..4), lookups.table(0..16));
				lookups.look_up(wide, witness(cs, 9)?);
				lookups.look_up(narrow, witness(cs, value)?);
				lookups.close()?.prove(Cell::public(cs, Some(challenge()))?)
			})
			.holds()
		};
		assert!(with(3));
		assert!(!with(9));
	}

	#[test]
	#[should_panic(expected = "may come after the challenge")]
	fn a_variable_that_there_is_not_yet() {
		TestSystem::new(|cs| {
			let mut lookups = Lookups::new(cs);
			let table = lookups.table(0..ENTRIES);
			let later = Variable::witness(cs.num_witness_variables());
			lookups.look_up(table, Sum { terms: vec![(Fr::one(), later)], value: None });
			Ok(())
		});
	}

	#[test]
	#[should_panic(expected = "comes after the lookups")]
	fn a_challenge_that_is_older_than_the_lookups() {
		TestSystem::new(|cs| {
			let early = Cell::public(cs, Some(challenge()))?;
			let mut lookups = Lookups::new(cs);
			let table = lookups.table(0..ENTRIES);
			lookups.look_up(table, witness(cs, 1)?);
			lookups.close()?.prove(early)
		});
	}

	#[test]
	#[should_panic(expected = "comes after the lookups")]
	fn a_challenge_that_is_not_public() {
		TestSystem::new(|cs| {
			let closed = Lookups::new(cs).close()?;
			closed.prove(Cell::witness(cs, Some(challenge()))?)
		});
	}

	#[test]
	#[should_panic(expected = "stands in a table once")]
	fn a_table_with_an_entry_twice() {
		TestSystem::new(|cs| {
			Lookups::new(cs).table([1, 2, 1]);
			Ok(())
		});
	}

	#[test]
	fn a_challenge_that_has_no_inverse() {
		let cs = ark_relations::gr1cs::ConstraintSystem::new_ref();
		let mut lookups = Lookups::new(&cs);
		let table = lookups.table(0..ENTRIES);
		lookups.look_up(table, witness(&cs, 5).expect("a value"));
		let closed = lookups.close().expect("values");
		let zero = Cell::public(&cs, Some(Fr::from(5))).expect("a value");
		assert!(matches!(closed.prove(zero), Err(SynthesisError::DivisionByZero)));
	}
}

proptest! {
	#[test]
	fn exactly_the_entries_are_accepted(
		values in prop::collection::vec(0..ENTRIES, 1..20),
		place in any::<prop::sample::Index>(),
		other in ENTRIES..,
	) {
		prop_assert!(looked_up(&values).holds());
		let mut wrong = values.clone();
		wrong[place.index(values.len())] = other;
		prop_assert!(!looked_up(&wrong).holds());
	}
}
