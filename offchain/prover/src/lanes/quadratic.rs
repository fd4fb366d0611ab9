// SPDX-License-Identifier: Apache-2.0
//! Eight elements of the quadratic extension of the base field, whose second generator has the square -1.

use super::{base::Base, integers::Mask, Eight};
use ark_bn254::{Fq, Fq2};

/// Eight elements.
#[derive(Clone, Copy)]
pub struct Quadratic(Base, Base);

impl Eight for Quadratic {
	type One = Fq2;

	#[inline(always)]
	fn read(elements: [&Fq2; 8]) -> Self {
		let [first, second]: [fn(&Fq2) -> &Fq; 2] = [|element| &element.c0, |element| &element.c1];
		Self(Base::read(elements.map(first)), Base::read(elements.map(second)))
	}

	#[inline(always)]
	fn write(self) -> [Fq2; 8] {
		let (first, second) = (self.0.write(), self.1.write());
		core::array::from_fn(|lane| Fq2::new(first[lane], second[lane]))
	}

	#[inline(always)]
	fn some() -> Self {
		Self(Base::some(), Base::some())
	}

	#[inline(always)]
	fn or_where(self, mask: Mask, other: Self) -> Self {
		Self(self.0.or_where(mask, other.0), self.1.or_where(mask, other.1))
	}

	#[inline(always)]
	fn zeros(self) -> Mask {
		self.0.zeros() & self.1.zeros()
	}

	#[inline(always)]
	fn equals(self, other: Self) -> Mask {
		self.0.equals(other.0) & self.1.equals(other.1)
	}

	#[inline(always)]
	fn times(self, other: Self) -> Self {
		let first = [(self.0, other.0), (self.1, other.1.opposite())];
		let second = [(self.0, other.1), (self.1, other.0)];
		Self(Base::sum_of_products(first), Base::sum_of_products(second))
	}

	#[inline(always)]
	fn square(self) -> Self {
		let (sum, difference) = (self.0.plus(self.1), self.0.plus(self.1.opposite()));
		Self(sum.times(difference), self.0.plus(self.0).times(self.1))
	}

	#[inline(always)]
	fn minus(self, other: Self) -> Self {
		Self(self.0.minus(other.0), self.1.minus(other.1))
	}

	#[inline(always)]
	fn four_times_minus(self, other: Self) -> Self {
		Self(self.0.four_times_minus(other.0), self.1.four_times_minus(other.1))
	}

	#[inline(always)]
	fn minus_two(self, first: Self, second: Self) -> Self {
		Self(self.0.minus_two(first.0, second.0), self.1.minus_two(first.1, second.1))
	}

	#[inline(always)]
	fn canonical(self) -> Self {
		Self(self.0.canonical(), self.1.canonical())
	}
}
