// SPDX-License-Identifier: Apache-2.0
//! `QuantizeLinear` and `DequantizeLinear` of data. Those of constants are computed before.
//!
//! Features become the bytes that the file says. Sums that a layer takes are cut to the range of their integers, and so is
//! whatever may be negative where these begin at zero: exporters leave out a Relu, or a Clip, before it. What
//! else is rounded is left as it is: circuits have bytes of their own.

use candor_onnx::{node::first_output, quantised::Levels, OnnxError};

use super::clip;
use crate::{End, Operator, Place, Reader};

/// See the module.
pub(super) struct QuantizeLinear;

impl Operator for QuantizeLinear {
	fn onnx(&self) -> &'static [&'static str] {
		&["QuantizeLinear", "DequantizeLinear"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes:
				"with one constant scale and bytes; of constants with any (see *Quantised files*)",
			refuses: "of data: scales of channels or blocks, wider integers and small floats",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[("QuantizeLinear", 10), ("DequantizeLinear", 10)],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let at = place.data()?.clone();
		if place.node.op_type == "DequantizeLinear" {
			reader.pass(place, at);
			return Ok(());
		}
		let levels = Levels::of(place.edges, place.node)?;
		reader.quantise_features(&at, &levels);
		let (low, high) = levels.range();
		let becomes_bytes = !at.affine.is_of_single_elements() && place.gives_bytes_to_layers();
		// Whatever takes them: integers that begin at zero are a Relu that was left out, or a Clip.
		let was_cut = low == 0.0 && reader.may_be_negative(&at);
		if becomes_bytes || was_cut {
			reader.bound(first_output(place.node), low, high);
			return clip::between(place, reader, &at, low, high);
		}
		reader.pass(place, at);
		Ok(())
	}

	fn read_end(&self, place: &Place<'_>, end: &End, reader: &mut Reader) -> Result<(), OnnxError> {
		reader.end(place, 0, end.clone());
		Ok(())
	}
}

/// The upper bound of a Relu whose output nothing takes but integers from zero on, and what these are called.
pub(super) fn bound_of_relu<'a>(place: &Place<'a>) -> Result<Option<(&'a str, f64)>, OnnxError> {
	let output = first_output(place.node);
	let [user] = place.edges.users(output) else { return Ok(None) };
	if user.op_type != "QuantizeLinear" || place.edges.outputs.contains(&output) {
		return Ok(None);
	}
	let (low, high) = Levels::of(place.edges, user)?.range();
	Ok((low == 0.0).then_some((first_output(user), high)))
}
