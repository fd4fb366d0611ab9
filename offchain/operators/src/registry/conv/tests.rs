// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{
	registry::{dense, join, max_pool, relu, sum_pool},
	testing::filled_by,
	Architecture, Awaiting, InferenceCircuit, InputBlinder, Model, ModelBlinder, Window,
};
use candor_gadgets::{
	testing::{challenge, TestSystem},
	StagedCircuit, System,
};
use candor_graph::Graph;
use candor_statement::Binding;
use rand::{rngs::StdRng, Rng, SeedableRng};

/// A convolution, the shape of its image, and the groups.
fn filters(window: Window, groups: usize, outputs: usize) -> Filters {
	let weights = outputs * window.channels / groups * window.kernel.iter().product::<usize>();
	let layer = FloatParameters { weights: vec![0.5; weights], biases: vec![0.0; outputs] };
	Filters::new(window, groups, layer)
}

fn window(channels: usize, image: [usize; 2], kernel: [usize; 2]) -> Window {
	Window { kernel, ..Window::pointwise(channels, image) }
}

/// Strides, dilations, pads, groups, one row, one window, windows that leave a border out.
fn shapes() -> Vec<Filters> {
	let plain = filters(window(2, [4, 5], [2, 3]), 1, 3);
	let padded = Window { before: [1, 2], behind: [0, 1], ..window(2, [3, 3], [2, 2]) };
	let stridden = Window { strides: [2, 3], ..window(1, [7, 8], [3, 2]) };
	let dilated = Window { dilations: [2, 3], strides: [1, 2], ..window(1, [6, 8], [3, 2]) };
	let all = Window {
		strides: [2, 2],
		dilations: [1, 3],
		before: [2, 1],
		behind: [1, 3],
		..window(4, [5, 6], [3, 3])
	};
	let signal = Window { before: [0, 1], ..window(3, [1, 9], [1, 4]) };
	vec![
		plain,
		filters(padded, 1, 12),
		filters(stridden, 1, 2),
		filters(dilated, 1, 2),
		filters(all.trimmed(), 2, 6),
		filters(window(3, [3, 3], [1, 1]), 3, 3),
		filters(signal, 1, 14),
		filters(window(2, [3, 3], [3, 3]), 1, 13),
	]
}

/// A node with its value and its input's.
struct Test {
	node: Node,
	input: Value,
	output: Value,
}

impl Test {
	fn new(filters: &Filters, is_rounded: bool) -> Self {
		let Window { channels, image: [rows, columns], .. } = filters.window;
		let input = Value::bytes(Shape::vector(channels * rows * columns).expect("small"));
		let fan_in = filters.layer.weights.len() / filters.channels();
		let rounding = if is_rounded { dense::shift(fan_in) } else { 0 };
		let node = node(Source::Input, filters, rounding);
		let output = Conv.output(&node, &[&input]).expect("it fits");
		Self { node, input, output }
	}

	fn site(&self) -> Site<'_> {
		Site { node: &self.node, inputs: vec![&self.input], output: &self.output }
	}

	fn layout(&self) -> Layout {
		Layout::at(&self.site())
	}

	fn parameters(&self, seed: u64) -> Parameters {
		let layout = self.layout();
		let mut rng = StdRng::seed_from_u64(seed);
		let (bias, pad) = (layout.layer.bias_max(), layout.pad_max());
		let biases = (0..layout.outputs()).map(|_| rng.gen_range(-bias..=bias));
		let mut biases: Vec<i32> = biases.collect();
		biases.extend((0..layout.pads()).map(|_| rng.gen_range(-pad..=pad)));
		let weights = (0..layout.weights()).map(|_| rng.gen_range(-127..=127)).collect();
		Parameters { weights, biases }
	}

	fn bytes(&self, seed: u64) -> Integers {
		let mut rng = StdRng::seed_from_u64(seed);
		let bytes = (0..self.input.shape.elements()).map(|_| rng.gen_range(0..=255));
		Integers::new(bytes.collect())
	}
}

