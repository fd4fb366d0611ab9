// SPDX-License-Identifier: Apache-2.0
//! The files that hold keys.
//!
//! `verifying.key` holds the canonical bytes of `docs/statement.md` and nothing else.
//!
//! `proving.key` is for the machine that made or fetched it. Integers are little-endian:
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `CANDORPK` |
//! | 4 | version of the format, 2 |
//! | 4 | number of widths of the architecture |
//! | 4 each | the widths |
//! | 8 | length of the body |
//! | … | the body: arkworks' uncompressed serialisation of the proving key, then of the powers of tau that it is checked with: `τ^i G1` for each point of the domain, `τ G2`, `τ^n G2` |
//! | 32 | blake2b-256 of everything before |
//!
//! The checksum finds damage, not malice. Whoever made the key could have chosen points with which
//! some proofs fail, or tell what they should hide; so every key is checked against its circuit
//! when it is read, unless exactly this file has passed before: see [`Verdicts`].

use crate::{
	check::{check, KeyFault},
	layout::Layout,
	powers::Powers,
	setup::{Points, ProvingKey},
	verdicts::Subject,
	Keys, Progress, Stage, Verdicts,
};
use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_relations::gr1cs::SynthesisError;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, Compress, Validate};
use candor_circuits::{Architecture, ArchitectureError, InferenceCircuit};
use candor_groth16::{DecodeError, VerifyingKey};
use rand::rngs::OsRng;
use rayon::prelude::*;
use std::{
	fs, io,
	path::{Path, PathBuf},
};

/// The name of the proving key's file.
pub const PROVING_KEY: &str = "proving.key";
/// The name of the verifying key's file.
pub const VERIFYING_KEY: &str = "verifying.key";

/// What a proving key's file begins with.
const MAGIC: &[u8; 8] = b"CANDORPK";
/// The version of the format that is written, and the only one that is read.
const VERSION: u32 = 2;
/// The length of the checksum in bytes.
const CHECKSUM_LEN: usize = 32;

/// Why a key file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
	/// The file system refuses.
	#[error("{path}: {cause}", path = path.display())]
	Io {
		/// The file.
		path: PathBuf,
		/// What the system says.
		cause: io::Error,
	},
	/// The file does not begin like a proving key.
	#[error("{path} is not a proving key of Candor", path = path.display())]
	NotAProvingKey {
		/// The file.
		path: PathBuf,
	},
	/// The file is of another version.
	#[error(
		"{path} has version {found} of the format, only {VERSION} is supported; make it again with \
		 `candor setup`",
		path = path.display()
	)]
	Version {
		/// The file.
		path: PathBuf,
		/// Its version.
		found: u32,
	},
	/// Something is missing at the end of the file, or stands behind it.
	#[error("{path} holds {found} bytes, but should hold {expected}", path = path.display())]
	Length {
		/// The file.
		path: PathBuf,
		/// Bytes that the header announces, the header's own included.
		expected: u64,
		/// Bytes of the file.
		found: u64,
	},
	/// The checksum is another one.
	#[error(
		"{path} is damaged, its checksum does not match; fetch it again or make it again with \
		 `candor setup`",
		path = path.display()
	)]
	Checksum {
		/// The file.
		path: PathBuf,
	},
	/// The header names no possible architecture.
	#[error("{path} names an impossible architecture: {cause}", path = path.display())]
	Architecture {
		/// The file.
		path: PathBuf,
		/// What is wrong with it.
		cause: ArchitectureError,
	},
	/// The body is not that of a proving key.
	#[error("{path} has an intact checksum but not the body of a proving key", path = path.display())]
	Body {
		/// The file.
		path: PathBuf,
	},
	/// The circuit that the key is to be checked against could not be laid out.
	#[error("the circuit of {path} cannot be laid out: {cause}", path = path.display())]
	Circuit {
		/// The key's file.
		path: PathBuf,
		/// Why.
		cause: SynthesisError,
	},
	/// No setup of the circuit can have made the key.
	#[error(
		"{path} is refused: {fault}; whoever made or changed it could let proofs fail or read from \
		 them what they should hide",
		path = path.display()
	)]
	Refused {
		/// The key's file.
		path: PathBuf,
		/// What is wrong with it.
		fault: KeyFault,
	},
	/// The key was made for another architecture.
	#[error(
		"{path} was made for the architecture {found}, not for {expected}; run `candor setup` for \
		 this model",
		path = path.display()
	)]
	OtherArchitecture {
		/// The file.
		path: PathBuf,
		/// The architecture that is asked for.
		expected: Architecture,
		/// The architecture in the file.
		found: Architecture,
	},
	/// The proving key and the verifying key come from different setups.
	#[error(
		"{path} and the verifying key come from different setups: proofs made with it would be \
		 refused",
		path = path.display()
	)]
	OtherSetup {
		/// The proving key's file.
		path: PathBuf,
	},
	/// The file does not hold the canonical bytes of a verifying key.
	#[error("{path} is not a verifying key: {cause}", path = path.display())]
	VerifyingKey {
		/// The file.
		path: PathBuf,
		/// What is wrong with its bytes.
		cause: DecodeError,
	},
}

