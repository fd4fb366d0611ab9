// SPDX-License-Identifier: Apache-2.0
//! `Gather` of elements at constant positions of an axis behind the batch.

use candor_onnx::{node::integer_attribute, tensor, OnnxError};

use super::axis;
use crate::{At, Operator, Place, Reader};

/// See the module.
pub(super) struct Gather;

impl Operator for Gather {
	fn onnx(&self) -> &'static [&'static str] {
		&["Gather"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "at constant positions of an axis behind the batch",
			refuses: "the batch; positions that are no list",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let at = place.data()?.clone();
		let axis = axis::of_data(place, &at, integer_attribute(place.node, "axis").unwrap_or(0))?;
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
