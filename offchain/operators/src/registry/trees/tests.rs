// SPDX-License-Identifier: Apache-2.0
use super::{shape::Shape, *};
use crate::{Affine, Architecture, InferenceCircuit, InputBlinder, Model, ModelError};
use candor_gadgets::testing::TestSystem;
use candor_graph::{Graph, Shape as Vector, Source, Sums};
use candor_statement::Binding;
use proptest::prelude::*;
use rand::{rngs::StdRng, Rng, SeedableRng};

/// A tree as one would write it down, apart from the layout of parameters.
#[derive(Clone, Debug)]
enum Written {
	Leaf(Vec<i32>),
	Node { feature: u32, threshold: u8, left: Box<Written>, right: Box<Written> },
}

impl Written {
	/// A random tree of at most this depth, which may be a leaf.
	fn random(rng: &mut StdRng, depth: u32, features: u32, outputs: usize, inputs: &[u8]) -> Self {
		if depth == 0 || rng.gen_bool(0.2) {
			return Self::Leaf((0..outputs).map(|_| rng.gen_range(-50_000..50_000)).collect());
		}
		let feature = rng.gen_range(0..features);
		// A value of a sample, one beside it, or any.
		let threshold = match rng.gen_range(0..4) {
			0 => inputs[feature as usize],
			1 => inputs[feature as usize].wrapping_sub(1),
			_ => rng.gen(),
		};
		let mut below = || Box::new(Self::random(rng, depth - 1, features, outputs, inputs));
		Self::Node { feature, threshold, left: below(), right: below() }
	}

	fn run(&self, inputs: &[u8]) -> &[i32] {
		match self {
			Self::Leaf(values) => values,
			Self::Node { feature, threshold, left, right } => {
				let is_left = inputs[*feature as usize] <= *threshold;
				(if is_left { left } else { right }).run(inputs)
			}
		}
	}

	/// The words of the nodes on a level, and the leaves below the last one.
	fn level(&self, level: u32) -> Vec<i32> {
		match (self, level) {
			(Self::Leaf(_), _) => vec![tree::word(0, 255) as i32; 1 << level],
			(Self::Node { feature, threshold, .. }, 0) => {
				vec![tree::word(*feature, *threshold) as i32]
			}
			(Self::Node { left, right, .. }, _) => {
				[left.level(level - 1), right.level(level - 1)].concat()
			}
		}
	}

	/// The shape, as attributes have it.
	fn list(&self) -> Vec<bool> {
		match self {
			Self::Leaf(_) => vec![false],
			Self::Node { left, right, .. } => [vec![true], left.list(), right.list()].concat(),
		}
	}

	/// The words of the nodes that there are on a level.
	fn own_level(&self, level: u32) -> Vec<i32> {
		match (self, level) {
			(Self::Leaf(_), _) => Vec::new(),
			(Self::Node { .. }, 0) => self.level(0),
			(Self::Node { left, right, .. }, _) => {
				[left.own_level(level - 1), right.own_level(level - 1)].concat()
			}
		}
	}

	/// The leaves that there are.
	fn own_leaves(&self) -> Vec<i32> {
		match self {
			Self::Leaf(values) => values.clone(),
			Self::Node { left, right, .. } => [left.own_leaves(), right.own_leaves()].concat(),
		}
	}

	fn leaves(&self, depth: u32) -> Vec<i32> {
		match self {
			Self::Leaf(values) => values.repeat(1 << depth),
			Self::Node { left, right, .. } => {
				[left.leaves(depth - 1), right.leaves(depth - 1)].concat()
			}
		}
	}
}

fn architecture(features: usize, depths: &[u32], outputs: usize) -> Architecture {
	let shape = Vector::vector(features).expect("features");
	let graph = Graph::new(shape, vec![ensemble::node(depths, outputs)]).expect("a node");
	Architecture::new(graph).expect("it fits")
}

fn parameters(trees: &[Written], depths: &[u32]) -> Parameters {
	let trees = || trees.iter().zip(depths.iter().copied());
	let nodes = trees().flat_map(|(tree, depth)| (0..depth).flat_map(move |at| tree.level(at)));
	let leaves = trees().flat_map(|(tree, depth)| tree.leaves(depth));
	Parameters { weights: Vec::new(), biases: nodes.chain(leaves).collect() }
}

