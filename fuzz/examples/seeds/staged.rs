// SPDX-License-Identifier: Apache-2.0

//! Keys with blocks, as they are registered and as they are stored, and proofs under them. Each is checked
//! to be what its name says.

use crate::Seed;
use ark_bn254::Fr;
use ark_std::rand::Rng;
use candor_fuzz::{arkworks::encode, points::outside_the_subgroup};
use candor_groth16::{
	stored_key, DecodeError, Groth16Batch, KeyError, PreparedVerifyingKey, Proof, StagedGroth16,
	VerifyError, VerifyingKey, G1_BYTES, G2_BYTES, MAX_CHALLENGES, MAX_PUBLIC_INPUTS,
	VERIFYING_KEY_HEADER_BYTES,
};
use candor_proof_system::{ProofSystem, SystemBatch};
use candor_trapdoor::{g1, StagedTrapdoor, Trapdoor};
use rand_chacha::ChaCha8Rng;

/// Where the points of a key with blocks begin.
const BLOCKS_BYTES: usize = 2;

/// Where the commitment to stage one begins in a proof.
const STAGE_ONE: usize = G1_BYTES + G2_BYTES;

/// All of them.
pub fn seeds(rng: &mut ChaCha8Rng) -> Vec<Seed> {
	let mut seeds = sound(rng);
	seeds.extend(keys(rng));
	seeds.extend(proofs(rng));
	seeds
}

/// A key and a proof for each number of challenges.
fn sound(rng: &mut ChaCha8Rng) -> Vec<Seed> {
	let mut seeds = Vec::new();
	for challenges in [0, 1, MAX_CHALLENGES] {
		let trapdoor = StagedTrapdoor::random(2, challenges, rng);
		let key = trapdoor.key();
		let (model, inputs): (Fr, _) = (rng.gen(), vec![rng.gen(), rng.gen()]);
		let proof = trapdoor.prove(Some(model), &inputs, rng);

		let (key_bytes, stored) = (key.to_bytes(), stored_key(&key).expect("points of groups"));
		assert_eq!(VerifyingKey::register(&key_bytes).as_ref(), Ok(&key));
		assert_eq!(StagedGroth16::key_of(&stored).as_ref(), Ok(&key_bytes));
		assert_eq!(Groth16Batch::default().add_key(&stored), Ok(3));
		let prepared = PreparedVerifyingKey::prepare(&key).expect("points of their groups");
		assert_eq!(prepared.verify_about(Some(&g1(model)), &inputs, &proof), Ok(()));
		assert_eq!(proof.stage_one.is_some(), challenges > 0);

		let name = format!("staged-{challenges}");
		seeds.push(("verifying_key", name.clone(), key_bytes));
		seeds.push(("prepared_key", name.clone(), stored));
		seeds.push(("proof", name, proof.to_bytes()));
	}
	let plain = stored_key(&Trapdoor::random(1, rng).key()).expect("points of their groups");
	assert_eq!(Groth16Batch::default().add_key(&plain), Ok(1));
	seeds.push(("prepared_key", "stored-plain".to_owned(), plain));
	seeds
}

/// Makes a key break a rule, or nearly.
type Change = fn(&mut VerifyingKey);

