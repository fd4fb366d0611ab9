// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

mod input;

pub use input::Input;

use std::{io, io::Write, path::Path};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
	/// Everyone whom the system's mask allows.
	Everyone,
	/// Its owner alone, from its first byte.
	Owner,
}

/// Writes a file beside its place and moves it there. Several processes may write one file at once:
/// the last one's content stays, whole.
///
/// # Errors
///
/// The system's, with which the file that was there before is untouched.
pub fn write(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
	let folder = match path.parent() {
		Some(folder) if !folder.as_os_str().is_empty() => folder,
		_ => Path::new("."),
	};
	let mut builder = tempfile::Builder::new();
	#[cfg(unix)]
	if access == Access::Everyone {
		use std::os::unix::fs::PermissionsExt;
		builder.permissions(std::fs::Permissions::from_mode(0o666));
	}
	let mut draft = builder.tempfile_in(folder)?;
	draft.write_all(content)?;
	draft.as_file().sync_all()?;
	draft.persist(path)?;
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::fs;

	/// The names in a folder.
	fn names(folder: &Path) -> Vec<String> {
		let entries = fs::read_dir(folder).expect("readable");
		entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into()).collect()
	}

	#[test]
	fn a_file_is_replaced_and_nothing_is_left_beside_it() {
		let folder = tempfile::tempdir().expect("a folder");
		let path = folder.path().join("file");
		for content in [&b"one"[..], b"another"] {
			write(&path, content, Access::Everyone).expect("written");
			assert_eq!(fs::read(&path).expect("readable"), content);
		}
		assert_eq!(names(folder.path()), ["file"]);
	}

	#[test]
	fn what_cannot_be_written_leaves_nothing() {
		let folder = tempfile::tempdir().expect("a folder");
		let path = folder.path().join("a folder");
		fs::create_dir_all(path.join("with something in it")).expect("made");
		assert!(write(&path, b"content", Access::Everyone).is_err());
		assert_eq!(names(folder.path()), ["a folder"]);
		assert!(write(&folder.path().join("none/file"), b"content", Access::Owner).is_err());
		let file = folder.path().join("file");
		fs::write(&file, "kept").expect("written");
		assert!(write(&file.join("below"), b"lost", Access::Owner).is_err());
		assert_eq!(fs::read(&file).expect("readable"), b"kept");
	}

	#[cfg(unix)]
	#[test]
	fn an_owners_file_is_private_also_where_an_open_one_stood() {
		use std::os::unix::fs::PermissionsExt;
		let folder = tempfile::tempdir().expect("a folder");
		let path = folder.path().join("file");
		let mode = || fs::metadata(&path).expect("there").permissions().mode() & 0o777;
		write(&path, b"open", Access::Everyone).expect("written");
		assert_ne!(mode() & 0o044, 0, "others may read it");
		write(&path, b"private", Access::Owner).expect("written");
		assert_eq!(mode(), 0o600);
	}
}
