// SPDX-License-Identifier: Apache-2.0

//! Running the command as a user does.

use serde_json::Value;
use std::{
	ffi::OsStr,
	io::Write,
	path::Path,
	process::{Command, Output, Stdio},
	sync::LazyLock,
};
use tempfile::TempDir;

/// What a run of the command left behind.
#[derive(Debug)]
pub struct Run {
	pub code: i32,
	pub out: String,
	pub err: String,
}

impl Run {
	/// The report for programs.
	pub fn json(&self) -> Value {
		serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
	}

	fn of(output: Output) -> Self {
		Self {
			code: output.status.code().expect("no signal"),
			out: String::from_utf8(output.stdout).expect("text"),
			err: String::from_utf8(output.stderr).expect("text"),
		}
	}
}

/// Where the commands remember what they have done.
static STATE: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a temporary folder"));

pub fn candor<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
	let output = Command::new(env!("CARGO_BIN_EXE_candor"))
		.args(arguments)
		.env("XDG_STATE_HOME", STATE.path())
		.output()
		.expect("the binary runs");
	Run::of(output)
}

/// As [`candor`], with a text on the standard input.
pub fn candor_told<S: AsRef<OsStr>>(input: &str, arguments: impl IntoIterator<Item = S>) -> Run {
	let mut child = Command::new(env!("CARGO_BIN_EXE_candor"))
		.args(arguments)
		.env("XDG_STATE_HOME", STATE.path())
		.stdin(Stdio::piped())
		.stdout(Stdio::piped())
		.stderr(Stdio::piped())
		.spawn()
		.expect("the binary runs");
	// A command that has ended already reads nothing.
	let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
	Run::of(child.wait_with_output().expect("it ends"))
}

pub fn text(path: &Path) -> &str {
	path.to_str().expect("temporary folders have plain names")
}
