// SPDX-License-Identifier: Apache-2.0
//! The integer perceptron and its native executor: the function that the circuit proves.

use std::fmt;

use candor_statement::{commitment::commit_model, Fr, ModelCommitment};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::{
	architecture::{Architecture, Layer, LOGIT_BYTES, WEIGHT_MAX},
	gadgets::{limbs, relu},
	secret::Secret,
};

/// Why weights and biases do not make a perceptron of an architecture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PerceptronError {
	/// The number of layers differs from the architecture's.
	#[error("the architecture has {expected} layers, the parameters {got}")]
	LayerCount {
		/// The number of layers of the architecture.
		expected: usize,
		/// The number of layers that was given.
		got: usize,
	},
	/// A layer has too few or too many weights.
	#[error("layer {layer} needs {expected} weights, not {got}")]
	WeightCount {
		/// The layer, from zero.
		layer: usize,
		/// Fan-in times fan-out.
		expected: usize,
		/// The number that was given.
		got: usize,
	},
	/// A layer has too few or too many biases.
	#[error("layer {layer} needs {expected} biases, not {got}")]
	BiasCount {
		/// The layer, from zero.
		layer: usize,
		/// The fan-out.
		expected: usize,
		/// The number that was given.
		got: usize,
	},
	/// A weight of -128, the only `i8` outside the symmetric range.
	#[error(
		"weight {index} of layer {layer} is -128; weights are in -{WEIGHT_MAX}..={WEIGHT_MAX}"
	)]
	Weight {
		/// The layer, from zero.
		layer: usize,
		/// The position in the row-major list.
		index: usize,
	},
	/// A bias beyond the bound of its layer.
	#[error("bias {index} of layer {layer} is {got}, beyond the bound of {max}")]
	Bias {
		/// The layer, from zero.
		layer: usize,
		/// The output.
		index: usize,
		/// The bias.
		got: i32,
		/// The bound, `255 * 128 * fan_in`.
		max: i32,
	},
}

/// Why an input cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
	/// The input has a wrong length.
	#[error("the model takes {expected} input bytes, not {got}")]
	InputLength {
		/// The first width of the architecture.
		expected: usize,
		/// The number of bytes that was given.
		got: usize,
	},
	/// An accumulator left 32 bits, which the bounds of a checked model exclude.
	#[error("an accumulator of layer {layer} overflowed; the model is outside its bounds")]
	Overflow {
		/// The layer, from zero.
		layer: usize,
	},
}

/// The parameters of one layer. Private: `Debug` shows their numbers only, and they are wiped when
/// they are dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerParameters {
	/// `fan_in * fan_out` weights; input `i` to output `o` stands at `i * fan_out + o`.
	pub weights: Vec<i8>,
	/// `fan_out` biases, in units of a weight times an activation.
	pub biases: Vec<i32>,
}

impl fmt::Debug for LayerParameters {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "LayerParameters({} weights, {} biases)", self.weights.len(), self.biases.len())
	}
}

impl Drop for LayerParameters {
	fn drop(&mut self) {
		self.weights.zeroize();
		self.biases.zeroize();
	}
}

impl LayerParameters {
	/// `b[o] + Σ_i w[i][o] * x[i]` for each output; nothing on overflow, which the bounds of a
	/// checked model exclude.
	pub fn accumulate(&self, inputs: &[u8]) -> Option<Vec<i32>> {
		let mut accumulators = self.biases.clone();
		let rows = self.weights.chunks_exact(accumulators.len());
		for (row, &input) in rows.zip(inputs) {
			for (accumulator, &weight) in accumulators.iter_mut().zip(row) {
				let product = i32::from(weight) * i32::from(input);
				*accumulator = accumulator.checked_add(product)?;
			}
		}
		Some(accumulators)
	}
}

/// An integer perceptron whose parameters are within the bounds of its architecture.
///
/// Weights are private: see [`LayerParameters`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedPerceptron")]
pub struct Perceptron {
	architecture: Architecture,
	layers: Vec<LayerParameters>,
}

