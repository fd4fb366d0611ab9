// SPDX-License-Identifier: Apache-2.0
//! `candor chain`

use super::common::transaction::{block_on, Connection};
use crate::output::Output;
use anyhow::anyhow;
use candor_client::{
	chain::{events, types::JobId, Block, ChainError, Follower, Step},
	exit::{Error, Outcome},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::{fmt, ops::RangeInclusive};

/// Look at what happens
#[derive(Debug, Args)]
pub(super) struct Chain {
	#[command(subcommand)]
	action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
	Watch(Watch),
}

impl Chain {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		match self.action {
			Action::Watch(command) => block_on(command.watch(output)),
		}
	}
}

const EXAMPLES: &str = "\
Examples:
  candor chain watch
  candor chain watch --job 7 --from 100 --json

With --json each event is an object in one line. A lost connection is made again. A node keeps the states of
recent blocks only, 256 by default: after a pause that was longer, the blocks that can no longer be read are
named, with --json as {\"missed\":{\"from\",\"to\"}}, and the exit code in the end is 3. An archive node
(`candor-node --state-pruning archive`) has them all.";

/// Print what happens to circuits, models, workers and jobs in finalised blocks
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct Watch {
	/// Only what is about this job
	#[arg(long, value_name = "JOB")]
	job: Option<JobId>,

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
	async fn watch(self, output: &Output) -> Result<Outcome, Error> {
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

	fn tell(&self, block: &Block, output: &Output) -> Result<(), Error> {
		for event in events::in_block(&block.view, &block.events)? {
			if self.job.is_none_or(|job| event.job() == Some(job)) {
				output.line(&event);
			}
		}
		Ok(())
	}

	/// The connection is gone for good.
	fn interrupted(&self, error: ChainError, missed: &[RangeInclusive<u32>]) -> Error {
		let error = Error::from(error);
		match missed {
			[] => error,
			missed => error.context(incomplete(missed).message()),
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

fn too_early(blocks: &RangeInclusive<u32>) -> Error {
	Error::wrong_input(anyhow!("the node has pruned the state of block {}", blocks.start())).hint(
		format!(
			"it keeps the state of recent blocks only: begin with --from {} or later, or connect to \
			 an archive node",
			blocks.end().saturating_add(1)
		),
	)
}

fn incomplete(missed: &[RangeInclusive<u32>]) -> Error {
	let ranges: Vec<_> =
		missed.iter().map(|blocks| format!("{} to {}", blocks.start(), blocks.end())).collect();
	Error::failed(anyhow!("what happened in blocks {} is missing", ranges.join(", "))).hint(
		"ask an archive node for them: `candor chain watch --from BLOCK --blocks N --url URL`",
	)
}
