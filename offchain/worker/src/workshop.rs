// SPDX-License-Identifier: Apache-2.0
//! One proof at a time, on another thread, while the daemon keeps an eye on the chain.

use candor_client::{
	answer::{Answer, Prover, Question},
	chain::types::JobId,
};
use candor_prover::Stage;
use candor_statement::Binding;
use std::{
	sync::Arc,
	time::{Duration, Instant},
};
use tokio::task::JoinHandle;

/// What a proof is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
	/// To find out how long it takes, and that model and keys fit.
	Measure,
	/// To answer jobs, one or as many as a proof is of.
	Answer(Vec<(JobId, Binding)>),
}

/// A proof that was made, or not.
#[derive(Debug)]
pub(super) struct Done {
	/// The model's place among those that are held.
	pub(super) holding: usize,
	/// What it was for.
	pub(super) purpose: Purpose,
	/// How long it took, by a clock that stands while the machine sleeps.
	pub(super) time: Duration,
	/// The answer, or what went wrong.
	pub(super) result: Result<Answer, String>,
}

/// Where proofs are made.
#[derive(Debug, Default)]
pub(super) struct Workshop {
	task: Option<Task>,
}

#[derive(Debug)]
struct Task {
	holding: usize,
	purpose: Purpose,
	handle: JoinHandle<(Duration, Result<Answer, String>)>,
}

impl Workshop {
	/// Whether nothing is being proven.
	pub(super) fn is_free(&self) -> bool {
		self.task.is_none()
	}

	/// Whether a job is being answered.
	pub(super) fn answers(&self, id: JobId) -> bool {
		match self.task.as_ref().map(|task| &task.purpose) {
			Some(Purpose::Answer(jobs)) => jobs.iter().any(|(job, _)| *job == id),
			Some(Purpose::Measure) | None => false,
		}
	}

	/// Begins to measure a model. Only when [`Self::is_free`].
	pub(super) fn measure(&mut self, holding: usize, prover: Arc<dyn Prover>) {
		let handle = tokio::task::spawn_blocking(move || {
			let mut longest = Duration::ZERO;
			let mut last = Err("there is nothing to try".into());
			for questions in prover.trials() {
				let (time, result) = timed(&*prover, &questions);
				longest = longest.max(time);
				let failed = result.is_err();
				last = result;
				if failed {
					break;
				}
			}
			(longest, last)
		});
		self.task = Some(Task { holding, purpose: Purpose::Measure, handle });
	}

	/// Begins to answer jobs with one proof. Only when [`Self::is_free`].
	pub(super) fn answer(
		&mut self,
		holding: usize,
		prover: Arc<dyn Prover>,
		questions: Vec<Question>,
	) {
		let asked = questions.iter().map(|question| (question.job(), question.binding()));
		let purpose = Purpose::Answer(asked.collect());
		let handle = tokio::task::spawn_blocking(move || timed(&*prover, &questions));
		self.task = Some(Task { holding, purpose, handle });
	}

	/// Waits for what was begun; for ever, if nothing was. Dropping the future loses nothing.
	pub(super) async fn done(&mut self) -> Done {
		let Some(task) = &mut self.task else { return std::future::pending().await };
		let ended = (&mut task.handle).await;
		let (holding, purpose) = (task.holding, task.purpose.clone());
		self.task = None;
		let (time, result) = ended
			.unwrap_or_else(|panic| (Duration::ZERO, Err(format!("proving ended with {panic}"))));
		Done { holding, purpose, time, result }
	}
}

/// Proves, and says how long that took.
fn timed(prover: &dyn Prover, questions: &[Question]) -> (Duration, Result<Answer, String>) {
	let begun = Instant::now();
	let mut progress = |stage: Stage| tracing::debug!("{stage}");
	let result = prover.answer(questions, &mut progress).map_err(|error| error.to_string());
	(begun.elapsed(), result)
}
