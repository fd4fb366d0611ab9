// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{registry::dense, testing, InputBlinder};
use crate::{Architecture, InferenceCircuit, Model, Scheme, Statistics};
use candor_gadgets::testing::{challenge, TestSystem};
use candor_graph::{Graph, Kind, Shape, Sums};
use candor_statement::Binding;
use proptest::prelude::*;
use std::fmt::Write;

const SLOPES: [f64; 3] = [0.01, -0.5, 1.0];

/// Every curve, with some slopes.
pub(super) fn curves() -> Vec<Curve> {
	let slopes = SLOPES.map(|slope| Slope::of(slope).expect("small"));
	let numbers = (0..).map_while(|number| {
		let of_slope = |slope| Curve::of_number(number, slope);
		let curves: Vec<_> = of_slope(None)
			.into_iter()
			.chain(slopes.iter().filter_map(|slope| of_slope(Some(*slope))))
			.collect();
		(!curves.is_empty()).then_some(curves)
	});
	numbers.flatten().collect()
}

fn grids(curve: Curve) -> impl Iterator<Item = Grid> {
	let exponents = if curve.is_homogeneous() { 0..=0 } else { Grid::EXPONENTS };
	exponents
		.flat_map(|exponent| (0..8).map(move |zero| Grid { exponent, zero: zero * Grid::ZEROS }))
}

fn sums(width: u32, rounding: u32) -> Value {
	let shape = Shape::vector(4).expect("small");
	Value { shape, kind: Kind::Sums(Sums { width, rounding }) }
}

#[test]
fn what_a_node_says_is_read_back() {
	let input = sums(18, 8);
	for curve in curves() {
		for grid in grids(curve) {
			let node = node(Source::Input, curve, grid);
			assert_eq!(parse(&node), Ok((curve, vec![grid])));
			assert_eq!(
				Activation.output(&node, &[&input]).map(|value| value.kind),
				Ok(Kind::Bytes)
			);
		}
	}
}

#[test]
fn attributes_that_it_does_not_know_are_refused() {
	let (input, grid) = (sums(18, 8), Grid { exponent: 5, zero: 128 });
	let leaky = || node(Source::Input, Curve::Leaky(Slope::of(0.01).expect("small")), grid);
	let of = |node: Node| Activation.output(&node, &[&input]).map(|value| value.kind);
	let tanh = || node(Source::Input, Curve::Tanh, grid);
	assert!(of(tanh()).is_ok() && of(leaky()).is_ok());
	let wrong = |name| Err(Misfit::Attribute { name });
	for (name, value) in [
		(CURVE, 21),
		(CURVE, i64::MIN),
		(CURVE, -1),
		(CURVE, 10),
		(EXPONENT, 17),
		(EXPONENT, -17),
		(EXPONENT, i64::MAX),
		(ZERO, 127),
		(ZERO, 256),
		(ZERO, -32),
		(SLOPE, i64::MAX),
	] {
		assert_eq!(of(tanh().with(name, value)), wrong(name), "{name} {value}");
	}
	// A slope that nothing asks for, and an exponent: with them it would be another circuit.
	assert_eq!(of(tanh().with(SLOPE, 1)), wrong(CURVE));
	assert_eq!(of(leaky().with(EXPONENT, 0)), wrong(EXPONENT));
	assert_eq!(of(tanh().with("tag", 1)), Err(Misfit::Attributes));
	for value in [sums(18, 0), sums(16, 8), Value::bytes(sums(18, 8).shape)] {
		let wrong = Activation.output(&tanh(), &[&value]);
		assert!(matches!(wrong, Err(Misfit::Input { .. })), "{value:?}");
	}
}

/// The tables are part of circuits: what computes them may change, they may not.
#[test]
fn the_tables_are_pinned() {
	let digest_of = |is_around: bool| {
		let is_it = |curve: &Curve| matches!(curve, Curve::Around(_)) == is_around;
		let mut all = Vec::new();
		for curve in curves().into_iter().filter(is_it) {
			for grid in grids(curve) {
				all.extend(Table::new(curve, grid).bytes);
			}
		}
		let digest = sp_crypto_hashing::blake2_256(&all);
		digest.iter().fold(String::new(), |mut hex, byte| {
			write!(hex, "{byte:02x}").expect("a string");
			hex
		})
	};
	assert_eq!([false, true].map(digest_of), PINNED);
}

