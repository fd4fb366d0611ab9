// SPDX-License-Identifier: Apache-2.0
//! Transactions, with as much of a tip as they need.
//!
//! There is one at a time, with the account's next nonce. One that does not get into a block is replaced
//! by the same with a higher tip, and one that the pool has dropped is sent again. All of them ask for
//! the same thing with the same nonce, so only one can be included.

use super::{Ended, Now, Session, LAG};
use crate::{
	alerts::Alert,
	node::{Node, Order},
	tip,
};
use candor_client::chain::{
	types::{BlockNumber, JobId},
	Amount, Envelope, OfferError,
};
use tracing::{error, info, warn};

/// A transaction that is under way.
#[derive(Clone, Debug)]
pub(super) struct Flight {
	/// The job that it is about.
	pub(super) job: JobId,
	/// Its nonce.
	pub(super) nonce: u64,
	/// The first block that could include it.
	pub(super) sent: BlockNumber,
	/// The last block that can.
	pub(super) last: BlockNumber,
}

impl Session {
	/// Gives a transaction to the pool, in place of what waits there. Without it `stake` is lost in
	/// `left` blocks. True if it is there.
	pub(super) async fn dispatch<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
		order: Order,
		stake: Amount,
		left: BlockNumber,
	) -> Result<bool, Ended> {
		let (job, name) = (order.job(), order.name());
		let most = tip::ceiling(stake, self.settings.limits.max_tip);
		let last = self.watched.get(&job).and_then(|it| it.own.as_ref()).and_then(|own| own.tip);
		let mut tip = match last {
			Some(last) => tip::raise(last, most, left),
			None => Amount(0),
		};
		// What there is money for, asked for once there is to be a tip.
		let mut affordable = None;
		loop {
			if tip > Amount(0) {
				let limit = match affordable {
					Some(limit) => limit,
					None => self.affordable(node, now, &order, most).await?,
				};
				affordable = Some(limit);
				tip = tip.min(limit);
			}
			let most = affordable.map_or(most, |limit| most.min(limit));
			let envelope = Envelope { nonce: now.nonce, tip };
			let signer = &self.settings.signer;
			match node.send(&now.best, &order, signer, envelope).await {
				Ok(last) => {
					if tip > Amount(0) {
						info!(job = job.0, %tip, "others crowd the {name} out: it was sent with a tip");
					}
					self.sent_as(job, now, tip, last);
					return Ok(true);
				}
				Err(OfferError::Known) => {
					self.sent_as(job, now, tip, now.next_block.saturating_add(LAG));
					return Ok(true);
				}
				Err(OfferError::Outbid | OfferError::Crowded) if tip < most => {
					tip = tip::raise(tip, most, left);
				}
				Err(OfferError::Outbid) => {
					self.alerts.once(Alert::Refused(job, "outbid".to_owned()), || {
						warn!(job = job.0, %tip, "the {name} waits in the pool, and no higher tip is justified");
					});
					return Ok(false);
				}
				Err(OfferError::Crowded) => {
					let risk = order_risks_a_bond(&order);
					self.alerts.once(Alert::Refused(job, "crowded".to_owned()), || {
						if risk {
							error!(job = job.0, left, %tip, "the pool is full of transactions that pay more than is justified for the {name}: the bond is at risk");
						} else {
							warn!(job = job.0, %tip, "the pool is full of transactions that pay more than is justified for the {name}");
						}
					});
					return Ok(false);
				}
				Err(OfferError::Refused(refusal)) => {
					let risk = order_risks_a_bond(&order);
					let hint = refusal.what_to_do();
					self.alerts.once(Alert::Refused(job, refusal.to_string()), || {
						if risk {
							error!(job = job.0, left, %refusal, hint, "the pool does not take the {name}: the bond is at risk");
						} else {
							warn!(job = job.0, %refusal, hint, "the pool does not take the {name}");
						}
					});
					return Ok(false);
				}
				Err(OfferError::Failed(error)) => return Err(error.into()),
			}
		}
	}

	/// The highest tip that the account can pay beside the fee, for all that is to be offered at most.
	async fn affordable<N: Node>(
		&self,
		node: &N,
		now: &Now<N>,
		order: &Order,
		most: Amount,
	) -> Result<Amount, Ended> {
		let fee = node.fee(&now.best, order, most).await?;
		let purse = node.spendable(&now.best, &self.account).await?;
		Ok(Amount(purse.0.saturating_sub(fee.0)))
	}

	/// Whether a transaction about another job was sent in this look: there is one at a time.
	pub(super) fn has_sent_another<N: Node>(&self, now: &Now<N>, job: JobId) -> bool {
		let in_this_look =
			|flight: &Flight| flight.nonce == now.nonce && flight.sent == now.next_block;
		self.flight.as_ref().is_some_and(|flight| flight.job != job && in_this_look(flight))
	}

	fn sent_as<N: Node>(&mut self, job: JobId, now: &Now<N>, tip: Amount, last: BlockNumber) {
		self.flight = Some(Flight { job, nonce: now.nonce, sent: now.next_block, last });
		self.waiting = Some((now.nonce, now.next_block));
		if let Some(own) = self.watched.get_mut(&job).and_then(|it| it.own.as_mut()) {
			own.tip = Some(tip);
		}
		self.busy = true;
	}
}

/// Whether a bond is lost without the transaction.
fn order_risks_a_bond(order: &Order) -> bool {
	!matches!(order, Order::Claim(_))
}
