// SPDX-License-Identifier: Apache-2.0
//! What `candor circuit register DIR` declares of a circuit, so that others compute the same identity.

use super::committed::scheme;
use crate::chain::{
	calls::{Provenance, SetupKind},
	types::CircuitId,
};
use crate::exit::{Error, OrFail};
use anyhow::anyhow;
use candor_ceremony::{
	transcript::{Transcript, MAX_TRANSCRIPT_BYTES, TRANSCRIPT_FILE},
	zkey::{transcript_hash, MAX_CONTRIBUTIONS, ZKEY_TRANSCRIPT_FILE},
	Digest,
};
use candor_compiler::ARCHITECTURE_FILE;
use candor_groth16::VerifyingKey;
use candor_operators::Architecture;
use sp_crypto_hashing::blake2_256;
use std::{
	fs::{self, File},
	io::{self, Read},
	path::Path,
};

/// What stands for the source of a compiled model's circuit: the hash of its `architecture.json`.
///
/// # Errors
///
/// When that file cannot be read.
pub fn usual_source(folder: &Path) -> Result<[u8; 32], Error> {
	let bytes = fs::read(folder.join(ARCHITECTURE_FILE)).or_wrong_input()?;
	Ok(blake2_256(&bytes))
}

/// Where the circuit of a compiled model comes from, unless its depositor says otherwise: the source is
/// its `architecture.json`, and the setup is the ceremony whose transcript lies beside the key, or else
/// one for development.
///
/// # Errors
///
/// When a file cannot be read, or the transcript is that of another key.
pub fn usual_provenance(folder: &Path, key: &VerifyingKey) -> Result<Provenance, Error> {
	let source = usual_source(folder)?;
	Ok(match transcript(folder, key)? {
		Some(Digest(transcript)) => {
			Provenance { source, transcript, declared: SetupKind::Ceremony }
		}
		None => Provenance { source, transcript: [0; 32], declared: SetupKind::Development },
	})
}

/// The hash of the transcript of the ceremony that made a folder's key, if one did. It is not verified.
fn transcript(folder: &Path, key: &VerifyingKey) -> Result<Option<Digest>, Error> {
	let path = folder.join(TRANSCRIPT_FILE);
	if let Some(bytes) = read(&path, MAX_TRANSCRIPT_BYTES as u64)? {
		let transcript = Transcript::from_bytes(&bytes).map_err(|error| unusable(&path, error))?;
		let hash = transcript.ends_with(key).then(|| transcript.hash());
		return hash.map(Some).ok_or_else(|| of_other_keys(&path));
	}
	let path = folder.join(ZKEY_TRANSCRIPT_FILE);
	let Some(bytes) = read(&path, MAX_CONTRIBUTIONS)? else { return Ok(None) };
	transcript_hash(&bytes, key).map(Some).ok_or_else(|| of_other_keys(&path))
}

/// The content of a file, cut behind `limit` bytes and one more, if there is such a file.
fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Error> {
	let file = match File::open(path) {
		Ok(file) => file,
		Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
		Err(error) => return Err(unusable(path, error)),
	};
	let mut bytes = Vec::new();
	file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| unusable(path, error))?;
	Ok(Some(bytes))
}

fn of_other_keys(path: &Path) -> Error {
	Error::wrong_input(anyhow!("{} is that of other keys than the folder's", path.display())).hint(
		"copy keys and transcript together; keys that no ceremony has made go without that file",
	)
}

fn unusable(path: &Path, error: impl std::error::Error + Send + Sync + 'static) -> Error {
	Error::wrong_input(anyhow::Error::new(error).context(path.display().to_string())).hint(
		"it tells which ceremony made the keys: take the one that came with them, and remove it from \
		 keys that no ceremony has made",
	)
}

/// The identity of the circuit of a compiled model, of that provenance. System and schema follow from the
/// key.
///
/// # Errors
///
/// When a file cannot be read, no circuit of a model has such a key, or a transcript beside it is that of
/// another key.
pub fn usual_circuit(
	folder: &Path,
	key: &VerifyingKey,
	architecture: &Architecture,
) -> Result<CircuitId, Error> {
	let schema = scheme(key)?.schema(architecture);
	let provenance = usual_provenance(folder, key)?;
	Ok(CircuitId::of(&key.to_bytes(), &schema, &provenance))
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_ceremony::{
		ptau::{self, development_powers},
		Ceremony,
	};
	use candor_operators::{InferenceCircuit, Scheme};
	use candor_prover::{Layout, Silent};
	use rand::rngs::OsRng;
	use tempfile::TempDir;

	/// A folder with a circuit's source, and a ceremony for it to which somebody has contributed.
	fn example() -> (TempDir, Architecture, Ceremony) {
		let folder = TempDir::new().expect("a folder");
		fs::write(folder.path().join(ARCHITECTURE_FILE), "the source").expect("written");
		let architecture: Architecture = "2-1".parse().expect("an architecture");
		let circuit = InferenceCircuit::without_witness(architecture.clone(), Scheme::Committed);
		let layout = Layout::of(&circuit).expect("it is sound");
		let size = layout.a.len().next_power_of_two();
		let path = folder.path().join("powers.ptau");
		let powers = development_powers(size.ilog2() + 1, &mut OsRng, &mut Silent);
		fs::write(&path, powers).expect("written");
		let powers = ptau::read(&path, size, &mut OsRng, &mut Silent).expect("they are powers");
		let mut ceremony = Ceremony::begin(&layout, &powers, &mut Silent).expect("one domain");
		ceremony.contribute(None, "", &mut OsRng, &mut Silent).expect("there is room");
		(folder, architecture, ceremony)
	}

	#[test]
	fn the_transcript_beside_a_key_says_that_a_ceremony_made_it() {
		let (folder, architecture, mut ceremony) = example();
		let (folder, key) = (folder.path(), ceremony.key().verifying_key());
		let usual = usual_provenance(folder, &key).expect("readable");
		assert_eq!((usual.declared, usual.transcript), (SetupKind::Development, [0; 32]));
		assert_eq!(usual.source, blake2_256(b"the source"));
		let alone = usual_circuit(folder, &key, &architecture).expect("readable");

		let transcript = folder.join(TRANSCRIPT_FILE);
		fs::write(&transcript, ceremony.transcript().to_bytes()).expect("written");
		let hash = ceremony.transcript().hash().0;
		let usual = usual_provenance(folder, &key).expect("readable");
		assert_eq!((usual.declared, usual.transcript), (SetupKind::Ceremony, hash));
		let schema = scheme(&key).expect("of a model").schema(&architecture);
		let circuit = usual_circuit(folder, &key, &architecture).expect("readable");
		assert_eq!(circuit, CircuitId::of(&key.to_bytes(), &schema, &usual));
		assert_ne!(circuit, alone);

		ceremony.contribute(None, "", &mut OsRng, &mut Silent).expect("there is room");
		let other = ceremony.key().verifying_key();
		let error = usual_provenance(folder, &other).expect_err("it is that of other keys");
		assert!(error.message().contains("that of other keys"), "{}", error.message());
		fs::write(&transcript, "none").expect("written");
		let error = usual_circuit(folder, &key, &architecture).expect_err("it is none");
		assert!(error.message().contains(TRANSCRIPT_FILE), "{}", error.message());
	}
}
