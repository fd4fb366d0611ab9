// SPDX-License-Identifier: Apache-2.0

//! What the sender of a batch declares of its jobs.

use crate::common::*;
use candor_proof_system::{Effort, ProofSystems};
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo, weights::Weight};
use pallet_circuits::PreparedKeys;
use pallet_jobs::{
	weights::BatchSize, Answer, AnswersOf, Call, Distinct, Error, InCommon, ItemRefusal,
};
use proptest::prelude::*;
use sp_runtime::{DispatchResult, Permill};

/// A model on a circuit of its own.
#[derive(Clone)]
struct Sold {
	key: Vec<u8>,
	circuit: CircuitId,
	model: ModelId,
}

impl Sold {
	/// Another one for each seed.
	fn new(seed: u8) -> Self {
		let key = insecure::key(INPUTS, seed);
		let circuit = register_circuit(Insecure::ID, key.clone(), SCHEMA);
		let prove = |run: &candor_statement::Statement<'_>| insecure::prove(&key, run).to_vec();
		let model = register_model_on(circuit, seed, Permill::zero(), prove);
		Self { key, circuit, model }
	}

	/// A right answer to a new job on it.
	fn answer(&self, requester: AccountId, worker: AccountId) -> Answer<Test> {
		let id = Opening { who: requester, model: self.model, ..Default::default() }.open();
		assert_ok!(JobsPallet::claim(signed(worker), id));
		let output = output();
		let proof = insecure::prove(&self.key, &statement_of(id, worker, &output)).to_vec();
		Answer::to_one(id, worker, output.clone(), proof.try_into().unwrap())
	}
}

/// A right answer to a new job on the usual model.
fn usual(requester: AccountId) -> Answer<Test> {
	let id = Opening { who: requester, ..Default::default() }.open();
	assert_ok!(JobsPallet::claim(signed(WORKER), id));
	answer(id)
}

/// Four answers that have two of everything.
fn two_of_everything() -> Vec<Answer<Test>> {
	let other = Sold::new(2);
	vec![usual(REQUESTER), usual(REQUESTER), usual(STRANGER), other.answer(STRANGER, RIVAL)]
}

const TWO: Distinct = Distinct { circuits: 2, requesters: 2, versions: 2 };

/// The call and the view function refuse the batch with this declaration, and nothing changes.
fn refused(answers: &[Answer<Test>], declared: Distinct, error: Error<Test>) {
	let error = sp_runtime::DispatchError::from(error);
	let bounded: AnswersOf<Test> = answers.to_vec().try_into().unwrap();
	assert_eq!(JobsPallet::would_settle(bounded, declared), Err(error));
	assert_noop!(submit_declaring(STRANGER, answers, declared), error);
}

/// What the call weighs before, and after, and what comes of it.
fn weights(answers: &[Answer<Test>], declared: Distinct) -> (Weight, Weight, DispatchResult) {
	let answers: AnswersOf<Test> = answers.to_vec().try_into().unwrap();
	let call = Call::<Test>::submit_batch { answers: answers.clone(), distinct: declared };
	let before = call.get_dispatch_info().call_weight;
	let (after, result) = match JobsPallet::submit_batch(signed(STRANGER), answers, declared) {
		Ok(info) => (info.actual_weight, Ok(())),
		Err(refused) => (refused.post_info.actual_weight, Err(refused.error)),
	};
	(before, after.unwrap(), result)
}

#[test]
fn the_call_weighs_what_was_declared_and_what_it_shows_and_is_corrected_afterwards() {
	build_and_execute(|| {
		let answers = two_of_everything();
		// Three inputs, and two words of output.
		let declared = BatchSize {
			proofs: 4,
			keys: 3,
			inputs: 3 * 5,
			words: 4 * 2,
			requesters: 4,
			workers: 2,
			versions: 2,
			skipped: 0,
			effort: <Systems as ProofSystems>::EFFORT,
		};
		let told = Distinct { circuits: 3, requesters: u16::MAX, versions: 2 };
		assert_eq!(BatchSize::declared(&answers, told), declared);
		let (before, after, result) = weights(&answers, told);
		let found = BatchSize {
			keys: 2,
			inputs: 2 * 5,
			requesters: 2,
			effort: Effort::MEASURED,
			..declared
		};
		assert_eq!((before, after), (declared.weight::<Test>(), found.weight::<Test>()));
		assert_ok!(result);
	});
}

