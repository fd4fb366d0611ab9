// SPDX-License-Identifier: Apache-2.0
//! `Erf` and `Pow`, as parts of a Gelu that is written out.

use candor_onnx::OnnxError;

use crate::{formula, Operator, Place, Reader};

/// See the module.
pub(super) struct Erf;

impl Operator for Erf {
	fn onnx(&self) -> &'static [&'static str] {
		&["Erf", "Pow"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "in a `Gelu` that is written out: `x / 2 * (1 + erf(x / sqrt(2)))`, or with `Tanh` of `x + 0.044715 x^3`",
			refuses: "anything else",
			costs: "as `Tanh`",
			exactness: crate::Exactness::Table,
			since: &[("Erf", 9)],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		formula::read(place, reader)
	}
}
