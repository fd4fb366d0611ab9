// SPDX-License-Identifier: Apache-2.0
//! `candor circuit`

mod export;
mod register;
mod solve;

use super::common::{files, transaction::block_on};
use crate::output::Output;
use candor_client::{
	answer::registration::usual_circuit,
	chain::types::CircuitId,
	exit::{Error, Outcome},
};
use candor_prover::key_file::{read_verifying_key, VERIFYING_KEY};
use clap::{Args, Subcommand};
use std::path::Path;

/// Register circuits, those made elsewhere among them, and hand them to snarkjs
#[derive(Debug, Args)]
pub(super) struct Circuit {
	#[command(subcommand)]
	action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
	Register(register::Register),
	Export(export::Export),
	Solve(solve::Solve),
}

impl Circuit {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		match self.action {
			Action::Register(command) => block_on(command.run(output)),
			Action::Export(command) => command.run(output),
			Action::Solve(command) => command.run(output),
		}
	}
}

/// The circuit of a folder, as `candor circuit register DIR` registers it.
pub(super) fn circuit_of(folder: &Path) -> Result<CircuitId, Error> {
	let key = read_verifying_key(&folder.join(VERIFYING_KEY)).map_err(|error| {
		Error::wrong_input(error).hint("run `candor setup` for this folder first")
	})?;
	usual_circuit(folder, &key, &files::load_public_model(folder)?.architecture)
}
