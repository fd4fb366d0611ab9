// SPDX-License-Identifier: Apache-2.0
//! Workers: what they have at stake, and what is remembered of them.

use crate::chain::{
	amount::{Amount, Share},
	api::generated,
	types::BlockNumber,
};
use serde::Serialize;
use subxt::utils::AccountId32;

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
	/// Jobs that were handed back in time.
	pub declined: u32,
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
			declined: reputation.declined,
			excused: reputation.excused,
			earned: Amount(reputation.earned),
			score: Share::from_parts(reputation.score.0),
		}
	}
}

/// Why a worker's score is what it is: `good / (good + bad + prior)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhyScore {
	/// Fees that speak for it, as far as they have not faded.
	pub good: Amount,
	/// Fees that speak against it, likewise.
	pub bad: Amount,
	/// What stands for not being known.
	pub prior: Amount,
	/// Whose jobs most of `good` comes from, as far as is remembered.
	pub requesters: Vec<Part>,
	/// The most that one of them can add.
	pub cap: Amount,
	/// In how many blocks all amounts fade next.
	pub fades_in: BlockNumber,
}

/// What a requester's jobs have added to what speaks for a worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
	/// The requester.
	pub requester: AccountId32,
	/// The fees, as far as they have not faded.
	pub added: Amount,
}

impl From<generated::WhyScore<AccountId32, u32>> for WhyScore {
	fn from(why: generated::WhyScore<AccountId32, u32>) -> Self {
		let part = |part: generated::Part<AccountId32>| Part {
			requester: part.requester,
			added: Amount(part.added),
		};
		Self {
			good: Amount(why.good),
			bad: Amount(why.bad),
			prior: Amount(why.prior),
			requesters: why.requesters.into_iter().map(part).collect(),
			cap: Amount(why.cap),
			fades_in: why.fades_in,
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
