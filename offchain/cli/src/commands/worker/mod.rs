// SPDX-License-Identifier: Apache-2.0
//! `candor worker`

mod bond;
mod run;
mod status;

use super::common;
use crate::output::Output;
use candor_client::exit::{Error, Outcome};
use clap::{Args, Subcommand};

/// Become a worker, answer jobs, cease to be one
#[derive(Debug, Args)]
pub(super) struct Worker {
	#[command(subcommand)]
	action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
	Run(run::Run),
	Register(bond::Register),
	Bond(bond::Bond),
	Unbond(bond::Unbond),
	Deregister(bond::Deregister),
	Status(status::Status),
}

impl Worker {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		match self.action {
			Action::Run(command) => command.run(output),
			Action::Register(command) => command.run(output),
			Action::Bond(command) => command.run(output),
			Action::Unbond(command) => command.run(output),
			Action::Deregister(command) => command.run(output),
			Action::Status(command) => command.run(output),
		}
	}
}
