// SPDX-License-Identifier: Apache-2.0
//! `candor setup`

use super::files::{self, VERIFICATION_KEY_JSON};
use crate::{
	exit::{Failure, OrFail, Outcome},
	output::{Output, Seconds},
};
use anyhow::anyhow;
use candor_prover::{
	development_setup,
	key_file::{circuit_identity, write_keys, PROVING_KEY, VERIFYING_KEY},
	Progress, Stage,
};
use candor_snarkjs::verification_key_to_json;
use clap::Args;
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

Writes proving.key (for workers), verifying.key (for the chain) and verification_key.json (the same
key for snarkjs) into the folder. None of them is a secret.";

/// Make proving and verifying key for a compiled model's architecture
///
/// All models of one architecture share one setup: copy the keys of another folder instead, if there
/// is one. A development setup is made by one party alone, which could have kept the means to prove
/// anything: good for a chain of your own, worthless where others should trust it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Setup {
	/// Folder that `candor compile` has written
	#[arg(value_name = "DIR")]
	folder: PathBuf,

	/// Make the keys alone, for development; the only way there is today
	#[arg(long)]
	development: bool,

	/// Replace the keys that are there
	#[arg(long)]
	force: bool,
}

impl Setup {
	/// Makes the keys and reports.
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		if !self.development {
			return Err(Failure::wrong_input(anyhow!(
				"only development setups exist today: keys made by one party alone"
			))
			.hint(
				"with --development you accept that whoever makes the keys could prove anything; \
				 a ceremony of many parties will come beside it",
			));
		}
		let architecture = files::load_public_model(&self.folder)?.architecture;
		let proving_key = self.folder.join(PROVING_KEY);
		if proving_key.exists() && !self.force {
			return Err(Failure::wrong_input(anyhow!("{} exists already", proving_key.display()))
				.hint(
					"a new setup makes the old proofs and registrations worthless; \
					 with --force it replaces the keys",
				));
		}

		let begun = Instant::now();
		let mut steps = output.steps();
		let keys = development_setup(&architecture, &mut OsRng, &mut steps).or_refused()?;
		let setup_time = begun.elapsed();
		steps.begin(Stage::KeyWrite);
		write_keys(&self.folder, &keys).or_wrong_input()?;
		let json_key = self.folder.join(VERIFICATION_KEY_JSON);
		files::write(&json_key, verification_key_to_json(&keys.verifying))?;
		drop(steps);

		output.report(&Report {
			kind: "development",
			architecture: architecture.to_string(),
			circuit: files::prefixed_hex(&circuit_identity(&keys.verifying)),
			public_inputs: keys.verifying.public_inputs(),
			proving_key_bytes: files::length(&proving_key),
			verifying_key: self.folder.join(VERIFYING_KEY),
			proving_key,
			verification_key_json: json_key,
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
	circuit: String,
	public_inputs: u32,
	proving_key: PathBuf,
	proving_key_bytes: u64,
	verifying_key: PathBuf,
	verification_key_json: PathBuf,
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
		writeln!(f, "  circuit        {}", self.circuit)?;
		writeln!(f, "  public inputs  {}", self.public_inputs)?;
		let size = self.proving_key_bytes as f64 / MEGABYTE;
		writeln!(f, "  proving key    {} ({size:.1} MB)", self.proving_key.display())?;
		writeln!(f, "  verifying key  {}", self.verifying_key.display())?;
		write!(f, "  for snarkjs    {}", self.verification_key_json.display())
	}
}
