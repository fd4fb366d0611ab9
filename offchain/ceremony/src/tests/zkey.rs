// SPDX-License-Identifier: Apache-2.0
//! A key that snarkjs 0.7.6 has made of the circuit in `snarkjs-plain.r1cs` and the powers in
//! `snarkjs-4.ptau`: `groth16 setup`, the contributions of Ada and Bob, a beacon.

use super::support::{layout, STAGED};
use crate::{
	digest::Digest,
	first_key::first_key,
	powers::Powers,
	ptau::{self, development_powers},
	verify::{Quality, Shortcoming},
	zkey::{self, Imported, ZkeyMistake},
	SectionsMistake,
};
use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use candor_prover::{KeyFault, Layout, Part, Silent};
use candor_snarkjs::binary::{r1cs_to_bytes, Constraints};
use rand::rngs::OsRng;
use std::{fs, sync::LazyLock};

const PTAU: &[u8] = include_bytes!("../../testdata/snarkjs-4.ptau");
const R1CS: &[u8] = include_bytes!("../../testdata/snarkjs-plain.r1cs");
const ZKEY: &[u8] = include_bytes!("../../testdata/snarkjs-plain.zkey");

/// Bytes of a point in the first group.
const G1: usize = 64;
/// Bytes of a point in the second group.
const G2: usize = 128;
/// Where kind and parameters of a contribution stand, which no hash has.
const BEFORE_KIND: usize = 3 * G1 + G2 + 64;

static CIRCUIT: LazyLock<Layout> = LazyLock::new(|| layout(3, [0, 0, 4], 0, 5));
static POWERS: LazyLock<Powers> = LazyLock::new(|| powers(PTAU));

fn powers(file: &[u8]) -> Powers {
	let folder = tempfile::tempdir().expect("a folder");
	let path = folder.path().join("file.ptau");
	fs::write(&path, file).expect("written");
	ptau::read(&path, 8, &mut OsRng, &mut Silent).expect("they are powers")
}

fn import_as(bytes: &[u8], circuit: &Layout, powers: &Powers) -> Result<Imported, ZkeyMistake> {
	let folder = tempfile::tempdir().expect("a folder");
	let path = folder.path().join("file.zkey");
	fs::write(&path, bytes).expect("written");
	zkey::import(&path, circuit, powers, &mut OsRng, &mut Silent).map_err(|error| error.mistake)
}

fn import(bytes: &[u8]) -> Result<Imported, ZkeyMistake> {
	import_as(bytes, &CIRCUIT, &POWERS)
}

/// Where the content of a section begins, and its length.
fn section(bytes: &[u8], number: u32) -> (usize, usize) {
	let mut offset = 12;
	loop {
		let length = u64::from_le_bytes(bytes[offset + 4..offset + 12].try_into().expect("8"));
		let found = u32::from_le_bytes(bytes[offset..offset + 4].try_into().expect("4"));
		if found == number {
			return (offset + 12, length as usize);
		}
		offset += 12 + length as usize;
	}
}

#[test]
fn the_circuit_is_the_one_that_snarkjs_was_given() {
	let Layout { a, b, c, .. } = &*CIRCUIT;
	let a = &a[..b.len()];
	let (public_inputs, variables) = (CIRCUIT.instances - 1, CIRCUIT.variables());
	let constraints = Constraints { public_inputs, variables, a, b, c };
	assert_eq!(r1cs_to_bytes(&constraints).expect("it is small"), R1CS);
}

#[test]
fn a_transcript_is_that_of_the_key_that_it_made_and_of_no_other() {
	let Imported { key, transcript, hash, .. } = import(ZKEY).expect("snarkjs has made it");
	let key = key.verifying_key();
	assert_eq!(zkey::transcript_hash(&transcript, &key), Some(hash));
	let first = first_key(&CIRCUIT, &POWERS, &mut Silent).expect("one domain").verifying_key();
	assert_eq!(zkey::transcript_hash(&transcript, &first), None);
	assert_eq!(zkey::transcript_hash(&transcript[1..], &key), None);
	let mut changed = transcript;
	changed[0] ^= 1;
	assert_eq!(zkey::transcript_hash(&changed, &key), None);
}

