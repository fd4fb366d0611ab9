// SPDX-License-Identifier: Apache-2.0
//! `BatchNormalization` at inference: a factor and a number for each channel.

use candor_onnx::{
	node::{float_attribute, integer_attribute},
	OnnxError,
};

use crate::{Operator, Place, Reader};

/// What is added to variances where the file does not say.
const EPSILON: f32 = 1e-5;

/// See the module.
pub(super) struct BatchNormalization;

impl Operator for BatchNormalization {
	fn onnx(&self) -> &'static [&'static str] {
		&["BatchNormalization"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "at inference, on the input or on either side of a layer or Relu",
			refuses: "`training_mode`",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let is_training = integer_attribute(place.node, "training_mode").unwrap_or(0) != 0
			|| place.node.output.iter().skip(1).any(|output| !output.is_empty());
		if is_training {
			return Err(place.usage(
				"it is in training mode; export the model for inference (PyTorch: model.eval())",
			));
		}
		let at = place.data()?;
		let (channels, each) = match at.dims.split_first() {
			Some((channels, rest)) => (*channels, rest.iter().product::<usize>()),
			None => (1, 1),
		};
		let parameter = |position: usize| {
			let values = place.floats(position)?.values;
			if values.len() == channels {
				return Ok(values);
			}
			let got = values.len();
			Err(place.usage(format!("input {position} has {got} numbers for {channels} channels")))
		};
		let (scales, biases) = (parameter(1)?, parameter(2)?);
		let (means, variances) = (parameter(3)?, parameter(4)?);
		let epsilon = f64::from(float_attribute(place.node, "epsilon").unwrap_or(EPSILON));
		let roots = variances.iter().map(|variance| (variance + epsilon).sqrt());
		let factors: Vec<f64> =
			scales.iter().zip(roots).map(|(scale, root)| scale / root).collect();
		if !factors.iter().all(|factor| factor.is_finite()) {
			return Err(place.usage("a variance is negative, or zero without an epsilon"));
		}
		let shifts = biases.iter().zip(means).zip(&factors);
		let shifts: Vec<f64> = shifts.map(|((bias, mean), factor)| bias - mean * factor).collect();
		let of_elements = |values: &[f64]| -> Vec<f64> {
			values.iter().flat_map(|value| core::iter::repeat_n(*value, each)).collect()
		};
		reader.fold(place, at.scaled(&of_elements(&factors), &of_elements(&shifts)));
		Ok(())
	}
}
