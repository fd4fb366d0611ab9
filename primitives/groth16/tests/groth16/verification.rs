// SPDX-License-Identifier: Apache-2.0

//! Verification: what verifies, what does not, and that `ark-groth16` agrees.

use crate::{
	circuit::{all, Proved, FIVE, MOST, ONE},
	rng::rng,
};
use ark_bn254::{Bn254, Fr};
use ark_ec::CurveGroup;
use ark_ff::{AdditiveGroup, Field, UniformRand};
use ark_groth16::{prepare_verifying_key, Groth16};
use candor_groth16::{PreparedVerifyingKey, Proof, VerifyError};
use candor_trapdoor::Trapdoor;
use proptest::prelude::*;

impl Proved {
	fn verify(&self, inputs: &[Fr], proof: &Proof) -> Result<(), VerifyError> {
		let verdict = self.prepared.verify(inputs, proof);
		if inputs.len() == self.inputs.len() {
			let proof = ark_groth16::Proof { a: proof.a, b: proof.b, c: proof.c };
			let key = prepare_verifying_key(&self.ark_key);
			let ark = Groth16::<Bn254>::verify_proof(&key, &proof, inputs).unwrap();
			assert_eq!(verdict.is_ok(), ark, "ark-groth16 sees it differently");
		}
		verdict
	}
}

mod accept {
	use super::*;

	#[test]
	fn a_proof_of_ark_groth16() {
		for proved in all() {
			assert_eq!(proved.verify(&proved.inputs, &proved.proof), Ok(()));
		}
	}

	#[test]
	fn a_proof_that_went_through_bytes_under_a_key_that_did() {
		for proved in all() {
			let proof = Proof::from_bytes(&proved.proof.to_bytes()).unwrap();
			let stored = proved.prepared.to_bytes();
			let prepared = PreparedVerifyingKey::from_trusted_bytes(&stored).unwrap();
			assert_eq!(prepared.verify(&proved.inputs, &proof), Ok(()));
		}
	}

	/// Whoever sees a proof can make others for the same inputs: never tell jobs apart by proofs.
	#[test]
	fn a_randomised_proof() {
		let rng = &mut rng(10);
		let proof = &FIVE.proof;
		let s = Fr::rand(rng);
		let randomised = Proof::new(
			(proof.a * s.inverse().unwrap()).into_affine(),
			(proof.b * s).into_affine(),
			proof.c,
		);
		assert_ne!(randomised, *proof);
		assert_eq!(FIVE.verify(&FIVE.inputs, &randomised), Ok(()));
		let negated = Proof::new(-proof.a, -proof.b, proof.c);
		assert_eq!(FIVE.verify(&FIVE.inputs, &negated), Ok(()));
		let of_ark = Groth16::<Bn254>::rerandomize_proof(&FIVE.ark_key, &FIVE.ark_proof, rng);
		let randomised = Proof::new(of_ark.a, of_ark.b, of_ark.c);
		assert_eq!(FIVE.verify(&FIVE.inputs, &randomised), Ok(()));
	}

	#[test]
	fn inputs_whose_points_add_up_to_infinity() {
		let rng = &mut rng(11);
		let trapdoor = Trapdoor::random(1, rng);
		let inputs = [-trapdoor.ic[0] * trapdoor.ic[1].inverse().unwrap()];
		assert_eq!(trapdoor.inputs(&inputs), Fr::ZERO);
		let prepared = PreparedVerifyingKey::prepare(&trapdoor.key()).unwrap();
		let proof = trapdoor.prove(&inputs, rng);
		assert_eq!(prepared.verify(&inputs, &proof), Ok(()));
		assert_eq!(prepared.verify(&[Fr::ONE], &proof), Err(VerifyError::Invalid));
	}

	/// Scalars that multi-scalar multiplication treats apart.
	#[test]
	fn inputs_of_every_size_and_sign() {
		let rng = &mut rng(12);
		let sizes = [0, 1, 2, 8, 9, 16, 17, 32, 33, 64, 65, 128, 247, 248, 253];
		let mut inputs: Vec<Fr> = sizes
			.into_iter()
			.map(|bits: u64| Fr::from(2).pow([bits]) - Fr::ONE)
			.flat_map(|x| [x, x + Fr::ONE, -x, -x - Fr::ONE])
			.collect();
		inputs.extend([Fr::rand(rng), Fr::rand(rng)]);
		let trapdoor = Trapdoor::random(inputs.len(), rng);
		let prepared = PreparedVerifyingKey::prepare(&trapdoor.key()).unwrap();
		let proof = trapdoor.prove(&inputs, rng);
		assert_eq!(prepared.verify(&inputs, &proof), Ok(()));
		inputs[0] += Fr::ONE;
		assert_eq!(prepared.verify(&inputs, &proof), Err(VerifyError::Invalid));
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(16))]

		#[test]
		fn any_statement_with_a_trapdoor(seed: u64, inputs in 0usize..20) {
			let rng = &mut rng(seed);
			let trapdoor = Trapdoor::random(inputs, rng);
			let inputs: Vec<Fr> = (0..inputs).map(|_| Fr::rand(rng)).collect();
			let prepared = PreparedVerifyingKey::prepare(&trapdoor.key()).unwrap();
			prop_assert_eq!(prepared.verify(&inputs, &trapdoor.prove(&inputs, rng)), Ok(()));
		}
	}
}

