// SPDX-License-Identifier: Apache-2.0
//! `candor setup import`

use crate::{
	commands::common::{files, keys},
	output::{Output, Seconds},
};
use candor_ceremony::{
	ptau,
	zkey::{self, Imported, ZkeyMistake, ZKEY_TRANSCRIPT_FILE},
	Quality,
};
use candor_client::{
	answer::registration::usual_circuit,
	exit::{Error, OrFail, Outcome},
};
use candor_operators::{InferenceCircuit, Scheme};
use candor_prover::{Keys, Layout, Progress, ProvingKey, Stage};
use candor_statement::ModelCommitment;
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
  candor setup import model/ final.zkey --powers powers.ptau
  snarkjs zkey verify model.r1cs powers.ptau final.zkey
  candor circuit register model/ --key alice.key

Exit code 1 says that no setup of the model's circuit can have made the key, 2 that it cannot be read, is of
another circuit or of other powers. Writes the files that `candor setup --scheme hashed` writes, and
zkey.transcript, whose hash (`b2sum -l 256`) goes on chain. That the contributors knew what they multiplied with,
`snarkjs zkey verify` checks: run it before others are to trust the keys.";

/// Take over the keys that a ceremony of snarkjs has made
///
/// The ceremony was one for the circuit that `candor circuit export` writes. Every point of the key is
/// compared with the model's circuit and with the powers of tau.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Import {
	/// Folder that `candor compile` has written; architecture.json and schema.json are enough
	#[arg(value_name = "DIR")]
	folder: PathBuf,

	/// Last file of the ceremony
	#[arg(value_name = "ZKEY")]
	key: PathBuf,

	/// Powers of tau from which the ceremony began, of one power more than the circuit's domain
	#[arg(long, value_name = "PTAU")]
	powers: PathBuf,

	/// Replace the keys that are there
	#[arg(long)]
	force: bool,
}

impl Import {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let folder = &self.folder;
		let proving_key = keys::must_be_free(folder, self.force)?;
		let architecture = files::load_public_model(folder)?.architecture;
		let begun = Instant::now();
		let mut steps = output.steps();
		steps.begin(Stage::Synthesis);
		Scheme::Hashed.check(&architecture).or_wrong_input()?;
		let circuit = InferenceCircuit::without_witness(architecture.clone(), Scheme::Hashed);
		let layout = Layout::of(&circuit).or_refused()?;
		let size = layout.a.len().next_power_of_two();
		let powers = ptau::read(&self.powers, size, &mut OsRng, &mut steps).map_err(|error| {
			Error::wrong_input(error).hint("give the .ptau that `snarkjs groth16 setup` was given")
		})?;
		let imported = zkey::import(&self.key, &layout, &powers, &mut OsRng, &mut steps);
		let imported = imported.map_err(|error| {
			match error.mistake {
			ZkeyMistake::Key(_) => Error::refused(error)
				.hint("never prove with it; fetch the file again from whom you have the ceremony"),
			ZkeyMistake::NoContribution => {
				Error::wrong_input(error).hint("run `snarkjs zkey contribute` at least once")
			}
			ZkeyMistake::OtherCircuit { .. } | ZkeyMistake::OtherConstraint { .. } => {
				Error::wrong_input(error).hint(
					"the ceremony must begin from the file that `candor circuit export` writes for \
					 this model",
				)
			}
			_ => Error::wrong_input(error),
		}
		})?;

		let Imported { key, circuit: of_circuit, contributions, transcript, hash, quality } =
			imported;
		let verifying = key.verifying_key();
		let proving = ProvingKey::new(architecture.clone(), key, powers.of_key());
		let made = Keys { proving, verifying };
		let stored = keys::store(folder, &made, &architecture, &mut steps)?;
		drop(steps);
		let transcript_file =
			(quality == Quality::Ceremony).then(|| folder.join(ZKEY_TRANSCRIPT_FILE));
		if let Some(file) = &transcript_file {
			files::write(file, transcript)?;
		}

		let circuit = usual_circuit(folder, &made.verifying, &architecture)?;
		let (quality, shortcoming) = match quality {
			Quality::Ceremony => ("ceremony", None),
			Quality::Development(shortcoming) => ("development", Some(shortcoming.to_string())),
		};
		output.report(&Report {
			circuit: circuit.to_string(),
			commitment: stored.commitment,
			proving_key_bytes: files::length(&proving_key),
			proving_key,
			transcript: format!("0x{hash}"),
			transcript_file,
			circuit_hash: of_circuit.to_string(),
			contributions: contributions.iter().map(ToString::to_string).collect(),
			quality,
			shortcoming,
			time: begun.elapsed(),
		});
		output.warn(
			"that the contributors knew what they multiplied with is not checked here: run `snarkjs \
			 zkey verify`",
		);
		Ok(Outcome::Done)
	}
}

/// What was taken over.
#[derive(Debug, Serialize)]
struct Report {
	circuit: String,
	commitment: Option<ModelCommitment>,
	proving_key: PathBuf,
	proving_key_bytes: u64,
	transcript: String,
	transcript_file: Option<PathBuf>,
	circuit_hash: String,
	contributions: Vec<String>,
	quality: &'static str,
	shortcoming: Option<String>,
	#[serde(rename = "seconds", serialize_with = "crate::output::as_seconds")]
	time: Duration,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		const MEGABYTE: f64 = 1e6;
		writeln!(f, "keys of a ceremony of snarkjs ({})", Seconds(self.time))?;
		writeln!(f, "  circuit        {}", self.circuit)?;
		let size = self.proving_key_bytes as f64 / MEGABYTE;
		writeln!(f, "  proving key    {} ({size:.1} MB)", self.proving_key.display())?;
		if let Some(commitment) = &self.commitment {
			writeln!(f, "  commitment     {commitment}")?;
		}
		writeln!(f, "  transcript     {}", self.transcript)?;
		if let Some(file) = &self.transcript_file {
			writeln!(f, "  transcript in  {}", file.display())?;
		}
		writeln!(f, "  circuit hash   {}", self.circuit_hash)?;
		for contribution in &self.contributions {
			writeln!(f, "  {contribution}")?;
		}
		write!(f, "  quality        {}", self.quality)?;
		match &self.shortcoming {
			Some(shortcoming) => write!(f, ": {shortcoming}"),
			None => Ok(()),
		}
	}
}
