// SPDX-License-Identifier: Apache-2.0
use super::{
	format::{encode_body, CHECKSUM_LEN, MAGIC},
	*,
};
use crate::{
	check, development_setup, setup_circuit,
	test_circuit::{Product, Scores},
	KeyFault, Plain, Points, Powers, Silent,
};
use ark_serialize::CanonicalSerialize;
use candor_gadgets::StagedCircuit;
use candor_groth16::DecodeError;
use candor_operators::Scheme;
use std::sync::LazyLock;
use tempfile::TempDir;

/// Offset of the version in a proving key's file.
const VERSION_AT: usize = MAGIC.len();

/// Keys of the smallest architecture.
static KEYS: LazyLock<Keys> = LazyLock::new(|| made_for("1-1", Scheme::Hashed));

/// A key of a circuit of two constraints, under the name of an architecture.
static SMALL: LazyLock<ProvingKey> = LazyLock::new(|| key_of(&Plain(Product::example())));

/// A key of a circuit with a model block and a challenge, under the name of an architecture.
static STAGED: LazyLock<ProvingKey> = LazyLock::new(|| key_of(&Scores::example()));

fn key_of(circuit: &impl StagedCircuit) -> ProvingKey {
	let (points, powers) = setup_circuit(circuit, &mut OsRng, &mut Silent).expect("a setup");
	ProvingKey::new(named("2-1"), points, powers)
}

fn made_for(architecture: &str, scheme: Scheme) -> Keys {
	development_setup(&named(architecture), scheme, &mut OsRng, &mut Silent).expect("a setup")
}

fn named(architecture: &str) -> Architecture {
	architecture.parse().expect("the test's architecture is valid")
}

/// A folder with these keys.
fn with(keys: &Keys) -> TempDir {
	let folder = TempDir::new().unwrap();
	write_keys(folder.path(), keys).unwrap();
	folder
}

fn read_from(folder: &TempDir, architecture: &str) -> Result<Keys, KeyFileError> {
	read_keys(folder.path(), &named(architecture), &Verdicts::none(), &mut Silent)
}

fn decoded(bytes: &[u8]) -> Result<(Points, Powers), KeyFileError> {
	let path = Path::new("a file");
	let content = open(path, bytes)?;
	decode_body(content.body).ok_or(KeyFileError::Body { path: path.to_owned() })
}

/// The content with a checksum that fits.
fn sealed(mut content: Vec<u8>) -> Vec<u8> {
	content.extend(sp_crypto_hashing::blake2_256(&content));
	content
}

fn content() -> Vec<u8> {
	let mut bytes = encode(&SMALL);
	bytes.truncate(bytes.len() - CHECKSUM_LEN);
	bytes
}

mod keys {
	use super::*;

	#[test]
	fn are_read_as_they_were_written() {
		let folder = with(&KEYS);
		let read = read_from(&folder, "1-1").unwrap();
		assert!(read.proving == KEYS.proving);
		assert_eq!(read.verifying, KEYS.verifying);
		let mut names: Vec<_> =
			fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
		names.sort();
		assert_eq!(names, [PROVING_KEY, VERIFYING_KEY]);
	}

	#[test]
	fn of_every_scheme_are_read_and_checked_against_its_circuit() {
		for scheme in Scheme::ALL {
			let keys = made_for("2-2-1", scheme);
			let read = read_from(&with(&keys), "2-2-1").unwrap();
			assert!(read.proving == keys.proving);
			assert_eq!(read.scheme(), Some(scheme));
		}
	}

	#[test]
	fn with_a_stage_one_alone_are_refused() {
		let mut keys = Keys { proving: STAGED.clone(), verifying: STAGED.verifying_key() };
		keys.proving.points.model = None;
		keys.verifying = keys.proving.verifying_key();
		let error = read_from(&with(&keys), "2-1").expect_err("no circuit");
		assert!(matches!(error, KeyFileError::NoScheme { .. }), "{error}");
	}

