// SPDX-License-Identifier: Apache-2.0
//! Sums of multiples of points.
//!
//! Points with equal multipliers are added up first, of which circuits have many: bits, bytes, and the
//! inverses that a lookup has for each of a table's few entries.
//!
//! Then Pippenger's method: the multipliers are written in digits of some bits, and for each position of a
//! digit the points are added up by digit. All of these additions are in affine coordinates, many at a
//! time, since a field inversion shared by many costs three multiplications: six multiplications an
//! addition where arkworks, in projective coordinates, takes ten. Digits have a sign, and so have
//! multipliers, so that a small number below or above zero has few digits that are not zero: it costs
//! what it is long.

use crate::{
	affine::{add_addends, add_by_key, Addend, Curve},
	Work,
};
use ark_bn254::Fr;
use ark_ec::{
	short_weierstrass::{Affine, Projective, SWCurveConfig},
	AffineRepr, VariableBaseMSM,
};
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, PrimeField, Zero};
use rayon::prelude::*;
use std::ops::Range;
use zeroize::{Zeroize, Zeroizing};

/// Bits that multipliers have at most when they have a sign.
pub(crate) const BITS: u32 = Fr::MODULUS_BIT_SIZE;

/// Digits of less than three bits, with a sign, reach less far than a multiplier may.
const MIN_WIDTH: u32 = 3;

/// Wider digits would have more values than any circuit has points.
const MAX_WIDTH: u32 = 16;

/// Points that are sorted by digit at once, those of several positions if they are few: enough for inversions to be shared by
/// many, and few enough for the cache.
const AT_ONCE: usize = 1 << 15;

/// `Σ kᵢ Pᵢ` over all of some lists, each of as many points as multipliers.
///
/// # Panics
///
/// Where a list has not as many points as multipliers.
pub fn sum<P: Curve<ScalarField = Fr>>(lists: &[(&[Affine<P>], &[Fr])]) -> Projective<P> {
	sum_counting(lists, &Work::new(0))
}

/// What the sum of so many points is in [`Work`]: an addition in the second group takes three times as long.
pub(crate) fn work<P: SWCurveConfig>(points: usize) -> u64 {
	points as u64 * (2 * <P::BaseField as Field>::extension_degree() - 1)
}

/// [`sum`], which counts the [`work`] that it does.
///
/// # Panics
///
/// As [`sum`].
pub(crate) fn sum_counting<P: Curve<ScalarField = Fr>>(
	lists: &[(&[Affine<P>], &[Fr])],
	counter: &Work,
) -> Projective<P> {
	let points = lists.iter().map(|(points, _)| points.len()).sum();
	let mut terms = merge(terms(lists));
	let sizes = terms.iter().map(|term| term.multiplier.num_bits());
	let digits = Digits { width: best_width(sizes).0 };
	let offset = digits.offset();
	terms.par_iter_mut().for_each(|term| {
		term.multiplier.add_with_carry(&offset);
	});
	let positions = digits.count();
	// No thread is to be left without work.
	let most = positions.div_ceil(rayon::current_num_threads() as u32);
	let together = (AT_ONCE / terms.len().max(1)).clamp(1, most as usize) as u32;
	let windows: Vec<_> = (0..positions)
		.into_par_iter()
		.step_by(together as usize)
		.flat_map_iter(|first| {
			let windows = first..positions.min(first + together);
			let done = work::<P>(points) * windows.len() as u64 / u64::from(positions);
			let sums = sum_windows(&terms, &digits, windows);
			counter.add(done);
			sums
		})
		.collect();
	windows.iter().rev().fold(Projective::ZERO, |mut sum, window| {
		(0..digits.width).for_each(|_| {
			sum.double_in_place();
		});
		sum + window
	})
}

/// How multipliers are written: in digits of `width` bits with a sign, lowest first.
///
/// With half of a digit's range added at every position but the last, digits neither have a sign nor
/// carry over.
struct Digits {
	width: u32,
}

impl Digits {
	/// The number of digits.
	fn count(&self) -> u32 {
		BITS.div_ceil(self.width)
	}

	/// The largest size of a digit.
	fn half(&self) -> u32 {
		1 << (self.width - 1)
	}

