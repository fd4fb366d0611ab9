// SPDX-License-Identifier: Apache-2.0
//! Nodes with a grid for each channel.

use super::*;

const GRIDS: [Grid; 3] = [
	Grid { exponent: 5, zero: 128 },
	Grid { exponent: 7, zero: 96 },
	Grid { exponent: 5, zero: 128 },
];

/// Six neurons in three channels between two layers.
fn in_channels(curve: Curve) -> Architecture {
	let nodes = vec![
		dense::node(Source::Input, 6, dense::shift(3)),
		node_of_channels(Source::Node(0), curve, &GRIDS),
		dense::node(Source::Node(1), 2, 0),
	];
	let input = Shape::vector(3).expect("small");
	Architecture::new(Graph::new(input, nodes).expect("in order")).expect("it fits")
}

#[test]
fn grids_of_channels_are_read_back_and_one_for_all_has_one_spelling() {
	let input = Value { shape: Shape::vector(6).expect("small"), ..sums(18, 8) };
	for curve in curves().into_iter().filter(|curve| !curve.is_homogeneous()) {
		let of_channels = node_of_channels(Source::Input, curve, &GRIDS);
		assert_eq!(parse(&of_channels), Ok((curve, GRIDS.to_vec())));
		assert!(Activation.output(&of_channels, &[&input]).is_ok());
		let of_all = node_of_channels(Source::Input, curve, &[GRIDS[0]; 3]);
		assert_eq!(of_all, node(Source::Input, curve, GRIDS[0]));
	}
}

#[test]
fn lists_that_are_not_of_channels_are_refused() {
	let input = Value { shape: Shape::vector(6).expect("small"), ..sums(18, 8) };
	let with = |exponents: &[i64], zeros: &[i64]| {
		let mut node = node(Source::Input, Curve::Tanh, GRIDS[0]);
		node.attributes.insert(EXPONENT.into(), exponents.to_vec());
		node.attributes.insert(ZERO.into(), zeros.to_vec());
		Activation.output(&node, &[&input]).map(|value| value.kind)
	};
	assert!(with(&[5, 7], &[128, 128]).is_ok());
	let wrong = |name| Err(Misfit::Attribute { name });
	for (exponents, zeros, name) in [
		(&[][..], &[][..], ZERO),
		(&[5, 7], &[128], EXPONENT),
		(&[5], &[128, 96], EXPONENT),
		(&[5, 5], &[128, 128], ZERO),
		// Six elements are no four channels.
		(&[5, 7, 5, 7], &[128; 4], ZERO),
		(&[5, 17], &[128, 128], EXPONENT),
		(&[5, 7], &[128, 100], ZERO),
	] {
		assert_eq!(with(exponents, zeros), wrong(name), "{exponents:?} {zeros:?}");
	}
}

#[test]
fn each_channel_has_its_own_table() {
	let node = node_of_channels(Source::Input, Curve::Tanh, &GRIDS);
	let input = Value { shape: Shape::vector(6).expect("small"), ..sums(18, 8) };
	let output = Activation.output(&node, &[&input]).expect("it fits");
	let site = Site { node: &node, inputs: vec![&input], output: &output };
	let sums = Integers::new(vec![100 << 8; 6]);
	let bytes = Activation.run(&site, &Parameters::NONE, &[&sums]).expect("bytes");
	let expected = GRIDS.map(|grid| i32::from(Table::new(Curve::Tanh, grid).bytes[100]));
	assert_ne!(expected[0], expected[1]);
	assert_eq!(*bytes, expected.map(|byte| [byte; 2]).concat());
}

#[test]
fn no_forger_changes_a_cell_and_each_different_grid_costs_a_table() {
	let architecture = in_channels(Curve::Tanh);
	for seed in [1, 2, 3] {
		let test = testing::TestModel::of(architecture.clone(), seed);
		let system = TestSystem::staged(&staged(&test), &[challenge()]);
		assert!(system.holds(), "{seed}");
		if seed == 1 {
			system.assert_no_forger_changes_a_cell();
		}
	}
	let count = |architecture: &Architecture| {
		InferenceCircuit::statistics(architecture, Scheme::Staged).constraints
	};
	let of_one = super::architecture(&[3, 6, 2], |_| (Curve::Tanh, GRIDS[0]));
	assert_eq!(count(&architecture), count(&of_one) + 257);
}
