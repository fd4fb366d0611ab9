// SPDX-License-Identifier: Apache-2.0
//! A row of bytes, normalised: each element less the mean, divided by the standard deviation.
//!
//! Of `n` bytes `x`, with `B` from the model, an integer above zero that keeps the deviation from being none:
//!
//! ```text
//! s = Σ x    d_i = n x_i - s    V = Σ d_i^2 = n (n Σ x^2 - s^2)
//! R = floor( sqrt( 4^p V + B ) )                     p = 10 - floor(log2 n)
//! q_i = floor( 2 C d_i / R )                         C = round( LEVELS sqrt(n) 2^p )
//! y_i = clamp( floor( (q_i + 1) / 2 ) + ZERO, 0, 255 )
//! ```
//!
//! `d_i / n` is the element less the mean, and `V / n^3` the variance: with `B = 4^p n^3 epsilon` a unit of `y - ZERO` is
//! a part of [`LEVELS`] of `(x - mean) / sqrt(variance + epsilon)`.
//!
//! # What is off
//!
//! `R` is at least 724 where elements differ, so that a root rounded down makes a quotient larger by less than one part
//! in 724, `C` is off by less than one in 2^14, and `y` is rounded to half a level. Where it is neither the lowest nor
//! the highest, it is off by less than `1/2 + 128/724 + 128/2^14` levels, less than [`ERROR`].
//!
//! # Constraints
//!
//! ```text
//! R * R = 4^p V + B - a        a + b = 2 R            a, b, R of 24 bits
//! R * q_i = 2 C d_i - r_i      r_i + t_i = R - 1      r_i, t_i of 24 bits
//! ```
//!
//! and `q_i`, raised, is taken apart and rounded as a [`Limb`]. All sides are integers far below the field's order, so
//! they hold between integers. `R^2 <= 4^p V + B < (R + 1)^2` has one solution, whatever `B` is: none where it is no
//! small integer. `0 <= r_i < R` says that `R` is not zero, and then there is one quotient and one remainder.
//!
//! For every row there is a witness: `4^p V <= 2^44` and `B <= 2^45`, so that `R < 2^23`; and `|d_i| <= sqrt(V)`, so that
//! `|q_i| < 2 * 386`, which a raised sum of [`SUMS`] holds.

use ark_ff::{One, PrimeField};
use candor_graph::{Sums, ACTIVATION_MAX};
use candor_statement::Fr;

use crate::{limb::Limb, ranges::Ranges, relu::activate, Cell, Sum, Synthesis, System};

/// The levels of a unit.
pub const LEVELS: u64 = 24;

/// The level of zero.
pub const ZERO: u8 = 128;

/// How many levels an element is off at most, where it is neither the lowest nor the highest.
pub const ERROR: f64 = 0.7;

/// The largest number of elements of a row; the smallest is two.
pub const MAX_COUNT: usize = 256;

/// The largest `B`.
pub const MAX_ADDED: u64 = 1 << 45;

/// The range of `q`, raised by twice [`ZERO`].
pub const SUMS: Sums = Sums { width: 11, rounding: 1 };

/// The bits of roots and remainders.
const WIDTH: u32 = 24;

/// How rows of so many bytes are normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Norm {
	count: u64,
}

impl Norm {
	/// That of rows of 2 to [`MAX_COUNT`] bytes; nothing of others.
	pub fn new(count: usize) -> Option<Self> {
		(2..=MAX_COUNT).contains(&count).then_some(Self { count: count as u64 })
	}

	/// `2^p`
	fn scale(self) -> u64 {
		1 << (10 - self.count.ilog2())
	}

	/// `C`
	fn factor(self) -> u64 {
		let square = LEVELS * LEVELS * self.count * self.scale() * self.scale();
		// The nearest integer to the root of a square: half of that of four times it, rounded.
		(4 * square).isqrt().div_ceil(2)
	}

	/// `B` of an epsilon, which is in units of a squared step of the bytes; within its bounds.
	pub fn added(self, epsilon: f64) -> u64 {
		let per_epsilon = (self.scale() * self.scale() * self.count.pow(3)) as f64;
		(epsilon * per_epsilon).round().clamp(1.0, MAX_ADDED as f64) as u64
	}

	/// Native: the root of a row.
	fn root(self, row: &[u64], added: u64) -> u64 {
		let sum: u64 = row.iter().sum();
		let squares: u64 = row.iter().map(|x| x * x).sum();
		let spread = self.count * (self.count * squares - sum * sum);
		(self.scale() * self.scale() * spread + added).isqrt()
	}

