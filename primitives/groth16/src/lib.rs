// SPDX-License-Identifier: Apache-2.0

//! Groth16 over BN254 for a runtime: canonical encodings, rules for verifying keys, verification.
//!
//! - [`VerifyingKey::register`] takes the bytes of a key from anybody: canonical encoding and
//!   every rule of `docs/statement.md`.
//! - [`PreparedVerifyingKey`] is what a chain stores: the key, its constant pairing and the lines of
//!   its constant points.
//! - [`Proof::from_bytes`] takes the bytes of a proof from anybody.
//! - [`PreparedVerifyingKey::verify`] gives the verdict on a proof: three Miller loops at once, one
//!   final exponentiation. [`verify_batch`] gives it on many, under any mix of keys: a Miller loop for
//!   each proof, three for each key, one final exponentiation.
//! - A key may have a model block, to whose commitment proofs are bound by the equation itself, and a
//!   stage one, which a proof commits to before its [`challenges`] are drawn. Each is one Miller loop
//!   more. `docs/proof-system.md` argues why that is sound.
//! - [`Groth16`] and [`StagedGroth16`] are all of it behind the chain's seam for proof systems.
//!
//! Points are encoded as in [EIP-197](https://eips.ethereum.org/EIPS/eip-197): fixed width,
//! big-endian, uncompressed, without flags or length prefixes, and without an encoding of the
//! point at infinity. Each object has one encoding, so decoding and encoding again gives the same
//! bytes. No function here panics on any bytes, and none reserves memory on the word of a caller.
//! All of it is variable-time, since all that it is given is public.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::arithmetic_side_effects,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::panic,
		clippy::unwrap_used
	)
)]

extern crate alloc;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod batch;
mod challenge;
mod encoding;
mod error;
mod hasher;
mod key;
mod prepared;
mod proof;
mod system;
mod weights;

pub use ark_bn254::{Fr, G1Affine, G2Affine};
pub use batch::{verify_batch, BatchItem};
pub use challenge::challenges;
pub use encoding::{G1_BYTES, G2_BYTES, TARGET_BYTES};
pub use error::{BatchError, DecodeError, KeyError, VerifyError};
pub use key::{
	StageOne, VerifyingKey, MAX_CHALLENGES, MAX_PLAIN_VERIFYING_KEY_BYTES, MAX_PUBLIC_INPUTS,
	MAX_VERIFYING_KEY_BYTES, VERIFYING_KEY_HEADER_BYTES,
};
pub use prepared::{
	PreparedVerifyingKey, MAX_PLAIN_PREPARED_VERIFYING_KEY_BYTES, MAX_PREPARED_VERIFYING_KEY_BYTES,
	PREPARED_HEADER_BYTES,
};
pub use proof::{Proof, PROOF_BYTES, STAGED_PROOF_BYTES};
pub use system::{
	model_point, stored_key, Groth16, Groth16Batch, StagedGroth16, STORED_KEY_LAYOUT,
};