/// Random trees with an input, and what they make of it.
struct Example {
	model: Model,
	input: Vec<u8>,
	sums: Vec<i32>,
}

impl Example {
	fn random(seed: u64, depths: &[u32], features: usize, outputs: usize) -> Self {
		let mut rng = StdRng::seed_from_u64(seed);
		let input: Vec<u8> = (0..features)
			.map(|_| match rng.gen_range(0..4) {
				0 => 0,
				1 => 255,
				_ => rng.gen(),
			})
			.collect();
		let trees: Vec<Written> = depths
			.iter()
			.map(|depth| Written::random(&mut rng, *depth, features as u32, outputs, &input))
			.collect();
		let sums =
			(0..outputs).map(|output| trees.iter().map(|tree| tree.run(&input)[output]).sum());
		let sums = sums.collect();
		let architecture = architecture(features, depths, outputs);
		let model = Model::new(architecture, vec![parameters(&trees, depths)]).expect("in bounds");
		Self { model, input, sums }
	}

	/// Trees of shapes of their own, the first of which leans to the right.
	fn leaning(seed: u64, trees: usize, depth: u32, features: usize, outputs: usize) -> Self {
		let mut rng = StdRng::seed_from_u64(seed);
		let input: Vec<u8> = (0..features).map(|_| rng.gen()).collect();
		let mut random =
			|depth| Box::new(Written::random(&mut rng, depth, features as u32, outputs, &input));
		let mut all = Vec::new();
		for tree in 0..trees {
			let (feature, threshold) = ((tree % features) as u32, input[tree % features]);
			let threshold = if tree % 2 == 0 { threshold.wrapping_sub(1) } else { threshold };
			let left = random(if tree == 0 { 0 } else { depth - 1 });
			let right = match tree {
				0 => {
					let (left, right) = (random(0), random(depth - 2));
					Box::new(Written::Node { feature, threshold: 128, left, right })
				}
				_ => random(depth - 1),
			};
			all.push(Written::Node { feature, threshold, left, right });
		}
		let sums = (0..outputs).map(|output| all.iter().map(|tree| tree.run(&input)[output]).sum());
		let sums = sums.collect();
		let node = ensemble::node_of_shapes(all.iter().flat_map(Written::list), outputs);
		let shape = Vector::vector(features).expect("features");
		let graph = Graph::new(shape, vec![node]).expect("a node");
		let architecture = Architecture::new(graph).expect("it fits");
		let nodes = all.iter().flat_map(|tree| (0..depth).flat_map(|at| tree.own_level(at)));
		let leaves = all.iter().flat_map(Written::own_leaves);
		let parameters = Parameters { weights: Vec::new(), biases: nodes.chain(leaves).collect() };
		let model = Model::new(architecture, vec![parameters]).expect("in bounds");
		Self { model, input, sums }
	}

	fn system(&self) -> TestSystem {
		let blinder = InputBlinder::new(Fr::from(5));
		let circuit =
			InferenceCircuit::staged(&self.model, &self.input, &blinder, Binding::default());
		let challenge = candor_gadgets::testing::challenge();
		TestSystem::staged(&circuit.expect("it runs"), &[challenge])
	}
}

fn bytes(width: usize) -> Value {
	Value::bytes(Vector::vector(width).expect("small"))
}

#[test]
fn it_takes_a_list_of_bytes_and_gives_sums() {
	let node = ensemble::node(&[1, 3], 2);
	let output = Trees.output(&node, &[&bytes(7)]).expect("they fit");
	assert_eq!(output.kind, Kind::Sums(Sums { width: 25, rounding: 0 }));
	assert_eq!(output.shape.as_vector(), Some(2));
	assert!(matches!(Trees.output(&node, &[&output]), Err(Misfit::Input { .. })));
	let image = Value::bytes(Vector::new(vec![2, 2]).expect("small"));
	assert!(matches!(Trees.output(&node, &[&image]), Err(Misfit::Input { .. })));
	assert!(matches!(Trees.output(&node, &[&bytes(65_537)]), Err(Misfit::Input { .. })));
	assert!(Trees.output(&node, &[&bytes(65_536)]).is_ok());
}

