// SPDX-License-Identifier: Apache-2.0
//! `candor register` and `candor deprecate`

use super::{
	chain::{block_on, hash, TransactionArguments},
	files,
};
use crate::{
	chain::{
		api::runtime,
		calls::{self, Description, NewVersion, Provenance, SetupKind},
		types::{CircuitId, ModelReference},
		Amount, ChainError, Receipt, Share, SYMBOL,
	},
	exit::{Failure, OrFail, Outcome},
	output::Output,
};
use anyhow::anyhow;
use candor_compiler::{PublicModel, ARCHITECTURE_FILE};
use candor_prover::key_file::{circuit_identity, read_verifying_key, VERIFYING_KEY};
use clap::{Args, Subcommand};
use serde::Serialize;
use sp_crypto_hashing::blake2_256;
use std::{
	fmt,
	path::{Path, PathBuf},
};

const EXAMPLES: &str = "\
Examples:
  candor register circuit model/ --suri //Alice
  candor register model model/ --royalty 5% --suri //Alice
  candor register model retrained/ --model 0 --royalty 5% --suri //Alice
  candor register worker --bond 100 --key worker.key

Each holds a deposit on the signer's account for what it stores, and a worker its bond.";

/// Register circuits, models and workers
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Register {
	#[command(subcommand)]
	what: What,
}

#[derive(Debug, Subcommand)]
enum What {
	Circuit(RegisterCircuit),
	Model(RegisterModel),
	Worker(RegisterWorker),
}

impl Register {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		match self.what {
			What::Circuit(command) => block_on(command.run(output)),
			What::Model(command) => block_on(command.run(output)),
			What::Worker(command) => block_on(command.run(output)),
		}
	}
}

/// Register the verifying key of a folder
#[derive(Debug, Args)]
struct RegisterCircuit {
	/// Folder that `candor setup` has written keys into
	#[arg(value_name = "DIR")]
	folder: PathBuf,

	/// How the setup was run
	#[arg(long, value_enum, default_value = "development", requires_if("ceremony", "transcript"))]
	setup: SetupKind,

	/// Hash of the transcript of a ceremony
	#[arg(long, value_name = "HASH", value_parser = hash)]
	transcript: Option<[u8; 32]>,

	#[command(flatten)]
	transaction: TransactionArguments,
}

/// The circuit of a folder, by its verifying key.
fn circuit_of(folder: &Path) -> Result<(CircuitId, Vec<u8>), Failure> {
	let key = read_verifying_key(&folder.join(VERIFYING_KEY)).map_err(|error| {
		Failure::wrong_input(error).hint("run `candor setup` for this folder first")
	})?;
	Ok((CircuitId(circuit_identity(&key)), key.to_bytes()))
}

fn model_of(folder: &Path) -> Result<PublicModel, Failure> {
	PublicModel::load(folder)
		.map_err(|error| Failure::wrong_input(error).hint("run `candor compile` first"))
}

impl RegisterCircuit {
	async fn run(self, output: &Output) -> Result<Outcome, Failure> {
		let (circuit, key) = circuit_of(&self.folder)?;
		let schema = model_of(&self.folder)?.architecture.schema();
		let provenance = Provenance {
			source: blake2_256(&files::read(&self.folder.join(ARCHITECTURE_FILE))?),
			transcript: self.transcript.unwrap_or_default(),
			setup: self.setup,
		};
		let (client, signer) = self.transaction.begin(output).await?;
		if self.setup == SetupKind::Development && !client.is_for_development() {
			output.warn(
				"a development setup on a chain that is not for development: whoever ran it could \
				 have kept the means to prove anything",
			);
		}
		let call = calls::register_circuit(key, schema, provenance);
		let execution = self.transaction.execute(&client, &signer, &call, output).await?;
		let deposit = client.finalised().await?.circuit(circuit).await?.map(|found| found.deposit);
		execution.report(output, |_| {
			Ok(CircuitReport {
				circuit,
				setup: self.setup,
				source: files::prefixed_hex(&provenance.source),
				deposit,
			})
		})
	}
}

#[derive(Debug, Serialize)]
struct CircuitReport {
	circuit: CircuitId,
	setup: SetupKind,
	source: String,
	deposit: Option<Amount>,
}

impl fmt::Display for CircuitReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let kind = match self.setup {
			SetupKind::Development => "a development setup",
			SetupKind::Ceremony => "a ceremony",
		};
		writeln!(f, "circuit registered, with {kind}")?;
		write!(f, "  circuit         {}", self.circuit)?;
		deposit(f, self.deposit)
	}
}

fn deposit(f: &mut fmt::Formatter<'_>, deposit: Option<Amount>) -> fmt::Result {
	deposit.map_or(Ok(()), |deposit| write!(f, "\n  deposit         {deposit} {SYMBOL}"))
}

