// SPDX-License-Identifier: Apache-2.0
//! The worker's own claims, from the block that includes them to their end.
//!
//! What is at risk here is the bond. So no fault of one claim keeps the others waiting, and whatever can
//! still save a bond is tried.

use super::{proving::ATTEMPTS, Ended, Now, Session, RETRY};
use crate::{
	alerts::Alert,
	chain_of,
	node::{Node, Order},
	selection::blocks_of,
	step::{next_step, Knowledge, Step},
	tip,
};
use candor_client::{
	answer::{Answer, Question},
	chain::{
		types::{BlockNumber, Job, JobId, JobStatus},
		Amount, ChainError, Refusal, Standstill,
	},
};
use std::{collections::BTreeMap, time::Instant};
use tracing::{debug, error, info, warn};

/// Blocks that an answer which is made may need to get into one.
pub(super) const INCLUSION: BlockNumber = 4;
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
	/// The last block that can include the claim, once it is not to be sent again.
	pub(super) withdrawn: Option<BlockNumber>,
	/// The last block in which a proof of it counts, zero where none does: as of the last look at it.
	pub(super) provable: Option<BlockNumber>,
}

/// The job in both states.
pub(super) struct Both<'a> {
	pub(super) finalised: Option<&'a Job>,
	pub(super) best: Option<&'a Job>,
}

