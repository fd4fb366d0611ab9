// SPDX-License-Identifier: Apache-2.0

//! Aura makes the blocks, GRANDPA finalises them.

use super::{
	clock, Block, Client, GrandpaImport, GrandpaLink, Pool, SelectChain, JUSTIFICATION_PERIOD,
};
use futures::FutureExt;
use log::{error, warn};
use sc_basic_authorship::ProposerFactory;
use sc_consensus_aura::{SlotProportion, StartAuraParams};
use sc_consensus_grandpa::SharedVoterState;
use sc_network::{service::traits::NetworkService, NotificationService, ProtocolName};
use sc_network_sync::SyncingService;
use sc_service::{config::Role, error::Error, TaskManager};
use sc_telemetry::TelemetryHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_aura::{
	inherents::InherentDataProvider as SlotProvider, sr25519::AuthorityPair, SlotDuration,
};
use sp_core::crypto::key_types::AURA;
use sp_keystore::KeystorePtr;
use sp_timestamp::InherentDataProvider as TimestampProvider;
use std::{sync::Arc, time::Duration};
use substrate_prometheus_endpoint::Registry;

/// How often GRANDPA's gossip is repeated.
const GOSSIP_PERIOD: Duration = Duration::from_millis(333);

/// The part of a slot in which a block may be built; the rest is for its way through the network.
const PROPOSAL_PORTION: f32 = 2.0 / 3.0;

type Sync = Arc<SyncingService<Block>>;

/// The slot and the time of a block that is made now.
pub fn inherents(slot_duration: SlotDuration) -> (SlotProvider, TimestampProvider) {
	let timestamp = TimestampProvider::from_system_time();
	let slot = SlotProvider::from_timestamp_and_slot_duration(*timestamp, slot_duration);
	(slot, timestamp)
}

/// What block production works with.
pub struct AuthoringParams {
	pub client: Arc<Client>,
	pub select_chain: SelectChain,
	pub block_import: GrandpaImport,
	pub proposer: ProposerFactory<Pool, Client>,
	pub force_authoring: bool,
	pub keystore: KeystorePtr,
	pub sync: Sync,
	pub telemetry: Option<TelemetryHandle>,
}

/// Make blocks in the slots of the keys in the keystore. The node stops when this fails.
pub fn start_authoring(tasks: &TaskManager, params: AuthoringParams) -> Result<(), Error> {
	let slot_duration = sc_consensus_aura::slot_duration(&*params.client)?;
	if params.keystore.sr25519_public_keys(AURA).is_empty() {
		warn!(
			"🔑 This validator has no session keys yet and makes no blocks: \
			 author_rotateKeysWithOwner makes them"
		);
	}
	let client = params.client.clone();
	let aura = sc_consensus_aura::start_aura::<AuthorityPair, _, _, _, _, _, _, _, _, _, _>(
		StartAuraParams {
			slot_duration,
			client: params.client,
			select_chain: params.select_chain,
			block_import: params.block_import,
			proposer_factory: params.proposer,
			create_inherent_data_providers: move |_, ()| async move { Ok(inherents(slot_duration)) },
			force_authoring: params.force_authoring,
			backoff_authoring_blocks: None::<()>,
			keystore: params.keystore,
			sync_oracle: params.sync.clone(),
			justification_sync_link: params.sync,
			block_proposal_slot_portion: SlotProportion::new(PROPOSAL_PORTION),
			max_block_proposal_slot_portion: None,
			telemetry: params.telemetry,
			compatibility_mode: Default::default(),
		},
	)?;
	let aura = aura.boxed();
	let authoring = async move {
		match clock::catch_up(client, slot_duration).await {
			Ok(()) => aura.await,
			Err(error) => error!("The chain's clock cannot be read: {error}"),
		}
	};
	tasks.spawn_essential_handle().spawn_blocking("aura", Some("block-authoring"), authoring);
	Ok(())
}

/// What finality works with.
pub struct FinalityParams {
	pub link: GrandpaLink,
	pub network: Arc<dyn NetworkService>,
	pub sync: Sync,
	pub notifications: Box<dyn NotificationService>,
	pub protocol: ProtocolName,
	pub pool: Arc<Pool>,
	pub keystore: Option<KeystorePtr>,
	pub role: Role,
	pub name: String,
	pub prometheus: Option<Registry>,
	pub telemetry: Option<TelemetryHandle>,
}

/// Vote on blocks, or follow the votes of others. The node stops when this fails.
pub fn start_finality(tasks: &TaskManager, params: FinalityParams) -> Result<(), Error> {
	let grandpa = sc_consensus_grandpa::GrandpaParams {
		config: sc_consensus_grandpa::Config {
			gossip_duration: GOSSIP_PERIOD,
			justification_generation_period: JUSTIFICATION_PERIOD,
			name: Some(params.name),
			observer_enabled: false,
			keystore: params.keystore,
			local_role: params.role,
			telemetry: params.telemetry.clone(),
			protocol_name: params.protocol,
		},
		link: params.link,
		network: params.network,
		sync: params.sync,
		notification_service: params.notifications,
		voting_rule: sc_consensus_grandpa::VotingRulesBuilder::default().build(),
		prometheus_registry: params.prometheus,
		shared_voter_state: SharedVoterState::empty(),
		telemetry: params.telemetry,
		offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(params.pool),
	};
	let voter = sc_consensus_grandpa::run_grandpa_voter(grandpa)?;
	tasks.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
	Ok(())
}
