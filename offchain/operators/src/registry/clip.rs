// SPDX-License-Identifier: Apache-2.0
//! `Clip`: with one bound a ReLU of what is shifted, with two the saturation of one, or a table where the weights
//! before it are too large for that.

use candor_onnx::{node::float_attribute, OnnxError};

use super::{
	relu,
	table::{read::behind, Curve},
};
use crate::{At, Operator, Place, Reader};

/// See the module.
pub(super) struct Clip;

impl Operator for Clip {
	fn onnx(&self) -> &'static [&'static str] {
		&["Clip"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "with constant bounds: `Relu` of what is shifted, whose saturation is the upper bound; a table where the weights before it are too large for that",
			refuses: "bounds that nothing lies between",
			costs: "as `Relu`, or as `Tanh`",
			exactness: crate::Exactness::Step,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		// Attributes until opset 10, inputs from 11 on.
		let bound = |position: usize, name: &str| -> Result<Option<f64>, OnnxError> {
			let input = place.edges.floats(place.node, position)?;
			let number = input.and_then(|tensor| tensor.values.first().copied());
			Ok(number.or_else(|| float_attribute(place.node, name).map(f64::from)))
		};
		let (low, high) = (bound(1, "min")?, bound(2, "max")?);
		bounded(place, reader, place.data()?.clone(), low, high)
	}
}

/// Data that is cut at bounds, of which there may be none: the largest of all floats is none.
pub(super) fn bounded(
	place: &Place<'_>,
	reader: &mut Reader,
	at: At,
	low: Option<f64>,
	high: Option<f64>,
) -> Result<(), OnnxError> {
	let [low, high] =
		[low, high].map(|bound| bound.filter(|bound| bound.abs() < f64::from(f32::MAX)));
	let at = match (low, high) {
		(None, None) => at,
		(Some(0.0), None) => return reader.rectify(place, at),
		(Some(low), None) => {
			let above = reader.compute(place, &at.times(1.0, -low), relu::node)?;
			above.times(1.0, low)
		}
		(None, Some(high)) => {
			let below = reader.compute(place, &at.times(-1.0, high), relu::node)?;
			below.times(-1.0, high)
		}
		(Some(low), Some(high)) if low < high => return between(place, reader, &at, low, high),
		(Some(low), Some(high)) => {
			let reason = format!("nothing lies between its bounds {low} and {high}");
			return Err(place.usage(reason));
		}
	};
	reader.pass(place, at);
	Ok(())
}

/// Data between two bounds, the first of which is the smaller one.
pub(super) fn between(
	place: &Place<'_>,
	reader: &mut Reader,
	at: &At,
	low: f64,
	high: f64,
) -> Result<(), OnnxError> {
	let part = (high - low).recip();
	let at = behind(place, reader, at.times(part, -low * part), Curve::Clip)?;
	reader.pass(place, at.times(high - low, low));
	Ok(())
}
