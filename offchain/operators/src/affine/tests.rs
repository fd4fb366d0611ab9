// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::window::Window;

fn layer(weights: &[f64], biases: &[f64]) -> FloatParameters {
	FloatParameters { weights: weights.into(), biases: biases.into() }
}

fn apply(affine: &Affine, input: &[f64]) -> Vec<f64> {
	let FloatParameters { weights, biases } = &affine.to_layer().expect("small");
	let mut sums = biases.clone();
	for (row, x) in weights.chunks_exact(sums.len()).zip(input) {
		sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight * x);
	}
	sums
}

const X: [f64; 2] = [3.0, -2.0];

/// `[x0 - 2 x1 + 0.5, 3 x0 + 4 x1 + 1]`
fn full() -> Affine {
	Affine::layer(layer(&[1.0, 3.0, -2.0, 4.0], &[0.5, 1.0]))
}

/// `[2 x1 - 1, 5 x0]`
fn crossed() -> Affine {
	Affine::identity(2).select(&[1, 0]).scaled(&[2.0, 5.0], &[-1.0, 0.0])
}

#[test]
fn functions_do_one_after_the_other_what_they_do_together() {
	assert_eq!(apply(&full(), &X), [7.5, 2.0]);
	assert_eq!(apply(&crossed(), &X), [-5.0, 15.0]);
	let next = layer(&[1.0, 0.0, 2.0, -1.0, 1.0, 0.5], &[0.25, 0.0, 1.0]);
	for (first, [a, b]) in [(full(), [7.5, 2.0]), (crossed(), [-5.0, 15.0])] {
		let expected = [a - b + 0.25, b, 2.0 * a + 0.5 * b + 1.0];
		assert_eq!(apply(&first.then(&next).expect("small"), &X), expected);
		assert_eq!(apply(&first.scaled(&[2.0, -1.0], &[1.0, 3.0]), &X), [2.0 * a + 1.0, 3.0 - b]);
		assert_eq!(apply(&first.select(&[1, 1, 0]), &X), [b, b, a]);
	}
}

#[test]
fn the_identity_changes_no_weight() {
	let weights = layer(&[0.1, -0.3, 1e-9, 7.0], &[0.5, -1e9]);
	let behind = Affine::identity(2).then(&weights).expect("small");
	assert!(behind == Affine::layer(weights));
}

#[test]
fn functions_of_one_value_are_joined_and_added() {
	let (full, crossed) = (full(), crossed());
	let of = |parts: &[&Affine]| apply(&Affine::joined(parts).expect("small"), &X);
	assert_eq!(of(&[&full, &crossed]), [7.5, 2.0, -5.0, 15.0]);
	assert_eq!(of(&[&crossed, &Affine::identity(2)]), [-5.0, 15.0, 3.0, -2.0]);
	assert_eq!(apply(&full.plus(&crossed, -2.0).expect("small"), &X), [17.5, -28.0]);
}

#[test]
fn what_relu_has_done_is_kept_by_what_changes_no_sign() {
	assert!(Affine::identity(3).select(&[2, 0]).scaled(&[2.0, 0.0], &[0.0, 0.0]).keeps_signs());
	assert!(!Affine::identity(1).scaled(&[-1.0], &[0.0]).keeps_signs());
	assert!(!Affine::identity(1).scaled(&[1.0], &[-0.5]).keeps_signs());
	assert!(!full().keeps_signs());
}

#[test]
fn layers_beyond_any_size_are_not_made() {
	let wide = Affine::identity(1 << 14);
	assert!(wide.to_layer().is_none());
	assert!(wide.plus(&wide, 1.0).is_none());
}

/// Filters of two by two over two channels of three by three, as weights that are all different.
fn filters(groups: usize, outputs: usize, is_padded: bool) -> Filters {
	let pads = if is_padded { [1, 0] } else { [0, 0] };
	let window = Window { kernel: [2, 2], before: pads, ..Window::pointwise(2, [3, 3]) };
	let count = outputs * 2 / groups * 4;
	let weights = (0..count).map(|at| (at as f64 * 0.7).sin()).collect();
	let biases = (0..outputs).map(|at| at as f64 - 0.5).collect();
	Filters::new(window, groups, FloatParameters { weights, biases })
}

