// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::Permill;

#[test]
fn the_bond_returns_in_full_and_once() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)));
		assert_eq!((held(ALICE), free(ALICE)), (0, INITIAL_BALANCE));
		assert_eq!(WorkersPallet::worker(ALICE), None);
		System::assert_last_event(Event::Deregistered { worker: ALICE, bond: MIN_BOND }.into());
		assert_noop!(
			WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)),
			Error::<Test>::NotRegistered
		);
	});
}

#[test]
fn not_while_a_job_is_open() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, 0));
		assert_noop!(
			WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)),
			Error::<Test>::OpenJobs
		);
		assert_ok!(WorkersPallet::excuse(&ALICE, 0));
		assert_ok!(WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)));
	});
}

#[test]
fn leaving_does_not_wash_a_history() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, 0));
		assert_ok!(WorkersPallet::settle(&ALICE, [settled(FULL_WEIGHT_PRICE)]));
		assert_ok!(WorkersPallet::lock(&ALICE, 0));
		assert_ok!(WorkersPallet::forfeit(&ALICE, 0, &BOB, Permill::zero()));
		let before = reputation(ALICE);
		assert_eq!((before.settled, before.failed), (1, 1));
		assert_ok!(WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)));
		register(MIN_BOND);
		assert_eq!(reputation(ALICE), before);
	});
}

#[test]
fn a_worker_that_lost_its_whole_bond_can_leave() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, MIN_BOND));
		assert_ok!(WorkersPallet::forfeit(&ALICE, MIN_BOND, &BOB, Permill::zero()));
		assert_ok!(WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)));
		assert_eq!((held(ALICE), free(ALICE)), (0, INITIAL_BALANCE - MIN_BOND));
	});
}
