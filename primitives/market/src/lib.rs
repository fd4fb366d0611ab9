// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod circuit;
mod circuits;
mod ids;
mod models;
mod proofs;
mod workers;

pub use candor_proof_system::{BatchRefusal, ProofRefusal, SystemId};
pub use circuit::{CircuitId, Provenance, SetupKind};
pub use circuits::{CircuitRefusal, Circuits};
pub use ids::{JobId, ModelId, Version};
pub use models::{ModelRefusal, Models, Terms};
pub use proofs::{ProofBatch, Proofs};
pub use workers::{Forfeit, Obligations, Settlement, WorkerRefusal, Workers};
