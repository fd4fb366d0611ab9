// SPDX-License-Identifier: Apache-2.0

//! The operations on points. Natively, and in Wasm without host functions, they are computed here;
//! in Wasm with host functions the host computes them.

use crate::{Error, PreparedG2};
use alloc::vec::Vec;
use ark_bn254::{Fq12, Fr, G1Affine, G2Affine};

#[cfg(all(feature = "host-functions", any(substrate_runtime, test)))]
mod by_host;
#[cfg(not(all(feature = "host-functions", substrate_runtime)))]
mod here;

#[cfg(all(feature = "host-functions", substrate_runtime))]
use by_host as imp;
#[cfg(not(all(feature = "host-functions", substrate_runtime)))]
use here as imp;

/// Points of the first group and what each is to be multiplied by.
pub type Terms<'a> = (&'a [G1Affine], &'a [Fr]);

/// Sums of multiples in the first group, several at once: together they take one inversion and, in
/// Wasm, one call of the host.
///
/// # Errors
///
/// A sum with not as many points as scalars.
pub fn msm_g1(sums: &[Terms<'_>]) -> Result<Vec<G1Affine>, Error> {
	if sums.iter().any(|(points, scalars)| points.len() != scalars.len()) {
		return Err(Error::Length);
	}
	imp::msm_g1(sums)
}

/// The sum of multiples of points on the second group's curve, in the subgroup or not.
///
/// # Errors
///
/// Not as many points as scalars.
pub fn msm_g2(points: &[G2Affine], scalars: &[Fr]) -> Result<G2Affine, Error> {
	if points.len() != scalars.len() {
		return Err(Error::Length);
	}
	imp::msm_g2(points, scalars)
}

/// Whether a point of the second group's curve is in the subgroup of prime order.
pub fn in_subgroup(point: &G2Affine) -> bool {
	imp::in_subgroup(point)
}

/// The product of the Miller loops of pairs of points, some of them with lines computed in advance,
/// and the check that those of `pairs` in the second group are in the subgroup of prime order, which
/// costs next to nothing on the way. A pair with a point at infinity has the value one.
///
/// Points have to be on their curves. The value depends on how it was computed by a factor that
/// [`final_exponentiation`] removes.
///
/// # Errors
///
/// The first pair whose point of the second group is outside the subgroup; a prepared point whose
/// bytes are no coordinates.
pub fn multi_miller_loop(
	pairs: &[(G1Affine, G2Affine)],
	prepared: &[(G1Affine, &PreparedG2)],
) -> Result<Fq12, Error> {
	imp::multi_miller_loop(pairs, prepared)
}

/// The final exponentiation of the value of a Miller loop: of any element but zero, the power of
/// `2x (6x² + 3x + 1) (q¹² - 1) / r`.
///
/// # Errors
///
/// The element is zero.
pub fn final_exponentiation(value: &Fq12) -> Result<Fq12, Error> {
	imp::final_exponentiation(value)
}
