// SPDX-License-Identifier: Apache-2.0

use crate::common::*;
use candor_statement::InputCommitment;
use frame_support::{assert_noop, assert_ok};
use pallet_jobs::{
	Demands, Error, Event, Input, InputRefusal, InputsOf, Jobs, NextJobId, Price, Tier,
};
use pallet_models::Versions;
use sp_runtime::{DispatchError, TokenError};

/// An input that is posted, of so many bytes; another one for each seed.
fn of_length(seed: u8, length: u32) -> Input<Test> {
	let posted = Some(vec![seed; length as usize].try_into().unwrap());
	Input { commitment: InputCommitment::from_bytes([seed; 32]), posted }
}

/// A good one.
fn good(seed: u8) -> Input<Test> {
	of_length(seed, INPUT_LEN)
}

/// One that is not posted.
fn private(seed: u8) -> Input<Test> {
	Input { posted: None, ..good(seed) }
}

/// As many good inputs as there can be.
fn many() -> Vec<Input<Test>> {
	(1..=MAX_INPUTS as u8).map(good).collect()
}

#[test]
fn it_does_what_as_many_single_calls_do() {
	let inputs = [good(1), private(2), good(3)];
	let opening = || Opening {
		ramp: Some((2 * PRICE, 10)),
		who_may_claim: named(&[WORKER]),
		..Default::default()
	};
	let outcome = |open: &dyn Fn()| {
		let mut outcome = None;
		build_and_execute(|| {
			let before = events().len();
			open();
			let jobs = [0, 1, 2].map(|id| job(JobId(id)));
			let told = events().split_off(before);
			outcome = Some((jobs, told, sp_io::storage::root(Default::default())));
		});
		outcome.unwrap()
	};
	let together = outcome(&|| {
		assert_ok!(opening().call_batch(inputs.to_vec()));
	});
	let one_by_one = outcome(&|| {
		for Input { commitment, posted } in inputs.clone() {
			let opening = Opening { input_commitment: commitment, input: posted, ..opening() };
			assert_ok!(opening.call());
		}
	});
	assert_eq!(together.0, one_by_one.0);
	assert_eq!(together.1, one_by_one.1);
	assert!(together.0.iter().zip(&inputs).all(|(job, input)| {
		(&job.input, job.input_commitment) == (&input.posted, input.commitment)
	}));
}

#[test]
fn each_job_has_its_price_and_deposit_held_and_its_own_end() {
	build_and_execute(|| {
		let named = Opening { who_may_claim: named(&[WORKER]), ..Default::default() };
		assert_ok!(named.call_batch(vec![good(1), private(2)]));
		let [first, second] = [JobId(0), JobId(1)];
		assert_eq!(NextJobId::<Test>::get(), JobId(2));
		assert_eq!(deposit_of(first), deposit_of(second) + u128::from(INPUT_LEN));
		let deposits = deposit_of(first) + deposit_of(second);
		assert_eq!(held(EscrowReason::get(), REQUESTER), 2 * PRICE);
		assert_eq!(held(JobDepositReason::get(), REQUESTER), deposits);
		assert_eq!(free(REQUESTER), INITIAL_BALANCE - 2 * PRICE - deposits);
		assert_eq!(ModelsPallet::open_jobs(MODEL, VERSION), Some(2));

		assert_ok!(JobsPallet::claim(signed(WORKER), first));
		assert_ok!(submit(first, WORKER));
		assert_ok!(JobsPallet::cancel(signed(REQUESTER), second));
		assert_eq!(free(REQUESTER), INITIAL_BALANCE - PRICE);
		assert_eq!(ModelsPallet::open_jobs(MODEL, VERSION), Some(0));
	});
}

#[test]
fn as_many_as_the_bound_are_taken() {
	build_and_execute(|| {
		assert_ok!(Opening::default().call_batch(many()));
		assert_eq!(Jobs::<Test>::iter().count(), MAX_INPUTS as usize);
		let more: Result<InputsOf<Test>, _> = [many(), vec![good(9)]].concat().try_into();
		assert!(more.is_err());
	});
}

/// Whatever is refused leaves nothing behind, which `assert_noop` compares.
mod reject {
	use super::*;

	#[test]
	fn nothing() {
		build_and_execute(|| {
			assert_noop!(Opening::default().call_batch(vec![]), Error::<Test>::EmptyBatch);
		});
	}

