// SPDX-License-Identifier: Apache-2.0
//! The ONNX operators that become tables.

use candor_onnx::{
	node::{float_attribute, text_attribute},
	OnnxError,
};

use super::{unfitted, Curve, Slope};
use crate::{At, Place, Reader};

/// What they are called.
pub(super) const NAMES: [&str; 12] = [
	"Celu",
	"Elu",
	"Gelu",
	"HardSigmoid",
	"HardSwish",
	"LeakyRelu",
	"Mish",
	"Selu",
	"Softplus",
	"Softsign",
	"Swish",
	"Tanh",
];

/// A curve of a scaled argument: `factor * curve(scale * x + shift)`.
struct Scaled {
	curve: Curve,
	scale: f64,
	shift: f64,
	factor: f64,
}

impl From<Curve> for Scaled {
	fn from(curve: Curve) -> Self {
		Self { curve, scale: 1.0, shift: 0.0, factor: 1.0 }
	}
}

/// Reads one of them.
pub(super) fn read(place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
	let number =
		|name: &str, otherwise: f64| float_attribute(place.node, name).map_or(otherwise, f64::from);
	let slope = |x: f64| {
		Slope::of(x).ok_or_else(|| place.usage(format!("alpha {x} is too large for a table")))
	};
	let scaled: Scaled = match place.node.op_type.as_str() {
		"Tanh" => Curve::Tanh.into(),
		"HardSwish" => Curve::HardSwish.into(),
		"Mish" => Curve::Mish.into(),
		"Softplus" => Curve::Softplus.into(),
		"Softsign" => Curve::Softsign.into(),
		"Gelu" => match text_attribute(place.node, "approximate").as_deref() {
			None | Some("none") => Curve::Gelu.into(),
			Some("tanh") => Curve::GeluTanh.into(),
			Some(other) => {
				return Err(place.usage(format!("the approximation `{other}` is not known")));
			}
		},
		"LeakyRelu" => Curve::Leaky(slope(number("alpha", 0.01))?).into(),
		"Elu" => Curve::Elu(slope(number("alpha", 1.0))?).into(),
		"Celu" => {
			let alpha = positive(place, number("alpha", 1.0))?;
			let unit = Curve::Elu(slope(1.0)?);
			Scaled { scale: alpha.recip(), factor: alpha, ..unit.into() }
		}
		"Selu" => {
			let (alpha, gamma) = (number("alpha", 1.673_263_2), number("gamma", 1.050_701));
			Scaled { factor: gamma, ..Curve::Elu(slope(alpha)?).into() }
		}
		"Swish" => {
			let alpha = positive(place, number("alpha", 1.0))?;
			Scaled { scale: alpha, factor: alpha.recip(), ..Curve::Silu.into() }
		}
		// HardSigmoid
		_ => {
			Scaled { scale: number("alpha", 0.2), shift: number("beta", 0.5), ..Curve::Clip.into() }
		}
	};
	let Scaled { curve, scale, shift, factor } = scaled;
	let at = behind(place, reader, place.data()?.times(scale, shift), curve)?;
	reader.pass(place, at.times(factor, 0.0));
	Ok(())
}

/// A curve of data, which ends the layer before it.
pub(in crate::registry) fn behind(
	place: &Place<'_>,
	reader: &mut Reader,
	at: At,
	curve: Curve,
) -> Result<At, OnnxError> {
	reader.compute(place, &at, |source| unfitted(source, curve))
}

fn positive(place: &Place<'_>, alpha: f64) -> Result<f64, OnnxError> {
	if alpha.is_normal() && alpha > 0.0 {
		Ok(alpha)
	} else {
		Err(place.usage(format!("alpha {alpha} is not positive")))
	}
}
