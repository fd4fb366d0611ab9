// SPDX-License-Identifier: Apache-2.0
//! `MaxPool`, `GlobalMaxPool` and `ReduceMax` of an image: the largest byte of each window.

use candor_gadgets::{maximum::maximum, Cell, Synthesis};
use candor_graph::{FloatParameters, Kind, Node, Parameters, Shape, Value};
use candor_onnx::OnnxError;

use super::{
	conv::Slide,
	pool::{pooled, slid, Pooled, Slid},
	relu,
};
use crate::{
	window::{self, Window},
	Affine, At, Calibration, Function, Integers, Misfit, Operator, Place, Reader, Sheet, Site,
	Wires,
};

/// What it is called in graphs.
pub const NAME: &str = "max_pool";

/// See the module.
pub(super) struct MaxPool;

impl Operator for MaxPool {
	fn onnx(&self) -> &'static [&'static str] {
		&["MaxPool", "GlobalMaxPool", "ReduceMax"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "`ReduceMax` of all of an image or signal; of bytes, as `AveragePool`; or directly before a Relu, which is then computed first; of sums, which become bytes by a Relu where none is negative, or else by a table that changes nothing",
			refuses: "volumes; the places of the largest values",
			costs: "7 constraints for each window of four elements; of sums their bytes, as `Relu` or `Tanh`",
			exactness: crate::Exactness::ExactOrStep,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let data = place.data()?;
		let Slid { image, slide: Slide { window, .. }, dims } = slid(place, data)?;
		if place.node.output.get(1).is_some_and(|output| !output.is_empty()) {
			return Err(place.usage("the places of the largest values are not supported"));
		}
		// The largest of rectified values is the rectified largest one.
		let is_rectified_next = place.is_followed_only_by("Relu");
		let bytes;
		let data = match in_order(reader, data, image.dims) {
			Some(_) => data,
			None if is_rectified_next => {
				bytes = reader.compute(place, data, relu::node)?;
				&bytes
			}
			None => {
				bytes = reader.as_bytes(place, data)?;
				&bytes
			}
		};
		let (before, channels) = in_order(reader, data, image.dims)
			.ok_or_else(|| place.usage("the largest of these values is not supported"))?;
		// Zeros around rectified values are not larger than any of them.
		let window = Window {
			image: before.image,
			before: [0, 1].map(|axis| window.before[axis] + before.before[axis]),
			behind: [0, 1].map(|axis| window.behind[axis] + before.behind[axis]),
			..window
		}
		.trimmed();
		let source = reader.insert(place, window.described(Node::new(NAME, [data.source])))?;
		let [rows, columns] = window.outputs();
		let each = rows * columns;
		let affine = Affine::identity(window.channels * each);
		let spread = |of: fn(&(f64, f64)) -> f64| -> Vec<f64> {
			channels.iter().flat_map(|pair| core::iter::repeat_n(of(pair), each)).collect()
		};
		let affine = affine.scaled(&spread(|pair| pair.0), &spread(|pair| pair.1));
		reader.stand_behind(place, At { source, dims, affine });
		Ok(())
	}

	fn function(&self) -> Option<&'static dyn Function> {
		Some(&Self)
	}
}

/// The image of bytes that data are, where a larger byte is a larger number; what is put around it is no
/// larger than any.
fn in_order(reader: &Reader, data: &At, dims: [usize; 3]) -> Option<(Window, Vec<(f64, f64)>)> {
	let (window, channels) = data.affine.as_channels(dims)?;
	let is_in_order = channels.iter().all(|(scale, _)| *scale > 0.0);
	let pads_are_least = !window.is_padded()
		|| reader.is_rectified(data.source) && channels.iter().all(|(_, offset)| *offset == 0.0);
	let are_bytes = reader.kind(data.source) == Some(Kind::Bytes);
	(is_in_order && pads_are_least && are_bytes).then_some((window, channels))
}

impl Function for MaxPool {
	fn name(&self) -> &'static str {
		NAME
	}

	fn output(&self, node: &Node, inputs: &[&Value]) -> Result<Value, Misfit> {
		Misfit::attributes(node, &window::ATTRIBUTES)?;
		let input = Misfit::one(inputs)?;
		if input.kind != Kind::Bytes {
			return Err(Misfit::Input { expected: "bytes" });
		}
		let window = pooled(node, input)?;
		let [rows, columns] = window.outputs();
		Ok(Value::bytes(Shape::new(vec![window.channels, rows, columns])?))
	}

	fn float(&self, site: &Site<'_>, _: &FloatParameters, inputs: &[&Vec<f64>]) -> Vec<f64> {
		let largest = |window: &mut dyn Iterator<Item = f64>| window.fold(f64::MIN, f64::max);
		Pooled::at(site).of_windows(inputs[0], largest)
	}

	fn quantise(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		let (input, pooled) = (inputs[0], Pooled::at(site));
		let none = Parameters::NONE;
		let floats = input.floats.iter().map(|bytes| self.float(site, parameters, &[bytes]));
		let integers = input.integers.iter().map(|bytes| self.run(site, &none, &[bytes]));
		let output = Calibration {
			floats: floats.collect(),
			integers: integers.collect::<Option<_>>()?,
			steps: pooled.shared(&input.steps)?,
			zeros: pooled.shared(&input.zeros)?,
		};
		Some((none, output))
	}

	fn run(&self, site: &Site<'_>, _: &Parameters, inputs: &[&Integers]) -> Option<Integers> {
		let largest = |window: &mut dyn Iterator<Item = i32>| window.max().unwrap_or_default();
		Some(Integers::new(Pooled::at(site).of_windows(inputs[0], largest)))
	}

	fn constrain(
		&self,
		sheet: &mut Sheet<'_>,
		site: &Site<'_>,
		_: &[Cell],
		inputs: &[&Wires],
	) -> Synthesis<Wires> {
		let (cs, ranges) = (sheet.cs, &mut sheet.ranges);
		let largest =
			|window: &mut dyn Iterator<Item = _>| maximum(cs, ranges, &window.collect::<Vec<_>>());
		let bytes = Pooled::at(site).of_windows(inputs[0].bytes(), largest);
		Ok(Wires::Bytes(bytes.into_iter().collect::<Synthesis<_>>()?))
	}

	fn shared_scale(&self, _: &Site<'_>, _: &FloatParameters) -> Option<Vec<f64>> {
		Some(Vec::new())
	}
}

#[cfg(test)]
mod tests;
