// SPDX-License-Identifier: Apache-2.0
//! The setup: from a circuit to its keys.

use crate::{
	layout::{Domain, Layout},
	msm,
	points::{Block, PointCounts, Points},
	powers::Powers,
	synthesis::LayoutError,
	Progress, Stage, Work,
};
use ark_bn254::{g1::Config as G1Config, g2::Config as G2Config, Fr, G1Projective, G2Projective};
use ark_ec::{
	scalar_mul::BatchMulPreprocessing,
	short_weierstrass::{Affine, Projective, SWCurveConfig},
	CurveGroup, PrimeGroup,
};
use ark_ff::{Field, UniformRand, Zero};
use ark_poly::EvaluationDomain;
use candor_gadgets::StagedCircuit;
use candor_groth16::{KeyError, VerifyingKey};
use candor_operators::{Architecture, InferenceCircuit, Scheme, Unsuited};
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

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
	/// The key for an architecture with these points, which are taken as they are: what is read from a
	/// file is checked, see [`crate::key_file`].
	pub fn new(architecture: Architecture, points: Points, powers: Powers) -> Self {
		Self { architecture, points, powers }
	}

	/// Its points.
	pub fn points(&self) -> &Points {
		&self.points
	}

	/// The architecture whose circuit the key belongs to.
	pub fn architecture(&self) -> &Architecture {
		&self.architecture
	}

	/// The verifying key that belongs to it.
	pub fn verifying_key(&self) -> VerifyingKey {
		self.points.verifying_key()
	}
}

impl Keys {
	/// Which of the architecture's circuits they are for; nothing where the keys' blocks are of none.
	pub fn scheme(&self) -> Option<Scheme> {
		scheme_of(&self.verifying)
	}
}

