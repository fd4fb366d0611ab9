// SPDX-License-Identifier: Apache-2.0
//! How a command ends: exit codes and errors.

use candor_text::bounded;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::{fmt, io, process::ExitCode};

/// The most characters of one message: what others wrote is bounded where it is quoted, and nothing
/// that slips through fills a screen.
const MESSAGE_CHARS: usize = 2_000;

/// The exit code of a command that did what it was asked to.
pub const DONE: u8 = 0;
/// The exit code when everything was understood and the answer is no.
pub const REFUSED: u8 = 1;
/// The exit code of wrong arguments and of files that cannot be used, which is clap's as well.
pub const WRONG_INPUT: u8 = 2;
/// The exit code when something failed that neither the arguments nor the chain's rules are to blame
/// for: the connection, the node, the disk, or a wait that took too long.
pub const FAILED: u8 = 3;

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

/// What kind of error ended a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
	/// Everything was understood, and it is refused.
	Refused,
	/// Arguments or files cannot be used as they are.
	WrongInput,
	/// The connection, the node, the disk, or time.
	Failed,
}

impl ErrorKind {
	/// The exit code.
	pub const fn code(self) -> u8 {
		match self {
			Self::Refused => REFUSED,
			Self::WrongInput => WRONG_INPUT,
			Self::Failed => FAILED,
		}
	}

	/// The name in JSON.
	pub const fn name(self) -> &'static str {
		match self {
			Self::Refused => "refused",
			Self::WrongInput => "wrong-input",
			Self::Failed => "failed",
		}
	}
}

/// Why a command ended early, and what to do about it.
#[derive(Debug)]
pub struct Error {
	kind: ErrorKind,
	error: anyhow::Error,
	hint: Option<String>,
	achieved: Option<Achieved>,
}

/// What a command had done before it failed.
#[derive(Debug)]
struct Achieved {
	/// For people.
	text: String,
	/// For programs, under the names that a success would have used.
	fields: Map<String, Json>,
}

impl Error {
	fn new(kind: ErrorKind, error: anyhow::Error) -> Self {
		Self { kind, error, hint: None, achieved: None }
	}

	/// Arguments or files that cannot be used. Where the machine is to blame rather than the file that
	/// was named, as with a full disk, it is [`Failed`](ErrorKind::Failed).
	pub fn wrong_input(error: impl Into<anyhow::Error>) -> Self {
		let error = error.into();
		let kind =
			if blames_the_machine(&error) { ErrorKind::Failed } else { ErrorKind::WrongInput };
		Self::new(kind, error)
	}

	/// Something that was understood and refused.
	pub fn refused(error: impl Into<anyhow::Error>) -> Self {
		Self::new(ErrorKind::Refused, error.into())
	}

	/// Something that went wrong underway: the connection, the node, the disk, or time.
	pub fn failed(error: impl Into<anyhow::Error>) -> Self {
		Self::new(ErrorKind::Failed, error.into())
	}

	/// Says what the attempt was, in front of the error.
	pub fn context(self, attempt: impl fmt::Display + Send + Sync + 'static) -> Self {
		Self { error: self.error.context(attempt), ..self }
	}

	/// Says what to do.
	pub fn hint(self, hint: impl Into<String>) -> Self {
		Self { hint: Some(hint.into()), ..self }
	}

	/// Says what was done all the same: in JSON with the fields that a success would have had, beside
	/// the error; on the terminal as text. Called again, it adds to that.
	pub fn after(mut self, achieved: &(impl Serialize + fmt::Display)) -> Self {
		let fields = match serde_json::to_value(achieved) {
			Ok(Json::Object(fields)) => fields,
			_ => Map::new(),
		};
		let all = self
			.achieved
			.get_or_insert_with(|| Achieved { text: String::new(), fields: Map::new() });
		if !all.text.is_empty() {
			all.text.push('\n');
		}
		all.text.push_str(&achieved.to_string());
		all.fields.extend(fields);
		self
	}

	/// What was done all the same, for programs.
	pub fn achieved(&self) -> Map<String, Json> {
		self.achieved.as_ref().map(|achieved| achieved.fields.clone()).unwrap_or_default()
	}

	/// What kind of error it is.
	pub fn kind(&self) -> ErrorKind {
		self.kind
	}

	/// What went wrong.
	pub fn message(&self) -> String {
		bounded(&self.error.to_string(), MESSAGE_CHARS)
	}

