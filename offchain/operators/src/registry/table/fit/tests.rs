// SPDX-License-Identifier: Apache-2.0
use super::{
	super::{parse, tests::curves, unfitted, Activation, Slope, NAME},
	*,
};
use crate::Function;
use candor_graph::{Kind, Shape, Source, Sums, Value};

fn sums(elements: usize) -> Value {
	let shape = Shape::vector(elements).expect("small");
	Value { shape, kind: Kind::Sums(Sums { width: 23, rounding: 8 }) }
}

/// What is fitted to sums of so many elements for each channel, behind a layer whose units may not be finer.
fn fitted_to(curve: Curve, samples: &[Vec<f64>], finest: &[f64], units: Units) -> Fitted {
	let node = unfitted(Source::Input, curve);
	let input = sums(samples[0].len());
	let output = Activation.output(&node, &[&input]).expect("it fits");
	let site = Site { node: &node, inputs: vec![&input], output: &output };
	let fitted = Activation.fit(&site, samples, finest, units).expect("it is fitted");
	assert_eq!(fitted.aims.len(), finest.len());
	fitted
}

/// What is fitted to sums of this range behind a layer whose units may not be finer.
fn fitted(curve: Curve, from: f64, to: f64, finest: f64) -> Fitted {
	fitted_to(curve, &[vec![from], vec![to], vec![0.0]], &[finest], Units::Shared)
}

fn grid(fitted: &Fitted) -> Grid {
	parse(&fitted.node).expect("a table").1[0]
}

#[test]
fn the_finest_grid_that_holds_the_samples_is_taken() {
	for (curve, from, to, exponent, zero) in [
		(Curve::Tanh, -9.0, 9.0, 5, 128),
		(Curve::Tanh, -0.9, 0.9, 7, 128),
		(Curve::Sigmoid, -100.0, 100.0, 4, 128),
		(Curve::Gelu, -50.0, 11.0, 4, 64),
		(Curve::Silu, -0.4, 3.0, 6, 32),
		(Curve::Softplus, -700.0, 1000.0, -3, 64),
		(Curve::Softplus, -2.0, -1.0, 6, 128),
	] {
		let fitted = fitted(curve, from, to, 1e-9);
		let grid = grid(&fitted);
		assert_eq!((grid.exponent, grid.zero), (exponent, zero), "{curve:?} {from}..{to}");
		assert_eq!(fitted.aims[0].unit * 256.0, grid.step());
		assert_eq!(fitted.aims[0].zero, f64::from(zero) * 256.0);
	}
}

#[test]
fn units_are_never_finer_than_weights_allow() {
	for finest in [1e-6, 1e-4, 3e-3, 0.7, 12.0] {
		for curve in curves() {
			let fitted = fitted(curve, -4.0, 7.0, finest);
			assert!(fitted.aims[0].unit >= finest, "{curve:?} {finest}: {fitted:?}");
		}
	}
}

#[test]
fn a_clip_is_the_saturation_of_relu_where_weights_allow_that() {
	let step = 1.0 / 255.0;
	let relu = fitted(Curve::Clip, -3.0, 5.0, 1e-9);
	assert_eq!(relu.node.operator, "relu");
	assert_eq!(relu.aims[0], Aim { unit: step / 256.0, zero: 0.0 });
	// Samples that do not reach the bound get finer steps.
	assert_eq!(fitted(Curve::Clip, -3.0, 0.5, 1e-9).aims[0].unit, step / 512.0);
	let table = fitted(Curve::Clip, -3.0, 5.0, step / 200.0);
	assert_eq!((table.node.operator.as_str(), grid(&table).exponent), (NAME, 7));
	let coarser = fitted(Curve::Clip, -3.0, 5.0, 3.0 / 256.0);
	assert_eq!(grid(&coarser), Grid { exponent: -2, zero: 0 });
}

#[test]
fn a_curve_that_is_scaled_as_its_argument_takes_any_unit() {
	let leaky = Curve::Leaky(Slope::of(0.01).expect("small"));
	let fitted = fitted(leaky, -30.0, 66.9, 1e-9);
	assert_eq!(grid(&fitted).zero, 96);
	assert!((fitted.aims[0].unit * 256.0 - 66.9 / 159.0).abs() < 1e-12);
}

