// SPDX-License-Identifier: Apache-2.0

//! Two proof systems in one market, from registration to payment.

use candor_groth16::Groth16;
use candor_testing::{groth16::Keyed, *};
use frame_support::{assert_noop, assert_ok};
use pallet_jobs::{Answer, Error, ItemRefusal, Jobs};
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
		let model = register_model_on(circuit, 2, Permill::from_percent(10));
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
		Answer {
			job: self.jobs[place],
			worker: WORKER,
			output: output(),
			proof: proof.try_into().unwrap(),
		}
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
			let Answer { job, output, proof, .. } = mixed.answer(place, mixed.prove(place));
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
			let Answer { job, output, proof, .. } = mixed.answer(place, mixed.prove(foreign));
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

#[test]
fn a_key_is_another_circuit_under_another_system() {
	build_and_execute(|| {
		let key = circuit_key();
		assert_ne!(CircuitId::of(Groth16::ID, &key, &SCHEMA, &PROVENANCE), circuit());
		assert_eq!(CircuitsPallet::circuit(circuit()).unwrap().system, Insecure::ID);
	});
}
