// SPDX-License-Identifier: Apache-2.0
//! How the features of samples become the bytes of an input.

use candor_graph::ACTIVATION_MAX;
use candor_operators::{round, MAX_CUTS};
use serde::{Deserialize, Serialize};

/// How far a zero point may lie outside the bytes, in units of the scale: exact in `f64`, and far
/// beyond what float32 tells apart. A feature whose samples differ by less is a constant.
const MAX_ZERO_POINT: f64 = 1_073_741_824.0;

/// How much a scale grows until both ends of its range are bytes: more than a division loses.
const SCALE_STEP: f64 = 1.0 / 1_099_511_627_776.0;

/// The byte of the value that a constant feature has: as much room above as below.
const CONSTANT_BYTE: f64 = 128.0;

/// `q = clamp(round(x / scale) + zero_point, 0, 255)`, with halves rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affine {
	/// What a step of the byte is worth; positive and finite.
	pub scale: f64,
	/// The byte of zero; outside 0..=255 where the range does not include zero.
	pub zero_point: i32,
}

impl Affine {
	/// The finest steps that cover a range.
	pub(crate) fn covering(low: f64, high: f64) -> Self {
		// A feature that does not vary is told apart from zero.
		let (low, high) = if low == high { (low.min(0.0), high.max(0.0)) } else { (low, high) };
		let finest = (high - low) / f64::from(ACTIVATION_MAX);
		let mut scale = finest.max(finest_for(low, high));
		if !scale.is_normal() {
			return Self { scale: 1.0, zero_point: 0 };
		}
		loop {
			let affine = Self { scale, zero_point: -round(low / scale) as i32 };
			// The divisions are rounded, and the highest value must not fall on step 256.
			if !affine.clips(high) || !scale.is_normal() {
				return affine;
			}
			scale *= 1.0 + SCALE_STEP;
		}
	}

	/// Steps of a given size around a value, or the finest ones that its size allows.
	pub(crate) fn around(value: f64, scale: f64) -> Self {
		let scale = scale.max(finest_for(value, value));
		let scale = if scale.is_normal() { scale } else { 1.0 };
		Self { scale, zero_point: (CONSTANT_BYTE - round(value / scale)) as i32 }
	}

	/// The values of the smallest and the largest byte.
	pub fn range(&self) -> (f64, f64) {
		let value = |byte: f64| (byte - f64::from(self.zero_point)) * self.scale;
		(value(0.0), value(ACTIVATION_MAX.into()))
	}

	/// The step that a value falls on, which may lie outside the bytes.
	fn step(&self, x: f64) -> f64 {
		round(x / self.scale) + f64::from(self.zero_point)
	}

	/// Whether a value lies outside of the range, so that its byte is that of another value.
	pub fn clips(&self, x: f64) -> bool {
		!(0.0..=f64::from(ACTIVATION_MAX)).contains(&self.step(x))
	}

	/// The byte of a value.
	pub fn quantise(&self, x: f64) -> u8 {
		// The clamp leaves a byte.
		self.step(x).clamp(0.0, ACTIVATION_MAX.into()) as u8
	}

	/// Whether the numbers are usable.
	pub(crate) fn is_valid(&self) -> bool {
		self.scale.is_normal() && self.scale > 0.0
	}
}

/// The finest scale for values of this size.
fn finest_for(low: f64, high: f64) -> f64 {
	low.abs().max(high.abs()) / MAX_ZERO_POINT
}

/// How the features of a sample become the bytes of an input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
// Not internally tagged: numbers in such enums pass through a buffer that cannot hold floats when
// another crate of the build enables the feature `arbitrary_precision` of serde_json.
#[serde(rename_all = "snake_case")]
pub enum InputQuantisation {
	/// One scale for all features.
	PerTensor {
		/// Scale and zero point.
		feature: Affine,
	},
	/// A scale for each feature.
	PerFeature {
		/// Scales and zero points, in the order of the features.
		features: Vec<Affine>,
	},
	/// The byte of a feature is the number of its points that lie below its value.
	Cuts {
		/// The points of each feature, ascending and at most 255, in the order of the features.
		features: Vec<Vec<f64>>,
	},
}

/// How one feature becomes a byte.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Feature<'a> {
	/// By scale and zero point.
	Affine(Affine),
	/// By the points below it.
	Cuts(&'a [f64]),
}

