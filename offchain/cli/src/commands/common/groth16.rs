// SPDX-License-Identifier: Apache-2.0
//! Verifying keys, proofs and public inputs that anybody may have made, read from files.
//!
//! What makes no sense, is not canonical, or is refused by a chain before it looks at the equation
//! is a mistake in a file; each error names the file and the place in it.

use super::files::{self, PROOF_BYTES, PROOF_JSON, PUBLIC_JSON, VERIFICATION_KEY_JSON};
use anyhow::anyhow;
use candor_client::exit::Error;
use candor_compiler::{PublicCommitment, COMMITMENT_FILE};
use candor_groth16::{
	model_point, DecodeError, G1Affine, KeyError, Proof, VerifyError, VerifyingKey,
	STAGED_PROOF_BYTES,
};
use candor_prover::{key_file::VERIFYING_KEY, Refusal};
use candor_snarkjs::{
	proof_from_json, public_from_json, verification_key_from_json, Blocks, KeyPoint, ProofPoint,
	SnarkjsError,
};
use candor_statement::{Fr, ModelCommitment, StatementSchema};
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
		|bytes| KeyPoint::refused(bytes).map(|(point, start, _)| place_in_bytes(point, start)),
	)
}

/// Reads a proof from a file, or from one of the usual names in a folder.
pub(in crate::commands) fn read_proof(path: &Path) -> Result<GivenProof, Error> {
	read(path, &[PROOF_BYTES, PROOF_JSON], proof_from_json, Proof::from_bytes, |bytes| {
		let is_staged = bytes.len() == STAGED_PROOF_BYTES;
		let place = |point: ProofPoint| place_in_bytes(point, point.start(is_staged));
		ProofPoint::refused(bytes).map(|(point, _)| place(point))
	})
}

/// Reads public inputs from a file, or from the usual name in a folder.
pub(in crate::commands) fn read_public(path: &Path) -> Result<GivenPublic, Error> {
	let path = inside(path, &[PUBLIC_JSON])?;
	let bytes = files::read_at_most(&path, MAX_FILE_BYTES)?;
	let value = json(&path, bytes, public_from_json)?;
	Ok(Given { path, form: Form::Snarkjs, value })
}

/// The commitment to the model that proofs under a key are about, where the key has a model block: the one
/// that was told, as digits or in a file, or the one beside the proof.
///
/// # Errors
///
/// When there is none or it is no point, and when one was told for a key without a model block.
pub(in crate::commands) fn read_model(
	key: &GivenKey,
	told: Option<&str>,
	proof: &GivenProof,
) -> Result<Option<G1Affine>, Error> {
	if key.value.model.is_none() {
		return match told {
			None => Ok(None),
			Some(_) => Err(refused(&key.path, "the key has no model block").hint(
				"leave --model out: the commitment to the model is the first of the public inputs",
			)),
		};
	}
	let beside = proof.path.parent().unwrap_or(Path::new("")).join(COMMITMENT_FILE);
	let commitment = match told.map(|told| (told, told.parse())) {
		Some((_, Ok(commitment))) => commitment,
		Some((path, Err(error))) if !Path::new(path).exists() => {
			return Err(Error::wrong_input(anyhow!(
				"--model {path:?}: neither a file nor a commitment: {error}"
			)));
		}
		Some((path, Err(_))) => read_commitment(&inside(Path::new(path), &[COMMITMENT_FILE])?)?,
		None if beside.exists() => read_commitment(&beside)?,
		None => {
			return Err(Error::wrong_input(anyhow!(
				"{}: the key is for proofs about a model, whose commitment is missing",
				key.path.display()
			))
			.hint(format!(
				"give --model the commitment as the chain has it, or a {COMMITMENT_FILE} of whom you \
				 trust"
			)));
		}
	};
	model_point(&commitment).map(Some).ok_or_else(|| {
		Error::wrong_input(anyhow!("{commitment} is no point that a model can be committed to"))
			.hint("128 hexadecimal digits, as the chain has them")
	})
}

fn read_commitment(path: &Path) -> Result<ModelCommitment, Error> {
	PublicCommitment::load(path).map(|found| found.commitment).map_err(Error::wrong_input)
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

/// A point in canonical bytes.
fn place_in_bytes(point: impl Display, start: usize) -> String {
	format!("{point} (from byte {start})")
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
		let (given, needed) = (self.value.inputs(), schema.public_inputs());
		if given == needed {
			return Ok(());
		}
		let (model, each) = match schema {
			StatementSchema::InferenceV1 { .. } => ("model commitment, ", String::new()),
			StatementSchema::InferenceV2 { .. } => ("", String::new()),
			StatementSchema::InferencesV1 { runs, .. } => {
				("", format!(", for each of {runs} runs"))
			}
		};
		let output_len = schema.output_len();
		let reason = format!(
			"{given} public inputs, but outputs of {output_len} bytes take {needed}: {model}input \
			 commitment, a word for each 31 bytes of output, and binding{each}"
		);
		Err(self.refused(self.count_place(), reason).hint(
			"give the --output-len that the circuit was made for; docs/statement.md lists the \
			 public inputs in their order",
		))
	}

	/// The name of a point in this file.
	fn place(&self, point: KeyPoint) -> String {
		match self.form {
			Form::Bytes => place_in_bytes(point, point.start(Blocks::of(&self.value))),
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
				(point.map(|(point, _, _)| self.place(point)), BYTES_ADVICE)
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
	model: Option<&G1Affine>,
	proof: &GivenProof,
	public: &GivenPublic,
) -> Result<Option<VerifyError>, Error> {
	let verdict = candor_prover::verify_about(&key.value, model, &public.value, &proof.value);
	let Err(refusal) = verdict else {
		return Ok(None);
	};
	let proof_point = |point: ProofPoint| match proof.form {
		Form::Bytes => place_in_bytes(point, point.start(proof.value.stage_one.is_some())),
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
