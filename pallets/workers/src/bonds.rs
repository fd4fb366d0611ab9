// SPDX-License-Identifier: Apache-2.0

//! Bonds as the pallet of jobs uses them: locked by a claim, then unlocked, or taken in part.

extern crate alloc;

use crate::{
	BalanceOf, Config, Event, Forfeit, HoldReason, LockRefusal, Obligations, Pallet, Settlement,
	Worker, Workers,
};
use alloc::vec::Vec;
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
	DispatchError, DispatchResult, TokenError,
};

impl<T: Config> Pallet<T> {
	/// Whether `who` could take a job that locks `amount`; see [`Pallet::lock`].
	pub fn can_lock(who: &T::AccountId, amount: BalanceOf<T>) -> Result<(), LockRefusal> {
		Self::locked_by(who, amount).map(|_| ())
	}

	/// Locks `amount` of the bond of `who` for one more job.
	///
	/// # Errors
	///
	/// A refusal, when `who` is no worker, or the bond is below the minimum or locked already.
	pub fn lock(who: &T::AccountId, amount: BalanceOf<T>) -> Result<(), LockRefusal> {
		let worker = Self::locked_by(who, amount)?;
		Workers::<T>::insert(who, worker);
		Ok(())
	}

	/// Unlocks what jobs of `who` locked of its bond after they were answered, and remembers them in
	/// this order. The same as settling them one by one, but written once.
	pub fn settle(
		who: &T::AccountId,
		settlements: impl IntoIterator<Item = Settlement<BalanceOf<T>>>,
	) -> DispatchResult {
		let mut worker = Workers::<T>::get(who).ok_or(crate::Error::<T>::NotRegistered)?;
		let mut counted = Vec::new();
		for settlement in settlements {
			worker.unlock(settlement.bond)?;
			// The worker would write its own testimonial.
			if !settlement.self_dealt {
				counted.push(settlement);
			}
		}
		Workers::<T>::insert(who, worker);
		Self::remember_settled(who, &counted)
	}

	/// Unlocks `amount` of the bond of `who` after a job that ended without its doing, and remembers
	/// it.
	pub fn excuse(who: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		Self::take_from_bond(who, amount, Zero::zero())?;
		Self::remember_excused(who)
	}

	/// Takes what a job of `who` locked of its bond, after the time was let pass: at most
	/// `compensation` of it goes to `beneficiary`, the rest is burnt. A beneficiary that cannot
	/// receive its part, because its account would stay below the existential deposit, goes without:
	/// all is burnt then.
	///
	/// # Errors
	///
	/// `who` is no worker, or no job of it locked `locked`.
	pub fn forfeit(
		who: &T::AccountId,
		locked: BalanceOf<T>,
		beneficiary: &T::AccountId,
		compensation: BalanceOf<T>,
	) -> Result<Forfeit<BalanceOf<T>>, DispatchError> {
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
		Self::remember_failed(who)?;
		Self::deposit_event(Event::BondForfeited {
			worker: who.clone(),
			beneficiary: beneficiary.clone(),
			compensation,
			burnt,
			bond,
		});
		Ok(Forfeit { compensation, burnt })
	}

	/// Unlocks what a job of `who` locked of its bond, after the job was handed back in time, burns
	/// `penalty` of it, at most all, and gives what was burnt.
	///
	/// The bond may be below [`Config::MinBond`] afterwards; then the worker cannot claim jobs until
	/// it tops up.
	///
	/// # Errors
	///
	/// `who` is no worker, or no job of it locked `locked`.
	pub fn decline(
		who: &T::AccountId,
		locked: BalanceOf<T>,
		penalty: BalanceOf<T>,
	) -> Result<BalanceOf<T>, DispatchError> {
		let penalty = penalty.min(locked);
		let bond = Self::take_from_bond(who, locked, penalty)?;
		let burnt = Self::burn_bond(who, penalty)?;
		Self::remember_declined(who)?;
		Self::deposit_event(Event::Declined { worker: who.clone(), burnt, bond });
		Ok(burnt)
	}

	/// What binds `who` at present; nothing if it is no worker.
	pub fn obligations(who: &T::AccountId) -> Obligations<BalanceOf<T>> {
		Workers::<T>::get(who)
			.map(|worker| Obligations { jobs: worker.open_jobs, locked: worker.locked })
			.unwrap_or_default()
	}

	/// The worker as it would be after locking `amount` for one more job.
	fn locked_by(who: &T::AccountId, amount: BalanceOf<T>) -> Result<Worker<T>, LockRefusal> {
		let mut worker = Workers::<T>::get(who).ok_or(LockRefusal::NotRegistered)?;
		ensure!(worker.bond >= T::MinBond::get(), LockRefusal::BondBelowMinimum);
		worker.locked = worker
			.locked
			.checked_add(&amount)
			.filter(|locked| *locked <= worker.bond)
			.ok_or(LockRefusal::InsufficientBond)?;
		worker.open_jobs = worker.open_jobs.checked_add(1).ok_or(LockRefusal::TooManyJobs)?;
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
