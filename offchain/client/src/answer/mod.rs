// SPDX-License-Identifier: Apache-2.0
//! How a job is answered: what the command line and the worker share.
//!
//! - [`Holding`]: a model with its keys, and proving.
//! - [`keys`]: the keys of a model's folder.
//! - [`registration`]: what is declared of circuits.

mod holding;
pub mod keys;
pub mod registration;

pub use holding::{no_blinder, Answer, AnswerError, Holding, Identity, KeyHash, Prover};
