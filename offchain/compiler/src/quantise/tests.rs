// SPDX-License-Identifier: Apache-2.0
use super::*;
use candor_graph::Parameters;
use candor_operators::{Architecture, Meaning};
use proptest::prelude::*;
use rand::{rngs::StdRng, Rng, SeedableRng};

/// Quantises a model of which nothing but the number of outputs is known.
fn quantise(float: &FloatModel, samples: &[Vec<f64>]) -> Result<Quantised, QuantiseError> {
	let outputs = float.architecture.output_count();
	let output = OutputKind::of(Meaning::Numbers, outputs, None).expect("told by their number");
	super::quantise(float, samples, output)
}

/// A perceptron with these layers.
fn with_layers(widths: &[u32], parameters: Vec<FloatParameters>) -> FloatModel {
	let architecture = Architecture::perceptron(widths).expect("small widths");
	FloatModel { architecture, parameters }
}

/// A random perceptron, with samples whose feature `i` lies within `ranges[i]`.
fn random(
	widths: &[u32],
	ranges: impl Fn(usize) -> (f64, f64),
	seed: u64,
) -> (FloatModel, Vec<Vec<f64>>) {
	let mut rng = StdRng::seed_from_u64(seed);
	let layers = widths
		.windows(2)
		.map(|pair| {
			let (fan_in, fan_out) = (pair[0] as usize, pair[1] as usize);
			let size = 1.0 / (fan_in as f64).sqrt();
			let mut uniform = |count| (0..count).map(|_| rng.gen_range(-size..size)).collect();
			FloatParameters { weights: uniform(fan_in * fan_out), biases: uniform(fan_out) }
		})
		.collect();
	let samples = (0..60)
		.map(|_| {
			(0..widths[0] as usize)
				.map(|feature| {
					let (low, high) = ranges(feature);
					rng.gen_range(low..high)
				})
				.collect()
		})
		.collect();
	(with_layers(widths, layers), samples)
}

/// The largest difference of a logit, relative to the largest logit.
fn difference(quantised: &Quantised, float: &FloatModel, samples: &[Vec<f64>]) -> f64 {
	let (mut apart, mut largest) = (0f64, 0f64);
	for sample in samples {
		for (a, b) in float.run(sample).into_iter().zip(quantised.run(sample)) {
			apart = apart.max((a - b).abs());
			largest = largest.max(a.abs());
		}
	}
	apart / largest
}

mod scales {
	use super::*;

	#[test]
	fn one_is_enough_for_features_alike() {
		let (float, samples) = random(&[8, 6, 3], |_| (0.0, 1.0), 1);
		let quantised = quantise(&float, &samples).expect("in bounds");
		assert!(matches!(quantised.input, InputQuantisation::PerTensor { .. }));
	}

	#[test]
	fn each_feature_has_its_own_where_sizes_differ() {
		let ranges = |feature| if feature == 0 { (0.0, 10_000.0) } else { (0.0, 1.0) };
		let (mut float, samples) = random(&[8, 6, 3], ranges, 2);
		// The large feature matters no more than the others.
		float.parameters[0].weights[..6].iter_mut().for_each(|weight| *weight /= 10_000.0);
		let quantised = quantise(&float, &samples).expect("in bounds");
		assert!(matches!(quantised.input, InputQuantisation::PerFeature { .. }));
		assert!(difference(&quantised, &float, &samples) < 0.03);
	}

	#[test]
	fn years_are_told_apart() {
		let ranges = |feature| if feature == 0 { (1990.0, 2020.0) } else { (-1.0, 1.0) };
		let (mut float, samples) = random(&[4, 8, 2], ranges, 3);
		// A standardisation that the first layer has taken in.
		let FloatParameters { weights, biases } = &mut float.parameters[0];
		for (weight, bias) in weights[..8].iter_mut().zip(biases) {
			*weight /= 15.0;
			*bias -= *weight * 2005.0;
		}
		let quantised = quantise(&float, &samples).expect("in bounds");
		assert!(difference(&quantised, &float, &samples) < 0.03);
	}
}

mod constants {
	use super::*;

	/// How many samples get the float model's answer.
	fn agreeing(quantised: &Quantised, float: &FloatModel, samples: &[Vec<f64>]) -> usize {
		quantised.losses(float, samples, OutputKind::Classes).agreeing
	}

