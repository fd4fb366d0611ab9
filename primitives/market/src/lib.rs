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

mod circuit;
mod circuits;
mod ids;
mod models;
mod proofs;
mod workers;

pub use candor_proof_system::{BatchRefusal, ProofRefusal, SystemId};
pub use circuit::{CircuitId, Provenance, SetupKind};
pub use circuits::{CircuitRefusal, Circuits, Occupied};
pub use ids::{ModelId, Version};
pub use models::{ModelRefusal, Models, Terms};
pub use proofs::{ProofBatch, Proofs};
pub use workers::{Forfeit, Obligations, Settlement, Stake, WorkerRefusal, Workers};
