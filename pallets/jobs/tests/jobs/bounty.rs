// SPDX-License-Identifier: Apache-2.0

//! What workers that let their time pass leave: for whoever answers, or else for the requester.

use crate::common::*;
use frame_support::{
	assert_noop, assert_ok,
	traits::{LockableCurrency, WithdrawReasons},
};
use pallet_jobs::{Error, Event, State};

/// The first block in which [`claimed`] is overdue.
const OVERDUE: u64 = 2 + PROVING_PERIOD;

/// A job whose first claimant, the worker, has let its time pass, and which the rival has taken over.
fn taken_over() -> JobId {
	let id = claimed();
	go_to(OVERDUE);
	assert_ok!(JobsPallet::claim(signed(RIVAL), id));
	id
}

/// The bounty that the last event tells, of a job that has ended.
fn told() -> u128 {
	match events().pop() {
		Some(Event::Settled { bounty, .. } | Event::Refunded { bounty, .. }) => bounty,
		other => panic!("{other:?}"),
	}
}

#[test]
fn whoever_answers_gets_it_beside_the_payout() {
	build_and_execute(|| {
		let id = taken_over();
		assert_eq!(job(id).bounty, BOUNTY);
		let (issuance, owner, requester) =
			(Balances::total_issuance(), free(OWNER), free(REQUESTER) + deposit_of(id));
		assert_ok!(submit(id, RIVAL));
		assert_eq!(told(), BOUNTY);
		assert_eq!(free(RIVAL), INITIAL_BALANCE - BOND + PAYOUT + BOUNTY);
		assert_eq!(WorkersPallet::reputation(RIVAL).earned, PAYOUT + BOUNTY);
		assert_eq!(held(EscrowReason::get(), REQUESTER), 0);
		// Of it, the owner gets nothing, and nothing more is burnt.
		assert_ok!(collect(MODEL));
		assert_eq!(free(OWNER), owner + ROYALTY);
		assert_eq!(free(REQUESTER), requester);
		assert_eq!(Balances::total_issuance(), issuance - FEE);
	});
}

#[test]
fn it_is_for_the_answer_up_to_the_last_block_of_the_job_and_then_the_requesters() {
	for (block, answers) in [(DEADLINE - 1, true), (DEADLINE, true), (DEADLINE + 1, false)] {
		build_and_execute(|| {
			let id = claimed();
			go_to(CLAIM_BY);
			assert_ok!(JobsPallet::claim(signed(RIVAL), id));
			go_to(block);
			if answers {
				assert_ok!(submit(id, RIVAL));
				assert_eq!(told(), BOUNTY);
				assert_eq!(free(RIVAL), INITIAL_BALANCE - BOND + PAYOUT + BOUNTY);
				assert_eq!(free(REQUESTER), INITIAL_BALANCE - PRICE);
			} else {
				assert_noop!(submit(id, RIVAL), Error::<Test>::DeadlinePassed);
				assert_ok!(JobsPallet::expire(signed(STRANGER), id));
				// The second claimant has left as much.
				assert_eq!(told(), 2 * BOUNTY);
				assert_eq!(free(REQUESTER), INITIAL_BALANCE + 2 * BOUNTY);
			}
		});
	}
}

