// SPDX-License-Identifier: Apache-2.0
//! Affine functions between what nodes of a graph give, composed as they are read.

use candor_graph::FloatParameters;

use crate::filters::Filters;

mod image;
mod order;

/// The most weights of a layer while a file is read: more than an architecture allows.
pub(crate) const MAX_WEIGHTS: usize = 1 << 26;

/// Numbers that differ by no more than this part are the same, computed in another way.
const SAME: f64 = 1e-9;

/// `y = x W + b` of a value of so many elements. Scaling, selecting and adding cost nothing: all of it
/// goes into the next layer. Private as weights are: it has no `Debug`.
#[derive(Clone, PartialEq)]
pub struct Affine {
	inputs: usize,
	form: Form,
}

#[derive(Clone, PartialEq)]
enum Form {
	/// Each output is one of the inputs, scaled and shifted.
	Scaled(Vec<Term>),
	/// A layer of weights.
	Full(FloatParameters),
	/// A convolution.
	Filtered(Filters),
	/// A convolution whose outputs stand in another order: of each its place among those of the filters.
	Ordered(Filters, Vec<usize>),
	/// So many outputs of a function that is larger than any layer may be.
	Beyond(usize),
}

/// `x[from] * scale + offset`
#[derive(Clone, Copy, PartialEq)]
struct Term {
	from: usize,
	scale: f64,
	offset: f64,
}

impl Affine {
	/// The function that changes nothing.
	pub fn identity(inputs: usize) -> Self {
		let terms = (0..inputs).map(|from| Term { from, scale: 1.0, offset: 0.0 });
		Self { inputs, form: Form::Scaled(terms.collect()) }
	}

	/// A layer of weights.
	pub fn layer(layer: FloatParameters) -> Self {
		let inputs = layer.weights.len() / layer.biases.len().max(1);
		Self { inputs, form: Form::Full(layer) }
	}