mod reject {
	use super::*;

	#[test]
	fn any_other_input() {
		for proved in all() {
			for place in 0..proved.inputs.len() {
				let mut inputs = proved.inputs.clone();
				inputs[place] += Fr::ONE;
				assert_eq!(proved.verify(&inputs, &proved.proof), Err(VerifyError::Invalid));
			}
		}
	}

	#[test]
	fn inputs_in_another_order() {
		let mut inputs = FIVE.inputs.clone();
		inputs.swap(1, 4);
		assert_eq!(FIVE.verify(&inputs, &FIVE.proof), Err(VerifyError::Invalid));
	}

	#[test]
	fn too_few_inputs_too_many_and_none() {
		for proved in all() {
			let count = proved.inputs.len() as u32;
			let wrong = |given| VerifyError::WrongInputCount { expected: count, given };
			let longer = [&proved.inputs[..], &[Fr::ZERO]].concat();
			let shorter = &proved.inputs[1..];
			assert_eq!(proved.verify(&longer, &proved.proof), Err(wrong(count + 1)));
			assert_eq!(proved.verify(shorter, &proved.proof), Err(wrong(count - 1)));
			assert_eq!(proved.verify(&[], &proved.proof), Err(wrong(0)));
		}
	}

	/// `ark-groth16` leaves out what it was not given, which is the same as zeros.
	#[test]
	fn zeros_that_were_left_out() {
		let rng = &mut rng(13);
		let trapdoor = Trapdoor::random(2, rng);
		let inputs = [Fr::from(5), Fr::ZERO];
		let proof = trapdoor.prove(&inputs, rng);
		let prepared = PreparedVerifyingKey::prepare(&trapdoor.key()).unwrap();
		assert_eq!(prepared.verify(&inputs, &proof), Ok(()));
		assert_eq!(
			prepared.verify(&inputs[..1], &proof),
			Err(VerifyError::WrongInputCount { expected: 2, given: 1 })
		);
	}

	#[test]
	fn a_proof_under_another_key() {
		let other = Trapdoor::random(5, &mut rng(14));
		let prepared = PreparedVerifyingKey::prepare(&other.key()).unwrap();
		assert_eq!(prepared.verify(&FIVE.inputs, &FIVE.proof), Err(VerifyError::Invalid));
	}

	#[test]
	fn the_constant_pairing_of_another_key() {
		let mut bytes = FIVE.prepared.to_bytes();
		let other = MOST.prepared.to_bytes();
		bytes[..candor_groth16::TARGET_BYTES]
			.copy_from_slice(&other[..candor_groth16::TARGET_BYTES]);
		let prepared = PreparedVerifyingKey::from_trusted_bytes(&bytes).unwrap();
		assert_eq!(prepared.verify(&FIVE.inputs, &FIVE.proof), Err(VerifyError::Invalid));
	}

	#[test]
	fn any_point_of_the_proof_replaced() {
		let (proof, key) = (&ONE.proof, &ONE.key);
		for changed in [
			Proof { a: -proof.a, ..*proof },
			Proof { b: -proof.b, ..*proof },
			Proof { c: -proof.c, ..*proof },
			Proof { a: key.alpha, ..*proof },
			Proof { b: key.beta, ..*proof },
			Proof { c: key.ic[0], ..*proof },
			Proof { a: proof.c, c: proof.a, ..*proof },
		] {
			assert_eq!(ONE.verify(&ONE.inputs, &changed), Err(VerifyError::Invalid));
		}
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(16))]

		#[test]
		fn a_proof_for_other_inputs(seed: u64, inputs in 1usize..20, place: prop::sample::Index) {
			let rng = &mut rng(seed);
			let trapdoor = Trapdoor::random(inputs, rng);
			let mut inputs: Vec<Fr> = (0..inputs).map(|_| Fr::rand(rng)).collect();
			let prepared = PreparedVerifyingKey::prepare(&trapdoor.key()).unwrap();
			let proof = trapdoor.prove(&inputs, rng);
			let place = place.index(inputs.len());
			inputs[place] = Fr::rand(rng);
			prop_assert_eq!(prepared.verify(&inputs, &proof), Err(VerifyError::Invalid));
		}
	}
}
