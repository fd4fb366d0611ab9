// SPDX-License-Identifier: Apache-2.0

//! The products of the tower `Fq2 ⊂ Fq6 ⊂ Fq12` that pairings are made of.
//!
//! Each coefficient of a product is a sum of products of coefficients. Here such a sum is reduced
//! once, as a whole, rather than every product by itself, which saves more reductions than
//! Karatsuba's method would save products ([Aranha et al. 2011](https://eprint.iacr.org/2010/526)).
//! `Fq2` is `Fq[u]` with `u² = -1`, `Fq6` is `Fq2[v]` with `v³ = xi = 9 + u`, `Fq12` is `Fq6[w]` with
//! `w² = v`.

use ark_bn254::{Fq, Fq12, Fq2, Fq6, FqConfig};
use ark_ff::{AdditiveGroup, BigInt, MontConfig};

/// Limbs of an element of the base field.
const LIMBS: usize = 4;

const MODULUS: [u64; LIMBS] = <FqConfig as MontConfig<LIMBS>>::MODULUS.0;

/// `-1/q` modulo `2⁶⁴`.
const INVERSE: u64 = <FqConfig as MontConfig<LIMBS>>::INV;

/// `Σ aᵢ bᵢ`, for at most eight products.
///
/// Montgomery's reduction, with the products of one limb of each `aᵢ` added in each round. With
/// `q < 0.19 · 2²⁵⁶` and `N` products, what is kept between the rounds is below `(N + 1) q`, less
/// than `2²⁵⁷`, and the result below `(1 + 0.19 N) q`, so that one subtraction for up to five
/// products, and two for eight, complete the reduction.
#[expect(clippy::indexing_slicing, reason = "the index is below the number of limbs")]
#[inline(always)]
fn dot<const N: usize>(a: [&Fq; N], b: [&Fq; N]) -> Fq {
	const { assert!(N <= 8) };
	let [mut t0, mut t1, mut t2, mut t3, mut t4] = [0u64; 5];
	for limb in 0..LIMBS {
		let mut t5 = 0;
		for (a, b) in a.iter().zip(&b) {
			let digit = a.0 .0[limb];
			let [b0, b1, b2, b3] = b.0 .0;
			let mut carry = 0;
			t0 = multiply_add(t0, digit, b0, &mut carry);
			t1 = multiply_add(t1, digit, b1, &mut carry);
			t2 = multiply_add(t2, digit, b2, &mut carry);
			t3 = multiply_add(t3, digit, b3, &mut carry);
			let (sum, over) = t4.overflowing_add(carry);
			t4 = sum;
			t5 += u64::from(over);
		}
		let factor = t0.wrapping_mul(INVERSE);
		let mut carry = 0;
		multiply_add(t0, factor, MODULUS[0], &mut carry);
		t0 = multiply_add(t1, factor, MODULUS[1], &mut carry);
		t1 = multiply_add(t2, factor, MODULUS[2], &mut carry);
		t2 = multiply_add(t3, factor, MODULUS[3], &mut carry);
		let (sum, over) = t4.overflowing_add(carry);
		t3 = sum;
		t4 = t5 + u64::from(over);
	}
	let mut result = [t0, t1, t2, t3];
	result = reduce_once(result, t4);
	if N >= 6 {
		result = reduce_once(result, 0);
	}
	Fq::new_unchecked(BigInt::new(result))
}

#[inline(always)]
fn multiply_add(sum: u64, a: u64, b: u64, carry: &mut u64) -> u64 {
	// At most (2⁶⁴ - 1)² + 2 (2⁶⁴ - 1) = 2¹²⁸ - 1; the casts take its two halves.
	let value = u128::from(sum) + u128::from(a) * u128::from(b) + u128::from(*carry);
	*carry = (value >> u64::BITS) as u64;
	value as u64
}

