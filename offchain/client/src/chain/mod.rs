// SPDX-License-Identifier: Apache-2.0
//! A chain, as a client sees it.
//!
//! - [`Client`]: the connection, and transactions.
//! - [`Sent`], [`Receipt`]: a transaction on its way, and one that succeeded.
//! - [`Follower`]: finalised blocks, over lost connections and pruned states.
//! - [`View`]: the state at one block, and what the runtime answers there.
//! - [`types`]: jobs, models, workers.
//! - [`Amount`], [`Share`]: money and shares, read and written exactly.
//! - [`Standstill`]: blocks by which deadlines are later than agreed.
//! - [`Signer`]: a secret that signs transactions.
//! - [`calls`]: what a transaction can ask for.
//! - [`Heads`], [`Envelope`]: what only a worker needs.
//! - [`Estimate`], [`PriceRule`]: what transactions cost, and prices that pay for them.
//! - [`events`]: what happened in a block, for people and for programs.
//! - [`ChainError`], [`Refusal`]: what can go wrong.

mod amount;
pub mod api;
pub mod calls;
mod client;
mod error;
pub mod events;
#[cfg(test)]
mod fake;
mod fees;
mod follow;
mod heights;
mod included;
mod refusal;
mod rpc;
mod signer;
mod standstill;
mod transaction;
pub mod types;
mod view;
mod work;

pub use amount::{Amount, ParseDecimalError, Share, DECIMALS, SYMBOL};
pub use client::Client;
pub use error::{ChainError, NoConnection, NotFinal};
pub use fees::{Estimate, PriceRule};
pub use follow::{Block, BlockEvents, Follower, Step};
pub use heights::Heights;
pub use included::{Included, Place, Whereabouts};
pub use refusal::Refusal;
pub use signer::{new_mnemonic, NoSecret, Signer};
pub use standstill::Standstill;
pub use transaction::{Phase, Receipt, SendOptions, Sent};
pub use view::{Circuit, View};
pub use work::{CircuitFacts, Envelope, Heads, OfferError, Registration};
