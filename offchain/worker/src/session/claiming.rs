// SPDX-License-Identifier: Apache-2.0
//! Which jobs there are, and the next claim.

use super::{own::Own, Ended, Now, Session, Watched, LAG, RETRY};
use crate::{
	alerts::Alert,
	node::{Node, Order},
	selection::{
		decide, reason_against_price, reason_against_stake, Capability, Circumstances, Decision,
		Reason,
	},
};
use candor_client::{
	answer::{Answer, Run},
	chain::{
		types::{Job, JobId, Price},
		Amount, ChainError,
	},
};
use candor_groth16::STAGED_PROOF_BYTES;
use std::{
	collections::{BTreeMap, BTreeSet},
	mem::discriminant,
	time::Instant,
};
use tracing::{error, info};

/// Jobs that are read with one question.
pub(super) const BATCH: usize = 64;
/// Questions about new jobs in one look.
const BATCHES: usize = 4;
/// Jobs that seem worth a claim and are looked at closely in one look.
const CLOSELY: usize = 16;
/// Claims that the runtime may refuse in one look before the others wait for the next.
const REFUSALS: usize = 4;
/// The part of a payout that a claim may cost in tips: one in so many.
pub(super) const CLAIM_PARTS: u128 = 50;
/// What is set aside for fees with each claim, in fees of an answer as they are now: those of claim and
/// answer, and as much again in case fees rise.
const FEES: u128 = 3;

impl Session {
	/// Remembers a job, if it is of interest.
	pub(super) async fn notice<N: Node>(
		&mut self,
		node: &N,
		at: &N::Block,
		job: Job,
	) -> Result<(), ChainError> {
		let own = self.is_own(&job);
		if !own && !self.roster.holds(&job) {
			self.forget_other(job.id);
			return Ok(());
		}
		let served = self.roster.assess(node, at, &job).await?;
		let seen = self.rounds;
		match self.watched.get_mut(&job.id) {
			Some(watched) if is_same(&watched.job, &job) => {
				watched.job = job;
				watched.served = served;
				watched.seen = seen;
				if own {
					watched.own.get_or_insert_default();
				}
			}
			// Another one under the same number: a fork was undone.
			_ => {
				let watched = Watched {
					job,
					served,
					input_fits: None,
					not_before: 0,
					told: Vec::new(),
					own: own.then(Own::default),
					seen,
				};
				self.watched.insert(watched.job.id, watched);
			}
		}
		Ok(())
	}

	/// Forgets a job that is not this worker's.
	fn forget_other(&mut self, id: JobId) {
		if self.watched.get(&id).is_some_and(|it| it.own.is_none()) {
			self.watched.remove(&id);
		}
	}