/// Subtracts the modulus unless that goes below zero, without a branch.
#[inline(always)]
fn reduce_once(value: [u64; LIMBS], top: u64) -> [u64; LIMBS] {
	let mut less = [0; LIMBS];
	let mut borrow = false;
	for ((less, value), modulus) in less.iter_mut().zip(&value).zip(&MODULUS) {
		let (difference, first) = value.overflowing_sub(*modulus);
		let (difference, second) = difference.overflowing_sub(u64::from(borrow));
		*less = difference;
		borrow = first || second;
	}
	let keep = u64::from(borrow & (top == 0)).wrapping_neg();
	let mut result = [0; LIMBS];
	for ((result, less), value) in result.iter_mut().zip(&less).zip(&value) {
		*result = less ^ ((less ^ value) & keep);
	}
	result
}

/// An element of `Fq2` with what its multiples take more than once.
#[derive(Clone, Copy)]
pub(crate) struct Factor {
	re: Fq,
	im: Fq,
	/// `-im`.
	minus_im: Fq,
}

impl From<Fq2> for Factor {
	#[inline(always)]
	fn from(value: Fq2) -> Self {
		Self { re: value.c0, im: value.c1, minus_im: -value.c1 }
	}
}

/// `a b`.
#[inline(always)]
pub(crate) fn product(a: &Fq2, b: &Factor) -> Fq2 {
	Fq2::new(dot([&a.c0, &a.c1], [&b.re, &b.minus_im]), dot([&a.c0, &a.c1], [&b.im, &b.re]))
}

/// `a0 b0 + a1 b1`.
#[inline(always)]
fn sum_of_two(a0: &Fq2, b0: &Factor, a1: &Fq2, b1: &Factor) -> Fq2 {
	let a = [&a0.c0, &a0.c1, &a1.c0, &a1.c1];
	Fq2::new(
		dot(a, [&b0.re, &b0.minus_im, &b1.re, &b1.minus_im]),
		dot(a, [&b0.im, &b0.re, &b1.im, &b1.re]),
	)
}

/// `a0 b0 + a1 b1 + a2 b2`.
#[inline(always)]
fn sum_of_three(a: [&Fq2; 3], [b0, b1, b2]: [&Factor; 3]) -> Fq2 {
	let [a0, a1, a2] = a;
	let a = [&a0.c0, &a0.c1, &a1.c0, &a1.c1, &a2.c0, &a2.c1];
	Fq2::new(
		dot(a, [&b0.re, &b0.minus_im, &b1.re, &b1.minus_im, &b2.re, &b2.minus_im]),
		dot(a, [&b0.im, &b0.re, &b1.im, &b1.re, &b2.im, &b2.re]),
	)
}

/// `xi a`.
#[inline(always)]
fn times_xi(a: &Fq2) -> Fq2 {
	Fq2::new(nine_times_less(&a.c0, &a.c1), nine_times_less(&a.c1, &-a.c0))
}

/// `9 a - b`, reduced once.
///
/// The integer `9 a + (q - b)` is below `10 q`. Its quotient by `q` is estimated from the bits from
/// `2²⁵⁰` on: `q / 2²⁵⁰` is between 12 and 12.1, so that the estimate is exact or one too small.
#[inline(always)]
fn nine_times_less(a: &Fq, b: &Fq) -> Fq {
	let [mut t0, mut t1, mut t2, mut t3] = MODULUS;
	let mut borrow = false;
	for (t, b) in [&mut t0, &mut t1, &mut t2, &mut t3].into_iter().zip(&b.0 .0) {
		let (difference, first) = t.overflowing_sub(*b);
		let (difference, second) = difference.overflowing_sub(u64::from(borrow));
		*t = difference;
		borrow = first || second;
	}
	let [a0, a1, a2, a3] = a.0 .0;
	let mut t4 = 0;
	t0 = multiply_add(t0, a0, 9, &mut t4);
	t1 = multiply_add(t1, a1, 9, &mut t4);
	t2 = multiply_add(t2, a2, 9, &mut t4);
	t3 = multiply_add(t3, a3, 9, &mut t4);
	let top = (t4 << 6) + (t3 >> 58);
	let quotient = (top * 5) >> 6;
	let mut rest = [t0, t1, t2, t3];
	let mut carry = 0;
	let mut borrow = false;
	for (rest, modulus) in rest.iter_mut().zip(&MODULUS) {
		let subtrahend = multiply_add(0, quotient, *modulus, &mut carry);
		let (difference, first) = rest.overflowing_sub(subtrahend);
		let (difference, second) = difference.overflowing_sub(u64::from(borrow));
		*rest = difference;
		borrow = first || second;
	}
	Fq::new_unchecked(BigInt::new(reduce_once(rest, 0)))
}

