// SPDX-License-Identifier: Apache-2.0

//! Prices that rise until a claim fixes them, and what nobody gains by that.

use crate::common::*;
use frame_support::{assert_noop, assert_ok};
use pallet_jobs::{Claim, Error, Event, Price, State};
use sp_runtime::Permill;

/// From 1,000 at block 1 by 100 a block to 2,000 at block 11.
const FROM: u128 = 1_000;
const TO: u128 = 2_000;
const BLOCKS: u64 = 10;

fn rising() -> Opening {
	Opening { price: FROM, ramp: Some((TO, BLOCKS)), deadline: 100, ..Default::default() }
}

/// The price that a claim on the job has fixed.
fn fixed(id: JobId) -> u128 {
	let State::Claimed(Claim { price, .. }) = job(id).state else { panic!("claimed") };
	price
}

/// Has this worker claim the job, and gives the price.
fn claim(who: AccountId, id: JobId) -> u128 {
	let predicted = JobsPallet::price_at(id, System::block_number());
	assert_ok!(JobsPallet::claim(signed(who), id));
	assert_eq!(predicted, Some(fixed(id)));
	fixed(id)
}

#[test]
fn a_claim_fixes_the_price_of_its_block() {
	build_and_execute(|| {
		for (block, price) in
			[(1, 1_000), (2, 1_100), (7, 1_600), (11, 2_000), (12, 2_000), (90, 2_000)]
		{
			go_to(1);
			let id = rising().open();
			assert_eq!(held(EscrowReason::get(), REQUESTER), TO);
			assert_eq!(JobsPallet::price_at(id, block), Some(price));
			go_to(block);
			assert_eq!(claim(WORKER, id), price);
			// Nothing but the claim changes it afterwards.
			go_to(block + PROVING_PERIOD);
			assert_eq!(fixed(id), price);
			assert_ok!(submit(id, WORKER));
		}
	});
}

#[test]
fn all_shares_and_the_bond_are_those_of_the_price_and_the_rest_returns() {
	build_and_execute(|| {
		let id = rising().open();
		let deposit = deposit_of(id);
		go_to(4);
		assert_eq!(claim(WORKER, id), 1_300);
		let bond = 260;
		assert_eq!(WorkersPallet::obligations(&WORKER).locked, bond);
		System::assert_last_event(
			Event::Claimed { job: id, worker: WORKER, until: 14, price: 1_300, bond }.into(),
		);
		let before = [REQUESTER, WORKER, OWNER].map(free);
		let issuance = Balances::total_issuance();
		assert_ok!(submit(id, WORKER));
		let (payout, royalty, fee, rest) = (1_131, 130, 39, 700);
		assert_eq!(payout + royalty + fee + rest, TO);
		assert_eq!(free(REQUESTER), before[0] + rest + deposit);
		assert_eq!(free(WORKER), before[1] + payout);
		assert_eq!((free(OWNER), owed()), (before[2], royalty));
		assert_eq!(Balances::total_issuance(), issuance - fee);
		assert_eq!(held(EscrowReason::get(), REQUESTER), 0);
		assert!(matches!(
			events().last(),
			Some(Event::Settled { payout: 1_131, royalty: 130, fee: 39, rest: 700, .. })
		));
	});
}

#[test]
fn without_an_answer_all_that_was_held_returns() {
	build_and_execute(|| {
		let before = free(REQUESTER);
		let id = rising().open();
		assert_ok!(JobsPallet::cancel(signed(REQUESTER), id));
		assert_eq!(free(REQUESTER), before);
		let id = rising().open();
		go_to(95);
		assert_ok!(JobsPallet::expire(signed(STRANGER), id));
		assert_eq!(free(REQUESTER), before);
		System::assert_has_event(
			Event::Refunded { job: id, requester: REQUESTER, amount: TO, bounty: 0 }.into(),
		);
	});
}

#[test]
fn a_batch_gives_each_requester_its_rests_in_one_payment() {
	build_and_execute(|| {
		let jobs = [rising().open(), rising().open(), open()];
		go_to(3);
		assert_eq!(claim(WORKER, jobs[0]), 1_200);
		go_to(6);
		assert_eq!(claim(RIVAL, jobs[1]), 1_500);
		assert_eq!(claim(RIVAL, jobs[2]), PRICE);
		let deposits: u128 = jobs.iter().map(|id| deposit_of(*id)).sum();
		let before = free(REQUESTER);
		System::reset_events();
		assert_ok!(submit_batch(STRANGER, &jobs.map(answer)));
		assert_eq!(free(REQUESTER), before + 800 + 500 + deposits);
		let paid = pallet_balances::Event::<Test>::Deposit { who: REQUESTER, amount: 1_300 };
		let payments = System::events().into_iter().filter(|it| it.event == paid.clone().into());
		assert_eq!(payments.count(), 1);
	});
}

