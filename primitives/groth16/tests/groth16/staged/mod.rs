// SPDX-License-Identifier: Apache-2.0

//! Keys with blocks: what verifies under them, what does not, and what breaks without each rule. Each
//! forgery succeeds against the bare equation and is refused by the rule, from what its maker sees.

mod batches;
mod keys;
mod related_setup;

use crate::rng::rng;
use ark_bn254::{Fr, G1Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, UniformRand};
use candor_groth16::{
	challenges, DecodeError, PreparedVerifyingKey, Proof, VerifyError, VerifyingKey, G1_BYTES,
	MAX_CHALLENGES, MAX_PUBLIC_INPUTS, PROOF_BYTES, STAGED_PROOF_BYTES,
};
use candor_trapdoor::{g1, StagedTrapdoor, Trapdoor};

const INPUTS: [u64; 3] = [7, 8, 9];

fn inputs() -> Vec<Fr> {
	INPUTS.map(Fr::from).to_vec()
}

/// A key with both blocks, a model and a proof about it.
struct Example {
	trapdoor: StagedTrapdoor,
	key: VerifyingKey,
	prepared: PreparedVerifyingKey,
	model: G1Affine,
	proof: Proof,
}

impl Example {
	/// With a model block, and a stage one if there are challenges.
	fn new(challenges: u8) -> Self {
		let rng = &mut rng(challenges.into());
		let trapdoor = StagedTrapdoor::random(INPUTS.len(), challenges, rng);
		let key = trapdoor.key();
		let log = Fr::rand(rng);
		Self {
			prepared: PreparedVerifyingKey::prepare(&key).unwrap(),
			model: g1(log),
			proof: trapdoor.prove(Some(log), &inputs(), rng),
			trapdoor,
			key,
		}
	}

	fn verify(&self, proof: &Proof) -> Result<(), VerifyError> {
		self.prepared.verify_about(Some(&self.model), &inputs(), proof)
	}
}

fn with_stage_one(proof: &Proof, point: G1Affine) -> Proof {
	Proof { stage_one: Some(point), ..*proof }
}

/// Keys with each choice of blocks.
fn each_shape() -> Vec<StagedTrapdoor> {
	let rng = &mut rng(20);
	let both = StagedTrapdoor::random(3, 2, rng);
	let stage_one_alone = StagedTrapdoor { eta: None, ..StagedTrapdoor::random(3, 1, rng) };
	vec![StagedTrapdoor::random(3, 0, rng), stage_one_alone, both]
}

mod accept {
	use super::*;

	#[test]
	fn proofs_under_keys_with_any_blocks() {
		let rng = &mut rng(1);
		for trapdoor in each_shape() {
			let key = VerifyingKey::register(&trapdoor.key().to_bytes()).unwrap();
			let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
			let log = trapdoor.eta.map(|_| Fr::rand(rng));
			let proof = trapdoor.prove(log, &inputs(), rng);
			let proof = Proof::from_bytes(&proof.to_bytes()).unwrap();
			let model = log.map(g1);
			assert_eq!(prepared.verify_about(model.as_ref(), &inputs(), &proof), Ok(()));
		}
	}

	#[test]
	fn the_most_challenges_and_inputs() {
		let rng = &mut rng(2);
		let count = MAX_PUBLIC_INPUTS as usize - usize::from(MAX_CHALLENGES);
		let trapdoor = StagedTrapdoor::random(count, MAX_CHALLENGES, rng);
		let inputs: Vec<_> = (0..count).map(|_| Fr::rand(rng)).collect();
		let key = VerifyingKey::register(&trapdoor.key().to_bytes()).unwrap();
		assert_eq!((key.inputs(), key.public_inputs()), (60, 64));
		let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
		let log = Fr::rand(rng);
		let proof = trapdoor.prove(Some(log), &inputs, rng);
		assert_eq!(prepared.verify_about(Some(&g1(log)), &inputs, &proof), Ok(()));
	}

	/// Whoever sees a proof and a model can move both to another commitment to the same weights, where
	/// no challenge binds the commitment: statements name the job, so nothing is gained.
	#[test]
	fn a_commitment_that_was_moved_with_its_proof_when_there_is_no_challenge() {
		let example = Example::new(0);
		let delta = example.trapdoor.plain.delta;
		let eta = example.trapdoor.eta.unwrap();
		let m = Fr::from(5);
		let model = (example.model + g1(m * delta)).into_affine();
		let proof = Proof { c: (example.proof.c + -g1(m * eta)).into_affine(), ..example.proof };
		assert_eq!(example.prepared.verify_about(Some(&model), &inputs(), &proof), Ok(()));
	}
}

