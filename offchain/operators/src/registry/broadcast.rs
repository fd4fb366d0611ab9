// SPDX-License-Identifier: Apache-2.0
//! How the elements of two operands meet, as numpy and ONNX say.

use candor_onnx::{node::shown, OnnxError, Tensor};

use crate::{At, Place};

/// The positions of two elements that meet.
type Pair = (usize, usize);

/// The dimensions of what two operands make, and for each of its elements those that meet in it;
/// nothing where they do not fit.
fn meet(left: &[usize], right: &[usize]) -> Option<(Vec<usize>, Vec<Pair>)> {
	let rank = left.len().max(right.len());
	let dim = |dims: &[usize], axis: usize| {
		(axis + dims.len()).checked_sub(rank).map_or(1, |axis| dims[axis])
	};
	let mut dims = Vec::with_capacity(rank);
	for axis in 0..rank {
		dims.push(match (dim(left, axis), dim(right, axis)) {
			(a, b) if a == b => a,
			(1, other) | (other, 1) => other,
			_ => return None,
		});
	}
	let count = dims.iter().try_fold(1usize, |count, dim| count.checked_mul(*dim))?;
	if count > candor_graph::MAX_ELEMENTS {
		return None;
	}
	let position = |of: &[usize], mut element: usize| {
		let (mut position, mut stride) = (0, 1);
		for axis in (0..rank).rev() {
			let (at, own) = (element % dims[axis], dim(of, axis));
			element /= dims[axis];
			position += if own == 1 { 0 } else { at * stride };
			stride *= own;
		}
		position
	};
	let pairs = (0..count).map(|element| (position(left, element), position(right, element)));
	let pairs = pairs.collect();
	Some((dims, pairs))
}

/// Data and a constant as they meet: the data repeated where the constant is larger, and a number
/// for each of its elements.
pub(super) fn with_constant(
	place: &Place<'_>,
	at: &At,
	constant: &Tensor,
) -> Result<(At, Vec<f64>), OnnxError> {
	// The batch is the first dimension of the data: a constant that has it as well has one row for all.
	let dims = match constant.dims.split_first() {
		Some((1, rest)) if rest.len() == at.dims.len() => rest,
		_ => &constant.dims[..],
	};
	let met = Some(dims).filter(|dims| dims.len() <= at.dims.len());
	let (dims, pairs) = met.and_then(|dims| meet(&at.dims, dims)).ok_or_else(|| {
		place.usage(format!(
			"a constant of the shape {} does not fit values of the shape {} in each sample",
			shown(&constant.dims),
			shown(&at.dims)
		))
	})?;
	let (positions, values): (Vec<_>, Vec<_>) =
		pairs.into_iter().map(|(own, other)| (own, constant.values[other])).unzip();
	Ok((at.select(&positions).shaped(dims), values))
}

/// Two functions of one value as they meet.
pub(super) fn with_data(place: &Place<'_>, left: &At, right: &At) -> Result<(At, At), OnnxError> {
	let met = (left.dims.len() == right.dims.len()).then(|| meet(&left.dims, &right.dims));
	let (dims, pairs) = met.flatten().ok_or_else(|| {
		let (left, right) = (shown(&left.dims), shown(&right.dims));
		place.usage(format!("values of the shapes {left} and {right} do not fit"))
	})?;
	let (of_left, of_right): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
	Ok((left.select(&of_left).shaped(dims.clone()), right.select(&of_right).shaped(dims)))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn operands_meet_from_the_last_dimension() {
		let of = |left: &[usize], right: &[usize]| meet(left, right);
		assert_eq!(of(&[2], &[]), Some((vec![2], vec![(0, 0), (1, 0)])));
		assert_eq!(of(&[1], &[2]), Some((vec![2], vec![(0, 0), (0, 1)])));
		let rows = vec![(0, 0), (1, 0), (2, 1), (3, 1)];
		assert_eq!(of(&[2, 2], &[2, 1]), Some((vec![2, 2], rows)));
		let columns = vec![(0, 0), (0, 1), (1, 0), (1, 1)];
		assert_eq!(of(&[2, 1], &[2]), Some((vec![2, 2], columns)));
		assert_eq!(of(&[2], &[3]), None);
		assert_eq!(of(&[1 << 13, 1], &[1, 1 << 13]), None);
	}
}
