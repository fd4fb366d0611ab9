// SPDX-License-Identifier: Apache-2.0
//! `candor verify`

use super::files::{self, PROOF_BYTES, PROOF_JSON, PUBLIC_JSON, VERIFICATION_KEY_JSON};
use crate::{
	exit::{Failure, Outcome},
	output::Output,
};
use anyhow::{anyhow, Error};
use candor_groth16::{DecodeError, Proof, VerifyingKey};
use candor_prover::{
	key_file::VERIFYING_KEY,
	snarkjs::{proof_from_json, public_from_json, verification_key_from_json, SnarkjsError},
	verify,
};
use clap::Args;
use serde::Serialize;
use std::{
	fmt,
	path::{Path, PathBuf},
	time::{Duration, Instant},
};

const EXAMPLES: &str = "\
Examples:
  candor verify --vk model/verifying.key --proof proof/ --public proof/
  candor verify --vk verification_key.json --proof proof.json --public public.json

Prints `valid` (exit code 0) or `invalid: ` and the reason (exit code 1).";

/// Check a proof as the chain would
///
/// The verifying key has to keep the rules for registration, the numbers have to be canonical, and
/// the equation has to hold. Whether the public inputs state what you think they do is not asked: on
/// chain the runtime derives them itself.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Verify {
	/// Verifying key: verifying.key, snarkjs' verification_key.json, or a folder that holds one
	#[arg(long, value_name = "FILE")]
	vk: PathBuf,

	/// Proof: canonical bytes, snarkjs' proof.json, or a folder that holds proof.bin or proof.json
	#[arg(long, value_name = "FILE")]
	proof: PathBuf,

	/// Public inputs: snarkjs' public.json, or a folder that holds it
	#[arg(long, value_name = "FILE")]
	public: PathBuf,
}

impl Verify {
	/// Checks and reports.
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		let begun = Instant::now();
		let reason = self.reason_against()?;
		let report = Report { valid: reason.is_none(), reason, time: begun.elapsed() };
		output.report(&report);
		Ok(if report.valid { Outcome::Done } else { Outcome::Refused })
	}

	/// Why the proof is invalid, if it is.
	fn reason_against(&self) -> Result<Option<String>, Failure> {
		// All files are read before any is judged: one that makes no sense is a mistake, whatever
		// the others hold.
		let key = read_key(&self.vk)?;
		let proof = read_proof(&self.proof)?;
		let public = read_public(&self.public)?;
		Ok(match (key, proof, public) {
			(Ok(key), Ok(proof), Ok(public)) => {
				verify(&key, &public, &proof).err().map(|refusal| refusal.to_string())
			}
			(Err(reason), ..) => Some(format!("verifying key: {reason}")),
			(_, Err(reason), _) => Some(format!("proof: {reason}")),
			(.., Err(reason)) => Some(format!("public inputs: {reason}")),
		})
	}
}

/// What a file holds, or why a chain would not take it.
type Judged<T> = Result<T, Error>;

fn read_key(path: &Path) -> Result<Judged<VerifyingKey>, Failure> {
	let path = inside(path, &[VERIFYING_KEY, VERIFICATION_KEY_JSON])?;
	let bytes = files::read(&path)?;
	if files::holds_json(&path, &bytes) {
		json(&path, bytes, verification_key_from_json)
	} else {
		canonical(&path, VerifyingKey::from_bytes(&bytes))
	}
}

fn read_proof(path: &Path) -> Result<Judged<Proof>, Failure> {
	let path = inside(path, &[PROOF_BYTES, PROOF_JSON])?;
	let bytes = files::read(&path)?;
	if files::holds_json(&path, &bytes) {
		json(&path, bytes, proof_from_json)
	} else {
		canonical(&path, Proof::from_bytes(&bytes))
	}
}

fn read_public(path: &Path) -> Result<Judged<Vec<candor_statement::Fr>>, Failure> {
	let path = inside(path, &[PUBLIC_JSON])?;
	let bytes = files::read(&path)?;
	json(&path, bytes, public_from_json)
}

/// The file itself, or the first of `names` in the folder.
fn inside(path: &Path, names: &[&str]) -> Result<PathBuf, Failure> {
	if !path.is_dir() {
		return Ok(path.to_owned());
	}
	names.iter().map(|name| path.join(name)).find(|file| file.exists()).ok_or_else(|| {
		Failure::wrong_input(anyhow!("{} holds no {}", path.display(), names.join(" or ")))
	})
}

fn json<T>(
	path: &Path,
	bytes: Vec<u8>,
	parse: impl FnOnce(&str) -> Result<T, SnarkjsError>,
) -> Result<Judged<T>, Failure> {
	match parse(&files::text(path, bytes)?) {
		Ok(value) => Ok(Ok(value)),
		Err(error) if error.is_refusal() => Ok(Err(error.into())),
		Err(error) => Err(unusable(path, error)),
	}
}

/// Bytes of another length are not the encoding of anything; others are, and may be refused.
fn canonical<T>(path: &Path, decoded: Result<T, DecodeError>) -> Result<Judged<T>, Failure> {
	match decoded {
		Ok(value) => Ok(Ok(value)),
		Err(error @ DecodeError::Length) => Err(unusable(path, error)),
		Err(error) => Ok(Err(error.into())),
	}
}

fn unusable(path: &Path, error: impl Into<Error>) -> Failure {
	Failure::wrong_input(error).context(format!("cannot use {}", path.display()))
}

/// The verdict.
#[derive(Debug, Serialize)]
struct Report {
	valid: bool,
	reason: Option<String>,
	#[serde(rename = "seconds", serialize_with = "crate::output::as_seconds")]
	time: Duration,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match &self.reason {
			None => f.write_str("valid"),
			Some(reason) => write!(f, "invalid: {reason}"),
		}
	}
}
