// SPDX-License-Identifier: Apache-2.0
//! `candor job status`

use super::common::transaction::{block_on, warn_of_stall, Connection};
use crate::output::Output;
use candor_client::{
	chain::{
		types::{Job, JobId, JobStatus, ModelId, NextAction, Price, SetupDemand, Tier, Version},
		Amount, Share, Standstill, SYMBOL,
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
			let found = view.job(job).await?;
			let price_now = match &found {
				Some(found) if found.price.rises() => {
					view.price_at(job, view.number().saturating_add(1)).await?
				}
				_ => None,
			};
			let terms = match found {
				Some(job) => {
					let standstill = client.standstill_at(&view, [job.circuit]).await?;
					Some(Terms::new(job, &standstill))
				}
				None => None,
			};
			let is_there = !matches!(status, JobStatus::NeverOpened | JobStatus::Ended);
			output.report(&Report {
				job,
				block: view.number(),
				best_block,
				status,
				next_action: view.next_action(job).await?,
				price_now,
				terms,
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
	/// What a claim in the next block would fix, where the price rises.
	#[serde(skip_serializing_if = "Option::is_none")]
	price_now: Option<Amount>,
	#[serde(flatten)]
	terms: Option<Terms>,
}

/// What was agreed on when a job was opened.
#[derive(Debug, Serialize)]
struct Terms {
	requester: String,
	model: ModelId,
	version: Version,
	price: Price,
	/// What the claim has fixed, if there is one.
	#[serde(skip_serializing_if = "Option::is_none")]
	agreed_price: Option<Amount>,
	/// Of the price that the claim has fixed, or else of the least.
	payout: Amount,
	/// The only accounts that may claim it, where it names any.
	#[serde(skip_serializing_if = "Option::is_none")]
	workers: Option<Vec<String>>,
	/// What workers that let their time pass have left for whoever answers.
	bounty: Amount,
	deposit: Amount,
	tier: Tier,
	min_reputation: Share,
	setup: SetupDemand,
	proving_period: u32,
	/// The last block in which an answer counts, if every block from now on does.
	deadline: u32,
	/// The blocks among those since the opening that did not count, by which that is later than agreed.
	deadline_moved_by: u32,
	input_posted: bool,
}

impl Terms {
	fn new(job: Job, standstill: &Standstill) -> Self {
		Self {
			deadline: standstill.deadline(&job),
			deadline_moved_by: standstill.moved(&job),
			payout: job.payout(job.agreed_price()),
			agreed_price: job.claim.as_ref().map(|claim| claim.price),
			workers: job
				.named
				.as_ref()
				.map(|named| named.iter().map(ToString::to_string).collect()),
			requester: job.requester.to_string(),
			model: job.model,
			version: job.version,
			price: job.price,
			bounty: job.bounty,
			deposit: job.deposit,
			tier: job.tier,
			min_reputation: job.min_reputation,
			setup: job.setup,
			proving_period: job.proving_period,
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
		match (terms.agreed_price, self.price_now) {
			(None, None) => {
				writeln!(f, "  price           {}, payout {}", terms.price, terms.payout)?
			}
			(None, Some(now)) => writeln!(f, "  price           {}; now {now}", terms.price)?,
			(Some(agreed), _) => {
				writeln!(f, "  price           {agreed} {SYMBOL}, payout {}", terms.payout)?;
			}
		}
		if terms.bounty.0 > 0 {
			writeln!(f, "  bounty          {} {SYMBOL} for whoever answers", terms.bounty)?;
		}
		for worker in terms.workers.iter().flatten() {
			writeln!(f, "  for             {worker}")?;
		}
		writeln!(f, "  tier            {}", terms.tier)?;
		writeln!(f, "  reputation      at least {}", terms.min_reputation)?;
		writeln!(f, "  setup           {}", terms.setup)?;
		writeln!(f, "  proving period  {} blocks", terms.proving_period)?;
		write!(f, "  deadline        block {}", terms.deadline)?;
		match terms.deadline_moved_by {
			0 => Ok(()),
			moved => write!(f, ", {moved} later than agreed: so many blocks did not count"),
		}
	}
}
