// SPDX-License-Identifier: Apache-2.0
//! `candor open`

use super::{
	chain::{block_on, Execution, Reported, TransactionArguments},
	files,
	sample::{Input, Origin, SampleArguments},
};
use crate::output::{Output, Steps};
use anyhow::anyhow;
use candor_client::{
	chain::{
		api::runtime::jobs::events::{Opened, Refunded, Settled},
		calls::{self, NewJob},
		types::{ModelReference, NextAction, Quote},
		Amount, BlockEvents, ChainError, Client, Follower, Receipt, Share, Step, View, SYMBOL,
	},
	exit::{Failure, OrFail, Outcome},
};
use candor_compiler::{Answer, ModelSchema, SCHEMA_FILE};
use candor_statement::{commitment::commit_input, Fr};
use clap::Args;
use serde::Serialize;
use std::{
	fmt,
	ops::RangeInclusive,
	path::PathBuf,
	time::{Duration, Instant},
};

/// How long to wait for an answer unless somebody says otherwise. The deadline of a job ends the wait
/// before, except where blocks or their finality fail to come.
const ANSWER: Duration = Duration::from_secs(3600);

const EXAMPLES: &str = "\
Examples:
  candor open --model 0 --schema model/schema.json --input test.csv --sample 1 --price 1 --suri //Bob
  candor open --model 0:2 --schema schema.json --input sample.csv --price 0.5 --key me.key --wait

The price is held until a proof pays it out or the job ends without an answer, and so is a deposit for
what the job stores. The input is posted: everybody can read it.

With --wait, exit code 0 says that there is an answer, 1 that there is none: the job was refunded, or it has
lapsed, and `candor expire JOB` brings the price back. 3 says that the wait failed or took too long; job and
transaction are named all the same, and `candor status JOB` tells how it stands.";

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

	#[command(flatten)]
	sample: SampleArguments,

	/// Pay for an answer even where features lie outside of what the model was calibrated for
	#[arg(long)]
	allow_clipping: bool,

	/// What you pay for the answer
	#[arg(long, value_name = "AMOUNT")]
	price: Amount,

	/// Blocks that a worker has from its claim on
	#[arg(long, value_name = "BLOCKS", default_value_t = 50)]
	proving_period: u32,

	/// Blocks from now after which no answer counts; full blocks are not counted
	#[arg(long, value_name = "BLOCKS", default_value_t = 200)]
	deadline: u32,

	/// The least score of a worker. It counts paid jobs, which anybody can buy: no protection
	#[arg(long, value_name = "PERCENT", default_value = "0%")]
	min_reputation: Share,

	/// Demand that somebody whom the chain names vouches for the setup of the model's circuit
	#[arg(long)]
	attested: bool,

	/// Wait until the job ends, and print the answer; for an hour, unless --timeout says otherwise
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
		ModelSchema::load(&path).or_wrong_input()
	}

	/// The input, unless the model would answer for another one than that in the file.
	fn input(&self, schema: &ModelSchema, output: &Output) -> Result<Input, Failure> {
		let input = self.sample.read(schema)?;
		match input.origin.clipping() {
			Some(clipping) if !self.allow_clipping => {
				let refusal = Failure::refused(anyhow!("nothing was opened or paid: {clipping}"));
				return Err(refusal.hint(
					"check the scale and the order of the features, or accept it with --allow-clipping",
				));
			}
			Some(clipping) => output.warn(clipping),
			None => (),
		}
		input.origin.warn(output);
		output.steps().step(format_args!("taking {} of the samples", input.origin));
		Ok(input)
	}

	async fn open(self, output: &Output) -> Result<Outcome, Failure> {
		let schema = self.schema()?;
		let Input { bytes: input, origin } = self.input(&schema, output)?;
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
			attested: self.attested,
			proving_period: self.proving_period,
			deadline: best.number().saturating_add(self.deadline),
		};
		let call = calls::open(job);
		let execution = self.transaction.execute(&client, &signer, &call, output).await?;
		let deposit = execution
			.afterwards(&client, output, "the deposit", async |view, receipt| {
				let Some(opened) = receipt.event::<Opened>()? else { return Ok(None) };
				Ok(view.job(opened.job.0).await?.map(|job| job.deposit))
			})
			.await;
		let Execution::Final(receipt) = execution else {
			return execution.report(output, |_| Ok(String::new()));
		};
		let included = receipt.included();
		let opened: Opened = receipt
			.expect_event("Jobs.Opened")
			.map_err(|error| Failure::from(error).after(&included))?;
		let job = opened.job.0;
		let details = Report {
			job,
			model: self.model.model,
			version,
			price: self.price,
			deposit,
			quote,
			deadline: opened.deadline,
			sample: origin,
			ending: None,
		};
		let mut report = Reported { details, included };
		if !self.wait {
			output.report(&report);
			return Ok(Outcome::Done);
		}
		let patience = self.transaction.patience().unwrap_or(ANSWER);
		let wait = Wait { job, schema: &schema, until: Instant::now() + patience, patience };
		match wait.ending(&client, &receipt, output.steps()).await {
			Ok(ending @ Ending::Lapsed) => {
				report.details.ending = Some(ending);
				Err(Failure::refused(anyhow!("job {job} has ended without an answer"))
					.after(&report)
					.hint(format!(
						"`candor expire {job}` returns price and deposit; anyone may send it"
					)))
			}
			Ok(ending) => {
				let outcome = match ending {
					Ending::Settled { .. } => Outcome::Done,
					_ => Outcome::Refused,
				};
				report.details.ending = Some(ending);
				output.report(&report);
				Ok(outcome)
			}
			Err(failure) => Err(failure
				.context(format!("the wait for the answer to job {job} has failed"))
				.after(&report)
				.hint(format!(
					"the job is open all the same: `candor status {job}` tells how it stands, and \
					 `candor watch --job {job} --from {}` what happened to it",
					receipt.block_number
				))),
		}
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

