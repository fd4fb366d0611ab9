// SPDX-License-Identifier: Apache-2.0
//! `candor worker run`

use super::common::transaction::{
	account, block_on, warn_of_known_secret, Connection, SignerArguments,
};
use crate::output::Output;
use anyhow::anyhow;
use candor_client::answer::{Holding, Prover};
use candor_client::{
	chain::{types::ModelId, Amount},
	exit::{Error, Outcome},
	state,
};
use candor_worker::{
	roster::Named,
	selection::Limits,
	store::{Store, Unusable},
	Settings,
};
use clap::Args;
use serde::Serialize;
use std::{
	fmt,
	io::{self, IsTerminal},
	path::{Path, PathBuf},
	sync::Arc,
};
use subxt::utils::AccountId32;
use tracing_subscriber::EnvFilter;

const EXAMPLES: &str = "\
Examples:
  candor worker run --dir model/ --key worker.key
  candor worker run --dir digits/ --dir iris/ --model 0,3 --key worker.key --min-payout 0.2 --max-price 10
  candor worker run --dir model/ --suri //Charlie --once 1

Anybody can register a copy of a model under an id of their own and take its royalty. --model and --owner
say whose registration is served. Without them the worker serves a model that is registered once, and
refuses to begin where there are several to choose from.

It may be stopped at any time: what it has claimed it finds again on the chain, and what it has proven
in its state folder. SIGINT or SIGTERM stop it after the job in hand, twice at once. RUST_LOG=candor=debug
tells more.";

/// Claim jobs on the models of some folders, prove and submit
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Run {
	/// Folder of a model, with weights and keys; may be given several times
	#[arg(long = "dir", value_name = "DIR", required = true)]
	folders: Vec<PathBuf>,

	/// Serve models with these ids; with --owner, these and those
	#[arg(long = "model", value_name = "ID", value_delimiter = ',')]
	models: Vec<ModelId>,

	/// Serve models of this account; may be given several times
	#[arg(long = "owner", value_name = "ACCOUNT", value_parser = account)]
	owners: Vec<AccountId32>,

	/// End after so many settled jobs
	#[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
	once: Option<u32>,

	/// Leave jobs alone that pay less; where a price rises, until it is enough
	#[arg(long, value_name = "AMOUNT")]
	min_payout: Option<Amount>,

	/// Leave jobs alone whose price, and so the bond at risk, is higher; where a price rises, it is that of
	/// the block after the one in which the claim is sent
	#[arg(long, value_name = "AMOUNT")]
	max_price: Option<Amount>,

	/// Offer no more than this as a tip for a transaction that others crowd out; without it, up to half
	/// of what would be lost, a part of which has to be free before a job is claimed
	#[arg(long, value_name = "AMOUNT")]
	max_tip: Option<Amount>,

	/// Folder for proofs that have not been submitted; without it, one in your home folder for each
	/// account
	#[arg(long = "data", value_name = "STATE_DIR")]
	state: Option<PathBuf>,

	#[command(flatten)]
	connection: Connection,

	#[command(flatten)]
	signer: SignerArguments,
}

impl Run {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		log_to_stderr(output);
		block_on(self.work(output))
	}

	async fn work(self, output: &Output) -> Result<Outcome, Error> {
		// Whether there is a chain, and whose worker this is, is told before keys are read.
		let signer = self.signer.signer()?;
		let client = candor_worker::connect(&self.connection.url).await?;
		warn_of_known_secret(&client, &signer, output);
		let state = match self.state {
			Some(folder) => folder,
			None => state_folder()?.join(signer.account().to_string()),
		};
		let (store, unwritable) = match Store::open(&state) {
			Ok(store) => (store, None),
			Err(Unusable::Unwritable(error)) => (Store::in_memory(), Some(error)),
			Err(taken) => return Err(taken.into()),
		};
		let load = |folder: &Path| {
			let load = || Holding::load(folder, &mut output.steps());
			Ok(Arc::new(tokio::task::block_in_place(load)?) as Arc<dyn Prover>)
		};
		let Loaded { models: holdings, unloaded } = Loaded::from(&self.folders, load)?;
		let settings = Settings {
			url: self.connection.url,
			signer,
			holdings,
			named: Named { models: self.models.into_iter().collect(), owners: self.owners },
			limits: Limits {
				min_payout: self.min_payout,
				max_price: self.max_price,
				max_tip: self.max_tip,
			},
			once: self.once,
			unwritable,
			unloaded,
		};
		let settled = candor_worker::run(settings, client, store).await?;
		output.report(&Report { settled });
		Ok(Outcome::Done)
	}
}

/// What could be loaded of the folders.
#[derive(Debug)]
struct Loaded<M> {
	models: Vec<M>,
	/// Why the others could not. Only with a claim open does the worker go on without them, which the
	/// chain has to be asked about first.
	unloaded: Vec<Error>,
}

impl<M> Loaded<M> {
	/// Loads what can be loaded.
	///
	/// # Errors
	///
	/// When that is nothing, why the first could not.
	fn from(
		folders: &[PathBuf],
		mut load: impl FnMut(&Path) -> Result<M, Error>,
	) -> Result<Self, Error> {
		let (mut models, mut unloaded) = (Vec::new(), Vec::new());
		for folder in folders {
			match load(folder) {
				Ok(model) => models.push(model),
				Err(error) => unloaded.push(
					error.context(format!("the model in {} cannot be loaded", folder.display())),
				),
			}
		}
		if models.is_empty() && !unloaded.is_empty() {
			return Err(unloaded.swap_remove(0));
		}
		Ok(Self { models, unloaded })
	}
}

/// The folder for the state of all workers.
fn state_folder() -> Result<PathBuf, Error> {
	let folder = state::folder().ok_or_else(|| {
		Error::wrong_input(anyhow!("there is no home folder for the worker's state"))
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

#[cfg(test)]
mod tests {
	use super::*;

	/// Folders of which only those can be loaded whose names say so.
	fn load(folders: &[&str]) -> Result<Loaded<PathBuf>, Error> {
		let folders: Vec<PathBuf> = folders.iter().map(PathBuf::from).collect();
		Loaded::from(&folders, |folder| match folder.starts_with("good") {
			true => Ok(folder.to_owned()),
			false => Err(Error::wrong_input(anyhow!("model.json: no such file")).hint("compile")),
		})
	}

	#[test]
	fn a_folder_that_cannot_be_loaded_leaves_the_others() {
		let Loaded { models, unloaded } =
			load(&["bad/first", "good/one", "bad/second", "good/two"]).unwrap();
		assert_eq!(models, [PathBuf::from("good/one"), PathBuf::from("good/two")]);
		let messages: Vec<String> = unloaded.iter().map(Error::message).collect();
		assert_eq!(
			messages,
			["the model in bad/first cannot be loaded", "the model in bad/second cannot be loaded"]
		);
		assert_eq!(unloaded[0].causes(), ["model.json: no such file"]);
		assert_eq!(unloaded[0].what_to_do(), Some("compile"));
	}

	#[test]
	fn without_any_model_there_is_nothing_to_go_on_with() {
		let error = load(&["bad/first", "bad/second"]).unwrap_err();
		assert_eq!(error.message(), "the model in bad/first cannot be loaded");
		assert_eq!(error.kind(), candor_client::exit::ErrorKind::WrongInput);
	}
}
