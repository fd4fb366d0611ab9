// SPDX-License-Identifier: Apache-2.0
//! What the runtime answers by itself: its view functions.

use super::{
	super::{
		api::{generated, runtime},
		calls::{distinct, joint, Encoded, NewVersion},
		error::ChainError,
		refusal::Refusal,
		types::{
			Answer, BlockNumber, JobId, JobStatus, ModelId, NextAction, Quote, Reputation, Run,
			Version, WhyScore,
		},
		Amount,
	},
	View,
};
use subxt::{
	error::ViewFunctionError,
	ext::{
		codec::{Decode, Encode},
		frame_decode::view_functions::decode_view_function_response,
		scale_decode::IntoVisitor,
	},
	utils::AccountId32,
	view_functions::Payload,
};

/// The length of a view function's id.
const VIEW_FUNCTION_ID_BYTES: usize = 32;

impl View {
	/// Where a job stands.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn job_status(&self, id: JobId) -> Result<JobStatus, ChainError> {
		let call = runtime::view_functions().jobs().job_status(generated::JobId(id.0));
		Ok(self.ask(call).await?.into())
	}

	/// What can move a job on.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn next_action(&self, id: JobId) -> Result<NextAction, ChainError> {
		let call = runtime::view_functions().jobs().next_action(generated::JobId(id.0));
		Ok(self.ask(call).await?.into())
	}

	/// How a price would be divided.
	///
	/// # Errors
	///
	/// A refusal where no job could be opened at this price.
	pub async fn quote(
		&self,
		model: ModelId,
		version: Version,
		price: Amount,
	) -> Result<Quote, ChainError> {
		let call = runtime::view_functions().jobs().quote(
			generated::ModelId(model.0),
			generated::Version(version.0),
			price.0,
		);
		let answer = self.ask(call).await?;
		answer.map(Into::into).map_err(|error| self.refusal(error))
	}

	/// What a claim on a job in this block, which is not past, would fix as its price if all blocks until
	/// then count. `None` if the job has ended.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn price_at(
		&self,
		job: JobId,
		block: BlockNumber,
	) -> Result<Option<Amount>, ChainError> {
		let call = runtime::view_functions().jobs().price_at(generated::JobId(job.0), block);
		Ok(self.ask(call).await?.map(Amount))
	}

	/// Whether the account could claim the job now.
	///
	/// # Errors
	///
	/// A refusal if not.
	pub async fn can_claim(&self, job: JobId, worker: &AccountId32) -> Result<(), ChainError> {
		let call = runtime::view_functions().jobs().can_claim(generated::JobId(job.0), *worker);
		self.ask(call).await?.map_err(|error| self.refusal(error))
	}

	/// Whether the account would be paid for all runs of this answer now.
	///
	/// # Errors
	///
	/// A refusal if not.
	pub async fn can_submit(
		&self,
		worker: &AccountId32,
		answer: &Answer,
	) -> Result<(), ChainError> {
		if let Some(Run { job, output }) = answer.alone() {
			let call = runtime::view_functions().jobs().can_submit(
				generated::JobId(job.0),
				*worker,
				generated::BoundedVec(output.clone()),
				generated::BoundedVec(answer.proof.clone()),
			);
			return self.ask(call).await?.map_err(|error| self.refusal(error));
		}
		let answers = generated::BoundedVec(vec![joint(worker, answer)]);
		let call = runtime::view_functions().jobs().would_settle(answers, distinct(answer));
		let skipped = self.ask(call).await?.map_err(|error| self.refusal(error))?;
		// What the others are refused for is the one that stands for itself.
		let reason = |skipped: &generated::SkippedItem| match &skipped.reason {
			generated::ItemRefusal::RefusedTogether => None,
			reason => Some((skipped.job.0, format!("Jobs.{reason:?}"))),
		};
		match skipped.iter().find_map(reason) {
			Some((job, name)) => {
				let explanation = format!("so says the chain of job {job}");
				Err(ChainError::Refused(Refusal::new(name, explanation)))
			}
			None => Ok(()),
		}
	}

	/// Whether the account may register this version, apart from its deposit and, for a further version,
	/// from who owns the model. What it shows to know the model is verified.
	///
	/// # Errors
	///
	/// A refusal if not.
	pub async fn can_register(
		&self,
		owner: &AccountId32,
		version: NewVersion,
	) -> Result<(), ChainError> {
		let Encoded { circuit, commitment, royalty, possession, .. } = version.into();
		let call = runtime::view_functions()
			.models()
			.can_register(*owner, circuit, commitment, royalty, possession);
		self.ask(call).await?.map_err(|error| self.refusal(error))
	}

	/// What is remembered of a worker, all zero for a newcomer.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn reputation(&self, account: &AccountId32) -> Result<Reputation, ChainError> {
		let call = runtime::view_functions().workers().reputation(*account);
		Ok(self.ask(call).await?.into())
	}

	/// Why a worker's score is what it is.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn why_score(&self, account: &AccountId32) -> Result<WhyScore, ChainError> {
		let call = runtime::view_functions().workers().why_score(*account);
		Ok(self.ask(call).await?.into())
	}

	/// The answer of a view function.
	///
	/// Not through subxt's `call`: version 0.51 passes the arguments without their length, and takes
	/// the runtime's answer, the encoded value inside of a `Result`, for the value itself.
	async fn ask<P: Payload>(&self, payload: P) -> Result<P::ReturnType, ChainError> {
		let functions = self.at.view_functions();
		functions.validate(&payload)?;
		let encoded = functions.encode_args(&payload)?;
		let mut parameters = Vec::with_capacity(encoded.len());
		let (id, arguments) = encoded.split_at(VIEW_FUNCTION_ID_BYTES.min(encoded.len()));
		parameters.extend_from_slice(id);
		arguments.encode_to(&mut parameters);

		let answer = functions.call_raw(Some(&parameters)).await?;
		let answer = Result::<Vec<u8>, ()>::decode(&mut &answer[..])
			.ok()
			.and_then(Result::ok)
			.ok_or_else(|| subxt::Error::Other("the runtime has no such view function".into()))
			.map_err(Box::new)?;
		let metadata = self.metadata();
		decode_view_function_response(
			payload.pallet_name(),
			payload.function_name(),
			&mut &answer[..],
			metadata,
			metadata.types(),
			P::ReturnType::into_visitor(),
		)
		.map_err(|error| ViewFunctionError::CouldNotDecodeResponse(error).into())
	}

	/// A view function's refusal in the runtime's words.
	fn refusal(&self, error: generated::DispatchError) -> ChainError {
		match error {
			generated::DispatchError::Module(module) => {
				Refusal::of_indices(module.index, module.error, self.metadata())
			}
			generated::DispatchError::Token(token) => {
				Refusal::token(&format!("{token:?}"), "money is missing")
			}
			other => Refusal::new(format!("{other:?}"), "the runtime says no more about it"),
		}
		.into()
	}
}
