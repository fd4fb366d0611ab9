// SPDX-License-Identifier: Apache-2.0
//! Files of one's own.

use std::{io, io::Write, path::Path};

/// Writes a file of which whoever reads finds all or nothing, also after a crash: beside its place, and
/// then there. Only its owner can read it.
///
/// # Errors
///
/// The disk's; what stood there before stands there still.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
	let folder = path.parent().ok_or(io::ErrorKind::InvalidFilename)?;
	// Temporary files are for their owner, and their names are nobody else's.
	let mut draft = tempfile::NamedTempFile::new_in(folder)?;
	draft.write_all(bytes)?;
	draft.as_file().sync_all()?;
	draft.persist(path)?;
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::fs;

	#[test]
	fn a_file_is_replaced_and_nothing_is_left_beside_it() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("file.json");
		for text in ["first", "second"] {
			write_whole(&path, text.as_bytes()).unwrap();
			assert_eq!(fs::read_to_string(&path).unwrap(), text);
		}
		assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
	}

	#[test]
	fn what_cannot_be_written_leaves_what_was_there() {
		let folder = tempfile::tempdir().unwrap();
		fs::write(folder.path().join("file"), "kept").unwrap();
		assert!(write_whole(&folder.path().join("file").join("below"), b"lost").is_err());
		assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "kept");
	}
}
