// SPDX-License-Identifier: Apache-2.0
use super::*;
use candor_graph::FloatParameters;
use candor_operators::{Architecture, FloatModel};
use rand::{rngs::StdRng, Rng, SeedableRng};

use crate::{answer::OutputKind, quantise::quantise};

/// A perceptron of three layers of eight neurons, and samples of it. In the layer `bad`, from zero, one
/// weight leaves the others no precision: it weighs nothing, as its neuron is never active.
fn model(bad: Option<usize>) -> (FloatModel, Vec<Vec<f64>>) {
	const WIDTHS: [u32; 4] = [8, 8, 8, 8];
	let mut rng = StdRng::seed_from_u64(3);
	let mut layers: Vec<FloatParameters> = (0..3)
		.map(|_| FloatParameters {
			weights: (0..64).map(|_| rng.gen_range(-0.3..0.4)).collect(),
			biases: (0..8).map(|_| rng.gen_range(0.0..0.1)).collect(),
		})
		.collect();
	if let Some(bad) = bad {
		// The first output of the layer is far below zero whatever the input is.
		layers[bad].weights[0] = -150.0;
		layers[bad].biases[0] = -1.0;
	}
	let samples = (0..40).map(|_| (0..8).map(|_| rng.gen_range(0.5..1.0)).collect()).collect();
	let architecture = Architecture::perceptron(&WIDTHS).expect("small widths");
	(FloatModel { architecture, parameters: layers }, samples)
}

fn losses(float: &FloatModel, samples: &[Vec<f64>]) -> Losses {
	let quantised = quantise(float, samples, OutputKind::Classes).expect("within bounds");
	let samples: Vec<&[f64]> = samples.iter().map(|sample| &sample[..]).collect();
	Losses::new(float, &quantised, &samples).expect("it runs")
}

#[test]
fn shares_of_input_and_nodes_add_up_to_the_whole_loss() {
	let (float, samples) = model(None);
	let losses = losses(&float, &samples);
	assert_eq!((losses.nodes.len(), losses.distributions.len()), (5, 5));
	let shares = core::iter::once(&losses.input).chain(&losses.nodes);
	let sum: f64 = shares.map(|loss| loss.share.expect("integers are not exact")).sum();
	assert!((sum - 1.0).abs() < 1e-9, "{losses:?}");
	for loss in &losses.nodes {
		assert!(loss.error.is_some_and(|error| error > 0.0 && error < 0.05), "{loss:?}");
	}
}

#[test]
fn a_layer_that_was_made_bad_has_the_loss() {
	let (good, samples) = model(None);
	let good = losses(&good, &samples);
	// A layer's sums and their Relu.
	let share = |losses: &Losses, layer: usize| -> f64 {
		let nodes = &losses.nodes[2 * layer..2 * layer + 2];
		nodes.iter().map(|loss| loss.share.expect("integers are not exact")).sum()
	};
	let (float, samples) = model(Some(1));
	let bad = losses(&float, &samples);
	assert!(share(&good, 1) < 0.4 && share(&bad, 1) > 0.6, "{good:?} {bad:?}");
	// Its error is far larger, and those before it know nothing of it.
	assert!(bad.nodes[3].error > good.nodes[3].error.map(|error| 10.0 * error), "{bad:?}");
	let before = |losses: &Losses| [losses.nodes[0].error, losses.nodes[1].error];
	assert_eq!(before(&bad), before(&good));
}

#[test]
fn every_value_stands_in_a_distribution_once() {
	let (float, samples) = model(None);
	for distribution in losses(&float, &samples).distributions {
		let Distribution { low, high, floats, integers } = distribution;
		assert!(low <= high && floats.len() == integers.len());
		for counts in [floats, integers] {
			assert_eq!(counts.iter().sum::<u64>(), 40 * 8);
		}
	}
}
