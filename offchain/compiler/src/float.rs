// SPDX-License-Identifier: Apache-2.0
//! The float perceptron between the ONNX graph and the integer model.

/// A linear layer `y = x W + b`. Private: `Debug` shows its size only, and it is wiped when it is
/// dropped.
#[derive(Clone, PartialEq)]
pub struct FloatLayer {
	/// `fan_in * fan_out` weights; input `i` to output `o` stands at `i * fan_out + o`.
	pub weights: Vec<f64>,
	/// `fan_out` biases.
	pub biases: Vec<f64>,
}

impl FloatLayer {
	/// The layer that changes nothing.
	pub(crate) fn identity(width: usize) -> Self {
		let mut weights = vec![0.0; width * width];
		weights.iter_mut().step_by(width + 1).for_each(|weight| *weight = 1.0);
		Self { weights, biases: vec![0.0; width] }
	}

	/// The number of inputs.
	pub fn fan_in(&self) -> usize {
		self.weights.len() / self.fan_out()
	}

	/// The number of outputs.
	pub fn fan_out(&self) -> usize {
		self.biases.len()
	}

	/// The weights of an input.
	pub(crate) fn row(&self, input: usize) -> &[f64] {
		let fan_out = self.fan_out();
		&self.weights[input * fan_out..(input + 1) * fan_out]
	}

	/// Makes an input a constant: its weights become zero, what they make of the value goes into
	/// the biases.
	pub(crate) fn fix(&mut self, input: usize, value: f64) {
		let fan_out = self.fan_out();
		let row = &mut self.weights[input * fan_out..(input + 1) * fan_out];
		for (weight, bias) in row.iter_mut().zip(&mut self.biases) {
			*bias += *weight * value;
			*weight = 0.0;
		}
	}

	/// `x W`, without the bias.
	fn product(&self, inputs: &[f64]) -> Vec<f64> {
		let mut outputs = vec![0.0; self.fan_out()];
		for (row, input) in self.weights.chunks_exact(self.fan_out()).zip(inputs) {
			for (output, weight) in outputs.iter_mut().zip(row) {
				*output += weight * input;
			}
		}
		outputs
	}

	/// `x W + b`.
	pub fn apply(&self, inputs: &[f64]) -> Vec<f64> {
		let mut outputs = self.product(inputs);
		outputs.iter_mut().zip(&self.biases).for_each(|(output, bias)| *output += bias);
		outputs
	}

	/// The one layer that does what this layer and the next one do together.
	pub(crate) fn then(&self, next: &Self) -> Self {
		let rows = self.weights.chunks_exact(self.fan_out());
		Self {
			weights: rows.flat_map(|row| next.product(row)).collect(),
			biases: next.apply(&self.biases),
		}
	}
}

/// Linear layers with a ReLU between each two of them.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatPerceptron {
	/// The layers, at least one.
	pub layers: Vec<FloatLayer>,
}

impl FloatPerceptron {
	/// The number of features.
	pub fn input_len(&self) -> usize {
		self.layers.first().map_or(0, FloatLayer::fan_in)
	}

	/// The activations after each layer, logits last.
	pub fn activations(&self, features: &[f64]) -> Vec<Vec<f64>> {
		let mut all: Vec<Vec<f64>> = Vec::with_capacity(self.layers.len());
		for (index, layer) in self.layers.iter().enumerate() {
			let mut outputs = layer.apply(all.last().map_or(features, Vec::as_slice));
			if index + 1 < self.layers.len() {
				outputs.iter_mut().for_each(|output| *output = output.max(0.0));
			}
			all.push(outputs);
		}
		all
	}

	/// The logits.
	pub fn run(&self, features: &[f64]) -> Vec<f64> {
		self.activations(features).pop().unwrap_or_default()
	}
}

/// The position of the first maximum; nothing of an empty list.
pub(crate) fn argmax(logits: &[f64]) -> Option<usize> {
	let max = logits.iter().copied().reduce(f64::max)?;
	logits.iter().position(|logit| *logit == max)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn layer(weights: &[f64], biases: &[f64]) -> FloatLayer {
		FloatLayer { weights: weights.into(), biases: biases.into() }
	}

	#[test]
	fn composed_layers_do_what_the_two_do() {
		let first = layer(&[1.0, -2.0, 0.5, 3.0, 4.0, -1.0], &[0.5, 1.0, -1.0]);
		let second = layer(&[2.0, 1.0, 0.0, -1.0, 3.0, 2.0], &[1.0, -4.0]);
		let input = [3.0, -2.0];
		assert_eq!(first.then(&second).apply(&input), second.apply(&first.apply(&input)));
		assert_eq!(first.then(&FloatLayer::identity(3)), first);
	}

	#[test]
	fn relu_stands_between_layers_only() {
		let model = FloatPerceptron {
			layers: vec![layer(&[1.0, -1.0], &[0.0, 0.0]), layer(&[1.0, -1.0], &[-5.0])],
		};
		assert_eq!(model.activations(&[2.0]), [vec![2.0, 0.0], vec![-3.0]]);
		assert_eq!(model.run(&[-2.0]), [-7.0]);
	}

	#[test]
	fn the_first_of_equal_maxima_wins() {
		assert_eq!(argmax(&[-1.0, 2.0, 2.0]), Some(1));
		assert_eq!(argmax(&[]), None);
	}
}
