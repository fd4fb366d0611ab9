// SPDX-License-Identifier: Apache-2.0

use super::support::{contribute, secrets, verdict, DOMAIN, FIRST, POWERS, STAGED};
use crate::{
	beacon::{Beacon, MAX_BEACON_EXPONENT, MIN_BEACON_EXPONENT},
	ceremony::{Ceremony, CeremonyMistake, Full},
	digest::Digest,
	fault::Fault,
	powers::PowersContribution,
	transcript::{Name, Transcript, TranscriptError, MAX_NAME_BYTES},
	verify::{Quality, Shortcoming},
};
use candor_groth16::VerifyingKey;
use candor_prover::{Silent, Stage};
use rand::{
	rngs::{OsRng, StdRng},
	SeedableRng,
};

/// Three contributors and a beacon.
fn example() -> Ceremony {
	let mut ceremony = FIRST.clone();
	for name in ["Ada", "Blaise", "Charles"] {
		contribute(&mut ceremony, name);
	}
	ceremony.beacon(beacon(), &mut Silent).expect("there is room");
	ceremony
}

fn beacon() -> Beacon {
	Beacon::new(&[7; 32], MIN_BEACON_EXPONENT).expect("a beacon")
}

#[test]
fn three_contributors_and_a_beacon_make_keys_of_a_ceremony() {
	let ceremony = example();
	let report = verdict(&ceremony).expect("all were honest");
	assert_eq!(report.quality, Quality::Ceremony);
	assert_eq!(report.hash, ceremony.transcript().hash());
	let steps: Vec<String> = report.steps.iter().map(ToString::to_string).collect();
	assert_eq!(
		steps,
		[
			"step 1, the contribution of \"Ada\"",
			"step 2, the contribution of \"Blaise\"",
			"step 3, the contribution of \"Charles\"",
			"step 4, the beacon",
		]
	);
	assert_eq!(report.require(report.hash), Ok(()));
	let expected = FIRST.transcript().hash();
	let found = report.hash;
	assert_eq!(report.require(expected), Err(Fault::OtherTranscript { expected, found }));
}

#[test]
fn a_transcript_ends_with_the_trapdoors_of_its_key_alone() {
	let mut ceremony = example();
	let transcript = ceremony.transcript().clone();
	let key = ceremony.key().verifying_key();
	assert!(transcript.ends_with(&key));
	assert!(!FIRST.transcript().ends_with(&FIRST.key().verifying_key()), "nobody made that key");
	let mut plain = key.clone();
	(plain.model, plain.stage_one) = (None, None);
	assert!(!transcript.ends_with(&plain));
	contribute(&mut ceremony, "Dora");
	assert!(!transcript.ends_with(&ceremony.key().verifying_key()));
	for change in [
		|key: &mut VerifyingKey| key.gamma = key.delta,
		|key: &mut VerifyingKey| key.delta = key.gamma,
		|key: &mut VerifyingKey| key.model = Some(key.gamma),
		|key: &mut VerifyingKey| key.stage_one.as_mut().expect("it has one").sigma = key.gamma,
	] {
		let mut other = key.clone();
		change(&mut other);
		assert!(!transcript.ends_with(&other));
	}
}

#[test]
fn what_a_contributor_is_told_is_the_hash_of_the_transcript_so_far() {
	let mut ceremony = FIRST.clone();
	let hash = ceremony.contribute(None, "", &mut OsRng, &mut Silent).expect("there is room");
	assert_eq!(hash, ceremony.transcript().hash());
	let hash = ceremony.beacon(beacon(), &mut Silent).expect("there is room");
	assert_eq!(hash, ceremony.transcript().hash());
}

#[test]
fn keys_to_which_nobody_contributed_are_for_development() {
	let trapdoors = Quality::Development(Shortcoming::Trapdoors);
	let mut ceremony = FIRST.clone();
	assert_eq!(verdict(&ceremony).expect("it is the first key").quality, trapdoors);
	ceremony.beacon(beacon(), &mut Silent).expect("there is room");
	assert_eq!(verdict(&ceremony).expect("a beacon is no fault").quality, trapdoors);
	contribute(&mut ceremony, "Ada");
	assert_eq!(verdict(&ceremony).expect("honest").quality, Quality::Ceremony);

	for contributions in [vec![], vec![PowersContribution { name: None, beacon: true }]] {
		let mut powers = secrets().powers(DOMAIN);
		powers.contributions = contributions;
		let report = ceremony.verify(&STAGED, &powers, &mut OsRng, &mut Silent).expect("honest");
		assert_eq!(report.quality, Quality::Development(Shortcoming::Powers));
	}
}

