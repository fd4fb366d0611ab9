// SPDX-License-Identifier: Apache-2.0
//! What the daemon asks of a node, so that its decisions can be tried without one.
//!
//! Each method is one round trip, or a small fixed number of them; none depends on how many jobs there
//! are, but for [`Node::all_jobs`] and [`Node::registrations`], which a session asks once.

mod client;

use candor_client::{
	answer::Answer,
	chain::{
		events,
		types::{BlockNumber, BondRule, CircuitId, Job, JobId, JobStatus, ModelId, Worker},
		Amount, ChainError, CircuitFacts, Envelope, OfferError, Registration, Share, Signer,
		Standstill,
	},
};
use candor_statement::{GenesisHash, ModelCommitment};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use subxt::utils::AccountId32;

/// A transaction of a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order {
	/// Claim a job.
	Claim(JobId),
	/// Answer a job.
	Submit {
		/// The job that makes it urgent; the answer may be to others as well.
		job: JobId,
		/// The worker that has claimed them.
		worker: AccountId32,
		/// The answer.
		answer: Answer,
	},
	/// Move on a job whose circuit is frozen.
	Expire(JobId),
	/// Hand back a claim.
	Decline(JobId),
}

impl Order {
	/// The job that it is about.
	pub(super) fn job(&self) -> JobId {
		match self {
			Self::Claim(job)
			| Self::Submit { job, .. }
			| Self::Expire(job)
			| Self::Decline(job) => *job,
		}
	}

	/// As the log has it.
	pub(super) fn name(&self) -> &'static str {
		match self {
			Self::Claim(_) => "claim",
			Self::Submit { .. } => "answer",
			Self::Expire(_) => "expire",
			Self::Decline(_) => "decline",
		}
	}
}

/// How a claim of a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClaimEnd {
	/// It was paid.
	Settled {
		/// What the worker received.
		payout: Option<Amount>,
	},
	/// Its bond was lost.
	Forfeited,
	/// It was released without loss.
	Excused,
	/// It was handed back.
	Declined,
}

impl ClaimEnd {
	/// The outcome that an event about a job tells of the worker, if it tells one.
	fn of(event: &events::Event, worker: &AccountId32) -> Option<Self> {
		let field = |name| event.fields.get(name).and_then(Json::as_str);
		// An event that names somebody else is about another claim.
		let worker = worker.to_string();
		if field("worker").is_some_and(|named| named != worker) {
			return None;
		}
		match event.event.as_str() {
			"Jobs.Settled" => {
				let payout = field("payout").and_then(|text| text.parse().ok());
				Some(Self::Settled { payout })
			}
			"Jobs.Forfeited" => Some(Self::Forfeited),
			"Jobs.Excused" => Some(Self::Excused),
			"Jobs.Declined" => Some(Self::Declined),
			_ => None,
		}
	}
}

/// A node.
pub(super) trait Node {
	/// The chain's state at one block.
	type Block;
	/// News of blocks.
	type News;

	/// The hash of the chain's first block.
	fn genesis(&self) -> GenesisHash;
	/// The height of a block.
	fn height(block: &Self::Block) -> BlockNumber;
	/// The version of the runtime at a block.
	fn runtime(block: &Self::Block) -> u32;
	/// What a worker needs and the runtime at a block offers in another form, or not at all.
	fn differences(block: &Self::Block) -> Vec<String>;
	/// Whether the runtime at a block lets a worker hand back a claim.
	fn can_decline(block: &Self::Block) -> bool;

	/// News of blocks from now on.
	async fn news(&self) -> Result<Self::News, ChainError>;
	/// Waits for the next news; all that there is counts as one.
	async fn changed(news: &mut Self::News) -> Result<(), ChainError>;
	/// The last finalised block.
	async fn finalised(&self) -> Result<Self::Block, ChainError>;
	/// The best block.
	async fn best(&self) -> Result<Self::Block, ChainError>;

