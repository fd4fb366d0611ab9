// SPDX-License-Identifier: Apache-2.0
//! The setup: from a circuit to its keys.

use crate::{
	convert,
	layout::{Domain, Layout},
	powers::Powers,
	Progress, Stage,
};
use ark_bn254::{Bn254, Fr, G1Projective, G2Projective};
use ark_ec::{scalar_mul::BatchMulPreprocessing, CurveGroup, PrimeGroup};
use ark_ff::{Field, UniformRand, Zero};
use ark_poly::EvaluationDomain;
use ark_relations::gr1cs::{ConstraintSynthesizer, SynthesisError};
use candor_groth16::{KeyError, VerifyingKey};
use candor_operators::{Architecture, InferenceCircuit};
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// The points of a proving key.
pub(crate) type Points = ark_groth16::ProvingKey<Bn254>;

/// The keys that a setup makes.
#[derive(Clone, Debug)]
pub struct Keys {
	/// For workers. Not a secret.
	pub proving: ProvingKey,
	/// For the chain.
	pub verifying: VerifyingKey,
}

/// The key that proofs for one architecture are made with: made here, or read and checked.
#[derive(Clone, PartialEq)]
pub struct ProvingKey {
	pub(crate) architecture: Architecture,
	pub(crate) points: Points,
	pub(crate) powers: Powers,
}

impl ProvingKey {
	/// The architecture whose circuit the key belongs to.
	pub fn architecture(&self) -> &Architecture {
		&self.architecture
	}

	/// The verifying key that belongs to it.
	pub fn verifying_key(&self) -> VerifyingKey {
		convert::verifying_key(&self.points.vk)
	}
}

/// Not its points, of which there may be a million.
impl fmt::Debug for ProvingKey {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("ProvingKey")
			.field("architecture", &self.architecture)
			.finish_non_exhaustive()
	}
}

/// Why a setup gave no keys.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
	/// The circuit could not be laid out.
	#[error("the circuit cannot be laid out: {0}")]
	Synthesis(#[from] SynthesisError),
	/// The chain would not take the key, for instance because the circuit leaves a public input
	/// unconstrained.
	#[error("no chain would register the verifying key: {0}")]
	UnacceptableKey(KeyError),
}

