// SPDX-License-Identifier: Apache-2.0
//! `candor status` and `candor balance`

use super::chain::{account, block_on, warn_of_stall, Connection};
use crate::{
	chain::{
		types::{Job, JobStatus, NextAction, Reputation, Tier, Worker},
		Amount, Share, SYMBOL,
	},
	exit::{Failure, Outcome},
	output::Output,
};
use clap::Args;
use serde::Serialize;
use std::{collections::BTreeMap, fmt};
use subxt::utils::AccountId32;

const STATUS_EXAMPLES: &str = "\
Examples:
  candor status 7
  candor status --worker 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY

Exit code 1 says that there is no such job, because it has ended or never was, or no such worker. How a job
ended stands in the events of its last block: see `candor watch --job`.";

/// Show where a job or a worker stands, in the last finalised block
#[derive(Debug, Args)]
#[command(after_help = STATUS_EXAMPLES)]
pub(super) struct Status {
	/// Number of the job
	#[arg(value_name = "JOB", required_unless_present = "worker", conflicts_with = "worker")]
	job: Option<u64>,

	/// Account of the worker
	#[arg(long, value_name = "ACCOUNT", value_parser = account)]
	worker: Option<AccountId32>,

	#[command(flatten)]
	connection: Connection,
}

impl Status {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		block_on(async {
			let client = self.connection.connect().await?;
			let best_block = warn_of_stall(&client, output).await?.best;
			let view = client.finalised().await?;
			let mut found = true;
			if let Some(job) = self.job {
				let status = view.job_status(job).await?;
				found = !matches!(status, JobStatus::NeverOpened | JobStatus::Ended);
				output.report(&JobReport {
					job,
					block: view.number(),
					best_block,
					status,
					next_action: view.next_action(job).await?,
					terms: view.job(job).await?.map(Terms::from),
				});
			}
			if let Some(account) = self.worker {
				let worker = view.worker(&account).await?;
				found = worker.is_some();
				output.report(&WorkerReport {
					block: view.number(),
					best_block,
					registered: worker.is_some(),
					worker: worker.unwrap_or_default(),
					reputation: view.reputation(&account).await?,
					account: account.to_string(),
				});
			}
			Ok(if found { Outcome::Done } else { Outcome::Refused })
		})
	}
}

#[derive(Debug, Serialize)]
struct JobReport {
	job: u64,
	block: u32,
	best_block: u32,
	#[serde(flatten)]
	status: JobStatus,
	next_action: NextAction,
	#[serde(flatten)]
	terms: Option<Terms>,
}

/// What was agreed on when a job was opened.
#[derive(Debug, Serialize)]
struct Terms {
	requester: String,
	model: u32,
	version: u32,
	price: Amount,
	payout: Amount,
	deposit: Amount,
	tier: Tier,
	min_reputation: Share,
	attested: bool,
	proving_period: u32,
	deadline: u32,
	input_posted: bool,
}

impl From<Job> for Terms {
	fn from(job: Job) -> Self {
		Self {
			payout: job.payout(),
			requester: job.requester.to_string(),
			model: job.model,
			version: job.version,
			price: job.price,
			deposit: job.deposit,
			tier: job.tier,
			min_reputation: job.min_reputation,
			attested: job.attested,
			proving_period: job.proving_period,
			deadline: job.deadline,
			input_posted: job.input.is_some(),
		}
	}
}

impl fmt::Display for JobReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "at block {}, job {} {}", self.block, self.job, self.status)?;
		write!(f, "  what is next    {}", self.next_action)?;
		let Some(terms) = &self.terms else { return Ok(()) };
		writeln!(f, "\n  requester       {}", terms.requester)?;
		writeln!(f, "  model           {}:{}", terms.model, terms.version)?;
		writeln!(f, "  price           {} {SYMBOL}, payout {}", terms.price, terms.payout)?;
		writeln!(f, "  tier            {}", terms.tier)?;
		writeln!(f, "  reputation      at least {}", terms.min_reputation)?;
		writeln!(f, "  proving period  {} blocks", terms.proving_period)?;
		write!(f, "  deadline        block {}", terms.deadline)
	}
}

#[derive(Debug, Serialize)]
struct WorkerReport {
	account: String,
	block: u32,
	best_block: u32,
	registered: bool,
	#[serde(flatten)]
	worker: Worker,
	#[serde(flatten)]
	reputation: Reputation,
}

impl fmt::Display for WorkerReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let kind = if self.registered { "a worker" } else { "no worker" };
		writeln!(f, "at block {}, {} is {kind}", self.block, self.account)?;
		let Worker { bond, locked, open_jobs } = self.worker;
		writeln!(f, "  bond            {bond} {SYMBOL}, of which {locked} are locked")?;
		writeln!(f, "  open jobs       {open_jobs}")?;
		let Reputation { settled, failed, excused, earned, score } = self.reputation;
		writeln!(f, "  reputation      {score}")?;
		writeln!(f, "  jobs            {settled} settled, {failed} failed, {excused} excused")?;
		write!(f, "  earned          {earned} {SYMBOL}")
	}
}

const BALANCE_EXAMPLES: &str = "\
Examples:
  candor balance 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

/// Show what an account owns, in the last finalised block
#[derive(Debug, Args)]
#[command(after_help = BALANCE_EXAMPLES)]
pub(super) struct Balance {
	/// Account
	#[arg(value_name = "ACCOUNT", value_parser = account)]
	account: AccountId32,

	#[command(flatten)]
	connection: Connection,
}

impl Balance {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		block_on(async {
			let client = self.connection.connect().await?;
			let best_block = warn_of_stall(&client, output).await?.best;
			let view = client.finalised().await?;
			let balance = view.balance(&self.account).await?;
			output.report(&BalanceReport {
				account: self.account.to_string(),
				block: view.number(),
				best_block,
				free: balance.free,
				free_planck: balance.free.0.to_string(),
				held: balance.held.into_iter().collect(),
				total: balance.total,
				total_planck: balance.total.0.to_string(),
			});
			Ok(Outcome::Done)
		})
	}
}

#[derive(Debug, Serialize)]
struct BalanceReport {
	account: String,
	block: u32,
	best_block: u32,
	free: Amount,
	free_planck: String,
	held: BTreeMap<String, Amount>,
	total: Amount,
	total_planck: String,
}

impl fmt::Display for BalanceReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "at block {}, {} owns {} {SYMBOL}", self.block, self.account, self.total)?;
		write!(f, "  free            {}", self.free)?;
		for (reason, amount) in &self.held {
			write!(f, "\n  held            {amount} for {reason}")?;
		}
		Ok(())
	}
}
