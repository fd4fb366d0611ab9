// SPDX-License-Identifier: Apache-2.0
//! `Normalizer` of probabilities at the end, whose order it keeps.

use candor_onnx::{
	node::{text_attribute, ML_DOMAIN},
	OnnxError,
};

use crate::{End, Form, Operator, Place, Reader};

/// See the module.
pub(in crate::registry) struct Normalizer;

impl Operator for Normalizer {
	fn onnx(&self) -> &'static [&'static str] {
		&["Normalizer"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "behind probabilities",
			refuses: "of samples",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn domain(&self) -> &'static str {
		ML_DOMAIN
	}

	fn read(&self, place: &Place<'_>, _: &mut Reader) -> Result<(), OnnxError> {
		Err(place.usage(
			"it divides every sample by its own norm, which no circuit computes; normalise samples before they are given to the model, and export it without",
		))
	}

	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		let form = match end.form {
			Form::Both => Form::Both,
			Form::Ordered => Form::Ordered,
			Form::Probabilities => Form::Probabilities,
			Form::Signs if end.count() > 1 => Form::Probabilities,
			_ => return Err(end.refused(place)),
		};
		// The largest may be negative, and turns the order.
		let by_largest = text_attribute(place.node, "norm").as_deref() == Some("MAX");
		if by_largest && form == Form::Ordered {
			return Err(end.refused(place));
		}
		reader.end(place, 0, end.with(form));
		Ok(())
	}
}
