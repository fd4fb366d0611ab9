// SPDX-License-Identifier: Apache-2.0
//! Additions of points, eight at a time, on processors that can multiply eight numbers at once.
//!
//! AVX-512 IFMA multiplies integers of 52 bits in eight lanes. Elements in limbs of that length are multiplied in a
//! quarter of the time that one after the other takes. They are divided by `2²⁶⁰` with it, though, where arkworks' form,
//! in which `x` is `x 2²⁵⁶`, would have them divided by `2²⁵⁶`; what is missing stands in two places, see [`sums`].

mod base;
mod integers;
mod quadratic;

use crate::affine::Pair;
use ark_bn254::{Fq, Fq2};
use ark_ec::{
	short_weierstrass::{Affine, SWCurveConfig},
	CurveGroup,
};
use ark_ff::{serial_batch_inversion_and_mul, Field};
use base::Base;
use integers::Mask;
use quadratic::Quadratic;

/// Pairs that share an inversion: what is kept of them fits the second level of a core's cache.
const SHARING: usize = 4096;

/// A field whose elements are added up in eight lanes.
pub trait InLanes: Field {
	/// Eight elements.
	type Lanes: Eight<One = Self>;
}

impl InLanes for Fq {
	type Lanes = Base;
}

impl InLanes for Fq2 {
	type Lanes = Quadratic;
}

/// Eight elements of a field. "Small" ones are less than twice the modulus `p`, canonical ones less than the modulus.
pub trait Eight: Copy {
	/// One of them.
	type One: Field;

	/// From arkworks' form.
	fn read(elements: [&Self::One; 8]) -> Self;

	/// To arkworks' form, from canonical ones.
	fn write(self) -> [Self::One; 8];

	/// Eight that are not zero.
	fn some() -> Self;

	/// The lanes of another where the mask has a bit.
	fn or_where(self, mask: Mask, other: Self) -> Self;

	/// Which of canonical ones are zero.
	fn zeros(self) -> Mask;

	/// Which of canonical ones are the same.
	fn equals(self, other: Self) -> Mask;

	/// The products, less than `1.3 p`, of some below `8 p` and others that are small, divided by `2²⁶⁰`.
	fn times(self, other: Self) -> Self;

	/// The squares of small ones, less than `1.3 p`, divided by `2²⁶⁰`.
	fn square(self) -> Self;

	/// The difference, of canonical others: a modulus is added.
	fn minus(self, other: Self) -> Self;

	/// Four times that.
	fn four_times_minus(self, other: Self) -> Self;

	/// What is left without two canonical others: two moduli are added.
	fn minus_two(self, first: Self, second: Self) -> Self;

	/// Of some below `4 p` the canonical ones.
	fn canonical(self) -> Self;
}

/// Adds up pairs of points, if this processor can do it eight at a time.
#[allow(unsafe_code)]
pub(crate) fn add_pairs<P: SWCurveConfig<BaseField: InLanes>>(
	points: &mut [Affine<P>],
	pairs: &[Pair],
) -> bool {
	let is_able = is_able();
	if is_able {
		for pairs in pairs.chunks(SHARING) {
			// SAFETY: the processor has what the function was compiled for.
			unsafe { add_sharing(points, pairs) }
		}
	}
	is_able
}

/// Whether this processor has what [`integers`] is made of.
fn is_able() -> bool {
	is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma")
}

/// A pair of eight before it is added up.
struct Waiting<E> {
	/// The product of the denominators of those behind it.
	behind: E,
	/// What the slope of the line through both points is divided by.
	denominator: E,
	/// Where there is no such slope: the points are equal, opposite or zero.
	odd: Mask,
}

/// Adds up pairs of points that share an inversion.
#[target_feature(enable = "avx512f,avx512ifma")]
fn add_sharing<P: SWCurveConfig<BaseField: InLanes>>(points: &mut [Affine<P>], pairs: &[Pair]) {
	type Lanes<P> = <<P as ark_ec::CurveConfig>::BaseField as InLanes>::Lanes;
	let mut product = Lanes::<P>::some();
	let mut waiting = Vec::with_capacity(pairs.len().div_ceil(8));
	for eight in pairs.chunks(8).rev() {
		let [left, right] = both(points, eight);
		let left = Lanes::<P>::read(left.map(|point| &point.x));
		let right = Lanes::<P>::read(right.map(|point| &point.x));
		let odd = left.equals(right) | left.zeros() | right.zeros();
		let denominator = right.minus(left).or_where(odd, Lanes::<P>::some());
		waiting.push(Waiting { behind: product, denominator, odd });
		product = product.times(denominator);
	}
	let mut inverses = product.canonical().write();
	serial_batch_inversion_and_mul(&mut inverses, &P::BaseField::from(SCALE));
	let mut inverse = Lanes::<P>::read(inverses.each_ref());
	for (eight, waiting) in pairs.chunks(8).zip(waiting.into_iter().rev()) {
		let Waiting { behind, denominator, odd } = waiting;
		let of_eight = inverse.times(behind);
		inverse = inverse.times(denominator);
		let [left, right] = both(points, eight);
		let mut sums = sums::<P, Lanes<P>>(left, right, of_eight);
		for (lane, pair) in eight.iter().enumerate() {
			if odd >> lane & 1 == 1 {
				let [left, right] = pair.of(points);
				sums[lane] = (*left + right).into_affine();
			}
		}
		for (pair, sum) in eight.iter().zip(sums) {
			points[pair.to] = sum;
		}
	}
}

/// The points of up to eight pairs. The first pair stands for those that are missing.
#[inline(always)]
fn both<'a, P: SWCurveConfig>(points: &'a [Affine<P>], eight: &[Pair]) -> [[&'a Affine<P>; 8]; 2] {
	let mut both = [[&points[eight[0].from]; 8], [&points[eight[0].from + 1]; 8]];
	for (lane, pair) in eight.iter().enumerate() {
		let [left, right] = pair.of(points);
		(both[0][lane], both[1][lane]) = (left, right);
	}
	both
}

/// What inverses are multiplied with so that slopes are divided by `2²⁵⁴`; see [`sums`].
const SCALE: u64 = 1 << 6;

/// The sums of eight points each, from the inverses of the differences of their first coordinates.
///
/// With `x 2²⁵⁶` for a coordinate `x` and products divided by `2²⁶⁰`, the square of a slope `s` is a coordinate if it is
/// given as `s 2²⁵⁸`; a product of it and a coordinate is one if multiplied by four. So an inverse of `d 2²⁵⁶` is
/// `2²⁶² / d`, where arkworks takes `2²⁵⁶ / d` for it: times [`SCALE`].
#[inline(always)]
fn sums<P: SWCurveConfig<BaseField: InLanes<Lanes = E>>, E: Eight<One = P::BaseField>>(
	left: [&Affine<P>; 8],
	right: [&Affine<P>; 8],
	inverse: E,
) -> [Affine<P>; 8] {
	let (left_y, right_y) = (E::read(left.map(|p| &p.y)), E::read(right.map(|p| &p.y)));
	let slope = right_y.minus(left_y).times(inverse);
	let (left_x, right_x) = (E::read(left.map(|p| &p.x)), E::read(right.map(|p| &p.x)));
	let x = slope.square().minus_two(left_x, right_x).canonical();
	let y = left_x.four_times_minus(x).times(slope).minus(left_y).canonical();
	let (x, y) = (x.write(), y.write());
	core::array::from_fn(|lane| Affine::new_unchecked(x[lane], y[lane]))
}

#[cfg(test)]
mod tests;
