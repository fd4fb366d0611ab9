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

/// Estimated weights, not measured.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn register() -> Weight {
		estimate(70, 3, 3, T::DbWeight::get())
	}

	fn bond_more() -> Weight {
		estimate(70, 3, 3, T::DbWeight::get())
	}

	fn unbond() -> Weight {
		estimate(70, 3, 3, T::DbWeight::get())
	}

	fn set_metadata() -> Weight {
		estimate(30, 1, 1, T::DbWeight::get())
	}

	fn deregister() -> Weight {
		estimate(70, 3, 3, T::DbWeight::get())
	}
}

impl WeightInfo for () {
	fn register() -> Weight {
		estimate(70, 3, 3, RocksDbWeight::get())
	}

	fn bond_more() -> Weight {
		estimate(70, 3, 3, RocksDbWeight::get())
	}

	fn unbond() -> Weight {
		estimate(70, 3, 3, RocksDbWeight::get())
	}

	fn set_metadata() -> Weight {
		estimate(30, 1, 1, RocksDbWeight::get())
	}

	fn deregister() -> Weight {
		estimate(70, 3, 3, RocksDbWeight::get())
	}
}

/// So much computation and so many reads and writes.
fn estimate(microseconds: u64, reads: u64, writes: u64, db: RuntimeDbWeight) -> Weight {
	Weight::from_parts(microseconds.saturating_mul(MICROSECOND), reads.saturating_mul(ENTRY_PROOF))
		.saturating_add(db.reads_writes(reads, writes))
}
