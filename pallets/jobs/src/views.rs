// SPDX-License-Identifier: Apache-2.0

//! What the view functions answer about a job.

use crate::{
	transitions::Expiry, Claimable, Config, Job, JobStatus, JobStatusOf, Jobs, NextAction,
	NextActionOf, NextJobId, Pallet, State,
};
use candor_statement::JobId;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::Saturating;

/// Jobs that a call of the view function `claimable` looks at.
const LOOK: u64 = 1_024;

impl<T: Config> Pallet<T> {
	/// See the view function `job_status`.
	pub(crate) fn status_of(id: JobId) -> JobStatusOf<T> {
		let Some(job) = Jobs::<T>::get(id) else {
			return if id < NextJobId::<T>::get() {
				JobStatus::Ended
			} else {
				JobStatus::NeverOpened
			};
		};
		match &job.state {
			State::Open if Self::claim_fits(&job) => {
				JobStatus::Open { claim_by: Self::claim_by(&job) }
			}
			State::Open => JobStatus::Lapsed,
			State::Claimed(claim) => {
				let (worker, until) = (claim.worker.clone(), Self::until_of(&job, claim));
				if Self::is_overdue(&job, claim) {
					JobStatus::Overdue { worker, until }
				} else {
					JobStatus::Claimed { worker, until }
				}
			}
		}
	}

	/// See the view function `next_action`.
	pub(crate) fn next_action_of(id: JobId) -> NextActionOf<T> {
		let Some(job) = Jobs::<T>::get(id) else { return NextAction::Nothing };
		match (Self::expiry(&job), &job.state) {
			(Some(Expiry::Reopen(_)), _) => NextAction::TakeOver { by: Self::claim_by(&job) },
			(Some(Expiry::Excuse(_)), _) => NextAction::Cancel,
			(Some(_), _) => NextAction::Expire,
			(None, State::Open) if Self::rules_of(&job).is_paused(&job) => NextAction::Cancel,
			(None, State::Open) => NextAction::Claim { by: Self::claim_by(&job) },
			(None, State::Claimed(claim)) => NextAction::Submit {
				worker: claim.worker.clone(),
				until: Self::until_of(&job, claim),
			},
		}
	}

	/// See the view function `claimable`.
	pub(crate) fn claimable_by(who: &T::AccountId, from: JobId) -> Claimable {
		let end = NextJobId::<T>::get().0;
		let until = from.0.saturating_add(LOOK).min(end);
		let could =
			|id: &JobId| Jobs::<T>::get(id).is_some_and(|job| Self::check_claim(&job, who).is_ok());
		Claimable {
			jobs: (from.0..until).map(JobId).filter(could).collect(),
			next: (until < end).then_some(JobId(until)),
		}
	}

	/// The last block in which a claim fits before the deadline.
	fn claim_by(job: &Job<T>) -> BlockNumberFor<T> {
		Self::deadline_of(job).saturating_sub(job.proving_period)
	}
}
