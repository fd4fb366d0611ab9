// SPDX-License-Identifier: Apache-2.0
//! `candor setup`

mod import;

use super::common::{files, keys};
use crate::output::{Output, Seconds};
use anyhow::anyhow;
use candor_client::{
	answer::registration::usual_circuit,
	exit::{Error, OrFail, Outcome},
	state,
};
use candor_operators::{InferenceCircuit, Scheme};
use candor_prover::{
	development_setup,
	key_file::{check_keys, KeyFileError, VERIFYING_KEY},
};
use candor_statement::ModelCommitment;
use clap::{Args, Subcommand};
use rand::rngs::OsRng;
use serde::Serialize;
use std::{
	fmt,
	path::PathBuf,
	time::{Duration, Instant},
};

const EXAMPLES: &str = "\
Examples:
  candor setup model/ --development
  candor setup model/ --development --scheme hashed
  candor setup verify model/
  candor setup import model/ final.zkey --powers powers.ptau

Schemes say where the model stands in the circuit. With `committed` and `staged` its commitment is a point in
the equation that verifies a proof, which costs no constraint; `staged` shows ranges by lookups besides, which
pays off for all but small models. Proofs have 256 bytes, or 320 with `staged`. With `hashed` the weights are
hashed inside the circuit, nine tenths of it, and keys and proofs are those of plain Groth16, which snarkjs
takes. By default it is `committed` or `staged`, whichever has fewer constraints.

Writes proving.key (for workers) and verifying.key (for the chain) into the folder, with `hashed` also
verification_key.json (the same key for snarkjs). Where the folder has the weights, commitment.json is written
with the commitment to the model, by which the chain knows it: it belongs to these keys. None of these files is
a secret.";

/// Make proving and verifying key for a compiled model's architecture
///
/// All models of one architecture share one setup: copy the keys of another folder instead, if there
/// is one. A development setup is made by one party alone, which could have kept the means to prove
/// anything: good for a chain of your own, worthless where others should trust it.
#[derive(Debug, Args)]
#[command(
	after_help = EXAMPLES,
	args_conflicts_with_subcommands = true,
	subcommand_negates_reqs = true,
	disable_help_subcommand = true
)]
pub(super) struct Setup {
	#[command(subcommand)]
	action: Option<Action>,

	/// Folder that `candor compile` has written
	#[arg(value_name = "DIR", required = true)]
	folder: Option<PathBuf>,

	/// Make the keys alone, for development; `candor ceremony` makes them together with others
	#[arg(long)]
	development: bool,

	/// Where the model stands in the circuit: hashed, committed or staged; default: the one of the last
	/// two with fewer constraints
	#[arg(long, value_name = "SCHEME")]
	scheme: Option<Scheme>,

	/// Replace the keys that are there
	#[arg(long)]
	force: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
	Verify(Verify),
	Import(import::Import),
}

const VERIFY_EXAMPLES: &str = "\
Examples:
  candor setup verify model/
  candor setup verify model/ --json

Prints `valid` (exit code 0) or `invalid: ` and the reason (exit code 1). Exit code 2 says that there is
nothing to judge: a file is missing or damaged.";

/// Check that a setup of the model's circuit can have made the keys
///
/// Whoever makes or changes a proving key can let some proofs fail, which costs workers their bonds,
/// or let them tell what they should hide. The check compares every point of the key with the circuit.
/// Commands that prove do it once for every new key. Whether the maker of the keys kept the means to
/// prove anything, no check can tell.
#[derive(Debug, Args)]
#[command(after_help = VERIFY_EXAMPLES)]
struct Verify {
	/// Folder with architecture.json, schema.json, proving.key and verifying.key
	#[arg(value_name = "DIR")]
	folder: PathBuf,
}

impl Verify {
	fn run(self, output: &Output) -> Result<Outcome, Error> {
		let architecture = files::load_public_model(&self.folder)?.architecture;
		let begun = Instant::now();
		let mut steps = output.steps();
		let checked = check_keys(&self.folder, &architecture, &state::verdicts(), &mut steps);
		drop(steps);
		let mut scheme = None;
		let (circuit, reason) = match checked {
			Ok(keys) => {
				scheme = keys.scheme();
				let circuit = usual_circuit(&self.folder, &keys.verifying, &architecture)?;
				(Some(circuit.to_string()), None)
			}
			Err(KeyFileError::Refused { fault, .. }) => (None, Some(fault.to_string())),
			Err(error @ KeyFileError::OtherSetup { .. }) => (None, Some(error.to_string())),
			Err(error) => return Err(Error::wrong_input(error)),
		};
		let report = Verdict {
			valid: reason.is_none(),
			reason,
			architecture: architecture.to_string(),
			scheme,
			circuit,
			time: begun.elapsed(),
		};
		output.report(&report);
		Ok(if report.valid { Outcome::Done } else { Outcome::Refused })
	}
}

