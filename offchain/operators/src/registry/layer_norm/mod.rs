// SPDX-License-Identifier: Apache-2.0
//! `LayerNormalization`: each row of bytes less its mean, divided by its standard deviation.
//!
//! The attribute `rows` says where rows lie in the value: the numbers of elements before, along and behind them. What
//! is added below the root is private, as weights are: in `biases` its lower 24 bits and what is above them. A factor
//! and a number for each element of a row go into the next layer.

mod read;
#[cfg(test)]
mod tests;

use candor_gadgets::{
	norm::{self, Norm},
	Cell, Sum, Synthesis,
};
use candor_graph::{FloatParameters, Node, Parameters, Source, Value};
use candor_onnx::OnnxError;
use candor_statement::Fr;

use crate::{
	Calibration, Function, Integers, Misfit, Operator, ParameterFault, Place, Reader, Scheme,
	Sheet, Site, Wires,
};

/// What it is called in graphs.
pub const NAME: &str = "normalise";

/// The attribute that says where rows lie.
const ROWS: &str = "rows";

/// The bits of the lower part of what is added.
const LOWER: u32 = 24;

/// See the module.
pub(super) struct LayerNorm;

/// A node that takes a value from `source`.
fn node(source: Source, [before, along, behind]: [usize; 3]) -> Node {
	let mut node = Node::new(NAME, [source]);
	let rows = [before, along, behind].map(|count| count as i64).to_vec();
	node.attributes.insert(ROWS.into(), rows);
	node
}

impl Operator for LayerNorm {
	fn onnx(&self) -> &'static [&'static str] {
		&["LayerNormalization"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "along the last axes, 2 to 256 elements, with constant scale and bias; `staged` proofs only",
			refuses: "mean and deviation as outputs; longer rows; one that is written out",
			costs: "15 constraints for each element, and 12 for each row; of what is not bytes their bytes, as `Tanh`",
			exactness: crate::Exactness::Levels,
			since: &[("LayerNormalization", 17)],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		read::read(place, reader)
	}

	fn function(&self) -> Option<&'static dyn Function> {
		Some(&Self)
	}
}

/// Rows at their place in a value.
struct Rows {
	norm: Norm,
	along: usize,
	behind: usize,
	/// The elements of the value.
	elements: usize,
}

impl Rows {
	/// Those of a node behind a value.
	fn new(node: &Node, input: &Value) -> Result<Self, Misfit> {
		Misfit::attributes(node, &[ROWS])?;
		if input.bytes_each() != Some(1) {
			return Err(Misfit::Input { expected: "bytes" });
		}
		let wrong = Misfit::Attribute { name: ROWS };
		let given = node.attributes.get(ROWS).map_or(&[][..], Vec::as_slice);
		let counts: Option<Vec<usize>> = given
			.iter()
			.map(|count| usize::try_from(*count).ok().filter(|count| *count > 0))
			.collect();
		let [before, along, behind] = counts.as_deref().unwrap_or(&[])[..] else {
			return Err(wrong);
		};
		let elements = before.checked_mul(along).and_then(|count| count.checked_mul(behind));
		let norm = Norm::new(along).filter(|_| elements == Some(input.shape.elements()));
		let elements = input.shape.elements();
		Ok(Self { norm: norm.ok_or(wrong)?, along, behind, elements })
	}

	/// Those of a node that fits its input.
	fn of(site: &Site<'_>) -> Self {
		Self::new(site.node, site.inputs[0]).expect("the node was checked; qed")
	}

	/// The positions of the elements of each row.
	fn positions(&self) -> impl Iterator<Item = Vec<usize>> + '_ {
		let starts = (0..self.elements).step_by(self.along * self.behind);
		starts.flat_map(move |start| {
			let first = start..start + self.behind;
			first.map(move |at| (0..self.along).map(|row| at + row * self.behind).collect())
		})
	}

	/// What a function makes of each row, at its place.
	fn each<T: Clone, U: Clone + Default, E>(
		&self,
		elements: &[T],
		mut of_row: impl FnMut(Vec<T>) -> Result<Vec<U>, E>,
	) -> Result<Vec<U>, E> {
		let mut made = vec![U::default(); self.elements];
		for positions in self.positions() {
			let row = positions.iter().map(|at| elements[*at].clone()).collect();
			for (at, element) in positions.into_iter().zip(of_row(row)?) {
				made[at] = element;
			}
		}
		Ok(made)
	}
}

