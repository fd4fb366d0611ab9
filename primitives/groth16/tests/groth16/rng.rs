// SPDX-License-Identifier: Apache-2.0

//! Randomness that is the same in every run.

use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

/// A reproducible source of randomness.
pub fn rng(seed: u64) -> ChaCha20Rng {
	ChaCha20Rng::seed_from_u64(seed)
}
