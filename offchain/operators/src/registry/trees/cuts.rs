// SPDX-License-Identifier: Apache-2.0
//! Where features are cut: comparisons in float32, as runtimes make them, as comparisons of numbers.

use core::ops::Neg;

/// The most points that a feature is cut at: a byte tells on which side of each of them it lies.
pub const MAX_CUTS: usize = 255;

/// The comparison that a node of a tree makes with a feature, as float32.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
	/// The largest number that turns left: `x <= at`. Infinite where all of them do.
	pub at: f64,
	/// Whether left and right are exchanged.
	pub is_mirrored: bool,
}

/// What becomes of a feature before it is compared: `x * scale + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scaling {
	pub scale: f64,
	pub offset: f64,
}

impl Cut {
	/// `feature <= threshold`, where a feature is rounded to float32 and scaled. Nothing where the scale
	/// is zero.
	///
	/// What is scaled is computed in float32 as `Scaler` does, `(x - offset) * scale`: the order of
	/// numbers stays, so there is a largest one that it holds for.
	pub(super) fn at_most(threshold: f32, scaling: Scaling) -> Option<Self> {
		if scaling == (Scaling { scale: 1.0, offset: 0.0 }) {
			return Some(Self { at: up_to(threshold), is_mirrored: false }.normal());
		}
		let factor = scaling.scale as f32;
		let offset = (-scaling.offset / scaling.scale) as f32;
		if !factor.is_normal() || !offset.is_finite() {
			return None;
		}
		let is_mirrored = factor < 0.0;
		let holds = |x: f32| ((x - offset) * factor <= threshold) != is_mirrored;
		let at = largest(holds).map_or(f64::NEG_INFINITY, up_to);
		Some(Self { at, is_mirrored }.normal())
	}

	/// Where nothing is left of it, all is right of it.
	fn normal(self) -> Self {
		if self.at == f64::NEG_INFINITY {
			Self { at: f64::INFINITY, is_mirrored: !self.is_mirrored }
		} else {
			self
		}
	}
}

impl Neg for Cut {
	type Output = Self;

	/// The opposite comparison.
	fn neg(self) -> Self {
		Self { is_mirrored: !self.is_mirrored, ..self }
	}
}

/// The largest number that float32 rounds to no more than one of its own.
fn up_to(number: f32) -> f64 {
	let exact = f64::from(number);
	if !number.is_finite() {
		return exact;
	}
	let next = number.next_up();
	let gap = if next.is_finite() {
		f64::from(next) - exact
	} else {
		exact - f64::from(number.next_down())
	};
	let middle = exact + gap / 2.0;
	// Of two neighbours the even one takes the middle. A negative zero has no place of its own.
	let end = if middle as f32 <= number { middle } else { middle.next_down() };
	end + 0.0
}

/// The largest finite number that something holds for, of which it holds for all smaller ones; infinite
/// where it holds for all, nothing where it holds for none.
fn largest(holds: impl Fn(f32) -> bool) -> Option<f32> {
	if holds(f32::MAX) {
		return Some(f32::INFINITY);
	}
	let (mut low, mut high) = (ordered(f32::MIN), ordered(f32::MAX));
	if !holds(f32::MIN) {
		return None;
	}
	while high - low > 1 {
		let middle = low + (high - low) / 2;
		if holds(number(middle)) {
			low = middle;
		} else {
			high = middle;
		}
	}
	Some(number(low))
}

/// An integer that is larger for a larger number.
fn ordered(number: f32) -> i64 {
	let size = i64::from(number.to_bits() & !(1 << 31));
	if number.is_sign_negative() {
		-size
	} else {
		size
	}
}

/// The number of such an integer.
fn number(ordered: i64) -> f32 {
	let size = f32::from_bits(ordered.unsigned_abs() as u32);
	if ordered < 0 {
		-size
	} else {
		size
	}
}

/// The points that stand for all, ascending: all where they are no more than [`MAX_CUTS`], else evenly
/// many of them.
pub(super) fn chosen(mut points: Vec<f64>) -> Vec<f64> {
	points.sort_unstable_by(f64::total_cmp);
	points.dedup();
	let last = points.len().saturating_sub(1);
	if last < MAX_CUTS {
		return points;
	}
	(0..MAX_CUTS).map(|at| points[at * last / (MAX_CUTS - 1)]).collect()
}

