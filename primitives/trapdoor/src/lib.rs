// SPDX-License-Identifier: Apache-2.0

//! Keys whose trapdoor is known, so that anything can be proved under them, with as many public
//! inputs as wanted and without a circuit. For tests and benchmarks only: such a key protects
//! nothing.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

use alloc::vec::Vec;
use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::{Field, UniformRand};
use ark_std::rand::RngCore;
use candor_groth16::{Proof, VerifyingKey};

/// The generator of the first group times `scalar`.
pub fn g1(scalar: Fr) -> G1Affine {
	(G1Projective::generator() * scalar).into_affine()
}

/// The generator of the second group times `scalar`.
pub fn g2(scalar: Fr) -> G2Affine {
	(G2Projective::generator() * scalar).into_affine()
}

/// Random scalars.
pub fn random_scalars(count: usize, rng: &mut impl RngCore) -> Vec<Fr> {
	(0..count).map(|_| Fr::rand(rng)).collect()
}

/// The discrete logarithms of a key's points.
#[derive(Clone, Debug)]
pub struct Trapdoor {
	/// That of `alpha`.
	pub alpha: Fr,
	/// That of `beta`.
	pub beta: Fr,
	/// That of `gamma`.
	pub gamma: Fr,
	/// That of `delta`; not zero.
	pub delta: Fr,
	/// Those of `IC`; not empty.
	pub ic: Vec<Fr>,
}

impl Trapdoor {
	/// A random trapdoor of a key with `inputs` public inputs.
	pub fn random(inputs: usize, rng: &mut impl RngCore) -> Self {
		Self {
			alpha: Fr::rand(rng),
			beta: Fr::rand(rng),
			gamma: Fr::rand(rng),
			delta: Fr::rand(rng),
			ic: random_scalars(inputs.saturating_add(1), rng),
		}
	}

	/// The key.
	pub fn key(&self) -> VerifyingKey {
		VerifyingKey {
			alpha: g1(self.alpha),
			beta: g2(self.beta),
			gamma: g2(self.gamma),
			delta: g2(self.delta),
			ic: self.ic.iter().copied().map(g1).collect(),
		}
	}

	/// The logarithm of `IC[0] + Σ xᵢ IC[i]`.
	pub fn inputs(&self, inputs: &[Fr]) -> Fr {
		let with_one = core::iter::once(&Fr::ONE).chain(inputs);
		self.ic.iter().zip(with_one).map(|(ic, x)| *ic * x).sum()
	}

	/// A proof of the statement with these public inputs, true or not.
	pub fn prove(&self, inputs: &[Fr], rng: &mut impl RngCore) -> Proof {
		let (a, b) = (Fr::rand(rng), Fr::rand(rng));
		let rest = a * b - self.alpha * self.beta - self.gamma * self.inputs(inputs);
		Proof::new(g1(a), g2(b), g1(rest * self.delta.inverse().unwrap_or_default()))
	}
}
