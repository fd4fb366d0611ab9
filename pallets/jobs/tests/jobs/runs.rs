// SPDX-License-Identifier: Apache-2.0

//! One proof that answers several jobs of one model.

use crate::common::*;
use candor_market::{ModelId, SystemId};
use candor_proof_system::ProofSystem;
use candor_statement::{JobId, Statement, StatementSchema};
use candor_testing::insecure::{self, Insecure};
use frame_support::{
	assert_noop, assert_ok, dispatch::GetDispatchInfo, traits::Get, weights::RuntimeDbWeight,
};
use pallet_jobs::{
	weights::BatchSize, Answer, Call, Distinct, Error, Event, ItemRefusal, Jobs, Run, SkippedItem,
	WeightInfo,
};
use sp_runtime::Permill;

/// The runs that a proof is of.
const RUNS: u8 = 3;
/// Each has the public inputs of the usual circuit.
const KEY_INPUTS: u8 = RUNS * INPUTS;
const SYSTEM: SystemId = Insecure::ID;

fn key() -> Vec<u8> {
	insecure::key(KEY_INPUTS, 7)
}

/// A proof of these runs; the last stands for those that are left.
fn prove_runs(runs: &[Statement<'_>]) -> Vec<u8> {
	let last = runs.last().unwrap();
	let filled: Vec<_> =
		(0..usize::from(RUNS)).map(|place| *runs.get(place).unwrap_or(last)).collect();
	insecure::prove_runs(&key(), &filled).to_vec()
}

/// A model on a circuit whose proofs are of three runs.
fn model(seed: u8) -> ModelId {
	let schema =
		StatementSchema::InferencesV1 { input_len: INPUT_LEN, output_len: OUTPUT_LEN, runs: RUNS };
	let circuit = candor_market::CircuitId::of(SYSTEM, &key(), &schema, &PROVENANCE);
	if CircuitsPallet::circuit(circuit).is_none() {
		register_circuit(SYSTEM, key(), schema);
	}
	register_model_on(circuit, seed, Permill::from_percent(10), |run| prove_runs(&[*run]))
}

fn claimed_of(model: ModelId, who: u64) -> JobId {
	let job = Opening { who, model, ..Default::default() }.open();
	assert_ok!(JobsPallet::claim(signed(WORKER), job));
	job
}

/// The worker's answer to these jobs.
fn answer_to(jobs: &[JobId]) -> Answer<Test> {
	let output = output();
	let runs: Vec<_> = jobs.iter().map(|job| statement_of(*job, WORKER, &output)).collect();
	let proof = prove_runs(&runs).try_into().unwrap();
	let run = |job: &JobId| Run { job: *job, output: super::common::output() };
	let runs: Vec<_> = jobs.iter().map(run).collect();
	Answer { worker: WORKER, runs: runs.try_into().unwrap(), places: RUNS, proof }
}

fn refused(answers: &[Answer<Test>], error: Error<Test>) {
	assert_noop!(submit_batch(STRANGER, answers), error);
}

fn bad(reason: ItemRefusal) -> Error<Test> {
	Error::BadItem { item: 0, reason }
}

#[test]
fn each_job_is_paid_by_its_requester() {
	build_and_execute(|| {
		let model = model(5);
		let jobs = [REQUESTER, STRANGER, OWNER].map(|who| claimed_of(model, who));
		let (paid, supply) = (free(WORKER), Balances::total_issuance());
		System::reset_events();
		assert_ok!(submit_batch(STRANGER, &[answer_to(&jobs)]));
		assert_eq!(free(WORKER), paid + 3 * PAYOUT);
		assert_eq!(Balances::total_issuance(), supply - 3 * FEE);
		let settled: Vec<_> = events()
			.into_iter()
			.map(|event| match event {
				Event::Settled { job, requester, .. } => (job, requester),
				other => panic!("{other:?}"),
			})
			.collect();
		assert_eq!(settled, [(jobs[0], REQUESTER), (jobs[1], STRANGER), (jobs[2], OWNER)]);
	});
}

#[test]
fn fewer_jobs_than_places_are_answered_with_the_last_in_those_that_are_left() {
	for count in [1, 2] {
		build_and_execute(|| {
			let model = model(5);
			let jobs: Vec<_> = (0..count).map(|_| claimed_of(model, REQUESTER)).collect();
			let answer = answer_to(&jobs);
			let paid = free(WORKER);
			assert_ok!(would_settle(std::slice::from_ref(&answer)));
			assert_ok!(submit_batch(WORKER, &[answer]));
			assert_eq!(free(WORKER), paid + count * PAYOUT);
		});
	}
}

#[test]
fn the_output_of_every_run_is_proved() {
	build_and_execute(|| {
		let model = model(5);
		let jobs: Vec<_> = (0..3).map(|_| claimed_of(model, REQUESTER)).collect();
		for place in 0..3 {
			let mut answer = answer_to(&jobs);
			answer.runs[place].output[0] ^= 1;
			refused(&[answer], bad(ItemRefusal::InvalidProof));
		}
		let mut exchanged = answer_to(&jobs);
		exchanged.runs.as_mut().swap(0, 1);
		refused(&[exchanged], bad(ItemRefusal::InvalidProof));
		assert_ok!(submit_batch(WORKER, &[answer_to(&jobs)]));
	});
}

#[test]
fn an_answer_tells_how_many_places_its_circuit_has() {
	build_and_execute(|| {
		let model = model(5);
		let jobs: Vec<_> = (0..4).map(|_| claimed_of(model, REQUESTER)).collect();
		let right = answer_to(&jobs[..2]);
		for places in [0, 1, 2, RUNS + 1, u8::MAX] {
			refused(&[Answer { places, ..right.clone() }], bad(ItemRefusal::WrongRuns));
		}
		refused(&[answer_to(&jobs)], bad(ItemRefusal::WrongRuns));
		let none = Answer { runs: Default::default(), ..right };
		refused(&[none], bad(ItemRefusal::WrongRuns));
		// And one run is not what a proof under the usual circuit is of several of.
		let usual = Answer { places: RUNS, ..answer(claimed()) };
		refused(&[usual], bad(ItemRefusal::WrongRuns));
	});
}

#[test]
fn what_a_call_weighs_before_it_is_made_counts_every_place() {
	build_and_execute(|| {
		let model = model(5);
		let answers = [answer_to(&[claimed_of(model, REQUESTER)])];
		let distinct = Distinct { circuits: 2, requesters: 2, versions: 2 };
		let size = BatchSize::declared(&answers, distinct);
		assert_eq!((size.proofs, size.keys, size.inputs), (1, 1, KEY_INPUTS.into()));
		let answers = answers.to_vec().try_into().unwrap();
		let call = Call::<Test>::submit_batch { answers, distinct };
		assert_eq!(call.get_dispatch_info().call_weight, size.weight::<Test>());
		// No less than one run by itself under a key with as many inputs.
		let alone = <() as WeightInfo>::submit(KEY_INPUTS.into()).ref_time();
		assert!(size.weight::<Test>().ref_time() >= alone);
		let two = answer_to(&[0, 1].map(|_| claimed_of(model, REQUESTER)));
		let size = BatchSize::declared(&[two], distinct);
		assert_eq!((size.proofs, size.keys, size.requesters), (2, 1, 2));
	});
}

#[test]
fn jobs_of_two_models_are_not_proved_by_one_proof() {
	build_and_execute(|| {
		let (one, other) = (model(5), model(6));
		let jobs = [claimed_of(one, REQUESTER), claimed_of(other, REQUESTER)];
		refused(&[answer_to(&jobs)], bad(ItemRefusal::MixedModels));
		// Nor those of two circuits.
		let jobs = [claimed_of(one, REQUESTER), claimed()];
		refused(&[answer_to(&jobs)], bad(ItemRefusal::MixedModels));
	});
}

#[test]
fn a_job_that_has_ended_takes_those_of_its_proof_along_and_no_others() {
	build_and_execute(|| {
		let model = model(5);
		let jobs: Vec<_> = (0..4).map(|_| claimed_of(model, REQUESTER)).collect();
		let (together, alone) = (answer_to(&jobs[..3]), answer_to(&jobs[3..]));
		assert_ok!(submit_batch(WORKER, &[answer_to(&jobs[1..2])]));
		let skipped = |place: usize, reason| SkippedItem { item: 0, job: jobs[place], reason };
		let expected = vec![
			skipped(0, ItemRefusal::RefusedTogether),
			skipped(1, ItemRefusal::UnknownJob),
			skipped(2, ItemRefusal::RefusedTogether),
		];
		let answers = [together, alone];
		let predicted = would_settle(&answers);
		assert_eq!(predicted, Ok(expected));
		let paid = free(WORKER);
		assert_ok!(submit_batch(STRANGER, &answers));
		assert_eq!(free(WORKER), paid + PAYOUT);
		assert!(Jobs::<Test>::contains_key(jobs[0]) && Jobs::<Test>::contains_key(jobs[2]));
		assert_ok!(submit_batch(STRANGER, &[answer_to(&[jobs[0], jobs[2]])]));
	});
}

#[test]
fn an_answer_that_storage_refuses_reads_no_key() {
	build_and_execute(|| {
		let job = claimed_of(model(5), REQUESTER);
		let mut answer = answer_to(&[job]);
		let unknown = Run { job: JobId(99), output: output() };
		answer.runs.try_push(unknown).unwrap();
		let answers = vec![answer; 1].try_into().unwrap();
		let charged = JobsPallet::submit_batch(signed(WORKER), answers, Distinct::ONE);
		let charged = charged.unwrap().actual_weight.unwrap();
		// Two jobs are looked at, and nothing else.
		let db: RuntimeDbWeight = <Test as frame_system::Config>::DbWeight::get();
		assert_eq!(charged, db.reads(4));
		assert!(Jobs::<Test>::contains_key(job));
	});
}

#[test]
fn an_answer_to_another_s_job_does_not_stand_in_the_way_of_the_right_one() {
	build_and_execute(|| {
		let model = model(5);
		let jobs = [claimed_of(model, REQUESTER), claimed_of(model, REQUESTER)];
		let right = answer_to(&jobs[1..]);
		let mut foreign = answer_to(&jobs);
		foreign.worker = RIVAL;
		let paid = free(WORKER);
		assert_ok!(submit_batch(STRANGER, &[foreign, right]));
		assert_eq!(free(WORKER), paid + PAYOUT);
	});
}

#[test]
fn a_job_stands_in_one_answer_once() {
	build_and_execute(|| {
		let job = claimed_of(model(5), REQUESTER);
		let twice = answer_to(&[job, job]);
		let predicted = would_settle(std::slice::from_ref(&twice)).unwrap();
		let reasons: Vec<_> = predicted.iter().map(|skipped| skipped.reason).collect();
		assert_eq!(reasons, [ItemRefusal::RefusedTogether, ItemRefusal::RepeatedJob]);
		assert_ok!(submit_batch(WORKER, &[twice]));
		assert!(Jobs::<Test>::contains_key(job));
	});
}

#[test]
fn the_call_for_one_answer_sends_to_the_one_for_several() {
	build_and_execute(|| {
		let job = claimed_of(model(5), REQUESTER);
		let (id, output, proof) = parts(answer_to(&[job]));
		let refused = JobsPallet::submit(signed(WORKER), id, output.clone(), proof.clone());
		assert_eq!(refused.unwrap_err().error, Error::<Test>::SeveralRuns.into());
		let predicted = JobsPallet::can_submit(id, WORKER, output, proof);
		assert_eq!(predicted, Err(Error::<Test>::SeveralRuns.into()));
	});
}
