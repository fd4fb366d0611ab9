// SPDX-License-Identifier: Apache-2.0
//! A worker's life with one connection.

use super::{
	chain_of,
	holding::{no_blinder, Answer, Holding},
	pace::Pace,
	selection::{decide, Capability, Circumstances, Decision},
	step::{next_step, Knowledge, Step},
	store::Store,
	Settings,
};
use crate::{
	chain::{
		api::runtime,
		calls,
		types::{BlockNumber, Job},
		ChainError, Client, FinalisedBlocks, Receipt, View,
	},
	exit::Failure,
};
use anyhow::anyhow;
use candor_prover::Stage;
use candor_statement::{binding, commitment::commit_input, Binding};
use std::{
	collections::BTreeMap,
	sync::Arc,
	time::{Duration, Instant},
};
use subxt::{tx::Payload, utils::AccountId32};
use tokio::sync::watch;
use tracing::{debug, error, info, warn};

/// How often to look without a new block, for what depends on time alone.
const TICK: Duration = Duration::from_secs(5);
/// How long the node may say nothing before it is asked whether it is there.
const SILENCE: Duration = Duration::from_secs(60);
/// How long it may take to answer then.
const ANSWER: Duration = Duration::from_secs(15);
/// How long a transaction may take to become final: longer than it can be included.
const FINALITY: Duration = Duration::from_secs(600);
/// Blocks after which a job whose claim was refused is looked at again.
const RETRY: BlockNumber = 5;
/// Proofs that are made for one job before it is given up.
const ATTEMPTS: u32 = 2;

/// Why a session ended.
pub(super) enum Ended {
	/// It makes no sense to go on.
	Failed(Failure),
	/// It makes sense to connect again.
	Lost(ChainError),
}

impl From<ChainError> for Ended {
	fn from(error: ChainError) -> Self {
		Self::Lost(error)
	}
}

impl From<Failure> for Ended {
	fn from(failure: Failure) -> Self {
		Self::Failed(failure)
	}
}

/// A job that may be of interest.
#[derive(Clone, Copy, Debug, Default)]
struct Watched {
	/// The first block in which to look at it again.
	not_before: BlockNumber,
	/// Proofs that the chain would not take.
	rejected: u32,
}

/// A worker.
pub(super) struct Session {
	settings: Settings,
	account: AccountId32,
	store: Store,
	stop: watch::Receiver<bool>,
	settled: u32,
	/// Whether the last look found something of this worker's under way.
	busy: bool,
	watched: BTreeMap<u64, Watched>,
	pace: Pace,
}

impl Session {
	pub(super) fn new(settings: Settings, store: Store, stop: watch::Receiver<bool>) -> Self {
		let account = settings.signer.account();
		Self {
			settings,
			account,
			store,
			stop,
			settled: 0,
			busy: false,
			watched: BTreeMap::new(),
			pace: Pace::new(Instant::now()),
		}
	}

	pub(super) fn settings(&self) -> &Settings {
		&self.settings
	}

	pub(super) fn settled(&self) -> u32 {
		self.settled
	}

	/// Whether to end without another look at the chain.
	pub(super) fn is_idle_and_stopped(&self) -> bool {
		self.is_stopped() && !self.busy
	}

	/// Whether no further job is to be claimed.
	fn is_stopped(&self) -> bool {
		*self.stop.borrow() || self.settings.once.is_some_and(|once| self.settled >= once)
	}

	/// Works until it is told to stop, and says how many jobs were settled since the start.
	pub(super) async fn run(&mut self, client: &Client) -> Result<u32, Ended> {
		// The stream first: what comes while the state is read is then seen twice rather than never.
		let mut blocks = client.finalised_blocks(None).await?;
		let head = client.finalised().await?;
		self.check_chain(&head).await?;
		self.watch_all(client, &head).await?;
		self.pace = Pace::new(Instant::now());
		if !self.busy {
			self.measure().await?;
		}
		info!(
			worker = %self.account,
			block = head.number(),
			models = self.settings.holdings.len(),
			jobs = self.watched.len(),
			"ready"
		);
		loop {
			while self.look(client).await? {}
			if self.is_idle_and_stopped() {
				return Ok(self.settled);
			}
			self.wait(client, &mut blocks).await?;
		}
	}

