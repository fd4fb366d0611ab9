// SPDX-License-Identifier: Apache-2.0

//! The crate from the outside: what it accepts, what it refuses, and that it agrees with
//! `ark-groth16`.

mod batch;
mod circuit;
mod encoding;
mod golden;
mod keys;
mod rng;
mod robustness;
mod snarkjs;
mod staged;
mod verification;
