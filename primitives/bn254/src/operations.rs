// SPDX-License-Identifier: Apache-2.0

//! The operations on points. Natively, and in Wasm without host functions, they are computed here;
//! in Wasm with host functions the host computes them.

use crate::{Error, PreparedG2};
use alloc::vec::Vec;
use ark_bn254::{Fq12, Fr, G1Affine, G2Affine};

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

/// Computed here.
#[cfg(not(all(substrate_runtime, feature = "host-functions")))]
mod imp {
	use super::*;
	use crate::curve;

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
}

/// Computed by the host.
#[cfg(all(substrate_runtime, feature = "host-functions"))]
mod imp {
	use super::*;
	use crate::{
		encoding::{
			encode_g1, encode_g2, encode_scalar, encode_target, Reader, G1_BYTES, G2_BYTES,
			TARGET_BYTES,
		},
		host::candor_curves as host,
	};
	use alloc::vec;

	fn concat<const N: usize>(parts: impl Iterator<Item = [u8; N]>) -> Vec<u8> {
		let mut bytes = Vec::with_capacity(parts.size_hint().0.saturating_mul(N));
		parts.for_each(|part| bytes.extend_from_slice(&part));
		bytes
	}

	pub(super) fn msm_g1(sums: &[Terms<'_>]) -> Result<Vec<G1Affine>, Error> {
		let points = concat(sums.iter().flat_map(|(points, _)| *points).map(encode_g1));
		let scalars = concat(sums.iter().flat_map(|(_, s)| *s).copied().map(encode_scalar));
		let count = |(points, _): &Terms<'_>| u32::try_from(points.len()).unwrap_or(u32::MAX);
		let counts = concat(sums.iter().map(|terms| count(terms).to_le_bytes()));
		let mut bytes = vec![0; sums.len().saturating_mul(G1_BYTES)];
		Error::from_answer(host::bn254_msm_g1(&points, &scalars, &counts, &mut bytes))?;
		// The host's own points need no check.
		Reader::new(&bytes).all(G1_BYTES, Reader::g1_unchecked)
	}

	pub(super) fn msm_g2(points: &[G2Affine], scalars: &[Fr]) -> Result<G2Affine, Error> {
		let points = concat(points.iter().map(encode_g2));
		let scalars = concat(scalars.iter().copied().map(encode_scalar));
		let mut bytes = [0; G2_BYTES];
		Error::from_answer(host::bn254_msm_g2(&points, &scalars, &mut bytes))?;
		Reader::new(&bytes).g2_unchecked()
	}

	pub(super) fn in_subgroup(point: &G2Affine) -> bool {
		Error::from_answer(host::bn254_check_g2(&encode_g2(point))).is_ok()
	}

	pub(super) fn multi_miller_loop(
		pairs: &[(G1Affine, G2Affine)],
		prepared: &[(G1Affine, &PreparedG2)],
	) -> Result<Fq12, Error> {
		let g1 = concat(pairs.iter().map(|(point, _)| encode_g1(point)));
		let g2 = concat(pairs.iter().map(|(_, point)| encode_g2(point)));
		let prepared_g1 = concat(prepared.iter().map(|(point, _)| encode_g1(point)));
		let lines: Vec<_> = prepared.iter().map(|(_, lines)| lines.as_bytes()).collect();
		let mut value = [0; TARGET_BYTES];
		Error::from_answer(host::bn254_multi_miller_loop(
			&g1,
			&g2,
			&prepared_g1,
			&lines.concat(),
			&mut value,
		))?;
		Reader::new(&value).target()
	}

	pub(super) fn final_exponentiation(value: &Fq12) -> Result<Fq12, Error> {
		let mut bytes = encode_target(value);
		Error::from_answer(host::bn254_final_exponentiation(&mut bytes))?;
		Reader::new(&bytes).target()
	}
}
