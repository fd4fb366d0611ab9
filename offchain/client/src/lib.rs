// SPDX-License-Identifier: Apache-2.0
//! A client for a Candor chain, and how a job on it is answered.
//!
//! - [`chain`]: the chain's state, transactions and events.
//! - [`answer`]: models that are held, and their answers with proofs.
//! - [`exit`]: how a command ends, and why.
//! - [`state`]: what is remembered between runs.

pub mod answer;
pub mod chain;
pub mod exit;
pub mod state;
