// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use pallet_jobs::{Job, Jobs, NextJobId, Price, State};
use sp_runtime::Permill;

/// Breaks something in a storage with one claimed job, and expects it to be noticed.
fn noticed(sabotage: impl FnOnce(JobId)) {
	build_and_execute(|| {
		let id = claimed();
		noticed_by(JobsPallet::do_try_state, None, || sabotage(id));
	});
}

fn change(id: JobId, change: impl FnOnce(&mut Job<Test>)) {
	Jobs::<Test>::mutate(id, |job| change(job.as_mut().unwrap()));
}

#[test]
fn an_id_that_was_never_handed_out_is_noticed() {
	noticed(|_| NextJobId::<Test>::put(JobId(0)));
}

#[test]
fn an_escrow_that_is_not_held_is_noticed() {
	noticed(|id| change(id, |job| job.price = Price::Fixed(PRICE + 1)));
}

#[test]
fn a_bond_that_is_not_locked_is_noticed() {
	noticed(|id| {
		change(id, |job| {
			let State::Claimed(claim) = &mut job.state else { panic!("claimed") };
			claim.bond += 1;
		})
	});
}

#[test]
fn a_claim_after_the_deadline_is_noticed() {
	noticed(|id| change(id, |job| job.deadline = PROVING_PERIOD));
}

#[test]
fn an_escrow_without_a_job_is_noticed() {
	use frame_support::traits::fungible::MutateHold;
	for who in [REQUESTER, STRANGER] {
		noticed(|_| Balances::hold(&EscrowReason::get(), &who, 1).unwrap());
	}
}

#[test]
fn a_bond_that_is_locked_without_a_claim_is_noticed() {
	noticed(|_| {
		pallet_workers::Workers::<Test>::mutate(RIVAL, |worker| {
			worker.as_mut().unwrap().locked = 1;
		})
	});
}

#[test]
fn a_standstill_that_has_not_come_to_pass_is_noticed() {
	noticed(|id| change(id, |job| job.standstill = 1));
}

#[test]
fn a_version_that_miscounts_is_noticed() {
	noticed(|_| ModelsPallet::remove_jobs(MODEL, VERSION, 1));
}

#[test]
fn a_price_that_cannot_be_divided_is_noticed() {
	noticed(|id| change(id, |job| job.royalty = Permill::one()));
}

#[test]
fn a_claim_at_a_price_that_was_never_asked_is_noticed() {
	for price in [PRICE - 1, PRICE + 1] {
		noticed(|id| {
			change(id, |job| {
				let State::Claimed(claim) = &mut job.state else { panic!("claimed") };
				claim.price = price;
			})
		});
	}
}

#[test]
fn a_ramp_that_does_not_rise_is_noticed() {
	for (from, blocks) in [(PRICE, 5), (PRICE - 1, 0)] {
		noticed(|id| change(id, |job| job.price = Price::Rising { from, to: PRICE, blocks }));
	}
}

#[test]
fn more_time_of_claims_than_has_passed_is_noticed() {
	noticed(|id| change(id, |job| job.withheld = 1_000));
	noticed(|id| change(id, |job| job.opened += 1_000));
}

#[test]
fn a_bounty_that_nobody_left_is_noticed() {
	// Held, so that only its origin is wrong.
	use frame_support::traits::fungible::MutateHold;
	noticed(|id| {
		Balances::hold(&EscrowReason::get(), &REQUESTER, 1).unwrap();
		change(id, |job| job.bounty = 1);
	});
}

#[test]
fn a_bounty_that_is_not_held_is_noticed() {
	build_and_execute(|| {
		let id = claimed();
		go_to(2 + PROVING_PERIOD);
		frame_support::assert_ok!(JobsPallet::claim(signed(RIVAL), id));
		noticed_by(JobsPallet::do_try_state, None, || change(id, |job| job.bounty += 1));
	});
}

#[test]
fn an_output_that_is_too_long_is_noticed() {
	noticed(|id| change(id, |job| job.output_len = 65));
}

#[test]
fn a_commitment_that_is_not_that_of_the_version_is_noticed() {
	noticed(|id| {
		change(id, |job| job.model_commitment = candor_statement::ModelCommitment::Scalar([3; 32]))
	});
}

#[test]
fn a_list_that_names_nobody_is_noticed() {
	noticed(|id| change(id, |job| job.demands.who = named(&[])));
}

#[test]
fn a_private_input_for_anyone_is_noticed() {
	noticed(|id| change(id, |job| job.input = None));
}

#[test]
fn a_commitment_that_is_not_canonical_is_noticed() {
	noticed(|id| {
		change(id, |job| {
			job.input_commitment = candor_statement::InputCommitment::from_bytes([0xff; 32])
		})
	});
}
