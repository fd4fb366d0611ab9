// SPDX-License-Identifier: Apache-2.0
//! Which jobs are worth a claim.
//!
//! A claim risks the bond, so everything that can be known beforehand is asked here: whether the job can
//! be answered at all, in time, and by this worker.
//!
//! Nothing here asks the node, and no reason is kept for longer than it holds: all jobs of interest are
//! judged anew with each look, from memory. Times, money, reputation and the machine's speed all change.

use crate::tip;
use candor_client::{
	answer::{posted_input, Identity, Mismatch},
	chain::{
		types::{BlockNumber, BondRule, Job, ModelId, Worker},
		Amount, Share, Standstill,
	},
};
use std::{ops::RangeInclusive, time::Duration};
use subxt::utils::AccountId32;

#[cfg(test)]
mod tests;

/// Blocks from a claim's inclusion until it is final, and from an answer's sending until it is
/// included, with some patience.
const OVERHEAD: BlockNumber = 5;
/// Proving is allowed to take this much longer than it did: numerator and denominator.
const MARGIN: (u32, u32) = (3, 2);

/// What can be done with a model that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability<'a> {
	/// What the model is.
	pub identity: &'a Identity,
	/// How long a proof takes here, once that is known.
	pub proving_time: Option<Duration>,
	/// Whether proofs failed here lately.
	pub suspended: bool,
}

/// What the operator allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
	/// The least payout that is worth the effort.
	pub min_payout: Option<Amount>,
	/// The highest price, and so the highest bond, to take a risk for.
	pub max_price: Option<Amount>,
	/// The highest tip for one transaction.
	pub max_tip: Option<Amount>,
}

/// The worker's situation.
#[derive(Clone, Debug)]
pub struct Circumstances {
	/// The worker.
	pub account: AccountId32,
	/// Its bond.
	pub worker: Worker,
	/// Its reputation.
	pub score: Share,
	/// What a claim locks.
	pub bond_rule: BondRule,
	/// The first block that can include a claim.
	pub next_block: BlockNumber,
	/// Blocks that did not count, so that deadlines are later than they were agreed.
	pub standstill: Standstill,
	/// The time between blocks, once it is known.
	pub pace: Option<Duration>,
	/// Whether blocks become final in time.
	pub finality: bool,
	/// What the account can spend.
	pub spendable: Amount,
	/// What it must be able to spend, so that a claim and its answer can be sent without a tip.
	pub fees: Amount,
	/// What the operator allows.
	pub limits: Limits,
}

/// What to do about a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
	/// It is worth a claim.
	Claim,
	/// It is not.
	Skip(Reason),
}

/// Why a job is not claimed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
	/// No answer can fit it.
	#[error(transparent)]
	Mismatch(#[from] Mismatch),
	/// The operator did not name the model, or its owner.
	#[error("its model {0} is not one that this worker was told to serve")]
	NotNamed(ModelId),
	/// Proofs with this model failed lately.
	#[error("proofs of its model have failed here lately")]
	Suspended,
	/// The operator wants to risk less.
	#[error("its price of {0} is above the limit")]
	PriceTooHigh(Amount),
	/// The operator wants to earn more.
	#[error("its payout of {0} is below the limit")]
	PayoutTooLow(Amount),
	/// The operator wants to earn more, and the price still rises that far.
	#[error("its payout of {0} is below the limit so far: it is left to rise")]
	PayoutRises(Amount),
	/// Its requester has named others.
	#[error("its requester has named who may claim it, and this worker is not among them")]
	OthersNamed,
	/// Blocks do not become final, so that nobody knows what will remain of a claim.
	#[error("blocks do not become final")]
	FinalityStalled,
	/// There is no money to send the answer with.
	#[error("the free balance is {free}, and claim and answer may cost {needed}, of which {tips} are for a tip if somebody fills the pool (--max-tip lowers that)")]
	NoMoney {
		/// What can be spent.
		free: Amount,
		/// What is needed.
		needed: Amount,
		/// The part of it that is set aside for a tip.
		tips: Amount,
	},
	/// It is not known yet how long a proof takes.
	#[error("it is not known yet how long a proof takes here")]
	Unmeasured,
	/// The time between blocks is not known yet.
	#[error("the pace of blocks is not known yet")]
	PaceUnknown,
	/// Proving would take longer than the job allows.
	#[error("it allows {given} blocks and {needed} are needed")]
	TooLittleTime {
		/// Blocks that are needed.
		needed: BlockNumber,
		/// Blocks that are given.
		given: BlockNumber,
	},
	/// Somebody has claimed it.
	#[error("it is claimed until block {0}")]
	Claimed(BlockNumber),
	/// This worker let its own claim pass.
	#[error("this worker's own claim is overdue")]
	OwnClaim,
	/// No claim fits before the deadline.
	#[error("it is too late for a claim")]
	TooLate,
	/// The worker's reputation is too low.
	#[error("it demands a reputation of {0}")]
	ReputationTooLow(Share),
	/// The bond is locked by other jobs.
	#[error("it locks {needed} of the bond and {available} are available")]
	BondTooSmall {
		/// What a claim locks.
		needed: Amount,
		/// What is not locked.
		available: Amount,
	},
	/// The runtime would not take the claim.
	#[error("the chain would refuse the claim: {0}")]
	Refused(String),
}

