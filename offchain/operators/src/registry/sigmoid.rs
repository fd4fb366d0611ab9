// SPDX-License-Identifier: Apache-2.0
//! `Sigmoid` at the end, which is above one half where its logit is positive.

use candor_onnx::OnnxError;

use crate::{End, Form, Operator, Place, Reader};

/// See the module.
pub(super) struct Sigmoid;

impl Operator for Sigmoid {
	fn onnx(&self) -> &'static [&'static str] {
		&["Sigmoid"]
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let at = place.data()?.clone();
		reader.end(place, 0, End::new(place.node, place.name(0), at, Form::Signs));
		Ok(())
	}
}
