// SPDX-License-Identifier: Apache-2.0

//! Whether the chain's clock is ahead of the wall's, as instant sealing makes it. In slots, no block
//! can be made then before the wall has caught up.

use super::{Block, Client};
use log::warn;
use sc_consensus_aura::find_pre_digest;
use sc_service::error::Error;
use sp_consensus_aura::{sr25519::AuthoritySignature, Slot, SlotDuration};
use sp_timestamp::Timestamp;
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;

/// How often it is told that the chain waits.
const REMINDER: Duration = Duration::from_secs(60);

/// How long until a block may follow one of slot `head`, where that slot is not over by `now`.
fn until_next(head: Slot, now: Timestamp, slot_duration: SlotDuration) -> Option<Duration> {
	if head <= Slot::from_timestamp(now, slot_duration) {
		return None;
	}
	let next = head.saturating_add(1u64).timestamp(slot_duration)?;
	Some(Duration::from_millis(next.as_millis().saturating_sub(now.as_millis())))
}

/// Wait until the wall's clock has caught up with the chain's, and say so meanwhile.
///
/// # Errors
///
/// Where the database cannot be read.
pub async fn catch_up(client: Arc<Client>, slot_duration: SlotDuration) -> Result<(), Error> {
	loop {
		let chain = client.chain_info();
		let head =
			client.header(chain.best_hash)?.ok_or("the newest block is not in the database")?;
		let slot = find_pre_digest::<Block, AuthoritySignature>(&head)
			.map_err(|error| Error::Other(error.to_string()))?;
		let Some(rest) = until_next(slot, Timestamp::current(), slot_duration) else {
			return Ok(());
		};
		warn!(
			"⏳ The chain's clock is ahead of this machine's: block #{} is of a slot that ends in {}. \
			 This node makes no block before. If this machine's clock is right, the blocks were made \
			 with --sealing instant: wait, or go on with --sealing instant, or begin a new chain with \
			 another --base-path",
			chain.best_number,
			spelled(rest),
		);
		sleep(rest.min(REMINDER)).await;
	}
}

/// A duration in words.
fn spelled(duration: Duration) -> String {
	let seconds = duration.as_secs();
	match (seconds / 3600, seconds / 60 % 60) {
		(0, 0) => format!("{seconds} s"),
		(0, minutes) => format!("{minutes} min"),
		(hours, minutes) => format!("{hours} h {minutes} min"),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const SLOT: SlotDuration = SlotDuration::from_millis(6000);

	#[test]
	fn a_head_of_this_slot_or_before_needs_no_waiting() {
		for head in [0u64, 99, 100] {
			assert_eq!(until_next(head.into(), Timestamp::new(600_001), SLOT), None);
		}
	}

	#[test]
	fn a_head_ahead_of_the_wall_waits_for_the_slot_after_it() {
		let rest = until_next(101u64.into(), Timestamp::new(600_001), SLOT);
		assert_eq!(rest, Some(Duration::from_millis(11_999)));
	}

	#[test]
	fn durations_are_spelled_as_people_say_them() {
		assert_eq!(spelled(Duration::from_secs(59)), "59 s");
		assert_eq!(spelled(Duration::from_secs(119)), "1 min");
		assert_eq!(spelled(Duration::from_secs(7260)), "2 h 1 min");
	}
}
