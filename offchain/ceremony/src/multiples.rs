// SPDX-License-Identifier: Apache-2.0
//! Multiples of many points at a time, each by a number of its own.
//!
//! A number `k` is written as `k₁ + λ k₂` with halves of 128 bits, where `λ` is what the curve's endomorphism
//! multiplies with (Gallant, Lambert and Vanstone, Crypto 2001), and each half in digits with a sign that
//! are zero or odd, of which five in six are zero. All points are doubled and added to in step, in affine
//! coordinates, so that an inversion is shared by all of them.

use ark_bn254::Fr;
use ark_ec::{scalar_mul::glv::GLVConfig, short_weierstrass::Affine, AffineRepr};
use ark_ff::{BigInteger, PrimeField};
use candor_prover::affine::{add_by_key, add_each, add_some, double_each, Curve};
use rayon::prelude::*;
use zeroize::{Zeroize, Zeroizing};

/// Bits of a digit: its odd sizes are those below `2^(WIDTH - 1)`.
const WIDTH: usize = 5;
/// How many odd sizes a digit has.
const SIZES: usize = 1 << (WIDTH - 2);

/// How many points are best worked on at a time: enough to share an inversion, and few enough for the
/// cache.
pub(crate) const AT_A_TIME: usize = 512;

/// A number to multiply points of a curve with.
#[derive(Clone, Debug)]
pub(crate) struct Multiplier {
	/// The digits of both halves, lowest first.
	halves: [Vec<i8>; 2],
}

impl Multiplier {
	/// Of a number, for the points of `P`.
	pub fn of<P: GLVConfig<ScalarField = Fr>>(number: Fr) -> Self {
		let (first, second) = P::scalar_decomposition(number);
		let digits = |(is_positive, size): (bool, Fr)| {
			let digits = size.into_bigint().find_wnaf(WIDTH).expect("the width is allowed; qed");
			let digits = Zeroizing::new(digits);
			let sign = if is_positive { 1 } else { -1 };
			digits.iter().map(|digit| sign * *digit as i8).collect()
		};
		Self { halves: [digits(first), digits(second)] }
	}

	/// The number of digits of the longer half.
	fn length(&self) -> usize {
		self.halves.iter().map(Vec::len).max().unwrap_or_default()
	}

	/// What a digit adds to the sum: a multiple of the point at a place, of which `odd` has the odd ones.
	fn addend<P: GLVConfig<ScalarField = Fr>>(
		&self,
		odd: &[Vec<Affine<P>>],
		at: usize,
		half: usize,
		position: usize,
	) -> Option<Affine<P>> {
		let digit = self.halves[half].get(position).copied().filter(|digit| *digit != 0)?;
		let multiple = odd[usize::from(digit.unsigned_abs()) / 2][at];
		let multiple = if half == 0 { multiple } else { P::endomorphism_affine(&multiple) };
		Some(if digit > 0 { multiple } else { -multiple })
	}
}

/// Some numbers are secrets.
impl Zeroize for Multiplier {
	fn zeroize(&mut self) {
		self.halves.zeroize();
	}
}

/// Multiplies all points by one number, on all cores.
pub(crate) fn multiply_all<P: GLVConfig<ScalarField = Fr>>(
	points: &[Affine<P>],
	number: Fr,
) -> Vec<Affine<P>> {
	let multiplier = Zeroizing::new(Multiplier::of::<P>(number));
	let multiples = points
		.par_chunks(AT_A_TIME)
		.flat_map_iter(|points| multiply_each(points, &vec![&*multiplier; points.len()]));
	multiples.collect()
}

/// Multiplies each point by the number at its place, best [`AT_A_TIME`].
///
/// # Panics
///
/// Where there are not as many points as numbers.
pub(crate) fn multiply_each<P: GLVConfig<ScalarField = Fr>>(
	points: &[Affine<P>],
	multipliers: &[&Multiplier],
) -> Vec<Affine<P>> {
	assert_eq!(points.len(), multipliers.len(), "a number for each point");
	let odd = odd_multiples(points);
	let length = multipliers.iter().map(|multiplier| multiplier.length()).max();
	let mut sums = vec![Affine::zero(); points.len()];
	let mut addends = Vec::with_capacity(points.len());
	for position in (0..length.unwrap_or_default()).rev() {
		double_each(&mut sums);
		for half in 0..2 {
			addends.clear();
			addends.extend(multipliers.iter().enumerate().filter_map(|(at, multiplier)| {
				Some((at, multiplier.addend(&odd, at, half, position)?))
			}));
			add_some(&mut sums, &addends);
		}
	}
	sums
}

