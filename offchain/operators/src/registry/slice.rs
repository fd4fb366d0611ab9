// SPDX-License-Identifier: Apache-2.0
//! `Slice` of data along axes behind the batch, or of one class's probability at the end.

use candor_onnx::OnnxError;

use super::axis;
use crate::{End, Operator, Place, Reader};

/// See the module.
pub(super) struct Slice;

/// What a slice takes out of an axis.
struct Range {
	axis: i64,
	start: i64,
	end: i64,
	step: i64,
}

impl Slice {
	/// Inputs from opset 10 on, attributes before.
	fn ranges(place: &Place<'_>) -> Result<Vec<Range>, OnnxError> {
		let starts = axis::integers(place, 1, "starts")?;
		let ends = axis::integers(place, 2, "ends")?;
		let mut axes = axis::integers(place, 3, "axes")?;
		if axes.is_empty() {
			axes = (0..).take(starts.len()).collect();
		}
		let mut steps = axis::integers(place, 4, "steps")?;
		if steps.is_empty() {
			steps = vec![1; starts.len()];
		}
		if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] {
			return Err(place.usage("its lists are not of one length"));
		}
		let pairs = starts.into_iter().zip(ends).zip(axes.into_iter().zip(steps));
		let range = |((start, end), (axis, step))| Range { axis, start, end, step };
		Ok(pairs.map(range).collect())
	}
}

impl Range {
	/// The places that it takes of an axis of so many, as numpy does.
	fn places(&self, length: usize) -> Vec<usize> {
		let count = i64::try_from(length).unwrap_or(i64::MAX);
		let place = |index: i64| if index < 0 { index.saturating_add(count) } else { index };
		let (start, end) = (place(self.start), place(self.end));
		let step = usize::try_from(self.step.unsigned_abs()).unwrap_or(usize::MAX);
		let within = |from: i64, to: i64| -> Vec<usize> {
			(from..to).filter_map(|at| usize::try_from(at).ok()).collect()
		};
		match self.step {
			0 => Vec::new(),
			1.. => {
				let all = within(start.clamp(0, count), end.clamp(0, count));
				all.into_iter().step_by(step).collect()
			}
			_ => {
				let all = within(end.clamp(-1, count - 1) + 1, start.clamp(-1, count - 1) + 1);
				all.into_iter().rev().step_by(step).collect()
			}
		}
	}
}

impl Operator for Slice {
	fn onnx(&self) -> &'static [&'static str] {
		&["Slice"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "of axes behind the batch, with any steps; of one class's probability",
			refuses: "the batch",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let mut at = place.data()?.clone();
		for range in Self::ranges(place)? {
			let axis = axis::of_data(place, &at, range.axis)?;
			let places = range.places(at.dims[axis]);
			if places.is_empty() {
				return Err(place.usage("it takes no element"));
			}
			at = axis::select(place, &at, axis, &places)?;
		}
		reader.fold(place, at);
		Ok(())
	}

	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		let ranges = Self::ranges(place)?;
		let [Range { axis, start, end: behind, step: 1 }] = ranges[..] else {
			return Err(end.refused(place));
		};
		place.last_axis(axis)?;
		let part = end.part().filter(|_| behind.checked_sub(start) == Some(1));
		reader.end(place, 0, part.ok_or_else(|| end.refused(place))?);
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn ranges_are_those_of_numpy() {
		let places = |start, end, step| Range { axis: 1, start, end, step }.places(5);
		assert_eq!(places(1, 4, 1), [1, 2, 3]);
		assert_eq!(places(-2, i64::MAX, 1), [3, 4]);
		assert_eq!(places(0, 5, 2), [0, 2, 4]);
		assert_eq!(places(4, 0, -2), [4, 2]);
		assert_eq!(places(-1, i64::MIN, -1), [4, 3, 2, 1, 0]);
		assert_eq!(places(3, 3, 1), [0; 0]);
		assert_eq!(places(i64::MAX, i64::MIN, i64::MIN), [4]);
		assert_eq!(places(0, 5, 0), [0; 0]);
	}
}
