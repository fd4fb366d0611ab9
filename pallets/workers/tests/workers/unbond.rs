// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok};
use pallet_workers::{Error, Event};

#[test]
fn the_bond_shrinks_to_the_minimum_and_no_further() {
	build_and_execute(|| {
		register(MIN_BOND + 5);
		let alice = || RuntimeOrigin::signed(ALICE);
		assert_noop!(WorkersPallet::unbond(alice(), 6), Error::<Test>::BondTooSmall);
		assert_noop!(WorkersPallet::unbond(alice(), u128::MAX), Error::<Test>::BondTooSmall);
		assert_ok!(WorkersPallet::unbond(alice(), 5));
		assert_eq!(held(ALICE), MIN_BOND);
		assert_eq!(free(ALICE), left_beside(MIN_BOND));
		System::assert_last_event(Event::BondChanged { worker: ALICE, bond: MIN_BOND }.into());
	});
}

#[test]
fn a_surplus_is_free_while_jobs_are_open_and_what_they_lock_is_not() {
	build_and_execute(|| {
		let locked = 2 * MIN_BOND;
		register(3 * MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, MIN_BOND));
		assert_ok!(WorkersPallet::lock(&ALICE, MIN_BOND));
		let alice = || RuntimeOrigin::signed(ALICE);
		assert_noop!(WorkersPallet::unbond(alice(), MIN_BOND + 1), Error::<Test>::BondLocked);
		assert_ok!(WorkersPallet::unbond(alice(), MIN_BOND));
		assert_eq!((held(ALICE), free(ALICE)), (locked, left_beside(locked)));
		assert_eq!(WorkersPallet::obligations(&ALICE), Obligations { jobs: 2, locked });
		System::assert_last_event(Event::BondChanged { worker: ALICE, bond: locked }.into());
		assert_noop!(WorkersPallet::unbond(alice(), 1), Error::<Test>::BondLocked);

		let settlement = Settlement { stake: stake(MIN_BOND), ..settled(100) };
		assert_ok!(WorkersPallet::settle(&ALICE, [settlement]));
		assert_ok!(WorkersPallet::unbond(alice(), MIN_BOND));
		assert_noop!(WorkersPallet::unbond(alice(), 1), Error::<Test>::BondLocked);
	});
}

#[test]
fn the_minimum_remains_also_where_jobs_lock_less() {
	build_and_execute(|| {
		register(MIN_BOND + 5);
		assert_ok!(WorkersPallet::lock(&ALICE, MIN_BOND - 1));
		let alice = || RuntimeOrigin::signed(ALICE);
		assert_noop!(WorkersPallet::unbond(alice(), 6), Error::<Test>::BondTooSmall);
		assert_noop!(WorkersPallet::unbond(alice(), 7), Error::<Test>::BondLocked);
		assert_ok!(WorkersPallet::unbond(alice(), 5));
	});
}

#[test]
fn a_bond_below_the_minimum_has_no_surplus() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, 1));
		assert_ok!(WorkersPallet::forfeit(&ALICE, stake(1), &BOB, 0));
		assert_noop!(
			WorkersPallet::unbond(RuntimeOrigin::signed(ALICE), 1),
			Error::<Test>::BondTooSmall
		);
	});
}

#[test]
fn only_workers_unbond() {
	build_and_execute(|| {
		assert_noop!(
			WorkersPallet::unbond(RuntimeOrigin::signed(ALICE), 0),
			Error::<Test>::NotRegistered
		);
	});
}