	/// Reads new jobs, and some of the others again. True if there are more new ones.
	pub(super) async fn learn<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
	) -> Result<bool, ChainError> {
		let next = node.next_job(&now.best).await?;
		// After a fork there can be fewer.
		let first = self.next_job.min(next);
		self.next_job = first;
		let new: Vec<JobId> = (first.0..next.0).map(JobId).take(BATCH * BATCHES).collect();
		self.rounds = self.rounds.saturating_add(1);
		for ids in new.chunks(BATCH) {
			for job in node.jobs(&now.best, ids).await? {
				self.notice(node, &now.best, job).await?;
			}
			self.next_job =
				ids.last().map_or(self.next_job, |last| JobId(last.0.saturating_add(1)));
		}

		let mut oldest: Vec<(u64, JobId)> = self
			.watched
			.iter()
			.filter(|(_, watched)| watched.own.is_none() && watched.seen < self.rounds)
			.map(|(id, watched)| (watched.seen, *id))
			.collect();
		oldest.sort_unstable();
		let ids: Vec<JobId> = oldest.into_iter().take(BATCH).map(|(_, id)| id).collect();
		let there = node.jobs(&now.best, &ids).await?;
		let ended: BTreeSet<JobId> = ids.into_iter().collect();
		let ended = there.iter().fold(ended, |mut ended, job| {
			ended.remove(&job.id);
			ended
		});
		for id in ended {
			self.forget_other(id);
		}
		for job in there {
			self.notice(node, &now.best, job).await?;
		}
		Ok(self.next_job < next)
	}

	/// Claims the first job that is worth it, of those that this holding serves where one is named. False if
	/// there is none.
	pub(super) async fn claim_one<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
		only: Option<usize>,
	) -> Result<bool, Ended> {
		if self.watched.values().all(|it| it.own.is_some()) {
			return Ok(false);
		}
		let Some(worker) = node.worker(&now.best, &self.account).await? else {
			let account = self.account;
			self.alerts.once(Alert::NotRegistered, || {
				error!(
					"{account} is no longer a worker: nothing is claimed until `candor worker register` is \
					 run with it"
				);
			});
			return Ok(false);
		};
		self.alerts.over(&Alert::NotRegistered);
		self.ask_standstill(node, &now.best).await?;
		let at = Circumstances {
			account: self.account,
			worker,
			score: node.score(&now.best, &self.account).await?,
			bond_rule: node.bond_rule(&now.best)?,
			next_block: now.next_block,
			standstill: self.standstill.clone(),
			pace: self.pace.interval(Instant::now()),
			finality: now.lag() <= LAG,
			spendable: node.spendable(&now.best, &self.account).await?,
			fees: self.fees(node, now).await?,
			limits: self.settings.limits,
		};

		// Those that were refused before come after those that were not.
		let mut ids: Vec<_> =
			self.watched.iter().map(|(id, watched)| (watched.not_before, *id)).collect();
		ids.sort_unstable();
		let mut worth: Vec<JobId> = ids.into_iter().map(|(_, id)| id).collect();
		worth.retain(|id| self.is_of(*id, only) && self.judge(*id, &at));
		worth.truncate(CLOSELY);
		// What the best state holds may be undone; a job that is not final is not there yet.
		let by_id = |jobs: Vec<Job>| -> BTreeMap<JobId, Job> {
			jobs.into_iter().map(|job| (job.id, job)).collect()
		};
		let finalised = by_id(node.jobs(&now.finalised, &worth).await?);
		let mut best = by_id(node.jobs(&now.best, &worth).await?);
		let mut refused = 0;
		for id in worth {
			let (Some(sure), Some(job)) = (finalised.get(&id), best.remove(&id)) else { continue };
			if !is_same(sure, &job) {
				continue;
			}
			if let Some(watched) = self.watched.get_mut(&id) {
				watched.job = job;
			}
			if !self.judge(id, &at) {
				continue;
			}
			if self.claim(node, now, id, &at).await? {
				return Ok(true);
			}
			refused += 1;
			if refused >= REFUSALS {
				break;
			}
		}
		Ok(false)
	}

	/// Whether a job is served by the holding that is named, if one is, and fits in with what is claimed.
	fn is_of(&self, id: JobId, only: Option<usize>) -> bool {
		let Some(index) = only else { return true };
		let watched = self.watched.get(&id).filter(|watched| watched.served == Ok(index));
		watched.is_some_and(|watched| self.fits_in(index, &watched.job))
	}

	/// Whether a job is worth a claim, from memory. The log has each reason against it once.
	fn judge(&mut self, id: JobId, at: &Circumstances) -> bool {
		let Some(watched) = self.watched.get_mut(&id) else { return false };
		if watched.own.is_some() || watched.not_before > at.next_block {
			return false;
		}
		let decision = match &watched.served {
			Err(reason) => Decision::Skip(reason.clone()),
			Ok(index) => {
				let Some(holding) = self.roster.holding(*index) else { return false };
				let suspended =
					self.suspended.get(index).is_some_and(|it| it.until > Instant::now());
				let capability = Capability {
					identity: holding.identity(),
					proving_time: self.store.proving_time(holding.identity().key),
					suspended,
				};
				let decision = decide(&watched.job, capability, at, &mut watched.input_fits);
				if matches!(decision, Decision::Skip(Reason::TooLittleTime { .. })) {
					let pauses = self.pauses.entry(*index).or_default();
					self.due.entry(*index).or_insert_with(|| Instant::now() + pauses.take());
				}
				decision
			}
		};
		match decision {
			Decision::Claim => true,
			Decision::Skip(reason) => {
				tell(watched, &reason);
				false
			}
		}
	}

	/// What the account must be able to spend before it claims.
	async fn fees<N: Node>(&self, node: &N, now: &Now<N>) -> Result<Amount, ChainError> {
		let identities = self.roster.holdings().iter().map(|it| it.identity());
		let sizes = identities.map(|it| (it.places(), it.output_len()));
		// As long as an answer and its proof can be.
		let (places, output) = sizes
			.max_by_key(|(places, output)| u64::from(*places) * u64::from(*output))
			.unwrap_or_default();
		let output = vec![0; usize::try_from(output).unwrap_or(0)];
		let runs = vec![Run { job: JobId(0), output }; places.into()];
		let answer = Answer { runs, places, proof: vec![0; STAGED_PROOF_BYTES] };
		let order = Order::Submit { job: JobId(0), worker: self.account, answer };
		let fee = node.fee(&now.best, &order, Amount(0)).await?;
		Ok(Amount(fee.0.saturating_mul(FEES)))
	}

	/// Claims a job. False if that is refused.
	async fn claim<N: Node>(
		&mut self,
		node: &N,
		now: &Now<N>,
		id: JobId,
		at: &Circumstances,
	) -> Result<bool, Ended> {
		let again = now.next_block.saturating_add(RETRY);
		match node.can_claim(&now.best, id, &self.account).await {
			Ok(()) => {}
			Err(ChainError::Refused(refusal)) => {
				if let Some(watched) = self.watched.get_mut(&id) {
					tell(watched, &Reason::Refused(refusal.to_string()));
					watched.not_before = again;
				}
				return Ok(false);
			}
			Err(error) => {
				self.postpone(id, again);
				return Err(error.into());
			}
		}
		let price = match self.price(node, now, id).await {
			Ok(Some(price)) => price,
			Ok(None) => return Ok(false),
			Err(error) => {
				self.postpone(id, again);
				return Err(error.into());
			}
		};
		let Some(watched) = self.watched.get_mut(&id) else { return Ok(false) };
		let job = &watched.job;
		let reason = reason_against_price(job, price..=price, at.limits)
			.or_else(|| reason_against_stake(job, price, at));
		if let Some(reason) = reason {
			tell(watched, &reason);
			watched.not_before = match reason {
				// The next block may be the one.
				Reason::PayoutRises(_) => now.next_block.saturating_add(1),
				_ => again,
			};
			return Ok(false);
		}
		let payout = watched.job.payout(price);
		let left = self.standstill.deadline(&watched.job).saturating_sub(now.next_block);
		info!(job = id.0, %price, %payout, "claiming");
		// Before it is sent: whatever happens then, the claim may exist.
		watched.own = Some(Own::default());
		let stake = Amount(payout.0 / CLAIM_PARTS);
		let sent = self.dispatch(node, now, Order::Claim(id), stake, left).await?;
		if let Some(watched) = self.watched.get_mut(&id).filter(|_| !sent) {
			watched.own = None;
			watched.not_before = again;
		}
		Ok(sent)
	}

	/// The price that a claim in the next block would fix, unless the job has ended.
	pub(super) async fn price<N: Node>(
		&self,
		node: &N,
		now: &Now<N>,
		id: JobId,
	) -> Result<Option<Amount>, ChainError> {
		match self.watched.get(&id).map(|watched| watched.job.price) {
			Some(Price::Fixed(price)) => Ok(Some(price)),
			Some(Price::Rising { .. }) => node.price_at(&now.best, id, now.next_block).await,
			None => Ok(None),
		}
	}
}

/// Tells why a job is left alone, unless that was told before.
pub(super) fn tell(watched: &mut Watched, reason: &Reason) {
	let kind = discriminant(reason);
	if !watched.told.contains(&kind) {
		watched.told.push(kind);
		info!(job = watched.job.id.0, %reason, "left alone");
	}
}

/// Whether it is the same job, wherever it stands.
fn is_same(one: &Job, other: &Job) -> bool {
	let bounty = Amount(0);
	let terms = |job: &Job| Job { claim: None, deadline: 0, withheld: 0, bounty, ..job.clone() };
	terms(one) == terms(other)
}
