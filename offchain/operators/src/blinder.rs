// SPDX-License-Identifier: Apache-2.0
//! What hides a commitment. Blinders of models and of inputs are told apart: exchanged, they would
//! make two other commitments.

use ark_ff::{UniformRand, Zero};
use candor_secret::Secret;
use candor_statement::Fr;
use rand::{CryptoRng, RngCore};

/// The blinder of the commitment to a model. Private.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelBlinder(Secret<Fr>);

/// The blinder of the commitment to an input. Private.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputBlinder(Secret<Fr>);

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
