// SPDX-License-Identifier: Apache-2.0
//! `candor watch`

use super::chain::{block_on, Connection};
use crate::{
	chain::events,
	exit::{Failure, Outcome},
	output::Output,
};
use clap::Args;

const EXAMPLES: &str = "\
Examples:
  candor watch
  candor watch --job 7 --from 100 --json

With --json each event is an object in one line.";

/// Print what happens to circuits, models, workers and jobs in finalised blocks
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Watch {
	/// Only what is about this job
	#[arg(long, value_name = "JOB")]
	job: Option<u64>,

	/// Block to begin with; without it, the next one
	#[arg(long, value_name = "BLOCK")]
	from: Option<u32>,

	/// End after so many blocks
	#[arg(long, value_name = "N")]
	blocks: Option<u64>,

	#[command(flatten)]
	connection: Connection,
}

impl Watch {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Failure> {
		block_on(async {
			let client = self.connection.connect().await?;
			let mut blocks = client.finalised_blocks(self.from).await?;
			let mut left = self.blocks;
			while left != Some(0) {
				let view = blocks.next().await?;
				for event in events::in_block(&view).await? {
					if self.job.is_none_or(|job| event.job() == Some(job)) {
						output.line(&event);
					}
				}
				left = left.map(|left| left - 1);
			}
			Ok(Outcome::Done)
		})
	}
}
