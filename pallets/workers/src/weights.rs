// SPDX-License-Identifier: Apache-2.0

//! Weights of the calls. The runtime holds measured ones; those of `()` are estimates for tests.

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Of `register`.
	fn register() -> Weight;
	/// Of `bond_more`.
	fn bond_more() -> Weight;
	/// Of `unbond`.
	fn unbond() -> Weight;
	/// Of `set_metadata`.
	fn set_metadata() -> Weight;
	/// Of `deregister`.
	fn deregister() -> Weight;
}

/// One microsecond of computation.
const MICROSECOND: u64 = 1_000_000;
/// Estimated size of an entry in a proof of storage, in bytes.
const ENTRY_PROOF: u64 = 4_096;

impl WeightInfo for () {
	fn register() -> Weight {
		estimate(90, 4, 4)
	}

	fn bond_more() -> Weight {
		estimate(70, 3, 3)
	}

	fn unbond() -> Weight {
		estimate(70, 3, 3)
	}

	fn set_metadata() -> Weight {
		estimate(30, 1, 1)
	}

	fn deregister() -> Weight {
		estimate(90, 4, 4)
	}
}

/// So much computation and so many reads and writes.
fn estimate(microseconds: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(microseconds.saturating_mul(MICROSECOND), reads.saturating_mul(ENTRY_PROOF))
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}
