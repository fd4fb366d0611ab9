// SPDX-License-Identifier: Apache-2.0

//! The binding of a proof: to one chain, job and worker, or to the owner of a model.

use crate::Binding;

/// What the digest of a binding begins with.
const DOMAIN: &[u8] = b"candor/binding/v1";

/// The hash of a chain's first block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenesisHash(pub [u8; 32]);

/// The number of a job on its chain, where no two jobs ever share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobNumber(pub u64);

/// The 32 bytes of the account that has claimed a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claimant(pub [u8; 32]);

/// Binds a proof to one job on one chain, and to the worker that has claimed it:
///
/// ```text
/// blake2b-256( "candor/binding/v1" ‖ genesis ‖ job (u64, little-endian) ‖ claimant )
/// ```
///
/// with the last byte dropped, so that the value, read as a little-endian integer, is below
/// `2^248` and thereby a scalar.
pub fn binding(genesis: GenesisHash, job: JobNumber, claimant: Claimant) -> Binding {
	bind(&[DOMAIN, &genesis.0, &job.0.to_le_bytes(), &claimant.0].concat())
}

/// The first 31 bytes of the hash of `preimage`, read as a little-endian integer.
pub(crate) fn bind(preimage: &[u8]) -> Binding {
	let mut bytes = sp_crypto_hashing::blake2_256(preimage);
	let [.., last] = &mut bytes;
	*last = 0;
	Binding::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_ff::{BigInteger, PrimeField};
	use proptest::prelude::*;

	fn bound(genesis: [u8; 32], job: u64, worker: [u8; 32]) -> Binding {
		binding(GenesisHash(genesis), JobNumber(job), Claimant(worker))
	}

	proptest! {
		#[test]
		fn it_is_a_scalar_below_2_to_the_248(
			genesis: [u8; 32], job: u64, worker: [u8; 32],
		) {
			let field = bound(genesis, job, worker).to_field();
			prop_assert!(field.is_some_and(|field| field.into_bigint().num_bits() <= 248));
		}

		#[test]
		fn another_chain_job_or_worker_gives_another_one(
			genesis: [u8; 32], job: u64, worker: [u8; 32], place in 0usize..32, difference in 1u8..,
		) {
			let here = bound(genesis, job, worker);
			let mut other = genesis;
			other[place] ^= difference;
			prop_assert_ne!(here, bound(other, job, worker));
			prop_assert_ne!(here, bound(genesis, job ^ u64::from(difference), worker));
			let mut other = worker;
			other[place] ^= difference;
			prop_assert_ne!(here, bound(genesis, job, other));
			prop_assert_ne!(here, Binding::NONE);
		}
	}
}
