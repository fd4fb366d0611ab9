// SPDX-License-Identifier: Apache-2.0

//! From the command line to the service.

use crate::{
	chain_spec,
	cli::{Cli, KeySubcommand, Sealing, SealingParams, Subcommand, BLOCK_TIME},
	service::{self, Mode},
};
use candor_runtime::OpaqueBlock;
use sc_cli::{Result, SubstrateCli};
use sc_network::config::NetworkBackendType;
use sc_service::{ChainType, Configuration, PartialComponents};
use std::{path::PathBuf, time::Duration};

/// What is said where no chain is named.
const NO_CHAIN: &str = "no chain is named. `--dev` is a development chain on this machine alone; \
	`--chain FILE` joins the chain of a specification; `--chain local` is a network for tests, whose \
	validators' keys everybody knows";

/// How many peers a warp synchronisation waits for. Its proof is checked whoever sends it, and a network
/// of two has no more than one other.
const WARP_PEERS: usize = 1;

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"Candor Node".into()
	}

	fn impl_version() -> String {
		env!("SUBSTRATE_CLI_IMPL_VERSION").into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		env!("CARGO_PKG_AUTHORS").into()
	}

	fn support_url() -> String {
		"see docs/ in the source".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> std::result::Result<Box<dyn sc_service::ChainSpec>, String> {
		Ok(match id {
			"dev" => Box::new(chain_spec::development()?),
			"local" => Box::new(chain_spec::local()?),
			"" => return Err(NO_CHAIN.into()),
			path => Box::new(chain_spec::ChainSpec::from_json_file(PathBuf::from(path))?),
		})
	}
}

/// Parse the command line and do what it says.
pub fn run() -> Result<()> {
	let cli = Cli::from_args();

	match &cli.subcommand {
		Some(Subcommand::Key(KeySubcommand::SessionProof(cmd))) => cmd.run(),
		// The key goes to a file or to standard output, which is the same on every chain.
		Some(Subcommand::Key(KeySubcommand::Sdk(sc_cli::KeySubcommand::GenerateNodeKey(cmd))))
			if cmd.chain.is_none() =>
		{
			cmd.run("", &Cli::executable_name())
		}
		Some(Subcommand::Key(KeySubcommand::Sdk(cmd))) => cmd.run(&cli),
		Some(Subcommand::ExportChainSpec(cmd)) => cmd.run(cli.load_spec(&cmd.chain)?),
		Some(Subcommand::CheckBlock(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.async_run(|config| {
				let PartialComponents { client, task_manager, import_queue, .. } =
					service::new_partial(&config, &cli.runtimes(&config))?;
				Ok((cmd.run(client, import_queue), task_manager))
			})
		}
		Some(Subcommand::ExportBlocks(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.async_run(|config| {
				let PartialComponents { client, task_manager, .. } =
					service::new_partial(&config, &cli.runtimes(&config))?;
				Ok((cmd.run(client, config.database), task_manager))
			})
		}
		Some(Subcommand::ExportState(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.async_run(|config| {
				let PartialComponents { client, task_manager, .. } =
					service::new_partial(&config, &cli.runtimes(&config))?;
				Ok((cmd.run(client, config.chain_spec), task_manager))
			})
		}
		Some(Subcommand::ImportBlocks(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.async_run(|config| {
				let PartialComponents { client, task_manager, import_queue, .. } =
					service::new_partial(&config, &cli.runtimes(&config))?;
				Ok((cmd.run(client, import_queue), task_manager))
			})
		}
		Some(Subcommand::PurgeChain(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.sync_run(|config| cmd.run(config.database))
		}
		Some(Subcommand::Revert(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.async_run(|config| {
				let PartialComponents { client, task_manager, backend, .. } =
					service::new_partial(&config, &cli.runtimes(&config))?;
				let revert_grandpa = Box::new(|client, _, blocks| {
					sc_consensus_grandpa::revert(client, blocks)?;
					Ok(())
				});
				Ok((cmd.run(client, backend, Some(revert_grandpa)), task_manager))
			})
		}
		Some(Subcommand::ChainInfo(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.sync_run(|config| cmd.run::<OpaqueBlock>(&config))
		}
		Some(Subcommand::CheckState(cmd)) => {
			let runner = cli.create_runner(cmd)?;
			runner.sync_run(|config| {
				let PartialComponents { client, backend, .. } =
					service::new_partial(&config, &cli.runtimes(&config))?;
				cmd.run(client, backend)
			})
		}
		#[cfg(feature = "runtime-benchmarks")]
		Some(Subcommand::Benchmark(cmd)) => crate::benchmark::run(&cli, cmd),
		None => {
			let runner = cli.create_runner(&cli.run)?;
			runner.run_node_until_exit(|mut config| async move {
				let runtimes = cli.runtimes(&config);
				config.network.min_peers_to_start_warp_sync = Some(WARP_PEERS);
				let mode = mode(&cli.sealing, &config)?;
				match config.network.network_backend {
					NetworkBackendType::Libp2p => service::new_full::<
						sc_network::NetworkWorker<_, _>,
					>(config, mode, &runtimes),
					NetworkBackendType::Litep2p => service::new_full::<
						sc_network::Litep2pNetworkBackend,
					>(config, mode, &runtimes),
				}
				.map_err(sc_cli::Error::Service)
			})
		}
	}
}

/// How the node makes blocks, given its options and its chain.
fn mode(params: &SealingParams, config: &Configuration) -> Result<Mode> {
	let development = config.chain_spec.chain_type() == ChainType::Development;
	let authority = config.role.is_authority();
	// Nodes that make no blocks follow others.
	let default = if development && authority { Sealing::Instant } else { Sealing::Aura };
	match params.sealing.unwrap_or(default) {
		Sealing::Aura => {
			if params.block_time.is_some() {
				log::warn!("--block-time has no effect with --sealing aura, whose slots are the chain's");
			}
			Ok(Mode::Consensus)
		}
		Sealing::Instant if !development => Err(sc_cli::Error::Input(
			"--sealing instant makes blocks without consensus and works on development chains \
			 only: leave it out, or add --dev"
				.into(),
		)),
		Sealing::Instant if !authority => Err(sc_cli::Error::Input(
			"--sealing instant makes blocks, and this node is no validator: add --dev or --validator, \
			 or follow another node with --sealing aura"
				.into(),
		)),
		Sealing::Instant => {
			let period = params.block_time.unwrap_or(BLOCK_TIME);
			Ok(Mode::Instant { heartbeat: (period > 0).then(|| Duration::from_millis(period)) })
		}
	}
}
