// SPDX-License-Identifier: Apache-2.0

//! What the runtime's choices have to be for the pallet to keep its word.

use crate::{Config, Pallet};
use candor_market::Proofs;
use frame_support::traits::{fungible::Inspect, Get};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Zero, Permill};

impl<T: Config> Pallet<T> {
	/// Checks the parameters, when a runtime is tested.
	///
	/// # Panics
	///
	/// One of them is out of its bounds.
	pub(crate) fn check_parameters() {
		assert!(
			T::MaxProofBytes::get() >= <T::Proofs as Proofs<BlockNumberFor<T>>>::MAX_PROOF_BYTES,
			"MaxProofBytes must be at least that of every proof system",
		);
		assert!(
			T::MinPrice::get() >= T::Currency::minimum_balance(),
			"MinPrice must be at least the existential deposit, so that it can be returned",
		);
		assert!(!T::MinProvingPeriod::get().is_zero(), "MinProvingPeriod must not be zero");
		assert!(
			T::MinProvingPeriod::get() <= T::MaxProvingPeriod::get(),
			"MinProvingPeriod must not exceed MaxProvingPeriod",
		);
		assert!(
			T::MaxProvingPeriod::get() <= T::MaxLifetime::get(),
			"MaxProvingPeriod must not exceed MaxLifetime",
		);
		assert!(
			!T::MaxNamedWorkers::get().is_zero(),
			"MaxNamedWorkers must not be zero, or a job that names nobody would be the longest list",
		);
		assert!(
			Self::would_fit(&frame_system::ConsumedWeight::default(), 0),
			"an empty block must have room for answers, or no deadline would ever pass",
		);
		assert!(
			!T::DeclinePenalty::get().is_zero(),
			"DeclinePenalty must not be zero, or jobs could be held back for nothing",
		);
		assert!(
			T::BountyShare::get() < Permill::one(),
			"BountyShare must not be everything, or letting a claim pass would cost nothing",
		);
		assert!(
			(1..=u16::MAX.into()).contains(&T::MaxBatch::get()),
			"MaxBatch must not be zero, and an item's position must fit into two bytes",
		);
		assert!(
			(1..=u8::MAX.into()).contains(&T::MaxRuns::get()),
			"MaxRuns must not be zero, and an answer's places are counted by a byte",
		);
		assert!(
			(1..=u16::MAX.into()).contains(&T::MaxInputs::get()),
			"MaxInputs must not be zero, and an input's position must fit into two bytes",
		);
		assert!(
			<T::Hash as AsRef<[u8]>>::as_ref(&T::Hash::default()).len() == 32,
			"the binding of proofs takes a genesis hash of 32 bytes",
		);
	}
}
