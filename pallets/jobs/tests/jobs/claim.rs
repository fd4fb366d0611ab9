// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok};
use pallet_jobs::{Claim, Error, Event, State, Who};
use pallet_workers::{Reputations, Workers};
use sp_runtime::Permill;

#[test]
fn a_claim_locks_the_bond_for_a_whole_proving_period() {
	build_and_execute(|| {
		let id = open();
		go_to(5);
		assert_ok!(JobsPallet::claim(signed(WORKER), id));
		let claim =
			Claim { worker: WORKER, until: 5 + PROVING_PERIOD, price: PRICE, bond: JOB_BOND };
		assert_eq!(job(id).state, State::Claimed(claim));
		assert_eq!(WorkersPallet::obligations(&WORKER), Obligations { jobs: 1, locked: JOB_BOND });
		System::assert_last_event(
			Event::Claimed { job: id, worker: WORKER, until: 15, price: PRICE, bond: JOB_BOND }
				.into(),
		);
	});
}

#[test]
fn the_bond_is_the_share_rounded_up_or_the_minimum() {
	build_and_execute(|| {
		for (price, bond) in [(249, 50), (250, 50), (251, 51), (1_001, 201)] {
			let id = Opening { price, ..Default::default() }.open();
			assert_ok!(JobsPallet::claim(signed(WORKER), id));
			let State::Claimed(claim) = job(id).state else { panic!("claimed") };
			assert_eq!(claim.bond, bond, "price {price}");
		}
	});
}

#[test]
fn the_proving_period_must_fit_before_the_deadline() {
	build_and_execute(|| {
		let (early, exact, late) = (open(), open(), open());
		go_to(CLAIM_BY - 1);
		assert_ok!(JobsPallet::claim(signed(WORKER), early));
		go_to(CLAIM_BY);
		assert_ok!(JobsPallet::claim(signed(WORKER), exact));
		go_to(CLAIM_BY + 1);
		assert_noop!(JobsPallet::claim(signed(WORKER), late), Error::<Test>::TooLateToClaim);
	});
}

#[test]
fn a_job_that_does_not_exist_cannot_be_claimed() {
	build_and_execute(|| {
		assert_noop!(JobsPallet::claim(signed(WORKER), JobId(0)), Error::<Test>::UnknownJob);
	});
}

#[test]
fn a_frozen_circuit_allows_no_claim() {
	build_and_execute(|| {
		let id = open();
		freeze();
		assert_noop!(JobsPallet::claim(signed(WORKER), id), Error::<Test>::FrozenCircuit);
	});
}

mod eligibility {
	use super::*;

	#[test]
	fn only_workers_claim() {
		build_and_execute(|| {
			let id = open();
			assert_noop!(JobsPallet::claim(signed(STRANGER), id), Error::<Test>::NotRegistered);
		});
	}

	#[test]
	fn the_unlocked_bond_must_suffice() {
		build_and_execute(|| {
			// 20 % of 50_000 is the whole bond.
			let whole = Opening { price: 5 * BOND, ..Default::default() }.open();
			let more = Opening { price: 5 * BOND + 1, ..Default::default() }.open();
			let another = open();
			assert_noop!(JobsPallet::claim(signed(WORKER), more), Error::<Test>::InsufficientBond);
			assert_ok!(JobsPallet::claim(signed(WORKER), whole));
			assert_noop!(
				JobsPallet::claim(signed(WORKER), another),
				Error::<Test>::InsufficientBond
			);
		});
	}

	#[test]
	fn a_bond_below_the_minimum_must_be_topped_up() {
		build_and_execute(|| {
			let id = Opening { price: 5 * BOND, ..Default::default() }.open();
			assert_ok!(JobsPallet::claim(signed(WORKER), id));
			go_to(1 + PROVING_PERIOD + 1);
			assert_ok!(JobsPallet::expire(signed(STRANGER), id));
			assert_eq!(WorkersPallet::worker(WORKER).unwrap().bond, 0);
			let id = Opening { deadline: 50, ..Default::default() }.open();
			assert_noop!(JobsPallet::claim(signed(WORKER), id), Error::<Test>::BondBelowMinimum);
			assert_ok!(WorkersPallet::bond_more(signed(WORKER), MIN_BOND));
			assert_ok!(JobsPallet::claim(signed(WORKER), id));
		});
	}

