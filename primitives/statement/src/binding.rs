// SPDX-License-Identifier: Apache-2.0

//! The binding of a proof: to one chain, job and worker, or to the owner of a model.

use crate::Binding;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, num::ParseIntError, str::FromStr};
use scale_info::TypeInfo;

/// What the digest of a binding begins with.
const DOMAIN: &[u8] = b"candor/binding/v1";

/// The hash of a chain's first block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenesisHash(pub [u8; 32]);

impl GenesisHash {
	/// The hash with these bytes: 32 on every chain that keeps a pallet's `integrity_test`. What is missing
	/// would be zero, and what is more left out.
	pub fn from_hash(hash: &impl AsRef<[u8]>) -> Self {
		let mut bytes = [0; 32];
		bytes.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
		Self(bytes)
	}
}

/// Identity of a job on its chain: 0, 1, …; never used again.
///
/// Written in decimal digits, and in JSON as a number.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Debug,
	Default,
)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct JobId(pub u64);

impl fmt::Display for JobId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		self.0.fmt(f)
	}
}

impl FromStr for JobId {
	type Err = ParseIntError;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		text.parse().map(Self)
	}
}

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
pub fn binding(genesis: GenesisHash, job: JobId, claimant: Claimant) -> Binding {
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
		binding(GenesisHash(genesis), JobId(job), Claimant(worker))
	}

	#[test]
	fn the_hash_of_a_chain_is_its_bytes_in_their_order() {
		let bytes: [u8; 32] = core::array::from_fn(|place| place as u8 + 1);
		assert_eq!(GenesisHash::from_hash(&bytes), GenesisHash(bytes));
		let mut short = [0; 32];
		short[..2].copy_from_slice(&[7, 8]);
		assert_eq!(GenesisHash::from_hash(&[7, 8]), GenesisHash(short));
	}

	#[test]
	fn a_job_is_written_as_its_number() {
		let job = JobId(0x0102);
		assert_eq!(job.encode(), [2, 1, 0, 0, 0, 0, 0, 0]);
		assert_eq!(JobId::max_encoded_len(), 8);
		assert_eq!((alloc::format!("{job}").as_str(), "258".parse()), ("258", Ok(job)));
		for text in ["", "-1", "0x1", "18446744073709551616"] {
			assert!(text.parse::<JobId>().is_err(), "{text:?}");
		}
	}

	#[cfg(feature = "std")]
	#[test]
	fn a_job_is_a_number_in_json() {
		let job = JobId(258);
		assert_eq!(serde_json::to_string(&job).unwrap(), "258");
		assert_eq!(serde_json::from_str::<JobId>("258").unwrap(), job);
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
