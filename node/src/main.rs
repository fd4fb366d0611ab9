// SPDX-License-Identifier: Apache-2.0

//! The Candor node: a validator's binary, and a development chain for a laptop.

#![allow(clippy::result_large_err, reason = "the errors are the SDK's, of start-up and commands")]

#[cfg(feature = "runtime-benchmarks")]
mod benchmark;
mod chain_spec;
mod check_state;
mod cli;
mod command;
mod key;
mod quiet;
mod rpc;
mod service;

use std::process::ExitCode;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("error: {error}");
			ExitCode::FAILURE
		}
	}
}
