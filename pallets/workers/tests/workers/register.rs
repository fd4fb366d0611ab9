// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok};
use pallet_workers::{Error, Event, Worker};
use sp_runtime::{DispatchError, TokenError};

#[test]
fn bond_and_deposit_are_held() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_eq!(held(ALICE), MIN_BOND);
		assert_eq!(deposited(ALICE), deposit());
		assert_eq!(free(ALICE), INITIAL_BALANCE - MIN_BOND - deposit());
		assert_eq!(
			WorkersPallet::worker(ALICE),
			Some(Worker { bond: MIN_BOND, locked: 0, open_jobs: 0, metadata: Default::default() })
		);
		System::assert_last_event(Event::Registered { worker: ALICE, bond: MIN_BOND }.into());
	});
}

#[test]
fn a_bond_below_the_minimum_is_refused() {
	build_and_execute(|| {
		let alice = RuntimeOrigin::signed(ALICE);
		assert_noop!(
			WorkersPallet::register(alice, MIN_BOND - 1, Default::default()),
			Error::<Test>::BondTooSmall
		);
	});
}

#[test]
fn nobody_registers_twice() {
	build_and_execute(|| {
		register(MIN_BOND);
		let alice = RuntimeOrigin::signed(ALICE);
		assert_noop!(
			WorkersPallet::register(alice, MIN_BOND, Default::default()),
			Error::<Test>::AlreadyRegistered
		);
	});
}

#[test]
fn the_account_must_survive_bond_and_deposit() {
	build_and_execute(|| {
		let least = MIN_BOND + deposit() + EXISTENTIAL_DEPOSIT;
		for (balance, accepted) in [
			(MIN_BOND, false),
			(MIN_BOND + EXISTENTIAL_DEPOSIT, false),
			(least - 1, false),
			(least, true),
		] {
			assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), ALICE, balance));
			let register = || {
				WorkersPallet::register(RuntimeOrigin::signed(ALICE), MIN_BOND, Default::default())
			};
			if accepted {
				assert_ok!(register());
				assert_eq!(free(ALICE), EXISTENTIAL_DEPOSIT);
			} else {
				assert_noop!(register(), TokenError::FundsUnavailable);
			}
		}
	});
}

#[test]
fn who_was_here_before_pays_no_second_deposit() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, 0));
		assert_ok!(WorkersPallet::excuse(&ALICE, 0));
		assert_ok!(WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)));
		let least = MIN_BOND + EXISTENTIAL_DEPOSIT;
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), ALICE, least));
		register(MIN_BOND);
		assert_eq!((free(ALICE), deposited(ALICE)), (EXISTENTIAL_DEPOSIT, deposit()));
	});
}

#[test]
fn only_signed_origins_register() {
	build_and_execute(|| {
		assert_noop!(
			WorkersPallet::register(RuntimeOrigin::root(), MIN_BOND, Default::default()),
			DispatchError::BadOrigin
		);
	});
}
