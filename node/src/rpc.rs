// SPDX-License-Identifier: Apache-2.0

//! The RPC methods that the node offers: the SDK's, account nonces, fees, and on an instantly sealed
//! chain the making of blocks. [`server`] says who may call them, and when they run.

mod budget;
mod calls;
mod connections;
mod frames;
mod gate;
mod head;
mod meter;
mod methods;
mod queue;
pub mod server;
mod socket;
mod source;
pub mod threads;

use crate::service::{Backend, Client, Pool};
use candor_runtime::{Hash, OpaqueBlock as Block};
use futures::channel::mpsc;
use jsonrpsee::RpcModule;
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_client_api::Backend as _;
use sc_consensus_manual_seal::{
	rpc::{ManualSeal, ManualSealApiServer},
	EngineCommand,
};
use sc_network_sync::SyncingService;
use sc_rpc::{
	author::{Author, AuthorApiServer},
	chain::ChainApiServer,
	offchain::{Offchain, OffchainApiServer},
	state::{ChildStateApiServer, StateApiServer},
	system::{System, SystemApiServer, SystemInfo},
	SubscriptionTaskExecutor,
};
use sc_rpc_spec_v2::{
	archive::{Archive, ArchiveApiServer},
	bitswap::{Bitswap, BitswapApiServer},
	chain_head::{ChainHead, ChainHeadApiServer, ChainHeadConfig},
	chain_spec::{ChainSpec, ChainSpecApiServer},
	transaction::{
		Transaction, TransactionApiServer, TransactionBroadcast, TransactionBroadcastApiServer,
		TransactionMetrics,
	},
};
use sc_utils::mpsc::TracingUnboundedSender;
use sp_keystore::KeystorePtr;
use std::sync::Arc;
use substrate_frame_rpc_system::SystemApiServer as _;
use threads::Spawner;

/// How many transactions a connection may have broadcast at a time.
const BROADCASTS_PER_CONNECTION: usize = 16;

/// What the methods work on.
pub struct Deps {
	/// The client.
	pub client: Arc<Client>,
	/// The transaction pool.
	pub pool: Arc<Pool>,
	/// The database.
	pub backend: Arc<Backend>,
	/// The keys.
	pub keystore: KeystorePtr,
	/// What the chain and the node are called.
	pub info: SystemInfo,
	/// Where to ask about the network.
	pub network: TracingUnboundedSender<sc_rpc::system::Request<Block>>,
	/// Where to ask about synchronisation.
	pub sync: Arc<SyncingService<Block>>,
	/// Whether the node keeps all blocks and states.
	pub archive: bool,
	/// Where to ask for blocks, on an instantly sealed chain.
	pub sealer: Option<mpsc::Sender<EngineCommand<Hash>>>,
	/// Where subscriptions run.
	pub spawner: Spawner,
	/// What is counted of watched transactions.
	pub metrics: Option<TransactionMetrics>,
}

/// All of the node's methods.
pub fn methods(deps: Deps) -> Result<RpcModule<()>, Box<dyn std::error::Error + Send + Sync>> {
	let Deps { client, pool, backend, keystore, .. } = deps;
	let SystemInfo { chain_name, properties, .. } = deps.info.clone();
	let spawner: SubscriptionTaskExecutor = Arc::new(deps.spawner);
	let genesis = client.chain_info().genesis_hash;

	let mut module = RpcModule::new(());
	let (state, child_state) = sc_rpc::state::new_full(client.clone(), spawner.clone(), None);
	module.merge(state.into_rpc())?;
	module.merge(child_state.into_rpc())?;
	module.merge(sc_rpc::chain::new_full(client.clone(), spawner.clone()).into_rpc())?;
	module
		.merge(Author::new(client.clone(), pool.clone(), keystore, spawner.clone()).into_rpc())?;
	module.merge(System::new(deps.info, deps.network).into_rpc())?;
	if let Some(storage) = backend.offchain_storage() {
		module.merge(Offchain::new(storage).into_rpc())?;
	}

	let chain_head = ChainHead::new(
		client.clone(),
		backend.clone(),
		spawner.clone(),
		ChainHeadConfig::default(),
	);
	module.merge(chain_head.into_rpc())?;
	module.merge(ChainSpec::new(chain_name, genesis, properties).into_rpc())?;
	module.merge(
		Transaction::new(client.clone(), pool.clone(), spawner.clone(), deps.metrics).into_rpc(),
	)?;
	let broadcast = TransactionBroadcast::new(
		client.clone(),
		pool.clone(),
		spawner.clone(),
		BROADCASTS_PER_CONNECTION,
	);
	module.merge(broadcast.into_rpc())?;
	module.merge(Bitswap::new(client.clone(), deps.sync).into_rpc())?;
	if deps.archive {
		module.merge(Archive::new(client.clone(), backend, genesis, spawner).into_rpc())?;
	}

	module.merge(substrate_frame_rpc_system::System::new(client.clone(), pool).into_rpc())?;
	module.merge(TransactionPayment::new(client).into_rpc())?;
	if let Some(sealer) = deps.sealer {
		module.merge(ManualSeal::new(sealer).into_rpc())?;
	}
	Ok(module)
}
