// SPDX-License-Identifier: Apache-2.0

//! Two proof systems in one market, from registration to payment.

use candor_groth16::{Groth16, StagedGroth16};
use candor_proof_system::{Effort, ProofSystems};
use candor_statement::{Statement, StatementSchema};
use candor_testing::{
	groth16::{Keyed, StagedKeyed},
	*,
};
use frame_support::{assert_noop, assert_ok};
use pallet_jobs::{weights::BatchSize, Answer, Error, ItemRefusal, Jobs, WeightInfo};
use sp_runtime::Permill;

/// Jobs on circuits of two systems, claimed by one worker.
struct Mixed {
	groth16: Keyed,
	/// Of the real system, and of the one that is none, in turn.
	jobs: Vec<JobId>,
}

impl Mixed {
	fn new() -> Self {
		let groth16 = Keyed::new(INPUTS.into(), 0);
		let circuit = register_circuit(Groth16::ID, groth16.key.to_bytes(), SCHEMA);
		let prove = |statement: &Statement<'_>| groth16.prove(statement);
		let model = register_model_on(circuit, 2, Permill::from_percent(10), prove);
		let jobs = (0..4)
			.map(|number| {
				let model = if number % 2 == 0 { model } else { MODEL };
				let job = Opening { model, ..Default::default() }.open();
				assert_ok!(JobsPallet::claim(signed(WORKER), job));
				job
			})
			.collect();
		Self { groth16, jobs }
	}

	/// The right proof for the job at this place, in the system of its circuit.
	fn prove(&self, place: usize) -> Vec<u8> {
		let (job, output) = (self.jobs[place], output());
		if place.is_multiple_of(2) {
			self.groth16.prove(&statement_of(job, WORKER, &output))
		} else {
			prove(job, WORKER, &output).into_inner()
		}
	}

	fn answer(&self, place: usize, proof: Vec<u8>) -> Answer<Test> {
		Answer::to_one(self.jobs[place], WORKER, output(), proof.try_into().unwrap())
	}

	fn answers(&self) -> Vec<Answer<Test>> {
		(0..self.jobs.len()).map(|place| self.answer(place, self.prove(place))).collect()
	}

	fn refused_at(&self, answers: &[Answer<Test>], item: u16, reason: ItemRefusal) {
		assert_noop!(submit_batch(STRANGER, answers), Error::<Test>::BadItem { item, reason });
	}
}

#[test]
fn a_batch_may_mix_systems_and_pays_all() {
	build_and_execute(|| {
		let mixed = Mixed::new();
		assert_ok!(submit_batch(STRANGER, &mixed.answers()));
		assert_eq!(Jobs::<Test>::iter().count(), 0);
		assert_eq!(free(WORKER), INITIAL_BALANCE - BOND + 4 * PAYOUT);
	});
}

#[test]
fn an_answer_by_itself_is_paid_whatever_its_system_is() {
	build_and_execute(|| {
		let mixed = Mixed::new();
		for place in [0, 1] {
			let (job, output, proof) = parts(mixed.answer(place, mixed.prove(place)));
			assert_ok!(JobsPallet::can_submit(job, WORKER, output.clone(), proof.clone()));
			assert_ok!(JobsPallet::submit(signed(WORKER), job, output, proof));
		}
		assert_eq!(free(WORKER), INITIAL_BALANCE - BOND + 2 * PAYOUT);
	});
}

#[test]
fn a_proof_of_the_other_system_is_no_proof() {
	build_and_execute(|| {
		let mixed = Mixed::new();
		for (place, foreign) in [(0, 1), (1, 0)] {
			let (job, output, proof) = parts(mixed.answer(place, mixed.prove(foreign)));
			assert_noop!(
				JobsPallet::submit(signed(WORKER), job, output, proof.clone()),
				Error::<Test>::MalformedProof
			);
			let mut answers = mixed.answers();
			answers[place].proof = proof;
			let item = u16::try_from(place).unwrap();
			mixed.refused_at(&answers, item, ItemRefusal::MalformedProof);
		}
	});
}

#[test]
fn one_wrong_proof_of_either_system_refuses_all() {
	build_and_execute(|| {
		let mixed = Mixed::new();
		for (place, other) in [(0, 2), (1, 3), (2, 0), (3, 1)] {
			let mut answers = mixed.answers();
			answers[place].proof = mixed.prove(other).try_into().unwrap();
			assert_noop!(submit_batch(STRANGER, &answers), Error::<Test>::InvalidBatch);
		}
	});
}

/// Alone in its system, a wrong proof is named by its place among all answers.
#[test]
fn a_wrong_proof_that_is_alone_in_its_system_is_named() {
	build_and_execute(|| {
		let mixed = Mixed::new();
		for (place, other) in [(0, 2), (1, 3)] {
			let mut answers = mixed.answers();
			answers[place].proof = mixed.prove(other).try_into().unwrap();
			answers.remove(other);
			let item = u16::try_from(place).unwrap();
			mixed.refused_at(&answers, item, ItemRefusal::InvalidProof);
		}
	});
}

