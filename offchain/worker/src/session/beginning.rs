// SPDX-License-Identifier: Apache-2.0
//! What a session finds, and whether it makes sense to begin.

use super::{Ended, Session};
use crate::{alerts::Alert, node::Node, pace::Pace, roster::Problem};
use anyhow::anyhow;
use candor_client::{chain::types::JobId, exit::Error};
use candor_statement::Binding;
use std::{collections::BTreeSet, mem, time::Instant};
use tracing::{error, info, warn};

impl Session {
	/// Finds all jobs that concern this worker, and refuses to begin where no work could succeed. With
	/// a claim open it never refuses: what can be done about that is done.
	pub(super) async fn begin<N: Node>(&mut self, node: &N) -> Result<(), Ended> {
		let (finalised, best) = (node.finalised().await?, node.best().await?);
		let mut jobs = node.all_jobs(&best).await?;
		if N::height(&finalised) != N::height(&best) {
			// A claim whose answer is in the best state, and not final.
			let known: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
			let older = node.all_jobs(&finalised).await?;
			jobs.extend(older.into_iter().filter(|job| !known.contains(&job.id)));
		}
		self.next_job = node.next_job(&best).await?;
		let own: Vec<JobId> =
			jobs.iter().filter(|job| self.is_own(job)).map(|job| job.id).collect();

		let registered = node.worker(&best, &self.account).await?.is_some();
		self.roster.recall(&self.store);
		let problems = self.roster.resolve(node, &best).await?;
		if let Err(error) = self.roster.remember(&mut self.store) {
			warn!(%error, "what is served could not be stored");
		}
		if own.is_empty() && !self.begun {
			self.check_prospects(registered, problems)?;
		} else {
			for error in mem::take(&mut self.settings.unloaded) {
				let causes = error.causes();
				self.warn_of_setup(&error, &causes);
			}
			for problem in problems {
				self.warn_of_setup(&problem.into_error(), &[]);
			}
		}
		if let Some(unwritable) = &self.settings.unwritable {
			error!(claims = ?own, "{}: proofs are kept in memory", unwritable.message());
		}

		let there: BTreeSet<JobId> = jobs.iter().map(|job| job.id).collect();
		self.watched.retain(|id, watched| watched.own.is_some() || there.contains(id));
		self.pace = Pace::new(Instant::now());
		for job in jobs {
			self.notice(node, &best, job).await?;
		}
		self.ask_standstill(node, &best).await?;
		let bindings: Vec<Binding> = own.iter().map(|job| self.binding(node, *job)).collect();
		if let Err(error) = self.store.proofs.forget_all_but(&bindings) {
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

	/// Tells once of something that keeps the worker from new jobs, though not from its claims.
	fn warn_of_setup(&mut self, error: &Error, causes: &[String]) {
		let message = error.message();
		self.alerts.once(Alert::Setup(message.clone()), || {
			error!(hint = error.what_to_do(), ?causes, "{message}");
		});
	}

	/// Whether there is something to be earned, and nothing that the operator has to decide first.
	fn check_prospects(&mut self, registered: bool, problems: Vec<Problem>) -> Result<(), Error> {
		if !registered {
			return Err(Error::refused(anyhow!("{} is not registered as a worker", self.account))
				.hint("run `candor worker register --bond AMOUNT` with the same account first"));
		}
		if let Some(unwritable) = self.settings.unwritable.take() {
			return Err(unwritable);
		}
		if !self.settings.unloaded.is_empty() {
			return Err(self.settings.unloaded.swap_remove(0));
		}
		let none_is_served = problems.len() == self.roster.holdings().len();
		for problem in problems {
			match problem {
				Problem::Ambiguous(error) => return Err(error),
				Problem::Unserved(error) if none_is_served => return Err(error),
				Problem::Unserved(error) => {
					warn!(hint = error.what_to_do(), "not served: {}", error.message());
				}
			}
		}
		Ok(())
	}
}
