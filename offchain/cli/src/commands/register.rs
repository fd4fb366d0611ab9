// SPDX-License-Identifier: Apache-2.0
//! `candor register` and `candor deprecate`

use super::{
	chain::{block_on, hash, TransactionArguments},
	files,
	groth16::read_key,
};
use crate::output::Output;
use anyhow::anyhow;
use candor_client::{
	answer::registration::{usual_circuit, usual_provenance},
	chain::{
		api::runtime::{circuits::events::Registered, models::events::VersionPublished},
		calls::{self, Description, NewVersion, Provenance, SetupKind},
		types::{CircuitId, ModelReference},
		Amount, ChainError, Receipt, Share, SYMBOL,
	},
	exit::{Failure, OrFail, Outcome},
};
use candor_compiler::{PublicModel, ARCHITECTURE_FILE};
use candor_prover::key_file::{read_verifying_key, VERIFYING_KEY};
use candor_statement::StatementSchema;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
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

const CIRCUIT_EXAMPLES: &str = "\
Examples:
  candor circuit register model/ --suri //Alice
  candor circuit register verification_key.json --input-len 4 --output-len 4 \\
      --source $(b2sum -l 256 circuit.circom | cut -c-64) --suri //Alice

The second is a circuit made elsewhere, with circom and snarkjs; docs/node.md says what it has to state.";

/// Register circuits, those made elsewhere among them
#[derive(Debug, Args)]
#[command(after_help = CIRCUIT_EXAMPLES)]
pub(super) struct Circuit {
	#[command(subcommand)]
	what: CircuitAction,
}

#[derive(Debug, Subcommand)]
enum CircuitAction {
	Register(RegisterCircuit),
}

impl Circuit {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		match self.what {
			CircuitAction::Register(command) => block_on(command.run(output)),
		}
	}
}

/// Register a verifying key, Candor's own or one of snarkjs
#[derive(Debug, Args)]
struct RegisterCircuit {
	/// Folder that `candor setup` has written keys into, or a key: verifying.key, or snarkjs'
	/// verification_key.json
	#[arg(value_name = "DIR|KEY")]
	path: PathBuf,

	/// Bytes of an input; for a key without a compiled model beside it
	#[arg(long, value_name = "BYTES", requires = "output_len")]
	input_len: Option<u32>,

	/// Bytes of an output; the key has 3 public inputs and one for each 31 bytes of output
	#[arg(long, value_name = "BYTES", requires = "input_len")]
	output_len: Option<u32>,

	/// Hash of the circuit's source, blake2b-256 by custom; default: of the folder's
	/// architecture.json, or none
	#[arg(long, value_name = "HASH", value_parser = hash)]
	source: Option<[u8; 32]>,

	/// How the setup was run, as you declare it; nobody checks that
	#[arg(long, value_enum, default_value = "development", requires_if("ceremony", "transcript"))]
	setup: Setup,

	/// Hash of the transcript of a ceremony
	#[arg(long, value_name = "HASH", value_parser = hash)]
	transcript: Option<[u8; 32]>,

	#[command(flatten)]
	transaction: TransactionArguments,
}

/// How a setup was run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Setup {
	/// By one party, who may have kept the means to prove anything
	Development,
	/// By several parties, of whom one honest suffices
	Ceremony,
}

impl From<Setup> for SetupKind {
	fn from(setup: Setup) -> Self {
		match setup {
			Setup::Development => Self::Development,
			Setup::Ceremony => Self::Ceremony,
		}
	}
}

/// The circuit of a folder, as `candor register circuit DIR` registers it.
fn circuit_of(folder: &Path) -> Result<CircuitId, Failure> {
	let key = read_verifying_key(&folder.join(VERIFYING_KEY)).map_err(|error| {
		Failure::wrong_input(error).hint("run `candor setup` for this folder first")
	})?;
	let schema = model_of(folder)?.architecture.schema();
	usual_circuit(folder, &key, &schema).or_wrong_input()
}