#[test]
fn what_only_verification_finds_is_told_by_its_place_whatever_its_system_comes_first() {
	build_and_execute(|| {
		let mixed = Mixed::new();
		let mut answers = mixed.answers();
		answers[3].proof = insecure::FOUND_LATE.to_vec().try_into().unwrap();
		mixed.refused_at(&answers, 3, ItemRefusal::MalformedProof);
		// Nor does a wrong proof elsewhere hide it.
		answers[0].proof = mixed.prove(2).try_into().unwrap();
		mixed.refused_at(&answers, 3, ItemRefusal::MalformedProof);
	});
}

/// A plain, a staged and an insecure circuit, with a claimed job on each.
struct Three {
	mixed: Mixed,
	staged: StagedKeyed,
	job: JobId,
}

impl Three {
	fn new() -> Self {
		let mixed = Mixed::new();
		let schema = StatementSchema::InferenceV2 { input_len: INPUT_LEN, output_len: OUTPUT_LEN };
		let staged = StagedKeyed::new(u64::from(INPUTS) - 1, 1);
		let circuit = register_circuit(StagedGroth16::ID, staged.key(), schema);
		let royalty = Permill::from_percent(10);
		let prove = |statement: &Statement<'_>| staged.prove(statement);
		let model = register_model_under(circuit, staged.commitment(), royalty, prove);
		let job = Opening { model, ..Default::default() }.open();
		assert_ok!(JobsPallet::claim(signed(WORKER), job));
		Self { mixed, staged, job }
	}

	/// A right answer to the job on the staged circuit.
	fn staged(&self) -> Answer<Test> {
		let proof = self.staged.prove(&statement_of(self.job, WORKER, &output()));
		Answer::to_one(self.job, WORKER, output(), proof.try_into().unwrap())
	}

	/// One right answer for each system: plain, insecure, staged.
	fn answers(&self) -> Vec<Answer<Test>> {
		let [plain, insecure] =
			[0, 1].map(|place| self.mixed.answer(place, self.mixed.prove(place)));
		vec![plain, insecure, self.staged()]
	}
}

#[test]
fn three_systems_are_paid_together() {
	build_and_execute(|| {
		let three = Three::new();
		assert_ok!(submit_batch(STRANGER, &three.answers()));
		assert_eq!(free(WORKER), INITIAL_BALANCE - BOND + 3 * PAYOUT);
	});
}

/// A wrong proof that is alone in its product would be named.
#[test]
fn systems_that_share_a_batch_are_verified_in_one_product() {
	build_and_execute(|| {
		let three = Three::new();
		let of_another_job = three.mixed.prove(2);
		let mut answers = three.answers();
		answers[0].proof = of_another_job.try_into().unwrap();
		assert_noop!(submit_batch(STRANGER, &answers), Error::<Test>::InvalidBatch);
		answers.pop();
		let reason = ItemRefusal::InvalidProof;
		assert_noop!(submit_batch(STRANGER, &answers), Error::<Test>::BadItem { item: 0, reason });
	});
}

#[test]
fn an_answer_is_charged_by_what_its_system_takes() {
	build_and_execute(|| {
		let three = Three::new();
		let charged = |answer: Answer<Test>| {
			let (job, output, proof) = parts(answer);
			JobsPallet::submit(signed(WORKER), job, output, proof).unwrap().actual_weight.unwrap()
		};
		let [plain, insecure, staged] = three.answers().try_into().unwrap();
		let measured = <() as WeightInfo>::submit(INPUTS.into());
		assert_eq!(charged(plain), measured);
		assert_eq!(charged(insecure), measured);
		let percent = u64::from(Systems::effort(StagedGroth16::ID).single);
		assert!(percent > 100);
		assert_eq!(charged(staged).ref_time(), measured.ref_time() / 100 * percent);
	});
}

#[test]
fn a_batch_is_charged_by_what_the_dearest_of_its_systems_takes() {
	build_and_execute(|| {
		let three = Three::new();
		let [_, insecure, staged] = three.answers().try_into().unwrap();
		let size = |effort| BatchSize {
			proofs: 2,
			keys: 2,
			inputs: 2 * u32::from(INPUTS),
			words: 2 * 2,
			requesters: 1,
			workers: 1,
			versions: 2,
			skipped: 0,
			effort,
		};
		let dearest = size(Systems::effort(StagedGroth16::ID)).weight::<Test>();
		assert!(dearest.ref_time() > size(Effort::MEASURED).weight::<Test>().ref_time());
		let answers = vec![insecure, staged];
		let distinct = distinct(&answers);
		let answers = answers.try_into().unwrap();
		let settled = JobsPallet::submit_batch(signed(STRANGER), answers, distinct).unwrap();
		assert_eq!(settled.actual_weight, Some(dearest));
	});
}

#[test]
fn a_key_is_another_circuit_under_another_system() {
	build_and_execute(|| {
		let key = circuit_key();
		assert_ne!(CircuitId::of(Groth16::ID, &key, &SCHEMA, &PROVENANCE), circuit());
		assert_eq!(CircuitsPallet::circuit(circuit()).unwrap().system, Insecure::ID);
	});
}
