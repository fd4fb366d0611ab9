// SPDX-License-Identifier: Apache-2.0
//! The command line of Candor.
//!
//! - [`commands`]: the commands, one file each.
//! - [`output`]: what they say, to people or to programs.

mod commands;
mod output;

use std::process::ExitCode;

fn main() -> ExitCode {
	commands::run()
}
