// SPDX-License-Identifier: Apache-2.0
//! The worker's own claims, from the block that includes them to their end.
//!
//! What is at risk here is the bond. So no fault of one claim keeps the others waiting, and whatever can
//! still save a bond is tried.

use super::{claiming::CLAIM_PARTS, Ended, Now, Session, ATTEMPTS, RETRY};
use crate::{
	alerts::Alert,
	chain_of,
	node::{Node, Order, Outcome},
	selection::{blocks_needed, blocks_of},
	step::{next_step, Knowledge, Step},
	tip,
};
use candor_client::{
	answer::{no_blinder, Answer},
	chain::{
		types::{BlockNumber, Job, JobStatus},
		Amount, ChainError, Refusal,
	},
};
use candor_statement::commitment::commit_input;
use std::{collections::BTreeMap, time::Instant};
use tracing::{debug, error, info, warn};

/// Blocks that an answer which is made may need to get into one.
const INCLUSION: BlockNumber = 4;
/// Finalised blocks in which the end of a claim is looked for.
const SEARCHED: BlockNumber = 256;
/// How often that may fail before the worker goes on without knowing.
const SEARCHES: u32 = 3;
/// Refusals that say where a claim stands. The state tells it better.
const PASSING: [&str; 4] =
	["Jobs.UnknownJob", "Jobs.NotClaimed", "Jobs.NotClaimant", "Jobs.DeadlinePassed"];

/// What is known of a claim.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
	/// Whether it was seen in a finalised block.
	pub(super) is_final: bool,
	/// The height of the last finalised block with which it was seen in either state.
	pub(super) last: BlockNumber,
	/// Proofs that failed, or that the chain would not take.
	pub(super) failures: u32,
	/// Whether it was seen in a block.
	pub(super) stands: bool,
	/// The last tip that was offered, once the claim, or the answer to one that stands, was sent.
	pub(super) tip: Option<Amount>,
	/// How often its end was looked for in vain.
	pub(super) searches: u32,
}

/// The job in both states.
struct Both<'a> {
	finalised: Option<&'a Job>,
	best: Option<&'a Job>,
}

