// SPDX-License-Identifier: Apache-2.0
//! Models and inputs for tests.

use candor_graph::{Parameters, WEIGHT_MAX};
use proptest::prelude::*;
use rand::{rngs::StdRng, Rng, SeedableRng};

use crate::{
	registry::{conv, dense::Layer},
	Architecture, Model,
};

/// How the parameters of an extreme model are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
	/// All zero.
	Zero,
	/// All at the upper bound.
	Highest,
	/// All at the lower bound.
	Lowest,
	/// Weights at one end, biases at the other.
	Opposed,
}

impl Fill {
	/// All of them.
	pub const ALL: [Self; 4] = [Self::Zero, Self::Highest, Self::Lowest, Self::Opposed];

	/// The signs of weights and biases.
	fn signs(self) -> (i32, i32) {
		match self {
			Self::Zero => (0, 0),
			Self::Highest => (1, 1),
			Self::Lowest => (-1, -1),
			Self::Opposed => (1, -1),
		}
	}
}

/// A random model of any architecture, whose weights are small enough for activations of all kinds.
///
/// # Panics
///
/// Where an operator has other parameters than weights, biases and what is put around channels.
pub fn filled_by(architecture: Architecture, seed: u64) -> Model {
	let mut rng = StdRng::seed_from_u64(seed);
	let mut parameters = Vec::new();
	for (function, site) in architecture.layers() {
		let layout = (site.node.operator == conv::NAME).then(|| conv::Layout::at(&site));
		let layer = layout.map_or_else(|| Layer::of(&site), |layout| layout.layer);
		let outputs = layer.fan_out * layout.map_or(1, |layout| layout.groups);
		let weights = layer.fan_in * outputs;
		let biases = function.parameter_count(&site) - weights;
		parameters.push(Parameters {
			weights: (0..weights).map(|_| rng.gen_range(-40..=40)).collect(),
			biases: (0..biases).map(|_| rng.gen_range(-255..=255)).collect(),
		});
	}
	Model::new(architecture, parameters).expect("within bounds")
}

/// A model with an input that fits it.
#[derive(Clone, Debug)]
pub struct TestModel {
	/// The model, a perceptron.
	pub model: Model,
	/// The input.
	pub input: Vec<u8>,
}

impl TestModel {
	fn new(
		architecture: Architecture,
		input: impl FnMut(usize) -> u8,
		mut layer: impl FnMut(&Layer) -> Parameters,
	) -> Self {
		let input = (0..architecture.input_len()).map(input).collect();
		let layers = architecture.layers().map(|(_, site)| layer(&Layer::of(&site))).collect();
		let model = Model::new(architecture, layers).expect("within bounds");
		Self { model, input }
	}

	/// A model whose parameters are all at their bounds; the input is all 255.
	///
	/// # Panics
	///
	/// Where the name is not that of a perceptron.
	pub fn filled(architecture: &str, fill: Fill) -> Self {
		Self::fill(architecture.parse().expect("an architecture"), fill)
	}

	/// As [`Self::filled`], of any architecture whose layers are dense.
	pub fn fill(architecture: Architecture, fill: Fill) -> Self {
		let (weight, bias) = fill.signs();
		Self::new(
			architecture,
			|_| 255,
			|layer| Parameters {
				weights: vec![(weight * WEIGHT_MAX) as i8; layer.fan_in * layer.fan_out],
				biases: vec![bias * layer.bias_max(); layer.fan_out],
			},
		)
	}

	/// A random model of a size that makes activations of all kinds.
	///
	/// # Panics
	///
	/// Where the name is not that of a perceptron.
	pub fn seeded(architecture: &str, seed: u64) -> Self {
		Self::random(architecture.parse().expect("an architecture"), seed)
	}

	/// As [`Self::seeded`], of any architecture whose layers are dense.
	pub fn of(architecture: Architecture, seed: u64) -> Self {
		Self::random(architecture, seed)
	}

	fn random(architecture: Architecture, seed: u64) -> Self {
		let mut rng = StdRng::seed_from_u64(seed);
		let mut inputs = rng.clone();
		let max = WEIGHT_MAX as i8;
		Self::new(
			architecture,
			|_| match inputs.gen_range(0..4) {
				0 => 0,
				1 => 255,
				_ => inputs.gen(),
			},
			|layer| {
				// Some layers stay small, so that activations do not saturate.
				let range = [3, 40, max][rng.gen_range(0..3)];
				let bias = layer.bias_max() / [1, 16, 256][rng.gen_range(0..3)];
				let extreme = rng.gen_bool(0.2);
				let weights = (0..layer.fan_in * layer.fan_out)
					.map(|_| match extreme {
						true => [-max, max][usize::from(rng.gen::<bool>())],
						false => rng.gen_range(-range..=range),
					})
					.collect();
				let biases = (0..layer.fan_out)
					.map(|_| match extreme {
						true => [-bias, bias][usize::from(rng.gen::<bool>())],
						false => rng.gen_range(-bias..=bias),
					})
					.collect();
				Parameters { weights, biases }
			},
		)
	}

	/// Any small model with an input.
	///
	/// # Panics
	///
	/// Never: the widths are small enough.
	pub fn any() -> impl Strategy<Value = Self> {
		let widths = prop::collection::vec(1u32..24, 2..=4);
		(widths, any::<u64>()).prop_map(|(widths, seed)| {
			Self::random(Architecture::perceptron(&widths).expect("small widths"), seed)
		})
	}
}