	#[test]
	fn the_score_must_reach_what_the_requester_demands() {
		build_and_execute(|| {
			let id =
				Opening { min_reputation: Permill::from_percent(50), ..Default::default() }.open();
			let good = |good| {
				Reputations::<Test>::mutate(WORKER, |record| {
					let record = record.as_mut().unwrap();
					record.outcomes.settled = 1;
					record.evidence.good = good;
				});
			};
			good(PRIOR - 1);
			assert_noop!(JobsPallet::claim(signed(WORKER), id), Error::<Test>::ReputationTooLow);
			good(PRIOR);
			assert_ok!(JobsPallet::claim(signed(WORKER), id));
		});
	}

	/// What counts is the score in the block of the claim.
	#[test]
	fn a_score_that_has_faded_is_not_enough() {
		build_and_execute(|| {
			let first = Opening { price: 10_000, ..Default::default() }.open();
			assert_ok!(JobsPallet::claim(signed(WORKER), first));
			assert_ok!(submit(first, WORKER));
			let id =
				Opening { min_reputation: Permill::from_percent(50), ..Default::default() }.open();
			assert_ok!(JobsPallet::can_claim(id, WORKER));
			go_to(EPOCH_LENGTH);
			assert_noop!(JobsPallet::claim(signed(WORKER), id), Error::<Test>::ReputationTooLow);
		});
	}

	#[test]
	fn open_jobs_are_counted_up_to_a_limit() {
		build_and_execute(|| {
			let id = open();
			let set = |open_jobs| {
				Workers::<Test>::mutate(WORKER, |worker| {
					worker.as_mut().unwrap().open_jobs = open_jobs
				});
			};
			set(u32::MAX);
			assert_noop!(JobsPallet::claim(signed(WORKER), id), Error::<Test>::TooManyOpenJobs);
			set(0);
		});
	}
}

mod named_workers {
	use super::*;

	#[test]
	fn claim_and_nobody_else() {
		build_and_execute(|| {
			let only = Opening { who_may_claim: named(&[RIVAL]), ..Default::default() }.open();
			let both = Opening { who_may_claim: named(&[RIVAL, WORKER]), ..Default::default() };
			let both = both.open();
			assert_noop!(JobsPallet::claim(signed(WORKER), only), Error::<Test>::NotNamed);
			assert_ok!(JobsPallet::claim(signed(RIVAL), only));
			assert_ok!(JobsPallet::claim(signed(WORKER), both));
			assert_ok!(submit(only, RIVAL));
			assert_ok!(submit(both, WORKER));
		});
	}

	#[test]
	fn take_over_from_one_another_and_nobody_else_does() {
		build_and_execute(|| {
			let id = Opening { who_may_claim: named(&[WORKER, STRANGER]), ..Default::default() };
			let id = id.open();
			assert_ok!(JobsPallet::claim(signed(WORKER), id));
			go_to(12);
			assert_noop!(JobsPallet::claim(signed(RIVAL), id), Error::<Test>::NotNamed);
			assert_ok!(WorkersPallet::register(signed(STRANGER), BOND, Default::default()));
			assert_ok!(JobsPallet::claim(signed(STRANGER), id));
			assert_ok!(submit(id, STRANGER));
		});
	}

	#[test]
	fn must_be_workers_when_they_claim_and_not_before() {
		build_and_execute(|| {
			let id = Opening { who_may_claim: named(&[STRANGER]), ..Default::default() }.open();
			assert_noop!(JobsPallet::claim(signed(STRANGER), id), Error::<Test>::NotRegistered);
			assert_ok!(WorkersPallet::register(signed(STRANGER), BOND, Default::default()));
			assert_ok!(JobsPallet::claim(signed(STRANGER), id));
		});
	}

	/// Names that never claim lock nobody's money for longer than the job's own time, and hold no version.
	#[test]
	fn who_never_claim_keep_neither_the_price_nor_the_version() {
		build_and_execute(|| {
			let before = free(REQUESTER);
			let nobody = || Opening { who_may_claim: named(&[77, 78]), ..Default::default() };
			assert_ok!(JobsPallet::cancel(signed(REQUESTER), nobody().open()));
			assert_eq!(free(REQUESTER), before);

			let id = nobody().open();
			assert_ok!(ModelsPallet::deprecate(signed(OWNER), MODEL, VERSION));
			go_to(CLAIM_BY);
			assert_noop!(JobsPallet::expire(signed(STRANGER), id), Error::<Test>::NotExpirable);
			assert!(ModelsPallet::remove_version(signed(OWNER), MODEL, VERSION).is_err());
			go_to(CLAIM_BY + 1);
			assert_ok!(JobsPallet::expire(signed(STRANGER), id));
			assert_eq!(free(REQUESTER), before);
			assert_ok!(ModelsPallet::remove_version(signed(OWNER), MODEL, VERSION));
		});
	}