/// Makes the keys for `architecture` in one go.
///
/// **For development only.** Whoever runs this holds, for a moment, the secret with which proofs of
/// anything can be made, and nobody else can tell that it is gone. Register such a key as a
/// development setup. `rng` must be a secure one: whoever can guess it has the secret too. The secret
/// and what is computed from it are wiped; what the curve's arithmetic leaves on the stack is not.
///
/// # Errors
///
/// See [`SetupError`].
pub fn development_setup<R: RngCore + CryptoRng>(
	architecture: &Architecture,
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<Keys, SetupError> {
	let circuit = InferenceCircuit::for_setup(architecture.clone());
	let (points, powers) = generate(circuit, rng, progress)?;
	let proving = ProvingKey { architecture: architecture.clone(), points, powers };
	let verifying = proving.verifying_key();
	Ok(Keys { proving, verifying })
}

/// Makes the keys of any circuit.
pub(crate) fn generate<C: ConstraintSynthesizer<Fr>, R: RngCore + CryptoRng>(
	circuit: C,
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<(Points, Powers), SetupError> {
	progress.begin(Stage::Synthesis);
	let layout = Layout::of(circuit)?;
	progress.begin(Stage::KeyGeneration);
	let keys = Trapdoor::random(&layout.domain, rng).keys(&layout);
	VerifyingKey::register(&convert::verifying_key(&keys.0.vk).to_bytes())
		.map_err(SetupError::UnacceptableKey)?;
	Ok(keys)
}

/// The secret of a setup, wiped when it is dropped.
///
/// ark-groth16 has a generator of its own, which leaves the secret and its multiples in memory,
/// multiplies random points instead of the generators, and keeps the powers back with which others
/// can check the key.
pub(crate) struct Trapdoor {
	pub tau: Fr,
	pub alpha: Fr,
	pub beta: Fr,
	pub gamma: Fr,
	pub delta: Fr,
}

impl Drop for Trapdoor {
	fn drop(&mut self) {
		let Self { tau, alpha, beta, gamma, delta } = self;
		[tau, alpha, beta, gamma, delta].into_iter().for_each(Zeroize::zeroize);
	}
}

impl Trapdoor {
	pub fn random<R: RngCore + CryptoRng>(domain: &Domain, rng: &mut R) -> Self {
		Self {
			tau: domain.sample_element_outside_domain(rng),
			alpha: not_zero(rng),
			beta: not_zero(rng),
			gamma: not_zero(rng),
			delta: not_zero(rng),
		}
	}

	/// The keys of a circuit as the module [`crate::check`] has them.
	pub fn keys(&self, layout: &Layout) -> (Points, Powers) {
		let Self { tau, alpha, beta, gamma, delta } = self;
		let size = layout.domain.size();
		let g1 = BatchMulPreprocessing::new(
			G1Projective::generator(),
			3 * layout.variables() + 2 * size,
		);
		let g2 = BatchMulPreprocessing::new(G2Projective::generator(), layout.variables());
		let first = |scalar: &Fr| (G1Projective::generator() * scalar).into_affine();
		let second = |scalar: &Fr| (G2Projective::generator() * scalar).into_affine();

		let lagrange = Zeroizing::new(layout.domain.evaluate_all_lagrange_coefficients(*tau));
		let a = layout.sum_rows(&layout.a, &lagrange);
		let b = layout.sum_rows(&layout.b, &lagrange);
		let c = layout.sum_rows(&layout.c, &lagrange);
		let invert = |scalar: &Fr| scalar.inverse().expect("a trapdoor is not zero; qed");
		let (for_inputs, for_witnesses) =
			(Zeroizing::new(invert(gamma)), Zeroizing::new(invert(delta)));
		let combined: Zeroizing<Vec<Fr>> = Zeroizing::new(
			(0..layout.variables())
				.into_par_iter()
				.map(|variable| {
					let divisor =
						if variable < layout.instances { &for_inputs } else { &for_witnesses };
					(*beta * a[variable] + *alpha * b[variable] + c[variable]) * **divisor
				})
				.collect(),
		);
		let (inputs, witnesses) = combined.split_at(layout.instances);

		let powers = Zeroizing::new(
			std::iter::successors(Some(Fr::from(1u8)), |power| Some(*power * tau))
				.take(size)
				.collect::<Vec<_>>(),
		);
		let tau_n = Zeroizing::new(tau.pow([size as u64]));
		let vanishing = Zeroizing::new((*tau_n - Fr::from(1u8)) * *for_witnesses);
		let quotient: Zeroizing<Vec<Fr>> = Zeroizing::new(
			powers[..size - 1].par_iter().map(|power| *power * *vanishing).collect(),
		);

		let points = ark_groth16::ProvingKey {
			vk: ark_groth16::VerifyingKey {
				alpha_g1: first(alpha),
				beta_g2: second(beta),
				gamma_g2: second(gamma),
				delta_g2: second(delta),
				gamma_abc_g1: g1.batch_mul(inputs),
			},
			beta_g1: first(beta),
			delta_g1: first(delta),
			a_query: g1.batch_mul(&a),
			b_g1_query: g1.batch_mul(&b),
			b_g2_query: g2.batch_mul(&b),
			h_query: g1.batch_mul(&quotient),
			l_query: g1.batch_mul(witnesses),
		};
		let powers =
			Powers { g1: g1.batch_mul(&powers), tau_g2: second(tau), tau_n_g2: second(&tau_n) };
		(points, powers)
	}
}

fn not_zero<R: RngCore + CryptoRng>(rng: &mut R) -> Fr {
	loop {
		let scalar = Fr::rand(rng);
		if !scalar.is_zero() {
			return scalar;
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		test_circuit::{Closed, Product},
		Silent,
	};
	use ark_groth16::Groth16;
	use rand::{
		rngs::{OsRng, StdRng},
		SeedableRng,
	};

	#[test]
	fn two_setups_of_one_circuit_give_different_keys() {
		let setup = || generate(Product::example(), &mut OsRng, &mut Silent).expect("a setup").0;
		assert_ne!(setup().vk, setup().vk);
	}

	#[test]
	fn a_circuit_that_no_chain_would_take_is_refused() {
		let Err(error) = generate(Closed, &mut OsRng, &mut Silent) else {
			panic!("it states nothing")
		};
		assert!(matches!(error, SetupError::UnacceptableKey(KeyError::NoInputs)), "{error}");
	}

	#[test]
	fn the_same_secrets_give_the_keys_of_arkworks() {
		let architecture: Architecture = "3-2-2".parse().expect("an architecture");
		let circuit = || InferenceCircuit::for_setup(architecture.clone());
		let layout = Layout::of(circuit()).expect("it is sound");
		let rng = StdRng::seed_from_u64(5);
		let trapdoor = Trapdoor {
			// What arkworks draws from the same generator.
			tau: layout.domain.sample_element_outside_domain(&mut rng.clone()),
			..Trapdoor::random(&layout.domain, &mut OsRng)
		};
		let theirs = Groth16::<Bn254>::generate_parameters_with_qap(
			circuit(),
			trapdoor.alpha,
			trapdoor.beta,
			trapdoor.gamma,
			trapdoor.delta,
			G1Projective::generator(),
			G2Projective::generator(),
			&mut rng.clone(),
		)
		.expect("it is sound");
		assert_eq!(trapdoor.keys(&layout).0, theirs);
	}
}
