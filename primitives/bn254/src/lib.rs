// SPDX-License-Identifier: Apache-2.0

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)
)]

extern crate alloc;

pub mod bytes;
mod curve;
pub mod encoding;
mod error;
#[cfg(feature = "host-functions")]
pub mod host;
mod inversion;
mod operations;
pub mod pairing;

pub use curve::{PreparedG2, LAMBDA, PREPARED_G2_BYTES};
pub use error::Error;
pub use operations::{final_exponentiation, in_subgroup, msm_g1, msm_g2, multi_miller_loop, Terms};
