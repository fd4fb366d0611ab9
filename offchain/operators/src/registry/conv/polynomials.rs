// SPDX-License-Identifier: Apache-2.0
//! A convolution as products of polynomials: those of channels and those of weight words, whose product
//! has the packed sums among its coefficients.
//!
//! A place `(i, j)` of a channel is the exponent `i R + j`, an element `(a, b)` of a window `(A - a) R + B - b`,
//! with `(A, B)` the last one and `R` the number of columns that windows reach. Windows `(i, j)` are then
//! found at `(i + A) R + j + B`: other products of places and elements that meet there would have to lie in
//! columns beyond `R`, before the first or behind the last.
//!
//! Windows that go by strides leave out most of these. So the image is cut into as many images as there are
//! places between two windows, each with the elements of the window that meet it, and their products are
//! added up: in each of them windows go one by one.

use std::collections::BTreeMap;

use ark_ff::Zero;
use candor_gadgets::{
	polynomial::{Coefficient, Polynomial},
	Cell, Sum, Synthesis,
};
use candor_statement::Fr;

use super::{
	dense::{Packing, Raised},
	Channels, Layout,
};
use crate::{window::Window, Scheme, Sheet};

/// Where places and elements of windows stand in polynomials.
struct Exponents {
	window: Window,
	/// The last row and column that an element of a window lies in, in its part of the image.
	last: [usize; 2],
	/// The rows and columns of a part that windows reach.
	reached: [usize; 2],
}

/// A part of the image: the places that are so far from a multiple of the strides.
type Part = [usize; 2];

impl Exponents {
	fn new(window: Window) -> Self {
		let outputs = window.outputs();
		let last = [0, 1].map(|axis| (window.extent()[axis] - 1) / window.strides[axis]);
		let reached = [0, 1].map(|axis| outputs[axis] + last[axis]);
		Self { window, last, reached }
	}

	fn exponent(&self, [row, column]: [usize; 2]) -> usize {
		row * self.reached[1] + column
	}

	/// The part and the place in it of a place of the image.
	fn part(&self, place: [usize; 2]) -> (Part, [usize; 2]) {
		let strides = self.window.strides;
		let of = |of: fn(usize, usize) -> usize| [0, 1].map(|axis| of(place[axis], strides[axis]));
		(of(|place, stride| place % stride), of(|place, stride| place / stride))
	}

	/// The part that an element of a window meets, and the exponent of its weight.
	fn tap(&self, tap: [usize; 2]) -> (Part, usize) {
		let (part, at) = self.part(self.window.place([0; 2], tap));
		(part, self.exponent([0, 1].map(|axis| self.last[axis] - at[axis])))
	}

	/// The parts that windows meet, with the exponents of each element of a window that meets it.
	fn taps(&self) -> BTreeMap<Part, Vec<(usize, usize)>> {
		let mut parts: BTreeMap<Part, Vec<(usize, usize)>> = BTreeMap::new();
		for (element, tap) in self.window.taps().enumerate() {
			let (part, exponent) = self.tap(tap);
			parts.entry(part).or_default().push((element, exponent));
		}
		parts
	}

	/// For each place of the image that windows reach, in the image with what is put around it, its part,
	/// its exponent and its position in the image.
	fn places(&self) -> impl Iterator<Item = (Part, usize, Option<usize>)> + '_ {
		let [rows, columns] = self.window.padded();
		let places = (0..rows).flat_map(move |row| (0..columns).map(move |column| [row, column]));
		places.filter_map(move |place| {
			let (part, at) = self.part(place);
			let is_reached = (0..2).all(|axis| at[axis] < self.reached[axis]);
			is_reached.then(|| (part, self.exponent(at), self.window.position(place)))
		})
	}

	/// The exponent of a window.
	fn output(&self, window: [usize; 2]) -> usize {
		self.exponent([0, 1].map(|axis| window[axis] + self.last[axis]))
	}

	/// Which exponents products have.
	fn products(&self) -> Vec<bool> {
		let taps = self.taps();
		let [rows, columns] = self.reached;
		let largest = self.exponent([rows - 1, columns - 1]) + self.exponent(self.last);
		let mut products = vec![false; largest + 1];
		for (part, exponent, _) in self.places() {
			for (_, tap) in taps.get(&part).into_iter().flatten() {
				products[exponent + tap] = true;
			}
		}
		products
	}
}

/// The constraints of the products, when no other convolution shares the powers of the challenge.
pub(super) fn cost(layout: &Layout, scheme: Scheme) -> usize {
	let exponents = Exponents::new(layout.window);
	let taps = exponents.taps();
	let packing = Packing::of_singles(layout.layer, scheme);
	let products = exponents.products();
	let channels = layout.channels_of(0).len();
	let is_met = |part: &Part| taps.contains_key(part);
	let (mut elements, mut has_pads) = (0, 0);
	for (part, _, position) in exponents.places() {
		match position {
			Some(_) if is_met(&part) => elements += 1,
			None if is_met(&part) => has_pads = taps.len(),
			_ => (),
		}
	}
	let of_word_group = layout.layer.fan_in
		+ products.iter().filter(|is_one| **is_one).count()
		+ channels * taps.len();
	layout.window.channels * (elements + has_pads)
		+ layout.groups * packing.groups * of_word_group
		+ products.len()
}

