// SPDX-License-Identifier: Apache-2.0
//! What the chain holds, in types that do not change with its metadata.

use super::{
	amount::{Amount, Share},
	api::runtime::runtime_types as generated,
	calls::{Provenance, SetupKind},
};
use candor_statement::{InputCommitment, ModelCommitment, StatementSchema};
use serde::{Serialize, Serializer};
use sp_crypto_hashing::blake2_256;
use std::{fmt, str::FromStr};
use subxt::{ext::codec::Encode, utils::AccountId32};

/// A block's height.
pub type BlockNumber = u32;

/// The number of the proof system that commands make keys and proofs of, as `docs/statement.md` has it.
pub const GROTH16: u8 = 0;

/// Identity of a circuit: a hash of its proof system, key, schema and provenance; see
/// [`CircuitId::of`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CircuitId(pub [u8; 32]);

impl CircuitId {
	/// What is hashed begins with this name.
	const DOMAIN: &'static str = "candor/circuit";

	/// The identity of the circuit with this canonical Groth16 verifying key, as `docs/statement.md`
	/// has it.
	pub fn of(key: &[u8], schema: &StatementSchema, provenance: &Provenance) -> Self {
		let StatementSchema::InferenceV1 { input_len, output_len } = schema;
		let schema = (0u8, *input_len, *output_len);
		let declared = match provenance.declared {
			SetupKind::Development => 0u8,
			SetupKind::Ceremony => 1,
		};
		let provenance = (provenance.source, provenance.transcript, declared);
		Self(blake2_256(&(Self::DOMAIN, GROTH16, key, schema, provenance).encode()))
	}
}

/// `0x` and 64 hexadecimal digits.
impl fmt::Display for CircuitId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "0x{}", hex::encode(self.0))
	}
}

impl Serialize for CircuitId {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

/// A model, and one of its versions or the newest that takes jobs: `3` or `3:1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelReference {
	/// The model.
	pub model: u32,
	/// The version, where one is named.
	pub version: Option<u32>,
}

impl FromStr for ModelReference {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let number = |text: &str| {
			text.parse().map_err(|_| "expected MODEL or MODEL:VERSION, for instance 0:1".to_owned())
		};
		match text.split_once(':') {
			Some((model, version)) => {
				Ok(Self { model: number(model)?, version: Some(number(version)?) })
			}
			None => Ok(Self { model: number(text)?, version: None }),
		}
	}
}

/// How an answer is made sure of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
	/// By a proof that the chain verifies before it pays.
	Proven,
}

impl fmt::Display for Tier {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Proven => "proven",
		})
	}
}

/// A job that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
	/// Its number.
	pub id: u64,
	/// Who pays.
	pub requester: AccountId32,
	/// The model to run.
	pub model: u32,
	/// Its version.
	pub version: u32,
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
	pub price: Amount,
	/// The model owner's share.
	pub royalty: Share,
	/// The share that is burnt.
	pub fee: Share,
	/// How the answer is made sure of.
	pub tier: Tier,
	/// The least score of a worker. A score can be bought.
	pub min_reputation: Share,
	/// Whether somebody has to vouch for the setup of its circuit.
	pub attested: bool,
	/// Blocks that a worker has from its claim on.
	pub proving_period: BlockNumber,
	/// The last block in which an answer counts, as agreed when it was opened. It moves on by each block
	/// that does not count: a full one, or one in which the circuit is frozen. [`JobStatus`] has moved
	/// numbers.
	pub deadline: BlockNumber,
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
	/// The last block in which its answer counts.
	pub until: BlockNumber,
	/// What it loses otherwise.
	pub bond: Amount,
}

impl Job {
	pub(super) fn new(id: u64, job: generated::pallet_jobs::types::Job) -> Self {
		use generated::pallet_jobs::types::State;
		Self {
			id,
			requester: job.requester,
			model: job.model.0,
			version: job.version.0,
			circuit: CircuitId(job.circuit.0 .0),
			model_commitment: ModelCommitment::from_bytes(job.model_commitment.0),
			input_commitment: InputCommitment::from_bytes(job.input_commitment.0),
			input: job.input.map(|input| input.0),
			output_len: job.output_len,
			price: Amount(job.price),
			royalty: Share::from_parts(job.royalty.0),
			fee: Share::from_parts(job.fee.0),
			tier: match job.tier {
				generated::pallet_jobs::tiers::Tier::Proven => Tier::Proven,
			},
			min_reputation: Share::from_parts(job.demands.min_reputation.0),
			attested: matches!(
				job.demands.setup,
				generated::pallet_jobs::types::SetupDemand::Attested
			),
			proving_period: job.proving_period,
			deadline: job.deadline,
			deposit: Amount(job.ticket.0),
			claim: match job.state {
				State::Open => None,
				State::Claimed(claim) => Some(Claim {
					worker: claim.worker,
					until: claim.until,
					bond: Amount(claim.bond),
				}),
			},
		}
	}