/// `v a`.
#[inline(always)]
fn times_v(a: &Fq6) -> Fq6 {
	Fq6::new(times_xi(&a.c2), a.c0, a.c1)
}

/// `a b` in `Fq6`.
fn product6(a: &Fq6, b: &Fq6) -> Fq6 {
	let [b0, b1, b2] = [b.c0, b.c1, b.c2].map(Factor::from);
	let [xi_b1, xi_b2] = [b.c1, b.c2].map(|c| Factor::from(times_xi(&c)));
	let a = [&a.c0, &a.c1, &a.c2];
	Fq6::new(
		sum_of_three(a, [&b0, &xi_b2, &xi_b1]),
		sum_of_three(a, [&b1, &b0, &xi_b2]),
		sum_of_three(a, [&b2, &b1, &b0]),
	)
}

/// `f²`: with `f = a + b w`, `(a² + v b²) + 2 a b w`.
pub(crate) fn square12(f: &Fq12) -> Fq12 {
	let (a, b) = (&f.c0, &f.c1);
	let [a0, a1, a2] = [&a.c0, &a.c1, &a.c2];
	let [b0, b1, b2] = [&b.c0, &b.c1, &b.c2];
	let twice = |c: &Fq2| c.double();
	let [xi_a2, xi_b1, xi_b2] = [a2, b1, b2].map(times_xi);
	// a² + v b² = a0² + 2 a1 xi a2 + b1 xi b1 + 2 b0 xi b2
	//           + (2 a0 a1 + a2 xi a2 + b0² + 2 b1 xi b2) v
	//           + (a1² + 2 a0 a2 + b2 xi b2 + 2 b0 b1) v²
	let square = Fq6::new(
		square_and_three(a0, [(&twice(a1), &xi_a2), (b1, &xi_b1), (&twice(b0), &xi_b2)]),
		square_and_three(b0, [(&twice(a0), a1), (a2, &xi_a2), (&twice(b1), &xi_b2)]),
		square_and_three(a1, [(&twice(a0), a2), (b2, &xi_b2), (&twice(b0), b1)]),
	);
	Fq12::new(square, product6(a, b).double())
}

/// `s² + Σ xᵢ yᵢ`.
#[inline(always)]
fn square_and_three(s: &Fq2, [(x0, y0), (x1, y1), (x2, y2)]: [(&Fq2, &Fq2); 3]) -> Fq2 {
	let (sum, difference, twice) = (s.c0 + s.c1, s.c0 - s.c1, s.c0.double());
	let [n0, n1, n2] = [y0, y1, y2].map(|y| -y.c1);
	Fq2::new(
		dot(
			[&sum, &x0.c0, &x0.c1, &x1.c0, &x1.c1, &x2.c0, &x2.c1],
			[&difference, &y0.c0, &n0, &y1.c0, &n1, &y2.c0, &n2],
		),
		dot(
			[&twice, &x0.c0, &x0.c1, &x1.c0, &x1.c1, &x2.c0, &x2.c1],
			[&s.c1, &y0.c1, &y0.c0, &y1.c1, &y1.c0, &y2.c1, &y2.c0],
		),
	)
}

/// `f g`.
pub(crate) fn product12(f: &Fq12, g: &Fq12) -> Fq12 {
	let low = product6(&f.c0, &g.c0);
	let high = product6(&f.c1, &g.c1);
	let sum = product6(&(f.c0 + f.c1), &(g.c0 + g.c1));
	Fq12::new(low + times_v(&high), sum - low - high)
}

