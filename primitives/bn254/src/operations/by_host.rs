// SPDX-License-Identifier: Apache-2.0

//! The operations computed by the host.

use super::Terms;
use crate::{
	encoding::{
		encode_g1, encode_g2, encode_scalar, encode_target, Reader, G1_BYTES, G2_BYTES,
		TARGET_BYTES,
	},
	host::candor_curves as host,
	Error, PreparedG2,
};
use alloc::{vec, vec::Vec};
use ark_bn254::{Fq12, Fr, G1Affine, G2Affine};

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

/// Natively the host's functions are there as well, so that what is made of their arguments and
/// answers can be tested without Wasm.
#[cfg(test)]
mod tests {
	use super::{super::here, *};
	use ark_bn254::Fq2;
	use ark_ec::AffineRepr;
	use ark_ff::{Field, UniformRand};
	use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

	fn outside_the_subgroup(rng: &mut ChaCha20Rng) -> G2Affine {
		core::iter::repeat_with(|| G2Affine::get_point_from_x_unchecked(Fq2::rand(rng), true))
			.flatten()
			.next()
			.expect("half of all coordinates have a point")
	}

	#[test]
	fn the_host_adds_up_what_is_added_up_here() {
		let rng = &mut ChaCha20Rng::seed_from_u64(1);
		let points: Vec<_> = (0..5).map(|_| G1Affine::rand(rng)).collect();
		let scalars: Vec<_> = (0..5).map(|_| Fr::rand(rng)).collect();
		for sums in [&[][..], &[(&points[..2], &scalars[..2]), (&[], &[]), (&points, &scalars)]] {
			let expected = here::msm_g1(sums).unwrap();
			assert_eq!(expected.len(), sums.len());
			assert_eq!(msm_g1(sums), Ok(expected));
		}
		let points = [G2Affine::rand(rng), outside_the_subgroup(rng)];
		assert_eq!(msm_g2(&points, &scalars[..2]), here::msm_g2(&points, &scalars[..2]));
	}

	#[test]
	fn the_host_knows_the_subgroup() {
		let rng = &mut ChaCha20Rng::seed_from_u64(2);
		assert!(in_subgroup(&G2Affine::rand(rng)));
		assert!(in_subgroup(&G2Affine::zero()));
		assert!(!in_subgroup(&outside_the_subgroup(rng)));
	}

	#[test]
	fn the_host_pairs_what_is_paired_here() {
		let rng = &mut ChaCha20Rng::seed_from_u64(3);
		let pairs: Vec<_> = (0..2).map(|_| (G1Affine::rand(rng), G2Affine::rand(rng))).collect();
		let lines = [0; 2].map(|_| PreparedG2::new(&G2Affine::rand(rng)).unwrap());
		let prepared = lines.each_ref().map(|lines| (G1Affine::rand(rng), lines));
		let value = here::multi_miller_loop(&pairs, &prepared).unwrap();
		assert_eq!(multi_miller_loop(&pairs, &prepared), Ok(value));
		let expected = here::final_exponentiation(&value).unwrap();
		assert_ne!(expected, Fq12::ONE);
		assert_eq!(final_exponentiation(&value), Ok(expected));
	}

	#[test]
	fn the_host_says_what_is_wrong() {
		let rng = &mut ChaCha20Rng::seed_from_u64(4);
		let inside = (G1Affine::rand(rng), G2Affine::rand(rng));
		let pairs = [inside, (inside.0, outside_the_subgroup(rng))];
		assert_eq!(multi_miller_loop(&pairs, &[]), Err(Error::NotInSubgroup { index: 1 }));
		assert_eq!(final_exponentiation(&Fq12::default()), Err(Error::Zero));
	}
}
