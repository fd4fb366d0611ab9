// SPDX-License-Identifier: Apache-2.0

//! Encodings: one for each object, and nothing else is taken for one.

use crate::{
	circuit::{all, ONE},
	rng::rng,
};
use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, BigInteger, PrimeField, UniformRand};
use candor_groth16::{
	DecodeError, PreparedVerifyingKey, Proof, VerifyError, VerifyingKey, G1_BYTES, G2_BYTES,
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

mod reject_proof {
	use super::*;

	fn proof() -> Vec<u8> {
		ONE.proof.to_bytes().to_vec()
	}

	fn with(change: impl FnOnce(&mut Proof)) -> Result<Proof, DecodeError> {
		let mut proof = ONE.proof;
		change(&mut proof);
		Proof::from_bytes(&proof.to_bytes())
	}

	#[test]
	fn of_any_other_length() {
		assert_eq!(Proof::from_bytes(&[]), Err(DecodeError::Length));
		let proof = proof();
		for length in 1..proof.len() {
			assert_eq!(Proof::from_bytes(&proof[..length]), Err(DecodeError::Length), "{length}");
		}
		for more in [1, 32, 63, 65, 128, 256] {
			let longer = [&proof[..], &vec![0; more]].concat();
			assert_eq!(Proof::from_bytes(&longer), Err(DecodeError::Length), "{more} more");
		}
	}

	#[test]
	fn with_a_coordinate_at_or_above_the_modulus() {
		let proof = proof();
		for start in (0..proof.len()).step_by(COORDINATE) {
			let range = start..start + COORDINATE;
			let same_point = modulus_plus(coordinate(&proof[range.clone()]));
			for value in [modulus_plus(Fq::ZERO), same_point, [0xff; COORDINATE]] {
				let mut changed = proof.clone();
				changed[range.clone()].copy_from_slice(&value);
				assert_eq!(Proof::from_bytes(&changed), Err(DecodeError::Coordinate), "{start}");
			}
		}
	}

	#[test]
	fn with_any_bit_flipped() {
		let proof = proof();
		for bit in 0..8 * proof.len() {
			let mut changed = proof.clone();
			changed[bit / 8] ^= 1 << (bit % 8);
			let refused = Proof::from_bytes(&changed);
			assert!(
				matches!(refused, Err(DecodeError::NotOnCurve | DecodeError::Coordinate)),
				"bit {bit}: {refused:?}"
			);
		}
	}

	#[test]
	fn with_a_flag_bit_set() {
		// The two highest bits of a coordinate, where other encodings keep signs and infinity.
		let proof = proof();
		for start in (0..proof.len()).step_by(COORDINATE) {
			for flag in [0x80, 0x40, 0xc0] {
				let mut changed = proof.clone();
				changed[start] |= flag;
				assert_eq!(Proof::from_bytes(&changed), Err(DecodeError::Coordinate), "{start}");
			}
		}
	}

	#[test]
	fn with_infinity_at_a() {
		assert_eq!(with(|proof| proof.a = G1Affine::zero()), Err(DecodeError::Infinity));
	}

	#[test]
	fn with_infinity_at_b() {
		assert_eq!(with(|proof| proof.b = G2Affine::zero()), Err(DecodeError::Infinity));
	}

	#[test]
	fn with_infinity_at_c() {
		assert_eq!(with(|proof| proof.c = G1Affine::zero()), Err(DecodeError::Infinity));
	}

	#[test]
	fn of_zeros() {
		assert_eq!(Proof::from_bytes(&[0; PROOF_BYTES]), Err(DecodeError::Infinity));
	}

	#[test]
	fn with_a_point_off_the_curve() {
		assert_eq!(with(|proof| proof.a.y += Fq::from(1)), Err(DecodeError::NotOnCurve));
		assert_eq!(with(|proof| proof.b.y.c1 += Fq::from(1)), Err(DecodeError::NotOnCurve));
		assert_eq!(with(|proof| proof.c.x += Fq::from(1)), Err(DecodeError::NotOnCurve));
	}

	#[test]
	fn with_a_point_outside_the_subgroup() {
		for seed in 0..8 {
			let outside = outside_the_subgroup(seed);
			let proof = with(|proof| proof.b = outside).unwrap();
			let verdict = ONE.prepared.verify(&ONE.inputs, &proof);
			assert_eq!(verdict, Err(VerifyError::NotInSubgroup));
		}
	}

	#[test]
	fn with_the_real_part_first() {
		assert_eq!(
			with(|proof| {
				core::mem::swap(&mut proof.b.x.c0, &mut proof.b.x.c1);
				core::mem::swap(&mut proof.b.y.c0, &mut proof.b.y.c1);
			}),
			Err(DecodeError::NotOnCurve)
		);
	}
}

mod reject_key {
	use super::*;
	use ark_serialize::CanonicalSerialize;

	fn key() -> Vec<u8> {
		ONE.key.to_bytes()
	}

	fn with(change: impl FnOnce(&mut VerifyingKey)) -> Result<VerifyingKey, DecodeError> {
		let mut key = ONE.key.clone();
		change(&mut key);
		VerifyingKey::from_bytes(&key.to_bytes())
	}

	#[test]
	fn of_a_length_that_no_key_has() {
		assert_eq!(VerifyingKey::from_bytes(&[]), Err(DecodeError::Length));
		let key = key();
		// Without its last point it would be a key that has no public input.
		for length in (1..key.len()).filter(|length| *length != key.len() - G1_BYTES) {
			// Two bytes more than points take up begin a key with blocks.
			let is_staged = length % G1_BYTES == 2;
			let error = if is_staged { DecodeError::Blocks } else { DecodeError::Length };
			assert_eq!(VerifyingKey::from_bytes(&key[..length]), Err(error), "{length}");
		}
		for more in [1, 32, 63] {
			let longer = [&key[..], &vec![0; more]].concat();
			assert_eq!(VerifyingKey::from_bytes(&longer), Err(DecodeError::Length), "{more} more");
		}
	}

	#[test]
	fn with_more_points_than_are_allowed_before_reading_any() {
		let most = Trapdoor::random(64, &mut rng(0)).key().to_bytes();
		assert_eq!(most.len(), MAX_PLAIN_VERIFYING_KEY_BYTES);
		assert!(VerifyingKey::from_bytes(&most).is_ok());
		// Zeros: reading them would find the point at infinity.
		for points in [1, 2, 100_000] {
			let bytes = vec![0; MAX_PLAIN_VERIFYING_KEY_BYTES + points * G1_BYTES];
			assert_eq!(VerifyingKey::from_bytes(&bytes), Err(DecodeError::Length));
		}
	}

	#[test]
	fn with_a_length_that_is_claimed_instead_of_there() {
		let key = key();
		let (header, points) = key.split_at(VERIFYING_KEY_HEADER_BYTES);
		for claim in [2, u64::from(u32::MAX), u64::MAX] {
			for prefix in [claim.to_le_bytes().to_vec(), claim.to_be_bytes()[4..].to_vec()] {
				let claiming = [header, &prefix, points].concat();
				assert_eq!(VerifyingKey::from_bytes(&claiming), Err(DecodeError::Length));
				assert_eq!(
					VerifyingKey::from_bytes(&[header, &prefix].concat()),
					Err(DecodeError::Length)
				);
			}
		}
	}

	#[test]
	fn in_the_encoding_of_arkworks() {
		let (mut compressed, mut uncompressed) = (Vec::new(), Vec::new());
		ONE.ark_key.serialize_compressed(&mut compressed).unwrap();
		ONE.ark_key.serialize_uncompressed(&mut uncompressed).unwrap();
		assert_eq!(VerifyingKey::from_bytes(&compressed), Err(DecodeError::Length));
		assert_eq!(VerifyingKey::from_bytes(&uncompressed), Err(DecodeError::Length));
	}

	#[test]
	fn with_a_coordinate_at_or_above_the_modulus() {
		let key = key();
		for start in (0..key.len()).step_by(COORDINATE) {
			let range = start..start + COORDINATE;
			let same_point = modulus_plus(coordinate(&key[range.clone()]));
			for value in [modulus_plus(Fq::ZERO), same_point, [0xff; COORDINATE]] {
				let mut changed = key.clone();
				changed[range.clone()].copy_from_slice(&value);
				let refused = VerifyingKey::from_bytes(&changed);
				assert_eq!(refused, Err(DecodeError::Coordinate), "{start}");
			}
		}
	}

	#[test]
	fn with_any_bit_flipped() {
		let key = key();
		for bit in 0..8 * key.len() {
			let mut changed = key.clone();
			changed[bit / 8] ^= 1 << (bit % 8);
			let refused = VerifyingKey::from_bytes(&changed);
			assert!(
				matches!(refused, Err(DecodeError::NotOnCurve | DecodeError::Coordinate)),
				"bit {bit}: {refused:?}"
			);
		}
	}

	#[test]
	fn with_infinity_at_alpha() {
		assert_eq!(with(|key| key.alpha = G1Affine::zero()), Err(DecodeError::Infinity));
	}

	#[test]
	fn with_infinity_at_beta() {
		assert_eq!(with(|key| key.beta = G2Affine::zero()), Err(DecodeError::Infinity));
	}

	#[test]
	fn with_infinity_at_gamma() {
		assert_eq!(with(|key| key.gamma = G2Affine::zero()), Err(DecodeError::Infinity));
	}

	#[test]
	fn with_infinity_at_delta() {
		assert_eq!(with(|key| key.delta = G2Affine::zero()), Err(DecodeError::Infinity));
	}

	#[test]
	fn with_infinity_at_the_constants_point() {
		assert_eq!(with(|key| key.ic[0] = G1Affine::zero()), Err(DecodeError::Infinity));
	}

	#[test]
	fn with_infinity_at_an_inputs_point() {
		assert_eq!(with(|key| key.ic[1] = G1Affine::zero()), Err(DecodeError::Infinity));
	}

	#[test]
	fn with_a_point_off_the_curve() {
		assert_eq!(with(|key| key.alpha.x += Fq::from(1)), Err(DecodeError::NotOnCurve));
		assert_eq!(with(|key| key.beta.x.c0 += Fq::from(1)), Err(DecodeError::NotOnCurve));
		assert_eq!(with(|key| key.gamma.x.c1 += Fq::from(1)), Err(DecodeError::NotOnCurve));
		assert_eq!(with(|key| key.delta.y.c0 += Fq::from(1)), Err(DecodeError::NotOnCurve));
		assert_eq!(with(|key| key.ic[0].y += Fq::from(1)), Err(DecodeError::NotOnCurve));
		assert_eq!(with(|key| key.ic[1].y += Fq::from(1)), Err(DecodeError::NotOnCurve));
	}

	#[test]
	fn with_beta_outside_the_subgroup() {
		let refused = with(|key| key.beta = outside_the_subgroup(1));
		assert_eq!(refused, Err(DecodeError::NotInSubgroup));
	}

	#[test]
	fn with_gamma_outside_the_subgroup() {
		let refused = with(|key| key.gamma = outside_the_subgroup(2));
		assert_eq!(refused, Err(DecodeError::NotInSubgroup));
	}

	#[test]
	fn with_delta_outside_the_subgroup() {
		let refused = with(|key| key.delta = outside_the_subgroup(3));
		assert_eq!(refused, Err(DecodeError::NotInSubgroup));
	}
}

/// A key in memory is prepared exactly if its bytes could be decoded.
mod reject_key_to_prepare {
	use super::*;
	use candor_groth16::KeyError;

	/// Changes a key.
	type Change = fn(&mut VerifyingKey);

	fn assert_refused(changes: &[Change], expected: DecodeError) {
		for (number, change) in changes.iter().enumerate() {
			let mut key = ONE.key.clone();
			change(&mut key);
			assert_eq!(VerifyingKey::from_bytes(&key.to_bytes()), Err(expected), "{number}");
			let refused = PreparedVerifyingKey::prepare(&key);
			assert_eq!(refused, Err(KeyError::Decode(expected)), "{number}");
		}
	}

	#[test]
	fn with_a_point_at_infinity() {
		let changes: [Change; 6] = [
			|key| key.alpha = G1Affine::zero(),
			|key| key.beta = G2Affine::zero(),
			|key| key.gamma = G2Affine::zero(),
			|key| key.delta = G2Affine::zero(),
			|key| key.ic[0] = G1Affine::zero(),
			|key| key.ic[1] = G1Affine::zero(),
		];
		assert_refused(&changes, DecodeError::Infinity);
	}

	#[test]
	fn with_a_point_off_the_curve() {
		let changes: [Change; 6] = [
			|key| key.alpha.x += Fq::from(1),
			|key| key.beta.x.c0 += Fq::from(1),
			|key| key.gamma.x.c1 += Fq::from(1),
			|key| key.delta.y.c0 += Fq::from(1),
			|key| key.ic[0].y += Fq::from(1),
			|key| key.ic[1].y += Fq::from(1),
		];
		assert_refused(&changes, DecodeError::NotOnCurve);
	}

	#[test]
	fn with_a_point_outside_the_subgroup() {
		let changes: [Change; 3] = [
			|key| key.beta = outside_the_subgroup(1),
			|key| key.gamma = outside_the_subgroup(2),
			|key| key.delta = outside_the_subgroup(3),
		];
		assert_refused(&changes, DecodeError::NotInSubgroup);
	}
}

mod reject_prepared_key {
	use super::*;

	#[test]
	fn of_a_length_that_no_prepared_key_has() {
		let bytes = ONE.prepared.to_bytes();
		let decode = PreparedVerifyingKey::from_trusted_bytes;
		for length in (0..bytes.len()).filter(|length| *length != bytes.len() - G1_BYTES) {
			let refused = decode(&bytes[..length]);
			// Two bytes more than points take up begin a key with blocks.
			let expected = [Err(DecodeError::Length), Err(DecodeError::Blocks)];
			assert!(expected.contains(&refused), "{length}: {refused:?}");
		}
		assert_eq!(decode(&[&bytes[..], &[0]].concat()), Err(DecodeError::Length));
		let zeros = vec![0; MAX_PREPARED_VERIFYING_KEY_BYTES + G1_BYTES];
		assert_eq!(decode(&zeros), Err(DecodeError::Length));
	}

	#[test]
	fn with_a_coordinate_at_or_above_the_modulus() {
		let bytes = ONE.prepared.to_bytes();
		for start in (0..bytes.len()).step_by(COORDINATE) {
			let mut changed = bytes.clone();
			changed[start..start + COORDINATE].copy_from_slice(&modulus_plus(Fq::ZERO));
			let refused = PreparedVerifyingKey::from_trusted_bytes(&changed);
			if (TARGET_BYTES..PREPARED_HEADER_BYTES).contains(&start) {
				// A coefficient of a line, which is decoded when it is used.
				let verdict = refused.unwrap().verify(&ONE.inputs, &ONE.proof);
				assert_eq!(verdict, Err(VerifyError::Invalid), "{start}");
			} else {
				assert_eq!(refused, Err(DecodeError::Coordinate), "{start}");
			}
		}
	}
}
