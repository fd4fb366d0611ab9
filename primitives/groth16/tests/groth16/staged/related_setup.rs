// SPDX-License-Identifier: Apache-2.0

//! What registration cannot see, such as `sigma = 2 gamma`, only a transcript excludes. What it can, would
//! be the following.

use super::inputs;
use crate::rng::rng;
use ark_bn254::{Fr, G1Projective};
use ark_ec::CurveGroup;
use ark_ff::UniformRand;
use candor_groth16::{challenges, KeyError, PreparedVerifyingKey, Proof, VerifyingKey};
use candor_trapdoor::{g1, StagedTrapdoor};

fn refused(key: &VerifyingKey) {
	assert_eq!(VerifyingKey::register(&key.to_bytes()), Err(KeyError::RelatedSetup));
}

/// `delta = gamma`: whoever has one proof turns it into one of anything, challenges included.
#[test]
fn delta_equal_to_gamma_moves_every_public_input() {
	let rng = &mut rng(6);
	let mut trapdoor = StagedTrapdoor::random(3, 1, rng);
	trapdoor.plain.delta = trapdoor.plain.gamma;
	let key = trapdoor.key();
	let log = Fr::rand(rng);
	let proof = trapdoor.prove(Some(log), &inputs(), rng);
	let (model, stage_one) = (g1(log), proof.stage_one.unwrap());
	// From here on only the key and the proof are used.
	let wanted = [1, 2, 3].map(Fr::from);
	let of = |inputs: &[Fr]| {
		let all = challenges(&key.digest(), Some(&model), inputs, &stage_one, 1);
		let all = inputs.iter().chain(&all);
		key.ic[1..].iter().zip(all).map(|(point, x)| *point * x).sum::<G1Projective>()
	};
	let c = (of(&inputs()) - of(&wanted) + proof.c).into_affine();
	let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
	assert_eq!(prepared.verify_about(Some(&model), &wanted, &Proof { c, ..proof }), Ok(()));
	refused(&key);
}

/// `sigma = gamma`: whoever can prove a statement shifts `C1` by the difference to another one
/// before the challenge is drawn.
#[test]
fn sigma_equal_to_gamma_moves_an_input_into_the_commitment() {
	let rng = &mut rng(7);
	let mut trapdoor = StagedTrapdoor::random(3, 1, rng);
	trapdoor.stage_one = Some((trapdoor.plain.gamma, 1));
	let key = trapdoor.key();
	let (log, honest) = (Fr::rand(rng), Fr::rand(rng));
	let wanted = [7, 8, 10].map(Fr::from);
	// The prover commits to its stage one, then adds `(x - x*) IC`, which it can see. `prove_with`
	// stands for its witness: it proves the true statement under the challenge of the forged one.
	let forged = honest + (Fr::from(9) - wanted[2]) * trapdoor.plain.ic[3];
	let proof = trapdoor.prove_with(Some(log), &wanted, Some(forged), rng);
	let true_part =
		trapdoor.plain.gamma * trapdoor.plain.ic[3] * Fr::from(9) + trapdoor.plain.gamma * honest;
	let forged_part =
		trapdoor.plain.gamma * trapdoor.plain.ic[3] * wanted[2] + trapdoor.plain.gamma * forged;
	assert_eq!(true_part, forged_part, "the equation cannot tell them apart");
	let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
	assert_eq!(prepared.verify_about(Some(&g1(log)), &wanted, &proof), Ok(()));
	refused(&key);
}

/// `eta = gamma`: whoever makes the commitment hides a difference of public inputs in it.
#[test]
fn eta_equal_to_gamma_hides_an_input_in_the_model() {
	let rng = &mut rng(8);
	let mut trapdoor = StagedTrapdoor::random(3, 0, rng);
	trapdoor.eta = Some(trapdoor.plain.gamma);
	let key = trapdoor.key();
	let log = Fr::rand(rng);
	let proof = trapdoor.prove(Some(log), &inputs(), rng);
	let difference = key.ic[3] * Fr::from(1000);
	let model = (g1(log) + difference).into_affine();
	let mut wanted = inputs();
	wanted[2] -= Fr::from(1000);
	let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
	assert_eq!(prepared.verify_about(Some(&model), &wanted, &proof), Ok(()));
	refused(&key);
}

/// `sigma = eta`: what the model lacks, stage one supplies; any weights do, and nobody opens `M`.
#[test]
fn sigma_equal_to_eta_proves_with_any_weights() {
	let rng = &mut rng(9);
	let mut trapdoor = StagedTrapdoor::random(3, 1, rng);
	trapdoor.stage_one = Some((trapdoor.eta.unwrap(), 1));
	let key = trapdoor.key();
	// Somebody's model, and weights of one's own with their commitment to stage one.
	let (theirs, own, honest) = (Fr::rand(rng), Fr::rand(rng), Fr::rand(rng));
	let stage_one = honest + own - theirs;
	let proof = trapdoor.prove_with(Some(theirs), &inputs(), Some(stage_one), rng);
	assert_eq!(proof.stage_one, Some((g1(honest + own) + -g1(theirs)).into_affine()));
	let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
	assert_eq!(prepared.verify_about(Some(&g1(theirs)), &inputs(), &proof), Ok(()));
	refused(&key);
}
