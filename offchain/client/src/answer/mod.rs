// SPDX-License-Identifier: Apache-2.0
//! How a job is answered: what the command line and the worker share.
//!
//! - [`Question`]: what a job asks, checked against what is held and what stands on chain.
//! - [`Prover`], [`Holding`]: a model with its keys, and its answers with proofs.
//! - [`Committed`]: a model under the keys of its circuit.
//! - [`Proofs`]: answers that wait to be submitted.
//! - [`inference`]: running a model and proving the run, for a job or without one.
//! - [`keys`]: the keys of a model's folder.
//! - [`registration`]: what is declared of circuits.
//! - `testing`, with the feature of that name: a job and the model that answers it.

pub mod committed;
mod holding;
pub mod inference;
pub mod keys;
mod proofs;
mod question;
pub mod registration;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use crate::chain::types::{Answer, Run};
pub use committed::Committed;
pub use holding::{Holding, Identity, KeyHash, Prover};
pub use inference::InferenceError;
pub use proofs::Proofs;
pub use question::{commit_posted, posted_input, Mismatch, Question};
