// SPDX-License-Identifier: Apache-2.0
//! The worker daemon: claims jobs on models that it holds, proves and submits.
//!
//! - [`holding`]: a model with its keys, and proving.
//! - [`selection`]: which jobs are worth a claim.
//! - [`step`]: what is next for a job, by the finalised and the best state of the chain.
//! - [`store`]: proofs that survive a crash.
//! - [`pace`]: how fast blocks come.
//!
//! A session lasts as long as a connection. It begins with all jobs in the last finalised state, so a
//! new session and a new process are the same thing: what was claimed before is found there.

pub mod holding;
pub mod pace;
pub mod selection;
mod session;
mod shutdown;
pub mod step;
pub mod store;

use crate::{
	chain::{ChainError, Client, Signer},
	exit::Failure,
};
use holding::Holding;
use selection::Limits;
use session::{Ended, Session};
use std::{
	sync::Arc,
	time::{Duration, Instant},
};
use store::Store;
use tracing::{info, warn};

/// How long to wait before the first attempt to connect again.
const FIRST_DELAY: Duration = Duration::from_secs(1);
/// The longest time between two attempts.
const LAST_DELAY: Duration = Duration::from_secs(30);
/// A session that lasted this long was a good one.
const GOOD_SESSION: Duration = Duration::from_secs(60);

/// What a worker needs.
pub struct Settings {
	/// The node's websocket.
	pub url: String,
	/// Who signs.
	pub signer: Signer,
	/// The models.
	pub holdings: Vec<Arc<Holding>>,
	/// What the operator allows.
	pub limits: Limits,
	/// To end after so many settled jobs.
	pub once: Option<u32>,
}

/// Works until it is told to stop or has done what it was asked for. Returns how many jobs were
/// settled.
///
/// `client` is the first connection; when it is lost, others follow.
///
/// # Errors
///
/// When the account is no worker, or circuits or models are not on the chain.
pub async fn run(settings: Settings, client: Client, store: Store) -> Result<u32, Failure> {
	let mut worker = Session::new(settings, store, shutdown::listen());
	let mut client = client;
	let mut delay = FIRST_DELAY;
	loop {
		let begun = Instant::now();
		let error = match worker.run(&client).await {
			Ok(settled) => return Ok(settled),
			Err(Ended::Failed(failure)) => return Err(failure),
			Err(Ended::Lost(error)) => error,
		};
		if begun.elapsed() >= GOOD_SESSION {
			delay = FIRST_DELAY;
		}
		warn!(error = %chain_of(&error), "the connection is lost");
		client = loop {
			if worker.is_idle_and_stopped() {
				return Ok(worker.settled());
			}
			tokio::time::sleep(delay).await;
			delay = delay.saturating_mul(2).min(LAST_DELAY);
			match Client::connect(&worker.settings().url).await {
				Ok(client) => {
					info!("connected again");
					break client;
				}
				Err(error @ ChainError::OtherChain { .. }) => return Err(error.into()),
				Err(error) => warn!(error = %chain_of(&error), "still no connection"),
			}
		};
	}
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
