// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok};
use pallet_workers::{Error, Event};
use sp_runtime::TokenError;

#[test]
fn the_bond_grows_also_with_open_jobs() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, MIN_BOND));
		assert_ok!(WorkersPallet::bond_more(RuntimeOrigin::signed(ALICE), 7));
		assert_eq!(held(ALICE), MIN_BOND + 7);
		System::assert_last_event(Event::BondChanged { worker: ALICE, bond: MIN_BOND + 7 }.into());
	});
}

#[test]
fn only_workers_add() {
	build_and_execute(|| {
		assert_noop!(
			WorkersPallet::bond_more(RuntimeOrigin::signed(ALICE), 7),
			Error::<Test>::NotRegistered
		);
	});
}

#[test]
fn what_is_not_there_cannot_be_added() {
	build_and_execute(|| {
		register(MIN_BOND);
		let alice = || RuntimeOrigin::signed(ALICE);
		assert_noop!(
			WorkersPallet::bond_more(alice(), free(ALICE) - EXISTENTIAL_DEPOSIT + 1),
			TokenError::FundsUnavailable
		);
		assert_noop!(WorkersPallet::bond_more(alice(), u128::MAX), Error::<Test>::BondTooLarge);
	});
}
