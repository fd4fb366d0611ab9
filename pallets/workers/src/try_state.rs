// SPDX-License-Identifier: Apache-2.0

//! Invariants of the pallet's storage.

use crate::{Config, HoldReason, Pallet, Reputations, Workers};
use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::{traits::Zero, Permill, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks that
	///
	/// - each worker's bond is held on its account, exactly;
	/// - no more than the bond is locked, and nothing without open jobs;
	/// - no score is without a settled job behind it, and none exceeds 1.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
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
		}
		for (who, reputation) in Reputations::<T>::iter() {
			ensure!(reputation.score <= Permill::one(), "score above 1");
			ensure!(
				reputation.settled > 0 || reputation.score.is_zero(),
				"score without a settled job"
			);
			ensure!(
				reputation.settled > 0 || reputation.earned.is_zero(),
				"earnings without a settled job"
			);
			ensure!(
				Workers::<T>::contains_key(&who)
					|| T::Currency::balance_on_hold(&HoldReason::Bond.into(), &who).is_zero(),
				"bond held on a former worker"
			);
		}
		Ok(())
	}
}
