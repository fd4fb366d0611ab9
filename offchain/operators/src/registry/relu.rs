// SPDX-License-Identifier: Apache-2.0
//! `Relu`: sums become bytes, by ReLU, rounding shift and saturation.

use candor_gadgets::{relu, Cell, Synthesis};
use candor_graph::{FloatParameters, Node, Parameters, Source, Value, ACTIVATION_BITS};
use candor_onnx::OnnxError;

use super::{clip, quantize_linear};
use crate::{Calibration, Function, Integers, Misfit, Operator, Place, Reader, Sheet, Site, Wires};

/// What it is called in graphs.
pub const NAME: &str = "relu";

/// See the module.
pub(super) struct Relu;

/// A node that takes a value from `source`.
pub fn node(source: Source) -> Node {
	Node::new(NAME, [source])
}

/// The bits that are dropped: what the sums were raised for.
pub(super) fn shift(site: &Site<'_>) -> u32 {
	site.inputs.first().and_then(|input| input.sums()).map_or(0, |sums| sums.rounding)
}

/// The bytes that one list of sums is rounded to.
pub(super) fn bytes_of(inputs: &[&Value]) -> Result<Value, Misfit> {
	let input = Misfit::one(inputs)?;
	match input.sums() {
		// The activation lies below the top bit.
		Some(sums) if sums.rounding > 0 && sums.rounding + ACTIVATION_BITS < sums.width => {
			Ok(Value::bytes(input.shape.clone()))
		}
		_ => Err(Misfit::Input { expected: "sums that are to be rounded" }),
	}
}

impl Operator for Relu {
	fn onnx(&self) -> &'static [&'static str] {
		&["Relu"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "anywhere; on the input and at the end there is a layer of its own with it",
			refuses: "",
			costs: "5 constraints for each output",
			exactness: crate::Exactness::Step,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let at = place.data()?.clone();
		match quantize_linear::bound_of_relu(place)? {
			Some((integers, high)) => {
				reader.bound(integers, 0.0, high);
				clip::between(place, reader, &at, 0.0, high)
			}
			None => reader.rectify(place, at),
		}
	}

	fn function(&self) -> Option<&'static dyn Function> {
		Some(&Self)
	}
}

impl Function for Relu {
	fn name(&self) -> &'static str {
		NAME
	}

	fn output(&self, node: &Node, inputs: &[&Value]) -> Result<Value, Misfit> {
		Misfit::attributes(node, &[])?;
		bytes_of(inputs)
	}

	fn float(&self, _: &Site<'_>, _: &FloatParameters, inputs: &[&Vec<f64>]) -> Vec<f64> {
		inputs[0].iter().map(|x| x.max(0.0)).collect()
	}

	fn quantise(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		let input = inputs[0];
		let unit = 2f64.powi(shift(site) as i32);
		let none = Parameters::NONE;
		let floats = input.floats.iter().map(|sums| self.float(site, parameters, &[sums]));
		let integers = input.integers.iter().map(|sums| self.run(site, &none, &[sums]));
		let output = Calibration {
			floats: floats.collect(),
			integers: integers.collect::<Option<_>>()?,
			steps: input.steps.iter().map(|step| step * unit).collect(),
			zeros: vec![0.0; input.zeros.len()],
		};
		Some((Parameters::NONE, output))
	}

	fn run(&self, site: &Site<'_>, _: &Parameters, inputs: &[&Integers]) -> Option<Integers> {
		let shift = shift(site);
		let bytes = inputs[0].iter().map(|&sum| relu::activate(sum.into(), shift).into());
		Some(Integers::new(bytes.collect()))
	}

	fn constrain(
		&self,
		sheet: &mut Sheet<'_>,
		site: &Site<'_>,
		_: &[Cell],
		inputs: &[&Wires],
	) -> Synthesis<Wires> {
		let shift = shift(site);
		let bytes = inputs[0].limbs().iter().map(|limb| limb.activation(sheet.cs, shift));
		Ok(Wires::Bytes(bytes.collect::<Synthesis<_>>()?))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Scheme;
	use candor_gadgets::{limb::Limb, testing::TestSystem};
	use candor_graph::{Kind, Shape, Sums};

	fn sums(width: u32, rounding: u32) -> Value {
		let shape = Shape::vector(4).expect("small");
		Value { shape, kind: Kind::Sums(Sums { width, rounding }) }
	}

	#[test]
	fn it_takes_sums_that_are_to_be_rounded_into_a_byte() {
		let node = node(Source::Input);
		let of = |value: &Value| Relu.output(&node, &[value]).map(|value| value.kind);
		assert_eq!(of(&sums(18, 8)), Ok(Kind::Bytes));
		for wrong in [sums(18, 0), sums(16, 8), Value::bytes(sums(18, 8).shape)] {
			assert!(matches!(of(&wrong), Err(Misfit::Input { .. })), "{wrong:?}");
		}
		let tagged = node.clone().with("tag", 1);
		assert_eq!(Relu.output(&tagged, &[&sums(18, 8)]), Err(Misfit::Attributes));
		let two = [&sums(18, 8), &sums(18, 8)];
		assert!(matches!(Relu.output(&node, &two), Err(Misfit::Inputs { .. })));
	}

	#[test]
	fn constraints_floats_and_integers_are_one_function() {
		let (input, node) = (sums(18, 8), node(Source::Input));
		let output = Relu.output(&node, &[&input]).expect("they fit");
		let site = Site { node: &node, inputs: vec![&input], output: &output };
		let accumulators = [-70_000, -128, 128 << 8, 70_000];
		let integers = Integers::new(accumulators.to_vec());
		let expected = Relu.run(&site, &Parameters::NONE, &[&integers]).expect("bytes");
		assert_eq!(*expected, [0, 0, 128, 255]);
		let floats = accumulators.map(f64::from).to_vec();
		let floats = Relu.float(&site, &FloatParameters::NONE, &[&floats]);
		assert_eq!(floats, [0.0, 0.0, 32_768.0, 70_000.0]);

		let offset = input.sums().expect("sums").offset() as i64;
		for scheme in Scheme::ALL {
			TestSystem::new(|cs| {
				let mut sheet = Sheet::new(cs, scheme);
				let limbs = accumulators.map(|sum| {
					let raised = u64::try_from(i64::from(sum) + offset).expect("in range");
					let sums = input.sums().expect("sums");
					Limb::new(cs, &mut sheet.ranges, Some(raised), sums)
				});
				let limbs = limbs.into_iter().collect::<Synthesis<_>>()?;
				let wires = Relu.constrain(&mut sheet, &site, &[], &[&Wires::Limbs(limbs)])?;
				for (byte, expected) in wires.bytes().iter().zip(expected.iter()) {
					assert_eq!(byte.value, Some((*expected).into()));
				}
				Ok(())
			});
		}
	}
}
