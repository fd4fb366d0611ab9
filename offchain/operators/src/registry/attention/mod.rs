// SPDX-License-Identifier: Apache-2.0
//! Attention, `softmax(Q K^T) V` of bytes: for each query of each head a mean of the values of all places, in shares that
//! follow from the products with their keys.
//!
//! The attributes say how many of what there are, and where it lies in the three values that a node takes; they may
//! be one. What scores are scaled by is private, as weights are: in `biases` the factor of the integers, and the zero of
//! queries in parts of a 256th. Files spell it in parts, which are scores until the last one is read.

mod read;
mod shape;
#[cfg(test)]
mod tests;

use core::convert::Infallible;

use candor_gadgets::{
	attention::{Rows, Scaling, Words, SHIFT, STEPS},
	Cell, Sum, Synthesis,
};
use candor_graph::{FloatParameters, Node, Parameters, Value};
use candor_statement::Fr;

use crate::{
	round, Calibration, Function, Integers, Misfit, ParameterFault, Scheme, Sheet, Site, Wires,
};

pub use read::Scores;
pub(crate) use read::{begin, go_on};
use shape::Heads;

/// What it is called in graphs.
pub const NAME: &str = "attention";

/// The parts of a step in which the zero of queries is.
const PARTS: i64 = 256;

/// The zeros of queries, in steps: any within their bytes.
const ZEROS: core::ops::RangeInclusive<f64> = -1.0..=255.0;

/// See the module.
pub(super) struct Attention;

/// How integers are scaled, of the parameters of a node.
fn scaling(heads: &Heads, parameters: &Parameters) -> Option<Scaling> {
	let [factor, zero] = parameters.biases[..] else { return None };
	let (factor, zero) = (i64::from(factor), i64::from(zero));
	let zeros = ZEROS.start() * PARTS as f64..=ZEROS.end() * PARTS as f64;
	let is_within =
		(1..=heads.head.max_factor()).contains(&factor) && zeros.contains(&(zero as f64));
	let zero = (factor * zero + PARTS / 2).div_euclid(PARTS);
	is_within.then_some(Scaling { factor, zero })
}

/// The one number that all of some are; nothing where they differ.
fn one_of(numbers: impl IntoIterator<Item = f64>) -> Option<f64> {
	let mut numbers = numbers.into_iter();
	let first = numbers.next()?;
	numbers.all(|number| number == first).then_some(first)
}

/// The scaled product of a query and each key, as shares of one.
fn shares<'a>(query: &'a [f64], keys: &'a [f64], factor: f64) -> Vec<f64> {
	let score = |key: &[f64]| factor * query.iter().zip(key).map(|(q, k)| q * k).sum::<f64>();
	let scores: Vec<f64> = keys.chunks(query.len()).map(score).collect();
	let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
	let parts: Vec<f64> = scores.iter().map(|score| libm::exp(score - largest)).collect();
	let total: f64 = parts.iter().sum();
	parts.into_iter().map(|part| part / total).collect()
}

