// SPDX-License-Identifier: Apache-2.0
//! Workers: what they have at stake, and what is remembered of them.

use crate::chain::{
	amount::{Amount, Share},
	api::generated,
};
use serde::Serialize;

/// A registered worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Worker {
	/// What it stands to lose.
	pub bond: Amount,
	/// What open jobs lock of it.
	pub locked: Amount,
	/// The number of these jobs.
	pub open_jobs: u32,
}

impl Worker {
	/// What a further claim could lock.
	pub fn available(&self) -> Amount {
		Amount(self.bond.0.saturating_sub(self.locked.0))
	}
}

impl From<generated::Worker> for Worker {
	fn from(worker: generated::Worker) -> Self {
		Self {
			bond: Amount(worker.bond),
			locked: Amount(worker.locked),
			open_jobs: worker.open_jobs,
		}
	}
}

/// What is remembered of a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reputation {
	/// Jobs that were paid by somebody else.
	pub settled: u32,
	/// Jobs that were not answered in time.
	pub failed: u32,
	/// Jobs that ended without the worker's doing.
	pub excused: u32,
	/// What was earned.
	pub earned: Amount,
	/// From 0 % for a newcomer towards 100 %.
	pub score: Share,
}

impl From<generated::Reputation<u128>> for Reputation {
	fn from(reputation: generated::Reputation<u128>) -> Self {
		Self {
			settled: reputation.settled,
			failed: reputation.failed,
			excused: reputation.excused,
			earned: Amount(reputation.earned),
			score: Share::from_parts(reputation.score.0),
		}
	}
}

/// What claims lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BondRule {
	/// At least this much.
	pub least: Amount,
	/// This share of the price, if that is more.
	pub share: Share,
}

impl BondRule {
	/// What a claim on a job of this price locks, rounded as the runtime does.
	pub fn bond(&self, price: Amount) -> Amount {
		const MILLION: u128 = 1_000_000;
		let parts = u128::from(self.share.parts());
		let whole = price.0 / MILLION * parts;
		let rest = (price.0 % MILLION * parts).div_ceil(MILLION);
		self.least.max(Amount(whole + rest))
	}
}
