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
//! | 4 | version of the format, 1 |
//! | 4 | number of widths of the architecture |
//! | 4 each | the widths |
//! | 8 | length of the body |
//! | … | the body: arkworks' uncompressed serialisation of the proving key |
//! | 32 | blake2b-256 of everything before |
//!
//! The checksum finds damage, not malice: the points are read without asking whether they lie on
//! their curve, which would take longer than a proof. A bad key cannot do harm beyond a proof that
//! [`prove`](crate::prove()) finds to be invalid, as it verifies every proof before returning it.

use crate::{setup::ProvingKey, Keys};
use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, Compress, Validate};
use candor_circuits::{Architecture, ArchitectureError};
use candor_groth16::{DecodeError, VerifyingKey};
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
const VERSION: u32 = 1;
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

/// Reads the proving key for `architecture` from the file `path`.
///
/// # Errors
///
/// Every [`KeyFileError`] but [`KeyFileError::OtherSetup`] and [`KeyFileError::VerifyingKey`].
pub fn read_proving_key(
	path: &Path,
	architecture: &Architecture,
) -> Result<ProvingKey, KeyFileError> {
	let key = decode(path, &read(path)?)?;
	if key.architecture() != architecture {
		return Err(KeyFileError::OtherArchitecture {
			path: path.to_owned(),
			expected: architecture.clone(),
			found: key.architecture,
		});
	}
	Ok(key)
}

/// Reads `proving.key` and `verifying.key` from a folder, for `architecture`, and checks that they
/// belong together.
///
/// # Errors
///
/// See [`KeyFileError`].
pub fn read_keys(folder: &Path, architecture: &Architecture) -> Result<Keys, KeyFileError> {
	let verifying = read_verifying_key(&folder.join(VERIFYING_KEY))?;
	let path = folder.join(PROVING_KEY);
	let proving = read_proving_key(&path, architecture)?;
	if proving.verifying_key() != verifying {
		return Err(KeyFileError::OtherSetup { path });
	}
	Ok(Keys { proving, verifying })
}

/// The identity of a circuit on chain: the blake2b-256 hash of its verifying key's canonical bytes.
pub fn circuit_identity(key: &VerifyingKey) -> [u8; 32] {
	sp_crypto_hashing::blake2_256(&key.to_bytes())
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
	let body_len = key.points.uncompressed_size();
	let mut bytes = Vec::with_capacity(body_len + 4 * widths.len() + 64);
	bytes.extend(MAGIC);
	bytes.extend(VERSION.to_le_bytes());
	bytes.extend((widths.len() as u32).to_le_bytes());
	widths.iter().for_each(|width| bytes.extend(width.to_le_bytes()));
	bytes.extend((body_len as u64).to_le_bytes());
	key.points.serialize_uncompressed(&mut bytes).expect("writing into memory cannot fail; qed");
	let checksum = sp_crypto_hashing::blake2_256(&bytes);
	bytes.extend(checksum);
	bytes
}

fn decode(path: &Path, bytes: &[u8]) -> Result<ProvingKey, KeyFileError> {
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
	let (content, checksum) = bytes.split_at(bytes.len() - CHECKSUM_LEN);
	if sp_crypto_hashing::blake2_256(content) != checksum {
		return Err(KeyFileError::Checksum { path: path() });
	}
	let architecture = Architecture::new(widths)
		.map_err(|cause| KeyFileError::Architecture { path: path(), cause })?;
	let points = decode_body(&content[header_len as usize..])
		.ok_or_else(|| KeyFileError::Body { path: path() })?;
	Ok(ProvingKey { architecture, points })
}

