// SPDX-License-Identifier: Apache-2.0
//! The keys of a model's folder, read and checked.

use crate::{exit::Error, state};
use candor_operators::Architecture;
use candor_prover::{
	key_file::{read_keys, KeyFileError},
	Keys, Progress,
};
use std::path::Path;

/// Reads the keys of a folder. A proving key that has not been checked on this account is checked.
///
/// # Errors
///
/// When a file is missing or damaged, when they do not belong together, or when no setup of the
/// circuit can have made the proving key.
pub fn read(
	folder: &Path,
	architecture: &Architecture,
	progress: &mut dyn Progress,
) -> Result<Keys, Error> {
	read_keys(folder, architecture, &state::verdicts(), progress).map_err(|error| {
		let hint = match error {
			KeyFileError::Refused { .. } => {
				"ask for the key where the circuit was set up, not where the model came from, and put \
				 it to `candor setup verify`; never prove with this one"
			}
			_ => "run `candor setup` for this folder",
		};
		Error::wrong_input(error).hint(hint)
	})
}
