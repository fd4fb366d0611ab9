// SPDX-License-Identifier: Apache-2.0
//! `candor claim`, `candor submit`, `candor decline`, `candor cancel` and `candor expire`

use super::chain::{block_on, Execution, TransactionArguments};
use crate::output::Output;
use anyhow::anyhow;
use candor_client::answer::{no_blinder, Holding};
use candor_client::{
	chain::{api::runtime, calls, Amount, ChainError, Receipt, SYMBOL},
	exit::{Failure, OrFail, Outcome},
};
use candor_compiler::Answer;
use candor_statement::{binding, commitment::commit_input, Claimant, GenesisHash, JobNumber};
use clap::Args;
use serde::Serialize;
use std::{fmt, path::PathBuf};
use subxt::tx::Payload;

/// A job and who acts on it.
#[derive(Debug, Args)]
struct JobArguments {
	/// Number of the job
	#[arg(value_name = "JOB")]
	job: u64,

	#[command(flatten)]
	transaction: TransactionArguments,
}

impl JobArguments {
	async fn execute(&self, call: &impl Payload, output: &Output) -> Result<Execution, Failure> {
		let (client, signer) = self.transaction.begin(output).await?;
		self.transaction.execute(&client, &signer, call, output).await
	}
}

const CLAIM_EXAMPLES: &str = "\
Examples:
  candor claim 7 --key worker.key

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
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		let job = self.arguments.job;
		block_on(async {
			self.arguments.execute(&calls::claim(job), output).await?.report(output, |receipt| {
				let claimed: runtime::jobs::events::Claimed =
					receipt.expect_event("Jobs.Claimed")?;
				Ok(ClaimReport { job, until: claimed.until, bond: Amount(claimed.bond) })
			})
		})
	}
}

#[derive(Debug, Serialize)]
struct ClaimReport {
	job: u64,
	until: u32,
	bond: Amount,
}

impl fmt::Display for ClaimReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "job {} claimed", self.job)?;
		writeln!(f, "  answer by       block {}", self.until)?;
		write!(f, "  locked          {} {SYMBOL}", self.bond)
	}
}

const SUBMIT_EXAMPLES: &str = "\
Examples:
  candor submit 7 --dir model/ --key worker.key";

/// Prove the answer to a job that you have claimed, and submit it
#[derive(Debug, Args)]
#[command(after_help = SUBMIT_EXAMPLES)]
pub(super) struct Submit {
	/// Folder of the model, with weights and keys
	#[arg(long, value_name = "DIR")]
	dir: PathBuf,

	#[command(flatten)]
	arguments: JobArguments,
}

impl Submit {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		block_on(self.submit(output))
	}

	async fn submit(self, output: &Output) -> Result<Outcome, Failure> {
		let JobArguments { job, transaction } = &self.arguments;
		let holding = Holding::load(&self.dir, &mut output.steps())?;
		let (client, signer) = transaction.begin(output).await?;
		let found = client.finalised().await?.job(*job).await?.ok_or_else(|| {
			Failure::refused(anyhow!("no open job has the number {job}"))
				.hint("it never existed, has ended, or is not final yet: see `candor status`")
		})?;
		if found.claim.as_ref().is_none_or(|claim| claim.worker != signer.account()) {
			return Err(Failure::refused(anyhow!(
				"job {job} is not claimed by {}",
				signer.account()
			))
			.hint("run `candor claim` first, with the same account"));
		}
		if !holding.serves(&found) {
			return Err(Failure::wrong_input(anyhow!(
				"job {job} is about the model {} under the circuit {}, not about that in {}",
				found.model_commitment,
				found.circuit,
				self.dir.display()
			)));
		}
		let input = found
			.input
			.filter(|input| commit_input(input, no_blinder()) == found.input_commitment)
			.ok_or_else(|| anyhow!("the input of job {job} is not posted"))
			.or_refused()?;
		let binding =
			binding(GenesisHash(client.genesis()), JobNumber(*job), Claimant(signer.account().0));
		// The connection is served by other threads meanwhile.
		let answer = tokio::task::block_in_place(|| {
			holding.answer(&input, binding, &mut output.steps()).or_refused()
		})?;
		client
			.best()
			.await?
			.can_submit(*job, &signer.account(), &answer.output, &answer.proof)
			.await?;
		let said = holding.schema().answer(&answer.output).or_wrong_input()?;
		let call = calls::submit(*job, answer.output.clone(), answer.proof);
		transaction.execute(&client, &signer, &call, output).await?.report(output, |receipt| {
			let settled: runtime::jobs::events::Settled = receipt.expect_event("Jobs.Settled")?;
			Ok(SubmitReport {
				job: *job,
				payout: Amount(settled.payout),
				answer: said,
				output: super::files::prefixed_hex(&answer.output),
			})
		})
	}
}

