// SPDX-License-Identifier: Apache-2.0

//! What a score comes from, as a function of numbers.

use crate::common::{parts, AccountId};
use pallet_workers::{
	Epoch, Evidence as EvidenceOf, FAILURE_WEIGHT, HALF_LIFE, LAMBDA, MAX_REQUESTERS,
};
use proptest::prelude::*;
use sp_runtime::{biguint::BigUint, FixedPointNumber, FixedU128, Permill};
use std::collections::BTreeMap;

type Evidence = EvidenceOf<AccountId>;

const COIN: u128 = 1_000_000_000_000;
const PRIOR: u128 = COIN;
const CAP: u128 = 2 * PRIOR;
/// More than any fees come to.
const MUCH: u128 = 1_000_000_000 * COIN;

/// An outcome of a job with this fee.
#[derive(Clone, Debug)]
enum Outcome {
	Settled(AccountId, u128),
	Failed(u128),
	/// So many hundredths of the bond were burnt.
	Declined(u128, u128),
}

impl Outcome {
	fn tell(&self, epoch: Epoch, evidence: &mut Evidence) {
		match *self {
			Self::Settled(requester, fee) => evidence.settled(epoch, requester, fee, CAP),
			Self::Failed(fee) => evidence.failed(epoch, fee),
			Self::Declined(fee, burnt) => evidence.declined(epoch, fee, burnt, 100),
		}
	}
}

fn fee() -> impl Strategy<Value = u128> {
	prop_oneof![0..10u128, 0..COIN, 0..1_000 * COIN]
}

fn outcome(requesters: AccountId) -> impl Strategy<Value = Outcome> {
	prop_oneof![
		4 => (0..requesters, fee()).prop_map(|(who, fee)| Outcome::Settled(who, fee)),
		1 => fee().prop_map(Outcome::Failed),
		1 => (fee(), 0..=100u128).prop_map(|(fee, burnt)| Outcome::Declined(fee, burnt)),
	]
}

/// Outcomes, each so many epochs after the one before.
fn history(requesters: AccountId) -> impl Strategy<Value = Vec<(u32, Outcome)>> {
	let pause = prop_oneof![3 => Just(0u32), 2 => 1..5u32, 1 => 5..100u32];
	prop::collection::vec((pause, outcome(requesters)), 0..60)
}

/// The fold, and the epoch of the last outcome.
fn fold(history: &[(u32, Outcome)]) -> (Evidence, Epoch) {
	let (mut evidence, mut epoch) = (Evidence::default(), Epoch(0));
	for (pause, outcome) in history {
		epoch.0 += pause;
		outcome.tell(epoch, &mut evidence);
	}
	(evidence, epoch)
}

fn good(fee: u128) -> Evidence {
	Evidence { good: fee, ..Default::default() }
}

/// Parts by requester, in whatever order they are remembered.
fn sorted(evidence: &Evidence) -> BTreeMap<AccountId, u128> {
	evidence.requesters.iter().map(|part| (part.requester, part.added)).collect()
}

#[test]
fn lambda_is_the_thirtieth_root_of_a_half_rounded_down() {
	let power = |base: u128| {
		(0..HALF_LIFE).fold(BigUint::from(1u128), |it, _| it.mul(&BigUint::from(base)))
	};
	let twice = |base| power(base).add(&power(base));
	let (lambda, one) = (LAMBDA.into_inner(), FixedU128::accuracy());
	assert!(twice(lambda) <= power(one));
	assert!(twice(lambda + 1) > power(one));
}

#[test]
fn thirty_epochs_leave_half_and_none_leave_all() {
	assert_eq!(good(COIN).good_in(Epoch(0)), COIN);
	assert_eq!(good(COIN).good_in(Epoch(HALF_LIFE)), COIN / 2);
	assert_eq!(good(COIN + 1).good_in(Epoch(HALF_LIFE)), COIN / 2);
	assert_eq!(good(COIN).good_in(Epoch(HALF_LIFE - 1)), 511686945998);
	assert_eq!(good(u128::MAX).good_in(Epoch(127 * HALF_LIFE)), 1);
	assert_eq!(good(u128::MAX).good_in(Epoch(128 * HALF_LIFE)), 0);
	assert_eq!(good(u128::MAX).good_in(Epoch(u32::MAX)), 0);
}

#[test]
fn what_is_written_is_read_in_the_same_epoch_less_a_unit_at_most() {
	for epoch in (0..3 * HALF_LIFE).map(Epoch) {
		for fee in [0, 1, 2, 7, 999, COIN, COIN + 1, 1_000 * COIN - 1] {
			let mut evidence = Evidence::default();
			evidence.settled(epoch, 1, fee, MUCH);
			let read = evidence.good_in(epoch);
			assert!(read <= fee && read + 1 >= fee, "{fee} in {epoch:?}: {read}");
			if epoch.0 % HALF_LIFE == 0 {
				assert_eq!(read, fee);
			}
		}
	}
}

