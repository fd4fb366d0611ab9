// SPDX-License-Identifier: Apache-2.0

//! Weights of the calls. The runtime holds measured ones; those of `()` are estimates for tests.

use crate::{Answer, Config, Distinct};
use alloc::{collections::BTreeSet, vec::Vec};
use candor_market::Proofs;
use candor_proof_system::{percent_of, Effort};
use candor_statement::{packed_len, public_input_count};
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, Weight},
};
use frame_system::pallet_prelude::BlockNumberFor;

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Of `open`, with an inline input of so many bytes.
	fn open(input_bytes: u32) -> Weight;
	/// Of `open_batch`, with so many inputs, each of them inline and as long as can be.
	fn open_batch(inputs: u32) -> Weight;
	/// Of `cancel`.
	fn cancel() -> Weight;
	/// Of `claim`.
	fn claim() -> Weight;
	/// Of `submit`, for a statement with so many public inputs.
	fn submit(inputs: u32) -> Weight;
	/// Of `expire`.
	fn expire() -> Weight;
	/// Of `decline`.
	fn decline() -> Weight;
	/// Of `submit_batch`; see [`BatchSize`].
	fn submit_batch(
		proofs: u32,
		keys: u32,
		inputs: u32,
		longest_outputs: u32,
		requesters: u32,
		workers: u32,
		versions: u32,
	) -> Weight;
}

/// What a batch weighs by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSize {
	/// Runs that are proved, each of which settles a job. Each weighs like a proof of its own.
	pub proofs: u32,
	/// Different keys that the proofs are under.
	pub keys: u32,
	/// Public inputs of these keys. Those of a key count once, however many proofs it has.
	pub inputs: u32,
	/// Words of all outputs.
	pub words: u32,
	/// Different requesters.
	pub requesters: u32,
	/// Different workers.
	pub workers: u32,
	/// Different versions.
	pub versions: u32,
	/// Jobs that are skipped. None of the other numbers counts them.
	pub skipped: u32,
	/// What verification takes in the dearest of the keys' systems.
	pub effort: Effort,
}

/// Storage entries that are read to find that an answer is to be skipped: its job and its circuit.
const SKIPPED_READS: u64 = 2;

impl BatchSize {
	/// The largest that a batch of these answers can be, of whose jobs this was declared: nothing is skipped,
	/// the keys are the largest of those that the answers can be under, and one is of the dearest system.
	///
	/// What is more than there can be counts as what can be: each job has one of each.
	pub fn declared<T: Config>(answers: &[Answer<T>], distinct: Distinct) -> Self {
		let (mut proofs, mut words) = (0u32, 0u32);
		let (mut key_inputs, mut workers) = (Vec::new(), BTreeSet::new());
		for Answer { worker, runs, places, .. } in answers {
			proofs = proofs.saturating_add(count(runs.len()));
			workers.insert(worker);
			let lengths = runs.iter().map(|run| count(run.output.len()));
			let longest = lengths.clone().max().unwrap_or(0);
			// Of each place as many as a proof of one run has.
			key_inputs.push(u32::from(*places).saturating_mul(public_input_count(longest)));
			words = lengths.map(packed_len).fold(words, u32::saturating_add);
		}
		let keys = u32::from(distinct.circuits).min(count(answers.len()));
		key_inputs.sort_unstable_by(|one, other| other.cmp(one));
		let inputs = key_inputs.iter().take(usize::try_from(keys).unwrap_or(usize::MAX));
		Self {
			proofs,
			keys,
			inputs: inputs.copied().fold(0, u32::saturating_add),
			words,
			requesters: u32::from(distinct.requesters).min(proofs),
			workers: count(workers.len()),
			versions: u32::from(distinct.versions).min(proofs),
			skipped: 0,
			effort: dearest::<T>(),
		}
	}

	/// What verifying and settling it weighs.
	///
	/// No more than its jobs do one by one: what a batch weighs whatever is in it was found from
	/// larger ones, and is too much for a few jobs.
	pub fn weight<T: Config>(self) -> Weight {
		let skipped = T::DbWeight::get().reads(SKIPPED_READS.saturating_mul(self.skipped.into()));
		if self.proofs == 0 {
			return skipped;
		}
		let longest = packed_len(T::MaxOutputBytes::get()).max(1);
		let keys = percent_of(self.effort.key, self.keys.into());
		let together = in_system(
			self.effort.batched,
			T::WeightInfo::submit_batch(
				self.proofs,
				u32::try_from(keys).unwrap_or(u32::MAX),
				self.inputs,
				self.words.div_ceil(longest),
				self.requesters,
				self.workers,
				self.versions,
			),
		);
		let one_by_one = self.weight_one_by_one::<T>();
		let settled =
			if one_by_one.ref_time() < together.ref_time() { one_by_one } else { together };
		settled.saturating_add(skipped)
	}

	/// What as many single answers of the same mean length weigh.
	fn weight_one_by_one<T: Config>(self) -> Weight {
		let proofs = self.proofs;
		let of_words = public_input_count(0).saturating_add(self.words.div_ceil(proofs.max(1)));
		// A key of several runs has more inputs than one run that is proved under it.
		let inputs = of_words.max(self.inputs.div_ceil(proofs.max(1)));
		// A single answer's sender is its worker, whose account counts as the sender's there.
		let worker = T::DbWeight::get().reads_writes(1, 1);
		single::<T>(self.effort, inputs).saturating_add(worker).saturating_mul(proofs.into())
	}

