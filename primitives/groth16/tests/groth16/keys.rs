// SPDX-License-Identifier: Apache-2.0

//! Rules for keys: what breaks without each of them, and that each refuses what it should.

use crate::{circuit::all, rng::rng};
use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::CurveGroup;
use ark_ff::{AdditiveGroup, Field, UniformRand};
use candor_groth16::{
	DecodeError, KeyError, PreparedVerifyingKey, Proof, VerifyingKey, PREPARED_HEADER_BYTES,
};
use candor_trapdoor::{g1, Trapdoor};

/// Whether the proof verifies under the key when no rule is asked.
fn verifies(key: &VerifyingKey, inputs: &[Fr], proof: &Proof) -> bool {
	PreparedVerifyingKey::prepare(key).unwrap().verify(inputs, proof).is_ok()
}

/// What registration says of the key.
fn registered(key: &VerifyingKey) -> Result<(), KeyError> {
	let decoded = VerifyingKey::register(&key.to_bytes());
	assert_eq!(decoded.as_ref().map(|_| ()), key.validate().as_ref().map(|_| ()));
	decoded.map(|decoded| assert_eq!(&decoded, key))
}

/// `IC[0] + Σ xᵢ IC[i]`, from the key alone.
fn sum(key: &VerifyingKey, inputs: &[Fr]) -> G1Affine {
	let points = key.ic[1..].iter().zip(inputs).map(|(point, x)| *point * x);
	(points.sum::<G1Projective>() + key.ic[0]).into_affine()
}

mod accept {
	use super::*;

	#[test]
	fn a_key_of_an_honest_setup() {
		for proved in all() {
			assert_eq!(registered(&proved.key), Ok(()));
		}
	}

	#[test]
	fn a_key_with_the_constants_point_at_an_input() {
		let mut trapdoor = Trapdoor::random(2, &mut rng(0));
		trapdoor.ic[0] = trapdoor.ic[2];
		assert_eq!(registered(&trapdoor.key()), Ok(()));
		trapdoor.ic[0] = -trapdoor.ic[1];
		assert_eq!(registered(&trapdoor.key()), Ok(()));
	}
}

/// Each forgery is made from the key alone. Its maker knows no trapdoor.
mod related_setup {
	use super::*;

	/// A key whose other logarithms are random.
	fn key(change: impl FnOnce(&mut Trapdoor)) -> (VerifyingKey, Vec<Fr>) {
		let rng = &mut rng(1);
		let mut trapdoor = Trapdoor::random(3, rng);
		change(&mut trapdoor);
		(trapdoor.key(), (0..3).map(|_| Fr::rand(rng)).collect())
	}

	fn forged_and_refused(key: &VerifyingKey, inputs: &[Fr], forgery: &Proof) {
		assert!(verifies(key, inputs, forgery), "the forgery is no good");
		assert_eq!(Proof::from_bytes(&forgery.to_bytes()).as_ref(), Ok(forgery));
		assert_eq!(registered(key), Err(KeyError::RelatedSetup));
	}

	#[test]
	fn gamma_equal_to_delta_proves_anything_and_is_refused() {
		let (key, inputs) = key(|trapdoor| trapdoor.delta = trapdoor.gamma);
		let forgery = Proof::new(key.alpha, key.beta, -sum(&key, &inputs));
		forged_and_refused(&key, &inputs, &forgery);
	}

	#[test]
	fn gamma_opposite_to_delta_proves_anything_and_is_refused() {
		let (key, inputs) = key(|trapdoor| trapdoor.delta = -trapdoor.gamma);
		let forgery = Proof::new(key.alpha, key.beta, sum(&key, &inputs));
		forged_and_refused(&key, &inputs, &forgery);
	}

	#[test]
	fn a_skipped_second_phase_proves_anything_and_is_refused() {
		let (key, inputs) = key(|trapdoor| (trapdoor.gamma, trapdoor.delta) = (Fr::ONE, Fr::ONE));
		let forgery = Proof::new(key.alpha, key.beta, -sum(&key, &inputs));
		forged_and_refused(&key, &inputs, &forgery);
	}

	/// A proof with `C` at infinity, randomised until it has an encoding: `(A, B + delta, A)`.
	fn without_infinity(key: &VerifyingKey, a: G1Affine) -> Proof {
		Proof::new(a, (key.beta + key.delta).into_affine(), a)
	}

	#[test]
	fn beta_equal_to_gamma_proves_anything_and_is_refused() {
		let (key, inputs) = key(|trapdoor| trapdoor.gamma = trapdoor.beta);
		let a = (key.alpha + sum(&key, &inputs)).into_affine();
		forged_and_refused(&key, &inputs, &without_infinity(&key, a));
	}

