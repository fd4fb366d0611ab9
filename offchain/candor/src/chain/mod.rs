// SPDX-License-Identifier: Apache-2.0
//! A chain, as a client sees it.
//!
//! - [`Client`]: the connection, and transactions.
//! - [`View`]: the state at one block, and what the runtime answers there.
//! - [`types`]: jobs, models, workers.
//! - [`Amount`], [`Share`]: money and shares, read and written exactly.
//! - [`Signer`]: a secret that signs transactions.
//! - [`calls`]: what a transaction can ask for.
//! - [`events`]: what happened in a block, for people and for programs.
//! - [`ChainError`], [`Refusal`]: what can go wrong.

mod amount;
pub mod api;
pub mod calls;
mod client;
mod error;
pub mod events;
mod signer;
pub mod types;
mod view;

pub use amount::{Amount, ParseDecimalError, Share, DECIMALS, SYMBOL};
pub use client::{Client, FinalisedBlocks, Receipt, Sent};
pub use error::{ChainError, NoConnection, Refusal};
pub use signer::{new_mnemonic, NoSecret, Signer};
pub use view::{Circuit, View};