impl Feature<'_> {
	/// The byte of a value.
	fn quantise(self, x: f64) -> u8 {
		match self {
			Self::Affine(affine) => affine.quantise(x),
			Self::Cuts(cuts) => cuts.partition_point(|cut| *cut < x) as u8,
		}
	}

	/// The range, where a value lies outside of it, so that its byte is that of another value. Of cuts
	/// every value has a byte of its own.
	pub(crate) fn missed(self, x: f64) -> Option<(f64, f64)> {
		match self {
			Self::Affine(affine) => affine.clips(x).then(|| affine.range()),
			Self::Cuts(_) => None,
		}
	}

	/// The value that a byte stands for; nothing where it says between which points one lies.
	pub(crate) fn value(self, byte: u8) -> Option<f64> {
		match self {
			Self::Affine(affine) => {
				Some((f64::from(byte) - f64::from(affine.zero_point)) * affine.scale)
			}
			Self::Cuts(_) => None,
		}
	}

	/// What a step of the byte is worth, and the byte of zero. Nothing is weighed that is cut.
	pub(crate) fn step(self) -> (f64, f64) {
		match self {
			Self::Affine(affine) => (affine.scale, affine.zero_point.into()),
			Self::Cuts(_) => (1.0, 0.0),
		}
	}
}

impl InputQuantisation {
	/// One scale that covers all features of all samples.
	pub(crate) fn per_tensor(samples: &[Vec<f64>]) -> Self {
		Self::per_tensor_with(samples, &[])
	}

	/// One scale that covers all features of all samples, and some values besides.
	pub(crate) fn per_tensor_with(samples: &[Vec<f64>], others: &[f64]) -> Self {
		let (low, high) = range(samples.iter().flatten().chain(others).copied());
		Self::PerTensor { feature: Affine::covering(low, high) }
	}

	/// What the bytes of a sample stand for: where they say between which points a feature lies, whatever lies
	/// there.
	pub(crate) fn told(&self, sample: &[f64]) -> Vec<f64> {
		let pairs = self.features(sample.len()).into_iter().zip(sample);
		pairs.map(|(feature, x)| feature.value(feature.quantise(*x)).unwrap_or(*x)).collect()
	}

	/// How each of `width` features becomes a byte.
	pub(crate) fn features(&self, width: usize) -> Vec<Feature<'_>> {
		match self {
			Self::PerTensor { feature } => vec![Feature::Affine(*feature); width],
			Self::PerFeature { features } => {
				features.iter().copied().map(Feature::Affine).collect()
			}
			Self::Cuts { features } => features.iter().map(|cuts| Feature::Cuts(cuts)).collect(),
		}
	}

	/// The bytes of a sample.
	pub fn quantise(&self, sample: &[f64]) -> Vec<u8> {
		let features = self.features(sample.len());
		sample.iter().zip(features).map(|(x, feature)| feature.quantise(*x)).collect()
	}

	/// Whether this fits samples of `width` features.
	pub(crate) fn is_valid_for(&self, width: usize) -> bool {
		match self {
			Self::PerTensor { feature } => feature.is_valid(),
			Self::PerFeature { features } => {
				features.len() == width && features.iter().all(Affine::is_valid)
			}
			Self::Cuts { features } => {
				features.len() == width && features.iter().all(|cuts| are_valid(cuts))
			}
		}
	}
}

/// Whether points are numbers in order, and no more than a byte counts.
fn are_valid(cuts: &[f64]) -> bool {
	cuts.len() <= MAX_CUTS
		&& cuts.iter().all(|cut| cut.is_finite())
		&& cuts.is_sorted_by(|low, high| low < high)
}

/// The smallest and the largest of some values.
pub(crate) fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
	values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
}