mod the_price_does_not_rise {
	use super::*;

	#[test]
	fn in_blocks_that_do_not_count() {
		build_and_execute(|| {
			let id = rising().open();
			go_to(3);
			// Whoever fills blocks to keep rivals out gains nothing on the price.
			pass_full_blocks(20);
			assert_eq!(JobsPallet::price_at(id, 23), Some(1_200));
			freeze();
			go_to(40);
			unfreeze();
			assert_eq!(claim(WORKER, id), 1_200);
		});
	}

	#[test]
	fn for_what_was_full_before_the_job_was_opened() {
		build_and_execute(|| {
			pass_full_blocks(5);
			let id = rising().open();
			go_to(8);
			assert_eq!(claim(WORKER, id), 1_200);
		});
	}

	/// A worker that claims at once to hold the job until it is dear finds it as cheap as before, and has
	/// paid for holding it. So does whoever does it with two accounts.
	#[test]
	fn while_a_claim_keeps_the_job_from_others() {
		build_and_execute(|| {
			for again in [WORKER, RIVAL] {
				let now = System::block_number();
				let id = Opening { deadline: now + 100, ..rising() }.open();
				assert_eq!(claim(WORKER, id), FROM);
				let bond = WorkersPallet::worker(WORKER).unwrap().bond;
				go_to(now + 7);
				assert_ok!(JobsPallet::decline(signed(WORKER), id));
				let burnt = bond - WorkersPallet::worker(WORKER).unwrap().bond;
				assert_eq!(burnt, 140, "seven tenths of a fifth");
				assert_eq!(claim(again, id), FROM);
				assert_ok!(submit(id, again));
			}
		});
	}

	#[test]
	fn for_a_claim_that_was_let_pass_until_it_can_be_taken_over() {
		build_and_execute(|| {
			let (taken, reopened) = (rising().open(), rising().open());
			go_to(2);
			for id in [taken, reopened] {
				assert_eq!(claim(WORKER, id), 1_100);
			}
			let until = 2 + PROVING_PERIOD;
			assert_eq!(JobsPallet::price_at(taken, until), Some(1_100));
			// From here on others could have it, and the price rises.
			go_to(until + 3);
			assert_eq!(claim(RIVAL, taken), 1_400);
			assert_ok!(JobsPallet::expire(signed(STRANGER), reopened));
			// The blocks between the end of the claim and the expiry were withheld from nobody else.
			assert_eq!(job(reopened).withheld, PROVING_PERIOD);
			assert_eq!(claim(RIVAL, reopened), 1_400);
			assert_ok!(submit(taken, RIVAL));
		});
	}

	#[test]
	fn below_what_an_earlier_claim_has_fixed() {
		build_and_execute(|| {
			let id = Opening { deadline: 200, ..rising() }.open();
			let mut last = 0;
			for worker in [WORKER, RIVAL, WORKER, RIVAL] {
				let price = claim(worker, id);
				assert!(price >= last && price <= TO);
				last = price;
				go_to(System::block_number() + PROVING_PERIOD + 1);
			}
			assert_eq!(last, 1_300, "one block between claims");
		});
	}
}

mod reject {
	use super::*;

	#[test]
	fn a_ramp_that_does_not_rise() {
		build_and_execute(|| {
			for (to, blocks) in [(FROM, BLOCKS), (FROM - 1, BLOCKS), (0, BLOCKS), (TO, 0)] {
				let flat = Opening { ramp: Some((to, blocks)), ..rising() };
				assert_noop!(flat.call(), Error::<Test>::RampWithoutRise);
			}
			assert_ok!(Opening { ramp: Some((FROM + 1, 1)), ..rising() }.call());
		});
	}

	#[test]
	fn a_ramp_that_still_rises_when_no_claim_fits() {
		build_and_execute(|| {
			// 1 + 20 + 10 is the deadline.
			let over =
				|blocks| Opening { ramp: Some((TO, blocks)), deadline: DEADLINE, ..rising() };
			assert_noop!(over(21).call(), Error::<Test>::RampTooLong);
			assert_noop!(over(u64::MAX).call(), Error::<Test>::RampTooLong);
			let id = over(20).open();
			go_to(CLAIM_BY);
			assert_eq!(claim(WORKER, id), TO);
		});
	}