	/// What its only answer weighs if its worker sends it.
	pub fn weight_alone<T: Config>(self) -> Weight {
		single::<T>(self.effort, self.inputs)
	}
}

/// What an answer with an output of this length weighs at most, whatever proof system its circuit is of.
pub fn submit<T: Config>(output: usize) -> Weight {
	single::<T>(dearest::<T>(), public_inputs(output))
}

fn single<T: Config>(effort: Effort, inputs: u32) -> Weight {
	in_system(effort.single, T::WeightInfo::submit(inputs))
}

/// What verification takes in the dearest of all systems.
fn dearest<T: Config>() -> Effort {
	<T::Proofs as Proofs<BlockNumberFor<T>>>::EFFORT
}

/// A measured weight, in a system that takes so many percent of its time.
fn in_system(percent: u32, measured: Weight) -> Weight {
	Weight::from_parts(percent_of(percent, measured.ref_time()), measured.proof_size())
}

/// A length of something in a call, which bounds keep below `u32::MAX`.
pub fn count(length: usize) -> u32 {
	u32::try_from(length).unwrap_or(u32::MAX)
}

/// The number of public inputs of a statement about an output of this length.
pub fn public_inputs(output: usize) -> u32 {
	public_input_count(count(output))
}

/// One microsecond of computation.
const MICROSECOND: u64 = 1_000_000;
/// Estimated size of an entry in a proof of storage, in bytes.
const ENTRY_PROOF: u64 = 8_192;
/// Estimated microseconds of computation for each byte that is copied and hashed.
const PER_BYTE: u64 = 1;
/// Estimated microseconds of computation for each job that is opened with others.
const OPENING: u64 = 150;
/// Estimated microseconds of computation for a verification without public inputs, and settlement:
/// twice what `make bench` shows for Wasm with host functions, as are those that follow.
const VERIFICATION: u64 = 2_000;
/// Estimated microseconds of computation for each public input.
const PER_INPUT: u64 = 50;
/// Estimated microseconds of computation for a batch, whatever is in it.
const BATCH: u64 = 800;
/// Estimated microseconds of computation for each proof of a batch, and its settlement.
const PER_PROOF: u64 = 500;
/// Estimated microseconds of computation for the longest output of a batch.
const PER_LONGEST_OUTPUT: u64 = 100;
/// Estimated microseconds of computation for each key of a batch.
const PER_KEY: u64 = 1_200;

impl WeightInfo for () {
	fn open(input_bytes: u32) -> Weight {
		estimate(micros(150, PER_BYTE, input_bytes), 10, 7)
	}

	/// Each input costs its job; version, next id, account and holds are written once.
	fn open_batch(inputs: u32) -> Weight {
		let jobs = u64::from(inputs);
		let microseconds = OPENING.saturating_mul(jobs).saturating_add(100);
		estimate(microseconds, 9, jobs.saturating_add(6))
	}

	fn cancel() -> Weight {
		estimate(120, 5, 5)
	}

	fn claim() -> Weight {
		estimate(250, 12, 12)
	}

	fn submit(inputs: u32) -> Weight {
		estimate(micros(VERIFICATION, PER_INPUT, inputs), 17, 16)
	}

	fn expire() -> Weight {
		estimate(300, 12, 12)
	}

	fn decline() -> Weight {
		estimate(300, 11, 10)
	}

	/// Each proof costs its job; each key its circuit and its prepared key; each requester its account
	/// and its holds; each worker its account, record and reputation; each version its record; all of them the
	/// pot. Of these, circuits and keys are only read.
	fn submit_batch(
		proofs: u32,
		keys: u32,
		inputs: u32,
		longest_outputs: u32,
		requesters: u32,
		workers: u32,
		versions: u32,
	) -> Weight {
		let [proofs, keys, requesters, workers, versions] =
			[proofs, keys, requesters, workers, versions].map(u64::from);
		let microseconds = BATCH
			.saturating_add(PER_PROOF.saturating_mul(proofs))
			.saturating_add(PER_KEY.saturating_mul(keys))
			.saturating_add(PER_INPUT.saturating_mul(inputs.into()))
			.saturating_add(PER_LONGEST_OUTPUT.saturating_mul(longest_outputs.into()));
		let writes = proofs
			.saturating_add(requesters.saturating_mul(2))
			.saturating_add(workers.saturating_mul(3))
			.saturating_add(versions)
			.saturating_add(2);
		let reads = writes.saturating_add(keys.saturating_mul(2));
		estimate(microseconds, reads, writes)
	}
}

/// So much computation and so many reads and writes.
fn estimate(microseconds: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(microseconds.saturating_mul(MICROSECOND), reads.saturating_mul(ENTRY_PROOF))
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

/// Microseconds that grow with a count.
fn micros(base: u64, each: u64, count: u32) -> u64 {
	base.saturating_add(each.saturating_mul(count.into()))
}