/// What stands in a file before it is checked.
#[derive(Deserialize)]
#[serde(rename = "Perceptron", deny_unknown_fields)]
struct UncheckedPerceptron {
	architecture: Architecture,
	layers: Vec<LayerParameters>,
}

impl TryFrom<UncheckedPerceptron> for Perceptron {
	type Error = PerceptronError;

	fn try_from(unchecked: UncheckedPerceptron) -> Result<Self, Self::Error> {
		Self::new(unchecked.architecture, unchecked.layers)
	}
}

impl Perceptron {
	/// Checks parameters against an architecture.
	///
	/// # Errors
	///
	/// [`PerceptronError`] when a count differs or a value is outside its bounds.
	pub fn new(
		architecture: Architecture,
		layers: Vec<LayerParameters>,
	) -> Result<Self, PerceptronError> {
		let shapes = architecture.layers();
		if shapes.len() != layers.len() {
			return Err(PerceptronError::LayerCount { expected: shapes.len(), got: layers.len() });
		}
		for (layer, (shape, parameters)) in shapes.iter().zip(&layers).enumerate() {
			check_layer(layer, shape, parameters)?;
		}
		Ok(Self { architecture, layers })
	}

	/// The architecture.
	pub fn architecture(&self) -> &Architecture {
		&self.architecture
	}

	/// The parameters, layer by layer.
	pub fn layers(&self) -> &[LayerParameters] {
		&self.layers
	}

	/// Runs the model on an input and gives its logits.
	///
	/// # Errors
	///
	/// [`RunError`] when the input has a wrong length.
	pub fn run(&self, input: &[u8]) -> Result<Vec<i32>, RunError> {
		let expected = self.architecture.input_len();
		if input.len() != expected {
			return Err(RunError::InputLength { expected, got: input.len() });
		}
		// What happens between input and logits tells about both secrets.
		let mut activations = Zeroizing::new(input.to_vec());
		let mut logits = Vec::new();
		for (layer, (shape, parameters)) in
			self.architecture.layers().iter().zip(&self.layers).enumerate()
		{
			let accumulators =
				parameters.accumulate(&activations).ok_or(RunError::Overflow { layer })?;
			if shape.hidden {
				activations = Zeroizing::new(
					Zeroizing::new(accumulators)
						.iter()
						.map(|&accumulator| relu::activate(accumulator.into(), shape.shift))
						.collect(),
				);
			} else {
				logits = accumulators;
			}
		}
		Ok(logits)
	}

	/// The committed words of `circuit.md`, without the blinder.
	pub fn words(&self) -> Secret<Vec<Fr>> {
		let mut words = Vec::with_capacity(self.architecture.word_count());
		for (shape, parameters) in self.architecture.layers().iter().zip(&self.layers) {
			for outputs in shape.group_outputs() {
				for row in parameters.weights.chunks_exact(shape.fan_out) {
					let strands = row[outputs.clone()].iter().map(|&weight| weight.into());
					words.push(limbs::pack(strands, shape.limb_width));
				}
				let strands = parameters.biases[outputs].iter().map(|&bias| bias.into());
				words.push(limbs::pack(strands, shape.limb_width));
			}
		}
		Secret::new(words)
	}

	/// The public commitment to the model under a blinder.
	pub fn commitment(&self, blinder: Fr) -> ModelCommitment {
		commit_model(&self.words(), blinder)
	}
}

fn check_layer(
	layer: usize,
	shape: &Layer,
	parameters: &LayerParameters,
) -> Result<(), PerceptronError> {
	let expected = shape.fan_in * shape.fan_out;
	let got = parameters.weights.len();
	if got != expected {
		return Err(PerceptronError::WeightCount { layer, expected, got });
	}
	let got = parameters.biases.len();
	if got != shape.fan_out {
		return Err(PerceptronError::BiasCount { layer, expected: shape.fan_out, got });
	}
	let outside = |&weight: &i8| i32::from(weight).abs() > WEIGHT_MAX;
	if let Some(index) = parameters.weights.iter().position(outside) {
		return Err(PerceptronError::Weight { layer, index });
	}
	let max = shape.bias_max();
	let outside = |bias: &i32| bias.unsigned_abs() > max.unsigned_abs();
	if let Some(index) = parameters.biases.iter().position(outside) {
		return Err(PerceptronError::Bias { layer, index, got: parameters.biases[index], max });
	}
	Ok(())
}

