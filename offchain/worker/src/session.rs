// SPDX-License-Identifier: Apache-2.0
//! A worker's life with one connection.
//!
//! With each look it first cares for its own claims, whatever else there is; then, if nothing of its own
//! is at stake, for what is new. What it asks of the node does not grow with the number of jobs that it
//! does not want: it knows the terms of all jobs of interest, refreshes those that it has not seen for
//! longest, and judges from memory.
//!
//! - `beginning`: what a session finds, and whether it makes sense to begin.
//! - `own`: claims, from the block that includes them to their end.
//! - `ending`: how they ended.
//! - `joint`: those that one proof answers together.
//! - `claiming`: which jobs there are, and the next claim.
//! - `proving`: proofs that are made, for jobs and to find out how long they take.
//! - `sending`: transactions, with as much of a tip as they need.

mod beginning;
mod claiming;
mod ending;
mod joint;
mod own;
mod proving;
mod sending;
#[cfg(test)]
mod tests;

use super::{
	alerts::{Alert, Alerts},
	node::Node,
	own_claims,
	pace::Pace,
	roster::Roster,
	selection::Reason,
	store::Store,
	times::Pauses,
	workshop::Workshop,
	Settings,
};
use candor_client::{
	chain::{
		types::{BlockNumber, CircuitId, Job, JobId},
		ChainError, Standstill,
	},
	exit::Error,
};
use candor_statement::{binding, Binding, Claimant};
use futures::FutureExt;
use own::Own;
use proving::Suspended;
use sending::Flight;
use std::{
	collections::{BTreeMap, BTreeSet},
	convert::Infallible,
	future,
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
/// How long a look with claims open may take before that is told.
const LATE: Duration = Duration::from_secs(15);
/// Blocks after which a job that could not be claimed, or a claim that is in trouble, is looked at again.
const RETRY: BlockNumber = 5;
/// Blocks by which finality may lag before it is said to stand still.
const LAG: BlockNumber = 16;

/// Tells, once, that a look takes so long that claims are at risk. It never ends.
async fn tell_when_late(claims: Vec<u64>) -> Infallible {
	tokio::time::sleep(LATE).await;
	if !claims.is_empty() {
		let seconds = LATE.as_secs();
		error!(jobs = ?claims, "the node has not answered all questions for {seconds} s: the bonds of these claims are at risk");
	}
	future::pending().await
}

/// Why a session ended.
#[derive(Debug)]
pub(super) enum Ended {
	/// It makes no sense to go on.
	Failed(Error),
	/// It makes sense to connect again.
	Lost(ChainError),
}

impl From<ChainError> for Ended {
	fn from(error: ChainError) -> Self {
		Self::Lost(error)
	}
}

impl From<Error> for Ended {
	fn from(error: Error) -> Self {
		Self::Failed(error)
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

/// A worker.
pub(super) struct Session {
	settings: Settings,
	account: AccountId32,
	store: Store,
	stop: watch::Receiver<bool>,
	settled: u32,
	/// Whether the last look found something of this worker's under way.
	busy: bool,
	/// Whether the last look for a job to claim found one: there may be more that a proof can answer.
	gathering: bool,
	/// Whether a session has begun well before this one.
	begun: bool,
	roster: Roster,
	watched: BTreeMap<JobId, Watched>,
	/// Blocks that did not count for them, as of the last time that it was asked: before a claim is chosen.
	standstill: Standstill,
	/// The number of the first job that was not seen yet.
	next_job: JobId,
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
	fatal: Option<Error>,
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
			gathering: false,
			begun: false,
			roster,
			watched: BTreeMap::new(),
			standstill: Standstill::default(),
			next_job: JobId(0),
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
	pub(super) fn claims(&self) -> Vec<(JobId, BlockNumber)> {
		let jobs = self.watched.values().map(|watched| &watched.job);
		own_claims(jobs, &self.account, &self.standstill)
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
				let claims = self.claims_at_risk();
				let look = tokio::select! {
					look = tokio::time::timeout(LOOK, self.look(node)) => look,
					never = tell_when_late(claims) => match never {},
				};
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

	/// The jobs that this worker has claimed.
	fn claims_at_risk(&self) -> Vec<u64> {
		self.watched.iter().filter(|(_, it)| it.own.is_some()).map(|(id, _)| id.0).collect()
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
		let gathers = if self.busy { self.gathers(node, &now) } else { None };
		if self.is_stopped() || (self.busy && gathers.is_none()) {
			return Ok(false);
		}
		let more = self.learn(node, &now).await?;
		if !now.pending && self.workshop.is_free() {
			self.gathering = false;
			self.gathering = self.claim_one(node, &now, gathers).await?;
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

	/// Asks how many blocks did not count for the jobs that are served or claimed.
	async fn ask_standstill<N: Node>(&mut self, node: &N, at: &N::Block) -> Result<(), ChainError> {
		let matter = self.watched.values().filter(|it| it.own.is_some() || it.served.is_ok());
		let circuits: BTreeSet<CircuitId> = matter.map(|it| it.job.circuit).collect();
		self.standstill = node.standstill(at, &circuits).await?;
		Ok(())
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

	fn is_own(&self, job: &Job) -> bool {
		job.claim.as_ref().is_some_and(|claim| claim.worker == self.account)
	}

	fn binding<N: Node>(&self, node: &N, job: JobId) -> Binding {
		binding(node.genesis(), job, Claimant(self.account.0))
	}

	fn postpone(&mut self, id: JobId, not_before: BlockNumber) {
		if let Some(watched) = self.watched.get_mut(&id) {
			watched.not_before = not_before;
		}
	}
}