	/// Six features of very different size, and one more that `seventh` makes.
	fn with_a_seventh(seventh: impl Fn(usize) -> f64, weight: f64) -> (FloatModel, Vec<Vec<f64>>) {
		const SIZES: [f64; 6] = [10_000.0, 1.0, 1.0, 0.1, 50.0, 1.0];
		let (mut float, mut samples) = random(&[7, 8, 3], |_| (0.0, 1.0), 5);
		for (row, size) in float.parameters[0].weights.chunks_exact_mut(8).zip(SIZES) {
			row.iter_mut().for_each(|w| *w /= size);
		}
		float.parameters[0].weights[48..].iter_mut().for_each(|w| *w *= weight);
		for (at, sample) in samples.iter_mut().enumerate() {
			sample.iter_mut().zip(SIZES).for_each(|(x, size)| *x *= size);
			sample[6] = seventh(at);
		}
		// A standardisation that the first layer has taken in.
		let FloatParameters { weights, biases } = &mut float.parameters[0];
		for (weight, bias) in weights[48..].iter().zip(biases) {
			*bias -= weight * seventh(0);
		}
		// Each class is the answer to about as many samples as the others.
		let outputs: Vec<_> = samples.iter().map(|sample| float.run(sample)).collect();
		for class in 0..3 {
			let mut logits: Vec<f64> = outputs.iter().map(|output| output[class]).collect();
			logits.sort_unstable_by(f64::total_cmp);
			float.parameters[1].biases[class] -= logits[logits.len() / 2];
		}
		(float, samples)
	}

	#[test]
	fn cost_the_others_nothing() {
		for value in [0.0, 1.0, -3.5, 20_000.0, 1e9] {
			for weight in [1.0, 100.0] {
				let (float, samples) = with_a_seventh(|_| value, weight);
				let quantised = quantise(&float, &samples).expect("in bounds");
				let agreeing = agreeing(&quantised, &float, &samples);
				assert!(agreeing >= 59, "{value} {weight}: {agreeing} of 60");
				assert!(difference(&quantised, &float, &samples) < 0.05, "{value} {weight}");
			}
		}
	}

	#[test]
	fn that_only_seem_to_vary_cost_the_others_nothing() {
		for (value, noise) in [(0.0, 1e-12), (5e6, 1e-3), (1e9, 1e-7), (-2005.0, 1e-9)] {
			let seventh = |at: usize| value + noise * (at % 3) as f64;
			let (float, samples) = with_a_seventh(seventh, 1.0);
			let quantised = quantise(&float, &samples).expect("in bounds");
			let agreeing = agreeing(&quantised, &float, &samples);
			assert!(agreeing >= 59, "{value} {noise}: {agreeing} of 60");
		}
	}

	#[test]
	fn still_count_where_they_vary_later() {
		let (float, samples) = with_a_seventh(|_| 0.0, 1.0);
		let quantised = quantise(&float, &samples).expect("in bounds");
		let InputQuantisation::PerFeature { features } = &quantised.input else {
			panic!("sizes differ")
		};
		let (low, high) = features[6].range();
		assert!(low < 0.0 && high > 0.0, "{low}..{high}");
		let mut sample = samples[0].clone();
		sample[6] = high / 4.0;
		let (before, after) = (float.run(&samples[0]), float.run(&sample));
		let (was, is) = (quantised.run(&samples[0]), quantised.run(&sample));
		for class in 0..3 {
			let moved = after[class] - before[class];
			let apart = (is[class] - was[class] - moved).abs();
			assert!(apart <= 0.1 * moved.abs().max(1.0), "{apart} of {moved}");
		}
	}

	#[test]
	fn only_are_a_model_all_the_same() {
		let (float, _) = random(&[3, 4, 2], |_| (0.0, 1.0), 8);
		for value in [0.0, 7.5, -1e9] {
			let samples = vec![vec![value; 3]; 5];
			let quantised = quantise(&float, &samples).expect("in bounds");
			assert!(difference(&quantised, &float, &samples) < 0.01, "{value}");
		}
	}

	#[test]
	fn an_outlier_does_not_cost_the_others_their_answers() {
		for outlier in [1e9, -9999.0 * 1e3] {
			let seventh = |at: usize| if at == 17 { outlier } else { (at % 7) as f64 / 7.0 };
			let (float, samples) = with_a_seventh(seventh, 1.0);
			let quantised = quantise(&float, &samples).expect("in bounds");
			let agreeing = agreeing(&quantised, &float, &samples);
			assert!(agreeing >= 55, "{outlier}: {agreeing} of 60");
		}
	}

