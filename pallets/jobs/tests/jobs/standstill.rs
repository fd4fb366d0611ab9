// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{
	assert_noop, assert_ok,
	dispatch::DispatchClass,
	traits::{Get, Hooks},
	weights::Weight,
};
use frame_system::{
	limits::{BlockLength, BlockWeights},
	Config,
};
use pallet_jobs::{Error, JobStatus, NextAction, Standstill, WeightInfo};

/// Whether a block that uses so much counts, by what the end of such a block does.
fn counts(weight: Weight, bytes: u32) -> bool {
	let before = Standstill::<Test>::get();
	System::set_block_consumed_resources(weight, bytes as usize);
	JobsPallet::on_finalize(System::block_number());
	Standstill::<Test>::get() == before
}

/// What transactions may use of a block.
fn whole_block() -> (Weight, u32) {
	let weights = <<Test as Config>::BlockWeights as Get<BlockWeights>>::get();
	let weight = weights.get(DispatchClass::Normal).max_total.unwrap();
	(
		weight,
		*<<Test as Config>::BlockLength as Get<BlockLength>>::get().max.get(DispatchClass::Normal),
	)
}

#[test]
fn a_block_counts_while_an_answer_would_still_fit_by_weight_and_by_length() {
	build_and_execute(|| {
		let (weight, bytes) = whole_block();
		let answer = <()>::submit(pallet_jobs::weights::public_inputs(64));
		assert!(counts(Weight::zero(), 0));
		assert!(counts(weight.saturating_sub(answer.saturating_mul(3)), 0));
		assert!(!counts(weight.saturating_sub(answer), 0));
		assert!(!counts(weight, 0));
		// 64 bytes of output, 320 of proof, and the envelope.
		assert!(counts(Weight::zero(), bytes - 3 * (64 + 320 + 256)));
		assert!(!counts(Weight::zero(), bytes - (64 + 320)));
		assert!(!counts(Weight::zero(), bytes));
	});
}

#[test]
fn a_block_that_hooks_have_filled_does_not_count() {
	build_and_execute(|| {
		let before = Standstill::<Test>::get();
		System::set_block_consumed_resources(Weight::zero(), 0);
		let all = <<Test as Config>::BlockWeights as Get<BlockWeights>>::get().max_block;
		System::register_extra_weight_unchecked(all, DispatchClass::Mandatory);
		JobsPallet::on_finalize(System::block_number());
		assert_eq!(Standstill::<Test>::get(), before + 1);
	});
}

#[test]
fn full_blocks_move_every_deadline() {
	build_and_execute(|| {
		let (in_time, late, unclaimed) = (claimed(), claimed(), open());
		pass_full_blocks(100);
		let until = 1 + PROVING_PERIOD + 100;
		go_to(until);
		assert_eq!(JobsPallet::job_status(in_time), JobStatus::Claimed { worker: WORKER, until });
		assert_eq!(JobsPallet::next_action(unclaimed), NextAction::Claim { by: CLAIM_BY + 100 });
		assert_noop!(JobsPallet::expire(signed(STRANGER), in_time), Error::<Test>::NotExpirable);
		assert_noop!(JobsPallet::claim(signed(RIVAL), in_time), Error::<Test>::AlreadyClaimed);
		assert_ok!(submit(in_time, WORKER));
		go_to(until + 1);
		assert_noop!(submit(late, WORKER), Error::<Test>::DeadlinePassed);
		assert_ok!(JobsPallet::expire(signed(STRANGER), late));
		go_to(CLAIM_BY + 100);
		assert_ok!(JobsPallet::claim(signed(RIVAL), unclaimed));
		go_to(DEADLINE + 100);
		assert_ok!(submit(unclaimed, RIVAL));
	});
}

#[test]
fn what_went_before_a_job_does_not_move_its_deadline() {
	build_and_execute(|| {
		pass_full_blocks(50);
		freeze();
		go_to(100);
		unfreeze();
		let id = Opening { deadline: 100 + 2 * PROVING_PERIOD, ..Default::default() }.open();
		assert_eq!(job(id).standstill, 50 + 49);
		go_to(100 + PROVING_PERIOD);
		assert_ok!(JobsPallet::claim(signed(WORKER), id));
		go_to(101 + 2 * PROVING_PERIOD);
		assert_noop!(submit(id, WORKER), Error::<Test>::DeadlinePassed);
	});
}

#[test]
fn a_claim_after_full_blocks_gets_one_proving_period_and_no_more() {
	build_and_execute(|| {
		let id = open();
		pass_full_blocks(7);
		assert_ok!(JobsPallet::claim(signed(WORKER), id));
		let until = 8 + PROVING_PERIOD;
		assert_eq!(JobsPallet::job_status(id), JobStatus::Claimed { worker: WORKER, until });
		System::assert_last_event(
			pallet_jobs::Event::Claimed {
				job: id,
				worker: WORKER,
				until,
				price: PRICE,
				bond: JOB_BOND,
			}
			.into(),
		);
		go_to(until + 1);
		assert_noop!(submit(id, WORKER), Error::<Test>::DeadlinePassed);
	});
}

#[test]
fn the_clock_of_a_job_stands_while_its_circuit_is_frozen_and_goes_on_afterwards() {
	build_and_execute(|| {
		let id = claimed();
		go_to(5);
		freeze();
		go_to(200);
		assert_eq!(
			JobsPallet::job_status(id),
			JobStatus::Claimed { worker: WORKER, until: 195 + 1 + PROVING_PERIOD }
		);
		unfreeze();
		go_to(195 + 1 + PROVING_PERIOD);
		assert_ok!(submit(id, WORKER));
	});
}

#[test]
fn a_block_that_is_full_while_the_circuit_is_frozen_moves_a_deadline_by_one() {
	build_and_execute(|| {
		let id = claimed();
		freeze();
		pass_full_blocks(3);
		go_to(7);
		unfreeze();
		assert_eq!(JobsPallet::moved(&job(id)), 6);
	});
}