	/// What is added to multipliers so that digits have no sign.
	fn offset(&self) -> BigInt<4> {
		let mut offset = BigInt::zero();
		for position in 0..self.count() - 1 {
			let bit = position * self.width + self.width - 1;
			offset.0[(bit / u64::BITS) as usize] |= 1 << (bit % u64::BITS);
		}
		offset
	}

	/// The digit at a position of a multiplier that the offset was added to.
	fn digit(&self, multiplier: &BigInt<4>, position: u32) -> i32 {
		let start = position * self.width;
		let (limb, shift) = ((start / u64::BITS) as usize, start % u64::BITS);
		let low = multiplier.0[limb] >> shift;
		let high = match multiplier.0.get(limb + 1) {
			Some(next) if shift > 0 => next << (u64::BITS - shift),
			_ => 0,
		};
		let bits = ((low | high) & ((1 << self.width) - 1)) as i32;
		if position + 1 == self.count() {
			bits
		} else {
			bits - self.half() as i32
		}
	}
}

/// A point and what it is multiplied by, whose sign it has taken.
#[derive(Clone, Copy)]
struct Term<P: SWCurveConfig> {
	point: Affine<P>,
	multiplier: BigInt<4>,
}

/// Multipliers tell of secrets.
impl<P: SWCurveConfig> Zeroize for Term<P> {
	fn zeroize(&mut self) {
		self.multiplier.zeroize();
	}
}

/// The points that count.
fn terms<P: SWCurveConfig<ScalarField = Fr>>(
	lists: &[(&[Affine<P>], &[Fr])],
) -> Zeroizing<Vec<Term<P>>> {
	let term = |(point, multiplier): (&Affine<P>, &Fr)| {
		if point.is_zero() || multiplier.is_zero() {
			return None;
		}
		let (positive, negative) = (multiplier.into_bigint(), (-*multiplier).into_bigint());
		Some(match positive < negative {
			true => Term { point: *point, multiplier: positive },
			false => Term { point: -*point, multiplier: negative },
		})
	};
	let count = lists.iter().map(|(points, _)| points.len()).sum();
	let mut all = Zeroizing::new(Vec::with_capacity(count));
	for (points, multipliers) in lists {
		assert_eq!(points.len(), multipliers.len(), "a multiplier for each point");
		all.par_extend(points.par_iter().zip(*multipliers).filter_map(term));
	}
	all
}

/// Adds up points that have the same multiplier, where there are enough of them.
fn merge<P: Curve>(terms: Zeroizing<Vec<Term<P>>>) -> Zeroizing<Vec<Term<P>>> {
	// What begins alike lies together, and is most likely the same.
	let beginnings = (0..).zip(&*terms).map(|(index, term)| (term.multiplier.0[0], index));
	let mut order: Zeroizing<Vec<(u64, usize)>> = Zeroizing::new(beginnings.collect());
	order.sort_unstable();
	let mut first: Vec<&Term<P>> = Vec::new();
	let mut keys = Zeroizing::new(vec![0; terms.len()]);
	for (_, index) in &*order {
		let term = &terms[*index];
		if first.last().is_none_or(|last| last.multiplier != term.multiplier) {
			first.push(term);
		}
		keys[*index] = first.len() as u32 - 1;
	}
	if !repays(first.len(), terms.len()) {
		return terms;
	}
	let points: Vec<_> = terms.iter().map(|term| term.point).collect();
	let sums = add_by_key(&points, &keys, first.len() as u32 - 1);
	let merged = first.into_iter().zip(sums);
	let merged = merged.map(|(term, point)| Term { point, multiplier: term.multiplier });
	Zeroizing::new(merged.filter(|term| !term.point.is_zero()).collect())
}

