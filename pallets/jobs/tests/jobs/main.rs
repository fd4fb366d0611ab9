// SPDX-License-Identifier: Apache-2.0

//! Tests of the pallet, a file for each call or purpose.

mod bounty;
mod cancel;
mod claim;
mod common;
mod decline;
mod distinct;
mod expire;
mod invariants;
mod open;
mod open_batch;
mod price;
mod reputation;
mod runs;
mod sequences;
mod setup;
mod standstill;
mod submit;
mod submit_batch;
mod views;
mod weights;
