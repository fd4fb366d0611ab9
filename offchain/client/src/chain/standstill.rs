// SPDX-License-Identifier: Apache-2.0
//! Blocks that do not count, by which deadlines are later than they were agreed.

use super::{
	api::{generated, runtime},
	client::Client,
	error::ChainError,
	types::{BlockNumber, CircuitId, Claim, Job},
	view::View,
	work::decode,
};
use std::collections::BTreeMap;
use subxt::utils::H256;

/// How many blocks so far did not count for jobs: those that were full, and for each circuit those in which
/// it was frozen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standstill {
	full: BlockNumber,
	frozen: BTreeMap<CircuitId, BlockNumber>,
}

impl Standstill {
	/// So many full blocks, and so many more for each of these circuits.
	pub fn new(
		full: BlockNumber,
		frozen: impl IntoIterator<Item = (CircuitId, BlockNumber)>,
	) -> Self {
		Self { full, frozen: frozen.into_iter().collect() }
	}

	/// How many blocks did not count since the job was opened. Of a circuit that was not asked about only the
	/// full ones are known, so that it is no more than the truth.
	pub fn moved(&self, job: &Job) -> BlockNumber {
		let frozen = self.frozen.get(&job.circuit).copied().unwrap_or(0);
		self.full.saturating_add(frozen).saturating_sub(job.standstill)
	}

	/// The last block in which an answer to the job counts, if every block from now on does.
	pub fn deadline(&self, job: &Job) -> BlockNumber {
		job.deadline.saturating_add(self.moved(job))
	}

	/// The last block in which the claimant's answer counts, if every block from now on does.
	pub fn until(&self, job: &Job, claim: &Claim) -> BlockNumber {
		claim.until.saturating_add(self.moved(job))
	}
}

impl Client {
	/// How many blocks did not count for jobs on these circuits, with one question to the node.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn standstill_at(
		&self,
		view: &View,
		circuits: impl IntoIterator<Item = CircuitId>,
	) -> Result<Standstill, ChainError> {
		let storage = view.at.storage();
		let full = storage.entry(runtime::storage().jobs().standstill())?;
		let infos = storage.entry(runtime::storage().circuits().circuits())?;
		let full_key = full.fetch_key(())?;
		let mut keys = vec![full_key.clone()];
		let mut asked = Vec::new();
		for id in circuits {
			let key = infos.fetch_key((generated::CircuitId(H256(id.0)),))?;
			asked.push((id, key.clone()));
			keys.push(key);
		}
		let values = self.values_at(view, &keys).await?;
		let full = match values.get(&full_key) {
			Some(bytes) => decode(view, full.pallet_name(), full.entry_name(), bytes)?,
			None => 0,
		};
		let mut frozen = BTreeMap::new();
		for (id, key) in asked {
			let Some(bytes) = values.get(&key) else { continue };
			let info: generated::CircuitInfo =
				decode(view, infos.pallet_name(), infos.entry_name(), bytes)?;
			frozen.insert(id, paused(info.paused, info.frozen_at, view.number(), full));
		}
		Ok(Standstill { full, frozen })
	}
}

/// How many blocks a circuit was frozen for by the block `number`: those of freezes that are over, and those of one that
/// began at `frozen_at` and lasts. Freezes are measured by the clock of the market, for which full blocks are none.
fn paused(
	over: BlockNumber,
	frozen_at: Option<BlockNumber>,
	number: BlockNumber,
	full: BlockNumber,
) -> BlockNumber {
	let clock = number.saturating_sub(full);
	over.saturating_add(frozen_at.map_or(0, |since| clock.saturating_sub(since)))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{answer::testing::job, chain::Amount};
	use subxt::utils::AccountId32;

	#[test]
	fn a_deadline_moves_by_the_blocks_since_the_opening_that_did_not_count() {
		let job = Job { standstill: 30, deadline: 200, ..job() };
		let claim =
			Claim { worker: AccountId32([2; 32]), until: 150, price: Amount(1), bond: Amount(1) };
		let other = CircuitId([1; 32]);
		for (full, frozen, moved) in [
			(30, vec![], 0),
			(42, vec![], 12),
			(42, vec![(other, 100)], 12),
			(42, vec![(job.circuit, 5)], 17),
			// A node that is behind.
			(29, vec![], 0),
		] {
			let standstill = Standstill::new(full, frozen);
			assert_eq!(standstill.moved(&job), moved);
			assert_eq!(standstill.deadline(&job), 200 + moved);
			assert_eq!(standstill.until(&job, &claim), 150 + moved);
		}
	}

	#[test]
	fn a_circuit_is_frozen_for_the_blocks_of_the_markets_clock() {
		// Block 100 is 70 by a clock that 30 full blocks have stopped.
		for (over, frozen_at, blocks) in [
			(0, None, 0),
			(7, None, 7),
			(0, Some(50), 20),
			(7, Some(50), 27),
			(7, Some(70), 7),
			// A node that is behind.
			(7, Some(71), 7),
		] {
			assert_eq!(paused(over, frozen_at, 100, 30), blocks, "{over} {frozen_at:?}");
		}
		assert_eq!(paused(7, Some(50), 100, 0), 57);
		assert_eq!(paused(BlockNumber::MAX, Some(0), 100, 0), BlockNumber::MAX);
	}
}
