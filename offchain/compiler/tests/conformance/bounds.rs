// SPDX-License-Identifier: Apache-2.0
//! How far integers may be off.

use candor_compiler::{Affine, Compiled, InputQuantisation};
use candor_graph::Parameters;
use candor_operators::{registry::layer_norm, FloatModel, Integers};

/// A step of each of so many features is tried by itself; of more all are moved together, as nothing but pools
/// takes so many.
const FEATURES: usize = 128;

/// The largest byte.
const LARGEST_BYTE: f64 = 255.0;

/// How far each logit of a sample may be off: what a step of the features makes, what a level of the bytes makes
/// that the last layer takes, and what the rounding of its weights does.
pub fn bounds(float: &FloatModel, compiled: &Compiled, sample: &[f64]) -> Vec<f64> {
	let unit = compiled.schema.output_scale;
	let mut bounds = of_features(float, &compiled.schema.input, sample);
	let levels = levels(compiled);
	let (weights, integers) = (float.parameters.last(), compiled.model.parameters().last());
	let (weights, integers) = weights.zip(integers).expect("a layer");
	let outputs = bounds.len();
	// A layer has a column of weights for each output, filters are the same everywhere.
	let columns = if integers.biases.len() == outputs { outputs } else { 1 };
	for (output, bound) in bounds.iter_mut().enumerate() {
		let of_output = || (output % columns..integers.weights.len()).step_by(columns);
		let taken: f64 = of_output().map(|at| f64::from(integers.weights[at]).abs()).sum();
		let rounded = of_output().filter(|at| weights.weights[*at] != 0.0).count() as f64;
		*bound += unit * (levels * taken + 0.5 * LARGEST_BYTE * rounded + 0.5);
	}
	bounds
}

/// What a step of each feature makes of each logit.
fn of_features(float: &FloatModel, input: &InputQuantisation, sample: &[f64]) -> Vec<f64> {
	let step = |feature: usize| match input {
		InputQuantisation::PerTensor { feature: Affine { scale, .. } } => *scale,
		InputQuantisation::PerFeature { features } => features[feature].scale,
		InputQuantisation::Cuts { .. } => 0.0,
	};
	let logits = float.run(sample);
	let mut bounds = vec![0f64; logits.len()];
	let mut add = |moved: [Vec<f64>; 2]| {
		let [down, up] = moved.map(|sample| float.run(&sample));
		for (bound, ((down, up), logit)) in bounds.iter_mut().zip(down.iter().zip(&up).zip(&logits))
		{
			*bound += (down - logit).abs().max((up - logit).abs());
		}
	};
	if sample.len() > FEATURES {
		add([-1.0, 1.0]
			.map(|sign| sample.iter().enumerate().map(|(at, x)| x + sign * step(at)).collect()));
		return bounds;
	}
	for feature in 0..sample.len() {
		add([-1.0, 1.0].map(|sign| {
			let mut moved = sample.to_vec();
			moved[feature] += sign * step(feature);
			moved
		}));
	}
	bounds
}

/// How many levels the bytes are off that the last layer takes: one, and what a step of the sums before changes at
/// most; one where rows are normalised. None where it takes the features.
fn levels(compiled: &Compiled) -> f64 {
	let mut levels: f64 = 0.0;
	for (function, site) in compiled.model.architecture().sites() {
		if site.node.operator == layer_norm::NAME {
			levels += 1.0;
		}
		let rounding = site.inputs.first().and_then(|input| input.sums()).map(|sums| sums.rounding);
		let Some(rounding @ 1..) = rounding else { continue };
		let sums = Integers::new((0..256).map(|byte| byte << rounding).collect());
		let bytes = function.run(&site, &Parameters::NONE, &[&sums]).expect("bytes");
		let steepest = bytes.windows(2).map(|pair| (pair[1] - pair[0]).abs()).max();
		levels += 1.0 + f64::from(steepest.unwrap_or(0));
	}
	levels
}