	/// Waits for something new.
	async fn wait(&mut self, client: &Client, blocks: &mut FinalisedBlocks) -> Result<(), Ended> {
		let mut stop = self.stop.clone();
		let was_stopped = *stop.borrow_and_update();
		let silence = tokio::time::Instant::now() + SILENCE;
		let pace_unknown = self.pace.interval(Instant::now()).is_none();
		tokio::select! {
			view = blocks.next() => {
				let view = view?;
				self.pace.observe(view.number(), Instant::now());
				self.notice(&view).await?;
			},
			_ = stop.changed(), if !was_stopped => {},
			() = tokio::time::sleep(TICK), if pace_unknown => {},
			() = tokio::time::sleep_until(silence) => {
				tokio::time::timeout(ANSWER, client.finalised())
					.await
					.map_err(|_| subxt::Error::other_str("the node is silent"))
					.map_err(|error| ChainError::Node(Box::new(error)))??;
			},
		}
		Ok(())
	}

	/// Refuses to work where no work could succeed.
	async fn check_chain(&self, view: &View) -> Result<(), Ended> {
		if view.worker(&self.account).await?.is_none() {
			return Err(Failure::refused(anyhow!(
				"{} is not registered as a worker",
				self.account
			))
			.hint("run `candor register worker --bond AMOUNT` with the same account first")
			.into());
		}
		for holding in &self.settings.holdings {
			let folder = holding.folder.display();
			if view.model_of_commitment(holding.circuit, &holding.commitment()).await?.is_some() {
				if view.circuit(holding.circuit).await?.is_some_and(|circuit| circuit.frozen) {
					warn!(folder = %folder, circuit = %holding.circuit, "the circuit is frozen");
				}
				continue;
			}
			let elsewhere = view.circuits_of_commitment(&holding.commitment()).await?;
			let failure = if let Some(other) = elsewhere.first() {
				Failure::refused(anyhow!(
					"the model in {folder} is registered under the circuit {other}, and the verifying \
					 key beside it is that of {}",
					holding.circuit
				))
				.hint("copy the keys with which the model was registered into the folder")
			} else if view.circuit(holding.circuit).await?.is_none() {
				Failure::refused(anyhow!(
					"the circuit {} of {folder} is not registered",
					holding.circuit
				))
				.hint(
					"run `candor register circuit` and `candor register model` with the folder, or \
					 copy the keys of the circuit that is registered",
				)
			} else {
				Failure::refused(anyhow!("the model in {folder} is not registered"))
					.hint("run `candor register model` with the folder")
			};
			return Err(failure.into());
		}
		Ok(())
	}

	/// Finds all jobs that concern this worker in the finalised state.
	async fn watch_all(&mut self, client: &Client, view: &View) -> Result<(), Ended> {
		self.watched.clear();
		self.busy = false;
		let mut own_jobs = Vec::new();
		for job in view.jobs().await? {
			let own = self.is_own(&job);
			if own {
				own_jobs.push(self.binding(client, job.id));
			}
			if self.holding_for(&job).is_some() {
				self.busy |= own;
				self.watched.insert(job.id, Watched::default());
			} else if own {
				warn!(job = job.id, "claimed by this worker, which does not hold its model");
			}
		}
		if let Err(error) = self.store.forget_all_but(&own_jobs) {
			warn!(%error, "old proofs could not be removed");
		}
		Ok(())
	}

	/// Notices jobs that a finalised block opened.
	async fn notice(&mut self, view: &View) -> Result<(), Ended> {
		let events = view.events().await?;
		for opened in events.find::<runtime::jobs::events::Opened>() {
			self.watched.entry(opened.map_err(ChainError::from)?.job.0).or_default();
		}
		for reopened in events.find::<runtime::jobs::events::Reopened>() {
			self.watched.insert(reopened.map_err(ChainError::from)?.job.0, Watched::default());
		}
		Ok(())
	}

