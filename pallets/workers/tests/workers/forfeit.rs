// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{
	assert_ok,
	traits::{LockableCurrency, WithdrawReasons},
};
use pallet_workers::Event;

/// Registers Alice, locks and forfeits so much, at most so much of it for the beneficiary, and gives
/// where it went.
fn forfeit(amount: u128, beneficiary: AccountId, compensation: u128) -> Forfeit<u128> {
	register(MIN_BOND);
	assert_ok!(WorkersPallet::lock(&ALICE, amount));
	let issuance = Balances::total_issuance();
	let forfeit =
		WorkersPallet::forfeit(&ALICE, stake(amount), &beneficiary, compensation).unwrap();
	assert_eq!(forfeit.compensation + forfeit.burnt, amount);
	assert_eq!(Balances::total_issuance(), issuance - forfeit.burnt);
	assert_eq!(held(ALICE), MIN_BOND - amount);
	assert_eq!(WorkersPallet::obligations(&ALICE), Default::default());
	forfeit
}

#[test]
fn what_does_not_compensate_is_burnt() {
	build_and_execute(|| {
		let forfeit = forfeit(101, BOB, 50);
		assert_eq!(forfeit, Forfeit { compensation: 50, burnt: 51 });
		assert_eq!(free(BOB), INITIAL_BALANCE + 50);
		System::assert_last_event(
			Event::BondForfeited {
				worker: ALICE,
				beneficiary: BOB,
				compensation: 50,
				burnt: 51,
				bond: MIN_BOND - 101,
			}
			.into(),
		);
		assert_eq!(reputation(ALICE).failed, 1);
	});
}

#[test]
fn four_times_the_fee_speaks_against_the_worker_however_much_was_lost() {
	build_and_execute(|| {
		register(MIN_BOND);
		settle(PRIOR);
		assert_ok!(WorkersPallet::lock(&ALICE, 1));
		let at_stake = Stake { bond: 1, fee: PRIOR / 2 };
		assert_ok!(WorkersPallet::forfeit(&ALICE, at_stake, &BOB, 0));
		assert_eq!(WorkersPallet::why_score(ALICE).bad, 2 * PRIOR);
		assert_eq!(score(), 250_000);
		let told = Event::ScoreChanged { worker: ALICE, score: parts(250_000) };
		System::assert_has_event(told.into());
	});
}

#[test]
fn the_beneficiary_gets_no_more_than_the_job_locked() {
	for (asked, compensation) in [(0, 0), (100, 100), (101, 101), (102, 101), (u128::MAX, 101)] {
		build_and_execute(|| {
			assert_eq!(forfeit(101, BOB, asked).compensation, compensation);
			assert_eq!(free(BOB), INITIAL_BALANCE + compensation);
		});
	}
}

#[test]
fn a_beneficiary_that_would_stay_below_the_existential_deposit_gets_nothing() {
	for (amount, compensation) in [
		(EXISTENTIAL_DEPOSIT - 1, 0),
		(EXISTENTIAL_DEPOSIT, EXISTENTIAL_DEPOSIT),
		(EXISTENTIAL_DEPOSIT + 1, EXISTENTIAL_DEPOSIT + 1),
	] {
		build_and_execute(|| {
			assert_eq!(forfeit(amount, NOBODY, amount).compensation, compensation);
			assert_eq!(free(NOBODY), compensation);
		});
	}
}

#[test]
fn the_worker_may_be_the_beneficiary() {
	build_and_execute(|| {
		forfeit(100, ALICE, 50);
		assert_eq!(free(ALICE), left_beside(MIN_BOND) + 50);
	});
}

#[test]
fn a_lock_on_the_worker_does_not_save_its_bond() {
	build_and_execute(|| {
		Balances::set_lock(*b"locked!!", &ALICE, INITIAL_BALANCE, WithdrawReasons::all());
		assert_eq!(
			forfeit(MIN_BOND, BOB, MIN_BOND / 2),
			Forfeit { compensation: MIN_BOND / 2, burnt: MIN_BOND / 2 }
		);
	});
}

#[test]
fn what_other_jobs_lock_is_not_touched() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, 300));
		assert_ok!(WorkersPallet::lock(&ALICE, 200));
		assert_ok!(WorkersPallet::forfeit(&ALICE, stake(200), &BOB, u128::MAX));
		assert_eq!(WorkersPallet::obligations(&ALICE), Obligations { jobs: 1, locked: 300 });
		assert_eq!((held(ALICE), free(BOB)), (MIN_BOND - 200, INITIAL_BALANCE + 200));
	});
}
