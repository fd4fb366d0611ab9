// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::assert_ok;
use pallet_workers::{Event, Reputation, Reputations, Workers};
use proptest::prelude::*;
use sp_runtime::Permill;

type Score = Reputation<u128>;

fn settle(price: u128) {
	assert_ok!(WorkersPallet::lock(&ALICE, 0));
	assert_ok!(WorkersPallet::settle(&ALICE, [settled(price)]));
}

fn fail() {
	assert_ok!(WorkersPallet::lock(&ALICE, 0));
	assert_ok!(WorkersPallet::forfeit(&ALICE, 0, &BOB, 0));
}

fn decline() {
	assert_ok!(WorkersPallet::lock(&ALICE, 0));
	assert_ok!(WorkersPallet::decline(&ALICE, 0, 0));
}

#[test]
fn a_newcomer_has_none() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_eq!(reputation(ALICE), Reputation::default());
		assert_eq!(WorkersPallet::score(&ALICE), Permill::zero());
	});
}

#[test]
fn outcomes_fold_in_order_with_exact_rounding() {
	build_and_execute(|| {
		register(MIN_BOND);
		settle(FULL_WEIGHT_PRICE);
		assert_eq!(WorkersPallet::score(&ALICE), parts(62_500));
		System::assert_last_event(
			Event::ScoreChanged { worker: ALICE, score: parts(62_500) }.into(),
		);
		// 937_500 / 16 = 58_593.75
		settle(FULL_WEIGHT_PRICE);
		assert_eq!(WorkersPallet::score(&ALICE), parts(121_093));
		// 121_093 / 4 = 30_273.25, rounded up.
		fail();
		assert_eq!(WorkersPallet::score(&ALICE), parts(90_819));
		// (1_000_000 - 90_819) / 16 / 2 = 28_411.9
		settle(FULL_WEIGHT_PRICE / 2);
		assert_eq!(
			reputation(ALICE),
			Reputation {
				settled: 3,
				failed: 1,
				declined: 0,
				excused: 0,
				earned: 9_000 + 9_000 + 4_500,
				score: parts(119_230),
			}
		);
	});
}

#[test]
fn what_is_dearer_than_the_full_weight_weighs_no_more() {
	build_and_execute(|| {
		register(MIN_BOND);
		settle(100 * FULL_WEIGHT_PRICE);
		assert_eq!(WorkersPallet::score(&ALICE), parts(62_500));
	});
}

#[test]
fn a_job_for_oneself_leaves_no_trace() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, 0));
		let settlement = Settlement { self_dealt: true, ..settled(FULL_WEIGHT_PRICE) };
		assert_ok!(WorkersPallet::settle(&ALICE, [settlement]));
		assert_eq!(reputation(ALICE), Reputation::default());
	});
}

#[test]
fn jobs_settled_together_are_remembered_as_if_one_by_one_and_told_once() {
	let own = |price| Settlement { self_dealt: true, ..settled(price) };
	let jobs = [settled(FULL_WEIGHT_PRICE), own(9), settled(1), settled(FULL_WEIGHT_PRICE / 3)];
	let run = |together: bool| {
		let mut told = None;
		build_and_execute(|| {
			register(MIN_BOND);
			for (bond, _) in (1..).zip(jobs) {
				assert_ok!(WorkersPallet::lock(&ALICE, bond));
			}
			System::reset_events();
			let jobs = (1..).zip(jobs).map(|(bond, job)| Settlement { bond, ..job });
			if together {
				assert_ok!(WorkersPallet::settle(&ALICE, jobs));
				assert_eq!(System::events().len(), 1);
			} else {
				jobs.for_each(|job| WorkersPallet::settle(&ALICE, [job]).unwrap());
			}
			told = Some((
				Workers::<Test>::get(ALICE),
				reputation(ALICE),
				System::events().last().map(|record| record.event.clone()),
			));
		});
		told
	};
	assert_eq!(run(true), run(false));
}

#[test]
fn an_excuse_is_counted_and_weighs_nothing() {
	build_and_execute(|| {
		register(MIN_BOND);
		settle(FULL_WEIGHT_PRICE);
		let before = reputation(ALICE);
		assert_ok!(WorkersPallet::lock(&ALICE, 0));
		assert_ok!(WorkersPallet::excuse(&ALICE, 0));
		assert_eq!(reputation(ALICE), Reputation { excused: 1, ..before });
	});
}

