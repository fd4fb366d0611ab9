// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use candor_testing::pass_full_blocks;
use frame_support::{assert_ok, assert_storage_noop};
use pallet_workers::{
	Event, Evidence, Outcomes, Part, Reputation, Reputations, WhyScore, Workers, FAILURE_WEIGHT,
	HALF_LIFE,
};
use sp_runtime::Permill;

const CHARLIE: AccountId = 3;

/// The block in which so many epochs have gone by.
fn after(epochs: u32) -> u64 {
	EPOCH_LENGTH * u64::from(epochs)
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
fn a_score_is_what_speaks_for_the_worker_as_a_part_of_all_and_the_prior() {
	build_and_execute(|| {
		register(MIN_BOND);
		settle(PRIOR);
		assert_eq!(score(), 500_000);
		System::assert_last_event(
			Event::ScoreChanged { worker: ALICE, score: parts(500_000) }.into(),
		);
		settle_for(CHARLIE, PRIOR);
		// 600 of 900, rounded down.
		assert_eq!(score(), 666_666);
		fail(PRIOR / FAILURE_WEIGHT);
		assert_eq!(
			reputation(ALICE),
			Reputation {
				settled: 2,
				failed: 1,
				declined: 0,
				excused: 0,
				earned: 2 * 17 * PRIOR,
				score: parts(500_000),
			}
		);
	});
}

#[test]
fn a_failure_weighs_as_much_as_four_answers_of_its_price() {
	build_and_execute(|| {
		register(MIN_BOND);
		(3..7).for_each(|requester| settle_for(requester, PRIOR));
		fail(PRIOR);
		let why = WorkersPallet::why_score(ALICE);
		assert_eq!((why.good, why.bad), (4 * PRIOR, 4 * PRIOR));
	});
}

#[test]
fn whoever_failed_at_a_job_has_no_score_until_it_answers_one() {
	build_and_execute(|| {
		register(MIN_BOND);
		fail(PRIOR);
		assert_eq!(score(), 0);
		settle(PRIOR);
		// 300 of 300, 1200 and 300.
		assert_eq!(score(), 166_666);
	});
}

#[test]
fn what_one_requester_adds_ends_at_the_cap_and_others_still_add() {
	build_and_execute(|| {
		register(MIN_BOND);
		settle(100 * MAX_FROM_REQUESTER);
		assert_eq!(score(), 666_666);
		System::reset_events();
		settle(PRIOR);
		assert_eq!(score(), 666_666);
		assert_eq!(System::events().len(), 0, "a score that stays is not told");
		settle_for(CHARLIE, PRIOR);
		assert_eq!(score(), 750_000);
		assert_eq!(reputation(ALICE).settled, 3);
	});
}

#[test]
fn two_accounts_of_one_owner_reach_two_thirds_and_no_more() {
	build_and_execute(|| {
		register(MIN_BOND);
		(0..100).for_each(|_| settle(PRIOR / 10));
		assert_eq!(score(), 666_666);
	});
}

#[test]
fn a_job_for_oneself_leaves_no_trace() {
	build_and_execute(|| {
		register(MIN_BOND);
		settle_for(ALICE, PRIOR);
		assert_eq!(reputation(ALICE), Reputation::default());
		let record = Reputations::<Test>::get(ALICE).unwrap();
		assert_eq!((record.outcomes, record.evidence), Default::default());
	});
}

#[test]
fn jobs_settled_together_are_remembered_as_if_one_by_one_and_told_once() {
	let of = |requester, fee| Settlement { requester, ..settled(fee) };
	let jobs = [of(BOB, PRIOR), of(ALICE, 9), of(CHARLIE, 1), of(BOB, PRIOR), of(BOB, PRIOR / 3)];
	let run = |together: bool| {
		let mut told = None;
		build_and_execute(|| {
			register(MIN_BOND);
			for (bond, _) in (1..).zip(jobs) {
				assert_ok!(WorkersPallet::lock(&ALICE, bond));
			}
			System::reset_events();
			let jobs = (1..)
				.zip(jobs)
				.map(|(bond, job)| Settlement { stake: Stake { bond, ..job.stake }, ..job });
			if together {
				assert_ok!(WorkersPallet::settle(&ALICE, jobs));
				assert_eq!(System::events().len(), 1);
			} else {
				jobs.for_each(|job| WorkersPallet::settle(&ALICE, [job]).unwrap());
			}
			told = Some((
				Workers::<Test>::get(ALICE),
				Reputations::<Test>::get(ALICE),
				System::events().last().map(|record| record.event.clone()),
			));
		});
		told
	};
	assert_eq!(run(true), run(false));
}

#[test]
fn jobs_that_are_settled_write_the_worker_and_its_record_and_no_other_entry() {
	let mut chain = candor_testing::new_chain();
	chain.execute_with(|| {
		register(MIN_BOND);
		for _ in 0..3 {
			assert_ok!(WorkersPallet::lock(&ALICE, 0));
		}
	});
	chain.commit_all().unwrap();
	chain.execute_with(|| {
		let of = |requester| Settlement { requester, ..settled(PRIOR) };
		assert_ok!(WorkersPallet::settle(&ALICE, [of(BOB), of(CHARLIE), of(BOB)]));
	});
	let own = frame_support::storage::storage_prefix(b"WorkersPallet", b"");
	let written = chain.overlayed_changes().changes();
	let mut written: Vec<_> =
		written.map(|(key, _)| key.clone()).filter(|key| key.starts_with(&own[..16])).collect();
	written.sort();
	let mut expected =
		[Workers::<Test>::hashed_key_for(ALICE), Reputations::<Test>::hashed_key_for(ALICE)];
	expected.sort();
	assert_eq!(written, expected);
}

#[test]
fn an_excuse_is_counted_and_weighs_nothing() {
	build_and_execute(|| {
		register(MIN_BOND);
		settle(PRIOR);
		let before = reputation(ALICE);
		assert_ok!(WorkersPallet::lock(&ALICE, 0));
		assert_ok!(WorkersPallet::excuse(&ALICE, 0));
		assert_eq!(reputation(ALICE), Reputation { excused: 1, ..before });
	});
}

#[test]
fn what_speaks_for_a_worker_fades_by_half_in_a_half_life_and_reading_writes_nothing() {
	build_and_execute(|| {
		register(MIN_BOND);
		settle(PRIOR);
		for (epochs, good) in [
			(0, PRIOR),
			// 293.1, 212.1, 150 and 37.5.
			(1, 293),
			(HALF_LIFE / 2, 212),
			(HALF_LIFE, 150),
			(3 * HALF_LIFE, 37),
			(100 * HALF_LIFE, 0),
		] {
			go_to(after(epochs));
			assert_storage_noop!({
				assert_eq!(WorkersPallet::why_score(ALICE).good, good, "after {epochs}");
				assert_eq!(u128::from(score()), good * 1_000_000 / (good + PRIOR));
			});
		}
		assert_eq!(reputation(ALICE).settled, 1, "counters do not fade");
	});
}

#[test]
fn what_speaks_against_a_worker_fades_alike_and_a_part_makes_room_below_the_cap() {
	build_and_execute(|| {
		register(MIN_BOND);
		settle(MAX_FROM_REQUESTER);
		fail(PRIOR);
		go_to(after(HALF_LIFE));
		let why = WorkersPallet::why_score(ALICE);
		assert_eq!((why.good, why.bad), (MAX_FROM_REQUESTER / 2, 2 * PRIOR));
		settle(MAX_FROM_REQUESTER);
		assert_eq!(WorkersPallet::why_score(ALICE).good, MAX_FROM_REQUESTER);
	});
}

#[test]
fn blocks_that_do_not_count_let_nothing_fade() {
	build_and_execute(|| {
		register(MIN_BOND);
		settle(PRIOR);
		pass_full_blocks(10 * EPOCH_LENGTH);
		assert_eq!(score(), 500_000);
		go_to(System::block_number() + EPOCH_LENGTH);
		assert!(score() < 500_000);
	});
}

#[test]
fn why_a_score_is_what_it_is_can_be_asked() {
	build_and_execute(|| {
		register(MIN_BOND);
		settle(PRIOR);
		settle_for(CHARLIE, 3 * PRIOR);
		fail(50);
		go_to(after(HALF_LIFE) + 1);
		let why = WorkersPallet::why_score(ALICE);
		assert_eq!(
			why,
			WhyScore {
				// 450 of 450, 100 and 300.
				score: parts(529_411),
				good: 450,
				bad: 100,
				prior: PRIOR,
				requesters: vec![
					Part { requester: BOB, added: PRIOR / 2 },
					Part { requester: CHARLIE, added: MAX_FROM_REQUESTER / 2 },
				],
				cap: MAX_FROM_REQUESTER,
				fades_in: EPOCH_LENGTH - 1,
			}
		);
		assert_eq!(why.score, reputation(ALICE).score);
		go_to(System::block_number() + why.fades_in - 1);
		assert_eq!(WorkersPallet::why_score(ALICE).good, why.good);
		go_to(System::block_number() + 1);
		assert!(WorkersPallet::why_score(ALICE).good < why.good);
	});
}

#[test]
fn nothing_explains_the_score_of_a_stranger() {
	build_and_execute(|| {
		let why = WorkersPallet::why_score(BOB);
		assert_eq!((why.score, why.good, why.bad), (parts(0), 0, 0));
		assert_eq!(why.requesters, []);
	});
}

#[test]
fn counters_and_amounts_stop_at_their_maximum() {
	build_and_execute(|| {
		register(MIN_BOND);
		let full = Outcomes {
			settled: u32::MAX,
			failed: u32::MAX,
			declined: u32::MAX,
			excused: u32::MAX,
			earned: u128::MAX,
		};
		let evidence = Evidence { good: u128::MAX, bad: u128::MAX, ..Default::default() };
		Reputations::<Test>::mutate(ALICE, |record| {
			let record = record.as_mut().unwrap();
			(record.outcomes, record.evidence) = (full.clone(), evidence.clone());
		});
		settle(u128::MAX / 17);
		assert_ok!(WorkersPallet::lock(&ALICE, 0));
		assert_ok!(WorkersPallet::excuse(&ALICE, 0));
		fail(u128::MAX);
		assert_ok!(WorkersPallet::lock(&ALICE, 0));
		assert_ok!(WorkersPallet::decline(&ALICE, Stake { bond: 0, fee: u128::MAX }, 0));
		let record = Reputations::<Test>::get(ALICE).unwrap();
		assert_eq!(record.outcomes, full);
		assert_eq!((record.evidence.good, record.evidence.bad), (u128::MAX, u128::MAX));
		assert_eq!(reputation(ALICE).score, Permill::one());
	});
}
