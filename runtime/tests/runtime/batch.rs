// SPDX-License-Identifier: Apache-2.0

//! Batches of answers with real keys and real proofs: of two workers and two models.

use crate::{
	chain::{account, advance, bonded, free, held, issuance, send, send_as_root},
	market::{
		claim, collect, fixture, market, open_on, Fixture, BOND, OWNER, PRICE, PROVING_PERIOD,
		REQUESTER, RIVAL, STRANGER, WORKER,
	},
};
use candor_market::ModelId;
use candor_operators::Parameters;
use candor_runtime::{Jobs, Runtime, RuntimeCall, RuntimeOrigin, Workers};
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo, BoundedVec};
use pallet_jobs::{
	weights::BatchSize, Answer, AnswersOf, Distinct, Error, ItemRefusal, SkippedItem,
};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{traits::Dispatchable, DispatchError};
use std::sync::OnceLock;

/// 5 % and 10 % of the price, 3_000_000_000_007, rounded down.
const FEE: u128 = 150_000_000_000;
const ROYALTY: u128 = 300_000_000_000;
const PAYOUT: u128 = PRICE - FEE - ROYALTY;

/// A model of another shape than the market's, with an output of another length.
fn other() -> &'static Fixture {
	static OTHER: OnceLock<Fixture> = OnceLock::new();
	OTHER.get_or_init(|| {
		Fixture::new(
			vec![4, 2, 3],
			vec![
				Parameters { weights: vec![10, -20, 30, 40, -50, 60, 70, 80], biases: vec![1, -2] },
				Parameters { weights: vec![5, 6, -7, 8, 9, -10], biases: vec![3, 2, 1] },
			],
		)
	})
}

/// Opens a job on one of the models, has a worker claim it, and gives the worker's answer.
fn answer(model: &Fixture, worker: Sr25519Keyring) -> Answer<Runtime> {
	let number = if model.circuit() == fixture().circuit() { 0 } else { 1 };
	let job = open_on(ModelId(number));
	assert_ok!(claim(worker, job));
	let (output, proof) = model.answer(job, worker);
	Answer::to_one(
		job,
		account(worker),
		BoundedVec::truncate_from(output),
		BoundedVec::truncate_from(proof),
	)
}

/// Both models, both workers.
fn four() -> Vec<Answer<Runtime>> {
	vec![
		answer(fixture(), WORKER),
		answer(other(), WORKER),
		answer(fixture(), RIVAL),
		answer(other(), RIVAL),
	]
}

fn bounded(answers: &[Answer<Runtime>]) -> AnswersOf<Runtime> {
	answers.to_vec().try_into().expect("short enough")
}

/// The call with these answers, of whose jobs the truth is declared.
pub fn batch(answers: &[Answer<Runtime>]) -> pallet_jobs::Call<Runtime> {
	let answers = bounded(answers);
	let distinct = Jobs::distinct(answers.clone());
	pallet_jobs::Call::submit_batch { answers, distinct }
}

fn submit(answers: &[Answer<Runtime>]) -> Result<(), DispatchError> {
	send(STRANGER, batch(answers))
}

/// What the view function says of these answers.
fn would_settle(answers: &[Answer<Runtime>]) -> Result<Vec<SkippedItem>, DispatchError> {
	let answers = bounded(answers);
	Jobs::would_settle(answers.clone(), Jobs::distinct(answers))
}

/// The call and the view function give this reason, and nothing changes.
fn refused(answers: &[Answer<Runtime>], error: Error<Runtime>) {
	let error = DispatchError::from(error);
	assert_eq!(would_settle(answers), Err(error));
	assert_noop!(submit(answers), error);
}

/// The view function foretells that these answers are left out, and the others are paid.
fn skips(answers: &[Answer<Runtime>], expected: &[(u16, ItemRefusal)]) {
	let skipped = would_settle(answers).expect("no proof is wrong");
	let skipped: Vec<_> = skipped.into_iter().map(|it| (it.item, it.reason)).collect();
	assert_eq!(skipped, expected);
	assert_ok!(submit(answers));
}

fn bad_item(item: u16, reason: ItemRefusal) -> Error<Runtime> {
	Error::BadItem { item, reason }
}

/// A market with both models.
fn two_models(test: impl FnOnce()) {
	market(|| {
		other().register();
		test();
	});
}