/// What the check says.
#[derive(Debug, Serialize)]
struct Verdict {
	valid: bool,
	reason: Option<String>,
	architecture: String,
	scheme: Option<Scheme>,
	circuit: Option<String>,
	#[serde(rename = "seconds", serialize_with = "crate::output::as_seconds")]
	time: Duration,
}

impl fmt::Display for Verdict {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match &self.reason {
			None => write!(f, "valid")?,
			Some(reason) => write!(f, "invalid: {reason}")?,
		}
		write!(f, "\n  architecture   {}", self.architecture)?;
		if let Some(scheme) = &self.scheme {
			write!(f, "\n  scheme         {scheme}")?;
		}
		if let Some(circuit) = &self.circuit {
			write!(f, "\n  circuit        {circuit}")?;
		}
		write!(f, "\n  time           {}", Seconds(self.time))
	}
}

impl Setup {
	/// Makes the keys or checks them, and reports.
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		match self.action {
			Some(Action::Verify(verify)) => return verify.run(output),
			Some(Action::Import(import)) => return import.run(output),
			None => {}
		}
		let folder = self.folder.expect("it is required where there is no subcommand; qed");
		if !self.development {
			return Err(Error::wrong_input(anyhow!(
				"this command makes development setups only: keys made by one party alone"
			))
			.hint(
				"with --development you accept that whoever makes the keys could prove anything; \
				 `candor ceremony` makes them together with others, of whom one honest suffices",
			));
		}
		let architecture = files::load_public_model(&folder)?.architecture;
		let proving_key = keys::must_be_free(&folder, self.force)?;

		let begun = Instant::now();
		let scheme = Scheme::chosen(self.scheme, &architecture).or_wrong_input()?;
		let mut steps = output.steps();
		let keys = development_setup(&architecture, scheme, &mut OsRng, &mut steps).or_refused()?;
		let setup_time = begun.elapsed();
		let stored = keys::store(&folder, &keys, &architecture, &mut steps)?;
		drop(steps);

		let circuit = usual_circuit(&folder, &keys.verifying, &architecture)?.to_string();
		output.report(&Report {
			kind: "development",
			architecture: architecture.to_string(),
			scheme,
			circuit,
			constraints: InferenceCircuit::statistics(&architecture, scheme).constraints,
			public_inputs: keys.verifying.inputs(),
			commitment: stored.commitment,
			proving_key_bytes: files::length(&proving_key),
			verifying_key: folder.join(VERIFYING_KEY),
			proving_key,
			verification_key_json: stored.verification_key_json,
			setup_time,
		});
		output.warn(
			"this is a development setup: whoever ran it could have kept the means to prove anything",
		);
		Ok(Outcome::Done)
	}
}

/// What the setup made.
#[derive(Debug, Serialize)]
struct Report {
	kind: &'static str,
	architecture: String,
	scheme: Scheme,
	circuit: String,
	constraints: usize,
	public_inputs: u32,
	commitment: Option<ModelCommitment>,
	proving_key: PathBuf,
	proving_key_bytes: u64,
	verifying_key: PathBuf,
	verification_key_json: Option<PathBuf>,
	#[serde(rename = "setup_seconds", serialize_with = "crate::output::as_seconds")]
	setup_time: Duration,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		const MEGABYTE: f64 = 1e6;
		writeln!(
			f,
			"{} setup for {} ({})",
			self.kind,
			self.architecture,
			Seconds(self.setup_time)
		)?;
		writeln!(f, "  scheme         {}", self.scheme)?;
		writeln!(f, "  circuit        {}", self.circuit)?;
		writeln!(f, "  constraints    {}", self.constraints)?;
		writeln!(f, "  public inputs  {}", self.public_inputs)?;
		let size = self.proving_key_bytes as f64 / MEGABYTE;
		writeln!(f, "  proving key    {} ({size:.1} MB)", self.proving_key.display())?;
		write!(f, "  verifying key  {}", self.verifying_key.display())?;
		if let Some(json) = &self.verification_key_json {
			write!(f, "\n  for snarkjs    {}", json.display())?;
		}
		if let Some(commitment) = &self.commitment {
			write!(f, "\n  commitment     {commitment}")?;
		}
		Ok(())
	}
}