#[test]
fn attributes_that_it_does_not_know_are_refused() {
	let of = |node: Node| Trees.output(&node, &[&bytes(7)]).map(|value| value.kind);
	let good = || ensemble::node(&[1, 3], 2);
	assert!(of(good()).is_ok());
	for outputs in [0, -1, 473, i64::MAX] {
		let name = ensemble::OUTPUTS;
		assert_eq!(of(good().with(name, outputs)), Err(Misfit::Attribute { name }));
	}
	let name = ensemble::DEPTHS;
	for depths in [vec![], vec![0], vec![2, -1], vec![15], vec![1, i64::MAX]] {
		let mut node = good();
		node.attributes.insert(name.into(), depths);
		assert_eq!(of(node), Err(Misfit::Attribute { name }));
	}
	let name = ensemble::SHAPES;
	let leaning = vec![1, 0, 1, 0, 0];
	let own = |shapes: Vec<i64>| {
		let mut node = Node::new(NAME, [Source::Input]).with("outputs", 1);
		node.attributes.insert(name.into(), shapes);
		node
	};
	assert!(of(own(leaning.clone())).is_ok());
	let complete = vec![1, 1, 0, 0, 1, 0, 0];
	assert!(of(own([&leaning[..], &complete].concat())).is_ok());
	// A leaf alone, one that is neither, one that ends too early, and those that have a depth.
	let too_deep = [[1, 0].repeat(65), vec![0]].concat();
	for shapes in [vec![], vec![0], vec![1, 0, 2], vec![1, 0, 1, 0], complete, too_deep] {
		assert_eq!(of(own(shapes)), Err(Misfit::Attribute { name }));
	}
	assert!(of(own([[1, 0].repeat(64), vec![0]].concat())).is_ok());
	let name = ensemble::DEPTHS;
	let mut both = good();
	both.attributes.insert(ensemble::SHAPES.into(), leaning);
	assert_eq!(of(both), Err(Misfit::Attribute { name }));
	assert_eq!(of(good().with("rounding", 0)), Err(Misfit::Attributes));
	assert_eq!(
		of(Node::new(NAME, [Source::Input]).with("outputs", 1)),
		Err(Misfit::Attribute { name })
	);
}

#[test]
fn trees_of_more_words_than_a_circuit_has_are_refused() {
	let graph = |trees: usize| {
		let shape = Vector::vector(3).expect("features");
		Graph::new(shape, vec![ensemble::node(&vec![MAX_DEPTH; trees], 1)]).expect("a node")
	};
	// 2 * (2^14 - 1) words a tree, and one.
	assert!(Architecture::new(graph(8)).is_ok());
	assert!(Architecture::new(graph(9)).is_err());
}

#[test]
fn parameters_are_checked() {
	let check = |biases: Vec<i32>| {
		let parameters = Parameters { weights: Vec::new(), biases };
		let model = Model::new(architecture(3, &[1, 1], 1), vec![parameters]);
		model.map(|_| ()).map_err(|error| match error {
			ModelError::Layer { fault, .. } => fault,
			other => panic!("{other}"),
		})
	};
	let of = |feature| tree::word(feature, 255) as i32;
	assert_eq!(check(vec![of(0), of(2), 1, -1, 5, 6]), Ok(()));
	assert_eq!(
		check(vec![of(0), 1, -1, 5, 6]),
		Err(ParameterFault::BiasCount { expected: 6, got: 5 })
	);
	for wrong in [of(3), of(65_535), -1, i32::MIN, i32::MAX] {
		assert_eq!(check(vec![0, wrong, 1, -1, 5, 6]), Err(ParameterFault::Node { index: 1 }));
	}
	let (low, high) = (-(1 << 24), (1 << 24) - 1);
	assert_eq!(check(vec![0, 0, high, low, 0, 0]), Ok(()));
	assert_eq!(check(vec![0, 0, high - 7, low + 3, 7, -3]), Ok(()));
	let sums = Err(ParameterFault::Sums { output: 0, width: 25 });
	assert_eq!(check(vec![0, 0, high - 7, 0, 8, -3]), sums);
	assert_eq!(check(vec![0, 0, 0, low + 3, 0, -4]), sums);
	assert_eq!(check(vec![0, 0, i32::MAX, 0, i32::MIN, i32::MIN]), sums);
	let weights = Parameters { weights: vec![1], biases: vec![0, 0, 1, 1, 5, 6] };
	assert!(Model::new(architecture(3, &[1, 1], 1), vec![weights]).is_err());
}