/// The definition of ONNX, with wide integers and an index for everything.
fn by_the_book(layout: &Layout, parameters: &Parameters, x: &[i32]) -> Vec<i128> {
	let Window { channels, image: [height, width], kernel, strides, dilations, before, .. } =
		layout.window;
	let [rows, columns] = layout.window.outputs();
	let outputs = layout.outputs();
	let (of_group, outputs_of_group) = (channels / layout.groups, outputs / layout.groups);
	let mut sums = Vec::new();
	for o in 0..outputs {
		for i in 0..rows {
			for j in 0..columns {
				let mut sum = i128::from(parameters.biases[o]);
				for c in 0..of_group {
					let channel = o / outputs_of_group * of_group + c;
					for a in 0..kernel[0] {
						for b in 0..kernel[1] {
							let row = (i * strides[0] + a * dilations[0]) as i64 - before[0] as i64;
							let column =
								(j * strides[1] + b * dilations[1]) as i64 - before[1] as i64;
							let is_inside = (0..height as i64).contains(&row)
								&& (0..width as i64).contains(&column);
							let at = channel as i64 * (height * width) as i64
								+ row * width as i64 + column;
							let value = match is_inside {
								true => x[at as usize],
								false => parameters.biases[outputs + channel],
							};
							let weight = ((o * of_group + c) * kernel[0] + a) * kernel[1] + b;
							sum += i128::from(parameters.weights[weight]) * i128::from(value);
						}
					}
				}
				sums.push(sum);
			}
		}
	}
	sums
}

#[test]
fn integers_are_those_of_the_definition() {
	for filters in shapes() {
		let test = Test::new(&filters, true);
		for seed in 0..4 {
			let (parameters, bytes) = (test.parameters(seed), test.bytes(seed));
			assert_eq!(Conv.check(&test.site(), &parameters), Ok(()));
			let sums = Conv.run(&test.site(), &parameters, &[&bytes]).expect("in range");
			let sums: Vec<i128> = sums.iter().map(|sum| (*sum).into()).collect();
			assert_eq!(sums, by_the_book(&test.layout(), &parameters, &bytes));
		}
	}
}

#[test]
fn floats_are_those_of_the_integers() {
	for filters in shapes() {
		let test = Test::new(&filters, true);
		let (parameters, bytes) = (test.parameters(1), test.bytes(1));
		let floats = FloatParameters {
			weights: parameters.weights.iter().map(|weight| f64::from(*weight)).collect(),
			biases: parameters.biases.iter().map(|bias| f64::from(*bias)).collect(),
		};
		let x = bytes.iter().map(|byte| f64::from(*byte)).collect();
		let sums = Conv.run(&test.site(), &parameters, &[&bytes]).expect("in range");
		let sums: Vec<f64> = sums.iter().map(|sum| f64::from(*sum)).collect();
		assert_eq!(Conv.float(&test.site(), &floats, &[&x]), sums);
	}
}

/// A node alone, its words being the model and its bytes public.
struct Alone<'a> {
	test: &'a Test,
	method: Method,
	scheme: Scheme,
	parameters: Parameters,
	bytes: Integers,
}

impl StagedCircuit for Alone<'_> {
	type Model = Vec<Cell>;
	type StageOne = Awaiting;

	fn challenges(&self) -> u8 {
		self.scheme.challenges()
	}

	fn model(&self, cs: &System) -> Synthesis<Vec<Cell>> {
		let words = self.method.words(&self.test.layout(), &self.parameters, self.scheme);
		words.into_iter().map(|word| Cell::witness(cs, Some(word))).collect()
	}

	fn stage_one(&self, cs: &System, words: Vec<Cell>) -> Synthesis<Awaiting> {
		let mut sheet = Sheet::new(cs, self.scheme);
		let byte = |byte: &i32| {
			let public = Cell::public(cs, Some(Fr::from(*byte)))?;
			let own = Sum::from(Cell::witness(cs, public.value)?);
			own.clone().enforce_equal(cs, public)?;
			Ok(own)
		};
		let bytes = self.bytes.iter().map(byte).collect::<Synthesis<Vec<_>>>()?;
		let layout = self.test.layout();
		let sums = self.method.constrain(&mut sheet, &layout, &words, &bytes)?;
		let expected = by_the_book(&layout, &self.parameters, &self.bytes);
		let offset = i128::from(layout.layer.sums.offset());
		let sums = sums.into_iter().flatten().collect::<Vec<_>>();
		assert_eq!(sums.len(), expected.len());
		for (limb, expected) in sums.iter().zip(expected) {
			let raised = u64::try_from(expected + offset).expect("in range");
			assert_eq!(limb.raised().value, Some(raised.into()));
		}
		sheet.close()
	}

	fn rest(&self, _: &System, awaiting: Awaiting, challenges: &[Cell]) -> Synthesis<()> {
		awaiting.prove(challenges)
	}
}

impl Alone<'_> {
	fn system(&self, challenge: Fr) -> TestSystem {
		let challenges = [challenge];
		TestSystem::staged(self, &challenges[..self.challenges().into()])
	}
}