	/// What caused it, nearest first; causes that the message before them repeats are left out.
	pub fn causes(&self) -> Vec<String> {
		let mut said = self.error.to_string();
		let mut causes = Vec::new();
		for cause in
			self.error.chain().skip(1).map(|cause| bounded(&cause.to_string(), MESSAGE_CHARS))
		{
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

/// Whether an error tells of the machine's state rather than of the file that was named.
fn blames_the_machine(error: &anyhow::Error) -> bool {
	use io::ErrorKind;
	let io = |cause: &(dyn std::error::Error + 'static)| {
		cause.downcast_ref::<io::Error>().map(io::Error::kind)
	};
	error.chain().find_map(io).is_some_and(|kind| {
		!matches!(
			kind,
			ErrorKind::NotFound
				| ErrorKind::PermissionDenied
				| ErrorKind::AlreadyExists
				| ErrorKind::InvalidInput
				| ErrorKind::InvalidData
				| ErrorKind::InvalidFilename
				| ErrorKind::IsADirectory
				| ErrorKind::NotADirectory
				| ErrorKind::ReadOnlyFilesystem
				| ErrorKind::UnexpectedEof
				| ErrorKind::Unsupported
		)
	})
}

/// As on the terminal: the error, its causes, what was done all the same, and what to do.
impl fmt::Display for Error {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "error: {}", self.message())?;
		for cause in self.causes() {
			write!(f, "\n  caused by: {cause}")?;
		}
		if let Some(achieved) = &self.achieved {
			write!(f, "\n  so far: {}", achieved.text.replace('\n', "\n  "))?;
		}
		match &self.hint {
			Some(hint) => write!(f, "\n  hint: {hint}"),
			None => Ok(()),
		}
	}
}

/// Turns errors of the crates below into those that end a command.
pub trait OrFail<T> {
	/// The error speaks of arguments or files that cannot be used.
	///
	/// # Errors
	///
	/// This one, as one of wrong input.
	fn or_wrong_input(self) -> Result<T, Error>;

	/// The error is a refusal.
	///
	/// # Errors
	///
	/// This one, as a refusal.
	fn or_refused(self) -> Result<T, Error>;

	/// The error came underway, through no fault of what was asked for.
	///
	/// # Errors
	///
	/// This one, as something that failed.
	fn or_failed(self) -> Result<T, Error>;
}

impl<T, E: Into<anyhow::Error>> OrFail<T> for Result<T, E> {
	fn or_wrong_input(self) -> Result<T, Error> {
		self.map_err(Error::wrong_input)
	}

	fn or_refused(self) -> Result<T, Error> {
		self.map_err(Error::refused)
	}

	fn or_failed(self) -> Result<T, Error> {
		self.map_err(Error::failed)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use anyhow::anyhow;

	#[test]
	fn an_error_tells_its_causes_and_the_way_out() {
		let error = Error::wrong_input(anyhow!("no such file").context("reading went wrong"))
			.context("cannot load the model")
			.hint("run `candor compile` first");
		assert_eq!(
			error.to_string(),
			"error: cannot load the model\n  caused by: reading went wrong\n  \
			 caused by: no such file\n  hint: run `candor compile` first"
		);
	}

	#[test]
	fn a_cause_that_was_just_said_is_not_said_again() {
		let error = Error::refused(anyhow!("no such file").context("model.json: no such file"));
		assert_eq!(error.to_string(), "error: model.json: no such file");
	}

	#[test]
	fn no_message_is_longer_than_a_screen() {
		let long = "x".repeat(1_000_000);
		let error = Error::refused(anyhow!("{long}").context(long.clone()).context("short"));
		assert!(error.to_string().len() < 10_000, "{} bytes", error.to_string().len());
	}

	#[test]
	fn the_codes_are_those_of_the_manual() {
		assert_eq!(ErrorKind::Refused.code(), 1);
		assert_eq!(ErrorKind::WrongInput.code(), 2);
		assert_eq!(ErrorKind::Failed.code(), 3);
	}

	#[test]
	fn a_full_disk_is_no_wrong_argument_and_a_missing_file_is() {
		let kind = |kind: io::ErrorKind| {
			Error::wrong_input(anyhow::Error::from(io::Error::from(kind)).context("a file")).kind()
		};
		assert_eq!(kind(io::ErrorKind::StorageFull), ErrorKind::Failed);
		assert_eq!(kind(io::ErrorKind::Other), ErrorKind::Failed);
		assert_eq!(kind(io::ErrorKind::NotFound), ErrorKind::WrongInput);
		assert_eq!(kind(io::ErrorKind::PermissionDenied), ErrorKind::WrongInput);
	}

	#[test]
	fn what_was_done_is_told_beside_the_error() {
		#[derive(Serialize)]
		struct Job {
			job: u64,
		}
		impl fmt::Display for Job {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				write!(f, "job {} opened\n  price 1", self.job)
			}
		}
		let error = Error::failed(anyhow!("silence")).after(&Job { job: 7 }).hint("ask again");
		assert_eq!(
			error.to_string(),
			"error: silence\n  so far: job 7 opened\n    price 1\n  hint: ask again"
		);
		assert_eq!(error.achieved()["job"], 7);
	}

	#[test]
	fn text_of_others_is_cut_short() {
		let error = Error::refused(anyhow!("é".repeat(600_000)).context("ü".repeat(600_000)));
		assert!(error.to_string().len() < 10_000);
	}
}
