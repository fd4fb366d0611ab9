// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::Scheme;
use candor_gadgets::{testing::TestSystem, Sum};
use candor_graph::Source;

fn window() -> Window {
	Window { kernel: [2, 2], strides: [2, 1], before: [1, 0], ..Window::pointwise(2, [3, 3]) }
}

fn node(window: &Window) -> Node {
	window.described(Node::new(NAME, [Source::Input]))
}

fn bytes(elements: usize) -> Value {
	Value::bytes(Shape::vector(elements).expect("small"))
}

const IMAGE: [i32; 18] = [7, 3, 3, 0, 255, 1, 2, 2, 9, 5, 5, 5, 8, 6, 8, 0, 0, 4];

#[test]
fn the_largest_of_each_window_is_the_same_in_floats_integers_and_constraints() {
	let (node, input) = (node(&window()), bytes(18));
	let output = MaxPool.output(&node, &[&input]).expect("it fits");
	assert_eq!((output.shape.dims(), output.kind), (&[2, 2, 2][..], Kind::Bytes));
	let site = Site { node: &node, inputs: vec![&input], output: &output };
	// Of the first windows only the lower rows are in the image.
	let expected = [7, 3, 255, 255, 5, 5, 8, 8];
	let integers = Integers::new(IMAGE.to_vec());
	let run = MaxPool.run(&site, &Parameters::NONE, &[&integers]).expect("bytes");
	assert_eq!(*run, expected);
	let floats = IMAGE.map(|byte| f64::from(byte) - 300.0).to_vec();
	let floats = MaxPool.float(&site, &FloatParameters::NONE, &[&floats]);
	assert_eq!(floats, expected.map(|byte| f64::from(byte) - 300.0));
	for scheme in Scheme::ALL {
		let system = TestSystem::with_ranges(scheme.ranges(), |cs, ranges| {
			let mut sheet = Sheet::new(cs, scheme);
			core::mem::swap(&mut sheet.ranges, ranges);
			let cells = IMAGE.map(|byte| Cell::public(cs, Some(byte.into())).map(Sum::from));
			let cells = cells.into_iter().collect::<Synthesis<Vec<_>>>()?;
			// Those that no window meets stand in a constraint as well.
			for cell in &cells {
				sheet.ranges.enforce_byte(cell.clone())?;
			}
			let wires = MaxPool.constrain(&mut sheet, &site, &[], &[&Wires::Bytes(cells)])?;
			for (byte, expected) in wires.bytes().iter().zip(expected) {
				assert_eq!(byte.value, Some(expected.into()));
			}
			core::mem::swap(&mut sheet.ranges, ranges);
			Ok(())
		});
		assert!(system.holds());
		if scheme.challenges() > 0 {
			system.assert_no_forger_changes_a_cell();
		}
	}
}

#[test]
fn it_takes_bytes_whose_windows_meet_the_image() {
	let of = |window: &Window, value: &Value| MaxPool.output(&node(window), &[value]).map(|_| ());
	assert_eq!(of(&window(), &bytes(18)), Ok(()));
	assert_eq!(of(&window(), &bytes(9)), Err(Misfit::Attribute { name: "image" }));
	let totals = Value { kind: Kind::Totals(4), ..bytes(18) };
	assert!(matches!(of(&window(), &totals), Err(Misfit::Input { .. })));
	let outside = Window { before: [2, 0], ..window() };
	assert!(matches!(of(&outside, &bytes(18)), Err(Misfit::Input { .. })));
	let tagged = node(&window()).with("tag", 1);
	assert_eq!(MaxPool.output(&tagged, &[&bytes(18)]), Err(Misfit::Attributes));
}

#[test]
fn scales_of_a_window_have_to_be_the_same() {
	let (node, input) = (node(&window()), bytes(18));
	let output = MaxPool.output(&node, &[&input]).expect("it fits");
	let site = Site { node: &node, inputs: vec![&input], output: &output };
	let mut calibration = Calibration {
		floats: vec![IMAGE.map(f64::from).to_vec()],
		integers: vec![Integers::new(IMAGE.to_vec())],
		steps: [[1.0; 9], [2.0; 9]].concat(),
		zeros: vec![3.0; 18],
	};
	let none = FloatParameters::NONE;
	let (_, pooled) = MaxPool.quantise(&site, &none, &[&calibration]).expect("they are");
	assert_eq!(pooled.steps, [[1.0; 4], [2.0; 4]].concat());
	assert_eq!(pooled.zeros, [3.0; 8]);
	calibration.steps[4] = 1.5;
	assert!(MaxPool.quantise(&site, &none, &[&calibration]).is_none());
}
