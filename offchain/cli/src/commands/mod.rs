// SPDX-License-Identifier: Apache-2.0
//! The commands of `candor`, one file each, or a folder where a noun has several.
//!
//! A command is a structure of its arguments with a method `run`, which tells about progress and
//! prints its report through [`Output`]. Five take a model from ONNX to a proof without a chain; the
//! others are a noun and then a verb. `docs/cli.md` lists all of them.

mod account;
mod ceremony;
mod chain;
mod check;
mod circuit;
mod common;
mod compile;
mod job;
mod key;
mod model;
mod prove;
mod setup;
mod verify;
mod worker;

use crate::output::{self, Output};
use anyhow::anyhow;
use candor_client::exit::{Error, Outcome, WRONG_INPUT};
use clap::{
	error::{ContextKind, ContextValue, ErrorKind},
	CommandFactory, Parser, Subcommand,
};
use std::{
	env,
	ffi::OsString,
	io::{self, Write},
	process::ExitCode,
};

/// What `candor --help` ends with.
const OVERVIEW: &str = "\
From a model to a checked proof:
  candor compile digits.onnx --calibration calibration.csv --test test.csv --out model/
  candor setup model/ --development
  candor prove model/ --input test.csv --sample 1 --out proof/
  candor verify --vk model/verifying.key --proof proof/ --public proof/

From there to a paid answer, on a development chain (`candor-node --dev`):
  candor circuit register model/ --suri //Alice
  candor model register model/ --royalty 5% --suri //Alice
  candor worker register --bond 100 --suri //Charlie
  candor worker run --dir model/ --suri //Charlie
  candor job open --model 0 --schema model/schema.json --input test.csv --sample 1 --price 1 \
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
	Check(check::Check),
	Compile(compile::Compile),
	Setup(setup::Setup),
	Ceremony(ceremony::Ceremony),
	Prove(prove::Prove),
	Verify(verify::Verify),
	Key(key::Key),
	Account(account::Account),
	Circuit(circuit::Circuit),
	Model(model::Model),
	Job(job::Job),
	Worker(worker::Worker),
	Chain(chain::Chain),
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
	let arguments: Vec<OsString> = env::args_os().collect();
	match Cli::try_parse_from(&arguments) {
		Ok(Cli { output, command }) => {
			let result = match command {
				Command::Check(command) => command.run(&output),
				Command::Compile(command) => command.run(&output),
				Command::Setup(command) => command.run(&output),
				Command::Ceremony(command) => command.run(&output),
				Command::Prove(command) => command.run(&output),
				Command::Verify(command) => command.run(&output),
				Command::Key(command) => command.run(&output),
				Command::Account(command) => command.run(&output),
				Command::Circuit(command) => command.run(&output),
				Command::Model(command) => command.run(&output),
				Command::Job(command) => command.run(&output),
				Command::Worker(command) => command.run(&output),
				Command::Chain(command) => command.run(&output),
			};
			finish(&output, result)
		}
		Err(error) => usage(&arguments, &error),
	}
}

fn finish(output: &Output, result: Result<Outcome, Error>) -> ExitCode {
	let result = result.and_then(|outcome| match output::lost() {
		None => Ok(outcome),
		Some(cause) => Err(Error::failed(anyhow!("{cause}"))
			.context("what the command found could not be written to the standard output")
			.hint("it was done all the same; write to a place with room, and ask again")),
	});
	match result {
		Ok(outcome) => outcome.into(),
		Err(error) => {
			output.error(&error);
			error.kind().code().into()
		}
	}
}

/// Answers arguments that are not a command: a request for help, or a mistake.
fn usage(arguments: &[OsString], error: &clap::Error) -> ExitCode {
	let wants_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
	let hint = meant(error);
	if !wants_help && arguments.iter().any(|argument| argument == "--json") {
		let text = error.to_string();
		let message = text.trim().trim_start_matches("error: ").to_owned();
		let output = Output { json: true, ..Output::default() };
		let error = Error::wrong_input(anyhow::Error::msg(message));
		output.error(&match hint {
			Some(hint) => error.hint(hint),
			None => error,
		});
		return WRONG_INPUT.into();
	}
	// Nothing can be told to a terminal that is gone.
	let _ = error.print();
	if let Some(hint) = hint {
		let _ = writeln!(io::stderr(), "\n  hint: {hint}");
	}
	u8::try_from(error.exit_code()).unwrap_or(WRONG_INPUT).into()
}