#[test]
fn each_trapdoor_gets_a_factor_of_its_own_and_other_ones_each_time() {
	let mut points = Vec::new();
	for _ in 0..2 {
		let mut ceremony = FIRST.clone();
		contribute(&mut ceremony, "Ada");
		points.extend(ceremony.transcript().steps[0].trapdoors.clone());
	}
	assert_eq!(points.len(), 8);
	for (index, point) in points.iter().enumerate() {
		assert!(!points[..index].contains(point), "{index}");
	}
}

/// So that a generator which can be guessed does not give the secrets away alone.
#[test]
fn the_text_of_a_contributor_changes_the_secrets() {
	let hash = |text| {
		let mut ceremony = FIRST.clone();
		let rng = &mut StdRng::seed_from_u64(1);
		ceremony.contribute(None, text, rng, &mut Silent).expect("there is room")
	};
	assert_eq!(hash("one"), hash("one"));
	assert_ne!(hash("one"), hash("another"));
}

#[test]
fn progress_is_told_of_everything_that_takes_time() {
	let mut stages = Vec::new();
	let mut note = |stage: Stage| stages.push(stage);
	let mut ceremony = Ceremony::begin(&STAGED, &POWERS, &mut note).expect("one domain");
	ceremony.contribute(None, "", &mut OsRng, &mut note).expect("there is room");
	ceremony.beacon(beacon(), &mut note).expect("there is room");
	ceremony.verify(&STAGED, &POWERS, &mut OsRng, &mut note).expect("honest");
	let transforms = (1..=4).map(|part| Stage::PowersTransform { part, parts: 4 });
	let first_key: Vec<_> = transforms.chain([Stage::KeyGeneration]).collect();
	let mut expected = first_key.clone();
	expected.extend([Stage::Contribution, Stage::Beacon, Stage::Contribution]);
	expected.push(Stage::TranscriptCheck);
	expected.extend(first_key);
	expected.push(Stage::KeyCheck);
	assert_eq!(stages, expected);
}

#[test]
fn a_ceremony_is_read_as_it_was_written() {
	let folder = tempfile::tempdir().expect("a folder");
	let path = folder.path().join("ceremony");
	for ceremony in [FIRST.clone(), example()] {
		ceremony.write(&path).expect("written");
		assert!(Ceremony::read(&path, &STAGED).expect("it was written") == ceremony);
		let transcript = ceremony.transcript().to_bytes();
		assert_eq!(Transcript::from_bytes(&transcript).as_ref(), Ok(ceremony.transcript()));
	}
}

/// A transcript of a version must read the same for ever: its hash stands on chain.
#[test]
fn the_bytes_of_a_transcript_are_pinned() {
	let mut ceremony = FIRST.clone();
	let rng = &mut StdRng::seed_from_u64(5);
	ceremony.contribute("Ada".parse().ok(), "text", rng, &mut Silent).expect("there is room");
	ceremony.contribute(None, "", rng, &mut Silent).expect("there is room");
	ceremony.beacon(beacon(), &mut Silent).expect("there is room");
	let bytes = ceremony.transcript().to_bytes();
	assert_eq!(bytes[..9], *b"CANDORCE\x01");
	let golden = include_bytes!("../../testdata/three-steps.transcript");
	assert!(bytes == golden, "the bytes of version 1 have changed:\n{}", hex::encode(&bytes));
	assert_eq!(
		ceremony.transcript().hash().to_string(),
		include_str!("../../testdata/three-steps.hash").trim()
	);
}

mod reject {
	use super::*;

	#[test]
	fn a_file_that_is_cut_off_at_any_place() {
		let mut ceremony = FIRST.clone();
		contribute(&mut ceremony, "Ada");
		let bytes = ceremony.to_bytes();
		for length in 0..bytes.len() {
			assert!(Ceremony::from_bytes(&bytes[..length]).is_err(), "{length}");
		}
		let mut longer = bytes;
		longer.push(0);
		assert!(matches!(Ceremony::from_bytes(&longer), Err(CeremonyMistake::Key)));
		let transcript = ceremony.transcript().to_bytes();
		for length in 0..transcript.len() {
			assert!(Transcript::from_bytes(&transcript[..length]).is_err(), "{length}");
		}
		let longer = [transcript, vec![0]].concat();
		assert_eq!(Transcript::from_bytes(&longer), Err(TranscriptError::Left(1)));
	}