	/// Native: twice `C` times each element of a row less the mean of it.
	fn numerators(self, row: &[u64]) -> impl Iterator<Item = i64> + '_ {
		let sum: u64 = row.iter().sum();
		let twice = 2 * self.factor() as i64;
		row.iter().map(move |x| twice * ((self.count * x) as i64 - sum as i64))
	}

	/// Native: the normalised elements of a row of bytes.
	///
	/// # Panics
	///
	/// Where `added` is zero and all elements are the same.
	pub fn run(self, row: &[u8], added: u64) -> Vec<u8> {
		let row: Vec<u64> = row.iter().map(|x| u64::from(*x)).collect();
		let root = self.root(&row, added) as i64;
		let quotients = self.numerators(&row).map(|numerator| numerator.div_euclid(root));
		quotients.map(|q| activate(q + 2 * i64::from(ZERO), SUMS.rounding)).collect()
	}

	/// The normalised elements of a row of sums that are shown to be bytes elsewhere.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	///
	/// # Panics
	///
	/// Where the row has another number of elements, or ranges are shown by bits.
	pub fn constrain(
		self,
		cs: &System,
		ranges: &mut Ranges,
		row: &[Sum],
		added: Cell,
	) -> Synthesis<Vec<Sum>> {
		self.constrain_with(cs, ranges, row, added, Self::root)
	}

	fn constrain_with(
		self,
		cs: &System,
		ranges: &mut Ranges,
		row: &[Sum],
		added: Cell,
		root: impl Fn(Self, &[u64], u64) -> u64,
	) -> Synthesis<Vec<Sum>> {
		assert_eq!(row.len() as u64, self.count, "a row");
		let small = |sum: &Sum| sum.value.map(|value| value.into_bigint().0[0]);
		let added = Sum::from(added);
		// What is out of range has no proof, whatever stands in its place.
		let byte = |x: &Sum| small(x).map(|x| x.min(ACTIVATION_MAX as u64));
		let values: Option<Vec<u64>> = row.iter().map(byte).collect();
		let of_model = small(&added).map(|added| added.clamp(1, MAX_ADDED));
		let root_value =
			values.as_ref().zip(of_model).map(|(row, added)| root(self, row, added).max(1));

		let mut sum = Sum::zero();
		let mut spread = Sum::zero();
		for x in row {
			sum.add(Fr::one(), x);
			let square = Sum::product(cs, x.clone(), x.clone())?;
			spread.add(Fr::from(self.count * self.count), &square.into());
		}
		let square = Sum::product(cs, sum.clone(), sum.clone())?;
		spread.add(-Fr::from(self.count), &square.into());
		let mut radicand = added;
		radicand.add(Fr::from(self.scale() * self.scale()), &spread);

		let root = ranges.unsigned(root_value, WIDTH)?;
		let above = small(&radicand).zip(root_value);
		let above = above.map(|(radicand, root)| radicand.wrapping_sub(root.wrapping_mul(root)));
		let above = self.rest(cs, ranges, above, (2, &root, 0))?;
		radicand.add(-Fr::one(), &above);
		enforce_product(cs, root.clone(), root.clone(), radicand)?;

		let numerators: Option<Vec<i64>> =
			values.as_ref().map(|row| self.numerators(row).collect());
		let mut normalised = Vec::with_capacity(row.len());
		for (at, x) in row.iter().enumerate() {
			let numerator = numerators.as_ref().and_then(|all| all.get(at).copied());
			let parts = numerator.zip(root_value).map(|(numerator, root)| {
				(numerator.div_euclid(root as i64), numerator.rem_euclid(root as i64) as u64)
			});
			let raised = parts.map(|(quotient, _)| (quotient + raise()).max(0) as u64);
			let limb = Limb::new(cs, ranges, raised, SUMS)?;
			let rest = self.rest(cs, ranges, parts.map(|(_, rest)| rest), (1, &root, 1))?;
			let mut quotient = limb.raised();
			quotient.add(-Fr::from(raise()), &Sum::constant(Fr::one()));
			let twice = Fr::from(2 * self.factor());
			let mut dividend = Sum::zero();
			dividend.add(twice * Fr::from(self.count), x);
			dividend.add(-twice, &sum);
			dividend.add(-Fr::one(), &rest);
			enforce_product(cs, root.clone(), quotient, dividend)?;
			normalised.push(limb.activation(cs, SUMS.rounding)?);
		}
		Ok(normalised)
	}

	/// A new integer that is not negative, and at most so many times the root less a number.
	fn rest(
		self,
		cs: &System,
		ranges: &mut Ranges,
		value: Option<u64>,
		(times, root, less): (u64, &Sum, u64),
	) -> Synthesis<Sum> {
		let mut room = Sum::zero();
		room.add(Fr::from(times), root);
		room.add(-Fr::from(less), &Sum::constant(Fr::one()));
		let rest = ranges.unsigned(value, WIDTH)?;
		let left = room.value.zip(rest.value);
		let left = left.map(|(room, rest)| (room - rest).into_bigint().0[0]);
		let left = ranges.unsigned(left, WIDTH)?;
		room.add(-Fr::one(), &rest);
		room.add(-Fr::one(), &left);
		enforce_product(cs, room, Sum::constant(Fr::one()), Sum::zero())?;
		Ok(rest)
	}
}

/// What raises a quotient.
fn raise() -> i64 {
	SUMS.offset() as i64 + 2 * i64::from(ZERO)
}

fn enforce_product(cs: &System, left: Sum, right: Sum, product: Sum) -> Synthesis<()> {
	cs.enforce_r1cs_constraint(|| left.into_lc(), || right.into_lc(), || product.into_lc())
}

#[cfg(test)]
mod tests;
