// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{Architecture, Model};
use ark_ff::One;
use candor_gadgets::{
	testing::{challenge, TestSystem},
	Sum,
};
use candor_graph::{Graph, Kind};

fn bytes(width: usize) -> Value {
	Value::bytes(Shape::vector(width).expect("small"))
}

/// Elements of a table, all different for small ones.
fn table(bits: u32, columns: usize) -> Parameters {
	let biases = (0..columns << bits).map(|at| (at * 67 + 11) as i32 % 256).collect();
	Parameters { weights: Vec::new(), biases }
}

/// A system of a table that is looked up by these numbers, in which the elements of the rows are public.
fn system(scheme: Scheme, node: &Node, parameters: &Parameters, input: &[u8]) -> TestSystem {
	let value = bytes(input.len());
	let output = Embedding.output(node, &[&value]).expect("it fits");
	let site = Site { node, inputs: vec![&value], output: &output };
	let integers = Integers::new(input.iter().map(|byte| i32::from(*byte)).collect());
	let expected = Embedding.run(&site, parameters, &[&integers]).expect("bytes");
	TestSystem::new(|cs| {
		let mut sheet = Sheet::new(cs, scheme);
		let words = Embedding.words(&site, parameters, scheme);
		assert_eq!(words.len(), Embedding.word_count(&site, scheme));
		let words = words.into_iter().map(|word| Cell::public(cs, Some(word)));
		let words = words.collect::<Synthesis<Vec<_>>>()?;
		let input = input.iter().map(|byte| Cell::public(cs, Some((*byte).into())).map(Sum::from));
		let input = Wires::Bytes(input.collect::<Synthesis<_>>()?);
		let rows = Embedding.constrain(&mut sheet, &site, &words, &[&input])?;
		assert_eq!(rows.bytes().len(), output.shape.elements());
		for (element, expected) in rows.bytes().iter().zip(expected.iter()) {
			let expected = Cell::public(cs, Some((*expected).into()))?;
			element.clone().enforce_equal(cs, expected)?;
		}
		match sheet.ranges.close()? {
			Some(lookups) => lookups.prove(Cell::public(cs, Some(challenge()))?),
			None => Ok(()),
		}
	})
}

#[test]
fn it_takes_bytes_and_gives_rows_of_bytes() {
	let of = |node: Node, value: &Value| Embedding.output(&node, &[value]);
	let good = || node(Source::Input, 3, 4, &[2, 0, 2]);
	let output = of(good(), &bytes(3)).expect("it fits");
	assert_eq!((output.shape.dims(), output.kind), (&[3, 4][..], Kind::Bytes));
	assert_eq!(of(good(), &bytes(2)), Err(Misfit::Attribute { name: POSITIONS }));
	let totals = Value { kind: Kind::Totals(2), ..bytes(3) };
	assert_eq!(of(good(), &totals), Err(Misfit::Input { expected: "bytes" }));
	for bits in [0, 9, -1, i64::MAX] {
		let wrong = good().with(BITS, bits);
		assert_eq!(of(wrong, &bytes(3)), Err(Misfit::Attribute { name: BITS }));
	}
	let none = good().with(COLUMNS, 0);
	assert_eq!(of(none, &bytes(3)), Err(Misfit::Width { got: 0, max: dense::MAX_WIDTH }));
	let outside = good().with(POSITIONS, -1);
	assert_eq!(of(outside, &bytes(3)), Err(Misfit::Attribute { name: POSITIONS }));
	assert_eq!(of(good().with("axis", 0), &bytes(3)), Err(Misfit::Attributes));
}

#[test]
fn floats_integers_and_constraints_are_the_rows_of_the_numbers() {
	let node = node(Source::Input, 2, 3, &[1, 0]);
	let value = bytes(2);
	let output = Embedding.output(&node, &[&value]).expect("it fits");
	let site = Site { node: &node, inputs: vec![&value], output: &output };
	let parameters = table(2, 3);
	assert_eq!(parameters.biases, [11, 78, 145, 212, 23, 90, 157, 224, 35, 102, 169, 236]);
	let run = |input: [i32; 2]| {
		let rows = Embedding.run(&site, &parameters, &[&Integers::new(input.to_vec())]);
		rows.expect("bytes").to_vec()
	};
	assert_eq!(run([0, 2]), [157, 224, 35, 11, 78, 145]);
	// Beyond the table stands what its remainder says.
	assert_eq!(run([4, 255]), [102, 169, 236, 11, 78, 145]);
	let biases: Vec<f64> = parameters.biases.iter().map(|byte| f64::from(*byte) / 8.0).collect();
	let floats = FloatParameters { weights: Vec::new(), biases };
	let of_floats = Embedding.float(&site, &floats, &[&vec![0.2, 1.9]]);
	assert_eq!(
		of_floats,
		run([0, 2]).iter().map(|byte| f64::from(*byte) / 8.0).collect::<Vec<_>>()
	);
	for scheme in Scheme::ALL {
		for input in [[0, 0], [0, 2], [3, 1], [4, 255]] {
			assert!(system(scheme, &node, &parameters, &input).holds(), "{input:?} by {scheme:?}");
		}
	}
}