mod of_channels {
	use super::*;

	/// Two values for each of so many channels: both ends of its sums.
	fn sums_between(ends: &[(f64, f64)], each: usize) -> Vec<Vec<f64>> {
		let of = |end: fn(&(f64, f64)) -> f64| {
			ends.iter().flat_map(|ends| vec![end(ends); each]).collect()
		};
		vec![of(|ends| ends.0), of(|ends| ends.1)]
	}

	fn grids(fitted: &Fitted) -> Vec<(i32, u8)> {
		let (_, grids) = parse(&fitted.node).expect("a table");
		grids.iter().map(|grid| (grid.exponent, grid.zero)).collect()
	}

	const ENDS: [(f64, f64); 4] = [(-3.0, 11.0), (-0.4, 0.7), (-3.0, -2.0), (-0.3, 0.6)];

	#[test]
	fn each_has_the_finest_grid_that_holds_its_sums() {
		let samples = sums_between(&ENDS, 128);
		let fitted = fitted_to(Curve::Gelu, &samples, &[1e-9; 4], Units::Own);
		assert_eq!(grids(&fitted), [(4, 64), (7, 64), (6, 192), (8, 96)]);
		for (aim, (exponent, zero)) in fitted.aims.iter().zip(grids(&fitted)) {
			assert_eq!(aim.unit * 256.0, 2f64.powi(-exponent));
			assert_eq!(aim.zero, f64::from(zero) * 256.0);
		}
		let shared = fitted_to(Curve::Gelu, &samples, &[1e-9; 4], Units::Shared);
		assert_eq!(grids(&shared), [(4, 64)]);
	}

	#[test]
	fn weights_that_allow_no_finer_step_have_a_coarser_grid() {
		let samples = sums_between(&ENDS, 128);
		let finest = [1e-9, 1e-9, 1e-9, 0.03 / 256.0];
		let fitted = fitted_to(Curve::Gelu, &samples, &finest, Units::Own);
		assert_eq!(grids(&fitted), [(4, 64), (7, 64), (6, 192), (5, 64)]);
	}

	#[test]
	fn tables_are_no_more_than_their_entries_are_worth() {
		// Of 64 elements each, two tables: that which makes three channels finer by two bits each.
		let fitted = fitted_to(Curve::Gelu, &sums_between(&ENDS, 64), &[1e-9; 4], Units::Own);
		assert_eq!(grids(&fitted), [(4, 64), (6, 192), (6, 192), (6, 192)]);
		let fitted = fitted_to(Curve::Gelu, &sums_between(&ENDS, 63), &[1e-9; 4], Units::Own);
		assert_eq!(grids(&fitted), [(4, 64)]);
		// One channel of sixteen that would have a step half as large is not worth one.
		let mut ends = vec![(-3.0, 11.0); 16];
		ends[7] = (-2.0, 5.0);
		let fitted = fitted_to(Curve::Gelu, &sums_between(&ends, 64), &[1e-9; 16], Units::Own);
		assert_eq!(grids(&fitted), [(4, 64)]);
	}

	#[test]
	fn what_is_scaled_as_its_argument_has_units_without_tables() {
		let leaky = Curve::Leaky(Slope::of(0.01).expect("small"));
		let ends = [(-30.0, 66.9), (-0.3, 0.669)];
		let fitted = fitted_to(leaky, &sums_between(&ends, 1), &[1e-9; 2], Units::Own);
		assert_eq!(grids(&fitted), [(0, 96)]);
		assert!((fitted.aims[0].unit / fitted.aims[1].unit - 100.0).abs() < 1e-9);
	}

	#[test]
	fn a_clip_that_is_the_saturation_of_relu_has_a_unit_for_each() {
		let samples = sums_between(&[(-3.0, 5.0), (-3.0, 0.5), (-1.0, 0.0)], 1);
		let fitted = fitted_to(Curve::Clip, &samples, &[1e-9, 1e-9, 0.0], Units::Own);
		assert_eq!(fitted.node.operator, "relu");
		let steps: Vec<f64> = fitted.aims.iter().map(|aim| aim.unit * 256.0).collect();
		assert_eq!(steps, [1.0 / 255.0, 0.5 / 255.0, 1.0]);
	}
}