impl Session {
	/// Cares for all claims, those first whose time ends first.
	pub(super) async fn attend_all<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
	) -> Result<(), Ended> {
		self.busy = now.pending || self.flight.is_some();
		let mut own: Vec<(BlockNumber, u64)> = self
			.watched
			.iter()
			.filter(|(_, watched)| watched.own.is_some())
			.map(|(id, watched)| (watched.job.claim.as_ref().map_or(0, |it| it.until), *id))
			.collect();
		own.sort_unstable();
		let ids: Vec<u64> = own.into_iter().map(|(_, id)| id).collect();
		let by_id = |jobs: Vec<Job>| -> BTreeMap<u64, Job> {
			jobs.into_iter().map(|job| (job.id, job)).collect()
		};
		let finalised = by_id(node.jobs(&now.finalised, &ids).await?);
		let best = by_id(node.jobs(&now.best, &ids).await?);

		let mut trouble = None;
		for id in ids {
			let both = Both { finalised: finalised.get(&id), best: best.get(&id) };
			match self.attend(node, now, id, both).await {
				Ok(under_way) => self.busy |= under_way,
				Err(Ended::Lost(error)) => {
					self.busy = true;
					// The others have their turn all the same, now or after the next connection.
					debug!(job = id, error = %chain_of(&error), "in trouble");
					self.postpone(id, now.next_block.saturating_add(1));
					trouble.get_or_insert(error);
				}
				Err(failed) => return Err(failed),
			}
		}
		trouble.map_or(Ok(()), |error| Err(error.into()))
	}

	/// Takes the next step for one claim. True if something is under way that others have to wait for.
	async fn attend<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
		id: u64,
		both: Both<'_>,
	) -> Result<bool, Ended> {
		let (in_final, in_best) = (
			both.finalised.is_some_and(|it| self.is_own(it)),
			both.best.is_some_and(|it| self.is_own(it)),
		);
		let Some(watched) = self.watched.get_mut(&id) else { return Ok(false) };
		let own = watched.own.get_or_insert_default();
		if let Some(job) = both.best {
			watched.job = job.clone();
		}
		if (in_final || in_best) && !own.stands {
			// What was offered for the claim says nothing about the answer.
			own.stands = true;
			own.tip = None;
		}
		if in_final || in_best {
			own.last = N::height(&now.finalised);
		}
		if in_final {
			if !own.is_final {
				let until = both.finalised.and_then(|it| it.claim.as_ref()).map(|it| it.until);
				info!(job = id, block = own.last, until, "claim is final");
			}
			own.is_final = true;
		} else if !in_best {
			let ended = own.is_final || (both.finalised.is_none() && both.best.is_none());
			if own.stands && ended {
				self.conclude(node, now, id, both.best.is_some()).await?;
				return Ok(false);
			}
			return self.missed(node, now, id, &both).await;
		}
		let job = watched.job.clone();
		if watched.not_before > now.next_block {
			return Ok(true);
		}

		let until = match in_best {
			true => last_block(node.status(&now.best, id).await?, &job),
			false => 0,
		};
		let left = until.saturating_add(1).saturating_sub(now.next_block);
		let binding = self.binding(node, id);
		let able = self.roster.able(&job);
		let answer = able.and_then(|index| self.roster.holding(index)).and_then(|holding| {
			let answer = self.store.answer(binding)?;
			// An older chain of the same genesis may have had another job under the same number.
			holding.accepts(&answer, job.input_commitment, binding).then_some(answer)
		});
		let expected = able
			.and_then(|index| self.roster.holding(index))
			.and_then(|holding| self.store.proving_time(holding.identity().key));
		let pace = self.pace.interval(Instant::now());
		let needed = match (&answer, expected, pace) {
			(None, Some(time), Some(pace)) => blocks_needed(time, pace),
			_ => INCLUSION,
		};
		let knowledge = Knowledge {
			finalised: both.finalised,
			best: both.best,
			until,
			next_block: now.next_block,
			needed,
			proven: answer.is_some(),
		};
		let step = next_step(knowledge, &self.account);
		debug!(job = id, ?step, left, pending = now.pending, "looked");
		match (step, able, answer) {
			(Step::Overdue, ..) => {
				self.alerts.once(Alert::Overdue(id), || {
					error!(job = id, until, bond = %bond(&job), "the time to answer has passed: the bond is lost");
				});
				Ok(false)
			}
			(Step::Submit, _, Some(answer)) => {
				self.submit(node, now, &job, left, answer).await?;
				Ok(true)
			}
			(Step::Prove, Some(index), None) => {
				// What is expected without any margin, and does not fit all the same.
				let least = expected.zip(pace).map_or(0, |(time, pace)| blocks_of(time, pace));
				if least >= left && self.workshop.job() != Some(id) && N::can_decline(&now.best) {
					let reason = format!("a proof takes {least} blocks and {left} are left");
					return self.give_up(node, now, &job, left, &reason).await;
				}
				if needed > left.saturating_add(INCLUSION) {
					self.alerts.once(Alert::Late(id), || {
						error!(job = id, left, needed, bond = %bond(&job), "the answer may come too late: the bond is at risk");
					});
				}
				self.prove(node, now, index, &job, left).await
			}
			(Step::Prove, None, _) => {
				let reason =
					"what it asks for is not held here: start the worker with the model's folder";
				self.give_up(node, now, &job, left, reason).await
			}
			_ => Ok(true),
		}
	}

	/// Proves for a claim. True while there is hope.
	async fn prove<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
		index: usize,
		job: &Job,
		left: BlockNumber,
	) -> Result<bool, Ended> {
		if !self.workshop.is_free() {
			return Ok(true);
		}
		let failures =
			self.watched.get(&job.id).and_then(|it| it.own.as_ref()).map_or(0, |it| it.failures);
		if failures >= ATTEMPTS {
			let reason = "no proof of it can be made, or none that the chain takes";
			return self.give_up(node, now, job, left, reason).await;
		}
		let input = job
			.input
			.clone()
			.filter(|input| commit_input(input, no_blinder()) == job.input_commitment);
		let Some(input) = input else {
			return self.give_up(node, now, job, left, "its input is not there").await;
		};
		let Some(holding) = self.roster.holding(index).cloned() else { return Ok(false) };
		info!(job = job.id, left, "proving");
		let binding = self.binding(node, job.id);
		self.workshop.answer(index, holding, job.id, binding, input);
		Ok(true)
	}

	/// Submits an answer, and offers more for it when it is kept out of the blocks.
	async fn submit<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
		job: &Job,
		left: BlockNumber,
		answer: Answer,
	) -> Result<(), Ended> {
		let id = job.id;
		if now.pending {
			let since = self.waiting.map_or(now.next_block, |(_, since)| since);
			let waited = now.next_block.saturating_sub(since);
			if waited == 0 || (waited < tip::PATIENCE && left > tip::PATIENCE) {
				return Ok(());
			}
		}
		if left <= INCLUSION && self.sent(id).is_some() {
			self.alerts.once(Alert::NotIncluded(id), || {
				error!(job = id, left, bond = %bond(job), "the answer is in no block yet: the bond is at risk");
			});
		}
		match node.can_submit(&now.best, id, &self.account, &answer).await {
			Ok(()) => {}
			Err(ChainError::Refused(refusal)) if refusal.is("Jobs.FrozenCircuit") => {
				info!(job = id, "its circuit is frozen: asking to be released from it");
				self.dispatch(node, now, Order::Expire(id), Amount(0), left).await?;
				self.postpone(id, now.next_block.saturating_add(RETRY));
				return Ok(());
			}
			Err(ChainError::Refused(refusal)) if PASSING.iter().any(|it| refusal.is(it)) => {
				debug!(job = id, %refusal, "not now");
				return Ok(());
			}
			Err(ChainError::Refused(refusal)) => {
				self.reject(node, now, id, &refusal);
				return Ok(());
			}
			// The question is a help and no condition: a node may refuse heavy questions when it is
			// busy, and take transactions all the same.
			Err(error) => warn!(job = id, error = %chain_of(&error), "sending the answer unasked"),
		}
		let stake = Amount(bond(job).0.saturating_add(job.payout().0));
		info!(job = id, left, "submitting");
		self.dispatch(node, now, Order::Submit(id, answer), stake, left).await?;
		Ok(())
	}

	/// The last tip that was offered for an answer, if it was sent.
	fn sent(&self, id: u64) -> Option<Amount> {
		self.watched.get(&id)?.own.as_ref()?.tip
	}

	/// Counts an answer that the chain would not take. It is proven anew, then given up.
	fn reject<N: Node>(&mut self, node: &N, now: &Now<N>, id: u64, refusal: &Refusal) {
		warn!(job = id, %refusal, "the answer would not be taken");
		if let Err(error) = self.store.forget(self.binding(node, id)) {
			warn!(%error, "a proof could not be removed");
		}
		let Some(watched) = self.watched.get_mut(&id) else { return };
		watched.not_before = now.next_block.saturating_add(1);
		if let Some(own) = &mut watched.own {
			own.failures = own.failures.saturating_add(1);
		}
	}

	/// Hands a claim back that cannot be answered, where the chain allows it: that costs less than
	/// the bond. True while that is under way.
	async fn give_up<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
		job: &Job,
		left: BlockNumber,
		reason: &str,
	) -> Result<bool, Ended> {
		let (id, can_decline) = (job.id, N::can_decline(&now.best));
		self.alerts.once(Alert::Hopeless(id), || {
			let end = if can_decline { "it is handed back" } else { "the bond will be lost" };
			error!(job = id, left, bond = %bond(job), reason, "it cannot be answered: {end}");
		});
		if can_decline && !now.pending {
			self.dispatch(node, now, Order::Decline(id), bond(job), left).await?;
			self.postpone(id, now.next_block.saturating_add(RETRY));
		}
		Ok(can_decline)
	}

	/// A claim that was sent and is in neither state. True while it may still be included.
	async fn missed<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
		id: u64,
		both: &Both<'_>,
	) -> Result<bool, Ended> {
		if let Some(flight) = self.flight.as_ref().filter(|flight| flight.job == id) {
			let dropped = !now.pending && now.nonce <= flight.nonce;
			let crowded =
				now.pending && now.next_block.saturating_sub(flight.sent) >= 2 * tip::PATIENCE;
			let claimable = both.best.is_some_and(|job| job.claim.is_none());
			if (dropped || crowded) && claimable && !self.is_stopped() {
				let payout = both.best.map_or(Amount(0), Job::payout);
				let left = both.best.map_or(0, |job| job.deadline.saturating_sub(now.next_block));
				let stake = Amount(payout.0 / CLAIM_PARTS);
				self.dispatch(node, now, Order::Claim(id), stake, left).await?;
			}
			return Ok(true);
		}
		let stood =
			self.watched.get(&id).and_then(|it| it.own.as_ref()).is_some_and(|own| own.stands);
		match (both.finalised, both.best) {
			// Answered in a block that is not final.
			(Some(_), None) if stood => return Ok(true),
			_ if stood => warn!(job = id, "the claim was undone with the block that held it"),
			(_, Some(job)) if job.claim.is_none() => warn!(job = id, "the claim was not included"),
			_ => info!(job = id, "another worker was faster, or the job has ended"),
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

	/// A claim is this worker's no longer.
	async fn conclude<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
		id: u64,
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
			Ok(Some(Outcome::Settled { payout })) => {
				self.settled = self.settled.saturating_add(1);
				let payout = payout.map(|it| it.to_string());
				info!(job = id, block, payout, "settled");
			}
			Ok(Some(Outcome::Forfeited)) => error!(job = id, block, "the bond on it was lost"),
			Ok(Some(Outcome::Excused)) => info!(job = id, block, "excused: nothing was lost"),
			Ok(Some(Outcome::Declined)) => info!(job = id, block, "handed back"),
			Ok(None) => warn!(job = id, "the claim has ended, and how is not known"),
			Err(error) => {
				// A node that has pruned the block says so for ever.
				let own = self.watched.get_mut(&id).and_then(|it| it.own.as_mut());
				if let Some(own) = own.filter(|own| own.searches < SEARCHES) {
					own.searches = own.searches.saturating_add(1);
					return Err(error.into());
				}
				warn!(job = id, error = %chain_of(&error), "how the claim ended is not known");
			}
		}
		if let Err(error) = self.store.forget(self.binding(node, id)) {
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

/// What is lost without an answer.
fn bond(job: &Job) -> Amount {
	job.claim.as_ref().map_or(Amount(0), |claim| claim.bond)
}

/// The last block in which the worker's answer counts, by the chain's own reckoning.
fn last_block(status: JobStatus, job: &Job) -> BlockNumber {
	match status {
		JobStatus::Claimed { until, .. } | JobStatus::Overdue { until, .. } => until,
		_ => job.claim.as_ref().map_or(0, |claim| claim.until),
	}
}