#[test]
fn leaves_that_only_their_total_is_in_range_of_are_added_up() {
	let leaves = [i32::MAX, i32::MAX, i32::MIN, i32::MIN];
	let biases = [vec![0; 4], leaves.iter().flat_map(|leaf| [*leaf; 2]).collect()].concat();
	let trees = Parameters { weights: Vec::new(), biases };
	let model = Model::new(architecture(1, &[1; 4], 1), vec![trees]).expect("in bounds");
	for byte in [0, 255] {
		assert_eq!(model.run(&[byte]), Ok(vec![-2]));
		let example = Example { model: model.clone(), input: vec![byte], sums: vec![-2] };
		assert!(example.system().holds());
	}
}

#[test]
fn a_value_that_equals_a_threshold_turns_left() {
	let stump = Parameters { weights: vec![], biases: vec![tree::word(1, 100) as i32, -7, 7] };
	let model = Model::new(architecture(2, &[1], 1), vec![stump]).expect("in bounds");
	for (value, sum) in [(0, -7), (99, -7), (100, -7), (101, 7), (255, 7)] {
		assert_eq!(model.run(&[0, value]), Ok(vec![sum]), "{value}");
		let example = Example { model: model.clone(), input: vec![0, value], sums: vec![sum] };
		assert!(example.system().holds());
	}
}

#[test]
fn sums_at_both_ends_of_their_range_have_proofs() {
	let (low, high) = (-(1 << 24), (1 << 24) - 1);
	let stump = Parameters { weights: vec![], biases: vec![tree::word(0, 100) as i32, low, high] };
	let model = Model::new(architecture(1, &[1], 1), vec![stump]).expect("in bounds");
	for (value, sum) in [(0, low), (255, high)] {
		let example = Example { model: model.clone(), input: vec![value], sums: vec![sum] };
		assert_eq!(example.model.run(&example.input), Ok(example.sums.clone()));
		assert!(example.system().holds());
	}
}

#[test]
fn constraints_are_as_many_as_the_page_says() {
	println!("| trees | depth | features | outputs | words | constraints | of the node |");
	for (trees, depth, features, outputs) in
		[(1, 1, 4, 1), (50, 4, 30, 1), (50, 6, 30, 1), (100, 4, 64, 10), (50, 4, 30, 11)]
	{
		let architecture = architecture(features, &vec![depth; trees], outputs);
		let scheme = Scheme::Staged;
		let words = architecture.word_count(scheme);
		let all = InferenceCircuit::statistics(&architecture, scheme).constraints;
		let of_node = InferenceCircuit::constraints_of_parts(&architecture, scheme).nodes[0];
		println!("| {trees} | {depth} | {features} | {outputs} | {words} | {all} | {of_node} |");

		let nodes = (1 << depth) - 1;
		let groups = outputs.div_ceil(10);
		assert_eq!(words, trees * nodes * (1 + groups) + groups);
		// Two products and a bit a level, selection of nodes and leaves, and the sums with their signs.
		let selected = nodes - depth as usize + groups * nodes;
		let of_products = trees * (2 * depth as usize + selected) + groups + outputs;
		// Three lookups a level, of the feature in the list of them and of two bytes; three bytes of each sum; and the
		// list.
		let looked_up = trees * 3 * depth as usize + 3 * outputs + features + 1;
		assert_eq!(of_node, of_products + looked_up);
	}
	// Trees of 31 leaves each, however deep they are: a chain, for one.
	let chain = [[true, false].repeat(30), vec![false]].concat();
	let chains = core::iter::repeat_n(chain, 100).flatten();
	let shape = Vector::vector(30).expect("features");
	let graph = Graph::new(shape, vec![ensemble::node_of_shapes(chains, 1)]).expect("a node");
	let of_chains = Architecture::new(graph).expect("it fits");
	assert_eq!(of_chains.word_count(Scheme::Staged), 100 * 2 * 30 + 1);
	let of_node = InferenceCircuit::constraints_of_parts(&of_chains, Scheme::Staged).nodes[0];
	assert_eq!(of_node, 100 * (2 * 30 + 30) + 2 + 100 * 3 * 30 + 3 + 31);
	let of = |trees, depth| {
		let architecture = architecture(30, &vec![depth; trees], 1);
		InferenceCircuit::statistics(&architecture, Scheme::Staged).constraints
	};
	assert_eq!((of(50, 4), of(50, 6)), (3_193, 8_393));
}