#[test]
fn of_keys_of_several_lengths_the_longest_count() {
	build_and_execute(|| {
		let mut answers = [usual(REQUESTER), usual(REQUESTER), usual(REQUESTER)];
		for (answer, bytes) in answers.iter_mut().zip([0, 62, 31]) {
			answer.runs[0].output = vec![0; bytes].try_into().unwrap();
		}
		let inputs =
			|keys| BatchSize::declared(&answers, Distinct { circuits: keys, ..TWO }).inputs;
		assert_eq!([1, 2, 3, 4].map(inputs), [5, 5 + 4, 5 + 4 + 3, 5 + 4 + 3]);
	});
}

#[test]
fn more_than_declared_is_refused_with_the_answer_that_brings_it() {
	build_and_execute(|| {
		let answers = two_of_everything();
		let too_few = [
			(Distinct { circuits: 1, ..TWO }, 3, InCommon::Circuit),
			(Distinct { requesters: 1, ..TWO }, 2, InCommon::Requester),
			(Distinct { versions: 1, ..TWO }, 3, InCommon::Version),
		];
		for (declared, item, of) in too_few {
			refused(&answers, declared, Error::MoreThanDeclared { item, of });
			assert_ok!(JobsPallet::would_settle(
				answers[..usize::from(item)].to_vec().try_into().unwrap(),
				declared
			));
		}
		assert_eq!(distinct(&answers), TWO);
		assert_ok!(submit_declaring(STRANGER, &answers, TWO));
	});
}

#[test]
fn more_than_there_is_may_be_declared() {
	build_and_execute(|| {
		let most = Distinct { circuits: u16::MAX, requesters: u16::MAX, versions: u16::MAX };
		let answers = two_of_everything();
		let size = BatchSize::declared(&answers, most);
		assert_eq!((size.keys, size.requesters, size.versions), (4, 4, 4));
		assert_ok!(submit_declaring(STRANGER, &answers, most));
	});
}

#[test]
fn nothing_is_no_number_of_what_every_job_has() {
	build_and_execute(|| {
		let answers = [usual(REQUESTER)];
		let nothing = [
			(Distinct { circuits: 0, ..TWO }, InCommon::Circuit),
			(Distinct { requesters: 0, ..TWO }, InCommon::Requester),
			(Distinct { versions: 0, ..TWO }, InCommon::Version),
		];
		for (declared, of) in nothing {
			refused(&answers, declared, Error::MoreThanDeclared { item: 0, of });
			// Not even where no job is looked at.
			let unknown = Answer::to_one(JobId(99), WORKER, output(), Default::default());
			refused(&[unknown], declared, Error::MoreThanDeclared { item: 0, of });
			assert_eq!(weights(&answers, declared).1, Weight::zero());
		}
		assert_ok!(submit_declaring(STRANGER, &answers, Distinct::ONE));
	});
}

#[test]
fn a_key_that_was_not_declared_is_not_read() {
	build_and_execute(|| {
		let other = Sold::new(2);
		let answers = [usual(REQUESTER), other.answer(REQUESTER, WORKER)];
		let key = PreparedKeys::<Test>::take(other.circuit).unwrap();
		let error = Error::MoreThanDeclared { item: 1, of: InCommon::Circuit };
		refused(&answers, Distinct { circuits: 1, ..TWO }, error);
		// Whoever reads it finds that it is not there.
		let skipped = would_settle(&answers).unwrap();
		assert_eq!(skipped[0].reason, ItemRefusal::UnknownCircuit);
		PreparedKeys::<Test>::insert(other.circuit, key);
	});
}

#[test]
fn circuits_that_are_frozen_have_to_be_declared_too() {
	build_and_execute(|| {
		let others = [Sold::new(2), Sold::new(3)];
		let answers = others.clone().map(|sold| sold.answer(REQUESTER, WORKER));
		for other in others {
			assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), other.circuit));
		}
		assert_eq!(would_settle(&answers).unwrap().len(), 2);
		let error = Error::MoreThanDeclared { item: 1, of: InCommon::Circuit };
		refused(&answers, Distinct { circuits: 1, ..TWO }, error);
	});
}