#[test]
fn of_two_workers_and_two_models_pays_each_worker_and_not_the_sender() {
	two_models(|| {
		let (owner, requester) = (free(OWNER), free(REQUESTER));
		let answers = four();
		let parties = [WORKER, RIVAL, STRANGER].map(free);
		let supply = issuance();
		assert_ok!(would_settle(&answers));
		assert_ok!(submit(&answers));

		assert_eq!(
			[WORKER, RIVAL, STRANGER].map(free),
			[parties[0] + 2 * PAYOUT, parties[1] + 2 * PAYOUT, parties[2]]
		);
		collect(ModelId(0));
		collect(ModelId(1));
		assert_eq!(free(OWNER), owner + 4 * ROYALTY);
		assert_eq!(free(REQUESTER), requester - 4 * PRICE);
		assert_eq!(issuance(), supply - 4 * FEE);
		assert_eq!(held(REQUESTER), 0);
		for worker in [WORKER, RIVAL] {
			assert_eq!(bonded(worker), BOND);
			let reputation = Workers::reputation(account(worker));
			// Two fees of 0.15 beside a prior of 1.
			assert_eq!((reputation.settled, reputation.score.deconstruct()), (2, 230_769));
		}
		// There is nothing to be had a second time.
		skips(&answers, &[0, 1, 2, 3].map(|item| (item, ItemRefusal::UnknownJob)));
		assert_eq!(free(WORKER), parties[0] + 2 * PAYOUT);
	});
}

mod of_the_largest_size {
	use super::*;
	use crate::trapdoor::TrapdoorModel;
	use candor_market::Version;
	use candor_proof_system::Effort;
	use candor_runtime::{
		configs::{jobs::MaxOutputBytes, system::RuntimeBlockWeights},
		System,
	};
	use candor_statement::JobId;
	use frame_support::{dispatch::DispatchClass, traits::Get};
	use pallet_jobs::{Demands, NextJobId, Price, Tier};

	fn largest() -> u32 {
		<Runtime as pallet_jobs::Config>::MaxBatch::get()
	}

	/// Opens a job, has the worker claim it, and gives its answer.
	fn answer(model: &mut TrapdoorModel) -> Answer<Runtime> {
		let job: JobId = NextJobId::<Runtime>::get();
		assert_ok!(send(
			REQUESTER,
			pallet_jobs::Call::open {
				model: ModelId(1),
				version: Version::FIRST,
				input_commitment: TrapdoorModel::input(),
				input: Some(Default::default()),
				price: Price::Fixed(PRICE),
				tier: Tier::Proven,
				demands: Demands::default(),
				proving_period: PROVING_PERIOD,
				deadline: System::block_number() + PROVING_PERIOD + 1,
			}
		));
		assert_ok!(claim(WORKER, job));
		model.answer(job, account(WORKER))
	}

	#[test]
	fn settles_every_job_or_none_and_is_charged_for_what_they_had_in_common_once() {
		market(|| {
			let mut model = TrapdoorModel::register(1);
			let bonds = u128::from(largest()) * PRICE;
			assert_ok!(send(WORKER, pallet_workers::Call::bond_more { amount: bonds }));
			let answers: Vec<_> = (0..largest()).map(|_| answer(&mut model)).collect();
			let (worker, owner, supply) = (free(WORKER), free(OWNER), issuance());

			let mut wrong = answers.clone();
			wrong[200].proof = answers[201].proof.clone();
			refused(&wrong, Error::InvalidBatch);

			let call = RuntimeCall::from(batch(&answers));
			let before = BatchSize::declared::<Runtime>(&answers, Distinct::ONE);
			assert_eq!(call.get_dispatch_info().call_weight, before.weight::<Runtime>());
			let done = call.dispatch(RuntimeOrigin::signed(account(STRANGER)));
			let found = BatchSize {
				proofs: largest(),
				keys: 1,
				inputs: 4,
				words: largest(),
				requesters: 1,
				workers: 1,
				versions: 1,
				skipped: 0,
				effort: Effort::MEASURED,
			};
			assert_eq!(done.expect("all are right").actual_weight, Some(found.weight::<Runtime>()));
			// What is left between the two is that a circuit may be of a dearer system.
			let dearest = BatchSize { effort: before.effort, ..found };
			assert_eq!(before, dearest);

			let jobs = u128::from(largest());
			assert_eq!(free(WORKER), worker + jobs * PAYOUT);
			collect(ModelId(1));
			assert_eq!(free(OWNER), owner + jobs * ROYALTY);
			assert_eq!(issuance(), supply - jobs * FEE);
			assert_eq!(held(REQUESTER), 0);
			assert_eq!(bonded(WORKER), BOND + bonds);
		});
	}

	#[test]
	fn fits_into_a_block_with_the_longest_outputs_and_nothing_in_common() {
		let answer = Answer::to_one(
			JobId(0),
			account(WORKER),
			BoundedVec::truncate_from(vec![0; MaxOutputBytes::get() as usize]),
			BoundedVec::truncate_from(vec![0; candor_groth16::PROOF_BYTES]),
		);
		let answers = bounded(&vec![answer; largest() as usize]);
		let distinct = Distinct { circuits: u16::MAX, requesters: u16::MAX, versions: u16::MAX };
		let call = pallet_jobs::Call::<Runtime>::submit_batch { answers, distinct };
		let weight = call.get_dispatch_info().call_weight;
		let limit = RuntimeBlockWeights::get().get(DispatchClass::Normal).max_extrinsic;
		assert!(weight.all_lte(limit.expect("transactions are limited")), "{weight}");
	}
}

