// SPDX-License-Identifier: Apache-2.0
//! `candor job`

mod act;
mod ending;
mod open;
mod status;
mod submit;

use super::common;
use crate::output::Output;
use candor_client::exit::{Error, Outcome};
use clap::{Args, Subcommand};

/// Have models run, and answer by hand
#[derive(Debug, Args)]
pub(super) struct Job {
	#[command(subcommand)]
	action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
	Open(open::Open),
	Status(status::Status),
	Cancel(act::Cancel),
	Claim(act::Claim),
	Submit(submit::Submit),
	Decline(act::Decline),
	Expire(act::Expire),
}

impl Job {
	pub(super) fn run(self, output: &Output) -> Result<Outcome, Error> {
		match self.action {
			Action::Open(command) => command.run(output),
			Action::Status(command) => command.run(output),
			Action::Cancel(command) => command.run(output),
			Action::Claim(command) => command.run(output),
			Action::Submit(command) => command.run(output),
			Action::Decline(command) => command.run(output),
			Action::Expire(command) => command.run(output),
		}
	}
}