#[test]
fn the_requester_gets_it_with_the_price_however_the_job_ends_without_an_answer() {
	type End = fn(JobId);
	let ends: [End; 4] = [
		// Nobody claims it any more.
		|id| {
			assert_ok!(JobsPallet::expire(signed(STRANGER), id));
			go_to(CLAIM_BY + 1);
			assert_ok!(JobsPallet::expire(signed(STRANGER), id));
		},
		|id| {
			assert_ok!(JobsPallet::expire(signed(STRANGER), id));
			assert_ok!(JobsPallet::cancel(signed(REQUESTER), id));
		},
		// The second claimant is released.
		|id| {
			assert_ok!(JobsPallet::claim(signed(RIVAL), id));
			freeze();
			assert_ok!(JobsPallet::expire(signed(RIVAL), id));
			unfreeze();
		},
		// It hands back when no further claim fits.
		|id| {
			go_to(CLAIM_BY);
			assert_ok!(JobsPallet::claim(signed(RIVAL), id));
			go_to(CLAIM_BY + 1);
			assert_ok!(JobsPallet::decline(signed(RIVAL), id));
		},
	];
	for end in ends {
		build_and_execute(|| {
			let id = claimed();
			go_to(OVERDUE);
			end(id);
			assert_eq!(told(), BOUNTY);
			assert_eq!(free(REQUESTER), INITIAL_BALANCE + BOUNTY);
			assert_eq!(held(EscrowReason::get(), REQUESTER), 0);
		});
	}
}

#[test]
fn each_claim_that_is_let_pass_adds_to_it_and_one_that_is_handed_back_does_not() {
	build_and_execute(|| {
		assert_ok!(WorkersPallet::register(signed(STRANGER), BOND, Default::default()));
		let id = Opening { deadline: 100, ..Default::default() }.open();
		for (claimant, bounty) in [(WORKER, 0), (RIVAL, BOUNTY), (STRANGER, 2 * BOUNTY)] {
			assert_ok!(JobsPallet::claim(signed(claimant), id));
			assert_eq!(job(id).bounty, bounty);
			go_to(System::block_number() + PROVING_PERIOD + 1);
		}
		assert_ok!(JobsPallet::claim(signed(RIVAL), id));
		assert_ok!(JobsPallet::decline(signed(RIVAL), id));
		assert_eq!((job(id).bounty, job(id).state), (3 * BOUNTY, State::Open));
		assert_ok!(JobsPallet::claim(signed(WORKER), id));
		assert_ok!(submit(id, WORKER));
		assert_eq!(told(), 3 * BOUNTY);
		assert_eq!(free(WORKER), INITIAL_BALANCE - BOND + PAYOUT + 3 * BOUNTY);
	});
}

#[test]
fn it_is_no_more_than_the_bound_whatever_the_bond() {
	build_and_execute(|| {
		let id = Opening { price: 5 * BOND, ..Default::default() }.open();
		assert_ok!(JobsPallet::claim(signed(WORKER), id));
		let issuance = Balances::total_issuance();
		go_to(OVERDUE);
		assert_ok!(JobsPallet::expire(signed(STRANGER), id));
		assert_eq!(job(id).bounty, MAX_BOUNTY);
		assert_eq!(Balances::total_issuance(), issuance - (BOND - MAX_BOUNTY));
	});
}

#[test]
fn a_batch_pays_it_with_the_answer_that_it_is_for() {
	build_and_execute(|| {
		let id = taken_over();
		let deadline = OVERDUE + 2 * PROVING_PERIOD;
		let others = [RIVAL, WORKER].map(|worker| {
			let id = Opening { deadline, ..Default::default() }.open();
			assert_ok!(JobsPallet::claim(signed(worker), id));
			id
		});
		let answers = [others[0], id, others[1]].map(answer);
		System::reset_events();
		assert_ok!(submit_batch(STRANGER, &answers));
		let bounties: Vec<_> = events()
			.into_iter()
			.map(|event| match event {
				Event::Settled { job, bounty, .. } => (job, bounty),
				other => panic!("{other:?}"),
			})
			.collect();
		assert_eq!(bounties, [(others[0], 0), (id, BOUNTY), (others[1], 0)]);
		assert_eq!(free(RIVAL), INITIAL_BALANCE - BOND + 2 * PAYOUT + BOUNTY);
		assert_eq!(free(WORKER), INITIAL_BALANCE - BOND + PAYOUT);
		assert_eq!(WorkersPallet::reputation(RIVAL).earned, 2 * PAYOUT + BOUNTY);
	});
}