impl Function for Attention {
	fn name(&self) -> &'static str {
		NAME
	}

	fn output(&self, node: &Node, inputs: &[&Value]) -> Result<Value, Misfit> {
		Heads::new(node, inputs)?.output()
	}

	fn float(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Vec<f64>],
	) -> Vec<f64> {
		let heads = Heads::of(site);
		let factor = parameters.biases.first().copied().unwrap_or(1.0);
		let (features, values) = (heads.columns(0), heads.columns(2));
		let of_head = |rows: Rows<'_, f64>| {
			let mut means = Vec::new();
			for query in rows.query.chunks(features) {
				let shares = shares(query, rows.key, factor);
				means.extend((0..values).map(|at| {
					let of_places = rows.value.iter().skip(at).step_by(values).zip(&shares);
					of_places.map(|(v, share)| v * share).sum::<f64>()
				}));
			}
			Ok::<_, Infallible>(means)
		};
		let inputs = [0, 1, 2].map(|at| inputs[at].as_slice());
		let Ok(made) = heads.each(inputs, of_head);
		made
	}

	/// Nothing where queries or keys have different scales, or a column of values has.
	fn quantise(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		let heads = Heads::of(site);
		let of = |operand: usize, numbers: fn(&Calibration) -> &Vec<f64>| -> Vec<f64> {
			let numbers = numbers(inputs[operand]);
			heads.positions(operand).into_iter().map(|at| numbers[at]).collect()
		};
		let step = one_of(of(0, |query| &query.steps))? * one_of(of(1, |key| &key.steps))?;
		let zero = one_of(of(0, |query| &query.zeros)).filter(|zero| ZEROS.contains(zero))?;
		one_of(of(1, |key| &key.zeros))?;
		let factor = parameters.biases.first()?;
		// Scores of so many steps, in units of what is dropped of them.
		let unit = step * factor * STEPS * f64::from(1 << SHIFT);
		let factor = round(unit).clamp(1.0, heads.head.max_factor() as f64);
		let biases = vec![factor as i32, round(zero * PARTS as f64) as i32];
		let own = Parameters { weights: Vec::new(), biases };
		let levels = |numbers: fn(&Calibration) -> &Vec<f64>| -> Option<Vec<f64>> {
			let rows = of(2, numbers);
			let columns = heads.columns(2);
			let of_head = heads.places() * columns;
			let of_column = |[head, _, value]: [usize; 3]| {
				let head = &rows[head * of_head..][..of_head];
				one_of(head.iter().skip(value).step_by(columns).copied())
			};
			heads.given().into_iter().map(of_column).collect()
		};
		let of_sample = |sample: usize| inputs.iter().map(move |input| &input.floats[sample]);
		let samples = 0..inputs[0].floats.len();
		let floats = samples
			.clone()
			.map(|sample| self.float(site, parameters, &of_sample(sample).collect::<Vec<_>>()));
		let integers = samples.map(|sample| {
			let inputs: Vec<_> = inputs.iter().map(|input| &input.integers[sample]).collect();
			self.run(site, &own, &inputs)
		});
		let output = Calibration {
			floats: floats.collect(),
			integers: integers.collect::<Option<_>>()?,
			steps: levels(|value| &value.steps)?,
			zeros: levels(|value| &value.zeros)?,
		};
		Some((own, output))
	}

	fn run(
		&self,
		site: &Site<'_>,
		parameters: &Parameters,
		inputs: &[&Integers],
	) -> Option<Integers> {
		let heads = Heads::of(site);
		let scaling = scaling(&heads, parameters)?;
		let bytes = |input: &Integers| -> Option<Vec<u8>> {
			input.iter().map(|x| u8::try_from(*x).ok()).collect()
		};
		let inputs = [bytes(inputs[0])?, bytes(inputs[1])?, bytes(inputs[2])?];
		let of_head = |rows: Rows<'_, u8>| {
			let means = heads.head.run(rows, scaling).into_iter().map(i32::from);
			Ok::<_, Infallible>(means.collect())
		};
		heads.each([0, 1, 2].map(|at| inputs[at].as_slice()), of_head).ok().map(Integers::new)
	}

	fn constrain(
		&self,
		sheet: &mut Sheet<'_>,
		site: &Site<'_>,
		words: &[Cell],
		inputs: &[&Wires],
	) -> Synthesis<Wires> {
		let heads = Heads::of(site);
		let words = Words { zero: words[0], factor: words[1] };
		let Sheet { cs, ranges, identities, .. } = sheet;
		let of_head =
			|rows: Rows<'_, Sum>| heads.head.constrain(cs, ranges, identities, rows, words);
		let inputs = [0, 1, 2].map(|at| inputs[at].bytes());
		heads.each(inputs, of_head).map(Wires::Bytes)
	}

	fn needs_challenge(&self) -> bool {
		true
	}

	fn is_parameterised(&self) -> bool {
		true
	}

	fn parameter_count(&self, _: &Site<'_>) -> usize {
		2
	}

	fn check(&self, site: &Site<'_>, parameters: &Parameters) -> Result<(), ParameterFault> {
		match (parameters.weights.len(), parameters.biases.len()) {
			(0, 2) => match scaling(&Heads::of(site), parameters) {
				Some(_) => Ok(()),
				None => Err(ParameterFault::Scores),
			},
			(0, got) => Err(ParameterFault::BiasCount { expected: 2, got }),
			(got, _) => Err(ParameterFault::WeightCount { expected: 0, got }),
		}
	}

	fn word_count(&self, _: &Site<'_>, _: Scheme) -> usize {
		2
	}

	fn words(&self, site: &Site<'_>, parameters: &Parameters, _: Scheme) -> Vec<Fr> {
		let scaling = scaling(&Heads::of(site), parameters);
		scaling.map_or(vec![Fr::from(0u64); 2], |scaling| scaling.words().to_vec())
	}

	/// Elements of queries, and of keys, are added up.
	fn shared_scale(&self, _: &Site<'_>, _: &FloatParameters) -> Option<Vec<f64>> {
		Some(Vec::new())
	}
}
