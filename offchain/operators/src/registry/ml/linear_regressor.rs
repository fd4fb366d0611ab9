// SPDX-License-Identifier: Apache-2.0
//! `LinearRegressor`: a linear layer whose outputs are estimates.

use candor_onnx::{
	node::{floats_attribute, integer_attribute, text_attribute, ML_DOMAIN},
	OnnxError,
};

use super::layer;
use crate::{Operator, Place, Reader};

/// See the module.
pub(in crate::registry) struct LinearRegressor;

impl Operator for LinearRegressor {
	fn onnx(&self) -> &'static [&'static str] {
		&["LinearRegressor"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "post_transform `NONE`",
			refuses: "other transforms",
			costs: "as `Gemm`",
			exactness: crate::Exactness::Weights,
			since: &[],
		}
	}

	fn domain(&self) -> &'static str {
		ML_DOMAIN
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let (at, width) = place.vector()?;
		refuse_transforms(place)?;
		let outputs = integer_attribute(place.node, "targets").unwrap_or(1);
		let outputs = usize::try_from(outputs).unwrap_or(0);
		let weights = floats_attribute(place.node, "coefficients");
		let intercepts = floats_attribute(place.node, "intercepts");
		let layer = layer(place, width, outputs, &weights, intercepts)?;
		reader.layer(place, at, &layer, vec![outputs])?;
		reader.estimate();
		Ok(())
	}
}

/// An estimate that is transformed is another number.
pub(in crate::registry) fn refuse_transforms(place: &Place<'_>) -> Result<(), OnnxError> {
	match text_attribute(place.node, "post_transform").as_deref() {
		None | Some("NONE" | "") => Ok(()),
		Some(other) => Err(place
			.usage(format!("post_transform {other} changes the estimate; only NONE is supported"))),
	}
}
