// SPDX-License-Identifier: Apache-2.0

//! What becomes of a job that waits for nobody any more.

use crate::{Claim, Config, Event, Job, JobId, Jobs, Pallet, Proofs, State, Workers};
use frame_support::{CloneNoBound, DebugNoBound};
use sp_runtime::DispatchResult;

/// How a job moves on when it is expired.
#[derive(CloneNoBound, DebugNoBound)]
pub(crate) enum Expiry<T: Config> {
	/// The circuit is frozen: the claimant is excused, the price returns.
	Excuse(Claim<T>),
	/// The claimant forfeits its bond, the job can be claimed again.
	Reopen(Claim<T>),
	/// The claimant forfeits its bond, the price returns.
	Fail(Claim<T>),
	/// No claim fits any more: the price returns.
	Lapse,
}

impl<T: Config> Pallet<T> {
	/// How the job would move on if it were expired now; `None` if it cannot be.
	pub(crate) fn expiry(job: &Job<T>) -> Option<Expiry<T>> {
		match &job.state {
			State::Open if Self::claim_fits(job) => None,
			State::Open => Some(Expiry::Lapse),
			State::Claimed(claim) if T::Proofs::is_frozen(job.circuit) => {
				Some(Expiry::Excuse(claim.clone()))
			}
			State::Claimed(claim) if !Self::is_overdue(claim) => None,
			State::Claimed(claim) if Self::claim_fits(job) => Some(Expiry::Reopen(claim.clone())),
			State::Claimed(claim) => Some(Expiry::Fail(claim.clone())),
		}
	}

	/// Moves the job on.
	pub(crate) fn apply_expiry(id: JobId, mut job: Job<T>, expiry: Expiry<T>) -> DispatchResult {
		match expiry {
			Expiry::Excuse(claim) => {
				T::Workers::excuse(&claim.worker, claim.bond)?;
				Self::deposit_event(Event::Excused { job: id, worker: claim.worker });
				Self::refund(id, job)
			}
			Expiry::Reopen(claim) => {
				Self::forfeit(id, &job.requester, &claim)?;
				job.state = State::Open;
				Jobs::<T>::insert(id, job);
				Self::deposit_event(Event::Reopened { job: id });
				Ok(())
			}
			Expiry::Fail(claim) => {
				Self::forfeit(id, &job.requester, &claim)?;
				Self::refund(id, job)
			}
			Expiry::Lapse => Self::refund(id, job),
		}
	}
}
