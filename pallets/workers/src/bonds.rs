// SPDX-License-Identifier: Apache-2.0

//! Bonds as the pallet of jobs uses them: locked by a claim, then unlocked or forfeited.

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
	DispatchError, DispatchResult, Permill, TokenError,
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
		Self::remember_settled(who, &counted);
		Ok(())
	}

	/// Unlocks `amount` of the bond of `who` after a job that ended without its doing, and remembers
	/// it.
	pub fn excuse(who: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		Self::release_job(who, amount)?;
		Self::remember_excused(who);
		Ok(())
	}

	/// Takes `amount` of the bond that a job of `who` locked: `share` of it, rounded down, goes to
	/// `beneficiary`, the rest is burnt. A beneficiary that cannot receive its part, because its
	/// account would stay below the existential deposit, goes without: all is burnt then.
	pub fn forfeit(
		who: &T::AccountId,
		amount: BalanceOf<T>,
		beneficiary: &T::AccountId,
		share: Permill,
	) -> Result<Forfeit<BalanceOf<T>>, DispatchError> {
		let mut worker = Self::release_job(who, amount)?;
		worker.bond = worker.bond.checked_sub(&amount).ok_or(TokenError::FundsUnavailable)?;
		let bond = worker.bond;
		Workers::<T>::insert(who, worker);

		let reason = HoldReason::Bond.into();
		let compensation = T::Currency::transfer_on_hold(
			&reason,
			who,
			beneficiary,
			share.mul_floor(amount),
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		)
		.unwrap_or_else(|_| Zero::zero());
		let burnt = T::Currency::burn_held(
			&reason,
			who,
			amount.saturating_sub(compensation),
			Precision::Exact,
			Fortitude::Force,
		)?;
		Self::remember_failed(who);
		Self::deposit_event(Event::BondForfeited {
			worker: who.clone(),
			beneficiary: beneficiary.clone(),
			compensation,
			burnt,
			bond,
		});
		Ok(Forfeit { compensation, burnt })
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

	/// Undoes [`Pallet::lock`]; fails only if there was none.
	fn release_job(who: &T::AccountId, amount: BalanceOf<T>) -> Result<Worker<T>, DispatchError> {
		let mut worker = Workers::<T>::get(who).ok_or(crate::Error::<T>::NotRegistered)?;
		worker.unlock(amount)?;
		Workers::<T>::insert(who, worker.clone());
		Ok(worker)
	}
}

impl<T: Config> Worker<T> {
	/// Takes back what one job locked.
	fn unlock(&mut self, amount: BalanceOf<T>) -> DispatchResult {
		self.locked = self.locked.checked_sub(&amount).ok_or(TokenError::FundsUnavailable)?;
		self.open_jobs = self.open_jobs.saturating_sub(1);
		Ok(())
	}
}
