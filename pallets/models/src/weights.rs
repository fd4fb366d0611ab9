// SPDX-License-Identifier: Apache-2.0

//! Weights of the calls: generous estimates until they are benchmarked.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

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

/// Estimated weights, not measured.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn register() -> Weight {
		estimate(100, 7, 7, T::DbWeight::get())
	}

	fn publish_version() -> Weight {
		estimate(100, 7, 7, T::DbWeight::get())
	}

	fn deprecate() -> Weight {
		estimate(40, 2, 1, T::DbWeight::get())
	}

	fn remove_version() -> Weight {
		estimate(100, 6, 7, T::DbWeight::get())
	}

	fn transfer_ownership() -> Weight {
		estimate(40, 2, 1, T::DbWeight::get())
	}
}

impl WeightInfo for () {
	fn register() -> Weight {
		estimate(100, 7, 7, RocksDbWeight::get())
	}

	fn publish_version() -> Weight {
		estimate(100, 7, 7, RocksDbWeight::get())
	}

	fn deprecate() -> Weight {
		estimate(40, 2, 1, RocksDbWeight::get())
	}

	fn remove_version() -> Weight {
		estimate(100, 6, 7, RocksDbWeight::get())
	}

	fn transfer_ownership() -> Weight {
		estimate(40, 2, 1, RocksDbWeight::get())
	}
}

/// So much computation and so many reads and writes.
fn estimate(microseconds: u64, reads: u64, writes: u64, db: RuntimeDbWeight) -> Weight {
	Weight::from_parts(microseconds.saturating_mul(MICROSECOND), reads.saturating_mul(ENTRY_PROOF))
		.saturating_add(db.reads_writes(reads, writes))
}