#[test]
fn a_ninth_requester_takes_the_place_of_the_smallest_whose_part_stays() {
	let mut evidence = Evidence::default();
	let most = AccountId::from(MAX_REQUESTERS);
	for requester in 0..most {
		evidence.settled(Epoch(0), requester, u128::from(10 + requester), CAP);
	}
	// The third becomes the smallest.
	for requester in [0, 1] {
		evidence.settled(Epoch(0), requester, 100, CAP);
	}
	let before = evidence.good;
	evidence.settled(Epoch(0), most, 1, CAP);
	assert_eq!(evidence.good, before + 1);
	assert_eq!(evidence.requesters.len() as u64, most);
	assert_eq!(sorted(&evidence).get(&2), None);
	assert_eq!(sorted(&evidence)[&most], 1);
	// And goes itself when another comes.
	evidence.settled(Epoch(0), 2, 2, CAP);
	assert_eq!(sorted(&evidence).get(&most), None);
	assert_eq!(sorted(&evidence)[&2], 2);
}

#[test]
fn many_small_requesters_do_not_make_a_large_one_be_forgotten() {
	let mut evidence = Evidence::default();
	evidence.settled(Epoch(0), 0, CAP, CAP);
	(1..1_000).for_each(|requester| evidence.settled(Epoch(0), requester, COIN, CAP));
	let before = evidence.good;
	evidence.settled(Epoch(0), 0, CAP, CAP);
	assert_eq!(evidence.good, before);
}

#[test]
fn the_largest_numbers_do_not_overflow() {
	for epoch in [0, 1, 29, 30, 31, u32::MAX].map(Epoch) {
		let mut evidence = Evidence { good: u128::MAX, bad: u128::MAX, ..Default::default() };
		evidence.settled(epoch, 1, u128::MAX, u128::MAX);
		evidence.failed(epoch, u128::MAX);
		evidence.declined(epoch, u128::MAX, u128::MAX, 1);
		evidence.declined(epoch, u128::MAX, u128::MAX, u128::MAX);
		assert!(evidence.score(u128::MAX, epoch) <= Permill::one());
	}
}

#[test]
fn handing_back_at_once_weighs_little_and_at_the_end_as_much_as_the_fee() {
	let against = |burnt, bond| {
		let mut evidence = Evidence::default();
		evidence.declined(Epoch(0), 1_000, burnt, bond);
		evidence.bad
	};
	assert_eq!([against(5, 100), against(50, 100), against(100, 100)], [50, 500, 1_000]);
	assert_eq!(against(1, 3), 334, "rounded up");
	assert_eq!(against(0, 100), 0);
	assert_eq!(against(0, 0), 0, "without a bond there is nothing to weigh");
}

#[test]
fn a_worker_that_answers_everything_is_never_at_one() {
	let score = |good| Evidence { good, ..Default::default() }.score(PRIOR, Epoch(0));
	assert_eq!(score(9 * COIN), parts(900_000));
	assert_eq!(score(99 * COIN), parts(990_000));
	assert_eq!(score(MUCH), parts(999_999));
}

