// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{
	assert_noop, assert_ok, assert_storage_noop, dispatch::GetDispatchInfo,
	traits::fungible::Mutate, traits::tokens::Preservation,
};
use pallet_jobs::{Answer, Call, Distinct, Error, Event, ItemRefusal, Jobs, OutputOf, SkippedItem};
use proptest::prelude::*;
use sp_runtime::{DispatchError, Permill, StateVersion};
use std::collections::BTreeMap;

/// Opens a job on these terms and has this worker claim it.
fn claimed_by(worker: AccountId, terms: Opening) -> JobId {
	let id = terms.open();
	assert_ok!(JobsPallet::claim(signed(worker), id));
	id
}

/// Right answers to so many jobs of one worker.
fn answers(count: usize) -> Vec<Answer<Test>> {
	let jobs: Vec<_> = (0..count).map(|_| claimed()).collect();
	jobs.into_iter().map(answer).collect()
}

/// The error that names an item.
fn bad_item(item: u16, reason: ItemRefusal) -> Error<Test> {
	Error::BadItem { item, reason }
}

/// The batch is refused for this reason and changes nothing; the view function says the same.
fn refused(answers: &[Answer<Test>], error: Error<Test>) {
	let error = DispatchError::from(error);
	assert_eq!(candor_testing::would_settle(answers), Err(error));
	assert_noop!(submit_batch(STRANGER, answers), error);
}

/// The batch is accepted and leaves these answers out, as the view function says; the others are paid.
fn skips(answers: &[Answer<Test>], expected: &[(u16, ItemRefusal)]) {
	let expected: Vec<_> = expected
		.iter()
		.map(|&(item, reason)| SkippedItem {
			item,
			job: answers[usize::from(item)].runs[0].job,
			reason,
		})
		.collect();
	assert_eq!(candor_testing::would_settle(answers), Ok(expected.clone()));
	System::reset_events();
	assert_ok!(submit_batch(STRANGER, answers));
	let told: Vec<_> = events()
		.into_iter()
		.filter_map(|event| match event {
			Event::Skipped { item, job, reason } => Some(SkippedItem { item, job, reason }),
			Event::Settled { .. } => None,
			other => panic!("{other:?}"),
		})
		.collect();
	assert_eq!(told, expected);
	let settled = events().iter().filter(|event| matches!(event, Event::Settled { .. })).count();
	assert_eq!(settled + expected.len(), answers.len());
}

#[test]
fn one_call_settles_jobs_of_several_workers_requesters_and_models() {
	build_and_execute(|| {
		register_model(2, Permill::from_percent(20));
		let second = || Opening { model: ModelId(1), ..Default::default() };
		let jobs = [
			claimed(),
			claimed_by(RIVAL, second()),
			claimed_by(WORKER, Opening { who: STRANGER, ..second() }),
			claimed_by(RIVAL, Opening { who: STRANGER, ..Default::default() }),
		];
		let answers = jobs.map(answer);
		let deposit = deposit_of(jobs[0]);
		let before = ACCOUNTS.map(|who| (who, free(who)));
		let issuance = Balances::total_issuance();
		System::reset_events();
		assert_ok!(submit_batch(OWNER, &answers));

		// Of 1_001, twenty percent is 200.
		let gains: BTreeMap<_, _> =
			before.map(|(who, before)| (who, free(who) - before)).into_iter().collect();
		let other_payout = PAYOUT - 100;
		assert_eq!(gains[&WORKER], PAYOUT + other_payout);
		assert_eq!(gains[&RIVAL], PAYOUT + other_payout);
		assert_eq!(gains[&OWNER], 0);
		assert_eq!(
			(owed(), ModelsPallet::royalty_owed(ModelId(1), VERSION)),
			(2 * ROYALTY, Some(400))
		);
		assert_eq!(gains[&REQUESTER], 2 * deposit);
		assert_eq!(gains[&STRANGER], 2 * deposit);
		assert_eq!(issuance - Balances::total_issuance(), 4 * FEE);
		assert_eq!(Jobs::<Test>::iter().count(), 0);

		let told: Vec<_> = events()
			.into_iter()
			.map(|event| match event {
				Event::Settled { job, worker, requester, model, payout, royalty, fee, .. } => {
					(job, worker, requester, model.0, payout, royalty, fee)
				}
				other => panic!("{other:?}"),
			})
			.collect();
		assert_eq!(
			told,
			[
				(jobs[0], WORKER, REQUESTER, 0, PAYOUT, ROYALTY, FEE),
				(jobs[1], RIVAL, REQUESTER, 1, other_payout, 200, FEE),
				(jobs[2], WORKER, STRANGER, 1, other_payout, 200, FEE),
				(jobs[3], RIVAL, STRANGER, 0, PAYOUT, ROYALTY, FEE),
			]
		);
	});
}

