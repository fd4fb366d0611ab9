// SPDX-License-Identifier: Apache-2.0

//! Encodings: one for each object, and nothing else is taken for one.

mod reject_key;
mod reject_key_to_prepare;
mod reject_prepared_key;
mod reject_proof;

use crate::{circuit::all, rng::rng};
use ark_bn254::{Fq, Fq2, Fr, G2Affine};
use ark_ff::{BigInteger, PrimeField, UniformRand};
use candor_groth16::{
	PreparedVerifyingKey, Proof, VerifyingKey, G1_BYTES, G2_BYTES,
	MAX_PLAIN_PREPARED_VERIFYING_KEY_BYTES, MAX_PLAIN_VERIFYING_KEY_BYTES,
	MAX_PREPARED_VERIFYING_KEY_BYTES, MAX_PUBLIC_INPUTS, MAX_VERIFYING_KEY_BYTES,
	PREPARED_HEADER_BYTES, PROOF_BYTES, TARGET_BYTES, VERIFYING_KEY_HEADER_BYTES,
};
use candor_trapdoor::{g1, g2, Trapdoor};
use proptest::prelude::*;

/// Bytes of a coordinate.
const COORDINATE: usize = 32;

/// The base field's modulus plus `offset`, big-endian.
fn modulus_plus(offset: Fq) -> [u8; COORDINATE] {
	let mut integer = Fq::MODULUS;
	assert!(!integer.add_with_carry(&offset.into_bigint()));
	integer.to_bytes_be().try_into().unwrap()
}

fn coordinate(bytes: &[u8]) -> Fq {
	Fq::from_be_bytes_mod_order(bytes)
}

/// A point of the second curve outside the subgroup of prime order.
pub fn outside_the_subgroup(seed: u64) -> G2Affine {
	let rng = &mut rng(seed);
	loop {
		let x = Fq2::rand(rng);
		if let Some(point) = G2Affine::get_point_from_x_unchecked(x, false) {
			assert!(point.is_on_curve());
			if !point.is_in_correct_subgroup_assuming_on_curve() {
				return point;
			}
		}
	}
}

mod layout {
	use super::*;

	/// The generators as EIP-197 gives them.
	const G1: &str = "0000000000000000000000000000000000000000000000000000000000000001\
		0000000000000000000000000000000000000000000000000000000000000002";
	const G2: &str = "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2\
		1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed\
		090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b\
		12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";
	/// `-2` times the first generator.
	const MINUS_TWO: &str = "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3\
		1a76dae6d3272396d0cbe61fced2bc532edac647851e3ac53ce1cc9c7e645a83";

	#[test]
	fn a_proof_is_a_b_c() {
		let proof = Proof::new(g1(1.into()), g2(1.into()), g1(-Fr::from(2)));
		let bytes = proof.to_bytes();
		assert_eq!(hex::encode(&bytes), [G1, G2, MINUS_TWO].concat());
		assert_eq!(Proof::from_bytes(&bytes), Ok(proof));
	}

	#[test]
	fn a_key_is_alpha_beta_gamma_delta_ic() {
		let [beta, gamma, delta] = [3, 4, 5].map(|scalar: u64| g2(scalar.into()));
		let ic = [6, 7, 8].map(|scalar: u64| g1(scalar.into())).to_vec();
		let key = VerifyingKey::plain(g1(2.into()), beta, gamma, delta, ic);
		let proof = |a: u64, b: u64, c: u64| Proof::new(g1(a.into()), g2(b.into()), g1(c.into()));
		let point_1 = |scalar| proof(scalar, 1, 1).to_bytes()[..G1_BYTES].to_vec();
		let point_2 =
			|scalar| proof(1, scalar, 1).to_bytes()[G1_BYTES..G1_BYTES + G2_BYTES].to_vec();
		let expected =
			[point_1(2), point_2(3), point_2(4), point_2(5), point_1(6), point_1(7), point_1(8)]
				.concat();
		assert_eq!(key.to_bytes(), expected);
		assert_eq!(VerifyingKey::from_bytes(&expected), Ok(key));
	}

	#[test]
	fn a_prepared_key_ends_with_the_key() {
		for proved in all() {
			let bytes = proved.prepared.to_bytes();
			let (prepared, key) = bytes.split_at(PREPARED_HEADER_BYTES);
			assert_eq!(prepared.len(), 384 + 2 * 87 * 128);
			assert_eq!(key, proved.key.to_bytes());
			assert_eq!(
				PreparedVerifyingKey::from_trusted_bytes(&bytes),
				Ok(proved.prepared.clone())
			);
		}
	}

	#[test]
	fn sizes_are_those_of_the_contract() {
		assert_eq!((G1_BYTES, G2_BYTES, PROOF_BYTES), (64, 128, 256));
		assert_eq!((VERIFYING_KEY_HEADER_BYTES, MAX_PUBLIC_INPUTS), (448, 64));
		assert_eq!((MAX_PLAIN_VERIFYING_KEY_BYTES, TARGET_BYTES), (448 + 64 * 65, 384));
		assert_eq!(MAX_VERIFYING_KEY_BYTES, 2 + 448 + 2 * 128 + 64 * 65);
		assert_eq!(PREPARED_HEADER_BYTES, 384 + 2 * 87 * 128);
		let plain = PREPARED_HEADER_BYTES + MAX_PLAIN_VERIFYING_KEY_BYTES;
		assert_eq!(MAX_PLAIN_PREPARED_VERIFYING_KEY_BYTES, plain);
		let staged = PREPARED_HEADER_BYTES + 2 * 87 * 128 + MAX_VERIFYING_KEY_BYTES;
		assert_eq!(MAX_PREPARED_VERIFYING_KEY_BYTES, staged);
		for proved in all() {
			let inputs = proved.inputs.len();
			assert_eq!(proved.key.to_bytes().len(), 448 + 64 * (inputs + 1));
			assert_eq!(proved.key.public_inputs() as usize, inputs);
			assert_eq!(proved.prepared.public_inputs() as usize, inputs);
		}
	}
}

mod identity {
	use super::*;

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(32))]

		#[test]
		fn an_encoded_proof_is_read_back_and_written_again(seed: u64) {
			let rng = &mut rng(seed);
			let proof = Proof::new(g1(Fr::rand(rng)), g2(Fr::rand(rng)), g1(Fr::rand(rng)));
			let bytes = proof.to_bytes();
			let read = Proof::from_bytes(&bytes).unwrap();
			prop_assert_eq!(read, proof);
			prop_assert_eq!(read.to_bytes(), bytes);
		}

		#[test]
		fn an_encoded_key_is_read_back_and_written_again(seed: u64, inputs in 0usize..=64) {
			let key = Trapdoor::random(inputs, &mut rng(seed)).key();
			let bytes = key.to_bytes();
			let read = VerifyingKey::from_bytes(&bytes).unwrap();
			prop_assert_eq!(&read, &key);
			prop_assert_eq!(read.to_bytes(), bytes);

			let prepared = PreparedVerifyingKey::prepare(&key).unwrap();
			let bytes = prepared.to_bytes();
			let read = PreparedVerifyingKey::from_trusted_bytes(&bytes).unwrap();
			prop_assert_eq!(read.verifying_key(), &key);
			prop_assert_eq!(&read, &prepared);
			prop_assert_eq!(read.to_bytes(), bytes);
		}
	}
}
