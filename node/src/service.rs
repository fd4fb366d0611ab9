// SPDX-License-Identifier: Apache-2.0

//! The parts of a running node and how they are put together.

mod clock;
mod consensus;
mod genesis;
mod instant;
mod tasks;

use crate::quiet;
use candor_runtime::{Hash, OpaqueBlock as Block, RuntimeApi};
use sc_consensus_aura::ImportQueueParams;
use sc_executor::{HeapAllocStrategy, WasmExecutor, DEFAULT_HEAP_ALLOC_STRATEGY};
use sc_network::NetworkBackend;
use sc_service::{
	config::ExecutorConfiguration, error::Error, BuildNetworkParams, Configuration, TaskManager,
	WarpSyncConfig,
};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sp_consensus_aura::sr25519::AuthorityPair;
use std::{path::Path, sync::Arc, time::Duration};

/// What the runtime may ask of the node beside the SDK's functions: BN254, and for a runtime that has
/// benchmarks what those call.
#[cfg(not(feature = "runtime-benchmarks"))]
pub type OwnHostFunctions = candor_bn254::host::HostFunctions;
/// What the runtime may ask of the node beside the SDK's functions: BN254, and for a runtime that has
/// benchmarks what those call.
#[cfg(feature = "runtime-benchmarks")]
pub type OwnHostFunctions =
	(candor_bn254::host::HostFunctions, frame_benchmarking::benchmarking::HostFunctions);

type Executor = WasmExecutor<(sp_io::SubstrateHostFunctions, OwnHostFunctions)>;
/// The client.
pub type Client = sc_service::TFullClient<Block, RuntimeApi, Executor>;
/// The database.
pub type Backend = sc_service::TFullBackend<Block>;
type SelectChain = sc_consensus::LongestChain<Backend, Block>;
/// The transaction pool.
pub type Pool = sc_transaction_pool::TransactionPoolHandle<Block, Client>;
type GrandpaImport = sc_consensus_grandpa::GrandpaBlockImport<Backend, Block, Client, SelectChain>;
type GrandpaLink = sc_consensus_grandpa::LinkHalf<Block, Client, SelectChain>;

/// How many blocks may pass between two stored GRANDPA justifications.
const JUSTIFICATION_PERIOD: u32 = 512;

/// How many telemetry messages may wait.
const TELEMETRY_BUFFER: usize = 16;

/// How blocks are made.
pub enum Mode {
	/// Aura and GRANDPA.
	Consensus,
	/// A block for every transaction, final at once.
	Instant {
		/// The time between blocks that are made without need, if any.
		heartbeat: Option<Duration>,
	},
}

/// What every command of the node works on.
pub type Components = sc_service::PartialComponents<
	Client,
	Backend,
	SelectChain,
	sc_consensus::DefaultImportQueue<Block>,
	Pool,
	(GrandpaImport, GrandpaLink, Option<Telemetry>),
>;

/// Runs runtimes as the SDK's own executor does, and keeps what it compiles: compiling takes seconds.
fn executor(config: &ExecutorConfiguration, runtimes: &Path) -> Executor {
	let pages = config.default_heap_pages.map_or(DEFAULT_HEAP_ALLOC_STRATEGY, |pages| {
		HeapAllocStrategy::Static { extra_pages: u32::try_from(pages).unwrap_or(u32::MAX) }
	});
	Executor::builder()
		.with_execution_method(config.wasm_method)
		.with_onchain_heap_alloc_strategy(pages)
		.with_offchain_heap_alloc_strategy(pages)
		.with_max_runtime_instances(config.max_runtime_instances)
		.with_runtime_cache_size(config.runtime_cache_size)
		.with_cache_path(runtimes)
		.build()
}

/// The parts that need neither network nor block production. Compiled runtimes are kept in `runtimes`, an absolute
/// path.
pub fn new_partial(config: &Configuration, runtimes: &Path) -> Result<Components, Error> {
	let telemetry = config
		.telemetry_endpoints
		.clone()
		.filter(|endpoints| !endpoints.is_empty())
		.map(|endpoints| -> Result<_, sc_telemetry::Error> {
			let worker = TelemetryWorker::new(TELEMETRY_BUFFER)?;
			let telemetry = worker.handle().new_telemetry(endpoints);
			Ok((worker, telemetry))
		})
		.transpose()?;

	let executor = executor(&config.executor, runtimes);
	let had_database = genesis::database_exists(config);
	let (client, backend, keystore_container, task_manager) =
		sc_service::new_full_parts::<Block, RuntimeApi, _>(
			config,
			telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
			executor.clone(),
			Vec::new(),
		)?;
	let client = Arc::new(client);
	if had_database {
		genesis::check(config, client.chain_info().genesis_hash, backend.clone(), executor)?;
	}

	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});

	let select_chain = sc_consensus::LongestChain::new(backend.clone());
	let transaction_pool = Arc::from(
		sc_transaction_pool::Builder::new(
			// Anybody may send it transactions that are none.
			quiet::Spawner(task_manager.spawn_essential_handle()),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);

	let (grandpa_import, grandpa_link) = sc_consensus_grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		&client,
		select_chain.clone(),
		telemetry.as_ref().map(|telemetry| telemetry.handle()),
	)?;

	let slot_duration = sc_consensus_aura::slot_duration(&*client)?;
	let import_queue =
		sc_consensus_aura::import_queue::<AuthorityPair, _, _, _, _, _>(ImportQueueParams {
			block_import: grandpa_import.clone(),
			justification_import: Some(Box::new(grandpa_import.clone())),
			client: client.clone(),
			create_inherent_data_providers: move |_, ()| async move {
				Ok(consensus::inherents(slot_duration))
			},
			spawner: &task_manager.spawn_essential_handle(),
			registry: config.prometheus_registry(),
			check_for_equivocation: Default::default(),
			telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
			compatibility_mode: Default::default(),
		})?;

	Ok(Components {
		client,
		backend,
		task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other: (grandpa_import, grandpa_link, telemetry),
	})
}