/// What somebody meant who began with a verb: the commands that it is the verb of.
fn meant(error: &clap::Error) -> Option<String> {
	let Some(ContextValue::String(verb)) = error.get(ContextKind::InvalidSubcommand) else {
		return None;
	};
	let all = paths(&Cli::command());
	let of_this_verb = |path: &&String| path.ends_with(&format!(" {verb}"));
	let found: Vec<_> =
		all.iter().filter(of_this_verb).map(|it| format!("`candor {it}`")).collect();
	(!found.is_empty()).then(|| format!("a noun comes first: {}", found.join(", ")))
}

/// All commands that do something, by their words after `candor`, in the order of the help text.
fn paths(root: &clap::Command) -> Vec<String> {
	commands(root).into_iter().map(|(path, _)| path).collect()
}

fn commands(root: &clap::Command) -> Vec<(String, &clap::Command)> {
	let mut found = Vec::new();
	for command in root.get_subcommands() {
		let name = command.get_name();
		// One that takes arguments of its own does something without a further word.
		if !command.has_subcommands() || command.get_positionals().next().is_some() {
			found.push((name.to_owned(), command));
		}
		found.extend(
			commands(command).into_iter().map(|(path, inner)| (format!("{name} {path}"), inner)),
		);
	}
	found
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The list of all commands.
	const DOCS: &str = include_str!("../../../../docs/cli.md");

	#[test]
	fn the_arguments_are_consistent() {
		Cli::command().debug_assert();
	}

	#[test]
	fn arguments_that_are_secrets_are_not_shown() {
		let suri = "bottom drive obey lake curtain smoke basket hold race lonely fit walk//Alice";
		for command in [
			&["candor", "key", "inspect", "--suri", suri][..],
			&["candor", "job", "expire", "7", "--suri", suri],
			&["candor", "worker", "run", "--dir", "model", "--suri", suri],
		] {
			let cli = Cli::try_parse_from(command).expect("a command");
			let shown = format!("{cli:?}");
			assert!(shown.contains("Secret(..)") && !shown.contains("drive"), "{shown}");
		}
	}

	#[test]
	fn every_command_has_an_example_and_every_argument_a_help_text() {
		let root = Cli::command();
		for (path, command) in commands(&root) {
			let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
			assert!(examples.contains(&format!("candor {path}")), "{path} shows no example");
			for argument in command.get_arguments() {
				let name = argument.get_id();
				assert!(argument.get_help().is_some(), "{path} does not explain {name}");
			}
		}
	}

	#[test]
	fn the_commands_are_those_of_the_documentation_in_its_words() {
		let root = Cli::command();
		let row = |(path, command): (String, &clap::Command)| {
			let about = command.get_about().map(ToString::to_string).unwrap_or_default();
			format!("| `candor {path}` | {about} |")
		};
		let rows: Vec<_> = commands(&root).into_iter().map(row).collect();
		let told: Vec<_> = DOCS.lines().filter(|line| line.starts_with("| `candor ")).collect();
		assert_eq!(told, rows);
	}

	#[test]
	fn a_verb_without_its_noun_is_answered_with_the_nouns() {
		let hint = |words: &[&str]| meant(&Cli::try_parse_from(words).unwrap_err());
		let of_register = hint(&["candor", "register", "circuit", "model/"]).unwrap();
		for noun in ["circuit", "model", "worker"] {
			assert!(of_register.contains(&format!("`candor {noun} register`")), "{of_register}");
		}
		assert!(hint(&["candor", "open"]).unwrap().contains("`candor job open`"));
		assert_eq!(hint(&["candor", "nonsense"]), None);
		assert_eq!(hint(&["candor", "verify"]), None);
	}
}
