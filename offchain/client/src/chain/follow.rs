// SPDX-License-Identifier: Apache-2.0
//! Finalised blocks one after the other, with an account of those that could not be read.

use super::{
	client::{Client, Config},
	error::ChainError,
	heights::Heights,
	types::BlockNumber,
	view::View,
};
use std::{ops::RangeInclusive, time::Duration};

/// How often to ask for new blocks.
const POLL: Duration = Duration::from_millis(500);

/// What happened in a block.
pub type BlockEvents = subxt::events::Events<Config>;

/// A finalised block.
pub struct Block {
	/// The state after it.
	pub view: View,
	/// What happened in it.
	pub events: BlockEvents,
}

/// What comes next.
pub enum Step {
	/// The next block.
	Block(Box<Block>),
	/// Blocks whose states the node has pruned, so that nobody can tell what happened in them. The next
	/// step goes on behind them.
	Missed(RangeInclusive<BlockNumber>),
	/// No further block is final yet.
	Wait(Heights),
}

/// Finalised blocks one after the other, none left out in silence. Connects anew where that is needed.
pub struct Follower {
	client: Client,
	next: BlockNumber,
	finalised: BlockNumber,
}

impl Follower {
	/// Blocks from this height on, or those that are yet to become final.
	///
	/// # Errors
	///
	/// When the node does not answer: [`ChainError::Node`].
	pub async fn new(client: &Client, from: Option<BlockNumber>) -> Result<Self, ChainError> {
		let finalised = client.heights().await?.finalised;
		let next = from.unwrap_or(finalised.saturating_add(1));
		Ok(Self { client: client.clone(), next, finalised })
	}

	/// The next step, within a second or so where there is nothing to tell.
	///
	/// # Errors
	///
	/// [`ChainError::Lost`] when there is no connection any more.
	pub async fn next(&mut self) -> Result<Step, ChainError> {
		match self.step().await {
			Err(error) if error.is_lost() => {
				self.client = self.client.reconnect().await?;
				self.step().await
			}
			step => step,
		}
	}

	async fn step(&mut self) -> Result<Step, ChainError> {
		if self.next > self.finalised {
			let heights = self.client.heights().await?;
			self.finalised = heights.finalised;
			if self.next > self.finalised {
				tokio::time::sleep(POLL).await;
				return Ok(Step::Wait(heights));
			}
		}
		match self.read(self.next).await {
			Ok(block) => {
				self.next = self.next.saturating_add(1);
				Ok(Step::Block(Box::new(block)))
			}
			Err(error) if error.is_pruned() => {
				// What happened meanwhile counts: a client that slept is far behind.
				self.finalised = self.client.heights().await?.finalised.max(self.next);
				let missed = self.next..=self.last_pruned().await?;
				self.next = missed.end().saturating_add(1);
				Ok(Step::Missed(missed))
			}
			Err(error) => Err(error),
		}
	}

	async fn read(&self, number: BlockNumber) -> Result<Block, ChainError> {
		let view = self.client.at(number).await?;
		Ok(Block { events: view.events().await?, view })
	}

	/// The last block without a state, where the next one is without. States are pruned in order.
	async fn last_pruned(&self) -> Result<BlockNumber, ChainError> {
		let (mut pruned, mut kept) = (self.next, self.finalised);
		while pruned.saturating_add(1) < kept {
			let middle = pruned + (kept - pruned) / 2;
			match self.client.at(middle).await {
				Ok(_) => kept = middle,
				Err(error) if error.is_pruned() => pruned = middle,
				Err(error) => return Err(error),
			}
		}
		Ok(pruned)
	}
}
