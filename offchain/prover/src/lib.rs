// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

mod check;
mod convert;
pub mod key_file;
mod layout;
mod powers;
mod progress;
mod prove;
mod setup;
mod synthesis;
#[cfg(test)]
mod test_circuit;
mod verdicts;

pub use check::{KeyFault, Part};
pub use progress::{Progress, Silent, Stage};
pub use prove::{prove, verify, ProveError, Refusal};
pub use setup::{development_setup, Keys, ProvingKey, SetupError};
pub use verdicts::Verdicts;
