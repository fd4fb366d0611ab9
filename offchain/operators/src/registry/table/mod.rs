// SPDX-License-Identifier: Apache-2.0
//! Functions of one number behind a layer, by a table: sums become bytes, by rounding shift, saturation at
//! both ends, and a lookup.
//!
//! The byte of a sum is that of [`relu`](super::relu), whose clamp at zero and at 255 is that of the table at
//! its two ends: the layer before has the byte of zero in its biases.

mod curve;
mod fit;
pub(super) mod read;
#[cfg(test)]
mod tests;

use candor_gadgets::{relu, table::ByteFunction, Cell, Synthesis};
use candor_graph::{FloatParameters, Node, Parameters, Source, Value};
use candor_onnx::OnnxError;

use super::relu::{bytes_of, shift};
use crate::{
	Calibration, Fitted, Function, Integers, Misfit, Operator, Place, Reader, Sheet, Site, Units,
	Wires,
};

pub use curve::{Curve, Grid, Slope, Table};

/// What it is called in graphs.
pub const NAME: &str = "table";

/// The attribute with the number of the curve.
const CURVE: &str = "curve";

/// The attribute with what the curve does below zero, where its number does not say that.
const SLOPE: &str = "slope";

/// The attribute with the exponent of the grid, where the curve is not scaled as its argument is.
const EXPONENT: &str = "exponent";

/// The attribute with the byte of zero.
const ZERO: &str = "zero";

/// See the module.
pub(super) struct Activation;

/// A node that takes a value from `source`, with one grid for all channels.
pub fn node(source: Source, curve: Curve, grid: Grid) -> Node {
	node_of_channels(source, curve, &[grid])
}

/// A node that takes a value from `source`, of whose channels each has a grid.
pub fn node_of_channels(source: Source, curve: Curve, grids: &[Grid]) -> Node {
	let is_one = grids.windows(2).all(|pair| pair[0] == pair[1]);
	let grids = if is_one { &grids[..grids.len().min(1)] } else { grids };
	let mut node = Node::new(NAME, [source]).with(CURVE, curve.number());
	if let Some(slope) = curve.slope() {
		node.set(SLOPE, slope.parts());
	}
	let of_all = |of: fn(&Grid) -> i64| grids.iter().map(of).collect();
	node.attributes.insert(ZERO.into(), of_all(|grid| grid.zero.into()));
	if !curve.is_homogeneous() {
		node.attributes.insert(EXPONENT.into(), of_all(|grid| grid.exponent.into()));
	}
	node
}

/// What a step of the argument of a node is worth, the largest of its channels; nothing of another node, and
/// where samples say it.
pub fn step(node: &Node) -> Option<f64> {
	match parse(node) {
		Ok((_, grids)) if node.operator == NAME && node.attributes.contains_key(EXPONENT) => {
			grids.into_iter().map(Grid::step).reduce(f64::max)
		}
		_ => None,
	}
}

/// Whether a node gives no number below zero.
pub(crate) fn is_positive(node: &Node) -> bool {
	let curve = node.integer(CURVE).and_then(|number| Curve::of_number(number, None));
	matches!(curve, Some(Curve::Sigmoid | Curve::Softplus | Curve::Clip))
}

/// Whether a node gives zero of zero, which each of its grids has: what it gives has a zero within its bytes.
pub(crate) fn keeps_zero(node: &Node) -> bool {
	parse(node).is_ok_and(|(curve, _)| curve.of(0.0) == 0.0)
}

/// A node before it is known what it takes.
pub(crate) fn unfitted(source: Source, curve: Curve) -> Node {
	node(source, curve, fit::default_grid(curve))
}

/// A node that adds to another one what that takes; nothing of a node that is no table, or has no such one.
pub(crate) fn around(node: &Node) -> Option<Node> {
	let (curve, _) = parse(node).ok().filter(|_| node.operator == NAME)?;
	Some(unfitted(node.inputs[0], curve.around()?))
}

/// A node that changes no number, for sums that have to become bytes.
pub(crate) fn identity(source: Source) -> Node {
	unfitted(source, Curve::Leaky(Slope::ONE))
}

/// What a node computes: a curve, on one grid or on one for each channel.
fn parse(node: &Node) -> Result<(Curve, Vec<Grid>), Misfit> {
	Misfit::attributes(node, &[CURVE, SLOPE, EXPONENT, ZERO])?;
	let wrong = |name| Misfit::Attribute { name };
	let slope = match node.attributes.get(SLOPE) {
		Some(_) => {
			let parts = node.integer(SLOPE).and_then(Slope::of_parts);
			Some(parts.ok_or(wrong(SLOPE))?)
		}
		None => None,
	};
	let number = node.integer(CURVE).ok_or(wrong(CURVE))?;
	let curve = Curve::of_number(number, slope).ok_or(wrong(CURVE))?;
	let zero = |zero: &i64| u8::try_from(*zero).ok().filter(|zero| zero % Grid::ZEROS == 0);
	let zeros = node.attributes.get(ZERO).and_then(|zeros| zeros.iter().map(zero).collect());
	let zeros: Vec<u8> = zeros.filter(|zeros: &Vec<u8>| !zeros.is_empty()).ok_or(wrong(ZERO))?;
	let exponent = |exponent: &i64| {
		let exponent = i32::try_from(*exponent).ok();
		exponent.filter(|exponent| Grid::EXPONENTS.contains(exponent))
	};
	let exponents: Vec<i32> = match node.attributes.get(EXPONENT) {
		None if curve.is_homogeneous() => vec![0; zeros.len()],
		Some(exponents) if !curve.is_homogeneous() && exponents.len() == zeros.len() => {
			exponents.iter().map(exponent).collect::<Option<_>>().ok_or(wrong(EXPONENT))?
		}
		_ => return Err(wrong(EXPONENT)),
	};
	let grids = exponents.into_iter().zip(zeros);
	let grids: Vec<Grid> = grids.map(|(exponent, zero)| Grid { exponent, zero }).collect();
	// One node for one function.
	if grids.len() > 1 && grids.windows(2).all(|pair| pair[0] == pair[1]) {
		return Err(wrong(ZERO));
	}
	Ok((curve, grids))
}