impl Session {
	/// Cares for all claims, those first whose time ends first.
	pub(super) async fn attend_all<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
	) -> Result<(), Ended> {
		self.busy = now.pending || self.flight.is_some();
		let until = |job: &Job| {
			let claim = job.claim.as_ref();
			claim.map_or(0, |claim| self.standstill.until(job, claim))
		};
		let mut own: Vec<(BlockNumber, JobId)> = self
			.watched
			.iter()
			.filter(|(_, watched)| watched.own.is_some())
			.map(|(id, watched)| (until(&watched.job), *id))
			.collect();
		own.sort_unstable();
		let ids: Vec<JobId> = own.into_iter().map(|(_, id)| id).collect();
		let by_id = |jobs: Vec<Job>| -> BTreeMap<JobId, Job> {
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
					debug!(job = id.0, error = %chain_of(&error), "in trouble");
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
		id: JobId,
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
				let claim = both.finalised.and_then(|job| Some((job, job.claim.as_ref()?)));
				let until = claim.map(|(job, claim)| self.standstill.until(job, claim));
				info!(job = id.0, block = own.last, until, "claim is final");
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
			true => last_block(node.status(&now.best, id).await?, &job, &self.standstill),
			false => 0,
		};
		let left = until.saturating_add(1).saturating_sub(now.next_block);
		let binding = self.binding(node, id);
		let able = self.roster.able(&job);
		let answer = able.and_then(|index| self.roster.holding(index)).and_then(|holding| {
			self.store.proofs.accepted(binding, |id| self.asked(node, id), &**holding)
		});
		let expected = able.and_then(|index| self.expected_time(index));
		let pace = self.pace.interval(Instant::now());
		let needed = match (&answer, able) {
			(None, Some(index)) => self.needed_for(index, 1),
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
		debug!(job = id.0, ?step, left, pending = now.pending, "looked");
		if let Some(own) = self.watched.get_mut(&id).and_then(|it| it.own.as_mut()) {
			let counts = matches!(step, Step::Prove | Step::Submit);
			own.provable = Some(if counts { until } else { 0 });
		}
		match (step, able, answer) {
			(Step::Overdue, ..) => {
				self.alerts.once(Alert::Overdue(id), || {
					error!(job = id.0, until, bond = %bond(&job), "the time to answer has passed: the bond is lost");
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
				if least >= left && !self.workshop.answers(id) && N::can_decline(&now.best) {
					let reason = format!("a proof takes {least} blocks and {left} are left");
					return self.give_up(node, now, &job, left, &reason).await;
				}
				if needed > left.saturating_add(INCLUSION) {
					self.alerts.once(Alert::Late(id), || {
						error!(job = id.0, left, needed, bond = %bond(&job), "the answer may come too late: the bond is at risk");
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

	/// Proves for a claim, and for others that the same proof can answer. True while there is hope.
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
		let Some(holding) = self.roster.holding(index).cloned() else { return Ok(false) };
		let question = match Question::of(job, holding.identity(), node.genesis(), &self.account) {
			Ok(question) => question,
			Err(mismatch) => {
				return self.give_up(node, now, job, left, &mismatch.to_string()).await;
			}
		};
		let Some(others) = self.companions(node, now, index, job.id, left) else { return Ok(true) };
		let mut questions = vec![question];
		for other in &others {
			let asked = Question::of(other, holding.identity(), node.genesis(), &self.account);
			// The others are given up when it is their turn.
			questions.extend(asked);
		}
		questions.sort_by_key(Question::job);
		let ids: Vec<u64> = questions.iter().map(|question| question.job().0).collect();
		info!(jobs = ?ids, left, "proving");
		self.workshop.answer(index, holding, questions);
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
		if self.has_sent_another(now, id) {
			// It may be an answer to this job as well.
			return Ok(());
		}
		if now.pending {
			let since = self.waiting.map_or(now.next_block, |(_, since)| since);
			let waited = now.next_block.saturating_sub(since);
			if waited == 0 || (waited < tip::PATIENCE && left > tip::PATIENCE) {
				return Ok(());
			}
		}
		if left <= INCLUSION && self.sent(id).is_some() {
			self.alerts.once(Alert::NotIncluded(id), || {
				error!(job = id.0, left, bond = %bond(job), "the answer is in no block yet: the bond is at risk");
			});
		}
		match node.can_submit(&now.best, &self.account, &answer).await {
			Ok(()) => {}
			Err(ChainError::Refused(refusal)) if refusal.is("Jobs.FrozenCircuit") => {
				info!(job = id.0, "its circuit is frozen: asking to be released from it");
				self.dispatch(node, now, Order::Expire(id), Amount(0), left).await?;
				self.postpone(id, now.next_block.saturating_add(RETRY));
				return Ok(());
			}
			Err(ChainError::Refused(refusal)) if PASSING.iter().any(|it| refusal.is(it)) => {
				debug!(job = id.0, %refusal, "not now");
				if answer.runs.len() > 1 {
					// This one stands: it is another job of the answer that does not. What is left is proved anew.
					if let Err(error) = self.store.proofs.forget(self.binding(node, id)) {
						warn!(%error, "a proof could not be removed");
					}
				}
				return Ok(());
			}
			Err(ChainError::Refused(refusal)) => {
				self.reject(node, now, &answer, &refusal);
				return Ok(());
			}
			// The question is a help and no condition: a node may refuse heavy questions when it is
			// busy, and take transactions all the same.
			Err(error) => {
				warn!(job = id.0, error = %chain_of(&error), "sending the answer unasked")
			}
		}
		let stakes =
			answer.runs.iter().filter_map(|run| self.watched.get(&run.job)).map(|watched| {
				let job = &watched.job;
				bond(job).0.saturating_add(job.payout(job.agreed_price()).0)
			});
		let stake = Amount(stakes.fold(0, u128::saturating_add));
		let ids: Vec<u64> = answer.runs.iter().map(|run| run.job.0).collect();
		info!(jobs = ?ids, left, "submitting");
		let order = Order::Submit { job: id, worker: self.account, answer };
		self.dispatch(node, now, order, stake, left).await?;
		Ok(())
	}

	/// The last tip that was offered for an answer, if it was sent.
	fn sent(&self, id: JobId) -> Option<Amount> {
		self.watched.get(&id)?.own.as_ref()?.tip
	}

	/// Counts an answer that the chain would not take. It is proven anew, then given up.
	fn reject<N: Node>(&mut self, node: &N, now: &Now<N>, answer: &Answer, refusal: &Refusal) {
		for id in answer.runs.iter().map(|run| run.job) {
			warn!(job = id.0, %refusal, "the answer would not be taken");
			if let Err(error) = self.store.proofs.forget(self.binding(node, id)) {
				warn!(%error, "a proof could not be removed");
			}
			self.postpone(id, now.next_block.saturating_add(1));
			self.count_failure(id);
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
			error!(job = id.0, left, bond = %bond(job), reason, "it cannot be answered: {end}");
		});
		if can_decline && !now.pending && !self.has_sent_another(now, id) {
			self.dispatch(node, now, Order::Decline(id), bond(job), left).await?;
			self.postpone(id, now.next_block.saturating_add(RETRY));
		}
		Ok(can_decline)
	}
}

/// What is lost without an answer.
fn bond(job: &Job) -> Amount {
	job.claim.as_ref().map_or(Amount(0), |claim| claim.bond)
}

/// The last block in which the worker's answer counts, by the chain's own reckoning.
fn last_block(status: JobStatus, job: &Job, standstill: &Standstill) -> BlockNumber {
	match status {
		JobStatus::Claimed { until, .. } | JobStatus::Overdue { until, .. } => until,
		_ => job.claim.as_ref().map_or(0, |claim| standstill.until(job, claim)),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_client::{answer::testing::job, chain::types::Claim};
	use subxt::utils::AccountId32;

	#[test]
	fn the_last_block_of_a_claim_is_later_by_the_blocks_that_did_not_count() {
		let worker = AccountId32([2; 32]);
		let claim = Some(Claim { worker, until: 150, price: Amount(1), bond: Amount(1) });
		let (job, standstill) = (Job { standstill: 3, claim, ..job() }, Standstill::new(8, []));
		assert_eq!(last_block(JobStatus::Lapsed, &job, &standstill), 155);
		// The chain knows best.
		let claimed = JobStatus::Claimed { worker, until: 160 };
		assert_eq!(last_block(claimed, &job, &standstill), 160);
	}
}
