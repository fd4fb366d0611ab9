// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_ok, assert_storage_noop};
use pallet_jobs::{Claimable, Error, JobStatus, NextAction, NextJobId, Quote, SetupDemand};
use sp_runtime::Permill;

#[test]
fn a_quote_is_what_is_paid() {
	build_and_execute(|| {
		assert_eq!(
			JobsPallet::quote(MODEL, VERSION, PRICE),
			Ok(Quote {
				payout: PAYOUT,
				royalty: ROYALTY,
				fee: FEE,
				bond: JOB_BOND,
				setup: SetupDemand::Ceremony
			})
		);
	});
}

#[test]
fn a_quote_refuses_what_opening_would() {
	build_and_execute(|| {
		assert_eq!(
			JobsPallet::quote(ModelId(7), VERSION, PRICE),
			Err(Error::<Test>::UnknownModel.into())
		);
		assert_eq!(
			JobsPallet::quote(MODEL, VERSION, MIN_PRICE - 1),
			Err(Error::<Test>::PriceTooLow.into())
		);
		register_model(2, Permill::one());
		assert_eq!(
			JobsPallet::quote(ModelId(1), VERSION, PRICE),
			Err(Error::<Test>::PayoutTooLow.into())
		);
		assert_ok!(ModelsPallet::deprecate(signed(OWNER), MODEL, VERSION));
		assert_eq!(
			JobsPallet::quote(MODEL, VERSION, PRICE),
			Err(Error::<Test>::DeprecatedVersion.into())
		);
	});
}

#[test]
fn a_claim_can_be_tried_without_effect() {
	build_and_execute(|| {
		let id = open();
		assert_storage_noop!(assert_ok!(JobsPallet::can_claim(id, WORKER)));
		for (who, error) in
			[(STRANGER, Error::<Test>::NotRegistered), (WORKER, Error::<Test>::TooLateToClaim)]
		{
			go_to(if who == WORKER { CLAIM_BY + 1 } else { 1 });
			let refused = Err(error.into());
			assert_eq!(JobsPallet::can_claim(id, who), refused);
			assert_eq!(JobsPallet::claim(signed(who), id), refused);
		}
		assert_eq!(JobsPallet::can_claim(JobId(9), WORKER), Err(Error::<Test>::UnknownJob.into()));
	});
}

#[test]
fn the_jobs_that_a_worker_could_claim_are_told_in_pages() {
	build_and_execute(|| {
		let claimable = |who, from| JobsPallet::claimable(who, JobId(from));
		let page = |jobs: &[JobId], next| Claimable { jobs: jobs.to_vec(), next };
		assert_eq!(claimable(WORKER, 0), page(&[], None));
		let for_all = open();
		let for_rival = Opening { who_may_claim: named(&[RIVAL]), ..Default::default() }.open();
		assert_eq!(claimable(WORKER, 0), page(&[for_all], None));
		assert_eq!(claimable(RIVAL, 0), page(&[for_all, for_rival], None));
		assert_eq!(claimable(STRANGER, 0), page(&[], None));
		assert_eq!(JobsPallet::can_claim(for_rival, WORKER), Err(Error::<Test>::NotNamed.into()));
		assert_ok!(JobsPallet::claim(signed(RIVAL), for_all));
		assert_eq!(claimable(WORKER, 0), page(&[], None));

		let last = JobId(for_rival.0 + 1_024);
		NextJobId::<Test>::put(last);
		Opening::default().open();
		assert_eq!(claimable(WORKER, 1), page(&[], Some(last)));
		assert_eq!(claimable(WORKER, last.0), page(&[last], None));
		assert_eq!(claimable(WORKER, u64::MAX), page(&[], None));
	});
}

#[test]
fn an_answer_can_be_tried_without_effect_and_fails_as_the_call_would() {
	build_and_execute(|| {
		let id = claimed();
		let proof = prove(id, WORKER, &output());
		let can_submit = |who, output, proof| JobsPallet::can_submit(id, who, output, proof);
		assert_storage_noop!(assert_ok!(can_submit(WORKER, output(), proof.clone())));
		let mut other = output();
		other[0] ^= 1;
		for (who, output, error) in [
			(RIVAL, output(), Error::<Test>::NotClaimant),
			(WORKER, other, Error::<Test>::InvalidProof),
			(WORKER, Default::default(), Error::<Test>::WrongOutputLength),
		] {
			let refused = Err(error.into());
			assert_eq!(can_submit(who, output.clone(), proof.clone()), refused);
			assert_eq!(submit_with(who, id, output, proof.clone()), refused);
		}
		go_to(2 + PROVING_PERIOD);
		assert_eq!(
			can_submit(WORKER, output(), proof.clone()),
			Err(Error::<Test>::DeadlinePassed.into())
		);
		assert_eq!(
			JobsPallet::can_submit(JobId(9), WORKER, output(), proof),
			Err(Error::<Test>::UnknownJob.into())
		);
	});
}

#[test]
fn status_and_next_action_follow_a_jobs_life() {
	build_and_execute(|| {
		let expect = |id, status, action| {
			assert_eq!(JobsPallet::job_status(id), status);
			assert_eq!(JobsPallet::next_action(id), action);
			assert_eq!(JobsPallet::job(id).is_some(), action != NextAction::Nothing);
		};
		let id = JobId(0);
		expect(id, JobStatus::NeverOpened, NextAction::Nothing);
		open();
		let open = JobStatus::Open { claim_by: CLAIM_BY };
		expect(id, open.clone(), NextAction::Claim { by: CLAIM_BY });
		freeze();
		expect(id, open.clone(), NextAction::Cancel);
		unfreeze();

		assert_ok!(JobsPallet::claim(signed(WORKER), id));
		let claimed = JobStatus::Claimed { worker: WORKER, until: 11 };
		go_to(11);
		expect(id, claimed.clone(), NextAction::Submit { worker: WORKER, until: 11 });
		freeze();
		expect(id, claimed, NextAction::Cancel);
		unfreeze();

		let overdue = JobStatus::Overdue { worker: WORKER, until: 11 };
		go_to(12);
		expect(id, overdue.clone(), NextAction::TakeOver { by: CLAIM_BY });
		go_to(CLAIM_BY + 1);
		expect(id, overdue, NextAction::Expire);
		go_to(12);
		assert_ok!(JobsPallet::expire(signed(STRANGER), id));
		expect(id, open, NextAction::Claim { by: CLAIM_BY });
		go_to(CLAIM_BY + 1);
		expect(id, JobStatus::Lapsed, NextAction::Expire);
		assert_ok!(JobsPallet::expire(signed(STRANGER), id));
		expect(id, JobStatus::Ended, NextAction::Nothing);
	});
}