const PINNED: [&str; 2] = [
	"3738e47d4f4aabf404752d9311e21f4cb1c8b37b80056b662ed53361139af171",
	"935b2afd39b9e4e0f2d125e92d337be0172794ec492919dad8a2c7e17af4254b",
];

/// Written apart from the code, with the functions of the platform.
#[test]
fn curves_are_what_they_are_called() {
	let cdf = |x: f64| {
		// Simpson's rule from -12 on.
		let (from, parts) = (-12.0, 20_000);
		let step = (x - from) / f64::from(parts);
		let density = |x: f64| (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
		let inner = (1..parts).map(|at| {
			let weight = if at % 2 == 1 { 4.0 } else { 2.0 };
			weight * density(from + f64::from(at) * step)
		});
		(density(from) + inner.sum::<f64>() + density(x)) * step / 3.0
	};
	let slope = Slope::of(0.25).expect("small");
	for at in -40..=40 {
		let x = f64::from(at) / 5.0;
		let sigmoid = 1.0 / (1.0 + (-x).exp());
		let softplus = (1.0 + x.exp()).ln();
		let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3));
		for (curve, expected) in [
			(Curve::Sigmoid, sigmoid),
			(Curve::Tanh, x.tanh()),
			(Curve::Gelu, x * cdf(x)),
			(Curve::GeluTanh, 0.5 * x * (1.0 + inner.tanh())),
			(Curve::Silu, x * sigmoid),
			(Curve::HardSwish, x * (x + 3.0).clamp(0.0, 6.0) / 6.0),
			(Curve::Mish, x * softplus.tanh()),
			(Curve::Softplus, softplus),
			(Curve::Softsign, x / (1.0 + x.abs())),
			(Curve::Clip, x.clamp(0.0, 1.0)),
			(Curve::Elu(slope), if x > 0.0 { x } else { 0.25 * (x.exp() - 1.0) }),
			(Curve::Leaky(slope), if x > 0.0 { x } else { 0.25 * x }),
		] {
			let got = curve.of(x);
			assert!((got - expected).abs() < 1e-12, "{curve:?} of {x} is {got}, not {expected}");
			match curve.around() {
				Some(around) => assert!((around.of(x) - x - expected).abs() < 1e-12, "{around:?}"),
				None => assert!(matches!(curve, Curve::Clip | Curve::Elu(_) | Curve::Leaky(_))),
			}
		}
	}
}

/// The bound of `docs/operators.md`: half a step of the argument times the largest slope, and half a level.
#[test]
fn a_value_is_off_by_half_a_step_times_the_slope_and_half_a_level() {
	for curve in curves() {
		for grid in grids(curve).filter(|grid| (-2..=6).contains(&grid.exponent)) {
			let table = Table::new(curve, grid);
			let steepest = match curve {
				Curve::Around(_) => 2.5,
				Curve::Sigmoid => 0.25,
				Curve::Gelu | Curve::GeluTanh => 1.13,
				Curve::Silu => 1.1,
				Curve::HardSwish => 1.5,
				Curve::Mish => 1.09,
				_ => 1.0,
			};
			let bound = steepest * grid.step() / 2.0 + table.step / 2.0;
			let (from, to) = (grid.argument(0), grid.argument(255));
			for part in 0..=1_000 {
				let x = from + (to - from) * f64::from(part) / 1_000.0;
				let byte = crate::round(x / grid.step() + f64::from(grid.zero)).clamp(0.0, 255.0);
				let level = f64::from(table.bytes[byte as usize]);
				let off = (table.low + level * table.step - curve.of(x)).abs();
				assert!(off <= bound * (1.0 + 1e-9), "{curve:?} {grid:?} of {x}: {off} of {bound}");
			}
		}
	}
}

/// `[inputs, hidden, …, outputs]` with a table between each two layers.
fn architecture(widths: &[u32], of: impl Fn(usize) -> (Curve, Grid)) -> Architecture {
	dropping(widths, of, dense::shift)
}

