// SPDX-License-Identifier: Apache-2.0
use super::{
	shape::{node, Layout},
	*,
};
use crate::{registry::dense, Architecture, InferenceCircuit, InputBlinder, Model, Run};
use candor_gadgets::{
	attention::{ERROR, ERROR_OF_A_PLACE},
	testing::{challenge, TestSystem},
};
use candor_graph::{Graph, Kind, Shape, Source};
use candor_statement::Binding;

fn bytes(width: usize) -> Value {
	Value::bytes(Shape::vector(width).expect("small"))
}

/// Rows of one operand of one head, from a position on.
fn rows(first: usize, rows: usize, columns: usize) -> Layout {
	let steps = [0, if rows > 1 { columns } else { 0 }, usize::from(columns > 1)];
	Layout { first, steps }
}

/// Two queries, three places, two features and one value of an input of 13 elements.
fn one_head() -> Node {
	let operands = [rows(0, 2, 2), rows(4, 3, 2), rows(10, 3, 1)];
	node([1, 2, 3, 2, 1], operands.map(|layout| (Source::Input, layout)), false)
}

/// Two heads of two places, whose features and values, two of each, stand in columns: 24 elements.
fn two_heads(is_by_value: bool) -> Node {
	let in_columns = |first| Layout { first, steps: [4, 1, 2] };
	let operands = [0, 8, 16].map(|first| (Source::Input, in_columns(first)));
	node([2, 2, 2, 2, 2], operands, is_by_value)
}

fn parameters(factor: i32, zero: i32) -> Parameters {
	Parameters { weights: Vec::new(), biases: vec![factor, zero] }
}

fn of(node: &Node, value: &Value) -> Result<Value, Misfit> {
	Attention.output(node, &[value; 3])
}

#[test]
fn it_takes_bytes_and_gives_a_row_for_each_query() {
	assert_eq!(of(&one_head(), &bytes(13)).map(|value| value.shape.elements()), Ok(2));
	let given = of(&two_heads(false), &bytes(24)).expect("it fits");
	assert_eq!((given.shape.to_string(), given.kind), ("[2, 4]".into(), Kind::Bytes));
	let totals = Value { kind: Kind::Totals(2), ..bytes(13) };
	assert_eq!(of(&one_head(), &totals), Err(Misfit::Input { expected: "bytes" }));
	let alone = Attention.output(&one_head(), &[&bytes(13)]);
	assert_eq!(alone, Err(Misfit::Inputs { expected: 3, got: 1 }));
	let tagged = one_head().with("tag", 1);
	assert_eq!(of(&tagged, &bytes(13)), Err(Misfit::Attributes));
}

#[test]
fn attributes_say_one_thing_in_one_way() {
	let with = |name: &str, numbers: &[i64]| {
		let mut node = one_head();
		node.attributes.insert(name.into(), numbers.to_vec());
		of(&node, &bytes(13)).map(drop)
	};
	assert_eq!(with("key", &[4, 0, 2, 1]), Ok(()));
	assert_eq!(with("key", &[0, 0, 2, 1]), Ok(()));
	for numbers in [
		// Beyond the value, to a head that there is not, to where it comes from, and none at all.
		&[8, 0, 2, 1][..],
		&[4, 1, 2, 1],
		&[4, 0, 0, 1],
		&[-4, 0, 2, 1],
		&[4, 0, 2],
		&[4, 0, i64::MAX, 1],
	] {
		let wrong = Err(Misfit::Attribute { name: "key" });
		assert_eq!(with("key", numbers), wrong, "{numbers:?}");
	}
	assert_eq!(with("by_value", &[1]), Ok(()));
	for numbers in [&[][..], &[0], &[2], &[1, 1]] {
		assert_eq!(with("by_value", numbers), Err(Misfit::Attribute { name: "by_value" }));
	}
	for numbers in [
		&[1, 2, 3, 2][..],
		&[0, 2, 3, 2, 1],
		&[65, 2, 3, 2, 1],
		&[1, 2, 129, 2, 1],
		&[1, 2, 1, 2, 1],
	] {
		assert_eq!(with("shape", numbers), Err(Misfit::Attribute { name: "shape" }));
	}
}

#[test]
fn layouts_are_found_where_elements_lie_in_steps() {
	let dims = [2, 2, 2];
	assert_eq!(
		Layout::of(&[16, 18, 17, 19, 20, 22, 21, 23], dims),
		Some(Layout { first: 16, steps: [4, 1, 2] })
	);
	assert_eq!(Layout::of(&[16, 18, 17, 19, 20, 22, 21, 24], dims), None);
	assert_eq!(Layout::of(&[3, 2], [1, 1, 2]), None);
	assert_eq!(Layout::of(&[3], [1, 1, 1]), Some(Layout { first: 3, steps: [0; 3] }));
	assert_eq!(Layout::of(&[], [0, 1, 1]), None);
}

