// SPDX-License-Identifier: Apache-2.0

//! The real runtime, executed natively: how it is composed, and the market with real proofs.

mod batch;
mod chain;
mod composition;
mod economics;
mod fees;
mod market;
mod proxies;
mod scores;
mod sessions;
mod staged;
mod trapdoor;
mod weights;
