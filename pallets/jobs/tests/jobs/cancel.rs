// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{assert_noop, assert_ok};
use pallet_jobs::{Error, Event, Jobs};

#[test]
fn price_and_deposit_return_in_full_and_once() {
	build_and_execute(|| {
		let id = open();
		assert_ok!(JobsPallet::cancel(signed(REQUESTER), id));
		assert_eq!(free(REQUESTER), INITIAL_BALANCE);
		assert!(!Jobs::<Test>::contains_key(id));
		assert_eq!(ModelsPallet::open_jobs(MODEL, VERSION), Some(0));
		assert_eq!(
			events()[1..],
			[
				Event::Cancelled { job: id },
				Event::Refunded { job: id, requester: REQUESTER, amount: PRICE, bounty: 0 },
			]
		);
		assert_noop!(JobsPallet::cancel(signed(REQUESTER), id), Error::<Test>::UnknownJob);
		assert_eq!(open(), JobId(1));
	});
}

#[test]
fn only_the_requester_cancels() {
	build_and_execute(|| {
		let id = open();
		assert_noop!(JobsPallet::cancel(signed(STRANGER), id), Error::<Test>::NotRequester);
	});
}

#[test]
fn a_claimed_job_is_not_cancelled_not_even_when_overdue() {
	build_and_execute(|| {
		let id = claimed();
		assert_noop!(JobsPallet::cancel(signed(REQUESTER), id), Error::<Test>::AlreadyClaimed);
		go_to(1 + PROVING_PERIOD + 1);
		assert_noop!(JobsPallet::cancel(signed(REQUESTER), id), Error::<Test>::AlreadyClaimed);
		assert_ok!(JobsPallet::expire(signed(STRANGER), id));
		assert_ok!(JobsPallet::cancel(signed(REQUESTER), id));
		assert_eq!(free(REQUESTER), INITIAL_BALANCE + BOUNTY);
	});
}

#[test]
fn an_open_job_is_cancelled_also_after_its_time_and_under_a_frozen_circuit() {
	build_and_execute(|| {
		let id = open();
		freeze();
		go_to(DEADLINE + 100);
		assert_ok!(JobsPallet::cancel(signed(REQUESTER), id));
		assert_eq!(free(REQUESTER), INITIAL_BALANCE);
	});
}
