// SPDX-License-Identifier: Apache-2.0

//! Weights of the calls. The runtime holds measured ones; those of `()` are estimates for tests.

use crate::Config;
use candor_market::Proofs;
use candor_proof_system::{percent_of, Effort};
use frame_support::weights::{constants::RocksDbWeight, Weight};
use frame_system::pallet_prelude::BlockNumberFor;

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Of `register`, with a proof of possession that has so many public inputs.
	fn register(inputs: u32) -> Weight;
	/// Of `publish_version`, likewise.
	fn publish_version(inputs: u32) -> Weight;
	/// Of `deprecate`.
	fn deprecate() -> Weight;
	/// Of `remove_version`.
	fn remove_version() -> Weight;
	/// Of `transfer_ownership`.
	fn transfer_ownership() -> Weight;
	/// Of `collect_royalty`.
	fn collect_royalty() -> Weight;
}

/// What a call with a proof of possession weighs at most, whatever its circuit is.
pub fn at_most<T: Config>(measured: impl FnOnce(u32) -> Weight) -> Weight {
	type Of<T> = <T as Config>::Proofs;
	in_system(
		<Of<T> as Proofs<BlockNumberFor<T>>>::EFFORT,
		measured(<Of<T> as Proofs<BlockNumberFor<T>>>::MAX_PUBLIC_INPUTS),
	)
}

/// A measured weight, in a system whose verification takes this.
pub(crate) fn in_system(effort: Effort, measured: Weight) -> Weight {
	Weight::from_parts(percent_of(effort.single, measured.ref_time()), measured.proof_size())
}

/// One microsecond of computation.
const MICROSECOND: u64 = 1_000_000;
/// Estimated size of an entry in a proof of storage, in bytes.
const ENTRY_PROOF: u64 = 4_096;
/// Estimated microseconds of computation for a version and a verification without public inputs: twice what
/// `make bench` shows for Wasm with host functions, as is what follows.
const VERIFIED: u64 = 2_100;
/// Estimated microseconds of computation for each public input.
const PER_INPUT: u64 = 50;

impl WeightInfo for () {
	fn register(inputs: u32) -> Weight {
		verified(inputs)
	}

	fn publish_version(inputs: u32) -> Weight {
		verified(inputs)
	}

	fn deprecate() -> Weight {
		estimate(40, 2, 1)
	}

	fn remove_version() -> Weight {
		estimate(100, 6, 7)
	}

	fn transfer_ownership() -> Weight {
		estimate(40, 2, 1)
	}

	/// Model, version, and the accounts of the pot and the owner.
	fn collect_royalty() -> Weight {
		estimate(120, 4, 3)
	}
}

/// A version with a proof that has so many public inputs.
fn verified(inputs: u32) -> Weight {
	estimate(VERIFIED.saturating_add(PER_INPUT.saturating_mul(inputs.into())), 8, 6)
}

/// So much computation and so many reads and writes.
fn estimate(microseconds: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(microseconds.saturating_mul(MICROSECOND), reads.saturating_mul(ENTRY_PROOF))
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}