fn model_of(folder: &Path) -> Result<PublicModel, Failure> {
	PublicModel::load(folder)
		.map_err(|error| Failure::wrong_input(error).hint("run `candor compile` first"))
}

impl RegisterCircuit {
	async fn run(self, output: &Output) -> Result<Outcome, Failure> {
		let key = read_key(&self.path)?;
		key.check_registration()?;
		let schema = self.schema()?;
		key.check_schema(&schema)?;
		let provenance = Provenance {
			source: self.source(output)?,
			transcript: self.transcript.unwrap_or_default(),
			declared: self.setup.into(),
		};
		let circuit = CircuitId::of(&key.value.to_bytes(), &schema, &provenance);
		let (client, signer) = self.transaction.begin(output).await?;
		if self.setup == Setup::Development && !client.is_for_development() {
			output.warn(
				"a development setup on a chain that is not for development: whoever ran it could \
				 have kept the means to prove anything",
			);
		}
		let call = calls::register_circuit(key.value.to_bytes(), schema, provenance);
		let execution = self.transaction.execute(&client, &signer, &call, output).await?;
		let deposit = execution
			.afterwards(&client, output, "the deposit", async |view, _| {
				Ok(view.circuit(circuit).await?.map(|found| found.deposit))
			})
			.await;
		execution.report(output, |receipt| {
			let registered: Registered = receipt.expect_event("Circuits.Registered")?;
			Ok(CircuitReport {
				circuit: CircuitId(registered.circuit.0 .0),
				declared: provenance.declared,
				source: files::prefixed_hex(&provenance.source),
				deposit,
			})
		})
	}

	/// Whether there is a compiled model beside the key.
	fn has_model(&self) -> bool {
		self.path.join(ARCHITECTURE_FILE).is_file()
	}

	/// What the key proves: the compiled model's statement, or what the arguments say.
	fn schema(&self) -> Result<StatementSchema, Failure> {
		let told = self
			.input_len
			.zip(self.output_len)
			.map(|(input_len, output_len)| StatementSchema::InferenceV1 { input_len, output_len });
		if !self.has_model() {
			return told.ok_or_else(|| {
				Failure::wrong_input(anyhow!(
					"{} says nothing about the lengths of inputs and outputs",
					self.path.display()
				))
				.hint("give --input-len and --output-len, in bytes")
			});
		}
		let known = model_of(&self.path)?.architecture.schema();
		match told {
			Some(told) if told != known => Err(Failure::wrong_input(anyhow!(
				"{} holds a model with other lengths than --input-len and --output-len",
				self.path.display()
			))
			.hint("leave them out: the model's are known")),
			_ => Ok(known),
		}
	}

	/// Hash of the circuit's source.
	fn source(&self, output: &Output) -> Result<[u8; 32], Failure> {
		match self.source {
			Some(source) => Ok(source),
			None if self.has_model() => Ok(usual_provenance(&self.path).or_wrong_input()?.source),
			None => {
				output.warn(
					"no --source is named: nobody will be able to tell what this circuit proves",
				);
				Ok([0; 32])
			}
		}
	}
}

#[derive(Debug, Serialize)]
struct CircuitReport {
	circuit: CircuitId,
	declared: SetupKind,
	source: String,
	deposit: Option<Amount>,
}

impl fmt::Display for CircuitReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let kind = match self.declared {
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

	/// Circuit that computes it, where it was not registered as `candor register circuit DIR` does
	#[arg(long, value_name = "ID", value_parser = hash)]
	circuit: Option<[u8; 32]>,

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
		let circuit = match self.circuit {
			Some(circuit) => CircuitId(circuit),
			None => circuit_of(&self.folder)?,
		};
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
		let deposit = execution
			.afterwards(&client, output, "the deposit", async |view, receipt| {
				let Some(VersionPublished { model, version, .. }) = receipt.event()? else {
					return Ok(None);
				};
				let found = view.model_version(model.0, version.0).await?;
				Ok(found.map(|found| found.deposit))
			})
			.await;
		execution.report(output, |receipt: &Receipt| {
			let published: VersionPublished = receipt.expect_event("Models.VersionPublished")?;
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
