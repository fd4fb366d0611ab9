// SPDX-License-Identifier: Apache-2.0
//! How a normalisation is read.

use candor_gadgets::norm::{Norm, MAX_COUNT};
use candor_graph::{FloatParameters, Kind};
use candor_onnx::{
	node::{float_attribute, integer_attribute},
	OnnxError, Tensor,
};

use super::node;
use crate::{
	registry::{axis::behind_batch, broadcast::with_constant},
	Affine, At, Place, Reader,
};

/// Reads the operator.
pub(super) fn read(place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
	let data = place.data()?.clone();
	let edges = place.edges;
	let is_taken = |output: &String| {
		!edges.users(output).is_empty() || edges.outputs.contains(&output.as_str())
	};
	if place.node.output.iter().skip(1).any(|output| !output.is_empty() && is_taken(output)) {
		return Err(place.usage("its mean and deviation are no outputs; leave them out"));
	}
	let axis = integer_attribute(place.node, "axis").unwrap_or(-1);
	let axis = behind_batch(axis, data.dims.len() + 1).ok_or_else(|| {
		place.usage(format!("axis {axis} mixes samples; only axes behind the batch are supported"))
	})?;
	let epsilon = float_attribute(place.node, "epsilon").map_or(1e-5, f64::from);
	let mut at = normalised(place, reader, &data, axis, epsilon)?;
	let dims = data.dims[axis..].to_vec();
	if let Some(scale) = place.edges.floats(place.node, 1)? {
		let (_, factors) = with_constant(place, &at, &of_row(place, scale, &dims)?)?;
		at = at.scaled(&factors, &vec![0.0; factors.len()]);
	}
	if let Some(bias) = place.edges.floats(place.node, 2)? {
		let (_, shifts) = with_constant(place, &at, &of_row(place, bias, &dims)?)?;
		at = at.scaled(&vec![1.0; shifts.len()], &shifts);
	}
	reader.pass(place, at);
	Ok(())
}

/// A constant that has to have a number for each element of a row.
fn of_row(place: &Place<'_>, constant: Tensor, dims: &[usize]) -> Result<Tensor, OnnxError> {
	if constant.dims == dims {
		return Ok(constant);
	}
	Err(place.usage("its scale and its bias need a number for each element of a row"))
}

/// The rows of data along all axes from one on, normalised.
fn normalised(
	place: &Place<'_>,
	reader: &mut Reader,
	data: &At,
	axis: usize,
	epsilon: f64,
) -> Result<At, OnnxError> {
	if !(epsilon >= 0.0 && epsilon.is_finite()) {
		return Err(place.usage(format!("epsilon {epsilon} is negative or no number")));
	}
	let along: usize = data.dims[axis..].iter().product();
	if Norm::new(along).is_none() {
		return Err(place.usage(format!(
			"rows of {along} elements; 2 to {} are normalised: use narrower layers",
			MAX_COUNT
		)));
	}
	let (at, rows) = match in_rows(reader, data, along) {
		Some(rows) => (data.clone(), rows),
		None => {
			let bytes = reader.keep_as_bytes(place, data)?;
			let rows = in_rows(reader, &bytes, along);
			let rows = rows.ok_or_else(|| place.usage("its rows are no rows of bytes"))?;
			(bytes, rows)
		}
	};
	let Rows { counts, scale, places } = rows;
	// A factor changes what is normalised as a smaller epsilon does.
	let biases = vec![epsilon / (scale * scale)];
	let parameters = FloatParameters { weights: Vec::new(), biases };
	let source = reader.insert_with(place, &at, node(at.source, counts), parameters)?;
	Ok(At { source, dims: at.dims, affine: Affine::identity(places.len()).select(&places) })
}

/// Rows of bytes.
struct Rows {
	/// The numbers of elements before, along and behind them.
	counts: [usize; 3],
	/// The factor of all elements.
	scale: f64,
	/// Where each element stands in the value.
	places: Vec<usize>,
}

/// The rows of data; nothing where they are no bytes as they are, in rows or in columns, with one positive factor and
/// one number for all.
fn in_rows(reader: &Reader, data: &At, along: usize) -> Option<Rows> {
	if reader.kind(data.source) != Some(Kind::Bytes) || reader.is_joined(data.source) {
		return None;
	}
	let count = data.affine.outputs();
	let (_, scale, offset) = data.affine.terms()?.next()?;
	if !(scale > 0.0 && scale.is_finite()) || count != data.affine.inputs() {
		return None;
	}
	if data.affine.terms()?.any(|(_, other, shift)| (other, shift) != (scale, offset)) {
		return None;
	}
	let places: Vec<usize> = data.affine.terms()?.map(|(from, ..)| from).collect();
	let rows = count / along;
	let in_rows = places.iter().copied().eq(0..count);
	let in_columns =
		places.iter().enumerate().all(|(at, from)| *from == at % along * rows + at / along);
	let counts = match (in_rows, in_columns) {
		(true, _) => [rows, along, 1],
		(_, true) => [1, along, rows],
		_ => return None,
	};
	Some(Rows { counts, scale, places })
}