#[test]
fn whoever_sends_it_gets_nothing() {
	build_and_execute(|| {
		let answers = answers(3);
		let (sender, worker) = (free(STRANGER), free(WORKER));
		assert_ok!(submit_batch(STRANGER, &answers));
		assert_eq!(free(STRANGER), sender);
		assert_eq!(free(WORKER), worker + 3 * PAYOUT);
		assert_eq!(WorkersPallet::reputation(STRANGER), Default::default());
	});
}

#[test]
fn each_account_is_paid_once() {
	build_and_execute(|| {
		let answers = answers(5);
		System::reset_events();
		assert_ok!(submit_batch(STRANGER, &answers));
		let paid: Vec<_> = System::read_events_for_pallet::<pallet_balances::Event<Test>>()
			.into_iter()
			.filter(|event| !matches!(event, pallet_balances::Event::Released { .. }))
			.collect();
		assert_eq!(
			paid,
			[
				pallet_balances::Event::Deposit { who: WORKER, amount: 5 * PAYOUT },
				pallet_balances::Event::Deposit { who: POT, amount: 5 * ROYALTY },
				pallet_balances::Event::BurnedDebt { amount: 5 * FEE },
			]
		);
	});
}

#[test]
fn a_batch_may_be_as_long_as_the_bound_and_no_longer() {
	build_and_execute(|| {
		assert_ok!(WorkersPallet::bond_more(signed(WORKER), 2 * BOND));
		let answers = answers(MAX_BATCH as usize);
		assert!(pallet_jobs::AnswersOf::<Test>::try_from([&answers[..], &answers[..1]].concat())
			.is_err());
		assert_ok!(submit_batch(STRANGER, &answers));
		assert_eq!(WorkersPallet::reputation(WORKER).settled, MAX_BATCH);
		assert_eq!(WorkersPallet::obligations(&WORKER), Default::default());
	});
}

#[test]
fn settling_many_jobs_writes_what_they_share_once() {
	/// The number of storage entries that a batch of so many jobs changes.
	fn entries_written(count: usize) -> usize {
		let mut ext = new_market();
		let answers = ext.execute_with(|| {
			assert_ok!(WorkersPallet::bond_more(signed(WORKER), 2 * BOND));
			// One more stays open.
			let _ = claimed();
			let answers = answers(count);
			System::reset_events();
			answers
		});
		ext.commit_all().unwrap();
		ext.execute_with(|| submit_batch(STRANGER, &answers)).unwrap();
		ext.overlayed_changes().changes().count()
	}
	assert_eq!(entries_written(64) - entries_written(1), 63);
}

mod is_the_same_as_one_by_one {
	use super::*;

	/// A job of some pair on some model, at some price.
	#[derive(Clone, Debug)]
	struct Plan {
		requester: usize,
		worker: AccountId,
		model: u32,
		price: u128,
	}

	fn plan() -> impl Strategy<Value = Plan> {
		let worker = prop_oneof![Just(WORKER), Just(RIVAL)];
		(0..ACCOUNTS.len(), worker, 0..3u32, MIN_PRICE..9_000)
			.prop_map(|(requester, worker, model, price)| Plan { requester, worker, model, price })
	}