	/// What is left to the worker, to within a unit: shares are rounded by the runtime.
	pub fn payout(&self) -> Amount {
		let shares = u128::from(self.royalty.parts()) + u128::from(self.fee.parts());
		let million = 1_000_000;
		let rest = 1_000_000u128.saturating_sub(shares);
		// Split, so that no price can overflow.
		Amount(self.price.0 / million * rest + self.price.0 % million * rest / million)
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

impl From<generated::pallet_jobs::types::JobStatus<AccountId32, u32>> for JobStatus {
	fn from(status: generated::pallet_jobs::types::JobStatus<AccountId32, u32>) -> Self {
		use generated::pallet_jobs::types::JobStatus as Generated;
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

impl From<generated::pallet_jobs::types::NextAction<AccountId32, u32>> for NextAction {
	fn from(action: generated::pallet_jobs::types::NextAction<AccountId32, u32>) -> Self {
		use generated::pallet_jobs::types::NextAction as Generated;
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
}

impl From<generated::pallet_jobs::types::Quote<u128>> for Quote {
	fn from(quote: generated::pallet_jobs::types::Quote<u128>) -> Self {
		Self {
			payout: Amount(quote.payout),
			royalty: Amount(quote.royalty),
			fee: Amount(quote.fee),
			bond: Amount(quote.bond),
		}
	}
}

/// A version of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelVersion {
	/// The circuit that computes it.
	pub circuit: CircuitId,
	/// The commitment to its weights.
	pub commitment: ModelCommitment,
	/// The owner's share of a price.
	pub royalty: Share,
	/// Whether new jobs may be opened.
	pub active: bool,
	/// What is held for its storage.
	pub deposit: Amount,
}

impl From<generated::pallet_models::types::ModelVersion> for ModelVersion {
	fn from(version: generated::pallet_models::types::ModelVersion) -> Self {
		Self {
			circuit: CircuitId(version.circuit.0 .0),
			commitment: ModelCommitment::from_bytes(version.commitment.0),
			royalty: Share::from_parts(version.royalty.0),
			active: matches!(version.status, generated::pallet_models::types::Status::Active),
			deposit: Amount(version.ticket.0),
		}
	}
}

/// A registered worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Worker {
	/// What it stands to lose.
	pub bond: Amount,
	/// What open jobs lock of it.
	pub locked: Amount,
	/// The number of these jobs.
	pub open_jobs: u32,
}

impl Worker {
	/// What a further claim could lock.
	pub fn available(&self) -> Amount {
		Amount(self.bond.0.saturating_sub(self.locked.0))
	}
}

impl From<generated::pallet_workers::types::Worker> for Worker {
	fn from(worker: generated::pallet_workers::types::Worker) -> Self {
		Self {
			bond: Amount(worker.bond),
			locked: Amount(worker.locked),
			open_jobs: worker.open_jobs,
		}
	}
}

/// What is remembered of a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reputation {
	/// Jobs that were paid by somebody else.
	pub settled: u32,
	/// Jobs that were not answered in time.
	pub failed: u32,
	/// Jobs that ended without the worker's doing.
	pub excused: u32,
	/// What was earned.
	pub earned: Amount,
	/// From 0 % for a newcomer towards 100 %.
	pub score: Share,
}

impl From<generated::pallet_workers::types::Reputation<u128>> for Reputation {
	fn from(reputation: generated::pallet_workers::types::Reputation<u128>) -> Self {
		Self {
			settled: reputation.settled,
			failed: reputation.failed,
			excused: reputation.excused,
			earned: Amount(reputation.earned),
			score: Share::from_parts(reputation.score.0),
		}
	}
}

/// What claims lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BondTerms {
	/// At least this much.
	pub least: Amount,
	/// This share of the price, if that is more.
	pub share: Share,
}

impl BondTerms {
	/// What a claim on a job of this price locks, rounded as the runtime does.
	pub fn bond(&self, price: Amount) -> Amount {
		const MILLION: u128 = 1_000_000;
		let parts = u128::from(self.share.parts());
		let whole = price.0 / MILLION * parts;
		let rest = (price.0 % MILLION * parts).div_ceil(MILLION);
		self.least.max(Amount(whole + rest))
	}
}

/// What an account owns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
	/// What it can spend, down to the existential deposit.
	pub free: Amount,
	/// What is held, by reason: `Workers.Bond`.
	pub held: Vec<(String, Amount)>,
	/// Both, and what is reserved by other means.
	pub total: Amount,
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn models_are_named_with_and_without_a_version() {
		assert_eq!("3".parse(), Ok(ModelReference { model: 3, version: None }));
		assert_eq!("3:1".parse(), Ok(ModelReference { model: 3, version: Some(1) }));
		for text in ["", ":", "3:", ":1", "a", "3:1:2", "-1"] {
			assert!(text.parse::<ModelReference>().is_err(), "{text:?}");
		}
	}
}
