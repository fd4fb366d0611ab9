// SPDX-License-Identifier: Apache-2.0
//! From the floats of trees to their integers.
//!
//! Everything here is additions, divisions, comparisons and rounding of `f64` in a fixed order: the same
//! model and samples give the same integers everywhere.

use candor_gadgets::tree;
use candor_graph::{FloatParameters, Parameters};

use super::{cuts, Ensemble, Trees, SUMS};
use crate::{round, Calibration, Function, Site};

/// The feature that a node asks for, and the largest value of it that turns left.
pub(super) fn parts(parameters: &FloatParameters, node: usize) -> (usize, f64) {
	let [feature, cut] = [0, 1].map(|part| parameters.weights[2 * node + part]);
	// It is a position, which a float holds exactly.
	(feature as usize, cut)
}

/// Where each feature is cut.
pub(super) fn cuts_of(ensemble: &Ensemble, parameters: &FloatParameters) -> Vec<Vec<f64>> {
	let mut points = vec![Vec::new(); ensemble.features];
	for node in 0..ensemble.nodes() {
		let (feature, cut) = parts(parameters, node);
		if cut.is_finite() {
			points[feature].push(cut);
		}
	}
	points.into_iter().map(cuts::chosen).collect()
}

/// The integers of trees whose input is cut where [`cuts_of`] says. All outputs have the smallest unit
/// with which every sum of leaves keeps its width; a sum is off by half a unit for each tree at most.
pub(super) fn quantise(
	trees: &Trees,
	site: &Site<'_>,
	parameters: &FloatParameters,
	input: &Calibration,
) -> Option<(Parameters, Calibration)> {
	let ensemble = Ensemble::of(site);
	let cuts = cuts_of(&ensemble, parameters);
	let word = |node: usize| {
		let (feature, cut) = parts(parameters, node);
		tree::word(feature as u32, cuts::threshold(&cuts[feature], cut)) as i32
	};
	let unit = unit(&ensemble, parameters);
	let leaves = parameters.biases.iter().map(|value| round(value / unit) as i32);
	let biases = (0..ensemble.nodes()).map(word).chain(leaves).collect();
	let integers = Parameters { weights: Vec::new(), biases };

	let runs = input.integers.iter().map(|sample| trees.run(site, &integers, &[sample]));
	let output = Calibration {
		floats: input.floats.iter().map(|x| trees.float(site, parameters, &[x])).collect(),
		integers: runs.collect::<Option<_>>()?,
		steps: vec![unit; ensemble.outputs],
		zeros: vec![0.0; ensemble.outputs],
	};
	Some((integers, output))
}

/// What a unit of the sums is worth.
fn unit(ensemble: &Ensemble, parameters: &FloatParameters) -> f64 {
	let largest = (0..ensemble.outputs).fold(0.0, |largest: f64, output| {
		let value = |leaf: usize| parameters.biases[ensemble.values(leaf)][output];
		let (low, high) = ensemble.extremes(value);
		// A single leaf is an integer of 32 bits in any case.
		let leaves = (0..ensemble.leaves()).map(|leaf| value(leaf).abs());
		leaves.fold(largest.max(low.abs()).max(high.abs()), f64::max)
	});
	// Each leaf is rounded by half a unit at most.
	let rounding = ensemble.shapes.len() as f64 / 2.0 + 1.0;
	let unit = largest / (SUMS.offset() as f64 - rounding);
	if unit.is_normal() && unit > 0.0 {
		unit
	} else {
		1.0
	}
}
