// SPDX-License-Identifier: Apache-2.0

//! Weights of the calls. The runtime holds measured ones; those of `()` are estimates for tests.

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// Weights of the pallet's calls.
pub trait WeightInfo {
	/// Of `register`, for a key with so many public inputs.
	fn register(inputs: u32) -> Weight;
	/// Of `deregister`.
	fn deregister() -> Weight;
	/// Of `freeze`.
	fn freeze() -> Weight;
	/// Of `unfreeze`.
	fn unfreeze() -> Weight;
	/// Of `attest`.
	fn attest() -> Weight;
	/// Of `withdraw_attestation`.
	fn withdraw_attestation() -> Weight;
	/// Of verifying one proof under a key with so many public inputs, reading the key included.
	fn verify_proof(inputs: u32) -> Weight;
	/// Of verifying so many proofs at once, under so many keys with so many public inputs in all,
	/// reading the keys included. The inputs of a key count once, however many proofs it has. So
	/// many of the proofs are wide, of as many inputs as can be; where they have fewer, as many
	/// as have the same number of inputs together.
	fn verify_batch(proofs: u32, keys: u32, inputs: u32, wide: u32) -> Weight;
}

/// One microsecond of computation.
const MICROSECOND: u64 = 1_000_000;
/// Estimated size of a circuit's entry and key in a proof of storage, in bytes.
const CIRCUIT_PROOF: u64 = 8_192;

impl WeightInfo for () {
	/// Decoding of three points of the second group with their subgroup checks, a pairing, and one
	/// curve check for each input.
	fn register(inputs: u32) -> Weight {
		estimate(6_000, 4, 4).saturating_add(each(20, inputs))
	}

	fn deregister() -> Weight {
		estimate(60, 4, 4)
	}

	fn freeze() -> Weight {
		estimate(30, 1, 1)
	}

	fn unfreeze() -> Weight {
		estimate(30, 1, 2)
	}

	fn attest() -> Weight {
		estimate(30, 1, 1)
	}

	fn withdraw_attestation() -> Weight {
		estimate(30, 1, 1)
	}

	fn verify_proof(inputs: u32) -> Weight {
		estimate(2_000, 2, 0).saturating_add(each(50, inputs))
	}

	fn verify_batch(proofs: u32, keys: u32, inputs: u32, wide: u32) -> Weight {
		each(500, proofs)
			.saturating_add(estimate(1_200, 2, 0).saturating_mul(keys.into()))
			.saturating_add(each(50, inputs))
			.saturating_add(each(100, wide))
	}
}

/// So much computation and so many reads and writes.
fn estimate(microseconds: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(microseconds.saturating_mul(MICROSECOND), CIRCUIT_PROOF)
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

/// So much computation for each of so many.
fn each(microseconds: u64, count: u32) -> Weight {
	Weight::from_parts(microseconds.saturating_mul(MICROSECOND), 0).saturating_mul(count.into())
}
