// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use pallet_workers::Workers;
use sp_runtime::TokenError;

#[test]
fn jobs_lock_the_bond_up_to_its_end() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, 600));
		assert_eq!(WorkersPallet::lock(&ALICE, 401), Err(WorkerRefusal::InsufficientBond));
		assert_eq!(WorkersPallet::lock(&ALICE, u128::MAX), Err(WorkerRefusal::InsufficientBond));
		assert_ok!(WorkersPallet::lock(&ALICE, 400));
		assert_eq!(WorkersPallet::obligations(&ALICE), Obligations { jobs: 2, locked: 1000 });
	});
}

#[test]
fn asking_changes_nothing() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_storage_noop!(assert_ok!(WorkersPallet::can_lock(&ALICE, MIN_BOND)));
		assert_eq!(
			WorkersPallet::can_lock(&ALICE, MIN_BOND + 1),
			Err(WorkerRefusal::InsufficientBond)
		);
		assert_eq!(WorkersPallet::can_lock(&BOB, 0), Err(WorkerRefusal::NotRegistered));
	});
}

#[test]
fn others_are_not_bound() {
	build_and_execute(|| {
		assert_eq!(WorkersPallet::lock(&BOB, 0), Err(WorkerRefusal::NotRegistered));
		assert_eq!(WorkersPallet::obligations(&BOB), Obligations::default());
	});
}

#[test]
fn a_bond_below_the_minimum_must_be_topped_up_first() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, 1));
		assert_ok!(WorkersPallet::forfeit(&ALICE, stake(1), &BOB, 0));
		assert_eq!(WorkersPallet::lock(&ALICE, 0), Err(WorkerRefusal::BondBelowMinimum));
		assert_ok!(WorkersPallet::bond_more(RuntimeOrigin::signed(ALICE), 1));
		assert_ok!(WorkersPallet::lock(&ALICE, 0));
	});
}

#[test]
fn the_counter_does_not_overflow() {
	build_and_execute(|| {
		register(MIN_BOND);
		Workers::<Test>::mutate(ALICE, |worker| worker.as_mut().unwrap().open_jobs = u32::MAX);
		assert_eq!(WorkersPallet::lock(&ALICE, 0), Err(WorkerRefusal::TooManyJobs));
	});
}

#[test]
fn what_was_not_locked_cannot_be_unlocked() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, 5));
		assert_noop!(WorkersPallet::excuse(&ALICE, 6), TokenError::FundsUnavailable);
		let settle = |bonds: &[u128]| {
			WorkersPallet::settle(
				&ALICE,
				bonds
					.iter()
					.map(|&bond| Settlement { stake: stake(bond), ..settled(1) })
					.collect::<Vec<_>>(),
			)
		};
		assert_noop!(settle(&[6]), TokenError::FundsUnavailable);
		assert_noop!(settle(&[3, 3]), TokenError::FundsUnavailable);
		assert_noop!(
			WorkersPallet::forfeit(&ALICE, stake(6), &BOB, 0).map(|_| ()),
			TokenError::FundsUnavailable
		);
		assert_noop!(
			WorkersPallet::decline(&ALICE, stake(6), 0).map(|_| ()),
			TokenError::FundsUnavailable
		);
		assert_noop!(WorkersPallet::excuse(&BOB, 0), pallet_workers::Error::<Test>::NotRegistered);
	});
}

#[test]
fn without_an_open_job_nothing_can_end() {
	build_and_execute(|| {
		register(MIN_BOND);
		let none = TokenError::FundsUnavailable;
		assert_noop!(WorkersPallet::excuse(&ALICE, 0), none);
		assert_noop!(WorkersPallet::settle(&ALICE, [settled(1)]), none);
		assert_noop!(WorkersPallet::forfeit(&ALICE, stake(0), &BOB, 0).map(|_| ()), none);
		assert_noop!(WorkersPallet::decline(&ALICE, stake(0), 0).map(|_| ()), none);
	});
}