/// The tables of the node of a checked graph.
struct Tables {
	/// The different grids, and their tables.
	tables: Vec<(Grid, Table)>,
	/// Which of them each channel has; one for all where there is one.
	of_channels: Vec<usize>,
	/// The elements of a channel.
	each: usize,
	shift: u32,
}

impl Tables {
	fn of(site: &Site<'_>) -> Self {
		let (curve, grids) = parse(site.node).expect("the attributes were checked; qed");
		let mut tables: Vec<(Grid, Table)> = Vec::new();
		let mut of_channels = Vec::with_capacity(grids.len());
		for grid in grids {
			let known = tables.iter().position(|(other, _)| *other == grid);
			of_channels.push(known.unwrap_or_else(|| {
				tables.push((grid, Table::new(curve, grid)));
				tables.len() - 1
			}));
		}
		let each = site.output.shape.elements() / of_channels.len();
		Self { tables, of_channels, each, shift: shift(site) }
	}

	/// For each element its table, by its number.
	fn of_elements(&self) -> impl Iterator<Item = usize> + '_ {
		self.of_channels.iter().flat_map(|table| core::iter::repeat_n(*table, self.each))
	}
}

/// The curve of the node of a checked graph.
fn curve(site: &Site<'_>) -> Curve {
	parse(site.node).expect("the attributes were checked; qed").0
}

impl Operator for Activation {
	fn onnx(&self) -> &'static [&'static str] {
		&read::NAMES
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "anywhere; `staged` proofs only",
			refuses: "an `alpha` beyond 100",
			costs: "as `Relu` and two more for each output, and 257 for each table that differs",
			exactness: crate::Exactness::Table,
			since: &[("Celu", 12), ("Gelu", 20), ("HardSwish", 14), ("Mish", 18), ("Swish", 24)],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		read::read(place, reader)
	}

	fn function(&self) -> Option<&'static dyn Function> {
		Some(&Self)
	}
}

impl Function for Activation {
	fn name(&self) -> &'static str {
		NAME
	}

	fn output(&self, node: &Node, inputs: &[&Value]) -> Result<Value, Misfit> {
		let (_, grids) = parse(node)?;
		let bytes = bytes_of(inputs)?;
		match bytes.shape.elements().is_multiple_of(grids.len()) {
			true => Ok(bytes),
			false => Err(Misfit::Attribute { name: ZERO }),
		}
	}

	fn float(&self, site: &Site<'_>, _: &FloatParameters, inputs: &[&Vec<f64>]) -> Vec<f64> {
		let curve = curve(site);
		inputs[0].iter().map(|x| curve.of(*x)).collect()
	}

	fn is_fitted(&self) -> bool {
		true
	}

	fn fit(
		&self,
		site: &Site<'_>,
		sums: &[Vec<f64>],
		finest: &[f64],
		units: Units,
	) -> Option<Fitted> {
		Some(fit::fit(site, curve(site), (sums, finest), shift(site), units))
	}

	fn quantise(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		let (input, tables) = (inputs[0], Tables::of(site));
		let none = Parameters::NONE;
		let floats = input.floats.iter().map(|sums| self.float(site, parameters, &[sums]));
		let integers = input.integers.iter().map(|sums| self.run(site, &none, &[sums]));
		let kept = 2f64.powi(tables.shift as i32);
		let elements = input.steps.iter().zip(tables.of_elements());
		let levels = elements.map(|(step, at)| {
			let (grid, table) = &tables.tables[at];
			// One where a step of the sums is one of the grid.
			let per_step = kept / grid.step();
			(step * per_step * table.step, -table.low / table.step)
		});
		let (steps, zeros) = levels.unzip();
		let (floats, integers) = (floats.collect(), integers.collect::<Option<_>>()?);
		Some((Parameters::NONE, Calibration { floats, integers, steps, zeros }))
	}

	fn run(&self, site: &Site<'_>, _: &Parameters, inputs: &[&Integers]) -> Option<Integers> {
		let tables = Tables::of(site);
		let value = |(sum, at): (&i32, usize)| {
			let (_, table) = &tables.tables[at];
			table.bytes[usize::from(relu::activate((*sum).into(), tables.shift))].into()
		};
		Some(Integers::new(inputs[0].iter().zip(tables.of_elements()).map(value).collect()))
	}

	fn constrain(
		&self,
		sheet: &mut Sheet<'_>,
		site: &Site<'_>,
		_: &[Cell],
		inputs: &[&Wires],
	) -> Synthesis<Wires> {
		let tables = Tables::of(site);
		let functions = tables.tables.iter();
		let functions: Vec<ByteFunction<'_>> = functions
			.map(|(_, table)| ByteFunction::new(&mut sheet.ranges, &table.bytes))
			.collect();
		let elements = inputs[0].limbs().iter().zip(tables.of_elements());
		let bytes = elements.map(|(limb, at)| {
			let byte = limb.activation(sheet.cs, tables.shift)?;
			functions[at].of(sheet.cs, &mut sheet.ranges, &byte)
		});
		Ok(Wires::Bytes(bytes.collect::<Synthesis<_>>()?))
	}

	fn needs_challenge(&self) -> bool {
		true
	}
}
