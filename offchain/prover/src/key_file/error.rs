// SPDX-License-Identifier: Apache-2.0
//! Why a key file cannot be read or written.

use super::format::VERSION;
use crate::{KeyFault, LayoutError};
use candor_groth16::DecodeError;
use candor_operators::{Architecture, Unsuited};
use std::{io, path::PathBuf};

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
	/// The header describes no possible architecture.
	#[error("{path} describes an impossible architecture: {cause}", path = path.display())]
	Architecture {
		/// The file.
		path: PathBuf,
		/// What is wrong with it.
		cause: String,
	},
	/// The body is not that of a proving key.
	#[error("{path} has an intact checksum but not the body of a proving key", path = path.display())]
	Body {
		/// The file.
		path: PathBuf,
	},
	/// No circuit of any architecture has the blocks of the key.
	#[error("{path} is for a circuit with a stage one and without a model block, which no model has", path = path.display())]
	NoScheme {
		/// The key's file.
		path: PathBuf,
	},
	/// The key has no challenge, and the circuit needs one.
	#[error("{path} cannot be a key of this model: {cause}", path = path.display())]
	Unsuited {
		/// The key's file.
		path: PathBuf,
		/// What needs the challenge.
		cause: Unsuited,
	},
	/// The circuit that the key is to be checked against could not be laid out.
	#[error("the circuit of {path} cannot be laid out: {cause}", path = path.display())]
	Circuit {
		/// The key's file.
		path: PathBuf,
		/// Why.
		cause: LayoutError,
	},
	/// No setup of the circuit can have made the key.
	#[error(
		"{path} is refused: {fault}; whoever made or changed it could let proofs fail or read from \
		 them what they should hide",
		path = path.display()
	)]
	Refused {
		/// The key's file.
		path: PathBuf,
		/// What is wrong with it.
		fault: KeyFault,
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
		expected: Box<Architecture>,
		/// The architecture in the file.
		found: Box<Architecture>,
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
