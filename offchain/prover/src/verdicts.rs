// SPDX-License-Identifier: Apache-2.0
//! Which proving keys have passed the check before.

use crate::check;
use candor_files::Access;
use std::{fs, io, path::PathBuf};

/// Says what the hashes in the names are of.
const CONTEXT: &[u8] = b"candor proving key check";

/// Remembers which proving keys have passed the check, so that a large one is checked once.
///
/// A verdict is a file whose name is the hash of all that it depends on: the key's file, the
/// circuit's constraints and the version of the check. With another byte in any of them there is no
/// verdict. **The folder is to be the user's own**, never the one that a key came in: whoever made the
/// key could have laid a verdict beside it.
#[derive(Clone, Debug, Default)]
pub struct Verdicts {
	folder: Option<PathBuf>,
}

impl Verdicts {
	/// Verdicts in a folder, which is made with the first of them.
	pub fn in_folder(folder: PathBuf) -> Self {
		Self { folder: Some(folder) }
	}

	/// No memory: every key is checked every time.
	pub fn none() -> Self {
		Self { folder: None }
	}

	/// Whether the key has passed.
	pub(crate) fn has(&self, subject: &Subject) -> bool {
		let path = self.folder.as_ref().map(|folder| folder.join(subject.name()));
		path.and_then(|path| fs::read_to_string(path).ok())
			.is_some_and(|text| text == subject.text())
	}

	/// Remembers that the key has passed.
	///
	/// # Errors
	///
	/// When the folder cannot be written.
	pub(crate) fn remember(&self, subject: &Subject) -> io::Result<()> {
		let Some(folder) = &self.folder else { return Ok(()) };
		let mut builder = fs::DirBuilder::new();
		builder.recursive(true);
		#[cfg(unix)]
		std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
		builder.create(folder)?;
		// Several processes may check one key at once.
		candor_files::write(&folder.join(subject.name()), subject.text().as_bytes(), Access::Owner)
	}
}

/// What a verdict is on.
pub(crate) struct Subject {
	/// The blake2b-256 hash of the key's file.
	pub key: [u8; 32],
	/// The digest of the circuit's constraints.
	pub circuit: [u8; 32],
}

impl Subject {
	fn name(&self) -> String {
		let version = check::VERSION.to_le_bytes();
		let content = [CONTEXT, &version, &self.key, &self.circuit].concat();
		hex::encode(sp_crypto_hashing::blake2_256(&content))
	}

	fn text(&self) -> String {
		format!(
			"The proving key {} has passed check {} for the circuit {}.\n",
			hex::encode(self.key),
			check::VERSION,
			hex::encode(self.circuit)
		)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use tempfile::TempDir;

	const SUBJECT: Subject = Subject { key: [1; 32], circuit: [2; 32] };

	#[test]
	fn a_verdict_is_on_one_key_and_one_circuit() {
		let folder = TempDir::new().unwrap();
		let verdicts = Verdicts::in_folder(folder.path().join("a/b"));
		assert!(!verdicts.has(&SUBJECT));
		verdicts.remember(&SUBJECT).unwrap();
		assert!(verdicts.has(&SUBJECT));
		assert!(!verdicts.has(&Subject { key: [3; 32], ..SUBJECT }));
		assert!(!verdicts.has(&Subject { circuit: [3; 32], ..SUBJECT }));
	}

	#[test]
	fn half_a_verdict_is_none() {
		let folder = TempDir::new().unwrap();
		let verdicts = Verdicts::in_folder(folder.path().to_owned());
		let text = SUBJECT.text();
		for end in [0, text.len() / 2, text.len() - 1] {
			fs::write(folder.path().join(SUBJECT.name()), &text[..end]).unwrap();
			assert!(!verdicts.has(&SUBJECT), "{end}");
		}
	}

	#[test]
	fn without_a_folder_nothing_is_remembered() {
		let verdicts = Verdicts::none();
		verdicts.remember(&SUBJECT).unwrap();
		assert!(!verdicts.has(&SUBJECT));
	}
}
