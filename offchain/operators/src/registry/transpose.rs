// SPDX-License-Identifier: Apache-2.0
//! `Transpose` of the dimensions of a sample: its elements in another order.

use candor_onnx::{
	node::{integers_attribute, shown},
	OnnxError,
};

use crate::{At, Operator, Place, Reader};

/// See the module.
pub(super) struct Transpose;

impl Operator for Transpose {
	fn onnx(&self) -> &'static [&'static str] {
		&["Transpose"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "that keeps the batch first",
			refuses: "",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let at = place.data()?;
		let rank = at.dims.len();
		// Without a permutation the batch comes last.
		let given = integers_attribute(place.node, "perm");
		let axes: Option<Vec<usize>> = match given {
			[0, axes @ ..] => axes
				.iter()
				.map(|axis| usize::try_from(axis.checked_sub(1)?).ok().filter(|axis| *axis < rank))
				.collect(),
			_ => None,
		};
		let moved = axes.and_then(|axes| turned(at, &axes)).ok_or_else(|| {
			place.usage(format!(
				"the permutation {} of a batch of the shape {} mixes samples; the batch has to stay first",
				shown(given),
				shown(&at.dims)
			))
		})?;
		if moved.affine == at.affine {
			reader.pass(place, moved);
		} else {
			reader.fold(place, moved);
		}
		Ok(())
	}
}

/// The elements of data with its dimensions in another order; nothing where each does not stand in it once.
pub(crate) fn turned(at: &At, axes: &[usize]) -> Option<At> {
	let rank = at.dims.len();
	if axes.len() != rank || !(0..rank).all(|axis| axes.contains(&axis)) {
		return None;
	}
	let dims: Vec<usize> = axes.iter().map(|axis| at.dims[*axis]).collect();
	let stride = |axis: usize| at.dims[axis + 1..].iter().product::<usize>();
	let position = |mut element: usize| {
		let mut position = 0;
		for (dim, axis) in dims.iter().zip(axes).rev() {
			position += element % dim * stride(*axis);
			element /= dim;
		}
		position
	};
	let positions: Vec<usize> = (0..at.affine.outputs()).map(position).collect();
	Some(at.select(&positions).shaped(dims))
}
