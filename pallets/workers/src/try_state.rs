// SPDX-License-Identifier: Apache-2.0

//! Invariants of the pallet's storage.

use crate::{Config, HoldReason, Pallet, Reputations, Workers};
use frame_support::{
	ensure,
	traits::{fungible::InspectHold, Footprint},
};
use sp_runtime::{traits::Zero, Permill, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks that
	///
	/// - every account holds its bond as a worker, exactly, and so none if it is no worker;
	/// - no account without a record holds a deposit for one;
	/// - no more than the bond is locked, and nothing without open jobs;
	/// - every worker has a record, and whoever is no worker any more has one only if there is
	///   something to remember;
	/// - no score is without a settled job behind it, and none exceeds 1.
	///
	/// How much is held for a record cannot be seen from here, only what it is held for: see
	/// [`Self::deposits`].
	///
	/// # Errors
	///
	/// The first of these that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		for who in frame_system::Account::<T>::iter_keys() {
			ensure!(
				Workers::<T>::contains_key(&who)
					|| T::Currency::balance_on_hold(&HoldReason::Bond.into(), &who).is_zero(),
				"bond held on an account that is no worker"
			);
			ensure!(
				Reputations::<T>::contains_key(&who)
					|| T::Currency::balance_on_hold(&HoldReason::ReputationDeposit.into(), &who)
						.is_zero(),
				"deposit held for a record that does not exist"
			);
		}
		for (who, worker) in Workers::<T>::iter() {
			ensure!(
				T::Currency::balance_on_hold(&HoldReason::Bond.into(), &who) == worker.bond,
				"bond that differs from what is held"
			);
			ensure!(worker.locked <= worker.bond, "more locked than bonded");
			ensure!(
				worker.open_jobs > 0 || worker.locked.is_zero(),
				"locked bond without an open job"
			);
			ensure!(Reputations::<T>::contains_key(&who), "worker without a record");
		}
		for (who, record) in Reputations::<T>::iter() {
			let reputation = record.reputation;
			ensure!(
				Workers::<T>::contains_key(&who) || reputation != Default::default(),
				"record of nothing about nobody"
			);
			ensure!(reputation.score <= Permill::one(), "score above 1");
			ensure!(
				reputation.settled > 0 || reputation.score.is_zero(),
				"score without a settled job"
			);
			ensure!(
				reputation.settled > 0 || reputation.earned.is_zero(),
				"earnings without a settled job"
			);
		}
		Ok(())
	}

	/// What each record occupies, and who paid the deposit for it: what is held under
	/// [`HoldReason::ReputationDeposit`] must be the price of this, account by account.
	pub fn deposits() -> impl Iterator<Item = (T::AccountId, Footprint)> {
		Reputations::<T>::iter_keys().map(|who| (who, Self::footprint()))
	}
}
