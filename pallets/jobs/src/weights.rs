// SPDX-License-Identifier: Apache-2.0

//! Weights of the calls. The runtime holds measured ones; those of `()` are estimates for tests.

use candor_statement::public_input_count;
use frame_support::weights::{constants::RocksDbWeight, Weight};

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Of `open`, with an inline input of so many bytes.
	fn open(input_bytes: u32) -> Weight;
	/// Of `cancel`.
	fn cancel() -> Weight;
	/// Of `claim`.
	fn claim() -> Weight;
	/// Of `submit`, for a statement with so many public inputs.
	fn submit(inputs: u32) -> Weight;
	/// Of `expire`.
	fn expire() -> Weight;
	/// Of `submit_batch`, with so many proofs under so many different keys that have so many public
	/// inputs together. The inputs of a key count once, however many proofs it has.
	fn submit_batch(proofs: u32, keys: u32, inputs: u32) -> Weight;
}

/// The length of bytes in a call, which bounds keep below `u32::MAX`.
pub fn bytes(length: usize) -> u32 {
	u32::try_from(length).unwrap_or(u32::MAX)
}

/// The number of public inputs of a statement about an output of this length.
pub fn public_inputs(output: usize) -> u32 {
	public_input_count(bytes(output))
}

/// The number of public inputs of all statements about outputs of these lengths.
pub fn inputs(outputs: impl Iterator<Item = usize>) -> u32 {
	outputs.map(public_inputs).fold(0, u32::saturating_add)
}

/// One microsecond of computation.
const MICROSECOND: u64 = 1_000_000;
/// Estimated size of an entry in a proof of storage, in bytes.
const ENTRY_PROOF: u64 = 8_192;
/// Estimated microseconds of computation for each byte that is copied and hashed.
const PER_BYTE: u64 = 1;
/// Estimated microseconds of computation for a verification without public inputs, and settlement:
/// twice what `make bench` shows for Wasm with host functions, as are those that follow.
const VERIFICATION: u64 = 2_000;
/// Estimated microseconds of computation for each public input.
const PER_INPUT: u64 = 50;
/// Estimated microseconds of computation for a batch, whatever is in it.
const BATCH: u64 = 800;
/// Estimated microseconds of computation for each proof of a batch, and its settlement.
const PER_PROOF: u64 = 500;
/// Estimated microseconds of computation for each key of a batch.
const PER_KEY: u64 = 1_200;

impl WeightInfo for () {
	fn open(input_bytes: u32) -> Weight {
		estimate(micros(150, PER_BYTE, input_bytes), 9, 7)
	}

	fn cancel() -> Weight {
		estimate(120, 5, 5)
	}

	fn claim() -> Weight {
		estimate(250, 12, 12)
	}

	fn submit(inputs: u32) -> Weight {
		estimate(micros(VERIFICATION, PER_INPUT, inputs), 18, 16)
	}

	fn expire() -> Weight {
		estimate(300, 12, 12)
	}

	/// As if no two jobs had an account or a version in common:
	/// each then reads its job, requester and hold, worker, its record and reputation, model, version and
	/// owner, and writes all of them but the model; each key costs its circuit and its prepared key.
	fn submit_batch(proofs: u32, keys: u32, inputs: u32) -> Weight {
		let (proofs, keys) = (u64::from(proofs), u64::from(keys));
		let microseconds = BATCH
			.saturating_add(PER_PROOF.saturating_mul(proofs))
			.saturating_add(PER_KEY.saturating_mul(keys))
			.saturating_add(PER_INPUT.saturating_mul(inputs.into()));
		let reads =
			proofs.saturating_mul(9).saturating_add(keys.saturating_mul(2)).saturating_add(2);
		let writes = proofs.saturating_mul(8).saturating_add(1);
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