/// The methods under the schemes that have them.
const METHODS: [(Scheme, Method); 4] = [
	(Scheme::Hashed, Method::Direct),
	(Scheme::Committed, Method::Direct),
	(Scheme::Staged, Method::Direct),
	(Scheme::Staged, Method::Polynomials),
];

#[test]
fn constraints_and_integers_are_one_function() {
	for filters in shapes() {
		for (scheme, method) in METHODS {
			for is_rounded in [false, true] {
				let test = Test::new(&filters, is_rounded);
				let (parameters, bytes) = (test.parameters(3), test.bytes(3));
				let alone = Alone { test: &test, method, scheme, parameters, bytes };
				let system = alone.system(challenge());
				assert!(system.holds(), "{:?} by {method:?}", filters.window);
				system.assert_every_witness_is_determined();
				assert!(system.model_columns_stand_apart());
			}
		}
	}
}

#[test]
fn the_cost_is_that_of_the_constraints() {
	for filters in shapes() {
		for method in [Method::Direct, Method::Polynomials] {
			let test = Test::new(&filters, true);
			let (parameters, bytes) = (test.parameters(3), test.bytes(3));
			let scheme = Scheme::Staged;
			let alone = Alone { test: &test, method, scheme, parameters, bytes };
			let all = alone.system(challenge()).constraints();
			let layout = test.layout();
			// What the sums cost in both.
			let sums =
				TestSystem::staged(&Alone { method: Method::Direct, ..alone }, &[challenge()]);
			let sums = sums.constraints() - direct::cost(&layout, scheme);
			let (cost, exact) = match method {
				Method::Direct => (direct::cost(&layout, scheme), all - sums),
				Method::Polynomials => (polynomials::cost(&layout, scheme), all - sums),
			};
			assert!(cost >= exact, "{cost} and {exact} for {:?}", filters.window);
			// The zeroth power and coefficients at it are for nothing.
			assert!(
				cost - exact <= 3 + 2 * layout.layer.fan_in + 4 * filters.channels(),
				"{cost} {exact}"
			);
		}
	}
}

#[test]
fn no_forger_who_knows_the_challenge_changes_a_cell() {
	let small = Window { strides: [2, 1], before: [1, 0], ..window(2, [2, 3], [2, 2]) };
	for filters in [filters(window(1, [2, 3], [2, 2]), 1, 2), filters(small.trimmed(), 2, 4)] {
		for method in [Method::Direct, Method::Polynomials] {
			for is_rounded in [false, true] {
				let test = Test::new(&filters, is_rounded);
				let (parameters, bytes) = (test.parameters(5), test.bytes(5));
				let scheme = Scheme::Staged;
				let alone = Alone { test: &test, method, scheme, parameters, bytes };
				alone.system(challenge()).assert_no_forger_changes_a_cell();
			}
		}
	}
}

/// A wrong sum, made up for by a coefficient that no window looks at, passes at a challenge that was
/// known beforehand, and at no other.
#[test]
fn a_sum_that_is_made_up_for_at_a_challenge_that_was_known() {
	let filters = filters(window(1, [2, 3], [2, 2]), 1, 1);
	let test = Test::new(&filters, false);
	let parameters = Parameters { weights: vec![1, 2, 3, 4], biases: vec![0] };
	let bytes = Integers::new(vec![1, 2, 3, 4, 5, 6]);
	let (method, scheme) = (Method::Polynomials, Scheme::Staged);
	let alone = Alone { test: &test, method, scheme, parameters, bytes };
	let known = challenge();
	let system = alone.system(known);
	let first = system.blocks().model + alone.bytes.len();
	// The exponents of windows are 4 and 5; 0 to 3 stand before them, each a cell of its own.
	let expected = [4, 4 * 2 + 3, 4 * 3 + 3 * 2, 3 * 3 + 2 + 16];
	for (exponent, expected) in expected.into_iter().enumerate() {
		assert_eq!(system.witness(first + exponent), Fr::from(expected));
	}
	let lowest_byte = first + 4;
	let forged = [
		(lowest_byte, system.witness(lowest_byte) + Fr::from(1)),
		(first + 3, system.witness(first + 3) - known),
	];
	let alone_wrong = &forged[..1];
	assert!(!system.holds_for_a_forger(alone_wrong, &[]));
	assert!(system.holds_for_a_forger(&forged, &[]), "the challenge is all that stands in the way");
	for later in 1..20u64 {
		let system = alone.system(known + Fr::from(later));
		assert!(!system.holds_for_a_forger(&forged, &[]));
	}
}

