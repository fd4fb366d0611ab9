// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::Inspect, LockableCurrency, WithdrawReasons},
};
use pallet_jobs::{Error, Event, Jobs, OutputOf};
use pallet_workers::Reputation;
use sp_runtime::Permill;

#[test]
fn everybody_is_paid_to_the_last_unit() {
	build_and_execute(|| {
		let id = claimed();
		let owner = free(OWNER);
		let issuance = Balances::total_issuance();
		assert_ok!(submit(id, WORKER));

		assert_eq!(PAYOUT + ROYALTY + FEE, PRICE);
		assert_eq!(free(WORKER), INITIAL_BALANCE - BOND + PAYOUT);
		assert_eq!((free(OWNER), owed()), (owner, ROYALTY));
		assert_eq!(free(POT), EXISTENTIAL_DEPOSIT + ROYALTY);
		assert_eq!(free(REQUESTER), INITIAL_BALANCE - PRICE);
		assert_eq!(Balances::total_balance(&REQUESTER), INITIAL_BALANCE - PRICE);
		assert_eq!(Balances::total_issuance(), issuance - FEE);

		assert!(!Jobs::<Test>::contains_key(id));
		assert_eq!(ModelsPallet::open_jobs(MODEL, VERSION), Some(0));
		assert_eq!(held(BondReason::get(), WORKER), BOND);
		assert_eq!(WorkersPallet::obligations(&WORKER), Default::default());
		assert_eq!(
			WorkersPallet::reputation(WORKER),
			Reputation {
				settled: 1,
				failed: 0,
				excused: 0,
				declined: 0,
				earned: PAYOUT,
				// The fee is 30, the prior 300.
				score: Permill::from_parts(90_909),
			}
		);
		System::assert_last_event(
			Event::Settled {
				job: id,
				worker: WORKER,
				requester: REQUESTER,
				model: MODEL,
				version: VERSION,
				output: output(),
				payout: PAYOUT,
				royalty: ROYALTY,
				fee: FEE,
				rest: 0,
				bounty: 0,
			}
			.into(),
		);
	});
}

#[test]
fn an_answer_counts_up_to_the_last_block_and_not_after() {
	build_and_execute(|| {
		let jobs = [claimed(), claimed(), claimed()];
		let until = 1 + PROVING_PERIOD;
		go_to(until - 1);
		assert_ok!(submit(jobs[0], WORKER));
		go_to(until);
		assert_ok!(submit(jobs[1], WORKER));
		go_to(until + 1);
		assert_noop!(submit(jobs[2], WORKER), Error::<Test>::DeadlinePassed);
	});
}

#[test]
fn a_job_settles_once() {
	build_and_execute(|| {
		let id = claimed();
		let proof = prove(id, WORKER, &output());
		assert_ok!(submit_with(WORKER, id, output(), proof.clone()));
		assert_noop!(submit_with(WORKER, id, output(), proof.clone()), Error::<Test>::UnknownJob);
		// Not even for the same request.
		let next = claimed();
		assert_noop!(submit_with(WORKER, next, output(), proof), Error::<Test>::InvalidProof);
	});
}

mod reject {
	use super::*;

	#[test]
	fn a_job_that_nobody_claimed() {
		build_and_execute(|| {
			let id = open();
			assert_noop!(submit(id, WORKER), Error::<Test>::NotClaimed);
		});
	}

	#[test]
	fn a_proof_taken_from_somebody_else() {
		build_and_execute(|| {
			let id = claimed();
			let proof = prove(id, WORKER, &output());
			// Under another signer.
			assert_noop!(
				submit_with(RIVAL, id, output(), proof.clone()),
				Error::<Test>::NotClaimant
			);
			// By another claimant.
			go_to(12);
			assert_ok!(JobsPallet::claim(signed(RIVAL), id));
			assert_noop!(submit_with(RIVAL, id, output(), proof), Error::<Test>::InvalidProof);
		});
	}

	#[test]
	fn a_proof_for_another_job_chain_model_or_input() {
		build_and_execute(|| {
			let (id, other) = (claimed(), claimed());
			let proof = prove(other, WORKER, &output());
			assert_noop!(submit_with(WORKER, id, output(), proof), Error::<Test>::InvalidProof);

			let proof = prove(id, WORKER, &output());
			let genesis = frame_system::BlockHash::<Test>::take(0);
			assert_noop!(
				submit_with(WORKER, id, output(), proof.clone()),
				Error::<Test>::InvalidProof
			);
			frame_system::BlockHash::<Test>::insert(0, genesis);

			for change in [
				|job: &mut pallet_jobs::Job<Test>| {
					job.model_commitment = candor_statement::ModelCommitment::Scalar([9; 32])
				},
				|job: &mut pallet_jobs::Job<Test>| job.input_commitment = Default::default(),
			] {
				let right = job(id);
				let mut wrong = right.clone();
				change(&mut wrong);
				Jobs::<Test>::insert(id, wrong);
				assert_noop!(
					submit_with(WORKER, id, output(), proof.clone()),
					Error::<Test>::InvalidProof
				);
				Jobs::<Test>::insert(id, right);
			}
			assert_ok!(submit_with(WORKER, id, output(), proof));
		});
	}

