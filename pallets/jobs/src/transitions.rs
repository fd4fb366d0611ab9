// SPDX-License-Identifier: Apache-2.0

//! How a job that is there moves on without an answer: claimed, handed back, expired.

use crate::{Claim, Config, Error, Event, Job, Jobs, Pallet, State};
use candor_market::Workers;
use candor_statement::JobId;
use frame_support::{CloneNoBound, DebugNoBound};
use sp_runtime::DispatchResult;

/// How a job moves on when it is expired.
#[derive(CloneNoBound, DebugNoBound)]
pub(crate) enum Expiry<T: Config> {
	/// The circuit is frozen and the claim not overdue: claimant or requester may end it, the claimant
	/// is excused and the price returns.
	Excuse(Claim<T>),
	/// The claimant forfeits its bond, and the job, with a bounty, can be claimed again.
	Reopen(Claim<T>),
	/// The claimant forfeits its bond, and price and bounty go to the requester.
	Fail(Claim<T>),
	/// No claim fits any more: the price returns.
	Lapse,
}

impl<T: Config> Pallet<T> {
	/// See the call `claim`.
	pub(crate) fn claim_for(who: T::AccountId, id: JobId) -> DispatchResult {
		let mut job = Self::existing(id)?;
		let claim = Self::check_claim(&job, &who)?;
		let until = Self::until_of(&job, &claim);
		if let State::Claimed(overdue) = job.state.clone() {
			Self::forfeit(id, &mut job, &overdue)?;
			Self::release(&mut job);
		}
		T::Workers::lock(&who, claim.bond).map_err(Error::<T>::from)?;
		let Claim { price, bond, .. } = claim;
		job.state = State::Claimed(claim);
		Jobs::<T>::insert(id, job);
		Self::deposit_event(Event::Claimed { job: id, worker: who, until, price, bond });
		Ok(())
	}

	/// See the call `decline`.
	pub(crate) fn decline_for(who: &T::AccountId, id: JobId) -> DispatchResult {
		let mut job = Self::existing(id)?;
		let claim = Self::check_decline(&job, who)?;
		let penalty = Self::rules_of(&job).penalty(&job, &claim);
		let stake = Self::stake_of(&job, &claim);
		let burnt = T::Workers::decline(&claim.worker, stake, penalty)?;
		Self::deposit_event(Event::Declined { job: id, worker: claim.worker, burnt });
		Self::release(&mut job);
		if Self::claim_fits(&job) {
			Jobs::<T>::insert(id, job);
			Self::deposit_event(Event::Reopened { job: id });
			Ok(())
		} else {
			Self::refund(id, job)
		}
	}

	/// Lets go of a job whose claim has ended without an answer. The time of the claim does not raise the
	/// price.
	fn release(job: &mut Job<T>) {
		job.withheld = Self::withheld_until(job, frame_system::Pallet::<T>::block_number());
		job.state = State::Open;
	}

	/// How the job would move on if it were expired now; `None` if it cannot be.
	pub(crate) fn expiry(job: &Job<T>) -> Option<Expiry<T>> {
		match &job.state {
			State::Open if Self::claim_fits(job) => None,
			State::Open => Some(Expiry::Lapse),
			State::Claimed(claim) => Self::rules_of(job).expiry(job, claim),
		}
	}

	/// How the job would move on if `who` expired it now.
	///
	/// # Errors
	///
	/// It can still be claimed or answered, or its claim is paused and neither of the two whom it
	/// concerns wants to end it.
	fn expiry_by(job: &Job<T>, who: &T::AccountId) -> Result<Expiry<T>, Error<T>> {
		match Self::expiry(job) {
			None => Err(Error::NotExpirable),
			Some(Expiry::Excuse(claim)) if *who != claim.worker && *who != job.requester => {
				Err(Error::NotExpirable)
			}
			Some(expiry) => Ok(expiry),
		}
	}

	/// See the call `expire`.
	pub(crate) fn expire_for(who: &T::AccountId, id: JobId) -> DispatchResult {
		let mut job = Self::existing(id)?;
		match Self::expiry_by(&job, who)? {
			Expiry::Excuse(claim) => {
				T::Workers::excuse(&claim.worker, claim.bond)?;
				Self::deposit_event(Event::Excused { job: id, worker: claim.worker });
				Self::refund(id, job)
			}
			Expiry::Reopen(claim) => {
				Self::forfeit(id, &mut job, &claim)?;
				Self::release(&mut job);
				Jobs::<T>::insert(id, job);
				Self::deposit_event(Event::Reopened { job: id });
				Ok(())
			}
			Expiry::Fail(claim) => {
				Self::forfeit(id, &mut job, &claim)?;
				Self::refund(id, job)
			}
			Expiry::Lapse => Self::refund(id, job),
		}
	}
}
