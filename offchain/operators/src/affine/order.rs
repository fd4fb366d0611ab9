// SPDX-License-Identifier: Apache-2.0
//! Convolutions whose outputs stand in another order than filter by filter: that of a layer of weights at each
//! place of a sequence gives place by place.

use super::{Affine, Form};
use crate::filters::Filters;

/// What filters are of functions whose outputs stand in one order.
type InOrder<'a> = Box<dyn Fn(Filters) -> Form + 'a>;

impl Affine {
	/// The filters, and of each output its place among theirs; nothing where they stand filter by filter, or the
	/// function is no convolution.
	fn as_ordered(&self) -> Option<(&Filters, &[usize])> {
		match &self.form {
			Form::Ordered(filters, places) => Some((filters, places)),
			Form::Scaled(_) | Form::Full(_) | Form::Filtered(_) | Form::Beyond(_) => None,
		}
	}

	/// The same function with its outputs as a node gives them, and where each output stands among these; nothing
	/// where they stand so already.
	pub(crate) fn without_order(&self) -> Option<(Self, &[usize])> {
		let (filters, places) = self.as_ordered()?;
		let form = Form::Filtered(filters.clone());
		Some((Self { inputs: self.inputs, form }, places))
	}

	/// The outputs of filters at these positions, where they are whole channels, or all outputs in some order.
	pub(super) fn in_order(&self, positions: &[usize]) -> Option<Form> {
		let places: Vec<usize>;
		let (filters, positions) = match &self.form {
			Form::Filtered(filters) => (filters, positions),
			Form::Ordered(filters, own) => {
				places = positions.iter().map(|at| own[*at]).collect();
				(filters, &places[..])
			}
			Form::Scaled(_) | Form::Full(_) | Form::Beyond(_) => return None,
		};
		if let Some(filters) = filters.channels_at(positions) {
			return Some(Form::Filtered(filters));
		}
		let mut is_taken = vec![false; filters.outputs()];
		positions.iter().for_each(|at| is_taken[*at] = true);
		let are_all = positions.len() == is_taken.len() && is_taken.into_iter().all(|taken| taken);
		are_all.then(|| Form::Ordered(filters.clone(), positions.to_vec()))
	}

	/// [`Affine::scaled`] of filters; nothing where the numbers of a channel differ.
	pub(super) fn scaled_filters(&self, factors: &[f64], shifts: &[f64]) -> Option<Form> {
		match &self.form {
			Form::Filtered(filters) => filters.scaled(factors, shifts).map(Form::Filtered),
			Form::Ordered(filters, places) => {
				let of_filters = |numbers: &[f64]| {
					let mut ordered = vec![0.0; places.len()];
					places.iter().zip(numbers).for_each(|(at, number)| ordered[*at] = *number);
					ordered
				};
				let scaled = filters.scaled(&of_filters(factors), &of_filters(shifts))?;
				Some(Form::Ordered(scaled, places.clone()))
			}
			Form::Scaled(_) | Form::Full(_) | Form::Beyond(_) => None,
		}
	}

	/// The filters of two functions whose outputs stand in the same order, and what other filters are in it.
	pub(super) fn in_one_order<'a>(
		&'a self,
		other: &'a Self,
	) -> Option<(&'a Filters, &'a Filters, InOrder<'a>)> {
		if let (Form::Filtered(own), Form::Filtered(other)) = (&self.form, &other.form) {
			return Some((own, other, Box::new(Form::Filtered)));
		}
		let ((own, places), (other, others)) = (self.as_ordered()?, other.as_ordered()?);
		let form = |filters| Form::Ordered(filters, places.to_vec());
		(places == others).then(|| (own, other, Box::new(form) as InOrder<'a>))
	}
}
