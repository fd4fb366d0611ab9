// SPDX-License-Identifier: Apache-2.0

//! What settling a job weighs, as `candor-capacity --json` prints it.

use crate::measure::Measured;
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What the runtime lets into a block.
#[derive(Deserialize)]
struct Capacity {
	block_microseconds: f64,
	settlements: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
	call: String,
	proofs: usize,
	keys: usize,
	inputs: usize,
	requesters: usize,
	workers: usize,
	versions: usize,
	microseconds_per_job: f64,
	jobs_per_block: u64,
}

/// Settlements at the runtime's weights, storage included.
#[derive(Serialize)]
pub struct Settlements {
	/// What a block has for them, in microseconds.
	pub block_microseconds: f64,
	/// Ways to settle.
	pub ways: Vec<Settlement>,
}

/// A block full of one kind of transaction.
#[derive(Serialize)]
pub struct Settlement {
	/// The call.
	pub call: String,
	/// Jobs that it settles.
	pub proofs: usize,
	/// Keys that their proofs are under.
	pub keys: usize,
	/// Public inputs of each key.
	pub inputs: usize,
	/// Accounts that the jobs are for.
	pub requesters: usize,
	/// Accounts that have answered.
	pub workers: usize,
	/// Versions that were asked.
	pub versions: usize,
	/// The weight of one job.
	pub weight: Measured,
	/// Jobs that a block settles.
	pub jobs_per_block: u64,
}

impl Settlements {
	/// Reads what `candor-capacity --json` has printed, and puts it beside arkworks' time.
	///
	/// # Errors
	///
	/// The file cannot be read, or is another one.
	pub fn read(path: &Path, arkworks: &Measured) -> anyhow::Result<Self> {
		let text = std::fs::read_to_string(path)
			.with_context(|| format!("cannot read {}", path.display()))?;
		let capacity: Capacity = serde_json::from_str(&text)
			.with_context(|| format!("{}: not what candor-capacity prints", path.display()))?;
		let settlement = |row: Row| Settlement {
			call: row.call,
			proofs: row.proofs,
			keys: row.keys,
			inputs: row.inputs,
			requesters: row.requesters,
			workers: row.workers,
			versions: row.versions,
			weight: Measured {
				microseconds: row.microseconds_per_job,
				ratio: row.microseconds_per_job / arkworks.microseconds,
			},
			jobs_per_block: row.jobs_per_block,
		};
		Ok(Self {
			block_microseconds: capacity.block_microseconds,
			ways: capacity.settlements.into_iter().map(settlement).collect(),
		})
	}
}
