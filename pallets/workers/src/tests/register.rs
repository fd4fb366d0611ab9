// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, Worker};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, TokenError};

#[test]
fn the_bond_is_held() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_eq!(held(ALICE), MIN_BOND);
		assert_eq!(free(ALICE), INITIAL_BALANCE - MIN_BOND);
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
fn the_account_must_survive_the_bond() {
	build_and_execute(|| {
		for (balance, accepted) in [
			(MIN_BOND, false),
			(MIN_BOND + EXISTENTIAL_DEPOSIT - 1, false),
			(MIN_BOND + EXISTENTIAL_DEPOSIT, true),
		] {
			assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), ALICE, balance));
			let result =
				WorkersPallet::register(RuntimeOrigin::signed(ALICE), MIN_BOND, Default::default());
			assert_eq!(
				result,
				if accepted { Ok(()) } else { Err(TokenError::FundsUnavailable.into()) }
			);
		}
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
