// SPDX-License-Identifier: Apache-2.0
//! What the operator is told once, and not with every block.

use candor_client::chain::types::JobId;
use std::collections::BTreeSet;

/// Something that the operator should know of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alert {
	/// Blocks do not become final.
	Finality,
	/// The account is no worker any more.
	NotRegistered,
	/// The chain's runtime, or a model's registration, is not as it should be.
	Setup(String),
	/// The time for a job's answer runs short.
	Late(JobId),
	/// The time for a job's answer has passed.
	Overdue(JobId),
	/// A job's answer cannot be made.
	Hopeless(JobId),
	/// A job's answer is made and not in a block yet, and there are few blocks left.
	NotIncluded(JobId),
	/// A transaction about a job is refused.
	Refused(JobId, String),
}

impl Alert {
	fn job(&self) -> Option<JobId> {
		match self {
			Self::Late(job)
			| Self::Overdue(job)
			| Self::Hopeless(job)
			| Self::NotIncluded(job)
			| Self::Refused(job, _) => Some(*job),
			Self::Finality | Self::NotRegistered | Self::Setup(_) => None,
		}
	}
}

/// What was told.
#[derive(Debug, Default)]
pub(super) struct Alerts {
	told: BTreeSet<Alert>,
}

impl Alerts {
	/// Tells, unless it was told before.
	pub(super) fn once(&mut self, alert: Alert, tell: impl FnOnce()) {
		if self.told.insert(alert) {
			tell();
		}
	}

	/// It is over. True if it was told.
	pub(super) fn over(&mut self, alert: &Alert) -> bool {
		self.told.remove(alert)
	}

	/// A job has ended.
	pub(super) fn forget(&mut self, job: JobId) {
		self.told.retain(|alert| alert.job() != Some(job));
	}

	/// Whether it was told, for tests.
	#[cfg(test)]
	pub(super) fn has(&self, alert: &Alert) -> bool {
		self.told.contains(alert)
	}
}
