// SPDX-License-Identifier: Apache-2.0
//! `Softmax` and `LogSoftmax` at the end, which keep the order of the logits.

use candor_onnx::{node::integer_attribute, OnnxError};

use crate::{End, Form, Operator, Place, Reader};

/// See the module.
pub(super) struct Softmax;

impl Operator for Softmax {
	fn onnx(&self) -> &'static [&'static str] {
		&["Softmax", "LogSoftmax"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "behind the logits, axis 1",
			refuses: "other axes, and between layers",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let (at, width) = place.vector()?;
		// The default was 1 and has become -1, which is the same of a batch of lists.
		place.last_axis(integer_attribute(place.node, "axis").unwrap_or(-1))?;
		if width == 1 {
			return Err(place.usage(
				"of one number it is the same for every sample; a model of two classes with one output ends with Sigmoid",
			));
		}
		let is_log = place.node.op_type == "LogSoftmax";
		let form = if is_log { Form::Ordered } else { Form::Probabilities };
		reader.end(place, 0, End::new(place.node, place.name(0), at.clone(), form));
		Ok(())
	}
}
