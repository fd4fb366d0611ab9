// SPDX-License-Identifier: Apache-2.0
//! The `candor` command; see [`candor_cli::commands`].

use std::process::ExitCode;

fn main() -> ExitCode {
	candor_cli::commands::run()
}
