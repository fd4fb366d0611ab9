// SPDX-License-Identifier: Apache-2.0

//! Keys with blocks: their bytes, and the rules that they have to keep.

use super::{each_shape, Example};
use crate::rng::rng;
use blake2::{digest::consts::U32, Blake2b, Digest};
use candor_groth16::{
	DecodeError, KeyError, StageOne, VerifyingKey, G1_BYTES, G2_BYTES, MAX_CHALLENGES,
	VERIFYING_KEY_HEADER_BYTES,
};
use candor_trapdoor::StagedTrapdoor;

#[test]
fn bytes_are_blocks_then_points() {
	for trapdoor in each_shape() {
		let key = trapdoor.key();
		let bytes = key.to_bytes();
		let blocks = u8::from(key.model.is_some()) + 2 * u8::from(key.stage_one.is_some());
		assert_eq!(bytes[..2], [blocks, key.challenges()]);
		let plain = trapdoor.plain.key().to_bytes();
		let (header, ic) = plain.split_at(VERIFYING_KEY_HEADER_BYTES);
		assert_eq!(&bytes[2..2 + header.len()], header);
		assert!(bytes.ends_with(ic));
		let extra = usize::from(key.model.is_some()) + usize::from(key.stage_one.is_some());
		assert_eq!(bytes.len(), 2 + plain.len() + extra * G2_BYTES);
		assert_eq!(VerifyingKey::from_bytes(&bytes), Ok(key));
	}
}

/// The section "Challenges" of `docs/statement.md`: prover and verifier agree whatever they hash, so
/// nothing else says that challenges depend on the key.
#[test]
fn a_digest_is_the_hash_of_a_keys_bytes() {
	for trapdoor in each_shape() {
		let key = trapdoor.key();
		let hash: [u8; 32] = Blake2b::<U32>::digest(key.to_bytes()).into();
		assert_eq!(key.digest(), hash);
	}
}

#[test]
fn blocks_and_challenges_that_no_key_has_are_refused() {
	let bytes = Example::new(2).key.to_bytes();
	for (blocks, challenges) in
		[(0, 0), (0, 2), (4, 2), (7, 2), (255, 2), (1, 2), (2, 0), (3, 0), (3, 5), (3, 255)]
	{
		let mut changed = bytes.clone();
		changed[..2].copy_from_slice(&[blocks, challenges]);
		assert_eq!(
			VerifyingKey::from_bytes(&changed),
			Err(DecodeError::Blocks),
			"{blocks} {challenges}"
		);
	}
	let mut longer = bytes.clone();
	longer[1] = 3;
	assert_ne!(VerifyingKey::from_bytes(&longer).unwrap(), Example::new(2).key);
}

#[test]
fn every_prefix_and_every_longer_key_is_refused() {
	let bytes = Example::new(1).key.to_bytes();
	for length in 0..bytes.len() {
		let is_shorter_key = length > 2 + VERIFYING_KEY_HEADER_BYTES + 2 * G2_BYTES + G1_BYTES
			&& (bytes.len() - length).is_multiple_of(G1_BYTES);
		assert_eq!(VerifyingKey::from_bytes(&bytes[..length]).is_ok(), is_shorter_key, "{length}");
	}
	let longer = [&bytes[..], &[0]].concat();
	assert_eq!(VerifyingKey::from_bytes(&longer), Err(DecodeError::Length));
}

#[test]
fn points_of_blocks_are_checked_as_the_others_are() {
	let bytes = Example::new(1).key.to_bytes();
	for start in [2 + VERIFYING_KEY_HEADER_BYTES, 2 + VERIFYING_KEY_HEADER_BYTES + G2_BYTES] {
		let with = |point: [u8; G2_BYTES]| {
			let mut changed = bytes.clone();
			changed[start..start + G2_BYTES].copy_from_slice(&point);
			VerifyingKey::from_bytes(&changed)
		};
		assert_eq!(with([0; G2_BYTES]), Err(DecodeError::Infinity));
		assert_eq!(with([255; G2_BYTES]), Err(DecodeError::Coordinate));
		assert_eq!(with([1; G2_BYTES]), Err(DecodeError::NotOnCurve));
	}
}

#[test]
fn a_key_whose_only_inputs_are_challenges_states_nothing() {
	let key = StagedTrapdoor::random(0, 1, &mut rng(5)).key();
	assert_eq!(VerifyingKey::register(&key.to_bytes()), Err(KeyError::NoInputs));
}

#[test]
fn a_stage_one_without_challenges_or_with_too_many_is_refused() {
	let key = Example::new(1).key;
	for challenges in [0, MAX_CHALLENGES + 1] {
		let stage_one = key.stage_one.map(|stage_one| StageOne { challenges, ..stage_one });
		let key = VerifyingKey { stage_one, ic: vec![key.alpha; 9], ..key.clone() };
		assert_eq!(key.validate(), Err(KeyError::Decode(DecodeError::Blocks)));
	}
}

#[test]
fn a_challenge_whose_point_is_an_inputs_is_refused() {
	let mut key = Example::new(1).key;
	key.ic[4] = -key.ic[2];
	assert_eq!(key.validate(), Err(KeyError::RelatedInputs { first: 2, second: 4 }));
}

#[test]
fn every_two_points_of_the_setup_are_compared() {
	let honest = Example::new(1).key;
	let set = |key: &mut VerifyingKey, place: usize, point| match place {
		0 => key.beta = point,
		1 => key.gamma = point,
		2 => key.delta = point,
		3 => key.model = Some(point),
		_ => key.stage_one = Some(StageOne { sigma: point, challenges: 1 }),
	};
	let points = [
		honest.beta,
		honest.gamma,
		honest.delta,
		honest.model.unwrap(),
		honest.stage_one.unwrap().sigma,
	];
	assert_eq!(honest.validate(), Ok(()));
	for (first, point) in points.into_iter().enumerate() {
		for second in (0..points.len()).filter(|second| *second != first) {
			for point in [point, -point] {
				let mut key = honest.clone();
				set(&mut key, second, point);
				assert_eq!(key.validate(), Err(KeyError::RelatedSetup), "{first} {second}");
			}
		}
	}
}
