// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

pub mod affine;
pub mod check;
mod columns;
pub mod key_file;
#[cfg(target_arch = "x86_64")]
mod lanes;
mod layout;
mod model;
pub mod msm;
mod plain;
mod points;
mod powers;
pub mod predict;
mod progress;
mod prove;
mod quotient;
mod setup;
mod synthesis;
#[cfg(test)]
mod test_circuit;
mod verdicts;

pub use check::{KeyFault, Part};
pub use layout::{Domain, Layout};
pub use model::{commit_model, CommitError, ModelSums};
pub use plain::Plain;
pub use points::{Block, Points};
pub use powers::Powers;
pub use progress::{Progress, Silent, Stage, Work};
pub use prove::{
	assignment, prove, prove_about, prove_circuit, verify, verify_about, ProveError, Refusal,
};
pub use setup::{development_setup, scheme_of, setup_circuit, Keys, ProvingKey, SetupError};
pub use synthesis::LayoutError;
pub use verdicts::Verdicts;
