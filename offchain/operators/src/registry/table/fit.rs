// SPDX-License-Identifier: Apache-2.0
//! Which tables serve a layer: the finest ones that hold what the samples give, in units that the weights of
//! the layer allow.

use super::{node_of_channels, Curve, Grid};
use crate::{registry::relu, Aim, Fitted, Site, Units};

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

/// The steps between the lowest and the highest byte.
const LEVELS: f64 = u8::MAX as f64;

/// A layer has a table for so many elements, which costs about two constraints for each of them.
const ELEMENTS_OF_A_TABLE: usize = 128;

/// The most tables of a layer.
const MAX_TABLES: usize = 8;

/// A table has to make so many channels' steps half as large, or others by as much together: one in so many.
const WORTH: f64 = 8.0;

/// How much finer than that of all channels a step of one may be, in bits.
const FINER: i32 = 4;

/// What a channel asks of a grid.
#[derive(Clone, Copy)]
struct Demand {
	/// The lowest and the highest sum that matter; zero is one of them.
	from: f64,
	to: f64,
	/// What a step is worth at least.
	finest: f64,
}

impl Demand {
	/// What each of so many channels asks for, of which finest steps are known.
	fn of_channels(curve: Curve, sums: &[Vec<f64>], finest: &[f64]) -> Vec<Self> {
		let none = |finest: &f64| Self { from: 0.0, to: 0.0, finest: *finest };
		let mut demands: Vec<Self> = finest.iter().map(none).collect();
		for sample in sums {
			let channels = sample.chunks((sample.len() / finest.len()).max(1));
			for (channel, demand) in channels.zip(&mut demands) {
				let ends = (demand.from, demand.to);
				(demand.from, demand.to) =
					channel.iter().fold(ends, |(from, to), x| (from.min(*x), to.max(*x)));
			}
		}
		let (low, high) = curve.range();
		for demand in &mut demands {
			demand.from = demand.from.max(low);
			demand.to = demand.to.min(high);
		}
		demands
	}

	/// What all channels together ask for.
	fn of_all(demands: &[Self]) -> Self {
		let none = Self { from: 0.0, to: 0.0, finest: 0.0 };
		demands.iter().fold(none, |all, demand| Self {
			from: all.from.min(demand.from),
			to: all.to.max(demand.to),
			finest: all.finest.max(demand.finest),
		})
	}

	/// The smallest step that holds the sums, with this byte of zero.
	fn needed(&self, zero: u8) -> f64 {
		let below = f64::from(zero);
		let of_below = if self.from < 0.0 { -self.from / below } else { 0.0 };
		self.finest.max(of_below).max(self.to / (LEVELS - below))
	}

	/// What a step of a grid is worth; nothing of one that does not hold the sums.
	fn step(&self, curve: Curve, grid: Grid) -> Option<f64> {
		let needed = self.needed(grid.zero);
		if curve.is_homogeneous() {
			return Some(normal(needed));
		}
		(grid.step() >= needed).then(|| grid.step())
	}

	/// The finest grid.
	fn grid(&self, curve: Curve) -> Grid {
		let usual = default_grid(curve);
		if curve.is_homogeneous() {
			let needed = |grid: &Grid| self.needed(grid.zero);
			let grids = grids(0, usual);
			return grids.min_by(|a, b| needed(a).total_cmp(&needed(b))).unwrap_or(usual);
		}
		let exponents = Grid::EXPONENTS.rev().filter(|exponent| is_of(curve, *exponent));
		let mut all = exponents.flat_map(|exponent| grids(exponent, usual));
		let found = all.find(|grid| self.step(curve, *grid).is_some());
		// Coarser ones than the coarsest are not needed by any number that float32 tells apart from its
		// neighbours; what lies outside is cut.
		found.unwrap_or(Grid { exponent: *Grid::EXPONENTS.start(), ..usual })
	}
}

/// A step; one where nothing says what it is worth.
fn normal(step: f64) -> f64 {
	if step.is_normal() {
		step
	} else {
		1.0
	}
}

