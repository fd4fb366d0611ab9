// SPDX-License-Identifier: Apache-2.0
//! Rows of a table of weights, by their numbers: an embedding.
//!
//! Numbers are bytes of the value that it takes, at the positions of the attribute of that name; the table has two to
//! the power of the attribute `bits` rows, of so many columns. Every byte has a row, that of its remainder. Elements
//! of the table are bytes, in `biases`, row by row.

use candor_gadgets::rows::{self, Number};
use candor_gadgets::{tree, Cell, Synthesis};
use candor_graph::{
	FloatParameters, Node, Parameters, Shape, Source, Value, ACTIVATION_BITS, ACTIVATION_MAX,
	MAX_ELEMENTS,
};
use candor_onnx::{node::integer_attribute, node::shown, OnnxError, Tensor};
use candor_statement::Fr;

use super::super::dense;
use crate::{
	round, Affine, At, Calibration, Function, Integers, Misfit, ParameterFault, Place, Reader,
	Scheme, Sheet, Site, Wires,
};

/// What it is called in graphs.
pub const NAME: &str = "embedding";

/// The attribute with the bits of a number.
const BITS: &str = "bits";

/// The attribute with the number of columns.
const COLUMNS: &str = "columns";

/// The attribute with where numbers stand in the value that it takes.
const POSITIONS: &str = "positions";

/// The most rows of a table: a number is a byte.
const MAX_ROWS: usize = 1 << ACTIVATION_BITS;

/// See the module.
pub(super) struct Embedding;

/// A node that takes numbers from `source`.
fn node(source: Source, bits: u32, columns: usize, positions: &[usize]) -> Node {
	let mut node = Node::new(NAME, [source]).with(BITS, bits.into()).with(COLUMNS, columns as i64);
	let positions = positions.iter().map(|position| *position as i64).collect();
	node.attributes.insert(POSITIONS.into(), positions);
	node
}

/// Reads rows of a constant by numbers that are features.
pub(super) fn read(place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
	let at = place.data()?.clone();
	let Tensor { dims, values } = place.floats(0)?;
	let axis = integer_attribute(place.node, "axis").unwrap_or(0);
	let (count, rest) = match dims.split_first() {
		Some((count, rest)) if axis == 0 || axis == -(dims.len() as i64) => (*count, rest),
		_ => {
			return Err(place.usage(format!(
				"axis {axis} of a constant of the shape {}; only rows (axis 0) are looked up by data",
				shown(&dims)
			)))
		}
	};
	if !(2..=MAX_ROWS).contains(&count) {
		return Err(place.usage(format!(
			"a table of {count} rows; 2 to {MAX_ROWS} can be looked up, as a number is a byte: use a smaller vocabulary (letters, or the most frequent words)"
		)));
	}
	let columns: usize = rest.iter().product();
	let positions: Option<Vec<usize>> = at.affine.terms().and_then(|terms| {
		terms.map(|(from, scale, offset)| (scale == 1.0 && offset == 0.0).then_some(from)).collect()
	});
	let positions = positions.filter(|_| at.source == Source::Input).ok_or_else(|| {
		place.usage("the numbers of its rows are computed; only features can be, as they are")
	})?;
	let bits = count.next_power_of_two().trailing_zeros();
	let mut biases = values;
	// No sample has a number beyond the table, but the circuit has a row for each number of `bits` bits.
	let first = biases.get(..columns).map(<[f64]>::to_vec).unwrap_or_default();
	for _ in count..1 << bits {
		biases.extend_from_slice(&first);
	}
	let parameters = FloatParameters { weights: Vec::new(), biases };
	let dims = at.dims.iter().chain(rest).copied().collect();
	let own = node(Source::Input, bits, columns, &positions);
	let source = reader.insert_with(place, &at, own, parameters)?;
	let affine = Affine::identity(positions.len() * columns);
	reader.pass(place, At { source, dims, affine });
	Ok(())
}

/// A table at its place in a graph.
struct Table {
	bits: u32,
	columns: usize,
	positions: Vec<usize>,
}

impl Table {
	/// That of a node behind a value.
	fn new(node: &Node, input: &Value) -> Result<Self, Misfit> {
		Misfit::attributes(node, &[BITS, COLUMNS, POSITIONS])?;
		if input.bytes_each() != Some(1) {
			return Err(Misfit::Input { expected: "bytes" });
		}
		let wrong = |name| Misfit::Attribute { name };
		let bits = node.integer(BITS).and_then(|bits| u32::try_from(bits).ok());
		let bits = bits.filter(|bits| (1..=ACTIVATION_BITS).contains(bits)).ok_or(wrong(BITS))?;
		let columns = dense::width(node.integer(COLUMNS).ok_or(wrong(COLUMNS))?)?;
		let given = node.attributes.get(POSITIONS).map_or(&[][..], Vec::as_slice);
		let position =
			|at: &i64| usize::try_from(*at).ok().filter(|at| *at < input.shape.elements());
		let positions = given.iter().map(position).collect::<Option<Vec<_>>>();
		let positions = positions
			.filter(|positions| !positions.is_empty() && positions.len() <= MAX_ELEMENTS / columns);
		Ok(Self { bits, columns, positions: positions.ok_or(wrong(POSITIONS))? })
	}

	/// That of a node that fits its input.
	fn at(site: &Site<'_>) -> Self {
		Self::new(site.node, site.inputs[0]).expect("the node was checked; qed")
	}

	fn rows(&self) -> usize {
		1 << self.bits
	}

	fn elements(&self) -> usize {
		self.rows() * self.columns
	}

