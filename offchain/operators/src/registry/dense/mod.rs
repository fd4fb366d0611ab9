// SPDX-License-Identifier: Apache-2.0
//! `Gemm` and `MatMul` with constant weights: a linear layer `y = x W + b` of bytes to sums. An image is
//! the list of its elements.
//!
//! Weight of input `i` for output `o` stands at `i * fan_out + o`.

mod layer;
mod quantise;
mod read;
mod rows;
#[cfg(test)]
mod tests;

use ark_ff::One;
use candor_gadgets::{
	limb::Limb,
	limbs,
	product::{self, Inputs, Pairs},
	Cell, Sum, Synthesis,
};
use candor_graph::{
	FloatParameters, Kind, Node, Parameters, Shape, Source, Sums, Value, WEIGHT_MAX,
};
use candor_onnx::OnnxError;
use candor_statement::Fr;

use crate::{
	Aim, Calibration, Function, Integers, Linear, Misfit, Operator, ParameterFault, Place, Reader,
	Scheme, Sheet, Site, Units, Wires,
};

pub(crate) use layer::{check_limbs, fitted, largest_sum, sums, LIMB, ROUNDING};
pub use layer::{limb_width, rounded, shift, Layer, Packing, MAX_WIDTH};
pub(crate) use quantise::{accumulator_unit, dead, finest_unit_of, largest, own_units, zero_max};
pub(crate) use read::fan_in;

/// What it is called in graphs.
pub const NAME: &str = "dense";

/// The attribute with the number of outputs.
pub(crate) const OUTPUTS: &str = "outputs";

/// See the module.
pub(super) struct Dense;

/// A node that takes a value from `source`; `rounding` is at most the [`shift`] of its fan-in, and 0 where nothing
/// is dropped.
pub fn node(source: Source, outputs: usize, rounding: u32) -> Node {
	Node::new(NAME, [source]).with(OUTPUTS, outputs as i64).with(ROUNDING, rounding.into())
}

