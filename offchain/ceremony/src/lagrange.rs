// SPDX-License-Identifier: Apache-2.0
//! Lagrange bases at `τ`: made of powers, or read and compared with them.
//!
//! With `ω` the root of unity of a domain of `n` points, `n L_k(τ) = Σⱼ ω^(-jk) τʲ`: the inverse Fourier
//! transform of the powers. As points it takes about `n/2 log₂ n` multiplications; to see that points are
//! the basis takes the transform of numbers alone: for random `ρ` and their transform `c`,
//! `Σₖ ρₖ L_k(τ) = Σⱼ cⱼ τʲ`.

use crate::{
	equation::{sum, weights},
	multiples::{multiply_each, Multiplier, AT_A_TIME},
};
use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{scalar_mul::glv::GLVConfig, short_weierstrass::Affine};
use ark_ff::Field;
use ark_poly::EvaluationDomain;
use candor_prover::{
	affine::{add_each, Curve},
	Domain,
};
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;

/// The Lagrange bases of a domain at `τ`, and times `α` and `β`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bases {
	/// `[L_k(τ)]₁`.
	pub tau_g1: Vec<G1Affine>,
	/// `[L_k(τ)]₂`.
	pub tau_g2: Vec<G2Affine>,
	/// `[α L_k(τ)]₁`.
	pub alpha_g1: Vec<G1Affine>,
	/// `[β L_k(τ)]₁`.
	pub beta_g1: Vec<G1Affine>,
}

/// The Lagrange basis at `τ`, from as many powers as the domain has points: two or more.
pub(crate) fn lagrange<P: GLVConfig<ScalarField = Fr>>(
	domain: &Domain,
	powers: &[Affine<P>],
) -> Vec<Affine<P>> {
	let size = powers.len();
	let bits = size.trailing_zeros();
	let reversed = |index: usize| index.reverse_bits() >> (usize::BITS - bits);
	let mut points: Vec<_> = (0..size).map(|index| powers[reversed(index)]).collect();
	let of_all = |numbers: Vec<Fr>| -> Vec<Multiplier> {
		numbers.into_par_iter().map(Multiplier::of::<P>).collect()
	};
	let roots = roots(domain);
	let last: Vec<Fr> = roots.iter().map(|root| *root * domain.size_inv()).collect();
	let (roots, last) = (of_all(roots), of_all(last));
	let mut half = 1;
	while half < size {
		// The factor `1/n` costs nothing where all upper points are multiplied anyway.
		let factors = if 2 * half == size { &last } else { &roots };
		let layer = Layer { half, factors, scale: (2 * half == size).then(|| &last[0]) };
		let pairs = (0..(size / 2).div_ceil(AT_A_TIME)).into_par_iter();
		let sums: Vec<_> = pairs.map(|chunk| layer.sums(&points, chunk)).collect();
		for (chunk, (lower, upper)) in sums.into_iter().enumerate() {
			for (index, sums) in lower.into_iter().zip(upper).enumerate() {
				let at = layer.lower(chunk * AT_A_TIME + index);
				(points[at], points[at + half]) = sums;
			}
		}
		half *= 2;
	}
	points
}

/// `1, ω⁻¹, ω⁻², …`, half as many as the domain has points.
fn roots(domain: &Domain) -> Vec<Fr> {
	let inverse = domain.group_gen_inv();
	std::iter::successors(Some(Fr::ONE), |root| Some(*root * inverse))
		.take(domain.size() / 2)
		.collect()
}

/// A layer of the transform: pairs of points `half` apart, `(p, q)`, become `(s p + w q, s p - w q)`.
struct Layer<'a> {
	half: usize,
	/// The roots of the whole domain, of which the layer takes those of its own size.
	factors: &'a [Multiplier],
	/// What all points are multiplied by; the factors have it in them.
	scale: Option<&'a Multiplier>,
}

