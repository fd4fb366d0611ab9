// SPDX-License-Identifier: Apache-2.0
//! Values side by side, for layers that take several: what sums of different layers become. No operator of
//! ONNX is it alone.

use candor_gadgets::{Cell, Synthesis};
use candor_graph::{FloatParameters, Node, Parameters, Shape, Source, Value};

use crate::{Calibration, Function, Integers, Misfit, Sheet, Site, Wires};

/// What it is called in graphs.
pub const NAME: &str = "join";

/// See the module.
pub(super) struct Join;

/// A node that takes values from these sources.
pub(crate) fn node(sources: impl IntoIterator<Item = Source>) -> Node {
	Node::new(NAME, sources)
}

impl Function for Join {
	fn name(&self) -> &'static str {
		NAME
	}

	fn output(&self, node: &Node, inputs: &[&Value]) -> Result<Value, Misfit> {
		Misfit::attributes(node, &[])?;
		let [first, others @ ..] = inputs else {
			return Err(Misfit::Inputs { expected: 2, got: inputs.len() });
		};
		if others.is_empty() {
			return Err(Misfit::Inputs { expected: 2, got: inputs.len() });
		}
		let is_alike = others.iter().all(|other| other.kind == first.kind);
		if !is_alike || first.bytes_each().is_none() {
			return Err(Misfit::Input { expected: "bytes, or totals of as many bytes each" });
		}
		let elements = inputs.iter().map(|input| input.shape.elements());
		let elements = elements.fold(0, usize::saturating_add);
		Ok(Value { shape: Shape::vector(elements)?, kind: first.kind })
	}

	fn float(&self, _: &Site<'_>, _: &FloatParameters, inputs: &[&Vec<f64>]) -> Vec<f64> {
		inputs.iter().flat_map(|input| input.iter().copied()).collect()
	}

	fn quantise(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		let none = Parameters::NONE;
		let samples = 0..inputs.first()?.floats.len();
		let floats = samples.clone().map(|sample| {
			let inputs: Vec<_> = inputs.iter().map(|input| &input.floats[sample]).collect();
			self.float(site, parameters, &inputs)
		});
		let integers = samples.map(|sample| {
			let inputs: Vec<_> = inputs.iter().map(|input| &input.integers[sample]).collect();
			self.run(site, &none, &inputs)
		});
		let numbers = |of: fn(&Calibration) -> &Vec<f64>| -> Vec<f64> {
			inputs.iter().flat_map(|input| of(input).iter().copied()).collect()
		};
		let output = Calibration {
			floats: floats.collect(),
			integers: integers.collect::<Option<_>>()?,
			steps: numbers(|input| &input.steps),
			zeros: numbers(|input| &input.zeros),
		};
		Some((none, output))
	}

	fn run(&self, _: &Site<'_>, _: &Parameters, inputs: &[&Integers]) -> Option<Integers> {
		let all = inputs.iter().flat_map(|input| input.iter().copied());
		Some(Integers::new(all.collect()))
	}

	fn constrain(
		&self,
		_: &mut Sheet<'_>,
		_: &Site<'_>,
		_: &[Cell],
		inputs: &[&Wires],
	) -> Synthesis<Wires> {
		let all = inputs.iter().flat_map(|input| input.bytes().iter().cloned());
		Ok(Wires::Bytes(all.collect()))
	}

	/// Windows may slide over what stands behind it.
	fn shared_scale(&self, _: &Site<'_>, _: &FloatParameters) -> Option<Vec<f64>> {
		Some(Vec::new())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_graph::Kind;

	fn value(elements: usize, kind: Kind) -> Value {
		Value { shape: Shape::vector(elements).expect("small"), kind }
	}

	#[test]
	fn values_stand_side_by_side() {
		let (left, right) = (value(2, Kind::Bytes), value(3, Kind::Bytes));
		let node = node([Source::Input, Source::Node(0)]);
		let output = Join.output(&node, &[&left, &right]).expect("they are alike");
		assert_eq!(output, value(5, Kind::Bytes));
		let site = Site { node: &node, inputs: vec![&left, &right], output: &output };
		let calibration = |floats: &[f64], step: f64| Calibration {
			floats: vec![floats.to_vec()],
			integers: vec![Integers::new(floats.iter().map(|x| *x as i32).collect())],
			steps: vec![step; floats.len()],
			zeros: vec![step + 1.0; floats.len()],
		};
		let inputs = [&calibration(&[1.0, 2.0], 0.5), &calibration(&[3.0, 4.0, 5.0], 2.0)];
		let (_, joined) =
			Join.quantise(&site, &FloatParameters::NONE, &inputs).expect("they are alike");
		assert_eq!(joined.floats, [[1.0, 2.0, 3.0, 4.0, 5.0]]);
		assert_eq!(*joined.integers[0], [1, 2, 3, 4, 5]);
		assert_eq!(joined.steps, [0.5, 0.5, 2.0, 2.0, 2.0]);
		assert_eq!(joined.zeros, [1.5, 1.5, 3.0, 3.0, 3.0]);
	}

	#[test]
	fn values_of_different_kinds_do_not() {
		let node = node([Source::Input, Source::Node(0)]);
		let of = |left, right| Join.output(&node, &[&value(2, left), &value(2, right)]).is_ok();
		assert!(of(Kind::Totals(4), Kind::Totals(4)));
		assert!(!of(Kind::Totals(4), Kind::Bytes));
		assert!(!of(Kind::Totals(4), Kind::Totals(2)));
		let sums = Kind::Sums(candor_graph::Sums { width: 20, rounding: 0 });
		assert!(!of(sums, sums));
		let alone = Join.output(&node, &[&value(2, Kind::Bytes)]);
		assert_eq!(alone, Err(Misfit::Inputs { expected: 2, got: 1 }));
	}
}
