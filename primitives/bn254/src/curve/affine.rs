// SPDX-License-Identifier: Apache-2.0

//! Many points of the second group walked at once in affine coordinates: a step takes the fewest
//! multiplications, and all points share its single inversion.

use super::{
	frobenius::{closing, negate, psi},
	line::Line,
	tower::product,
	Outside,
};
use crate::inversion::Inversion;
use alloc::vec::Vec;
use ark_bn254::{Fq2, G2Affine};
use ark_ff::{AdditiveGroup, Field};

/// Points under way.
pub(crate) struct AffineWalk {
	travellers: Vec<Traveller>,
	/// What the slopes of the present step are divided by.
	denominators: Vec<Fq2>,
	inversion: Inversion<Fq2>,
}

struct Traveller {
	/// Where it started.
	start: G2Affine,
	/// Where it is.
	at: G2Affine,
}

impl AffineWalk {
	/// A walk from `points`, none of them at infinity.
	pub(crate) fn new(points: impl Iterator<Item = G2Affine>) -> Self {
		let travellers: Vec<_> = points.map(|start| Traveller { start, at: start }).collect();
		let count = travellers.len();
		Self {
			travellers,
			denominators: Vec::with_capacity(count),
			inversion: Inversion::with_capacity(count),
		}
	}

	/// Doubles every point and hands on its tangent.
	///
	/// The curve has no point of order two, so that no tangent is vertical.
	pub(crate) fn double_each(&mut self, mut visit: impl FnMut(&Line)) {
		self.denominators.clear();
		self.denominators.extend(self.travellers.iter().map(|t| t.at.y.double()));
		self.inversion.invert_all(&mut self.denominators);
		let steps = self.travellers.iter_mut().zip(&self.denominators);
		for (Traveller { at, .. }, inverse) in steps {
			let square = at.x.square();
			let slope = product(&(square.double() + square), &(*inverse).into());
			let factor = slope.into();
			let line = Line { slope, intercept: product(&at.x, &factor) - at.y };
			at.x = slope.square() - at.x.double();
			at.y = line.intercept - product(&at.x, &factor);
			visit(&line);
		}
	}

	/// Adds to every point what `addend` makes of its start, and hands on the line through both.
	///
	/// # Errors
	///
	/// The first point for which that line is vertical. From a start on the curve no walk comes to
	/// such a point, as a test computes.
	pub(crate) fn add_each(
		&mut self,
		addend: impl Fn(&G2Affine) -> G2Affine,
		mut visit: impl FnMut(&Line),
	) -> Result<(), Outside> {
		let addends: Vec<_> = self.travellers.iter().map(|t| addend(&t.start)).collect();
		self.denominators.clear();
		self.denominators
			.extend(self.travellers.iter().zip(&addends).map(|(t, addend)| t.at.x - addend.x));
		self.inversion.invert_all(&mut self.denominators);
		let steps = self.travellers.iter_mut().zip(&addends).zip(&self.denominators);
		for (index, ((Traveller { at, .. }, addend), inverse)) in steps.enumerate() {
			if *inverse == Fq2::ZERO {
				return Err(Outside(index));
			}
			let slope = product(&(at.y - addend.y), &(*inverse).into());
			let factor = slope.into();
			let line = Line { slope, intercept: product(&addend.x, &factor) - addend.y };
			at.x = slope.square() - at.x - addend.x;
			at.y = line.intercept - product(&at.x, &factor);
			visit(&line);
		}
		Ok(())
	}

	/// The last two additions, and the verdict on each start.
	///
	/// # Errors
	///
	/// The first start outside the subgroup.
	pub(crate) fn finish_each(&mut self, mut visit: impl FnMut(&Line)) -> Result<(), Outside> {
		self.add_each(psi, &mut visit)?;
		self.add_each(|start| negate(psi(&psi(start))), visit)?;
		let outside = self.travellers.iter().position(|t| t.at != closing(&t.start));
		outside.map_or(Ok(()), |index| Err(Outside(index)))
	}
}
