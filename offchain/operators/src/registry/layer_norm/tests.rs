// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{registry::dense, Architecture, InferenceCircuit, InputBlinder, Model};
use candor_gadgets::testing::{challenge, TestSystem};
use candor_graph::{Graph, Kind, Shape};
use candor_statement::Binding;

fn bytes(width: usize) -> Value {
	Value::bytes(Shape::vector(width).expect("small"))
}

fn parameters(low: i32, high: i32) -> Parameters {
	Parameters { weights: Vec::new(), biases: vec![low, high] }
}

#[test]
fn it_takes_rows_of_bytes_and_gives_bytes() {
	let of =
		|rows: [usize; 3], value: &Value| LayerNorm.output(&node(Source::Input, rows), &[value]);
	assert_eq!(of([2, 3, 4], &bytes(24)), Ok(bytes(24)));
	let wrong = Misfit::Attribute { name: ROWS };
	for rows in [[2, 3, 5], [24, 1, 1], [1, 24, 0], [1, 257, 1], [usize::MAX, 2, 12]] {
		assert_eq!(of(rows, &bytes(24)), Err(wrong.clone()), "{rows:?}");
	}
	let totals = Value { kind: Kind::Totals(2), ..bytes(24) };
	assert_eq!(of([2, 3, 4], &totals), Err(Misfit::Input { expected: "bytes" }));
	let other = node(Source::Input, [2, 3, 4]).with("axis", 1);
	assert_eq!(LayerNorm.output(&other, &[&bytes(24)]), Err(Misfit::Attributes));
}

