// SPDX-License-Identifier: Apache-2.0
//! What hides a commitment. Blinders of models and of inputs are told apart: exchanged, they would
//! make two other commitments.

use ark_ff::{PrimeField, UniformRand, Zero};
use candor_secret::Secret;
use candor_statement::{Fr, InputCommitment as Scalar};
use rand::{CryptoRng, RngCore};
use zeroize::Zeroizing;

/// What is hashed for a model's blinder under a key begins with this.
const MODEL_BLINDER: &[u8] = b"candor/model-blinder/v1";

/// What the blinders of a model are made of: one for each key, so that no two commitments share one.
/// Private.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelSeed(Secret<Fr>);

/// The blinder of the commitment to a model. Private.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelBlinder(Secret<Fr>);

/// The blinder of the commitment to an input. Private.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputBlinder(Secret<Fr>);

impl ModelSeed {
	/// Takes a scalar.
	pub fn new(seed: Fr) -> Self {
		Self(Secret::new(seed))
	}

	/// Draws a seed from a secure generator.
	pub fn random(rng: &mut (impl RngCore + CryptoRng)) -> Self {
		Self::new(Fr::rand(rng))
	}

	/// The scalar. The copy is the caller's to wipe.
	pub fn scalar(&self) -> Fr {
		*self.0
	}

	/// The blinder of the hashed model, which is the same under every key: the seed itself.
	pub fn for_hash(&self) -> ModelBlinder {
		ModelBlinder(self.0.clone())
	}

	/// The blinder of the model under the verifying key with this digest, as `docs/circuit.md` has it:
	/// `blake2b-512("candor/model-blinder/v1" ‖ seed ‖ digest) mod r`, scalars little-endian.
	pub fn for_key(&self, digest: &[u8; 32]) -> ModelBlinder {
		let seed = Zeroizing::new(*Scalar::from_field(*self.0).as_bytes());
		let preimage = Zeroizing::new([MODEL_BLINDER, &*seed, digest].concat());
		let hash = Zeroizing::new(sp_crypto_hashing::blake2_512(&preimage));
		ModelBlinder::new(Fr::from_le_bytes_mod_order(&*hash))
	}
}

impl ModelBlinder {
	/// Takes a scalar.
	pub fn new(blinder: Fr) -> Self {
		Self(Secret::new(blinder))
	}

	/// Draws a blinder from a secure generator.
	pub fn random(rng: &mut (impl RngCore + CryptoRng)) -> Self {
		Self::new(Fr::rand(rng))
	}

	/// The scalar. The copy is the caller's to wipe.
	pub fn scalar(&self) -> Fr {
		*self.0
	}
}

impl InputBlinder {
	/// Takes a scalar.
	pub fn new(blinder: Fr) -> Self {
		Self(Secret::new(blinder))
	}

	/// Draws a blinder from a secure generator.
	pub fn random(rng: &mut (impl RngCore + CryptoRng)) -> Self {
		Self::new(Fr::rand(rng))
	}

	/// The blinder of an input that everybody may see: zero.
	pub fn none() -> Self {
		Self::new(Fr::zero())
	}

	/// The scalar. The copy is the caller's to wipe.
	pub fn scalar(&self) -> Fr {
		*self.0
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_ff::BigInteger;

	#[test]
	fn a_blinder_is_of_one_seed_and_one_key() {
		let blinder = |seed: u64, key| ModelSeed::new(Fr::from(seed)).for_key(&[key; 32]).scalar();
		let first = blinder(1, 1);
		assert_eq!(blinder(1, 1), first);
		assert_ne!(blinder(2, 1), first);
		assert_ne!(blinder(1, 2), first);
		assert_ne!(ModelSeed::new(Fr::from(1)).for_hash().scalar(), first);
	}

	/// The section "The model's commitment" of `docs/circuit.md`, written out.
	#[test]
	fn a_blinder_is_that_of_the_contract() {
		let seed = Fr::from(0x0102);
		let mut preimage = b"candor/model-blinder/v1".to_vec();
		preimage.extend([2, 1]);
		preimage.extend([0; 30]);
		preimage.extend([9; 32]);
		let hash = sp_crypto_hashing::blake2_512(&preimage);
		let bits: Vec<bool> =
			hash.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1)).collect();
		let expected = bits.iter().rev().fold(Fr::from(0), |sum, bit| sum + sum + Fr::from(*bit));
		assert_eq!(ModelSeed::new(seed).for_key(&[9; 32]).scalar(), expected);
		assert!(expected.into_bigint().num_bits() > 128);
	}
}