#[test]
fn every_cell_is_determined_and_no_forger_changes_one() {
	for (seed, depths, features, outputs) in [
		(1, &[1u32][..], 1, 1),
		(2, &[2, 1], 3, 2),
		(3, &[3, 3, 2], 5, 1),
		(4, &[2], 4, 11),
		(5, &[1, 1, 1], 2, 3),
	] {
		let system = Example::random(seed, depths, features, outputs).system();
		system.assert_every_witness_is_determined();
		system.assert_no_forger_changes_a_cell();
		assert!(system.model_columns_stand_apart(), "{depths:?}");
	}
}

#[test]
fn every_cell_of_trees_of_other_shapes_is_determined_and_no_forger_changes_one() {
	for (seed, trees, depth, features, outputs) in
		[(1, 1, 2, 1, 1), (2, 2, 4, 3, 2), (3, 3, 3, 4, 1), (4, 1, 5, 2, 11)]
	{
		let example = Example::leaning(seed, trees, depth, features, outputs);
		assert_eq!(example.model.run(&example.input), Ok(example.sums.clone()));
		let system = example.system();
		system.assert_every_witness_is_determined();
		system.assert_no_forger_changes_a_cell();
		assert!(system.model_columns_stand_apart(), "{seed}");
	}
}

#[test]
fn another_model_is_another_function() {
	for example in [Example::random(3, &[2, 2], 3, 2), Example::leaning(3, 2, 3, 3, 2)] {
		no_other_model_passes_for(&example);
	}
}

fn no_other_model_passes_for(example: &Example) {
	let system = example.system();
	let reached = |parameters: &Parameters| {
		let other = Model::new(example.model.architecture().clone(), vec![parameters.clone()]);
		other.is_ok_and(|other| other.run(&example.input) == Ok(example.sums.clone()))
	};
	let honest = &example.model.parameters()[0];
	let words = example.model.words(Scheme::Staged);
	for at in 0..honest.biases.len() {
		for by in [1, 255, 256, -256] {
			let mut forged = honest.clone();
			forged.biases[at] += by;
			let Ok(other) = Model::new(example.model.architecture().clone(), vec![forged.clone()])
			else {
				continue;
			};
			// The words of the other model, and the output of this one.
			let of_other = other.words(Scheme::Staged);
			let changed: Vec<_> = (0..words.len())
				.filter(|word| words[*word] != of_other[*word])
				.map(|word| (word, of_other[word]))
				.collect();
			assert!(!changed.is_empty(), "no two models have the same words");
			let holds = system.holds_for_a_forger(&changed, &[]);
			assert!(!holds || reached(&forged), "bias {at} by {by}");
		}
	}
}

mod floats {
	use super::*;

	/// A random ensemble of floats with samples, many of which hit a threshold.
	fn random(
		seed: u64,
		depths: &[u32],
		features: usize,
		outputs: usize,
	) -> (FloatParameters, Vec<Vec<f64>>) {
		let mut rng = StdRng::seed_from_u64(seed);
		let shapes = depths.iter().copied().map(Shape::Complete).collect();
		let ensemble = Ensemble { shapes, outputs, features };
		let mut weights = Vec::new();
		for _ in 0..ensemble.nodes() {
			weights.push(f64::from(rng.gen_range(0..features as u32)));
			let cut = f64::from(rng.gen_range(-20..20)) / 8.0;
			weights.push(if rng.gen_bool(0.1) { f64::INFINITY } else { cut });
		}
		let values = ensemble.leaves() * outputs;
		let biases = (0..values).map(|_| rng.gen_range(-1.0..1.0)).collect();
		let x = |rng: &mut StdRng| f64::from(rng.gen_range(-50..50)) / 16.0;
		let samples = (0..40).map(|_| (0..features).map(|_| x(&mut rng)).collect()).collect();
		(FloatParameters { weights, biases }, samples)
	}

