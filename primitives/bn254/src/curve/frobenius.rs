// SPDX-License-Identifier: Apache-2.0

//! The Frobenius endomorphism of the second group's curve.

use super::constants::{LOOP_DIGITS, TWIST_FROBENIUS_X, TWIST_FROBENIUS_Y};
use ark_bn254::G2Affine;
use ark_ff::Field;

/// `psi(Q)`: untwist, Frobenius, twist. In the subgroup of prime order it multiplies by the
/// characteristic of the base field; on the whole curve it satisfies `psi² - t psi + q = 0`.
pub(crate) fn psi(point: &G2Affine) -> G2Affine {
	let [mut x, mut y] = [point.x, point.y];
	x.frobenius_map_in_place(1);
	y.frobenius_map_in_place(1);
	G2Affine::new_unchecked(x * TWIST_FROBENIUS_X, y * TWIST_FROBENIUS_Y)
}

/// `-psi³(Q)`, where the walk of a Miller loop from `Q` ends if `Q` is in the subgroup of prime
/// order, and only then.
///
/// The walk ends at `[6x + 2] Q + psi(Q) - psi²(Q)`, so the question is whether
/// `f = (6x + 2) + psi - psi² + psi³` takes `Q` to zero. `f` is an endomorphism of the curve; with
/// `psi² = t psi - q` it is `u + v psi` for integers `u` and `v`, and whatever it takes to zero, its
/// norm `N = u² + t u v + q v²` takes to zero. The curve has `r h` points, `r` the prime order of
/// the subgroup. `N` is a multiple of `r`, and neither `N` nor `r` has a factor in common with the
/// cofactor `h`: so `f(Q) = 0` exactly for `Q` in the subgroup. (The method is that of
/// [Dai, Lin, Zhao, Zhou](https://eprint.iacr.org/2022/348); a test computes the numbers.)
pub(crate) fn closing(point: &G2Affine) -> G2Affine {
	negate(psi(&psi(&psi(point))))
}

/// `-Q`.
pub(crate) fn negate(point: G2Affine) -> G2Affine {
	G2Affine::new_unchecked(point.x, -point.y)
}

/// The digits of a Miller loop, the highest first.
pub(crate) fn digits() -> impl Iterator<Item = i8> + Clone {
	LOOP_DIGITS.into_iter()
}
