// SPDX-License-Identifier: Apache-2.0
//! The first key of a ceremony: what circuit and powers determine, with all trapdoors one.
//!
//! With the Lagrange polynomials `L_k` of the domain, which are one at its `k`-th point and zero at the
//! others, the polynomials of a variable are `u = Σ a_k L_k`, `v = Σ b_k L_k` and `y = Σ c_k L_k` over the
//! entries of its columns. `[L_k(τ)]`, and the same times `α` and `β`, are the inverse Fourier transform of
//! the powers, as points. Nothing here is drawn, and every point has one encoding: everybody gets
//! the same bytes.

use crate::powers::Powers;
use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{scalar_mul::variable_base::VariableBaseMSM, AffineRepr, CurveGroup};
use ark_ff::{BigInteger, One, PrimeField};
use ark_poly::{domain::DomainCoeff, EvaluationDomain};
use ark_relations::gr1cs::Matrix;
use candor_prover::{Block, Layout, Points, Progress, Stage};
use rayon::prelude::*;

/// From how many terms on a sum is cheaper by buckets.
const MANY_TERMS: usize = 64;
/// Up to how many bits a factor is cheaper by doubling and adding.
const SHORT_FACTOR: u32 = 64;
/// How many times powers are transformed.
const TRANSFORMS: u8 = 4;

/// Powers for another domain than the circuit's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the powers are for a domain of {powers} points, the circuit has one of {circuit}")]
pub struct OtherDomain {
	/// Points of the domain of the powers.
	pub powers: usize,
	/// Points of the domain of the circuit.
	pub circuit: usize,
}

/// Computes the first key.
pub(crate) fn first_key(
	layout: &Layout,
	powers: &Powers,
	progress: &mut dyn Progress,
) -> Result<Points, OtherDomain> {
	let size = layout.domain.size();
	let lists = &powers.lists;
	if lists.domain_size() != size {
		return Err(OtherDomain { powers: lists.domain_size(), circuit: size });
	}
	let mut basis = |part, points: &[G1Affine]| {
		progress.begin(Stage::PowersTransform { part, parts: TRANSFORMS });
		lagrange::<G1Projective>(layout, &points[..size])
	};
	let at_tau = basis(1, &lists.tau_g1);
	let at_alpha = basis(2, &lists.alpha_g1);
	let at_beta = basis(3, &lists.beta_g1);
	progress.begin(Stage::PowersTransform { part: TRANSFORMS, parts: TRANSFORMS });
	let at_tau_g2 = lagrange::<G2Projective>(layout, &lists.tau_g2[..size]);

	progress.begin(Stage::KeyGeneration);
	let variables = layout.variables();
	let columns = |matrix| Columns::of(matrix, variables);
	let (a, b, c) = (columns(&layout.a), columns(&layout.b), columns(&layout.c));
	let each = |columns: &Columns| {
		points(
			(0..variables)
				.into_par_iter()
				.map(|variable| combination::<G1Projective>(columns.terms(variable, &at_tau))),
		)
	};
	let combined = points((0..variables).into_par_iter().map(|variable| {
		let left = a.terms(variable, &at_beta);
		let right = b.terms(variable, &at_alpha);
		combination::<G1Projective>(left.chain(right).chain(c.terms(variable, &at_tau)))
	}));
	let b_g2 = (0..variables)
		.into_par_iter()
		.map(|variable| combination::<G2Projective>(b.terms(variable, &at_tau_g2)));
	let b_g2 = G2Projective::normalize_batch(&b_g2.collect::<Vec<_>>());
	let quotient = lists.tau_g1[size..].par_iter().zip(&lists.tau_g1);
	let h = points(quotient.map(|(upper, lower)| upper.into_group() - lower));

	let mut rest = combined.into_iter();
	let mut next = |count| rest.by_ref().take(count).collect::<Vec<_>>();
	let (one_g1, one_g2) = (G1Affine::generator(), G2Affine::generator());
	let ic = next(layout.instances);
	let mut block = |is_there: bool, count| {
		let query = next(count);
		is_there.then_some(Block { g1: one_g1, g2: one_g2, query })
	};
	Ok(Points {
		alpha_g1: lists.alpha_g1[0],
		beta_g1: lists.beta_g1[0],
		beta_g2: lists.beta_g2,
		gamma_g2: one_g2,
		delta_g1: one_g1,
		delta_g2: one_g2,
		model: block(layout.model > 0, layout.model),
		stage_one: block(layout.challenges > 0, layout.stage_one),
		challenges: layout.challenges,
		ic,
		rest: rest.collect(),
		a: each(&a),
		b_g1: each(&b),
		b_g2,
		h,
	})
}

/// The Lagrange basis at `τ`, from as many powers as the domain has points.
fn lagrange<G>(layout: &Layout, powers: &[G::Affine]) -> Vec<G::Affine>
where
	G: CurveGroup<ScalarField = Fr> + DomainCoeff<Fr>,
{
	let mut values: Vec<G> = powers.iter().map(|point| point.into_group()).collect();
	layout.domain.ifft_in_place(&mut values);
	G::normalize_batch(&values)
}

fn points(sums: impl ParallelIterator<Item = G1Projective>) -> Vec<G1Affine> {
	G1Projective::normalize_batch(&sums.collect::<Vec<_>>())
}

/// A matrix by columns: for each variable the rows in which it stands, and its coefficients.
struct Columns(Vec<Vec<(usize, Fr)>>);

impl Columns {
	fn of(matrix: &Matrix<Fr>, variables: usize) -> Self {
		let mut columns = vec![Vec::new(); variables];
		for (row, entries) in matrix.iter().enumerate() {
			for (coefficient, variable) in entries {
				columns[*variable].push((row, *coefficient));
			}
		}
		Self(columns)
	}

	/// The terms of a variable's polynomial over a basis.
	fn terms<'a, P: Copy>(
		&'a self,
		variable: usize,
		basis: &'a [P],
	) -> impl Iterator<Item = (P, Fr)> + 'a {
		self.0[variable].iter().map(|(row, coefficient)| (basis[*row], *coefficient))
	}
}

/// A sum of multiples.
fn combination<G>(terms: impl Iterator<Item = (G::Affine, Fr)>) -> G
where
	G: CurveGroup<ScalarField = Fr> + VariableBaseMSM,
{
	let (points, factors): (Vec<_>, Vec<_>) = terms.unzip();
	if points.len() >= MANY_TERMS {
		return G::msm_unchecked(&points, &factors);
	}
	points.iter().zip(&factors).map(|(point, factor)| multiple::<G>(point, factor)).sum()
}

/// A multiple, cheap where the factor or its negative is small, as most of a circuit's are.
fn multiple<G: CurveGroup<ScalarField = Fr>>(point: &G::Affine, factor: &Fr) -> G {
	if factor.is_one() {
		return point.into_group();
	}
	let (positive, negative) = (factor.into_bigint(), (-*factor).into_bigint());
	if positive.num_bits() <= SHORT_FACTOR {
		point.mul_bigint(positive)
	} else if negative.num_bits() <= SHORT_FACTOR {
		-point.mul_bigint(negative)
	} else {
		*point * factor
	}
}