#[derive(Debug, Serialize)]
struct SubmitReport {
	job: u64,
	payout: Amount,
	#[serde(flatten)]
	answer: Answer,
	output: String,
}

impl fmt::Display for SubmitReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "job {} settled", self.job)?;
		writeln!(f, "  answer          {}", self.answer)?;
		write!(f, "  payout          {} {SYMBOL}", self.payout)
	}
}

const DECLINE_EXAMPLES: &str = "\
Examples:
  candor decline 7 --key worker.key

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
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		let job = self.arguments.job;
		block_on(async {
			let execution = self.arguments.execute(&calls::decline(job), output).await?;
			execution.report(output, |receipt| {
				let declined: runtime::jobs::events::Declined =
					receipt.expect_event("Jobs.Declined")?;
				let reopened = receipt.event::<runtime::jobs::events::Reopened>()?.is_some();
				Ok(DeclineReport {
					job,
					outcome: if reopened { End::Reopened } else { End::Refunded },
					burnt: Amount(declined.burnt),
				})
			})
		})
	}
}

#[derive(Debug, Serialize)]
struct DeclineReport {
	job: u64,
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
  candor cancel 7 --suri //Bob

Price and deposit return in full.";

/// Withdraw a job of yours that nobody has claimed
#[derive(Debug, Args)]
#[command(after_help = CANCEL_EXAMPLES)]
pub(super) struct Cancel {
	#[command(flatten)]
	arguments: JobArguments,
}

impl Cancel {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		let job = self.arguments.job;
		block_on(async {
			let execution = self.arguments.execute(&calls::cancel(job), output).await?;
			execution.report(output, |receipt| ended(job, receipt))
		})
	}
}

const EXPIRE_EXAMPLES: &str = "\
Examples:
  candor expire 7 --suri //Bob

Anyone may do it. An overdue worker loses its bond on the job; the requester gets the price back, unless
another worker can still answer in time.";

/// Move on a job that waits for nobody any more
#[derive(Debug, Args)]
#[command(after_help = EXPIRE_EXAMPLES)]
pub(super) struct Expire {
	#[command(flatten)]
	arguments: JobArguments,
}

impl Expire {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		let job = self.arguments.job;
		block_on(async {
			let execution = self.arguments.execute(&calls::expire(job), output).await?;
			execution.report(output, |receipt| ended(job, receipt))
		})
	}
}

/// What became of a job.
fn ended(job: u64, receipt: &Receipt) -> Result<EndReport, ChainError> {
	let forfeited = receipt.event::<runtime::jobs::events::Forfeited>()?;
	let excused = receipt.event::<runtime::jobs::events::Excused>()?;
	let reopened = receipt.event::<runtime::jobs::events::Reopened>()?.is_some();
	Ok(EndReport {
		job,
		outcome: if reopened { End::Reopened } else { End::Refunded },
		forfeited_by: forfeited.as_ref().map(|event| event.worker.to_string()),
		compensation: forfeited.map(|event| Amount(event.compensation)),
		excused: excused.map(|event| event.worker.to_string()),
	})
}

#[derive(Debug, Serialize)]
struct EndReport {
	job: u64,
	outcome: End,
	#[serde(skip_serializing_if = "Option::is_none")]
	forfeited_by: Option<String>,
	#[serde(skip_serializing_if = "Option::is_none")]
	compensation: Option<Amount>,
	#[serde(skip_serializing_if = "Option::is_none")]
	excused: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum End {
	Reopened,
	Refunded,
}

impl fmt::Display for EndReport {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self.outcome {
			End::Reopened => write!(f, "job {} can be claimed again", self.job)?,
			End::Refunded => write!(f, "job {} has ended and its price was returned", self.job)?,
		}
		if let (Some(worker), Some(compensation)) = (&self.forfeited_by, self.compensation) {
			write!(f, "\n  forfeited by    {worker}\n  compensation    {compensation} {SYMBOL}")?;
		}
		if let Some(worker) = &self.excused {
			write!(f, "\n  excused         {worker}")?;
		}
		Ok(())
	}
}
