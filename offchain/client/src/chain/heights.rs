// SPDX-License-Identifier: Apache-2.0
//! How far a chain has come, and how much of that is final.

use super::types::BlockNumber;
use std::fmt;

/// Blocks by which finality may lag behind the best block. More than that, and it has stalled: one
/// block takes three or so.
const USUAL_LAG: BlockNumber = 10;

/// The newest blocks of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heights {
	/// The height of the best block, which may still be undone.
	pub best: BlockNumber,
	/// The height of the last finalised block, which stays.
	pub finalised: BlockNumber,
}

impl Heights {
	/// Whether blocks are made and none becomes final.
	pub fn finality_has_stalled(self) -> bool {
		self.best.saturating_sub(self.finalised) > USUAL_LAG
	}
}

/// What is to be said of stalled finality.
impl fmt::Display for Heights {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(
			f,
			"finality has stalled since block {}, and the best block is {}",
			self.finalised, self.best
		)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn heights(finalised: BlockNumber, best: BlockNumber) -> Heights {
		Heights { best, finalised }
	}

	#[test]
	fn finality_has_stalled_when_it_lags_by_more_than_usual() {
		assert!(!heights(44, 47).finality_has_stalled());
		assert!(!heights(37, 47).finality_has_stalled());
		assert!(heights(36, 47).finality_has_stalled());
		// A node that has just seen its first final block behind a best block of another fork.
		assert!(!heights(47, 46).finality_has_stalled());
	}

	#[test]
	fn a_stall_is_told_with_the_block_since_which_it_lasts() {
		assert_eq!(
			heights(12, 47).to_string(),
			"finality has stalled since block 12, and the best block is 47"
		);
	}
}
