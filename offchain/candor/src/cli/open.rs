// SPDX-License-Identifier: Apache-2.0
//! `candor open`

use super::{
	chain::{block_on, Execution, Inclusion, Reported, TransactionArguments},
	files,
};
use crate::{
	chain::{
		api::runtime,
		calls::{self, NewJob},
		types::{ModelReference, Quote},
		Amount, ChainError, Client, Receipt, Share, View, SYMBOL,
	},
	exit::{Failure, OrFail, Outcome},
	output::Output,
};
use anyhow::{anyhow, Context};
use candor_circuits::{argmax, logits_from_bytes};
use candor_compiler::{
	samples::{self, Labels},
	ModelSchema, SCHEMA_FILE,
};
use candor_statement::{commitment::commit_input, Fr};
use clap::Args;
use serde::Serialize;
use std::{fmt, path::PathBuf};

const EXAMPLES: &str = "\
Examples:
  candor open --model 0 --schema model/schema.json --input test.csv --sample 1 --price 1 --suri //Bob
  candor open --model 0:2 --schema schema.json --input sample.csv --price 0.5 --key me.key --wait

The price is held until a proof pays it out or the job ends without an answer, and so is a deposit for
what the job stores. The input is posted: everybody can read it.";

/// Have a model run on an input, for a price
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Open {
	/// Model, or model and version; without a version the newest
	#[arg(long, value_name = "MODEL[:VERSION]")]
	model: ModelReference,

	/// The model's schema.json, or the folder that holds it
	#[arg(long, value_name = "FILE")]
	schema: PathBuf,

	/// Samples, one a line; a label at the end is ignored
	#[arg(long, value_name = "SAMPLE.csv")]
	input: PathBuf,

	/// Number of the sample, from 1 and without a header; needed where the file has several
	#[arg(long, value_name = "LINE", value_parser = clap::value_parser!(u64).range(1..))]
	sample: Option<u64>,

	/// What you pay for the answer
	#[arg(long, value_name = "AMOUNT")]
	price: Amount,

	/// Blocks that a worker has from its claim on
	#[arg(long, value_name = "BLOCKS", default_value_t = 50)]
	proving_period: u32,

	/// Blocks from now after which no answer counts
	#[arg(long, value_name = "BLOCKS", default_value_t = 200)]
	deadline: u32,

	/// The least reputation of a worker
	#[arg(long, value_name = "PERCENT", default_value = "0%")]
	min_reputation: Share,

	/// Wait until the job ends, and print the answer
	#[arg(long, conflicts_with = "no_wait")]
	wait: bool,

	#[command(flatten)]
	transaction: TransactionArguments,
}

impl Open {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		block_on(self.open(output))
	}

	fn schema(&self) -> Result<ModelSchema, Failure> {
		let path =
			if self.schema.is_dir() { self.schema.join(SCHEMA_FILE) } else { self.schema.clone() };
		serde_json::from_slice(&files::read(&path)?)
			.with_context(|| format!("{} is no schema of a model", path.display()))
			.or_wrong_input()
	}

	fn input(&self, schema: &ModelSchema) -> Result<Vec<u8>, Failure> {
		let features = match self.sample {
			None => samples::read_one(&self.input, schema.input_len).map_err(|error| {
				Failure::wrong_input(error).hint("choose one with --sample LINE")
			})?,
			Some(line) => {
				let samples = samples::read(&self.input, schema.input_len, Labels::Ignored)
					.or_wrong_input()?;
				let count = samples.len();
				usize::try_from(line - 1)
					.ok()
					.and_then(|index| samples.into_iter().nth(index))
					.ok_or_else(|| anyhow!("{} holds {count} samples", self.input.display()))
					.or_wrong_input()?
					.features
			}
		};
		schema.input_bytes(&features).or_wrong_input()
	}

	async fn open(self, output: &Output) -> Result<Outcome, Failure> {
		let schema = self.schema()?;
		let input = self.input(&schema)?;
		let (client, signer) = self.transaction.begin(output).await?;
		let best = client.best().await?;
		let version = self.version(&best, &schema).await?;
		let quote = best.quote(self.model.model, version, self.price).await?;
		let job = NewJob {
			model: self.model.model,
			version,
			input_commitment: commit_input(&input, Fr::from(0u64)),
			input,
			price: self.price,
			min_reputation: self.min_reputation,
			proving_period: self.proving_period,
			deadline: best.number().saturating_add(self.deadline),
		};
		let call = calls::open(job);
		let execution = self.transaction.execute(&client, &signer, &call, output).await?;
		let Execution::Final(receipt) = execution else {
			return execution.report(output, |_| Ok(String::new()));
		};
		let opened: runtime::jobs::events::Opened = receipt.expect_event("Jobs.Opened")?;
		let job = opened.job.0;
		let found = client.at(receipt.block_number).await?.job(job).await?;
		let mut report = Report {
			job,
			model: self.model.model,
			version,
			price: self.price,
			deposit: found.map(|job| job.deposit),
			quote,
			deadline: opened.deadline,
			ending: None,
		};
		if self.wait {
			let mut steps = output.steps();
			steps.step(format_args!("waiting for the answer to job {job}"));
			report.ending = Some(ending(&client, &receipt, job, &schema).await?);
		}
		let outcome = match &report.ending {
			Some(Ending::Refunded) => Outcome::Refused,
			_ => Outcome::Done,
		};
		output.report(&Reported { details: report, inclusion: Inclusion::from(&*receipt) });
		Ok(outcome)
	}

	/// The version to run, after a look whether it is the one that the schema describes.
	async fn version(&self, view: &View, schema: &ModelSchema) -> Result<u32, Failure> {
		let model = self.model.model;
		let no_model = || Failure::refused(anyhow!("there is no model {model}"));
		let version = match self.model.version {
			Some(version) => version,
			None => view.latest_version(model).await?.ok_or_else(no_model)?,
		};
		let found = view.model_version(model, version).await?.ok_or_else(|| {
			Failure::refused(anyhow!("there is no version {version} of model {model}"))
		})?;
		if found.commitment == schema.commitment {
			Ok(version)
		} else {
			Err(Failure::wrong_input(anyhow!(
				"the schema is that of the model {}, and version {version} of model {model} is {}",
				schema.commitment,
				found.commitment
			))
			.hint("the input would be read with the wrong scales: ask the owner for the schema"))
		}
	}
}