fn image() -> Vec<f64> {
	(0..18).map(|at| (at as f64 * 1.3).cos()).collect()
}

fn are_close(left: &[f64], right: &[f64]) -> bool {
	left.len() == right.len() && left.iter().zip(right).all(|(a, b)| (a - b).abs() < 1e-12)
}

#[test]
fn filters_are_added_and_moved_among_channels_as_their_layers_are() {
	let own = |filters: &Filters| Affine::identity(18).filtered(filters).expect("small");
	let as_layer = |affine: &Affine| Affine::layer(affine.to_layer().expect("small"));
	for is_padded in [false, true] {
		let (whole, each) = (own(&filters(1, 2, is_padded)), own(&filters(2, 2, is_padded)));
		let sum = whole.plus(&each, -2.0).expect("small");
		assert!(sum.as_filters().is_some());
		let expected = as_layer(&whole).plus(&as_layer(&each), -2.0).expect("small");
		assert!(are_close(&apply(&sum, &image()), &apply(&expected, &image())));

		let wide: Vec<f64> = [vec![9.0; 9], image(), vec![-9.0; 18]].concat();
		let among = each.among(9, 18).expect("small");
		assert!(among.as_filters().is_some());
		assert!(are_close(&apply(&among, &wide), &apply(&each, &image())));
		let among = as_layer(&each).among(9, 18).expect("small");
		assert!(are_close(&apply(&among, &wide), &apply(&each, &image())));
	}
}

#[test]
fn a_channel_is_added_to_filters_that_keep_the_size() {
	let window =
		Window { kernel: [3, 2], before: [1, 0], behind: [1, 1], ..Window::pointwise(2, [3, 3]) };
	let weights = (0..24).map(|at| (at as f64 * 0.7).sin()).collect();
	let same = Filters::new(window, 1, FloatParameters { weights, biases: vec![0.5, -1.0] });
	let same = Affine::identity(18).filtered(&same).expect("small");
	let positions: Vec<usize> = (9..18).chain(0..9).collect();
	let crossed = Affine::identity(18).select(&positions).scaled(&[2.0; 18], &[1.0; 18]);
	for (left, right) in [(&same, &crossed), (&crossed, &same)] {
		let sum = left.plus_image(right, -1.0, [3, 3]).expect("small");
		assert!(sum.as_filters().is_some());
		let of = |affine: &Affine| apply(affine, &image());
		let expected: Vec<f64> =
			of(left).iter().zip(of(right)).map(|(left, right)| left - right).collect();
		assert!(are_close(&of(&sum), &expected));
	}
}

#[test]
fn filters_behind_an_image_that_has_been_given_other_dimensions_take_these() {
	let window =
		Window { kernel: [3, 2], before: [1, 0], behind: [1, 1], ..Window::pointwise(2, [3, 3]) };
	let weights = (0..24).map(|at| (at as f64 * 0.7).sin()).collect();
	let same = Filters::new(window, 1, FloatParameters { weights, biases: vec![0.5, -1.0] });
	let pointwise = Filters::new(Window::pointwise(2, [3, 3]), 2, layer(&[2.0, 3.0], &[0.0; 2]));
	for first in [same, pointwise] {
		let first = Affine::identity(18).filtered(&first).expect("small");
		let expected = apply(&first, &image());
		// One row of all elements, of which each fourth is taken.
		let fourth = Window { strides: [1, 4], ..Window::pointwise(1, [1, 18]) };
		let fourth = Filters::new(fourth, 1, layer(&[-1.0], &[0.5]));
		let both = first.filtered(&fourth).expect("small");
		let expected: Vec<f64> = expected.iter().step_by(4).map(|x| 0.5 - x).collect();
		assert!(are_close(&apply(&both, &image()), &expected));
		assert!(first.as_channels([1, 1, 18]).is_none());
		assert!(first.padded([1, 1, 18], [0, 1], [0, 1]).is_none());
		assert!(first.as_filters_over([1, 9]).is_none());
	}
}

