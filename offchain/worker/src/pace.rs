// SPDX-License-Identifier: Apache-2.0
//! How fast blocks come, by this machine's clock.

use candor_client::chain::types::BlockNumber;
use std::{
	collections::VecDeque,
	time::{Duration, Instant},
};

/// Blocks over which the pace is measured.
const WINDOW: usize = 20;
/// Intervals after which it counts as known.
const ENOUGH: BlockNumber = 2;
/// How long blocks may fail to come before [`NOMINAL`] is believed.
const PATIENCE: Duration = Duration::from_secs(15);
/// The time between blocks that a chain without news is thought to have: one that makes blocks on
/// demand spends no time while nothing happens.
const NOMINAL: Duration = Duration::from_secs(6);

/// The pace of blocks.
#[derive(Debug)]
pub struct Pace {
	since: Instant,
	seen: VecDeque<(BlockNumber, Instant)>,
}

impl Pace {
	/// Nothing is known yet.
	pub fn new(now: Instant) -> Self {
		Self { since: now, seen: VecDeque::with_capacity(WINDOW) }
	}

	/// A pace that is known at this height, for tests.
	#[cfg(test)]
	pub fn steady(interval: Duration, height: BlockNumber, now: Instant) -> Self {
		let mut pace = Self::new(now);
		let earlier = height.saturating_sub(ENOUGH);
		pace.observe(earlier, now.checked_sub(interval * (height - earlier)).unwrap_or(now));
		pace.observe(height, now);
		pace
	}

	/// A block arrived.
	pub fn observe(&mut self, block: BlockNumber, now: Instant) {
		if self.seen.back().is_some_and(|(last, _)| block <= *last) {
			return;
		}
		if self.seen.len() == WINDOW {
			self.seen.pop_front();
		}
		self.seen.push_back((block, now));
	}

	/// The time between blocks, once it is known. They come in bursts, so this is the mean.
	pub fn interval(&self, now: Instant) -> Option<Duration> {
		let measured = self.seen.front().zip(self.seen.back()).and_then(|(first, last)| {
			let blocks = last.0 - first.0;
			(blocks >= ENOUGH).then(|| last.1.duration_since(first.1) / blocks)
		});
		measured.or_else(|| (now.duration_since(self.since) >= PATIENCE).then_some(NOMINAL))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const SECOND: Duration = Duration::from_secs(1);

	#[test]
	fn is_the_mean_of_what_was_seen() {
		let start = Instant::now();
		let mut pace = Pace::new(start);
		for (block, seconds) in [(10, 0), (11, 6), (12, 12)] {
			assert_eq!(pace.interval(start), None);
			pace.observe(block, start + seconds * SECOND);
		}
		assert_eq!(pace.interval(start), Some(6 * SECOND));
		// Three blocks become final at once.
		pace.observe(15, start + 30 * SECOND);
		assert_eq!(pace.interval(start), Some(6 * SECOND));
	}

	#[test]
	fn follows_the_chain_and_forgets_what_is_long_past() {
		let start = Instant::now();
		let mut pace = Pace::new(start);
		pace.observe(1, start);
		for block in 0..40 {
			pace.observe(100 + block, start + 1000 * SECOND + block * SECOND);
		}
		assert_eq!(pace.interval(start), Some(SECOND));
	}

	#[test]
	fn of_a_chain_that_makes_blocks_on_demand_is_nominal_after_a_while() {
		let start = Instant::now();
		let pace = Pace::new(start);
		assert_eq!(pace.interval(start + PATIENCE - SECOND), None);
		assert_eq!(pace.interval(start + PATIENCE), Some(NOMINAL));
	}
}