/// For each owner from zero up to `last` the sum of its points, each times the number at its place.
///
/// It doubles once an owner where [`multiply_each`] doubles once a point.
///
/// # Panics
///
/// Where there are not as many points as numbers and owners, or an owner is beyond the last.
pub(crate) fn sum_multiples<P: GLVConfig<ScalarField = Fr> + Curve>(
	points: &[Affine<P>],
	multipliers: &[Multiplier],
	owners: &[u32],
	last: u32,
) -> Vec<Affine<P>> {
	assert_eq!(points.len(), multipliers.len(), "a number for each point");
	assert_eq!(points.len(), owners.len(), "an owner for each point");
	let odd = odd_multiples(points);
	let length = multipliers.iter().map(Multiplier::length).max();
	let mut sums = vec![Affine::zero(); last as usize + 1];
	let (mut addends, mut keys) = (Vec::new(), Vec::new());
	for position in (0..length.unwrap_or_default()).rev() {
		double_each(&mut sums);
		addends.clear();
		keys.clear();
		for (at, (multiplier, owner)) in multipliers.iter().zip(owners).enumerate() {
			for half in 0..2 {
				if let Some(addend) = multiplier.addend(&odd, at, half, position) {
					addends.push(addend);
					keys.push(*owner);
				}
			}
		}
		add_each(&mut sums, &add_by_key(&addends, &keys, last));
	}
	sums
}

/// Once, three times, five times … all points.
fn odd_multiples<P: GLVConfig<ScalarField = Fr>>(points: &[Affine<P>]) -> Vec<Vec<Affine<P>>> {
	let mut twice = points.to_vec();
	double_each(&mut twice);
	let mut multiples = vec![points.to_vec()];
	for smaller in 0..SIZES - 1 {
		let mut next = multiples[smaller].clone();
		add_each(&mut next, &twice);
		multiples.push(next);
	}
	multiples
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_bn254::{g1, g2};
	use ark_ec::{short_weierstrass::Projective, CurveGroup, PrimeGroup};
	use ark_ff::{Field, UniformRand};
	use rand::{rngs::StdRng, SeedableRng};

	fn agrees<P: GLVConfig<ScalarField = Fr>>(points: &[Affine<P>], numbers: &[Fr]) {
		let multipliers: Vec<_> =
			numbers.iter().map(|number| Multiplier::of::<P>(*number)).collect();
		let multiples = multiply_each(points, &multipliers.iter().collect::<Vec<_>>());
		for ((point, number), multiple) in points.iter().zip(numbers).zip(multiples) {
			assert_eq!(multiple, (*point * number).into_affine(), "{number}");
		}
	}

	fn multiples_are_those_of_arkworks<P: GLVConfig<ScalarField = Fr> + Curve>() {
		let mut rng = StdRng::seed_from_u64(1);
		let half = Fr::from(Fr::MODULUS_MINUS_ONE_DIV_TWO);
		let mut numbers = vec![half, half + Fr::from(1), P::LAMBDA, -P::LAMBDA, P::LAMBDA.square()];
		numbers.extend((0..40).flat_map(|small| [Fr::from(small), -Fr::from(small)]));
		numbers.extend((0..254).map(|bit| Fr::from(2).pow([bit])));
		numbers.extend((0..50).map(|_| Fr::rand(&mut rng)));
		let points: Vec<_> = (0..numbers.len() as u64)
			.map(|number| Projective::<P>::generator() * Fr::from(number * number))
			.collect();
		let points = Projective::normalize_batch(&points);
		assert!(points[0].is_zero(), "infinity is among them");
		agrees(&points, &numbers);
		agrees(&points[..0], &[]);
		let multipliers: Vec<_> =
			numbers.iter().map(|number| Multiplier::of::<P>(*number)).collect();
		let owners: Vec<_> = (0..points.len() as u32).map(|at| at * at % 7).collect();
		let sums = sum_multiples(&points, &multipliers, &owners, 7);
		for (owner, sum) in (0..).zip(sums) {
			let own = (0..points.len()).filter(|at| owners[*at] == owner);
			let expected: Projective<P> = own.map(|at| points[at] * numbers[at]).sum();
			assert_eq!(sum, expected.into_affine(), "owner {owner}");
		}
		let half = half * Fr::from(3);
		let all = points.iter().map(|point| (*point * half).into_affine());
		assert!(multiply_all(&points, half).into_iter().eq(all));
		let point = points[2];
		agrees(&vec![point; numbers.len()], &numbers);
	}

	#[test]
	fn multiples_in_the_first_group_are_those_of_arkworks() {
		multiples_are_those_of_arkworks::<g1::Config>();
	}

	#[test]
	fn multiples_in_the_second_group_are_those_of_arkworks() {
		multiples_are_those_of_arkworks::<g2::Config>();
	}
}
