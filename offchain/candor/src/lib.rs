// SPDX-License-Identifier: Apache-2.0

//! The command line of Candor, and what it is made of.
//!
//! - [`chain`]: a client for a Candor chain.
//! - [`worker`]: the daemon that answers jobs.
//! - [`cli`]: the commands, one file each.
//! - [`exit`]: how a command ends.
//! - [`output`]: what it says, to people or to programs.

pub mod chain;
pub mod cli;
pub mod exit;
pub mod output;
pub mod worker;
