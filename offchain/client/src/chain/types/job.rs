// SPDX-License-Identifier: Apache-2.0
//! Jobs, and where they stand.

use super::{BlockNumber, CircuitId, JobId, ModelId, Price, Version};
use crate::chain::{
	amount::{Amount, Share},
	api::generated,
};
use candor_statement::{InputCommitment, ModelCommitment};
use heck::ToKebabCase;
use serde::Serialize;
use std::fmt;
use subxt::utils::AccountId32;

/// How an answer is made sure of, as the chain calls it: `proven`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Tier(String);

impl Tier {
	/// The tier that is a variant of this name in the runtime.
	pub(crate) fn of_variant(variant: &str) -> Self {
		Self(variant.to_kebab_case())
	}
}

impl fmt::Display for Tier {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(&self.0)
	}
}

/// What a requester demands of the setup of a model's circuit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetupDemand {
	/// That its depositor declares a ceremony; on a chain for development, nothing.
	#[default]
	Ceremony,
	/// That somebody whom the chain names vouches for it.
	Attested,
	/// Nothing.
	Any,
}

impl From<generated::SetupDemand> for SetupDemand {
	fn from(demand: generated::SetupDemand) -> Self {
		match demand {
			generated::SetupDemand::Ceremony => Self::Ceremony,
			generated::SetupDemand::Attested => Self::Attested,
			generated::SetupDemand::Any => Self::Any,
		}
	}
}

impl From<SetupDemand> for generated::SetupDemand {
	fn from(demand: SetupDemand) -> Self {
		match demand {
			SetupDemand::Ceremony => Self::Ceremony,
			SetupDemand::Attested => Self::Attested,
			SetupDemand::Any => Self::Any,
		}
	}
}

impl fmt::Display for SetupDemand {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Ceremony => "a ceremony, by its depositor's word",
			Self::Attested => "attested",
			Self::Any => "any, one party's too",
		})
	}
}

/// A job that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
	/// Its number.
	pub id: JobId,
	/// Who pays.
	pub requester: AccountId32,
	/// The model to run.
	pub model: ModelId,
	/// Its version.
	pub version: Version,
	/// The circuit of that version.
	pub circuit: CircuitId,
	/// The commitment of that version.
	pub model_commitment: ModelCommitment,
	/// The commitment to the input.
	pub input_commitment: InputCommitment,
	/// The input, if it was posted.
	pub input: Option<Vec<u8>>,
	/// Bytes of the output.
	pub output_len: u32,
	/// What is paid, before royalty and fee.
	pub price: Price,
	/// The model owner's share.
	pub royalty: Share,
	/// The share that is burnt.
	pub fee: Share,
	/// How the answer is made sure of.
	pub tier: Tier,
	/// The only accounts that may claim it, where it names any.
	pub named: Option<Vec<AccountId32>>,
	/// The least score of a worker when it claims the job.
	pub min_reputation: Share,
	/// What was demanded of the setup of its circuit.
	pub setup: SetupDemand,
	/// Blocks that a worker has from its claim on.
	pub proving_period: BlockNumber,
	/// The last block in which an answer counts, as agreed when it was opened. It moves on by each block
	/// that does not count: a full one, or one in which the circuit is frozen. [`JobStatus`] has moved
	/// numbers, and [`Standstill`](crate::chain::Standstill) moves this one.
	pub deadline: BlockNumber,
	/// Blocks that did not count before it was opened.
	pub standstill: BlockNumber,
	/// The block in which it was opened.
	pub opened: BlockNumber,
	/// Blocks for which claims that have ended kept it from others. A price does not rise in them.
	pub withheld: BlockNumber,
	/// What workers that let their time pass have left for whoever answers, beside the payout.
	pub bounty: Amount,
	/// What is held on the requester's account for the job's storage.
	pub deposit: Amount,
	/// Who has claimed it.
	pub claim: Option<Claim>,
}

/// A worker's claim on a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
	/// The worker.
	pub worker: AccountId32,
	/// The last block in which its answer counts, if every block since the opening of the job did; see
	/// [`Standstill::until`](crate::chain::Standstill::until).
	pub until: BlockNumber,
	/// What is paid for the answer, before royalty and fee.
	pub price: Amount,
	/// What it loses otherwise.
	pub bond: Amount,
}

impl Job {
	pub(in crate::chain) fn new(id: JobId, job: generated::Job) -> Self {
		use generated::State;
		Self {
			id,
			requester: job.requester,
			model: ModelId(job.model.0),
			version: Version(job.version.0),
			circuit: CircuitId(job.circuit.0 .0),
			model_commitment: job.model_commitment.into(),
			input_commitment: InputCommitment::from_bytes(job.input_commitment.0),
			input: job.input.map(|input| input.0),
			output_len: job.output_len,
			price: job.price.into(),
			royalty: Share::from_parts(job.royalty.0),
			fee: Share::from_parts(job.fee.0),
			tier: Tier::of_variant(&format!("{:?}", job.tier)),
			named: match job.demands.who {
				generated::Who::Anyone => None,
				generated::Who::Named(workers) => Some(workers.0),
			},
			min_reputation: Share::from_parts(job.demands.min_reputation.0),
			setup: job.demands.setup.into(),
			proving_period: job.proving_period,
			deadline: job.deadline,
			standstill: job.standstill,
			opened: job.opened,
			withheld: job.withheld,
			bounty: Amount(job.bounty),
			deposit: Amount(job.ticket.0),
			claim: match job.state {
				State::Open => None,
				State::Claimed(claim) => Some(Claim {
					worker: claim.worker,
					until: claim.until,
					price: Amount(claim.price),
					bond: Amount(claim.bond),
				}),
			},
		}
	}

