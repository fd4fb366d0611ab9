// SPDX-License-Identifier: Apache-2.0

//! The operations computed here.

use super::Terms;
use crate::{curve, Error, PreparedG2};
use alloc::vec::Vec;
use ark_bn254::{Fq12, Fr, G1Affine, G2Affine};

pub(super) fn msm_g1(sums: &[Terms<'_>]) -> Result<Vec<G1Affine>, Error> {
	Ok(curve::sums_g1(sums))
}

pub(super) fn msm_g2(points: &[G2Affine], scalars: &[Fr]) -> Result<G2Affine, Error> {
	Ok(curve::sum_g2(points, scalars))
}

pub(super) fn in_subgroup(point: &G2Affine) -> bool {
	curve::in_subgroup(point)
}

pub(super) fn multi_miller_loop(
	pairs: &[(G1Affine, G2Affine)],
	prepared: &[(G1Affine, &PreparedG2)],
) -> Result<Fq12, Error> {
	let prepared: Vec<_> = prepared.iter().map(|(p, lines)| (*p, lines.as_bytes())).collect();
	curve::multi_miller_loop(pairs, &prepared)
}

pub(super) fn final_exponentiation(value: &Fq12) -> Result<Fq12, Error> {
	curve::final_exponentiation(value).ok_or(Error::Zero)
}
