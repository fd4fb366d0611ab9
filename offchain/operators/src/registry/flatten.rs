// SPDX-License-Identifier: Apache-2.0
//! `Flatten`: all dimensions of a sample become one.

use candor_onnx::{node::integer_attribute, OnnxError};

use crate::{Operator, Place, Reader};

/// See the module.
pub(super) struct Flatten;

impl Operator for Flatten {
	fn onnx(&self) -> &'static [&'static str] {
		&["Flatten"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "of all dimensions of a sample, axis 1",
			refuses: "other axes",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let data = place.data()?;
		// The batch is a dimension as well.
		let rank = data.dims.len() as i64 + 1;
		let axis = integer_attribute(place.node, "axis").unwrap_or(1);
		if axis != 1 && axis + rank != 1 {
			return Err(place.usage(format!("axis {axis} mixes samples; only axis 1 is supported")));
		}
		reader.pass(place, data.clone().shaped(vec![data.affine.outputs()]));
		Ok(())
	}
}
