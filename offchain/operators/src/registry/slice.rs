// SPDX-License-Identifier: Apache-2.0
//! `Slice` of features that stand side by side, or of one class's probability at the end.

use candor_onnx::{node::integers_attribute, tensor, OnnxError};

use crate::{End, Operator, Place, Reader};

/// See the module.
pub(super) struct Slice;

/// What a slice takes out.
struct Range {
	axis: i64,
	start: i64,
	end: i64,
}

impl Slice {
	/// Inputs from opset 10 on, attributes before.
	fn range(place: &Place<'_>) -> Result<Range, OnnxError> {
		let list = |position: usize, name: &str| match place.edges.constant(place.node, position)? {
			Some(list) => tensor::integers(list),
			None => Ok(integers_attribute(place.node, name).to_vec()),
		};
		let (starts, ends) = (list(1, "starts")?, list(2, "ends")?);
		let (axes, steps) = (list(3, "axes")?, list(4, "steps")?);
		match (&starts[..], &ends[..], &axes[..], &steps[..]) {
			([start], [end], [axis], [] | [1]) => {
				Ok(Range { axis: *axis, start: *start, end: *end })
			}
			_ => Err(place.usage("only one axis with steps of one is supported")),
		}
	}
}

impl Operator for Slice {
	fn onnx(&self) -> &'static [&'static str] {
		&["Slice"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "of features side by side, axis 1; of one class's probability",
			refuses: "other axes, several of them, steps",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let (at, width) = place.vector()?;
		let Range { axis, start, end } = Self::range(place)?;
		place.last_axis(axis)?;
		let position = |index: i64| {
			let count = i64::try_from(width).unwrap_or(i64::MAX);
			let index = if index < 0 { index.saturating_add(count) } else { index };
			usize::try_from(index.clamp(0, count)).unwrap_or(0)
		};
		let positions: Vec<usize> = (position(start)..position(end)).collect();
		if positions.is_empty() {
			return Err(place.usage("it takes no feature"));
		}
		reader.fold(place, at.select(&positions));
		Ok(())
	}

	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		let range = Self::range(place)?;
		place.last_axis(range.axis)?;
		let part = end.part().filter(|_| range.end.checked_sub(range.start) == Some(1));
		reader.end(place, 0, part.ok_or_else(|| end.refused(place))?);
		Ok(())
	}
}
