// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{
	assert_noop, assert_ok,
	traits::{LockableCurrency, WithdrawReasons},
};
use pallet_workers::{Error, Event, Reputation};

/// Registers Alice, locks so much and hands the job back for this penalty.
fn decline(locked: u128, penalty: u128) -> u128 {
	register(MIN_BOND);
	assert_ok!(WorkersPallet::lock(&ALICE, locked));
	let issuance = Balances::total_issuance();
	let burnt = WorkersPallet::decline(&ALICE, stake(locked), penalty).unwrap();
	assert_eq!(Balances::total_issuance(), issuance - burnt);
	assert_eq!(held(ALICE), MIN_BOND - burnt);
	assert_eq!(free(ALICE), left_beside(MIN_BOND));
	assert_eq!(WorkersPallet::worker(ALICE).unwrap().bond, MIN_BOND - burnt);
	assert_eq!(WorkersPallet::obligations(&ALICE), Obligations::default());
	burnt
}

#[test]
fn the_penalty_is_burnt_and_the_rest_unlocked() {
	build_and_execute(|| {
		assert_eq!(decline(100, 7), 7);
		assert_eq!(reputation(ALICE), Reputation { declined: 1, ..Default::default() });
		System::assert_last_event(
			Event::Declined { worker: ALICE, burnt: 7, bond: MIN_BOND - 7 }.into(),
		);
	});
}

#[test]
fn no_more_is_burnt_than_the_job_locked() {
	for (penalty, burnt) in [(0, 0), (99, 99), (100, 100), (101, 100), (u128::MAX, 100)] {
		build_and_execute(|| assert_eq!(decline(100, penalty), burnt));
	}
}

#[test]
fn what_other_jobs_lock_stays_locked() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, MIN_BOND - 100));
		assert_ok!(WorkersPallet::lock(&ALICE, 100));
		assert_eq!(WorkersPallet::decline(&ALICE, stake(100), u128::MAX), Ok(100));
		let locked = MIN_BOND - 100;
		assert_eq!(WorkersPallet::obligations(&ALICE), Obligations { jobs: 1, locked });
		assert_eq!(held(ALICE), locked);
	});
}

#[test]
fn a_bond_below_the_minimum_must_be_topped_up_first() {
	build_and_execute(|| {
		decline(100, 1);
		assert_eq!(WorkersPallet::can_lock(&ALICE, 0), Err(WorkerRefusal::BondBelowMinimum));
		assert_ok!(WorkersPallet::bond_more(RuntimeOrigin::signed(ALICE), 1));
		assert_ok!(WorkersPallet::can_lock(&ALICE, 0));
	});
}

#[test]
fn the_part_of_the_fee_that_the_bond_lost_speaks_against_the_worker_and_the_event_says_so() {
	for (penalty, against) in [(0, 0), (1, 2), (50, 75), (51, 77), (100, 150)] {
		build_and_execute(|| {
			register(MIN_BOND);
			settle(PRIOR);
			assert_ok!(WorkersPallet::lock(&ALICE, 100));
			System::reset_events();
			let at_stake = Stake { bond: 100, fee: PRIOR / 2 };
			assert_ok!(WorkersPallet::decline(&ALICE, at_stake, penalty));
			// 1.5 for each unit of the bond, rounded up.
			assert_eq!(WorkersPallet::why_score(ALICE).bad, against);
			let after = PRIOR * 1_000_000 / (2 * PRIOR + against);
			assert_eq!(u128::from(score()), after);
			let told = Event::ScoreChanged { worker: ALICE, score: WorkersPallet::score(&ALICE) };
			let told = System::events().iter().any(|record| record.event == told.clone().into());
			assert_eq!(told, penalty > 0);
		});
	}
}

#[test]
fn a_lock_on_the_worker_does_not_save_its_bond() {
	build_and_execute(|| {
		Balances::set_lock(*b"locked!!", &ALICE, INITIAL_BALANCE, WithdrawReasons::all());
		assert_eq!(decline(MIN_BOND, MIN_BOND), MIN_BOND);
	});
}

#[test]
fn only_workers_hand_back() {
	build_and_execute(|| {
		assert_noop!(
			WorkersPallet::decline(&ALICE, stake(0), 0).map(|_| ()),
			Error::<Test>::NotRegistered
		);
	});
}