/// Waits until a job ends.
async fn ending(
	client: &Client,
	opened: &Receipt,
	job: u64,
	schema: &ModelSchema,
) -> Result<Ending, Failure> {
	let mut blocks = client.finalised_blocks(Some(opened.block_number)).await?;
	loop {
		let events = blocks.next().await?.events().await?;
		for settled in events.find::<runtime::jobs::events::Settled>() {
			let settled = settled.map_err(ChainError::from)?;
			if settled.job.0 == job {
				let logits = schema.logits(&settled.output.0).or_wrong_input()?;
				let integers = logits_from_bytes(&settled.output.0).unwrap_or_default();
				return Ok(Ending::Settled {
					worker: settled.worker.to_string(),
					class: argmax(&integers),
					logits,
					output: files::prefixed_hex(&settled.output.0),
				});
			}
		}
		for refunded in events.find::<runtime::jobs::events::Refunded>() {
			if refunded.map_err(ChainError::from)?.job.0 == job {
				return Ok(Ending::Refunded);
			}
		}
	}
}

/// A new job.
#[derive(Debug, Serialize)]
struct Report {
	job: u64,
	model: u32,
	version: u32,
	price: Amount,
	deposit: Option<Amount>,
	#[serde(flatten)]
	quote: Quote,
	deadline: u32,
	#[serde(flatten)]
	ending: Option<Ending>,
}

/// How a job ended.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
enum Ending {
	/// With an answer.
	Settled { worker: String, class: Option<usize>, logits: Vec<f64>, output: String },
	/// Without one.
	Refunded,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "job {} opened on model {}:{}", self.job, self.model, self.version)?;
		let Quote { payout, royalty, fee, bond } = self.quote;
		writeln!(f, "  price           {} {SYMBOL}", self.price)?;
		writeln!(f, "    for the worker {payout}, for the owner {royalty}, burnt {fee}")?;
		if let Some(deposit) = self.deposit {
			writeln!(f, "  deposit         {deposit} {SYMBOL}")?;
		}
		writeln!(f, "  a claim locks   {bond} {SYMBOL}")?;
		write!(f, "  deadline        block {}", self.deadline)?;
		match &self.ending {
			None => Ok(()),
			Some(Ending::Refunded) => {
				write!(f, "\nended without an answer; the price was returned")
			}
			Some(Ending::Settled { worker, class, logits, .. }) => {
				write!(f, "\nanswered by {worker}")?;
				if let Some(class) = class {
					write!(f, "\n  class           {class}")?;
				}
				let logits: Vec<_> = logits.iter().map(|logit| format!("{logit:.4}")).collect();
				write!(f, "\n  logits          {}", logits.join(" "))
			}
		}
	}
}
