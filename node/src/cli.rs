// SPDX-License-Identifier: Apache-2.0

//! The command line.

use sc_cli::RunCmd;

/// The options of the node and its subcommands.
#[derive(Debug, clap::Parser)]
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
	/// `engine_createBlock`.
	#[arg(long, value_name = "MILLISECONDS", default_value_t = 1000)]
	pub block_time: u64,
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

/// What the binary does besides running a node.
#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
	/// Generate, inspect and insert keys.
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

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