#[test]
fn it_takes_an_image_of_bytes_and_gives_sums_of_images() {
	let filters = &shapes()[0];
	let test = Test::new(filters, true);
	assert_eq!(test.output.shape.dims(), [3, 3, 3]);
	let of = |node: &Node| Conv.output(node, &[&test.input]).map(|_| ());
	assert_eq!(of(&test.node), Ok(()));
	assert!(matches!(Conv.output(&test.node, &[&test.output]), Err(Misfit::Input { .. })));
	for (name, wrong) in
		[(GROUPS, 0), (GROUPS, 2), (GROUPS, -1), (GROUPS, 3), (ROUNDING, -1), (ROUNDING, 33)]
	{
		let node = test.node.clone().with(name, wrong);
		assert_eq!(of(&node), Err(Misfit::Attribute { name }), "{wrong}");
	}
	for wrong in [0, -1, i64::MAX] {
		let node = test.node.clone().with(OUTPUTS, wrong);
		assert!(matches!(of(&node), Err(Misfit::Width { .. })), "{wrong}");
	}
	assert_eq!(of(&test.node.clone().with("bias", 1)), Err(Misfit::Attributes));
}

#[test]
fn totals_widen_sums_as_so_many_inputs_do() {
	let filters = filters(window(2, [4, 4], [2, 2]), 1, 3);
	let totals = Value { shape: Shape::vector(32).expect("small"), kind: Kind::Totals(4) };
	let node = node(Source::Input, &filters, dense::shift(32));
	let output = Conv.output(&node, &[&totals]).expect("it fits");
	assert_eq!(output.sums().map(|sums| sums.width), Some(dense::limb_width(32)));
	let wide = Value { kind: Kind::Totals(u32::MAX), ..totals };
	assert!(matches!(Conv.output(&node, &[&wide]), Err(Misfit::Width { .. })));
}

#[test]
fn parameters_are_checked() {
	let filters = &shapes()[1];
	let test = Test::new(filters, true);
	let of = |change: &dyn Fn(&mut Parameters)| {
		let mut parameters = test.parameters(1);
		change(&mut parameters);
		Conv.check(&test.site(), &parameters)
	};
	let layout = test.layout();
	let max = layout.layer.bias_max();
	assert_eq!(of(&|_| ()), Ok(()));
	assert!(matches!(of(&|p| p.weights.push(0)), Err(ParameterFault::WeightCount { .. })));
	assert!(matches!(of(&|p| p.biases.push(0)), Err(ParameterFault::BiasCount { .. })));
	assert_eq!(of(&|p| p.weights[3] = -128), Err(ParameterFault::Weight { index: 3 }));
	let got = max + 1;
	assert_eq!(of(&|p| p.biases[2] = got), Err(ParameterFault::Bias { index: 2, got, max }));
	let fault = ParameterFault::Bias { index: 13, got: -256, max: 255 };
	assert_eq!(of(&|p| p.biases[13] = -256), Err(fault));
}

/// A convolution, a pool, and a layer behind them.
fn network() -> Architecture {
	let padded = Window { before: [1, 1], behind: [1, 1], ..window(1, [4, 4], [3, 3]) };
	let filters = filters(padded, 1, 3);
	let pool = Window { strides: [2, 2], ..window(3, [4, 4], [2, 2]) };
	let nodes = vec![
		node(Source::Input, &filters, dense::shift(9)),
		relu::node(Source::Node(0)),
		pool.described(Node::new(max_pool::NAME, [Source::Node(1)])),
		dense::node(Source::Node(2), 2, 0),
	];
	Architecture::new(Graph::new(Shape::vector(16).expect("small"), nodes).expect("in order"))
		.expect("it fits")
}

/// A connection around a convolution, the mean of four, and a layer behind them.
fn connected() -> Architecture {
	let padded = |channels| {
		let window = window(channels, [2, 4], [1, 3]);
		Window { before: [0, 1], behind: [0, 1], ..window }
	};
	let pool = Window { strides: [2, 2], ..window(2, [2, 4], [2, 2]) };
	let nodes = vec![
		node(Source::Input, &filters(padded(1), 1, 3), dense::shift(3)),
		relu::node(Source::Node(0)),
		node(Source::Node(1), &filters(padded(3), 1, 2), dense::shift(9)),
		relu::node(Source::Node(2)),
		join::node([Source::Node(3), Source::Node(1)]),
		node(Source::Node(4), &filters(padded(5), 1, 2), dense::shift(15)),
		relu::node(Source::Node(5)),
		sum_pool::node(Source::Node(6), &pool),
		dense::node(Source::Node(7), 2, 0),
	];
	Architecture::new(Graph::new(Shape::vector(8).expect("small"), nodes).expect("in order"))
		.expect("it fits")
}