/// A model that normalises its input, in rows that lie so, and has a layer behind.
fn model(rows: [usize; 3], own: Parameters) -> Model {
	let width: usize = rows.iter().product();
	let nodes = vec![node(Source::Input, rows), dense::node(Source::Node(0), 2, 0)];
	let graph = Graph::new(Shape::vector(width).expect("small"), nodes).expect("in order");
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
fn rows_are_normalised_wherever_they_lie() {
	let node = |rows| node(Source::Input, rows);
	let value = bytes(6);
	let input = Integers::new(vec![7, 9, 100, 50, 3, 3]);
	let run = |rows: [usize; 3]| {
		let node = node(rows);
		let site = Site { node: &node, inputs: vec![&value], output: &value };
		LayerNorm.run(&site, &parameters(1, 0), &[&input]).expect("bytes").to_vec()
	};
	assert_eq!(run([3, 2, 1]), [104, 152, 152, 104, 128, 128]);
	// In columns: 7 and 50, 9 and 3, 100 and 3.
	assert_eq!(run([1, 2, 3]), [104, 152, 152, 152, 104, 104]);
	let in_rows = node([3, 2, 1]);
	let site = Site { node: &in_rows, inputs: vec![&value], output: &value };
	let floats = FloatParameters { weights: Vec::new(), biases: vec![0.75] };
	let of_floats = LayerNorm.float(&site, &floats, &[&vec![1.0, 3.0, 0.0, 0.0, -4.0, 0.0]]);
	let expected = [-1.0 / 1.75f64.sqrt(), 1.0 / 1.75f64.sqrt(), 0.0, 0.0];
	assert_eq!(of_floats[..4], expected);
	assert_eq!(of_floats[4..], [-2.0 / 4.75f64.sqrt(), 2.0 / 4.75f64.sqrt()]);
}

#[test]
fn constraints_and_integers_are_one_function() {
	for rows in [[2, 3, 1], [1, 3, 2], [1, 2, 3]] {
		let model = model(rows, parameters(1000, 2));
		for input in [[7, 9, 100, 50, 3, 3], [0, 255, 0, 255, 255, 255], [8; 6]] {
			// The public output is what the integers give.
			assert!(system(&model, &input).holds(), "{input:?} in {rows:?}");
		}
	}
}

#[test]
fn no_forger_who_knows_the_challenge_changes_a_cell() {
	let model = model([2, 3, 1], parameters(1000, 2));
	for input in [[7, 9, 100, 50, 3, 3], [8; 6]] {
		let system = system(&model, &input);
		system.assert_every_witness_is_determined();
		system.assert_no_forger_changes_a_cell();
		assert!(system.model_columns_stand_apart());
	}
}

#[test]
fn another_integer_of_the_model_is_another_function() {
	let system = system(&model([2, 3, 1], parameters(1000, 2)), &[7, 9, 100, 50, 3, 3]);
	let own = system.witness(0);
	assert_eq!(own, Fr::from(1000u64 + (2 << 24)));
	assert!(!system.holds_for_a_forger(&[(0, own + Fr::from(1_000_000u64))], &[]));
}

#[test]
fn epsilon_is_in_units_of_what_bytes_stand_for() {
	let node = node(Source::Input, [1, 4, 1]);
	let value = bytes(4);
	let site = Site { node: &node, inputs: vec![&value], output: &value };
	let integers = [10, 200, 30, 90];
	let step = 0.02;
	let floats = integers.map(|x| (f64::from(x) - 100.0) * step).to_vec();
	let input = |steps: Vec<f64>| Calibration {
		floats: vec![floats.clone()],
		integers: vec![Integers::new(integers.to_vec())],
		steps,
		zeros: vec![100.0; 4],
	};
	for epsilon in [0.0, 1e-5, 0.3, 50.0] {
		let own = FloatParameters { weights: Vec::new(), biases: vec![epsilon] };
		let quantised = LayerNorm.quantise(&site, &own, &[&input(vec![step; 4])]);
		let (parameters, given) = quantised.expect("bytes");
		assert_eq!(LayerNorm.check(&site, &parameters), Ok(()));
		let told = given.integers[0].iter().zip(&given.steps).zip(&given.zeros);
		for (float, ((integer, step), zero)) in given.floats[0].iter().zip(told) {
			let off = (float - (f64::from(*integer) - zero) * step).abs();
			assert!(off < norm::ERROR * step, "{off} at {epsilon}");
		}
	}
	let own = FloatParameters { weights: Vec::new(), biases: vec![1e-5] };
	let mixed = vec![step, step, 0.5, step];
	assert!(LayerNorm.quantise(&site, &own, &[&input(mixed)]).is_none());
}

#[test]
fn schemes_without_a_challenge_refuse_it() {
	let model = model([2, 3, 1], parameters(1, 0));
	for scheme in [Scheme::Hashed, Scheme::Committed] {
		assert!(scheme.check(model.architecture()).is_err(), "{scheme:?}");
	}
	assert!(Scheme::Staged.check(model.architecture()).is_ok());
}

mod reject {
	use super::*;

	#[test]
	fn parameters_that_are_no_integer_within_its_bounds() {
		let node = node(Source::Input, [1, 4, 1]);
		let value = bytes(4);
		let site = Site { node: &node, inputs: vec![&value], output: &value };
		let check = |parameters: &Parameters| LayerNorm.check(&site, parameters);
		assert_eq!(check(&parameters(1, 0)), Ok(()));
		assert_eq!(check(&parameters(0, 1 << 21)), Ok(()));
		for (low, high) in [(0, 0), (-1, 0), (1 << 24, 0), (1, 1 << 21), (0, -1)] {
			assert_eq!(check(&parameters(low, high)), Err(ParameterFault::Added), "{low} {high}");
		}
		let weights = Parameters { weights: vec![1], biases: vec![1, 0] };
		let fault = ParameterFault::WeightCount { expected: 0, got: 1 };
		assert_eq!(check(&weights), Err(fault));
		let short = Parameters { weights: Vec::new(), biases: vec![1] };
		assert_eq!(check(&short), Err(ParameterFault::BiasCount { expected: 2, got: 1 }));
	}
}
