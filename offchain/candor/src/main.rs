// SPDX-License-Identifier: Apache-2.0
//! The `candor` command; see [`candor::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
	candor::cli::run()
}