mod nobody_gains {
	use super::*;

	/// What some accounts own together.
	fn wealth(accounts: &[AccountId]) -> u128 {
		use frame_support::traits::fungible::Inspect;
		accounts.iter().map(Balances::total_balance).sum()
	}

	/// What they own less after a job that the worker lets pass and the rival answers than after one
	/// that the rival answers at once.
	fn loss(accounts: &[AccountId], requester: AccountId) -> u128 {
		let [at_once, taken_over] = [false, true].map(|lets_pass| {
			let mut after = 0;
			build_and_execute(|| {
				let id = Opening { who: requester, ..Default::default() }.open();
				if lets_pass {
					assert_ok!(JobsPallet::claim(signed(WORKER), id));
					go_to(OVERDUE);
				}
				assert_ok!(JobsPallet::claim(signed(RIVAL), id));
				assert_ok!(submit(id, RIVAL));
				after = wealth(accounts);
			});
			after
		});
		at_once - taken_over
	}

	#[test]
	fn who_lets_a_claim_pass_and_answers_with_another_account() {
		assert_eq!(loss(&[WORKER, RIVAL], REQUESTER), JOB_BOND - BOUNTY);
	}

	#[test]
	fn who_is_the_requester_as_well() {
		assert_eq!(loss(&[WORKER, RIVAL, REQUESTER], REQUESTER), JOB_BOND - BOUNTY);
		assert_eq!(loss(&[WORKER, RIVAL], WORKER), JOB_BOND - BOUNTY);
		assert_eq!(loss(&[WORKER, RIVAL], RIVAL), JOB_BOND - BOUNTY);
	}
}

mod nobody_holds_up_the_job {
	use super::*;

	#[test]
	fn a_lock_on_the_requester() {
		build_and_execute(|| {
			let id = claimed();
			Balances::set_lock(*b"locked!!", &REQUESTER, u128::MAX, WithdrawReasons::all());
			go_to(OVERDUE);
			assert_ok!(JobsPallet::claim(signed(RIVAL), id));
			assert_ok!(submit(id, RIVAL));
			assert_eq!(free(RIVAL), INITIAL_BALANCE - BOND + PAYOUT + BOUNTY);
		});
	}

	/// It cannot receive less than the existential deposit; what it can receive, it can hold.
	#[test]
	fn a_requester_with_nothing_but_its_escrow() {
		for (receives, bounty) in [(true, MIN_JOB_BOND / 2), (false, 0)] {
			build_and_execute(|| {
				let id = Opening { price: MIN_PRICE, ..Default::default() }.open();
				assert_ok!(JobsPallet::claim(signed(WORKER), id));
				if !receives {
					// As if the bond were smaller: its half is below the existential deposit.
					lower_bond(id, 2 * EXISTENTIAL_DEPOSIT - 1);
				}
				empty(REQUESTER);
				let issuance = Balances::total_issuance();
				go_to(OVERDUE);
				assert_ok!(JobsPallet::claim(signed(RIVAL), id));
				assert_eq!(job(id).bounty, bounty);
				assert_eq!(free(REQUESTER), 0);
				let bond = if receives { MIN_JOB_BOND } else { 2 * EXISTENTIAL_DEPOSIT - 1 };
				assert_eq!(Balances::total_issuance(), issuance - (bond - bounty));
				assert_ok!(submit(id, RIVAL));
				assert_eq!(told(), bounty);
			});
		}
	}

	/// Makes the worker's bond on its only job so much, in all records.
	fn lower_bond(id: JobId, bond: u128) {
		pallet_jobs::Jobs::<Test>::mutate(id, |job| {
			let State::Claimed(claim) = &mut job.as_mut().unwrap().state else { panic!("claimed") };
			claim.bond = bond;
		});
		pallet_workers::Workers::<Test>::mutate(WORKER, |worker| {
			worker.as_mut().unwrap().locked = bond;
		});
	}
}