/// [`architecture`] in which layers of so many inputs drop so many bits.
fn dropping(
	widths: &[u32],
	of: impl Fn(usize) -> (Curve, Grid),
	dropped: impl Fn(usize) -> u32,
) -> Architecture {
	let mut nodes: Vec<Node> = Vec::new();
	for (layer, pair) in widths.windows(2).enumerate() {
		let source = nodes.len().checked_sub(1).map_or(Source::Input, Source::Node);
		let is_hidden = layer + 2 < widths.len();
		let rounding = if is_hidden { dropped(pair[0] as usize) } else { 0 };
		nodes.push(dense::node(source, pair[1] as usize, rounding));
		if is_hidden {
			let (curve, grid) = of(layer);
			nodes.push(node(Source::Node(nodes.len() - 1), curve, grid));
		}
	}
	let input = Shape::vector(widths[0] as usize).expect("small");
	Architecture::new(Graph::new(input, nodes).expect("in order")).expect("it fits")
}

const TANH: (Curve, Grid) = (Curve::Tanh, Grid { exponent: 5, zero: 128 });

/// The function of `circuit.md`, read off the page: wide integers, floor by division, floats of the
/// platform for the table.
fn by_the_book(
	model: &Model,
	input: &[u8],
	zero: i128,
	f: impl Fn(f64) -> f64,
	unit: f64,
) -> Vec<i128> {
	let shift = |n: usize| 5 + (usize::BITS - (n - 1).leading_zeros()).div_ceil(2);
	by_the_book_dropping(model, input, zero, f, unit, shift)
}

/// [`by_the_book`] of layers of so many inputs that drop so many bits.
fn by_the_book_dropping(
	model: &Model,
	input: &[u8],
	zero: i128,
	f: impl Fn(f64) -> f64,
	unit: f64,
	dropped: impl Fn(usize) -> u32,
) -> Vec<i128> {
	let values: Vec<f64> = (0..256).map(|byte| f(f64::from(byte - zero as i32) * unit)).collect();
	let low = values.iter().copied().fold(f64::MAX, f64::min);
	let high = values.iter().copied().fold(f64::MIN, f64::max);
	let level = |value: f64| ((value - low) / (high - low) * 255.0 + 0.5).floor() as i128;
	let mut x: Vec<i128> = input.iter().map(|&byte| byte.into()).collect();
	for (l, layer) in model.parameters().iter().enumerate() {
		let (n, m) = (x.len(), layer.biases.len());
		let acc = |o: usize| {
			let products = (0..n).map(|i| i128::from(layer.weights[i * m + o]) * x[i]);
			i128::from(layer.biases[o]) + products.sum::<i128>()
		};
		let unit = 2i128.pow(dropped(n));
		let rounded = |acc: i128| (acc + unit / 2).div_euclid(unit).clamp(0, 255);
		let is_last = l == model.parameters().len() - 1;
		x = (0..m)
			.map(|o| if is_last { acc(o) } else { level(values[rounded(acc(o)) as usize]) })
			.collect();
	}
	x
}

fn run(model: &Model, input: &[u8]) -> Vec<i128> {
	model.run(input).expect("the input fits").into_iter().map(i128::from).collect()
}

proptest! {
	#[test]
	fn the_executor_agrees_with_the_book(
		widths in prop::collection::vec(1u32..16, 3..=4), seed: u64, exponent in 2i32..8,
	) {
		let grid = Grid { exponent, zero: 96 };
		let test = testing::TestModel::of(architecture(&widths, |_| (Curve::Tanh, grid)), seed);
		let expected = by_the_book(&test.model, &test.input, 96, f64::tanh, 2f64.powi(-exponent));
		prop_assert_eq!(run(&test.model, &test.input), expected);
	}
}

fn staged(test: &testing::TestModel) -> InferenceCircuit {
	let blinder = InputBlinder::new(7.into());
	InferenceCircuit::staged(&test.model, &test.input, &blinder, Binding::NONE).expect("a witness")
}

/// Every curve, in a small network: the circuit holds, and in that of every fourth no cell may be another.
#[test]
fn no_forger_who_knows_the_challenge_changes_a_cell() {
	for (seed, curve) in (0..).zip(curves()) {
		let grid = fit::default_grid(curve);
		let test = testing::TestModel::of(architecture(&[3, 2, 2], |_| (curve, grid)), seed);
		let circuit = staged(&test);
		let system = TestSystem::staged(&circuit, &[challenge()]);
		assert!(system.holds(), "{curve:?}");
		if seed % 4 == 0 {
			system.assert_no_forger_changes_a_cell();
		}
	}
}

