// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod effort;
mod refusal;
mod registry;
mod system;

pub use effort::{percent_of, Effort};
pub use refusal::{BatchRefusal, KeyRefusal, ProofRefusal, UnreadableKey};
pub use registry::ProofSystems;
pub use system::{Limits, PreparedKey, ProofSystem, SystemBatch, SystemId};