#[test]
fn what_is_beyond_any_size_stays_so() {
	let window = Window { kernel: [1, 1], ..Window::pointwise(1, [128, 128]) };
	let filters = Filters::new(window, 1, layer(&[2.0], &[0.0]));
	let large = Affine::identity(1 << 14).filtered(&filters).expect("filters are small");
	assert!(large.as_filters().is_some() && large.to_layer().is_none());
	let picked = large.select(&[1, 0]);
	assert_eq!(picked.outputs(), 2);
	assert!(
		picked.to_layer().is_none() && picked.scaled(&[1.0; 2], &[0.0; 2]).to_layer().is_none()
	);
	assert!(picked.then(&layer(&[1.0, 1.0], &[0.0])).is_none());
}

#[test]
fn filters_that_are_others_scaled_are_known_however_large_the_image_is() {
	let window = Window::pointwise(2, [200, 200]);
	let layer = layer(&[1.0, -2.0, 0.5, 3.0], &[0.25, -1.0]);
	let filters = Filters::new(window, 1, layer);
	let elements = 2 * 200 * 200;
	let affine = Affine::identity(elements).filtered(&filters).expect("a convolution");
	assert!(affine.to_layer().is_none());
	let other = affine.scaled(&vec![1.702; elements], &vec![0.5; elements]);
	let (factor, shift) = other.in_terms_of(&affine).expect("it is");
	assert!((factor - 1.702).abs() < 1e-12 && (shift - 0.5).abs() < 1e-12);
}

#[test]
fn a_function_that_is_another_one_scaled_and_shifted_is_known() {
	for affine in [full(), crossed()] {
		let other = affine.scaled(&[0.1, 0.1], &[3.0, 3.0]);
		let (factor, shift) = other.in_terms_of(&affine).expect("it is");
		assert!((factor - 0.1).abs() < 1e-12 && (shift - 3.0).abs() < 1e-12);
		assert!(affine.scaled(&[0.1, 0.2], &[3.0, 3.0]).in_terms_of(&affine).is_none());
		assert!(affine.scaled(&[0.1, 0.1], &[3.0, 3.1]).in_terms_of(&affine).is_none());
		assert!(affine.scaled(&[0.0, 0.0], &[3.0, 3.0]).in_terms_of(&affine).is_none());
	}
	assert!(full().in_terms_of(&crossed()).is_none());
}

#[test]
fn no_function_has_more_weights_than_any_layer() {
	let side = (1 << 13) + 1;
	assert!(Affine::identity(side).over_image([1, 1]).as_filters().is_none());

	let wide = Affine::layer(layer(&vec![1.0; 1 << 13], &[0.0]));
	let repeated = wide.select(&vec![0; side]);
	assert_eq!(repeated.outputs(), side);
	assert!(repeated.to_layer().is_none());

	let channels = 1 << 16;
	let window = Window::pointwise(channels, [1, 1]);
	let one = Filters::new(window, 1, layer(&vec![1.0; channels], &[0.0]));
	assert!(Filters::joined(&[&one; 2]).is_some());
	assert!(Filters::joined(&[&one; (1 << 10) + 1]).is_none());
	assert!(one.channels_at(&[0; 2]).is_some());
	assert!(one.channels_at(&[0; (1 << 10) + 1]).is_none());
}