/// Writes `proving.key` and `verifying.key` into a folder that exists.
///
/// Each file appears complete or not at all.
///
/// # Errors
///
/// [`KeyFileError::Io`].
pub fn write_keys(folder: &Path, keys: &Keys) -> Result<(), KeyFileError> {
	write(&folder.join(PROVING_KEY), &encode(&keys.proving))?;
	write(&folder.join(VERIFYING_KEY), &keys.verifying.to_bytes())
}

/// Reads `proving.key` and `verifying.key` from a folder, for `architecture`. They belong together and
/// to the circuit: where there is no verdict on the proving key yet, it is checked.
///
/// # Errors
///
/// See [`KeyFileError`].
pub fn read_keys(
	folder: &Path,
	architecture: &Architecture,
	verdicts: &Verdicts,
	progress: &mut dyn Progress,
) -> Result<Keys, KeyFileError> {
	read_with(folder, architecture, verdicts, Trust::Verdicts, progress)
}

/// As [`read_keys`], and checks the proving key whether or not there is a verdict on it.
///
/// # Errors
///
/// See [`KeyFileError`].
pub fn check_keys(
	folder: &Path,
	architecture: &Architecture,
	verdicts: &Verdicts,
	progress: &mut dyn Progress,
) -> Result<Keys, KeyFileError> {
	read_with(folder, architecture, verdicts, Trust::Nothing, progress)
}

/// What makes a check superfluous.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
	/// Nothing.
	Nothing,
	/// A verdict.
	Verdicts,
}

fn read_with(
	folder: &Path,
	architecture: &Architecture,
	verdicts: &Verdicts,
	trust: Trust,
	progress: &mut dyn Progress,
) -> Result<Keys, KeyFileError> {
	progress.begin(Stage::KeyRead);
	let verifying = read_verifying_key(&folder.join(VERIFYING_KEY))?;
	let path = folder.join(PROVING_KEY);
	let bytes = read(&path)?;
	let content = open(&path, &bytes)?;
	if content.architecture != *architecture {
		return Err(KeyFileError::OtherArchitecture {
			path,
			expected: architecture.clone(),
			found: content.architecture,
		});
	}
	let (points, powers) =
		decode_body(content.body).ok_or_else(|| KeyFileError::Body { path: path.clone() })?;
	let proving = ProvingKey { architecture: content.architecture, points, powers };
	if proving.verifying_key() != verifying {
		return Err(KeyFileError::OtherSetup { path });
	}

	let layout = Layout::of(InferenceCircuit::for_setup(architecture.clone()))
		.map_err(|cause| KeyFileError::Circuit { path: path.clone(), cause })?;
	let subject = Subject { key: content.checksum, circuit: layout.digest() };
	if trust == Trust::Nothing || !verdicts.has(&subject) {
		progress.begin(Stage::KeyCheck);
		check(&proving.points, &proving.powers, &layout, &mut OsRng)
			.map_err(|fault| KeyFileError::Refused { path, fault })?;
		if let Err(cause) = verdicts.remember(&subject) {
			progress.warn(&format_args!(
				"that the proving key has passed cannot be stored, so that it will be checked again: {cause}"
			));
		}
	}
	Ok(Keys { proving, verifying })
}

/// Reads a verifying key in its canonical bytes from the file `path`.
///
/// # Errors
///
/// [`KeyFileError::Io`] and [`KeyFileError::VerifyingKey`].
pub fn read_verifying_key(path: &Path) -> Result<VerifyingKey, KeyFileError> {
	VerifyingKey::from_bytes(&read(path)?)
		.map_err(|cause| KeyFileError::VerifyingKey { path: path.to_owned(), cause })
}

fn read(path: &Path) -> Result<Vec<u8>, KeyFileError> {
	fs::read(path).map_err(|cause| KeyFileError::Io { path: path.to_owned(), cause })
}

