// SPDX-License-Identifier: Apache-2.0

//! Sums of multiples of points: interleaved signed windows
//! ([Möller 2001](https://doi.org/10.1007/3-540-45537-X_13)), the doublings shared by all terms of
//! a sum. For the few hundred terms of a batch that is as fast as buckets, and a lone term costs no
//! more than it has to.

use super::glv::{endomorphism, halves};
use crate::inversion::to_affine;
use alloc::vec::Vec;
use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{
	short_weierstrass::{Affine, Projective, SWCurveConfig},
	AdditiveGroup, AffineRepr,
};
use ark_ff::{BigInt, BigInteger, PrimeField};
use core::iter::successors;

/// Sums of multiples of points of the first group; each sum has its terms.
pub(crate) fn sums_g1(sums: &[(&[G1Affine], &[Fr])]) -> Vec<G1Affine> {
	let terms = sums.iter().map(|(points, scalars)| {
		points
			.iter()
			.zip(*scalars)
			.flat_map(|(point, scalar)| {
				let [first, second] = halves(scalar).map(|h| Digits::new(h.negative, &h.size));
				let multiples = first.multiples.max(second.multiples);
				[(*point, multiples, first), (*point, 0, second)]
			})
			.collect::<Vec<_>>()
	});
	let terms: Vec<_> = terms.collect();
	let tables = tables(terms.iter().flatten().map(|(point, multiples, _)| (*point, *multiples)));
	let mut tables = tables.into_iter();
	let results: Vec<_> = terms
		.into_iter()
		.map(|sum| {
			let mut previous = Vec::new();
			let terms = sum.into_iter().zip(tables.by_ref()).map(|((_, _, digits), table)| {
				// The second half of a scalar takes the endomorphism of the first half's table.
				let table: Vec<_> = if table.is_empty() {
					previous.iter().map(endomorphism).collect()
				} else {
					table
				};
				previous.clone_from(&table);
				Term { table, digits: digits.digits }
			});
			add_up(&terms.collect::<Vec<_>>())
		})
		.collect();
	to_affine(&results)
}

/// The sum of multiples of points of the second group.
pub(crate) fn sum_g2(points: &[G2Affine], scalars: &[Fr]) -> G2Affine {
	let digits: Vec<_> =
		scalars.iter().map(|scalar| Digits::new(false, &scalar.into_bigint())).collect();
	let tables = tables(points.iter().zip(&digits).map(|(point, d)| (*point, d.multiples)));
	let terms = digits.into_iter().zip(tables);
	let terms: Vec<_> =
		terms.map(|(digits, table)| Term { table, digits: digits.digits }).collect();
	to_affine(&[add_up(&terms)]).into_iter().next().unwrap_or_default()
}

/// A multiple of a point, to be added up with others.
struct Term<P: SWCurveConfig> {
	/// The odd multiples of the point, from the single one on.
	table: Vec<Affine<P>>,
	/// The digits of the scalar, the lowest first.
	digits: Vec<i8>,
}

impl<P: SWCurveConfig> Term<P> {
	/// Adds the multiple of the digit at `position`.
	fn add_digit(&self, position: usize, sum: &mut Projective<P>) {
		let digit = self.digits.get(position).copied().unwrap_or(0);
		let multiple = self.table.get(usize::from(digit.unsigned_abs() / 2));
		match multiple {
			Some(multiple) if digit > 0 => *sum += multiple,
			Some(multiple) if digit < 0 => *sum -= multiple,
			_ => {}
		}
	}
}

fn add_up<P: SWCurveConfig>(terms: &[Term<P>]) -> Projective<P> {
	let length = terms.iter().map(|term| term.digits.len()).max().unwrap_or(0);
	let mut sum = Projective::ZERO;
	for position in (0..length).rev() {
		sum.double_in_place();
		for term in terms {
			term.add_digit(position, &mut sum);
		}
	}
	sum
}

/// For each point, its so many first odd multiples. All together take one inversion.
fn tables<P: SWCurveConfig>(
	points: impl Iterator<Item = (Affine<P>, usize)>,
) -> Vec<Vec<Affine<P>>> {
	let mut lengths = Vec::new();
	let mut multiples = Vec::new();
	for (point, count) in points {
		let single = point.into_group();
		let double = single.double();
		multiples.extend(successors(Some(single), |last| Some(*last + double)).take(count));
		lengths.push(count);
	}
	let mut affine = to_affine(&multiples).into_iter();
	lengths.into_iter().map(|count| affine.by_ref().take(count).collect()).collect()
}

/// A scalar in digits, each zero or odd, the lowest first.
struct Digits {
	digits: Vec<i8>,
	/// How many odd multiples the digits name.
	multiples: usize,
}

impl Digits {
	/// The digits of a scalar below `2²⁵⁴`, or of its opposite.
	fn new(negative: bool, scalar: &BigInt<4>) -> Self {
		let bits = scalar.num_bits();
		// Wider digits are fewer, but take a longer table.
		let width = match bits {
			0..=4 => 2,
			5..=80 => 4,
			_ => 5,
		};
		let limit = 1i8 << width;
		let mut digits = Vec::new();
		let mut carry = 0;
		let mut position = 0;
		while position <= bits {
			let window = carry + window(scalar, position, width);
			if window % 2 == 0 {
				digits.push(0);
				position += 1;
				continue;
			}
			carry = i8::from(window > limit / 2);
			let digit = window - carry * limit;
			digits.push(if negative { -digit } else { digit });
			digits.extend((1..width).map(|_| 0));
			position += width;
		}
		Self { digits, multiples: 1 << (width - 2) }
	}
}

/// The `width` bits of a scalar from `position` on; at most six.
fn window(scalar: &BigInt<4>, position: u32, width: u32) -> i8 {
	let (low, high) = {
		// The number of a limb fits anywhere.
		let mut limbs = scalar.0.iter().skip((position / u64::BITS) as usize).copied();
		(limbs.next().unwrap_or(0), limbs.next().unwrap_or(0))
	};
	let shift = position % u64::BITS;
	let bits = ((u128::from(high) << u64::BITS) + u128::from(low)) >> shift;
	// The mask leaves at most six bits, which fit.
	(bits & ((1 << width) - 1)) as i8
}
