// SPDX-License-Identifier: Apache-2.0

//! How many jobs a block settles, by the weights that the runtime applies: those in
//! `runtime/src/weights`, storage included.

#![allow(clippy::print_stdout, reason = "the report")]

use candor_proof_system::{percent_of, Effort, ProofSystems};
use candor_runtime::{
	configs::{circuits::Systems, system::RuntimeBlockWeights},
	Runtime,
};
use candor_statement::public_input_count;
use clap::Parser;
use comfy_table::{presets::UTF8_HORIZONTAL_ONLY, CellAlignment, Table};
use frame_support::{
	dispatch::DispatchClass,
	weights::{constants::WEIGHT_REF_TIME_PER_MICROS, Weight},
};
use pallet_jobs::{weights::BatchSize, WeightInfo};
use serde::Serialize;

type Weights = <Runtime as pallet_jobs::Config>::WeightInfo;

/// Prints how many jobs a block settles at the runtime's weights.
#[derive(Parser)]
#[command(version)]
struct Options {
	/// Public inputs of each key: three, and one for every 31 bytes of output.
	#[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(3..=64))]
	inputs: u32,

	/// Print JSON.
	#[arg(long)]
	json: bool,
}

/// What a block has for ordinary transactions, and what becomes of it.
#[derive(Serialize)]
struct Capacity {
	/// Computation in a block, in microseconds.
	block_microseconds: f64,
	/// What each transaction takes beside its call: signature, nonce, fee.
	transaction_microseconds: f64,
	/// Ways to settle jobs.
	settlements: Vec<Settlement>,
}

/// A block full of one kind of transaction.
#[derive(Serialize)]
struct Settlement {
	/// The call.
	call: &'static str,
	/// Jobs that a transaction settles.
	proofs: u32,
	/// Keys that their proofs are under.
	keys: u32,
	/// Public inputs of each key.
	inputs: u32,
	/// Accounts that the jobs are for.
	requesters: u32,
	/// Accounts that have answered.
	workers: u32,
	/// Versions that were asked.
	versions: u32,
	/// Weight for each job, the transaction's own share included.
	microseconds_per_job: f64,
	/// Jobs that a block settles.
	jobs_per_block: u64,
}

/// How many jobs there are in a batch, and what they have in common.
#[derive(Clone, Copy, PartialEq)]
struct Jobs {
	proofs: u32,
	keys: u32,
	requesters: u32,
	workers: u32,
	versions: u32,
}

impl Jobs {
	/// Nothing in common but keys.
	const fn all_different(proofs: u32, keys: u32) -> Self {
		Self { proofs, keys, requesters: proofs, workers: proofs, versions: proofs }
	}

	/// From everything in common, over one worker's jobs for others, to nothing.
	fn alike_and_not(proofs: u32, keys: u32) -> Vec<Self> {
		let different = Self::all_different(proofs, keys);
		let one_workers = Self { workers: 1, versions: keys, ..different };
		let mut all = vec![Self { requesters: 1, ..one_workers }, one_workers, different];
		all.dedup();
		all
	}

	/// The weight of the batch, if each key has so many public inputs and verification takes this.
	fn weight(self, inputs: u32, effort: Effort) -> Weight {
		let Self { proofs, keys, requesters, workers, versions } = self;
		let words = proofs * (inputs - public_input_count(0));
		let inputs = keys * inputs;
		BatchSize { proofs, keys, inputs, words, requesters, workers, versions, skipped: 0, effort }
			.weight::<Runtime>()
	}
}

fn main() -> anyhow::Result<()> {
	let Options { inputs, json } = Options::parse();
	let capacity = Capacity::new(inputs)?;
	if json {
		println!("{}", serde_json::to_string_pretty(&capacity)?);
	} else {
		println!("{}", capacity.table());
	}
	Ok(())
}

impl Capacity {
	fn new(inputs: u32) -> anyhow::Result<Self> {
		let block = RuntimeBlockWeights::get();
		let normal = block.get(DispatchClass::Normal);
		let budget = normal.max_total.map_or(u64::MAX, |total| total.ref_time());
		let transaction = normal.base_extrinsic.ref_time();
		let fill = |call, jobs: Jobs, before: Weight, after: Weight| {
			let [before, after] = [before, after].map(|weight| weight.ref_time() + transaction);
			let Jobs { proofs, keys, requesters, workers, versions } = jobs;
			Settlement {
				call,
				proofs,
				keys,
				inputs,
				requesters,
				workers,
				versions,
				microseconds_per_job: micros(after) / f64::from(proofs),
				jobs_per_block: calls(budget, before, after) * u64::from(proofs),
			}
		};
		let alone = |effort: Effort| {
			let measured = Weights::submit(inputs);
			let time = percent_of(effort.single, measured.ref_time());
			Weight::from_parts(time, measured.proof_size())
		};
		// What the jobs have in common is told before; only of which system their circuits are is not.
		let (before, after) = (Systems::EFFORT, Effort::MEASURED);
		let one = Jobs { proofs: 1, keys: 1, requesters: 1, workers: 1, versions: 1 };
		let mut settlements = vec![fill("submit", one, alone(before), alone(after))];
		for proofs in [1, 4, 16, 64, 256] {
			for keys in [1, 4, 16].into_iter().filter(|keys| *keys <= proofs) {
				for jobs in Jobs::alike_and_not(proofs, keys) {
					let [before, after] = [before, after].map(|effort| jobs.weight(inputs, effort));
					settlements.push(fill("submit_batch", jobs, before, after));
				}
			}
		}
		Ok(Self {
			block_microseconds: micros(budget),
			transaction_microseconds: micros(transaction),
			settlements,
		})
	}

	fn table(&self) -> String {
		let mut table = Table::new();
		table.load_preset(UTF8_HORIZONTAL_ONLY).set_header([
			"call",
			"jobs",
			"keys",
			"inputs",
			"requesters",
			"workers",
			"versions",
			"µs per job",
			"jobs per block",
		]);
		for column in table.column_iter_mut().skip(1) {
			column.set_cell_alignment(CellAlignment::Right);
		}
		for row in &self.settlements {
			table.add_row([
				row.call.to_owned(),
				row.proofs.to_string(),
				row.keys.to_string(),
				row.inputs.to_string(),
				row.requesters.to_string(),
				row.workers.to_string(),
				row.versions.to_string(),
				format!("{:.0}", row.microseconds_per_job),
				row.jobs_per_block.to_string(),
			]);
		}
		format!(
			"{table}\na block has {:.0} ms for transactions, of which each takes {:.0} µs for itself",
			self.block_microseconds / 1e3,
			self.transaction_microseconds
		)
	}
}

/// How many calls fit, each of which is let in at its weight before dispatch and then counts with its
/// weight after.
const fn calls(budget: u64, before: u64, after: u64) -> u64 {
	match budget.checked_sub(before) {
		Some(rest) => 1 + rest / after,
		None => 0,
	}
}

fn micros(picoseconds: u64) -> f64 {
	picoseconds as f64 / WEIGHT_REF_TIME_PER_MICROS as f64
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn calls_fit_by_their_weight_before_dispatch_and_count_by_the_one_after() {
		assert_eq!(calls(100, 101, 10), 0);
		assert_eq!(calls(100, 100, 10), 1);
		assert_eq!(calls(100, 91, 10), 1);
		assert_eq!(calls(100, 90, 10), 2);
		assert_eq!(calls(100, 10, 10), 10);
	}
}