	#[test]
	fn an_input_that_is_wrong_wherever_it_stands() {
		build_and_execute(|| {
			let wrong = [
				(of_length(1, INPUT_LEN - 1), InputRefusal::WrongLength),
				(of_length(1, INPUT_LEN + 1), InputRefusal::WrongLength),
				(of_length(1, 0), InputRefusal::WrongLength),
				(good(0xff), InputRefusal::NonCanonicalCommitment),
				(private(1), InputRefusal::PrivateForAnyone),
			];
			for (input, reason) in wrong {
				for item in [0, 3, MAX_INPUTS as u16 - 1] {
					let mut inputs = many();
					inputs[usize::from(item)] = input.clone();
					let refusal = Error::<Test>::BadInput { item, reason };
					assert_noop!(Opening::default().call_batch(inputs), refusal);
				}
			}
		});
	}

	#[test]
	fn and_names_the_first_of_several() {
		build_and_execute(|| {
			let inputs = vec![good(1), good(0xff), of_length(2, 0)];
			let reason = InputRefusal::NonCanonicalCommitment;
			let refusal = Error::<Test>::BadInput { item: 1, reason };
			assert_noop!(Opening::default().call_batch(inputs), refusal);
		});
	}

	#[test]
	fn terms_that_are_refused_of_a_single_job() {
		build_and_execute(|| {
			let refused: [(Opening, Error<Test>); 6] = [
				(Opening { model: ModelId(7), ..Default::default() }, Error::UnknownModel),
				(Opening { price: MIN_PRICE - 1, ..Default::default() }, Error::PriceTooLow),
				(Opening { ramp: Some((PRICE, 5)), ..Default::default() }, Error::RampWithoutRise),
				(
					Opening { deadline: PROVING_PERIOD + 1, ..Default::default() },
					Error::DeadlineTooSoon { blocks: 1 },
				),
				(Opening { who_may_claim: named(&[]), ..Default::default() }, Error::NobodyNamed),
				(
					Opening { setup: pallet_jobs::SetupDemand::Attested, ..Default::default() },
					Error::NotAttested,
				),
			];
			for (opening, error) in refused {
				assert_noop!(opening.call_batch(many()), error);
			}
			freeze();
			assert_noop!(Opening::default().call_batch(many()), Error::<Test>::FrozenCircuit);
			unfreeze();
		});
	}

	#[test]
	fn more_than_the_requester_can_pay() {
		build_and_execute(|| {
			assert_ok!(Opening::default().call_batch(many()));
			let all = INITIAL_BALANCE - free(REQUESTER) + EXISTENTIAL_DEPOSIT;
			for id in 0..u64::from(MAX_INPUTS) {
				assert_ok!(JobsPallet::cancel(signed(REQUESTER), JobId(id)));
			}
			set_free(REQUESTER, all - 1);
			assert_noop!(
				Opening::default().call_batch(many()),
				DispatchError::from(TokenError::FundsUnavailable)
			);
			set_free(REQUESTER, all);
			assert_ok!(Opening::default().call_batch(many()));
			assert_eq!(free(REQUESTER), EXISTENTIAL_DEPOSIT);
			// A product that no number holds is more than anybody has.
			let dearest = Opening { price: u128::MAX / 2, ..Default::default() };
			assert_noop!(
				dearest.call_batch(many()),
				DispatchError::from(TokenError::FundsUnavailable)
			);
		});
	}

	#[test]
	fn more_than_can_be_counted() {
		build_and_execute(|| {
			let last = u64::MAX - u64::from(MAX_INPUTS);
			NextJobId::<Test>::put(JobId(last + 1));
			assert_noop!(Opening::default().call_batch(many()), Error::<Test>::IdsExhausted);
			NextJobId::<Test>::put(JobId(last));
			let set = |jobs| {
				Versions::<Test>::mutate(MODEL, VERSION, |v| v.as_mut().unwrap().jobs = jobs);
			};
			set(u32::MAX - MAX_INPUTS + 1);
			assert_noop!(Opening::default().call_batch(many()), Error::<Test>::TooManyOpenJobs);
			set(0);
			assert_ok!(Opening::default().call_batch(many()));
		});
	}

	#[test]
	fn other_than_signed_origins() {
		build_and_execute(|| {
			assert_noop!(
				JobsPallet::open_batch(
					RuntimeOrigin::root(),
					MODEL,
					VERSION,
					many().try_into().unwrap(),
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
}

#[test]
fn every_job_is_told_in_the_order_of_the_inputs() {
	build_and_execute(|| {
		let opened = |id| Event::Opened {
			job: JobId(id),
			requester: REQUESTER,
			model: MODEL,
			version: VERSION,
			price: Price::Fixed(PRICE),
			deadline: DEADLINE,
		};
		assert_ok!(Opening::default().call_batch(vec![good(3), good(1), good(2)]));
		assert_eq!(events(), [0, 1, 2].map(opened));
		let commitments = [0, 1, 2].map(|id| job(JobId(id)).input_commitment.as_bytes()[0]);
		assert_eq!(commitments, [3, 1, 2]);
	});
}