proptest! {
	#[test]
	fn an_amount_fades_by_the_formula(fee in 0..MUCH, then in 0..1_000u32, later in 0..1_000u32) {
		let (mut evidence, now) = (Evidence::default(), Epoch(then + later));
		evidence.settled(Epoch(then), 1, fee, MUCH);
		let exact = fee as f64 * 2f64.powf(-f64::from(later) / f64::from(HALF_LIFE));
		let error = evidence.good_in(now) as f64 - exact;
		// Two units of rounding, and what a float cannot tell.
		prop_assert!(error.abs() <= 2.0 + exact * 1e-12, "{} for {exact}", evidence.good_in(now));
	}

	#[test]
	fn it_makes_no_difference_in_how_many_steps_it_fades(
		history in history(12), steps in prop::collection::vec(0..70u32, 0..10),
	) {
		let (mut evidence, mut epoch) = fold(&history);
		let at_once = evidence.clone();
		for step in steps {
			epoch.0 += step;
			// Writes the record and adds nothing to it.
			evidence.failed(epoch, 0);
			evidence.settled(epoch, 99, 0, CAP);
			prop_assert_eq!(evidence.good_in(epoch), at_once.good_in(epoch));
			prop_assert_eq!(evidence.bad_in(epoch), at_once.bad_in(epoch));
			let mut parts: Vec<_> = at_once.parts_in(epoch).collect();
			parts.retain(|part| evidence.requesters.iter().any(|it| it.requester == part.requester));
			prop_assert_eq!(evidence.parts_in(epoch).collect::<Vec<_>>(), parts);
		}
	}

	#[test]
	fn no_answer_lowers_a_score_and_nothing_else_raises_it(
		history in history(12), later in 0..100u32, outcome in outcome(12),
	) {
		let (mut evidence, epoch) = fold(&history);
		let now = Epoch(epoch.0 + later);
		// What is rounded away of either side is a unit of 10^12.
		let waited = evidence.score(PRIOR, now).deconstruct();
		prop_assert!(waited <= evidence.score(PRIOR, epoch).deconstruct() + 1);
		outcome.tell(now, &mut evidence);
		let after = evidence.score(PRIOR, now).deconstruct();
		match outcome {
			Outcome::Settled(..) => prop_assert!(after >= waited),
			Outcome::Failed(_) | Outcome::Declined(..) => prop_assert!(after <= waited),
		}
	}

	#[test]
	fn no_score_exceeds_one(good: u128, bad: u128, prior: u128, half_life: u32, epoch: u32) {
		let evidence = Evidence { good, bad, half_life, ..Default::default() };
		prop_assert!(evidence.score(prior, Epoch(epoch)) <= Permill::one());
	}

	#[test]
	fn a_fee_weighs_the_same_in_parts(
		epoch in 0..1_000u32, fees in prop::collection::vec(fee(), 1..20),
	) {
		let (epoch, count) = (Epoch(epoch), fees.len() as u128);
		let (mut whole, mut split) = (Evidence::default(), Evidence::default());
		whole.settled(epoch, 1, fees.iter().sum(), CAP);
		whole.failed(epoch, fees.iter().sum());
		for fee in fees {
			split.settled(epoch, 1, fee, CAP);
			split.failed(epoch, fee);
		}
		// Less than a unit of each is rounded away.
		prop_assert!(split.good <= whole.good && whole.good <= split.good + count);
		prop_assert!(split.bad <= whole.bad && whole.bad <= split.bad + count);
	}

	#[test]
	fn a_fee_weighs_the_same_from_one_account_or_several_below_the_cap(
		epoch in 0..1_000u32, fees in prop::collection::vec(0..CAP / 20, 1..20),
	) {
		let (mut one, mut several) = (Evidence::default(), Evidence::default());
		for (fee, requester) in fees.into_iter().zip(1..) {
			one.settled(Epoch(epoch), 0, fee, CAP);
			several.settled(Epoch(epoch), requester, fee, CAP);
		}
		prop_assert_eq!(one.good, several.good);
	}

	#[test]
	fn the_order_within_an_epoch_does_not_matter_while_all_requesters_are_remembered(
		before in history(8),
		(ordered, shuffled) in prop::collection::vec(outcome(8), 0..30)
			.prop_flat_map(|outcomes| (Just(outcomes.clone()), Just(outcomes).prop_shuffle())),
	) {
		let (evidence, epoch) = fold(&before);
		let told = |outcomes: Vec<Outcome>| {
			let mut evidence = evidence.clone();
			outcomes.iter().for_each(|outcome| outcome.tell(epoch, &mut evidence));
			(evidence.good, evidence.bad, sorted(&evidence))
		};
		prop_assert_eq!(told(ordered), told(shuffled));
	}

	#[test]
	fn the_cap_holds_and_requesters_add_no_more_than_there_is(
		history in history(20), later in 0..100u32,
	) {
		let (mut evidence, mut epoch) = (Evidence::default(), Epoch(0));
		for (pause, outcome) in history {
			epoch.0 += pause;
			outcome.tell(epoch, &mut evidence);
			for now in [epoch, Epoch(epoch.0 + later)] {
				prop_assert!(evidence.parts_in(now).all(|part| part.added <= CAP));
				let sum: u128 = evidence.parts_in(now).map(|part| part.added).sum();
				prop_assert!(sum <= evidence.good_in(now));
			}
			prop_assert!(evidence.requesters.len() <= MAX_REQUESTERS as usize);
			prop_assert_eq!(sorted(&evidence).len(), evidence.requesters.len());
		}
	}

	#[test]
	fn the_fold_is_the_sum_of_what_is_left_of_each_outcome(history in history(5)) {
		let mut epoch = 0;
		let outcomes: Vec<_> = history
			.iter()
			.map(|(pause, outcome)| {
				epoch += pause;
				(epoch, outcome)
			})
			.collect();
		let left = |then: u32, now: u32| {
			2f64.powf(-f64::from(now - then) / f64::from(HALF_LIFE))
		};
		let (mut good, mut bad) = (BTreeMap::<AccountId, f64>::new(), 0.0);
		let mut before = 0;
		for (now, outcome) in outcomes {
			let faded = left(before, now);
			good.values_mut().for_each(|part| *part *= faded);
			bad *= faded;
			before = now;
			match *outcome {
				Outcome::Settled(who, fee) => {
					let part = good.entry(who).or_default();
					*part = (*part + fee as f64).min(CAP as f64);
				}
				Outcome::Failed(fee) => bad += (FAILURE_WEIGHT * fee) as f64,
				Outcome::Declined(fee, burnt) => bad += (fee * burnt).div_ceil(100) as f64,
			}
		}
		let (evidence, epoch) = fold(&history);
		let good: f64 = good.values().sum();
		let units = 3.0 * history.len() as f64;
		prop_assert!((evidence.good_in(epoch) as f64 - good).abs() <= units + good * 1e-9);
		prop_assert!((evidence.bad_in(epoch) as f64 - bad).abs() <= units + bad * 1e-9);
		let score = good / (good + bad + PRIOR as f64) * 1e6;
		prop_assert!((f64::from(evidence.score(PRIOR, epoch).deconstruct()) - score).abs() <= 1.1);
	}
}
