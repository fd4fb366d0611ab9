// SPDX-License-Identifier: Apache-2.0
//! `Conv` with constant weights: filters that slide over an image of bytes, to sums.
//!
//! Weights stand as ONNX has them: for each output, each channel of its group and each element of a
//! window. Behind the biases stands, where anything is put around the image, the integer that is put
//! around each channel.

mod direct;
mod layout;
mod polynomials;
mod quantise;
mod read;
#[cfg(test)]
mod tests;

use candor_gadgets::{limb::Limb, limbs, product, Cell, Sum, Synthesis};
use candor_graph::{FloatParameters, Kind, Node, Parameters, Shape, Source, Value, ACTIVATION_MAX};
use candor_onnx::OnnxError;
use candor_statement::Fr;

use super::dense::{self, Packing, LIMB, OUTPUTS, ROUNDING};
use crate::{
	window, Aim, Calibration, Filters, Function, Integers, Misfit, Operator, ParameterFault, Place,
	Reader, Scheme, Sheet, Site, Units, Wires,
};

pub(crate) use layout::Layout;
use quantise::Wanted;
pub(super) use read::{image, slide, Image, Slide};

/// What it is called in graphs.
pub const NAME: &str = "conv";

/// The attribute with the number of groups that channels and outputs are cut into.
const GROUPS: &str = "groups";

/// See the module.
pub(super) struct Conv;

/// A node that takes a value from `source`; `rounding` is at most the [`dense::shift`] of the bytes that
/// each output is a sum of.
pub(crate) fn node(source: Source, filters: &Filters, rounding: u32) -> Node {
	filters
		.window
		.described(Node::new(NAME, [source]))
		.with(GROUPS, filters.groups as i64)
		.with(OUTPUTS, filters.channels() as i64)
		.with(ROUNDING, rounding.into())
}

impl Operator for Conv {
	fn onnx(&self) -> &'static [&'static str] {
		&["Conv"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "weights and bias constant; images and signals; any strides, pads, dilations and groups; `auto_pad`",
			refuses: "volumes",
			costs: "window by window as `Gemm`; or at the challenge a constraint for each element of the image, each weight word, and about each output of each group of output channels: [circuit.md](circuit.md#convolutions)",
			exactness: crate::Exactness::Weights,
			since: &[],
		}
	}

	fn read(&self, place: &Place<'_>, reader: &mut Reader) -> Result<(), OnnxError> {
		read::read(place, reader)
	}

	fn function(&self) -> Option<&'static dyn Function> {
		Some(&Self)
	}
}

/// How the products of a convolution are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
	/// Window by window.
	Direct,
	/// As products of polynomials at the challenge.
	Polynomials,
}

impl Method {
	/// The one with fewer constraints, where there is a challenge.
	fn of(layout: &Layout, scheme: Scheme) -> Self {
		let is_smaller = || polynomials::cost(layout, scheme) < direct::cost(layout, scheme);
		if scheme.challenges() > 0 && is_smaller() {
			Self::Polynomials
		} else {
			Self::Direct
		}
	}

	fn packing(self, layout: &Layout, scheme: Scheme) -> Packing {
		match self {
			Self::Direct => Packing::new(layout.layer, scheme),
			Self::Polynomials => Packing::of_singles(layout.layer, scheme),
		}
	}

	fn constrain(
		self,
		sheet: &mut Sheet<'_>,
		layout: &Layout,
		words: &[Cell],
		bytes: &[Sum],
	) -> Synthesis<Channels> {
		let packing = self.packing(layout, sheet.scheme);
		let (words, pads) = words.split_at(layout.groups * packing.word_count());
		match self {
			Self::Direct => direct::constrain(sheet, layout, &packing, words, bytes, pads),
			Self::Polynomials => {
				polynomials::constrain(sheet, layout, &packing, words, bytes, pads)
			}
		}
	}

	/// For each group of channels and each of its groups of outputs the weight words and the bias word; then
	/// what is put around the channels.
	fn words(self, layout: &Layout, parameters: &Parameters, scheme: Scheme) -> Vec<Fr> {
		let packing = self.packing(layout, scheme);
		let mut words = Vec::with_capacity(layout.groups * packing.word_count() + layout.pads());
		for group in 0..layout.groups {
			let first = layout.outputs_of(group).start;
			for outputs in packing.group_outputs() {
				let outputs = outputs.start + first..outputs.end + first;
				let from = words.len();
				for input in 0..layout.layer.fan_in {
					let strands = outputs
						.clone()
						.map(|output| i64::from(layout.row(&parameters.weights, output)[input]));
					words.push(limbs::pack(strands, packing.base));
				}
				let strands = parameters.biases[outputs].iter().map(|&bias| bias.into());
				let mut bias = limbs::pack(strands, packing.base);
				if packing.paired {
					bias -= product::pair_products(&words[from..]);
				}
				words.push(bias);
			}
		}
		words.extend(parameters.biases[layout.outputs()..].iter().map(|pad| Fr::from(*pad)));
		words
	}
}

