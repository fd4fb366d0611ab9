// SPDX-License-Identifier: Apache-2.0
//! Eight elements of the base field.

use super::{
	integers::{Integers, Mask},
	Eight,
};
use ark_bn254::{Fq, FqConfig};
use ark_ff::{BigInt, MontConfig, PrimeField};

/// Bits of a limb: what the multiplication of [`Integers`] takes.
const BITS: u32 = 52;
/// The largest limb.
const LIMB: u64 = (1 << BITS) - 1;
/// Limbs of an element.
const LIMBS: usize = 5;
/// The modulus `p`.
const MODULUS: [u64; LIMBS] = {
	let [a, b, c, d] = Fq::MODULUS.0;
	[
		a & LIMB,
		(a >> 52 | b << 12) & LIMB,
		(b >> 40 | c << 24) & LIMB,
		(c >> 28 | d << 36) & LIMB,
		d >> 16,
	]
};
/// `-1 / p` modulo a limb.
const INVERSE: u64 = FqConfig::INV & LIMB;

/// Eight elements, in limbs that are less than `2⁵²`, the lowest first. They stand for elements, and may be several times
/// the modulus.
#[derive(Clone, Copy)]
pub struct Base([Integers; LIMBS]);

impl Base {
	/// Limbs that may be longer, or below zero, of integers that are not.
	#[inline(always)]
	fn carried(mut limbs: [Integers; LIMBS]) -> Self {
		let limb = Integers::all(LIMB);
		for i in 1..LIMBS {
			limbs[i] = limbs[i].plus(limbs[i - 1].down_signed::<BITS>());
			limbs[i - 1] = limbs[i - 1].and(limb);
		}
		Self(limbs)
	}

	/// What `limb` makes of each limb and of the modulus' at its place.
	#[inline(always)]
	fn of_limbs(limb: impl Fn(usize, Integers) -> Integers) -> Self {
		let mut limbs = [Integers::all(0); LIMBS];
		for i in 0..LIMBS {
			limbs[i] = limb(i, Integers::all(MODULUS[i]));
		}
		Self::carried(limbs)
	}

	/// `2 p - self`.
	#[inline(always)]
	pub fn opposite(self) -> Self {
		Self::of_limbs(|i, p| p.up::<1>().minus(self.0[i]))
	}

	/// `self + other`.
	#[inline(always)]
	pub fn plus(self, other: Self) -> Self {
		Self::of_limbs(|i, _| self.0[i].plus(other.0[i]))
	}

	/// Less `2^POWER p`, where it is not below that.
	#[inline(always)]
	fn reduced<const POWER: u32>(self) -> Self {
		let less = Self::of_limbs(|i, p| self.0[i].minus(p.up::<POWER>()));
		less.or_where(less.0[LIMBS - 1].negatives(), self)
	}

	/// The sum of products, divided by `2²⁶⁰`: Montgomery's reduction.
	///
	/// For factors of less than `a p` and `b p` it is less than `(1 + Σ a b / 84) p`.
	#[inline(always)]
	pub fn sum_of_products<const N: usize>(factors: [(Self, Self); N]) -> Self {
		let none = Integers::all(0);
		let (mut low, mut high) = ([none; 2 * LIMBS], [none; 2 * LIMBS]);
		for (Self(left), Self(right)) in factors {
			for i in 0..LIMBS {
				for j in 0..LIMBS {
					low[i + j] = low[i + j].plus_low(left[i], right[j]);
					high[i + j + 1] = high[i + j + 1].plus_high(left[i], right[j]);
				}
			}
		}
		let mut sum = low;
		for i in 0..2 * LIMBS {
			sum[i] = sum[i].plus(high[i]);
		}
		for i in 0..LIMBS {
			let multiple = none.plus_low(sum[i], Integers::all(INVERSE));
			for j in 0..LIMBS {
				let p = Integers::all(MODULUS[j]);
				sum[i + j] = sum[i + j].plus_low(multiple, p);
				sum[i + j + 1] = sum[i + j + 1].plus_high(multiple, p);
			}
			sum[i + 1] = sum[i + 1].plus(sum[i].down::<BITS>());
		}
		let [.., a, b, c, d, e] = sum;
		Self::carried([a, b, c, d, e])
	}
}

impl Eight for Base {
	type One = Fq;

	#[inline(always)]
	fn read(elements: [&Fq; 8]) -> Self {
		let [a, b, c, d] = Integers::columns(elements.map(|element| &element.0 .0));
		let limb = Integers::all(LIMB);
		Self([
			a.and(limb),
			a.down::<52>().or(b.up::<12>()).and(limb),
			b.down::<40>().or(c.up::<24>()).and(limb),
			c.down::<28>().or(d.up::<36>()).and(limb),
			d.down::<16>(),
		])
	}

	#[inline(always)]
	fn write(self) -> [Fq; 8] {
		let [a, b, c, d, e] = self.0;
		let words = [
			a.or(b.up::<52>()),
			b.down::<12>().or(c.up::<40>()),
			c.down::<24>().or(d.up::<28>()),
			d.down::<36>().or(e.up::<16>()),
		]
		.map(Integers::to_array);
		core::array::from_fn(|lane| Fq::new_unchecked(BigInt(words.map(|word| word[lane]))))
	}

	#[inline(always)]
	fn some() -> Self {
		let none = Integers::all(0);
		Self([Integers::all(1), none, none, none, none])
	}

	#[inline(always)]
	fn or_where(self, mask: Mask, other: Self) -> Self {
		let mut limbs = self.0;
		for (limb, other) in limbs.iter_mut().zip(other.0) {
			*limb = limb.or_where(mask, other);
		}
		Self(limbs)
	}

	#[inline(always)]
	fn zeros(self) -> Mask {
		let [a, b, c, d, e] = self.0;
		a.or(b).or(c).or(d).or(e).zeros()
	}

	#[inline(always)]
	fn equals(self, other: Self) -> Mask {
		let mut differences = Integers::all(0);
		for i in 0..LIMBS {
			differences = differences.or(self.0[i].xor(other.0[i]));
		}
		differences.zeros()
	}

	#[inline(always)]
	fn times(self, other: Self) -> Self {
		Self::sum_of_products([(self, other)])
	}

	#[inline(always)]
	fn square(self) -> Self {
		self.times(self)
	}

	#[inline(always)]
	fn minus(self, other: Self) -> Self {
		Self::of_limbs(|i, p| self.0[i].minus(other.0[i]).plus(p))
	}

	#[inline(always)]
	fn four_times_minus(self, other: Self) -> Self {
		Self::of_limbs(|i, p| self.0[i].minus(other.0[i]).plus(p).up::<2>())
	}

	#[inline(always)]
	fn minus_two(self, first: Self, second: Self) -> Self {
		Self::of_limbs(|i, p| self.0[i].minus(first.0[i]).minus(second.0[i]).plus(p.up::<1>()))
	}

	#[inline(always)]
	fn canonical(self) -> Self {
		self.reduced::<1>().reduced::<0>()
	}
}
