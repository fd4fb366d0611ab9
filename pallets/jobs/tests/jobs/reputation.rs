// SPDX-License-Identifier: Apache-2.0

//! What a job's outcome weighs in the score of its worker.

use crate::common::*;
use frame_support::assert_ok;
use pallet_workers::{Part, FAILURE_WEIGHT};
use sp_io::hashing::twox_128;
use std::collections::BTreeMap;

/// What speaks for the worker and against it.
fn evidence() -> (u128, u128) {
	let why = WorkersPallet::why_score(WORKER);
	(why.good, why.bad)
}

#[test]
fn a_settled_job_weighs_its_fee_and_is_its_requester_s() {
	build_and_execute(|| {
		let job = claimed();
		assert_ok!(submit(job, WORKER));
		assert_eq!(evidence(), (FEE, 0));
		assert_eq!(
			WorkersPallet::why_score(WORKER).requesters,
			[Part { requester: REQUESTER, added: FEE }]
		);
	});
}

#[test]
fn a_failed_job_weighs_four_times_its_fee() {
	build_and_execute(|| {
		// In the first epoch amounts are as they were written.
		let job = Opening { proving_period: 49, deadline: 60, ..Default::default() }.open();
		assert_ok!(JobsPallet::claim(signed(WORKER), job));
		// 30 epochs: a new half-life begins.
		go_to(60);
		assert_ok!(JobsPallet::expire(signed(STRANGER), job));
		assert_eq!(evidence(), (0, FAILURE_WEIGHT * FEE));
	});
}

#[test]
fn a_job_that_is_handed_back_weighs_the_part_of_its_fee_that_the_bond_lost() {
	build_and_execute(|| {
		let job = claimed();
		assert_ok!(JobsPallet::decline(signed(WORKER), job));
		assert_eq!(evidence(), (0, (FEE * PENALTY).div_ceil(JOB_BOND)));
	});
}

#[test]
fn an_excused_job_and_one_for_oneself_weigh_nothing() {
	build_and_execute(|| {
		let job = claimed();
		freeze();
		assert_ok!(JobsPallet::expire(signed(WORKER), job));
		unfreeze();
		let job = Opening { who: WORKER, ..Default::default() }.open();
		assert_ok!(JobsPallet::claim(signed(WORKER), job));
		assert_ok!(submit(job, WORKER));
		assert_eq!(evidence(), (0, 0));
	});
}

#[test]
fn on_a_ramp_the_fee_is_that_of_the_price_that_the_claim_has_fixed() {
	build_and_execute(|| {
		let rising = || Opening { price: 1_000, ramp: Some((2_000, 1)), ..Default::default() };
		let (first, second) = (rising().open(), rising().open());
		assert_ok!(JobsPallet::claim(signed(WORKER), first));
		assert_ok!(submit(first, WORKER));
		assert_eq!(evidence(), (30, 0));
		// The first block of the next half-life.
		go_to(60);
		let third = Opening { deadline: 100, ..rising() }.open();
		go_to(61);
		assert_ok!(JobsPallet::claim(signed(WORKER), third));
		assert_ok!(JobsPallet::decline(signed(WORKER), third));
		// A twentieth of 60, whereas of the first half was left.
		assert_eq!(evidence(), (15, 3));
		assert_ok!(JobsPallet::expire(signed(STRANGER), second));
	});
}

#[test]
fn a_score_takes_a_settlement_no_entry_beside_the_worker_s_own_two() {
	let mut chain = new_market();
	let job = chain.execute_with(claimed);
	chain.commit_all().unwrap();
	chain.execute_with(|| {
		assert_ok!(submit(job, WORKER));
	});
	let pallets =
		["System", "Balances", "CircuitsPallet", "ModelsPallet", "WorkersPallet", "JobsPallet"];
	let mut written = BTreeMap::new();
	for (key, _) in chain.overlayed_changes().changes() {
		let of_system = |item: &str| {
			key.starts_with(&[twox_128(b"System"), twox_128(item.as_bytes())].concat())
		};
		// Events of the block, and what counts storage transactions.
		if ["Events", "EventCount"].into_iter().any(of_system) || key.starts_with(b":") {
			continue;
		}
		let pallet = pallets.iter().find(|name| key.starts_with(&twox_128(name.as_bytes())));
		*written.entry(*pallet.expect("a pallet's")).or_insert(0) += 1;
	}
	// Three accounts; the requester's holds and the issuance; the version; worker and record; the job.
	let expected = [
		("System", 3),
		("Balances", 2),
		("ModelsPallet", 1),
		("WorkersPallet", 2),
		("JobsPallet", 1),
	];
	assert_eq!(written, BTreeMap::from(expected));
}