/// The output bytes of logits: each in two's complement, little-endian.
pub fn output_bytes(logits: &[i32]) -> Vec<u8> {
	logits.iter().flat_map(|logit| logit.to_le_bytes()).collect()
}

/// The logits of output bytes; nothing unless the length is a multiple of [`LOGIT_BYTES`].
pub fn logits_from_bytes(output: &[u8]) -> Option<Vec<i32>> {
	let chunks = output.chunks_exact(LOGIT_BYTES);
	if !chunks.remainder().is_empty() {
		return None;
	}
	chunks.map(|bytes| Some(i32::from_le_bytes(bytes.try_into().ok()?))).collect()
}

/// The position of the first maximum; nothing of an empty list.
pub fn argmax(logits: &[i32]) -> Option<usize> {
	let max = logits.iter().max()?;
	logits.iter().position(|logit| logit == max)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::test_model::{Fill, TestModel};
	use proptest::prelude::*;

	/// The function of `circuit.md`, read off the page: wide integers, floor by division.
	fn by_the_book(model: &Perceptron, input: &[u8]) -> Vec<i128> {
		let mut x: Vec<i128> = input.iter().map(|&byte| byte.into()).collect();
		let shapes = model.architecture().layers();
		for (l, (shape, layer)) in shapes.iter().zip(model.layers()).enumerate() {
			let (n, m) = (shape.fan_in, shape.fan_out);
			let acc = |o: usize| {
				let products = (0..n).map(|i| i128::from(layer.weights[i * m + o]) * x[i]);
				i128::from(layer.biases[o]) + products.sum::<i128>()
			};
			let last = l == shapes.len() - 1;
			let unit = 2i128.pow(shape.shift);
			let output = |acc: i128| {
				if last {
					acc
				} else {
					(acc + unit / 2).div_euclid(unit).clamp(0, 255)
				}
			};
			x = (0..m).map(|o| output(acc(o))).collect();
		}
		x
	}

	fn two_by_two(weights: [i8; 4], biases: [i32; 2]) -> Result<Perceptron, PerceptronError> {
		let layer = LayerParameters { weights: weights.into(), biases: biases.into() };
		Perceptron::new("2-2".parse().expect("an architecture"), vec![layer])
	}

	#[test]
	fn parameters_are_not_shown() {
		let model = two_by_two([101, -102, 103, -104], [1105, -1106]).expect("within bounds");
		let shown = format!("{model:?} {model:#?} {:?}", model.words());
		for secret in ["101", "102", "103", "104", "1105", "1106"] {
			assert!(!shown.contains(secret), "{shown}");
		}
		for word in model.words().iter() {
			assert!(!shown.contains(&word.to_string()), "{shown}");
		}
	}

	mod construction {
		use super::*;

		#[test]
		fn checks_counts() {
			let architecture: Architecture = "2-2".parse().expect("an architecture");
			let layer = |weights, biases| LayerParameters {
				weights: vec![0; weights],
				biases: vec![0; biases],
			};
			let new = |layers| Perceptron::new(architecture.clone(), layers).map(|_| ());
			assert_eq!(new(vec![layer(4, 2)]), Ok(()));
			assert_eq!(new(vec![]), Err(PerceptronError::LayerCount { expected: 1, got: 0 }));
			assert_eq!(
				new(vec![layer(3, 2)]),
				Err(PerceptronError::WeightCount { layer: 0, expected: 4, got: 3 })
			);
			assert_eq!(
				new(vec![layer(4, 3)]),
				Err(PerceptronError::BiasCount { layer: 0, expected: 2, got: 3 })
			);
		}

		#[test]
		fn checks_bounds() {
			let max = 255 * 128 * 2;
			assert!(two_by_two([127, -127, 0, 1], [max, -max]).is_ok());
			assert_eq!(
				two_by_two([1, 2, -128, 0], [0, 0]),
				Err(PerceptronError::Weight { layer: 0, index: 2 })
			);
			for got in [max + 1, -max - 1, i32::MIN, i32::MAX] {
				assert_eq!(
					two_by_two([0; 4], [0, got]),
					Err(PerceptronError::Bias { layer: 0, index: 1, got, max })
				);
			}
		}

		#[test]
		fn is_checked_when_read_from_json() {
			let model = two_by_two([1, 2, 3, 4], [5, 6]).expect("within bounds");
			let json = serde_json::to_string(&model).expect("serializes");
			assert_eq!(serde_json::from_str::<Perceptron>(&json).expect("parses"), model);
			let wrong = json.replace("[1,2,3,4]", "[1,2,3,-128]");
			assert!(serde_json::from_str::<Perceptron>(&wrong).is_err());
		}
	}

	mod run {
		use super::*;

		#[test]
		fn weights_are_row_major_by_input() {
			let model = two_by_two([1, 10, 2, 20], [1000, 2000]).expect("within bounds");
			assert_eq!(model.run(&[3, 4]), Ok(vec![1000 + 3 + 8, 2000 + 30 + 80]));
		}

		#[test]
		fn an_input_of_another_length_is_refused() {
			let model = two_by_two([0; 4], [0; 2]).expect("within bounds");
			for got in [0, 1, 3] {
				let error = RunError::InputLength { expected: 2, got };
				assert_eq!(model.run(&vec![0; got]), Err(error));
			}
		}

		#[test]
		fn the_widest_layer_does_not_overflow_at_its_bounds() {
			for fill in [Fill::Highest, Fill::Lowest] {
				let TestModel { model, .. } = TestModel::filled("16384-1", fill);
				let logit = 16_384 * (127 * 255 + 128 * 255);
				let sign = if fill == Fill::Highest { 1 } else { -1 };
				assert_eq!(model.run(&vec![255; 16_384]), Ok(vec![sign * logit]));
			}
		}

		proptest! {
			#[test]
			fn agrees_with_the_book(test in TestModel::any()) {
				let logits = test.model.run(&test.input).expect("the input fits");
				let logits: Vec<i128> = logits.into_iter().map(i128::from).collect();
				prop_assert_eq!(logits, by_the_book(&test.model, &test.input));
			}
		}
	}

	mod outputs {
		use super::*;

		#[test]
		fn are_little_endian_in_twos_complement() {
			assert_eq!(output_bytes(&[1, -2]), [1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]);
			assert_eq!(logits_from_bytes(&[1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]), Some(vec![1, -2]));
			assert_eq!(logits_from_bytes(&[1, 0, 0]), None);
		}

		#[test]
		fn the_first_of_equal_maxima_wins() {
			assert_eq!(argmax(&[-3, 7, 7, 1]), Some(1));
			assert_eq!(argmax(&[]), None);
		}
	}

	mod words {
		use super::*;
		use ark_ff::Zero;

		#[test]
		fn hold_groups_of_strands_lowest_first() {
			let model = two_by_two([1, 2, -3, 4], [5, -6]).expect("within bounds");
			let width = model.architecture().layers()[0].limb_width;
			let word =
				|low: i64, high: i64| Fr::from(low) + Fr::from(1u64 << width) * Fr::from(high);
			assert_eq!(*model.words(), [word(1, 2), word(-3, 4), word(5, -6)]);
		}

		#[test]
		fn are_as_many_as_the_architecture_says() {
			let TestModel { model, .. } = TestModel::filled("9-40-12", Fill::Highest);
			assert_eq!(model.words().len(), model.architecture().word_count());
		}

		#[test]
		fn make_the_commitment_with_the_blinder() {
			let model = two_by_two([1, 2, -3, 4], [5, -6]).expect("within bounds");
			let expected = commit_model(&model.words(), Fr::from(3));
			assert_eq!(model.commitment(Fr::from(3)), expected);
			assert_ne!(model.commitment(Fr::zero()), expected);
		}
	}
}
