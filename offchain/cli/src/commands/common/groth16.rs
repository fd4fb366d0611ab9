// SPDX-License-Identifier: Apache-2.0
//! Verifying keys, proofs and public inputs that anybody may have made, read from files.
//!
//! What makes no sense, is not canonical, or is refused by a chain before it looks at the equation
//! is a mistake in a file; each error names the file and the place in it.

use super::files::{self, PROOF_BYTES, PROOF_JSON, PUBLIC_JSON, VERIFICATION_KEY_JSON};
use anyhow::anyhow;
use candor_client::exit::Error;
use candor_groth16::{DecodeError, KeyError, Proof, VerifyError, VerifyingKey};
use candor_prover::{key_file::VERIFYING_KEY, Refusal};
use candor_snarkjs::{
	proof_from_json, public_from_json, verification_key_from_json, KeyPoint, ProofPoint,
	SnarkjsError,
};
use candor_statement::{Fr, StatementSchema};
use std::{
	fmt::Display,
	path::{Path, PathBuf},
};

/// The most bytes that are read of a file. A key with 64 public inputs is 13 kB of JSON.
const MAX_FILE_BYTES: u64 = 256 * 1024;

/// What to do about bytes that are not the canonical encoding.
const BYTES_ADVICE: &str =
	"docs/statement.md, \"Keys and proofs\", gives the encoding byte by byte";

/// How a file is written.
#[derive(Clone, Copy, Debug)]
enum Form {
	/// The canonical bytes.
	Bytes,
	/// The JSON of snarkjs.
	Snarkjs,
}

/// What a file holds, and where it came from.
#[derive(Debug)]
pub(in crate::commands) struct Given<T> {
	path: PathBuf,
	form: Form,
	/// What the file holds.
	pub value: T,
}

impl<T> Given<T> {
	/// The file is refused for something at a place in it.
	fn refused(&self, place: impl Display, error: impl Display) -> Error {
		refused(&self.path, format!("{place}: {error}"))
	}
}

/// A verifying key.
pub(in crate::commands) type GivenKey = Given<VerifyingKey>;
/// A proof.
pub(in crate::commands) type GivenProof = Given<Proof>;
/// Public inputs.
pub(in crate::commands) type GivenPublic = Given<Vec<Fr>>;

/// Reads a verifying key from a file, or from one of the usual names in a folder. The rules for
/// registration are not applied.
pub(in crate::commands) fn read_key(path: &Path) -> Result<GivenKey, Error> {
	read(
		path,
		&[VERIFYING_KEY, VERIFICATION_KEY_JSON],
		verification_key_from_json,
		VerifyingKey::from_bytes,
		|bytes| KeyPoint::refused(bytes).map(|(point, _)| key_place(point)),
	)
}

/// Reads a proof from a file, or from one of the usual names in a folder.
pub(in crate::commands) fn read_proof(path: &Path) -> Result<GivenProof, Error> {
	read(path, &[PROOF_BYTES, PROOF_JSON], proof_from_json, Proof::from_bytes, |bytes| {
		ProofPoint::refused(bytes).map(|(point, _)| proof_place(point))
	})
}

/// Reads public inputs from a file, or from the usual name in a folder.
pub(in crate::commands) fn read_public(path: &Path) -> Result<GivenPublic, Error> {
	let path = inside(path, &[PUBLIC_JSON])?;
	let bytes = files::read_at_most(&path, MAX_FILE_BYTES)?;
	let value = json(&path, bytes, public_from_json)?;
	Ok(Given { path, form: Form::Snarkjs, value })
}

fn read<T>(
	path: &Path,
	names: &[&str],
	from_json: impl FnOnce(&str) -> Result<T, SnarkjsError>,
	from_bytes: impl FnOnce(&[u8]) -> Result<T, DecodeError>,
	place: impl FnOnce(&[u8]) -> Option<String>,
) -> Result<Given<T>, Error> {
	let path = inside(path, names)?;
	let bytes = files::read_at_most(&path, MAX_FILE_BYTES)?;
	if files::holds_json(&path, &bytes) {
		let value = json(&path, bytes, from_json)?;
		return Ok(Given { path, form: Form::Snarkjs, value });
	}
	match from_bytes(&bytes) {
		Ok(value) => Ok(Given { path, form: Form::Bytes, value }),
		Err(error @ DecodeError::Length) => {
			let length = bytes.len();
			Err(refused(&path, format!("{length} bytes: {error}")).hint(BYTES_ADVICE))
		}
		Err(error) => {
			let place = place(&bytes).map(|place| format!("{place}: ")).unwrap_or_default();
			Err(refused(&path, format!("{place}{error}")).hint(BYTES_ADVICE))
		}
	}
}

/// The file itself, or the first of `names` in the folder.
fn inside(path: &Path, names: &[&str]) -> Result<PathBuf, Error> {
	if !path.is_dir() {
		return Ok(path.to_owned());
	}
	names.iter().map(|name| path.join(name)).find(|file| file.exists()).ok_or_else(|| {
		Error::wrong_input(anyhow!("{} holds no {}", path.display(), names.join(" or ")))
	})
}