mod is_refused_whole {
	use super::*;

	#[test]
	fn with_proofs_that_changed_places() {
		two_models(|| {
			let right = four();
			for (one, other) in [(0, 2), (0, 1), (1, 3)] {
				let mut answers = right.clone();
				answers[one].proof = right[other].proof.clone();
				answers[other].proof = right[one].proof.clone();
				refused(&answers, Error::InvalidBatch);
			}
			assert_ok!(submit(&right));
		});
	}

	#[test]
	fn with_an_output_that_was_not_proven() {
		two_models(|| {
			let right = four();
			for item in 0..4 {
				let mut answers = right.clone();
				answers[item].runs[0].output[0] ^= 1;
				refused(&answers, Error::InvalidBatch);
			}
			assert_ok!(submit(&right));
		});
	}

	#[test]
	fn with_two_wrong_proofs_whose_faults_cancel_each_other() {
		use candor_groth16::{G1Affine, Proof};
		two_models(|| {
			let right = vec![answer(fixture(), WORKER), answer(fixture(), RIVAL)];
			// The same point added to one C and taken from the other leaves the sum of the
			// equations as it was.
			let shifted = |answer: &Answer<Runtime>, by: G1Affine| {
				let mut proof = Proof::from_bytes(&answer.proof).expect("a proof");
				proof.c = (proof.c + by).into();
				BoundedVec::truncate_from(proof.to_bytes().to_vec())
			};
			let point = Proof::from_bytes(&right[0].proof).expect("a proof").a;
			let mut answers = right.clone();
			answers[0].proof = shifted(&right[0], point);
			answers[1].proof = shifted(&right[1], -point);
			refused(&answers, Error::InvalidBatch);
			assert_ok!(submit(&right));
		});
	}

	#[test]
	fn with_an_answer_to_another_job() {
		two_models(|| {
			let right = four();
			let another = answer(fixture(), WORKER);
			let mut answers = right.clone();
			answers[0].runs[0].job = another.runs[0].job;
			refused(&answers, Error::InvalidBatch);
			answers[0] = another;
			assert_ok!(submit(&answers));
			assert_ok!(submit(&right[..1]));
		});
	}

	#[test]
	fn with_a_malformed_proof_or_a_wrong_length_by_its_position() {
		two_models(|| {
			let right = four();
			for (item, place) in (0u16..).zip(0..4) {
				let mut answers = right.clone();
				answers[place].proof = BoundedVec::truncate_from(right[place].proof[1..].to_vec());
				refused(&answers, bad_item(item, ItemRefusal::MalformedProof));
				let mut answers = right.clone();
				answers[place].runs[0].output = BoundedVec::truncate_from(vec![0; 9]);
				refused(&answers, bad_item(item, ItemRefusal::WrongOutputLength));
			}
		});
	}
}

mod leaves_out {
	use super::*;

	#[test]
	fn the_same_job_the_second_time() {
		two_models(|| {
			let mut answers = four();
			answers.push(answers[1].clone());
			skips(&answers, &[(4, ItemRefusal::RepeatedJob)]);
		});
	}

	#[test]
	fn what_somebody_settled_first_for_a_fee_far_below_that_of_the_whole() {
		two_models(|| {
			let answers = four();
			assert_ok!(submit(&answers[..1]));
			skips(&answers, &[(0, ItemRefusal::UnknownJob)]);
			let call = RuntimeCall::from(batch(&answers));
			let before = call.get_dispatch_info().call_weight;
			let done = call.dispatch(RuntimeOrigin::signed(account(STRANGER)));
			let after = done.expect("nothing is wrong").actual_weight.expect("it is corrected");
			assert!(after.ref_time() < before.ref_time() / 4, "{before} {after}");
		});
	}

	#[test]
	fn a_claim_that_is_overdue_or_has_gone_to_another_worker() {
		two_models(|| {
			let (overdue, taken) = (answer(fixture(), WORKER), answer(fixture(), WORKER));
			advance(PROVING_PERIOD + 1);
			assert_ok!(claim(RIVAL, taken.runs[0].job));
			let later = answer(other(), RIVAL);
			skips(
				&[later, overdue, taken],
				&[(1, ItemRefusal::DeadlinePassed), (2, ItemRefusal::NotClaimant)],
			);
		});
	}

	#[test]
	fn an_answer_under_a_frozen_circuit() {
		two_models(|| {
			let answers = four();
			let freeze = pallet_circuits::Call::freeze { circuit: other().circuit() };
			assert_ok!(send_as_root(freeze));
			skips(&answers, &[1, 3].map(|item| (item, ItemRefusal::FrozenCircuit)));
		});
	}
}