	/// Carries out plans and gives the root of the storage, events left out, and the events of this
	/// pallet about jobs that were settled.
	fn run(plans: &[Plan], owner: AccountId, together: bool) -> (Vec<u8>, Vec<Event<Test>>) {
		new_market().execute_with(|| {
			register_model(2, Permill::from_parts(333_333));
			register_model(3, Permill::zero());
			assert_ok!(ModelsPallet::transfer_ownership(signed(OWNER), ModelId(1), owner));
			for worker in [WORKER, RIVAL] {
				assert_ok!(WorkersPallet::bond_more(signed(worker), 10 * BOND));
			}
			let jobs: Vec<_> = plans
				.iter()
				.map(|plan| {
					let terms = Opening {
						who: ACCOUNTS[plan.requester],
						model: ModelId(plan.model),
						price: plan.price,
						..Default::default()
					};
					(plan.worker, claimed_by(plan.worker, terms))
				})
				.collect();
			System::reset_events();
			let answers: Vec<_> = jobs.iter().map(|(_, job)| answer(*job)).collect();
			if together {
				assert_ok!(candor_testing::would_settle(&answers));
				assert_ok!(submit_batch(STRANGER, &answers));
			} else {
				for ((worker, _), answer) in jobs.into_iter().zip(answers) {
					let (job, output, proof) = parts(answer);
					assert_ok!(JobsPallet::submit(signed(worker), job, output, proof));
				}
			}
			let told = events();
			System::reset_events();
			check_invariants();
			(sp_io::storage::root(StateVersion::V1), told)
		})
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(64))]

		#[test]
		fn to_the_last_byte_of_storage(
			plans in prop::collection::vec(plan(), 1..12),
			owner in 0..ACCOUNTS.len(),
		) {
			let owner = ACCOUNTS[owner];
			prop_assert_eq!(run(&plans, owner, true), run(&plans, owner, false));
		}
	}

	#[test]
	fn in_what_it_refuses_about_a_single_answer() {
		type Spoil = fn(&mut Answer<Test>);
		let faults: [(Spoil, ItemRefusal, Error<Test>); 3] = [
			(
				|answer| answer.runs[0].output = Default::default(),
				ItemRefusal::WrongOutputLength,
				Error::WrongOutputLength,
			),
			(
				|answer| answer.proof = Default::default(),
				ItemRefusal::MalformedProof,
				Error::MalformedProof,
			),
			(
				|answer| answer.proof = vec![0; 32].try_into().unwrap(),
				ItemRefusal::InvalidProof,
				Error::InvalidProof,
			),
		];
		for (spoil, reason, error) in faults {
			build_and_execute(|| {
				let mut answer = answer(claimed());
				spoil(&mut answer);
				refused(std::slice::from_ref(&answer), bad_item(0, reason));
				let (job, output, proof) = parts(answer);
				assert_noop!(JobsPallet::submit(signed(WORKER), job, output, proof), error);
			});
		}
	}
}

mod skip {
	use super::*;

	#[test]
	fn a_job_that_has_ended_however_the_others_are_paid() {
		build_and_execute(|| {
			let answers = answers(5);
			assert_ok!(submit(answers[2].runs[0].job, WORKER));
			let paid = free(WORKER);
			skips(&answers, &[(2, ItemRefusal::UnknownJob)]);
			assert_eq!(free(WORKER), paid + 4 * PAYOUT);
			// All of them by now.
			skips(&answers, &[0, 1, 2, 3, 4].map(|item| (item, ItemRefusal::UnknownJob)));
			assert_eq!(free(WORKER), paid + 4 * PAYOUT);
		});
	}

	#[test]
	fn the_same_job_the_second_time_right_or_wrong() {
		build_and_execute(|| {
			let right = answers(3);
			let mut wrong = right[0].clone();
			wrong.proof = vec![0; 32].try_into().unwrap();
			let twice = [&right[..], &right[1..2], &[wrong]].concat();
			skips(&twice, &[3, 4].map(|item| (item, ItemRefusal::RepeatedJob)));
		});
	}

