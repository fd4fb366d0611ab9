// SPDX-License-Identifier: Apache-2.0
//! The end of a job, and the wait for it.

use super::common::files;
use crate::output::Steps;
use anyhow::anyhow;
use candor_client::{
	chain::{
		api::runtime::jobs::events::{Refunded, Settled},
		types::{JobId, NextAction},
		BlockEvents, ChainError, Client, Follower, Receipt, Step,
	},
	exit::{Error, OrFail},
};
use candor_compiler::{Answer, ModelSchema};
use serde::Serialize;
use std::{
	ops::RangeInclusive,
	time::{Duration, Instant},
};

/// How a job ended.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub(super) enum Ending {
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

/// A wait for the end of a job.
pub(super) struct Wait<'a> {
	/// The job.
	pub(super) job: JobId,
	/// What its answer means.
	pub(super) schema: &'a ModelSchema,
	/// When to give up.
	pub(super) until: Instant,
	/// How long that is from the beginning.
	pub(super) patience: Duration,
}

impl Wait<'_> {
	/// Follows finalised blocks until the job ends, or can only be expired.
	pub(super) async fn ending(
		&self,
		client: &Client,
		opened: &Receipt,
		mut steps: Steps,
	) -> Result<Ending, Error> {
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
				return Err(Error::failed(anyhow!("no end of it after {seconds} s{why}")));
			}
		}
	}

	/// How the job ended, if it did in the block with these events.
	fn ended_in(&self, events: &BlockEvents) -> Result<Option<Ending>, Error> {
		for settled in events.find::<Settled>() {
			let settled = settled.map_err(ChainError::from)?;
			if JobId(settled.job.0) == self.job {
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
			if JobId(refunded.map_err(ChainError::from)?.job.0) == self.job {
				return Ok(Some(Ending::Refunded));
			}
		}
		Ok(None)
	}

	/// The job has ended, and the block that says how could not be read.
	fn ended_unseen(&self, missed: Option<&RangeInclusive<u32>>) -> Error {
		let blocks = missed.map_or_else(String::new, |blocks| {
			format!(
				", in one of the blocks {} to {}, whose states the node has pruned",
				blocks.start(),
				blocks.end()
			)
		});
		Error::failed(anyhow!("it has ended{blocks}; an archive node can tell how"))
	}
}
