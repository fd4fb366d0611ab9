// SPDX-License-Identifier: Apache-2.0
//! `Max` and `Min` with a constant: a `Clip` with one bound.

use candor_onnx::OnnxError;

use super::{broadcast::with_constant, clip};
use crate::{Operator, Place, Reader};

/// See the module.
pub(super) struct Bound;

impl Operator for Bound {
	fn onnx(&self) -> &'static [&'static str] {
		&["Max", "Min"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "with one constant for all elements",
			refuses: "two values of data; a constant for each element",
			costs: "as `Clip`",
			exactness: crate::Exactness::Step,
			since: &[],
		}
	}

	fn commutes(&self) -> bool {
		true
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let Some(position) = place.operand() else {
			return Err(place.usage(
				"it takes data and one constant; the larger of two values is not supported, but for the MaxPool of an image",
			));
		};
		let (at, bounds) = with_constant(place, place.data()?, &place.floats(1 - position)?)?;
		let bound = match bounds.split_first() {
			Some((first, rest)) if rest.iter().all(|other| other == first) => *first,
			_ => return Err(place.usage("its constant is not one number for all elements")),
		};
		let (low, high) = match place.node.op_type.as_str() {
			"Max" => (Some(bound), None),
			_ => (None, Some(bound)),
		};
		clip::bounded(place, reader, at, low, high)
	}
}
