// SPDX-License-Identifier: Apache-2.0
//! `Clip` below at zero and nowhere above, which is `Relu`.

use candor_onnx::{node::float_attribute, OnnxError};

use crate::{Operator, Place, Reader};

/// See the module.
pub(super) struct Clip;

impl Operator for Clip {
	fn onnx(&self) -> &'static [&'static str] {
		&["Clip"]
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		// Attributes until opset 10, inputs from 11 on.
		let bound = |position: usize, name: &str| -> Result<Option<f64>, OnnxError> {
			let input = place.edges.floats(place.node, position)?;
			let number = input.and_then(|tensor| tensor.values.first().copied());
			Ok(number.or_else(|| float_attribute(place.node, name).map(f64::from)))
		};
		let (low, high) = (bound(1, "min")?, bound(2, "max")?);
		let is_open = high.is_none_or(|high| high >= f64::from(f32::MAX));
		if low != Some(0.0) || !is_open {
			return Err(place.usage(
				"only a clip at zero below and nowhere above is supported, which is Relu; train with Relu in place of Relu6, or leave the clipping of features out: inputs outside of what the calibration showed are cut anyway",
			));
		}
		reader.rectify(place, place.data()?.clone())
	}
}
