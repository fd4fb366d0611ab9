// SPDX-License-Identifier: Apache-2.0
//! `candor job open`

mod batch;
mod terms;

use super::{
	common::{
		sample::{Input, Origin, SampleArguments, Samples},
		transaction::{account, block_on, Execution, Reported, TransactionArguments},
	},
	ending::{Ending, Wait},
};
use crate::output::Output;
use anyhow::anyhow;
use candor_client::{
	answer::commit_posted,
	chain::{
		api::runtime::jobs::events::Opened,
		calls::{self, PostedInput},
		types::{JobId, ModelReference, Price, Version},
		Amount, Share, View,
	},
	exit::{Error, OrFail, Outcome},
};
use candor_compiler::{
	ClippedFeatures, ModelSchema, PublicCommitment, COMMITMENT_FILE, SCHEMA_FILE,
};
use candor_statement::ModelCommitment;
use clap::Args;
use serde::Serialize;
use std::{
	fmt,
	path::{Path, PathBuf},
	time::{Duration, Instant},
};
use subxt::utils::AccountId32;
use terms::{SetupArguments, Terms};

/// How long to wait for an answer unless somebody says otherwise. The deadline of a job ends the wait
/// before, except where blocks or their finality fail to come.
const ANSWER: Duration = Duration::from_secs(3600);

const EXAMPLES: &str = "\
Examples:
  candor job open --model 0 --schema model/schema.json --input test.csv --sample 1 --price 1 --suri //Bob
  candor job open --model 0:2 --schema schema.json --input sample.csv --price 0.5 --key me.key --wait
  candor job open --model 0 --schema model/ --input test.csv --price 5 --max-price 10 --ramp 40 --suri //Bob
  candor job open --model 0 --schema model/ --input test.csv --price 1 --worker 5DAAnr… --suri //Bob
  candor job open --model 0 --schema model/ --input test.csv --samples 1-8,12 --price 1 --suri //Bob

With --samples, one transaction opens a job on each of them on the same terms, or none at all.

With --max-price, the price rises from --price until a worker claims the job: by as much in each of --ramp blocks,
full ones aside. The highest is held; what was not reached returns with the answer. Workers that compete claim early;
a single one that you name with --worker can wait for the highest.

The price is held until a proof pays it out or the job ends without an answer, and so is a deposit for
what the job stores. The input is posted: everybody can read it.

With --wait, exit code 0 says that there is an answer, 1 that there is none: the job was refunded, or it has
lapsed, and `candor job expire JOB` brings the price back. 3 says that the wait failed or took too long; job and
transaction are named all the same, and `candor job status JOB` tells how it stands.";

/// Have a model run on an input, for a price
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Open {
	/// Model, or model and version; without a version the newest
	#[arg(long, value_name = "MODEL[:VERSION]")]
	model: ModelReference,

	/// The model's schema.json, or the folder that holds it; with commitment.json beside it
	#[arg(long, value_name = "FILE")]
	schema: PathBuf,

	#[command(flatten)]
	sample: SampleArguments,

	/// Open a job on each of these samples, for the price each: numbers and ranges, as in 1-8,12
	#[arg(long, value_name = "NUMBERS", conflicts_with_all = ["sample", "wait"])]
	samples: Option<Samples>,

	/// Pay for an answer even where features lie outside of what the model was calibrated for
	#[arg(long)]
	allow_clipping: bool,

	/// What you pay for the answer; with --max-price, at the opening
	#[arg(long, value_name = "AMOUNT")]
	price: Amount,

	/// What the price rises to until somebody claims the job
	#[arg(long, value_name = "AMOUNT", requires = "ramp")]
	max_price: Option<Amount>,

	/// Blocks in which the price rises to --max-price; over before the last one in which a claim fits
	#[arg(long, value_name = "BLOCKS", requires = "max_price", value_parser = clap::value_parser!(u32).range(1..))]
	ramp: Option<u32>,

	/// Let this worker claim the job and no other; may be given several times
	#[arg(long = "worker", value_name = "ACCOUNT", value_parser = account)]
	workers: Vec<AccountId32>,

	/// Blocks that a worker has from its claim on
	#[arg(long, value_name = "BLOCKS", default_value_t = 50)]
	proving_period: u32,

	/// Blocks from now after which no answer counts; full blocks are not counted
	#[arg(long, value_name = "BLOCKS", default_value_t = 200)]
	deadline: u32,

	/// The least score of a worker: 50% for a coin of burnt fees that has not faded, 90% for nine
	#[arg(long, value_name = "PERCENT", default_value = "0%")]
	min_reputation: Share,

	#[command(flatten)]
	setup: SetupArguments,

	/// Wait until the job ends, and print the answer; for an hour, unless --timeout says otherwise
	#[arg(long, conflicts_with = "no_wait")]
	wait: bool,

	#[command(flatten)]
	transaction: TransactionArguments,
}