#[test]
fn a_key_of_snarkjs_is_the_first_key_with_another_delta() {
	let Imported { key, contributions, transcript, hash, quality, .. } =
		import(ZKEY).expect("snarkjs has made it");
	let first = first_key(&CIRCUIT, &POWERS, &mut Silent).expect("one domain");
	assert_eq!((&key.ic, &key.a), (&first.ic, &first.a));
	assert_eq!((&key.b_g1, &key.b_g2), (&first.b_g1, &first.b_g2));
	assert_eq!((key.alpha_g1, key.beta_g2), (first.alpha_g1, first.beta_g2));
	assert_eq!(key.gamma_g2, G2Affine::generator());
	assert_ne!(key.delta_g1, G1Affine::generator());
	assert_ne!((&key.h, &key.rest), (&first.h, &first.rest));
	assert_eq!(key.h.len(), first.h.len());

	let names: Vec<_> =
		contributions.iter().map(|made| (made.name.as_deref(), made.beacon)).collect();
	assert_eq!(names, [(Some("Ada"), false), (Some("Bob"), false), (Some("beacon"), true)]);
	let (start, length) = section(ZKEY, 10);
	assert_eq!(transcript, &ZKEY[start..start + length]);
	assert_eq!(hash, Digest::of(&transcript));
	assert_eq!(quality, Quality::Ceremony);
}

/// As `snarkjs zkey verify` has printed them.
#[test]
fn hashes_are_those_that_snarkjs_prints() {
	let Imported { circuit, contributions, .. } = import(ZKEY).expect("snarkjs has made it");
	let printed = include_str!("../../testdata/snarkjs-plain.hashes").lines();
	let hashes = contributions.iter().map(|made| made.hash.to_string());
	assert!([circuit.to_string()].into_iter().chain(hashes).eq(printed));
}

#[test]
fn keys_from_powers_of_one_machine_are_for_development() {
	let mut powers = POWERS.clone();
	powers.contributions.clear();
	let imported = import_as(ZKEY, &CIRCUIT, &powers).expect("snarkjs has made it");
	assert_eq!(imported.quality, Quality::Development(Shortcoming::Powers));
}

mod reject {
	use super::*;

	fn changed(offset: usize, content: &[u8]) -> ZkeyMistake {
		let mut bytes = ZKEY.to_vec();
		bytes[offset..offset + content.len()].copy_from_slice(content);
		import(&bytes).expect_err("it was changed")
	}

	#[test]
	fn a_file_that_is_cut_off_or_too_long() {
		for length in (0..ZKEY.len()).step_by(17) {
			let error = import(&ZKEY[..length]).expect_err("it is cut off");
			assert!(matches!(error, ZkeyMistake::File(_)), "{length}: {error}");
		}
		let error = import(&[ZKEY, &[0]].concat()).expect_err("too long");
		assert!(matches!(error, ZkeyMistake::File(SectionsMistake::Extent)), "{error}");
	}

	/// Names and kinds of contributions are in no hash of snarkjs, and the last one's proof of knowledge in none
	/// that stands in the file.
	#[test]
	fn any_changed_byte_but_those_of_names_and_the_last_proof() {
		let (contributions, length) = section(ZKEY, 10);
		let mut free = Vec::new();
		let mut at = contributions + 64 + 4;
		let mut last = at;
		while at < contributions + length {
			let kind = at + BEFORE_KIND;
			let parameters = ZKEY[kind + 4..kind + 8].try_into().expect("4 bytes");
			let end = kind + 8 + u32::from_le_bytes(parameters) as usize;
			free.push(kind..end);
			last = at;
			at = end;
		}
		assert_eq!((at, free.len()), (contributions + length, 3));
		free.push(last + 3 * G1..last + 3 * G1 + G2);
		for offset in (0..ZKEY.len()).step_by(7) {
			if free.iter().any(|range| range.contains(&offset)) {
				continue;
			}
			let mut bytes = ZKEY.to_vec();
			bytes[offset] ^= 1;
			assert!(import(&bytes).is_err(), "byte {offset}");
		}
	}

	#[test]
	fn other_proof_systems_and_other_curves() {
		let (protocol, _) = section(ZKEY, 1);
		assert!(matches!(changed(protocol, &[2]), ZkeyMistake::Protocol(2)));
		let (header, _) = section(ZKEY, 2);
		// The size of a coordinate, its modulus, the size of a scalar, its modulus.
		for offset in [0, 4, 36, 40] {
			let error = changed(header + offset, &[48]);
			assert!(matches!(error, ZkeyMistake::Curve), "{error}");
		}
	}

