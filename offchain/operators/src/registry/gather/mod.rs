// SPDX-License-Identifier: Apache-2.0
//! `Gather` of elements at constant positions of an axis behind the batch, and of rows of a constant table by what the
//! data say: an [`embedding`].

pub mod embedding;

use candor_onnx::{node::integer_attribute, tensor, OnnxError};

use super::axis;
use crate::{At, Function, Operator, Place, Reader};

/// See the module.
pub(super) struct Gather;

impl Operator for Gather {
	fn onnx(&self) -> &'static [&'static str] {
		&["Gather"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "at constant positions of an axis behind the batch; rows of a constant table of 2 to 256, by integers that are features, whose bytes are the numbers of the rows themselves",
			refuses: "the batch; positions that are no list; of a table other axes than its rows, and rows of what is computed",
			costs: "nothing; of a table of `2^b` rows about `b + 2` for each number, `2^b` for each 31 columns of its row, and one for each element of it",
			exactness: crate::Exactness::ExactOrStep,
			since: &[],
		}
	}

	/// Numbers of rows are the second operand, behind a constant table.
	fn commutes(&self) -> bool {
		true
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		if place.inputs.first().is_some_and(Option::is_none) {
			return embedding::read(place, reader);
		}
		let at = place.data()?.clone();
		let axis = axis::of_data(place, &at, integer_attribute(place.node, "axis").unwrap_or(0))?;
		if let [Some(_), Some(_)] = place.inputs[..] {
			return Err(place.usage(
				"its positions depend on the sample; only rows of a constant table are looked up",
			));
		}
		let indices = place
			.edges
			.constant(place.node, 1)?
			.ok_or_else(|| place.usage("the positions are missing"))?;
		let places = positions(place, &tensor::integers(indices)?, at.dims[axis])?;
		let mut selected = axis::select(place, &at, axis, &places)?;
		match indices.dims.len() {
			0 => {
				selected.dims.remove(axis);
			}
			1 => (),
			_ => return Err(place.usage("its positions are no list")),
		}
		reader.fold(place, selected);
		Ok(())
	}

	fn function(&self) -> Option<&'static dyn Function> {
		Some(&embedding::Embedding)
	}
}

/// Positions within so many features, where negative ones count from the end.
pub(super) fn positions(
	place: &Place<'_>,
	indices: &[i64],
	width: usize,
) -> Result<Vec<usize>, OnnxError> {
	let count = i64::try_from(width).unwrap_or(i64::MAX);
	let position = |index: &i64| {
		let index = if *index < 0 { index.saturating_add(count) } else { *index };
		usize::try_from(index).ok().filter(|at| *at < width)
	};
	let found: Option<Vec<usize>> = indices.iter().map(position).collect();
	found
		.filter(|found| !found.is_empty())
		.ok_or_else(|| place.usage(format!("a position lies outside of {width} features")))
}

/// The features of a list at these positions.
pub(super) fn select(place: &Place<'_>, at: &At, indices: &[i64]) -> Result<At, OnnxError> {
	axis::select(place, at, 0, &positions(place, indices, at.affine.outputs())?)
}
