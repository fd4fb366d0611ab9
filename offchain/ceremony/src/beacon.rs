// SPDX-License-Identifier: Apache-2.0
//! Contributions that follow from a public random value.

use crate::{
	digest::Digest,
	trapdoor::{is_change, number, Trapdoor},
};
use ark_bn254::Fr;
use sp_crypto_hashing::sha2_256;
use zeroize::Zeroizing;

/// The fewest bytes of a beacon's value.
pub const MIN_BEACON_BYTES: usize = 16;
/// The most bytes of a beacon's value.
pub const MAX_BEACON_BYTES: usize = 255;
/// The least exponent of the number of hashes.
pub const MIN_BEACON_EXPONENT: u8 = 10;
/// The greatest exponent of the number of hashes: some ten minutes, which everybody who verifies
/// the transcript spends as well.
pub const MAX_BEACON_EXPONENT: u8 = 32;

/// A public random value that nobody could know before a moment that was announced, and how often it
/// is hashed, so that whoever can choose among a few values has no time to.
///
/// Its factors are no secrets: it takes the last word from contributors, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beacon {
	value: Vec<u8>,
	exponent: u8,
}

/// What cannot be a beacon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
	"a beacon is {MIN_BEACON_BYTES} to {MAX_BEACON_BYTES} bytes, hashed 2^{MIN_BEACON_EXPONENT} to \
	 2^{MAX_BEACON_EXPONENT} times"
)]
pub struct NotABeacon;

impl Beacon {
	/// A beacon of a value that is hashed `2^exponent` times.
	///
	/// # Errors
	///
	/// A value or an exponent out of bounds.
	pub fn new(value: &[u8], exponent: u8) -> Result<Self, NotABeacon> {
		let fits = (MIN_BEACON_BYTES..=MAX_BEACON_BYTES).contains(&value.len())
			&& (MIN_BEACON_EXPONENT..=MAX_BEACON_EXPONENT).contains(&exponent);
		if !fits {
			return Err(NotABeacon);
		}
		Ok(Self { value: value.to_vec(), exponent })
	}

	/// The value.
	pub fn value(&self) -> &[u8] {
		&self.value
	}

	/// The exponent of the number of hashes.
	pub const fn exponent(&self) -> u8 {
		self.exponent
	}

	/// How often it is hashed.
	pub(crate) const fn hashes(&self) -> u64 {
		1 << self.exponent
	}

	/// The value, hashed with SHA-256 as often as it says.
	pub(crate) fn hashed(&self) -> Hashed {
		let mut hash = sha2_256(&self.value);
		for _ in 1..self.hashes() {
			hash = sha2_256(&hash);
		}
		Hashed(hash)
	}
}

/// What a beacon's factors follow from.
pub(crate) struct Hashed([u8; 32]);

impl Hashed {
	/// The factor of a trapdoor, after a transcript with the hash `before`.
	pub fn factor(&self, before: Digest, trapdoor: Trapdoor) -> Zeroizing<Fr> {
		let mut input = b"candor ceremony beacon".to_vec();
		input.extend(before.0);
		input.push(trapdoor.tag());
		input.extend(self.0);
		loop {
			let factor = number(&input);
			if is_change(&factor) {
				return factor;
			}
			input.push(0);
		}
	}
}
