// SPDX-License-Identifier: Apache-2.0

//! Many inverses for the price of one.

use alloc::vec::Vec;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ff::{Field, Zero};

/// Room for the running products of [`invert_all`], to be used again and again.
pub(crate) struct Inversion<F> {
	products: Vec<F>,
}

impl<F: Field> Inversion<F> {
	/// Room for `count` inverses.
	pub(crate) fn with_capacity(count: usize) -> Self {
		Self { products: Vec::with_capacity(count) }
	}

	/// Replaces each value by its inverse, and leaves zeros alone: Montgomery's trick, three
	/// multiplications for each value and a single inversion. Sequential, whatever the features of
	/// arkworks, so that its time does not depend on the machine's number of cores.
	pub(crate) fn invert_all(&mut self, values: &mut [F]) {
		self.products.clear();
		let mut product = F::ONE;
		for value in values.iter().filter(|value| !value.is_zero()) {
			self.products.push(product);
			product *= value;
		}
		// A product of values that are not zero.
		let Some(mut inverse) = product.inverse() else { return };
		let nonzero = values.iter_mut().rev().filter(|value| !value.is_zero());
		for (value, before) in nonzero.zip(self.products.iter().rev()) {
			let next = inverse * *value;
			*value = inverse * before;
			inverse = next;
		}
	}
}

/// The affine forms of points, with a single inversion.
pub(crate) fn to_affine<P: SWCurveConfig>(points: &[Projective<P>]) -> Vec<Affine<P>> {
	let mut inverses: Vec<_> = points.iter().map(|point| point.z).collect();
	Inversion::with_capacity(points.len()).invert_all(&mut inverses);
	points
		.iter()
		.zip(inverses)
		.map(|(point, inverse)| {
			if inverse.is_zero() {
				return Affine::identity();
			}
			let square = inverse.square();
			Affine::new_unchecked(point.x * square, point.y * square * inverse)
		})
		.collect()
}