/// Keys that break a rule, and such that are no keys.
fn keys(rng: &mut ChaCha8Rng) -> Vec<Seed> {
	let mut seeds = Vec::new();
	let mut add = |name: &str, bytes: Vec<u8>, verdict: Result<(), KeyError>| {
		assert_eq!(VerifyingKey::register(&bytes).map(drop), verdict, "{name}");
		seeds.push(("verifying_key", name.to_owned(), bytes));
	};
	let trapdoor = StagedTrapdoor::random(2, 1, rng);
	let key = trapdoor.key();
	let changes: [(&str, Change, _); 5] = [
		("eta-is-gamma", |key| key.model = Some(key.gamma), Err(KeyError::RelatedSetup)),
		(
			"eta-is-minus-sigma",
			|key| key.model = key.stage_one.map(|stage_one| -stage_one.sigma),
			Err(KeyError::RelatedSetup),
		),
		("stage-one-alone", |key| key.model = None, Ok(())),
		("challenges-alone", |key| key.ic.truncate(2), Err(KeyError::NoInputs)),
		(
			"challenge-is-input",
			|key| key.ic[3] = key.ic[1],
			Err(KeyError::RelatedInputs { first: 1, second: 3 }),
		),
	];
	for (name, change, verdict) in changes {
		let mut key = key.clone();
		change(&mut key);
		add(name, key.to_bytes(), verdict);
	}

	let bytes = key.to_bytes();
	let refused = |error| Err(KeyError::Decode(error));
	let with = |start: usize, point: &[u8]| {
		let mut changed = bytes.clone();
		changed[start..start + point.len()].copy_from_slice(point);
		changed
	};
	let eta = BLOCKS_BYTES + VERIFYING_KEY_HEADER_BYTES;
	let sigma = eta + G2_BYTES;
	let outside = encode(&outside_the_subgroup()[0]);
	add("eta-outside-the-subgroup", with(eta, &outside), refused(DecodeError::NotInSubgroup));
	add("sigma-outside-the-subgroup", with(sigma, &outside), refused(DecodeError::NotInSubgroup));
	add("sigma-at-infinity", with(sigma, &[0; G2_BYTES]), refused(DecodeError::Infinity));
	add("other-blocks", with(0, &[4, 1]), refused(DecodeError::Blocks));
	add("challenges-without-stage-one", with(0, &[1, 1]), refused(DecodeError::Blocks));

	let mut no_constant = key.clone();
	no_constant.ic.truncate(1);
	add("no-point-for-a-challenge", no_constant.to_bytes(), refused(DecodeError::Length));
	let many = StagedTrapdoor::random(2, MAX_CHALLENGES, rng).key().to_bytes();
	let too_many = [&[many[0], MAX_CHALLENGES + 1], &many[BLOCKS_BYTES..]].concat();
	add("one-challenge-too-many", too_many, refused(DecodeError::Blocks));

	let most = MAX_PUBLIC_INPUTS as usize - usize::from(MAX_CHALLENGES);
	let largest = StagedTrapdoor::random(most, MAX_CHALLENGES, rng).key();
	add("staged-largest", largest.to_bytes(), Ok(()));
	seeds
}

/// Proofs whose commitment to stage one is none.
fn proofs(rng: &mut ChaCha8Rng) -> Vec<Seed> {
	let trapdoor = StagedTrapdoor::random(1, 1, rng);
	let prepared = PreparedVerifyingKey::prepare(&trapdoor.key()).expect("points of their groups");
	let (model, inputs): (Fr, _) = (rng.gen(), [rng.gen()]);
	let proof = trapdoor.prove(Some(model), &inputs, rng);
	let verify = |proof: &Proof| prepared.verify_about(Some(&g1(model)), &inputs, proof);
	let bytes = proof.to_bytes();
	let with = |start: usize, point: &[u8]| {
		let mut changed = bytes.clone();
		changed[start..start + point.len()].copy_from_slice(point);
		changed
	};
	let mut off = bytes.clone();
	off[STAGE_ONE + G1_BYTES - 1] ^= 1;

	let mut seeds = Vec::new();
	let mut add = |name: &str, bytes: Vec<u8>, decoded: Result<VerifyError, DecodeError>| {
		let found = Proof::from_bytes(&bytes).map(|proof| verify(&proof));
		assert_eq!(found, decoded.map(Err), "{name}");
		seeds.push(("proof", name.to_owned(), bytes));
	};
	let infinity = with(STAGE_ONE, &[0; G1_BYTES]);
	add("stage-one-at-infinity", infinity, Err(DecodeError::Infinity));
	add("stage-one-off-the-curve", off, Err(DecodeError::NotOnCurve));
	let other = with(STAGE_ONE, &encode(&g1(Fr::from(2))));
	add("stage-one-of-another", other, Ok(VerifyError::Invalid));
	let outside = with(G1_BYTES, &encode(&outside_the_subgroup()[0]));
	add("staged-outside-the-subgroup", outside, Ok(VerifyError::NotInSubgroup));
	let plain = Proof { stage_one: None, ..proof }.to_bytes();
	add("stage-one-left-out", plain, Ok(VerifyError::WrongProof));
	seeds
}
