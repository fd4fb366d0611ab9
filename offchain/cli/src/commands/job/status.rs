// SPDX-License-Identifier: Apache-2.0
//! `candor job status`

use super::common::transaction::{block_on, warn_of_stall, Connection};
use crate::output::Output;
use candor_client::{
	chain::{
		types::{Job, JobId, JobStatus, ModelId, NextAction, Tier, Version},
		Amount, Share, SYMBOL,
	},
	exit::{Error, Outcome},
};
use clap::Args;
use serde::Serialize;
use std::fmt;

const EXAMPLES: &str = "\
Examples:
  candor job status 7

Exit code 1 says that there is no such job, because it has ended or never was. How a job ended stands in the
events of its last block: see `candor chain watch --job`.";

/// Show where a job stands, in the last finalised block
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Status {
	/// Number of the job
	#[arg(value_name = "JOB")]
	job: JobId,

	#[command(flatten)]
	connection: Connection,
}

impl Status {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let Self { job, connection } = self;
		block_on(async {
			let client = connection.connect().await?;
			let best_block = warn_of_stall(&client, output).await?.best;
			let view = client.finalised().await?;
			let status = view.job_status(job).await?;
			let is_there = !matches!(status, JobStatus::NeverOpened | JobStatus::Ended);
			output.report(&Report {
				job,
				block: view.number(),
				best_block,
				status,
				next_action: view.next_action(job).await?,
				terms: view.job(job).await?.map(Terms::from),
			});
			Ok(if is_there { Outcome::Done } else { Outcome::Refused })
		})
	}
}

#[derive(Debug, Serialize)]
struct Report {
	job: JobId,
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
	model: ModelId,
	version: Version,
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

impl fmt::Display for Report {
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