/// `f · (1 + c3 w + c4 v w)`.
pub(crate) fn times_monic_line(f: &mut Fq12, c3: &Fq2, c4: &Fq2) {
	let [xi_c3, xi_c4] = [times_xi(c3), times_xi(c4)].map(Factor::from);
	let [c3, c4] = [*c3, *c4].map(Factor::from);
	let (a, b) = (f.c0, f.c1);
	f.c0.c0 += sum_of_two(&b.c1, &xi_c4, &b.c2, &xi_c3);
	f.c0.c1 += sum_of_two(&b.c0, &c3, &b.c2, &xi_c4);
	f.c0.c2 += sum_of_two(&b.c0, &c4, &b.c1, &c3);
	f.c1.c0 += sum_of_two(&a.c0, &c3, &a.c2, &xi_c4);
	f.c1.c1 += sum_of_two(&a.c0, &c4, &a.c1, &c3);
	f.c1.c2 += sum_of_two(&a.c1, &c4, &a.c2, &c3);
}

/// `f · (c0 + c3 w + c4 v w)`.
pub(crate) fn times_line(f: &mut Fq12, c0: &Fq2, c3: &Fq2, c4: &Fq2) {
	let [xi_c3, xi_c4] = [times_xi(c3), times_xi(c4)].map(Factor::from);
	let [c0, c3, c4] = [*c0, *c3, *c4].map(Factor::from);
	let (a, b) = (f.c0, f.c1);
	f.c0.c0 = sum_of_three([&a.c0, &b.c1, &b.c2], [&c0, &xi_c4, &xi_c3]);
	f.c0.c1 = sum_of_three([&a.c1, &b.c0, &b.c2], [&c0, &c3, &xi_c4]);
	f.c0.c2 = sum_of_three([&a.c2, &b.c0, &b.c1], [&c0, &c4, &c3]);
	f.c1.c0 = sum_of_three([&b.c0, &a.c0, &a.c2], [&c0, &c3, &xi_c4]);
	f.c1.c1 = sum_of_three([&b.c1, &a.c0, &a.c1], [&c0, &c4, &c3]);
	f.c1.c2 = sum_of_three([&b.c2, &a.c1, &a.c2], [&c0, &c4, &c3]);
}

/// `f²` for `f` in the cyclotomic subgroup
/// ([Granger, Scott 2010](https://eprint.iacr.org/2009/565)).
pub(crate) fn cyclotomic_square(f: &Fq12) -> Fq12 {
	let (t0, t1) = square4(&f.c0.c0, &f.c1.c1);
	let (t2, t3) = square4(&f.c1.c0, &f.c0.c2);
	let (t4, t5) = square4(&f.c0.c1, &f.c1.c2);
	let low = |t: Fq2, z: &Fq2| (t - z).double() + t;
	let high = |t: Fq2, z: &Fq2| (t + z).double() + t;
	Fq12::new(
		Fq6::new(low(t0, &f.c0.c0), low(t2, &f.c0.c1), low(t4, &f.c0.c2)),
		Fq6::new(high(times_xi(&t5), &f.c1.c0), high(t1, &f.c1.c1), high(t3, &f.c1.c2)),
	)
}