/// Whether to claim a job. `input_fits` remembers whether the input is the one behind the commitment,
/// which takes longest to find out and never changes.
pub fn decide(
	job: &Job,
	capability: Capability<'_>,
	at: &Circumstances,
	input_fits: &mut Option<bool>,
) -> Decision {
	match reason_against(job, capability, at, input_fits) {
		None => Decision::Claim,
		Some(reason) => Decision::Skip(reason),
	}
}

/// The first reason against a claim: what lies in the job before what lies in the moment, and cheap
/// questions before the hash of the input.
fn reason_against(
	job: &Job,
	capability: Capability<'_>,
	at: &Circumstances,
	input_fits: &mut Option<bool>,
) -> Option<Reason> {
	if let Some(mismatch) = capability.identity.mismatch(job) {
		return Some(mismatch.into());
	}
	if !job.is_for(&at.account) {
		return Some(Reason::OthersNamed);
	}
	// A claim fixes no less than `least` and no more than `most`: from memory it is not known which blocks
	// counted. What is in between is asked of the chain before a claim.
	let (least, most) = (job.agreed_price(), job.price_in(at.next_block));
	if let Some(reason) = reason_against_price(job, least..=most, at.limits) {
		return Some(reason);
	}
	if capability.suspended {
		return Some(Reason::Suspended);
	}
	if let Some(claim) = &job.claim {
		let until = at.standstill.until(job, claim);
		if until >= at.next_block {
			return Some(Reason::Claimed(until));
		}
		if claim.worker == at.account {
			return Some(Reason::OwnClaim);
		}
	}
	if at.next_block.saturating_add(job.proving_period) > at.standstill.deadline(job) {
		return Some(Reason::TooLate);
	}
	if at.score < job.min_reputation {
		return Some(Reason::ReputationTooLow(job.min_reputation));
	}
	if let Some(reason) = reason_against_stake(job, least, at) {
		return Some(reason);
	}
	if !*input_fits.get_or_insert_with(|| posted_input(job).is_ok()) {
		return Some(Mismatch::InputDoesNotMatch.into());
	}
	if !at.finality {
		return Some(Reason::FinalityStalled);
	}
	let Some(proving_time) = capability.proving_time else { return Some(Reason::Unmeasured) };
	let Some(pace) = at.pace else { return Some(Reason::PaceUnknown) };
	let needed = blocks_needed(proving_time, pace);
	if needed > job.proving_period {
		return Some(Reason::TooLittleTime { needed, given: job.proving_period });
	}
	None
}

/// The reason against a claim that fixes one of these prices, in what the operator allows: they are all too
/// high, or all too low. Where a price rises, the claim waits until it is enough, and no longer: others may
/// claim it, too.
pub fn reason_against_price(
	job: &Job,
	prices: RangeInclusive<Amount>,
	limits: Limits,
) -> Option<Reason> {
	let (lowest, highest) = prices.into_inner();
	if limits.max_price.is_some_and(|limit| lowest > limit) {
		return Some(Reason::PriceTooHigh(lowest));
	}
	let (least, payout) = (limits.min_payout?, job.payout(highest));
	if payout >= least {
		None
	} else if job.payout(job.price.most()) >= least {
		Some(Reason::PayoutRises(payout))
	} else {
		Some(Reason::PayoutTooLow(job.payout(job.price.most())))
	}
}

/// The reason against a claim that fixes this price, in what the worker has: bond that is not locked, and
/// money for fees and for the tips that what is at stake may need.
pub fn reason_against_stake(job: &Job, price: Amount, at: &Circumstances) -> Option<Reason> {
	let (bond, available) = (at.bond_rule.bond(price), at.worker.available());
	if bond > available {
		return Some(Reason::BondTooSmall { needed: bond, available });
	}
	let stake = Amount(bond.0.saturating_add(job.payout(price).0));
	let tips = tip::reserve(stake, at.limits.max_tip);
	let needed = Amount(at.fees.0.saturating_add(tips.0));
	(needed > at.spendable).then_some(Reason::NoMoney { free: at.spendable, needed, tips })
}

/// Blocks from a claim to the inclusion of its answer.
pub fn blocks_needed(proving_time: Duration, pace: Duration) -> BlockNumber {
	let time = proving_time.saturating_mul(MARGIN.0) / MARGIN.1;
	blocks_of(time, pace).saturating_add(OVERHEAD)
}

/// Blocks that come within some time.
pub fn blocks_of(time: Duration, pace: Duration) -> BlockNumber {
	let pace = pace.as_millis().max(1);
	let blocks = BlockNumber::try_from(time.as_millis().div_ceil(pace));
	blocks.unwrap_or(BlockNumber::MAX)
}
