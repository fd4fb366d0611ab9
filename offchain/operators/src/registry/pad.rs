// SPDX-License-Identifier: Apache-2.0
//! `Pad` with zeros around an image: part of the convolution or pool behind it.

use candor_onnx::{
	node::{float_attribute, integers_attribute, shown, text_attribute},
	tensor, OnnxError,
};

use super::conv::image;
use crate::{Operator, Place, Reader};

/// See the module.
pub(super) struct Pad;

impl Operator for Pad {
	fn onnx(&self) -> &'static [&'static str] {
		&["Pad"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "zeros around an image, before a Conv or behind a Relu before a pool",
			refuses: "other values and modes; `axes`",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let data = place.data()?;
		let node = place.node;
		if text_attribute(node, "mode").is_some_and(|mode| mode != "constant") {
			return Err(place.usage("only zeros are put around an image; train and export it so (PyTorch: padding_mode='zeros')"));
		}
		let value = match place.edges.floats(node, 2)? {
			Some(value) => value.values.first().copied(),
			None => float_attribute(node, "value").map(f64::from),
		};
		if value.unwrap_or(0.0) != 0.0 {
			return Err(place.usage("only zeros are put around an image"));
		}
		if place.edges.constant(node, 3)?.is_some() {
			return Err(place.usage("it names axes; export it with pads for all of them"));
		}
		// An input from opset 11 on.
		let pads = match place.edges.constant(node, 1)? {
			Some(pads) => tensor::integers(pads)?,
			None => integers_attribute(node, "pads").to_vec(),
		};
		if pads.iter().all(|pad| *pad == 0) {
			reader.pass(place, data.clone());
			return Ok(());
		}
		let image = image(place, data)?;
		let rank = data.dims.len();
		let unfit = || {
			place.usage(format!(
				"the pads {} of a batch of the shape {} are not around images",
				shown(&pads),
				shown(&data.dims)
			))
		};
		// Batch, channels, and what lies behind them.
		let of_end = |end: &[i64]| match end {
			[0, 0, rest @ ..] if rest.len() + 1 == rank => image.numbers(rest),
			_ => None,
		};
		let (before, behind) = pads.split_at(pads.len() / 2);
		let (before, behind) = of_end(before).zip(of_end(behind)).ok_or_else(unfit)?;
		let affine = data.affine.padded(image.dims, before, behind).ok_or_else(|| {
			place.usage("it needs an image as it is, or behind a Relu; use the pads of the Conv")
		})?;
		let [_, height, width] = image.dims;
		let dims = image.dims_of(
			image.dims[0],
			[before[0] + height + behind[0], before[1] + width + behind[1]],
		);
		reader.fold(place, crate::At { affine, dims, ..data.clone() });
		Ok(())
	}
}
