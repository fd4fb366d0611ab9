// SPDX-License-Identifier: Apache-2.0
//! The float model between a file and the integers.

use std::convert::Infallible;

use candor_graph::FloatParameters;

use crate::Architecture;

/// A graph with the parameters as they were trained: one for each node that has any, in order.
/// Private: `Debug` shows their numbers only.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatModel {
	/// The graph.
	pub architecture: Architecture,
	/// The parameters, which fit the graph.
	pub parameters: Vec<FloatParameters>,
}

impl FloatModel {
	/// The logits of a sample, computed in `f64` in a fixed order.
	pub fn run(&self, features: &[f64]) -> Vec<f64> {
		let none = FloatParameters::NONE;
		let run =
			self.architecture.walk(&self.parameters, &none, features.to_vec(), |step, inputs| {
				let outputs = step.function.float(&step.site, step.parameters, inputs);
				Ok::<_, Infallible>(outputs)
			});
		match run {
			Ok(logits) => logits,
			Err(never) => match never {},
		}
	}
}
