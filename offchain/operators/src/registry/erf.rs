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

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		formula::read(place, reader)
	}
}
