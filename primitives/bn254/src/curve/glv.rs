// SPDX-License-Identifier: Apache-2.0

//! Scalars in two halves by the endomorphism of the first group
//! ([Gallant, Lambert, Vanstone 2001](https://doi.org/10.1007/3-540-44647-8_11)).

use super::constants::{A1, A1_OVER_R, A2, A2_OVER_R, LAMBDA, OMEGA};
use ark_bn254::{Fr, G1Affine};
use ark_ff::{BigInt, BigInteger, Field, PrimeField};

/// Half of a scalar: a sign and a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Half {
	pub(crate) negative: bool,
	pub(crate) size: BigInt<4>,
}

impl Half {
	fn new(value: Fr) -> Self {
		let (size, opposite) = (value.into_bigint(), (-value).into_bigint());
		if opposite < size {
			Self { negative: true, size: opposite }
		} else {
			Self { negative: false, size }
		}
	}
}

/// Halves `a` and `b` of a scalar, `scalar = a + b lambda`, of at most 128 bits each.
///
/// The equation holds by construction; how short the halves are depends on how well the point of
/// the lattice nearest to `(scalar, 0)` is found. For a scalar that was made of halves of 64 bits it
/// is found exactly, and they come out again.
pub(crate) fn halves(scalar: &Fr) -> [Half; 2] {
	let integer = scalar.into_bigint();
	let b = product_over_r(&integer, &A2_OVER_R) * A1 - product_over_r(&integer, &A1_OVER_R) * A2;
	[Half::new(*scalar - b * LAMBDA), Half::new(b)]
}

/// The product of a scalar and a fraction over `2²⁵⁶`, rounded.
fn product_over_r(scalar: &BigInt<4>, fraction: &BigInt<4>) -> Fr {
	let (low, high) = scalar.mul(fraction);
	let nearest = Fr::from_bigint(high).unwrap_or_default();
	if low.get_bit(255) {
		nearest + Fr::ONE
	} else {
		nearest
	}
}

/// The point times [`LAMBDA`].
pub(crate) fn endomorphism(point: &G1Affine) -> G1Affine {
	G1Affine::new_unchecked(point.x * OMEGA, point.y)
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_ec::AffineRepr;
	use ark_ff::{AdditiveGroup, UniformRand};
	use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

	fn value(half: &Half) -> Fr {
		let size = Fr::from_bigint(half.size).expect("a half is a scalar");
		if half.negative {
			-size
		} else {
			size
		}
	}

	#[test]
	fn halves_add_up_and_are_short() {
		let rng = &mut ChaCha20Rng::seed_from_u64(1);
		let mut scalars = vec![Fr::ZERO, Fr::ONE, -Fr::ONE, LAMBDA, -LAMBDA, A1, A2, LAMBDA * A2];
		scalars.extend((0..1000).map(|_| Fr::rand(rng)));
		for scalar in scalars {
			let [a, b] = halves(&scalar);
			assert_eq!(value(&a) + value(&b) * LAMBDA, scalar);
			assert!(a.size.num_bits() <= 128 && b.size.num_bits() <= 128, "{scalar}");
		}
	}

	#[test]
	fn halves_of_64_bits_come_out_again() {
		let rng = &mut ChaCha20Rng::seed_from_u64(2);
		let ends = [(0, 0), (0, u64::MAX), (u64::MAX, 0), (u64::MAX, u64::MAX)];
		for (a, b) in ends.into_iter().chain((0..1000).map(|_| (u64::rand(rng), u64::rand(rng)))) {
			let expected = [a, b].map(|half| Half { negative: false, size: BigInt::from(half) });
			assert_eq!(halves(&(Fr::from(a) + Fr::from(b) * LAMBDA)), expected);
		}
	}

	#[test]
	fn the_endomorphism_multiplies_by_lambda() {
		let point = G1Affine::generator();
		assert_eq!(endomorphism(&point), point * LAMBDA);
	}
}
