// SPDX-License-Identifier: Apache-2.0
//! A value of some samples while a model is quantised.

use crate::Integers;

/// A value, as floats and as integers, of each of some samples. Private as the samples are: it has
/// no `Debug`.
#[derive(Clone)]
pub struct Calibration {
	/// For each sample the elements as floats.
	pub floats: Vec<Vec<f64>>,
	/// For each sample the elements as integers.
	pub integers: Vec<Integers>,
	/// What a step of each element is worth; positive.
	pub steps: Vec<f64>,
	/// The integer of each element's zero.
	pub zeros: Vec<f64>,
}

/// Rounds to the nearest integer, halves up: JavaScript's `Math.round`, on every number. The sum
/// `x + 1/2` is itself rounded, so the fraction is compared instead: the largest number below one
/// half becomes 0.
pub fn round(x: f64) -> f64 {
	let below = x.floor();
	if x - below >= 0.5 {
		below + 1.0
	} else {
		below
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// What the page for dApps and the command line must agree on.
	const EDGES: &str = include_str!("../../../tests/models/rounding.json");

	#[test]
	fn rounding_is_that_of_browsers_at_every_edge() {
		let edges: Vec<(f64, f64)> = serde_json::from_str(EDGES).expect("pairs of numbers");
		assert!(edges.len() > 20);
		for (x, expected) in edges {
			assert_eq!(round(x), expected, "{x:e}");
		}
		assert!(round(f64::NAN).is_nan());
		assert_eq!(round(f64::INFINITY), f64::INFINITY);
	}
}
