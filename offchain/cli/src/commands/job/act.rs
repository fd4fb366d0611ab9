// SPDX-License-Identifier: Apache-2.0
//! `candor job claim`, `decline`, `cancel` and `expire`: a job's number is all that they take.

use super::common::transaction::TransactionArguments;
use crate::output::Output;
use candor_client::{
	chain::{api::runtime::jobs::events, calls, types::JobId, Amount, ChainError, Receipt, SYMBOL},
	exit::{Error, Outcome},
};
use clap::Args;
use serde::Serialize;
use std::fmt;

/// A job and who acts on it.
#[derive(Debug, Args)]
pub(super) struct JobArguments {
	/// Number of the job
	#[arg(value_name = "JOB")]
	pub(super) job: JobId,

	#[command(flatten)]
	pub(super) transaction: TransactionArguments,
}

const CLAIM_EXAMPLES: &str = "\
Examples:
  candor job claim 7 --key worker.key

Locks part of your bond, which is lost if there is no answer in time. `candor worker run` claims,
proves and submits by itself.";

/// Claim a job: promise to answer within its proving period
#[derive(Debug, Args)]
#[command(after_help = CLAIM_EXAMPLES)]
pub(super) struct Claim {
	#[command(flatten)]
	arguments: JobArguments,
}

impl Claim {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let JobArguments { job, transaction } = self.arguments;
		transaction.run(&calls::claim(job), output, |_, receipt| {
			let claimed: events::Claimed = receipt.expect_event("Jobs.Claimed")?;
			let (price, bond) = (Amount(claimed.price), Amount(claimed.bond));
			Ok(ClaimReport { job, until: claimed.until, price, bond })
		})
	}
}

#[derive(Debug, Serialize)]
struct ClaimReport {
	job: JobId,
	until: u32,
	price: Amount,
	bond: Amount,
}

impl fmt::Display for ClaimReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "job {} claimed", self.job)?;
		writeln!(f, "  answer by       block {}", self.until)?;
		writeln!(f, "  price           {} {SYMBOL}", self.price)?;
		write!(f, "  locked          {} {SYMBOL}", self.bond)
	}
}

const DECLINE_EXAMPLES: &str = "\
Examples:
  candor job decline 7 --key worker.key

Burns the part of the bond on the job that is the part of the proving period that has gone by, and a little
at least: less than is lost when no answer comes.";

/// Hand back a job that you have claimed and cannot answer
#[derive(Debug, Args)]
#[command(after_help = DECLINE_EXAMPLES)]
pub(super) struct Decline {
	#[command(flatten)]
	arguments: JobArguments,
}

impl Decline {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let JobArguments { job, transaction } = self.arguments;
		transaction.run(&calls::decline(job), output, |_, receipt| {
			let declined: events::Declined = receipt.expect_event("Jobs.Declined")?;
			Ok(DeclineReport { job, outcome: End::of(receipt)?, burnt: Amount(declined.burnt) })
		})
	}
}

#[derive(Debug, Serialize)]
struct DeclineReport {
	job: JobId,
	outcome: End,
	burnt: Amount,
}

impl fmt::Display for DeclineReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "job {} handed back", self.job)?;
		write!(f, "  burnt           {} {SYMBOL}", self.burnt)
	}
}

const CANCEL_EXAMPLES: &str = "\
Examples:
  candor job cancel 7 --suri //Bob

Price and deposit return in full.";

/// Withdraw a job of yours that nobody has claimed
#[derive(Debug, Args)]
#[command(after_help = CANCEL_EXAMPLES)]
pub(super) struct Cancel {
	#[command(flatten)]
	arguments: JobArguments,
}

impl Cancel {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let JobArguments { job, transaction } = self.arguments;
		transaction.run(&calls::cancel(job), output, |_, receipt| EndReport::new(job, receipt))
	}
}

const EXPIRE_EXAMPLES: &str = "\
Examples:
  candor job expire 7 --suri //Bob

Anyone may do it. An overdue worker loses its bond on the job, of which a small part is a bounty for whoever
answers. Where no other worker can answer in time, the requester gets the price back, and the bounty with it.";

/// Move on a job that waits for nobody any more
#[derive(Debug, Args)]
#[command(after_help = EXPIRE_EXAMPLES)]
pub(super) struct Expire {
	#[command(flatten)]
	arguments: JobArguments,
}

impl Expire {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		let JobArguments { job, transaction } = self.arguments;
		transaction.run(&calls::expire(job), output, |_, receipt| EndReport::new(job, receipt))
	}
}

#[derive(Debug, Serialize)]
struct EndReport {
	job: JobId,
	outcome: End,
	#[serde(skip_serializing_if = "Option::is_none")]
	forfeited_by: Option<String>,
	#[serde(skip_serializing_if = "Option::is_none")]
	bounty: Option<Amount>,
	#[serde(skip_serializing_if = "Option::is_none")]
	excused: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum End {
	Reopened,
	Refunded,
}

impl End {
	/// What a transaction has made of a job that was claimed, or could be.
	fn of(receipt: &Receipt) -> Result<Self, ChainError> {
		let reopened = receipt.event::<events::Reopened>()?.is_some();
		Ok(if reopened { Self::Reopened } else { Self::Refunded })
	}
}

impl EndReport {
	fn new(job: JobId, receipt: &Receipt) -> Result<Self, ChainError> {
		let forfeited = receipt.event::<events::Forfeited>()?;
		let excused = receipt.event::<events::Excused>()?;
		Ok(Self {
			job,
			outcome: End::of(receipt)?,
			forfeited_by: forfeited.as_ref().map(|event| event.worker.to_string()),
			bounty: forfeited.map(|event| Amount(event.bounty)),
			excused: excused.map(|event| event.worker.to_string()),
		})
	}
}

impl fmt::Display for EndReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self.outcome {
			End::Reopened => write!(f, "job {} can be claimed again", self.job)?,
			End::Refunded => write!(f, "job {} has ended and its price was returned", self.job)?,
		}
		if let (Some(worker), Some(bounty)) = (&self.forfeited_by, self.bounty) {
			let whose = match self.outcome {
				End::Reopened => "for whoever answers",
				End::Refunded => "for the requester",
			};
			write!(
				f,
				"\n  forfeited by    {worker}\n  bounty          {bounty} {SYMBOL}, {whose}"
			)?;
		}
		if let Some(worker) = &self.excused {
			write!(f, "\n  excused         {worker}")?;
		}
		Ok(())
	}
}
