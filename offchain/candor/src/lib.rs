// SPDX-License-Identifier: Apache-2.0

//! The command line of Candor.
//!
//! - [`cli`]: the commands, one file each.
//! - [`exit`]: how a command ends.
//! - [`output`]: what it says, to people or to programs.

pub mod cli;
pub mod exit;
pub mod output;
