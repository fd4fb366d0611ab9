// SPDX-License-Identifier: Apache-2.0
//! `candor circuit register`

use crate::commands::common::{
	files,
	groth16::read_key,
	transaction::{hash, write_deposit, TransactionArguments},
};
use crate::output::Output;
use anyhow::anyhow;
use candor_client::{
	answer::{
		committed::scheme,
		registration::{usual_provenance, usual_source},
	},
	chain::{
		api::runtime::circuits::events::Registered,
		calls::{self, Provenance, SetupKind},
		types::CircuitId,
		Amount,
	},
	exit::{Error, Outcome},
};
use candor_compiler::ARCHITECTURE_FILE;
use candor_groth16::VerifyingKey;
use candor_statement::StatementSchema;
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::{fmt, path::PathBuf};

const EXAMPLES: &str = "\
Examples:
  candor circuit register model/ --suri //Alice
  candor circuit register verification_key.json --input-len 4 --output-len 4 \\
      --source $(b2sum -l 256 circuit.circom | cut -c-64) --suri //Alice

The second is a circuit made elsewhere, with circom and snarkjs; docs/node.md says what it has to state. Proof
system and statement follow from the key: Groth16, or staged Groth16 where the key has a model block. A deposit
for what is stored is held on the signer's account.";

/// Register a verifying key, Candor's own or one of snarkjs
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Register {
	/// Folder that `candor setup` has written keys into, or a key: verifying.key, or snarkjs'
	/// verification_key.json
	#[arg(value_name = "DIR|KEY")]
	path: PathBuf,

	/// Bytes of an input; for a key without a compiled model beside it
	#[arg(long, value_name = "BYTES", requires = "output_len")]
	input_len: Option<u32>,

	/// Bytes of an output; the key has 3 public inputs and one for each 31 bytes of output, with a model
	/// block one less
	#[arg(long, value_name = "BYTES", requires = "input_len")]
	output_len: Option<u32>,

	/// Hash of the circuit's source, blake2b-256 by custom; default: of the folder's
	/// architecture.json, or none
	#[arg(long, value_name = "HASH", value_parser = hash)]
	source: Option<[u8; 32]>,

	/// How the setup was run, as you declare it; nobody checks that. Default: a ceremony where the folder
	/// holds the transcript of one, development elsewhere
	#[arg(long, value_enum)]
	setup: Option<Setup>,

	/// Hash of the transcript of a ceremony; default: of the folder's ceremony.transcript or
	/// zkey.transcript
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

impl Register {
	pub(super) async fn run(self, output: &Output) -> Result<Outcome, Error> {
		let key = read_key(&self.path)?;
		key.check_registration()?;
		let (declared, transcript) = self.setup(&key.value)?;
		let schema = self.schema(&key.value)?;
		key.check_schema(&schema)?;
		let provenance = Provenance { source: self.source(output)?, transcript, declared };
		let circuit = CircuitId::of(&key.value.to_bytes(), &schema, &provenance);
		let (client, signer) = self.transaction.begin(output).await?;
		if provenance.declared == SetupKind::Development && !client.is_for_development() {
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
			Ok(Report {
				circuit: CircuitId(registered.circuit.0 .0),
				declared: provenance.declared,
				source: files::prefixed_hex(&provenance.source),
				transcript: (provenance.transcript != [0; 32])
					.then(|| files::prefixed_hex(&provenance.transcript)),
				deposit,
			})
		})
	}

	/// Whether there is a compiled model beside the key.
	fn has_model(&self) -> bool {
		self.path.join(ARCHITECTURE_FILE).is_file()
	}

	/// What the key proves: the compiled model's statement, or what the arguments say.
	fn schema(&self, key: &VerifyingKey) -> Result<StatementSchema, Error> {
		let scheme = scheme(key)?;
		let told = self.input_len.zip(self.output_len).map(|(input_len, output_len)| match scheme
			.has_model_block()
		{
			false => StatementSchema::InferenceV1 { input_len, output_len },
			true => StatementSchema::InferenceV2 { input_len, output_len },
		});
		if !self.has_model() {
			return told.ok_or_else(|| {
				Error::wrong_input(anyhow!(
					"{} says nothing about the lengths of inputs and outputs",
					self.path.display()
				))
				.hint("give --input-len and --output-len, in bytes")
			});
		}
		let known = scheme.schema(&files::load_public_model(&self.path)?.architecture);
		match told {
			Some(told) if told != known => Err(Error::wrong_input(anyhow!(
				"{} holds a model with other lengths than --input-len and --output-len",
				self.path.display()
			))
			.hint("leave them out: the model's are known")),
			_ => Ok(known),
		}
	}

	/// How the setup was run, and the hash of its transcript: as the arguments say, or the folder.
	fn setup(&self, key: &VerifyingKey) -> Result<(SetupKind, [u8; 32]), Error> {
		let held = match self.has_model() {
			true => Some(usual_provenance(&self.path, key)?)
				.filter(|usual| usual.declared == SetupKind::Ceremony)
				.map(|usual| usual.transcript),
			false => None,
		};
		let usual = if held.is_some() { SetupKind::Ceremony } else { SetupKind::Development };
		let declared = self.setup.map_or(usual, SetupKind::from);
		let transcript = match (declared, self.transcript, held) {
			(SetupKind::Development, told, _) => told.unwrap_or_default(),
			(SetupKind::Ceremony, Some(told), Some(held)) if told != held => {
				return Err(Error::wrong_input(anyhow!(
					"the keys come from the ceremony {}, and --transcript names another one",
					files::prefixed_hex(&held)
				))
				.hint("leave it out: the folder's transcript is taken"));
			}
			(SetupKind::Ceremony, told, held) => told.or(held).ok_or_else(|| {
				Error::wrong_input(anyhow!(
					"--setup ceremony needs --transcript <HASH> where there is no transcript beside the key"
				))
				.hint(
					"`candor ceremony finalise` prints that hash, and `candor ceremony verify`; for keys \
					 of snarkjs, `candor setup import`",
				)
			})?,
		};
		Ok((declared, transcript))
	}

	/// Hash of the circuit's source.
	fn source(&self, output: &Output) -> Result<[u8; 32], Error> {
		match self.source {
			Some(source) => Ok(source),
			None if self.has_model() => usual_source(&self.path),
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
struct Report {
	circuit: CircuitId,
	declared: SetupKind,
	source: String,
	transcript: Option<String>,
	deposit: Option<Amount>,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let kind = match self.declared {
			SetupKind::Development => "a development setup",
			SetupKind::Ceremony => "a ceremony",
		};
		writeln!(f, "circuit registered, with {kind}")?;
		write!(f, "  circuit         {}", self.circuit)?;
		if let Some(transcript) = &self.transcript {
			write!(f, "\n  transcript      {transcript}")?;
		}
		write_deposit(f, self.deposit)
	}
}
