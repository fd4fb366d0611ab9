// SPDX-License-Identifier: Apache-2.0

//! Keys whose trapdoor is known, so that anything can be proved under them.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::{Field, UniformRand};
use candor_groth16::{Proof, VerifyingKey};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

/// A reproducible source of randomness.
pub fn rng(seed: u64) -> ChaCha20Rng {
	ChaCha20Rng::seed_from_u64(seed)
}

/// The generator of the first group times `scalar`.
pub fn g1(scalar: Fr) -> G1Affine {
	(G1Projective::generator() * scalar).into_affine()
}

/// The generator of the second group times `scalar`.
pub fn g2(scalar: Fr) -> G2Affine {
	(G2Projective::generator() * scalar).into_affine()
}

/// The discrete logarithms of a key's points.
#[derive(Clone)]
pub struct Trapdoor {
	pub alpha: Fr,
	pub beta: Fr,
	pub gamma: Fr,
	pub delta: Fr,
	pub ic: Vec<Fr>,
}

impl Trapdoor {
	/// A random trapdoor of a key with `inputs` public inputs.
	pub fn random(inputs: usize, rng: &mut ChaCha20Rng) -> Self {
		Self {
			alpha: Fr::rand(rng),
			beta: Fr::rand(rng),
			gamma: Fr::rand(rng),
			delta: Fr::rand(rng),
			ic: (0..=inputs).map(|_| Fr::rand(rng)).collect(),
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
		self.ic[0] + self.ic[1..].iter().zip(inputs).map(|(ic, x)| *ic * x).sum::<Fr>()
	}

	/// A proof for any inputs.
	pub fn prove(&self, inputs: &[Fr], rng: &mut ChaCha20Rng) -> Proof {
		let (a, b) = (Fr::rand(rng), Fr::rand(rng));
		let rest = a * b - self.alpha * self.beta - self.gamma * self.inputs(inputs);
		Proof::new(g1(a), g2(b), g1(rest * self.delta.inverse().expect("delta is not zero")))
	}
}
