// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::arithmetic_side_effects,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::panic,
		clippy::unwrap_used
	)
)]

extern crate alloc;

mod effort;
mod refusal;
mod registry;
mod system;

pub use effort::{percent_of, Effort};
pub use refusal::{BatchRefusal, KeyRefusal, ProofRefusal, UnreadableKey};
pub use registry::ProofSystems;
pub use system::{Limits, PreparedKey, ProofSystem, SystemBatch, SystemId};
