// SPDX-License-Identifier: Apache-2.0

//! Weights of the calls: generous estimates until they are benchmarked.

use candor_groth16::{G1_BYTES, MAX_PUBLIC_INPUTS, VERIFYING_KEY_HEADER_BYTES};
use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Of `register`, for a key with so many public inputs.
	fn register(inputs: u32) -> Weight;
	/// Of `deregister`.
	fn deregister() -> Weight;
	/// Of `freeze`.
	fn freeze() -> Weight;
	/// Of `unfreeze`.
	fn unfreeze() -> Weight;
}

/// The number of public inputs of a key of so many bytes, as far as it can have any; a key of any
/// other length is refused before it costs more.
pub fn inputs_of_key_length(bytes: usize) -> u32 {
	let points =
		bytes.saturating_sub(VERIFYING_KEY_HEADER_BYTES).checked_div(G1_BYTES).unwrap_or(0);
	u32::try_from(points.saturating_sub(1)).unwrap_or(u32::MAX).min(MAX_PUBLIC_INPUTS)
}

/// One microsecond of computation.
const MICROSECOND: u64 = 1_000_000;
/// Estimated size of a circuit's entry and key in a proof of storage, in bytes.
const CIRCUIT_PROOF: u64 = 8_192;

/// Estimated weights, not measured.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn register(inputs: u32) -> Weight {
		register(T::DbWeight::get(), inputs)
	}

	fn deregister() -> Weight {
		deregister(T::DbWeight::get())
	}

	fn freeze() -> Weight {
		switch(T::DbWeight::get())
	}

	fn unfreeze() -> Weight {
		switch(T::DbWeight::get())
	}
}

impl WeightInfo for () {
	fn register(inputs: u32) -> Weight {
		register(RocksDbWeight::get(), inputs)
	}

	fn deregister() -> Weight {
		deregister(RocksDbWeight::get())
	}

	fn freeze() -> Weight {
		switch(RocksDbWeight::get())
	}

	fn unfreeze() -> Weight {
		switch(RocksDbWeight::get())
	}
}

/// Decoding of three points of the second group with their subgroup checks, a pairing, and one curve
/// check for each input.
fn register(db: RuntimeDbWeight, inputs: u32) -> Weight {
	Weight::from_parts(60_000 * MICROSECOND, CIRCUIT_PROOF)
		.saturating_add(Weight::from_parts(500 * MICROSECOND, 0).saturating_mul(inputs.into()))
		.saturating_add(db.reads_writes(4, 4))
}

fn deregister(db: RuntimeDbWeight) -> Weight {
	Weight::from_parts(60 * MICROSECOND, CIRCUIT_PROOF).saturating_add(db.reads_writes(4, 4))
}

fn switch(db: RuntimeDbWeight) -> Weight {
	Weight::from_parts(30 * MICROSECOND, CIRCUIT_PROOF).saturating_add(db.reads_writes(1, 1))
}
