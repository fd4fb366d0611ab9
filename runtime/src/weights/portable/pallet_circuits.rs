// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_circuits`. Measured by `make weights`, not written by hand.
//!
//! 2026-11-26 on AMD EPYC: 6 steps, 3 repeats, Compiled Wasm.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The measured weights.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_circuits::WeightInfo for WeightInfo<T> {
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::PreparedKeys` (r:0 w:1)
	/// Proof: `Circuits::PreparedKeys` (`max_values`: None, `max_size`: Some(27317), added: 29792, mode: `MaxEncodedLen`)
	/// `i` was measured from 3 to 64.
	fn register(i: u32) -> Weight {
		// Shortest run: 8_342_029_000 picoseconds.
		Weight::from_parts(12_121_288_147, 3650)
			.saturating_add(Weight::from_parts(6_462_688, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::PreparedKeys` (r:0 w:1)
	/// Proof: `Circuits::PreparedKeys` (`max_values`: None, `max_size`: Some(27317), added: 29792, mode: `MaxEncodedLen`)
	fn deregister() -> Weight {
		// Shortest run: 70_644_000 picoseconds.
		Weight::from_parts(74_981_000, 3650)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	fn freeze() -> Weight {
		// Shortest run: 27_772_000 picoseconds.
		Weight::from_parts(33_309_000, 3650)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::PreparedKeys` (r:0 w:1)
	/// Proof: `Circuits::PreparedKeys` (`max_values`: None, `max_size`: Some(27317), added: 29792, mode: `MaxEncodedLen`)
	fn unfreeze() -> Weight {
		// Shortest run: 25_678_000 picoseconds.
		Weight::from_parts(36_394_000, 3650)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	fn attest() -> Weight {
		// Shortest run: 26_549_000 picoseconds.
		Weight::from_parts(30_495_000, 3650)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	fn withdraw_attestation() -> Weight {
		// Shortest run: 23_845_000 picoseconds.
		Weight::from_parts(27_581_000, 3650)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:0)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::PreparedKeys` (r:1 w:0)
	/// Proof: `Circuits::PreparedKeys` (`max_values`: None, `max_size`: Some(27317), added: 29792, mode: `MaxEncodedLen`)
	/// `i` was measured from 3 to 64.
	fn verify_proof(i: u32) -> Weight {
		// Shortest run: 7_887_446_000 picoseconds.
		Weight::from_parts(10_354_309_230, 30782)
			.saturating_add(Weight::from_parts(157_889_384, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	/// Storage: `Circuits::Circuits` (r:6 w:0)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::PreparedKeys` (r:6 w:0)
	/// Proof: `Circuits::PreparedKeys` (`max_values`: None, `max_size`: Some(27317), added: 29792, mode: `MaxEncodedLen`)
	/// `p` was measured from 20 to 64.
	/// `k` was measured from 3 to 6.
	/// `i` was measured from 79 to 131.
	/// `w` was measured from 1 to 8.
	fn verify_batch(p: u32, k: u32, i: u32, _w: u32) -> Weight {
		// Shortest run: 67_242_447_000 picoseconds.
		Weight::from_parts(34_796_891_530, 990)
			.saturating_add(Weight::from_parts(1_067_798_529, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(2_933_482_666, 0).saturating_mul(k.into()))
			.saturating_add(Weight::from_parts(102_576_976, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(k.into())))
			.saturating_add(Weight::from_parts(0, 29792).saturating_mul(k.into()))
	}
}