	/// Being named brings a score no cheaper than a job for anyone does, and none to whoever names itself.
	#[test]
	fn buy_no_score_for_less() {
		build_and_execute(|| {
			let of_job = |who_may_claim, requester, worker| {
				let opening = Opening { who_may_claim, who: requester, ..Default::default() };
				let (before, issuance) =
					(WorkersPallet::reputation(worker), Balances::total_issuance());
				let id = opening.open();
				assert_ok!(JobsPallet::claim(signed(worker), id));
				assert_ok!(submit(id, worker));
				let after = WorkersPallet::reputation(worker);
				let gained = after.score.deconstruct() - before.score.deconstruct();
				(gained, issuance - Balances::total_issuance())
			};
			let open_to_all = of_job(Who::Anyone, REQUESTER, WORKER);
			assert_eq!(of_job(named(&[RIVAL]), REQUESTER, RIVAL), open_to_all);
			assert!(open_to_all.0 > 0 && open_to_all.1 == FEE);
			assert_eq!(of_job(named(&[WORKER]), WORKER, WORKER), (0, FEE));
		});
	}
}

mod taking_over {
	use super::*;

	#[test]
	fn not_before_the_claim_is_overdue() {
		build_and_execute(|| {
			let id = claimed();
			for block in [1, PROVING_PERIOD, 1 + PROVING_PERIOD] {
				go_to(block);
				assert_noop!(JobsPallet::claim(signed(RIVAL), id), Error::<Test>::AlreadyClaimed);
			}
			go_to(1 + PROVING_PERIOD + 1);
			assert_ok!(JobsPallet::claim(signed(RIVAL), id));
		});
	}

	#[test]
	fn the_previous_claimant_forfeits_its_bond() {
		build_and_execute(|| {
			let id = claimed();
			let requester = free(REQUESTER);
			let issuance = Balances::total_issuance();
			go_to(12);
			assert_ok!(JobsPallet::claim(signed(RIVAL), id));

			assert_eq!(free(REQUESTER), requester);
			assert_eq!(held(EscrowReason::get(), REQUESTER), PRICE + BOUNTY);
			assert_eq!(Balances::total_issuance(), issuance - (JOB_BOND - BOUNTY));
			assert_eq!(held(BondReason::get(), WORKER), BOND - JOB_BOND);
			assert_eq!(WorkersPallet::obligations(&WORKER), Default::default());
			assert_eq!(WorkersPallet::reputation(WORKER).failed, 1);
			assert_eq!(
				job(id).state,
				State::Claimed(Claim { worker: RIVAL, until: 22, price: PRICE, bond: JOB_BOND })
			);
			assert_eq!(
				events()[2..],
				[
					Event::Forfeited {
						job: id,
						worker: WORKER,
						bounty: BOUNTY,
						burnt: JOB_BOND - BOUNTY,
					},
					Event::Claimed {
						job: id,
						worker: RIVAL,
						until: 22,
						price: PRICE,
						bond: JOB_BOND
					},
				]
			);
			// Too late for the first one, in time for the second.
			assert_noop!(submit(id, WORKER), Error::<Test>::NotClaimant);
			assert_ok!(submit(id, RIVAL));
		});
	}

	#[test]
	fn not_by_the_previous_claimant_itself() {
		build_and_execute(|| {
			let id = claimed();
			go_to(12);
			assert_noop!(JobsPallet::claim(signed(WORKER), id), Error::<Test>::OwnClaimOverdue);
			assert_ok!(JobsPallet::expire(signed(WORKER), id));
			assert_ok!(JobsPallet::claim(signed(WORKER), id));
		});
	}

	#[test]
	fn not_when_the_proving_period_does_not_fit() {
		build_and_execute(|| {
			let id = claimed();
			go_to(CLAIM_BY + 1);
			assert_noop!(JobsPallet::claim(signed(RIVAL), id), Error::<Test>::TooLateToClaim);
			go_to(CLAIM_BY);
			assert_ok!(JobsPallet::claim(signed(RIVAL), id));
		});
	}

	#[test]
	fn a_rival_that_is_not_eligible_leaves_everything_as_it_was() {
		build_and_execute(|| {
			let id = claimed();
			go_to(12);
			assert_noop!(JobsPallet::claim(signed(STRANGER), id), Error::<Test>::NotRegistered);
		});
	}
}