	/// Of each output the input that it is, a factor and what is added; nothing where one is made of
	/// several inputs.
	pub fn terms(&self) -> Option<impl Iterator<Item = (usize, f64, f64)> + '_> {
		match &self.form {
			Form::Scaled(terms) => {
				Some(terms.iter().map(|term| (term.from, term.scale, term.offset)))
			}
			Form::Full(_) | Form::Filtered(_) | Form::Ordered(..) | Form::Beyond(_) => None,
		}
	}

	/// The number of inputs.
	pub fn inputs(&self) -> usize {
		self.inputs
	}

	/// The number of outputs.
	pub fn outputs(&self) -> usize {
		match &self.form {
			Form::Scaled(terms) => terms.len(),
			Form::Full(layer) => layer.biases.len(),
			Form::Filtered(filters) | Form::Ordered(filters, _) => filters.outputs(),
			Form::Beyond(outputs) => *outputs,
		}
	}

	/// Whether each output is one of the inputs, scaled and shifted.
	pub fn is_of_single_elements(&self) -> bool {
		matches!(self.form, Form::Scaled(_))
	}

	/// Whether the outputs are inputs, in any order, with no number changed in sign or shifted: what
	/// ReLU leaves as it is when it has been applied to the inputs.
	pub fn keeps_signs(&self) -> bool {
		match &self.form {
			Form::Scaled(terms) => terms.iter().all(|term| term.scale >= 0.0 && term.offset == 0.0),
			Form::Full(_) | Form::Filtered(_) | Form::Ordered(..) | Form::Beyond(_) => false,
		}
	}

	/// Whether no output is negative where no input is, as far as single numbers tell.
	pub(crate) fn keeps_positive(&self) -> bool {
		let none_is_negative = |numbers: &[f64]| numbers.iter().all(|number| *number >= 0.0);
		match &self.form {
			Form::Scaled(terms) => terms.iter().all(|term| term.scale >= 0.0 && term.offset >= 0.0),
			Form::Full(layer) => {
				none_is_negative(&layer.weights) && none_is_negative(&layer.biases)
			}
			Form::Filtered(filters) | Form::Ordered(filters, _) => {
				let FloatParameters { weights, biases } = &filters.layer;
				[weights, biases, &filters.pads]
					.into_iter()
					.all(|numbers| none_is_negative(numbers))
			}
			Form::Beyond(_) => false,
		}
	}

	/// The outputs at these positions, each below [`Self::outputs`].
	#[must_use]
	pub fn select(&self, positions: &[usize]) -> Self {
		let is_all = positions.iter().copied().eq(0..self.outputs());
		let form = match &self.form {
			form if is_all => form.clone(),
			Form::Ordered(..) | Form::Filtered(_) | Form::Beyond(_) => {
				if let Some(form) = self.in_order(positions) {
					return Self { inputs: self.inputs, form };
				}
				return match self.to_layer() {
					Some(layer) => {
						Self { inputs: self.inputs, form: Form::Full(layer) }.select(positions)
					}
					None => Self { inputs: self.inputs, form: Form::Beyond(positions.len()) },
				};
			}
			Form::Scaled(terms) => Form::Scaled(positions.iter().map(|at| terms[*at]).collect()),
			Form::Full(_) if !self.fits(positions.len()) => Form::Beyond(positions.len()),
			Form::Full(layer) => {
				let rows = layer.weights.chunks_exact(layer.biases.len());
				Form::Full(FloatParameters {
					weights: rows.flat_map(|row| positions.iter().map(|at| row[*at])).collect(),
					biases: positions.iter().map(|at| layer.biases[*at]).collect(),
				})
			}
		};
		Self { inputs: self.inputs, form }
	}

	/// Whether a layer of so many outputs is no larger than any may be.
	fn fits(&self, outputs: usize) -> bool {
		self.inputs.checked_mul(outputs).is_some_and(|weights| weights <= MAX_WEIGHTS)
	}

	/// Every output times a factor of its own, plus a number of its own.
	#[must_use]
	pub fn scaled(&self, factors: &[f64], shifts: &[f64]) -> Self {
		let mut scaled = self.clone();
		if let Form::Filtered(_) | Form::Ordered(..) = self.form {
			scaled.form = match self.scaled_filters(factors, shifts) {
				Some(form) => return Self { form, ..scaled },
				None => self.to_layer().map_or(Form::Beyond(self.outputs()), Form::Full),
			};
		}
		let pairs = factors.iter().zip(shifts);
		match &mut scaled.form {
			Form::Filtered(_) | Form::Ordered(..) | Form::Beyond(_) => (),
			Form::Scaled(terms) => {
				for (term, (factor, shift)) in terms.iter_mut().zip(pairs) {
					term.scale *= factor;
					term.offset = term.offset * factor + shift;
				}
			}
			Form::Full(layer) => {
				let FloatParameters { weights, biases } = layer;
				for row in weights.chunks_exact_mut(biases.len()) {
					row.iter_mut().zip(factors).for_each(|(weight, factor)| *weight *= factor);
				}
				for (bias, (factor, shift)) in biases.iter_mut().zip(pairs) {
					*bias = *bias * factor + shift;
				}
			}
		}
		scaled
	}

	/// What this function and a layer behind it do together; nothing where that is too large.
	pub fn then(&self, layer: &FloatParameters) -> Option<Self> {
		if let Form::Filtered(_) | Form::Ordered(..) | Form::Beyond(_) = self.form {
			return Self { inputs: self.inputs, form: Form::Full(self.to_layer()?) }.then(layer);
		}
		let outputs = layer.biases.len();
		self.inputs.checked_mul(outputs).filter(|weights| *weights <= MAX_WEIGHTS)?;
		let mut weights = vec![0.0; self.inputs * outputs];
		let mut biases = layer.biases.clone();
		let add = |row: &mut [f64], factor: f64, by: &[f64]| {
			row.iter_mut().zip(by).for_each(|(sum, weight)| *sum += factor * weight);
		};
		let rows = || layer.weights.chunks_exact(outputs);
		match &self.form {
			Form::Scaled(terms) => {
				for (term, row) in terms.iter().zip(rows()) {
					let at = term.from * outputs;
					add(&mut weights[at..at + outputs], term.scale, row);
					add(&mut biases, term.offset, row);
				}
			}
			Form::Full(before) => {
				let of_inputs = before.weights.chunks_exact(before.biases.len());
				for (sums, factors) in weights.chunks_exact_mut(outputs).zip(of_inputs) {
					factors.iter().zip(rows()).for_each(|(factor, row)| add(sums, *factor, row));
				}
				let shifts = before.biases.iter().zip(rows());
				shifts.for_each(|(shift, row)| add(&mut biases, *shift, row));
			}
			Form::Filtered(_) | Form::Ordered(..) | Form::Beyond(_) => return None,
		}
		Some(Self { inputs: self.inputs, form: Form::Full(FloatParameters { weights, biases }) })
	}

	/// The outputs of several functions of one value, one behind the other; nothing where that is too
	/// large.
	pub fn joined(parts: &[&Self]) -> Option<Self> {
		let inputs = parts.first()?.inputs;
		let all_scaled: Option<Vec<&[Term]>> = parts
			.iter()
			.map(|part| match &part.form {
				Form::Scaled(terms) => Some(terms.as_slice()),
				Form::Full(_) | Form::Filtered(_) | Form::Ordered(..) | Form::Beyond(_) => None,
			})
			.collect();
		if let Some(terms) = all_scaled {
			return Some(Self { inputs, form: Form::Scaled(terms.concat()) });
		}
		let filters: Option<Vec<&Filters>> = parts.iter().map(|part| part.as_filters()).collect();
		if let Some(filters) = filters.and_then(|filters| Filters::joined(&filters)) {
			return Some(Self { inputs, form: Form::Filtered(filters) });
		}
		let outputs = parts.iter().map(|part| part.outputs()).fold(0, usize::saturating_add);
		inputs.checked_mul(outputs).filter(|weights| *weights <= MAX_WEIGHTS)?;
		let layers = parts.iter().map(|part| part.to_layer()).collect::<Option<Vec<_>>>()?;
		let mut weights = Vec::with_capacity(inputs * outputs);
		for input in 0..inputs {
			for layer in &layers {
				let width = layer.biases.len();
				weights.extend_from_slice(&layer.weights[input * width..(input + 1) * width]);
			}
		}
		let biases = layers.iter().flat_map(|layer| layer.biases.iter().copied()).collect();
		Some(Self { inputs, form: Form::Full(FloatParameters { weights, biases }) })
	}

	/// This function plus `factor` times another one of the same value, output by output; nothing where
	/// that is too large.
	pub fn plus(&self, other: &Self, factor: f64) -> Option<Self> {
		if let Some((left, right, form)) = self.in_one_order(other) {
			if let Some(sum) = left.plus(right, factor) {
				return Some(Self { inputs: self.inputs, form: form(sum) });
			}
		}
		if let Some(sum) = self.plus_picked(other, factor) {
			return Some(sum);
		}
		let (mut sum, other) = (self.to_layer()?, other.to_layer()?);
		let FloatParameters { weights, biases } = &mut sum;
		for (sum, term) in weights.iter_mut().zip(&other.weights) {
			*sum += factor * term;
		}
		for (sum, term) in biases.iter_mut().zip(&other.biases) {
			*sum += factor * term;
		}
		Some(Self { inputs: self.inputs, form: Form::Full(sum) })
	}

	/// The factor and the shift that make this function of another one of the same value; nothing where
	/// none do for all outputs, and where that is too large.
	pub fn in_terms_of(&self, other: &Self) -> Option<(f64, f64)> {
		if self == other {
			return Some((1.0, 0.0));
		}
		// Filters that slide alike are compared as they are: as a layer they may be too large.
		let filters = self.in_one_order(other).filter(|(own, other, _)| own.slides_as(other));
		let (own, other) = match filters {
			Some((own, other, _)) => (own.layer.clone(), other.layer.clone()),
			None => (self.to_layer()?, other.to_layer()?),
		};
		let weights = own.weights.iter().zip(&other.weights);
		let (of_own, of_other) = weights.clone().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
		let factor = of_own / of_other;
		let shifts = own.biases.iter().zip(&other.biases).map(|(own, other)| own - factor * other);
		let shift = shifts.clone().next()?;
		let close = |a: f64, b: f64, size: f64| (a - b).abs() <= SAME * size;
		let size = of_own.abs();
		let offset = own.biases.iter().fold(size, |max, bias| max.max(bias.abs()));
		let is_it = factor.is_normal()
			&& own.weights.len() == other.weights.len()
			&& weights.clone().all(|(own, other)| close(*own, factor * other, size))
			&& shifts.clone().all(|other| close(other, shift, offset));
		is_it.then_some((factor, shift))
	}

	/// The same function of a value that stands between so many other elements; nothing where it is too
	/// large.
	pub(crate) fn among(&self, before: usize, behind: usize) -> Option<Self> {
		let inputs = before + self.inputs + behind;
		let form = match &self.form {
			Form::Scaled(terms) => {
				let moved = terms.iter().map(|term| Term { from: term.from + before, ..*term });
				Form::Scaled(moved.collect())
			}
			Form::Filtered(filters)
				if before.is_multiple_of(filters.window.area())
					&& behind.is_multiple_of(filters.window.area()) =>
			{
				let area = filters.window.area();
				Form::Filtered(filters.among(before / area, behind / area))
			}
			Form::Ordered(filters, places)
				if before.is_multiple_of(filters.window.area())
					&& behind.is_multiple_of(filters.window.area()) =>
			{
				let area = filters.window.area();
				Form::Ordered(filters.among(before / area, behind / area), places.clone())
			}
			Form::Beyond(outputs) => Form::Beyond(*outputs),
			Form::Full(_) | Form::Filtered(_) | Form::Ordered(..) => {
				let layer = self.to_layer()?;
				let outputs = layer.biases.len();
				inputs.checked_mul(outputs).filter(|weights| *weights <= MAX_WEIGHTS)?;
				let mut weights = vec![0.0; before * outputs];
				weights.extend(&layer.weights);
				weights.resize(inputs * outputs, 0.0);
				Form::Full(FloatParameters { weights, biases: layer.biases.clone() })
			}
		};
		Some(Self { inputs, form })
	}

	/// As weights and biases; nothing where that is too large.
	pub fn to_layer(&self) -> Option<FloatParameters> {
		let terms = match &self.form {
			Form::Full(layer) => return Some(layer.clone()),
			Form::Beyond(_) => return None,
			Form::Filtered(filters) => {
				let outputs = filters.outputs();
				self.inputs.checked_mul(outputs).filter(|weights| *weights <= MAX_WEIGHTS)?;
				return Some(filters.to_layer());
			}
			Form::Ordered(filters, places) => {
				let form = Form::Filtered(filters.clone());
				let layer = Self { inputs: self.inputs, form }.to_layer()?;
				return Self { inputs: self.inputs, form: Form::Full(layer) }
					.select(places)
					.to_layer();
			}
			Form::Scaled(terms) => terms,
		};
		let outputs = terms.len();
		self.inputs.checked_mul(outputs).filter(|weights| *weights <= MAX_WEIGHTS)?;
		let mut weights = vec![0.0; self.inputs * outputs];
		for (output, term) in terms.iter().enumerate() {
			weights[term.from * outputs + output] = term.scale;
		}
		Some(FloatParameters { weights, biases: terms.iter().map(|term| term.offset).collect() })
	}
}

#[cfg(test)]
mod tests;
