// SPDX-License-Identifier: Apache-2.0
//! `Sum` and `Mean` of functions of values and constants: one `Add` behind the other.

use candor_onnx::OnnxError;

use super::{add, broadcast::with_constant};
use crate::{At, Known, Operator, Place, Reader};

/// See the module.
pub(super) struct Sum;

impl Operator for Sum {
	fn onnx(&self) -> &'static [&'static str] {
		&["Sum", "Mean"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "as `Add`, of any number of values and constants",
			refuses: "as `Add`",
			costs: "nothing; the layer that adds has the inputs of all; where totals and bytes meet, the totals become bytes, as behind a `Relu` of their own",
			exactness: crate::Exactness::ExactOrStep,
			since: &[],
		}
	}

	fn commutes(&self) -> bool {
		true
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let mut sum: Option<At> = None;
		for input in &place.inputs {
			if let Some(Known::Data(at)) = input {
				sum = Some(match sum {
					Some(before) => add::both(place, reader, &before, at, 1.0)?,
					None => at.clone(),
				});
			}
		}
		let mut sum = sum.ok_or_else(|| place.usage("it takes no data"))?;
		for position in 0..place.inputs.len() {
			if place.inputs[position].is_none() {
				let (at, numbers) = with_constant(place, &sum, &place.floats(position)?)?;
				sum = at.scaled(&vec![1.0; numbers.len()], &numbers);
			}
		}
		let is_mean = place.node.op_type == "Mean";
		let part = if is_mean { (place.inputs.len() as f64).recip() } else { 1.0 };
		reader.fold(place, sum.times(part, 0.0));
		Ok(())
	}
}
