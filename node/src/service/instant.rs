// SPDX-License-Identifier: Apache-2.0

//! Blocks without consensus, for development: one for every transaction that arrives, one at every
//! beat of an optional heartbeat, one for every RPC request, and more while transactions are left that
//! had no room; each is final at once.
//!
//! The runtime refuses two blocks in one slot. Where blocks follow each other faster than slots do,
//! the chain's clock runs ahead of the wall clock by a slot a block.

use super::{Block, Client, Pool, SelectChain};
use candor_runtime::Hash;
use futures::{channel::mpsc, stream, SinkExt, StreamExt};
use log::info;
use sc_basic_authorship::ProposerFactory;
use sc_consensus_manual_seal::{
	consensus::aura::AuraConsensusDataProvider, run_manual_seal, EngineCommand, ManualSealParams,
};
use sc_service::{error::Error, TaskManager};
use sc_transaction_pool_api::{InPoolTransaction, TransactionPool};
use sp_consensus_aura::{sr25519::AuthoritySignature, SlotDuration};
use sp_timestamp::InherentDataProvider as TimestampProvider;
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;
use tokio_stream::wrappers::IntervalStream;

/// How many requests for a block may wait.
const REQUEST_BUFFER: usize = 1024;

/// How long after a block to look at what it has left behind.
const PAUSE: Duration = Duration::from_millis(250);

/// How long to wait for the pool's view of a block.
const POOL_PATIENCE: Duration = Duration::from_secs(2);

/// How many blocks are made that help none of the transactions that are left.
const FRUITLESS_BLOCKS: u32 = 2;

/// Where requests for blocks are sent, and where they arrive.
pub fn requests() -> (mpsc::Sender<EngineCommand<Hash>>, mpsc::Receiver<EngineCommand<Hash>>) {
	mpsc::channel(REQUEST_BUFFER)
}

/// What instant sealing works with.
pub struct Params {
	pub client: Arc<Client>,
	pub pool: Arc<Pool>,
	pub select_chain: SelectChain,
	pub proposer: ProposerFactory<Pool, Client>,
	pub heartbeat: Option<Duration>,
	pub sealer: mpsc::Sender<EngineCommand<Hash>>,
	pub requests: mpsc::Receiver<EngineCommand<Hash>>,
}

/// Start making blocks. The node stops when this fails.
pub fn start(tasks: &TaskManager, params: Params) -> Result<(), Error> {
	let Params { client, pool, select_chain, proposer, heartbeat, sealer, requests } = params;

	info!(
		"🔒 Instant sealing: blocks carry no seal of a validator, so no other node can follow them"
	);
	let slot_duration = sc_consensus_aura::slot_duration(&*client)?;
	let headers = client.clone();
	// Transactions that arrive together go into one block.
	let arrivals = pool.import_notification_stream().ready_chunks(REQUEST_BUFFER).map(|_| seal());
	let beats = match heartbeat {
		Some(period) => {
			let mut interval = tokio::time::interval(period);
			interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
			IntervalStream::new(interval).map(|_| seal()).boxed()
		}
		None => stream::pending().boxed(),
	};
	tasks.spawn_handle().spawn(
		"instant-seal-rest",
		Some("block-authoring"),
		seal_rest(client.clone(), pool.clone(), sealer),
	);
	let commands = stream::select_all([arrivals.boxed(), beats, requests.boxed()]);

	let sealing = run_manual_seal(ManualSealParams {
		block_import: client.clone(),
		env: proposer,
		consensus_data_provider: Some(Box::new(
			AuraConsensusDataProvider::<Block>::new_with_slot_duration(slot_duration),
		)),
		client,
		pool,
		commands_stream: commands,
		select_chain,
		create_inherent_data_providers: move |parent, ()| {
			let timestamp = next_timestamp(&headers, parent, slot_duration);
			async move { timestamp }
		},
	});
	tasks.spawn_essential_handle().spawn_blocking("instant-seal", Some("block-authoring"), sealing);
	Ok(())
}

/// Ask for another block while one leaves transactions behind, as a full block does.
async fn seal_rest(
	client: Arc<Client>,
	pool: Arc<Pool>,
	mut sealer: mpsc::Sender<EngineCommand<Hash>>,
) {
	let mut patience = Patience::default();
	let (mut looked, mut last) = (None, None);
	loop {
		// A look now and then rather than the stream of blocks, whose notifications keep the states of
		// blocks from being pruned until they are read.
		sleep(PAUSE).await;
		let best = client.chain_info().best_hash;
		// What arrived meanwhile has asked for a block of its own.
		let settled = last.replace(best) == Some(best);
		if !settled || looked == Some(best) {
			continue;
		}
		looked = Some(best);
		let ready = pool.ready_at_with_timeout(best, POOL_PATIENCE).await;
		let left = ready.map(|transaction| *transaction.hash()).collect();
		if patience.tries_again(left) && sealer.send(seal()).await.is_err() {
			return;
		}
	}
}

/// What the last block left behind, and how many have left the same.
#[derive(Default)]
struct Patience {
	left: Vec<Hash>,
	fruitless: u32,
}

impl Patience {
	/// Whether another block may help those that are left. A block may be full before the first of
	/// them, as that of a new session; two in a row are not.
	fn tries_again(&mut self, left: Vec<Hash>) -> bool {
		self.fruitless = if left == self.left { self.fruitless.saturating_add(1) } else { 0 };
		self.left = left;
		!self.left.is_empty() && self.fruitless < FRUITLESS_BLOCKS
	}
}

fn seal() -> EngineCommand<Hash> {
	EngineCommand::SealNewBlock {
		create_empty: true,
		finalize: true,
		parent_hash: None,
		sender: None,
	}
}

/// The time of the block after `parent`: now, or the next slot where that is later.
fn next_timestamp(
	client: &Client,
	parent: Hash,
	slot_duration: SlotDuration,
) -> Result<TimestampProvider, Box<dyn std::error::Error + Send + Sync>> {
	let header = client.header(parent)?.ok_or("the parent block is not in the database")?;
	let last = sc_consensus_aura::find_pre_digest::<Block, AuthoritySignature>(&header)?;
	let next = last.saturating_add(1u64).timestamp(slot_duration);
	let next = next.ok_or("the chain's clock has run out")?;
	let now = TimestampProvider::from_system_time().timestamp();
	Ok(TimestampProvider::new(next.max(now)))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn blocks_are_made_while_they_help_and_two_more() {
		let (one, two) = (Hash::repeat_byte(1), Hash::repeat_byte(2));
		let mut patience = Patience::default();
		assert!(!patience.tries_again(vec![]));
		assert!(patience.tries_again(vec![one, two]));
		assert!(patience.tries_again(vec![two]));
		assert!(patience.tries_again(vec![two]));
		assert!(!patience.tries_again(vec![two]));
		assert!(!patience.tries_again(vec![two]));
		assert!(patience.tries_again(vec![one]));
		assert!(!patience.tries_again(vec![]));
	}
}
