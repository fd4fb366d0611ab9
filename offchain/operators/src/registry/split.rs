// SPDX-License-Identifier: Apache-2.0
//! `Split` of data into parts along an axis behind the batch.

use candor_onnx::{node::integer_attribute, OnnxError};

use super::axis;
use crate::{Operator, Place, Reader};

/// See the module.
pub(super) struct Split;

impl Operator for Split {
	fn onnx(&self) -> &'static [&'static str] {
		&["Split"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "of an axis behind the batch",
			refuses: "the batch",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let at = place.data()?.clone();
		let axis = axis::of_data(place, &at, integer_attribute(place.node, "axis").unwrap_or(0))?;
		let (length, count) = (at.dims[axis], place.node.output.len());
		let lengths = axis::integers(place, 1, "split")?;
		let lengths: Option<Vec<usize>> = match lengths.is_empty() {
			// Parts of one length, of which the last may be shorter.
			true => {
				let each = length.div_ceil(count.max(1));
				let part = |at: usize| Some(length.saturating_sub(at * each).min(each));
				(0..count).map(part).collect()
			}
			false => lengths.iter().map(|length| usize::try_from(*length).ok()).collect(),
		};
		let fits = |lengths: &Vec<usize>| {
			let sum = lengths.iter().fold(0usize, |sum, length| sum.saturating_add(*length));
			lengths.len() == count && sum == length && !lengths.contains(&0)
		};
		let lengths = lengths.filter(fits).ok_or_else(|| {
			place.usage(format!("its {count} parts do not make up the {length} of the axis"))
		})?;
		let mut first = 0;
		for (output, length) in lengths.into_iter().enumerate() {
			let places: Vec<usize> = (first..first + length).collect();
			first += length;
			reader.fold_output(place, output, axis::select(place, &at, axis, &places)?);
		}
		Ok(())
	}
}
