// SPDX-License-Identifier: Apache-2.0
//! The circuits of Candor: R1CS gadgets, each beside the native integer function that it mirrors.
//!
//! [`Architecture`] is the shape of a perceptron, [`Perceptron`] its integer parameters with a
//! native executor, and [`InferenceCircuit`] the proof of exactly that function: the model behind
//! one commitment, run on the input behind another, gives the public output. `docs/circuit.md` has
//! the integer semantics and the constraints, `docs/statement.md` the public inputs.
//!
//! ```
//! use candor_circuits::{Architecture, InferenceCircuit, LayerParameters, Perceptron};
//! use candor_statement::{Binding, Fr};
//!
//! let architecture: Architecture = "2-1".parse()?;
//! let layer = LayerParameters { weights: vec![3, -1], biases: vec![10] };
//! let model = Perceptron::new(architecture, vec![layer])?;
//! assert_eq!(model.run(&[100, 200])?, [3 * 100 - 200 + 10]);
//!
//! let circuit =
//!     InferenceCircuit::with_witness(&model, Fr::from(7), &[100, 200], Fr::from(8), Binding::NONE)?;
//! let claim = circuit.claim().expect("there is an assignment");
//! assert_eq!(claim.output, 110i32.to_le_bytes());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod architecture;
mod gadgets;
mod inference;
mod perceptron;
mod secret;
#[cfg(test)]
mod test_model;
#[cfg(test)]
mod test_system;

pub use architecture::{
	limb_width, shift, Architecture, ArchitectureError, Layer, ACTIVATION_BITS, ACTIVATION_MAX,
	LOGIT_BYTES, MAX_LAYERS, MAX_OUTPUTS, MAX_WIDTH, MAX_WORDS, WEIGHT_MAX, WORD_BITS,
};
pub use gadgets::relu::activate;
pub use inference::{Claim, InferenceCircuit, Statistics, WitnessError};
pub use perceptron::{
	argmax, logits_from_bytes, output_bytes, LayerParameters, Perceptron, PerceptronError, RunError,
};
pub use secret::Secret;
