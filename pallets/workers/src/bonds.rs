// SPDX-License-Identifier: Apache-2.0

//! Bonds as the pallet of jobs uses them: locked by a claim, then unlocked, or taken in part.

use crate::{BalanceOf, Config, Event, HoldReason, Pallet, Reputations, Worker, Workers};
use alloc::vec::Vec;
use candor_market::{Forfeit, Obligations, Settlement, Stake, WorkerRefusal};
use frame_support::{
	ensure,
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
};
use sp_runtime::{
	traits::{CheckedAdd, CheckedSub, Saturating, Zero},
	DispatchError, DispatchResult, Permill, TokenError,
};

impl<T: Config> candor_market::Workers<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn score(who: &T::AccountId) -> Permill {
		Reputations::<T>::get(who)
			.map(|record| Self::score_of(&record.evidence, Self::epoch()))
			.unwrap_or_default()
	}

	fn can_lock(who: &T::AccountId, amount: BalanceOf<T>) -> Result<(), WorkerRefusal> {
		Self::locked_by(who, amount).map(|_| ())
	}

	fn lock(who: &T::AccountId, amount: BalanceOf<T>) -> Result<(), WorkerRefusal> {
		let worker = Self::locked_by(who, amount)?;
		Workers::<T>::insert(who, worker);
		Ok(())
	}

	fn settle(
		who: &T::AccountId,
		settlements: impl IntoIterator<Item = Settlement<T::AccountId, BalanceOf<T>>>,
	) -> DispatchResult {
		let mut worker = Workers::<T>::get(who).ok_or(crate::Error::<T>::NotRegistered)?;
		let mut counted = Vec::new();
		for settlement in settlements {
			worker.unlock(settlement.stake.bond)?;
			// The worker would write its own testimonial.
			if settlement.requester != *who {
				counted.push(settlement);
			}
		}
		Workers::<T>::insert(who, worker);
		Self::remember_settled(who, counted)
	}

	fn excuse(who: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		Self::take_from_bond(who, amount, Zero::zero())?;
		Self::remember_excused(who)
	}

	/// A beneficiary that cannot receive its part, because its account would stay below the
	/// existential deposit, goes without: all is burnt then.
	fn forfeit(
		who: &T::AccountId,
		stake: Stake<BalanceOf<T>>,
		beneficiary: &T::AccountId,
		compensation: BalanceOf<T>,
	) -> Result<Forfeit<BalanceOf<T>>, DispatchError> {
		let locked = stake.bond;
		let bond = Self::take_from_bond(who, locked, locked)?;
		let compensation = T::Currency::transfer_on_hold(
			&HoldReason::Bond.into(),
			who,
			beneficiary,
			compensation.min(locked),
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		)
		.unwrap_or_else(|_| Zero::zero());
		let burnt = Self::burn_bond(who, locked.saturating_sub(compensation))?;
		Self::remember_failed(who, stake.fee)?;
		Self::deposit_event(Event::BondForfeited {
			worker: who.clone(),
			beneficiary: beneficiary.clone(),
			compensation,
			burnt,
			bond,
		});
		Ok(Forfeit { compensation, burnt })
	}

	/// The bond may be below [`Config::MinBond`] afterwards; then the worker cannot claim jobs until
	/// it tops up.
	fn decline(
		who: &T::AccountId,
		stake: Stake<BalanceOf<T>>,
		penalty: BalanceOf<T>,
	) -> Result<BalanceOf<T>, DispatchError> {
		let penalty = penalty.min(stake.bond);
		let bond = Self::take_from_bond(who, stake.bond, penalty)?;
		let burnt = Self::burn_bond(who, penalty)?;
		Self::remember_declined(who, stake, burnt)?;
		Self::deposit_event(Event::Declined { worker: who.clone(), burnt, bond });
		Ok(burnt)
	}

	fn obligations(who: &T::AccountId) -> Obligations<BalanceOf<T>> {
		Workers::<T>::get(who)
			.map(|worker| Obligations { jobs: worker.open_jobs, locked: worker.locked })
			.unwrap_or_default()
	}
}

impl<T: Config> Pallet<T> {
	/// The worker as it would be after locking `amount` for one more job.
	fn locked_by(who: &T::AccountId, amount: BalanceOf<T>) -> Result<Worker<T>, WorkerRefusal> {
		let mut worker = Workers::<T>::get(who).ok_or(WorkerRefusal::NotRegistered)?;
		ensure!(worker.bond >= T::MinBond::get(), WorkerRefusal::BondBelowMinimum);
		worker.locked = worker
			.locked
			.checked_add(&amount)
			.filter(|locked| *locked <= worker.bond)
			.ok_or(WorkerRefusal::InsufficientBond)?;
		worker.open_jobs = worker.open_jobs.checked_add(1).ok_or(WorkerRefusal::TooManyJobs)?;
		Ok(worker)
	}

	/// Undoes [`Pallet::lock`] of `locked`, writes `lost` off the bond, and gives the bond that is
	/// left; fails if nothing was locked so. What is held for the bond must follow.
	fn take_from_bond(
		who: &T::AccountId,
		locked: BalanceOf<T>,
		lost: BalanceOf<T>,
	) -> Result<BalanceOf<T>, DispatchError> {
		let mut worker = Workers::<T>::get(who).ok_or(crate::Error::<T>::NotRegistered)?;
		worker.unlock(locked)?;
		worker.bond = worker.bond.checked_sub(&lost).ok_or(TokenError::FundsUnavailable)?;
		let bond = worker.bond;
		Workers::<T>::insert(who, worker);
		Ok(bond)
	}

	/// Burns so much of what is held for the bond of `who`.
	fn burn_bond(who: &T::AccountId, amount: BalanceOf<T>) -> Result<BalanceOf<T>, DispatchError> {
		T::Currency::burn_held(
			&HoldReason::Bond.into(),
			who,
			amount,
			Precision::Exact,
			Fortitude::Force,
		)
	}
}

impl<T: Config> Worker<T> {
	/// Takes back what one job locked.
	fn unlock(&mut self, amount: BalanceOf<T>) -> DispatchResult {
		self.locked = self.locked.checked_sub(&amount).ok_or(TokenError::FundsUnavailable)?;
		self.open_jobs = self.open_jobs.checked_sub(1).ok_or(TokenError::FundsUnavailable)?;
		Ok(())
	}
}
