// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok};
use pallet_workers::{Error, Event, Reputation, Reputations};

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
		settle(PRIOR);
		fail(PRIOR);
		let (before, why) = (reputation(ALICE), WorkersPallet::why_score(ALICE));
		assert_eq!((before.settled, before.failed), (1, 1));
		assert_eq!((why.good, why.bad), (PRIOR, 4 * PRIOR));
		assert_ok!(WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)));
		register(MIN_BOND);
		assert_eq!((reputation(ALICE), WorkersPallet::why_score(ALICE)), (before, why));
	});
}

#[test]
fn a_history_stays_when_all_that_it_weighs_has_faded() {
	build_and_execute(|| {
		register(MIN_BOND);
		settle(PRIOR);
		go_to(1_000_000);
		assert_eq!(score(), 0);
		assert_ok!(WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)));
		assert_eq!(reputation(ALICE).settled, 1);
		assert_eq!(deposited(ALICE), deposit());
	});
}

#[test]
fn a_worker_that_lost_its_whole_bond_can_leave() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, MIN_BOND));
		assert_ok!(WorkersPallet::forfeit(&ALICE, stake(MIN_BOND), &BOB, 0));
		assert_ok!(WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)));
		assert_eq!((held(ALICE), free(ALICE)), (0, left_beside(MIN_BOND)));
	});
}

/// What can happen to a job that Alice claimed and that locked nothing.
type Outcome = fn();

fn settle_one() {
	assert_ok!(WorkersPallet::settle(&ALICE, [settled(1)]));
}

fn settle_own() {
	let settlement = Settlement { requester: ALICE, ..settled(PRIOR) };
	assert_ok!(WorkersPallet::settle(&ALICE, [settlement]));
}

fn fail_one() {
	assert_ok!(WorkersPallet::forfeit(&ALICE, stake(0), &BOB, 0));
}

fn decline() {
	assert_ok!(WorkersPallet::decline(&ALICE, stake(0), 0));
}

fn excuse() {
	assert_ok!(WorkersPallet::excuse(&ALICE, 0));
}

#[test]
fn a_record_of_nothing_goes_and_its_deposit_returns() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_eq!((deposited(ALICE), free(ALICE)), (deposit(), left_beside(MIN_BOND)));
		assert_ok!(WorkersPallet::lock(&ALICE, 0));
		settle_own();
		assert_ok!(WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)));
		assert_eq!((deposited(ALICE), free(ALICE)), (0, INITIAL_BALANCE));
		assert!(!Reputations::<Test>::contains_key(ALICE));
		assert_eq!(reputation(ALICE), Reputation::default());
	});
}

#[test]
fn a_record_of_any_outcome_stays_with_its_deposit_and_is_paid_for_once() {
	let outcomes: [Outcome; 4] = [settle_one, fail_one, decline, excuse];
	for outcome in outcomes {
		build_and_execute(|| {
			register(MIN_BOND);
			assert_ok!(WorkersPallet::lock(&ALICE, 0));
			outcome();
			let before = reputation(ALICE);
			assert_ok!(WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)));
			assert_eq!((held(ALICE), deposited(ALICE)), (0, deposit()));
			assert_eq!(free(ALICE), left_beside(0));
			assert_eq!(reputation(ALICE), before);

			register(MIN_BOND);
			assert_eq!(deposited(ALICE), deposit());
			assert_eq!(free(ALICE), left_beside(MIN_BOND));
			assert_eq!(reputation(ALICE), before);
		});
	}
}

#[test]
fn an_account_that_kept_nothing_else_can_still_leave() {
	build_and_execute(|| {
		let least = MIN_BOND + deposit() + EXISTENTIAL_DEPOSIT;
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), ALICE, least));
		register(MIN_BOND);
		assert_eq!(free(ALICE), EXISTENTIAL_DEPOSIT);
		assert_ok!(WorkersPallet::lock(&ALICE, MIN_BOND));
		assert_ok!(WorkersPallet::forfeit(&ALICE, stake(MIN_BOND), &BOB, MIN_BOND));
		assert_ok!(WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)));
		assert_eq!((free(ALICE), deposited(ALICE)), (EXISTENTIAL_DEPOSIT, deposit()));
	});
}

#[test]
fn an_account_with_a_record_cannot_vanish_under_its_deposit() {
	build_and_execute(|| {
		register(MIN_BOND);
		assert_ok!(WorkersPallet::lock(&ALICE, 0));
		settle_one();
		assert_ok!(WorkersPallet::deregister(RuntimeOrigin::signed(ALICE)));
		let alice = RuntimeOrigin::signed(ALICE);
		assert_ok!(Balances::transfer_all(alice.clone(), BOB, false));
		assert_eq!((free(ALICE), deposited(ALICE)), (EXISTENTIAL_DEPOSIT, deposit()));
		assert!(Balances::transfer_allow_death(alice, BOB, 1).is_err());
	});
}