/// A factor of products, with what is needed to multiply it natively.
struct Factor {
	polynomial: Polynomial,
	/// Exponents and values; nothing in a setup.
	values: Option<Vec<(usize, Fr)>>,
}

impl Factor {
	fn new(sheet: &mut Sheet<'_>, coefficients: Vec<Coefficient>) -> Self {
		let values = coefficients.iter().map(|Coefficient { sum, exponents }| {
			let value = sum.value?;
			Some(exponents.iter().map(move |exponent| (*exponent, value)))
		});
		let values = values.collect::<Option<Vec<_>>>();
		let values = values.map(|values| values.into_iter().flatten().collect());
		Self { polynomial: sheet.identities.polynomial(coefficients), values }
	}
}

/// The raised sums of each output channel.
pub(super) fn constrain(
	sheet: &mut Sheet<'_>,
	layout: &Layout,
	packing: &Packing,
	words: &[Cell],
	bytes: &[Sum],
	pads: &[Cell],
) -> Synthesis<Channels> {
	let exponents = Exponents::new(layout.window);
	let taps = exponents.taps();
	let products = exponents.products();
	let outputs_at: BTreeMap<usize, usize> =
		layout.window.windows().enumerate().map(|(at, w)| (exponents.output(w), at)).collect();
	let elements: usize = layout.window.kernel.iter().product();

	let mut channels: Channels = vec![Vec::new(); layout.outputs()];
	for (group, words) in (0..layout.groups).zip(words.chunks(packing.word_count())) {
		let of_image: Vec<Factor> = layout
			.channels_of(group)
			.flat_map(|channel| image(&exponents, &taps, channel, bytes, pads))
			.map(|coefficients| Factor::new(sheet, coefficients))
			.collect();
		let word_groups = packing.group_outputs().zip(words.chunks(packing.group_words()));
		for (outputs, words) in word_groups {
			let (bias, weights) = words.split_last().expect("a group has a bias word; qed");
			let of_weights: Vec<Factor> = weights
				.chunks(elements)
				.flat_map(|words| taps.values().map(move |taps| (words, taps)))
				.map(|(words, taps)| {
					let word = |(element, exponent): &(usize, usize)| {
						Coefficient::new(words[*element].into(), *exponent)
					};
					Factor::new(sheet, taps.iter().map(word).collect())
				})
				.collect();
			let values = multiplied(&of_image, &of_weights, products.len());

			let mut total = Vec::new();
			for (exponent, _) in products.iter().enumerate().filter(|(_, is_one)| **is_one) {
				let value = values.as_ref().map(|values| values[exponent]);
				let sum = if outputs_at.contains_key(&exponent) {
					let raised =
						Raised::new(sheet, packing.digits(outputs.len()), &(*bias).into(), value)?;
					let first = layout.outputs_of(group).start;
					for (output, limb) in outputs.clone().zip(raised.limbs) {
						channels[first + output].push(limb);
					}
					raised.product
				} else {
					// What no window looks at: settled all the same.
					Cell::witness(sheet.cs, value)?.into()
				};
				total.push(Coefficient::new(sum, exponent));
			}
			let factors = of_image.iter().zip(&of_weights);
			let factors = factors.map(|(left, right)| (left.polynomial, right.polynomial));
			let total = sheet.identities.polynomial(total);
			sheet.identities.equate(factors.collect(), total);
		}
	}
	Ok(channels)
}

/// The coefficients of the parts of a channel that windows meet.
fn image(
	exponents: &Exponents,
	taps: &BTreeMap<Part, Vec<(usize, usize)>>,
	channel: usize,
	bytes: &[Sum],
	pads: &[Cell],
) -> Vec<Vec<Coefficient>> {
	let area = exponents.window.area();
	let mut parts: BTreeMap<Part, (Vec<Coefficient>, Vec<usize>)> =
		taps.keys().map(|part| (*part, Default::default())).collect();
	for (part, exponent, position) in exponents.places() {
		let Some((coefficients, around)) = parts.get_mut(&part) else { continue };
		match position {
			Some(at) => {
				coefficients.push(Coefficient::new(bytes[channel * area + at].clone(), exponent));
			}
			None => around.push(exponent),
		}
	}
	let of_part = |(mut coefficients, exponents): (Vec<Coefficient>, Vec<usize>)| {
		if !exponents.is_empty() {
			coefficients.push(Coefficient { sum: pads[channel].into(), exponents });
		}
		coefficients
	};
	parts.into_values().map(of_part).collect()
}

/// The coefficients of the sum of products, nothing in a setup.
fn multiplied(left: &[Factor], right: &[Factor], count: usize) -> Option<Vec<Fr>> {
	let mut values = vec![Fr::zero(); count];
	for (left, right) in left.iter().zip(right) {
		let right = right.values.as_ref()?;
		for (at, value) in left.values.as_ref()? {
			for (tap, weight) in right {
				values[at + tap] += *value * weight;
			}
		}
	}
	Some(values)
}
