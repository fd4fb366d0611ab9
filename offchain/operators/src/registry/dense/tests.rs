// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{
	testing::{Fill, TestModel},
	Architecture, InferenceCircuit, Model, ModelError,
};
use candor_gadgets::testing::{challenge, TestSystem};
use candor_graph::{Sums, ACTIVATION_MAX};

fn layer(weights: &[f64], biases: &[f64]) -> FloatParameters {
	FloatParameters { weights: weights.into(), biases: biases.into() }
}

fn bytes(width: usize) -> Value {
	Value::bytes(Shape::vector(width).expect("small"))
}

#[test]
fn it_takes_bytes_and_gives_sums() {
	let node = node(Source::Input, 2, 8);
	let output = Dense.output(&node, &[&bytes(64)]).expect("they fit");
	assert_eq!(output.kind, Kind::Sums(Sums { width: 23, rounding: 8 }));
	let sums = Dense.output(&node, &[&output]);
	assert!(matches!(sums, Err(Misfit::Input { .. })), "{sums:?}");
	let image = Value::bytes(Shape::new(vec![8, 8]).expect("small"));
	assert_eq!(Dense.output(&node, &[&image]), Ok(output));
}

#[test]
fn totals_widen_sums_as_so_many_inputs_do() {
	let of = |bytes: usize, inputs: usize, rounding| {
		let shape = Shape::vector(inputs).expect("small");
		let totals = Value { shape, kind: Kind::Totals(bytes as u32) };
		Dense.output(&node(Source::Input, 2, rounding), &[&totals])
	};
	let of_bytes = Dense.output(&node(Source::Input, 2, 8), &[&bytes(64)]);
	assert_eq!(of(4, 16, 8), of_bytes);
	assert_eq!(of(4, 16, 9), Err(Misfit::Attribute { name: ROUNDING }));
	let got = MAX_WIDTH as i64 + 1;
	assert_eq!(of(MAX_WIDTH + 1, 1, 0), Err(Misfit::Width { got, max: MAX_WIDTH }));
}

#[test]
fn attributes_that_it_does_not_know_are_refused() {
	let good = || node(Source::Input, 2, 0);
	let of = |node: Node| Dense.output(&node, &[&bytes(64)]).map(|value| value.kind);
	assert!(of(good()).is_ok());
	for rounding in 0..=8 {
		let kind = Kind::Sums(Sums { width: 23, rounding });
		assert_eq!(of(good().with(ROUNDING, rounding.into())), Ok(kind));
	}
	for rounding in [-1, 9, i64::from(u32::MAX) + 2, i64::MAX] {
		let name = ROUNDING;
		assert_eq!(of(good().with(name, rounding)), Err(Misfit::Attribute { name }));
	}
	for got in [0, -1, MAX_WIDTH as i64 + 1, i64::MIN] {
		assert_eq!(of(good().with(OUTPUTS, got)), Err(Misfit::Width { got, max: MAX_WIDTH }));
	}
	assert_eq!(of(good().with("bias", 1)), Err(Misfit::Attributes));
	let missing = Node::new(NAME, [Source::Input]);
	assert_eq!(of(missing), Err(Misfit::Attribute { name: OUTPUTS }));
}

#[test]
fn limbs_are_smaller_than_those_of_any_weights_or_not_named() {
	let architecture: Architecture = "784-56-10".parse().expect("an architecture");
	let of = |at: usize, limb: i64| {
		let (function, site) = architecture.layers().nth(at).expect("a layer");
		let node = site.node.clone().with(LIMB, limb);
		let output = function.output(&node, &site.inputs);
		output.map(|output| output.sums().expect("sums").width)
	};
	let refused = Err(Misfit::Attribute { name: LIMB });
	// Of the hidden layer's sums ten bits are dropped and a byte and a sign kept.
	for (at, least, largest) in [(0, 19, 27), (1, 2, 23)] {
		assert_eq!(of(at, least - 1), refused);
		assert_eq!(of(at, least), Ok(least as u32));
		assert_eq!(of(at, largest - 1), Ok(largest as u32 - 1));
		assert_eq!(of(at, largest), refused, "one circuit has one description");
		assert_eq!(of(at, -1), refused);
	}
}

#[test]
fn sums_that_may_leave_their_limbs_are_refused() {
	let layer = |bias: i32| Parameters { weights: vec![3, -1, -3, 1], biases: vec![bias, 0] };
	let model = |limb: u32, bias: i32| {
		let architecture = format!("2-2:{limb}").parse().expect("an architecture");
		Model::new(architecture, vec![layer(bias)]).map(drop)
	};
	assert_eq!(model(11, 258), Ok(()), "765 + 258 is below 2^10");
	let fault = ParameterFault::Sums { output: 0, width: 11 };
	assert_eq!(model(11, 259), Err(ModelError::Layer { layer: 0, fault: fault.clone() }));
	assert_eq!(model(11, -259), Err(ModelError::Layer { layer: 0, fault }));
	assert_eq!(model(12, 259), Ok(()));
}

#[test]
fn the_largest_sum_is_that_of_the_worst_input() {
	let architecture: Architecture = "4-3".parse().expect("an architecture");
	let (function, site) = architecture.layers().next().expect("a layer");
	for (weights, biases) in [
		([127, -127, 3, 0, 5, -7, 1, 0, -90, 44, 12, -1], [1000, -30_000, 7]),
		([-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12], [0, 0, 0]),
		([0; 12], [-5, 4, 3]),
	] {
		let parameters = Parameters { weights: weights.into(), biases: biases.into() };
		let mut largest = vec![0; 3];
		for input in 0..1 << 4 {
			let bytes = (0..4).map(|byte| (input >> byte & 1) * ACTIVATION_MAX).collect();
			let sums = function.run(&site, &parameters, &[&Integers::new(bytes)]);
			for (largest, sum) in largest.iter_mut().zip(sums.expect("in range").iter()) {
				*largest = u64::from(sum.unsigned_abs()).max(*largest);
			}
		}
		assert_eq!(function.largest_sums(&site, &parameters), largest, "{weights:?}");
	}
}

