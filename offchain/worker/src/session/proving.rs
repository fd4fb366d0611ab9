// SPDX-License-Identifier: Apache-2.0
//! Proofs that are made, for jobs and to find out how long they take.

use super::{own::INCLUSION, Session};
use crate::{
	selection::blocks_needed,
	workshop::{Done, Purpose},
};
use anyhow::anyhow;
use candor_client::{
	chain::types::{BlockNumber, JobId},
	exit::Error,
};
use std::time::{Duration, Instant};
use tracing::{error, info, warn};

/// Proofs that are made for one job before it is given up.
pub(super) const ATTEMPTS: u32 = 2;
/// How long a model is left alone after proofs with it failed.
const SUSPENSION: Duration = Duration::from_secs(1800);

/// A holding whose proofs failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suspended {
	pub(super) until: Instant,
	next: Duration,
}

impl Session {
	/// Begins to measure how long a proof takes, where that is not known, or where jobs are left alone
	/// because of it. Shows as well that model and keys fit, before a bond depends on it.
	pub(super) fn measure(&mut self) {
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

	/// How long a proof with a holding is expected to take, if one was made.
	pub(super) fn expected_time(&self, index: usize) -> Option<Duration> {
		let holding = self.roster.holding(index)?;
		self.store.proving_time(holding.identity().key)
	}

	/// Blocks that so many proofs with a holding, one after the other, and their answers need.
	pub(super) fn needed_for(&self, index: usize, proofs: u32) -> BlockNumber {
		match (self.expected_time(index), self.pace.interval(Instant::now())) {
			(Some(time), Some(pace)) => blocks_needed(time.saturating_mul(proofs), pace),
			_ => INCLUSION,
		}
	}

	/// Takes in a proof that was made, or not.
	pub(super) fn finished(&mut self, done: Done) {
		let Some(holding) = self.roster.holding(done.holding).cloned() else { return };
		match done.result {
			Ok(answer) => {
				info!(seconds = done.time.as_secs_f64(), "proved");
				self.suspended.remove(&done.holding);
				let key = holding.identity().key;
				if let Err(error) = self.store.remember_time(key, done.time) {
					warn!(%error, "the proving time could not be stored");
				}
				let Purpose::Answer(jobs) = done.purpose else { return };
				for (job, binding) in jobs {
					if let Err(error) = self.store.proofs.keep(binding, &answer) {
						warn!(job = job.0, %error, "the proof could not be stored: it is sent from memory");
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
							Error::refused(anyhow!(reason))
								.context(format!("the model in {folder} cannot be proven")),
						);
					}
				}
				Purpose::Answer(jobs) => {
					let ids: Vec<u64> = jobs.iter().map(|(job, _)| job.0).collect();
					warn!(jobs = ?ids, %reason, "the proof failed");
					let failed = jobs.iter().map(|(job, _)| self.count_failure(*job)).max();
					if failed >= Some(ATTEMPTS) {
						self.suspend(done.holding);
					}
				}
			},
		}
	}

	/// Counts a proof of a job that failed, or that the chain would not take, and says how many there were. What
	/// comes next is a proof of this job alone.
	pub(super) fn count_failure(&mut self, job: JobId) -> u32 {
		let Some(own) = self.watched.get_mut(&job).and_then(|it| it.own.as_mut()) else { return 0 };
		own.failures = own.failures.saturating_add(1);
		own.failures
	}

	/// Claims nothing with a model for a while: what failed for one job may fail for the next.
	fn suspend(&mut self, holding: usize) {
		let next = self.suspended.get(&holding).map_or(SUSPENSION, |it| it.next);
		let until = Instant::now() + next;
		self.suspended.insert(holding, Suspended { until, next: next.saturating_mul(2) });
	}
}
