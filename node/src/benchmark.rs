// SPDX-License-Identifier: Apache-2.0

//! Measures weights, and what a block and a database access cost. In benchmarking builds only.

use crate::{cli::Cli, service};
use candor_bn254::host::HostFunctions;
use candor_runtime::OpaqueBlock as Block;
use frame_benchmarking_cli::{BenchmarkCmd, SUBSTRATE_REFERENCE_HARDWARE};
use sc_cli::{Error, Result, SubstrateCli};
use sc_service::PartialComponents;
use sp_runtime::traits::HashingFor;

/// Run a benchmarking command.
pub fn run(cli: &Cli, command: &BenchmarkCmd) -> Result<()> {
	cli.create_runner(command)?.sync_run(|config| match command {
		BenchmarkCmd::Pallet(cmd) => {
			cmd.run_with_spec::<HashingFor<Block>, HostFunctions>(Some(config.chain_spec))
		}
		BenchmarkCmd::Block(cmd) => {
			let PartialComponents { client, .. } =
				service::new_partial(&config, &cli.runtimes(&config))?;
			cmd.run(client)
		}
		BenchmarkCmd::Storage(cmd) => {
			let PartialComponents { client, backend, .. } =
				service::new_partial(&config, &cli.runtimes(&config))?;
			let db = backend.expose_db();
			let storage = backend.expose_storage();
			cmd.run(config, client, db, storage, backend.expose_shared_trie_cache())
		}
		BenchmarkCmd::Overhead(cmd) => {
			cmd.run_with_default_builder_and_spec::<Block, HostFunctions>(Some(config.chain_spec))
		}
		BenchmarkCmd::Machine(cmd) => cmd.run(&config, SUBSTRATE_REFERENCE_HARDWARE.clone()),
		BenchmarkCmd::Extrinsic(_) => Err(Error::Input(
			"whole extrinsics are not benchmarked here: `benchmark pallet` measures the calls and \
			 `benchmark overhead` what surrounds them"
				.into(),
		)),
	})
}
