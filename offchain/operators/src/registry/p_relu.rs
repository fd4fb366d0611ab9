// SPDX-License-Identifier: Apache-2.0
//! `PRelu`, whose slopes were trained and stay private: two ReLUs, of the value and of its opposite, which the
//! next layer weighs.
//!
//! `max(x, 0) + slope * min(x, 0) = relu(x) - slope * relu(-x)`

use candor_graph::FloatParameters;
use candor_onnx::OnnxError;

use super::{broadcast::with_constant, relu};
use crate::{affine::MAX_WEIGHTS, Affine, At, Operator, Place, Reader};

/// See the module.
pub(super) struct PRelu;

impl Operator for PRelu {
	fn onnx(&self) -> &'static [&'static str] {
		&["PRelu"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "behind dense layers, and behind a Conv whose image is small; with slopes for all or for each element",
			refuses: "",
			costs: "as `Relu` with twice as many outputs",
			exactness: crate::Exactness::Step,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let slopes = place.floats(1)?;
		let (at, slopes) = with_constant(place, place.data()?, &slopes)?;
		let (count, dims) = (slopes.len(), at.dims.clone());
		let too_large = || place.usage("the layer that it makes is too large");
		let opposite = at.times(-1.0, 0.0);
		let both = Affine::joined(&[&at.affine, &opposite.affine]).ok_or_else(too_large)?;
		let both = At { affine: both, dims: vec![2 * count], ..at };
		let both = reader.compute(place, &both, relu::node)?;

		let weights = count.checked_mul(2 * count).filter(|weights| *weights <= MAX_WEIGHTS);
		let mut weights = vec![0.0; weights.ok_or_else(too_large)?];
		for (element, slope) in slopes.iter().enumerate() {
			weights[element * count + element] = 1.0;
			weights[(count + element) * count + element] = -slope;
		}
		let layer = FloatParameters { weights, biases: vec![0.0; count] };
		let affine = both.affine.then(&layer).ok_or_else(too_large)?;
		reader.pass(place, At { affine, dims, ..both });
		Ok(())
	}
}