	/// Every byte of a transcript counts.
	#[test]
	fn a_transcript_in_which_any_byte_is_changed() {
		let mut ceremony = FIRST.clone();
		contribute(&mut ceremony, "Ada");
		ceremony.beacon(beacon(), &mut Silent).expect("there is room");
		let bytes = ceremony.to_bytes();
		for index in 0..ceremony.transcript().to_bytes().len() {
			let mut changed = bytes.clone();
			changed[index] ^= 1;
			let refused = match Ceremony::from_bytes(&changed) {
				Ok(ceremony) => verdict(&ceremony).is_err(),
				Err(_) => true,
			};
			assert!(refused, "byte {index}");
		}
	}

	#[test]
	fn another_version() {
		let mut bytes = FIRST.to_bytes();
		bytes[8] = 2;
		let error = Transcript::from_bytes(&bytes);
		assert_eq!(error, Err(TranscriptError::Version(2)));
	}

	#[test]
	fn more_steps_than_there_can_be() {
		let mut bytes = FIRST.transcript().to_bytes();
		let count = bytes.len() - 4;
		bytes[count..].copy_from_slice(&u32::MAX.to_le_bytes());
		assert_eq!(Transcript::from_bytes(&bytes), Err(TranscriptError::Steps(u32::MAX)));
	}

	/// Nobody is made to hash for days by a file.
	#[test]
	fn beacons_that_take_too_long_together() {
		let mut ceremony = FIRST.clone();
		ceremony.beacon(beacon(), &mut Silent).expect("there is room");
		let long = Beacon::new(&[7; 32], MAX_BEACON_EXPONENT).expect("a beacon");
		assert_eq!(ceremony.clone().beacon(long, &mut Silent), Err(Full));
		let mut bytes = ceremony.transcript().to_bytes();
		let exponent = FIRST.transcript().to_bytes().len() + 1;
		assert_eq!(bytes[exponent], MIN_BEACON_EXPONENT);
		bytes[exponent] = MAX_BEACON_EXPONENT;
		assert!(Transcript::from_bytes(&bytes).is_ok(), "one may take as long");
		let step = bytes[exponent - 1..].repeat(2);
		let count = exponent - 5;
		bytes.truncate(count);
		bytes.extend(2u32.to_le_bytes());
		bytes.extend(step);
		assert_eq!(Transcript::from_bytes(&bytes), Err(TranscriptError::Hashing));
	}

	#[test]
	fn a_file_larger_than_a_ceremony_of_the_circuit() {
		let folder = tempfile::tempdir().expect("a folder");
		let path = folder.path().join("ceremony");
		let mut bytes = FIRST.to_bytes();
		bytes.resize(64 << 20, 0);
		std::fs::write(&path, bytes).expect("written");
		let error = Ceremony::read(&path, &STAGED).err().expect("it is too long");
		assert!(matches!(error.mistake, CeremonyMistake::TooLong { .. }), "{error}");
		let error = Ceremony::read(&folder.path().join("none"), &STAGED).err().expect("missing");
		assert!(matches!(error.mistake, CeremonyMistake::Io(_)), "{error}");
	}

	#[test]
	fn names_that_are_empty_long_or_act_on_a_terminal() {
		let long = "n".repeat(MAX_NAME_BYTES + 1);
		for name in ["", "a\nb", "\u{1b}[2J", long.as_str()] {
			assert!(name.parse::<Name>().is_err(), "{name:?}");
		}
		assert!(long[1..].parse::<Name>().is_ok());
	}

	#[test]
	fn beacons_out_of_bounds() {
		for (bytes, exponent) in [
			(15, MIN_BEACON_EXPONENT),
			(256, MIN_BEACON_EXPONENT),
			(32, MIN_BEACON_EXPONENT - 1),
			(32, MAX_BEACON_EXPONENT + 1),
		] {
			assert!(Beacon::new(&vec![1; bytes], exponent).is_err(), "{bytes} {exponent}");
		}
	}

	#[test]
	fn texts_that_are_no_hash() {
		let hash = FIRST.transcript().hash();
		assert_eq!(hash.to_string().parse(), Ok(hash));
		assert_eq!(format!("0x{hash}").parse(), Ok(hash));
		for text in ["", "0x", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64)] {
			assert!(text.parse::<Digest>().is_err(), "{text}");
		}
	}
}
