// SPDX-License-Identifier: Apache-2.0
//! `Squeeze` and `Unsqueeze`: dimensions of one go and come.

use candor_onnx::{node::shown, OnnxError};

use super::axis::{self, behind_batch};
use crate::{At, End, Operator, Place, Reader};

/// See the module.
pub(super) struct Squeeze;

impl Operator for Squeeze {
	fn onnx(&self) -> &'static [&'static str] {
		&["Squeeze", "Unsqueeze"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "of dimensions behind the batch",
			refuses: "the batch",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let at = place.data()?;
		// An input from opset 13 on, an attribute before.
		let axes = axis::integers(place, 1, "axes")?;
		let dims = if place.node.op_type == "Squeeze" {
			squeezed(at, &axes)
		} else {
			unsqueezed(at, &axes)
		};
		let dims = dims.ok_or_else(|| {
			place.usage(format!(
				"axes {} of values of the shape {} in each sample; only dimensions of one behind the batch can go or come",
				shown(&axes),
				shown(&at.dims)
			))
		})?;
		reader.pass(place, at.clone().shaped(dims));
		Ok(())
	}

	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		reader.end(place, 0, end.clone());
		Ok(())
	}
}

fn squeezed(at: &At, axes: &[i64]) -> Option<Vec<usize>> {
	// Without axes a batch of one would go as well.
	let axes: Option<Vec<usize>> =
		axes.iter().map(|axis| behind_batch(*axis, at.dims.len() + 1)).collect();
	let axes = axes.filter(|axes| !axes.is_empty())?;
	let goes = |axis: &usize| axes.contains(axis);
	let kept = at.dims.iter().enumerate().filter(|(axis, _)| !goes(axis));
	let are_ones = axes.iter().all(|axis| at.dims[*axis] == 1);
	are_ones.then(|| kept.map(|(_, dim)| *dim).collect())
}

fn unsqueezed(at: &At, axes: &[i64]) -> Option<Vec<usize>> {
	let rank = at.dims.len() + 1 + axes.len();
	let axes: Option<Vec<usize>> = axes.iter().map(|axis| behind_batch(*axis, rank)).collect();
	let axes = axes?;
	let mut dims = at.dims.iter().copied();
	(0..rank - 1).map(|axis| if axes.contains(&axis) { Some(1) } else { dims.next() }).collect()
}
