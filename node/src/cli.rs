// SPDX-License-Identifier: Apache-2.0

//! The command line.

use crate::key::SessionProofCmd;
use clap::Command;
use sc_cli::RunCmd;
use sc_service::Configuration;
use std::path::PathBuf;

/// Milliseconds between blocks that are made without need, by default.
pub const BLOCK_TIME: u64 = 1000;

/// How many RPC connections an address takes, by default. Idle ones make room for newcomers.
const RPC_CONNECTIONS: &str = "512";

/// How many subscriptions an RPC connection has, by default.
const RPC_SUBSCRIPTIONS: &str = "128";

/// How many calls come in one RPC message, by default.
const RPC_BATCH: &str = "64";

/// How many mebibytes an RPC request has, by default. A transaction of the size that a block leaves to
/// ordinary ones takes 7.5 in hex.
const RPC_REQUEST: &str = "8";

/// The folder beside the database where compiled runtimes are kept.
const RUNTIMES: &str = "runtimes";

/// The options of the node and its subcommands.
#[derive(Debug, clap::Parser)]
#[command(
	mut_arg("rpc_max_connections", |arg| arg.default_value(RPC_CONNECTIONS)),
	mut_arg("rpc_max_subscriptions_per_connection", |arg| arg.default_value(RPC_SUBSCRIPTIONS)),
	mut_arg("rpc_max_batch_request_len", |arg| arg.default_value(RPC_BATCH)),
	mut_arg("rpc_max_request_size", |arg| arg.default_value(RPC_REQUEST)),
	mut_subcommand("key", |key| key.mut_subcommand("generate-node-key", for_a_chain)),
)]
pub struct Cli {
	/// What to do instead of running a node.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	/// The options of a running node.
	#[clap(flatten)]
	pub run: RunCmd,

	/// How blocks are made.
	#[clap(flatten)]
	pub sealing: SealingParams,

	/// Where compiled runtimes are kept, so that the next start needs not compile them. Whoever can write
	/// there decides what this node runs. By default a folder beside the database.
	#[arg(long, value_name = "DIR", global = true)]
	pub runtime_cache: Option<PathBuf>,
}

impl Cli {
	/// Where compiled runtimes are kept.
	pub fn runtimes(&self, config: &Configuration) -> PathBuf {
		let folder = match &self.runtime_cache {
			Some(folder) => folder.clone(),
			None => config.base_path.path().join(RUNTIMES),
		};
		// What keeps them takes absolute paths only.
		std::path::absolute(&folder).unwrap_or(folder)
	}
}

/// A node key that goes into a chain's folder needs a chain.
fn for_a_chain(command: Command) -> Command {
	command
		.mut_arg("base_path", |arg| arg.requires("chain"))
		.mut_arg("default_base_path", |arg| arg.requires("chain"))
}

/// How blocks are made.
#[derive(Debug, Clone, clap::Args)]
pub struct SealingParams {
	/// Who makes blocks, and when. Defaults to `instant` on a development chain and to `aura`
	/// elsewhere.
	#[arg(long, value_enum)]
	pub sealing: Option<Sealing>,

	/// With instant sealing: also make an empty block every so many milliseconds, so that
	/// deadlines pass. With 0 there are only blocks for transactions and for the RPC call
	/// `engine_createBlock`. 1000 by default.
	#[arg(long, value_name = "MILLISECONDS")]
	pub block_time: Option<u64>,
}

/// Who makes blocks, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Sealing {
	/// A block for every transaction that arrives, final at once. Development chains only; the
	/// chain's clock moves on by a slot a block.
	Instant,
	/// Aura's slots and GRANDPA's finality, as on a real chain.
	Aura,
}

/// What is done with keys.
#[derive(Debug, clap::Subcommand)]
pub enum KeySubcommand {
	/// What the SDK offers.
	#[command(flatten)]
	Sdk(sc_cli::KeySubcommand),

	/// Prove to own session keys: prints what `session.setKeys` takes, without a running node.
	SessionProof(SessionProofCmd),
}

/// What the binary does besides running a node.
#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
	/// Generate, inspect and insert keys, and prove to own them.
	#[command(subcommand)]
	Key(KeySubcommand),

	/// Write a chain specification to a JSON file.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Validate blocks.
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Export blocks.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Export the state at a block as a chain specification.
	ExportState(sc_cli::ExportStateCmd),

	/// Import blocks.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Remove the whole chain.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Revert the chain to an earlier state.
	Revert(sc_cli::RevertCmd),

	/// Describe the database.
	ChainInfo(sc_cli::ChainInfoCmd),

	/// Check that the books balance in the state of a block.
	CheckState(crate::check_state::CheckStateCmd),

	/// Measure weights.
	#[cfg(feature = "runtime-benchmarks")]
	#[command(subcommand)]
	Benchmark(frame_benchmarking_cli::BenchmarkCmd),
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::{CommandFactory, Parser};

	#[test]
	fn the_command_line_is_consistent() {
		Cli::command().debug_assert();
	}

	#[test]
	fn limits_of_rpc_are_the_nodes_own_and_can_be_changed() {
		let cli = Cli::parse_from(["candor-node"]);
		let params = &cli.run.rpc_params;
		assert_eq!(params.rpc_max_connections.to_string(), RPC_CONNECTIONS);
		assert_eq!(params.rpc_max_subscriptions_per_connection.to_string(), RPC_SUBSCRIPTIONS);
		assert_eq!(params.rpc_max_batch_request_len.unwrap().to_string(), RPC_BATCH);
		assert_eq!(params.rpc_max_request_size.to_string(), RPC_REQUEST);
		let cli = Cli::parse_from(["candor-node", "--rpc-max-connections", "7"]);
		assert_eq!(cli.run.rpc_params.rpc_max_connections, 7);
		Cli::parse_from(["candor-node", "--rpc-disable-batch-requests"]);
	}

	#[test]
	fn a_node_key_for_a_folder_needs_a_chain() {
		let parse = |args: &[&str]| {
			Cli::try_parse_from([&["candor-node", "key", "generate-node-key"], args].concat())
		};
		assert!(parse(&["--base-path", "folder"]).is_err());
		assert!(parse(&["--default-base-path"]).is_err());
		assert!(parse(&["--base-path", "folder", "--chain", "local"]).is_ok());
		assert!(parse(&["--file", "key"]).is_ok());
		assert!(parse(&[]).is_ok());
	}
}
