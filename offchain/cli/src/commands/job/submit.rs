// SPDX-License-Identifier: Apache-2.0
//! `candor job submit`

use super::{
	act::JobArguments,
	common::{files, transaction::block_on},
};
use crate::output::Output;
use anyhow::anyhow;
use candor_client::{
	answer::{Holding, Mismatch, Prover, Question},
	chain::{
		api::runtime::jobs::events::Settled, calls, types::JobId, Amount, Client, Signer, SYMBOL,
	},
	exit::{Error, OrFail, Outcome},
	state,
};
use candor_compiler::Answer;
use candor_statement::InputCommitment;
use clap::Args;
use serde::Serialize;
use std::{fmt, path::PathBuf};

const EXAMPLES: &str = "\
Examples:
  candor job submit 7 --dir model/ --key worker.key

A proof that was made and could not be sent stays in your state folder: the command run again sends it.";

/// Prove the answer to a job that you have claimed, and submit it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Submit {
	/// Folder of the model, with weights and keys
	#[arg(long, value_name = "DIR")]
	dir: PathBuf,

	#[command(flatten)]
	arguments: JobArguments,
}

impl Submit {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		block_on(self.submit(output))
	}

	async fn submit(self, output: &Output) -> Result<Outcome, Error> {
		let JobArguments { job, transaction } = &self.arguments;
		let holding = Holding::load(&self.dir, &mut output.steps())?;
		let (client, signer) = transaction.begin(output).await?;
		let (question, commitment) = self.question(&client, &signer, &holding).await?;

		let mut proofs = state::proofs();
		let asked = |id| (id == *job).then_some((commitment, question.binding()));
		let made = proofs.accepted(question.binding(), asked, &holding);
		let answer = match made {
			Some(answer) => {
				output.steps().step("taking the proof that was made before");
				answer
			}
			None => {
				// The connection is served by other threads meanwhile.
				let answer = tokio::task::block_in_place(|| {
					holding
						.answer(std::slice::from_ref(&question), &mut output.steps())
						.or_refused()
				})?;
				if let Err(error) = proofs.keep(question.binding(), &answer) {
					output.warn(format_args!("the proof could not be stored: {error}"));
				}
				answer
			}
		};
		// While it was proven, the connection may have gone.
		let client = client.renewed().await?;
		client.best().await?.can_submit(&signer.account(), &answer).await?;
		let bytes = answer.output_for(*job).unwrap_or_default().to_vec();
		let said = holding.schema().answer(&bytes).or_wrong_input()?;
		let execution = match answer.alone() {
			Some(_) => {
				let call = calls::submit(*job, bytes.clone(), answer.proof.clone());
				transaction.execute(&client, &signer, &call, output).await?
			}
			None => {
				let call = calls::submit_joint(&signer.account(), &answer);
				transaction.execute(&client, &signer, &call, output).await?
			}
		};
		if execution.is_final() {
			// One that stays is of no more use, and no harm.
			let _ = proofs.forget(question.binding());
		}
		execution.report(output, |receipt| {
			let settled: Settled = receipt.expect_event("Jobs.Settled")?;
			Ok(Report {
				job: *job,
				payout: Amount(settled.payout),
				answer: said,
				output: files::prefixed_hex(&bytes),
			})
		})
	}

	/// What the job asks, once it is certain that this account can be paid for the answer of this model.
	async fn question(
		&self,
		client: &Client,
		signer: &Signer,
		holding: &Holding,
	) -> Result<(Question, InputCommitment), Error> {
		let id = self.arguments.job;
		let view = client.finalised().await?;
		let job = view.job(id).await?.ok_or_else(|| {
			Error::refused(anyhow!("no open job has the number {id}"))
				.hint("it never existed, has ended, or is not final yet: see `candor job status`")
		})?;
		if job.claim.as_ref().is_none_or(|claim| claim.worker != signer.account()) {
			return Err(Error::refused(anyhow!("job {id} is not claimed by {}", signer.account()))
				.hint("run `candor job claim` first, with the same account"));
		}
		let identity = holding.identity();
		let circuit = view.circuit_facts(job.circuit).await?;
		match identity.difference(circuit.as_ref()) {
			Some(difference) => Err(Mismatch::CircuitDiffers(difference)),
			None => Question::of(&job, identity, client.genesis(), &signer.account()),
		}
		.map(|question| (question, job.input_commitment))
		.map_err(|mismatch| {
			let of_the_model = mismatch.is_of_the_model();
			let error = anyhow!(mismatch).context(format!(
				"job {id} cannot be answered with the model in {}",
				self.dir.display()
			));
			match of_the_model {
				true => Error::wrong_input(error),
				false => Error::refused(error),
			}
		})
	}
}

#[derive(Debug, Serialize)]
struct Report {
	job: JobId,
	payout: Amount,
	#[serde(flatten)]
	answer: Answer,
	output: String,
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(f, "job {} settled", self.job)?;
		writeln!(f, "  answer          {}", self.answer)?;
		write!(f, "  payout          {} {SYMBOL}", self.payout)
	}
}