/// What `serialize_uncompressed` wrote, read on all cores.
///
/// Unlike arkworks' own reader it never reserves memory for more points than there are bytes for.
fn decode_body(body: &[u8]) -> Option<ark_groth16::ProvingKey<ark_bn254::Bn254>> {
	let mut body = Reader(body);
	let key = ark_groth16::ProvingKey {
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
	body.0.is_empty().then_some(key)
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
	use crate::{setup::generate, test_circuit::Product, Silent};
	use rand::rngs::OsRng;
	use std::sync::LazyLock;
	use tempfile::TempDir;

	/// Offset of the version in a proving key's file.
	const VERSION_AT: usize = MAGIC.len();

	/// The keys of a small circuit, under the name of a small architecture.
	static KEYS: LazyLock<Keys> = LazyLock::new(|| setup("2-1"));

	fn setup(architecture: &str) -> Keys {
		let points = generate(Product::example(), &mut OsRng, &mut Silent).expect("a setup");
		let proving = ProvingKey { architecture: named(architecture), points };
		let verifying = proving.verifying_key();
		Keys { proving, verifying }
	}

	fn named(architecture: &str) -> Architecture {
		architecture.parse().expect("the test's architecture is valid")
	}

	fn decoded(bytes: &[u8]) -> Result<ProvingKey, KeyFileError> {
		decode(Path::new("a file"), bytes)
	}

	/// The content with a checksum that fits.
	fn sealed(mut content: Vec<u8>) -> Vec<u8> {
		content.extend(sp_crypto_hashing::blake2_256(&content));
		content
	}

	fn content() -> Vec<u8> {
		let mut bytes = encode(&KEYS.proving);
		bytes.truncate(bytes.len() - CHECKSUM_LEN);
		bytes
	}

	mod keys {
		use super::*;

		#[test]
		fn are_read_as_they_were_written() {
			let folder = TempDir::new().unwrap();
			write_keys(folder.path(), &KEYS).unwrap();
			let read = read_keys(folder.path(), &named("2-1")).unwrap();
			assert_eq!(read.proving, KEYS.proving);
			assert_eq!(read.verifying, KEYS.verifying);
			let mut names: Vec<_> = fs::read_dir(folder.path())
				.unwrap()
				.map(|entry| entry.unwrap().file_name())
				.collect();
			names.sort();
			assert_eq!(names, [PROVING_KEY, VERIFYING_KEY]);
		}

		#[test]
		fn have_the_body_that_arkworks_writes() {
			let mut body = Vec::new();
			KEYS.proving.points.serialize_uncompressed(&mut body).unwrap();
			assert!(content().ends_with(&body));
		}

		#[test]
		fn for_another_architecture_are_refused() {
			let folder = TempDir::new().unwrap();
			write_keys(folder.path(), &KEYS).unwrap();
			let error = read_keys(folder.path(), &named("2-2")).expect_err("another one");
			assert!(matches!(error, KeyFileError::OtherArchitecture { .. }), "{error}");
		}

		#[test]
		fn of_two_setups_are_refused() {
			let folder = TempDir::new().unwrap();
			write_keys(folder.path(), &KEYS).unwrap();
			let other = setup("2-1").verifying.to_bytes();
			fs::write(folder.path().join(VERIFYING_KEY), other).unwrap();
			let error = read_keys(folder.path(), &named("2-1")).expect_err("two setups");
			assert!(matches!(error, KeyFileError::OtherSetup { .. }), "{error}");
		}

		#[test]
		fn that_are_missing_are_named() {
			let folder = TempDir::new().unwrap();
			let error = read_keys(folder.path(), &named("2-1")).expect_err("no files");
			assert!(error.to_string().contains(VERIFYING_KEY), "{error}");
			assert!(matches!(error, KeyFileError::Io { .. }), "{error}");
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
			let bytes = encode(&KEYS.proving);
			for position in 0..bytes.len() {
				let mut damaged = bytes.clone();
				damaged[position] ^= 1;
				assert!(decoded(&damaged).is_err(), "byte {position}");
			}
		}

		#[test]
		fn are_refused_wherever_they_are_cut_off() {
			let bytes = encode(&KEYS.proving);
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
			let mut bytes = encode(&KEYS.proving);
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
			let mut bytes = encode(&KEYS.proving);
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
