// SPDX-License-Identifier: Apache-2.0

//! Weights of the calls: generous estimates until they are benchmarked.

use candor_statement::public_input_count;
use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Of `open`, with an inline input of so many bytes.
	fn open(input_bytes: u32) -> Weight;
	/// Of `cancel`.
	fn cancel() -> Weight;
	/// Of `claim`.
	fn claim() -> Weight;
	/// Of `submit`, with an output of so many bytes.
	fn submit(output_bytes: u32) -> Weight;
	/// Of `expire`.
	fn expire() -> Weight;
}

/// The length of bytes in a call, which bounds keep below `u32::MAX`.
pub fn bytes(length: usize) -> u32 {
	u32::try_from(length).unwrap_or(u32::MAX)
}

/// One microsecond of computation.
const MICROSECOND: u64 = 1_000_000;
/// Estimated size of an entry in a proof of storage, in bytes.
const ENTRY_PROOF: u64 = 8_192;
/// Estimated microseconds of computation for each byte that is copied and hashed.
const PER_BYTE: u64 = 1;
/// Estimated microseconds of computation for a verification without public inputs, and settlement.
const VERIFICATION: u64 = 26_000;
/// Estimated microseconds of computation for each public input.
const PER_INPUT: u64 = 1_500;

/// Estimated weights, not measured.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn open(input_bytes: u32) -> Weight {
		estimate(micros(150, PER_BYTE, input_bytes), 9, 7, T::DbWeight::get())
	}

	fn cancel() -> Weight {
		estimate(120, 5, 5, T::DbWeight::get())
	}

	fn claim() -> Weight {
		estimate(250, 12, 12, T::DbWeight::get())
	}

	fn submit(output_bytes: u32) -> Weight {
		estimate(
			micros(VERIFICATION, PER_INPUT, public_input_count(output_bytes)),
			18,
			16,
			T::DbWeight::get(),
		)
	}

	fn expire() -> Weight {
		estimate(300, 12, 12, T::DbWeight::get())
	}
}

impl WeightInfo for () {
	fn open(input_bytes: u32) -> Weight {
		estimate(micros(150, PER_BYTE, input_bytes), 9, 7, RocksDbWeight::get())
	}

	fn cancel() -> Weight {
		estimate(120, 5, 5, RocksDbWeight::get())
	}

	fn claim() -> Weight {
		estimate(250, 12, 12, RocksDbWeight::get())
	}

	fn submit(output_bytes: u32) -> Weight {
		estimate(
			micros(VERIFICATION, PER_INPUT, public_input_count(output_bytes)),
			18,
			16,
			RocksDbWeight::get(),
		)
	}

	fn expire() -> Weight {
		estimate(300, 12, 12, RocksDbWeight::get())
	}
}

/// So much computation and so many reads and writes.
fn estimate(microseconds: u64, reads: u64, writes: u64, db: RuntimeDbWeight) -> Weight {
	Weight::from_parts(microseconds.saturating_mul(MICROSECOND), reads.saturating_mul(ENTRY_PROOF))
		.saturating_add(db.reads_writes(reads, writes))
}

/// Microseconds that grow with a count.
fn micros(base: u64, each: u64, count: u32) -> u64 {
	base.saturating_add(each.saturating_mul(count.into()))
}
