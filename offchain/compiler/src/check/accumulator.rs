// SPDX-License-Identifier: Apache-2.0
//! How much of the room for its sums a node uses.

use candor_graph::Parameters;
use candor_operators::{Function, Site};
use serde::Serialize;

/// The sums of a node: what the circuit has room for, what these weights make possible, and what came up.
/// Sizes are absolute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Accumulator {
	/// The bits that the circuit has for a sum.
	pub bits: u32,
	/// The largest sum that fits.
	pub room: u64,
	/// The largest sum that any input can give with the actual weights, where that can be told.
	pub possible: Option<u64>,
	/// The bits that a sum of that size takes.
	pub possible_bits: Option<u32>,
	/// The largest sum of the calibration samples.
	pub seen: u64,
}

impl Accumulator {
	/// That of a node whose largest sum is `seen`; nothing where it gives no sums.
	pub(super) fn of(
		function: &dyn Function,
		site: &Site<'_>,
		parameters: &Parameters,
		seen: u64,
	) -> Option<Self> {
		let sums = site.output.sums()?;
		let possible = function.largest_sums(site, parameters).into_iter().max();
		Some(Self {
			bits: sums.width,
			room: sums.room(),
			possible,
			possible_bits: possible.map(|possible| sums.bits_of(possible)),
			seen,
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_graph::ACTIVATION_MAX;
	use candor_operators::{Architecture, Integers};

	/// The largest absolute sum over all inputs whose bytes are 0 or 255, one of which it is.
	fn by_trying(function: &dyn Function, site: &Site<'_>, parameters: &Parameters) -> u64 {
		let width = site.inputs[0].shape.elements();
		let sums = (0..1 << width).flat_map(|input: u32| {
			let bytes = (0..width).map(|byte| (input >> byte & 1) as i32 * ACTIVATION_MAX);
			let input = Integers::new(bytes.collect());
			let sums = function.run(site, parameters, &[&input]).expect("in range");
			sums.iter().map(|sum| u64::from(sum.unsigned_abs())).collect::<Vec<_>>()
		});
		sums.max().expect("inputs")
	}

	#[test]
	fn the_largest_sum_is_that_of_the_worst_input() {
		let architecture: Architecture = "4-3".parse().expect("an architecture");
		let (function, site) = architecture.layers().next().expect("a layer");
		let all = [
			([127, -127, 3, 0, 5, -7, 1, 0, -90, 44, 12, -1], [1000, -30_000, 7]),
			([-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12], [0, 0, 0]),
			([0; 12], [-5, 4, 3]),
		];
		for (weights, biases) in all {
			let parameters = Parameters { weights: weights.into(), biases: biases.into() };
			let expected = by_trying(function, &site, &parameters);
			let found = Accumulator::of(function, &site, &parameters, 1).expect("sums");
			assert_eq!(found.possible, Some(expected), "{weights:?}");
			assert!(expected <= found.room && found.possible_bits <= Some(found.bits));
		}
	}
}
