// SPDX-License-Identifier: Apache-2.0
//! `candor key`

use super::common::{files, transaction::SignerArguments};
use crate::output::Output;
use anyhow::anyhow;
use candor_client::{
	chain::{new_mnemonic, Signer},
	exit::{Error, OrFail, Outcome},
};
use candor_secret::Secret;
use clap::{Args, Subcommand};
use serde::{Serialize, Serializer};
use std::{fmt, path::PathBuf};
use zeroize::Zeroizing;

const GENERATE_EXAMPLES: &str = "\
Examples:
  candor key generate --out worker.key";

const INSPECT_EXAMPLES: &str = "\
Examples:
  candor key inspect --key worker.key
  candor key inspect --suri //Alice";

/// Make and look at the keys that sign transactions
#[derive(Debug, Args)]
pub(super) struct Key {
	#[command(subcommand)]
	action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
	/// Make a new key
	#[command(after_help = GENERATE_EXAMPLES)]
	Generate {
		/// New file for the mnemonic, which only you can read
		#[arg(long, value_name = "FILE", required_unless_present = "print")]
		out: Option<PathBuf>,

		/// Print the mnemonic
		#[arg(long)]
		print: bool,
	},
	/// Show a key's account
	#[command(after_help = INSPECT_EXAMPLES)]
	Inspect {
		#[command(flatten)]
		signer: SignerArguments,
	},
}

impl Key {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		match self.action {
			Action::Generate { out, print } => {
				let mnemonic = new_mnemonic();
				let signer = Signer::from_uri(&mnemonic)
					.or_refused()
					.map_err(|error| error.context("the new mnemonic is not usable"))?;
				if let Some(path) = &out {
					files::must_not_exist(path)?;
					let text = Zeroizing::new(format!("{}\n", *mnemonic));
					files::write_secret(path, &text)?;
				} else if !print {
					return Err(Error::wrong_input(anyhow!("nobody would see the new key")));
				}
				output.report(&Report::new(&signer, out, print.then_some(mnemonic)));
			}
			Action::Inspect { signer } => {
				output.report(&Report::new(&signer.signer()?, None, None))
			}
		}
		Ok(Outcome::Done)
	}
}

#[derive(Debug, Serialize)]
struct Report {
	address: String,
	public_key: String,
	#[serde(skip_serializing_if = "Option::is_none")]
	file: Option<PathBuf>,
	#[serde(skip_serializing_if = "Option::is_none", serialize_with = "shown")]
	mnemonic: Option<Secret<String>>,
}

/// The mnemonic, which was asked for.
fn shown<S: Serializer>(
	mnemonic: &Option<Secret<String>>,
	serializer: S,
) -> Result<S::Ok, S::Error> {
	mnemonic.as_ref().map(|mnemonic| mnemonic.as_str()).serialize(serializer)
}

impl Report {
	fn new(signer: &Signer, file: Option<PathBuf>, mnemonic: Option<Secret<String>>) -> Self {
		let account = signer.account();
		Self {
			address: account.to_string(),
			public_key: files::prefixed_hex(&account.0),
			file,
			mnemonic,
		}
	}
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "address       {}", self.address)?;
		write!(f, "public key    {}", self.public_key)?;
		if let Some(file) = &self.file {
			write!(f, "\nmnemonic in   {}", file.display())?;
		}
		if let Some(mnemonic) = &self.mnemonic {
			write!(f, "\nmnemonic      {}", **mnemonic)?;
		}
		Ok(())
	}
}