	fn is_own(&self, job: &Job) -> bool {
		job.claim.as_ref().is_some_and(|claim| claim.worker == self.account)
	}

	fn holding_for(&self, job: &Job) -> Option<Arc<Holding>> {
		self.settings.holdings.iter().find(|holding| holding.serves(job)).cloned()
	}

	/// Measures how long proofs take, with inputs of zeros, where that is not known. Shows as well
	/// that model and keys fit, before a bond depends on it.
	async fn measure(&mut self) -> Result<(), Ended> {
		for holding in self.settings.holdings.clone() {
			if self.store.proving_time(holding.circuit).is_some() {
				continue;
			}
			info!(folder = %holding.folder.display(), "measuring how long a proof takes");
			let input = vec![0; holding.input_len()];
			self.timed_answer(&holding, input, Binding::NONE).await?;
		}
		Ok(())
	}

	/// Proves on another thread, and remembers how long it took.
	async fn timed_answer(
		&mut self,
		holding: &Arc<Holding>,
		input: Vec<u8>,
		binding: Binding,
	) -> Result<Answer, Ended> {
		let begun = Instant::now();
		let prover = holding.clone();
		let answer = tokio::task::spawn_blocking(move || {
			prover.answer(&input, binding, &mut |stage: Stage| debug!("{stage}"))
		})
		.await
		.map_err(|panic| Failure::refused(panic).context("proving ended unexpectedly"))?
		.map_err(|error| {
			Failure::refused(error)
				.context(format!("the model in {} cannot be proven", holding.folder.display()))
		})?;
		let time = begun.elapsed();
		if let Err(error) = self.store.remember_time(holding.circuit, time) {
			warn!(%error, "the proving time could not be stored");
		}
		info!(seconds = time.as_secs_f64(), "proved");
		Ok(answer)
	}

	/// Looks at all jobs and does the most urgent thing. True if something was done, and it makes
	/// sense to look again at once.
	async fn look(&mut self, client: &Client) -> Result<bool, Ended> {
		let (finalised, best) = (client.finalised().await?, client.best().await?);
		let pending = client.has_pending(&self.account).await?;
		let next_block = best.number().saturating_add(1);
		self.busy = pending;

		let mut free = Vec::new();
		for id in self.watched.keys().copied().collect::<Vec<_>>() {
			let watched = self.watched[&id];
			if watched.not_before > next_block {
				continue;
			}
			let (in_finalised, in_best) = (finalised.job(id).await?, best.job(id).await?);
			let known = in_finalised.as_ref().or(in_best.as_ref());
			let binding = self.binding(client, id);
			// Once known, other people's models are of no interest.
			let holding = match known {
				Some(job) => match self.holding_for(job) {
					Some(holding) => Some(holding),
					None => {
						self.watched.remove(&id);
						continue;
					}
				},
				None => None,
			};
			let own = [&in_finalised, &in_best].into_iter().flatten().any(|job| self.is_own(job));
			let answer = match (&holding, known) {
				(Some(holding), Some(job)) if own => self.stored_answer(holding, job, binding),
				_ => None,
			};
			let knowledge = Knowledge {
				finalised: in_finalised.as_ref(),
				best: in_best.as_ref(),
				next_block,
				pending,
				proven: answer.is_some(),
			};
			let step = next_step(knowledge, &self.account);
			debug!(job = id, ?step, pending, "looked");
			match (step, holding, in_finalised) {
				(Step::Gone, ..) => self.forget(id, binding),
				(Step::Wait, ..) => self.busy |= own,
				(Step::Overdue, ..) => {
					error!(job = id, "the time to answer has passed: the bond on it is lost");
					self.forget(id, binding);
				}
				(Step::Prove, Some(holding), Some(job)) => {
					self.busy = true;
					self.prove(&holding, &job, binding).await?;
					return Ok(true);
				}
				(Step::Submit, Some(_), Some(_)) => {
					self.busy = true;
					if let Some(answer) = answer {
						return self.submit(client, &best, id, binding, &answer).await;
					}
				}
				(Step::Free, Some(holding), Some(job)) => free.push((holding, job)),
				(Step::Prove | Step::Submit | Step::Free, ..) => {}
			}
		}
		if self.busy || self.is_stopped() || free.is_empty() {
			return Ok(false);
		}
		self.claim_one(client, &best, free).await
	}