	#[test]
	fn what_costs_others_their_precision_is_named() {
		let layer = Parameters { weights: vec![1, -2, 127, 3, 2, 1], biases: vec![0; 2] };
		let last = Parameters { weights: vec![5, 6, 7, 8], biases: vec![0; 2] };
		let architecture = "3-2-2".parse().expect("an architecture");
		let model = Model::new(architecture, vec![layer, last]).expect("in bounds");
		assert_eq!(dominant_inputs(&model), [Dominant { layer: 1, input: 2 }]);
	}
}

mod model {
	use super::*;

	#[test]
	fn a_layer_of_zeros_is_a_layer_of_zeros() {
		let layer =
			|n: usize, m| FloatParameters { weights: vec![0.0; n * m], biases: vec![0.0; m] };
		let float = with_layers(&[2, 3, 2], vec![layer(2, 3), layer(3, 2)]);
		let samples = vec![vec![0.0, 1.0], vec![2.0, -1.0]];
		let quantised = quantise(&float, &samples).expect("in bounds");
		assert_eq!(quantised.run(&samples[0]), [0.0, 0.0]);
	}

	#[test]
	fn a_bias_beyond_everything_shrinks_the_weights() {
		let layer = FloatParameters { weights: vec![1.0, -1.0], biases: vec![1e6] };
		let float = with_layers(&[2, 1], vec![layer]);
		let samples = vec![vec![0.0, 1.0], vec![1.0, 0.0]];
		let quantised = quantise(&float, &samples).expect("in bounds");
		assert!(difference(&quantised, &float, &samples) < 1e-4);
	}

	#[test]
	fn the_last_layer_fills_its_bytes() {
		let (float, samples) = random(&[16, 3], |_| (-2.0, 2.0), 4);
		let quantised = quantise(&float, &samples).expect("in bounds");
		let weights = &quantised.model.parameters()[0].weights;
		assert_eq!(weights.iter().map(|weight| weight.abs()).max(), Some(127));
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(48))]

		#[test]
		fn is_close_to_the_float_one(
			widths in prop::collection::vec(1u32..40, 2..=4),
			low in -3f64..3.0,
			width in 0.5f64..5.0,
			seed: u64,
		) {
			let (float, samples) = random(&widths, |_| (low, low + width), seed);
			let quantised = quantise(&float, &samples).expect("in bounds");
			prop_assert!(difference(&quantised, &float, &samples) < 0.08);
			let again = quantise(&float, &samples).expect("in bounds");
			prop_assert_eq!(quantised, again);
		}

		#[test]
		fn keeps_its_bounds_whatever_the_weights(
			weights in prop::collection::vec(-1e9f64..1e9, 6),
			tiny in prop::collection::vec(-1e-9f64..1e-9, 6),
			biases in prop::collection::vec(-1e12f64..1e12, 2),
			samples in prop::collection::vec(prop::collection::vec(-1e5f64..1e5, 3), 1..5),
		) {
			for (first, second) in [(&weights, &tiny), (&tiny, &weights)] {
				let layers = vec![
					FloatParameters { weights: first.clone(), biases: biases.clone() },
					FloatParameters { weights: second.clone(), biases: vec![0.0; 3] },
				];
				let float = with_layers(&[3, 2, 3], layers);
				prop_assert!(quantise(&float, &samples).is_ok());
			}
		}
	}
}

mod fitted {
	use super::*;
	use candor_graph::{Graph, Node};
	use candor_operators::registry::table::{self, Curve, Grid, Slope};

	const GRID: Grid = Grid { exponent: 4, zero: 128 };

	/// A random perceptron with a curve in the place of ReLU, whose first weights are so much larger.
	fn with_curve(curve: Curve, size: f64) -> (FloatModel, Vec<Vec<f64>>) {
		let (mut float, samples) = random(&[8, 12, 6, 3], |_| (-2.0, 2.0), 7);
		float.parameters[0].weights.iter_mut().for_each(|weight| *weight *= size);
		(curved(float, curve), samples)
	}

	/// A perceptron with a curve in the place of ReLU.
	fn curved(mut float: FloatModel, curve: Curve) -> FloatModel {
		let graph = float.architecture.graph();
		let curved = |node: &Node| match node.operator.as_str() {
			"relu" => table::node(node.inputs[0], curve, GRID),
			_ => node.clone(),
		};
		let nodes = graph.nodes().iter().map(curved).collect();
		let graph = Graph::new(graph.input().clone(), nodes).expect("in order");
		float.architecture = Architecture::new(graph).expect("it fits");
		float
	}

