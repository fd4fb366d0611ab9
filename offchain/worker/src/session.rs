// SPDX-License-Identifier: Apache-2.0
//! A worker's life with one connection.
//!
//! With each look it first cares for its own claims, whatever else there is; then, if nothing of its own
//! is at stake, for what is new. What it asks of the node does not grow with the number of jobs that it
//! does not want: it knows the terms of all jobs of interest, refreshes those that it has not seen for
//! longest, and judges from memory.
//!
//! - `own`: claims, from the block that includes them to their end.
//! - `claiming`: which jobs there are, and the next claim.
//! - `sending`: transactions, with as much of a tip as they need.

mod claiming;
mod own;
mod sending;
#[cfg(test)]
mod tests;

use super::{
	alerts::{Alert, Alerts},
	node::Node,
	own_claims,
	pace::Pace,
	roster::{Problem, Roster},
	selection::Reason,
	store::Store,
	times::Pauses,
	workshop::{Done, Purpose, Workshop},
	Settings,
};
use anyhow::anyhow;
use candor_client::{
	chain::{
		types::{BlockNumber, Job},
		ChainError,
	},
	exit::Failure,
};
use candor_statement::{binding, Binding, Claimant, GenesisHash, JobNumber};
use futures::FutureExt;
use own::Own;
use sending::Flight;
use std::{
	collections::{BTreeMap, BTreeSet},
	mem::Discriminant,
	time::{Duration, Instant},
};
use subxt::utils::AccountId32;
use tokio::sync::watch;
use tracing::{error, info, warn};

/// How often to look without a new block, for what depends on time alone.
const TICK: Duration = Duration::from_secs(5);
/// How long the node may say nothing before it is asked whether it is there.
const SILENCE: Duration = Duration::from_secs(60);
/// How long it may take to answer then.
const ANSWER: Duration = Duration::from_secs(15);
/// How long a look may take before the connection is thought to be lost.
const LOOK: Duration = Duration::from_secs(120);
/// Blocks after which a job that could not be claimed, or a claim that is in trouble, is looked at again.
const RETRY: BlockNumber = 5;
/// Proofs that are made for one job before it is given up.
const ATTEMPTS: u32 = 2;
/// Blocks by which finality may lag before it is said to stand still.
const LAG: BlockNumber = 16;
/// How long a model is left alone after proofs with it failed.
const SUSPENSION: Duration = Duration::from_secs(1800);

/// Why a session ended.
#[derive(Debug)]
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

/// A job of interest.
#[derive(Debug)]
struct Watched {
	/// The job as it stood when it was last seen in the best state.
	job: Job,
	/// The holding with which it can be answered, or the reason against that.
	served: Result<usize, Reason>,
	/// Whether its input is the one behind the commitment, once that was asked.
	input_fits: Option<bool>,
	/// The first block in which to look at it again.
	not_before: BlockNumber,
	/// The kinds of reasons for leaving it alone that the log has.
	told: Vec<Discriminant<Reason>>,
	/// What is known of this worker's claim, or of one that was sent.
	own: Option<Own>,
	/// When it was last seen, counted in refreshments of all.
	seen: u64,
}

/// The chain at the time of a look.
struct Now<N: Node> {
	finalised: N::Block,
	best: N::Block,
	/// The first block that can include a transaction.
	next_block: BlockNumber,
	/// The account's nonce there.
	nonce: u64,
	/// Whether a transaction with that nonce waits in the pool.
	pending: bool,
}

impl<N: Node> Now<N> {
	/// Blocks by which finality lags.
	fn lag(&self) -> BlockNumber {
		N::height(&self.best).saturating_sub(N::height(&self.finalised))
	}
}

/// A holding whose proofs failed.
#[derive(Clone, Copy, Debug)]
struct Suspended {
	until: Instant,
	next: Duration,
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
	/// Whether a session has begun well before this one.
	begun: bool,
	roster: Roster,
	watched: BTreeMap<u64, Watched>,
	/// The number of the first job that was not seen yet.
	next_job: u64,
	/// How often all jobs of interest were refreshed.
	rounds: u64,
	workshop: Workshop,
	/// The transaction that is under way.
	flight: Option<Flight>,
	/// The nonce with which a transaction waits in the pool, and the block since which it does.
	waiting: Option<(u64, BlockNumber)>,
	suspended: BTreeMap<usize, Suspended>,
	/// When to measure again, by holding.
	due: BTreeMap<usize, Instant>,
	/// How long to wait until then the next time.
	pauses: BTreeMap<usize, Pauses>,
	/// Why nothing can ever be earned.
	fatal: Option<Failure>,
	alerts: Alerts,
	runtime: Option<u32>,
	pace: Pace,
}

