// SPDX-License-Identifier: Apache-2.0
//! What a job asks, and whether a model that is held can answer it.

use super::holding::Identity;
use crate::chain::{
	types::{system_of, Job},
	CircuitFacts,
};
use candor_operators::InputBlinder;
use candor_statement::{
	binding, commitment::commit_input, Binding, Claimant, GenesisHash, InputCommitment, JobId,
};
use subxt::utils::AccountId32;

/// The commitment to an input that is posted on chain: its blinder is zero.
pub fn commit_posted(input: &[u8]) -> InputCommitment {
	commit_input(input, InputBlinder::none().scalar())
}

/// Why a job cannot be answered with a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
	/// It is about a model that is not held.
	#[error("it is about another model")]
	OtherModel,
	/// The circuit on chain is not the one that proofs are made for here, so no answer can ever fit.
	#[error("its circuit differs from the one in the model's folder: {0}")]
	CircuitDiffers(&'static str),
	/// The input was handed to somebody else in private.
	#[error("its input is not posted")]
	InputNotPosted,
	/// The input has a wrong length.
	#[error("its input has {0} bytes")]
	WrongInputLength(usize),
	/// The output has a wrong length.
	#[error("its output has {0} bytes")]
	WrongOutputLength(u32),
	/// No proof can be about this input: the requester posted another one than it committed to.
	#[error("its input is not the one behind the commitment")]
	InputDoesNotMatch,
}

impl Mismatch {
	/// Whether another model or other keys could answer the job.
	pub fn is_of_the_model(&self) -> bool {
		matches!(self, Self::OtherModel | Self::CircuitDiffers(_))
	}
}

impl Identity {
	/// How a circuit on chain, if it is there, differs from the one that proofs are made for here.
	pub fn difference(&self, circuit: Option<&CircuitFacts>) -> Option<&'static str> {
		let Some(circuit) = circuit else { return Some("it is not registered") };
		if circuit.system != system_of(&self.schema) {
			Some("another proof system")
		} else if circuit.schema.input_len() != self.schema.input_len() {
			Some("another length of the input")
		} else if circuit.schema.output_len() != self.schema.output_len() {
			Some("another length of the output")
		} else if circuit.schema != self.schema {
			Some("another kind of statement")
		} else if circuit.prepared_key != self.prepared_key {
			Some("another verifying key")
		} else {
			None
		}
	}

	/// What in a job's terms keeps it from being answered with this model, so far as that is cheap to
	/// tell: [`posted_input`] asks for the rest.
	pub fn mismatch(&self, job: &Job) -> Option<Mismatch> {
		if job.model_commitment != self.commitment {
			return Some(Mismatch::OtherModel);
		}
		let Some(input) = &job.input else { return Some(Mismatch::InputNotPosted) };
		if input.len() != self.input_len() {
			return Some(Mismatch::WrongInputLength(input.len()));
		}
		if job.output_len != self.output_len() {
			return Some(Mismatch::WrongOutputLength(job.output_len));
		}
		None
	}
}

/// The input that a job posts, if it is the one behind the commitment. It is hashed: milliseconds.
///
/// # Errors
///
/// When there is none, or it is another one.
pub fn posted_input(job: &Job) -> Result<&[u8], Mismatch> {
	let input = job.input.as_deref().ok_or(Mismatch::InputNotPosted)?;
	match commit_posted(input) == job.input_commitment {
		true => Ok(input),
		false => Err(Mismatch::InputDoesNotMatch),
	}
}

/// An input that a model can be run on, and what the proof of the run is to be bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
	job: JobId,
	input: Vec<u8>,
	binding: Binding,
}

impl Question {
	/// What a job asks of the worker that has claimed it. The job's circuit is to be one without a
	/// [`difference`](Identity::difference).
	///
	/// # Errors
	///
	/// When the job cannot be answered with this model.
	pub fn of(
		job: &Job,
		identity: &Identity,
		genesis: GenesisHash,
		claimant: &AccountId32,
	) -> Result<Self, Mismatch> {
		if let Some(mismatch) = identity.mismatch(job) {
			return Err(mismatch);
		}
		let input = posted_input(job)?.to_vec();
		Ok(Self { job: job.id, input, binding: binding(genesis, job.id, Claimant(claimant.0)) })
	}

	/// A question that nobody has asked, to try model and keys with.
	pub fn trial(input: Vec<u8>, binding: Binding) -> Self {
		Self { job: JobId(0), input, binding }
	}

	/// The job that asks; zero where nobody does.
	pub fn job(&self) -> JobId {
		self.job
	}

	/// The input.
	pub fn input(&self) -> &[u8] {
		&self.input
	}

	/// What ties the proof to chain, job and claimant.
	pub fn binding(&self) -> Binding {
		self.binding
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		answer::testing::{identity, job},
		chain::types::GROTH16,
	};
	use candor_statement::StatementSchema;

	const GENESIS: GenesisHash = GenesisHash([1; 32]);
	const WORKER: AccountId32 = AccountId32([2; 32]);

	fn asked(job: &Job) -> Result<Question, Mismatch> {
		Question::of(job, &identity(), GENESIS, &WORKER)
	}

	#[test]
	fn a_job_on_the_model_is_a_question_about_its_input() {
		let question = asked(&job()).unwrap();
		assert_eq!(Some(question.input()), job().input.as_deref());
		let bound = binding(GENESIS, job().id, Claimant(WORKER.0));
		assert_eq!(question.binding(), bound);
	}

	#[test]
	fn a_job_that_no_answer_of_the_model_can_fit_is_none() {
		let mut other = identity();
		other.commitment = candor_statement::ModelCommitment::Scalar([6; 32]);
		assert_eq!(Question::of(&job(), &other, GENESIS, &WORKER), Err(Mismatch::OtherModel));
		for (changed, mismatch) in [
			(Job { input: None, ..job() }, Mismatch::InputNotPosted),
			(Job { input: Some(vec![7; 63]), ..job() }, Mismatch::WrongInputLength(63)),
			(Job { output_len: 41, ..job() }, Mismatch::WrongOutputLength(41)),
			(Job { input: Some(vec![8; 64]), ..job() }, Mismatch::InputDoesNotMatch),
		] {
			assert_eq!(asked(&changed), Err(mismatch));
		}
	}

	#[test]
	fn a_circuit_differs_by_system_lengths_and_key() {
		let same = CircuitFacts {
			system: GROTH16,
			schema: identity().schema,
			prepared_key: identity().prepared_key,
			frozen: false,
		};
		assert_eq!(identity().difference(Some(&same)), None);
		let lengths = |input_len, output_len| CircuitFacts {
			schema: StatementSchema::InferenceV1 { input_len, output_len },
			..same.clone()
		};
		let key = CircuitFacts { prepared_key: vec![1; 100], ..same.clone() };
		let system = CircuitFacts { system: GROTH16 + 1, ..same.clone() };
		let kind = CircuitFacts {
			schema: StatementSchema::InferenceV2 { input_len: 64, output_len: 40 },
			..same.clone()
		};
		for (circuit, part) in [
			(system, "system"),
			(kind, "kind"),
			(lengths(65, 40), "input"),
			(lengths(64, 41), "output"),
			(key, "key"),
		] {
			assert!(identity().difference(Some(&circuit)).unwrap().contains(part), "{part}");
		}
	}
}