	/// The columns of each word of a row.
	fn words_of_row(&self) -> impl Iterator<Item = core::ops::Range<usize>> + '_ {
		let starts = (0..self.columns).step_by(rows::PER_WORD);
		starts.map(|from| from..(from + rows::PER_WORD).min(self.columns))
	}

	/// The elements of the rows of some numbers, one behind the other.
	fn of<'a, T>(&'a self, elements: &'a [T], number: usize) -> &'a [T] {
		let row = number % self.rows();
		&elements[row * self.columns..(row + 1) * self.columns]
	}
}

impl Function for Embedding {
	fn name(&self) -> &'static str {
		NAME
	}

	fn output(&self, node: &Node, inputs: &[&Value]) -> Result<Value, Misfit> {
		let table = Table::new(node, Misfit::one(inputs)?)?;
		Ok(Value::bytes(Shape::new(vec![table.positions.len(), table.columns])?))
	}

	/// A number that is none is rounded to one, and cut to a byte, as features are.
	fn float(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Vec<f64>],
	) -> Vec<f64> {
		let table = Table::at(site);
		let number = |at: &usize| round(inputs[0][*at]).clamp(0.0, ACTIVATION_MAX.into()) as usize;
		let rows = table.positions.iter().map(number);
		rows.flat_map(|number| table.of(&parameters.biases, number)).copied().collect()
	}

	/// One scale for the whole table, which covers it.
	fn quantise(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		let input = inputs[0];
		let floats = parameters.biases.iter();
		let (low, high) = floats
			.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(*x), high.max(*x)));
		let step = (high - low) / f64::from(ACTIVATION_MAX);
		let step = if step.is_normal() { step } else { 1.0 };
		let byte = |x: &f64| round((x - low) / step).clamp(0.0, ACTIVATION_MAX.into()) as i32;
		let biases = parameters.biases.iter().map(byte).collect();
		let table = Parameters { weights: Vec::new(), biases };
		let floats = input.floats.iter().map(|sample| self.float(site, parameters, &[sample]));
		let integers = input.integers.iter().map(|sample| self.run(site, &table, &[sample]));
		let elements = site.output.shape.elements();
		let output = Calibration {
			floats: floats.collect(),
			integers: integers.collect::<Option<_>>()?,
			steps: vec![step; elements],
			zeros: vec![-low / step; elements],
		};
		Some((table, output))
	}

	fn run(
		&self,
		site: &Site<'_>,
		parameters: &Parameters,
		inputs: &[&Integers],
	) -> Option<Integers> {
		let table = Table::at(site);
		let mut rows = Integers::new(Vec::with_capacity(site.output.shape.elements()));
		for at in &table.positions {
			let number = usize::try_from(*inputs[0].get(*at)?).ok()?;
			rows.extend_from_slice(table.of(&parameters.biases, number));
		}
		Some(rows)
	}

	fn constrain(
		&self,
		sheet: &mut Sheet<'_>,
		site: &Site<'_>,
		words: &[Cell],
		inputs: &[&Wires],
	) -> Synthesis<Wires> {
		let table = Table::at(site);
		let mut rows = Vec::with_capacity(site.output.shape.elements());
		for at in &table.positions {
			let byte = &inputs[0].bytes()[*at];
			let number = Number::of(sheet.cs, &mut sheet.ranges, byte, table.bits)?;
			for (columns, words) in table.words_of_row().zip(words.chunks(table.rows())) {
				rows.extend(number.row(sheet.cs, &mut sheet.ranges, words, columns.len())?);
			}
		}
		Ok(Wires::Bytes(rows))
	}

	fn is_parameterised(&self) -> bool {
		true
	}

	fn parameter_count(&self, site: &Site<'_>) -> usize {
		Table::at(site).elements()
	}

	fn check(&self, site: &Site<'_>, parameters: &Parameters) -> Result<(), ParameterFault> {
		let expected = Table::at(site).elements();
		match (parameters.weights.len(), parameters.biases.len()) {
			(0, got) if got == expected => (),
			(0, got) => return Err(ParameterFault::BiasCount { expected, got }),
			(got, _) => return Err(ParameterFault::WeightCount { expected: 0, got }),
		}
		let is_byte = |element: &i32| (0..=ACTIVATION_MAX).contains(element);
		match parameters.biases.iter().position(|element| !is_byte(element)) {
			Some(index) => Err(ParameterFault::Element { index, got: parameters.biases[index] }),
			None => Ok(()),
		}
	}

	fn word_count(&self, site: &Site<'_>, _: Scheme) -> usize {
		let table = Table::at(site);
		table.words_of_row().count() * table.rows()
	}

	/// For each word of a row the differences of what it is in all rows.
	fn words(&self, site: &Site<'_>, parameters: &Parameters, _: Scheme) -> Vec<Fr> {
		let table = Table::at(site);
		let merges = tree::complete(table.rows().ilog2());
		let mut words = Vec::with_capacity(self.word_count(site, Scheme::Staged));
		for columns in table.words_of_row() {
			let word = |row: usize| {
				let bytes = &table.of(&parameters.biases, row)[columns.clone()];
				rows::word(bytes.iter().map(|byte| i64::from(*byte)))
			};
			let mut of_rows: Vec<Fr> = (0..table.rows()).map(word).collect();
			tree::differences(&mut of_rows, &merges);
			words.extend(of_rows);
		}
		words
	}

	fn numbers(&self, site: &Site<'_>) -> Vec<usize> {
		Table::at(site).positions
	}
}

#[cfg(test)]
mod tests;
