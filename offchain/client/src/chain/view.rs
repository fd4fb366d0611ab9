// SPDX-License-Identifier: Apache-2.0
//! The chain's state at one block.

mod functions;

use super::{
	api::{generated, runtime},
	client::Config,
	error::ChainError,
	types::{
		Balance, BlockNumber, BondRule, CircuitId, Job, JobId, ModelId, ModelVersion, Version,
		Worker,
	},
	Amount, Share,
};
use subxt::{
	client::OnlineClientAtBlock,
	utils::{AccountId32, H256},
};

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