/// Which circuits a verifying key can be for, as its blocks tell: nothing for a stage one without a model
/// block.
pub fn scheme_of(key: &VerifyingKey) -> Option<Scheme> {
	Scheme::with_blocks(key.model.is_some(), key.stage_one.is_some())
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
	/// The scheme has no challenge, and the circuit needs one.
	#[error(transparent)]
	Unsuited(#[from] Unsuited),
	/// The circuit could not be laid out.
	#[error("the circuit cannot be laid out: {0}")]
	Layout(#[from] LayoutError),
	/// The chain would not take the key, for instance because the circuit leaves a public input
	/// unconstrained.
	#[error("no chain would register the verifying key: {0}")]
	UnacceptableKey(KeyError),
}

/// Makes the keys for the circuit that `architecture` has under a scheme, in one go.
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
	scheme: Scheme,
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<Keys, SetupError> {
	scheme.check(architecture)?;
	let circuit = InferenceCircuit::without_witness(architecture.clone(), scheme);
	let (points, powers) = setup_circuit(&circuit, rng, progress)?;
	let proving = ProvingKey { architecture: architecture.clone(), points, powers };
	let verifying = proving.verifying_key();
	Ok(Keys { proving, verifying })
}

/// [`development_setup`] for any circuit, and no less for development only.
///
/// # Errors
///
/// See [`SetupError`].
pub fn setup_circuit<C: StagedCircuit, R: RngCore + CryptoRng>(
	circuit: &C,
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Result<(Points, Powers), SetupError> {
	progress.begin(Stage::Synthesis);
	let layout = Layout::of(circuit)?;
	progress.begin(Stage::KeyGeneration);
	let work = progress.count(work_of(&layout));
	let keys = Trapdoor::random(&layout.domain, rng).keys(&layout, &work);
	VerifyingKey::register(&keys.0.verifying_key().to_bytes())
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
	/// That of the model block.
	pub eta: Fr,
	/// That of stage one.
	pub sigma: Fr,
}

impl Drop for Trapdoor {
	fn drop(&mut self) {
		let Self { tau, alpha, beta, gamma, delta, eta, sigma } = self;
		[tau, alpha, beta, gamma, delta, eta, sigma].into_iter().for_each(Zeroize::zeroize);
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
			eta: not_zero(rng),
			sigma: not_zero(rng),
		}
	}

	/// The keys of a circuit as the module [`crate::check`] has them.
	///
	/// What it multiplies is counted: see [`work_of`].
	pub fn keys(&self, layout: &Layout, work: &Work) -> (Points, Powers) {
		let Self { tau, alpha, beta, gamma, delta, eta, sigma } = self;
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
		let combined: Zeroizing<Vec<Fr>> = Zeroizing::new(
			(0..layout.variables())
				.into_par_iter()
				.map(|variable| *beta * a[variable] + *alpha * b[variable] + c[variable])
				.collect(),
		);
		let (inputs, witnesses) = combined.split_at(layout.instances);
		let (model, witnesses) = witnesses.split_at(layout.model);
		let (stage_one, rest) = witnesses.split_at(layout.stage_one);
		let over = |trapdoor: &Fr, scalars: &[Fr]| {
			let inverse = Zeroizing::new(trapdoor.inverse().expect("a trapdoor is not zero; qed"));
			let divided: Zeroizing<Vec<Fr>> =
				Zeroizing::new(scalars.par_iter().map(|scalar| *scalar * *inverse).collect());
			multiples(&g1, &divided, work)
		};
		let block = |trapdoor: &Fr, scalars: &[Fr]| Block {
			g1: first(trapdoor),
			g2: second(trapdoor),
			query: over(trapdoor, scalars),
		};

		let powers = Zeroizing::new(
			std::iter::successors(Some(Fr::from(1u8)), |power| Some(*power * tau))
				.take(size)
				.collect::<Vec<_>>(),
		);
		let tau_n = Zeroizing::new(tau.pow([size as u64]));
		let vanishing = Zeroizing::new(*tau_n - Fr::from(1u8));
		let quotient: Zeroizing<Vec<Fr>> = Zeroizing::new(
			powers[..size - 1].par_iter().map(|power| *power * *vanishing).collect(),
		);

		let points = Points {
			alpha_g1: first(alpha),
			beta_g1: first(beta),
			beta_g2: second(beta),
			gamma_g2: second(gamma),
			delta_g1: first(delta),
			delta_g2: second(delta),
			model: (layout.model > 0).then(|| block(eta, model)),
			stage_one: (layout.challenges > 0).then(|| block(sigma, stage_one)),
			challenges: layout.challenges,
			ic: over(gamma, inputs),
			rest: over(delta, rest),
			a: multiples(&g1, &a, work),
			b_g1: multiples(&g1, &b, work),
			b_g2: multiples(&g2, &b, work),
			h: over(delta, &quotient),
		};
		let g1 = multiples(&g1, &powers, work);
		(points, Powers { g1, tau_g2: second(tau), tau_n_g2: second(&tau_n) })
	}
}

/// So many multiples are counted at once.
const AT_ONCE: usize = 1 << 14;

/// Multiples of a generator.
fn multiples<P: SWCurveConfig<ScalarField = Fr>>(
	table: &BatchMulPreprocessing<Projective<P>>,
	scalars: &[Fr],
	work: &Work,
) -> Vec<Affine<P>> {
	let mut multiples = Vec::with_capacity(scalars.len());
	for scalars in scalars.chunks(AT_ONCE) {
		multiples.extend(table.batch_mul(scalars));
		work.add(msm::work::<P>(scalars.len()));
	}
	multiples
}

/// What the multiples that are a circuit's keys are in [`Work`].
fn work_of(layout: &Layout) -> u64 {
	let PointCounts { g1, g2 } = PointCounts::of(layout);
	msm::work::<G1Config>(g1 as usize) + msm::work::<G2Config>(g2 as usize)
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
		test_circuit::{Closed, Scores},
		Plain, Silent,
	};
	use ark_bn254::Bn254;
	use ark_groth16::Groth16;
	use rand::{
		rngs::{OsRng, StdRng},
		SeedableRng,
	};

	#[test]
	fn two_setups_of_one_circuit_give_different_keys() {
		let setup = || setup_circuit(&Scores::example(), &mut OsRng, &mut Silent).expect("keys").0;
		let (one, other) = (setup(), setup());
		assert_ne!(one.gamma_g2, other.gamma_g2);
		assert_ne!(one.model.unwrap().g2, other.model.unwrap().g2);
		assert_ne!(one.stage_one.unwrap().g2, other.stage_one.unwrap().g2);
	}

	#[test]
	fn a_circuit_that_no_chain_would_take_is_refused() {
		let Err(error) = setup_circuit(&Plain(Closed), &mut OsRng, &mut Silent) else {
			panic!("it states nothing")
		};
		assert!(matches!(error, SetupError::UnacceptableKey(KeyError::NoInputs)), "{error}");
	}

	#[test]
	fn the_same_secrets_give_the_keys_of_arkworks() {
		let architecture: Architecture = "3-2-2".parse().expect("an architecture");
		let circuit = || InferenceCircuit::without_witness(architecture.clone(), Scheme::Hashed);
		let layout = Layout::of(&Plain(circuit())).expect("it is sound");
		let rng = StdRng::seed_from_u64(5);
		let mut trapdoor = Trapdoor::random(&layout.domain, &mut OsRng);
		// What arkworks draws from the same generator.
		trapdoor.tau = layout.domain.sample_element_outside_domain(&mut rng.clone());
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
		assert_eq!(trapdoor.keys(&layout, &Work::new(0)).0.into_arkworks(), theirs);
	}
}
