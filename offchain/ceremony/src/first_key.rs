// SPDX-License-Identifier: Apache-2.0
//! The first key of a ceremony: what circuit and powers determine, with all trapdoors one.
//!
//! With the Lagrange polynomials `L_k` of the domain, which are one at its `k`-th point and zero at the
//! others, the polynomials of a variable are `u = Σ a_k L_k`, `v = Σ b_k L_k` and `y = Σ c_k L_k` over the
//! entries of its columns. `[L_k(τ)]`, and the same times `α` and `β`, come with the powers or are made of
//! them: see the module `lagrange`. Nothing here is drawn, and every point has one encoding: everybody
//! gets the same bytes.

use crate::{
	lagrange::{lagrange, Bases},
	multiples::{sum_multiples, Multiplier},
	powers::{Lists, Powers},
};
use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{scalar_mul::glv::GLVConfig, short_weierstrass::Affine, AffineRepr, CurveGroup};
use ark_ff::{One, PrimeField};
use ark_poly::EvaluationDomain;
use ark_relations::gr1cs::Matrix;
use candor_prover::{
	affine::{add_by_key, add_each, Curve},
	Block, Layout, Points, Progress, Stage,
};
use rayon::prelude::*;
use std::{collections::HashMap, ops::Range};

/// How many variables are worked on at a time: enough to share an inversion, and few enough for their
/// points to stay in the cache.
const VARIABLES: usize = 128;
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
	let made;
	let bases = match &powers.bases {
		Some(bases) => bases,
		None => {
			made = transform(layout, lists, progress);
			&made
		}
	};
	let Bases { tau_g1: at_tau, tau_g2: at_tau_g2, alpha_g1: at_alpha, beta_g1: at_beta } = bases;

	progress.begin(Stage::KeyGeneration);
	let variables = layout.variables();
	let columns = |matrix| Columns::of(matrix, variables);
	let (a, b, c) = (columns(&layout.a), columns(&layout.b), columns(&layout.c));
	let combined = combine(&[(&a, at_beta), (&b, at_alpha), (&c, at_tau)]);
	let quotient = lists.tau_g1[size..].par_iter().zip(&lists.tau_g1);
	let h: Vec<_> = quotient.map(|(upper, lower)| upper.into_group() - lower).collect();

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
		a: combine(&[(&a, at_tau)]),
		b_g1: combine(&[(&b, at_tau)]),
		b_g2: combine(&[(&b, at_tau_g2)]),
		h: G1Projective::normalize_batch(&h),
	})
}

/// The Lagrange bases, made of the powers.
fn transform(layout: &Layout, lists: &Lists, progress: &mut dyn Progress) -> Bases {
	let size = layout.domain.size();
	let mut begin = |part| progress.begin(Stage::PowersTransform { part, parts: TRANSFORMS });
	begin(1);
	let tau_g1 = lagrange(&layout.domain, &lists.tau_g1[..size]);
	begin(2);
	let alpha_g1 = lagrange(&layout.domain, &lists.alpha_g1);
	begin(3);
	let beta_g1 = lagrange(&layout.domain, &lists.beta_g1);
	begin(4);
	let tau_g2 = lagrange(&layout.domain, &lists.tau_g2[..size]);
	Bases { tau_g1, tau_g2, alpha_g1, beta_g1 }
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
}

/// For each variable the value of its polynomial: the sum over some columns, each over a basis.
fn combine<P: GLVConfig<ScalarField = Fr> + Curve>(
	sides: &[(&Columns, &Vec<Affine<P>>)],
) -> Vec<Affine<P>> {
	let variables = sides.iter().map(|(columns, _)| columns.0.len()).max().unwrap_or_default();
	let chunks = (0..variables.div_ceil(VARIABLES)).into_par_iter();
	let combined = chunks.flat_map_iter(|chunk| {
		combine_some(sides, chunk * VARIABLES..((chunk + 1) * VARIABLES).min(variables))
	});
	combined.collect()
}

/// [`combine`] for some variables. Points that a variable multiplies by the same factor are added up
/// first, since a circuit's factors are few.
fn combine_some<P: GLVConfig<ScalarField = Fr> + Curve>(
	sides: &[(&Columns, &Vec<Affine<P>>)],
	variables: Range<usize>,
) -> Vec<Affine<P>> {
	let count = variables.len() as u32;
	let (mut points, mut groups) = (Vec::new(), Vec::new());
	let (mut factors, mut owners) = (Vec::new(), Vec::new());
	for (owner, variable) in (0..count).zip(variables) {
		let mut known = HashMap::new();
		for (columns, basis) in sides {
			for (row, coefficient) in &columns.0[variable] {
				let opposite = -*coefficient;
				let is_smaller = coefficient.into_bigint() <= opposite.into_bigint();
				let factor = if is_smaller { *coefficient } else { opposite };
				let group = *known.entry(factor).or_insert_with(|| {
					factors.push(factor);
					owners.push(owner);
					owners.len() as u32 - 1
				});
				points.push(if is_smaller { basis[*row] } else { -basis[*row] });
				groups.push(group);
			}
		}
	}
	let Some(last) = (factors.len() as u32).checked_sub(1) else {
		return vec![Affine::zero(); count as usize];
	};
	let sums = add_by_key(&points, &groups, last);
	let factors = &factors;
	let part = |is_one: bool| (0..sums.len()).filter(move |at| factors[*at].is_one() == is_one);
	let of = |is_one| -> (Vec<_>, Vec<_>) { part(is_one).map(|at| (sums[at], owners[at])).unzip() };
	let ((ones, their_owners), (others, owners)) = (of(true), of(false));
	let multipliers: Vec<_> = part(false).map(|at| Multiplier::of::<P>(factors[at])).collect();
	let mut combined = sum_multiples(&others, &multipliers, &owners, count - 1);
	add_each(&mut combined, &add_by_key(&ones, &their_owners, count - 1));
	combined
}
