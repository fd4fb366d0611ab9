// SPDX-License-Identifier: Apache-2.0
//! `Identity`: nothing.

use candor_onnx::OnnxError;

use crate::{End, Operator, Place, Reader};

/// See the module.
pub(super) struct Identity;

impl Operator for Identity {
	fn onnx(&self) -> &'static [&'static str] {
		&["Identity"]
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
		reader.pass(place, place.data()?.clone());
		Ok(())
	}

	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		reader.end(place, 0, end.clone());
		Ok(())
	}
}
