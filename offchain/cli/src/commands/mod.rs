// SPDX-License-Identifier: Apache-2.0
//! The commands of `candor`, one file each.
//!
//! A command is a structure of its arguments with a method `run`, which tells about progress and
//! prints its report through [`Output`].

mod bond;
mod chain;
mod compile;
mod files;
mod groth16;
mod job;
mod keys;
mod open;
mod prove;
mod register;
mod sample;
mod setup;
mod status;
mod verify;
mod watch;
mod worker;

use crate::output::Output;
use candor_client::exit::{Failure, Outcome, WRONG_INPUT};
use clap::{error::ErrorKind, Parser, Subcommand};
use std::{env, ffi::OsString, process::ExitCode};

/// What `candor --help` ends with.
const OVERVIEW: &str = "\
From a model to a checked proof:
  candor compile digits.onnx --calibration calibration.csv --test test.csv --out model/
  candor setup model/ --development
  candor prove model/ --input test.csv --sample 1 --out proof/
  candor verify --vk model/verifying.key --proof proof/ --public proof/

From there to a paid answer, on a development chain (`candor-node --dev`):
  candor register circuit model/ --suri //Alice
  candor register model model/ --royalty 5% --suri //Alice
  candor register worker --bond 100 --suri //Charlie
  candor worker run --dir model/ --suri //Charlie
  candor open --model 0 --schema model/schema.json --input test.csv --sample 1 --price 1 \
      --suri //Bob --wait

Exit codes: 0 done, 1 refused (a proof that does not verify, a transaction that fails, a job that is not
there), 2 wrong arguments or unusable files (malformed, not canonical, a key that no chain takes), 3 failed
(no connection, a node that does not answer, a full disk, a wait that took too long).";

/// Compile models, prove inferences, and buy and sell them on a chain.
///
/// Candor is a blockchain that pays for machine-learning inference only behind a checked proof.
#[derive(Debug, Parser)]
#[command(name = "candor", version, after_help = OVERVIEW, propagate_version = true)]
pub struct Cli {
	#[command(flatten)]
	output: Output,
	#[command(subcommand)]
	command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
enum Command {
	Compile(compile::Compile),
	Setup(setup::Setup),
	Prove(prove::Prove),
	Verify(verify::Verify),
	Keys(keys::Keys),
	Register(register::Register),
	Circuit(register::Circuit),
	Deprecate(register::Deprecate),
	Bond(bond::Bond),
	Deregister(bond::Deregister),
	Open(open::Open),
	Cancel(job::Cancel),
	Claim(job::Claim),
	Submit(job::Submit),
	Decline(job::Decline),
	Expire(job::Expire),
	Status(status::Status),
	Balance(status::Balance),
	Watch(watch::Watch),
	Worker(worker::Worker),
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
	let arguments: Vec<OsString> = env::args_os().collect();
	match Cli::try_parse_from(&arguments) {
		Ok(Cli { output, command }) => {
			let result = match command {
				Command::Compile(command) => command.run(&output),
				Command::Setup(command) => command.run(&output),
				Command::Prove(command) => command.run(&output),
				Command::Verify(command) => command.run(&output),
				Command::Keys(command) => command.run(&output),
				Command::Register(command) => command.run(&output),
				Command::Circuit(command) => command.run(&output),
				Command::Deprecate(command) => command.run(&output),
				Command::Bond(command) => command.run(&output),
				Command::Deregister(command) => command.run(&output),
				Command::Open(command) => command.run(&output),
				Command::Cancel(command) => command.run(&output),
				Command::Claim(command) => command.run(&output),
				Command::Submit(command) => command.run(&output),
				Command::Decline(command) => command.run(&output),
				Command::Expire(command) => command.run(&output),
				Command::Status(command) => command.run(&output),
				Command::Balance(command) => command.run(&output),
				Command::Watch(command) => command.run(&output),
				Command::Worker(command) => command.run(&output),
			};
			finish(&output, result)
		}
		Err(error) => usage(&arguments, &error),
	}
}

fn finish(output: &Output, result: Result<Outcome, Failure>) -> ExitCode {
	match result {
		Ok(outcome) => outcome.into(),
		Err(failure) => {
			output.failure(&failure);
			failure.kind().code().into()
		}
	}
}

/// Answers arguments that are not a command: a request for help, or a mistake.
fn usage(arguments: &[OsString], error: &clap::Error) -> ExitCode {
	let wants_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
	if !wants_help && arguments.iter().any(|argument| argument == "--json") {
		let text = error.to_string();
		let message = text.trim().trim_start_matches("error: ").to_owned();
		let output = Output { json: true, ..Output::default() };
		output.failure(&Failure::wrong_input(anyhow::Error::msg(message)));
		return WRONG_INPUT.into();
	}
	// Nothing can be told to a terminal that is gone.
	let _ = error.print();
	u8::try_from(error.exit_code()).unwrap_or(WRONG_INPUT).into()
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	#[test]
	fn the_arguments_are_consistent() {
		Cli::command().debug_assert();
	}

	#[test]
	fn arguments_that_are_secrets_are_not_shown() {
		let suri = "bottom drive obey lake curtain smoke basket hold race lonely fit walk//Alice";
		for command in [
			&["candor", "keys", "inspect", "--suri", suri][..],
			&["candor", "expire", "7", "--suri", suri],
			&["candor", "worker", "run", "--dir", "model", "--suri", suri],
		] {
			let cli = Cli::try_parse_from(command).expect("a command");
			let shown = format!("{cli:?}");
			assert!(shown.contains("Secret(..)") && !shown.contains("drive"), "{shown}");
		}
	}

	#[test]
	fn every_command_has_an_example_and_every_argument_a_help_text() {
		for command in Cli::command().get_subcommands() {
			let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
			assert!(
				examples.contains(&format!("candor {}", command.get_name())),
				"{} shows no example",
				command.get_name()
			);
			for argument in command.get_arguments() {
				assert!(
					argument.get_help().is_some(),
					"{} does not explain {}",
					command.get_name(),
					argument.get_id()
				);
			}
		}
	}
}
