// SPDX-License-Identifier: Apache-2.0
//! What a graph leaves open: the weights.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// The parameters of one node, in the order that its operator says. Private: `Debug` shows their
/// numbers only, and they are wiped when they are dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightsAndBiases<W: Zeroize, B: Zeroize> {
	/// What inputs are multiplied with.
	pub weights: Vec<W>,
	/// What is added to sums.
	pub biases: Vec<B>,
}

/// The integer parameters of a node: weights within [`WEIGHT_MAX`](crate::WEIGHT_MAX), biases in
/// units of a weight times an activation.
pub type Parameters = WeightsAndBiases<i8, i32>;

/// The parameters of a node as they were trained.
pub type FloatParameters = WeightsAndBiases<f64, f64>;

impl<W: Zeroize, B: Zeroize> WeightsAndBiases<W, B> {
	/// What a node without parameters has.
	pub const NONE: Self = Self { weights: Vec::new(), biases: Vec::new() };

	/// The number of weights and biases.
	pub fn count(&self) -> usize {
		self.weights.len() + self.biases.len()
	}
}

impl<W: Zeroize, B: Zeroize> fmt::Debug for WeightsAndBiases<W, B> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Parameters({} weights, {} biases)", self.weights.len(), self.biases.len())
	}
}

impl<W: Zeroize, B: Zeroize> Drop for WeightsAndBiases<W, B> {
	fn drop(&mut self) {
		self.weights.zeroize();
		self.biases.zeroize();
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn parameters_are_not_shown() {
		let parameters = Parameters { weights: vec![101, -102], biases: vec![1105] };
		assert_eq!(format!("{parameters:?}"), "Parameters(2 weights, 1 biases)");
		assert_eq!(parameters.count(), 3);
	}
}
