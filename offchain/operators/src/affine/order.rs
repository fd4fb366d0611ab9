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

	/// The outputs of filters at these positions, where they are all outputs of some channels in some order.
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
		let taken: Vec<usize> = (0..is_taken.len()).filter(|at| is_taken[*at]).collect();
		if taken.len() != positions.len() {
			return None;
		}
		if taken.len() == is_taken.len() {
			return Some(Form::Ordered(filters.clone(), positions.to_vec()));
		}
		let among = |at: &usize| taken.binary_search(at).ok();
		let places = positions.iter().map(among).collect::<Option<_>>()?;
		Some(Form::Ordered(filters.channels_at(&taken)?, places))
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

	/// Whether a layer at each place takes features that each lie at all places, one behind the other; nothing of other
	/// functions.
	pub(crate) fn is_of_columns(&self) -> Option<bool> {
		let filters = match &self.form {
			Form::Filtered(filters) | Form::Ordered(filters, _) => filters,
			Form::Scaled(_) | Form::Full(_) | Form::Beyond(_) => return None,
		};
		Some(filters.window.kernel == [1, 1])
	}

	/// The sum with a factor times single elements, which filters that slide alike pick; nothing where none do, or
	/// neither function has an order.
	pub(super) fn plus_picked(&self, other: &Self, factor: f64) -> Option<Self> {
		let picked = |filters: &Filters, places: &[usize], of: &Self| {
			let mut terms = vec![(0, 0.0, 0.0); places.len()];
			places.iter().zip(of.terms()?).for_each(|(at, term)| terms[*at] = term);
			filters.picking(&terms)
		};
		let (sum, places) = match (self.as_ordered(), other.as_ordered()) {
			(Some((own, places)), None) => {
				(own.plus(&picked(own, places, other)?, factor)?, places)
			}
			(None, Some((other, places))) => {
				(picked(other, places, self)?.plus(other, factor)?, places)
			}
			_ => return None,
		};
		Some(Self { inputs: self.inputs, form: Form::Ordered(sum, places.to_vec()) })
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