/// Register the model of a folder, or a new version of a model
#[derive(Debug, Args)]
struct RegisterModel {
	/// Folder that `candor compile` and `candor setup` have written
	#[arg(value_name = "DIR")]
	folder: PathBuf,

	/// Your share of each price
	#[arg(long, value_name = "PERCENT")]
	royalty: Share,

	/// Publish a further version of this model
	#[arg(long, value_name = "ID")]
	model: Option<u32>,

	/// Where a document describes the model
	#[arg(long, value_name = "URI", default_value = "", hide_default_value = true)]
	uri: String,

	/// Hash of that document
	#[arg(long, value_name = "HASH", value_parser = hash)]
	metadata_hash: Option<[u8; 32]>,

	#[command(flatten)]
	transaction: TransactionArguments,
}

impl RegisterModel {
	async fn run(self, output: &Output) -> Result<Outcome, Failure> {
		let (circuit, _) = circuit_of(&self.folder)?;
		let commitment = model_of(&self.folder)?.schema.commitment;
		let (client, signer) = self.transaction.begin(output).await?;
		let version = NewVersion {
			circuit,
			commitment,
			royalty: self.royalty,
			description: Description {
				hash: self.metadata_hash.unwrap_or_default(),
				uri: self.uri.clone(),
			},
		};
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
		let view = client.finalised().await?;
		let deposit = match view.model_of_commitment(circuit, &commitment).await? {
			Some((model, version)) => {
				view.model_version(model, version).await?.map(|found| found.deposit)
			}
			None => None,
		};
		execution.report(output, |receipt: &Receipt| {
			let published: runtime::models::events::VersionPublished =
				receipt.expect_event("Models.VersionPublished")?;
			Ok(ModelReport {
				model: published.model.0,
				version: published.version.0,
				circuit,
				commitment: commitment.to_string(),
				royalty: self.royalty,
				deposit,
			})
		})
	}
}

#[derive(Debug, Serialize)]
struct ModelReport {
	model: u32,
	version: u32,
	circuit: CircuitId,
	commitment: String,
	royalty: Share,
	deposit: Option<Amount>,
}

impl fmt::Display for ModelReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "model {}, version {} registered", self.model, self.version)?;
		writeln!(f, "  circuit         {}", self.circuit)?;
		writeln!(f, "  commitment      {}", self.commitment)?;
		write!(f, "  royalty         {}", self.royalty)?;
		deposit(f, self.deposit)
	}
}

/// Become a worker
#[derive(Debug, Args)]
struct RegisterWorker {
	/// What you stand to lose, held on your account
	#[arg(long, value_name = "AMOUNT")]
	bond: Amount,

	/// What others should know about you, such as an endpoint
	#[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
	metadata: String,

	#[command(flatten)]
	transaction: TransactionArguments,
}

impl RegisterWorker {
	async fn run(self, output: &Output) -> Result<Outcome, Failure> {
		let (client, signer) = self.transaction.begin(output).await?;
		let call = calls::register_worker(self.bond, self.metadata.clone());
		let execution = self.transaction.execute(&client, &signer, &call, output).await?;
		execution.report(output, |_| {
			Ok(WorkerReport { worker: signer.account().to_string(), bond: self.bond })
		})
	}
}

#[derive(Debug, Serialize)]
struct WorkerReport {
	worker: String,
	bond: Amount,
}

impl fmt::Display for WorkerReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "worker registered\n  worker          {}", self.worker)?;
		write!(f, "\n  bond            {} {SYMBOL}", self.bond)
	}
}

const DEPRECATE_EXAMPLES: &str = "\
Examples:
  candor deprecate 0:1 --suri //Alice

Open jobs run to their end. It cannot be undone: publish a new version instead.";

/// Let a version of a model take no new jobs
#[derive(Debug, Args)]
#[command(after_help = DEPRECATE_EXAMPLES)]
pub(super) struct Deprecate {
	/// Model and version
	#[arg(value_name = "MODEL:VERSION")]
	version: ModelReference,

	#[command(flatten)]
	transaction: TransactionArguments,
}

impl Deprecate {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		let version = self
			.version
			.version
			.ok_or_else(|| anyhow!("name the version, too: {}:VERSION", self.version.model))
			.or_wrong_input()?;
		let model = self.version.model;
		block_on(async {
			let (client, signer) = self.transaction.begin(output).await?;
			let call = calls::deprecate(model, version);
			let execution = self.transaction.execute(&client, &signer, &call, output).await?;
			execution.report(output, |_| Ok::<_, ChainError>(DeprecateReport { model, version }))
		})
	}
}

#[derive(Debug, Serialize)]
struct DeprecateReport {
	model: u32,
	version: u32,
}

impl fmt::Display for DeprecateReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "model {}, version {} takes no new jobs", self.model, self.version)
	}
}
