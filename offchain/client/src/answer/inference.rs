// SPDX-License-Identifier: Apache-2.0
//! Running a model and proving the run.

use super::Committed;
use candor_compiler::PrivateModel;
use candor_groth16::Proof;
use candor_operators::{Claim, InferenceCircuit, Run, Scheme, WitnessError};
use candor_prover::{prove_about, Keys, Progress, ProveError};
use candor_statement::{Fr, ModelCommitment};
use rand::rngs::OsRng;

/// Why an inference is not proven.
#[derive(Debug, thiserror::Error)]
pub enum InferenceError {
	/// The input does not fit the model.
	#[error(transparent)]
	Witness(#[from] WitnessError),
	/// The proof cannot be made.
	#[error(transparent)]
	Prove(#[from] ProveError),
}

/// Runs of a model with their proof, and all that the proof states.
#[derive(Clone, Debug)]
pub struct Inference {
	/// The commitment to the model.
	pub model: ModelCommitment,
	/// What is stated of each run that was given: the commitment to the input, the output as it is posted, and
	/// what it is bound to.
	pub claims: Vec<Claim>,
	/// The public inputs of the proof, in their order, without challenges.
	pub public_inputs: Vec<Fr>,
	/// The proof, which has passed the chain's verifier.
	pub proof: Proof,
}

impl Inference {
	/// Runs a model on inputs and proves the runs, in the circuit that the model was committed for. An
	/// input that is posted on chain has the blinder [`none`](candor_operators::InputBlinder::none).
	///
	/// # Errors
	///
	/// When there is none or one too many for the circuit, an input does not fit the model, or the keys do not
	/// belong to its circuit.
	pub fn prove(
		model: &PrivateModel,
		committed: &Committed,
		keys: &Keys,
		runs: &[Run<'_>],
		progress: &mut dyn Progress,
	) -> Result<Self, InferenceError> {
		let PrivateModel { model, seed, .. } = model;
		let commitment = committed.commitment();
		let circuit = match (committed.scheme(), runs) {
			(Scheme::Hashed, [Run { input, blinder, binding }]) => {
				InferenceCircuit::with_committed_witness(
					model,
					&seed.for_hash(),
					commitment,
					input,
					blinder,
					*binding,
				)
			}
			(Scheme::Hashed, _) => Err(WitnessError::Runs { got: runs.len(), most: 1 }),
			(scheme, _) => InferenceCircuit::of_runs(scheme, model, runs),
		}?;
		let claims = circuit.claims().to_vec();
		let public_inputs = circuit.public_inputs().map(<[Fr]>::to_vec).unwrap_or_default();
		let sums = committed.sums();
		let proof =
			prove_about(&keys.proving, sums, circuit, &public_inputs, &mut OsRng, progress)?;
		Ok(Self { model: commitment, claims, public_inputs, proof })
	}
}
