// SPDX-License-Identifier: Apache-2.0
//! What the chain holds, in types that do not change with its metadata.

mod answer;
mod circuit;
mod ids;
mod job;
mod model;
mod price;
mod worker;

pub use answer::{Answer, Run};
pub use candor_statement::JobId;
pub use circuit::{system_of, GROTH16, STAGED_GROTH16};
pub use ids::{CircuitId, ModelId, ModelReference, Version};
pub use job::{Claim, Job, JobStatus, NextAction, Quote, SetupDemand, Tier};
pub use model::ModelVersion;
pub use price::Price;
pub use worker::{BondRule, Part, Reputation, WhyScore, Worker};

use super::amount::Amount;

/// A block's height.
pub type BlockNumber = u32;

/// What an account owns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
	/// What it can spend, down to the existential deposit.
	pub free: Amount,
	/// What is held, by reason: `Workers.Bond`.
	pub held: Vec<(String, Amount)>,
	/// Both, and what is reserved by other means.
	pub total: Amount,
}
