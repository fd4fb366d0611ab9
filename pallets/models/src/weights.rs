// SPDX-License-Identifier: Apache-2.0

//! Weights of the calls. The runtime holds measured ones; those of `()` are estimates for tests.

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Of `register`.
	fn register() -> Weight;
	/// Of `publish_version`.
	fn publish_version() -> Weight;
	/// Of `deprecate`.
	fn deprecate() -> Weight;
	/// Of `remove_version`.
	fn remove_version() -> Weight;
	/// Of `transfer_ownership`.
	fn transfer_ownership() -> Weight;
}

/// One microsecond of computation.
const MICROSECOND: u64 = 1_000_000;
/// Estimated size of an entry in a proof of storage, in bytes.
const ENTRY_PROOF: u64 = 4_096;

impl WeightInfo for () {
	fn register() -> Weight {
		estimate(100, 6, 6)
	}

	fn publish_version() -> Weight {
		estimate(100, 6, 6)
	}

	fn deprecate() -> Weight {
		estimate(40, 2, 1)
	}

	fn remove_version() -> Weight {
		estimate(100, 6, 6)
	}

	fn transfer_ownership() -> Weight {
		estimate(40, 2, 1)
	}
}

/// So much computation and so many reads and writes.
fn estimate(microseconds: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(microseconds.saturating_mul(MICROSECOND), reads.saturating_mul(ENTRY_PROOF))
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}