/// `(x² + xi y², 2 x y)`: the square of `x + y s` with `s² = xi`.
#[inline(always)]
fn square4(x: &Fq2, y: &Fq2) -> (Fq2, Fq2) {
	let xi_y = Factor::from(times_xi(y));
	let twice_y = Factor::from(y.double());
	let (sum, difference, twice) = (x.c0 + x.c1, x.c0 - x.c1, x.c0.double());
	let square = Fq2::new(
		dot([&sum, &y.c0, &y.c1], [&difference, &xi_y.re, &xi_y.minus_im]),
		dot([&twice, &y.c0, &y.c1], [&x.c1, &xi_y.im, &xi_y.re]),
	);
	(square, product(x, &twice_y))
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_ff::{BigInteger, CyclotomicMultSubgroup, Field, PrimeField, UniformRand};
	use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
	use std::collections::BTreeSet;

	/// Random elements, and those at which reductions change their mind.
	fn coefficients(rng: &mut ChaCha20Rng) -> Vec<Fq> {
		let mut values = vec![Fq::ZERO, Fq::ONE, -Fq::ONE, -Fq::from(2)];
		// The largest and the smallest residues, in the representation that is computed with.
		for offset in 0..3u64 {
			let mut largest = Fq::MODULUS;
			largest.sub_with_borrow(&BigInt::from(offset + 1));
			values.push(Fq::new_unchecked(largest));
			values.push(Fq::new_unchecked(BigInt::from(offset)));
		}
		values.extend((0..40).map(|_| Fq::rand(rng)));
		values
	}

	fn rng() -> ChaCha20Rng {
		ChaCha20Rng::seed_from_u64(1)
	}

	/// Elements of all extremes and random ones.
	fn elements(rng: &mut ChaCha20Rng) -> Vec<Fq12> {
		let extreme = coefficients(rng);
		let extremes = extreme.iter().take(10).map(|value| {
			let value = Fq2::new(*value, *value);
			let value = Fq6::new(value, value, value);
			Fq12::new(value, value)
		});
		let random: Vec<_> = (0..30).map(|_| Fq12::rand(rng)).collect();
		let different: BTreeSet<_> = random.iter().map(|f| f.c0.c0.c0).collect();
		assert_eq!(different.len(), random.len(), "the same element again");
		extremes.chain(random).collect()
	}

	fn assert_reduced(value: &Fq) {
		assert!(value.0 < Fq::MODULUS);
	}

	#[test]
	fn sums_of_products_are_reduced_completely() {
		let rng = &mut rng();
		let values = coefficients(rng);
		let largest = values[4];
		assert_eq!(dot([&largest; 8], [&largest; 8]), Fq::from(8) * largest * largest);
		for window in values.windows(8) {
			let a: [&Fq; 8] = core::array::from_fn(|index| &window[index]);
			let b: [&Fq; 8] = core::array::from_fn(|index| &window[7 - index]);
			let expected: Fq = a.iter().zip(&b).map(|(a, b)| **a * **b).sum();
			assert_eq!(dot(a, b), expected);
			assert_reduced(&dot(a, b));
			assert_eq!(dot([a[0]], [b[0]]), *a[0] * b[0]);
			assert_reduced(&dot([a[0]], [b[0]]));
		}
	}

	#[test]
	fn nine_times_a_coefficient_less_another_is_reduced_completely() {
		let values = coefficients(&mut rng());
		for a in &values {
			for b in &values {
				let value = nine_times_less(a, b);
				assert_eq!(value, Fq::from(9) * a - b);
				assert_reduced(&value);
			}
		}
	}

	#[test]
	fn products_and_squares_are_those_of_arkworks() {
		let rng = &mut rng();
		let elements = elements(rng);
		for (f, g) in elements.iter().zip(elements.iter().rev()) {
			assert_eq!(product12(f, g), *f * g);
			assert_eq!(square12(f), f.square());
			let [c0, c3, c4] = [g.c0.c0, g.c1.c0, g.c1.c1];
			let (mut ours, mut theirs) = (*f, *f);
			times_line(&mut ours, &c0, &c3, &c4);
			theirs.mul_by_034(&c0, &c3, &c4);
			assert_eq!(ours, theirs);
			let (mut ours, mut theirs) = (*f, *f);
			times_monic_line(&mut ours, &c3, &c4);
			theirs.mul_by_034(&Fq2::ONE, &c3, &c4);
			assert_eq!(ours, theirs);
			assert_eq!(product(&c3, &c4.into()), c3 * c4);
		}
	}

	#[test]
	fn cyclotomic_squares_are_those_of_arkworks() {
		let rng = &mut rng();
		for _ in 0..20 {
			let value = Fq12::rand(rng);
			// To the power of (q⁶ - 1)(q² + 1): into the cyclotomic subgroup.
			let mut opposite = value;
			opposite.conjugate_in_place();
			let value = opposite * value.inverse().expect("a random element is not zero");
			let mut power = value;
			power.frobenius_map_in_place(2);
			let value = power * value;
			assert_eq!(cyclotomic_square(&value), value.cyclotomic_square());
		}
	}
}
