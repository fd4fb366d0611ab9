// SPDX-License-Identifier: Apache-2.0
//! Running a model and proving the run.

use candor_compiler::PrivateModel;
use candor_groth16::Proof;
use candor_operators::{InferenceCircuit, InputBlinder, WitnessError};
use candor_prover::{prove, Keys, Progress, ProveError};
use candor_statement::{Binding, Fr, InputCommitment, ModelCommitment, StatementError};
use rand::rngs::OsRng;

/// Why an inference is not proven.
#[derive(Debug, thiserror::Error)]
pub enum InferenceError {
	/// The input does not fit the model.
	#[error(transparent)]
	Witness(#[from] WitnessError),
	/// A scalar of the statement is not one.
	#[error(transparent)]
	Statement(#[from] StatementError),
	/// The proof cannot be made.
	#[error(transparent)]
	Prove(#[from] ProveError),
}

/// A run of a model with its proof, and all that the proof states.
#[derive(Clone, Debug)]
pub struct Inference {
	/// The commitment to the model.
	pub model: ModelCommitment,
	/// The commitment to the input.
	pub input: InputCommitment,
	/// The output, as it is posted.
	pub output: Vec<u8>,
	/// What the proof is bound to.
	pub binding: Binding,
	/// The public inputs of the proof, in their order.
	pub public_inputs: Vec<Fr>,
	/// The proof, which has passed the chain's verifier.
	pub proof: Proof,
}

impl Inference {
	/// Runs a model on an input and proves the run. The input is hidden behind `blinder`; one that is
	/// posted on chain has [`InputBlinder::none`].
	///
	/// # Errors
	///
	/// When the input does not fit the model, or the keys do not belong to its circuit.
	///
	/// # Panics
	///
	/// Never: a circuit that was made with a witness claims something.
	pub fn prove(
		model: &PrivateModel,
		keys: &Keys,
		input: &[u8],
		blinder: &InputBlinder,
		binding: Binding,
		progress: &mut dyn Progress,
	) -> Result<Self, InferenceError> {
		let circuit = InferenceCircuit::with_committed_witness(
			&model.model,
			&model.blinder,
			model.public.schema.commitment,
			input,
			blinder,
			binding,
		)?;
		let claim = circuit.claim().cloned().expect("the circuit was made with a witness; qed");
		let public_inputs = claim.public_inputs()?;
		let proof = prove(&keys.proving, circuit, &public_inputs, &mut OsRng, progress)?;
		Ok(Self {
			model: model.public.schema.commitment,
			input: claim.input,
			output: claim.output,
			binding: claim.binding,
			public_inputs,
			proof,
		})
	}
}
