// SPDX-License-Identifier: Apache-2.0
//! `Softmax` and `LogSoftmax` at the end, which keep the order of the logits; between two products of data `Softmax` is the
//! function of an [`attention`].

use candor_onnx::{node::integer_attribute, OnnxError};

use super::attention;
use crate::{End, Form, Function, Operator, Place, Reader};

/// See the module.
pub(super) struct Softmax;

impl Operator for Softmax {
	fn onnx(&self) -> &'static [&'static str] {
		&["Softmax", "LogSoftmax"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "behind the logits, axis 1; `Softmax` along the last axis in an attention, `softmax(Q K^T / sqrt(d)) V`: two `MatMul` of data around it, and one positive factor; up to 64 heads, 128 places, 256 features; `staged` proofs only",
			refuses: "other axes, masks, and between layers otherwise",
			costs: "nothing; of an attention 10 constraints for each query and place, 6 for each value that it gives, and about one for each element of its products: [circuit.md](circuit.md#attention)",
			exactness: crate::Exactness::ExactOrShares,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		if place.node.op_type == "Softmax" && place.data()?.as_vector().is_none() {
			return Err(place.usage("of rows it is known in an attention only, between the products of queries and keys and of its shares and values; flatten logits to [batch, features] first"));
		}
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

	fn function(&self) -> Option<&'static dyn Function> {
		Some(&attention::Attention)
	}
}