	fn byte(cuts: &[f64], x: f64) -> i32 {
		cuts.iter().filter(|cut| **cut < x).count() as i32
	}

	#[test]
	fn integers_reach_the_leaves_that_floats_reach() {
		for seed in 0..30 {
			let (depths, features, outputs) = (&[3, 1, 4], 4, 1 + seed as usize % 3);
			let (float, samples) = random(seed, depths, features, outputs);
			let architecture = architecture(features, depths, outputs);
			let (function, site) = architecture.layers().next().expect("a node");
			let cuts = function.cuts(&site, &float).expect("trees cut");
			let bytes = |sample: &Vec<f64>| {
				let bytes = cuts.iter().zip(sample).map(|(cuts, x)| byte(cuts, *x));
				Integers::new(bytes.collect())
			};
			let input = Calibration {
				integers: samples.iter().map(bytes).collect(),
				floats: samples,
				steps: vec![1.0; features],
				zeros: vec![0.0; features],
			};
			let (parameters, output) =
				function.quantise(&site, &float, &[&input]).expect("no overflow");
			assert_eq!(function.check(&site, &parameters), Ok(()));
			let unit = output.steps[0];
			for (floats, integers) in output.floats.iter().zip(&output.integers) {
				for (float, integer) in floats.iter().zip(integers.iter()) {
					let apart = (float - f64::from(*integer) * unit).abs();
					assert!(apart <= unit * depths.len() as f64 / 2.0 * 1.001, "{apart} of {unit}");
				}
			}
			assert!(unit < 1e-6, "sums have about 24 bits");
		}
	}

	#[test]
	fn an_affine_function_of_the_sums_goes_into_the_leaves() {
		let (mut float, samples) = random(1, &[2, 1], 3, 2);
		let before = architecture(3, &[2, 1], 2);
		let (function, site) = before.layers().next().expect("a node");
		let sums: Vec<_> = samples.iter().map(|x| function.float(&site, &float, &[x])).collect();
		let by = Affine::layer(FloatParameters {
			weights: vec![1.0, -2.0, 0.5, 3.0, 0.0, 4.0],
			biases: vec![10.0, 0.0, -5.0],
		});
		let mut node = site.node.clone();
		fold(&mut node, &mut float, &by).expect("small");
		assert_eq!(node, ensemble::node(&[2, 1], 3));
		let after = architecture(3, &[2, 1], 3);
		let (function, site) = after.layers().next().expect("a node");
		for (sample, sums) in samples.iter().zip(sums) {
			let expected = [
				sums[0] + 3.0 * sums[1] + 10.0,
				-2.0 * sums[0],
				0.5 * sums[0] + 4.0 * sums[1] - 5.0,
			];
			let got = function.float(&site, &float, &[sample]);
			for (got, expected) in got.iter().zip(expected) {
				assert!((got - expected).abs() < 1e-12, "{got} {expected}");
			}
		}
	}
}

proptest! {
	#[test]
	fn circuit_and_executor_agree_with_trees_as_they_are_written(
		seed: u64,
		depths in prop::collection::vec(1u32..5, 1..5),
		features in 1usize..9,
		outputs in 1usize..4,
	) {
		let example = Example::random(seed, &depths, features, outputs);
		prop_assert_eq!(example.model.run(&example.input), Ok(example.sums.clone()));
		prop_assert!(example.system().holds());
	}

	#[test]
	fn so_they_do_with_trees_of_any_shape(
		seed: u64, trees in 1usize..4, depth in 2u32..6, features in 1usize..6, outputs in 1usize..4,
	) {
		let example = Example::leaning(seed, trees, depth, features, outputs);
		prop_assert_eq!(example.model.run(&example.input), Ok(example.sums.clone()));
		prop_assert!(example.system().holds());
	}
}
