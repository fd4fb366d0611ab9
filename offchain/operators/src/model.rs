// SPDX-License-Identifier: Apache-2.0
//! The integer model and its native executor: the function that the circuit proves.

use candor_graph::{Graph, Parameters};
use candor_secret::Secret;
use candor_statement::{commitment::commit_model, Fr, ModelCommitment};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
	registry::dense, Architecture, ArchitectureError, Integers, ModelBlinder, ParameterFault,
	Scheme,
};

/// Why parameters do not make a model of an architecture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
	/// As many nodes have parameters as the architecture says.
	#[error("{expected} nodes of the architecture have parameters, not {got}")]
	Count {
		/// The number of nodes with parameters.
		expected: usize,
		/// The number that was given.
		got: usize,
	},
	/// The parameters of a node do not fit.
	#[error("layer {layer}: {fault}")]
	Layer {
		/// The position among the nodes with parameters, from zero.
		layer: usize,
		/// What does not fit.
		fault: ParameterFault,
	},
}

/// Why an input cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
	/// The input has a wrong length.
	#[error("the model takes {expected} input bytes, not {got}")]
	InputLength {
		/// The length of an input of the architecture.
		expected: usize,
		/// The number of bytes that was given.
		got: usize,
	},
	/// An accumulator left 32 bits, which the bounds of a checked model exclude.
	#[error("an accumulator of node {node} overflowed; the model is outside its bounds")]
	Overflow {
		/// The node, from zero.
		node: usize,
	},
}

/// An integer model whose parameters are within the bounds of its architecture. They are private:
/// see [`Parameters`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Model {
	architecture: Architecture,
	parameters: Vec<Parameters>,
}

/// What stands in a file before it is checked.
#[derive(Deserialize)]
#[serde(rename = "Model", deny_unknown_fields)]
struct Unchecked {
	architecture: Architecture,
	parameters: Vec<Parameters>,
}

impl TryFrom<Unchecked> for Model {
	type Error = ModelError;

	fn try_from(unchecked: Unchecked) -> Result<Self, ModelError> {
		Self::new(unchecked.architecture, unchecked.parameters)
	}
}

impl Model {
	/// Checks parameters against an architecture: one for each node that has any, in order.
	///
	/// # Errors
	///
	/// [`ModelError`] when a count differs or a value is outside its bounds.
	pub fn new(
		architecture: Architecture,
		parameters: Vec<Parameters>,
	) -> Result<Self, ModelError> {
		let (expected, got) = (architecture.layers().count(), parameters.len());
		if got != expected {
			return Err(ModelError::Count { expected, got });
		}
		for (layer, ((function, site), parameters)) in
			architecture.layers().zip(&parameters).enumerate()
		{
			function
				.check(&site, parameters)
				.map_err(|fault| ModelError::Layer { layer, fault })?;
		}
		Ok(Self { architecture, parameters })
	}

	/// The same model, whose circuits show so many runs.
	///
	/// # Errors
	///
	/// [`ArchitectureError`] where there is no run, or more public inputs than a key may have.
	pub fn with_runs(self, runs: u8) -> Result<Self, ArchitectureError> {
		Ok(Self { architecture: self.architecture.with_runs(runs)?, ..self })
	}

	/// The same model in limbs that are no larger than its sums ask for, whatever the input, but for so many
	/// bits, which leave a retrained one with larger weights some room.
	///
	/// # Errors
	///
	/// [`ArchitectureError`], which is not expected.
	pub fn with_fitted_limbs(self, spare: u32) -> Result<Self, ArchitectureError> {
		let Self { architecture, parameters } = self;
		let mut layers = parameters.iter();
		let nodes = architecture.sites().map(|(function, site)| {
			let parameters = function.is_parameterised().then(|| layers.next()).flatten();
			let sums = site.output.sums().zip(parameters).and_then(|(sums, parameters)| {
				let largest = function.largest_sums(&site, parameters).into_iter().max()?;
				Some((sums, largest))
			});
			match sums {
				Some((sums, largest)) => dense::fitted(site.node, sums, largest, spare),
				None => site.node.clone(),
			}
		});
		let graph = Graph::new(architecture.graph().input().clone(), nodes.collect())?;
		let graph = graph.with_runs(architecture.graph().runs() as u8)?;
		Ok(Self { architecture: Architecture::new(graph)?, parameters })
	}

	/// The architecture.
	pub fn architecture(&self) -> &Architecture {
		&self.architecture
	}

	/// The parameters: one for each node that has any, in order.
	pub fn parameters(&self) -> &[Parameters] {
		&self.parameters
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
		let input: Integers = Zeroizing::new(input.iter().map(|&byte| byte.into()).collect());
		let none = Parameters::NONE;
		let logits = self.architecture.walk(&self.parameters, &none, input, |step, inputs| {
			step.function
				.run(&step.site, step.parameters, inputs)
				.ok_or(RunError::Overflow { node: step.at })
		})?;
		Ok(logits.to_vec())
	}

