// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_circuits`. Measured by `make weights`, not written by hand.
//!
//! 2026-11-23 on AMD EPYC: 6 steps, 3 repeats, Compiled Wasm.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The measured weights.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_circuits::WeightInfo for WeightInfo<T> {
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::PreparedKeys` (r:0 w:1)
	/// Proof: `Circuits::PreparedKeys` (`max_values`: None, `max_size`: Some(27316), added: 29791, mode: `MaxEncodedLen`)
	/// `i` was measured from 3 to 64.
	fn register(i: u32) -> Weight {
		// Shortest run: 8_112_355_000 picoseconds.
		Weight::from_parts(8_193_959_000, 3649)
			.saturating_add(Weight::from_parts(2_640_000, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::PreparedKeys` (r:0 w:1)
	/// Proof: `Circuits::PreparedKeys` (`max_values`: None, `max_size`: Some(27316), added: 29791, mode: `MaxEncodedLen`)
	fn deregister() -> Weight {
		// Shortest run: 66_358_000 picoseconds.
		Weight::from_parts(69_063_000, 3649)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	fn freeze() -> Weight {
		// Shortest run: 22_744_000 picoseconds.
		Weight::from_parts(24_737_000, 3649)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	fn unfreeze() -> Weight {
		// Shortest run: 21_612_000 picoseconds.
		Weight::from_parts(23_134_000, 3649)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	fn attest() -> Weight {
		Weight::from_parts(24_737_000, 3649)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	fn withdraw_attestation() -> Weight {
		Weight::from_parts(23_134_000, 3649)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:0)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::PreparedKeys` (r:1 w:0)
	/// Proof: `Circuits::PreparedKeys` (`max_values`: None, `max_size`: Some(27316), added: 29791, mode: `MaxEncodedLen`)
	/// `i` was measured from 3 to 64.
	fn verify_proof(i: u32) -> Weight {
		// Shortest run: 6_761_974_000 picoseconds.
		Weight::from_parts(6_552_223_166, 30781)
			.saturating_add(Weight::from_parts(93_883_055, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	/// Storage: `Circuits::Circuits` (r:6 w:0)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(184), added: 2659, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::PreparedKeys` (r:6 w:0)
	/// Proof: `Circuits::PreparedKeys` (`max_values`: None, `max_size`: Some(27316), added: 29791, mode: `MaxEncodedLen`)
	/// `p` was measured from 20 to 64.
	/// `k` was measured from 3 to 6.
	/// `i` was measured from 79 to 131.
	/// `w` was measured from 1 to 8.
	fn verify_batch(p: u32, k: u32, _i: u32, _w: u32) -> Weight {
		// Shortest run: 66_061_636_000 picoseconds.
		Weight::from_parts(37_304_713_688, 990)
			.saturating_add(Weight::from_parts(1_233_103_772, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(3_182_031_000, 0).saturating_mul(k.into()))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(k.into())))
			.saturating_add(Weight::from_parts(0, 29791).saturating_mul(k.into()))
	}
}
