// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
// Tests say what they mean by their names; the macros of FRAME produce undocumented items.
#![allow(missing_docs)]
#![allow(
	clippy::missing_errors_doc,
	clippy::missing_panics_doc,
	reason = "tests call this: what they did not expect is a panic"
)]

mod chain;
pub mod groth16;
pub mod insecure;
mod market;
mod runtime;

pub use candor_market::{
	BatchRefusal, CircuitId, CircuitRefusal, Circuits as MarketCircuits, Forfeit, ModelId,
	ModelRefusal, Models as MarketModels, Obligations, ProofBatch, ProofRefusal,
	Proofs as MarketProofs, Provenance, Settlement, SetupKind, Stake, SystemId, Terms, Version,
	WorkerRefusal, Workers as MarketWorkers,
};
pub use candor_proof_system::ProofSystem;
pub use candor_statement::JobId;
pub use chain::*;
pub use insecure::Insecure;
pub use market::*;
pub use runtime::*;
