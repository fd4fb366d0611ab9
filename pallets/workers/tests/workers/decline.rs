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
	let burnt = WorkersPallet::decline(&ALICE, locked, penalty).unwrap();
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
		assert_eq!(WorkersPallet::decline(&ALICE, 100, u128::MAX), Ok(100));
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
fn a_score_loses_a_sixteenth_and_says_so() {
	build_and_execute(|| {
		register(MIN_BOND);
		for _ in 0..2 {
			assert_ok!(WorkersPallet::lock(&ALICE, 0));
		}
		assert_ok!(WorkersPallet::settle(&ALICE, [settled(FULL_WEIGHT_PRICE)]));
		assert_ok!(WorkersPallet::decline(&ALICE, 0, 0));
		// 62_500 / 16 = 3_906.25, rounded up.
		let score = parts(62_500 - 3_907);
		assert_eq!(WorkersPallet::score(&ALICE), score);
		System::assert_has_event(Event::ScoreChanged { worker: ALICE, score }.into());
	});
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
			WorkersPallet::decline(&ALICE, 0, 0).map(|_| ()),
			Error::<Test>::NotRegistered
		);
	});
}
