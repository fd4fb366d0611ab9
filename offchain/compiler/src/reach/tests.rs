// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{answer::OutputKind, scales::Affine};
use rand::{rngs::StdRng, Rng, SeedableRng};

fn table(samples: impl IntoIterator<Item = Vec<f64>>) -> Table {
	let samples = (1..)
		.zip(samples)
		.map(|(line, features)| Sample { features, targets: Vec::new(), line })
		.collect();
	Table { samples, names: None, label: None, label_columns: 0 }
}

fn schema(input: InputQuantisation, calibration: &Table) -> ModelSchema {
	ModelSchema {
		input_len: calibration.samples[0].features.len(),
		reach: Reach::of(&calibration.samples, &input),
		input,
		feature_names: None,
		output: OutputKind::Values,
		class_labels: None,
		output_count: 2,
		output_scale: 1.0,
	}
}

/// Pictures of sixteen points, dark but for a few, whose brightest is nearly white.
fn pictures(count: usize, seed: u64) -> Vec<Vec<f64>> {
	let mut rng = StdRng::seed_from_u64(seed);
	let mut picture = || {
		let brightest = rng.gen_range(13..=16);
		(0..16)
			.map(|at| f64::from(if at % 3 == 0 { rng.gen_range(0..=brightest) } else { 0 }))
			.collect()
	};
	let mut all: Vec<Vec<f64>> = (0..count).map(|_| picture()).collect();
	for picture in &mut all {
		picture[5] = 15.0;
	}
	all
}

fn scaled(samples: &[Vec<f64>], factor: f64) -> Vec<Vec<f64>> {
	samples.iter().map(|sample| sample.iter().map(|x| x * factor).collect()).collect()
}

fn for_pictures() -> ModelSchema {
	let calibration = pictures(200, 1);
	let input = InputQuantisation::per_tensor(&calibration);
	schema(input, &table(calibration))
}

#[test]
fn samples_that_were_divided_are_told_with_line_and_column() {
	let schema = for_pictures();
	for (factor, reach) in [(1.0 / 4.0, 64), (1.0 / 16.0, 16), (1.0 / 255.0, 1)] {
		for count in [1, 3, 50] {
			let samples = table(scaled(&pictures(count, 2), factor));
			let narrow = schema.narrow(&samples).unwrap_or_else(|| panic!("{factor} {count}"));
			assert_eq!((narrow.samples, narrow.of, narrow.line), (count, count, 1));
			assert!(narrow.reach.abs_diff(reach) <= 4, "{narrow:?}");
			assert!(narrow.column <= 16 && narrow.to_string().contains("in line 1"), "{narrow}");
		}
	}
}

#[test]
fn samples_like_those_of_the_calibration_are_not() {
	let schema = for_pictures();
	for count in [1, 3, 50] {
		assert_eq!(schema.narrow(&table(pictures(count, 2))), None);
	}
}

#[test]
fn a_dark_sample_among_others_is_one_and_a_black_one_has_no_scale() {
	let schema = for_pictures();
	for count in [2, 50] {
		let mut some = pictures(count, 2);
		some[1] = vec![0.5; 16];
		assert_eq!(schema.narrow(&table(some)), None, "{count}");
	}
	for count in [1, 50] {
		assert_eq!(schema.narrow(&table(vec![vec![0.0; 16]; count])), None, "{count}");
	}
}

/// What is small in one sample of twenty of the calibration may be all that is asked about.
#[test]
fn samples_of_a_quiet_kind_that_the_calibration_had_are_not() {
	let calibration: Vec<Vec<f64>> = pictures(200, 1)
		.into_iter()
		.enumerate()
		.map(|(at, picture)| scaled(&[picture], if at % 10 == 0 { 0.2 } else { 1.0 }).remove(0))
		.collect();
	let input = InputQuantisation::per_tensor(&calibration);
	let schema = schema(input, &table(calibration));
	for count in [1, 50] {
		assert_eq!(schema.narrow(&table(scaled(&pictures(count, 2), 0.2))), None, "{count}");
	}
	// Smaller than that is small.
	assert!(schema.narrow(&table(scaled(&pictures(50, 2), 0.05))).is_some());
}

/// Standardised columns, each with a scale and a zero of its own.
#[test]
fn a_factor_shows_whatever_the_zeros_of_the_features_are() {
	let mut rng = StdRng::seed_from_u64(5);
	let mut sample = || -> Vec<f64> {
		let normal = |rng: &mut StdRng| (0..12).map(|_| rng.gen_range(-0.5..0.5)).sum::<f64>();
		// The last one is skewed, so that its zero is a low byte.
		(0..6)
			.map(|at| if at < 5 { normal(&mut rng) } else { normal(&mut rng).powi(2) - 0.5 })
			.collect()
	};
	let calibration: Vec<Vec<f64>> = (0..300).map(|_| sample()).collect();
	let others: Vec<Vec<f64>> = (0..60).map(|_| sample()).collect();
	let features = (0..6)
		.map(|at| {
			let (low, high) = crate::scales::range(calibration.iter().map(|it| it[at]));
			Affine::covering(low, high)
		})
		.collect();
	let schema = schema(InputQuantisation::PerFeature { features }, &table(calibration));
	assert_eq!(schema.narrow(&table(others.clone())), None);
	for sample in &others {
		assert_eq!(schema.narrow(&table([sample.clone()])), None, "{sample:?}");
	}
	assert!(schema.narrow(&table(scaled(&others, 0.25))).is_some());
}

#[test]
fn bytes_that_count_points_and_few_calibration_samples_say_nothing() {
	let pictures = pictures(200, 1);
	let cuts = InputQuantisation::Cuts { features: vec![vec![0.5, 7.5]; 16] };
	assert_eq!(schema(cuts, &table(pictures.clone())).reach, None);
	let few = &pictures[..ENOUGH - 1];
	assert_eq!(schema(InputQuantisation::per_tensor(few), &table(few.to_vec())).reach, None);
}