	#[test]
	fn without_the_challenge_that_the_circuit_needs_are_refused() {
		let trees = r#"{"version":1,"input":[1],"nodes":[{"operator":"trees","inputs":["input"],"attributes":{"depths":[1],"outputs":[1]}}]}"#;
		let trees: Architecture = serde_json::from_str(trees).expect("an architecture");
		let setup = development_setup(&trees, Scheme::Hashed, &mut OsRng, &mut Silent);
		assert!(matches!(setup, Err(crate::SetupError::Unsuited(_))), "no setup");
		let proving = ProvingKey { architecture: trees.clone(), ..SMALL.clone() };
		let folder = with(&Keys { verifying: proving.verifying_key(), proving });
		let read = read_keys(folder.path(), &trees, &Verdicts::none(), &mut Silent);
		let Err(error) = read else { panic!("it was read") };
		assert!(matches!(error, KeyFileError::Unsuited { .. }), "{error}");
	}

	#[test]
	fn have_the_body_of_the_contract() {
		let ProvingKey { points: key, powers, .. } = &*STAGED;
		let (model, stage_one) = (key.model.as_ref().unwrap(), key.stage_one.as_ref().unwrap());
		let mut body = vec![3, 1];
		for point in [&key.alpha_g1, &key.beta_g1, &key.delta_g1] {
			point.serialize_uncompressed(&mut body).unwrap();
		}
		for point in [&key.beta_g2, &key.gamma_g2, &key.delta_g2] {
			point.serialize_uncompressed(&mut body).unwrap();
		}
		for block in [model, stage_one] {
			block.g1.serialize_uncompressed(&mut body).unwrap();
			block.g2.serialize_uncompressed(&mut body).unwrap();
			block.query.serialize_uncompressed(&mut body).unwrap();
		}
		for list in [&key.ic, &key.rest, &key.a, &key.b_g1] {
			list.serialize_uncompressed(&mut body).unwrap();
		}
		key.b_g2.serialize_uncompressed(&mut body).unwrap();
		key.h.serialize_uncompressed(&mut body).unwrap();
		powers.g1.serialize_uncompressed(&mut body).unwrap();
		powers.tau_g2.serialize_uncompressed(&mut body).unwrap();
		powers.tau_n_g2.serialize_uncompressed(&mut body).unwrap();
		let file = encode(&STAGED);
		assert!(file[..file.len() - CHECKSUM_LEN].ends_with(&body));
		assert!(decode_body(&body) == Some((key.clone(), powers.clone())));
	}

	#[test]
	fn with_blocks_that_there_are_none_of_are_refused() {
		let mut body = encode_body(&STAGED.points, &STAGED.powers);
		for flags in [0, 1, 2, 4, 7, 0xff] {
			body[0] = flags;
			assert!(decode_body(&body).is_none(), "{flags}");
		}
	}

	#[test]
	fn for_another_architecture_are_refused() {
		let error = read_from(&with(&KEYS), "2-1").expect_err("another one");
		assert!(matches!(error, KeyFileError::OtherArchitecture { .. }), "{error}");
	}

	#[test]
	fn of_two_setups_are_refused() {
		let folder = with(&KEYS);
		let other = made_for("1-1", Scheme::Hashed).verifying.to_bytes();
		fs::write(folder.path().join(VERIFYING_KEY), other).unwrap();
		let error = read_from(&folder, "1-1").expect_err("two setups");
		assert!(matches!(error, KeyFileError::OtherSetup { .. }), "{error}");
	}

	#[test]
	fn that_are_missing_are_named() {
		let error = read_from(&TempDir::new().unwrap(), "1-1").expect_err("no files");
		assert!(error.to_string().contains(VERIFYING_KEY), "{error}");
		assert!(matches!(error, KeyFileError::Io { .. }), "{error}");
	}
}

mod rigged_proving_keys {
	use super::*;