fn json<T>(
	path: &Path,
	bytes: Vec<u8>,
	parse: impl FnOnce(&str) -> Result<T, SnarkjsError>,
) -> Result<T, Error> {
	let text = files::text(path, bytes)
		.map_err(|error| error.hint("give the JSON of snarkjs in UTF-8, or canonical bytes"))?;
	parse(&text).map_err(|error| refused(path, &error).hint(error.advice()))
}

fn refused(path: &Path, reason: impl Display) -> Error {
	Error::wrong_input(anyhow!("{}: {reason}", path.display()))
}

/// A point in the canonical bytes of a key.
fn key_place(point: KeyPoint) -> String {
	format!("{point} (from byte {})", point.start())
}

/// A point in the canonical bytes of a proof.
fn proof_place(point: ProofPoint) -> String {
	format!("{point} (from byte {})", point.start())
}

impl GivenKey {
	/// Applies the rules for registration, as the runtime does.
	///
	/// # Errors
	///
	/// When no chain takes the key; the place in the file is named.
	pub fn check_registration(&self) -> Result<(), Error> {
		VerifyingKey::register(&self.value.to_bytes())
			.map(drop)
			.map_err(|error| self.unregistrable(error))
	}

	/// The key has as many public inputs as the statement needs.
	///
	/// # Errors
	///
	/// When it has another number of them.
	pub fn check_schema(&self, schema: &StatementSchema) -> Result<(), Error> {
		let (given, needed) = (self.value.public_inputs(), schema.public_inputs());
		if given == needed {
			return Ok(());
		}
		let model = match schema {
			StatementSchema::InferenceV1 { .. } => "model commitment, ",
			StatementSchema::InferenceV2 { .. } => "",
		};
		let output_len = schema.output_len();
		let reason = format!(
			"{given} public inputs, but outputs of {output_len} bytes take {needed}: {model}input \
			 commitment, a word for each 31 bytes of output, and binding"
		);
		Err(self.refused(self.count_place(), reason).hint(
			"give the --output-len that the circuit was made for; docs/statement.md lists the \
			 public inputs in their order",
		))
	}

	/// The name of a point in this file.
	fn place(&self, point: KeyPoint) -> String {
		match self.form {
			Form::Bytes => key_place(point),
			Form::Snarkjs => point.in_snarkjs(),
		}
	}

	/// The name of the number of public inputs in this file.
	const fn count_place(&self) -> &'static str {
		match self.form {
			Form::Bytes => "IC",
			Form::Snarkjs => "nPublic",
		}
	}

	fn pair(&self, [first, second]: [KeyPoint; 2]) -> String {
		format!("{} and {}", self.place(first), self.place(second))
	}

	fn unregistrable(&self, error: KeyError) -> Error {
		let (place, advice) = match error {
			KeyError::Decode(_) => {
				let point = KeyPoint::refused(&self.value.to_bytes());
				(point.map(|(point, _)| self.place(point)), BYTES_ADVICE)
			}
			KeyError::NoInputs | KeyError::TooManyInputs => (
				Some(self.count_place().to_owned()),
				"a circuit for this chain has 3 public inputs and one for each 31 bytes of output",
			),
			KeyError::RelatedSetup => (
				KeyPoint::related(&self.value).map(|points| self.pair(points)),
				"with snarkjs, that is `snarkjs zkey contribute` after `snarkjs groth16 setup`",
			),
			KeyError::RelatedInputs { first, second } => (
				Some(self.pair([first, second].map(|input| KeyPoint::Ic(input as usize)))),
				"in circom, multiply each of the two inputs by itself into a signal of its own",
			),
		};
		let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
		refused(&self.path, format!("{place}the key cannot be registered: {error}")).hint(advice)
	}
}

/// Puts a proof to the test of the runtime. Gives why the equation does not hold, if it does not.
///
/// # Errors
///
/// A file whose content is refused before there is an equation.
pub(in crate::commands) fn verdict(
	key: &GivenKey,
	proof: &GivenProof,
	public: &GivenPublic,
) -> Result<Option<VerifyError>, Error> {
	let Err(refusal) = candor_prover::verify(&key.value, &public.value, &proof.value) else {
		return Ok(None);
	};
	let proof_point = |point: ProofPoint| match proof.form {
		Form::Bytes => proof_place(point),
		Form::Snarkjs => point.in_snarkjs().to_owned(),
	};
	match refusal {
		Refusal::Key(error) => Err(key.unregistrable(error)),
		Refusal::Decode(error) => {
			let (point, _) =
				ProofPoint::refused(&proof.value.to_bytes()).unwrap_or((ProofPoint::A, error));
			Err(proof.refused(proof_point(point), error).hint(BYTES_ADVICE))
		}
		// The groups of A and C have no other subgroup.
		Refusal::Proof(error @ VerifyError::NotInSubgroup) => {
			Err(proof.refused(proof_point(ProofPoint::B), error).hint(BYTES_ADVICE))
		}
		Refusal::Proof(error @ VerifyError::WrongInputCount { .. }) => {
			Err(refused(&public.path, error).hint(format!(
				"give all public inputs of the circuit behind {}, in their order, and no others",
				key.path.display()
			)))
		}
		Refusal::Proof(error @ (VerifyError::WrongModel | VerifyError::WrongProof)) => {
			Err(refused(&proof.path, error).hint("take the proof and the key of one circuit"))
		}
		Refusal::Proof(error @ (VerifyError::Invalid | VerifyError::UnknownKey)) => Ok(Some(error)),
	}
}
