// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use candor_testing::{check_holds, Check};
use frame_support::{
	assert_ok,
	traits::{fungible::MutateHold, tokens::Precision, Consideration},
};
use pallet_workers::{Evidence, Record, Reputations, Worker, Workers};

/// Breaks something in a storage with one worker, and expects it to be noticed under this name.
fn noticed(what: &'static str, sabotage: impl FnOnce()) {
	noticed_by(WorkersPallet::do_try_state, Some(what), sabotage);
}

/// The same, but noticed by another check.
fn noticed_by(check: Check, what: Option<&'static str>, sabotage: impl FnOnce()) {
	build_and_execute(|| {
		register(MIN_BOND);
		candor_testing::noticed_by(check, what, sabotage);
	});
}

fn change_worker(change: impl FnOnce(&mut Worker<Test>)) {
	Workers::<Test>::mutate(ALICE, |worker| change(worker.as_mut().unwrap()));
}

fn change_record(change: impl FnOnce(&mut Record<Test>)) {
	Reputations::<Test>::mutate(ALICE, |record| change(record.as_mut().unwrap()));
}

/// Breaks something in the evidence of a worker that was settled a job for Bob with a fee of 10.
fn noticed_of_evidence(what: &'static str, sabotage: impl FnOnce(&mut Evidence<AccountId>)) {
	noticed(what, || {
		settle(10);
		assert_ok!(WorkersPallet::do_try_state());
		change_record(|record| sabotage(&mut record.evidence));
	});
}

#[test]
fn a_bond_held_on_an_account_that_is_no_worker_is_noticed() {
	noticed("bond held on an account that is no worker", || {
		assert_ok!(Balances::hold(&BondReason::get(), &BOB, 1));
	});
	// Also on one whose record stays.
	noticed("bond held on an account that is no worker", || {
		change_record(|record| record.outcomes.excused = 1);
		Workers::<Test>::remove(ALICE);
	});
}

#[test]
fn a_deposit_held_on_an_account_without_a_record_is_noticed() {
	noticed("deposit held for a record that does not exist", || {
		assert_ok!(Balances::hold(&DepositReason::get(), &BOB, 1));
	});
}

#[test]
fn a_bond_that_differs_from_what_is_held_is_noticed() {
	for more in [true, false] {
		noticed("bond that differs from what is held", || {
			if more {
				assert_ok!(Balances::hold(&BondReason::get(), &ALICE, 1));
			} else {
				assert_ok!(Balances::release(&BondReason::get(), &ALICE, 1, Precision::Exact));
			}
		});
	}
}

#[test]
fn more_locked_than_bonded_is_noticed() {
	noticed("more locked than bonded", || {
		change_worker(|worker| {
			worker.open_jobs = 1;
			worker.locked = MIN_BOND + 1;
		});
	});
}

#[test]
fn a_locked_bond_without_an_open_job_is_noticed() {
	noticed("locked bond without an open job", || change_worker(|worker| worker.locked = 1));
}

#[test]
fn a_worker_without_a_record_is_noticed() {
	noticed("worker without a record", || {
		let record = Reputations::<Test>::take(ALICE).unwrap();
		assert_ok!(record.ticket.drop(&ALICE));
	});
}

#[test]
fn a_record_of_nothing_about_nobody_is_noticed() {
	noticed("record of nothing about nobody", || {
		let Record { outcomes, evidence, .. } = Reputations::<Test>::get(ALICE).unwrap();
		let ticket =
			<Test as pallet_workers::Config>::Consideration::new(&BOB, WorkersPallet::footprint())
				.unwrap();
		Reputations::<Test>::insert(BOB, Record { ticket, outcomes, evidence });
	});
}

#[test]
fn scores_and_earnings_without_a_settled_job_are_noticed() {
	noticed("score without a settled job", || {
		change_record(|record| record.evidence.good = 1);
	});
	noticed("earnings without a settled job", || {
		change_record(|record| record.outcomes.earned = 1);
	});
}

#[test]
fn evidence_against_a_worker_that_neither_failed_nor_declined_is_noticed() {
	noticed("evidence against a worker that answered all its jobs", || {
		change_record(|record| record.evidence.bad = 1);
	});
}

#[test]
fn evidence_ahead_of_its_time_is_noticed() {
	noticed_of_evidence("evidence ahead of its time", |evidence| evidence.half_life = 1);
}

#[test]
fn a_testimonial_of_a_worker_about_itself_is_noticed() {
	noticed_of_evidence("testimonial of a worker about itself", |evidence| {
		evidence.requesters[0].requester = ALICE;
	});
}

#[test]
fn a_requester_that_is_remembered_twice_is_noticed() {
	noticed_of_evidence("requester that is remembered twice", |evidence| {
		evidence.good *= 2;
		evidence.requesters.try_push(evidence.requesters[0]).unwrap();
	});
}

#[test]
fn a_requester_that_has_added_nothing_is_noticed() {
	noticed_of_evidence("requester that has added nothing", |evidence| {
		evidence.requesters[0].added = 0;
	});
}

#[test]
fn a_requester_beyond_the_cap_is_noticed() {
	noticed_of_evidence("requester that has added more than it may", |evidence| {
		evidence.good = MAX_FROM_REQUESTER + 1;
		evidence.requesters[0].added = MAX_FROM_REQUESTER + 1;
	});
}

#[test]
fn requesters_that_have_added_more_than_there_is_are_noticed() {
	noticed_of_evidence("requesters that have added more than there is", |evidence| {
		evidence.good -= 1;
	});
}

#[test]
fn a_record_without_its_deposit_is_noticed() {
	noticed_by(check_holds, candor_testing::NOT_HELD, || {
		assert_ok!(Balances::release(&DepositReason::get(), &ALICE, deposit(), Precision::Exact));
	});
}