	/// The committed words of `circuit.md` under a scheme, without a blinder.
	pub fn words(&self, scheme: Scheme) -> Secret<Vec<Fr>> {
		let layers = self.architecture.layers().zip(&self.parameters);
		let words =
			layers.flat_map(|((function, site), layer)| function.words(&site, layer, scheme));
		Secret::new(words.collect())
	}

	/// The public commitment to the hashed model under a blinder.
	pub fn commitment(&self, blinder: &ModelBlinder) -> ModelCommitment {
		commit_model(&self.words(Scheme::Hashed), blinder.scalar())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::{Fill, TestModel};
	use proptest::prelude::*;

	/// The function of `circuit.md`, read off the page: wide integers, floor by division.
	fn by_the_book(model: &Model, input: &[u8]) -> Vec<i128> {
		let mut x: Vec<i128> = input.iter().map(|&byte| byte.into()).collect();
		for (l, layer) in model.parameters().iter().enumerate() {
			let (n, m) = (x.len(), layer.biases.len());
			let acc = |o: usize| {
				let products = (0..n).map(|i| i128::from(layer.weights[i * m + o]) * x[i]);
				i128::from(layer.biases[o]) + products.sum::<i128>()
			};
			let last = l == model.parameters().len() - 1;
			let unit = 2i128.pow(5 + (usize::BITS - (n - 1).leading_zeros()).div_ceil(2));
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

	fn two_by_two(weights: [i8; 4], biases: [i32; 2]) -> Result<Model, ModelError> {
		let layer = Parameters { weights: weights.into(), biases: biases.into() };
		Model::new("2-2".parse().expect("an architecture"), vec![layer])
	}

	#[test]
	fn parameters_are_not_shown() {
		let model = two_by_two([101, -102, 103, -104], [1105, -1106]).expect("within bounds");
		let shown = format!("{model:?} {model:#?} {:?}", model.words(Scheme::Hashed));
		for secret in ["101", "102", "103", "104", "1105", "1106"] {
			assert!(!shown.contains(secret), "{shown}");
		}
		for word in model.words(Scheme::Hashed).iter() {
			assert!(!shown.contains(&word.to_string()), "{shown}");
		}
	}

	mod construction {
		use super::*;

		fn in_first<T>(fault: ParameterFault) -> Result<T, ModelError> {
			Err(ModelError::Layer { layer: 0, fault })
		}

		#[test]
		fn checks_counts() {
			let architecture: Architecture = "2-2".parse().expect("an architecture");
			let layer =
				|weights, biases| Parameters { weights: vec![0; weights], biases: vec![0; biases] };
			let new = |layers| Model::new(architecture.clone(), layers).map(|_| ());
			assert_eq!(new(vec![layer(4, 2)]), Ok(()));
			assert_eq!(new(vec![]), Err(ModelError::Count { expected: 1, got: 0 }));
			assert_eq!(
				new(vec![layer(3, 2)]),
				in_first(ParameterFault::WeightCount { expected: 4, got: 3 })
			);
			assert_eq!(
				new(vec![layer(4, 3)]),
				in_first(ParameterFault::BiasCount { expected: 2, got: 3 })
			);
		}

		#[test]
		fn checks_bounds() {
			let max = 255 * 128 * 2;
			assert!(two_by_two([127, -127, 0, 1], [max, -max]).is_ok());
			assert_eq!(
				two_by_two([1, 2, -128, 0], [0, 0]),
				in_first(ParameterFault::Weight { index: 2 })
			);
			for got in [max + 1, -max - 1, i32::MIN, i32::MAX] {
				assert_eq!(
					two_by_two([0; 4], [0, got]),
					in_first(ParameterFault::Bias { index: 1, got, max })
				);
			}
		}

		#[test]
		fn is_checked_when_read_from_json() {
			let model = two_by_two([1, 2, 3, 4], [5, 6]).expect("within bounds");
			let json = serde_json::to_string(&model).expect("serializes");
			assert_eq!(serde_json::from_str::<Model>(&json).expect("parses"), model);
			let wrong = json.replace("[1,2,3,4]", "[1,2,3,-128]");
			assert!(serde_json::from_str::<Model>(&wrong).is_err());
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

	mod words {
		use super::*;

		#[test]
		fn are_as_many_as_the_architecture_says() {
			let TestModel { model, .. } = TestModel::filled("9-40-12", Fill::Highest);
			assert_eq!(
				model.words(Scheme::Hashed).len(),
				model.architecture().word_count(Scheme::Hashed)
			);
		}

		#[test]
		fn make_the_commitment_with_the_blinder() {
			let model = two_by_two([1, 2, -3, 4], [5, -6]).expect("within bounds");
			let expected = commit_model(&model.words(Scheme::Hashed), Fr::from(3));
			assert_eq!(model.commitment(&ModelBlinder::new(Fr::from(3))), expected);
			assert_ne!(model.commitment(&ModelBlinder::new(Fr::from(0))), expected);
		}
	}
}