impl Function for Conv {
	fn name(&self) -> &'static str {
		NAME
	}

	fn output(&self, node: &Node, inputs: &[&Value]) -> Result<Value, Misfit> {
		let own = [GROUPS, OUTPUTS, ROUNDING, LIMB];
		Misfit::attributes(node, &[&window::ATTRIBUTES[..], &own].concat())?;
		let layout = Layout::of(node, Misfit::one(inputs)?)?;
		let [rows, columns] = layout.window.outputs();
		let shape = Shape::new(vec![layout.outputs(), rows, columns])?;
		Ok(Value { shape, kind: Kind::Sums(layout.layer.sums) })
	}

	fn float(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Vec<f64>],
	) -> Vec<f64> {
		quantise::apply(&Layout::at(site), parameters, inputs[0])
	}

	fn quantise(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		quantise::quantise(self, site, parameters, inputs[0], Wanted::Units(Units::Shared))
	}

	fn quantise_channels(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		let is_rounded = Layout::at(site).layer.sums.rounding > 0;
		let units = if is_rounded { Units::Own } else { Units::Shared };
		quantise::quantise(self, site, parameters, inputs[0], Wanted::Units(units))
	}

	fn finest(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		steps: &[f64],
		zeros: &[f64],
	) -> Option<Vec<f64>> {
		quantise::finest(site, parameters, steps, zeros)
	}

	fn quantise_to(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
		aims: &[Aim],
	) -> Option<(Parameters, Calibration)> {
		quantise::quantise(self, site, parameters, inputs[0], Wanted::Aims(aims))
	}

	/// `b[o] + Σ w[o][c][a][b] * x[c][…]` for each output and window.
	fn run(
		&self,
		site: &Site<'_>,
		parameters: &Parameters,
		inputs: &[&Integers],
	) -> Option<Integers> {
		let layout = Layout::at(site);
		let (biases, pads) = parameters.biases.split_at_checked(layout.outputs())?;
		let mut sums = Integers::new(Vec::with_capacity(site.output.shape.elements()));
		for group in 0..layout.groups {
			let windows = layout.columns(group, inputs[0], pads);
			for output in layout.outputs_of(group) {
				let row = layout.row(&parameters.weights, output);
				for window in &windows {
					let sum = row.iter().zip(window).try_fold(
						*biases.get(output)?,
						|sum: i32, (weight, x)| {
							sum.checked_add(i32::from(*weight).checked_mul(*x)?)
						},
					);
					sums.push(sum?);
				}
			}
		}
		Some(sums)
	}

	fn constrain(
		&self,
		sheet: &mut Sheet<'_>,
		site: &Site<'_>,
		words: &[Cell],
		inputs: &[&Wires],
	) -> Synthesis<Wires> {
		let layout = Layout::at(site);
		let method = Method::of(&layout, sheet.scheme);
		let channels = method.constrain(sheet, &layout, words, inputs[0].bytes())?;
		Ok(Wires::Limbs(channels.into_iter().flatten().collect()))
	}

	fn is_parameterised(&self) -> bool {
		true
	}

	fn shared_scale(&self, site: &Site<'_>, parameters: &FloatParameters) -> Option<Vec<f64>> {
		let outputs = Layout::at(site).outputs();
		Some(parameters.biases.get(outputs..).map_or(Vec::new(), <[f64]>::to_vec))
	}

	fn parameter_count(&self, site: &Site<'_>) -> usize {
		let layout = Layout::at(site);
		layout.weights() + layout.outputs() + layout.pads()
	}

	fn check(&self, site: &Site<'_>, parameters: &Parameters) -> Result<(), ParameterFault> {
		let layout = Layout::at(site);
		let (expected, got) = (layout.weights(), parameters.weights.len());
		if got != expected {
			return Err(ParameterFault::WeightCount { expected, got });
		}
		let (expected, got) = (layout.outputs() + layout.pads(), parameters.biases.len());
		if got != expected {
			return Err(ParameterFault::BiasCount { expected, got });
		}
		dense::check_bounds(parameters, layout.layer.bias_max())?;
		let max = layout.pad_max();
		let mut pads = parameters.biases.iter().copied().enumerate().skip(layout.outputs());
		match pads.find(|(_, pad)| pad.unsigned_abs() > max.unsigned_abs()) {
			Some((index, got)) => Err(ParameterFault::Bias { index, got, max }),
			None => dense::check_limbs(layout.layer.sums, &self.largest_sums(site, parameters)),
		}
	}

	fn largest_sums(&self, site: &Site<'_>, parameters: &Parameters) -> Vec<u64> {
		let layout = Layout::at(site);
		let (biases, pads) = parameters.biases.split_at(layout.outputs());
		let of = |(output, bias): (usize, &i32)| {
			let weights = layout.row(&parameters.weights, output).iter();
			let weights = weights.zip(layout.lowest(output, pads));
			dense::largest_sum(*bias, weights, layout.layer.bytes_each)
		};
		biases.iter().enumerate().map(of).collect()
	}

	fn word_count(&self, site: &Site<'_>, scheme: Scheme) -> usize {
		let layout = Layout::at(site);
		let packing = Packing::of_singles(layout.layer, scheme);
		layout.groups * packing.word_count() + layout.pads()
	}

	fn words(&self, site: &Site<'_>, parameters: &Parameters, scheme: Scheme) -> Vec<Fr> {
		let layout = Layout::at(site);
		Method::of(&layout, scheme).words(&layout, parameters, scheme)
	}
}

/// The raised sums of each output channel, window by window.
type Channels = Vec<Vec<Limb>>;

/// The largest absolute value of what is put around totals of so many bytes.
const fn pad_max(bytes_each: usize) -> i32 {
	ACTIVATION_MAX * bytes_each as i32
}
