// SPDX-License-Identifier: Apache-2.0

//! The Candor node: a validator's binary, and a development chain for a laptop.

#[cfg(feature = "runtime-benchmarks")]
mod benchmark;
mod chain_spec;
mod cli;
mod command;
mod rpc;
mod service;

fn main() -> sc_cli::Result<()> {
	command::run()
}