	#[test]
	fn a_job_that_nobody_claimed_and_a_claim_that_is_overdue() {
		build_and_execute(|| {
			let early = answers(1).remove(0);
			go_to(5);
			let later = answer(claimed());
			let mut open = later.clone();
			open.runs[0].job = self::open();
			go_to(12);
			skips(
				&[early, open, later],
				&[(0, ItemRefusal::DeadlinePassed), (1, ItemRefusal::NotClaimed)],
			);
		});
	}

	#[test]
	fn a_job_that_another_worker_took_over() {
		build_and_execute(|| {
			let stolen = answer(claimed());
			go_to(12);
			assert_ok!(JobsPallet::claim(signed(RIVAL), stolen.runs[0].job));
			let other = answer(claimed());
			skips(&[other, stolen.clone()], &[(1, ItemRefusal::NotClaimant)]);
			// Under the new claimant's name, the old proof is a wrong one.
			let renamed = Answer { worker: RIVAL, ..stolen };
			refused(&[renamed], bad_item(0, ItemRefusal::InvalidProof));
		});
	}

	#[test]
	fn what_is_under_a_frozen_circuit() {
		build_and_execute(|| {
			let answers = answers(2);
			freeze();
			skips(&answers, &[0, 1].map(|item| (item, ItemRefusal::FrozenCircuit)));
			unfreeze();
			skips(&answers, &[]);
		});
	}

	#[test]
	fn what_the_invariants_rule_out() {
		build_and_execute(|| {
			let right = answers(2);
			let would_skip = |answers: &[Answer<Test>]| {
				candor_testing::would_settle(answers)
					.map(|skipped| skipped.into_iter().map(|it| (it.item, it.reason)).collect())
			};
			for (breakage, reason) in [
				(Breakage::UnreadableKey, ItemRefusal::UnusableKey),
				(Breakage::Gone, ItemRefusal::UnknownCircuit),
			] {
				with_broken_circuit(breakage, || {
					let both = [0, 1].map(|item| (item, reason)).to_vec();
					assert_eq!(would_skip(&right), Ok(both));
				});
			}

			let entry = job(right[1].runs[0].job);
			let mut wrong = entry.clone();
			wrong.input_commitment = candor_statement::InputCommitment::from_bytes([0xff; 32]);
			Jobs::<Test>::insert(right[1].runs[0].job, wrong);
			let not_canonical = vec![(1, ItemRefusal::NonCanonicalCommitment)];
			assert_eq!(would_skip(&right), Ok(not_canonical));
			Jobs::<Test>::insert(right[1].runs[0].job, entry);
		});
	}

	#[test]
	fn none_of_them_hides_a_wrong_proof_behind_it() {
		build_and_execute(|| {
			let mut answers = answers(4);
			assert_ok!(submit(answers[0].runs[0].job, WORKER));
			answers[2].proof = FOUND_LATE.to_vec().try_into().unwrap();
			// Of those that are verified it is the second; in the batch it is the third.
			refused(&answers, bad_item(2, ItemRefusal::MalformedProof));
		});
	}
}

mod the_fee {
	use super::*;
	use frame_support::weights::Weight;

	/// What a batch weighs before it is dispatched, and what is left of that afterwards.
	fn weights(answers: &[Answer<Test>]) -> (Weight, Weight) {
		let distinct = distinct(answers);
		let answers: pallet_jobs::AnswersOf<Test> = answers.to_vec().try_into().unwrap();
		let call = Call::<Test>::submit_batch { answers: answers.clone(), distinct };
		let before = call.get_dispatch_info();
		let after = match JobsPallet::submit_batch(signed(STRANGER), answers, distinct) {
			Ok(info) => info.actual_weight,
			Err(refused) => refused.post_info.actual_weight,
		};
		(before.call_weight, after.unwrap())
	}

