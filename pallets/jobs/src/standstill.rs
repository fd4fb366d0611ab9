// SPDX-License-Identifier: Apache-2.0

//! Which blocks count towards the deadlines of jobs.
//!
//! A worker can be held to a deadline only as far as its answer could have been included. So a block
//! into which no further answer would have fitted does not count, whoever filled it and whatever it
//! cost them: filling blocks until a deadline passes is impossible rather than dear. Nor do blocks
//! count in which the job's circuit was frozen. Deadlines stay as they were agreed; they are moved by
//! the number of blocks since then that did not count.

use crate::{weights, Claim, Config, Job, Pallet, Standstill};
use candor_market::{CircuitId, Proofs};
use frame_support::{dispatch::DispatchClass, traits::Get, weights::Weight};
use frame_system::{pallet_prelude::BlockNumberFor, ConsumedWeight};
use sp_runtime::traits::{BlockNumberProvider, Saturating};

/// A block counts if so many of the largest answers would still have fitted into it. One would do, but
/// for what transaction extensions weigh and what a transaction carries beside its call.
const ROOM: u32 = 2;

/// Bytes of an answer's transaction beside output and proof: address, signature, extensions, lengths.
const ENVELOPE_BYTES: u32 = 256;

impl<T: Config> Pallet<T> {
	/// The block number less the blocks that were full: the clock of the market.
	pub fn clock() -> BlockNumberFor<T> {
		frame_system::Pallet::<T>::block_number().saturating_sub(Standstill::<T>::get())
	}

	/// How many blocks so far did not count for jobs on a circuit.
	pub(crate) fn standstill_of(circuit: CircuitId) -> BlockNumberFor<T> {
		Standstill::<T>::get().saturating_add(T::Proofs::paused(circuit))
	}

	/// How many blocks did not count since the job was opened: its deadline, and the end of a claim on
	/// it, are by so many later than they say.
	pub fn moved(job: &Job<T>) -> BlockNumberFor<T> {
		Self::standstill_of(job.circuit).saturating_sub(job.standstill)
	}

	/// The last block in which an answer to the job counts, if every block from now on does.
	pub(crate) fn deadline_of(job: &Job<T>) -> BlockNumberFor<T> {
		job.deadline.saturating_add(Self::moved(job))
	}

	/// The last block in which the claimant's answer counts, if every block from now on does.
	pub(crate) fn until_of(job: &Job<T>, claim: &Claim<T>) -> BlockNumberFor<T> {
		claim.until.saturating_add(Self::moved(job))
	}

	/// Counts this block, all of whose transactions are in, among those that do not count if it is
	/// full.
	pub(crate) fn note_block() {
		if !Self::has_room() {
			Standstill::<T>::mutate(|blocks| blocks.saturating_inc());
		}
	}

	/// What [`Self::note_block`] weighs.
	pub(crate) fn note_block_weight() -> Weight {
		// Weight and length of the block are known to the system by then.
		T::DbWeight::get().reads_writes(3, 1)
	}

	/// Whether a further answer would have fitted into this block.
	fn has_room() -> bool {
		let used = frame_system::Pallet::<T>::block_weight();
		Self::would_fit(&used, frame_system::Pallet::<T>::block_size())
	}

	/// Whether a further answer would fit into a block of which so much is used.
	pub(crate) fn would_fit(used: &ConsumedWeight, used_bytes: u32) -> bool {
		let limits = T::BlockWeights::get();
		let class = limits.get(DispatchClass::Normal);
		let longest = T::MaxOutputBytes::get();
		let answer = weights::submit::<T>(usize::try_from(longest).unwrap_or(usize::MAX))
			.saturating_add(class.base_extrinsic)
			.saturating_mul(ROOM.into());
		let normal = used.get(DispatchClass::Normal).saturating_add(answer);
		let within_class = class.max_total.is_none_or(|most| normal.all_lte(most));
		// A class may have a part of the block to itself, whatever the others use.
		let within_block = used.total().saturating_add(answer).all_lte(limits.max_block)
			|| class.reserved.is_none_or(|reserved| normal.all_lte(reserved));
		let bytes = longest
			.saturating_add(T::MaxProofBytes::get())
			.saturating_add(ENVELOPE_BYTES)
			.saturating_mul(ROOM)
			.saturating_add(used_bytes);
		let within_length = bytes <= *T::BlockLength::get().max.get(DispatchClass::Normal);
		within_class && within_block && within_length
	}
}

/// [`Pallet::clock`], for pallets that measure times in it.
pub struct MarketClock<T>(core::marker::PhantomData<T>);

impl<T: Config> BlockNumberProvider for MarketClock<T> {
	type BlockNumber = BlockNumberFor<T>;

	fn current_block_number() -> Self::BlockNumber {
		Pallet::<T>::clock()
	}

	#[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
	fn set_block_number(block: Self::BlockNumber) {
		frame_system::Pallet::<T>::set_block_number(block.saturating_add(Standstill::<T>::get()));
	}
}