	/// The keys with two points of witnesses exchanged: for zeros they prove as before.
	fn rigged() -> Keys {
		let mut keys = KEYS.clone();
		keys.proving.points.rest.swap(0, 7);
		keys
	}

	/// The stages of reading the keys of a folder, or why they are refused.
	fn stages(
		read: fn(&Path, &Architecture, &Verdicts, &mut dyn Progress) -> Result<Keys, KeyFileError>,
		folder: &TempDir,
		verdicts: &Verdicts,
	) -> Result<Vec<Stage>, KeyFileError> {
		let mut stages = Vec::new();
		let mut progress = |stage| stages.push(stage);
		read(folder.path(), &named("1-1"), verdicts, &mut progress)?;
		Ok(stages)
	}

	#[test]
	fn are_refused_though_the_checksum_fits() {
		let error = read_from(&with(&rigged()), "1-1").expect_err("no setup made it");
		assert!(
			matches!(
				error,
				KeyFileError::Refused { fault: KeyFault::Unrelated(check::Part::Combined), .. }
			),
			"{error}"
		);
	}

	#[test]
	fn are_refused_for_points_off_their_curve() {
		let mut bytes = encode(&KEYS.proving);
		// The last byte of the last point's first coordinate half is far below the modulus.
		let at = bytes.len() - CHECKSUM_LEN - 128;
		bytes[at] ^= 1;
		bytes.truncate(bytes.len() - CHECKSUM_LEN);
		let folder = with(&KEYS);
		fs::write(folder.path().join(PROVING_KEY), sealed(bytes)).unwrap();
		let error = read_from(&folder, "1-1").expect_err("off the curve");
		assert!(
			matches!(
				error,
				KeyFileError::Refused {
					fault: KeyFault::OutsideGroup { part: check::Part::Powers, index: 1 },
					..
				}
			),
			"{error}"
		);
	}

	#[test]
	fn get_no_verdict_and_inherit_none() {
		let memory = TempDir::new().unwrap();
		let verdicts = Verdicts::in_folder(memory.path().to_owned());
		let checked = [Stage::KeyRead, Stage::KeyCheck];
		let folder = with(&KEYS);
		assert_eq!(stages(read_keys, &folder, &verdicts).unwrap(), checked);
		assert_eq!(stages(read_keys, &folder, &verdicts).unwrap(), [Stage::KeyRead]);
		assert_eq!(stages(check_keys, &folder, &verdicts).unwrap(), checked);

		fs::write(folder.path().join(PROVING_KEY), encode(&rigged().proving)).unwrap();
		for _ in 0..2 {
			let error = stages(read_keys, &folder, &verdicts).expect_err("no verdict");
			assert!(matches!(error, KeyFileError::Refused { .. }), "{error}");
		}
		// What came with the key is no verdict.
		let beside = Verdicts::in_folder(folder.path().to_owned());
		for verdict in fs::read_dir(memory.path()).unwrap() {
			let verdict = verdict.unwrap();
			fs::copy(verdict.path(), folder.path().join(verdict.file_name())).unwrap();
		}
		assert!(stages(read_keys, &folder, &beside).is_err());
	}

	#[test]
	fn are_not_the_only_ones_checked_where_nothing_can_be_remembered() {
		let folder = with(&KEYS);
		let file = folder.path().join(PROVING_KEY);
		let verdicts = Verdicts::in_folder(file.join("no folder"));
		struct Warned(usize);
		impl Progress for Warned {
			fn begin(&mut self, _: Stage) {}
			fn warn(&mut self, _: &dyn std::fmt::Display) {
				self.0 += 1;
			}
		}
		let mut warned = Warned(0);
		read_keys(folder.path(), &named("1-1"), &verdicts, &mut warned).expect("it passes");
		assert_eq!(warned.0, 1);
	}
}

mod verifying_keys {
	use super::*;

