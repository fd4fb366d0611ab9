// SPDX-License-Identifier: Apache-2.0

//! The command line of Candor, and what it is made of.
//!
//! - [`chain`]: a client for a Candor chain.
//! - [`worker`]: the daemon that answers jobs.
//! - [`cli`]: the commands, one file each.
//! - [`keys`]: the keys of a model's folder.
//! - [`state`]: what is remembered between runs.
//! - [`exit`]: how a command ends.
//! - [`registration`]: what is declared of circuits.
//! - [`output`]: what it says, to people or to programs.

pub mod chain;
pub mod cli;
pub mod exit;
pub mod keys;
pub mod output;
pub mod registration;
pub mod state;
pub mod worker;
