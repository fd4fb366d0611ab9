// SPDX-License-Identifier: Apache-2.0
//! The files that new keys become.

use super::files::{self, VERIFICATION_KEY_JSON};
use anyhow::anyhow;
use candor_ceremony::{transcript::TRANSCRIPT_FILE, zkey::ZKEY_TRANSCRIPT_FILE};
use candor_client::{
	answer::Committed,
	exit::{Error, OrFail},
	state,
};
use candor_compiler::{COMMITMENT_FILE, WEIGHTS_FILE};
use candor_operators::Architecture;
use candor_prover::{
	key_file::{check_keys, write_keys, PROVING_KEY},
	Keys, Progress, Stage,
};
use candor_snarkjs::verification_key_to_json;
use candor_statement::ModelCommitment;
use std::path::{Path, PathBuf};

/// Refuses to write keys where some are, unless they are to be replaced.
///
/// # Errors
///
/// When there is a proving key.
pub(in crate::commands) fn must_be_free(folder: &Path, force: bool) -> Result<PathBuf, Error> {
	let proving_key = folder.join(PROVING_KEY);
	if proving_key.exists() && !force {
		return Err(Error::wrong_input(anyhow!("{} exists already", proving_key.display())).hint(
			"other keys make the old proofs and registrations worthless; with --force they are \
			 replaced",
		));
	}
	Ok(proving_key)
}

/// What was written beside the keys.
pub(in crate::commands) struct Stored {
	/// The verifying key for snarkjs; nothing for keys with blocks, which it does not know.
	pub verification_key_json: Option<PathBuf>,
	/// The commitment to the folder's model under the keys; nothing without weights.
	pub commitment: Option<ModelCommitment>,
}

/// Writes new keys into a model's folder with all that follows from them, and checks them as whoever
/// reads them will. What belonged to keys before is replaced or removed.
///
/// # Errors
///
/// A file that cannot be written, and keys that do not pass.
pub(in crate::commands) fn store(
	folder: &Path,
	keys: &Keys,
	architecture: &Architecture,
	progress: &mut dyn Progress,
) -> Result<Stored, Error> {
	progress.begin(Stage::KeyWrite);
	files::remove(&folder.join(TRANSCRIPT_FILE))?;
	files::remove(&folder.join(ZKEY_TRANSCRIPT_FILE))?;
	write_keys(folder, keys).or_wrong_input()?;
	let json_key = folder.join(VERIFICATION_KEY_JSON);
	let verification_key_json = match verification_key_to_json(&keys.verifying) {
		Ok(json) => {
			files::write(&json_key, json)?;
			Some(json_key)
		}
		// It has no such form; that of a key before is none of this one.
		Err(_) => {
			files::remove(&json_key)?;
			None
		}
	};
	// As everybody else will, from the files; and so that nobody here has to do it again.
	check_keys(folder, architecture, &state::verdicts(), progress).or_refused()?;
	let commitment = commitment(folder, keys, progress)?;
	Ok(Stored { verification_key_json, commitment })
}

/// The commitment to the model of a folder under new keys, which is written down.
fn commitment(
	folder: &Path,
	keys: &Keys,
	progress: &mut dyn Progress,
) -> Result<Option<ModelCommitment>, Error> {
	if !folder.join(WEIGHTS_FILE).exists() {
		files::remove(&folder.join(COMMITMENT_FILE))?;
		return Ok(None);
	}
	let model = files::load_private_model(folder)?;
	Ok(Some(Committed::in_folder(folder, &model, keys, progress)?.commitment()))
}
