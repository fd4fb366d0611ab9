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

/// A curve whose points can be added up eight at a time, where the processor can.
#[cfg(target_arch = "x86_64")]
pub trait Curve: SWCurveConfig<BaseField: crate::lanes::InLanes> {}
#[cfg(target_arch = "x86_64")]
impl<P: SWCurveConfig<BaseField: crate::lanes::InLanes>> Curve for P {}

/// A curve whose points can be added up.
#[cfg(not(target_arch = "x86_64"))]
pub trait Curve: SWCurveConfig {}
#[cfg(not(target_arch = "x86_64"))]
impl<P: SWCurveConfig> Curve for P {}

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
pub fn add_by_key<P: Curve>(points: &[Affine<P>], keys: &[u32], largest: u32) -> Vec<Affine<P>> {
	let addends = keys.iter().zip(points);
	let addends = addends.map(|(key, point)| Addend { key: *key, point, is_negative: false });
	add_addends(addends, largest)
}

/// A point with its key.
#[derive(Clone, Copy)]
pub(crate) struct Addend<'a, P: SWCurveConfig> {
	/// Which sum it belongs to.
	pub key: u32,
	/// The point.
	pub point: &'a Affine<P>,
	/// Whether it is subtracted.
	pub is_negative: bool,
}

/// [`add_by_key`] for points with a sign, which are gone through twice.
pub(crate) fn add_addends<'a, P: Curve>(
	addends: impl Iterator<Item = Addend<'a, P>> + Clone,
	largest: u32,
) -> Vec<Affine<P>> {
	let mut runs = vec![Run::default(); largest as usize + 1];
	addends.clone().for_each(|addend| runs[addend.key as usize].count += 1);
	let mut count = 0;
	for run in &mut runs {
		run.start = count;
		count += run.count;
	}
	let mut ends: Vec<_> = runs.iter().map(|run| run.start).collect();
	let mut sorted = vec![Affine::identity(); count];
	for Addend { key, point, is_negative } in addends {
		let end = &mut ends[key as usize];
		sorted[*end] = *point;
		if is_negative {
			sorted[*end].y.neg_in_place();
		}
		*end += 1;
	}

	let mut pairs = Vec::with_capacity(count / 2);
	let mut long: Vec<_> = runs.iter().filter(|run| run.count > 1).copied().collect();
	while !long.is_empty() {
		pairs.clear();
		pairs.extend(long.iter().flat_map(Run::pairs));
		add_pairs(&mut sorted, &pairs);
		for run in &mut long {
			let pairs = run.count / 2;
			if run.count % 2 == 1 {
				sorted[run.start + pairs] = sorted[run.start + run.count - 1];
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

impl Run {
	/// Its points in pairs, without a last one that has no neighbour. Sums go to the front.
	fn pairs(&self) -> impl Iterator<Item = Pair> {
		let start = self.start;
		(0..self.count / 2).map(move |pair| Pair { from: start + 2 * pair, to: start + pair })
	}
}

/// A point and the one behind it, and where their sum goes.
#[derive(Clone, Copy)]
pub(crate) struct Pair {
	/// Where the first point is.
	pub from: usize,
	/// Where the sum goes, which is not behind the points.
	pub to: usize,
}

impl Pair {
	/// Its points.
	#[inline(always)]
	pub fn of<'a, P: SWCurveConfig>(&self, points: &'a [Affine<P>]) -> [&'a Affine<P>; 2] {
		[&points[self.from], &points[self.from + 1]]
	}
}

/// Adds up pairs of points, of which none lies where a sum of one before it goes.
fn add_pairs<P: Curve>(points: &mut [Affine<P>], pairs: &[Pair]) {
	#[cfg(target_arch = "x86_64")]
	if crate::lanes::add_pairs(points, pairs) {
		return;
	}
	add_pairs_singly(points, pairs);
}

/// The same, one pair after the other.
pub(crate) fn add_pairs_singly<P: SWCurveConfig>(points: &mut [Affine<P>], pairs: &[Pair]) {
	let of = |pair: &Pair| {
		let [left, right] = pair.of(points);
		denominator(left, right)
	};
	let mut inverses: Vec<_> = pairs.iter().map(of).collect();
	serial_batch_inversion_and_mul(&mut inverses, &P::BaseField::ONE);
	for (pair, inverse) in pairs.iter().zip(&inverses) {
		let [left, right] = pair.of(points);
		points[pair.to] = add(left, right, inverse);
	}
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
