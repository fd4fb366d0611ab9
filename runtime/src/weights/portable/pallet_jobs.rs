// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_jobs`. Measured by `make weights`, not written by hand.
//!
//! 2026-11-26 on AMD EPYC: 6 steps, 3 repeats, Compiled Wasm.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The measured weights.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_jobs::WeightInfo for WeightInfo<T> {
	/// Storage: `Models::Versions` (r:1 w:1)
	/// Proof: `Models::Versions` (`max_values`: None, `max_size`: Some(451), added: 2926, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::Circuits` (r:1 w:0)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::NextJobId` (r:1 w:1)
	/// Proof: `Jobs::NextJobId` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:0 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4374), added: 6849, mode: `MaxEncodedLen`)
	/// `b` was measured from 0 to 4096.
	fn open(b: u32) -> Weight {
		// Shortest run: 141_710_000 picoseconds.
		Weight::from_parts(185_189_007, 3916)
			.saturating_add(Weight::from_parts(3_010, 0).saturating_mul(b.into()))
			// Whether the chain is for development, where the circuit's setup is.
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	/// As many single ones with the longest input, which is more, until it is measured.
	fn open_batch(n: u32) -> Weight {
		Self::open(4096).saturating_mul(n.into())
	}
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4374), added: 6849, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Models::Versions` (r:1 w:1)
	/// Proof: `Models::Versions` (`max_values`: None, `max_size`: Some(451), added: 2926, mode: `MaxEncodedLen`)
	fn cancel() -> Weight {
		// Shortest run: 116_092_000 picoseconds.
		Weight::from_parts(121_771_000, 7839)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4374), added: 6849, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::Circuits` (r:1 w:0)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Reputations` (r:2 w:1)
	/// Proof: `Workers::Reputations` (`max_values`: None, `max_size`: Some(100), added: 2575, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:2 w:2)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(342), added: 2817, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:2 w:2)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn claim() -> Weight {
		// Shortest run: 140_839_000 picoseconds.
		Weight::from_parts(144_775_000, 7839)
			// What is held for the requester, where the bounty of the claim before is added.
			.saturating_add(Weight::from_parts(40_000_000, 0))
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(8))
	}
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4374), added: 6849, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::Circuits` (r:1 w:0)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::PreparedKeys` (r:1 w:0)
	/// Proof: `Circuits::PreparedKeys` (`max_values`: None, `max_size`: Some(27317), added: 29792, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:1 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:1 w:1)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(342), added: 2817, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Reputations` (r:1 w:1)
	/// Proof: `Workers::Reputations` (`max_values`: None, `max_size`: Some(100), added: 2575, mode: `MaxEncodedLen`)
	/// Storage: `Models::Versions` (r:1 w:1)
	/// Proof: `Models::Versions` (`max_values`: None, `max_size`: Some(451), added: 2926, mode: `MaxEncodedLen`)
	/// `i` was measured from 3 to 64.
	fn submit(i: u32) -> Weight {
		// Shortest run: 7_116_694_000 picoseconds.
		Weight::from_parts(6_864_445_250, 30782)
			.saturating_add(Weight::from_parts(112_908_916, 0).saturating_mul(i.into()))
			// Less the model, which is not read any more; the pot has the place of its owner's account.
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(7))
	}
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Jobs::Jobs` (r:64 w:64)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4374), added: 6849, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::Circuits` (r:6 w:0)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::PreparedKeys` (r:6 w:0)
	/// Proof: `Circuits::PreparedKeys` (`max_values`: None, `max_size`: Some(27317), added: 29792, mode: `MaxEncodedLen`)
	/// Storage: `Models::Models` (r:12 w:0)
	/// Proof: `Models::Models` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:20 w:20)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:52 w:52)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:20 w:20)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(342), added: 2817, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Reputations` (r:20 w:20)
	/// Proof: `Workers::Reputations` (`max_values`: None, `max_size`: Some(100), added: 2575, mode: `MaxEncodedLen`)
	/// Storage: `Models::Versions` (r:12 w:12)
	/// Proof: `Models::Versions` (`max_values`: None, `max_size`: Some(451), added: 2926, mode: `MaxEncodedLen`)
	/// `p` was measured from 20 to 64.
	/// `k` was measured from 3 to 6.
	/// `i` was measured from 79 to 131.
	/// `o` was measured from 1 to 8.
	/// `r` was measured from 1 to 20.
	/// `w` was measured from 1 to 20.
	/// `v` was measured from 6 to 12.
	fn submit_batch(p: u32, k: u32, i: u32, o: u32, r: u32, w: u32, v: u32) -> Weight {
		// Shortest run: 66_488_970_000 picoseconds.
		Weight::from_parts(26_434_974_926, 3509)
			.saturating_add(Weight::from_parts(1_327_004_576, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(3_505_900_666, 0).saturating_mul(k.into()))
			.saturating_add(Weight::from_parts(41_115_134, 0).saturating_mul(i.into()))
			.saturating_add(Weight::from_parts(60_705_800, 0).saturating_mul(o.into()))
			.saturating_add(Weight::from_parts(373_529_625, 0).saturating_mul(r.into()))
			.saturating_add(Weight::from_parts(336_648_750, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			// The pot.
			.saturating_add(T::DbWeight::get().reads_writes(1, 1))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(k.into())))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(w.into())))
			// Only its record: neither the model nor its owner's account.
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(v.into())))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(w.into())))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(v.into())))
			.saturating_add(Weight::from_parts(0, 29792).saturating_mul(k.into()))
			.saturating_add(Weight::from_parts(0, 6849).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(0, 2650).saturating_mul(r.into()))
			.saturating_add(Weight::from_parts(0, 2926).saturating_mul(v.into()))
			.saturating_add(Weight::from_parts(0, 2817).saturating_mul(w.into()))
	}
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4374), added: 6849, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::Circuits` (r:1 w:0)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:1 w:1)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(342), added: 2817, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:2 w:2)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Reputations` (r:1 w:1)
	/// Proof: `Workers::Reputations` (`max_values`: None, `max_size`: Some(100), added: 2575, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Models::Versions` (r:1 w:1)
	/// Proof: `Models::Versions` (`max_values`: None, `max_size`: Some(451), added: 2926, mode: `MaxEncodedLen`)
	fn decline() -> Weight {
		// Shortest run: 171_864_000 picoseconds.
		Weight::from_parts(178_023_000, 7839)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(7))
	}
	/// Storage: `Jobs::Jobs` (r:1 w:1)
	/// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4374), added: 6849, mode: `MaxEncodedLen`)
	/// Storage: `Circuits::Circuits` (r:1 w:0)
	/// Proof: `Circuits::Circuits` (`max_values`: None, `max_size`: Some(185), added: 2660, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Workers` (r:1 w:1)
	/// Proof: `Workers::Workers` (`max_values`: None, `max_size`: Some(342), added: 2817, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:2 w:2)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Workers::Reputations` (r:1 w:1)
	/// Proof: `Workers::Reputations` (`max_values`: None, `max_size`: Some(100), added: 2575, mode: `MaxEncodedLen`)
	/// Storage: `Models::Versions` (r:1 w:1)
	/// Proof: `Models::Versions` (`max_values`: None, `max_size`: Some(451), added: 2926, mode: `MaxEncodedLen`)
	fn expire() -> Weight {
		// Shortest run: 213_146_000 picoseconds.
		Weight::from_parts(220_206_000, 7839)
			// The bounty is held and returned.
			.saturating_add(Weight::from_parts(40_000_000, 0))
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(8))
	}
}
