// SPDX-License-Identifier: Apache-2.0
//! Which table serves a layer: the finest one that holds what the samples give, in units that the weights of
//! the layer allow.

use super::{node, Curve, Grid};
use crate::{registry::relu, Aim, Fitted, Site};

/// The grid of a curve of whose sums nothing is known.
pub(super) fn default_grid(curve: Curve) -> Grid {
	let (exponent, zero) = match curve {
		Curve::Clip => (7, 0),
		Curve::Leaky(_) => (0, 128),
		Curve::Tanh => (5, 128),
		Curve::Sigmoid | Curve::Softsign => (4, 128),
		_ => (4, 64),
	};
	Grid { exponent, zero }
}

/// The node that serves the sums of some samples, and what it asks of the layer before, whose units may not
/// be finer than `finest`.
pub(super) fn fit(
	site: &Site<'_>,
	curve: Curve,
	sums: &[Vec<f64>],
	finest: f64,
	shift: u32,
) -> Fitted {
	let kept = 2f64.powi(shift as i32);
	let source = site.node.inputs[0];
	let (low, high) = curve.range();
	let all = sums.iter().flatten();
	let (from, to) = all.fold((0f64, 0f64), |(from, to), x| (from.min(*x), to.max(*x)));
	let (from, to) = (from.max(low), to.min(high));
	let finest_step = finest * kept;
	let aim = |grid: Grid, step: f64| Aim { unit: step / kept, zero: f64::from(grid.zero) * kept };

	if curve == Curve::Clip && finest_step * LEVELS <= 1.0 {
		// Saturation is the clip.
		let step = finest_step.max(to / LEVELS);
		let grid = Grid { exponent: 0, zero: 0 };
		return Fitted { node: relu::node(source), aim: aim(grid, step) };
	}
	let usual = default_grid(curve);
	if curve.is_homogeneous() {
		let step = |grid: &Grid| finest_step.max(needed(grid.zero, from, to));
		let grid = grids(0, usual).min_by(|a, b| step(a).total_cmp(&step(b))).unwrap_or(usual);
		let step = step(&grid);
		let step = if step.is_normal() { step } else { 1.0 };
		return Fitted { node: node(source, curve, grid), aim: aim(grid, step) };
	}
	let serves = |grid: &Grid| grid.step() >= finest_step.max(needed(grid.zero, from, to));
	let exponents = Grid::EXPONENTS.rev().filter(|exponent| curve != Curve::Clip || *exponent <= 7);
	let found = exponents.flat_map(|exponent| grids(exponent, usual)).find(serves);
	// Coarser ones than the coarsest are not needed by any number that float32 tells apart from its
	// neighbours; what lies outside is cut.
	let grid = found.unwrap_or(Grid { exponent: *Grid::EXPONENTS.start(), ..usual });
	Fitted { node: node(source, curve, grid), aim: aim(grid, grid.step()) }
}

/// The steps between the lowest and the highest byte.
const LEVELS: f64 = u8::MAX as f64;

/// The smallest step with which a range around zero is held, with this byte of zero.
fn needed(zero: u8, from: f64, to: f64) -> f64 {
	let below = f64::from(zero);
	let of_below = if from < 0.0 { -from / below } else { 0.0 };
	of_below.max(to / (LEVELS - below))
}

/// The grids of an exponent, the usual byte of zero first, then from the one that is closest to it on.
fn grids(exponent: i32, usual: Grid) -> impl Iterator<Item = Grid> {
	let mut zeros: Vec<u8> = (0..=u8::MAX / Grid::ZEROS).map(|at| at * Grid::ZEROS).collect();
	zeros.sort_by_key(|zero| zero.abs_diff(usual.zero));
	zeros.into_iter().map(move |zero| Grid { exponent, zero })
}