#[test]
fn every_cell_is_determined() {
	for (bits, columns) in [(1, 2), (2, 33), (8, 1)] {
		let node = node(Source::Input, bits, columns, &[0, 1]);
		for input in [[0, 255], [1, 2]] {
			for scheme in Scheme::ALL {
				let system = system(scheme, &node, &table(bits, columns), &input);
				assert!(system.holds());
				for cell in 0..system.witnesses() {
					let other = system.witness(cell) + Fr::one();
					assert!(!system.holds_with(cell, other), "cell {cell}");
				}
			}
		}
	}
}

#[test]
fn quantised_elements_are_off_by_half_a_step() {
	let node = node(Source::Input, 2, 2, &[0]);
	let value = bytes(1);
	let output = Embedding.output(&node, &[&value]).expect("it fits");
	let site = Site { node: &node, inputs: vec![&value], output: &output };
	let biases = vec![-1.5, 0.3, 0.0, 2.25, 1.0, -0.7, 0.1, 0.2];
	let floats = FloatParameters { weights: Vec::new(), biases };
	let samples = || (0..4).map(|number| vec![f64::from(number)]);
	let input = Calibration {
		floats: samples().collect(),
		integers: (0..4).map(|number| Integers::new(vec![number])).collect(),
		steps: vec![1.0],
		zeros: vec![0.0],
	};
	let (table, given) = Embedding.quantise(&site, &floats, &[&input]).expect("bytes");
	assert_eq!(Embedding.check(&site, &table), Ok(()));
	assert_eq!((table.biases.iter().min(), table.biases.iter().max()), (Some(&0), Some(&255)));
	let step = 3.75 / 255.0;
	for (floats, integers) in given.floats.iter().zip(&given.integers) {
		let told = integers.iter().zip(&given.steps).zip(&given.zeros);
		for (float, ((integer, step_of), zero)) in floats.iter().zip(told) {
			assert!((step_of - step).abs() < 1e-12);
			assert!((float - (f64::from(*integer) - zero) * step).abs() <= step / 2.0 + 1e-9);
		}
	}
	// A table of one number has no range.
	let same = FloatParameters { weights: Vec::new(), biases: vec![0.5; 8] };
	let (table, given) = Embedding.quantise(&site, &same, &[&input]).expect("bytes");
	assert_eq!((table.biases.clone(), given.steps), (vec![0; 8], vec![1.0; 2]));
	assert_eq!(given.zeros, vec![-0.5; 2]);
}

/// The words of a table in a model block can be opened in one way only.
#[test]
fn columns_of_the_model_block_stand_apart() {
	let embedding = node(Source::Input, 3, 33, &[0, 1]);
	let dense = dense::node(Source::Node(0), 2, 0);
	let graph = Graph::new(Shape::vector(2).expect("small"), vec![embedding, dense]);
	let architecture = Architecture::new(graph.expect("in order")).expect("it fits");
	let weights = (0..132).map(|at| (at * 7 % 90) as i8 - 45).collect();
	let layer = Parameters { weights, biases: vec![5, -9] };
	let model = Model::new(architecture, vec![table(3, 33), layer]).expect("within bounds");
	let blinder = crate::InputBlinder::none();
	let binding = candor_statement::Binding::NONE;
	for scheme in [Scheme::Committed, Scheme::Staged] {
		let of = |input: &[u8]| match scheme {
			Scheme::Staged => crate::InferenceCircuit::staged(&model, input, &blinder, binding),
			_ => crate::InferenceCircuit::committed(&model, input, &blinder, binding),
		};
		let circuit = of(&[3, 6]).expect("an input of the model");
		let challenges = [challenge()];
		let system = TestSystem::staged(&circuit, &challenges[..usize::from(scheme.challenges())]);
		assert!(system.holds());
		assert!(system.model_columns_stand_apart(), "{scheme:?}");
		if scheme == Scheme::Staged {
			system.assert_no_forger_changes_a_cell();
		}
	}
}

mod reject {
	use super::*;

	#[test]
	fn parameters_that_are_no_table() {
		let node = node(Source::Input, 1, 2, &[0]);
		let value = bytes(1);
		let output = Embedding.output(&node, &[&value]).expect("it fits");
		let site = Site { node: &node, inputs: vec![&value], output: &output };
		let check = |weights: &[i8], biases: &[i32]| {
			let parameters = Parameters { weights: weights.into(), biases: biases.into() };
			Embedding.check(&site, &parameters)
		};
		assert_eq!(check(&[], &[0, 255, 3, 4]), Ok(()));
		let expected = 4;
		assert_eq!(check(&[], &[1; 3]), Err(ParameterFault::BiasCount { expected, got: 3 }));
		let weights = ParameterFault::WeightCount { expected: 0, got: 1 };
		assert_eq!(check(&[1], &[1; 4]), Err(weights));
		for got in [-1, 256, i32::MAX] {
			let fault = ParameterFault::Element { index: 2, got };
			assert_eq!(check(&[], &[0, 1, got, 3]), Err(fault));
		}
	}

	#[test]
	fn a_row_of_another_number() {
		let (node, parameters) = (node(Source::Input, 2, 3, &[0]), table(2, 3));
		let honest = system(Scheme::Staged, &node, &parameters, &[1]);
		assert!(honest.holds());
		// The number stands behind the words of four rows.
		assert_eq!(honest.publics()[4], Fr::from(1));
		for number in [0u8, 2, 3, 6] {
			assert!(!honest.holds_for_a_forger(&[], &[(4, number.into())]), "{number}");
		}
	}
}
