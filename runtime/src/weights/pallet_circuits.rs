// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_circuits`. Measured by `make weights`, not written by hand.
//!
//! 2026-11-26 on AMD EPYC: 20 steps, 10 repeats, Compiled Wasm.

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
		// Shortest run: 3_139_572_000 picoseconds.
		Weight::from_parts(3_339_600_923, 3650)
			.saturating_add(Weight::from_parts(748_846, 0).saturating_mul(i.into()))
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
		// Shortest run: 67_170_000 picoseconds.
		Weight::from_parts(73_028_000, 3650)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	fn freeze() -> Weight {
		// Shortest run: 21_622_000 picoseconds.
		Weight::from_parts(27_771_000, 3650)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::PreparedKeys` (r:0 w:1)
	/// Proof: `Circuits::PreparedKeys` (`max_values`: None, `max_size`: Some(27317), added: 29792, mode: `MaxEncodedLen`)
	fn unfreeze() -> Weight {
		// Shortest run: 23_134_000 picoseconds.
		Weight::from_parts(25_998_000, 3650)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	fn attest() -> Weight {
		// Shortest run: 20_030_000 picoseconds.
		Weight::from_parts(26_029_000, 3650)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:1)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	fn withdraw_attestation() -> Weight {
		// Shortest run: 19_810_000 picoseconds.
		Weight::from_parts(23_565_000, 3650)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	/// Storage: `Circuits::Circuits` (r:1 w:0)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::PreparedKeys` (r:1 w:0)
	/// Proof: `Circuits::PreparedKeys` (`max_values`: None, `max_size`: Some(27317), added: 29792, mode: `MaxEncodedLen`)
	/// `i` was measured from 3 to 64.
	fn verify_proof(i: u32) -> Weight {
		// Shortest run: 949_187_000 picoseconds.
		Weight::from_parts(911_633_384, 30782)
			.saturating_add(Weight::from_parts(22_526_269, 0).saturating_mul(i.into()))
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
	fn verify_batch(p: u32, k: u32, i: u32, w: u32) -> Weight {
		// Shortest run: 10_649_719_000 picoseconds.
		Weight::from_parts(2_193_252_871, 990)
			.saturating_add(Weight::from_parts(185_792_500, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(407_400_666, 0).saturating_mul(k.into()))
			.saturating_add(Weight::from_parts(15_643_700, 0).saturating_mul(i.into()))
			.saturating_add(Weight::from_parts(48_294_428, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(k.into())))
			.saturating_add(Weight::from_parts(0, 29792).saturating_mul(k.into()))
	}
}
