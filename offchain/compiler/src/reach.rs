// SPDX-License-Identifier: Apache-2.0
//! Samples in a small part of the range that a model was calibrated for, such as those that were divided by
//! something the calibration samples were not. No value of theirs lies outside, so nothing else is told.
//!
//! What is compared is how far a sample reaches: the distance of its farthest feature from zero, in steps of the
//! byte. A factor shows in it unchanged, whatever the features are. Features whose range does not hold zero are
//! left out: a factor moves them out of it, which is told as such.

use core::fmt;

use candor_graph::ACTIVATION_MAX;
use serde::{Deserialize, Serialize};

use crate::{
	samples::{Sample, Table},
	scales::{Feature, InputQuantisation},
	schema::ModelSchema,
};

/// Fewer calibration samples do not tell what is usual.
const ENOUGH: usize = 16;
/// So many samples are judged as a whole, in which single ones may well be small.
const MANY: usize = 8;
/// One in so many calibration samples may reach less far than [`Reach::low`].
const LOW: usize = 20;
/// A sample in so small a part of what others reach is a small one.
const PART: f64 = 3.0;
/// Many samples in a range of which calibration samples had some are not judged either, by this factor.
const BELOW: f64 = 1.5;
/// Where calibration samples themselves differ by more than this factor, few samples are not judged.
const ALIKE: f64 = 4.0;

/// How far the calibration samples reach, in steps of the byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reach {
	/// The least of all.
	pub least: u8,
	/// What nineteen of twenty reach.
	pub low: u8,
	/// What half of them reach.
	pub usual: u8,
}

impl Reach {
	/// The reach of calibration samples, where they are enough. Bytes that count points have none.
	pub(crate) fn of(samples: &[Sample], input: &InputQuantisation) -> Option<Self> {
		let mut steps: Vec<f64> = samples
			.iter()
			.filter_map(|sample| farthest(&sample.features, input))
			.map(|(_, steps)| steps)
			.collect();
		if steps.len() < ENOUGH {
			return None;
		}
		steps.sort_unstable_by(f64::total_cmp);
		let nth = |index: usize| steps.get(index).map(|steps| byte(*steps));
		Some(Self { least: nth(0)?, low: nth(steps.len() / LOW)?, usual: nth(steps.len() / 2)? })
	}
}

/// The nearest number of steps, none beyond the range.
fn byte(steps: f64) -> u8 {
	steps.round().min(ACTIVATION_MAX.into()) as u8
}

/// The feature of a sample that lies farthest from zero, from one, and the steps between. Nothing where all of
/// them are zero: that is so by any scale.
fn farthest(sample: &[f64], input: &InputQuantisation) -> Option<(usize, f64)> {
	let features = input.features(sample.len());
	let steps = sample.iter().zip(features).map(|(x, feature)| match feature {
		Feature::Affine(affine) if (0..=ACTIVATION_MAX).contains(&affine.zero_point) => {
			x.abs() / affine.scale
		}
		Feature::Affine(_) | Feature::Cuts(_) => 0.0,
	});
	let farthest = (1..).zip(steps).max_by(|(_, one), (_, other)| one.total_cmp(other));
	farthest.filter(|(_, steps)| *steps > 0.0)
}

/// Samples that reach far less than the calibration samples did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Narrow {
	/// How many.
	pub samples: usize,
	/// Of so many.
	pub of: usize,
	/// The line of the first one, from one.
	pub line: u64,
	/// The column of its farthest feature, from one.
	pub column: usize,
	/// How far that lies from zero, in steps of the byte.
	pub reach: u8,
	/// How far calibration samples reach.
	pub calibrated: Reach,
}

impl fmt::Display for Narrow {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Self { samples, of, line, column, reach, calibrated } = self;
		let (lie, first) = match of {
			1 => ("lies", ""),
			_ => ("lie", " the first"),
		};
		write!(
			f,
			"{samples} of {of} samples {lie} in a small part of the calibrated range,{first} in line {line}: no feature is farther from zero than that in column {column}, by {reach} of {ACTIVATION_MAX} steps, where calibration samples reach {}, and {} at least; are the features scaled as they were for the calibration?",
			calibrated.usual, calibrated.least
		)
	}
}

impl ModelSchema {
	/// The samples of a table in a small part of the calibrated range, where that is true of the table as a whole:
	/// of half of many samples, or of all of few.
	pub fn narrow(&self, table: &Table) -> Option<Narrow> {
		let calibrated = self.reach?;
		let [least, low, usual] =
			[calibrated.least, calibrated.low, calibrated.usual].map(f64::from);
		let reaches: Vec<(u64, usize, f64)> = table
			.samples
			.iter()
			.filter_map(|sample| {
				let (feature, steps) = farthest(&sample.features, &self.input)?;
				Some((sample.line, table.column(feature), steps))
			})
			.collect();
		let is_many = reaches.len() >= MANY;
		let others = if is_many { usual } else { least };
		let small: Vec<_> =
			reaches.iter().filter(|(_, _, steps)| PART * steps < others).copied().collect();
		let is_narrow = if is_many {
			let lower = reaches.iter().filter(|(_, _, steps)| BELOW * steps < low).count();
			2 * small.len().min(lower) > reaches.len()
		} else {
			small.len() == reaches.len() && ALIKE * least >= usual
		};
		let (line, column, steps) = *small.first().filter(|_| is_narrow)?;
		let (samples, of) = (small.len(), table.samples.len());
		Some(Narrow { samples, of, line, column, reach: byte(steps), calibrated })
	}
}

#[cfg(test)]
mod tests;