	/// All jobs that have not ended.
	async fn all_jobs(&self, at: &Self::Block) -> Result<Vec<Job>, ChainError>;
	/// The number that the next job gets.
	async fn next_job(&self, at: &Self::Block) -> Result<JobId, ChainError>;
	/// Those of these jobs that have not ended.
	async fn jobs(&self, at: &Self::Block, ids: &[JobId]) -> Result<Vec<Job>, ChainError>;
	/// How many blocks did not count for jobs on these circuits.
	async fn standstill(
		&self,
		at: &Self::Block,
		circuits: &BTreeSet<CircuitId>,
	) -> Result<Standstill, ChainError>;
	/// Where a job stands. Its last block is the one that counts: the chain may put off what it
	/// stored when the job was claimed.
	async fn status(&self, at: &Self::Block, job: JobId) -> Result<JobStatus, ChainError>;
	/// How the worker's claim on a job ended, if it did in the block of this height.
	async fn outcome(
		&self,
		block: BlockNumber,
		job: JobId,
		worker: &AccountId32,
	) -> Result<Option<ClaimEnd>, ChainError>;

	/// What is registered under one of these commitments.
	async fn registrations(
		&self,
		at: &Self::Block,
		commitments: &[ModelCommitment],
	) -> Result<Vec<Registration>, ChainError>;
	/// What a circuit is.
	async fn circuit(
		&self,
		at: &Self::Block,
		circuit: CircuitId,
	) -> Result<Option<CircuitFacts>, ChainError>;
	/// Who owns a model.
	async fn owner(
		&self,
		at: &Self::Block,
		model: ModelId,
	) -> Result<Option<AccountId32>, ChainError>;

	/// The worker's bond.
	async fn worker(
		&self,
		at: &Self::Block,
		account: &AccountId32,
	) -> Result<Option<Worker>, ChainError>;
	/// The worker's score.
	async fn score(&self, at: &Self::Block, account: &AccountId32) -> Result<Share, ChainError>;
	/// What the account can spend on fees and tips.
	async fn spendable(
		&self,
		at: &Self::Block,
		account: &AccountId32,
	) -> Result<Amount, ChainError>;
	/// What claims lock.
	fn bond_rule(&self, at: &Self::Block) -> Result<BondRule, ChainError>;
	/// The price that a claim in this block, which is not past, would fix, unless the job has ended.
	async fn price_at(
		&self,
		at: &Self::Block,
		job: JobId,
		block: BlockNumber,
	) -> Result<Option<Amount>, ChainError>;
	/// Whether the runtime would take a claim now; a refusal if not.
	async fn can_claim(
		&self,
		at: &Self::Block,
		job: JobId,
		worker: &AccountId32,
	) -> Result<(), ChainError>;
	/// Whether the runtime would pay for an answer now; a refusal if not.
	async fn can_submit(
		&self,
		at: &Self::Block,
		worker: &AccountId32,
		answer: &Answer,
	) -> Result<(), ChainError>;

	/// How many transactions of the account are in the blocks up to this one.
	async fn nonce(&self, at: &Self::Block, account: &AccountId32) -> Result<u64, ChainError>;
	/// The same with those in the node's pool.
	async fn next_nonce(&self, account: &AccountId32) -> Result<u64, ChainError>;
	/// What a transaction costs beside a tip, which is no part of it.
	async fn fee(&self, at: &Self::Block, order: &Order, tip: Amount)
		-> Result<Amount, ChainError>;
	/// Gives a transaction for a block after `at`, the best one, to the pool. Returns the last block that
	/// can include it.
	async fn send(
		&self,
		at: &Self::Block,
		order: &Order,
		signer: &Signer,
		envelope: Envelope,
	) -> Result<BlockNumber, OfferError>;
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	fn told(name: &str, fields: Json) -> Option<ClaimEnd> {
		let Json::Object(fields) = fields else { unreachable!() };
		let event = events::Event { block: 1, hash: String::new(), event: name.to_owned(), fields };
		ClaimEnd::of(&event, &AccountId32([2; 32]))
	}

	#[test]
	fn an_outcome_is_that_of_this_worker_and_of_no_other() {
		let (me, other) = (AccountId32([2; 32]).to_string(), AccountId32([3; 32]).to_string());
		assert_eq!(
			told("Jobs.Settled", json!({ "worker": me, "payout": "1.7" })),
			Some(ClaimEnd::Settled { payout: Some("1.7".parse().unwrap()) })
		);
		assert_eq!(told("Jobs.Forfeited", json!({ "worker": me })), Some(ClaimEnd::Forfeited));
		assert_eq!(told("Jobs.Excused", json!({ "worker": me })), Some(ClaimEnd::Excused));
		for name in ["Jobs.Settled", "Jobs.Forfeited", "Jobs.Excused"] {
			assert_eq!(told(name, json!({ "worker": other })), None, "{name}");
		}
		assert_eq!(told("Jobs.Refunded", json!({ "amount": "2" })), None);
	}
}
