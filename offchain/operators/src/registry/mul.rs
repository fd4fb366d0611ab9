// SPDX-License-Identifier: Apache-2.0
//! `Mul` and `Div` by a constant: the next layer is scaled.

use candor_onnx::OnnxError;

use super::broadcast::with_constant;
use crate::{End, Form, Known, Operator, Place, Reader};

/// See the module.
pub(super) struct Mul;

impl Operator for Mul {
	fn onnx(&self) -> &'static [&'static str] {
		&["Mul", "Div"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "with a constant, one for all or one for each feature or channel; divided by a constant; scores of an attention with one positive number; the product that ends a function which is written out: `x * Sigmoid(x)`, `x * HardSigmoid(x)`, `x * Tanh(Softplus(x))`, a `Gelu`",
			refuses: "any other product of data, a quotient by data or by zero",
			costs: "nothing; as `Tanh`",
			exactness: crate::Exactness::ExactOrTable,
			since: &[],
		}
	}

	fn commutes(&self) -> bool {
		true
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let is_quotient = place.node.op_type == "Div";
		let position = match place.operand() {
			Some(0) => 0,
			Some(_) if !is_quotient => 1,
			Some(_) => {
				return Err(place.usage("it divides by data; only constants can be divided by"))
			}
			None => {
				return Err(place.usage(
					"both operands depend on the sample, and a circuit multiplies with constants only; compute the product before the model, as a feature",
				));
			}
		};
		let constant = place.floats(1 - position)?;
		let (at, mut factors) = with_constant(place, place.data()?, &constant)?;
		if is_quotient {
			if factors.contains(&0.0) {
				return Err(place.usage("it divides by zero"));
			}
			factors.iter_mut().for_each(|factor| *factor = factor.recip());
		}
		reader.fold(place, at.scaled(&factors, &vec![0.0; factors.len()]));
		Ok(())
	}

	/// Probabilities divided by their sum keep their order, zero is zero, and one changes nothing.
	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		let with = match (place.node.op_type.as_str(), place.inputs.as_slice()) {
			("Div", [Some(Known::End(own)), Some(Known::End(total))])
				if total.form == Form::Total && own.name == total.name && own.is_ordered() =>
			{
				let is_both = own.form == Form::Both;
				Some(own.with(if is_both { Form::Both } else { Form::Probabilities }))
			}
			("Mul", [Some(Known::End(own)), None] | [None, Some(Known::End(own))])
				if own.form == Form::Zero || is_one(place)? =>
			{
				Some(own.clone())
			}
			_ => None,
		};
		reader.end(place, 0, with.ok_or_else(|| end.refused(place))?);
		Ok(())
	}
}

/// Whether the constant operand is one.
fn is_one(place: &Place<'_>) -> Result<bool, OnnxError> {
	let position = usize::from(matches!(place.inputs.as_slice(), [Some(_), None]));
	let constant = place.floats(position)?;
	Ok(!constant.values.is_empty() && constant.values.iter().all(|value| *value == 1.0))
}