impl Open {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		match self.samples.clone() {
			Some(samples) => block_on(self.open_all(&samples, output)),
			None => block_on(self.open(output)),
		}
	}

	/// The schema, and the commitment of the model that it is of, where that lies beside it.
	fn schema(&self, output: &Output) -> Result<(ModelSchema, Option<ModelCommitment>), Error> {
		let is_folder = self.schema.is_dir();
		let path = if is_folder { self.schema.join(SCHEMA_FILE) } else { self.schema.clone() };
		let schema = ModelSchema::load(&path).or_wrong_input()?;
		let folder = path.parent().unwrap_or(Path::new(""));
		let committed = PublicCommitment::find(folder).or_wrong_input()?;
		if committed.is_none() {
			output.warn(format_args!(
				"there is no {COMMITMENT_FILE} beside the schema: nothing tells whether it is that of the \
				 model on chain"
			));
		}
		Ok((schema, committed.map(|found| found.commitment)))
	}

	/// The input, unless the model would answer for another one than that in the file.
	fn input(&self, schema: &ModelSchema, output: &Output) -> Result<Input, Error> {
		let input = self.sample.read(schema)?;
		if let Some(clipping) = self.accepted_clipping(&input.origin)? {
			output.warn(clipping);
		}
		input.origin.warn(output);
		output.steps().step(format_args!("taking {} of the samples", input.origin));
		Ok(input)
	}

	/// The features of a sample outside of what the model was calibrated for, where that is accepted.
	fn accepted_clipping<'a>(
		&self,
		origin: &'a Origin,
	) -> Result<Option<ClippedFeatures<'a>>, Error> {
		match origin.clipping() {
			Some(clipping) if !self.allow_clipping => {
				let refusal = Error::refused(anyhow!("nothing was opened or paid: {clipping}"));
				Err(refusal.hint(
					"check the scale and the order of the features, or accept it with --allow-clipping",
				))
			}
			clipping => Ok(clipping),
		}
	}

	fn price(&self) -> Result<Price, Error> {
		let (Some(to), Some(blocks)) = (self.max_price, self.ramp) else {
			return Ok(Price::Fixed(self.price));
		};
		if to <= self.price {
			return Err(Error::wrong_input(anyhow!(
				"the price rises from {} to {to}, which is no higher",
				self.price
			))
			.hint("give a --max-price above --price"));
		}
		Ok(Price::Rising { from: self.price, to, blocks })
	}

	/// Looks at the workers that are named: too many are refused, and those that are none are told.
	async fn check_workers(&self, view: &View, output: &Output) -> Result<(), Error> {
		if self.workers.is_empty() {
			return Ok(());
		}
		let most = view.most_named_workers()?;
		if usize::try_from(most).is_ok_and(|most| self.workers.len() > most) {
			return Err(Error::wrong_input(anyhow!("a job can name {most} workers at most")));
		}
		for worker in &self.workers {
			if view.worker(worker).await?.is_none() {
				output.warn(format_args!(
					"{worker} is no worker at present: it has to register before it can claim the job"
				));
			}
		}
		if self.workers.len() == 1 && self.max_price.is_some() {
			output
				.warn("a worker that alone may claim the job can wait until the price is highest");
		}
		Ok(())
	}

	async fn open(self, output: &Output) -> Result<Outcome, Error> {
		let price = self.price()?;
		let (schema, commitment) = self.schema(output)?;
		let Input { bytes: input, origin } = self.input(&schema, output)?;
		let (client, signer) = self.transaction.begin(output).await?;
		let best = client.best().await?;
		let mut terms = self.terms(&best, commitment, price, output).await?;
		let input = PostedInput { commitment: commit_posted(&input), bytes: input };
		let call = calls::open(self.offer(&terms, &best), input);
		let execution = self.transaction.execute(&client, &signer, &call, output).await?;
		terms.look_up_deposit(&execution, &client, output).await;
		let Execution::Final(receipt) = execution else {
			return execution.report(output, |_| Ok(String::new()));
		};
		let included = receipt.included();
		let opened: Opened = receipt
			.expect_event("Jobs.Opened")
			.map_err(|error| Error::from(error).after(&included))?;
		let job = JobId(opened.job.0);
		let details =
			Report { job, terms, deadline: opened.deadline, sample: origin, ending: None };
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
				Err(Error::refused(anyhow!("job {job} has ended without an answer"))
					.after(&report)
					.hint(format!(
						"`candor job expire {job}` returns price and deposit; anyone may send it"
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
			Err(error) => Err(error
				.context(format!("the wait for the answer to job {job} has failed"))
				.after(&report)
				.hint(format!(
					"the job is open all the same: `candor job status {job}` tells how it stands, and \
					 `candor chain watch --job {job} --from {}` what happened to it",
					receipt.block_number
				))),
		}
	}

	/// The version to run, after a look whether it is the one that the schema describes, as far as that
	/// is known.
	async fn version(
		&self,
		view: &View,
		commitment: Option<ModelCommitment>,
	) -> Result<Version, Error> {
		let model = self.model.model;
		let no_model = || Error::refused(anyhow!("there is no model {model}"));
		let version = match self.model.version {
			Some(version) => version,
			None => view.latest_version(model).await?.ok_or_else(no_model)?,
		};
		let found = view.model_version(model, version).await?.ok_or_else(|| {
			Error::refused(anyhow!("there is no version {version} of model {model}"))
		})?;
		match commitment {
			Some(commitment) if commitment != found.commitment => Err(Error::wrong_input(anyhow!(
				"the schema is that of the model {commitment}, and version {version} of model {model} is {}",
				found.commitment
			))
			.hint("the input would be read with the wrong scales: ask the owner for the schema")),
			_ => Ok(version),
		}
	}
}

/// A new job.
#[derive(Debug, Serialize)]
struct Report {
	job: JobId,
	#[serde(flatten)]
	terms: Terms,
	deadline: u32,
	sample: Origin,
	#[serde(flatten)]
	ending: Option<Ending>,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Terms { model, version, .. } = self.terms;
		writeln!(f, "job {} opened on model {model}:{version}", self.job)?;
		self.terms.lines(f, "")?;
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