/// The node that serves the sums of some samples, and what it asks of the layer before, of whose channels a
/// unit may not be finer than `finest`.
pub(super) fn fit(
	site: &Site<'_>,
	curve: Curve,
	(sums, finest): (&[Vec<f64>], &[f64]),
	shift: u32,
	units: Units,
) -> Fitted {
	let kept = 2f64.powi(shift as i32);
	let source = site.node.inputs[0];
	let finest: Vec<f64> = finest.iter().map(|finest| finest * kept).collect();
	let mut demands = Demand::of_channels(curve, sums, &finest);
	let all = Demand::of_all(&demands);
	if units == Units::Shared {
		demands.fill(all);
	}
	let aim = |grid: &Grid, step: f64| Aim { unit: step / kept, zero: f64::from(grid.zero) * kept };

	if curve == Curve::Clip && all.finest * LEVELS <= 1.0 {
		// Saturation is the clip.
		let grid = Grid { exponent: 0, zero: 0 };
		let step = |demand: &Demand| normal(demand.finest.max(demand.to / LEVELS));
		let aims = demands.iter().map(|demand| aim(&grid, step(demand))).collect();
		return Fitted { node: relu::node(source), aims };
	}
	let of_all = all.grid(curve);
	let most = match units {
		Units::Shared => 1,
		Units::Own => (site.output.shape.elements() / ELEMENTS_OF_A_TABLE).clamp(1, MAX_TABLES),
	};
	let grids = choose(curve, &demands, of_all, most);
	let step = |(demand, grid): (&Demand, &Grid)| {
		let step = demand.step(curve, *grid).unwrap_or(grid.step());
		aim(grid, step)
	};
	let aims = demands.iter().zip(&grids).map(step).collect();
	Fitted { node: node_of_channels(source, curve, &grids), aims }
}

/// A grid for each channel, of so many different ones: that of all, and one after the other the one that makes
/// steps finer most.
fn choose(curve: Curve, demands: &[Demand], of_all: Grid, most: usize) -> Vec<Grid> {
	let mut grids_of = vec![of_all; demands.len()];
	let steps = demands.iter().map(|demand| demand.step(curve, of_all).unwrap_or(of_all.step()));
	let mut steps: Vec<f64> = steps.collect();
	let exponents = match curve.is_homogeneous() {
		true => 0..=0,
		false => of_all.exponent + 1..=(of_all.exponent + FINER).min(*Grid::EXPONENTS.end()),
	};
	let exponents = exponents.filter(|exponent| is_of(curve, *exponent));
	let candidates: Vec<Grid> =
		exponents.flat_map(|exponent| grids(exponent, default_grid(curve))).collect();
	for _ in 1..most {
		// How much finer a grid makes steps, in bits.
		let gain = |grid: &Grid| -> f64 {
			let channels = demands.iter().zip(&steps);
			let finer = channels.filter_map(|(demand, step)| {
				demand.step(curve, *grid).map(|own| libm::log2(step / own).max(0.0))
			});
			finer.sum()
		};
		let gains = candidates.iter().map(|grid| (grid, gain(grid)));
		// The first of equals.
		let best = gains.reduce(|best, other| if other.1 > best.1 { other } else { best });
		let Some((grid, _)) = best.filter(|(_, gain)| gain * WORTH >= demands.len() as f64) else {
			break;
		};
		for ((demand, step), own) in demands.iter().zip(&mut steps).zip(&mut grids_of) {
			if let Some(finer) = demand.step(curve, *grid).filter(|finer| *finer < *step) {
				(*step, *own) = (finer, *grid);
			}
		}
	}
	grids_of
}

/// Whether a curve has grids of an exponent: what is clipped at one needs none that end below it.
fn is_of(curve: Curve, exponent: i32) -> bool {
	curve != Curve::Clip || exponent <= 7
}

/// The grids of an exponent, the usual byte of zero first, then from the one that is closest to it on.
fn grids(exponent: i32, usual: Grid) -> impl Iterator<Item = Grid> {
	let mut zeros: Vec<u8> = (0..=u8::MAX / Grid::ZEROS).map(|at| at * Grid::ZEROS).collect();
	zeros.sort_by_key(|zero| zero.abs_diff(usual.zero));
	zeros.into_iter().map(move |zero| Grid { exponent, zero })
}

#[cfg(test)]
mod tests;