/// What is added below the root.
fn added(parameters: &Parameters) -> Option<u64> {
	let [low, high] = parameters.biases[..] else { return None };
	let part = |part: i32| u64::try_from(part).ok().filter(|part| part >> LOWER == 0);
	let added = part(low)? + (part(high)? << LOWER);
	(1..=norm::MAX_ADDED).contains(&added).then_some(added)
}

/// The deviation of a row of floats from its mean, divided by the root of its mean square and epsilon.
fn normalised(row: &[f64], epsilon: f64) -> Vec<f64> {
	let count = row.len() as f64;
	let mean = row.iter().sum::<f64>() / count;
	let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
	let deviation = (variance + epsilon).sqrt();
	row.iter().map(|x| (x - mean) / deviation).collect()
}

impl Function for LayerNorm {
	fn name(&self) -> &'static str {
		NAME
	}

	fn output(&self, node: &Node, inputs: &[&Value]) -> Result<Value, Misfit> {
		let input = Misfit::one(inputs)?;
		Rows::new(node, input)?;
		Ok(Value::bytes(input.shape.clone()))
	}

	fn float(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Vec<f64>],
	) -> Vec<f64> {
		let epsilon = parameters.biases.first().copied().unwrap_or_default();
		let of_row = |row: Vec<f64>| Ok::<_, core::convert::Infallible>(normalised(&row, epsilon));
		match Rows::of(site).each(inputs[0], of_row) {
			Ok(made) => made,
			Err(never) => match never {},
		}
	}

	/// Nothing where the elements of a row have different scales.
	fn quantise(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		let (input, rows) = (inputs[0], Rows::of(site));
		let step = *input.steps.first()?;
		let are_alike =
			|numbers: &[f64]| numbers.iter().all(|number| Some(number) == numbers.first());
		if !are_alike(&input.steps) || !are_alike(&input.zeros) {
			return None;
		}
		let epsilon = parameters.biases.first()?;
		let added = rows.norm.added(epsilon / (step * step));
		let low = added & ((1 << LOWER) - 1);
		let biases = vec![low as i32, (added >> LOWER) as i32];
		let own = Parameters { weights: Vec::new(), biases };
		let floats = input.floats.iter().map(|sample| self.float(site, parameters, &[sample]));
		let integers = input.integers.iter().map(|sample| self.run(site, &own, &[sample]));
		let output = Calibration {
			floats: floats.collect(),
			integers: integers.collect::<Option<_>>()?,
			steps: vec![(norm::LEVELS as f64).recip(); rows.elements],
			zeros: vec![norm::ZERO.into(); rows.elements],
		};
		Some((own, output))
	}

	fn run(
		&self,
		site: &Site<'_>,
		parameters: &Parameters,
		inputs: &[&Integers],
	) -> Option<Integers> {
		let (rows, added) = (Rows::of(site), added(parameters)?);
		let of_row = |row: Vec<i32>| {
			let bytes = row.into_iter().map(|x| u8::try_from(x).map_err(|_| ()));
			let normalised = rows.norm.run(&bytes.collect::<Result<Vec<_>, ()>>()?, added);
			Ok::<_, ()>(normalised.into_iter().map(i32::from).collect())
		};
		rows.each(inputs[0], of_row).ok().map(Integers::new)
	}

	fn constrain(
		&self,
		sheet: &mut Sheet<'_>,
		site: &Site<'_>,
		words: &[Cell],
		inputs: &[&Wires],
	) -> Synthesis<Wires> {
		let rows = Rows::of(site);
		let of_row =
			|row: Vec<Sum>| rows.norm.constrain(sheet.cs, &mut sheet.ranges, &row, words[0]);
		rows.each(inputs[0].bytes(), of_row).map(Wires::Bytes)
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

	fn check(&self, _: &Site<'_>, parameters: &Parameters) -> Result<(), ParameterFault> {
		match (parameters.weights.len(), parameters.biases.len()) {
			(0, 2) => match added(parameters) {
				Some(_) => Ok(()),
				None => Err(ParameterFault::Added),
			},
			(0, got) => Err(ParameterFault::BiasCount { expected: 2, got }),
			(got, _) => Err(ParameterFault::WeightCount { expected: 0, got }),
		}
	}

	fn word_count(&self, _: &Site<'_>, _: Scheme) -> usize {
		1
	}

	fn words(&self, _: &Site<'_>, parameters: &Parameters, _: Scheme) -> Vec<Fr> {
		vec![Fr::from(added(parameters).unwrap_or_default())]
	}

	/// Elements of a row are compared with one another.
	fn shared_scale(&self, _: &Site<'_>, _: &FloatParameters) -> Option<Vec<f64>> {
		Some(Vec::new())
	}
}
