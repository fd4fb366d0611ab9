// SPDX-License-Identifier: Apache-2.0
//! `candor watch`

use super::chain::{block_on, Connection};
use crate::output::Output;
use anyhow::anyhow;
use candor_client::{
	chain::{events, Block, Follower, Step},
	exit::{Failure, Outcome},
};
use clap::Args;
use serde::Serialize;
use std::{fmt, ops::RangeInclusive};

const EXAMPLES: &str = "\
Examples:
  candor watch
  candor watch --job 7 --from 100 --json

With --json each event is an object in one line. A lost connection is made again. A node keeps the states of
recent blocks only, 256 by default: after a pause that was longer, the blocks that can no longer be read are
named, with --json as {\"missed\":{\"from\",\"to\"}}, and the exit code in the end is 3. An archive node
(`candor-node --state-pruning archive`) has them all.";

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
		block_on(self.watch(output))
	}

	async fn watch(self, output: &Output) -> Result<Outcome, Failure> {
		let client = self.connection.connect().await?;
		let mut follower = Follower::new(&client, self.from).await?;
		let mut left = self.blocks;
		let mut missed = Vec::new();
		let mut stalled = false;
		while left != Some(0) {
			match follower.next().await.map_err(|error| self.interrupted(error, &missed))? {
				Step::Block(block) => {
					self.tell(&block, output)?;
					left = left.map(|left| left - 1);
					stalled = false;
				}
				Step::Missed(blocks) if self.from == Some(*blocks.start()) => {
					return Err(too_early(&blocks));
				}
				Step::Missed(blocks) => {
					let gap = Gap::new(&blocks);
					output.warn(&gap);
					if output.json {
						output.line(&gap);
					}
					missed.push(blocks);
				}
				Step::Wait(heights) => {
					if heights.finality_has_stalled() && !stalled {
						output.warn(heights);
					}
					stalled = heights.finality_has_stalled();
				}
			}
		}
		if missed.is_empty() {
			return Ok(Outcome::Done);
		}
		Err(incomplete(&missed))
	}

	fn tell(&self, block: &Block, output: &Output) -> Result<(), Failure> {
		for event in events::in_block(&block.view, &block.events)? {
			if self.job.is_none_or(|job| event.job() == Some(job)) {
				output.line(&event);
			}
		}
		Ok(())
	}

	/// The connection is gone for good.
	fn interrupted(
		&self,
		error: candor_client::chain::ChainError,
		missed: &[RangeInclusive<u32>],
	) -> Failure {
		let failure = Failure::from(error);
		match missed {
			[] => failure,
			missed => failure.context(incomplete(missed).message()),
		}
	}
}

/// What happened in these blocks cannot be told.
#[derive(Debug, Serialize)]
struct Gap {
	missed: Bounds,
}

#[derive(Debug, Serialize)]
struct Bounds {
	from: u32,
	to: u32,
}

impl Gap {
	fn new(blocks: &RangeInclusive<u32>) -> Self {
		Self { missed: Bounds { from: *blocks.start(), to: *blocks.end() } }
	}
}

impl fmt::Display for Gap {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Bounds { from, to } = self.missed;
		write!(
			f,
			"what happened in blocks {from} to {to} is missing: the node has pruned their states; \
			 going on with block {}",
			to.saturating_add(1)
		)
	}
}

fn too_early(blocks: &RangeInclusive<u32>) -> Failure {
	Failure::wrong_input(anyhow!("the node has pruned the state of block {}", blocks.start())).hint(
		format!(
			"it keeps the state of recent blocks only: begin with --from {} or later, or connect to \
			 an archive node",
			blocks.end().saturating_add(1)
		),
	)
}

fn incomplete(missed: &[RangeInclusive<u32>]) -> Failure {
	let ranges: Vec<_> =
		missed.iter().map(|blocks| format!("{} to {}", blocks.start(), blocks.end())).collect();
	Failure::failed(anyhow!("what happened in blocks {} is missing", ranges.join(", ")))
		.hint("ask an archive node for them: `candor watch --from BLOCK --blocks N --url URL`")
}