/// A running node.
pub fn new_full<N: NetworkBackend<Block, Hash>>(
	config: Configuration,
	mode: Mode,
	runtimes: &Path,
) -> Result<TaskManager, Error> {
	let Components {
		client,
		backend,
		mut task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other: (grandpa_import, grandpa_link, mut telemetry),
	} = new_partial(&config, runtimes)?;

	let mut net_config = sc_network::config::FullNetworkConfiguration::<Block, Hash, N>::new(
		&config.network,
		config.prometheus_registry().cloned(),
	);
	let metrics = N::register_notification_metrics(config.prometheus_registry());
	let genesis_hash = client.chain_info().genesis_hash;
	let grandpa_protocol =
		sc_consensus_grandpa::protocol_standard_name(&genesis_hash, &config.chain_spec);
	let (grandpa_peers, grandpa_notifications) =
		sc_consensus_grandpa::grandpa_peers_set_config::<_, N>(
			grandpa_protocol.clone(),
			metrics.clone(),
			net_config.peer_store_handle(),
		);
	// A protocol that is offered and that nobody serves ends every connection.
	let finality = !config.disable_grandpa && matches!(mode, Mode::Consensus);
	if finality {
		net_config.add_notification_protocol(grandpa_peers);
	}

	let warp_sync = Arc::new(sc_consensus_grandpa::warp_proof::NetworkProvider::new(
		backend.clone(),
		grandpa_link.shared_authority_set().clone(),
		Vec::default(),
	));
	let (network, network_requests, transactions, sync_service, _bitswap) =
		sc_service::build_network(BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: transaction_pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;

	let role = config.role;
	let name = config.network.node_name.clone();
	let force_authoring = config.force_authoring;
	let prometheus = config.prometheus_registry().cloned();

	let (sealer, seal_requests) = match mode {
		Mode::Consensus => (None, None),
		Mode::Instant { heartbeat } => {
			let (sender, receiver) = instant::requests();
			(Some(sender), Some((heartbeat, receiver)))
		}
	};
	tasks::start(tasks::Params {
		config,
		tasks: &mut task_manager,
		client: client.clone(),
		backend,
		pool: transaction_pool.clone(),
		keystore: keystore_container.keystore(),
		network: network.clone(),
		network_requests,
		transactions,
		sync: sync_service.clone(),
		sealer: sealer.clone(),
		telemetry: telemetry.as_mut(),
	})?;

	let proposer = sc_basic_authorship::ProposerFactory::new(
		task_manager.spawn_handle(),
		client.clone(),
		transaction_pool.clone(),
		prometheus.as_ref(),
		telemetry.as_ref().map(|telemetry| telemetry.handle()),
	);

	if let (Some(sealer), Some((heartbeat, requests))) = (sealer, seal_requests) {
		if role.is_authority() {
			instant::start(
				&task_manager,
				instant::Params {
					client,
					pool: transaction_pool,
					select_chain,
					proposer,
					heartbeat,
					sealer,
					requests,
				},
			)?;
		}
		return Ok(task_manager);
	}

	let keystore = keystore_container.keystore();
	if role.is_authority() {
		consensus::start_authoring(
			&task_manager,
			consensus::AuthoringParams {
				client,
				select_chain,
				block_import: grandpa_import,
				proposer,
				force_authoring,
				keystore: keystore.clone(),
				sync: sync_service.clone(),
				telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
			},
		)?;
	}
	if finality {
		consensus::start_finality(
			&task_manager,
			consensus::FinalityParams {
				link: grandpa_link,
				network,
				sync: sync_service,
				notifications: grandpa_notifications,
				protocol: grandpa_protocol,
				pool: transaction_pool,
				// Nodes that do not take part in consensus need no keys.
				keystore: role.is_authority().then_some(keystore),
				role,
				name,
				prometheus,
				telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
			},
		)?;
	}
	Ok(task_manager)
}