#[test]
fn counters_stop_at_their_maximum() {
	build_and_execute(|| {
		register(MIN_BOND);
		let full = Reputation {
			settled: u32::MAX,
			failed: u32::MAX,
			declined: u32::MAX,
			excused: u32::MAX,
			earned: u128::MAX,
			score: Permill::one(),
		};
		Reputations::<Test>::mutate(ALICE, |record| {
			record.as_mut().unwrap().reputation = full.clone();
		});
		settle(FULL_WEIGHT_PRICE);
		assert_eq!(reputation(ALICE), full);
		assert_ok!(WorkersPallet::lock(&ALICE, 0));
		assert_ok!(WorkersPallet::excuse(&ALICE, 0));
		fail();
		assert_eq!(reputation(ALICE), Reputation { score: parts(750_000), ..full.clone() });
		decline();
		assert_eq!(reputation(ALICE), Reputation { score: parts(703_125), ..full });
	});
}

#[test]
fn repeated_failure_ends_at_zero() {
	let mut score = Permill::one();
	for _ in 0..60 {
		score = Score::loss(score);
	}
	assert_eq!(score, Permill::zero());
	assert_eq!(Score::loss(parts(1)), Permill::zero());
	assert_eq!(Score::loss(Permill::one()), parts(750_000));
}

#[test]
fn repeated_declining_ends_at_zero() {
	let mut score = Permill::one();
	for _ in 0..250 {
		score = Score::small_loss(score);
	}
	assert_eq!(score, Permill::zero());
	assert_eq!(Score::small_loss(parts(1)), Permill::zero());
	assert_eq!(Score::small_loss(Permill::one()), parts(937_500));
}

#[test]
fn the_score_of_a_worker_tends_to_the_part_of_its_jobs_that_it_answers() {
	for (answered, declined) in [(1u32, 1), (3, 1), (1, 3)] {
		let mut score = Permill::zero();
		for _ in 0..200 {
			(0..answered).for_each(|_| score = Score::gain(score, Permill::one()));
			(0..declined).for_each(|_| score = Score::small_loss(score));
		}
		let part = Permill::from_rational(answered, answered + declined);
		let distance = score.deconstruct().abs_diff(part.deconstruct());
		assert!(distance < 25_000, "{score:?} after {answered} of {}", answered + declined);
	}
}

#[test]
fn two_accounts_of_one_owner_buy_any_score_for_the_fees() {
	build_and_execute(|| {
		register(MIN_BOND);
		// As the documentation says: 36 jobs from Bob, whose payouts return to him from Alice.
		(0..36).for_each(|_| settle(FULL_WEIGHT_PRICE));
		assert_eq!(WorkersPallet::score(&ALICE).deconstruct() / 1_000, 902);
	});
}

#[test]
fn success_alone_never_passes_one() {
	assert_eq!(Score::gain(Permill::one(), Permill::one()), Permill::one());
	assert_eq!(Score::gain(parts(999_999), Permill::one()), parts(999_999));
	assert_eq!(Score::gain(Permill::zero(), Permill::one()), parts(62_500));
}

proptest! {
	#[test]
	fn a_gain_lies_between_nothing_and_a_sixteenth_of_what_is_missing(
		score in 0u32..=1_000_000, weight in 0u32..=1_000_000,
	) {
		let after = Score::gain(parts(score), parts(weight)).deconstruct();
		prop_assert!(after >= score);
		prop_assert!(after - score <= (1_000_000 - score) / 16);
		let exact = u64::from(1_000_000 - score) * u64::from(weight) / 16_000_000;
		prop_assert_eq!(u64::from(after - score), exact);
	}

	#[test]
	fn a_loss_is_a_quarter_rounded_up(score in 0u32..=1_000_000) {
		prop_assert_eq!(Score::loss(parts(score)).deconstruct(), score - score.div_ceil(4));
	}

	#[test]
	fn declining_takes_a_sixteenth_rounded_up_and_never_more_than_failing(
		score in 0u32..=1_000_000,
	) {
		let after = Score::small_loss(parts(score));
		prop_assert_eq!(after.deconstruct(), score - score.div_ceil(16));
		prop_assert!(after >= Score::loss(parts(score)));
		prop_assert!(score <= 4 || after > Score::loss(parts(score)));
	}

	#[test]
	fn weight_grows_with_the_price(price in 0u128..20_000) {
		let weight = WorkersPallet::weight_of_price(price).deconstruct();
		let capped = price.min(FULL_WEIGHT_PRICE);
		prop_assert_eq!(u128::from(weight), capped * 1_000_000 / FULL_WEIGHT_PRICE);
	}
}
