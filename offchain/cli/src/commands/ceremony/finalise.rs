// SPDX-License-Identifier: Apache-2.0
//! `candor ceremony finalise`

use super::{read, report::Facts, Loaded, Subject};
use crate::{
	commands::common::{files, keys},
	output::Output,
};
use candor_ceremony::{transcript::TRANSCRIPT_FILE, Quality};
use candor_client::{
	answer::registration::usual_circuit,
	exit::{Error, OrFail, Outcome},
};
use candor_groth16::VerifyingKey;
use candor_prover::{Keys, ProvingKey};
use candor_statement::ModelCommitment;
use clap::Args;
use rand::rngs::OsRng;
use serde::Serialize;
use std::{fmt, path::PathBuf};

/// Verify a ceremony and write its keys beside the model
///
/// Writes the files that `candor setup` writes, and ceremony.transcript, whose hash goes on chain: beside the
/// keys it says that a ceremony made them. A ceremony of development quality leaves none.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  candor ceremony finalise model/ 4.ceremony --powers powers.ptau
  candor circuit register model/ --key alice.key

Publish the last file of the ceremony and name the file of powers: with both and architecture.json anybody
can verify.")]
pub(super) struct Finalise {
	#[command(flatten)]
	subject: Subject,

	/// File of the ceremony
	#[arg(value_name = "CEREMONY")]
	ceremony: PathBuf,

	/// Replace the keys that are there
	#[arg(long)]
	force: bool,
}

impl Finalise {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let folder = &self.subject.folder;
		let proving_key = keys::must_be_free(folder, self.force)?;
		let mut steps = output.steps();
		let Loaded { architecture, layout, powers } = self.subject.load(&mut steps)?;
		let ceremony = read(&self.ceremony, &layout)?;
		let report = ceremony.verify(&layout, &powers, &mut OsRng, &mut steps).or_refused()?;
		let verifying = ceremony.key().verifying_key();
		VerifyingKey::register(&verifying.to_bytes()).map_err(|error| {
			Error::refused(error).hint("no chain takes the key; has anybody contributed?")
		})?;

		let key = ceremony.key().clone();
		let proving = ProvingKey::new(architecture.clone(), key, powers.of_key());
		let keys = Keys { proving, verifying };
		let stored = keys::store(folder, &keys, &architecture, &mut steps)?;
		drop(steps);
		let transcript_file =
			(report.quality == Quality::Ceremony).then(|| folder.join(TRANSCRIPT_FILE));
		if let Some(file) = &transcript_file {
			files::write(file, ceremony.transcript().to_bytes())?;
		}

		let circuit = usual_circuit(folder, &keys.verifying, &architecture)?.to_string();
		let contributors =
			powers.contributions().iter().filter(|contribution| !contribution.beacon).count();
		let facts = Facts::of(&report, contributors);
		output.report(&Done {
			proving_key,
			transcript_file,
			circuit,
			commitment: stored.commitment,
			facts,
		});
		Ok(Outcome::Done)
	}
}

#[derive(Debug, Serialize)]
struct Done {
	proving_key: PathBuf,
	transcript_file: Option<PathBuf>,
	circuit: String,
	commitment: Option<ModelCommitment>,
	#[serde(flatten)]
	facts: Facts,
}

impl fmt::Display for Done {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "keys of a ceremony")?;
		writeln!(f, "  proving key    {}", self.proving_key.display())?;
		writeln!(f, "  circuit        {}", self.circuit)?;
		if let Some(commitment) = &self.commitment {
			writeln!(f, "  commitment     {commitment}")?;
		}
		if let Some(file) = &self.transcript_file {
			writeln!(f, "  transcript in  {}", file.display())?;
		}
		write!(f, "{}", self.facts)
	}
}
