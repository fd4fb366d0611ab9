// SPDX-License-Identifier: Apache-2.0
//! `candor model`

use super::{
	circuit::circuit_of,
	common::transaction::{block_on, hash, write_deposit, TransactionArguments},
};
use crate::output::{as_seconds, Output, Seconds};
use anyhow::anyhow;
use candor_client::{
	answer::{Holding, Identity, Prover},
	chain::{
		api::runtime::models::events::{RoyaltyCollected, VersionPublished},
		calls::{self, Description, NewVersion},
		types::{CircuitId, ModelId, ModelReference, Version},
		Amount, Client, Receipt, Share, SYMBOL,
	},
	exit::{Error, OrFail, Outcome},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::{
	fmt,
	path::PathBuf,
	time::{Duration, Instant},
};

/// Register models, let versions of them take no new jobs, and have what they earned paid out
#[derive(Debug, Args)]
pub(super) struct Model {
	#[command(subcommand)]
	action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
	Register(Register),
	Deprecate(Deprecate),
	Collect(Collect),
}

impl Model {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		match self.action {
			Action::Register(command) => block_on(command.run(output)),
			Action::Deprecate(command) => command.run(output),
			Action::Collect(command) => command.run(output),
		}
	}
}

const REGISTER_EXAMPLES: &str = "\
Examples:
  candor model register model/ --royalty 5% --suri //Alice
  candor model register retrained/ --model 0 --royalty 5% --suri //Alice

The commitment is computed from weights and keys. That you know the model is shown by a run of it on a random
input, which is proved for your account alone; the chain learns nothing of the model but the output. A deposit
for what is stored, the circuit included, is held on the signer's account.

For an account that signs elsewhere, such as a multisig, `candor prove --owner` makes such a proof.";

/// Register the model of a folder, or a new version of a model
#[derive(Debug, Args)]
#[command(after_help = REGISTER_EXAMPLES)]
struct Register {
	/// Folder that `candor compile` and `candor setup` have written
	#[arg(value_name = "DIR")]
	folder: PathBuf,

	/// Circuit that computes it, where it was not registered as `candor circuit register DIR` does
	#[arg(long, value_name = "ID", value_parser = hash)]
	circuit: Option<[u8; 32]>,

	/// Your share of each price
	#[arg(long, value_name = "PERCENT")]
	royalty: Share,

	/// Publish a further version of this model
	#[arg(long, value_name = "ID")]
	model: Option<ModelId>,

	/// Where a document describes the model
	#[arg(long, value_name = "URI", default_value = "", hide_default_value = true)]
	uri: String,

	/// Hash of that document
	#[arg(long, value_name = "HASH", value_parser = hash)]
	metadata_hash: Option<[u8; 32]>,

	#[command(flatten)]
	transaction: TransactionArguments,
}

impl Register {
	async fn run(self, output: &Output) -> Result<Outcome, Error> {
		let circuit = match self.circuit {
			Some(circuit) => CircuitId(circuit),
			None => circuit_of(&self.folder)?,
		};
		let holding = Holding::load(&self.folder, &mut output.steps())?;
		let commitment = holding.commitment();
		let (client, signer) = self.transaction.begin(output).await?;
		self.check_circuit(&client, circuit, holding.identity()).await?;

		let begun = Instant::now();
		// The connection is served by other threads meanwhile.
		let possession = tokio::task::block_in_place(|| {
			let mut steps = output.steps();
			steps.step("proving that you know the model");
			holding.possess(client.genesis(), circuit, &signer.account(), &mut steps).or_refused()
		})?;
		let prove_time = begun.elapsed();
		let version = NewVersion {
			circuit,
			commitment,
			royalty: self.royalty,
			description: Description {
				hash: self.metadata_hash.unwrap_or_default(),
				uri: self.uri.clone(),
			},
			possession,
		};
		// While it was proven, the connection may have gone.
		let client = client.renewed().await?;
		client.best().await?.can_register(&signer.account(), version.clone()).await?;
		let execution = match self.model {
			None => {
				let call = calls::register_model(version);
				self.transaction.execute(&client, &signer, &call, output).await?
			}
			Some(model) => {
				let call = calls::publish_version(model, version);
				self.transaction.execute(&client, &signer, &call, output).await?
			}
		};
		let deposit = execution
			.afterwards(&client, output, "the deposit", async |view, receipt| {
				let Some(VersionPublished { model, version, .. }) = receipt.event()? else {
					return Ok(None);
				};
				let found = view.model_version(ModelId(model.0), Version(version.0)).await?;
				Ok(found.map(|found| found.deposit))
			})
			.await;
		execution.report(output, |receipt: &Receipt| {
			let published: VersionPublished = receipt.expect_event("Models.VersionPublished")?;
			Ok(RegisterReport {
				model: ModelId(published.model.0),
				version: Version(published.version.0),
				circuit,
				commitment: commitment.to_string(),
				royalty: self.royalty,
				deposit,
				prove_time,
			})
		})
	}

