// SPDX-License-Identifier: Apache-2.0
//! A model that can be run and proven here.

use crate::{
	chain::types::{CircuitId, Job},
	exit::Failure,
};
use candor_circuits::{InferenceCircuit, WitnessError};
use candor_compiler::PrivateModel;
use candor_groth16::Proof;
use candor_prover::{
	key_file::{circuit_identity, read_keys},
	prove, verify, Keys, Progress, ProveError, Stage,
};
use candor_statement::{Binding, Fr, InputCommitment, ModelCommitment, Statement, StatementError};
use rand::rngs::OsRng;
use std::path::{Path, PathBuf};

/// The blinder of inputs that are posted on chain.
pub fn no_blinder() -> Fr {
	Fr::from(0u64)
}

/// An answer and its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
	/// The output, as it is posted.
	pub output: Vec<u8>,
	/// The proof's canonical bytes.
	pub proof: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
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

/// A model with its weights and keys.
#[derive(Debug)]
pub struct Holding {
	/// Where its files are.
	pub folder: PathBuf,
	/// The circuit, by its verifying key.
	pub circuit: CircuitId,
	model: PrivateModel,
	keys: Keys,
}

impl Holding {
	/// Reads model and keys of a folder.
	///
	/// # Errors
	///
	/// When files are missing or do not belong together.
	pub fn load(folder: &Path, progress: &mut dyn Progress) -> Result<Self, Failure> {
		let model = PrivateModel::load(folder)
			.map_err(|error| Failure::wrong_input(error).hint("run `candor compile` first"))?;
		progress.begin(Stage::KeyRead);
		let keys = read_keys(folder, &model.public.architecture).map_err(|error| {
			Failure::wrong_input(error).hint("run `candor setup` for this folder")
		})?;
		let circuit = CircuitId(circuit_identity(&keys.verifying));
		Ok(Self { folder: folder.to_owned(), circuit, model, keys })
	}

	/// The commitment to the model.
	pub fn commitment(&self) -> ModelCommitment {
		self.model.public.schema.commitment
	}

	/// Bytes of an input.
	pub fn input_len(&self) -> usize {
		self.model.public.architecture.input_len()
	}

	/// What outputs mean.
	pub fn schema(&self) -> &candor_compiler::ModelSchema {
		&self.model.public.schema
	}

	/// Whether this is the model that the job asks for.
	pub fn serves(&self, job: &Job) -> bool {
		job.circuit == self.circuit && job.model_commitment == self.commitment()
	}

	/// Runs the model on an input and proves it. The proof has passed the chain's verifier.
	///
	/// # Errors
	///
	/// When the input does not fit or the key does not belong to the circuit.
	pub fn answer(
		&self,
		input: &[u8],
		binding: Binding,
		progress: &mut dyn Progress,
	) -> Result<Answer, AnswerError> {
		let circuit = InferenceCircuit::with_committed_witness(
			&self.model.model,
			self.model.blinder,
			self.commitment(),
			input,
			no_blinder(),
			binding,
		)?;
		let output = circuit.claim().map(|claim| claim.output.clone()).unwrap_or_default();
		let public_inputs = circuit.public_inputs().map(<[Fr]>::to_vec).unwrap_or_default();
		let proof = prove(&self.keys.proving, circuit, &public_inputs, &mut OsRng, progress)?;
		Ok(Answer { output, proof: proof.to_bytes().to_vec() })
	}

	/// Whether an answer proves what a job with this input and binding asks for.
	pub fn accepts(&self, answer: &Answer, input: InputCommitment, binding: Binding) -> bool {
		let statement =
			Statement { model: self.commitment(), input, output: &answer.output, binding };
		let (Ok(public_inputs), Ok(proof)) =
			(statement.public_inputs(), Proof::from_bytes(&answer.proof))
		else {
			return false;
		};
		verify(&self.keys.verifying, &public_inputs, &proof).is_ok()
	}
}
