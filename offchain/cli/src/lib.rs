// SPDX-License-Identifier: Apache-2.0

//! The command line of Candor.
//!
//! - [`commands`]: the commands, one file each.
//! - [`output`]: what they say, to people or to programs.

pub mod commands;
pub mod output;
