// SPDX-License-Identifier: Apache-2.0
//! `Add` of a constant after a linear layer, on either side: a bias of that layer.

use candor_onnx::OnnxError;

use super::dense;
use crate::{Operator, Place, Reader};

/// See the module.
pub(super) struct Add;

impl Operator for Add {
	fn onnx(&self) -> &'static [&'static str] {
		&["Add"]
	}

	fn commutes(&self) -> bool {
		true
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let position = match place.inputs.as_slice() {
			[Some(_), None] => 1,
			[None, Some(_)] => 0,
			_ => return Err(place.usage("two operands are needed, one of them constant")),
		};
		let bias = place
			.edges
			.floats(place.node, position)?
			.ok_or_else(|| place.usage("the bias must be a constant of the file"))?;
		let data = place.data()?;
		let Some((_, layer)) = reader.node_mut(data.source, dense::NAME) else {
			return Err(place.usage("a bias is only supported after a MatMul or Gemm"));
		};
		let bias = dense::broadcast(place, &bias, layer.biases.len())?;
		layer.biases.iter_mut().zip(bias).for_each(|(sum, bias)| *sum += bias);
		reader.pass(place, data.clone());
		Ok(())
	}
}
