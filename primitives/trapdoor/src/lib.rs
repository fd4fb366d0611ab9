// SPDX-License-Identifier: Apache-2.0

//! Keys whose trapdoor is known, so that anything can be proved under them, with as many public
//! inputs as wanted and without a circuit. For tests and benchmarks only: such a key protects
//! nothing.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

use alloc::vec::Vec;
use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::{AdditiveGroup, Field, UniformRand};
use ark_std::rand::RngCore;
use candor_groth16::{challenges, Proof, StageOne, VerifyingKey};

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
		let ic = self.ic.iter().copied().map(g1).collect();
		VerifyingKey::plain(g1(self.alpha), g2(self.beta), g2(self.gamma), g2(self.delta), ic)
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

/// The discrete logarithms of the points of a staged key.
#[derive(Clone, Debug)]
pub struct StagedTrapdoor {
	/// Those that every key has. Challenges have the last logarithms of `ic`.
	pub plain: Trapdoor,
	/// That of `eta`, where the key has a model block.
	pub eta: Option<Fr>,
	/// That of `sigma`, where the key has a stage one, and the number of challenges.
	pub stage_one: Option<(Fr, u8)>,
}

impl StagedTrapdoor {
	/// A random trapdoor of a key with a model block, for so many public inputs and challenges; without
	/// a stage one if there are no challenges.
	pub fn random(inputs: usize, challenges: u8, rng: &mut impl RngCore) -> Self {
		Self {
			plain: Trapdoor::random(inputs.saturating_add(challenges.into()), rng),
			eta: Some(Fr::rand(rng)),
			stage_one: (challenges > 0).then(|| (Fr::rand(rng), challenges)),
		}
	}

	/// The key.
	pub fn key(&self) -> VerifyingKey {
		VerifyingKey {
			model: self.eta.map(g2),
			stage_one: self
				.stage_one
				.map(|(sigma, challenges)| StageOne { sigma: g2(sigma), challenges }),
			..self.plain.key()
		}
	}

	/// A proof of the statement with these public inputs, about the model under the commitment with
	/// this logarithm, true or not.
	pub fn prove(&self, model: Option<Fr>, inputs: &[Fr], rng: &mut impl RngCore) -> Proof {
		let stage_one = self.stage_one.map(|_| Fr::rand(rng));
		self.prove_with(model, inputs, stage_one, rng)
	}

	/// As [`prove`](Self::prove), with a commitment to stage one that has this logarithm.
	pub fn prove_with(
		&self,
		model: Option<Fr>,
		inputs: &[Fr],
		stage_one: Option<Fr>,
		rng: &mut impl RngCore,
	) -> Proof {
		let point = model.map(g1);
		let mut all = inputs.to_vec();
		let mut blocks = Fr::ZERO;
		if let (Some(eta), Some(model)) = (self.eta, model) {
			blocks += eta * model;
		}
		if let (Some((sigma, count)), Some(stage_one)) = (self.stage_one, stage_one) {
			blocks += sigma * stage_one;
			let digest = self.key().digest();
			all.extend(challenges(&digest, point.as_ref(), inputs, &g1(stage_one), count));
		}
		let Trapdoor { alpha, beta, gamma, delta, .. } = &self.plain;
		let (a, b) = (Fr::rand(rng), Fr::rand(rng));
		let rest = a * b - *alpha * beta - *gamma * self.plain.inputs(&all) - blocks;
		let c = g1(rest * delta.inverse().unwrap_or_default());
		Proof { stage_one: stage_one.map(g1), ..Proof::new(g1(a), g2(b), c) }
	}
}