	/// Claims the first job that is worth it.
	async fn claim_one(
		&mut self,
		client: &Client,
		best: &View,
		free: Vec<(Arc<Holding>, Job)>,
	) -> Result<bool, Ended> {
		let Some(worker) = best.worker(&self.account).await? else {
			return Err(Failure::refused(anyhow!("{} is no longer a worker", self.account)).into());
		};
		let circumstances = Circumstances {
			account: self.account,
			worker,
			score: best.reputation(&self.account).await?.score,
			terms: best.bond_terms()?,
			next_block: best.number().saturating_add(1),
			pace: self.pace.interval(Instant::now()),
			limits: self.settings.limits,
		};
		for (holding, job) in free {
			let capability = self.capability(&holding);
			match decide(&job, capability.as_ref(), &circumstances) {
				Decision::Claim => {
					if self.claim(client, best, &job).await? {
						return Ok(true);
					}
				}
				Decision::Skip(reason) if reason.is_final() => {
					info!(job = job.id, %reason, "left alone");
					self.watched.remove(&job.id);
				}
				Decision::Skip(reason) => {
					debug!(job = job.id, %reason, "not now");
					self.postpone(job.id, reason.not_before());
				}
			}
		}
		Ok(false)
	}

	/// What can be done with a model; nothing until it is known how long its proofs take.
	fn capability(&self, holding: &Holding) -> Option<Capability> {
		Some(Capability {
			circuit: holding.circuit,
			commitment: holding.commitment(),
			input_len: holding.input_len(),
			proving_time: self.store.proving_time(holding.circuit)?,
		})
	}

	/// Claims a job. False if that is refused.
	async fn claim(&mut self, client: &Client, best: &View, job: &Job) -> Result<bool, Ended> {
		let id = job.id;
		match best.can_claim(id, &self.account).await {
			Ok(()) => {}
			Err(ChainError::Refused(refusal)) => {
				debug!(job = id, %refusal, "cannot be claimed now");
				return Ok(false);
			}
			Err(error) => return Err(error.into()),
		}
		info!(job = id, price = %job.price, payout = %job.payout(), "claiming");
		self.busy = true;
		match self.transact(client, &calls::claim(id)).await {
			Ok(receipt) => {
				let claimed: runtime::jobs::events::Claimed =
					receipt.expect_event("Jobs.Claimed")?;
				info!(
					job = id,
					block = receipt.block_number,
					until = claimed.until,
					"claim is final"
				);
				Ok(true)
			}
			Err(ChainError::Refused(refusal)) => {
				self.busy = false;
				if refusal.is("Jobs.AlreadyClaimed") || refusal.is("Jobs.UnknownJob") {
					info!(job = id, "another worker was faster");
				} else {
					warn!(job = id, %refusal, "the claim was refused");
				}
				self.postpone(id, best.number().saturating_add(RETRY));
				Ok(false)
			}
			Err(error) => Err(error.into()),
		}
	}

	/// Proves for a claim that is final, and keeps the proof.
	async fn prove(
		&mut self,
		holding: &Arc<Holding>,
		job: &Job,
		binding: Binding,
	) -> Result<(), Ended> {
		let input = job
			.input
			.clone()
			.filter(|input| commit_input(input, no_blinder()) == job.input_commitment);
		let Some(input) = input else {
			error!(job = job.id, "its input is not there: the bond on it will be lost");
			self.watched.remove(&job.id);
			return Ok(());
		};
		info!(job = job.id, "proving");
		let answer = self.timed_answer(holding, input, binding).await?;
		self.store.keep(binding, &answer).map_err(|error| {
			Failure::wrong_input(error).context("the proof cannot be stored").into()
		})
	}