#[test]
fn a_model_in_fitted_limbs_is_the_same_function_in_a_smaller_circuit() {
	for spare in [0, 1] {
		let TestModel { model, input } = TestModel::seeded("200-40-4", 4);
		let fitted = model.clone().with_fitted_limbs(spare).expect("limbs");
		assert_ne!(fitted.architecture(), model.architecture());
		assert_eq!(fitted.run(&input), model.run(&input));
		for scheme in Scheme::ALL {
			let constraints = |model: &Model| {
				InferenceCircuit::statistics(model.architecture(), scheme).constraints
			};
			assert!(constraints(&fitted) < constraints(&model), "{scheme}");
		}
		assert_eq!(fitted.clone().with_fitted_limbs(spare), Ok(fitted), "once is enough");
	}
}

#[test]
fn words_hold_groups_of_strands_lowest_first() {
	let architecture: Architecture = "2-2".parse().expect("an architecture");
	let (function, site) = architecture.layers().next().expect("a layer");
	let parameters = Parameters { weights: vec![1, 2, -3, 4], biases: vec![5, -6] };
	let width = Layer::of(&site).sums.width;
	let word = |low: i64, high: i64| Fr::from(low) + Fr::from(1u64 << width) * Fr::from(high);
	assert_eq!(
		function.words(&site, &parameters, Scheme::Hashed),
		[word(1, 2), word(-3, 4), word(5, -6)]
	);
}

#[test]
fn an_input_that_is_fixed_is_a_constant() {
	let architecture: Architecture = "2-3".parse().expect("an architecture");
	let (_, site) = architecture.layers().next().expect("a layer");
	let free = layer(&[1.0, -2.0, 0.5, 3.0, 4.0, -1.0], &[0.5, 1.0, -1.0]);
	let mut fixed = free.clone();
	Dense.fix(&site, &mut fixed, 1, 7.0);
	assert_eq!(read::apply(&fixed, &[2.0, 1e9]), read::apply(&free, &[2.0, 7.0]));
	assert_eq!(Dense.largest_float(&site, &free, 1), 4.0);
	assert_eq!(Dense.largest_float(&site, &fixed, 1), 0.0);
}

#[test]
fn bias_words_make_up_for_products_of_weight_words() {
	let architecture: Architecture = "3-40".parse().expect("an architecture");
	let (function, site) = architecture.layers().next().expect("a layer");
	let model = TestModel::seeded("3-40", 2).model;
	let parameters = &model.parameters()[0];
	let packing = Packing::new(Layer::of(&site), Scheme::Committed);
	assert!(packing.paired && packing.groups > 1);
	let hashed = function.words(&site, parameters, Scheme::Hashed);
	let committed = function.words(&site, parameters, Scheme::Committed);
	for (hashed, committed) in hashed.chunks(4).zip(committed.chunks(4)) {
		assert_eq!(hashed[..3], committed[..3]);
		assert_eq!(hashed[3] - committed[0] * committed[1], committed[3]);
	}
}

#[test]
fn constraints_and_integers_are_one_function() {
	let models = Fill::ALL.map(|fill| TestModel::filled("3-2", fill));
	let seeded = ["3-2", "2-14", "35-5", "5-40"].map(|name| TestModel::seeded(name, 1));
	let fitted = seeded.clone().map(|TestModel { model, input }| {
		let model = model.with_fitted_limbs(0).expect("limbs");
		TestModel { model, input }
	});
	for TestModel { model, input } in models.into_iter().chain(seeded).chain(fitted) {
		for scheme in Scheme::ALL {
			let (function, site) = model.architecture().layers().next().expect("a layer");
			let parameters = &model.parameters()[0];
			let integers = Integers::new(input.iter().map(|&byte| byte.into()).collect());
			let expected = function.run(&site, parameters, &[&integers]).expect("in range");
			let offset = Layer::of(&site).sums.offset() as i64;
			let system = TestSystem::new(|cs| {
				let mut sheet = Sheet::new(cs, scheme);
				let cell = |value| Cell::witness(cs, Some(value));
				let words = function.words(&site, parameters, scheme).into_iter().map(cell);
				let words = words.collect::<Synthesis<Vec<_>>>()?;
				let inputs = input.iter().map(|&byte| cell(byte.into()).map(Sum::from));
				let inputs = Wires::Bytes(inputs.collect::<Synthesis<_>>()?);
				let sums = function.constrain(&mut sheet, &site, &words, &[&inputs])?;
				for (limb, expected) in sums.limbs().iter().zip(expected.iter()) {
					let raised = Fr::from(i64::from(*expected) + offset);
					assert_eq!(limb.raised().value, Some(raised));
				}
				match sheet.ranges.close()? {
					Some(lookups) => lookups.prove(Cell::public(cs, Some(challenge()))?),
					None => Ok(()),
				}
			});
			assert!(system.holds());
			let inputs_and_words = input.len() + function.word_count(&site, scheme);
			for cell in inputs_and_words..system.witnesses() {
				let other = system.witness(cell) + Fr::one();
				assert!(!system.holds_with(cell, other), "cell {cell} of {model:?}");
			}
		}
	}
}
