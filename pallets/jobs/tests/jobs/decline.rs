// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok};
use pallet_jobs::{Error, Event, Jobs, State};

fn decline(id: JobId) -> sp_runtime::DispatchResult {
	JobsPallet::decline(signed(WORKER), id)
}

#[test]
fn a_claim_is_handed_back_for_a_small_penalty_and_the_job_reopened() {
	build_and_execute(|| {
		let id = claimed();
		let (requester, issuance) = (free(REQUESTER), Balances::total_issuance());
		assert_eq!(JobsPallet::decline_penalty(id), Some(PENALTY));
		assert_ok!(decline(id));

		assert_eq!(job(id).state, State::Open);
		assert_eq!(JobsPallet::decline_penalty(id), None);
		assert_eq!(held(BondReason::get(), WORKER), BOND - PENALTY);
		assert_eq!(Balances::total_issuance(), issuance - PENALTY);
		assert_eq!(free(REQUESTER), requester);
		assert_eq!(WorkersPallet::obligations(&WORKER), Default::default());
		let reputation = WorkersPallet::reputation(WORKER);
		assert_eq!((reputation.declined, reputation.failed), (1, 0));
		assert_eq!(
			events()[2..],
			[
				Event::Declined { job: id, worker: WORKER, burnt: PENALTY },
				Event::Reopened { job: id },
			]
		);
		assert_ok!(JobsPallet::claim(signed(RIVAL), id));
		assert_ok!(submit(id, RIVAL));
	});
}

#[test]
fn the_penalty_grows_with_the_time_that_was_taken_up_to_the_whole_bond() {
	// In the block of the claim, after a third of the period and so on; 201 rounded up.
	for (block, penalty) in [(1, 11), (2, 21), (4, 61), (6, 101), (10, 181), (11, 201)] {
		build_and_execute(|| {
			let id = claimed();
			go_to(block);
			assert_eq!(JobsPallet::decline_penalty(id), Some(penalty));
			assert_ok!(decline(id));
			assert_eq!(held(BondReason::get(), WORKER), BOND - penalty, "in block {block}");
		});
	}
}

#[test]
fn blocks_that_do_not_count_cost_nothing() {
	build_and_execute(|| {
		let id = claimed();
		pass_full_blocks(PROVING_PERIOD);
		assert_eq!(JobsPallet::decline_penalty(id), Some(PENALTY));
	});
}

#[test]
fn a_job_into_which_no_claim_fits_any_more_ends() {
	build_and_execute(|| {
		let id = open();
		go_to(CLAIM_BY);
		assert_ok!(JobsPallet::claim(signed(WORKER), id));
		go_to(CLAIM_BY + 1);
		assert_ok!(decline(id));
		assert!(!Jobs::<Test>::contains_key(id));
		assert_eq!(free(REQUESTER), INITIAL_BALANCE);
		System::assert_last_event(
			Event::Refunded { job: id, requester: REQUESTER, amount: PRICE, bounty: 0 }.into(),
		);
	});
}

mod reject {
	use super::*;

	#[test]
	fn what_is_not_the_signers_claim() {
		build_and_execute(|| {
			assert_noop!(decline(JobId(0)), Error::<Test>::UnknownJob);
			let id = open();
			assert_noop!(decline(id), Error::<Test>::NotClaimed);
			assert_ok!(JobsPallet::claim(signed(RIVAL), id));
			assert_noop!(decline(id), Error::<Test>::NotClaimant);
			assert_noop!(
				JobsPallet::decline(RuntimeOrigin::root(), id),
				sp_runtime::DispatchError::BadOrigin
			);
		});
	}

	#[test]
	fn a_claim_that_is_overdue_which_costs_the_whole_bond() {
		build_and_execute(|| {
			let id = claimed();
			go_to(2 + PROVING_PERIOD);
			assert_noop!(decline(id), Error::<Test>::DeadlinePassed);
		});
	}

	#[test]
	fn a_claim_under_a_frozen_circuit_which_ends_without_loss() {
		build_and_execute(|| {
			let id = claimed();
			freeze();
			assert_noop!(decline(id), Error::<Test>::FrozenCircuit);
			assert_ok!(JobsPallet::expire(signed(WORKER), id));
			assert_eq!(held(BondReason::get(), WORKER), BOND);
		});
	}
}
