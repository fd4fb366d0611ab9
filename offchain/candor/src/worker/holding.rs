// SPDX-License-Identifier: Apache-2.0
//! A model that can be run and proven here.

use crate::{
	chain::types::{CircuitId, Job},
	exit::{Failure, OrFail},
	keys,
	registration::usual_circuit,
};
use candor_circuits::{InferenceCircuit, WitnessError};
use candor_compiler::PrivateModel;
use candor_groth16::{stored_key, Proof};
use candor_prover::{prove, verify, Keys, Progress, ProveError, Stage};
use candor_statement::{
	binding, Binding, Fr, InputCommitment, ModelCommitment, Statement, StatementError,
	StatementSchema,
};
use rand::{rngs::OsRng, Rng, RngCore};
use std::{
	fmt,
	path::{Path, PathBuf},
};

/// The blinder of inputs that are posted on chain.
pub fn no_blinder() -> Fr {
	Fr::from(0u64)
}

/// The blake2b-256 hash of a verifying key's canonical bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyHash(pub [u8; 32]);

/// `0x` and 64 hexadecimal digits.
impl fmt::Display for KeyHash {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "0x{}", hex::encode(self.0))
	}
}

/// All that has to be the same on chain before a job can be answered with a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
	/// The commitment to the weights.
	pub commitment: ModelCommitment,
	/// How statements become public inputs, with the lengths of input and output.
	pub schema: StatementSchema,
	/// The verifying key as the chain keeps it.
	pub prepared_key: Vec<u8>,
	/// The verifying key's hash.
	pub key: KeyHash,
}

impl Identity {
	/// Bytes of an input.
	pub fn input_len(&self) -> usize {
		let StatementSchema::InferenceV1 { input_len, .. } = self.schema;
		usize::try_from(input_len).unwrap_or(usize::MAX)
	}

	/// Bytes of an output.
	pub fn output_len(&self) -> u32 {
		let StatementSchema::InferenceV1 { output_len, .. } = self.schema;
		output_len
	}
}

/// Proves inferences of one model.
pub trait Prover: Send + Sync {
	/// What has to be the same on chain.
	fn identity(&self) -> &Identity;

	/// What the log calls the model.
	fn name(&self) -> String;

	/// Inputs and bindings to try model and key with before a bond depends on them: the largest
	/// input, and two random ones that complement each other, so that each bit of the input is one in
	/// at least two of the three.
	fn trials(&self) -> Vec<(Vec<u8>, Binding)> {
		let largest = vec![u8::MAX; self.identity().input_len()];
		let mut random = vec![0; largest.len()];
		OsRng.fill_bytes(&mut random);
		let complement = random.iter().map(|byte| !byte).collect();
		[largest, random, complement]
			.into_iter()
			.map(|input| (input, binding(&OsRng.gen(), OsRng.gen(), &OsRng.gen())))
			.collect()
	}

	/// Runs the model on an input and proves it. The proof has passed the chain's verifier.
	///
	/// # Errors
	///
	/// When the input does not fit or the key does not belong to the circuit.
	fn answer(&self, input: &[u8], binding: Binding) -> Result<Answer, AnswerError>;

	/// Whether an answer proves what a job with this input and binding asks for.
	fn accepts(&self, answer: &Answer, input: InputCommitment, binding: Binding) -> bool;
}

/// An answer and its proof. `Debug` does not show it: before it is posted it is for sale.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
	/// The output, as it is posted.
	pub output: Vec<u8>,
	/// The proof's canonical bytes.
	pub proof: Vec<u8>,
}

impl fmt::Debug for Answer {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Answer({} bytes)", self.output.len())
	}
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
	/// The circuit, as `candor register circuit DIR` registers it.
	pub circuit: CircuitId,
	identity: Identity,
	model: PrivateModel,
	keys: Keys,
}

impl Holding {
	/// Reads model and keys of a folder. A proving key that is new here is checked first: one that
	/// somebody has tampered with costs a bond, or gives away weights.
	///
	/// # Errors
	///
	/// When files are missing or do not belong together, or no setup can have made the proving key.
	pub fn load(folder: &Path, progress: &mut dyn Progress) -> Result<Self, Failure> {
		let model = PrivateModel::load(folder)
			.map_err(|error| Failure::wrong_input(error).hint("run `candor compile` first"))?;
		let keys = keys::read(folder, &model.public.architecture, progress)?;
		let schema = model.public.architecture.schema();
		let circuit = usual_circuit(folder, &keys.verifying, &schema).or_wrong_input()?;
		let identity = Identity {
			commitment: model.public.schema.commitment,
			schema,
			prepared_key: stored_key(&keys.verifying).map_err(|error| {
				Failure::wrong_input(error).context("the verifying key cannot be used")
			})?,
			key: KeyHash(sp_crypto_hashing::blake2_256(&keys.verifying.to_bytes())),
		};
		Ok(Self { folder: folder.to_owned(), circuit, identity, model, keys })
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
			*self.model.blinder,
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
}

impl Prover for Holding {
	fn identity(&self) -> &Identity {
		&self.identity
	}

	fn name(&self) -> String {
		self.folder.display().to_string()
	}

	fn answer(&self, input: &[u8], binding: Binding) -> Result<Answer, AnswerError> {
		Self::answer(self, input, binding, &mut |stage: Stage| tracing::debug!("{stage}"))
	}

	fn accepts(&self, answer: &Answer, input: InputCommitment, binding: Binding) -> bool {
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
