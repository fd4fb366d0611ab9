// SPDX-License-Identifier: Apache-2.0
//! The worker daemon: claims jobs on models that it holds, proves and submits.
//!
//! - [`roster`]: which models are served, and under which circuits.
//! - [`selection`]: which jobs are worth a claim.
//! - [`step`]: what is next for a job, by the finalised and the best state of the chain.
//! - [`tip`]: what to offer for a transaction that others crowd out.
//! - [`store`], [`times`]: proofs that survive a crash, and how long they took.
//! - [`pace`]: how fast blocks come.
//!
//! A session lasts as long as a connection. It begins with all jobs in the best state, so a new session
//! and a new process are the same thing: what was claimed before is found there. Nothing but what the
//! operator has to decide ends the daemon, and nothing at all while it has a claim: it says what is
//! wrong, and tries again.

mod alerts;
mod node;
pub mod pace;
pub mod roster;
pub mod selection;
mod session;
mod shutdown;
pub mod step;
pub mod store;
pub mod times;
pub mod tip;
mod workshop;

use anyhow::anyhow;
use candor_client::answer::Prover;
use candor_client::{
	chain::{
		types::{BlockNumber, Job, JobId},
		ChainError, Client, Signer, Standstill,
	},
	exit::Error,
};
use roster::Named;
use selection::Limits;
use session::{Ended, Session};
use std::{
	sync::Arc,
	time::{Duration, Instant},
};
use store::Store;
use subxt::utils::AccountId32;
use tracing::{error, info, warn};

/// How long to wait before the first attempt to connect again.
const FIRST_DELAY: Duration = Duration::from_secs(1);
/// The longest time between two attempts.
const LAST_DELAY: Duration = Duration::from_secs(30);
/// The same while there are claims to be answered.
const LAST_DELAY_WITH_CLAIMS: Duration = Duration::from_secs(6);
/// How long an attempt may take. A server that shakes hands and says nothing is none.
const CONNECT: Duration = Duration::from_secs(20);
/// What the addresses of websockets begin with.
const SCHEMES: [&str; 2] = ["ws://", "wss://"];
/// A session that lasted this long was a good one.
const GOOD_SESSION: Duration = Duration::from_secs(60);

/// What a worker needs.
pub struct Settings {
	/// The node's websocket.
	pub url: String,
	/// Who signs.
	pub signer: Signer,
	/// The models that are held.
	pub holdings: Vec<Arc<dyn Prover>>,
	/// The models on chain that are to be served.
	pub named: Named,
	/// What the operator allows.
	pub limits: Limits,
	/// To end after so many settled jobs.
	pub once: Option<u32>,
	/// Why the folder for proofs cannot be used. With a claim open the worker does without; otherwise
	/// it does not begin.
	pub unwritable: Option<Error>,
	/// Why some models are not among those that are held, though they were asked for. With a claim open
	/// the worker does without them; otherwise it does not begin.
	pub unloaded: Vec<Error>,
}

/// Connects to a node, however long that takes: a daemon may be started before its node, or while that
/// takes no more connections.
///
/// # Errors
///
/// When the URL is none of a websocket, or the chain not one that this program can work with.
pub async fn connect(url: &str) -> Result<Client, Error> {
	if !SCHEMES.iter().any(|scheme| url.starts_with(scheme)) {
		return Err(Error::wrong_input(anyhow!("{url} is not the address of a websocket"))
			.hint("name a node with --url or CANDOR_URL, for instance ws://127.0.0.1:9944"));
	}
	let mut delay = FIRST_DELAY;
	loop {
		match attempt(url).await {
			Ok(client) => return Ok(client),
			Err(error @ ChainError::OtherChain { .. }) => return Err(error.into()),
			Err(error) => warn!(error = %chain_of(&error), "no connection yet: trying again"),
		}
		tokio::time::sleep(delay).await;
		delay = delay.saturating_mul(2).min(LAST_DELAY);
	}
}

