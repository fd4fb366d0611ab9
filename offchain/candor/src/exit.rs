// SPDX-License-Identifier: Apache-2.0
//! How a command ends: exit codes and failures.

use std::{fmt, process::ExitCode};

/// The exit code of a command that did what it was asked to.
pub const DONE: u8 = 0;
/// The exit code when everything was understood and the answer is no.
pub const REFUSED: u8 = 1;
/// The exit code of wrong arguments and of files that cannot be used, which is clap's as well.
pub const WRONG_INPUT: u8 = 2;

/// How a command that ran to its end has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
	/// It did what it was asked to.
	Done,
	/// The answer is no: a proof that does not verify, a transaction that is refused.
	Refused,
}

impl From<Outcome> for ExitCode {
	fn from(outcome: Outcome) -> Self {
		Self::from(match outcome {
			Outcome::Done => DONE,
			Outcome::Refused => REFUSED,
		})
	}
}

/// What kind of failure ended a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
	/// Everything was understood, and it is refused.
	Refused,
	/// Arguments or files cannot be used as they are.
	WrongInput,
}

impl FailureKind {
	/// The exit code.
	pub const fn code(self) -> u8 {
		match self {
			Self::Refused => REFUSED,
			Self::WrongInput => WRONG_INPUT,
		}
	}

	/// The name in JSON.
	pub const fn name(self) -> &'static str {
		match self {
			Self::Refused => "refused",
			Self::WrongInput => "wrong-input",
		}
	}
}

/// Why a command ended early, and what to do about it.
#[derive(Debug)]
pub struct Failure {
	kind: FailureKind,
	error: anyhow::Error,
	hint: Option<String>,
}

impl Failure {
	/// Arguments or files that cannot be used.
	pub fn wrong_input(error: impl Into<anyhow::Error>) -> Self {
		Self { kind: FailureKind::WrongInput, error: error.into(), hint: None }
	}

	/// Something that was understood and refused.
	pub fn refused(error: impl Into<anyhow::Error>) -> Self {
		Self { kind: FailureKind::Refused, error: error.into(), hint: None }
	}

	/// Says what the attempt was, in front of the error.
	pub fn context(self, attempt: impl fmt::Display + Send + Sync + 'static) -> Self {
		Self { error: self.error.context(attempt), ..self }
	}

	/// Says what to do.
	pub fn hint(self, hint: impl Into<String>) -> Self {
		Self { hint: Some(hint.into()), ..self }
	}

	/// What kind of failure it is.
	pub fn kind(&self) -> FailureKind {
		self.kind
	}

	/// What went wrong.
	pub fn message(&self) -> String {
		self.error.to_string()
	}

	/// What caused it, nearest first; causes that the message before them repeats are left out.
	pub fn causes(&self) -> Vec<String> {
		let mut said = self.message();
		let mut causes = Vec::new();
		for cause in self.error.chain().skip(1).map(ToString::to_string) {
			if !said.contains(&cause) {
				causes.push(cause.clone());
			}
			said = cause;
		}
		causes
	}

	/// What to do, where that is known.
	pub fn what_to_do(&self) -> Option<&str> {
		self.hint.as_deref()
	}
}

/// As on the terminal: the error, its causes, and what to do.
impl fmt::Display for Failure {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "error: {}", self.message())?;
		for cause in self.causes() {
			write!(f, "\n  caused by: {cause}")?;
		}
		match &self.hint {
			Some(hint) => write!(f, "\n  hint: {hint}"),
			None => Ok(()),
		}
	}
}

/// Turns errors of the crates below into failures.
pub trait OrFail<T> {
	/// The error speaks of arguments or files that cannot be used.
	fn or_wrong_input(self) -> Result<T, Failure>;

	/// The error is a refusal.
	fn or_refused(self) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> OrFail<T> for Result<T, E> {
	fn or_wrong_input(self) -> Result<T, Failure> {
		self.map_err(Failure::wrong_input)
	}

	fn or_refused(self) -> Result<T, Failure> {
		self.map_err(Failure::refused)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use anyhow::anyhow;

	#[test]
	fn a_failure_tells_its_causes_and_the_way_out() {
		let failure = Failure::wrong_input(anyhow!("no such file").context("reading went wrong"))
			.context("cannot load the model")
			.hint("run `candor compile` first");
		assert_eq!(
			failure.to_string(),
			"error: cannot load the model\n  caused by: reading went wrong\n  \
			 caused by: no such file\n  hint: run `candor compile` first"
		);
	}

	#[test]
	fn a_cause_that_was_just_said_is_not_said_again() {
		let failure = Failure::refused(anyhow!("no such file").context("model.json: no such file"));
		assert_eq!(failure.to_string(), "error: model.json: no such file");
	}

	#[test]
	fn the_codes_are_those_of_the_manual() {
		assert_eq!(FailureKind::Refused.code(), 1);
		assert_eq!(FailureKind::WrongInput.code(), 2);
	}
}
