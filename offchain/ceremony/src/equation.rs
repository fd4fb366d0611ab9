// SPDX-License-Identifier: Apache-2.0
//! How lists of points are compared: by random combinations and pairings.
//!
//! If two lists of multiples differ in one place, then of the values of its weight at most one makes
//! their weighted sums equal: with weights drawn from `2¹²⁸` numbers after the lists are fixed, a wrong
//! point passes with a probability of `2⁻¹²⁸` (the small exponents test of Bellare, Garay and Rabin,
//! Eurocrypt 1998).

use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ec::{
	pairing::Pairing,
	short_weierstrass::{Affine, Projective},
	AffineRepr, CurveGroup,
};
use ark_ff::Zero;
use candor_prover::{affine::Curve, msm};
use rand::{CryptoRng, Rng, RngCore};
use rayon::prelude::*;

/// Uniform numbers below `2¹²⁸`.
pub(crate) fn weights<R: RngCore + CryptoRng>(count: usize, rng: &mut R) -> Vec<Fr> {
	(0..count).map(|_| Fr::from(rng.gen::<u128>())).collect()
}

/// The weighted sum of points; what is longer than the other list is left out.
pub(crate) fn sum_g1(points: &[G1Affine], weights: &[Fr]) -> G1Affine {
	sum(points, weights).into_affine()
}

/// The weighted sum of points; what is longer than the other list is left out.
pub(crate) fn sum_g2(points: &[G2Affine], weights: &[Fr]) -> G2Affine {
	sum(points, weights).into_affine()
}

/// The weighted sum of points; what is longer than the other list is left out.
pub(crate) fn sum<P: Curve<ScalarField = Fr>>(
	points: &[Affine<P>],
	weights: &[Fr],
) -> Projective<P> {
	let count = points.len().min(weights.len());
	msm::sum(&[(&points[..count], &weights[..count])])
}

/// Whether two pairings are equal.
pub(crate) fn equal(left: (G1Affine, G2Affine), right: (G1Affine, G2Affine)) -> bool {
	Bn254::multi_pairing([left.0, -right.0], [left.1, right.1]).is_zero()
}

/// Whether a point is the same multiple in both groups.
pub(crate) fn same_multiple(first: G1Affine, second: G2Affine) -> bool {
	equal((first, G2Affine::generator()), (G1Affine::generator(), second))
}

/// Whether `points` are powers of what `ratio` is of the generator, times the first of them.
pub(crate) fn are_powers_g1<R: RngCore + CryptoRng>(
	points: &[G1Affine],
	ratio: G2Affine,
	rng: &mut R,
) -> bool {
	let Some((_, higher)) = points.split_first() else { return true };
	let weights = weights(higher.len(), rng);
	equal((sum_g1(higher, &weights), G2Affine::generator()), (sum_g1(points, &weights), ratio))
}

/// As [`are_powers_g1`], in the second group.
pub(crate) fn are_powers_g2<R: RngCore + CryptoRng>(
	points: &[G2Affine],
	ratio: G1Affine,
	rng: &mut R,
) -> bool {
	let Some((_, higher)) = points.split_first() else { return true };
	let weights = weights(higher.len(), rng);
	equal((G1Affine::generator(), sum_g2(higher, &weights)), (ratio, sum_g2(points, &weights)))
}

/// The first of the points that is not on its curve. The first group's curve has no other subgroup.
pub(crate) fn outside_g1(points: &[G1Affine]) -> Option<usize> {
	points.par_iter().position_first(|point| !point.is_on_curve())
}

/// The first of the points that is not on its curve or not in the subgroup of prime order.
pub(crate) fn outside_g2(points: &[G2Affine]) -> Option<usize> {
	let outside = |point: &G2Affine| !(point.is_on_curve() && candor_bn254::in_subgroup(point));
	points.par_iter().position_first(outside)
}
