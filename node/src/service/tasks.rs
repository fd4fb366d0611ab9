// SPDX-License-Identifier: Apache-2.0

//! The tasks that every node runs besides network and consensus: pool, metrics, telemetry, RPC.

use super::{Backend, Block, Client, Pool};
use crate::rpc::{self, server, threads::Threads};
use candor_runtime::Hash;
use futures::{channel::mpsc, FutureExt};
use log::info;
use sc_consensus_manual_seal::EngineCommand;
use sc_network::service::traits::NetworkService;
use sc_network_sync::SyncingService;
use sc_network_transactions::TransactionsHandlerController;
use sc_rpc::system::{Request, SystemInfo};
use sc_rpc_spec_v2::transaction::TransactionMetrics;
use sc_service::{
	config::PrometheusConfig, error::Error, Configuration, MetricsService, TaskManager,
};
use sc_telemetry::Telemetry;
use sc_utils::mpsc::TracingUnboundedSender;
use sp_keystore::KeystorePtr;
use std::{num::NonZeroUsize, sync::Arc, thread};
use substrate_prometheus_endpoint::init_prometheus;

/// How many calls run at a time that need a turn, at least: one long call leaves room for another.
const LEAST_TURNS: usize = 2;

/// What the tasks work with.
pub struct Params<'a> {
	pub config: Configuration,
	pub tasks: &'a mut TaskManager,
	pub client: Arc<Client>,
	pub backend: Arc<Backend>,
	pub pool: Arc<Pool>,
	pub keystore: KeystorePtr,
	pub network: Arc<dyn NetworkService>,
	pub network_requests: TracingUnboundedSender<Request<Block>>,
	pub transactions: TransactionsHandlerController<Hash>,
	pub sync: Arc<SyncingService<Block>>,
	pub sealer: Option<mpsc::Sender<EngineCommand<Hash>>>,
	pub telemetry: Option<&'a mut Telemetry>,
}

/// Start the tasks.
pub fn start(params: Params<'_>) -> Result<(), Error> {
	let Params { config, tasks, client, backend, pool, keystore, network, sync, .. } = params;

	let chain = client.chain_info();
	sp_session::generate_initial_session_keys(
		client.clone(),
		chain.best_hash,
		config.dev_key_seed.iter().cloned().collect(),
		keystore.clone(),
	)
	.map_err(|error| Error::Application(Box::new(error)))?;

	let machine = sc_sysinfo::gather_sysinfo();
	sc_sysinfo::print_sysinfo(&machine);
	let telemetry = params
		.telemetry
		.map(|telemetry| {
			sc_service::init_telemetry(
				config.network.node_name.clone(),
				config.impl_name.clone(),
				config.impl_version.clone(),
				config.chain_spec.name().to_string(),
				config.role.is_authority(),
				network.clone(),
				client.clone(),
				telemetry,
				Some(machine),
			)
		})
		.transpose()?;
	info!("📦 Highest known block at #{}", chain.best_number);

	let spawn = tasks.spawn_handle();
	spawn.spawn(
		"txpool-notifications",
		Some("transaction-pool"),
		sc_transaction_pool::notification_future(
			client.clone(),
			pool.clone(),
			config.transaction_pool.use_all_block_notifications(),
		),
	);
	spawn.spawn(
		"on-transaction-imported",
		Some("transaction-pool"),
		sc_service::propagate_transaction_notifications(
			pool.clone(),
			params.transactions,
			telemetry.clone(),
		),
	);

	let registry = config.prometheus_registry().cloned();
	let metrics = match config.prometheus_config.clone() {
		Some(PrometheusConfig { port, registry }) => {
			let metrics = MetricsService::with_prometheus(
				telemetry,
				&registry,
				config.role,
				&config.network.node_name,
				&config.impl_version,
			)?;
			spawn.spawn("prometheus-endpoint", None, init_prometheus(port, registry).map(drop));
			metrics
		}
		None => MetricsService::new(telemetry),
	};
	spawn.spawn(
		"telemetry-periodic-send",
		None,
		metrics.run(client.clone(), pool.clone(), network.clone(), sync.clone()),
	);
	spawn.spawn("informant", None, sc_informant::build(client.clone(), network, sync.clone()));

	let turns = turns();
	let threads = Threads::start(turns)?;
	let archive = config.state_pruning.as_ref().is_some_and(|pruning| pruning.is_archive())
		&& config.blocks_pruning.is_archive();
	let deps = rpc::Deps {
		client,
		pool,
		backend,
		keystore,
		info: SystemInfo {
			chain_name: config.chain_spec.name().into(),
			impl_name: config.impl_name.clone(),
			impl_version: config.impl_version.clone(),
			properties: config.chain_spec.properties(),
			chain_type: config.chain_spec.chain_type(),
		},
		network: params.network_requests,
		sync,
		archive,
		sealer: params.sealer,
		spawner: threads.spawner(),
		metrics: registry.as_ref().map(TransactionMetrics::new).transpose()?,
	};
	let server = serve(
		server::Params {
			endpoints: config.rpc.addr.clone().unwrap_or_default(),
			methods: rpc::methods(deps).map_err(Error::Application)?,
			threads,
			turns,
			logged: config.rpc.request_logger_limit,
			registry,
		},
		&config.tokio_handle,
	)?;
	tasks.keep_alive((config.base_path, server));
	Ok(())
}

/// Half of the processors, since the other half is the node's.
fn turns() -> usize {
	let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
	(processors / 2).max(LEAST_TURNS)
}

fn serve(params: server::Params, runtime: &tokio::runtime::Handle) -> Result<Threads, Error> {
	tokio::task::block_in_place(|| runtime.block_on(server::start(params)))
		.map_err(Error::Application)
}
