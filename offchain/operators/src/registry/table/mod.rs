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
	Calibration, Fitted, Function, Integers, Misfit, Operator, Place, Reader, Sheet, Site, Wires,
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

/// A node that takes a value from `source`.
pub fn node(source: Source, curve: Curve, grid: Grid) -> Node {
	let mut node =
		Node::new(NAME, [source]).with(CURVE, curve.number()).with(ZERO, grid.zero.into());
	if let Some(slope) = curve.slope() {
		node.set(SLOPE, slope.parts());
	}
	if !curve.is_homogeneous() {
		node.set(EXPONENT, grid.exponent.into());
	}
	node
}

/// What a step of the argument of a node is worth; nothing of another node, and where samples say it.
pub fn step(node: &Node) -> Option<f64> {
	match parse(node) {
		Ok((_, grid)) if node.operator == NAME && node.attributes.contains_key(EXPONENT) => {
			Some(grid.step())
		}
		_ => None,
	}
}

/// Whether a node gives no number below zero.
pub(crate) fn is_positive(node: &Node) -> bool {
	let curve = node.integer(CURVE).and_then(|number| Curve::of_number(number, None));
	matches!(curve, Some(Curve::Sigmoid | Curve::Softplus | Curve::Clip))
}

/// A node before it is known what it takes.
pub(crate) fn unfitted(source: Source, curve: Curve) -> Node {
	node(source, curve, fit::default_grid(curve))
}

/// A node that changes no number, for sums that have to become bytes.
pub(crate) fn identity(source: Source) -> Node {
	unfitted(source, Curve::Leaky(Slope::ONE))
}

/// What a node computes.
fn parse(node: &Node) -> Result<(Curve, Grid), Misfit> {
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
	let exponent = match node.attributes.get(EXPONENT) {
		None if curve.is_homogeneous() => 0,
		Some(_) if !curve.is_homogeneous() => {
			let exponent = node.integer(EXPONENT).and_then(|exponent| exponent.try_into().ok());
			exponent.filter(|exponent| Grid::EXPONENTS.contains(exponent)).ok_or(wrong(EXPONENT))?
		}
		_ => return Err(wrong(EXPONENT)),
	};
	let zero = node.integer(ZERO).and_then(|zero| u8::try_from(zero).ok());
	let zero = zero.filter(|zero| zero % Grid::ZEROS == 0).ok_or(wrong(ZERO))?;
	Ok((curve, Grid { exponent, zero }))
}

/// What the node of a checked graph computes.
fn parsed(site: &Site<'_>) -> (Curve, Grid) {
	parse(site.node).expect("the attributes were checked; qed")
}

impl Operator for Activation {
	fn onnx(&self) -> &'static [&'static str] {
		&read::NAMES
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "anywhere; `staged` proofs only",
			refuses: "an `alpha` beyond 100",
			costs: "as `Relu` and one more for each output, and 257 for each table that differs",
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
		parse(node)?;
		bytes_of(inputs)
	}

	fn float(&self, site: &Site<'_>, _: &FloatParameters, inputs: &[&Vec<f64>]) -> Vec<f64> {
		let (curve, _) = parsed(site);
		inputs[0].iter().map(|x| curve.of(*x)).collect()
	}

	fn is_fitted(&self) -> bool {
		true
	}

	fn fit(&self, site: &Site<'_>, sums: &[Vec<f64>], finest: f64) -> Option<Fitted> {
		let (curve, _) = parsed(site);
		Some(fit::fit(site, curve, sums, finest, shift(site)))
	}

	fn quantise(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		let (curve, grid) = parsed(site);
		let (input, table) = (inputs[0], Table::new(curve, grid));
		let none = Parameters::NONE;
		let floats = input.floats.iter().map(|sums| self.float(site, parameters, &[sums]));
		let integers = input.integers.iter().map(|sums| self.run(site, &none, &[sums]));
		// One where a step of the sums is one of the grid.
		let per_step = 2f64.powi(shift(site) as i32) / grid.step();
		let output = Calibration {
			floats: floats.collect(),
			integers: integers.collect::<Option<_>>()?,
			steps: input.steps.iter().map(|step| step * per_step * table.step).collect(),
			zeros: vec![-table.low / table.step; input.zeros.len()],
		};
		Some((Parameters::NONE, output))
	}

	fn run(&self, site: &Site<'_>, _: &Parameters, inputs: &[&Integers]) -> Option<Integers> {
		let (curve, grid) = parsed(site);
		let (table, shift) = (Table::new(curve, grid), shift(site));
		let value = |sum: &i32| table.bytes[usize::from(relu::activate((*sum).into(), shift))];
		Some(Integers::new(inputs[0].iter().map(|sum| value(sum).into()).collect()))
	}

	fn constrain(
		&self,
		sheet: &mut Sheet<'_>,
		site: &Site<'_>,
		_: &[Cell],
		inputs: &[&Wires],
	) -> Synthesis<Wires> {
		let (curve, grid) = parsed(site);
		let (table, shift) = (Table::new(curve, grid), shift(site));
		let function = ByteFunction::new(&mut sheet.ranges, &table.bytes);
		let bytes = inputs[0].limbs().iter().map(|limb| {
			let byte = limb.activation(sheet.cs, shift)?;
			function.of(sheet.cs, &mut sheet.ranges, &byte)
		});
		Ok(Wires::Bytes(bytes.collect::<Synthesis<_>>()?))
	}

	fn needs_challenge(&self) -> bool {
		true
	}
}
