// SPDX-License-Identifier: Apache-2.0
//! `Reshape` to `[batch, features]`.

use candor_onnx::{node::shown, tensor, OnnxError};

use crate::{At, Operator, Place, Reader};

/// See the module.
pub(super) struct Reshape;

impl Operator for Reshape {
	fn onnx(&self) -> &'static [&'static str] {
		&["Reshape"]
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let shape = place
			.edges
			.constant(place.node, 1)?
			.ok_or_else(|| place.usage("the new shape is missing"))
			.and_then(tensor::integers)?;
		let data = place.data()?;
		let features = data.shape.elements();
		let same_batch = |batch| matches!(batch, -1..=1);
		match shape[..] {
			[batch, dim] if same_batch(batch) && usize::try_from(dim) == Ok(features) => (),
			[0 | 1, -1] => (),
			_ => {
				return Err(place.usage(format!(
					"the shape {} is not that of a batch of {features} features",
					shown(&shape)
				)));
			}
		}
		reader.pass(place, At { source: data.source, shape: data.shape.flattened() });
		Ok(())
	}
}