fn run(node: &Node, input: &[i32], own: &Parameters) -> Vec<i32> {
	let value = bytes(input.len());
	let output = of(node, &value).expect("it fits");
	let site = Site { node, inputs: vec![&value; 3], output: &output };
	let input = Integers::new(input.to_vec());
	Attention.run(&site, own, &[&input; 3]).expect("bytes").to_vec()
}

/// Queries that look for the one or the other of two keys, far enough apart for all of the shares.
const SHARP: i32 = 1 << 20;

#[test]
fn every_head_looks_for_its_own_keys() {
	// In columns: the first head's queries are (255, 0) and (0, 255), its keys (200, 0) and (0, 200).
	let mut input = vec![255, 0, 0, 255, 0, 255, 255, 0];
	input.extend([200, 0, 0, 200, 200, 0, 0, 200]);
	input.extend([1, 2, 3, 4, 5, 6, 7, 8]);
	// Values (1, 3) and (2, 4) of the first, (5, 7) and (6, 8) of the second, whose queries are the other way round.
	let given = |is_by_value| run(&two_heads(is_by_value), &input, &parameters(SHARP, 0));
	assert_eq!(given(false), [1, 3, 6, 8, 2, 4, 5, 7]);
	assert_eq!(given(true), [1, 2, 3, 4, 6, 5, 8, 7]);
}

#[test]
fn zeros_turn_queries_round() {
	let input = [100, 0, 0, 0, 10, 0, 200, 0, 90, 0, 1, 2, 3];
	assert_eq!(run(&one_head(), &input, &parameters(SHARP, 50 * 256))[0], 2);
	assert_eq!(run(&one_head(), &input, &parameters(SHARP, 150 * 256))[0], 1);
}

#[test]
fn floats_are_softmax() {
	let node = one_head();
	let value = bytes(13);
	let output = of(&node, &value).expect("it fits");
	let site = Site { node: &node, inputs: vec![&value; 3], output: &output };
	let own = FloatParameters { weights: Vec::new(), biases: vec![0.5] };
	let input = vec![1.0, 2.0, 0.0, 0.0, 1.0, 1.0, 3.0, 0.0, -1.0, 2.0, 10.0, 20.0, 60.0];
	let given = Attention.float(&site, &own, &[&input; 3]);
	// All scores of the first query are 3 / 2, those of the other one zero.
	for mean in given {
		assert!((mean - 30.0).abs() < 1e-9, "{mean}");
	}
}

#[test]
fn integers_are_as_far_from_floats_as_they_say() {
	let node = one_head();
	let value = bytes(13);
	let output = of(&node, &value).expect("it fits");
	let site = Site { node: &node, inputs: vec![&value; 3], output: &output };
	let integers = [10, 200, 30, 90, 7, 250, 99, 0, 128, 44, 3, 100, 220];
	let (steps, zeros) = ([0.05, 0.02, 0.3], [100.0, 127.5, 3.0]);
	let of_operand = |at: usize| {
		let floats = integers.map(|x| (f64::from(x) - zeros[at]) * steps[at]).to_vec();
		Calibration {
			floats: vec![floats],
			integers: vec![Integers::new(integers.to_vec())],
			steps: vec![steps[at]; 13],
			zeros: vec![zeros[at]; 13],
		}
	};
	let inputs = [0, 1, 2].map(of_operand);
	for factor in [0.001, 0.1, 0.7, 3.0] {
		let own = FloatParameters { weights: Vec::new(), biases: vec![factor] };
		let quantised = Attention.quantise(&site, &own, &[&inputs[0], &inputs[1], &inputs[2]]);
		let (parameters, given) = quantised.expect("bytes");
		assert_eq!(Attention.check(&site, &parameters), Ok(()));
		assert_eq!((given.steps[1], given.zeros[1]), (0.3, 3.0));
		for (integer, float) in given.integers[0].iter().zip(&given.floats[0]) {
			let told = (f64::from(*integer) - 3.0) * 0.3;
			let most = 0.5 + (ERROR + 3.0 * ERROR_OF_A_PLACE) * f64::from(220 - 3);
			assert!((told - float).abs() <= most * 0.3, "{told} for {float} at {factor}");
		}
	}
	let own = FloatParameters { weights: Vec::new(), biases: vec![1.0] };
	let mixed = Calibration { steps: (1..=13).map(f64::from).collect(), ..of_operand(0) };
	for at in 0..3 {
		let mut inputs = [&inputs[0], &inputs[1], &inputs[2]];
		inputs[at] = &mixed;
		assert!(Attention.quantise(&site, &own, &inputs).is_none(), "{at}");
	}
}

