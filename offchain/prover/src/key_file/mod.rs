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
//! | 4 | version of the format, 4 |
//! | 4 | length of the architecture's description |
//! | … | the description, as in `architecture.json` |
//! | 8 | length of the body |
//! | … | the body |
//! | 32 | blake2b-256 of everything before |
//!
//! The body is, in arkworks' uncompressed serialisation and the terms of [`crate::check`]: a byte of flags,
//! 1 for a model block and 2 for a stage one; a byte, the number of challenges; `[α]₁ [β]₁ [δ]₁`,
//! `[β]₂ [γ]₂ [δ]₂`; for each block its trapdoor in both groups and its points; IC, L, A, B in either group
//! and H; the powers of tau that the key is checked with: `[τʲ]₁` for each point of the domain, `[τ]₂`, `[τⁿ]₂`.
//!
//! Which of the architecture's circuits a key is for, its blocks tell: [`scheme_of`].
//!
//! The checksum finds damage, not malice. Whoever made the key could have chosen points with which
//! some proofs fail, or tell what they should hide; so every key is checked against its circuit
//! when it is read, unless exactly this file has passed before: see [`Verdicts`].

mod error;
mod format;
#[cfg(test)]
mod tests;

use crate::{
	check::check, scheme_of, verdicts::Subject, Keys, Layout, Progress, ProvingKey, Stage, Verdicts,
};
use candor_files::Access;
use candor_groth16::VerifyingKey;
use candor_operators::{Architecture, InferenceCircuit};
use rand::rngs::OsRng;
use std::{fs, path::Path};

pub use error::KeyFileError;
use format::{decode_body, encode, open, CHECKSUM_LEN};

/// The name of the proving key's file.
pub const PROVING_KEY: &str = "proving.key";
/// The name of the verifying key's file.
pub const VERIFYING_KEY: &str = "verifying.key";

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

/// The length in bytes that `proving.key` has for an architecture's circuit, before there is one.
pub fn proving_key_length(layout: &Layout, architecture: &Architecture) -> u64 {
	format::length(layout, architecture)
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
	// The circuit is the one that the verifying key names: it is laid out meanwhile.
	let (proving, circuit) = rayon::join(
		|| read_proving_key(&path, architecture),
		|| circuit(&path, &verifying, architecture),
	);
	let (proving, checksum) = proving?;
	if proving.verifying_key() != verifying {
		return Err(KeyFileError::OtherSetup { path });
	}
	let (layout, circuit) = circuit?;
	let subject = Subject { key: checksum, circuit };
	if trust == Trust::Nothing || !verdicts.has(&subject) {
		progress.begin(Stage::KeyCheck);
		check(&proving.points, &proving.powers, &layout, &mut OsRng, progress)
			.map_err(|fault| KeyFileError::Refused { path, fault })?;
		if let Err(cause) = verdicts.remember(&subject) {
			progress.warn(&format_args!(
				"that the proving key has passed cannot be stored, so that it will be checked again: {cause}"
			));
		}
	}
	Ok(Keys { proving, verifying })
}

/// Reads a proving key for `architecture`, and the checksum of its file.
fn read_proving_key(
	path: &Path,
	architecture: &Architecture,
) -> Result<(ProvingKey, [u8; CHECKSUM_LEN]), KeyFileError> {
	let bytes = read(path)?;
	let content = open(path, &bytes)?;
	if content.architecture != *architecture {
		return Err(KeyFileError::OtherArchitecture {
			path: path.to_owned(),
			expected: Box::new(architecture.clone()),
			found: Box::new(content.architecture),
		});
	}
	let (points, powers) =
		decode_body(content.body).ok_or_else(|| KeyFileError::Body { path: path.to_owned() })?;
	Ok((ProvingKey::new(content.architecture, points, powers), content.checksum))
}

/// Lays out the circuit that a verifying key is for, and digests it. `path` is that of its proving key.
fn circuit(
	path: &Path,
	verifying: &VerifyingKey,
	architecture: &Architecture,
) -> Result<(Layout, [u8; 32]), KeyFileError> {
	let path = || path.to_owned();
	let scheme = scheme_of(verifying).ok_or_else(|| KeyFileError::NoScheme { path: path() })?;
	scheme.check(architecture).map_err(|cause| KeyFileError::Unsuited { path: path(), cause })?;
	let circuit = InferenceCircuit::without_witness(architecture.clone(), scheme);
	let layout =
		Layout::of(&circuit).map_err(|cause| KeyFileError::Circuit { path: path(), cause })?;
	let digest = layout.digest();
	Ok((layout, digest))
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

fn write(path: &Path, bytes: &[u8]) -> Result<(), KeyFileError> {
	candor_files::write(path, bytes, Access::Everyone)
		.map_err(|cause| KeyFileError::Io { path: path.to_owned(), cause })
}
