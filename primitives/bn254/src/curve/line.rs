// SPDX-License-Identifier: Apache-2.0

//! Lines through points of the second group, evaluated at points of the first.
//!
//! The line `y = slope · x - intercept` on the twist, brought back to the curve and evaluated at
//! `P = (x, y)`, is `y - slope · x · w + intercept · v w` in the tower of `Fq12`. Divided by `y`,
//! which the final exponentiation cannot tell from not being divided, it is
//! `1 - slope (x/y) w + intercept (1/y) v w`: one coefficient less to multiply by.

use super::tower::{times_line, times_monic_line};
use crate::inversion::Inversion;
use alloc::vec::Vec;
use ark_bn254::{Fq, Fq12, Fq2, G1Affine};

/// A line on the twist: `y = slope · x - intercept`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
	pub(crate) slope: Fq2,
	pub(crate) intercept: Fq2,
}

/// A point `(x, y)` of the first group as lines see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Argument {
	/// `-x/y`.
	x: Fq,
	/// `1/y`.
	y: Fq,
}

impl Argument {
	/// The arguments for points, none of them at infinity.
	pub(crate) fn of_all<'a>(points: impl Iterator<Item = &'a G1Affine> + Clone) -> Vec<Self> {
		let mut inverses: Vec<_> = points.clone().map(|point| point.y).collect();
		Inversion::with_capacity(inverses.len()).invert_all(&mut inverses);
		points.zip(inverses).map(|(point, y)| Self { x: -point.x * y, y }).collect()
	}

	/// Multiplies `f` by the value of a line.
	pub(crate) fn multiply(&self, f: &mut Fq12, line: &Line) {
		let [mut c3, mut c4] = [line.slope, line.intercept];
		c3.mul_assign_by_fp(&self.x);
		c4.mul_assign_by_fp(&self.y);
		times_monic_line(f, &c3, &c4);
	}

	/// Multiplies `f` by the value of a line with a common denominator:
	/// `scale · y = slope · x - intercept`.
	pub(crate) fn multiply_scaled(&self, f: &mut Fq12, scale: &Fq2, line: &Line) {
		let [mut c3, mut c4] = [line.slope, line.intercept];
		c3.mul_assign_by_fp(&self.x);
		c4.mul_assign_by_fp(&self.y);
		times_line(f, scale, &c3, &c4);
	}
}