impl Operator for Dense {
	fn onnx(&self) -> &'static [&'static str] {
		&["Gemm", "MatMul"]
	}

	fn about(&self) -> crate::About {
		crate::About {
			takes: "weights and bias constant, data on the left; `alpha`, `beta`, `transB`; two in a row become one; `MatMul` at each place of a sequence, a `conv` whose places share the weights; `MatMul` of queries and keys, and of shares and values, in an attention (see `Softmax`)",
			refuses: "`transA`; a matrix for each row of a sample, or for each sample; other products of data",
			costs: "a constraint for each input of each group of outputs, and `w` for each output; 612 for 16 words of weights",
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

/// A width within its limits.
///
/// # Errors
///
/// [`Misfit::Width`] where it is not.
pub(crate) fn width(got: i64) -> Result<usize, Misfit> {
	match usize::try_from(got) {
		Ok(width @ 1..=MAX_WIDTH) => Ok(width),
		_ => Err(Misfit::Width { got, max: MAX_WIDTH }),
	}
}

impl Function for Dense {
	fn name(&self) -> &'static str {
		NAME
	}

	fn output(&self, node: &Node, inputs: &[&Value]) -> Result<Value, Misfit> {
		Misfit::attributes(node, &[OUTPUTS, ROUNDING, LIMB])?;
		let input = Misfit::one(inputs)?;
		let bytes_each = input.bytes_each().ok_or(Misfit::Input { expected: "bytes" })?;
		let fan_in = input.shape.elements();
		let outputs = node.integer(OUTPUTS).ok_or(Misfit::Attribute { name: OUTPUTS })?;
		let fan_out = width(outputs)?;
		let sums = sums(node, width((fan_in * bytes_each) as i64)?)?;
		Ok(Value { shape: Shape::vector(fan_out)?, kind: Kind::Sums(sums) })
	}

	fn float(&self, _: &Site<'_>, parameters: &FloatParameters, inputs: &[&Vec<f64>]) -> Vec<f64> {
		read::apply(parameters, inputs[0])
	}

	fn quantise(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		quantise::quantise(self, site, parameters, inputs[0], Units::Shared)
	}

	fn quantise_channels(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
	) -> Option<(Parameters, Calibration)> {
		let is_rounded = Layer::of(site).sums.rounding > 0;
		let units = if is_rounded { Units::Own } else { Units::Shared };
		quantise::quantise(self, site, parameters, inputs[0], units)
	}

	fn finest(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		steps: &[f64],
		zeros: &[f64],
	) -> Option<Vec<f64>> {
		Some(quantise::finest_of(site, parameters, steps, zeros))
	}

	fn quantise_to(
		&self,
		site: &Site<'_>,
		parameters: &FloatParameters,
		inputs: &[&Calibration],
		aims: &[Aim],
	) -> Option<(Parameters, Calibration)> {
		quantise::quantise_to(self, site, parameters, inputs[0], aims)
	}

	/// `b[o] + Σ_i w[i][o] * x[i]` for each output.
	fn run(&self, _: &Site<'_>, parameters: &Parameters, inputs: &[&Integers]) -> Option<Integers> {
		let mut sums = Integers::new(parameters.biases.clone());
		let rows = parameters.weights.chunks_exact(sums.len());
		for (row, &input) in rows.zip(inputs[0].iter()) {
			for (sum, &weight) in sums.iter_mut().zip(row) {
				*sum = sum.checked_add(i32::from(weight).checked_mul(input)?)?;
			}
		}
		Some(sums)
	}

	/// For each group of outputs one packed product and its split into limbs.
	fn constrain(
		&self,
		sheet: &mut Sheet<'_>,
		site: &Site<'_>,
		words: &[Cell],
		inputs: &[&Wires],
	) -> Synthesis<Wires> {
		let packing = Packing::new(Layer::of(site), sheet.scheme);
		let factors = Factors::new(sheet, &packing, inputs[0].bytes())?;
		let mut sums: Vec<Limb> = Vec::with_capacity(packing.layer.fan_out);
		for (outputs, words) in packing.group_outputs().zip(words.chunks(packing.group_words())) {
			sums.extend(constrain_group(sheet, &packing, outputs.len(), words, &factors)?);
		}
		Ok(Wires::Limbs(sums))
	}

	fn is_parameterised(&self) -> bool {
		true
	}

	fn parameter_count(&self, site: &Site<'_>) -> usize {
		let layer = Layer::of(site);
		(layer.fan_in + 1) * layer.fan_out
	}

	fn check(&self, site: &Site<'_>, parameters: &Parameters) -> Result<(), ParameterFault> {
		let layer = Layer::of(site);
		let (expected, got) = (layer.fan_in * layer.fan_out, parameters.weights.len());
		if got != expected {
			return Err(ParameterFault::WeightCount { expected, got });
		}
		let (expected, got) = (layer.fan_out, parameters.biases.len());
		if got != expected {
			return Err(ParameterFault::BiasCount { expected, got });
		}
		check_bounds(parameters, layer.bias_max())?;
		check_limbs(layer.sums, &self.largest_sums(site, parameters))
	}

	fn largest_sums(&self, site: &Site<'_>, parameters: &Parameters) -> Vec<u64> {
		let layer = Layer::of(site);
		let of = |(output, bias): (usize, &i32)| {
			let weights = parameters.weights.iter().skip(output).step_by(layer.fan_out);
			largest_sum(*bias, weights.map(|weight| (weight, 0)), layer.bytes_each)
		};
		parameters.biases.iter().enumerate().map(of).collect()
	}

	fn word_count(&self, site: &Site<'_>, scheme: Scheme) -> usize {
		Packing::new(Layer::of(site), scheme).word_count()
	}

	fn words(&self, site: &Site<'_>, parameters: &Parameters, scheme: Scheme) -> Vec<Fr> {
		let packing = Packing::new(Layer::of(site), scheme);
		let mut words = Vec::with_capacity(packing.word_count());
		for outputs in packing.group_outputs() {
			let first = words.len();
			for row in parameters.weights.chunks_exact(packing.layer.fan_out) {
				let strands = row[outputs.clone()].iter().map(|&weight| weight.into());
				words.push(limbs::pack(strands, packing.base));
			}
			let strands = parameters.biases[outputs].iter().map(|&bias| bias.into());
			let mut bias = limbs::pack(strands, packing.base);
			if packing.paired {
				bias -= product::pair_products(&words[first..]);
			}
			words.push(bias);
		}
		words
	}

	fn linear(&self) -> Option<&'static dyn Linear> {
		Some(&Self)
	}
}

/// Checks weights, and biases against the largest absolute value of one.
///
/// # Errors
///
/// [`ParameterFault`] names the first that is outside.
pub(crate) fn check_bounds(parameters: &Parameters, max: i32) -> Result<(), ParameterFault> {
	let outside = |&weight: &i8| i32::from(weight).abs() > WEIGHT_MAX;
	if let Some(index) = parameters.weights.iter().position(outside) {
		return Err(ParameterFault::Weight { index });
	}
	let outside = |bias: &i32| bias.unsigned_abs() > max.unsigned_abs();
	match parameters.biases.iter().position(outside) {
		Some(index) => Err(ParameterFault::Bias { index, got: parameters.biases[index], max }),
		None => Ok(()),
	}
}

