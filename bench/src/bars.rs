// SPDX-License-Identifier: Apache-2.0

//! What verification may cost at most, and what it should.

use crate::{
	report::Report,
	systems::{self, Blocks},
};
use serde::Serialize;

/// The batch that is judged: so many proofs under one key, with as many inputs as the baseline.
const PROOFS: usize = 64;

/// A figure that has an upper bound.
#[derive(Serialize)]
pub struct Bar {
	/// What was measured.
	pub name: &'static str,
	/// The ratio that was found.
	pub found: f64,
	/// The most that it may be.
	pub bar: f64,
	/// What it should be.
	pub aim: Option<f64>,
}

impl Bar {
	/// The figures of a report that have bounds, as far as it has them.
	pub fn of(report: &Report) -> Vec<Self> {
		let singles = &report.singles;
		let bar = |name, found, bar, aim| Self { name, found, bar, aim };
		let mut bars = vec![
			bar("one proof, native", singles.native.ratio, 0.85, Some(0.7)),
			bar(
				"one proof, Wasm / native",
				singles.hosted.ratio / singles.native.ratio,
				1.15,
				None,
			),
		];
		let staged = |proofs| report.of_plain(Blocks::Staged, proofs);
		bars.extend(staged(1).map(|found| bar("one proof, staged / plain", found, 1.25, None)));
		bars.extend(
			staged(systems::PROOFS)
				.map(|found| bar("one of 64, staged / plain", found, 1.15, None)),
		);
		let batch = report.batches.iter().find(|row| {
			let shape = row.shape;
			(shape.proofs, shape.keys, shape.inputs) == (PROOFS, 1, crate::INPUTS)
		});
		if let Some(row) = batch {
			let native = row.native.per(PROOFS).ratio;
			bars.extend([
				bar("one of 64, native", native, 0.26, Some(0.15)),
				bar("one of 64, of the peer's", native / singles.peer.ratio, 0.13, Some(0.07)),
				bar("one of 64, Wasm / native", row.hosted.ratio / row.native.ratio, 1.15, None),
			]);
		}
		let settlements = report.settlements.iter().flat_map(|settlements| &settlements.ways);
		for way in settlements
			.filter(|way| (way.proofs, way.keys, way.inputs) == (PROOFS, 1, crate::INPUTS))
		{
			let name = match (way.requesters, way.workers) {
				(1, 1) => "weight of settling one of 64 between the same two",
				(_, 1) => "weight of settling one of 64 by one worker",
				_ => "weight of settling one of 64 with nothing in common",
			};
			bars.push(bar(name, way.weight.ratio, 0.8, Some(0.4)));
		}
		bars
	}

	/// How the figure compares.
	pub fn verdict(&self) -> &'static str {
		match self.aim {
			Some(aim) if self.found <= aim => "aim met",
			_ if self.found <= self.bar => "met",
			_ => "missed",
		}
	}
}
