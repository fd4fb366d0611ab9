// SPDX-License-Identifier: Apache-2.0
//! How the values of a node are distributed.

use serde::Serialize;

/// So many bars are seen at a glance.
const BINS: usize = 24;

/// How often the values of a node fall into equal parts of their range: as floats, and as what its integers
/// stand for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Distribution {
	/// The smallest value of either.
	pub low: f64,
	/// The largest value of either.
	pub high: f64,
	/// Floats in each part, from low to high.
	pub floats: Vec<u64>,
	/// Integers in each part.
	pub integers: Vec<u64>,
}

impl Distribution {
	/// The distribution of floats and of what integers stand for.
	pub(super) fn of<'a>(pairs: impl Iterator<Item = (&'a [f64], &'a [f64])> + Clone) -> Self {
		let all = pairs.clone().flat_map(|(floats, scaled)| floats.iter().chain(scaled));
		let (low, high) = all
			.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(*x), high.max(*x)));
		let width = (high - low) / BINS as f64;
		// Values that are all the same stand in the first part.
		let part = |x: &f64| if width > 0.0 { ((x - low) / width) as usize } else { 0 };
		let (mut floats, mut integers) = (vec![0; BINS], vec![0; BINS]);
		for (of_floats, of_integers) in pairs {
			of_floats.iter().for_each(|x| floats[part(x).min(BINS - 1)] += 1);
			of_integers.iter().for_each(|x| integers[part(x).min(BINS - 1)] += 1);
		}
		Self { low, high, floats, integers }
	}
}
