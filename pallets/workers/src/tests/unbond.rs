// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, Settlement};
use frame_support::{assert_noop, assert_ok};

#[test]
fn the_bond_shrinks_to_the_minimum_and_no_further() {
	build_and_execute(|| {
		register(MIN_BOND + 5);
		let alice = || RuntimeOrigin::signed(ALICE);
		assert_noop!(WorkersPallet::unbond(alice(), 6), Error::<Test>::BondTooSmall);
		assert_noop!(WorkersPallet::unbond(alice(), u128::MAX), Error::<Test>::BondTooSmall);
		assert_ok!(WorkersPallet::unbond(alice(), 5));
		assert_eq!(held(ALICE), MIN_BOND);
		assert_eq!(free(ALICE), INITIAL_BALANCE - MIN_BOND);
		System::assert_last_event(Event::BondChanged { worker: ALICE, bond: MIN_BOND }.into());
	});
}

#[test]
fn not_while_a_job_is_open() {
	build_and_execute(|| {
		register(2 * MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, 1));
		let alice = || RuntimeOrigin::signed(ALICE);
		assert_noop!(WorkersPallet::unbond(alice(), 1), Error::<Test>::OpenJobs);
		assert_ok!(WorkersPallet::settle(&ALICE, [Settlement { bond: 1, ..settled(100) }]));
		assert_ok!(WorkersPallet::unbond(alice(), 1));
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
