// SPDX-License-Identifier: Apache-2.0
//! What a worker asks of a chain beyond what commands do: many jobs with one question, what a circuit
//! is, and transactions whose nonce, tip and birth are chosen.

use super::{
	api::{self, generated, runtime},
	client::{Client, Config, MORTALITY},
	error::ChainError,
	refusal::Refusal,
	signer::Signer,
	types::{BlockNumber, CircuitId, Job, JobId, ModelId, ModelVersion, Version},
	view::View,
	Amount,
};
use candor_statement::{ModelCommitment, StatementSchema};
use futures::FutureExt;
use std::collections::BTreeMap;
use subxt::{
	config::substrate::SubstrateExtrinsicParamsBuilder,
	error::{BackendError, ExtrinsicError, RpcError, StorageValueError},
	ext::{frame_decode::storage::decode_storage_value, scale_decode::IntoVisitor},
	tx::Payload,
	utils::{AccountId32, H256},
};

/// A node's answer to a transaction that it has already.
const ALREADY_IMPORTED: i32 = 1013;
/// A node's answer to a transaction that would replace one with the same nonce and at least its tip.
const TOO_LOW_PRIORITY: i32 = 1014;
/// A node's answer to a transaction that offers less than all that its full pool holds.
const POOL_IS_FULL: i32 = 1016;

/// What a circuit is, beyond its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircuitFacts {
	/// The number of its proof system: what is stored of a key says nothing about which system reads it.
	pub system: u8,
	/// How statements become public inputs.
	pub schema: StatementSchema,
	/// The prepared verifying key's bytes, which the chain verifies with.
	pub prepared_key: Vec<u8>,
	/// Whether no proof is accepted.
	pub frozen: bool,
}

/// A version of a model that is registered under a commitment of interest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
	/// The model.
	pub model: ModelId,
	/// The version.
	pub version: Version,
	/// What is registered.
	pub details: ModelVersion,
}

/// When a transaction can be included, and what it offers for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
	/// Its place among the account's transactions. One that waits in the pool with the same nonce is
	/// replaced if it offers less.
	pub nonce: u64,
	/// For the block's author.
	pub tip: Amount,
}

/// Why a node does not take a transaction.
#[derive(Debug)]
pub enum OfferError {
	/// Another one with the same nonce offers as much or more.
	Outbid,
	/// The pool is full of transactions that offer as much or more for their room.
	Crowded,
	/// It is there already.
	Known,
	/// It is not valid.
	Refused(Refusal),
	/// The node did not answer.
	Failed(ChainError),
}

impl From<ExtrinsicError> for OfferError {
	fn from(error: ExtrinsicError) -> Self {
		match ChainError::from(error) {
			ChainError::Refused(refusal) => Self::Refused(refusal),
			other => Self::Failed(other),
		}
	}
}

/// News of best and of finalised blocks.
pub struct Heads {
	best: subxt::client::Blocks<Config>,
	finalised: subxt::client::Blocks<Config>,
}

impl Heads {
	/// Returns when there is a new best or finalised block. What came since the last call counts as
	/// one: whoever is behind looks at the newest state once.
	///
	/// # Errors
	///
	/// When the node tells nothing more: the connection is lost.
	pub async fn changed(&mut self) -> Result<(), ChainError> {
		let silent =
			|| ChainError::Node(Box::new(subxt::Error::other_str("no more blocks are told")));
		tokio::select! {
			block = self.best.next() => { block.ok_or_else(silent)??; }
			block = self.finalised.next() => { block.ok_or_else(silent)??; }
		}
		for blocks in [&mut self.best, &mut self.finalised] {
			while let Some(block) = blocks.next().now_or_never() {
				block.ok_or_else(silent)??;
			}
		}
		Ok(())
	}
}

/// Reads a value as it is stored.
pub(super) fn decode<T: IntoVisitor>(
	view: &View,
	pallet: &str,
	entry: &str,
	bytes: &[u8],
) -> Result<T, ChainError> {
	let metadata = view.metadata();
	decode_storage_value(
		pallet,
		entry,
		&mut &bytes[..],
		metadata,
		metadata.types(),
		T::into_visitor(),
	)
	.map_err(|error| StorageValueError::CannotDecode(error).into())
}

