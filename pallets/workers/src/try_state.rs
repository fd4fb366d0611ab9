// SPDX-License-Identifier: Apache-2.0

//! Invariants of the pallet's storage.

use crate::{Config, EvidenceOf, HoldReason, OutcomesOf, Pallet, Reputations, Workers};
use alloc::collections::BTreeSet;
use frame_support::{
	ensure,
	traits::{fungible::InspectHold, Footprint, Get},
};
use sp_runtime::{
	traits::{UniqueSaturatedInto, Zero},
	TryRuntimeError,
};

impl<T: Config> Pallet<T> {
	/// Checks that
	///
	/// - every account holds its bond as a worker, exactly, and so none if it is no worker;
	/// - no account without a record holds a deposit for one;
	/// - no more than the bond is locked, and nothing without open jobs;
	/// - every worker has a record, and whoever is no worker any more has one only if there is
	///   something to remember;
	/// - nothing speaks for a worker without a settled job, nothing against it without one that was
	///   failed or declined, and nothing was written later than now;
	/// - of what speaks for a worker, requesters have added no more than all of it, each of them
	///   something and no more than the cap, and the worker itself is none of them.
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
			let outcomes = &record.outcomes;
			ensure!(
				Workers::<T>::contains_key(&who) || *outcomes != Default::default(),
				"record of nothing about nobody"
			);
			ensure!(
				outcomes.settled > 0 || outcomes.earned.is_zero(),
				"earnings without a settled job"
			);
			Self::check_evidence(&who, outcomes, &record.evidence)?;
		}
		Ok(())
	}

	/// The part of [`Self::do_try_state`] about what a score comes from.
	fn check_evidence(
		who: &T::AccountId,
		outcomes: &OutcomesOf<T>,
		evidence: &EvidenceOf<T>,
	) -> Result<(), TryRuntimeError> {
		let epoch = Self::epoch();
		ensure!(evidence.half_life <= epoch.half_life(), "evidence ahead of its time");
		ensure!(outcomes.settled > 0 || evidence.good == 0, "score without a settled job");
		ensure!(
			outcomes.failed > 0 || outcomes.declined > 0 || evidence.bad == 0,
			"evidence against a worker that answered all its jobs"
		);
		let cap = T::MaxFromRequester::get().unique_saturated_into();
		let (mut seen, mut added) = (BTreeSet::new(), 0u128);
		for (part, now) in evidence.requesters.iter().zip(evidence.parts_in(epoch)) {
			ensure!(part.requester != *who, "testimonial of a worker about itself");
			ensure!(seen.insert(part.requester.clone()), "requester that is remembered twice");
			ensure!(part.added > 0, "requester that has added nothing");
			ensure!(now.added <= cap, "requester that has added more than it may");
			added = added.saturating_add(part.added);
		}
		ensure!(added <= evidence.good, "requesters that have added more than there is");
		Ok(())
	}

	/// What each record occupies, and who paid the deposit for it: what is held under
	/// [`HoldReason::ReputationDeposit`] must be the price of this, account by account.
	pub fn deposits() -> impl Iterator<Item = (T::AccountId, Footprint)> {
		Reputations::<T>::iter_keys().map(|who| (who, Self::footprint()))
	}
}
