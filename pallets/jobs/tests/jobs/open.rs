// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use candor_statement::InputCommitment;
use frame_support::{assert_noop, assert_ok};
use pallet_jobs::{Demands, Error, Event, InlineInputOf, Job, NextJobId, Price, State, Tier, Who};
use pallet_models::Versions;
use sp_runtime::{DispatchError, Permill, TokenError};

fn bytes(length: u32) -> InlineInputOf<Test> {
	vec![3; length as usize].try_into().unwrap()
}

#[test]
fn price_and_deposit_are_held_and_the_terms_fixed() {
	build_and_execute(|| {
		let id = open();
		assert_eq!(id, JobId(0));
		assert_eq!(NextJobId::<Test>::get(), JobId(1));
		let Job { ticket, model_commitment, .. } = job(id);
		assert_eq!(
			job(id),
			Job {
				requester: REQUESTER,
				ticket,
				model: MODEL,
				version: VERSION,
				circuit: circuit(),
				model_commitment,
				royalty: Permill::from_percent(10),
				fee: Permill::from_percent(3),
				input_commitment: input_commitment(),
				input: Some(posted()),
				output_len: OUTPUT_LEN,
				price: Price::Fixed(PRICE),
				tier: Tier::Proven,
				demands: Demands::default(),
				proving_period: PROVING_PERIOD,
				deadline: DEADLINE,
				opened: 1,
				standstill: 0,
				withheld: 0,
				bounty: 0,
				state: State::Open,
			}
		);
		assert_eq!(model_commitment.as_bytes()[0], 1);
		let footprint = JobsPallet::footprint(INPUT_LEN as usize, 0);
		assert_eq!(deposit_of(id), 100 + u128::from(footprint.count * footprint.size));
		assert_eq!(held(EscrowReason::get(), REQUESTER), PRICE);
		assert_eq!(held(JobDepositReason::get(), REQUESTER), deposit_of(id));
		assert_eq!(free(REQUESTER), INITIAL_BALANCE - PRICE - deposit_of(id));
		assert_eq!(ModelsPallet::open_jobs(MODEL, VERSION), Some(1));
		System::assert_last_event(
			Event::Opened {
				job: id,
				requester: REQUESTER,
				model: MODEL,
				version: VERSION,
				price: Price::Fixed(PRICE),
				deadline: DEADLINE,
			}
			.into(),
		);
	});
}

#[test]
fn what_changes_later_does_not_change_the_terms() {
	build_and_execute(|| {
		let id = open();
		ProtocolFee::set(&Permill::from_percent(50));
		assert_ok!(ModelsPallet::deprecate(signed(OWNER), MODEL, VERSION));
		assert_eq!(job(id).fee, Permill::from_percent(3));
		assert_ok!(JobsPallet::claim(signed(WORKER), id));
		assert_ok!(submit(id, WORKER));
		assert_eq!(free(WORKER), INITIAL_BALANCE - BOND + PAYOUT);
	});
}

#[test]
fn a_posted_input_has_the_models_length_and_costs_a_deposit() {
	build_and_execute(|| {
		for length in [0, INPUT_LEN - 1, INPUT_LEN + 1] {
			assert_noop!(
				Opening { input: Some(bytes(length)), ..Default::default() }.call(),
				Error::<Test>::WrongInputLength
			);
		}
		let named = || Opening { who_may_claim: named(&[WORKER]), ..Default::default() };
		let with = Opening { input: Some(bytes(INPUT_LEN)), ..named() }.open();
		let without = Opening { input: None, ..named() }.open();
		assert_eq!(job(with).input, Some(bytes(INPUT_LEN)));
		assert_eq!(deposit_of(with), deposit_of(without) + u128::from(INPUT_LEN));
	});
}

