// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_validators`. Measured by `make weights`, not written by hand.
//!
//! 2026-11-26 on AMD EPYC: 20 steps, 10 repeats, Compiled Wasm.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The measured weights.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_validators::WeightInfo for WeightInfo<T> {
	/// Storage: `Session::NextKeys` (r:100 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Validators::Validators` (r:0 w:1)
	/// Proof: `Validators::Validators` (`max_values`: Some(1), `max_size`: Some(3202), added: 3697, mode: `MaxEncodedLen`)
	/// `v` was measured from 1 to 100.
	fn set_validators(v: u32) -> Weight {
		// Shortest run: 10_115_000 picoseconds.
		Weight::from_parts(6_900_000, 1155)
			.saturating_add(Weight::from_parts(3_315_000, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(Weight::from_parts(0, 2587).saturating_mul(v.into()))
	}
}