/// The width of digits with which there is least to add, and how much that is, for multipliers of these
/// numbers of bits: a digit that is not zero costs an addition, and each value that digits can have two at
/// each position.
fn best_width(sizes: impl Iterator<Item = u32>) -> (u32, u64) {
	let (terms, bits) =
		sizes.fold((0, 0), |(terms, bits), size| (terms + 1, bits + u64::from(size)));
	let cost = |width: u32| {
		// A multiplier's last digit is full only by chance.
		let digits = bits / u64::from(width) + terms / 2;
		let values = u64::from(BITS.div_ceil(width)) << (width - 1);
		digits + 2 * values
	};
	let costs = (MIN_WIDTH..=MAX_WIDTH).map(|width| (width, cost(width)));
	costs.min_by_key(|(_, cost)| *cost).unwrap_or((MIN_WIDTH, 0))
}

/// Whether so many different multipliers of so many terms repay the pass over all points in which those of
/// equal ones are added up.
fn repays(different: usize, terms: usize) -> bool {
	// One in eight does.
	different.checked_sub(1).is_some_and(|largest| largest * 8 < terms * 7)
}

/// What [`sum`] takes with these multipliers, whatever the points, in additions: one for the work on each
/// multiplier, and those of points.
pub(crate) fn additions<'a>(multipliers: impl Iterator<Item = &'a Fr>) -> u64 {
	let size = |multiplier: &Fr| multiplier.into_bigint().min((-*multiplier).into_bigint());
	let of = multipliers.filter(|multiplier| !multiplier.is_zero()).map(size);
	let mut sizes: Zeroizing<Vec<BigInt<4>>> = Zeroizing::new(of.collect());
	sizes.sort_unstable();
	let terms = sizes.len();
	let different = sizes.chunk_by(|a, b| a == b).count();
	let bits = |chunk: &[BigInt<4>]| chunk.first().map_or(0, BigInt::num_bits);
	let (merged, (_, cost)) = match repays(different, terms) {
		true => (terms - different, best_width(sizes.chunk_by(|a, b| a == b).map(bits))),
		false => (0, best_width(sizes.iter().map(BigInt::num_bits))),
	};
	(terms + merged) as u64 + cost
}

/// For each of some positions the sum of the points, each times its digit there.
fn sum_windows<P: Curve>(
	terms: &[Term<P>],
	digits: &Digits,
	positions: Range<u32>,
) -> Vec<Projective<P>> {
	let (first, count, sizes) = (positions.start, positions.len() as u32, digits.half() + 1);
	let at = |position| {
		terms.iter().filter_map(move |term| {
			let digit = digits.digit(&term.multiplier, position);
			let key = (position - first) * sizes + digit.unsigned_abs();
			let addend = Addend { key, point: &term.point, is_negative: digit < 0 };
			(digit != 0).then_some(addend)
		})
	};
	let by_size = add_addends(positions.flat_map(at), count * sizes - 1);

	// With sizes s = h 2^k + l: Σ s P_s = 2^k Σ h (Σ P_s over l) + Σ l (Σ P_s over h).
	let low_bits = (digits.width - 1) / 2;
	let (highs, lows) = ((digits.half() >> low_bits) + 1, 1 << low_bits);
	let (at, points): (Vec<u32>, Vec<_>) =
		(0..).zip(by_size).filter(|(_, point)| !point.is_zero()).unzip();
	let keys = |values: u32, of_size: fn(u32, u32) -> u32| -> Vec<u32> {
		at.iter().map(|at| at / sizes * values + of_size(at % sizes, lows)).collect()
	};
	let high = add_by_key(&points, &keys(highs, |size, lows| size / lows), count * highs - 1);
	let low = add_by_key(&points, &keys(lows, |size, lows| size % lows), count * lows - 1);
	let windows = high.chunks(highs as usize).zip(low.chunks(lows as usize));
	let sum = |(high, low): (&[Affine<P>], &[Affine<P>])| {
		let mut sum = weigh(high);
		(0..low_bits).for_each(|_| {
			sum.double_in_place();
		});
		sum + weigh(low)
	};
	windows.map(sum).collect()
}

/// `Σ i Pᵢ`.
fn weigh<P: SWCurveConfig>(points: &[Affine<P>]) -> Projective<P> {
	let mut above = Projective::<P>::ZERO_BUCKET;
	let mut sum = Projective::<P>::ZERO_BUCKET;
	for point in points.iter().skip(1).rev() {
		above += point;
		sum += &above;
	}
	sum.into()
}

#[cfg(test)]
mod tests;
