// SPDX-License-Identifier: Apache-2.0
//! `Scaler`: an offset is taken away from each feature, and the rest multiplied.

use candor_onnx::{
	node::{floats_attribute, ML_DOMAIN},
	OnnxError,
};

use crate::{Operator, Place, Reader};

/// See the module.
pub(in crate::registry) struct Scaler;

impl Operator for Scaler {
	fn onnx(&self) -> &'static [&'static str] {
		&["Scaler"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "anywhere",
			refuses: "",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn domain(&self) -> &'static str {
		ML_DOMAIN
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let (at, width) = place.vector()?;
		let attribute = |name: &str, otherwise: f64| {
			let numbers = floats_attribute(place.node, name);
			if numbers.iter().any(|number| !number.is_finite()) {
				return Err(place.usage(format!("{name} holds an infinite value or NaN")));
			}
			match numbers[..] {
				[] => Ok(vec![otherwise; width]),
				[of_all] => Ok(vec![of_all; width]),
				_ if numbers.len() == width => Ok(numbers),
				_ => {
					let got = numbers.len();
					Err(place.usage(format!("{name} has {got} numbers for {width} features")))
				}
			}
		};
		let (offsets, factors) = (attribute("offset", 0.0)?, attribute("scale", 1.0)?);
		let shifts: Vec<f64> =
			offsets.iter().zip(&factors).map(|(offset, factor)| -offset * factor).collect();
		reader.fold(place, at.scaled(&factors, &shifts));
		Ok(())
	}
}