	#[test]
	fn another_output_than_the_proven_one() {
		build_and_execute(|| {
			let id = claimed();
			let proof = prove(id, WORKER, &output());
			for place in [0, 30, 31, 32] {
				let mut other = output();
				other[place] ^= 1;
				assert_noop!(
					submit_with(WORKER, id, other, proof.clone()),
					Error::<Test>::InvalidProof
				);
			}
		});
	}

	#[test]
	fn an_output_of_another_length_even_if_it_packs_alike() {
		build_and_execute(|| {
			let id = claimed();
			for length in [0, OUTPUT_LEN - 1, OUTPUT_LEN + 1] {
				let mut bytes = vec![9; OUTPUT_LEN as usize];
				bytes.resize(length as usize, 0);
				let bytes: OutputOf<Test> = bytes.try_into().unwrap();
				let proof = prove(id, WORKER, &bytes);
				assert_noop!(
					submit_with(WORKER, id, bytes, proof),
					Error::<Test>::WrongOutputLength
				);
			}
		});
	}

	#[test]
	fn bytes_that_are_no_proof() {
		build_and_execute(|| {
			let id = claimed();
			let bytes = vec![0; 31].try_into().unwrap();
			assert_noop!(submit_with(WORKER, id, output(), bytes), Error::<Test>::MalformedProof);
		});
	}

	#[test]
	fn a_frozen_circuit() {
		build_and_execute(|| {
			let id = claimed();
			freeze();
			assert_noop!(submit(id, WORKER), Error::<Test>::FrozenCircuit);
			// Before the bytes are looked at.
			assert_noop!(
				submit_with(WORKER, id, Default::default(), Default::default()),
				Error::<Test>::FrozenCircuit
			);
			unfreeze();
			assert_ok!(submit(id, WORKER));
		});
	}

	#[test]
	fn what_the_invariants_rule_out() {
		build_and_execute(|| {
			let id = claimed();
			let proof = prove(id, WORKER, &output());
			for (breakage, error) in [
				(Breakage::UnreadableKey, Error::<Test>::UnusableKey),
				(Breakage::Gone, Error::<Test>::UnknownCircuit),
			] {
				with_broken_circuit(breakage, || {
					assert_noop!(submit_with(WORKER, id, output(), proof.clone()), error);
				});
			}

			let right = job(id);
			let mut wrong = right.clone();
			wrong.model_commitment = candor_statement::ModelCommitment::Scalar([0xff; 32]);
			Jobs::<Test>::insert(id, wrong);
			assert_noop!(
				submit_with(WORKER, id, output(), proof),
				Error::<Test>::NonCanonicalCommitment
			);
			Jobs::<Test>::insert(id, right);
		});
	}
}

mod parties {
	use super::*;

	#[test]
	fn the_worker_may_own_the_model() {
		build_and_execute(|| {
			let id = claimed();
			assert_ok!(ModelsPallet::transfer_ownership(signed(OWNER), MODEL, WORKER));
			assert_ok!(submit(id, WORKER));
			assert_ok!(collect(MODEL));
			assert_eq!(free(WORKER), INITIAL_BALANCE - BOND + PAYOUT + ROYALTY);
		});
	}

	#[test]
	fn the_requester_may_own_the_model() {
		build_and_execute(|| {
			let id = claimed();
			assert_ok!(ModelsPallet::transfer_ownership(signed(OWNER), MODEL, REQUESTER));
			assert_ok!(submit(id, WORKER));
			assert_ok!(collect(MODEL));
			assert_eq!(free(REQUESTER), INITIAL_BALANCE - PRICE + ROYALTY);
		});
	}

	#[test]
	fn the_requester_may_be_the_worker_and_only_pays_for_it() {
		build_and_execute(|| {
			let id = Opening { who: WORKER, ..Default::default() }.open();
			assert_ok!(JobsPallet::claim(signed(WORKER), id));
			assert_ok!(submit(id, WORKER));
			assert_eq!(free(WORKER), INITIAL_BALANCE - BOND - ROYALTY - FEE);
			assert_eq!(WorkersPallet::reputation(WORKER), Default::default());
		});
	}