/// The byte of the largest value that is at most a point: the place of the chosen point that is
/// closest, and the largest byte for infinity.
pub(super) fn threshold(chosen: &[f64], point: f64) -> u8 {
	if point == f64::INFINITY {
		return u8::MAX;
	}
	let above = chosen.partition_point(|other| *other < point);
	let distance = |at: usize| chosen.get(at).map_or(f64::INFINITY, |other| (other - point).abs());
	let below = above.saturating_sub(1);
	(if distance(below) < distance(above) { below } else { above }) as u8
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const PLAIN: Scaling = Scaling { scale: 1.0, offset: 0.0 };

	fn is_left(cut: Cut, x: f64) -> bool {
		(x <= cut.at) != cut.is_mirrored
	}

	#[test]
	fn the_middle_between_two_floats_belongs_to_the_even_one() {
		for threshold in [1.0f32, 1.0f32.next_up(), 0.1, -0.1, 0.0, f32::MAX, f32::MIN, 1e-45] {
			let cut = Cut::at_most(threshold, PLAIN).expect("no scale");
			let (last, first) = (cut.at, cut.at.next_up());
			assert!(last as f32 <= threshold && first as f32 > threshold, "{threshold}: {cut:?}");
		}
		let infinite = Cut::at_most(f32::INFINITY, PLAIN).expect("no scale");
		assert_eq!(infinite.at, f64::INFINITY);
	}

	#[test]
	fn a_scale_of_zero_has_no_cut() {
		assert_eq!(Cut::at_most(1.0, Scaling { scale: 0.0, offset: 1.0 }), None);
	}

	#[test]
	fn what_is_never_left_is_always_right() {
		// Nothing that is halved and finite is beyond the largest number.
		for scale in [0.5, 1.0] {
			let cut = Cut::at_most(f32::NEG_INFINITY, Scaling { scale, offset: 0.0 });
			let cut = cut.expect("a cut");
			assert_eq!(cut, Cut { at: f64::INFINITY, is_mirrored: true });
			assert!(!is_left(cut, -1e30));
			assert!(is_left(-cut, -1e30));
		}
	}

	#[test]
	fn more_points_than_a_byte_tells_are_thinned_out_evenly() {
		let all: Vec<f64> = (0..1000).map(f64::from).collect();
		let some = chosen(all.iter().rev().copied().chain(all.clone()).collect());
		assert_eq!((some.len(), some[0], some[MAX_CUTS - 1]), (MAX_CUTS, 0.0, 999.0));
		assert!(some.windows(2).all(|pair| pair[0] < pair[1]));
		for point in all {
			let of_point = some[usize::from(threshold(&some, point))];
			assert!((of_point - point).abs() <= 2.0, "{point} became {of_point}");
		}
		assert_eq!(threshold(&some, f64::INFINITY), 255);
		assert_eq!(threshold(&[], f64::INFINITY), 255);
	}

	proptest! {
		#[test]
		fn comparisons_are_those_of_float32(
			threshold in any::<f32>().prop_filter("a number", |x| x.is_finite()),
			steps in -3i64..=3, halves: bool,
		) {
			let cut = Cut::at_most(threshold, PLAIN).expect("no scale");
			let near = number((ordered(threshold) + steps).clamp(ordered(f32::MIN), ordered(f32::MAX)));
			let next = if near.next_up().is_finite() { near.next_up() } else { near };
			let middle = (f64::from(near) + f64::from(next)) / 2.0;
			let x = if halves { middle } else { near.into() };
			for x in [x, x.next_up(), x.next_down()] {
				prop_assert_eq!(is_left(cut, x), x as f32 <= threshold);
			}
		}

		#[test]
		fn comparisons_behind_a_scaler_are_those_of_float32(
			x in -1e3f32..1e3, offset in -1e3f32..1e3, scale in 1e-3f32..1e3, is_negative: bool,
			steps in -2i64..=2,
		) {
			let scale = if is_negative { -scale } else { scale };
			// As `Scaler` is read.
			let scaling = Scaling {
				scale: scale.into(),
				offset: -f64::from(offset) * f64::from(scale),
			};
			let scaled = |x: f64| (x as f32 - offset) * scale;
			let threshold = scaled(x.into());
			let cut = Cut::at_most(threshold, scaling).expect("a cut");
			let x = f64::from(number(ordered(x) + steps));
			prop_assert_eq!(is_left(cut, x), scaled(x) <= threshold, "{:?}", cut);
			prop_assert!(is_left(cut, x) != is_left(-cut, x));
		}

		#[test]
		fn bytes_tell_the_side_of_every_point(
			points in prop::collection::vec(-50i32..50, 0..100), x in -60i32..60,
		) {
			let points: Vec<f64> = points.into_iter().map(f64::from).collect();
			let some = chosen(points.clone());
			let byte = some.iter().filter(|point| **point < f64::from(x)).count();
			for point in points {
				let is_left = byte <= usize::from(threshold(&some, point));
				prop_assert_eq!(is_left, f64::from(x) <= point);
			}
		}
	}
}
