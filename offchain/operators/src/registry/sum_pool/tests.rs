// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::Scheme;
use candor_gadgets::testing::TestSystem;

fn window() -> Window {
	Window { kernel: [2, 2], before: [1, 0], strides: [2, 1], ..Window::pointwise(1, [3, 3]) }
}

fn node(window: &Window) -> Node {
	super::node(Source::Input, window)
}

fn bytes(elements: usize) -> Value {
	Value::bytes(Shape::vector(elements).expect("small"))
}

const IMAGE: [i32; 9] = [7, 3, 3, 0, 255, 1, 2, 2, 9];

#[test]
fn totals_are_the_same_in_floats_integers_and_constraints_and_cost_nothing() {
	let (node, input) = (node(&window()), bytes(9));
	let output = SumPool.output(&node, &[&input]).expect("it fits");
	assert_eq!((output.shape.dims(), output.kind), (&[1, 2, 2][..], Kind::Totals(4)));
	let site = Site { node: &node, inputs: vec![&input], output: &output };
	let expected = [10, 6, 259, 267];
	let integers = Integers::new(IMAGE.to_vec());
	let run = SumPool.run(&site, &Parameters::NONE, &[&integers]).expect("totals");
	assert_eq!(*run, expected);
	let floats = SumPool.float(&site, &FloatParameters::NONE, &[&IMAGE.map(f64::from).to_vec()]);
	assert_eq!(floats, expected.map(f64::from));
	let system = TestSystem::new(|cs| {
		let mut sheet = Sheet::new(cs, Scheme::Staged);
		let cells = IMAGE.map(|byte| Cell::public(cs, Some(byte.into())).map(Sum::from));
		let cells = cells.into_iter().collect::<Synthesis<_>>()?;
		let wires = SumPool.constrain(&mut sheet, &site, &[], &[&Wires::Bytes(cells)])?;
		for (total, expected) in wires.bytes().iter().zip(expected) {
			assert_eq!(total.value, Some(expected.into()));
		}
		Ok(())
	});
	assert_eq!((system.constraints(), system.witnesses()), (0, 0));
}

#[test]
fn totals_of_totals_count_their_bytes_up_to_the_width_of_a_layer() {
	let of = |value: &Value| SumPool.output(&node(&window()), &[value]).map(|value| value.kind);
	let totals = |each| Value { kind: Kind::Totals(each), ..bytes(9) };
	assert_eq!(of(&totals(4)), Ok(Kind::Totals(16)));
	assert_eq!(of(&totals(4_096)), Ok(Kind::Totals(16_384)));
	assert!(matches!(of(&totals(4_097)), Err(Misfit::Width { .. })));
	let one = Window { strides: [2, 2], ..Window::pointwise(1, [3, 3]) };
	let one = SumPool.output(&node(&one), &[&bytes(9)]);
	assert_eq!(one.map(|value| value.kind), Ok(Kind::Bytes));
	let sums = dense::node(Source::Input, 9, 0);
	assert_eq!(SumPool.output(&sums, &[&bytes(9)]), Err(Misfit::Attributes));
}

#[test]
fn zeros_add_up_where_elements_do() {
	let (node, input) = (node(&window()), bytes(9));
	let output = SumPool.output(&node, &[&input]).expect("it fits");
	let site = Site { node: &node, inputs: vec![&input], output: &output };
	let calibration = Calibration {
		floats: vec![IMAGE.map(f64::from).to_vec()],
		integers: vec![Integers::new(IMAGE.to_vec())],
		steps: vec![0.5; 9],
		zeros: vec![3.0; 9],
	};
	let none = FloatParameters::NONE;
	let (_, pooled) = SumPool.quantise(&site, &none, &[&calibration]).expect("they share a step");
	assert_eq!(pooled.steps, [0.5; 4]);
	assert_eq!(pooled.zeros, [6.0, 6.0, 12.0, 12.0]);
}
