// SPDX-License-Identifier: Apache-2.0
//! Files that commands read and write.

use anyhow::{anyhow, Context};
use candor_client::exit::Error;
use candor_compiler::{FileError, PrivateModel, PublicModel};
use std::{
	fs,
	io::{self, Read, Write},
	path::Path,
};

/// A proof in its canonical bytes.
pub(in crate::commands) const PROOF_BYTES: &str = "proof.bin";
/// A proof as snarkjs writes it.
pub(in crate::commands) const PROOF_JSON: &str = "proof.json";
/// Public inputs as snarkjs writes them.
pub(in crate::commands) const PUBLIC_JSON: &str = "public.json";
/// A verifying key as snarkjs writes it.
pub(in crate::commands) const VERIFICATION_KEY_JSON: &str = "verification_key.json";

/// Reads the public files of a compiled model.
pub(in crate::commands) fn load_public_model(folder: &Path) -> Result<PublicModel, Error> {
	PublicModel::load(folder).map_err(not_compiled)
}

/// Reads all files of a compiled model.
pub(in crate::commands) fn load_private_model(folder: &Path) -> Result<PrivateModel, Error> {
	PrivateModel::load(folder).map_err(not_compiled)
}

fn not_compiled(error: FileError) -> Error {
	Error::wrong_input(error).hint("name a folder that `candor compile` has written")
}

/// Reads a whole file.
pub(in crate::commands) fn read(path: &Path) -> Result<Vec<u8>, Error> {
	fs::read(path)
		.with_context(|| format!("cannot read {}", path.display()))
		.map_err(Error::wrong_input)
}

/// Reads a whole file that has at most `limit` bytes, and never more than that of any other: it may
/// be endless.
pub(in crate::commands) fn read_at_most(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
	let mut bytes = Vec::new();
	fs::File::open(path)
		.and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes))
		.with_context(|| format!("cannot read {}", path.display()))
		.map_err(Error::wrong_input)?;
	if bytes.len() as u64 > limit {
		return Err(Error::wrong_input(anyhow!(
			"{}: more than {limit} bytes, which no such file needs",
			path.display()
		))
		.hint("check that it is the right file"));
	}
	Ok(bytes)
}

/// Writes a whole file over whatever stands there.
pub(in crate::commands) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
	fs::write(path, bytes)
		.with_context(|| format!("cannot write {}", path.display()))
		.map_err(Error::wrong_input)
}

/// Removes a file, if it is there.
pub(in crate::commands) fn remove(path: &Path) -> Result<(), Error> {
	match fs::remove_file(path) {
		Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error)
			.with_context(|| format!("cannot remove {}", path.display()))
			.map_err(Error::wrong_input),
		_ => Ok(()),
	}
}

/// Refuses a file that exists, for a secret that is to be written later.
pub(in crate::commands) fn must_not_exist(path: &Path) -> Result<(), Error> {
	if path.exists() {
		return Err(Error::wrong_input(anyhow!("{} exists already", path.display()))
			.hint("it may hold the only copy of another secret: name a new file"));
	}
	Ok(())
}

/// Creates a file that only its owner can read. Never writes over another one.
pub(in crate::commands) fn write_secret(
	path: &Path,
	content: impl AsRef<[u8]>,
) -> Result<(), Error> {
	let mut options = fs::OpenOptions::new();
	options.write(true).create_new(true);
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
	options
		.open(path)
		.and_then(|mut file| file.write_all(content.as_ref()))
		.with_context(|| format!("cannot write {}", path.display()))
		.map_err(Error::wrong_input)
}

/// Creates a folder and those above it, unless they exist.
pub(in crate::commands) fn create_folder(path: &Path) -> Result<(), Error> {
	fs::create_dir_all(path)
		.with_context(|| format!("cannot create the folder {}", path.display()))
		.map_err(Error::wrong_input)
}

/// A file's length in bytes, 0 where it cannot be told.
pub(in crate::commands) fn length(path: &Path) -> u64 {
	fs::metadata(path).map_or(0, |data| data.len())
}

/// Whether a file holds JSON: by its name, or by how it begins. Canonical bytes begin with a
/// coordinate below the modulus and never with a brace.
pub(in crate::commands) fn holds_json(path: &Path, bytes: &[u8]) -> bool {
	path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
		|| bytes.first() == Some(&b'{')
}

/// The text of a file.
pub(in crate::commands) fn text(path: &Path, bytes: Vec<u8>) -> Result<String, Error> {
	String::from_utf8(bytes)
		.with_context(|| format!("{} is not text", path.display()))
		.map_err(Error::wrong_input)
}

/// Bytes as people and programs pass them on: hexadecimal digits behind `0x`.
pub(in crate::commands) fn prefixed_hex(bytes: &[u8]) -> String {
	format!("0x{}", hex::encode(bytes))
}
