// SPDX-License-Identifier: Apache-2.0

//! Weights of the calls. The runtime holds measured ones; those of `()` are estimates for tests.

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Of `set_validators`, with so many validators.
	fn set_validators(validators: u32) -> Weight;
}

impl WeightInfo for () {
	fn set_validators(validators: u32) -> Weight {
		Weight::from_parts(50_000_000, 0)
			.saturating_add(RocksDbWeight::get().reads_writes(validators.into(), 1))
	}
}