impl View {
	/// The number that the next job gets.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn next_job(&self) -> Result<JobId, ChainError> {
		let next = self.at.storage().fetch(runtime::storage().jobs().next_job_id(), ()).await?;
		Ok(JobId(next.decode()?.0))
	}

	/// What a circuit is, if it is registered.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn circuit_facts(&self, id: CircuitId) -> Result<Option<CircuitFacts>, ChainError> {
		let key = || (generated::CircuitId(H256(id.0)),);
		let storage = self.at.storage();
		let info = storage.try_fetch(runtime::storage().circuits().circuits(), key()).await?;
		let prepared =
			storage.try_fetch(runtime::storage().circuits().prepared_keys(), key()).await?;
		let (Some(info), Some(prepared)) = (info, prepared) else { return Ok(None) };
		let (info, prepared) = (info.decode()?, prepared.decode()?);
		Ok(Some(CircuitFacts {
			system: info.system.0,
			schema: info.schema.into(),
			prepared_key: prepared.0,
			frozen: info.frozen_at.is_some(),
		}))
	}

	/// Who owns a model.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn model_owner(&self, model: ModelId) -> Result<Option<AccountId32>, ChainError> {
		let found = self
			.at
			.storage()
			.try_fetch(runtime::storage().models().models(), (generated::ModelId(model.0),))
			.await?;
		found.map(|model| Ok(model.decode()?.owner)).transpose()
	}

	/// The versions of all models that are registered under one of these commitments. Reads all
	/// versions of all models.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn registrations(
		&self,
		commitments: &[ModelCommitment],
	) -> Result<Vec<Registration>, ChainError> {
		let mut entries =
			self.at.storage().iter(runtime::storage().models().versions(), ()).await?;
		let mut found = Vec::new();
		while let Some(entry) = entries.next().await {
			let entry = entry?;
			let details = ModelVersion::from(entry.value().decode()?);
			if commitments.contains(&details.commitment) {
				let (model, version): (generated::ModelId, generated::Version) =
					entry.key()?.decode()?;
				let (model, version) = (ModelId(model.0), Version(version.0));
				found.push(Registration { model, version, details });
			}
		}
		found.sort_by_key(|it| (it.model, it.version));
		Ok(found)
	}

	/// What an account can spend on fees and tips without being reaped.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn spendable(&self, account: &AccountId32) -> Result<Amount, ChainError> {
		let kept = runtime::constants().balances().existential_deposit();
		let kept = self.at.constants().entry(kept)?;
		let free = self.balance(account).await?.free;
		Ok(Amount(free.0.saturating_sub(kept)))
	}
}

impl Client {
	/// Connects to a node's websocket for a worker, which can do with less: see
	/// [`api::differences_for_work`].
	///
	/// # Errors
	///
	/// When there is no node, or something that a worker needs is different there.
	pub async fn connect_for_work(url: &str) -> Result<Self, ChainError> {
		Self::connect_to_chain_of(url, api::differences_for_work).await
	}

	/// News of blocks from now on.
	///
	/// # Errors
	///
	/// When the node does not answer: [`ChainError::Node`].
	pub async fn heads(&self) -> Result<Heads, ChainError> {
		Ok(Heads {
			best: self.online.stream_best_blocks().await?,
			finalised: self.online.stream_blocks().await?,
		})
	}

	/// Those of these jobs that have not ended, with one question to the node.
	///
	/// # Errors
	///
	/// When the node does not answer, has pruned the state, or its chain's types are others:
	/// [`ChainError::Node`].
	pub async fn jobs_at(&self, view: &View, ids: &[JobId]) -> Result<Vec<Job>, ChainError> {
		if ids.is_empty() {
			return Ok(Vec::new());
		}
		let entry = view.at.storage().entry(runtime::storage().jobs().jobs())?;
		let keys = ids
			.iter()
			.map(|id| entry.fetch_key((generated::JobId(id.0),)))
			.collect::<Result<Vec<_>, _>>()?;
		let values = self.values_at(view, &keys).await?;
		let mut jobs = Vec::new();
		for (id, key) in ids.iter().zip(&keys) {
			let Some(bytes) = values.get(key) else { continue };
			let job: generated::Job = decode(view, entry.pallet_name(), entry.entry_name(), bytes)?;
			jobs.push(Job::new(*id, job));
		}
		Ok(jobs)
	}

	/// What is stored under these keys, with one question.
	pub(super) async fn values_at(
		&self,
		view: &View,
		keys: &[Vec<u8>],
	) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, ChainError> {
		let found = self
			.rpc
			.state_query_storage_at(keys.iter().map(Vec::as_slice), Some(view.hash()))
			.await?;
		let changes = found.into_iter().flat_map(|set| set.changes);
		Ok(changes.filter_map(|(key, value)| Some((key.0, value?.0))).collect())
	}

	/// The nonce that comes after those of the account's transactions in blocks and in the node's pool.
	///
	/// # Errors
	///
	/// When the node does not answer: [`ChainError::Node`].
	pub async fn next_nonce(&self, account: &AccountId32) -> Result<u64, ChainError> {
		Ok(self.rpc.system_account_next_index(account).await?)
	}

	/// Signs a call for a block after `at`, the best one, and gives it to the node's pool. Returns the
	/// transaction's hash, and the last block that can include it.
	///
	/// # Errors
	///
	/// Why the pool does not take it.
	pub async fn offer(
		&self,
		at: &View,
		call: &impl Payload,
		signer: &Signer,
		envelope: Envelope,
	) -> Result<(H256, BlockNumber), OfferError> {
		let (birth, birth_hash) = self.birth(at).await.map_err(OfferError::Failed)?;
		let params = SubstrateExtrinsicParamsBuilder::new()
			.mortal_from_unchecked(MORTALITY.into(), birth.into(), birth_hash)
			.nonce(envelope.nonce)
			.tip(envelope.tip.0)
			.build();
		let signed = at.at.tx().create_signable_offline(call, params)?.sign(signer.keypair())?;
		match self.rpc.author_submit_extrinsic(signed.encoded()).await {
			Ok(hash) => Ok((hash, birth.saturating_add(MORTALITY))),
			Err(subxt::rpcs::Error::User(answer)) if answer.code == TOO_LOW_PRIORITY => {
				Err(OfferError::Outbid)
			}
			Err(subxt::rpcs::Error::User(answer)) if answer.code == POOL_IS_FULL => {
				Err(OfferError::Crowded)
			}
			Err(subxt::rpcs::Error::User(answer)) if answer.code == ALREADY_IMPORTED => {
				Err(OfferError::Known)
			}
			Err(error) => Err(ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(
				RpcError::ClientError(error),
			))
			.into()),
		}
	}
}