	#[test]
	fn the_key_of_another_circuit() {
		let mut other = CIRCUIT.clone();
		other.b[2][1].0 += Fr::from(1);
		let error = import_as(ZKEY, &other, &POWERS).expect_err("another circuit");
		assert!(matches!(error, ZkeyMistake::OtherConstraint { row: 2 }), "{error}");
		// The products stand in no coefficient, but in points.
		let mut other = CIRCUIT.clone();
		other.c[2][1].0 += Fr::from(1);
		let error = import_as(ZKEY, &other, &POWERS).expect_err("another circuit");
		let expected = matches!(error, ZkeyMistake::Key(KeyFault::Unrelated(Part::Combined)));
		assert!(expected, "{error}");
		let error =
			import_as(ZKEY, &layout(3, [0, 0, 5], 0, 5), &POWERS).expect_err("another circuit");
		let expected =
			matches!(error, ZkeyMistake::OtherCircuit { what: "variables", expected: 8, found: 7 });
		assert!(expected, "{error}");
		let error = import_as(ZKEY, &STAGED, &POWERS).expect_err("it has blocks");
		assert!(matches!(error, ZkeyMistake::Staged), "{error}");
	}

	#[test]
	fn the_key_of_other_powers() {
		let other = powers(&development_powers(4, &mut OsRng, &mut Silent));
		let error = import_as(ZKEY, &CIRCUIT, &other).expect_err("other powers");
		assert!(matches!(error, ZkeyMistake::OtherPowers("alpha")), "{error}");
		// Of one tau, but with another beta.
		let mut other = POWERS.clone();
		other.lists.beta_g1[0] = other.lists.alpha_g1[0];
		let error = import_as(ZKEY, &CIRCUIT, &other).expect_err("another beta");
		assert!(matches!(error, ZkeyMistake::OtherPowers("beta")), "{error}");
		let (header, _) = section(ZKEY, 2);
		let gamma = header + 2 * 36 + 12 + 2 * G1 + G2;
		let error = changed(gamma, &ZKEY[gamma + G2 + G1..][..G2]);
		assert!(matches!(error, ZkeyMistake::OtherPowers("gamma")), "{error}");
	}

	#[test]
	fn exchanged_points() {
		for (number, size, part) in [
			(5, G1, Part::A),
			(6, G1, Part::B1),
			(7, G2, Part::B2),
			(3, G1, Part::Combined),
			(8, G1, Part::Combined),
			(9, G1, Part::H),
		] {
			let (begin, _) = section(ZKEY, number);
			let mut bytes = ZKEY.to_vec();
			bytes[begin..begin + size].copy_from_slice(&ZKEY[begin + size..begin + 2 * size]);
			bytes[begin + size..begin + 2 * size].copy_from_slice(&ZKEY[begin..begin + size]);
			assert_ne!(bytes, ZKEY);
			let error = import(&bytes).expect_err("exchanged");
			let expected = matches!(
				error,
				ZkeyMistake::Key(KeyFault::Unrelated(found)) if found == part
			);
			assert!(expected, "section {number}: {error}");
		}
	}

	#[test]
	fn points_that_are_none() {
		for number in [3, 5, 6, 8, 9] {
			let (begin, _) = section(ZKEY, number);
			let error = changed(begin + G1, &[0xff; 32]);
			let expected = matches!(
				error,
				ZkeyMistake::Coordinate { section, index: 1 } if section == number
			);
			assert!(expected, "{error}");
			let error = changed(begin, &[1; 16]);
			let expected =
				matches!(error, ZkeyMistake::Key(KeyFault::OutsideGroup { index: 0, .. }));
			assert!(expected, "section {number}: {error}");
		}
	}

	/// The key with these contributions alone.
	fn with_contributions(count: usize) -> Vec<u8> {
		let (start, length) = section(ZKEY, 10);
		let mut content = ZKEY[start..start + length].to_vec();
		let mut end = 68;
		for _ in 0..count {
			let parameters = content[end + BEFORE_KIND + 4..][..4].try_into().expect("4 bytes");
			end += BEFORE_KIND + 8 + u32::from_le_bytes(parameters) as usize;
		}
		content.truncate(end);
		content[64..68].copy_from_slice(&(count as u32).to_le_bytes());
		let length = (content.len() as u64).to_le_bytes();
		[&ZKEY[..start - 8], &length, &content].concat()
	}

	#[test]
	fn contributions_that_did_not_make_the_key() {
		assert_eq!(with_contributions(3), ZKEY);
		let error = import(&with_contributions(2)).expect_err("another delta");
		assert!(matches!(error, ZkeyMistake::LastContribution), "{error}");
		let error = import(&with_contributions(0)).expect_err("no contribution");
		assert!(matches!(error, ZkeyMistake::NoContribution), "{error}");
		let (start, length) = section(ZKEY, 10);
		for count in [2u32, 4, u32::MAX] {
			let error = changed(start + 64, &count.to_le_bytes());
			assert!(matches!(error, ZkeyMistake::Contributions), "{error}");
		}
		let error = changed(start, &[0; 64]);
		assert!(matches!(error, ZkeyMistake::OtherTranscript(1)), "{error}");
		assert!(start + length == ZKEY.len(), "it is the last section");
	}
}
