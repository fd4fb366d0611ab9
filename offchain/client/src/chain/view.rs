// SPDX-License-Identifier: Apache-2.0
//! The chain's state at one block.

use super::{
	api::{generated, runtime},
	calls::{Encoded, NewVersion},
	client::Config,
	error::ChainError,
	refusal::Refusal,
	types::{
		Balance, BlockNumber, BondRule, CircuitId, Job, JobId, JobStatus, ModelId, ModelVersion,
		NextAction, Quote, Reputation, Version, Worker,
	},
	Amount, Share,
};
use subxt::{
	client::OnlineClientAtBlock,
	error::ViewFunctionError,
	ext::{
		codec::{Decode, Encode},
		frame_decode::view_functions::decode_view_function_response,
		scale_decode::IntoVisitor,
	},
	utils::{AccountId32, H256},
	view_functions::Payload,
};

/// The length of a view function's id.
const VIEW_FUNCTION_ID_BYTES: usize = 32;

/// The chain's state at one block.
#[derive(Clone)]
pub struct View {
	pub(super) at: OnlineClientAtBlock<Config>,
}

impl View {
	pub(super) fn new(at: OnlineClientAtBlock<Config>) -> Self {
		Self { at }
	}

	/// The height of the block.
	pub fn number(&self) -> BlockNumber {
		Self::height(&self.at)
	}

	pub(super) fn height(at: &OnlineClientAtBlock<Config>) -> BlockNumber {
		BlockNumber::try_from(at.block_number()).unwrap_or(BlockNumber::MAX)
	}

	/// The block's hash.
	pub fn hash(&self) -> H256 {
		self.at.block_hash()
	}

	/// What happened in the block.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn events(&self) -> Result<subxt::events::Events<Config>, ChainError> {
		Ok(self.at.events().fetch().await?)
	}

	/// The version of the runtime that makes the next block.
	pub fn spec_version(&self) -> u32 {
		self.at.spec_version()
	}

	/// The chain's metadata at the block.
	pub fn metadata(&self) -> &subxt::Metadata {
		self.at.metadata_ref()
	}

	/// How many transactions the account has in the blocks up to this one.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn nonce(&self, account: &AccountId32) -> Result<u64, ChainError> {
		Ok(self.at.tx().account_nonce(account).await?)
	}

	/// A job that has not ended.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn job(&self, id: JobId) -> Result<Option<Job>, ChainError> {
		let found = self
			.at
			.storage()
			.try_fetch(runtime::storage().jobs().jobs(), (generated::JobId(id.0),))
			.await?;
		found.map(|job| Ok(Job::new(id, job.decode()?))).transpose()
	}

	/// All jobs that have not ended.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn jobs(&self) -> Result<Vec<Job>, ChainError> {
		let mut entries = self.at.storage().iter(runtime::storage().jobs().jobs(), ()).await?;
		let mut jobs = Vec::new();
		while let Some(entry) = entries.next().await {
			let entry = entry?;
			let (generated::JobId(id),) = entry.key()?.decode()?;
			jobs.push(Job::new(JobId(id), entry.value().decode()?));
		}
		Ok(jobs)
	}

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

	/// Whether the account would be paid for this answer now.
	///
	/// # Errors
	///
	/// A refusal if not.
	pub async fn can_submit(
		&self,
		job: JobId,
		worker: &AccountId32,
		output: &[u8],
		proof: &[u8],
	) -> Result<(), ChainError> {
		let call = runtime::view_functions().jobs().can_submit(
			generated::JobId(job.0),
			*worker,
			generated::BoundedVec(output.to_vec()),
			generated::BoundedVec(proof.to_vec()),
		);
		self.ask(call).await?.map_err(|error| self.refusal(error))
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

	/// Whether a circuit is registered, and if so, whether it is frozen.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn circuit(&self, id: CircuitId) -> Result<Option<Circuit>, ChainError> {
		let key = (generated::CircuitId(H256(id.0)),);
		let found =
			self.at.storage().try_fetch(runtime::storage().circuits().circuits(), key).await?;
		found
			.map(|info| {
				let info = info.decode()?;
				Ok(Circuit {
					frozen: info.frozen_at.is_some(),
					attested: info.attested,
					deposit: Amount(info.ticket.map_or(0, |ticket| ticket.0)),
				})
			})
			.transpose()
	}

	/// The newest version of a model, whether or not it still exists.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn latest_version(&self, model: ModelId) -> Result<Option<Version>, ChainError> {
		let found = self
			.at
			.storage()
			.try_fetch(runtime::storage().models().models(), (generated::ModelId(model.0),))
			.await?;
		found.map(|model| Ok(Version(model.decode()?.latest.0))).transpose()
	}

	/// A version of a model.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn model_version(
		&self,
		model: ModelId,
		version: Version,
	) -> Result<Option<ModelVersion>, ChainError> {
		let key = (generated::ModelId(model.0), generated::Version(version.0));
		let found =
			self.at.storage().try_fetch(runtime::storage().models().versions(), key).await?;
		found.map(|version| Ok(version.decode()?.into())).transpose()
	}

	/// A registered worker.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn worker(&self, account: &AccountId32) -> Result<Option<Worker>, ChainError> {
		let found = self
			.at
			.storage()
			.try_fetch(runtime::storage().workers().workers(), (*account,))
			.await?;
		found.map(|worker| Ok(worker.decode()?.into())).transpose()
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

	/// What an account owns.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn balance(&self, account: &AccountId32) -> Result<Balance, ChainError> {
		let data = self
			.at
			.storage()
			.fetch(runtime::storage().system().account(), (*account,))
			.await?
			.decode()?
			.data;
		let holds = self
			.at
			.storage()
			.fetch(runtime::storage().balances().holds(), (*account,))
			.await?
			.decode()?;
		let held =
			holds.0.into_iter().map(|hold| (hold_reason(&hold.id), Amount(hold.amount))).collect();
		Ok(Balance {
			free: Amount(data.free),
			held,
			total: Amount(data.free.saturating_add(data.reserved)),
		})
	}

	/// What claims lock.
	///
	/// # Errors
	///
	/// When the runtime has no such constants.
	pub fn bond_rule(&self) -> Result<BondRule, ChainError> {
		let constants = runtime::constants().jobs();
		Ok(BondRule {
			least: Amount(self.at.constants().entry(constants.min_job_bond())?),
			share: Share::from_parts(self.at.constants().entry(constants.bond_share())?.0),
		})
	}

	/// The most workers that a job can name.
	///
	/// # Errors
	///
	/// When the runtime has no such constant.
	pub fn most_named_workers(&self) -> Result<u32, ChainError> {
		let constant = runtime::constants().jobs().max_named_workers();
		Ok(self.at.constants().entry(constant)?)
	}

	/// How many jobs can be opened in one transaction.
	///
	/// # Errors
	///
	/// When the chain has no such bound.
	pub fn most_inputs(&self) -> Result<u32, ChainError> {
		Ok(self.at.constants().entry(runtime::constants().jobs().max_inputs())?)
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

/// A registered circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circuit {
	/// Whether no proof is accepted.
	pub frozen: bool,
	/// Whether somebody whom the runtime names vouches for its setup.
	pub attested: bool,
	/// What is held for its storage on its depositor's account; nothing once that was returned.
	pub deposit: Amount,
}

/// A hold's reason as `Pallet.Reason`.
fn hold_reason(reason: &generated::RuntimeHoldReason) -> String {
	// The generated type is `Pallet(HoldReason)`.
	format!("{reason:?}").trim_end_matches(')').replace('(', ".")
}