async fn attempt(url: &str) -> Result<Client, ChainError> {
	let silent = || ChainError::Node(Box::new(subxt::Error::other_str("no answer in time")));
	tokio::time::timeout(CONNECT, Client::connect_for_work(url)).await.map_err(|_| silent())?
}

/// Works until it is told to stop or has done what it was asked for. Returns how many jobs were
/// settled.
///
/// `client` is the first connection; when it is lost, others follow.
///
/// # Errors
///
/// When, at the start and without an open claim, the account is no worker, a model could not be loaded, or
/// the models to serve are not on the chain or not named well enough, or none of them can be proven.
pub async fn run(settings: Settings, client: Client, store: Store) -> Result<u32, Error> {
	let genesis = client.genesis();
	let mut worker = Session::new(settings, store, shutdown::listen());
	let mut client = client;
	let mut delay = FIRST_DELAY;
	let mut trouble = String::new();
	loop {
		let begun = Instant::now();
		let error = match worker.run(&client).await {
			Ok(settled) => return Ok(settled),
			Err(Ended::Failed(error)) => return Err(error),
			Err(Ended::Lost(error)) => error,
		};
		if begun.elapsed() >= GOOD_SESSION {
			delay = FIRST_DELAY;
			trouble.clear();
		}
		complain(&worker, &mut trouble, &error);
		client = loop {
			if worker.is_idle_and_stopped() {
				return Ok(worker.settled());
			}
			tokio::time::sleep(delay).await;
			let longest =
				if worker.claims().is_empty() { LAST_DELAY } else { LAST_DELAY_WITH_CLAIMS };
			delay = delay.saturating_mul(2).min(longest);
			match attempt(&worker.settings().url).await {
				Ok(client) if client.genesis() != genesis => {
					let url = worker.settings().url.clone();
					let what = "it has another genesis block than before".to_owned();
					complain(&worker, &mut trouble, &ChainError::OtherChain { url, what });
				}
				Ok(client) => {
					info!("connected again");
					break client;
				}
				Err(error) => complain(&worker, &mut trouble, &error),
			}
		};
	}
}

/// Says that the worker cannot go on for now, and what is at risk. The same trouble is told once at
/// length.
fn complain(worker: &Session, last: &mut String, error: &ChainError) {
	let text = chain_of(error);
	let claims = worker.claims();
	if *last == text {
		warn!(error = text, "still no connection");
	} else if matches!(error, ChainError::OtherChain { .. }) {
		error!(
			?claims,
			"{text}. Nothing can be done until that changes: stop this worker and start the release of \
			 `candor` that belongs to the chain with the same arguments; it goes on with the claims"
		);
	} else if claims.is_empty() {
		warn!(error = text, "the connection is lost");
	} else {
		error!(error = text, ?claims, "the connection is lost while claims wait for their answers");
	}
	*last = text;
}

/// The jobs among these that the worker has claimed, each with the last block for its answer.
fn own_claims<'a>(
	jobs: impl IntoIterator<Item = &'a Job>,
	worker: &AccountId32,
	standstill: &Standstill,
) -> Vec<(JobId, BlockNumber)> {
	let own = |job: &'a Job| {
		let claim = job.claim.as_ref().filter(|claim| claim.worker == *worker)?;
		Some((job.id, standstill.until(job, claim)))
	};
	jobs.into_iter().filter_map(own).collect()
}

/// An error with its causes, in one line.
fn chain_of(error: &dyn std::error::Error) -> String {
	let mut text = error.to_string();
	let mut source = error.source();
	while let Some(cause) = source {
		let cause_text = cause.to_string();
		if !text.contains(&cause_text) {
			text = format!("{text}: {cause_text}");
		}
		source = cause.source();
	}
	text
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn an_address_that_never_answers_is_refused_at_once() {
		for url in ["http://127.0.0.1:9944", "127.0.0.1:9944", ""] {
			let Err(error) = connect(url).await else { panic!("{url}") };
			assert!(error.message().contains("websocket"), "{error}");
		}
	}
}
