// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{
	testing::{Fill, TestModel},
	Architecture,
};
use candor_gadgets::testing::{challenge, TestSystem};
use candor_graph::Sums;

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
	for TestModel { model, input } in models.into_iter().chain(seeded) {
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