mod reject {
	use super::*;

	#[test]
	fn another_model_input_or_point() {
		for challenges in [0, 1, 3] {
			let example = Example::new(challenges);
			assert_eq!(example.verify(&example.proof), Ok(()));
			let other = g1(Fr::from(2));
			let invalid = Err(VerifyError::Invalid);
			let prepared = &example.prepared;
			let proof = example.proof;
			assert_eq!(prepared.verify_about(Some(&other), &inputs(), &proof), invalid);
			assert_eq!(prepared.verify_about(Some(&-example.model), &inputs(), &proof), invalid);
			for place in 0..INPUTS.len() {
				let mut wrong = inputs();
				wrong[place] += Fr::ONE;
				assert_eq!(prepared.verify_about(Some(&example.model), &wrong, &proof), invalid);
			}
			for changed in [
				Proof { a: -proof.a, ..proof },
				Proof { b: -proof.b, ..proof },
				Proof { c: -proof.c, ..proof },
			]
			.into_iter()
			.chain(proof.stage_one.map(|point| with_stage_one(&proof, -point)))
			.chain(proof.stage_one.map(|_| with_stage_one(&proof, other)))
			{
				assert_eq!(example.verify(&changed), invalid);
			}
		}
	}

	#[test]
	fn a_model_or_a_stage_one_that_the_key_has_not_or_that_is_missing() {
		let (staged, committed) = (Example::new(1), Example::new(0));
		let none = staged.prepared.verify_about(None, &inputs(), &staged.proof);
		assert_eq!(none, Err(VerifyError::WrongModel));
		assert_eq!(staged.prepared.verify(&inputs(), &staged.proof), none);
		let plain = Proof { stage_one: None, ..staged.proof };
		assert_eq!(staged.verify(&plain), Err(VerifyError::WrongProof));
		let added = Proof { stage_one: Some(staged.model), ..committed.proof };
		assert_eq!(committed.verify(&added), Err(VerifyError::WrongProof));
		let rng = &mut rng(3);
		let trapdoor = Trapdoor::random(3, rng);
		let prepared = PreparedVerifyingKey::prepare(&trapdoor.key()).unwrap();
		let proof = trapdoor.prove(&inputs(), rng);
		let model = prepared.verify_about(Some(&staged.model), &inputs(), &proof);
		assert_eq!(model, Err(VerifyError::WrongModel));
	}

	/// At infinity a model is no pair of the equation: what it says of weights would be nothing.
	#[test]
	fn a_model_at_infinity() {
		let example = Example::new(1);
		let proof = example.trapdoor.prove(Some(Fr::ZERO), &inputs(), &mut rng(4));
		let zero = G1Affine::zero();
		let refused = example.prepared.verify_about(Some(&zero), &inputs(), &proof);
		assert_eq!(refused, Err(VerifyError::WrongModel));
	}

	#[test]
	fn challenges_that_were_given_as_inputs() {
		let example = Example::new(2);
		let mut all = inputs();
		let stage_one = example.proof.stage_one.unwrap();
		let digest = example.key.digest();
		all.extend(challenges(&digest, Some(&example.model), &inputs(), &stage_one, 2));
		let refused = example.prepared.verify_about(Some(&example.model), &all, &example.proof);
		assert_eq!(refused, Err(VerifyError::WrongInputCount { expected: 3, given: 5 }));
	}
}

mod proofs {
	use super::*;

	#[test]
	fn bytes_are_a_b_c1_c() {
		let proof = Example::new(1).proof;
		let bytes = proof.to_bytes();
		let plain = Proof { stage_one: None, ..proof }.to_bytes();
		assert_eq!((bytes.len(), plain.len()), (STAGED_PROOF_BYTES, PROOF_BYTES));
		let (before, c) = plain.split_at(PROOF_BYTES - G1_BYTES);
		let stage_one = Proof::new(proof.stage_one.unwrap(), proof.b, proof.c).to_bytes();
		assert_eq!(bytes, [before, &stage_one[..G1_BYTES], c].concat());
		assert_eq!(Proof::from_bytes(&bytes), Ok(proof));
		for length in (0..bytes.len()).filter(|length| *length != PROOF_BYTES) {
			assert_eq!(Proof::from_bytes(&bytes[..length]), Err(DecodeError::Length));
		}
	}
}
