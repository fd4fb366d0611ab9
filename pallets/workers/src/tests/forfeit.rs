// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Event, Forfeit};
use frame_support::{
	assert_ok,
	traits::{LockableCurrency, WithdrawReasons},
};
use sp_runtime::Permill;

/// Registers Alice, locks and forfeits so much, and gives where it went.
fn forfeit(amount: u128, beneficiary: AccountId, share: Permill) -> Forfeit<u128> {
	register(MIN_BOND);
	assert_ok!(WorkersPallet::lock(&ALICE, amount));
	let issuance = Balances::total_issuance();
	let forfeit = WorkersPallet::forfeit(&ALICE, amount, &beneficiary, share).unwrap();
	assert_eq!(forfeit.compensation + forfeit.burnt, amount);
	assert_eq!(Balances::total_issuance(), issuance - forfeit.burnt);
	assert_eq!(held(ALICE), MIN_BOND - amount);
	assert_eq!(WorkersPallet::obligations(&ALICE), Default::default());
	forfeit
}

#[test]
fn a_share_rounded_down_compensates_and_the_rest_is_burnt() {
	build_and_execute(|| {
		let forfeit = forfeit(101, BOB, Permill::from_percent(50));
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
fn all_or_nothing_can_go_to_the_beneficiary() {
	for (share, compensation) in [(Permill::zero(), 0), (Permill::one(), 101)] {
		build_and_execute(|| {
			assert_eq!(forfeit(101, BOB, share).compensation, compensation);
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
			assert_eq!(forfeit(amount, NOBODY, Permill::one()).compensation, compensation);
			assert_eq!(free(NOBODY), compensation);
		});
	}
}

#[test]
fn the_worker_may_be_the_beneficiary() {
	build_and_execute(|| {
		forfeit(100, ALICE, Permill::from_percent(50));
		assert_eq!(free(ALICE), INITIAL_BALANCE - MIN_BOND + 50);
	});
}

#[test]
fn a_lock_on_the_worker_does_not_save_its_bond() {
	build_and_execute(|| {
		Balances::set_lock(*b"locked!!", &ALICE, INITIAL_BALANCE, WithdrawReasons::all());
		assert_eq!(
			forfeit(MIN_BOND, BOB, Permill::from_percent(50)),
			Forfeit { compensation: MIN_BOND / 2, burnt: MIN_BOND / 2 }
		);
	});
}