	#[test]
	fn with_a_byte_more_or_less_are_refused() {
		let folder = TempDir::new().unwrap();
		let path = folder.path().join(VERIFYING_KEY);
		let bytes = KEYS.verifying.to_bytes();
		for wrong in [&bytes[1..], &[&bytes[..], &[0]].concat()] {
			fs::write(&path, wrong).unwrap();
			let error = read_verifying_key(&path).expect_err("not canonical");
			assert!(
				matches!(error, KeyFileError::VerifyingKey { cause: DecodeError::Length, .. }),
				"{error}"
			);
		}
	}
}

mod damaged_proving_keys {
	use super::*;

	#[test]
	fn are_refused_wherever_a_byte_has_changed() {
		let bytes = encode(&SMALL);
		for position in 0..bytes.len() {
			let mut damaged = bytes.clone();
			damaged[position] ^= 1;
			assert!(decoded(&damaged).is_err(), "byte {position}");
		}
	}

	#[test]
	fn are_refused_wherever_they_are_cut_off() {
		let bytes = encode(&SMALL);
		for length in 0..bytes.len() {
			let error = decoded(&bytes[..length]).expect_err("cut off");
			assert!(
				matches!(error, KeyFileError::NotAProvingKey { .. } | KeyFileError::Length { .. }),
				"{length} bytes: {error}"
			);
		}
	}

	#[test]
	fn are_refused_with_something_behind_them() {
		let mut bytes = encode(&SMALL);
		bytes.push(0);
		assert!(matches!(decoded(&bytes), Err(KeyFileError::Length { .. })));
	}

	#[test]
	fn are_told_from_those_of_another_version() {
		let mut bytes = content();
		bytes[VERSION_AT] = 2;
		let error = decoded(&sealed(bytes)).expect_err("another version");
		assert!(matches!(error, KeyFileError::Version { found: 2, .. }), "{error}");
	}

	#[test]
	fn are_named_as_such_where_the_checksum_differs() {
		let mut bytes = encode(&SMALL);
		let middle = bytes.len() / 2;
		bytes[middle] ^= 1;
		assert!(matches!(decoded(&bytes), Err(KeyFileError::Checksum { .. })));
	}
}

mod crafted_proving_keys {
	use super::*;

	/// Offset of the number of points in `IC`: behind header, flags and single points.
	fn first_count_at() -> usize {
		let description = SMALL.architecture.graph().description();
		let header = MAGIC.len() + 4 + 4 + description.len() + 8;
		header + 2 + 3 * 64 + 3 * 128
	}

	#[test]
	fn reserve_no_memory_for_points_that_are_not_there() {
		for count in [4, u64::from(u32::MAX), u64::MAX / 64, u64::MAX] {
			let mut bytes = content();
			let at = first_count_at();
			assert_eq!(bytes[at..at + 8], 3u64.to_le_bytes());
			bytes[at..at + 8].copy_from_slice(&count.to_le_bytes());
			let error = decoded(&sealed(bytes)).expect_err("too many points");
			assert!(matches!(error, KeyFileError::Body { .. }), "{count}: {error}");
		}
	}

	#[test]
	fn are_refused_for_an_impossible_architecture() {
		let description = VERSION_AT + 4 + 4;
		let input = SMALL.architecture.graph().description().find("[2]").expect("an input");
		for (at, byte) in [(input + 1, b'0'), (0, b'['), (3, 0xff)] {
			let mut bytes = content();
			bytes[description + at] = byte;
			let error = decoded(&sealed(bytes)).expect_err("no architecture");
			assert!(matches!(error, KeyFileError::Architecture { .. }), "{error}");
		}
	}

	#[test]
	fn are_refused_for_a_description_beyond_the_file() {
		let mut bytes = content();
		let length = VERSION_AT + 4;
		bytes[length..length + 4].fill(0xff);
		assert!(matches!(decoded(&sealed(bytes)), Err(KeyFileError::NotAProvingKey { .. })));
	}
}
