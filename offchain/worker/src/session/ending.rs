// SPDX-License-Identifier: Apache-2.0
//! The end of a claim, and of one that never came to be.

use super::{
	claiming::{tell, CLAIM_PARTS},
	own::Both,
	Ended, Now, Session, RETRY,
};
use crate::{
	chain_of,
	node::{ClaimEnd, Node, Order},
	selection::reason_against_price,
	tip,
};
use candor_client::chain::{
	types::{BlockNumber, Job, JobId},
	Amount,
};
use tracing::{error, info, warn};

/// Finalised blocks in which the end of a claim is looked for.
const SEARCHED: BlockNumber = 256;
/// How often that may fail before the worker goes on without knowing.
const SEARCHES: u32 = 3;

impl Session {
	/// A claim that was sent and is in neither state. True while it may still be included, unless it was withdrawn:
	/// then it is looked for all the same, and other work goes on.
	pub(super) async fn missed<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
		id: JobId,
		both: &Both<'_>,
	) -> Result<bool, Ended> {
		if let Some(flight) = self.flight.as_ref().filter(|flight| flight.job == id) {
			let dropped = !now.pending && now.nonce <= flight.nonce;
			let crowded =
				now.pending && now.next_block.saturating_sub(flight.sent) >= 2 * tip::PATIENCE;
			let claimable = both.best.filter(|job| job.claim.is_none());
			if let Some(job) = claimable.filter(|_| (dropped || crowded) && !self.is_stopped()) {
				self.claim_again(node, now, job, dropped).await?;
			}
			return Ok(true);
		}
		let withdrawn = self.watched.get(&id).and_then(|it| it.own.as_ref()?.withdrawn);
		if withdrawn.is_some_and(|last| now.next_block <= last) && both.best.is_some() {
			// It is not left behind.
			return Ok(self.is_stopped());
		}
		let stood =
			self.watched.get(&id).and_then(|it| it.own.as_ref()).is_some_and(|own| own.stands);
		match (both.finalised, both.best) {
			// Answered in a block that is not final.
			(Some(_), None) if stood => return Ok(true),
			_ if stood => warn!(job = id.0, "the claim was undone with the block that held it"),
			(_, Some(job)) if job.claim.is_none() => {
				warn!(job = id.0, "the claim was not included")
			}
			_ => info!(job = id.0, "another worker was faster, or the job has ended"),
		}
		if both.best.is_none() && both.finalised.is_none() {
			self.watched.remove(&id);
			self.alerts.forget(id);
		} else if let Some(watched) = self.watched.get_mut(&id) {
			watched.own = None;
			watched.not_before = now.next_block.saturating_add(RETRY);
		}
		Ok(false)
	}

	/// Sends a claim again that is in no block, unless its price has risen above what the operator allows. Where this
	/// node's pool has dropped it, it is withdrawn then: what comes next has the same nonce, so that at most one
	/// of them is included, should another node still have it.
	async fn claim_again<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
		job: &Job,
		dropped: bool,
	) -> Result<(), Ended> {
		let Some(price) = self.price(node, now, job.id).await? else { return Ok(()) };
		if let Some(reason) = reason_against_price(job, price..=price, self.settings.limits) {
			let Some(watched) = self.watched.get_mut(&job.id) else { return Ok(()) };
			tell(watched, &reason);
			if dropped {
				let last = self.flight.take().map(|flight| flight.last);
				watched.own.get_or_insert_default().withdrawn = last;
			}
			return Ok(());
		}
		let left = self.standstill.deadline(job).saturating_sub(now.next_block);
		let stake = Amount(job.payout(price).0 / CLAIM_PARTS);
		self.dispatch(node, now, Order::Claim(job.id), stake, left).await?;
		Ok(())
	}

	/// A claim is this worker's no longer.
	pub(super) async fn conclude<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
		id: JobId,
		still_there: bool,
	) -> Result<(), Ended> {
		let own = self.watched.get(&id).and_then(|it| it.own.as_ref());
		let last = own.map_or(0, |own| own.last);
		let mut found = Ok(None);
		let mut block = last;
		let end = N::height(&now.finalised).min(last.saturating_add(SEARCHED));
		while block < end && matches!(found, Ok(None)) {
			block = block.saturating_add(1);
			found = node.outcome(block, id, &self.account).await;
		}
		match found {
			Ok(Some(ClaimEnd::Settled { payout })) => {
				self.settled = self.settled.saturating_add(1);
				let payout = payout.map(|it| it.to_string());
				info!(job = id.0, block, payout, "settled");
			}
			Ok(Some(ClaimEnd::Forfeited)) => error!(job = id.0, block, "the bond on it was lost"),
			Ok(Some(ClaimEnd::Excused)) => info!(job = id.0, block, "excused: nothing was lost"),
			Ok(Some(ClaimEnd::Declined)) => info!(job = id.0, block, "handed back"),
			Ok(None) => warn!(job = id.0, "the claim has ended, and how is not known"),
			Err(error) => {
				// A node that has pruned the block says so for ever.
				let own = self.watched.get_mut(&id).and_then(|it| it.own.as_mut());
				if let Some(own) = own.filter(|own| own.searches < SEARCHES) {
					own.searches = own.searches.saturating_add(1);
					return Err(error.into());
				}
				warn!(job = id.0, error = %chain_of(&error), "how the claim ended is not known");
			}
		}
		if let Err(error) = self.store.proofs.forget(self.binding(node, id)) {
			warn!(%error, "a proof could not be removed");
		}
		self.alerts.forget(id);
		if still_there {
			if let Some(watched) = self.watched.get_mut(&id) {
				watched.own = None;
				watched.not_before = now.next_block.saturating_add(RETRY);
			}
		} else {
			self.watched.remove(&id);
		}
		Ok(())
	}
}