	#[test]
	fn a_ramp_that_begins_below_the_least_price() {
		build_and_execute(|| {
			let low = Opening { price: MIN_PRICE - 1, ..rising() };
			assert_noop!(low.call(), Error::<Test>::PriceTooLow);
			assert_ok!(Opening { price: MIN_PRICE, ..rising() }.call());
		});
	}

	#[test]
	fn a_ramp_to_more_than_the_requester_has() {
		build_and_execute(|| {
			let dear = Opening { ramp: Some((2 * INITIAL_BALANCE, BLOCKS)), ..rising() };
			assert_noop!(dear.call(), sp_runtime::TokenError::FundsUnavailable);
		});
	}

	/// 92 % and 3 % leave 10 of 166, and 9 of 167, since both shares are rounded down at each price: a
	/// worker could be owed less than its account can receive.
	#[test]
	fn a_ramp_on_which_rounding_could_leave_the_worker_too_little() {
		build_and_execute(|| {
			register_model(2, Permill::from_percent(92));
			let opening = |price, ramp| Opening { model: ModelId(1), price, ramp, ..rising() };
			assert_ok!(opening(166, None).call());
			assert_noop!(opening(167, None).call(), Error::<Test>::PayoutTooLow);
			assert_noop!(opening(166, Some((200, 10))).call(), Error::<Test>::PayoutTooLow);
			// A twentieth of 180 is nine, of 181 more.
			assert_noop!(opening(180, Some((200, 10))).call(), Error::<Test>::PayoutTooLow);
			assert_ok!(opening(181, Some((200, 10))).call());
		});
	}
}

/// A top that is never reached makes no score dearer: what weighs is what is paid, and so is the fee.
#[test]
fn a_score_weighs_the_price_that_is_paid() {
	build_and_execute(|| {
		let of_job = |opening: Opening, worker| {
			let issuance = Balances::total_issuance();
			let id = opening.open();
			assert_eq!(claim(worker, id), FROM);
			assert_ok!(submit(id, worker));
			(WorkersPallet::reputation(worker), issuance - Balances::total_issuance())
		};
		let modest = of_job(Opening { price: FROM, ..Default::default() }, WORKER);
		let boast = Opening { ramp: Some((50 * FROM, BLOCKS)), ..rising() };
		assert_eq!(of_job(boast, RIVAL), modest);
	});
}

#[test]
fn a_rest_that_the_requester_cannot_take_back_is_burnt_and_holds_up_nobody() {
	build_and_execute(|| {
		DepositPerByte::set(&0);
		DepositBase::set(&0);
		for (rest, returned) in
			[(EXISTENTIAL_DEPOSIT - 1, 0), (EXISTENTIAL_DEPOSIT, EXISTENTIAL_DEPOSIT)]
		{
			set_free(REQUESTER, INITIAL_BALANCE);
			let deadline = System::block_number() + 50;
			let ramp = Some((FROM + rest, BLOCKS));
			let id = Opening { ramp, deadline, ..rising() }.open();
			assert_eq!(claim(WORKER, id), FROM);
			empty(REQUESTER);
			let (issuance, worker) = (Balances::total_issuance(), free(WORKER));
			assert_ok!(submit(id, WORKER));
			assert_eq!(free(WORKER), worker + 870);
			assert_eq!(free(REQUESTER), returned);
			assert_eq!(Balances::total_issuance(), issuance - 30 - (rest - returned));
			let burnt = Event::RestBurnt { job: id, amount: rest };
			assert_eq!(events().contains(&burnt), returned == 0);
			let Some(Event::Settled { rest: told, .. }) = events().pop() else { panic!("settled") };
			assert_eq!(told, returned);
		}
	});
}

#[test]
fn the_terms_of_a_ramp_are_told_when_it_is_opened() {
	build_and_execute(|| {
		let id = rising().open();
		let told = Price::Rising { from: FROM, to: TO, blocks: BLOCKS };
		assert_eq!(job(id).price, told);
		assert!(matches!(events().last(), Some(Event::Opened { price, .. }) if *price == told));
		assert_eq!(JobsPallet::price_at(JobId(9), 1), None);
	});
}
