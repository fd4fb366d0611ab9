// SPDX-License-Identifier: Apache-2.0
//! `ArgMax` at the end: the number of the class.

use candor_onnx::{node::integer_attribute, OnnxError};

use crate::{End, Form, Operator, Place, Reader};

/// See the module.
pub(super) struct ArgMax;

impl ArgMax {
	/// Checks what it is told. Of equal logits the first is the answer.
	fn check(place: &Place<'_>) -> Result<(), OnnxError> {
		place.last_axis(integer_attribute(place.node, "axis").unwrap_or(0))?;
		match integer_attribute(place.node, "select_last_index").unwrap_or(0) {
			0 => Ok(()),
			_ => {
				Err(place
					.usage("select_last_index is not supported: of equal logits the first wins"))
			}
		}
	}
}

impl Operator for ArgMax {
	fn onnx(&self) -> &'static [&'static str] {
		&["ArgMax"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "behind the logits, axis 1",
			refuses: "other axes, `select_last_index`",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		Self::check(place)?;
		let (at, width) = place.vector()?;
		if width == 1 {
			return Err(place.usage("of one number it is 0 for every sample; leave it out"));
		}
		reader.end(place, 0, End::new(place.node, place.name(0), at.clone(), Form::Place));
		Ok(())
	}

	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		Self::check(place)?;
		if !end.is_ordered() {
			return Err(end.refused(place));
		}
		reader.end(place, 0, end.with(Form::Place));
		Ok(())
	}
}
