// SPDX-License-Identifier: Apache-2.0
//! `Exp`, `Reciprocal`, `ReduceLogSumExp`, `Not` and `Abs`: the logistic function and softmax written
//! out, and probabilities divided by their sum, as skl2onnx does at the end of classifiers.

use candor_onnx::OnnxError;

use super::axis;
use crate::{End, Form, Operator, Place, Reader};

/// `e^x` of logits.
pub(super) struct Exp;

/// `1 / (1 + e^x)`
pub(super) struct Reciprocal;

/// The logarithm of the sum of `e^x` of all logits, by which these become logarithms of probabilities.
pub(super) struct ReduceLogSumExp;

/// Whether that sum is zero.
pub(super) struct Not;

/// The size of probabilities, which are positive.
pub(super) struct Abs;

/// None of these can be computed with.
fn only_at_the_end(place: &Place<'_>) -> OnnxError {
	place.usage("it is supported behind the last layer only, as a part of a logistic function")
}

impl Operator for Exp {
	fn onnx(&self) -> &'static [&'static str] {
		&["Exp"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "behind the logits, as a part of a logistic function or of a softmax",
			refuses: "anything else",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let at = place.data()?.clone();
		reader.end(place, 0, End::new(place.node, place.name(0), at, Form::Exponentials));
		Ok(())
	}

	/// Of numbers in the order of the logits it is positive, and keeps the order.
	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		if end.form != Form::Ordered {
			return Err(end.refused(place));
		}
		reader.end(place, 0, end.with(Form::Probabilities));
		Ok(())
	}
}

impl Operator for Reciprocal {
	fn onnx(&self) -> &'static [&'static str] {
		&["Reciprocal"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "behind the logits, as a part of a logistic function",
			refuses: "anything else",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, _: &mut Reader) -> Result<(), OnnxError> {
		Err(only_at_the_end(place))
	}

	/// It falls as `x` grows, so the logits are `-x`.
	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		let count = end.count();
		let logits = end.logits.scaled(&vec![-1.0; count], &vec![0.0; count]);
		match reader.name_of(&logits) {
			Some(name) if end.form == Form::Raised => {
				let end = end.of(name, logits, Form::Signs);
				reader.end(place, 0, end);
				Ok(())
			}
			_ => Err(end.refused(place)),
		}
	}
}

impl Operator for ReduceLogSumExp {
	fn onnx(&self) -> &'static [&'static str] {
		&["ReduceLogSumExp"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "of the logits, which it is taken off: a `LogSoftmax` that is written out",
			refuses: "anything else",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let (at, _) = place.vector()?;
		if !matches!(axis::integers(place, 1, "axes")?[..], [1 | -1]) {
			return Err(place.usage("only axis 1 is supported, that of the logits"));
		}
		reader.end(place, 0, End::new(place.node, place.name(0), at.clone(), Form::LogTotal));
		Ok(())
	}
}

impl Operator for Not {
	fn onnx(&self) -> &'static [&'static str] {
		&["Not"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "of a sum of probabilities, behind the logits",
			refuses: "anything else",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, _: &mut Reader) -> Result<(), OnnxError> {
		Err(only_at_the_end(place))
	}

	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		if end.form != Form::NotZero {
			return Err(end.refused(place));
		}
		reader.end(place, 0, end.with(Form::Zero));
		Ok(())
	}
}

impl Operator for Abs {
	fn onnx(&self) -> &'static [&'static str] {
		&["Abs"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes:
				"of probabilities, behind the logits; in `x / (1 + Abs(x))`, which is a `Softsign`",
			refuses: "anything else",
			costs: "nothing; as `Tanh`",
			exactness: crate::Exactness::ExactOrTable,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, _: &mut Reader) -> Result<(), OnnxError> {
		Err(only_at_the_end(place))
	}

	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		match end.form {
			Form::Probabilities | Form::Signs | Form::Both => {
				reader.end(place, 0, end.clone());
				Ok(())
			}
			_ => Err(end.refused(place)),
		}
	}
}