	/// Refuses before anything is proved what the chain could never verify.
	async fn check_circuit(
		&self,
		client: &Client,
		circuit: CircuitId,
		identity: &Identity,
	) -> Result<(), Error> {
		let facts = client.best().await?.circuit_facts(circuit).await?;
		let Some(difference) = identity.difference(facts.as_ref()) else { return Ok(()) };
		let error = anyhow!(
			"the circuit {circuit} is not that of the model in {}: {difference}",
			self.folder.display()
		);
		Err(match facts {
			None => Error::refused(error)
				.hint("run `candor circuit register` with the same folder first"),
			Some(_) => Error::wrong_input(error)
				.hint("name with --circuit the one that was registered with the folder's key"),
		})
	}
}

#[derive(Debug, Serialize)]
struct RegisterReport {
	model: ModelId,
	version: Version,
	circuit: CircuitId,
	commitment: String,
	royalty: Share,
	deposit: Option<Amount>,
	/// What it took to prove possession.
	#[serde(rename = "prove_seconds", serialize_with = "as_seconds")]
	prove_time: Duration,
}

impl fmt::Display for RegisterReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "model {}, version {} registered", self.model, self.version)?;
		writeln!(f, "  circuit         {}", self.circuit)?;
		writeln!(f, "  commitment      {}", self.commitment)?;
		writeln!(f, "  royalty         {}", self.royalty)?;
		write!(f, "  proved in       {}", Seconds(self.prove_time))?;
		write_deposit(f, self.deposit)
	}
}

const DEPRECATE_EXAMPLES: &str = "\
Examples:
  candor model deprecate 0:1 --suri //Alice

Open jobs run to their end. It cannot be undone: publish a new version instead.";

/// Let a version of a model take no new jobs
#[derive(Debug, Args)]
#[command(after_help = DEPRECATE_EXAMPLES)]
struct Deprecate {
	/// Model and version
	#[arg(value_name = "MODEL:VERSION")]
	version: ModelReference,

	#[command(flatten)]
	transaction: TransactionArguments,
}

/// The parts of a reference that has to name both.
fn model_and_version(named: ModelReference) -> Result<(ModelId, Version), Error> {
	let version = named
		.version
		.ok_or_else(|| anyhow!("name the version, too: {}:VERSION", named.model))
		.or_wrong_input()?;
	Ok((named.model, version))
}

impl Deprecate {
	fn run(self, output: &Output) -> Result<Outcome, Error> {
		let (model, version) = model_and_version(self.version)?;
		let call = calls::deprecate(model, version);
		self.transaction.run(&call, output, |_, _| Ok(DeprecateReport { model, version }))
	}
}

#[derive(Debug, Serialize)]
struct DeprecateReport {
	model: ModelId,
	version: Version,
}

impl fmt::Display for DeprecateReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "model {}, version {} takes no new jobs", self.model, self.version)
	}
}

const COLLECT_EXAMPLES: &str = "\
Examples:
  candor model collect 0:1 --suri //Alice

Royalties of settled jobs add up for each version until somebody has them paid. Anyone may send this and pays its
fee; it is the model's owner that is paid.";

/// Have the royalties of a version paid to the owner of its model
#[derive(Debug, Args)]
#[command(after_help = COLLECT_EXAMPLES)]
struct Collect {
	/// Model and version
	#[arg(value_name = "MODEL:VERSION")]
	version: ModelReference,

	#[command(flatten)]
	transaction: TransactionArguments,
}

impl Collect {
	fn run(self, output: &Output) -> Result<Outcome, Error> {
		let (model, version) = model_and_version(self.version)?;
		let call = calls::collect_royalty(model, version);
		self.transaction.run(&call, output, |_, receipt| {
			let collected: RoyaltyCollected = receipt.expect_event("Models.RoyaltyCollected")?;
			let owner = collected.owner.to_string();
			Ok(CollectReport { model, version, owner, amount: Amount(collected.amount) })
		})
	}
}

#[derive(Debug, Serialize)]
struct CollectReport {
	model: ModelId,
	version: Version,
	/// Who was paid.
	owner: String,
	amount: Amount,
}

impl fmt::Display for CollectReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Self { model, version, owner, amount } = self;
		write!(f, "{owner} was paid {amount} {SYMBOL} for model {model}, version {version}")
	}
}
