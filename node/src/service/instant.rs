// SPDX-License-Identifier: Apache-2.0

//! Blocks without consensus, for development: one for every transaction that arrives, one at every
//! beat of an optional heartbeat, and one for every RPC request; each is final at once.
//!
//! The runtime refuses two blocks in one slot. Where blocks follow each other faster than slots do,
//! the chain's clock runs ahead of the wall clock by a slot a block.

use super::{Block, Client, Pool, SelectChain};
use candor_runtime::Hash;
use futures::{channel::mpsc, stream, StreamExt};
use sc_basic_authorship::ProposerFactory;
use sc_consensus_manual_seal::{
	consensus::aura::AuraConsensusDataProvider, run_manual_seal, EngineCommand, ManualSealParams,
};
use sc_service::{error::Error, TaskManager};
use sc_transaction_pool_api::TransactionPool;
use sp_consensus_aura::{sr25519::AuthoritySignature, SlotDuration};
use sp_timestamp::InherentDataProvider as TimestampProvider;
use std::{sync::Arc, time::Duration};
use tokio_stream::wrappers::IntervalStream;

/// How many requests for a block may wait.
const REQUEST_BUFFER: usize = 1024;

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
	pub requests: mpsc::Receiver<EngineCommand<Hash>>,
}

/// Start making blocks. The node stops when this fails.
pub fn start(tasks: &TaskManager, params: Params) -> Result<(), Error> {
	let Params { client, pool, select_chain, proposer, heartbeat, requests } = params;

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