	#[test]
	fn all_may_be_one() {
		build_and_execute(|| {
			assert_ok!(ModelsPallet::transfer_ownership(signed(OWNER), MODEL, WORKER));
			let id = Opening { who: WORKER, ..Default::default() }.open();
			assert_ok!(JobsPallet::claim(signed(WORKER), id));
			assert_ok!(submit(id, WORKER));
			assert_ok!(collect(MODEL));
			assert_eq!(free(WORKER), INITIAL_BALANCE - BOND - FEE);
		});
	}
}

mod nobody_holds_up_the_workers_pay {
	use super::*;

	#[test]
	fn an_owner_that_has_vanished_is_owed_its_royalty_all_the_same() {
		const FRESH: AccountId = 77;
		build_and_execute(|| {
			set_free(FRESH, EXISTENTIAL_DEPOSIT);
			assert_ok!(ModelsPallet::transfer_ownership(signed(OWNER), MODEL, FRESH));
			let id = Opening { price: MIN_PRICE, ..Default::default() }.open();
			assert_ok!(JobsPallet::claim(signed(WORKER), id));
			set_free(FRESH, 0);
			let issuance = Balances::total_issuance();
			assert_ok!(submit(id, WORKER));
			// Of 100, the royalty is 10 and the fee 3.
			assert_eq!(free(WORKER), INITIAL_BALANCE - BOND + 87);
			assert_eq!((owed(), free(FRESH)), (10, 0));
			assert_eq!(issuance - Balances::total_issuance(), 3);
		});
	}

	#[test]
	fn no_royalty_is_no_burden() {
		build_and_execute(|| {
			register_model(2, Permill::zero());
			let id = Opening { model: ModelId(1), ..Default::default() }.open();
			assert_ok!(JobsPallet::claim(signed(WORKER), id));
			assert_ok!(submit(id, WORKER));
			assert_eq!(ModelsPallet::royalty_owed(ModelId(1), VERSION), Some(0));
			assert_eq!(free(POT), EXISTENTIAL_DEPOSIT);
		});
	}

	#[test]
	fn a_lock_on_the_requester_does_not_hold_the_escrow() {
		build_and_execute(|| {
			let id = claimed();
			Balances::set_lock(*b"locked!!", &REQUESTER, u128::MAX, WithdrawReasons::all());
			assert_ok!(submit(id, WORKER));
			assert_eq!(free(WORKER), INITIAL_BALANCE - BOND + PAYOUT);
		});
	}

	#[test]
	fn a_deposit_that_the_requester_cannot_take_back_is_given_up() {
		build_and_execute(|| {
			DepositPerByte::set(&0);
			for (deposit, returned) in [
				(EXISTENTIAL_DEPOSIT - 1, 0),
				(EXISTENTIAL_DEPOSIT, EXISTENTIAL_DEPOSIT),
				(EXISTENTIAL_DEPOSIT + 1, EXISTENTIAL_DEPOSIT + 1),
			] {
				DepositBase::set(&deposit);
				set_free(REQUESTER, INITIAL_BALANCE);
				let id = claimed();
				empty(REQUESTER);
				let issuance = Balances::total_issuance();
				assert_ok!(submit(id, WORKER));
				assert_eq!(free(REQUESTER), returned);
				assert_eq!(Balances::total_issuance(), issuance - FEE - (deposit - returned));
				let lost = Event::DepositLost { job: id, requester: REQUESTER };
				assert_eq!(events().contains(&lost), returned == 0);
			}
		});
	}

	#[test]
	fn a_worker_with_nothing_but_its_bond_is_paid() {
		build_and_execute(|| {
			let id = Opening { price: MIN_PRICE, ..Default::default() }.open();
			assert_ok!(JobsPallet::claim(signed(WORKER), id));
			empty(WORKER);
			assert_ok!(submit(id, WORKER));
			assert_eq!(free(WORKER), MIN_PRICE - 10 - 3);
		});
	}

	#[test]
	fn a_requester_with_nothing_but_its_escrow_is_refunded() {
		build_and_execute(|| {
			let id = Opening { price: MIN_PRICE, ..Default::default() }.open();
			let deposit = deposit_of(id);
			empty(REQUESTER);
			assert_ok!(JobsPallet::cancel(signed(REQUESTER), id));
			assert_eq!(free(REQUESTER), MIN_PRICE + deposit);
		});
	}
}