#[test]
fn networks_are_proved_under_every_scheme() {
	for architecture in [network(), connected()] {
		let model = filled_by(architecture, 7);
		let input = (0..model.architecture().input_len()).map(|at| (at * 37 % 256) as u8);
		is_proved_under_every_scheme(&model, &input.collect::<Vec<_>>());
	}
}

fn is_proved_under_every_scheme(model: &Model, input: &[u8]) {
	let (for_model, for_input) = (ModelBlinder::new(Fr::from(7)), InputBlinder::new(Fr::from(8)));
	let none = Binding::NONE;
	for scheme in Scheme::ALL {
		let circuit = match scheme {
			Scheme::Hashed => {
				InferenceCircuit::with_witness(model, &for_model, input, &for_input, none)
			}
			Scheme::Committed => InferenceCircuit::committed(model, input, &for_input, none),
			Scheme::Staged => InferenceCircuit::staged(model, input, &for_input, none),
		};
		let circuit = circuit.expect("the input fits");
		let challenges = [challenge()];
		let system = TestSystem::staged(&circuit, &challenges[..scheme.challenges().into()]);
		assert!(system.holds(), "{scheme}");
		assert!(!scheme.has_model_block() || system.model_columns_stand_apart());
		let statistics = InferenceCircuit::statistics(model.architecture(), scheme);
		assert_eq!(statistics.constraints, system.constraints());
		assert_eq!(model.words(scheme).len(), model.architecture().word_count(scheme));
		// The first word of the output is another one.
		let output = usize::from(!scheme.has_model_block()) + 1;
		let wrong = system.publics()[output] + Fr::from(1);
		assert!(!system.holds_for_a_forger(&[], &[(output, wrong)]), "{scheme}");
	}
}

/// LeNet-5 with its pools.
fn lenet(pool: &str) -> Architecture {
	let pooled = |channels, image, source| {
		let window = Window { strides: [2, 2], ..window(channels, image, [2, 2]) };
		window.described(Node::new(pool, [source]))
	};
	let padded = Window { before: [2, 2], behind: [2, 2], ..window(1, [28, 28], [5, 5]) };
	let mut nodes: Vec<Node> = Vec::new();
	let each = if pool == max_pool::NAME { 1 } else { 4 };
	let last = |nodes: &Vec<Node>| Source::Node(nodes.len() - 1);
	nodes.push(node(Source::Input, &filters(padded, 1, 6), dense::shift(25)));
	nodes.push(relu::node(last(&nodes)));
	nodes.push(pooled(6, [28, 28], last(&nodes)));
	let second = filters(window(6, [14, 14], [5, 5]), 1, 16);
	nodes.push(node(last(&nodes), &second, dense::shift(150 * each)));
	nodes.push(relu::node(last(&nodes)));
	nodes.push(pooled(16, [10, 10], last(&nodes)));
	nodes.push(dense::node(last(&nodes), 120, dense::shift(400 * each)));
	nodes.push(relu::node(last(&nodes)));
	nodes.push(dense::node(last(&nodes), 84, dense::shift(120)));
	nodes.push(relu::node(last(&nodes)));
	nodes.push(dense::node(last(&nodes), 10, 0));
	Architecture::new(Graph::new(Shape::vector(784).expect("small"), nodes).expect("in order"))
		.expect("it fits")
}

/// What `circuit.md` says.
#[test]
fn the_size_of_lenet_5() {
	for (pool, expected) in [(max_pool::NAME, 63_190), (sum_pool::NAME, 52_048)] {
		let lenet = lenet(pool);
		let statistics = InferenceCircuit::statistics(&lenet, Scheme::Staged);
		let parts = InferenceCircuit::constraints_of_parts(&lenet, Scheme::Staged);
		println!("{lenet}: {statistics:?}, of parts {parts:?}");
		assert_eq!(statistics.constraints, expected, "{pool}");
		// What is shared is a table of bytes, two words of output and the binding.
		let of_parts = parts.input + parts.nodes.iter().sum::<usize>();
		assert_eq!(of_parts + 257 + 3, expected, "{pool}");
	}
}