	/// Whether it is for this worker, as far as its requester has named who may claim it.
	pub fn is_for(&self, worker: &AccountId32) -> bool {
		self.named.as_ref().is_none_or(|named| named.contains(worker))
	}

	/// What a claim in this block, by which no claim before it counts any more, fixes at most: as if every
	/// block since the opening had counted.
	pub fn price_in(&self, block: BlockNumber) -> Amount {
		let withheld = match self.claim {
			Some(_) => self.withheld.saturating_add(self.proving_period),
			None => self.withheld,
		};
		self.price.after(block.saturating_sub(self.opened).saturating_sub(withheld))
	}

	/// The price that a claim has fixed, or else the least that one can fix.
	pub fn agreed_price(&self) -> Amount {
		self.claim.as_ref().map_or(self.price.least(), |claim| claim.price)
	}

	/// What is left to the worker of a price, to within a unit: shares are rounded by the runtime.
	pub fn payout(&self, price: Amount) -> Amount {
		let shares = u128::from(self.royalty.parts()) + u128::from(self.fee.parts());
		let million = 1_000_000;
		let rest = 1_000_000u128.saturating_sub(shares);
		// Split, so that no price can overflow.
		Amount(price.0 / million * rest + price.0 % million * rest / million)
	}
}

/// Where a job stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum JobStatus {
	/// No job with this number was ever opened.
	NeverOpened,
	/// It was settled, refunded or cancelled.
	Ended,
	/// Nobody has claimed it.
	Open {
		/// The last block in which a claim fits.
		claim_by: BlockNumber,
	},
	/// Nobody has claimed it, and no claim fits any more.
	Lapsed,
	/// A worker is at it.
	Claimed {
		/// The worker.
		worker: AccountId32,
		/// The last block in which its answer counts.
		until: BlockNumber,
	},
	/// A worker let its time pass.
	Overdue {
		/// The worker.
		worker: AccountId32,
		/// The last block in which its answer would have counted.
		until: BlockNumber,
	},
}

impl From<generated::JobStatus<AccountId32, u32>> for JobStatus {
	fn from(status: generated::JobStatus<AccountId32, u32>) -> Self {
		use generated::JobStatus as Generated;
		match status {
			Generated::NeverOpened => Self::NeverOpened,
			Generated::Ended => Self::Ended,
			Generated::Open { claim_by } => Self::Open { claim_by },
			Generated::Lapsed => Self::Lapsed,
			Generated::Claimed { worker, until } => Self::Claimed { worker, until },
			Generated::Overdue { worker, until } => Self::Overdue { worker, until },
		}
	}
}

impl fmt::Display for JobStatus {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::NeverOpened => f.write_str("was never opened"),
			Self::Ended => f.write_str("has ended"),
			Self::Open { claim_by } => write!(f, "is open, to be claimed by block {claim_by}"),
			Self::Lapsed => f.write_str("has lapsed: no claim fits before its deadline"),
			Self::Claimed { worker, until } => {
				write!(f, "is claimed by {worker}, who may answer until block {until}")
			}
			Self::Overdue { worker, until } => {
				write!(f, "is overdue: {worker} should have answered by block {until}")
			}
		}
	}
}

/// What can move a job on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NextAction {
	/// Nothing.
	Nothing,
	/// Any eligible worker may claim it.
	Claim,
	/// The claimant is to submit.
	Submit,
	/// Another worker may take it over, or anyone expire it.
	TakeOver,
	/// Anyone may expire it.
	Expire,
	/// Its circuit is frozen and its clock stands still: the requester may cancel it, or where it is
	/// claimed, either of the two expire it; or they wait.
	Cancel,
}

impl From<generated::NextAction<AccountId32, u32>> for NextAction {
	fn from(action: generated::NextAction<AccountId32, u32>) -> Self {
		use generated::NextAction as Generated;
		match action {
			Generated::Nothing => Self::Nothing,
			Generated::Claim { .. } => Self::Claim,
			Generated::Submit { .. } => Self::Submit,
			Generated::TakeOver { .. } => Self::TakeOver,
			Generated::Expire => Self::Expire,
			Generated::Cancel => Self::Cancel,
		}
	}
}

impl fmt::Display for NextAction {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Nothing => "nothing",
			Self::Claim => "a worker may claim it",
			Self::Submit => "the claimant is to submit",
			Self::TakeOver => "another worker may claim it, or anyone expire it",
			Self::Expire => "anyone may expire it",
			Self::Cancel => {
				"its circuit is frozen: the requester may cancel it, both may expire it once claimed, or wait"
			}
		})
	}
}

/// How a price is divided, and what a claim locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quote {
	/// For the worker.
	pub payout: Amount,
	/// For the model's owner.
	#[serde(rename = "royalty_amount")]
	pub royalty: Amount,
	/// Burnt.
	#[serde(rename = "fee_burnt")]
	pub fee: Amount,
	/// What a claim locks of the worker's bond.
	pub bond: Amount,
	/// The most that can be demanded of the setup of the model's circuit.
	pub setup: SetupDemand,
}

impl From<generated::Quote<u128>> for Quote {
	fn from(quote: generated::Quote<u128>) -> Self {
		Self {
			payout: Amount(quote.payout),
			royalty: Amount(quote.royalty),
			fee: Amount(quote.fee),
			bond: Amount(quote.bond),
			setup: quote.setup.into(),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_tier_is_called_as_its_variant_in_the_runtime() {
		let tier = |variant: &str| Tier::of_variant(variant).to_string();
		assert_eq!(tier(&format!("{:?}", generated::Tier::Proven)), "proven");
		assert_eq!(tier("ProvenLater"), "proven-later");
	}
}