/// Writes beside `path` first, so that a reader never meets half a file.
fn write(path: &Path, bytes: &[u8]) -> Result<(), KeyFileError> {
	let mut beside = path.as_os_str().to_owned();
	beside.push(".part");
	fs::write(&beside, bytes)
		.and_then(|()| fs::rename(&beside, path))
		.map_err(|cause| KeyFileError::Io { path: path.to_owned(), cause })
}

fn encode(key: &ProvingKey) -> Vec<u8> {
	let widths = key.architecture.widths();
	let powers = &key.powers;
	let body = (&key.points, &powers.g1, &powers.tau_g2, &powers.tau_n_g2);
	let body_len = body.uncompressed_size();
	let mut bytes = Vec::with_capacity(body_len + 4 * widths.len() + 64);
	bytes.extend(MAGIC);
	bytes.extend(VERSION.to_le_bytes());
	bytes.extend((widths.len() as u32).to_le_bytes());
	widths.iter().for_each(|width| bytes.extend(width.to_le_bytes()));
	bytes.extend((body_len as u64).to_le_bytes());
	body.serialize_uncompressed(&mut bytes).expect("writing into memory cannot fail; qed");
	let checksum = sp_crypto_hashing::blake2_256(&bytes);
	bytes.extend(checksum);
	bytes
}

/// A proving key's file, intact.
struct Content<'a> {
	architecture: Architecture,
	body: &'a [u8],
	checksum: [u8; CHECKSUM_LEN],
}

fn open<'a>(path: &Path, bytes: &'a [u8]) -> Result<Content<'a>, KeyFileError> {
	let path = || path.to_owned();
	let too_short = || KeyFileError::NotAProvingKey { path: path() };
	let mut header = Reader(bytes);
	if header.take(MAGIC.len()) != Some(MAGIC) {
		return Err(too_short());
	}
	let found = header.u32().ok_or_else(too_short)?;
	if found != VERSION {
		return Err(KeyFileError::Version { path: path(), found });
	}
	let count = header.u32().ok_or_else(too_short)?;
	// An impossible count runs into the end of the file, or is refused as an architecture.
	let widths: Vec<u32> = (0..count).map_while(|_| header.u32()).collect();
	let body_len = header.u64().ok_or_else(too_short)?;
	let header_len = (bytes.len() - header.0.len()) as u64;

	let found = bytes.len() as u64;
	let expected = header_len.saturating_add(body_len).saturating_add(CHECKSUM_LEN as u64);
	if found != expected {
		return Err(KeyFileError::Length { path: path(), expected, found });
	}
	let (content, stated) = bytes.split_at(bytes.len() - CHECKSUM_LEN);
	let checksum = sp_crypto_hashing::blake2_256(content);
	if checksum != stated {
		return Err(KeyFileError::Checksum { path: path() });
	}
	let architecture = Architecture::new(widths)
		.map_err(|cause| KeyFileError::Architecture { path: path(), cause })?;
	Ok(Content { architecture, body: &content[header_len as usize..], checksum })
}

/// The points of a body, read on all cores. Whether they lie on their curves is left to the check.
///
/// Unlike arkworks' own reader it never reserves memory for more points than there are bytes for.
fn decode_body(body: &[u8]) -> Option<(Points, Powers)> {
	let mut body = Reader(body);
	let points = ark_groth16::ProvingKey {
		vk: ark_groth16::VerifyingKey {
			alpha_g1: body.point::<G1Affine>()?,
			beta_g2: body.point::<G2Affine>()?,
			gamma_g2: body.point::<G2Affine>()?,
			delta_g2: body.point::<G2Affine>()?,
			gamma_abc_g1: body.points()?,
		},
		beta_g1: body.point::<G1Affine>()?,
		delta_g1: body.point::<G1Affine>()?,
		a_query: body.points()?,
		b_g1_query: body.points()?,
		b_g2_query: body.points()?,
		h_query: body.points()?,
		l_query: body.points()?,
	};
	let powers = Powers {
		g1: body.points()?,
		tau_g2: body.point::<G2Affine>()?,
		tau_n_g2: body.point::<G2Affine>()?,
	};
	body.0.is_empty().then_some((points, powers))
}