/// A model of attention on its input, with a layer behind.
fn model(node: Node, elements: usize, own: Parameters) -> Model {
	let width = of(&node, &bytes(elements)).expect("it fits").shape.elements();
	let nodes = vec![node, dense::node(Source::Node(0), 2, 0)];
	let graph = Graph::new(Shape::vector(elements).expect("small"), nodes).expect("in order");
	let architecture = Architecture::new(graph).expect("it fits");
	let weights = (0..2 * width).map(|at| (at * 7 % 90) as i8 - 45).collect();
	let layer = Parameters { weights, biases: vec![5, -9] };
	Model::new(architecture, vec![own, layer]).expect("within bounds")
}

fn system(model: &Model, input: &[u8]) -> TestSystem {
	let circuit = InferenceCircuit::staged(model, input, &InputBlinder::none(), Binding::NONE);
	TestSystem::staged(&circuit.expect("an input of the model"), &[challenge()])
}

#[test]
fn constraints_and_integers_are_one_function() {
	for (node, elements) in [(one_head(), 13), (two_heads(false), 24), (two_heads(true), 24)] {
		for own in [parameters(1, 0), parameters(3_000, 100 * 256 + 17), parameters(70_000, -256)] {
			let model = model(node.clone(), elements, own);
			for seed in 0..3 {
				let input: Vec<u8> =
					(0..elements).map(|at| ((at + 3) * (at + 7 * seed) * 41 % 256) as u8).collect();
				// The public output is what the integers give.
				assert!(system(&model, &input).holds(), "{input:?}");
			}
			assert!(system(&model, &vec![255; elements]).holds());
		}
	}
}

#[test]
fn no_forger_who_knows_the_challenge_changes_a_cell() {
	let model = model(one_head(), 13, parameters(9_000, 90 * 256 + 3));
	let input = [10, 200, 30, 90, 7, 250, 99, 0, 128, 44, 3, 100, 220];
	let system = system(&model, &input);
	system.assert_every_witness_is_determined();
	system.assert_no_forger_changes_a_cell();
	assert!(system.model_columns_stand_apart());
}

#[test]
fn several_runs_share_its_words() {
	let model = model(one_head(), 13, parameters(9_000, 90 * 256 + 3));
	let model = model.with_runs(2).expect("two runs");
	let inputs = [[10, 200, 30, 90, 7, 250, 99, 0, 128, 44, 3, 100, 220], [9; 13]];
	let blinder = InputBlinder::none();
	let runs =
		inputs.each_ref().map(|input| Run { input, blinder: &blinder, binding: Binding::NONE });
	let circuit = InferenceCircuit::of_runs(Scheme::Staged, &model, &runs).expect("two inputs");
	let system = TestSystem::staged(&circuit, &[challenge()]);
	assert!(system.holds());
	for cell in [0, 1] {
		let other = system.witness(cell) + Fr::from(1u64);
		assert!(!system.holds_for_a_forger(&[(cell, other)], &[]));
	}
}

#[test]
fn schemes_without_a_challenge_refuse_it() {
	let model = model(one_head(), 13, parameters(1, 0));
	for scheme in [Scheme::Hashed, Scheme::Committed] {
		assert!(scheme.check(model.architecture()).is_err(), "{scheme:?}");
	}
	assert!(Scheme::Staged.check(model.architecture()).is_ok());
}

mod reject {
	use super::*;

	#[test]
	fn parameters_that_are_not_within_their_bounds() {
		let (node, value) = (one_head(), bytes(13));
		let output = of(&node, &value).expect("it fits");
		let site = Site { node: &node, inputs: vec![&value; 3], output: &output };
		let check = |parameters: &Parameters| Attention.check(&site, parameters);
		let most = Heads::of(&site).head.max_factor() as i32;
		assert_eq!(check(&parameters(1, -256)), Ok(()));
		assert_eq!(check(&parameters(most, 255 * 256)), Ok(()));
		for (factor, zero) in [(0, 0), (-1, 0), (most + 1, 0), (1, -257), (1, 255 * 256 + 1)] {
			let fault = Err(ParameterFault::Scores);
			assert_eq!(check(&parameters(factor, zero)), fault, "{factor} {zero}");
		}
		let weights = Parameters { weights: vec![1], biases: vec![1, 0] };
		let fault = ParameterFault::WeightCount { expected: 0, got: 1 };
		assert_eq!(check(&weights), Err(fault));
		let short = Parameters { weights: Vec::new(), biases: vec![1] };
		assert_eq!(check(&short), Err(ParameterFault::BiasCount { expected: 2, got: 1 }));
	}

	#[test]
	fn another_word_is_another_function() {
		let model = model(one_head(), 13, parameters(9_000, 90 * 256));
		let input = [10, 200, 30, 90, 7, 250, 99, 0, 128, 44, 3, 100, 220];
		let system = system(&model, &input);
		assert_eq!([system.witness(0), system.witness(1)], [90u64, 9_000].map(Fr::from));
		for cell in [0, 1] {
			let other = system.witness(cell) + Fr::from(1u64);
			assert!(!system.holds_for_a_forger(&[(cell, other)], &[]));
		}
	}
}
