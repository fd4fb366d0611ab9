// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok};
use pallet_jobs::{Error, Event, Jobs, State};

fn expire(id: JobId) -> sp_runtime::DispatchResult {
	JobsPallet::expire(signed(STRANGER), id)
}

#[test]
fn an_unclaimed_job_lapses_when_no_claim_fits_any_more() {
	build_and_execute(|| {
		let id = open();
		for block in [1, CLAIM_BY - 1, CLAIM_BY] {
			go_to(block);
			assert_noop!(expire(id), Error::<Test>::NotExpirable);
		}
		go_to(CLAIM_BY + 1);
		assert_ok!(expire(id));
		assert_eq!(free(REQUESTER), INITIAL_BALANCE);
		assert!(!Jobs::<Test>::contains_key(id));
		assert_eq!(ModelsPallet::open_jobs(MODEL, VERSION), Some(0));
		System::assert_last_event(
			Event::Refunded { job: id, requester: REQUESTER, amount: PRICE, bounty: 0 }.into(),
		);
		assert_noop!(expire(id), Error::<Test>::UnknownJob);
	});
}

#[test]
fn an_overdue_claim_is_forfeited_and_the_job_reopened() {
	build_and_execute(|| {
		let id = claimed();
		let requester = free(REQUESTER);
		let issuance = Balances::total_issuance();
		for block in [1, PROVING_PERIOD, 1 + PROVING_PERIOD] {
			go_to(block);
			assert_noop!(expire(id), Error::<Test>::NotExpirable);
		}
		go_to(1 + PROVING_PERIOD + 1);
		assert_ok!(expire(id));

		assert_eq!(job(id).state, State::Open);
		assert_eq!(free(REQUESTER), requester);
		assert_eq!(held(EscrowReason::get(), REQUESTER), PRICE + BOUNTY);
		assert_eq!(Balances::total_issuance(), issuance - (JOB_BOND - BOUNTY));
		assert_eq!(held(BondReason::get(), WORKER), BOND - JOB_BOND);
		assert_eq!(WorkersPallet::obligations(&WORKER), Default::default());
		assert_eq!(WorkersPallet::reputation(WORKER).failed, 1);
		assert_eq!(
			events()[2..],
			[
				Event::Forfeited {
					job: id,
					worker: WORKER,
					bounty: BOUNTY,
					burnt: JOB_BOND - BOUNTY,
				},
				Event::Reopened { job: id },
			]
		);
		assert_noop!(expire(id), Error::<Test>::NotExpirable);
		assert_ok!(JobsPallet::claim(signed(RIVAL), id));
		assert_ok!(submit(id, RIVAL));
	});
}

#[test]
fn an_overdue_claim_after_which_none_fits_ends_the_job() {
	// Up to the last block in which a claim fits, the job is open again; then it ends.
	for (block, ends) in [(CLAIM_BY - 1, false), (CLAIM_BY, false), (CLAIM_BY + 1, true)] {
		build_and_execute(|| {
			let id = claimed();
			let deposit = deposit_of(id);
			go_to(block);
			assert_ok!(expire(id));
			assert_eq!(Jobs::<Test>::contains_key(id), !ends);
			let still_held = if ends { 0 } else { PRICE + deposit + BOUNTY };
			assert_eq!(free(REQUESTER), INITIAL_BALANCE + BOUNTY - still_held);
			assert_eq!(held(BondReason::get(), WORKER), BOND - JOB_BOND);
		});
	}
}

#[test]
fn each_claim_in_turn_costs_its_bond() {
	build_and_execute(|| {
		let id = claimed();
		go_to(12);
		assert_ok!(JobsPallet::claim(signed(RIVAL), id));
		go_to(23);
		assert_ok!(expire(id));
		assert_eq!(free(REQUESTER), INITIAL_BALANCE + 2 * BOUNTY);
		for worker in [WORKER, RIVAL] {
			assert_eq!(held(BondReason::get(), worker), BOND - JOB_BOND);
		}
		assert!(!Jobs::<Test>::contains_key(id));
	});
}

#[test]
fn the_requester_may_be_the_worker_that_fails() {
	build_and_execute(|| {
		let id = Opening { who: WORKER, ..Default::default() }.open();
		assert_ok!(JobsPallet::claim(signed(WORKER), id));
		go_to(CLAIM_BY + 1);
		assert_ok!(expire(id));
		assert_eq!(free(WORKER), INITIAL_BALANCE - BOND + BOUNTY);
		assert_eq!(held(BondReason::get(), WORKER), BOND - JOB_BOND);
		assert_eq!(WorkersPallet::reputation(WORKER).failed, 1);
	});
}

#[test]
fn what_does_not_exist_cannot_expire() {
	build_and_execute(|| {
		assert_noop!(expire(JobId(0)), Error::<Test>::UnknownJob);
		assert_noop!(
			JobsPallet::expire(RuntimeOrigin::root(), JobId(0)),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}

mod under_a_frozen_circuit {
	use super::*;

	#[test]
	fn a_claim_ends_without_loss_when_one_of_the_two_wants_it() {
		for (who, block) in [
			(WORKER, 1),
			(REQUESTER, 1 + PROVING_PERIOD),
			(WORKER, 2 + PROVING_PERIOD),
			(REQUESTER, DEADLINE + 1),
		] {
			build_and_execute(|| {
				let id = claimed();
				freeze();
				go_to(block);
				assert_noop!(expire(id), Error::<Test>::NotExpirable);
				assert_ok!(JobsPallet::expire(signed(who), id));
				assert_eq!(free(REQUESTER), INITIAL_BALANCE);
				assert_eq!(free(WORKER), INITIAL_BALANCE - BOND);
				assert_eq!(held(BondReason::get(), WORKER), BOND);
				assert_eq!(WorkersPallet::obligations(&WORKER), Default::default());
				let reputation = WorkersPallet::reputation(WORKER);
				assert_eq!((reputation.excused, reputation.failed), (1, 0));
				assert_eq!(
					events()[2..],
					[
						Event::Excused { job: id, worker: WORKER },
						Event::Refunded { job: id, requester: REQUESTER, amount: PRICE, bounty: 0 },
					]
				);
			});
		}
	}

	#[test]
	fn a_claim_that_was_overdue_before_is_not_excused() {
		build_and_execute(|| {
			let id = claimed();
			go_to(2 + PROVING_PERIOD);
			freeze();
			assert_ok!(expire(id));
			assert_eq!(WorkersPallet::reputation(WORKER).failed, 1);
			assert_eq!(free(REQUESTER), INITIAL_BALANCE + BOUNTY);
			assert!(!Jobs::<Test>::contains_key(id));
		});
	}

	#[test]
	fn an_open_job_waits() {
		build_and_execute(|| {
			let id = open();
			freeze();
			go_to(DEADLINE + 100);
			assert_noop!(expire(id), Error::<Test>::NotExpirable);
			unfreeze();
			assert_noop!(expire(id), Error::<Test>::NotExpirable);
			assert_ok!(JobsPallet::claim(signed(WORKER), id));
		});
	}
}