impl Session {
	pub(super) fn new(settings: Settings, store: Store, stop: watch::Receiver<bool>) -> Self {
		let account = settings.signer.account();
		let roster = Roster::new(settings.holdings.clone(), settings.named.clone());
		Self {
			settings,
			account,
			store,
			stop,
			settled: 0,
			busy: false,
			begun: false,
			roster,
			watched: BTreeMap::new(),
			next_job: 0,
			rounds: 0,
			workshop: Workshop::default(),
			flight: None,
			waiting: None,
			suspended: BTreeMap::new(),
			due: BTreeMap::new(),
			pauses: BTreeMap::new(),
			fatal: None,
			alerts: Alerts::default(),
			runtime: None,
			pace: Pace::new(Instant::now()),
		}
	}

	pub(super) fn settings(&self) -> &Settings {
		&self.settings
	}

	pub(super) fn settled(&self) -> u32 {
		self.settled
	}

	/// The jobs that this worker has claimed and not lost yet, with the last block of each.
	pub(super) fn claims(&self) -> Vec<(u64, BlockNumber)> {
		own_claims(self.watched.values().map(|watched| &watched.job), &self.account)
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
	pub(super) async fn run<N: Node>(&mut self, node: &N) -> Result<u32, Ended> {
		// The news first: what comes while the state is read is then seen twice rather than never.
		let mut news = node.news().await?;
		self.begin(node).await?;
		loop {
			loop {
				let look = tokio::time::timeout(LOOK, self.look(node)).await;
				let silent = || ChainError::Node(Box::new(subxt::Error::other_str("no answer")));
				if !look.map_err(|_| silent())?? {
					break;
				}
			}
			if self.is_idle_and_stopped() {
				return Ok(self.settled);
			}
			self.wait(node, &mut news).await?;
		}
	}

	/// Waits for something new.
	async fn wait<N: Node>(&mut self, node: &N, news: &mut N::News) -> Result<(), Ended> {
		let mut stop = self.stop.clone();
		let was_stopped = *stop.borrow_and_update();
		let silence = tokio::time::Instant::now() + SILENCE;
		let time_matters = self.pace.interval(Instant::now()).is_none() || !self.due.is_empty();
		tokio::select! {
			changed = N::changed(news) => changed?,
			done = self.workshop.done() => self.finished(done),
			_ = stop.changed(), if !was_stopped => {},
			() = tokio::time::sleep(TICK), if time_matters => {},
			() = tokio::time::sleep_until(silence) => {
				tokio::time::timeout(ANSWER, node.finalised())
					.await
					.map_err(|_| subxt::Error::other_str("the node is silent"))
					.map_err(|error| ChainError::Node(Box::new(error)))??;
			},
		}
		Ok(())
	}

	/// Finds all jobs that concern this worker, and refuses to begin where no work could succeed. With
	/// a claim open it never refuses: what can be done about that is done.
	async fn begin<N: Node>(&mut self, node: &N) -> Result<(), Ended> {
		let (finalised, best) = (node.finalised().await?, node.best().await?);
		let mut jobs = node.all_jobs(&best).await?;
		if N::height(&finalised) != N::height(&best) {
			// A claim whose answer is in the best state, and not final.
			let known: Vec<u64> = jobs.iter().map(|job| job.id).collect();
			let older = node.all_jobs(&finalised).await?;
			jobs.extend(older.into_iter().filter(|job| !known.contains(&job.id)));
		}
		self.next_job = node.next_job(&best).await?;
		let own: Vec<u64> =
			own_claims(&jobs, &self.account).into_iter().map(|(job, _)| job).collect();

		let registered = node.worker(&best, &self.account).await?.is_some();
		self.roster.recall(&self.store);
		let problems = self.roster.resolve(node, &best).await?;
		if let Err(error) = self.roster.remember(&mut self.store) {
			warn!(%error, "what is served could not be stored");
		}
		if own.is_empty() && !self.begun {
			self.check_prospects(registered, problems)?;
		} else {
			for problem in problems {
				let failure = problem.into_failure();
				let message = failure.message();
				self.alerts.once(Alert::Setup(message.clone()), || {
					error!(hint = failure.what_to_do(), "{message}");
				});
			}
		}
		if let Some(unwritable) = &self.settings.unwritable {
			error!(claims = ?own, "{}: proofs are kept in memory", unwritable.message());
		}

		let there: BTreeSet<u64> = jobs.iter().map(|job| job.id).collect();
		self.watched.retain(|id, watched| watched.own.is_some() || there.contains(id));
		self.pace = Pace::new(Instant::now());
		for job in jobs {
			self.notice(node, &best, job).await?;
		}
		let bindings: Vec<Binding> = own.iter().map(|job| self.binding(node, *job)).collect();
		if let Err(error) = self.store.forget_all_but(&bindings) {
			warn!(%error, "old proofs could not be removed");
		}
		info!(
			worker = %self.account,
			block = N::height(&best),
			models = self.roster.holdings().len(),
			jobs = self.watched.len(),
			claims = own.len(),
			"ready"
		);
		self.begun = true;
		Ok(())
	}

	/// Whether there is something to be earned, and nothing that the operator has to decide first.
	fn check_prospects(&mut self, registered: bool, problems: Vec<Problem>) -> Result<(), Failure> {
		if !registered {
			return Err(Failure::refused(anyhow!(
				"{} is not registered as a worker",
				self.account
			))
			.hint("run `candor register worker --bond AMOUNT` with the same account first"));
		}
		if let Some(unwritable) = self.settings.unwritable.take() {
			return Err(unwritable);
		}
		let none_is_served = problems.len() == self.roster.holdings().len();
		for problem in problems {
			match problem {
				Problem::Ambiguous(failure) => return Err(failure),
				Problem::Unserved(failure) if none_is_served => return Err(failure),
				Problem::Unserved(failure) => {
					warn!(hint = failure.what_to_do(), "not served: {}", failure.message());
				}
			}
		}
		Ok(())
	}

	/// Looks at the chain and does what is most urgent. True if there is more to do at once.
	async fn look<N: Node>(&mut self, node: &N) -> Result<bool, Ended> {
		// Also where sessions end before they wait.
		if let Some(done) = self.workshop.done().now_or_never() {
			self.finished(done);
		}
		let now = self.survey(node).await?;
		if let Some(fatal) = self.fatal.take() {
			return Err(fatal.into());
		}
		self.attend_all(node, &now).await?;
		if self.busy || self.is_stopped() {
			return Ok(false);
		}
		let more = self.learn(node, &now).await?;
		if !now.pending && self.workshop.is_free() {
			self.claim_one(node, &now).await?;
		}
		if !self.busy && self.workshop.is_free() {
			self.measure();
		}
		Ok(more)
	}

	/// Where the chain stands.
	async fn survey<N: Node>(&mut self, node: &N) -> Result<Now<N>, Ended> {
		let finalised = node.finalised().await?;
		let mut best = node.best().await?;
		if N::height(&best) < N::height(&finalised) {
			// A block came between the two questions.
			best = node.best().await?;
		}
		let next_block = N::height(&best).saturating_add(1);
		self.pace.observe(N::height(&best), Instant::now());
		self.check_runtime::<N>(&best)?;

		let nonce = node.nonce(&best, &self.account).await?;
		let pending = node.next_nonce(&self.account).await? > nonce;
		self.waiting = match self.waiting {
			Some((waits, since)) if pending && waits == nonce => Some((waits, since)),
			_ => pending.then_some((nonce, next_block)),
		};
		let now = Now::<N> { finalised, best, next_block, nonce, pending };
		if let Some(flight) = &self.flight {
			let included = node.nonce(&now.finalised, &self.account).await? > flight.nonce;
			let expired = next_block > flight.last && nonce <= flight.nonce && !pending;
			if included || expired {
				self.flight = None;
			}
		}
		if now.lag() > LAG {
			let (best, finalised) = (N::height(&now.best), N::height(&now.finalised));
			self.alerts.once(Alert::Finality, || {
				warn!(
					best,
					finalised,
					"blocks do not become final: what is claimed is still answered, by the best \
					 block, and nothing more is claimed"
				);
			});
		} else if self.alerts.over(&Alert::Finality) {
			info!("blocks become final again");
		}
		Ok(now)
	}

	/// Notices that the runtime was upgraded, and whether this program can still work with it.
	fn check_runtime<N: Node>(&mut self, best: &N::Block) -> Result<(), Ended> {
		let runtime = N::runtime(best);
		if self.runtime == Some(runtime) {
			return Ok(());
		}
		if self.runtime.is_some() {
			info!(spec_version = runtime, "the runtime was upgraded");
		}
		let differences = N::differences(best);
		if !differences.is_empty() {
			return Err(Ended::Lost(ChainError::OtherChain {
				url: self.settings.url.clone(),
				what: format!("{} differ (spec version {runtime})", differences.join(", ")),
			}));
		}
		self.runtime = Some(runtime);
		Ok(())
	}

	/// Begins to measure how long a proof takes, where that is not known, or where jobs are left alone
	/// because of it. Shows as well that model and keys fit, before a bond depends on it.
	fn measure(&mut self) {
		let clock = Instant::now();
		let holdings = self.roster.holdings();
		let unknown = |index: &usize| {
			holdings.get(*index).is_some_and(|holding| {
				let suspended = self.suspended.get(index).is_some_and(|it| it.until > clock);
				!suspended && self.store.proving_time(holding.identity().key).is_none()
			})
		};
		let due = |index: &usize| self.due.get(index).is_some_and(|at| *at <= clock);
		let all = 0..holdings.len();
		let Some(index) = all.clone().find(unknown).or_else(|| all.clone().find(due)) else {
			return;
		};
		let Some(holding) = self.roster.holding(index).cloned() else { return };
		self.due.remove(&index);
		info!(folder = holding.name(), "measuring how long a proof takes");
		self.workshop.measure(index, holding);
	}

	/// Takes in a proof that was made, or not.
	fn finished(&mut self, done: Done) {
		let Some(holding) = self.roster.holding(done.holding).cloned() else { return };
		match done.result {
			Ok(answer) => {
				info!(seconds = done.time.as_secs_f64(), "proved");
				self.suspended.remove(&done.holding);
				let key = holding.identity().key;
				if let Err(error) = self.store.remember_time(key, done.time) {
					warn!(%error, "the proving time could not be stored");
				}
				if let Purpose::Answer(job, binding) = done.purpose {
					if let Err(error) = self.store.keep(binding, &answer) {
						warn!(job, %error, "the proof could not be stored: it is sent from memory");
					}
				}
			}
			Err(reason) => match done.purpose {
				Purpose::Measure => {
					error!(folder = holding.name(), %reason, "the model cannot be proven");
					self.suspend(done.holding);
					let none_is_left = self.suspended.len() == self.roster.holdings().len();
					if none_is_left && self.claims().is_empty() {
						let folder = holding.name();
						self.fatal = Some(
							Failure::refused(anyhow!(reason))
								.context(format!("the model in {folder} cannot be proven")),
						);
					}
				}
				Purpose::Answer(job, _) => {
					warn!(job, %reason, "the proof failed");
					let own = self.watched.get_mut(&job).and_then(|it| it.own.as_mut());
					if let Some(own) = own {
						own.failures = own.failures.saturating_add(1);
						if own.failures >= ATTEMPTS {
							self.suspend(done.holding);
						}
					}
				}
			},
		}
	}

	/// Claims nothing with a model for a while: what failed for one job may fail for the next.
	fn suspend(&mut self, holding: usize) {
		let next = self.suspended.get(&holding).map_or(SUSPENSION, |it| it.next);
		let until = Instant::now() + next;
		self.suspended.insert(holding, Suspended { until, next: next.saturating_mul(2) });
	}

	fn is_own(&self, job: &Job) -> bool {
		job.claim.as_ref().is_some_and(|claim| claim.worker == self.account)
	}

	fn binding<N: Node>(&self, node: &N, job: u64) -> Binding {
		binding(GenesisHash(node.genesis()), JobNumber(job), Claimant(self.account.0))
	}

	fn postpone(&mut self, id: u64, not_before: BlockNumber) {
		if let Some(watched) = self.watched.get_mut(&id) {
			watched.not_before = not_before;
		}
	}
}
