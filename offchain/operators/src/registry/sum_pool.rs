// SPDX-License-Identifier: Apache-2.0
//! `AveragePool` and `GlobalAveragePool` of an image: the total of the bytes of each window, of
//! which the next layer takes a part. It costs no constraint.

use candor_gadgets::{Cell, Sum, Synthesis};
use candor_graph::{FloatParameters, Kind, Node, Parameters, Shape, Source, Value};
use candor_onnx::{node::integer_attribute, OnnxError};

use super::{
	conv::Slide,
	dense,
	pool::{pooled, slid, Pooled, Slid},
};
use crate::{
	window::{self, Window},
	Affine, At, Calibration, Filters, Function, Integers, Misfit, Operator, Place, Reader, Sheet,
	Site, Wires,
};

/// What it is called in graphs.
pub const NAME: &str = "sum_pool";

/// See the module.
pub(super) struct SumPool;

/// A node that takes a value from `source`.
pub(crate) fn node(source: Source, window: &Window) -> Node {
	window.described(Node::new(NAME, [source]))
}

impl Operator for SumPool {
	fn onnx(&self) -> &'static [&'static str] {
		&["AveragePool", "GlobalAveragePool"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "of bytes: behind a Relu or its pool, or of the input; of a Conv it goes into it, where that is small",
			refuses: "volumes; windows that count fewer elements at the border, where it is not of bytes and `count_include_pad` is 0",
			costs: "nothing; the next layer has the accumulators of as many inputs as bytes are added up",
			exactness: crate::Exactness::Exact,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		let data = place.data()?;
		let Slid { image, slide: Slide { window, said_behind }, dims } = slid(place, data)?;
		let channels = window.channels;
		let counts_pads = integer_attribute(place.node, "count_include_pad").unwrap_or(0) != 0;
		let is_counted = |place: [usize; 2]| {
			let end = |axis: usize| window.before[axis] + window.image[axis] + said_behind[axis];
			let is_said = (0..2).all(|axis| place[axis] < end(axis));
			window.position(place).is_some() || counts_pads && is_said
		};
		// Of each window, what its elements are divided by.
		let counts: Vec<f64> = window
			.windows()
			.map(|at| window.taps().filter(|tap| is_counted(window.place(at, *tap))).count() as f64)
			.collect();
		let of_image = data.affine.as_channels(image.dims);
		let are_bytes = reader.kind(data.source).is_some_and(|kind| match kind {
			Kind::Bytes | Kind::Totals(_) => true,
			Kind::Sums(_) => false,
		});
		// Windows at the border would have other zeros than the others.
		let are_alike = !window.is_padded() || reader.is_rectified(data.source);
		match of_image.filter(|(before, _)| are_bytes && are_alike && !before.is_padded()) {
			Some((_, of_channels)) => {
				let source = reader.insert(place, node(data.source, &window))?;
				let elements = window.positions();
				let (mut factors, mut shifts) = (Vec::new(), Vec::new());
				for (scale, offset) in of_channels {
					for (count, elements) in counts.iter().zip(&elements) {
						factors.push(scale / count);
						shifts.push(offset * elements.len() as f64 / count);
					}
				}
				let affine = Affine::identity(factors.len()).scaled(&factors, &shifts);
				reader.stand_behind(place, At { source, dims, affine });
				Ok(())
			}
			None => {
				let taps: usize = window.kernel.iter().product();
				let [count, ref others @ ..] = counts[..] else {
					return Err(place.usage("it has no window"));
				};
				if others.iter().any(|other| *other != count) {
					return Err(place.usage(
						"windows at the border count fewer elements; put it behind a Relu, or count the zeros around the image (count_include_pad=1)",
					));
				}
				let weights = vec![count.recip(); channels * taps];
				let layer = FloatParameters { weights, biases: vec![0.0; channels] };
				let filters = Filters::new(window, channels, layer);
				reader.fold_filter(place, data, &filters, dims)
			}
		}
	}

	fn function(&self) -> Option<&'static dyn Function> {
		Some(&Self)
	}
}

impl Function for SumPool {
	fn name(&self) -> &'static str {
		NAME
	}

	fn output(&self, node: &Node, inputs: &[&Value]) -> Result<Value, Misfit> {
		Misfit::attributes(node, &window::ATTRIBUTES)?;
		let input = Misfit::one(inputs)?;
		let bytes_each = input.bytes_each().ok_or(Misfit::Input { expected: "bytes" })?;
		let window = pooled(node, input)?;
		let taps: usize = window.kernel.iter().product();
		// A total has to fit the next layer, and so 32 bits.
		let bytes = bytes_each.saturating_mul(taps);
		let bytes = dense::width(i64::try_from(bytes).unwrap_or(i64::MAX))?;
		let [rows, columns] = window.outputs();
		let shape = Shape::new(vec![window.channels, rows, columns])?;
		let kind = if bytes == 1 { Kind::Bytes } else { Kind::Totals(bytes as u32) };
		Ok(Value { shape, kind })
	}

	fn float(&self, site: &Site<'_>, _: &FloatParameters, inputs: &[&Vec<f64>]) -> Vec<f64> {
		Pooled::at(site).of_windows(inputs[0], |window| window.sum())
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
			zeros: pooled.of_windows(&input.zeros, |window| window.sum()),
		};
		Some((none, output))
	}

	fn run(&self, site: &Site<'_>, _: &Parameters, inputs: &[&Integers]) -> Option<Integers> {
		Some(Integers::new(Pooled::at(site).of_windows(inputs[0], |window| window.sum())))
	}

	fn constrain(
		&self,
		_: &mut Sheet<'_>,
		site: &Site<'_>,
		_: &[Cell],
		inputs: &[&Wires],
	) -> Synthesis<Wires> {
		let total = |window: &mut dyn Iterator<Item = Sum>| {
			window.fold(Sum::zero(), |mut total, byte| {
				total.add(1u8.into(), &byte);
				total
			})
		};
		Ok(Wires::Bytes(Pooled::at(site).of_windows(inputs[0].bytes(), total)))
	}

	fn shared_scale(&self, _: &Site<'_>, _: &FloatParameters) -> Option<Vec<f64>> {
		Some(Vec::new())
	}
}

#[cfg(test)]
mod tests;