	#[test]
	fn beta_opposite_to_gamma_proves_anything_and_is_refused() {
		let (key, inputs) = key(|trapdoor| trapdoor.gamma = -trapdoor.beta);
		let a = (key.alpha + -sum(&key, &inputs)).into_affine();
		forged_and_refused(&key, &inputs, &without_infinity(&key, a));
	}

	#[test]
	fn beta_equal_to_delta_proves_anything_and_is_refused() {
		let (key, inputs) = key(|trapdoor| trapdoor.delta = trapdoor.beta);
		let a = sum(&key, &inputs);
		let b = (key.beta + key.gamma).into_affine();
		forged_and_refused(&key, &inputs, &Proof::new(a, b, (a + -key.alpha).into_affine()));
	}

	#[test]
	fn beta_opposite_to_delta_proves_anything_and_is_refused() {
		let (key, inputs) = key(|trapdoor| trapdoor.delta = -trapdoor.beta);
		let a = sum(&key, &inputs);
		let b = (key.beta + key.gamma).into_affine();
		forged_and_refused(&key, &inputs, &Proof::new(a, b, (key.alpha + -a).into_affine()));
	}
}

mod related_inputs {
	use super::*;

	#[test]
	fn equal_points_trade_one_input_for_the_other_and_are_refused() {
		let rng = &mut rng(2);
		let mut trapdoor = Trapdoor::random(3, rng);
		trapdoor.ic[3] = trapdoor.ic[1];
		let proof = trapdoor.prove(&[5, 6, 7].map(Fr::from), rng);
		assert!(verifies(&trapdoor.key(), &[7, 6, 5].map(Fr::from), &proof));
		let refused = KeyError::RelatedInputs { first: 1, second: 3 };
		assert_eq!(registered(&trapdoor.key()), Err(refused));
	}

	#[test]
	fn opposite_points_trade_one_input_for_the_other_and_are_refused() {
		let rng = &mut rng(3);
		let mut trapdoor = Trapdoor::random(3, rng);
		trapdoor.ic[3] = -trapdoor.ic[2];
		let proof = trapdoor.prove(&[5, 6, 7].map(Fr::from), rng);
		assert!(verifies(&trapdoor.key(), &[5, 8, 9].map(Fr::from), &proof));
		let refused = KeyError::RelatedInputs { first: 2, second: 3 };
		assert_eq!(registered(&trapdoor.key()), Err(refused));
	}

	#[test]
	fn every_pair_of_inputs_is_compared() {
		let honest = Trapdoor::random(6, &mut rng(4)).key();
		for second in 2..=6 {
			for first in 1..second {
				for point in [honest.ic[first], -honest.ic[first]] {
					let mut key = honest.clone();
					key.ic[second] = point;
					let (first, second) = (first as u32, second as u32);
					assert_eq!(key.validate(), Err(KeyError::RelatedInputs { first, second }));
				}
			}
		}
	}

	#[test]
	fn an_input_without_a_point_is_unbound_and_has_no_encoding() {
		let rng = &mut rng(5);
		let mut trapdoor = Trapdoor::random(2, rng);
		let mut stored = PreparedVerifyingKey::prepare(&trapdoor.key()).unwrap().to_bytes();
		trapdoor.ic[1] = Fr::ZERO;
		let key = trapdoor.key();
		// As if it had got into storage: pairing and lines are the same.
		stored.splice(PREPARED_HEADER_BYTES.., key.to_bytes());
		let prepared = PreparedVerifyingKey::from_trusted_bytes(&stored).unwrap();
		let proof = trapdoor.prove(&[5, 6].map(Fr::from), rng);
		assert_eq!(prepared.verify(&[1000, 6].map(Fr::from), &proof), Ok(()));
		let infinity = KeyError::Decode(DecodeError::Infinity);
		assert_eq!(VerifyingKey::register(&key.to_bytes()), Err(infinity));
		assert_eq!(PreparedVerifyingKey::prepare(&key), Err(infinity));
	}
}

mod number_of_inputs {
	use super::*;

	#[test]
	fn none_is_refused() {
		let key = Trapdoor::random(0, &mut rng(6)).key();
		assert_eq!(registered(&key), Err(KeyError::NoInputs));
		let no_points = VerifyingKey { ic: vec![], ..key };
		assert_eq!(no_points.validate(), Err(KeyError::NoInputs));
		let refused = VerifyingKey::register(&no_points.to_bytes());
		assert_eq!(refused, Err(KeyError::Decode(DecodeError::Length)));
	}

	#[test]
	fn more_than_the_maximum_is_refused() {
		let mut key = Trapdoor::random(64, &mut rng(7)).key();
		assert_eq!(registered(&key), Ok(()));
		key.ic.push(g1(Fr::from(8)));
		assert_eq!(key.validate(), Err(KeyError::TooManyInputs));
		let refused = VerifyingKey::register(&key.to_bytes());
		assert_eq!(refused, Err(KeyError::Decode(DecodeError::Length)));
	}
}
