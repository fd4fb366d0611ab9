// SPDX-License-Identifier: Apache-2.0
//! `Neg`: the next layer gets the other sign.

use candor_onnx::OnnxError;

use crate::{Operator, Place, Reader};

/// See the module.
pub(super) struct Neg;

impl Operator for Neg {
	fn onnx(&self) -> &'static [&'static str] {
		&["Neg"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "anything",
			refuses: "",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let at = place.data()?;
		let count = at.affine.outputs();
		reader.fold(place, at.scaled(&vec![-1.0; count], &vec![0.0; count]));
		Ok(())
	}
}
