// SPDX-License-Identifier: Apache-2.0
//! How long proofs take, from several of them: one that was made while the machine slept or was busy
//! with something else says little about the next.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Measurements that are kept.
const KEPT: usize = 5;
/// How long to wait before a measurement that was too slow for a job is made again.
const FIRST_PAUSE: Duration = Duration::from_secs(20);
/// The longest such time.
const LAST_PAUSE: Duration = Duration::from_secs(600);

/// How long the last proofs for one key took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
	/// The last one.
	#[serde(flatten)]
	last: Duration,
	/// Those before it, newest first.
	#[serde(default)]
	earlier: Vec<Duration>,
}

impl Times {
	/// The first measurement.
	pub fn new(time: Duration) -> Self {
		Self { last: time, earlier: Vec::new() }
	}

	/// Adds a measurement.
	pub fn add(&mut self, time: Duration) {
		self.earlier.insert(0, self.last);
		self.earlier.truncate(KEPT - 1);
		self.last = time;
	}

	/// What to expect: the median, the slower one of the two in the middle.
	pub fn expected(&self) -> Duration {
		let mut times = self.earlier.clone();
		times.push(self.last);
		times.sort_unstable();
		times.get(times.len() / 2).copied().unwrap_or(self.last)
	}
}

/// When to measure again, because jobs are left alone for the time that proofs are thought to take.
#[derive(Clone, Copy, Debug)]
pub struct Pauses {
	next: Duration,
}

impl Default for Pauses {
	fn default() -> Self {
		Self { next: FIRST_PAUSE }
	}
}

impl Pauses {
	/// The time until the next measurement. A machine that really is that slow measures ever less
	/// often.
	pub fn take(&mut self) -> Duration {
		let pause = self.next;
		self.next = pause.saturating_mul(2).min(LAST_PAUSE);
		pause
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const HOUR: Duration = Duration::from_secs(3600);
	const SECOND: Duration = Duration::from_secs(1);

	#[test]
	fn one_slow_proof_among_others_changes_nothing() {
		let mut times = Times::new(SECOND);
		times.add(2 * SECOND);
		times.add(HOUR);
		assert_eq!(times.expected(), 2 * SECOND);
	}

	#[test]
	fn a_first_measurement_that_was_wrong_is_outvoted_by_two_others() {
		let mut times = Times::new(HOUR);
		times.add(SECOND);
		assert_eq!(times.expected(), HOUR, "the bond is at risk: the slower one of two");
		times.add(SECOND);
		assert_eq!(times.expected(), SECOND);
	}

	#[test]
	fn a_machine_that_has_become_slower_is_believed_after_three_proofs() {
		let mut times = Times::new(SECOND);
		for _ in 0..10 {
			times.add(SECOND);
		}
		times.add(HOUR);
		times.add(HOUR);
		assert_eq!(times.expected(), SECOND);
		times.add(HOUR);
		assert_eq!(times.expected(), HOUR);
	}

	#[test]
	fn the_file_of_a_single_measurement_can_be_read() {
		let times: Times = serde_json::from_str(r#"{"secs":1,"nanos":500000000}"#).unwrap();
		assert_eq!(times, Times::new(Duration::from_millis(1500)));
		let mut times = times;
		times.add(SECOND);
		let text = serde_json::to_string(&times).unwrap();
		assert_eq!(serde_json::from_str::<Times>(&text).unwrap(), times, "{text}");
	}

	#[test]
	fn measurements_are_repeated_soon_and_then_ever_less_often() {
		let mut pauses = Pauses::default();
		assert_eq!([pauses.take(), pauses.take()], [FIRST_PAUSE, 2 * FIRST_PAUSE]);
		for _ in 0..20 {
			assert!(pauses.take() <= LAST_PAUSE);
		}
	}
}
