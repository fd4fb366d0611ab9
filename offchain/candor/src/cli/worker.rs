// SPDX-License-Identifier: Apache-2.0
//! `candor worker`

use super::chain::{begin, block_on, Connection, SignerArguments};
use crate::{
	chain::Amount,
	exit::{Failure, Outcome},
	output::Output,
	worker::{self, holding::Holding, selection::Limits, store::Store, Settings},
};
use anyhow::anyhow;
use clap::{Args, Subcommand};
use serde::Serialize;
use std::{
	env, fmt,
	io::{self, IsTerminal},
	path::PathBuf,
	sync::Arc,
};
use tracing_subscriber::EnvFilter;

const EXAMPLES: &str = "\
Examples:
  candor worker run --dir model/ --key worker.key
  candor worker run --dir digits/ --dir iris/ --key worker.key --min-payout 0.2 --max-price 10
  candor worker run --dir model/ --suri //Charlie --once 1

It may be stopped at any time: what it has claimed it finds again on the chain, and what it has proven
in its state folder. SIGINT or SIGTERM stop it after the job in hand, twice at once. RUST_LOG=candor=debug
tells more.";

/// Answer jobs
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Worker {
	#[command(subcommand)]
	action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
	Run(Run),
}

/// Claim jobs on the models of some folders, prove and submit
#[derive(Debug, Args)]
struct Run {
	/// Folder of a model, with weights and keys; may be given several times
	#[arg(long = "dir", value_name = "DIR", required = true)]
	folders: Vec<PathBuf>,

	/// End after so many settled jobs
	#[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
	once: Option<u32>,

	/// Leave jobs alone that pay less
	#[arg(long, value_name = "AMOUNT")]
	min_payout: Option<Amount>,

	/// Leave jobs alone whose price, and so the bond at risk, is higher
	#[arg(long, value_name = "AMOUNT")]
	max_price: Option<Amount>,

	/// Folder for proofs that have not been submitted; without it, one in your home folder for each
	/// account
	#[arg(long = "data", value_name = "STATE_DIR")]
	state: Option<PathBuf>,

	#[command(flatten)]
	connection: Connection,

	#[command(flatten)]
	signer: SignerArguments,
}

impl Worker {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		let Action::Run(run) = self.action;
		log_to_stderr(output);
		block_on(run.run(output))
	}
}

impl Run {
	async fn run(self, output: &Output) -> Result<Outcome, Failure> {
		// Whether there is a chain, and whose worker this is, is told before keys are read.
		let (client, signer) = begin(&self.connection, &self.signer, output).await?;
		let state = match self.state {
			Some(folder) => folder,
			None => state_folder()?.join(signer.account().to_string()),
		};
		let store = Store::open(&state)?;
		let mut holdings = Vec::new();
		for folder in &self.folders {
			let load = || Holding::load(folder, &mut output.steps());
			holdings.push(Arc::new(tokio::task::block_in_place(load)?));
		}
		let settings = Settings {
			url: self.connection.url,
			signer,
			holdings,
			limits: Limits { min_payout: self.min_payout, max_price: self.max_price },
			once: self.once,
		};
		let settled = worker::run(settings, client, store).await?;
		output.report(&Report { settled });
		Ok(Outcome::Done)
	}
}

/// The folder for state as the XDG Base Directory Specification has it.
fn state_folder() -> Result<PathBuf, Failure> {
	let folder = env::var_os("XDG_STATE_HOME")
		.map(PathBuf::from)
		.filter(|folder| folder.is_absolute())
		.or_else(|| env::home_dir().map(|home| home.join(".local").join("state")))
		.ok_or_else(|| {
			Failure::wrong_input(anyhow!("there is no home folder for the worker's state"))
				.hint("name a folder with --data")
		})?;
	Ok(folder.join("candor-worker"))
}

/// Logs go to the standard error: what the worker does, and warnings of the crates below.
fn log_to_stderr(output: &Output) {
	let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
		EnvFilter::new(if output.quiet { "error,candor=warn" } else { "error,candor=info" })
	});
	let log = tracing_subscriber::fmt()
		.with_env_filter(filter)
		.with_writer(io::stderr)
		.with_ansi(io::stderr().is_terminal());
	if output.json {
		log.json().flatten_event(true).init();
	} else {
		log.with_target(false).init();
	}
}

#[derive(Debug, Serialize)]
struct Report {
	settled: u32,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self.settled {
			1 => f.write_str("1 job settled"),
			settled => write!(f, "{settled} jobs settled"),
		}
	}
}