#[test]
fn an_input_that_is_not_posted_is_for_named_workers_alone() {
	build_and_execute(|| {
		let private = |who_may_claim| Opening { input: None, who_may_claim, ..Default::default() };
		assert_noop!(private(Who::Anyone).call(), Error::<Test>::PrivateForAnyone);
		let id = private(named(&[WORKER, RIVAL])).open();
		assert_eq!(job(id).input, None);
		assert_noop!(JobsPallet::claim(signed(STRANGER), id), Error::<Test>::NotNamed);
		assert_ok!(JobsPallet::claim(signed(RIVAL), id));
		assert_ok!(submit(id, RIVAL));
	});
}

#[test]
fn the_version_must_take_jobs() {
	build_and_execute(|| {
		assert_noop!(
			Opening { model: ModelId(7), ..Default::default() }.call(),
			Error::<Test>::UnknownModel
		);
		assert_noop!(
			Opening { version: Version(7), ..Default::default() }.call(),
			Error::<Test>::UnknownModel
		);
		Versions::<Test>::mutate(MODEL, VERSION, |v| v.as_mut().unwrap().jobs = u32::MAX);
		assert_noop!(Opening::default().call(), Error::<Test>::TooManyOpenJobs);
		Versions::<Test>::mutate(MODEL, VERSION, |v| v.as_mut().unwrap().jobs = 0);
		assert_ok!(ModelsPallet::deprecate(signed(OWNER), MODEL, VERSION));
		assert_noop!(Opening::default().call(), Error::<Test>::DeprecatedVersion);
	});
}

#[test]
fn the_circuit_must_be_known_and_in_use() {
	build_and_execute(|| {
		freeze();
		assert_noop!(Opening::default().call(), Error::<Test>::FrozenCircuit);
		unfreeze();
		with_broken_circuit(Breakage::Gone, || {
			assert_noop!(Opening::default().call(), Error::<Test>::UnknownCircuit);
		});
	});
}

#[test]
fn an_output_that_could_not_be_submitted_is_refused() {
	build_and_execute(|| {
		for (output_len, result) in [(64, Ok(())), (65, Err(Error::<Test>::OutputTooLong.into()))] {
			with_broken_circuit(Breakage::OtherOutput(output_len), || {
				assert_eq!(Opening::default().call(), result);
			});
		}
	});
}

#[test]
fn the_input_commitment_must_be_canonical() {
	build_and_execute(|| {
		let input_commitment = InputCommitment::from_bytes([0xff; 32]);
		assert_noop!(
			Opening { input_commitment, ..Default::default() }.call(),
			Error::<Test>::NonCanonicalCommitment
		);
	});
}

#[test]
fn the_price_has_a_minimum() {
	build_and_execute(|| {
		assert_noop!(
			Opening { price: MIN_PRICE - 1, ..Default::default() }.call(),
			Error::<Test>::PriceTooLow
		);
		assert_ok!(Opening { price: MIN_PRICE, ..Default::default() }.call());
	});
}

#[test]
fn the_worker_must_be_left_with_the_existential_deposit() {
	build_and_execute(|| {
		// Of 100, the fee takes 3; a royalty of 87 leaves 10, one of 88 leaves 9.
		register_model(2, Permill::from_percent(87));
		register_model(3, Permill::from_percent(88));
		// Together with the fee, more than the whole.
		register_model(4, Permill::one());
		let opening =
			|model| Opening { model: ModelId(model), price: MIN_PRICE, ..Default::default() };
		assert_ok!(opening(1).call());
		assert_noop!(opening(2).call(), Error::<Test>::PayoutTooLow);
		assert_noop!(opening(3).call(), Error::<Test>::PayoutTooLow);
	});
}

#[test]
fn the_proving_period_is_bounded() {
	build_and_execute(|| {
		let opening =
			|proving_period| Opening { proving_period, deadline: 100, ..Default::default() };
		assert_noop!(opening(4).call(), Error::<Test>::ProvingPeriodTooShort);
		assert_noop!(opening(51).call(), Error::<Test>::ProvingPeriodTooLong);
		assert_ok!(opening(5).call());
		assert_ok!(opening(50).call());
	});
}

