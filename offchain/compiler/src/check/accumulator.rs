// SPDX-License-Identifier: Apache-2.0
//! How much of the room for its sums a node uses.

use candor_graph::{Kind, Parameters, Sums, ACTIVATION_MAX};
use candor_operators::{Function, Integers, Site};
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
		let possible = largest_possible(function, site, parameters);
		Some(Self {
			bits: sums.width,
			room: room(sums),
			possible,
			possible_bits: possible.map(|possible| bits(possible, sums)),
			seen,
		})
	}
}

/// Half of what is dropped next, which raises a sum.
fn half(sums: Sums) -> u64 {
	sums.offset() - (1 << (sums.width - 1))
}

/// The largest absolute sum of which both signs fit.
fn room(sums: Sums) -> u64 {
	(1 << (sums.width - 1)) - half(sums) - 1
}

/// The bits of sums up to an absolute value: the smallest `w` with `largest + half < 2^(w - 1)`.
fn bits(largest: u64, sums: Sums) -> u32 {
	(largest + half(sums) + 1).next_power_of_two().trailing_zeros() + 1
}

/// The largest absolute sum that a linear function of bytes can give: where a weight is positive its byte is
/// 255 and otherwise 0, or the other way round. The sum over the positive weights is half of the sum of
/// all and the sum of all sizes, both of which the function gives when every byte is 255.
fn largest_possible(
	function: &dyn Function,
	site: &Site<'_>,
	parameters: &Parameters,
) -> Option<u64> {
	function.linear()?;
	let &[input] = site.inputs.as_slice() else { return None };
	if input.kind != Kind::Bytes {
		return None;
	}
	let of = |parameters: &Parameters, byte: i32| {
		function.run(site, parameters, &[&Integers::new(vec![byte; input.shape.elements()])])
	};
	let sizes = Parameters {
		weights: parameters.weights.iter().map(|weight| weight.saturating_abs()).collect(),
		biases: vec![0; parameters.biases.len()],
	};
	let (biases, sums) = (of(parameters, 0)?, of(parameters, ACTIVATION_MAX)?);
	let sizes = of(&sizes, ACTIVATION_MAX)?;
	let largest = biases.iter().zip(&*sums).zip(&*sizes).map(|((bias, sum), size)| {
		let (bias, sum, size) = (i64::from(*bias), i64::from(*sum), i64::from(*size));
		let high = bias + (sum - bias + size) / 2;
		let low = bias + (sum - bias - size) / 2;
		high.unsigned_abs().max(low.unsigned_abs())
	});
	largest.max()
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_operators::Architecture;

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

	#[test]
	fn bits_are_those_of_the_circuit_where_weights_use_all_of_its_room() {
		for (width, rounding) in [(20, 0), (20, 8), (27, 9)] {
			let sums = Sums { width, rounding };
			assert_eq!(bits(room(sums), sums), width, "{sums:?}");
			assert_eq!(bits(room(sums) + 1, sums), width + 1, "{sums:?}");
			assert_eq!(bits(room(sums) / 2 - half(sums), sums), width - 1, "{sums:?}");
		}
	}
}
