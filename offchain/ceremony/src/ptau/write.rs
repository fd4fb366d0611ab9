// SPDX-License-Identifier: Apache-2.0
//! Powers that this machine makes alone, as a file.

use super::{section, FORMAT};
use crate::raw::{self, FIELD, G1, G2};
use ark_bn254::{Fq, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{scalar_mul::BatchMulPreprocessing, CurveGroup, PrimeGroup};
use ark_ff::{FftField, Field, UniformRand, Zero};
use ark_poly::EvaluationDomain;
use candor_prover::{Domain, Progress, Stage};
use rand::{CryptoRng, RngCore};
use zeroize::Zeroizing;

/// The largest power of a file that is made here: one of its Lagrange bases has twice as many points.
const MAX_OWN_POWER: u32 = Fr::TWO_ADICITY - 1;

/// The bytes of a `.ptau` file of a power from 1 to 27, to which nobody has contributed and whose
/// secrets were drawn here. It is prepared for a second phase.
///
/// **For development only.** Whoever runs this holds, for a moment, the secrets with which proofs of
/// anything can be made. They are wiped; what the curve's arithmetic leaves on the stack is not.
///
/// # Panics
///
/// Another power.
pub fn development_powers<R: RngCore + CryptoRng>(
	power: u32,
	rng: &mut R,
	progress: &mut dyn Progress,
) -> Vec<u8> {
	assert!((1..=MAX_OWN_POWER).contains(&power), "a power is from 1 to {MAX_OWN_POWER}");
	progress.begin(Stage::PowersMaking);
	let [tau, alpha, beta] = std::array::from_fn(|_| Zeroizing::new(secret(rng)));
	let points = 1usize << power;
	let one = Fr::from(1u8);
	let g1 = BatchMulPreprocessing::new(G1Projective::generator(), 2 * points);
	let g2 = BatchMulPreprocessing::new(G2Projective::generator(), points);

	let mut file = Vec::new();
	file.extend(FORMAT.magic);
	file.extend(FORMAT.version.to_le_bytes());
	let sections = section::CONTRIBUTIONS + section::PREPARED.len() as u32;
	file.extend(sections.to_le_bytes());
	let mut header = Vec::new();
	header.extend((FIELD as u32).to_le_bytes());
	header.extend(raw::modulus::<Fq>());
	header.extend(power.to_le_bytes());
	header.extend(power.to_le_bytes());
	put_section(&mut file, section::HEADER, &header);
	let first = |scalars: &[Fr]| g1_section(&g1.batch_mul(scalars));
	put_section(&mut file, section::TAU_G1, &first(&geometric(&one, &tau, 2 * points - 1)));
	let second = g2_section(&g2.batch_mul(&geometric(&one, &tau, points)));
	put_section(&mut file, section::TAU_G2, &second);
	put_section(&mut file, section::ALPHA_G1, &first(&geometric(&alpha, &tau, points)));
	put_section(&mut file, section::BETA_G1, &first(&geometric(&beta, &tau, points)));
	let beta_g2 = (G2Projective::generator() * *beta).into_affine();
	put_section(&mut file, section::BETA_G2, &g2_section(&[beta_g2]));
	put_section(&mut file, section::CONTRIBUTIONS, &0u32.to_le_bytes());

	let at_tau = bases(&one, &tau, power);
	let largest = [&at_tau[..], &cut_basis(&tau, power + 1)].concat();
	put_section(&mut file, section::LAGRANGE_TAU_G1, &first(&Zeroizing::new(largest)));
	put_section(&mut file, section::LAGRANGE_TAU_G2, &g2_section(&g2.batch_mul(&at_tau)));
	put_section(&mut file, section::LAGRANGE_ALPHA_G1, &first(&bases(&alpha, &tau, power)));
	put_section(&mut file, section::LAGRANGE_BETA_G1, &first(&bases(&beta, &tau, power)));
	file
}

/// The Lagrange bases at `tau`, times a factor, of all domains of up to `2^power` points.
fn bases(factor: &Fr, tau: &Fr, power: u32) -> Zeroizing<Vec<Fr>> {
	let mut all = Zeroizing::new(Vec::with_capacity((2 << power) - 1));
	for power in 0..=power {
		let basis = Zeroizing::new(domain(power).evaluate_all_lagrange_coefficients(*tau));
		all.extend(basis.iter().map(|value| *value * factor));
	}
	all
}

/// The Lagrange basis at `tau` without what the highest power contributes, of which there is no point.
fn cut_basis(tau: &Fr, power: u32) -> Zeroizing<Vec<Fr>> {
	let domain = domain(power);
	let highest = Zeroizing::new(tau.pow([domain.size() as u64 - 1]) * domain.size_inv());
	let mut basis = Zeroizing::new(domain.evaluate_all_lagrange_coefficients(*tau));
	for (at, element) in basis.iter_mut().zip(domain.elements()) {
		*at -= *highest * element;
	}
	basis
}

fn domain(power: u32) -> Domain {
	Domain::new(1 << power).expect("the field has domains up to twice the largest file's; qed")
}

/// Neither zero nor a root of unity of any domain.
fn secret<R: RngCore + CryptoRng>(rng: &mut R) -> Fr {
	loop {
		let secret = Fr::rand(rng);
		if !secret.is_zero() && secret.pow([1u64 << Fr::TWO_ADICITY]) != Fr::from(1u8) {
			return secret;
		}
	}
}

/// `first, first ratio, first ratio², …`
fn geometric(first: &Fr, ratio: &Fr, count: usize) -> Zeroizing<Vec<Fr>> {
	let powers = std::iter::successors(Some(*first), |power| Some(*power * ratio));
	Zeroizing::new(powers.take(count).collect())
}

fn put_section(file: &mut Vec<u8>, number: u32, content: &[u8]) {
	file.extend(number.to_le_bytes());
	file.extend((content.len() as u64).to_le_bytes());
	file.extend(content);
}

fn g1_section(points: &[G1Affine]) -> Vec<u8> {
	let mut bytes = Vec::with_capacity(points.len() * G1);
	points.iter().for_each(|point| raw::put_g1(&mut bytes, point));
	bytes
}

fn g2_section(points: &[G2Affine]) -> Vec<u8> {
	let mut bytes = Vec::with_capacity(points.len() * G2);
	points.iter().for_each(|point| raw::put_g2(&mut bytes, point));
	bytes
}