/// Any number of bits up to the usual one: the circuit holds, computes what the book says, and no cell may be
/// another.
#[test]
fn no_forger_changes_a_cell_however_few_bits_are_dropped() {
	for dropped in 1..=dense::shift(3) {
		for seed in [1, 2] {
			let test = testing::TestModel::of(dropping(&[3, 2, 2], |_| TANH, |_| dropped), seed);
			let system = TestSystem::staged(&staged(&test), &[challenge()]);
			assert!(system.holds(), "{dropped}");
			let unit = 2f64.powi(-5);
			let expected =
				by_the_book_dropping(&test.model, &test.input, 128, f64::tanh, unit, |_| dropped);
			assert_eq!(run(&test.model, &test.input), expected, "{dropped}");
			if seed == 1 && dropped % 3 == 1 {
				system.assert_no_forger_changes_a_cell();
			}
		}
	}
}

#[test]
fn at_the_edges_of_weights_biases_and_inputs() {
	for fill in testing::Fill::ALL {
		let test = testing::TestModel::fill(architecture(&[20, 3, 2], |_| TANH), fill);
		let system = TestSystem::staged(&staged(&test), &[challenge()]);
		assert!(system.holds(), "{fill:?}");
		let expected = by_the_book(&test.model, &test.input, 128, f64::tanh, 2f64.powi(-5));
		assert_eq!(run(&test.model, &test.input), expected, "{fill:?}");
	}
}

#[test]
fn schemes_without_a_challenge_are_refused_by_name() {
	let architecture = architecture(&[3, 2, 2], |_| TANH);
	for scheme in [Scheme::Hashed, Scheme::Committed] {
		let refused = scheme.check(&architecture).expect_err("it has no challenge");
		assert!(refused.to_string().contains("`table` is proved by lookups"), "{refused}");
	}
	assert_eq!(Scheme::chosen(None, &architecture), Ok(Scheme::Staged));
}

#[test]
fn costs_what_relu_costs_and_two_more_for_each_output_and_257_for_each_table() {
	let count = |architecture: &Architecture| -> usize {
		let Statistics { constraints, .. } =
			InferenceCircuit::statistics(architecture, Scheme::Staged);
		constraints
	};
	let relu = |name: &str| count(&name.parse().expect("an architecture"));
	let with =
		|widths: &[u32], of: &dyn Fn(usize) -> (Curve, Grid)| count(&architecture(widths, of));
	let grid = Grid { exponent: 4, zero: 128 };
	let (other, same) = ((Curve::Silu, grid), (Curve::Sigmoid, grid));
	for (name, widths, hidden) in
		[("64-32-10", &[64, 32, 10][..], 32), ("64-32-16-10", &[64, 32, 16, 10], 48)]
	{
		let (of_relu, of_tanh) = (relu(name), with(widths, &|_| TANH));
		println!("{name}: {of_relu} constraints with Relu, {of_tanh} with Tanh");
		assert_eq!(of_tanh, of_relu + 2 * hidden + 257, "{name}");
	}
	let both =
		|second| with(&[64, 32, 16, 10], &move |layer| if layer == 0 { TANH } else { second });
	assert_eq!(both(other), relu("64-32-16-10") + 2 * 48 + 2 * 257);
	// tanh(x) = 2 sigmoid(2 x) - 1: the same levels, the same table.
	assert_eq!(both(same), relu("64-32-16-10") + 2 * 48 + 257);
	assert_eq!(with(&[64, 32, 10], &|_| TANH), 1_332 + 2 * 32 + 257);
}

mod channels;

#[test]
fn tables_that_keep_zero_have_it_within_their_bytes() {
	for (curve, keeps) in [
		(Curve::Sigmoid, false),
		(Curve::Tanh, true),
		(Curve::Gelu, true),
		(Curve::Softplus, false),
		(Curve::Clip, true),
		(Curve::Leaky(Slope::ONE), true),
	] {
		assert_eq!(keeps_zero(&unfitted(Source::Input, curve)), keeps, "{curve:?}");
		for exponent in Grid::EXPONENTS {
			let table = Table::new(curve, Grid { exponent, zero: 64 });
			let zero = -table.low / table.step;
			assert!(!keeps || (0.0..=255.0).contains(&zero), "{curve:?} at {exponent}: {zero}");
		}
	}
}