/// The inputs of a layer, ready to be multiplied with each of its groups.
pub(crate) enum Factors {
	/// One by one.
	Single(Vec<Cell>),
	/// In pairs.
	Paired(Pairs),
	/// Together with those of other runs, at the challenge.
	Joint {
		/// All of them.
		inputs: Vec<Sum>,
		/// What the products of runs know them by.
		id: Inputs,
	},
}

impl Factors {
	/// Those of inputs, as a packing says.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub(crate) fn new(sheet: &mut Sheet<'_>, packing: &Packing, inputs: &[Sum]) -> Synthesis<Self> {
		// From the second list of words on, one constraint an input is fewer than one a pair and list.
		if packing.paired && sheet.runs > 1 && sheet.scheme.challenges() > 0 {
			return Ok(Self::Joint { inputs: inputs.to_vec(), id: sheet.joint.inputs(inputs) });
		}
		let inputs = inputs.iter().cloned();
		if packing.paired {
			Ok(Self::Paired(Pairs::new(sheet.cs, inputs.collect())?))
		} else {
			let named = inputs.map(|input| input.named(sheet.cs));
			Ok(Self::Single(named.collect::<Synthesis<_>>()?))
		}
	}
}

/// The raised sums of one group of outputs, whose words are those of the weights and of the biases.
///
/// # Errors
///
/// The constraint system's, where a value that proving needs is missing.
///
/// # Panics
///
/// Where there are no words.
pub(crate) fn constrain_group(
	sheet: &mut Sheet<'_>,
	packing: &Packing,
	outputs: usize,
	words: &[Cell],
	factors: &Factors,
) -> Synthesis<Vec<Limb>> {
	let (bias, weights) = words.split_last().expect("a group has a bias word; qed");
	let product = match factors {
		Factors::Single(inputs) => product::dot_value(inputs, weights),
		Factors::Paired(pairs) => pairs.dot_value(weights),
		Factors::Joint { inputs, .. } => product::paired_value(inputs, weights),
	};
	let digits = packing.digits(outputs);
	let Raised { limbs, product } = Raised::new(sheet, digits, &(*bias).into(), product)?;
	match factors {
		Factors::Single(inputs) => product::enforce_dot(sheet.cs, inputs, weights, product)?,
		Factors::Paired(pairs) => pairs.enforce_dot(sheet.cs, weights, product)?,
		Factors::Joint { id, .. } => sheet.joint.equate(*id, weights, product),
	}
	Ok(limbs)
}

/// Sums that are the digits of one number.
#[derive(Clone, Copy)]
pub(crate) struct Digits {
	/// The range of each.
	pub(crate) sums: Sums,
	/// Above every raised sum.
	pub(crate) base: u64,
	/// How many there are.
	pub(crate) outputs: usize,
}

/// The raised sums of a group of outputs, and the packed product that they say there is.
pub(crate) struct Raised {
	/// The sums.
	pub(crate) limbs: Vec<Limb>,
	/// `Σ x[i] * P[i] = Σ u[q] * base^q - offset * Σ base^q - B`
	pub(crate) product: Sum,
}

impl Raised {
	/// New sums, whose values follow from that of the packed product.
	///
	/// # Errors
	///
	/// The constraint system's, where a value that proving needs is missing.
	pub(crate) fn new(
		sheet: &mut Sheet<'_>,
		Digits { sums, base, outputs }: Digits,
		bias: &Sum,
		product: Option<Fr>,
	) -> Synthesis<Self> {
		let offset = core::iter::repeat_n(sums.offset() as i64, outputs);
		let offset = limbs::pack(offset, base);
		let values = product
			.zip(bias.value)
			.map(|(product, bias)| limbs::split(product + bias + offset, outputs, base));
		let limbs = (0..outputs).map(|output| {
			let raised = values.as_ref().map(|values| values[output]);
			Limb::new(sheet.cs, &mut sheet.ranges, raised, sums)
		});
		let limbs = limbs.collect::<Synthesis<Vec<_>>>()?;
		let raised: Vec<Sum> = limbs.iter().map(Limb::raised).collect();
		let mut product = limbs::joined(&raised, base);
		product.add(-Fr::one(), &Sum::constant(offset));
		product.add(-Fr::one(), bias);
		Ok(Self { limbs, product })
	}
}