#[test]
fn what_storage_refuses_need_not_be_declared() {
	build_and_execute(|| {
		let other = Sold::new(2);
		let ended = other.answer(STRANGER, RIVAL);
		assert_ok!(submit_batch(STRANGER, std::slice::from_ref(&ended)));
		let foreign = Answer { worker: RIVAL, ..usual(STRANGER) };
		let answers = [ended, foreign, usual(REQUESTER)];
		assert_ok!(submit_declaring(STRANGER, &answers, Distinct::ONE));
	});
}

/// One of a few answers, and what becomes of it before the batch is sent.
#[derive(Clone, Debug)]
struct Plan {
	model: usize,
	requester: usize,
	worker: AccountId,
	fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
	Right,
	Settled,
	Frozen,
	Foreign,
	WrongLength,
	WrongProof,
}

fn plan() -> impl Strategy<Value = Plan> {
	use Fate::*;
	let fate = prop_oneof![
		8 => Just(Right), 2 => Just(Settled), 1 => Just(Frozen), 1 => Just(Foreign),
		1 => Just(WrongLength), 1 => Just(WrongProof),
	];
	(0..4usize, 0..ACCOUNTS.len(), prop_oneof![Just(WORKER), Just(RIVAL)], fate)
		.prop_map(|(model, requester, worker, fate)| Plan { model, requester, worker, fate })
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	/// Whatever is declared and whatever comes of it: the block has reserved at least what the call is charged.
	#[test]
	fn no_more_is_charged_than_was_reserved_and_the_truth_is_never_refused(
		plans in prop::collection::vec(plan(), 1..20),
		keys in 1..5u16, requesters in 1..7u16, versions in 1..5u16,
	) {
		new_market().execute_with(|| {
			for worker in [WORKER, RIVAL] {
				assert_ok!(WorkersPallet::bond_more(signed(worker), 10 * BOND));
			}
			let sold: Vec<_> = (2..6).map(Sold::new).collect();
			let answers: Vec<_> = plans
				.iter()
				.map(|Plan { model, requester, worker, fate }| {
					let mut answer = sold[*model].answer(ACCOUNTS[*requester], *worker);
					match fate {
						Fate::Right | Fate::Frozen => (),
						Fate::Settled => {
							assert_ok!(submit_batch(STRANGER, std::slice::from_ref(&answer)));
						}
						Fate::Foreign => answer.worker = OWNER,
						Fate::WrongLength => answer.runs[0].output = Default::default(),
						Fate::WrongProof => answer.proof = vec![0; 32].try_into().unwrap(),
					}
					answer
				})
				.collect();
			for plan in &plans {
				let circuit = sold[plan.model].circuit;
				if plan.fate == Fate::Frozen && !CircuitsPallet::is_frozen(circuit) {
					assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), circuit));
				}
			}
			let truth = distinct(&answers);
			for declared in [Distinct { circuits: keys, requesters, versions }, truth] {
				let (before, after, result) = weights(&answers, declared);
				assert!(after.all_lte(before), "{after:?} of {before:?}");
				if declared == truth {
					let undeclared = |error: &sp_runtime::DispatchError| {
						matches!(error, sp_runtime::DispatchError::Module(error)
							if error.message == Some("MoreThanDeclared"))
					};
					assert!(!result.is_err_and(|error| undeclared(&error)));
				}
			}
			check_invariants();
		});
	}
}

mod an_error {
	use super::*;
	use codec::{Decode, Encode};
	use sp_runtime::{DispatchError, ModuleError};

	#[test]
	fn carries_position_and_what_there_was_more_of_in_its_four_bytes() {
		let error = Error::<Test>::MoreThanDeclared { item: 0x0102, of: InCommon::Version };
		let DispatchError::Module(ModuleError { error: bytes, .. }) = error.into() else {
			panic!("not of a module")
		};
		assert_eq!(bytes[1..], [2, 1, 2]);
		let error = Error::<Test>::MoreThanDeclared { item: 0x0102, of: InCommon::Version };
		assert_eq!(Error::<Test>::decode(&mut &bytes[..]).unwrap().encode(), error.encode());
	}
}