impl Layer<'_> {
	/// Where the first point of a pair stands.
	fn lower(&self, pair: usize) -> usize {
		pair / self.half * 2 * self.half + pair % self.half
	}

	/// What the pairs of a chunk become.
	fn sums<P: GLVConfig<ScalarField = Fr>>(
		&self,
		points: &[Affine<P>],
		chunk: usize,
	) -> (Vec<Affine<P>>, Vec<Affine<P>>) {
		let pairs = chunk * AT_A_TIME..((chunk + 1) * AT_A_TIME).min(points.len() / 2);
		let mut lower: Vec<_> = pairs.clone().map(|pair| points[self.lower(pair)]).collect();
		let mut upper: Vec<_> =
			pairs.clone().map(|pair| points[self.lower(pair) + self.half]).collect();
		if let Some(scale) = self.scale {
			lower = multiply_each(&lower, &vec![scale; lower.len()]);
		}
		// The first factor is one, unless there is a scale.
		let is_multiplied = |pair: &usize| self.scale.is_some() || !pair.is_multiple_of(self.half);
		let multiplied: Vec<usize> = pairs.clone().filter(is_multiplied).collect();
		let stride = self.factors.len() / self.half;
		let factors: Vec<_> =
			multiplied.iter().map(|pair| &self.factors[pair % self.half * stride]).collect();
		let taken: Vec<_> = multiplied.iter().map(|pair| upper[pair - pairs.start]).collect();
		for (pair, product) in multiplied.iter().zip(multiply_each(&taken, &factors)) {
			upper[pair - pairs.start] = product;
		}
		let mut differences = lower.clone();
		let opposite: Vec<_> = upper.iter().map(|point| -*point).collect();
		add_each(&mut lower, &upper);
		add_each(&mut differences, &opposite);
		(lower, differences)
	}
}

/// Whether points of the curve's subgroup are the Lagrange basis that belongs to powers. A wrong one
/// passes with a probability of `2⁻¹²⁸`.
pub(crate) fn is_basis<P: Curve<ScalarField = Fr>, R: RngCore + CryptoRng>(
	domain: &Domain,
	basis: &[Affine<P>],
	powers: &[Affine<P>],
	rng: &mut R,
) -> bool {
	let weights = weights(basis.len(), rng);
	let transformed = domain.ifft(&weights);
	basis.len() == powers.len() && sum(basis, &weights) == sum(powers, &transformed)
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_bn254::{g1, g2, G1Projective};
	use ark_ec::{short_weierstrass::Projective, AffineRepr, CurveGroup, PrimeGroup, ScalarMul};
	use ark_ff::UniformRand;
	use rand::rngs::OsRng;

	/// The powers of a number as points, and the Lagrange basis at it, which is known from the number.
	fn known<P: GLVConfig<ScalarField = Fr>>(
		domain: &Domain,
		tau: Fr,
	) -> (Vec<Affine<P>>, Vec<Affine<P>>) {
		let powers: Vec<_> = (0..domain.size() as u64).map(|power| tau.pow([power])).collect();
		let basis = domain.evaluate_all_lagrange_coefficients(tau);
		let points = |numbers: &[Fr]| Projective::<P>::generator().batch_mul(numbers);
		(points(&powers), points(&basis))
	}

	fn domain(size: usize) -> Domain {
		Domain::new(size).expect("it is small")
	}

	#[test]
	fn bases_are_those_of_a_number_that_is_known() {
		for size in [2, 4, 8, 64, 4 * AT_A_TIME] {
			let domain = domain(size);
			let (powers, basis) = known::<g1::Config>(&domain, Fr::rand(&mut OsRng));
			assert!(lagrange(&domain, &powers) == basis, "{size} points");
			assert!(is_basis(&domain, &basis, &powers, &mut OsRng), "{size} points");
		}
		let domain = domain(32);
		let (powers, basis) = known::<g2::Config>(&domain, Fr::rand(&mut OsRng));
		assert!(lagrange(&domain, &powers) == basis);
		assert!(is_basis(&domain, &basis, &powers, &mut OsRng));
	}

	/// Of a number of the domain the basis is one at it and zero elsewhere: sums of equal and of opposite
	/// points come up on the way.
	#[test]
	fn bases_at_a_number_of_the_domain_are_right_as_well() {
		let domain = domain(16);
		for index in [0, 3] {
			let (powers, basis) = known::<g1::Config>(&domain, domain.element(index));
			assert!(lagrange(&domain, &powers) == basis);
			assert_eq!(basis[index], G1Affine::generator());
		}
	}

	#[test]
	fn a_wrong_point_of_a_basis_is_noticed() {
		let domain = domain(8);
		let (powers, basis) = known::<g1::Config>(&domain, Fr::rand(&mut OsRng));
		for at in 0..basis.len() {
			for wrong in [
				-basis[at],
				basis[(at + 1) % basis.len()],
				G1Affine::zero(),
				(basis[at] + G1Projective::generator()).into_affine(),
			] {
				let mut changed = basis.clone();
				changed[at] = wrong;
				assert!(!is_basis(&domain, &changed, &powers, &mut OsRng), "point {at}");
			}
		}
		let mut turned = basis.clone();
		turned.rotate_left(1);
		assert!(!is_basis(&domain, &turned, &powers, &mut OsRng));
		assert!(!is_basis(&domain, &basis[1..], &powers, &mut OsRng));
	}
}
