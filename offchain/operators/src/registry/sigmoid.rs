// SPDX-License-Identifier: Apache-2.0
//! `Sigmoid`: before another layer a table, as `Tanh` is; at the end it is above one half where its logit is
//! positive.

use candor_onnx::OnnxError;

use super::table::{read::behind, Curve};
use crate::{End, Form, Operator, Place, Reader};

/// See the module.
pub(super) struct Sigmoid;

impl Operator for Sigmoid {
	fn onnx(&self) -> &'static [&'static str] {
		&["Sigmoid"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "before a layer as `Tanh`; behind the logits",
			refuses: "",
			costs: "as `Tanh`; nothing behind the logits",
			exactness: crate::Exactness::Table,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let at = place.data()?.clone();
		if place.leads_to_a_layer() {
			let at = behind(place, reader, at, Curve::Sigmoid)?;
			reader.pass(place, at);
		} else {
			reader.end(place, 0, End::new(place.node, place.name(0), at, Form::Signs));
		}
		Ok(())
	}
}