	/// Submits an answer for a claim that is final.
	async fn submit(
		&mut self,
		client: &Client,
		best: &View,
		id: u64,
		binding: Binding,
		answer: &Answer,
	) -> Result<bool, Ended> {
		let asked = best.can_submit(id, &self.account, &answer.output, &answer.proof).await;
		match asked {
			Ok(()) => {}
			Err(ChainError::Refused(refusal)) if refusal.is("Jobs.FrozenCircuit") => {
				return self.be_excused(client, best, id).await;
			}
			Err(ChainError::Refused(refusal)) => {
				warn!(job = id, %refusal, "the answer would not be taken");
				self.reject(id, binding, best);
				return Ok(false);
			}
			Err(error) => return Err(error.into()),
		}
		info!(job = id, "submitting");
		let call = calls::submit(id, answer.output.clone(), answer.proof.clone());
		match self.transact(client, &call).await {
			Ok(receipt) => {
				let settled: runtime::jobs::events::Settled =
					receipt.expect_event("Jobs.Settled")?;
				self.settled = self.settled.saturating_add(1);
				let payout = crate::chain::Amount(settled.payout);
				info!(job = id, block = receipt.block_number, %payout, fee = %receipt.fee, "settled");
				self.forget(id, binding);
				Ok(true)
			}
			Err(ChainError::Refused(refusal)) => {
				warn!(job = id, %refusal, "the answer was refused");
				self.postpone(id, best.number().saturating_add(2));
				Ok(false)
			}
			Err(error) => Err(error.into()),
		}
	}

	/// Ends a job whose circuit is frozen, without loss.
	async fn be_excused(&mut self, client: &Client, best: &View, id: u64) -> Result<bool, Ended> {
		match self.transact(client, &calls::expire(id)).await {
			Ok(_) => {
				info!(job = id, "excused: its circuit is frozen");
				Ok(true)
			}
			Err(ChainError::Refused(refusal)) => {
				warn!(job = id, %refusal, "could not be excused");
				self.postpone(id, best.number().saturating_add(RETRY));
				Ok(false)
			}
			Err(error) => Err(error.into()),
		}
	}

	/// Counts an answer that the chain would not take. It is proven once more, then given up.
	fn reject(&mut self, id: u64, binding: Binding, best: &View) {
		if let Err(error) = self.store.forget(binding) {
			warn!(%error, "a proof could not be removed");
		}
		let Some(watched) = self.watched.get_mut(&id) else { return };
		watched.rejected += 1;
		watched.not_before = best.number().saturating_add(2);
		if watched.rejected >= ATTEMPTS {
			error!(job = id, "given up: the chain does not take its proof");
			self.watched.remove(&id);
		}
	}

	/// Sends a call and waits until it succeeded in a finalised block.
	async fn transact(&self, client: &Client, call: &impl Payload) -> Result<Receipt, ChainError> {
		tokio::time::timeout(FINALITY, client.transact(call, &self.settings.signer))
			.await
			.map_err(|_| subxt::Error::other_str("a transaction does not become final"))
			.map_err(|error| ChainError::Node(Box::new(error)))?
	}

	/// The stored answer, if it proves what the job asks for. An older chain of the same genesis may
	/// have had another job under the same number.
	fn stored_answer(&self, holding: &Holding, job: &Job, binding: Binding) -> Option<Answer> {
		let answer = self.store.answer(binding)?;
		holding.accepts(&answer, job.input_commitment, binding).then_some(answer)
	}

	fn binding(&self, client: &Client, job: u64) -> Binding {
		binding(&client.genesis(), job, &self.account.0)
	}

	fn postpone(&mut self, id: u64, not_before: BlockNumber) {
		if let Some(watched) = self.watched.get_mut(&id) {
			watched.not_before = not_before;
		}
	}

	fn forget(&mut self, id: u64, binding: Binding) {
		self.watched.remove(&id);
		if let Err(error) = self.store.forget(binding) {
			warn!(error = %chain_of(&error), "a proof could not be removed");
		}
	}
}
