// SPDX-License-Identifier: Apache-2.0

//! Running the command as a user does.

use serde_json::Value;
use std::{ffi::OsStr, path::Path, process::Command, sync::LazyLock};
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
}

/// Where the commands remember what they have done.
static STATE: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a temporary folder"));

pub fn candor<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
	let output = Command::new(env!("CARGO_BIN_EXE_candor"))
		.args(arguments)
		.env("XDG_STATE_HOME", STATE.path())
		.output()
		.expect("the binary runs");
	Run {
		code: output.status.code().expect("no signal"),
		out: String::from_utf8(output.stdout).expect("text"),
		err: String::from_utf8(output.stderr).expect("text"),
	}
}

pub fn text(path: &Path) -> &str {
	path.to_str().expect("temporary folders have plain names")
}