/// The bytes that have not been read yet.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
	fn take(&mut self, count: usize) -> Option<&'a [u8]> {
		let (taken, rest) = self.0.split_at_checked(count)?;
		self.0 = rest;
		Some(taken)
	}

	fn u32(&mut self) -> Option<u32> {
		self.take(4)?.try_into().ok().map(u32::from_le_bytes)
	}

	fn u64(&mut self) -> Option<u64> {
		self.take(8)?.try_into().ok().map(u64::from_le_bytes)
	}

	fn point<P: AffineRepr>(&mut self) -> Option<P> {
		read_point(self.take(P::zero().uncompressed_size())?)
	}

	fn points<P: AffineRepr>(&mut self) -> Option<Vec<P>> {
		let count = usize::try_from(self.u64()?).ok()?;
		let size = P::zero().uncompressed_size();
		self.take(count.checked_mul(size)?)?.par_chunks_exact(size).map(read_point).collect()
	}
}

fn read_point<P: CanonicalDeserialize>(bytes: &[u8]) -> Option<P> {
	P::deserialize_with_mode(bytes, Compress::No, Validate::No).ok()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{check, development_setup, setup::generate, test_circuit::Product, Silent};
	use rand::rngs::OsRng;
	use std::sync::LazyLock;
	use tempfile::TempDir;

	/// Offset of the version in a proving key's file.
	const VERSION_AT: usize = MAGIC.len();

	/// Keys of the smallest architecture.
	static KEYS: LazyLock<Keys> = LazyLock::new(|| made_for("1-1"));

	/// A key of a circuit of two constraints, under the name of an architecture.
	static SMALL: LazyLock<ProvingKey> = LazyLock::new(|| {
		let (points, powers) =
			generate(Product::example(), &mut OsRng, &mut Silent).expect("a setup");
		ProvingKey { architecture: named("2-1"), points, powers }
	});

	fn made_for(architecture: &str) -> Keys {
		development_setup(&named(architecture), &mut OsRng, &mut Silent).expect("a setup")
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
			let mut names: Vec<_> = fs::read_dir(folder.path())
				.unwrap()
				.map(|entry| entry.unwrap().file_name())
				.collect();
			names.sort();
			assert_eq!(names, [PROVING_KEY, VERIFYING_KEY]);
		}

		#[test]
		fn have_the_body_that_arkworks_writes_and_the_powers_behind_it() {
			let mut body = Vec::new();
			SMALL.points.serialize_uncompressed(&mut body).unwrap();
			SMALL.powers.g1.serialize_uncompressed(&mut body).unwrap();
			SMALL.powers.tau_g2.serialize_uncompressed(&mut body).unwrap();
			SMALL.powers.tau_n_g2.serialize_uncompressed(&mut body).unwrap();
			assert!(content().ends_with(&body));
		}

		#[test]
		fn for_another_architecture_are_refused() {
			let error = read_from(&with(&KEYS), "2-1").expect_err("another one");
			assert!(matches!(error, KeyFileError::OtherArchitecture { .. }), "{error}");
		}

		#[test]
		fn of_two_setups_are_refused() {
			let folder = with(&KEYS);
			let other = made_for("1-1").verifying.to_bytes();
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
			keys.proving.points.l_query.swap(0, 7);
			keys
		}

		/// The stages of reading the keys of a folder, or why they are refused.
		fn stages(
			read: fn(
				&Path,
				&Architecture,
				&Verdicts,
				&mut dyn Progress,
			) -> Result<Keys, KeyFileError>,
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
					KeyFileError::Refused {
						fault: KeyFault::Unrelated(check::Part::InputsAndL),
						..
					}
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
					matches!(
						error,
						KeyFileError::NotAProvingKey { .. } | KeyFileError::Length { .. }
					),
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
			bytes[VERSION_AT] = 1;
			let error = decoded(&sealed(bytes)).expect_err("another version");
			assert!(matches!(error, KeyFileError::Version { found: 1, .. }), "{error}");
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

		/// Offset of the number of points in `IC`: behind header, alpha, beta, gamma and delta.
		fn first_count_at() -> usize {
			let header = MAGIC.len() + 4 + 4 + 2 * 4 + 8;
			header + 64 + 3 * 128
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
			let mut bytes = content();
			let first_width = VERSION_AT + 4 + 4;
			bytes[first_width] = 0;
			let error = decoded(&sealed(bytes)).expect_err("no inputs");
			assert!(matches!(error, KeyFileError::Architecture { .. }), "{error}");
		}

		#[test]
		fn are_refused_for_a_count_of_widths_beyond_the_file() {
			let mut bytes = content();
			let count = VERSION_AT + 4;
			bytes[count..count + 4].fill(0xff);
			assert!(matches!(decoded(&sealed(bytes)), Err(KeyFileError::NotAProvingKey { .. })));
		}
	}
}
