// SPDX-License-Identifier: Apache-2.0
//! How many bits a circuit has for a sum: those that any weights of its shape could need, or fewer.

use candor_operators::{Architecture, ArchitectureError, InferenceCircuit, Model, Scheme};

/// A model with larger weights fits into the same limbs where its sums take no more than so many bits more.
const SPARE_BITS: u32 = 1;

/// Limbs are fitted by themselves where that saves one constraint in so many.
const WORTHWHILE: usize = 20;

/// Which limbs a circuit gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limbs {
	/// Fitted ones, where they save a twentieth of the constraints.
	#[default]
	Auto,
	/// Limbs for any weights: whatever a model of this shape is trained to, its keys stay.
	Any,
	/// Limbs for these weights, with a bit to spare.
	Fitted,
}

/// The circuit that a setup takes by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circuit {
	pub scheme: Scheme,
	pub constraints: usize,
	pub variables: usize,
	/// Without challenges.
	pub public_inputs: usize,
}

impl Circuit {
	pub fn of(architecture: &Architecture) -> Self {
		let scheme = Scheme::with_fewer_constraints(architecture);
		let statistics = InferenceCircuit::statistics(architecture, scheme);
		Self {
			scheme,
			constraints: statistics.constraints,
			variables: statistics.variables(),
			public_inputs: statistics.public_inputs - usize::from(scheme.challenges()),
		}
	}
}

/// A model whose limbs are chosen.
pub(crate) struct Chosen {
	/// The model.
	pub model: Model,
	/// Its circuit.
	pub circuit: Circuit,
	/// Whether its limbs are fitted.
	pub is_fitted: bool,
	/// The constraints with the other limbs; nothing where these are no others.
	pub otherwise: Option<usize>,
}

impl Limbs {
	/// Chooses the limbs of a model that has those for any weights.
	///
	/// # Errors
	///
	/// [`ArchitectureError`], which is not expected.
	pub(crate) fn choose(self, any: Model) -> Result<Chosen, ArchitectureError> {
		let fitted = any.clone().with_fitted_limbs(SPARE_BITS)?;
		let of_any = Circuit::of(any.architecture());
		if fitted == any {
			return Ok(Chosen { model: any, circuit: of_any, is_fitted: false, otherwise: None });
		}
		let of_fitted = Circuit::of(fitted.architecture());
		let saved = of_any.constraints.saturating_sub(of_fitted.constraints);
		let is_fitted = match self {
			Self::Any => false,
			Self::Fitted => true,
			Self::Auto => saved * WORTHWHILE >= of_any.constraints,
		};
		let (model, circuit, other) = match is_fitted {
			true => (fitted, of_fitted, of_any),
			false => (any, of_any, of_fitted),
		};
		Ok(Chosen { model, circuit, is_fitted, otherwise: Some(other.constraints) })
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use candor_graph::Parameters;

	/// A perceptron of two layers with the same weight everywhere.
	fn of_widths([first, second, third]: [usize; 3], weight: i8) -> Model {
		let architecture = format!("{first}-{second}-{third}").parse().expect("an architecture");
		let layer = |inputs: usize, outputs: usize| Parameters {
			weights: vec![weight; inputs * outputs],
			biases: vec![0; outputs],
		};
		let layers = vec![layer(first, second), layer(second, third)];
		Model::new(architecture, layers).expect("within bounds")
	}

	fn of_weight(weight: i8) -> Model {
		of_widths([784, 128, 10], weight)
	}

	#[test]
	fn small_weights_get_small_limbs_with_a_bit_to_spare() {
		// 784 * 255 * 5 + 2^9 is below 2^20, and 128 * 255 * 5 below 2^18.
		let chosen = Limbs::Auto.choose(of_weight(5)).expect("limbs");
		assert_eq!(chosen.model.architecture().to_string(), "784-128:22-10:20");
		assert_eq!((chosen.is_fitted, chosen.otherwise), (true, Some(9602)));
		assert_eq!(chosen.circuit.constraints, 8425);
		let any = Limbs::Any.choose(of_weight(5)).expect("limbs");
		assert_eq!(any.model.architecture().to_string(), "784-128-10");
		assert_eq!((any.is_fitted, any.otherwise), (false, Some(8425)));
	}

	#[test]
	fn what_saves_little_is_done_where_it_is_asked_for_alone() {
		let model = || of_widths([64, 32, 10], 20);
		let auto = Limbs::Auto.choose(model()).expect("limbs");
		assert_eq!((auto.is_fitted, auto.circuit.constraints), (false, 1332));
		let fitted = Limbs::Fitted.choose(model()).expect("limbs");
		assert_eq!((fitted.is_fitted, fitted.otherwise), (true, Some(1332)));
	}

	#[test]
	fn weights_that_use_all_bits_have_no_other_limbs() {
		let chosen = Limbs::Fitted.choose(of_weight(127)).expect("limbs");
		assert_eq!((chosen.is_fitted, chosen.otherwise), (false, None));
	}
}
