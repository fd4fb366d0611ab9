// SPDX-License-Identifier: Apache-2.0

//! Times beside the time of a baseline, measured in turn, so that whatever slows the machine slows
//! both.

use crate::{subject::Batch, wasm::Build};
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};

/// About how long a sample lasts.
const SAMPLE: Duration = Duration::from_millis(40);

/// A median time and its ratio to the baseline.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Measured {
	/// The median, in microseconds.
	pub microseconds: f64,
	/// The median of the ratios to the baseline in the same round.
	pub ratio: f64,
}

impl Measured {
	/// The same for one of `count` parts.
	pub fn per(self, count: usize) -> Self {
		let count = count as f64;
		Self { microseconds: self.microseconds / count, ratio: self.ratio / count }
	}
}

/// Rounds of measurements against one baseline.
pub struct Rounds<'a> {
	rounds: u32,
	baseline: Box<dyn Fn() -> anyhow::Result<()> + 'a>,
	baselines: Vec<f64>,
	progress: ProgressBar,
}

impl<'a> Rounds<'a> {
	/// Measures everything `rounds` times against `baseline`.
	pub fn new(rounds: u32, baseline: impl Fn() -> anyhow::Result<()> + 'a) -> Self {
		let style = ProgressStyle::with_template("{spinner} [{elapsed}] {msg}");
		let progress = ProgressBar::new_spinner()
			.with_style(style.unwrap_or(ProgressStyle::default_spinner()));
		Self { rounds, baseline: Box::new(baseline), baselines: Vec::new(), progress }
	}

	/// Measures something native.
	pub fn measure(
		&mut self,
		name: &str,
		subject: impl Fn() -> anyhow::Result<()>,
	) -> anyhow::Result<Measured> {
		let repeat = repeats(time(&subject, 1)?);
		self.rounds(name, || Ok(time(&subject, repeat)?.as_secs_f64()))
	}

	/// Measures a batch in Wasm.
	pub fn measure_wasm(
		&mut self,
		name: &str,
		build: &Build,
		batch: &Batch,
	) -> anyhow::Result<Measured> {
		let repeat = repeats(build.time(batch, 1)?);
		self.rounds(name, || Ok(build.time(batch, repeat)?.as_secs_f64()))
	}

	/// The baseline's own figures over all rounds so far.
	pub fn finish(self) -> Measured {
		self.progress.finish_and_clear();
		Measured { microseconds: median(self.baselines) * 1e6, ratio: 1.0 }
	}

	fn rounds(
		&mut self,
		name: &str,
		sample: impl Fn() -> anyhow::Result<f64>,
	) -> anyhow::Result<Measured> {
		self.progress.set_message(name.to_owned());
		let repeat = repeats(time(&self.baseline, 1)?);
		let (mut times, mut ratios) = (Vec::new(), Vec::new());
		for _ in 0..self.rounds {
			self.progress.tick();
			let before = time(&self.baseline, repeat)?.as_secs_f64();
			let sample = sample()?;
			let after = time(&self.baseline, repeat)?.as_secs_f64();
			let baseline = (before + after) / 2.0;
			self.baselines.push(baseline);
			times.push(sample);
			ratios.push(sample / baseline);
		}
		Ok(Measured { microseconds: median(times) * 1e6, ratio: median(ratios) })
	}
}

/// The mean time of `repeat` runs in a row.
fn time(subject: &impl Fn() -> anyhow::Result<()>, repeat: u32) -> anyhow::Result<Duration> {
	let start = Instant::now();
	for _ in 0..repeat {
		subject()?;
	}
	Ok(start.elapsed() / repeat)
}

/// How often something that takes `once` has to run for a sample.
fn repeats(once: Duration) -> u32 {
	let times = SAMPLE.as_secs_f64() / once.as_secs_f64().max(1e-9);
	(times as u32).clamp(1, 10_000)
}

fn median(mut values: Vec<f64>) -> f64 {
	values.sort_by(f64::total_cmp);
	values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