	#[test]
	fn of_skipped_answers_is_that_of_reading() {
		build_and_execute(|| {
			let answers = answers(MAX_BATCH as usize / 2);
			let (_, all) = weights(&answers);
			let (before, none) = weights(&answers);
			assert!(before.ref_time() > 10 * none.ref_time(), "{before:?} {none:?}");
			assert!(all.ref_time() > 5 * none.ref_time(), "{all:?} {none:?}");
			let one = answer(claimed());
			let (_, alone) = weights(std::slice::from_ref(&one));
			let one = answer(claimed());
			let (_, beside) = weights(&[&answers[..], &[one]].concat());
			assert_eq!(beside, alone.saturating_add(none));
		});
	}

	#[test]
	fn of_a_refused_batch_is_that_of_what_was_looked_at() {
		build_and_execute(|| {
			let right = answers(20);
			let with_fault_at = |place: usize| {
				let mut answers = right.clone();
				answers[place].runs[0].output = Default::default();
				weights(&answers)
			};
			let (before, first) = with_fault_at(0);
			let (_, last) = with_fault_at(19);
			assert!(0 < first.ref_time() && first.ref_time() < last.ref_time());
			assert!(last.ref_time() < before.ref_time());
			let mut wrong = right.clone();
			wrong[0].proof = vec![0; 32].try_into().unwrap();
			let (before, verified) = weights(&wrong);
			assert!(verified.ref_time() >= last.ref_time());
			assert!(verified.ref_time() < before.ref_time());
		});
	}
}

mod reject {
	use super::*;

	#[test]
	fn an_unsigned_sender_and_an_empty_batch() {
		build_and_execute(|| {
			assert_noop!(
				JobsPallet::submit_batch(RuntimeOrigin::none(), Default::default(), Distinct::ONE),
				DispatchError::BadOrigin
			);
			refused(&[], Error::EmptyBatch);
		});
	}

	#[test]
	fn all_for_one_invalid_proof_which_nobody_can_name() {
		build_and_execute(|| {
			let right = answers(4);
			for place in 0..4 {
				let mut answers = right.clone();
				answers[place].proof = vec![0; 32].try_into().unwrap();
				refused(&answers, Error::InvalidBatch);
			}
			assert_ok!(submit_batch(STRANGER, &right));
		});
	}

	#[test]
	fn two_invalid_proofs_and_proofs_that_changed_places() {
		build_and_execute(|| {
			let right = answers(3);
			let mut answers = right.clone();
			answers[0].proof = vec![0; 32].try_into().unwrap();
			answers[2].proof = vec![0; 32].try_into().unwrap();
			refused(&answers, Error::InvalidBatch);

			let mut answers = right.clone();
			answers[0].proof = right[1].proof.clone();
			answers[1].proof = right[0].proof.clone();
			refused(&answers, Error::InvalidBatch);
			assert_ok!(submit_batch(STRANGER, &right));
		});
	}

	#[test]
	fn a_wrong_item_by_its_position_the_first_of_several_first() {
		build_and_execute(|| {
			let right = answers(5);
			let malformed = |answers: &mut Vec<Answer<Test>>, place: usize| {
				answers[place].proof = vec![0; 31].try_into().unwrap();
			};
			let shorter = |answers: &mut Vec<Answer<Test>>, place: usize| {
				answers[place].runs[0].output = OutputOf::<Test>::default();
			};
			for place in 0..5u16 {
				let mut answers = right.clone();
				malformed(&mut answers, place.into());
				refused(&answers, bad_item(place, ItemRefusal::MalformedProof));
				let mut answers = right.clone();
				shorter(&mut answers, place.into());
				refused(&answers, bad_item(place, ItemRefusal::WrongOutputLength));
			}
			let mut answers = right.clone();
			malformed(&mut answers, 1);
			shorter(&mut answers, 3);
			refused(&answers, bad_item(1, ItemRefusal::MalformedProof));
			let mut answers = right.clone();
			malformed(&mut answers, 3);
			shorter(&mut answers, 1);
			refused(&answers, bad_item(1, ItemRefusal::WrongOutputLength));
		});
	}

	#[test]
	fn an_item_of_which_only_verification_finds_that_it_is_wrong() {
		build_and_execute(|| {
			let mut answers = answers(4);
			answers[0].proof = vec![0; 32].try_into().unwrap();
			answers[2].proof = FOUND_LATE.to_vec().try_into().unwrap();
			refused(&answers, bad_item(2, ItemRefusal::MalformedProof));
			answers[3].proof = Default::default();
			refused(&answers, bad_item(3, ItemRefusal::MalformedProof));
		});
	}
}

