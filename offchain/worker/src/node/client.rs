// SPDX-License-Identifier: Apache-2.0
//! A real node, behind a client.

use super::{ClaimEnd, Node, Order};
use candor_client::{
	answer::Answer,
	chain::{
		api, calls, events,
		types::{BlockNumber, BondRule, CircuitId, Job, JobId, JobStatus, ModelId, Worker},
		Amount, ChainError, CircuitFacts, Client, Envelope, Heads, OfferError, Registration, Share,
		Signer, Standstill, View,
	},
};
use candor_statement::{GenesisHash, ModelCommitment};
use std::collections::BTreeSet;
use subxt::utils::AccountId32;

/// Does something with the call that an order stands for; the calls are of different types.
macro_rules! with_call {
	($order:expr, |$call:ident| $body:expr) => {
		match $order {
			Order::Claim(job) => {
				let $call = &calls::claim(*job);
				$body
			}
			Order::Submit { worker, answer, .. } => match answer.alone() {
				Some(run) => {
					let (output, proof) = (run.output.clone(), answer.proof.clone());
					let $call = &calls::submit(run.job, output, proof);
					$body
				}
				None => {
					let $call = &calls::submit_joint(worker, answer);
					$body
				}
			},
			Order::Expire(job) => {
				let $call = &calls::expire(*job);
				$body
			}
			Order::Decline(job) => {
				let $call = &calls::decline(*job);
				$body
			}
		}
	};
}

impl Node for Client {
	type Block = View;
	type News = Heads;

	fn genesis(&self) -> GenesisHash {
		Self::genesis(self)
	}

	fn height(block: &View) -> BlockNumber {
		block.number()
	}

	fn runtime(block: &View) -> u32 {
		block.spec_version()
	}

	fn differences(block: &View) -> Vec<String> {
		api::differences_for_work(block.metadata())
	}

	fn can_decline(block: &View) -> bool {
		calls::can_decline(block.metadata())
	}

	async fn news(&self) -> Result<Heads, ChainError> {
		self.heads().await
	}

	async fn changed(news: &mut Heads) -> Result<(), ChainError> {
		news.changed().await
	}

	async fn finalised(&self) -> Result<View, ChainError> {
		Self::finalised(self).await
	}

	async fn best(&self) -> Result<View, ChainError> {
		Self::best(self).await
	}

	async fn all_jobs(&self, at: &View) -> Result<Vec<Job>, ChainError> {
		at.jobs().await
	}

	async fn next_job(&self, at: &View) -> Result<JobId, ChainError> {
		at.next_job().await
	}

	async fn jobs(&self, at: &View, ids: &[JobId]) -> Result<Vec<Job>, ChainError> {
		self.jobs_at(at, ids).await
	}

	async fn standstill(
		&self,
		at: &View,
		circuits: &BTreeSet<CircuitId>,
	) -> Result<Standstill, ChainError> {
		self.standstill_at(at, circuits.iter().copied()).await
	}

	async fn status(&self, at: &View, job: JobId) -> Result<JobStatus, ChainError> {
		at.job_status(job).await
	}

	async fn outcome(
		&self,
		block: BlockNumber,
		job: JobId,
		worker: &AccountId32,
	) -> Result<Option<ClaimEnd>, ChainError> {
		let view = self.at(block).await?;
		let happened = events::in_block(&view, &view.events().await?)?;
		let about = happened.iter().filter(|event| event.job() == Some(job));
		Ok(about.filter_map(|event| ClaimEnd::of(event, worker)).next())
	}

	async fn registrations(
		&self,
		at: &View,
		commitments: &[ModelCommitment],
	) -> Result<Vec<Registration>, ChainError> {
		at.registrations(commitments).await
	}

	async fn circuit(
		&self,
		at: &View,
		circuit: CircuitId,
	) -> Result<Option<CircuitFacts>, ChainError> {
		at.circuit_facts(circuit).await
	}

	async fn owner(&self, at: &View, model: ModelId) -> Result<Option<AccountId32>, ChainError> {
		at.model_owner(model).await
	}

	async fn worker(&self, at: &View, account: &AccountId32) -> Result<Option<Worker>, ChainError> {
		at.worker(account).await
	}

	async fn score(&self, at: &View, account: &AccountId32) -> Result<Share, ChainError> {
		Ok(at.reputation(account).await?.score)
	}

	async fn spendable(&self, at: &View, account: &AccountId32) -> Result<Amount, ChainError> {
		at.spendable(account).await
	}

	fn bond_rule(&self, at: &View) -> Result<BondRule, ChainError> {
		at.bond_rule()
	}

	async fn price_at(
		&self,
		at: &View,
		job: JobId,
		block: BlockNumber,
	) -> Result<Option<Amount>, ChainError> {
		at.price_at(job, block).await
	}

	async fn can_claim(
		&self,
		at: &View,
		job: JobId,
		worker: &AccountId32,
	) -> Result<(), ChainError> {
		at.can_claim(job, worker).await
	}

	async fn can_submit(
		&self,
		at: &View,
		worker: &AccountId32,
		answer: &Answer,
	) -> Result<(), ChainError> {
		at.can_submit(worker, answer).await
	}

	async fn nonce(&self, at: &View, account: &AccountId32) -> Result<u64, ChainError> {
		at.nonce(account).await
	}

	async fn next_nonce(&self, account: &AccountId32) -> Result<u64, ChainError> {
		Self::next_nonce(self, account).await
	}

	async fn fee(&self, at: &View, order: &Order, tip: Amount) -> Result<Amount, ChainError> {
		with_call!(order, |call| Self::fee(self, at, call, tip).await)
	}

	async fn send(
		&self,
		at: &View,
		order: &Order,
		signer: &Signer,
		envelope: Envelope,
	) -> Result<BlockNumber, OfferError> {
		with_call!(order, |call| {
			let sent = self.offer(at, call, signer, envelope).await;
			sent.map(|(hash, last)| {
				tracing::debug!(transaction = ?hash, last, ?envelope, "sent the {}", order.name());
				last
			})
		})
	}
}
