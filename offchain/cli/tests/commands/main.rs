// SPDX-License-Identifier: Apache-2.0

//! The command line as a user runs it, without a chain.

mod ceremony;
mod check;
mod common;
mod handing_over;
mod offline;
mod snarkjs;