mod payments {
	use super::*;

	#[test]
	fn of_royalties_are_entered_for_each_version_by_itself() {
		build_and_execute(|| {
			register_model(2, Permill::from_percent(20));
			let answers = [MODEL, ModelId(1), MODEL]
				.map(|model| answer(claimed_by(WORKER, Opening { model, ..Default::default() })));
			assert_ok!(submit_batch(STRANGER, &answers));
			assert_eq!(owed(), 2 * ROYALTY);
			assert_eq!(ModelsPallet::royalty_owed(ModelId(1), VERSION), Some(200));
			assert_eq!(free(POT), EXISTENTIAL_DEPOSIT + 2 * ROYALTY + 200);
		});
	}

	#[test]
	fn to_a_worker_that_lives_on_its_bond_arrive() {
		build_and_execute(|| {
			let terms = || Opening { price: MIN_PRICE, ..Default::default() };
			let answers = [(); 2].map(|()| answer(claimed_by(WORKER, terms())));
			System::inc_providers(&WORKER);
			let all = free(WORKER);
			assert_ok!(Balances::transfer(&WORKER, &STRANGER, all, Preservation::Expendable));
			assert_ok!(submit_batch(STRANGER, &answers));
			assert_eq!(free(WORKER), 2 * (MIN_PRICE - 10 - 3));
		});
	}

	#[test]
	fn pass_a_freeze_on_the_requester() {
		use frame_support::traits::{LockableCurrency, WithdrawReasons};
		build_and_execute(|| {
			let answers = answers(2);
			Balances::set_lock(*b"locked!!", &REQUESTER, u128::MAX, WithdrawReasons::all());
			assert_ok!(submit_batch(STRANGER, &answers));
			assert_eq!(free(WORKER), INITIAL_BALANCE - BOND + 2 * PAYOUT);
		});
	}

	#[test]
	fn leave_each_requester_its_deposits_or_give_up_each_that_it_cannot_take_back() {
		build_and_execute(|| {
			DepositPerByte::set(&0);
			DepositBase::set(&(EXISTENTIAL_DEPOSIT - 1));
			let answers = answers(2);
			System::inc_providers(&REQUESTER);
			let all = free(REQUESTER);
			assert_ok!(Balances::transfer(&REQUESTER, &STRANGER, all, Preservation::Expendable));
			let issuance = Balances::total_issuance();
			assert_ok!(submit_batch(STRANGER, &answers));
			for Answer { runs, .. } in &answers {
				let lost = Event::DepositLost { job: runs[0].job, requester: REQUESTER };
				assert!(events().contains(&lost));
			}
			let lost = 2 * (EXISTENTIAL_DEPOSIT - 1);
			assert_eq!(issuance - Balances::total_issuance(), 2 * FEE + lost);
		});
	}
}

mod would_settle {
	use super::*;

	#[test]
	fn changes_nothing() {
		build_and_execute(|| {
			let answers = answers(3);
			assert_storage_noop!(assert_ok!(candor_testing::would_settle(&answers)));
			assert_ok!(submit_batch(STRANGER, &answers));
		});
	}
}

mod an_error {
	use super::*;
	use codec::{Decode, Encode};
	use sp_runtime::ModuleError;

	#[test]
	fn carries_position_and_reason_in_its_four_bytes() {
		let error: DispatchError = bad_item(0x0102, ItemRefusal::MalformedProof).into();
		let DispatchError::Module(ModuleError { error, message, .. }) = error else {
			panic!("not of a module: {error:?}")
		};
		assert_eq!(message, Some("BadItem"));
		assert_eq!(error[1..], [2, 1, 6]);
		assert_eq!(
			Error::<Test>::decode(&mut &error[..]).unwrap().encode(),
			bad_item(0x0102, ItemRefusal::MalformedProof).encode()
		);
	}
}
