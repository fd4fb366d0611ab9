// SPDX-License-Identifier: Apache-2.0
//! What the programs remember between runs, in the user's own folder.

use crate::answer::Proofs;
use candor_prover::Verdicts;
use std::{env, fs, path::PathBuf};

/// The folder for state as the XDG Base Directory Specification has it; nothing where there is no home
/// folder.
pub fn folder() -> Option<PathBuf> {
	env::var_os("XDG_STATE_HOME")
		.map(PathBuf::from)
		.filter(|folder| folder.is_absolute())
		.or_else(|| env::home_dir().map(|home| home.join(".local").join("state")))
}

/// Which proving keys have passed the check. Without a home folder every key is checked every time.
pub fn verdicts() -> Verdicts {
	folder().map_or_else(Verdicts::none, |folder| {
		Verdicts::in_folder(folder.join("candor").join("checked-keys"))
	})
}

/// Answers that were made by hand and could not be submitted. Where there is no folder for them they
/// end with the process.
pub fn proofs() -> Proofs {
	let folder = folder().map(|folder| folder.join("candor").join("proofs"));
	match folder.filter(|folder| fs::create_dir_all(folder).is_ok()) {
		Some(folder) => Proofs::in_folder(folder),
		None => Proofs::in_memory(),
	}
}