/// So many outputs at each of three places, place by place, of rows of two features.
fn at_each_place(outputs: usize) -> Affine {
	let rows = Window::pointwise(1, [3, 2]);
	let window = Window { kernel: [1, 2], strides: [1, 2], ..rows };
	let weights = (0..2 * outputs).map(|at| (at as f64 * 0.7).sin()).collect();
	let biases = (0..outputs).map(|at| at as f64 - 0.5).collect();
	let filters = Filters::new(window, 1, FloatParameters { weights, biases });
	let by_output = Affine::identity(6).filtered(&filters).expect("small");
	let places = (0..3).flat_map(|place| (place..3 * outputs).step_by(3));
	by_output.select(&places.collect::<Vec<_>>())
}

const ROWS: [f64; 6] = [0.3, -1.0, 2.0, 0.7, -0.4, 1.5];

fn assert_close(numbers: &[f64], expected: impl Iterator<Item = f64>) {
	for (number, expected) in numbers.iter().zip(expected) {
		assert!((number - expected).abs() < 1e-12, "{number} for {expected}");
	}
}

#[test]
fn some_outputs_at_each_place_are_filters_in_an_order() {
	let all = at_each_place(4);
	let [first, last] = [1, 3];
	let chosen: Vec<usize> =
		(0..3).flat_map(|place| [4 * place + last, 4 * place + first]).collect();
	let some = all.select(&chosen);
	assert!(some.without_order().is_some());
	let expected: Vec<f64> = chosen.iter().map(|at| apply(&all, &ROWS)[*at]).collect();
	assert_eq!(apply(&some, &ROWS), expected);
	// An output that is left out at one place, or stands there twice, is no filter.
	for chosen in [&chosen[1..], &[0, 0, 4, 8][..]] {
		let part = all.select(chosen);
		assert!(part.without_order().is_none() && part.as_filters().is_none());
		let expected: Vec<f64> = chosen.iter().map(|at| apply(&all, &ROWS)[*at]).collect();
		assert_eq!(apply(&part, &ROWS), expected);
	}
}

#[test]
fn what_goes_around_a_layer_at_each_place_is_a_weight_of_it() {
	let layer = at_each_place(2);
	let around = Affine::identity(6).scaled(&[2.0, 3.0].repeat(3), &[0.25, -1.0].repeat(3));
	for (sum, sign) in [(layer.plus(&around, -2.0), -2.0), (layer.plus(&around, 1.0), 1.0)] {
		let sum = sum.expect("small");
		assert!(sum.without_order().is_some());
		let parts = apply(&layer, &ROWS).into_iter().zip(apply(&around, &ROWS));
		assert_close(&apply(&sum, &ROWS), parts.map(|(a, b)| a + sign * b));
	}
	let other = around.plus(&layer, -1.0).expect("small");
	assert!(other.without_order().is_some());
	let parts = apply(&layer, &ROWS).into_iter().zip(apply(&around, &ROWS));
	assert_close(&apply(&other, &ROWS), parts.map(|(a, b)| b - a));
	// Factors, or features, that differ from place to place are none of any filter.
	let mut factors = [2.0, 3.0].repeat(3);
	factors[2] = 5.0;
	let turned = Affine::identity(6).select(&[1, 0, 2, 3, 4, 5]);
	for other in [Affine::identity(6).scaled(&factors, &[0.0; 6]), turned] {
		let sum = layer.plus(&other, 1.0).expect("small");
		assert!(sum.without_order().is_none());
		let parts = apply(&layer, &ROWS).into_iter().zip(apply(&other, &ROWS));
		assert_close(&apply(&sum, &ROWS), parts.map(|(a, b)| a + b));
	}
}

#[test]
fn elements_in_any_order_are_filters_of_their_own() {
	let order = [4, 0, 3, 1, 5, 2];
	let scales: Vec<f64> = (0..6).map(|at| f64::from(at) + 0.5).collect();
	let mixed = Affine::identity(6).select(&order).scaled(&scales, &[1.0; 6]);
	let apart = mixed.apart();
	assert!(!apart.is_of_single_elements() && apart.without_order().is_some());
	assert_eq!(apply(&apart, &ROWS), apply(&mixed, &ROWS));
	let some = Affine::identity(6).select(&order[1..]);
	assert!(some.apart() == some);
}
