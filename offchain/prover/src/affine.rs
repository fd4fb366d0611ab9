// SPDX-License-Identifier: Apache-2.0
//! Additions in affine coordinates, of which many share one inversion.
//!
//! With Montgomery's trick an inversion that is shared by many costs three multiplications each: six
//! multiplications an addition, where one in projective coordinates takes ten and more.

use ark_ec::{
	short_weierstrass::{Affine, SWCurveConfig},
	AffineRepr,
};
use ark_ff::{serial_batch_inversion_and_mul, AdditiveGroup, Field, Zero};

/// Adds to each of the first points the one of the others at its place.
pub fn add_each<P: SWCurveConfig>(sums: &mut [Affine<P>], others: &[Affine<P>]) {
	let pairs = sums.iter().zip(others);
	let mut inverses: Vec<_> = pairs.map(|(sum, other)| denominator(sum, other)).collect();
	serial_batch_inversion_and_mul(&mut inverses, &P::BaseField::ONE);
	for ((sum, other), inverse) in sums.iter_mut().zip(others).zip(&inverses) {
		*sum = add(sum, other, inverse);
	}
}

/// Adds points to some of the first, each to the one at the position beside it. No position is there
/// twice.
pub fn add_some<P: SWCurveConfig>(sums: &mut [Affine<P>], others: &[(usize, Affine<P>)]) {
	let pairs = others.iter().map(|(at, other)| (&sums[*at], other));
	let mut inverses: Vec<_> = pairs.map(|(sum, other)| denominator(sum, other)).collect();
	serial_batch_inversion_and_mul(&mut inverses, &P::BaseField::ONE);
	for ((at, other), inverse) in others.iter().zip(&inverses) {
		sums[*at] = add(&sums[*at], other, inverse);
	}
}

/// Doubles each of some points.
pub fn double_each<P: SWCurveConfig>(points: &mut [Affine<P>]) {
	let mut inverses: Vec<_> = points.iter().map(|point| point.y.double()).collect();
	serial_batch_inversion_and_mul(&mut inverses, &P::BaseField::ONE);
	for (point, inverse) in points.iter_mut().zip(&inverses) {
		*point = add(point, point, inverse);
	}
}

/// For each key from zero up to `largest` the sum of the points that have it.
///
/// # Panics
///
/// A key beyond the largest, or less keys than points.
pub fn add_by_key<P: SWCurveConfig>(
	points: &[Affine<P>],
	keys: &[u32],
	largest: u32,
) -> Vec<Affine<P>> {
	let mut runs = vec![Run::default(); largest as usize + 1];
	keys.iter().for_each(|key| runs[*key as usize].count += 1);
	let mut next = 0;
	for run in &mut runs {
		run.start = next;
		next += run.count;
	}
	let mut ends: Vec<_> = runs.iter().map(|run| run.start).collect();
	let mut sorted = vec![Affine::identity(); points.len()];
	for (point, key) in points.iter().zip(keys) {
		let end = &mut ends[*key as usize];
		sorted[*end] = *point;
		*end += 1;
	}

	let mut denominators = Vec::with_capacity(points.len() / 2);
	let mut long: Vec<_> = runs.iter().filter(|run| run.count > 1).copied().collect();
	while !long.is_empty() {
		denominators.clear();
		for run in &long {
			let run = &sorted[run.start..run.start + run.count];
			denominators.extend(run.chunks_exact(2).map(|pair| denominator(&pair[0], &pair[1])));
		}
		serial_batch_inversion_and_mul(&mut denominators, &P::BaseField::ONE);
		let mut inverses = denominators.iter();
		for run in &mut long {
			let (start, pairs) = (run.start, run.count / 2);
			for (pair, inverse) in (0..pairs).zip(&mut inverses) {
				let (left, right) = (&sorted[start + 2 * pair], &sorted[start + 2 * pair + 1]);
				sorted[start + pair] = add(left, right, inverse);
			}
			if run.count % 2 == 1 {
				sorted[start + pairs] = sorted[start + run.count - 1];
			}
			run.count = run.count.div_ceil(2);
		}
		long.retain(|run| run.count > 1);
	}
	let first = |run: &Run| if run.count > 0 { sorted[run.start] } else { Affine::identity() };
	runs.iter().map(first).collect()
}

/// Points that lie one behind the other.
#[derive(Clone, Copy, Default)]
struct Run {
	start: usize,
	count: usize,
}

/// What the slope of the line through two points is divided by: zero if they are opposite.
fn denominator<P: SWCurveConfig>(left: &Affine<P>, right: &Affine<P>) -> P::BaseField {
	let difference = right.x - left.x;
	if difference.is_zero() && left.y == right.y {
		left.y.double()
	} else {
		difference
	}
}

/// The sum of two points, from the inverse of their [`denominator`].
fn add<P: SWCurveConfig>(left: &Affine<P>, right: &Affine<P>, inverse: &P::BaseField) -> Affine<P> {
	if left.is_zero() {
		return *right;
	}
	if right.is_zero() {
		return *left;
	}
	let slope = if left.x != right.x {
		(right.y - left.y) * inverse
	} else if left.y == right.y {
		let square = left.x.square();
		(square.double() + square + P::COEFF_A) * inverse
	} else {
		return Affine::identity();
	};
	let x = slope.square() - left.x - right.x;
	let y = slope * (left.x - x) - left.y;
	Affine::new_unchecked(x, y)
}
