// SPDX-License-Identifier: Apache-2.0
//! Parts of values along one of their axes.

use candor_graph::MAX_ELEMENTS;
use candor_onnx::{tensor, OnnxError};

use crate::{At, Place};

/// An axis of so many, the batch being the first, as a position behind the batch; nothing where it is that of the
/// batch or there is none.
pub(super) fn behind_batch(axis: i64, rank: usize) -> Option<usize> {
	let rank = i64::try_from(rank).ok()?;
	let axis = if axis < 0 { axis.checked_add(rank)? } else { axis };
	usize::try_from(axis.checked_sub(1)?).ok().filter(|at| (*at as i64) < rank - 1)
}

/// The axis of data that a node names, behind the batch.
pub(super) fn of_data(place: &Place<'_>, at: &At, axis: i64) -> Result<usize, OnnxError> {
	behind_batch(axis, at.dims.len() + 1).ok_or_else(|| {
		place.usage(format!("axis {axis} mixes samples; only axes behind the batch are supported"))
	})
}

/// The elements of data that stand at these places of an axis, each within its length.
pub(super) fn select(
	place: &Place<'_>,
	at: &At,
	axis: usize,
	places: &[usize],
) -> Result<At, OnnxError> {
	let length = at.dims[axis];
	let outer: usize = at.dims[..axis].iter().product();
	let inner: usize = at.dims[axis + 1..].iter().product();
	let count = outer.checked_mul(inner).and_then(|each| each.checked_mul(places.len()));
	let count = count.filter(|count| *count <= MAX_ELEMENTS);
	let count = count.ok_or_else(|| place.usage("what it makes is too large"))?;
	let mut positions = Vec::with_capacity(count);
	for before in 0..outer {
		for chosen in places {
			let first = (before * length + chosen) * inner;
			positions.extend(first..first + inner);
		}
	}
	let mut dims = at.dims.clone();
	dims[axis] = places.len();
	Ok(at.select(&positions).shaped(dims))
}

/// The integers that a node has as an input, or as an attribute in earlier versions.
pub(super) fn integers(
	place: &Place<'_>,
	position: usize,
	name: &str,
) -> Result<Vec<i64>, OnnxError> {
	match place.edges.constant(place.node, position)? {
		Some(list) => tensor::integers(list),
		None => Ok(candor_onnx::node::integers_attribute(place.node, name).to_vec()),
	}
}
