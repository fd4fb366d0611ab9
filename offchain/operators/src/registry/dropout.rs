// SPDX-License-Identifier: Apache-2.0
//! `Dropout`, which does nothing outside training.

use candor_onnx::{pb::TensorProto, OnnxError};

use crate::{Operator, Place, Reader};

/// The input that says whether the model is being trained.
const TRAINING_MODE: usize = 2;

/// See the module.
pub(super) struct Dropout;

impl Operator for Dropout {
	fn onnx(&self) -> &'static [&'static str] {
		&["Dropout"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "outside training",
			refuses: "`training_mode`; the mask",
			costs: "nothing",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		check(place)?;
		reader.pass(place, place.data()?.clone());
		Ok(())
	}
}

/// Checks that it changes nothing.
pub(super) fn check(place: &Place<'_>) -> Result<(), OnnxError> {
	// A file says so in the third input from opset 12 on.
	let training = place.edges.constant(place.node, TRAINING_MODE)?;
	let is_set = |tensor: &TensorProto| {
		tensor.raw_data.iter().any(|byte| *byte != 0)
			|| tensor.int32_data.iter().any(|value| *value != 0)
	};
	if training.is_some_and(is_set) {
		return Err(place.usage("it is in training mode; export the model for inference"));
	}
	Ok(())
}
