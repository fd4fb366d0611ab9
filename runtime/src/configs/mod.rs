// SPDX-License-Identifier: Apache-2.0

//! How each pallet is configured, a file per pallet.

mod aura;
mod authorship;
mod balances;
pub mod circuits;
pub mod deposits;
mod grandpa;
pub mod jobs;
pub mod models;
mod multisig;
pub mod proxy;
mod session;
mod sudo;
pub mod system;
mod timestamp;
pub mod transaction_payment;
mod utility;
mod validators;
pub mod workers;
