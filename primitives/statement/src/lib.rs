// SPDX-License-Identifier: Apache-2.0

//! The statement of a Candor proof, byte by byte: from facts on chain to public inputs.
//!
//! Nobody hands public inputs to the chain. The runtime derives them with [`Statement`] from its
//! own storage and the posted output; the worker, the command line and the tests derive them with
//! the same code. `docs/statement.md` is the contract that this crate implements.
//!
//! - [`ModelCommitment`], [`InputCommitment`], [`Binding`]: what a statement is about, as stored.
//! - [`pack`]: bytes to field elements, 31 to one.
//! - [`binding`]: ties a proof to one chain, job and worker.
//! - [`possession`]: ties a proof to whoever registers a model, on one chain and circuit.
//! - [`Statement`] and [`StatementSchema`]: the public inputs, and how many there are;
//!   [`public_inputs_of_runs`] where one proof is about several.
//! - [`poseidon`] and [`commitment`] (feature `poseidon`, implied by `std`): how commitments are
//!   made. The chain only handles their values, so the runtime leaves them out.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::arithmetic_side_effects,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::unwrap_used
	)
)]

extern crate alloc;

#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../README.md")]
struct Readme;

mod binding;
#[cfg(feature = "poseidon")]
pub mod commitment;
mod model;
mod packing;
#[cfg(feature = "poseidon")]
pub mod poseidon;
mod possession;
mod scalar;
mod schema;
mod statement;

pub use ark_bn254::Fr;
pub use binding::{binding, Claimant, GenesisHash, JobId};
pub use model::ModelCommitment;
#[cfg(feature = "std")]
pub use model::ParseModelCommitmentError;
pub use packing::{pack, packed_len, BYTES_PER_WORD};
pub use possession::{possession, CircuitHash, Owner};
#[cfg(feature = "std")]
pub use scalar::ParseScalarError;
pub use scalar::{Binding, InputCommitment};
pub use schema::{public_input_count, StatementSchema};
pub use statement::{public_inputs_of_runs, Statement, StatementError};
