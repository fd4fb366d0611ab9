// SPDX-License-Identifier: Apache-2.0
//! `candor verify`

use super::common::groth16::{read_key, read_model, read_proof, read_public, verdict};
use crate::output::Output;
use candor_client::exit::{Error, Outcome};
use clap::Args;
use serde::Serialize;
use std::{
	fmt,
	path::PathBuf,
	time::{Duration, Instant},
};

const EXAMPLES: &str = "\
Examples:
  candor verify --vk model/verifying.key --proof proof/ --public proof/
  candor verify --vk model/verifying.key --proof proof/ --public proof/ --model 0x2c31…
  candor verify --vk verification_key.json --proof proof.json --public public.json

A key with a model block is for proofs about a model under a commitment, which is none of the public inputs.
Take it from the chain, or from whom you trust: the one beside a proof is what its maker says.

Prints `valid` (exit code 0) or `invalid: ` and the reason (exit code 1). Exit code 2 says that there is
nothing to judge: a file is malformed or not canonical, the number of public inputs is wrong, the commitment
to the model is missing, or no chain would register the key. The error names the file, the place in it, and what to do.";

/// Check a proof as the chain would
///
/// Takes the JSON files of snarkjs as `snarkjs zkey export verificationkey` and `snarkjs groth16 prove`
/// write them, and the canonical bytes of docs/statement.md. The verdict is that of the runtime's own
/// code. Whether the public inputs state what you think they do is not asked: on chain the runtime
/// derives them itself.
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

	/// Commitment to the model, for keys with a model block: as the chain has it, or commitment.json, or
	/// a folder that holds it; by default the one beside the proof
	#[arg(long, value_name = "HEX|FILE")]
	model: Option<String>,
}

impl Verify {
	/// Checks and reports.
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let begun = Instant::now();
		let key = read_key(&self.vk)?;
		let proof = read_proof(&self.proof)?;
		let public = read_public(&self.public)?;
		let model = read_model(&key, self.model.as_deref(), &proof)?;
		let reason = verdict(&key, model.as_ref(), &proof, &public)?.map(|error| error.to_string());
		let report = Report { valid: reason.is_none(), reason, time: begun.elapsed() };
		output.report(&report);
		Ok(if report.valid { Outcome::Done } else { Outcome::Refused })
	}
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