	fn operators(quantised: &Quantised) -> Vec<&str> {
		let nodes = quantised.model.architecture().graph().nodes();
		nodes.iter().map(|node| node.operator.as_str()).collect()
	}

	#[test]
	fn integers_follow_every_curve_whatever_the_size_of_the_weights() {
		let slope = Slope::of(0.1).expect("small");
		let mut worse = Vec::new();
		for curve in [
			Curve::Sigmoid,
			Curve::Tanh,
			Curve::Gelu,
			Curve::GeluTanh,
			Curve::Silu,
			Curve::HardSwish,
			Curve::Mish,
			Curve::Softplus,
			Curve::Softsign,
			Curve::Clip,
			Curve::Elu(slope),
			Curve::Leaky(slope),
		] {
			for size in [0.01, 1.0, 30.0] {
				let (float, samples) = with_curve(curve, size);
				let quantised = quantise(&float, &samples).expect("in bounds");
				let off = difference(&quantised, &float, &samples);
				// Its ends are so slow that steep sums need a wide grid.
				let bound = if curve == Curve::Softsign { 0.1 } else { 0.06 };
				if off >= bound {
					worse.push((curve, size, off));
				}
			}
		}
		assert_eq!(worse, []);
	}

	#[test]
	fn the_exponent_follows_the_size_of_the_sums() {
		let exponent = |size: f64| {
			let (float, samples) = with_curve(Curve::Softplus, size);
			let quantised = quantise(&float, &samples).expect("in bounds");
			let exponent = quantised.model.architecture().graph().nodes()[1].integer("exponent");
			exponent.expect("it has one")
		};
		let exponents = [0.01, 1.0, 30.0, 1e4, 1e7].map(exponent);
		assert!(exponents.is_sorted_by(|a, b| a > b), "{exponents:?}");
	}

	#[test]
	fn a_clip_becomes_relu_where_the_weights_allow_that() {
		let of = |size: f64| {
			let (float, samples) = with_curve(Curve::Clip, size);
			quantise(&float, &samples).expect("in bounds")
		};
		let flat = of(0.3);
		assert_eq!(operators(&flat)[1], "relu");
		let steep = of(30.0);
		assert_eq!(operators(&steep)[1], "table");
	}

	/// Large weights whose products nearly cancel, of inputs that are bytes.
	#[test]
	fn fewer_bits_are_dropped_where_weights_set_the_unit() {
		let first =
			FloatParameters { weights: vec![100.0, -50.0, -100.0, 50.0], biases: vec![0.0; 2] };
		let second = FloatParameters { weights: vec![1.0, -0.5], biases: vec![0.0] };
		let float = curved(with_layers(&[2, 2, 1], vec![first, second]), Curve::Silu);
		let byte = |at: i32| f64::from(at.clamp(0, 255)) / 255.0;
		let samples: Vec<Vec<f64>> =
			(0..=255).map(|at| vec![byte(at), byte(at + at % 11 - 5)]).collect();
		let quantised = quantise(&float, &samples).expect("in bounds");
		let nodes = quantised.model.architecture().graph().nodes();
		let dropped = nodes[0].integer("rounding").expect("it has one");
		assert!((1..5).contains(&dropped), "{dropped}");
		let off = difference(&quantised, &float, &samples);
		assert!(off < 0.02, "{off}");
	}

	#[test]
	fn the_same_samples_give_the_same_tables() {
		let (float, samples) = with_curve(Curve::Gelu, 1.0);
		let again = || quantise(&float, &samples).expect("in bounds");
		assert_eq!(again(), again());
	}
}

#[test]
fn a_neuron_that_never_fires_leaves_the_others_their_precision() {
	let first = FloatParameters { weights: vec![1.0, -1.0], biases: vec![0.0, -0.5] };
	let second = FloatParameters { weights: vec![0.5, 1_000.0], biases: vec![0.25] };
	let float = with_layers(&[1, 2, 1], vec![first, second]);
	let by = |count: u32| {
		let samples: Vec<_> =
			(0..count).map(|at| vec![f64::from(at) / f64::from(count - 1)]).collect();
		let quantised = quantise(&float, &samples).expect("in bounds");
		difference(&quantised, &float, &samples)
	};
	assert!(by(101) < 0.01, "{}", by(101));
	// A few samples do not tell that it never does.
	assert!(by(8) > 0.1, "{}", by(8));
}
