// SPDX-License-Identifier: Apache-2.0
//! A model that can be run and proven here.

use super::{
	inference::{Inference, InferenceError},
	keys,
	question::Question,
	Committed,
};
use crate::{
	chain::{calls::Possession, types::CircuitId},
	exit::Error,
};
use candor_compiler::{ModelSchema, PrivateModel};
use candor_groth16::{stored_key, Groth16Batch};
use candor_operators::InputBlinder;
use candor_proof_system::SystemBatch;
use candor_prover::{Keys, Progress};
use candor_statement::{
	binding, possession, Binding, CircuitHash, Claimant, GenesisHash, InputCommitment, JobId,
	ModelCommitment, Owner, Statement, StatementSchema,
};
use rand::{rngs::OsRng, Rng, RngCore};
use std::{
	fmt,
	path::{Path, PathBuf},
};
use subxt::utils::AccountId32;

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
		usize::try_from(self.schema.input_len()).unwrap_or(usize::MAX)
	}

	/// Bytes of an output.
	pub fn output_len(&self) -> u32 {
		self.schema.output_len()
	}
}

/// Proves inferences of one model.
pub trait Prover: Send + Sync {
	/// What has to be the same on chain.
	fn identity(&self) -> &Identity;

	/// What the log calls the model.
	fn name(&self) -> String;

	/// Questions to try model and key with before a bond depends on them: the largest input, and two
	/// random ones that complement each other, so that each bit of the input is one in at least two of
	/// the three.
	fn trials(&self) -> Vec<Question> {
		let largest = vec![u8::MAX; self.identity().input_len()];
		let mut random = vec![0; largest.len()];
		OsRng.fill_bytes(&mut random);
		let complement = random.iter().map(|byte| !byte).collect();
		let anywhere = || {
			let (genesis, claimant) = (GenesisHash(OsRng.gen()), Claimant(OsRng.gen()));
			binding(genesis, JobId(OsRng.gen()), claimant)
		};
		[largest, random, complement]
			.into_iter()
			.map(|input| Question::trial(input, anywhere()))
			.collect()
	}

	/// Runs the model on a question's input and proves it. The proof has passed the chain's verifier.
	///
	/// # Errors
	///
	/// When the input does not fit or the key does not belong to the circuit.
	fn answer(
		&self,
		question: &Question,
		progress: &mut dyn Progress,
	) -> Result<Answer, InferenceError>;

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

/// A model with its weights and keys.
#[derive(Debug)]
pub struct Holding {
	folder: PathBuf,
	identity: Identity,
	model: PrivateModel,
	keys: Keys,
	committed: Committed,
}

impl Holding {
	/// Reads model and keys of a folder, and commits to the model under the keys. A proving key that is
	/// new here is checked first: one that somebody has tampered with costs a bond, or gives away
	/// weights.
	///
	/// # Errors
	///
	/// When files are missing or do not belong together, or no setup can have made the proving key.
	pub fn load(folder: &Path, progress: &mut dyn Progress) -> Result<Self, Error> {
		let model = PrivateModel::load(folder)
			.map_err(|error| Error::wrong_input(error).hint("run `candor compile` first"))?;
		let keys = keys::read(folder, &model.public.architecture, progress)?;
		let committed = Committed::in_folder(folder, &model, &keys, progress)?;
		let identity = Identity {
			commitment: committed.commitment(),
			schema: committed.scheme().schema(&model.public.architecture),
			prepared_key: stored_key(&keys.verifying).map_err(|error| {
				Error::wrong_input(error).context("the verifying key cannot be used")
			})?,
			key: KeyHash(keys.verifying.digest()),
		};
		Ok(Self { folder: folder.to_owned(), identity, model, keys, committed })
	}

	/// The commitment to the model.
	pub fn commitment(&self) -> ModelCommitment {
		self.committed.commitment()
	}

	/// Shows that an account knows the model: runs it on a random input, behind a blinder that is as
	/// random, and proves the run for whoever registers the model. Nobody learns but the output.
	///
	/// # Errors
	///
	/// When the keys do not belong to the model's circuit.
	pub fn possess(
		&self,
		genesis: GenesisHash,
		circuit: CircuitId,
		owner: &AccountId32,
		progress: &mut dyn Progress,
	) -> Result<Possession, InferenceError> {
		let mut input = vec![0; self.identity.input_len()];
		OsRng.fill_bytes(&mut input);
		let binding =
			possession(genesis, CircuitHash(circuit.0), &self.commitment(), Owner(owner.0));
		let Inference { input, output, proof, .. } = Inference::prove(
			&self.model,
			&self.committed,
			&self.keys,
			&input,
			&InputBlinder::random(&mut OsRng),
			binding,
			progress,
		)?;
		Ok(Possession { input, output, proof: proof.to_bytes() })
	}

	/// What outputs mean.
	pub fn schema(&self) -> &ModelSchema {
		&self.model.public.schema
	}
}

impl Prover for Holding {
	fn identity(&self) -> &Identity {
		&self.identity
	}

	fn name(&self) -> String {
		self.folder.display().to_string()
	}

	fn answer(
		&self,
		question: &Question,
		progress: &mut dyn Progress,
	) -> Result<Answer, InferenceError> {
		let Inference { output, proof, .. } = Inference::prove(
			&self.model,
			&self.committed,
			&self.keys,
			question.input(),
			&InputBlinder::none(),
			question.binding(),
			progress,
		)?;
		Ok(Answer { output, proof: proof.to_bytes().to_vec() })
	}

	fn accepts(&self, answer: &Answer, input: InputCommitment, binding: Binding) -> bool {
		let statement =
			Statement { model: self.commitment(), input, output: &answer.output, binding };
		// As the chain does it.
		let mut batch = Groth16Batch::default();
		batch.add_key(&self.identity.prepared_key).is_ok()
			&& batch.add(0, &statement, &answer.proof).is_ok()
			&& batch.verify().is_ok()
	}
}
