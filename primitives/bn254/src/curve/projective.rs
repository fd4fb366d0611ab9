// SPDX-License-Identifier: Apache-2.0

//! A point of the second group walked in homogeneous coordinates, without any inversion: the faster
//! way for a few points. The formulas are those of
//! [Costello, Lange, Naehrig](https://eprint.iacr.org/2013/722), section 4.3, as arkworks has them.

use super::{
	constants::TWIST_B,
	frobenius::{closing, negate, psi},
	line::Line,
	Outside,
};
use ark_bn254::{Fq, Fq2, G2Affine};
use ark_ff::{AdditiveGroup, Field, MontFp};

const HALF: Fq =
	MontFp!("10944121435919637611123202872628637544348155578648911831344518947322613104292");

/// A point under way: `(x/z, y/z)`.
pub(crate) struct ProjectiveWalk {
	start: G2Affine,
	x: Fq2,
	y: Fq2,
	z: Fq2,
}

impl ProjectiveWalk {
	/// A walk from `start`, which is not at infinity.
	pub(crate) const fn new(start: G2Affine) -> Self {
		Self { start, x: start.x, y: start.y, z: Fq2::ONE }
	}

	/// Where it started.
	pub(crate) const fn start(&self) -> &G2Affine {
		&self.start
	}

	/// Doubles the point and gives its tangent, `scale · y = slope · x - intercept`.
	pub(crate) fn double(&mut self) -> (Fq2, Line) {
		let mut a = self.x * self.y;
		a.mul_assign_by_fp(&HALF);
		let b = self.y.square();
		let c = self.z.square();
		let e = TWIST_B * (c.double() + c);
		let f = e.double() + e;
		let mut g = b + f;
		g.mul_assign_by_fp(&HALF);
		let h = (self.y + self.z).square() - (b + c);
		let j = self.x.square();
		let e_square = e.square();

		self.x = a * (b - f);
		self.y = g.square() - (e_square.double() + e_square);
		self.z = b * h;
		(h, Line { slope: j.double() + j, intercept: b - e })
	}

	/// Adds `addend` and gives the line through both, `scale · y = slope · x - intercept`.
	pub(crate) fn add(&mut self, addend: &G2Affine) -> (Fq2, Line) {
		let theta = self.y - addend.y * self.z;
		let lambda = self.x - addend.x * self.z;
		let c = theta.square();
		let d = lambda.square();
		let e = lambda * d;
		let f = self.z * c;
		let g = self.x * d;
		let h = e + f - g.double();
		let line = Line { slope: theta, intercept: theta * addend.x - lambda * addend.y };

		self.x = lambda * h;
		self.y = theta * (g - h) - e * self.y;
		self.z *= e;
		(lambda, line)
	}

	/// The last two additions and the verdict on the start.
	///
	/// # Errors
	///
	/// The start is outside the subgroup.
	pub(crate) fn finish(&mut self) -> Result<[(Fq2, Line); 2], Outside> {
		let first = psi(&self.start);
		let second = negate(psi(&first));
		let lines = [self.add(&first), self.add(&second)];
		if !self.is_at(&closing(&self.start)) {
			return Err(Outside(0));
		}
		Ok(lines)
	}

	/// Whether the walk has come to a point that is not at infinity.
	///
	/// Once two points with one x were added, `z` is zero for good, and says nothing of where the
	/// walk is. From a start on the curve it never comes to that, as a test computes.
	fn is_at(&self, point: &G2Affine) -> bool {
		self.z != Fq2::ZERO && self.x == point.x * self.z && self.y == point.y * self.z
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use ark_ec::AffineRepr;

	#[test]
	fn a_walk_is_where_both_coordinates_are_the_points() {
		let point = G2Affine::generator();
		let mut walk = ProjectiveWalk::new(point);
		assert!(walk.is_at(&point));
		// The same point with another z.
		let scale = Fq2::new(Fq::from(3), Fq::from(5));
		walk.x *= scale;
		walk.y *= scale;
		walk.z *= scale;
		assert!(walk.is_at(&point));
		let opposite = negate(point);
		assert!(!walk.is_at(&opposite));
		let another_x = G2Affine::new_unchecked(point.x.double(), point.y);
		assert!(!walk.is_at(&another_x));
	}

	#[test]
	fn a_walk_that_has_lost_its_way_is_nowhere() {
		let mut walk = ProjectiveWalk::new(G2Affine::generator());
		(walk.x, walk.y, walk.z) = (Fq2::ZERO, Fq2::ZERO, Fq2::ZERO);
		assert!(!walk.is_at(&G2Affine::generator()));
	}
}