#[test]
fn the_deadline_is_bounded() {
	build_and_execute(|| {
		go_to(7);
		let opening = |deadline| Opening { deadline, ..Default::default() };
		let too_soon = |blocks| Error::<Test>::DeadlineTooSoon { blocks };
		assert_noop!(opening(7 + PROVING_PERIOD).call(), too_soon(1));
		assert_noop!(opening(7).call(), too_soon(11));
		assert_noop!(opening(0).call(), too_soon(18));
		go_to(100_000);
		assert_noop!(opening(0).call(), too_soon(u16::MAX));
		go_to(7);
		assert_noop!(opening(7 + 201).call(), Error::<Test>::DeadlineTooFar);
		assert_noop!(opening(u64::MAX).call(), Error::<Test>::DeadlineTooFar);
		assert_ok!(opening(7 + PROVING_PERIOD + 1).call());
		assert_ok!(opening(7 + 200).call());
	});
}

#[test]
fn the_shortest_job_can_be_claimed_in_the_block_after_it_was_opened() {
	build_and_execute(|| {
		let id = Opening { deadline: 1 + PROVING_PERIOD + 1, ..Default::default() }.open();
		go_to(2);
		assert_ok!(JobsPallet::claim(signed(WORKER), id));
	});
}

#[test]
fn a_list_of_named_workers_must_not_be_empty() {
	build_and_execute(|| {
		let naming =
			|workers: &[AccountId]| Opening { who_may_claim: named(workers), ..Default::default() };
		assert_noop!(naming(&[]).call(), Error::<Test>::NobodyNamed);
		assert_ok!(naming(&[WORKER]).call());
	});
}

#[test]
fn each_name_costs_its_deposit_and_a_job_for_anyone_pays_for_none() {
	build_and_execute(|| {
		let anyone = deposit_of(open());
		for names in 1..=MAX_NAMED_WORKERS {
			let workers: Vec<_> = (0..names).map(AccountId::from).collect();
			let id = Opening { who_may_claim: named(&workers), ..Default::default() }.open();
			assert_eq!(deposit_of(id), anyone + u128::from(names) * 8);
		}
	});
}

#[test]
fn ids_can_be_used_up() {
	build_and_execute(|| {
		NextJobId::<Test>::put(JobId(u64::MAX));
		assert_noop!(Opening::default().call(), Error::<Test>::IdsExhausted);
	});
}

#[test]
fn the_requester_must_survive_what_is_held() {
	build_and_execute(|| {
		let footprint = JobsPallet::footprint(INPUT_LEN as usize, 0);
		let needed = PRICE + 100 + u128::from(footprint.count * footprint.size);
		for (balance, result) in [
			(PRICE, Err(TokenError::FundsUnavailable.into())),
			(needed + EXISTENTIAL_DEPOSIT - 1, Err(TokenError::FundsUnavailable.into())),
			(needed + EXISTENTIAL_DEPOSIT, Ok(())),
		] {
			set_free(REQUESTER, balance);
			let before = sp_io::storage::root(Default::default());
			assert_eq!(Opening::default().call(), result);
			assert_eq!(result.is_err(), before == sp_io::storage::root(Default::default()));
		}
		assert_eq!(free(REQUESTER), EXISTENTIAL_DEPOSIT);
	});
}

#[test]
fn only_signed_origins_open() {
	build_and_execute(|| {
		assert_noop!(
			JobsPallet::open(
				RuntimeOrigin::root(),
				MODEL,
				VERSION,
				input_commitment(),
				Some(posted()),
				Price::Fixed(PRICE),
				Tier::Proven,
				Demands::default(),
				PROVING_PERIOD,
				DEADLINE,
			),
			DispatchError::BadOrigin
		);
	});
}