/// A wait for the end of a job.
struct Wait<'a> {
	job: u64,
	schema: &'a ModelSchema,
	until: Instant,
	patience: Duration,
}

impl Wait<'_> {
	/// Follows finalised blocks until the job ends, or can only be expired.
	async fn ending(
		&self,
		client: &Client,
		opened: &Receipt,
		mut steps: Steps,
	) -> Result<Ending, Failure> {
		let job = self.job;
		let mut follower = Follower::new(client, Some(opened.block_number)).await?;
		let mut missed: Option<RangeInclusive<u32>> = None;
		let (mut next, mut stalled) = (None, false);
		loop {
			let step = follower.next().await?;
			let heights = match step {
				Step::Block(block) => {
					if let Some(ending) = self.ended_in(&block.events)? {
						return Ok(ending);
					}
					match block.view.next_action(job).await {
						Ok(NextAction::Expire) => return Ok(Ending::Lapsed),
						Ok(NextAction::Nothing) => return Err(self.ended_unseen(missed.as_ref())),
						Ok(action) if next != Some(action) => {
							next = Some(action);
							steps.step(format_args!(
								"waiting for the answer to job {job}: {action}"
							));
						}
						Ok(_) => {}
						// The next step connects anew or says what is missing.
						Err(error) if error.is_pruned() || error.is_lost() => {}
						Err(error) => return Err(error.into()),
					}
					None
				}
				Step::Missed(blocks) => {
					let first = *missed.as_ref().map_or(blocks.start(), RangeInclusive::start);
					missed = Some(first..=*blocks.end());
					None
				}
				Step::Wait(heights) => Some(heights),
			};
			if let Some(heights) = heights {
				if heights.finality_has_stalled() && !stalled {
					steps.step(format_args!("waiting for the answer to job {job}: {heights}"));
				}
				stalled = heights.finality_has_stalled();
			}
			if Instant::now() >= self.until {
				let seconds = self.patience.as_secs();
				let why = heights
					.filter(|heights| heights.finality_has_stalled())
					.map_or_else(String::new, |heights| format!(": {heights}"));
				return Err(Failure::failed(anyhow!("no end of it after {seconds} s{why}")));
			}
		}
	}

	/// How the job ended, if it did in the block with these events.
	fn ended_in(&self, events: &BlockEvents) -> Result<Option<Ending>, Failure> {
		for settled in events.find::<Settled>() {
			let settled = settled.map_err(ChainError::from)?;
			if settled.job.0 == self.job {
				let logits = self.schema.logits(&settled.output.0).or_failed()?;
				return Ok(Some(Ending::Settled {
					worker: settled.worker.to_string(),
					answer: self.schema.answer(&settled.output.0).or_failed()?,
					logits,
					output: files::prefixed_hex(&settled.output.0),
				}));
			}
		}
		for refunded in events.find::<Refunded>() {
			if refunded.map_err(ChainError::from)?.job.0 == self.job {
				return Ok(Some(Ending::Refunded));
			}
		}
		Ok(None)
	}

	/// The job has ended, and the block that says how could not be read.
	fn ended_unseen(&self, missed: Option<&RangeInclusive<u32>>) -> Failure {
		let blocks = missed.map_or_else(String::new, |blocks| {
			format!(
				", in one of the blocks {} to {}, whose states the node has pruned",
				blocks.start(),
				blocks.end()
			)
		});
		Failure::failed(anyhow!("it has ended{blocks}; an archive node can tell how"))
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
	sample: Origin,
	#[serde(flatten)]
	ending: Option<Ending>,
}

/// How a job ended.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
enum Ending {
	/// With an answer.
	Settled {
		worker: String,
		#[serde(flatten)]
		answer: Answer,
		logits: Vec<f64>,
		output: String,
	},
	/// Without one, and the price was returned.
	Refunded,
	/// Without one, and the price is held until somebody expires the job.
	Lapsed,
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
		writeln!(f, "  sample          {}", self.sample)?;
		write!(f, "  deadline        block {}", self.deadline)?;
		match &self.ending {
			None => Ok(()),
			Some(Ending::Refunded) => {
				write!(f, "\nended without an answer; the price was returned")
			}
			Some(Ending::Lapsed) => {
				write!(f, "\nno answer can come any more; the price is still held")
			}
			Some(Ending::Settled { worker, answer, logits, .. }) => {
				write!(f, "\nanswered by {worker}")?;
				write!(f, "\n  answer          {answer}")?;
				let logits: Vec<_> = logits.iter().map(|logit| format!("{logit:.4}")).collect();
				write!(f, "\n  logits          {}", logits.join(" "))
			}
		}
	}
}