/// The value of a feature that does not vary, or too little to be told apart.
pub(crate) fn constant((low, high): (f64, f64)) -> Option<f64> {
	let finest = (high - low) / f64::from(ACTIVATION_MAX);
	(!finest.is_normal() || finest < finest_for(low, high)).then_some(low / 2.0 + high / 2.0)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn the_ends_of_the_range_are_the_ends_of_the_byte() {
		for (low, high) in [(0.0, 16.0), (-1.0, 1.0), (-8.0, -3.0), (1990.0, 2020.0)] {
			let affine = Affine::covering(low, high);
			assert!(affine.quantise(low) <= 1, "{low}..{high}: {affine:?}");
			assert!(affine.quantise(high) >= 254, "{low}..{high}: {affine:?}");
			assert_eq!(affine.quantise(low - 1e9), 0);
			assert_eq!(affine.quantise(high + 1e9), 255);
		}
	}

	#[test]
	fn values_beyond_the_range_are_told() {
		let affine = Affine { scale: 0.5, zero_point: 10 };
		assert_eq!(affine.range(), (-5.0, 122.5));
		for (x, clips) in [
			(-5.0, false),
			(-5.25, false),
			(-5.3, true),
			(122.7, false),
			(122.75, true),
			(1e300, true),
		] {
			assert_eq!(affine.clips(x), clips, "{x}");
		}
	}

	#[test]
	fn halves_are_rounded_up() {
		let affine = Affine { scale: 2.0, zero_point: 10 };
		assert_eq!([-3.0, -1.0, 1.0, 3.0].map(|x| affine.quantise(x)), [9, 10, 11, 12]);
	}

	#[test]
	fn a_feature_that_does_not_vary_is_told_apart_from_zero() {
		for constant in [5.0, -5.0, 1e-9, 1e12] {
			let affine = Affine::covering(constant, constant);
			assert_ne!(affine.quantise(constant), affine.quantise(0.0), "{affine:?}");
		}
		assert_eq!(Affine::covering(0.0, 0.0), Affine { scale: 1.0, zero_point: 0 });
	}

	#[test]
	fn an_offset_far_beyond_the_range_widens_the_scale() {
		let affine = Affine::covering(1e12, 1e12 + 1.0);
		assert!(affine.is_valid() && f64::from(affine.zero_point).abs() <= MAX_ZERO_POINT);
	}

	#[test]
	fn is_written_with_its_kind() {
		let feature = Affine { scale: 0.5, zero_point: -3 };
		let affine = InputQuantisation::PerTensor { feature };
		let cuts = InputQuantisation::Cuts { features: vec![vec![-0.5, 1.5], vec![]] };
		for (input, expected) in [
			(affine, r#"{"per_tensor":{"feature":{"scale":0.5,"zero_point":-3}}}"#),
			(cuts, r#"{"cuts":{"features":[[-0.5,1.5],[]]}}"#),
		] {
			let json = serde_json::to_string(&input).expect("serializes");
			assert_eq!(json, expected);
			assert_eq!(serde_json::from_str::<InputQuantisation>(&json).expect("parses"), input);
		}
	}

	#[test]
	fn a_byte_counts_the_points_below_a_value() {
		let all = (0..255).map(f64::from).collect();
		let cuts = InputQuantisation::Cuts { features: vec![vec![-0.5, 1.5], vec![], all] };
		assert_eq!(cuts.quantise(&[-0.5, 1e300, 0.0]), [0, 0, 0]);
		assert_eq!(cuts.quantise(&[0.0, -1e300, 0.5]), [1, 0, 1]);
		assert_eq!(cuts.quantise(&[1.5, 0.0, 254.0]), [1, 0, 254]);
		assert_eq!(cuts.quantise(&[1.500_000_1, 0.0, 1e300]), [2, 0, 255]);
		assert!(cuts.is_valid_for(3) && !cuts.is_valid_for(2));
		let missed = |x: f64| cuts.features(3).into_iter().any(|cuts| cuts.missed(x).is_some());
		assert!(![-1e300, 0.0, 1e300].into_iter().any(missed));
	}

	#[test]
	fn points_that_are_out_of_order_or_too_many_are_refused() {
		let is_valid =
			|cuts: Vec<f64>| InputQuantisation::Cuts { features: vec![cuts] }.is_valid_for(1);
		assert!(is_valid((0..255).map(f64::from).collect()));
		assert!(!is_valid((0..256).map(f64::from).collect()));
		for wrong in [vec![1.0, 0.0], vec![1.0, 1.0], vec![f64::NAN], vec![f64::INFINITY]] {
			assert!(!is_valid(wrong.clone()), "{wrong:?}");
		}
	}

	proptest! {
		#[test]
		fn a_value_in_range_is_off_by_half_a_step_at_most(
			low in -1e6f64..1e6, width in 1e-3f64..1e6, part in 0f64..=1.0,
		) {
			let affine = Affine::covering(low, low + width);
			let x = low + part * width;
			let back = (f64::from(affine.quantise(x)) - f64::from(affine.zero_point)) * affine.scale;
			// Half a step, and another half where the zero point was rounded.
			prop_assert!((x - back).abs() <= affine.scale * 1.0001, "{x} became {back}");
			prop_assert!(!affine.clips(x), "{x}: {affine:?}");
			prop_assert!(!affine.clips(low) && !affine.clips(low + width), "{affine:?}");
		}
	}
}
