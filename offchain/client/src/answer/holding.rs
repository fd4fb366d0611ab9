// SPDX-License-Identifier: Apache-2.0
//! A model that can be run and proven here.

use super::{
	inference::{Inference, InferenceError},
	keys,
	question::Question,
	Committed,
};
use crate::{
	chain::{
		calls::Possession,
		types::{Answer, CircuitId, Run},
	},
	exit::Error,
};
use candor_compiler::{ModelSchema, PrivateModel};
use candor_groth16::{stored_key, Groth16Batch};
use candor_operators::{Claim, InputBlinder};
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

	/// Jobs that one proof can answer.
	pub fn places(&self) -> u8 {
		u8::try_from(self.schema.runs()).unwrap_or(u8::MAX)
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
	/// the three. Random ones take the other places of each proof: what differs takes longer than what is
	/// stated again.
	fn trials(&self) -> Vec<Vec<Question>> {
		let largest = vec![u8::MAX; self.identity().input_len()];
		let mut random = vec![0; largest.len()];
		OsRng.fill_bytes(&mut random);
		let complement = random.iter().map(|byte| !byte).collect();
		let anywhere = || {
			let (genesis, claimant) = (GenesisHash(OsRng.gen()), Claimant(OsRng.gen()));
			binding(genesis, JobId(OsRng.gen()), claimant)
		};
		let others = usize::from(self.identity().places()).saturating_sub(1);
		let trial = |input: Vec<u8>| {
			let mut questions = vec![Question::trial(input, anywhere())];
			for _ in 0..others {
				let mut other = vec![0; self.identity().input_len()];
				OsRng.fill_bytes(&mut other);
				questions.push(Question::trial(other, anywhere()));
			}
			questions
		};
		[largest, random, complement].into_iter().map(trial).collect()
	}

	/// Runs the model on the inputs of questions, at least one and as many as proofs have [places](Identity::places)
	/// at most, and proves the runs. The proof has passed the chain's verifier.
	///
	/// # Errors
	///
	/// When an input does not fit or the key does not belong to the circuit.
	fn answer(
		&self,
		questions: &[Question],
		progress: &mut dyn Progress,
	) -> Result<Answer, InferenceError>;

	/// Whether an answer proves what jobs with these inputs and bindings ask for, one for each of its runs.
	fn accepts(&self, answer: &Answer, asked: &[(InputCommitment, Binding)]) -> bool;
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
	///
	/// # Panics
	///
	/// Never: a run has a claim.
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
		let blinder = InputBlinder::random(&mut OsRng);
		let run = candor_operators::Run { input: &input, blinder: &blinder, binding };
		let Inference { claims, proof, .. } =
			Inference::prove(&self.model, &self.committed, &self.keys, &[run], progress)?;
		let Claim { input, output, .. } =
			claims.into_iter().next().expect("a run has a claim; qed");
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
		questions: &[Question],
		progress: &mut dyn Progress,
	) -> Result<Answer, InferenceError> {
		let blinder = InputBlinder::none();
		let mut runs = Vec::with_capacity(questions.len());
		for question in questions {
			let (input, binding) = (question.input(), question.binding());
			runs.push(candor_operators::Run { input, blinder: &blinder, binding });
		}
		let Inference { claims, proof, .. } =
			Inference::prove(&self.model, &self.committed, &self.keys, &runs, progress)?;
		let runs = questions.iter().zip(claims);
		Ok(Answer {
			runs: runs
				.map(|(question, Claim { output, .. })| Run { job: question.job(), output })
				.collect(),
			places: self.identity.places(),
			proof: proof.to_bytes(),
		})
	}

	fn accepts(&self, answer: &Answer, asked: &[(InputCommitment, Binding)]) -> bool {
		let places = usize::from(answer.places);
		if answer.places != self.identity.places() || answer.runs.len() != asked.len() {
			return false;
		}
		let model = self.commitment();
		let mut statements = Vec::with_capacity(places);
		for (Run { output, .. }, (input, binding)) in answer.runs.iter().zip(asked) {
			statements.push(Statement { model, input: *input, output, binding: *binding });
		}
		let Some(last) = statements.last().copied() else { return false };
		statements.resize(places.max(statements.len()), last);
		// As the chain does it.
		let mut batch = Groth16Batch::default();
		batch.add_key(&self.identity.prepared_key).is_ok()
			&& batch.add(0, &statements, &answer.proof).is_ok()
			&& batch.verify().is_ok()
	}
}
