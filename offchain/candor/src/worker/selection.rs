// SPDX-License-Identifier: Apache-2.0
//! Which jobs are worth a claim.
//!
//! A claim risks the bond, so everything that can be known beforehand is asked here: whether the job can
//! be answered at all, in time, and by this worker.
//!
//! Nothing here asks the node, and no reason is kept for longer than it holds: all jobs of interest are
//! judged anew with each look, from memory. Times, money, reputation and the machine's speed all change.

use super::holding::{no_blinder, Identity};
use crate::chain::{
	types::{BlockNumber, BondTerms, Job, Worker},
	Amount, Share,
};
use candor_statement::commitment::commit_input;
use std::time::Duration;
use subxt::utils::AccountId32;

/// Blocks from a claim's inclusion until it is final, and from an answer's sending until it is
/// included, with some patience.
const OVERHEAD: BlockNumber = 5;
/// Proving is allowed to take this much longer than it did: numerator and denominator.
const MARGIN: (u32, u32) = (3, 2);

/// What can be done with a model that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability<'a> {
	/// What the model is.
	pub identity: &'a Identity,
	/// How long a proof takes here, once that is known.
	pub proving_time: Option<Duration>,
	/// Whether proofs failed here lately.
	pub suspended: bool,
}

/// What the operator allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
	/// The least payout that is worth the effort.
	pub min_payout: Option<Amount>,
	/// The highest price, and so the highest bond, to take a risk for.
	pub max_price: Option<Amount>,
	/// The highest tip for one transaction.
	pub max_tip: Option<Amount>,
}

/// The worker's situation.
#[derive(Clone, Debug)]
pub struct Circumstances {
	/// The worker.
	pub account: AccountId32,
	/// Its bond.
	pub worker: Worker,
	/// Its reputation.
	pub score: Share,
	/// What a claim locks.
	pub terms: BondTerms,
	/// The first block that can include a claim.
	pub next_block: BlockNumber,
	/// The time between blocks, once it is known.
	pub pace: Option<Duration>,
	/// Whether blocks become final in time.
	pub finality: bool,
	/// What the account can spend.
	pub spendable: Amount,
	/// What it must be able to spend, so that a claim and its answer can be sent.
	pub fees: Amount,
	/// What the operator allows.
	pub limits: Limits,
}

/// What to do about a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
	/// It is worth a claim.
	Claim,
	/// It is not.
	Skip(Reason),
}

/// Why a job is not claimed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
	/// It is about a model that is not held.
	#[error("it is about another model")]
	OtherModel,
	/// The operator did not name the model, or its owner.
	#[error("its model {0} is not one that this worker was told to serve")]
	NotNamed(u32),
	/// The circuit on chain is not the one that proofs are made for here, so no answer can ever fit.
	#[error("its circuit differs from the one in the model's folder: {0}")]
	CircuitDiffers(&'static str),
	/// Proofs with this model failed lately.
	#[error("proofs of its model have failed here lately")]
	Suspended,
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
	/// The operator wants to risk less.
	#[error("its price of {0} is above the limit")]
	PriceTooHigh(Amount),
	/// The operator wants to earn more.
	#[error("its payout of {0} is below the limit")]
	PayoutTooLow(Amount),
	/// Blocks do not become final, so that nobody knows what will remain of a claim.
	#[error("blocks do not become final")]
	FinalityStalled,
	/// There is no money to send the answer with.
	#[error("the free balance is {free}, and claim and answer may cost {needed}")]
	NoMoney {
		/// What can be spent.
		free: Amount,
		/// What is needed.
		needed: Amount,
	},
	/// It is not known yet how long a proof takes.
	#[error("it is not known yet how long a proof takes here")]
	Unmeasured,
	/// The time between blocks is not known yet.
	#[error("the pace of blocks is not known yet")]
	PaceUnknown,
	/// Proving would take longer than the job allows.
	#[error("it allows {given} blocks and {needed} are needed")]
	TooLittleTime {
		/// Blocks that are needed.
		needed: BlockNumber,
		/// Blocks that are given.
		given: BlockNumber,
	},
	/// Somebody has claimed it.
	#[error("it is claimed until block {0}")]
	Claimed(BlockNumber),
	/// This worker let its own claim pass.
	#[error("this worker's own claim is overdue")]
	OwnClaim,
	/// No claim fits before the deadline.
	#[error("it is too late for a claim")]
	TooLate,
	/// The worker's reputation is too low.
	#[error("it demands a reputation of {0}")]
	ReputationTooLow(Share),
	/// The bond is locked by other jobs.
	#[error("it locks {needed} of the bond and {available} are available")]
	BondTooSmall {
		/// What a claim locks.
		needed: Amount,
		/// What is not locked.
		available: Amount,
	},
	/// The runtime would not take the claim.
	#[error("the chain would refuse the claim: {0}")]
	Refused(String),
}

/// Whether to claim a job. `input_fits` remembers whether the input is the one behind the commitment,
/// which takes longest to find out and never changes.
pub fn decide(
	job: &Job,
	capability: Capability<'_>,
	at: &Circumstances,
	input_fits: &mut Option<bool>,
) -> Decision {
	match reason_against(job, capability, at, input_fits) {
		None => Decision::Claim,
		Some(reason) => Decision::Skip(reason),
	}
}

/// The first reason against a claim: what lies in the job before what lies in the moment, and cheap
/// questions before the hash of the input.
fn reason_against(
	job: &Job,
	capability: Capability<'_>,
	at: &Circumstances,
	input_fits: &mut Option<bool>,
) -> Option<Reason> {
	let Some(input) = &job.input else { return Some(Reason::InputNotPosted) };
	if input.len() != capability.identity.input_len() {
		return Some(Reason::WrongInputLength(input.len()));
	}
	if job.output_len != capability.identity.output_len() {
		return Some(Reason::WrongOutputLength(job.output_len));
	}
	if at.limits.max_price.is_some_and(|limit| job.price > limit) {
		return Some(Reason::PriceTooHigh(job.price));
	}
	if at.limits.min_payout.is_some_and(|limit| job.payout() < limit) {
		return Some(Reason::PayoutTooLow(job.payout()));
	}
	if capability.suspended {
		return Some(Reason::Suspended);
	}
	if let Some(claim) = &job.claim {
		if claim.until >= at.next_block {
			return Some(Reason::Claimed(claim.until));
		}
		if claim.worker == at.account {
			return Some(Reason::OwnClaim);
		}
	}
	if at.next_block.saturating_add(job.proving_period) > job.deadline {
		return Some(Reason::TooLate);
	}
	if at.score < job.min_reputation {
		return Some(Reason::ReputationTooLow(job.min_reputation));
	}
	let (needed, available) = (at.terms.bond(job.price), at.worker.available());
	if needed > available {
		return Some(Reason::BondTooSmall { needed, available });
	}
	let fits = *input_fits
		.get_or_insert_with(|| commit_input(input, no_blinder()) == job.input_commitment);
	if !fits {
		return Some(Reason::InputDoesNotMatch);
	}
	if !at.finality {
		return Some(Reason::FinalityStalled);
	}
	if at.fees > at.spendable {
		return Some(Reason::NoMoney { free: at.spendable, needed: at.fees });
	}
	let Some(proving_time) = capability.proving_time else { return Some(Reason::Unmeasured) };
	let Some(pace) = at.pace else { return Some(Reason::PaceUnknown) };
	let needed = blocks_needed(proving_time, pace);
	if needed > job.proving_period {
		return Some(Reason::TooLittleTime { needed, given: job.proving_period });
	}
	None
}

/// Blocks from a claim to the inclusion of its answer.
pub fn blocks_needed(proving_time: Duration, pace: Duration) -> BlockNumber {
	let time = proving_time.saturating_mul(MARGIN.0) / MARGIN.1;
	blocks_of(time, pace).saturating_add(OVERHEAD)
}

/// Blocks that come within some time.
pub fn blocks_of(time: Duration, pace: Duration) -> BlockNumber {
	let pace = pace.as_millis().max(1);
	let blocks = BlockNumber::try_from(time.as_millis().div_ceil(pace));
	blocks.unwrap_or(BlockNumber::MAX)
}

#[cfg(test)]
pub(super) mod tests {
	use super::*;
	use crate::{
		chain::types::{CircuitId, Claim, Tier},
		worker::holding::KeyHash,
	};
	use candor_statement::{ModelCommitment, StatementSchema};
	use proptest::prelude::*;

	pub fn account(byte: u8) -> AccountId32 {
		AccountId32([byte; 32])
	}

	/// A job that is worth a claim.
	pub fn job() -> Job {
		let input = vec![7; 64];
		Job {
			id: 3,
			requester: account(1),
			model: 0,
			version: 1,
			circuit: CircuitId([9; 32]),
			model_commitment: ModelCommitment::from_bytes([5; 32]),
			input_commitment: commit_input(&input, no_blinder()),
			input: Some(input),
			output_len: 40,
			price: Amount::UNIT,
			royalty: Share::from_parts(50_000),
			fee: Share::from_parts(50_000),
			tier: Tier::Proven,
			min_reputation: Share::default(),
			attested: false,
			proving_period: 20,
			deadline: 200,
			deposit: Amount(1),
			claim: None,
		}
	}

	/// The model that [`job`] is about.
	pub fn identity() -> Identity {
		Identity {
			commitment: ModelCommitment::from_bytes([5; 32]),
			schema: StatementSchema::InferenceV1 { input_len: 64, output_len: 40 },
			prepared_key: vec![9; 100],
			key: KeyHash([9; 32]),
		}
	}

	fn capability(identity: &Identity) -> Capability<'_> {
		Capability { identity, proving_time: Some(Duration::from_secs(10)), suspended: false }
	}

	fn circumstances() -> Circumstances {
		Circumstances {
			account: account(2),
			worker: Worker { bond: Amount(2 * Amount::UNIT.0), ..Worker::default() },
			score: Share::default(),
			terms: BondTerms { least: Amount(1), share: Share::from_parts(500_000) },
			next_block: 100,
			pace: Some(Duration::from_secs(6)),
			finality: true,
			spendable: Amount::UNIT,
			fees: Amount(Amount::UNIT.0 / 100),
			limits: Limits::default(),
		}
	}

	fn about(job: &Job) -> Decision {
		under(&circumstances(), job)
	}

	fn under(at: &Circumstances, job: &Job) -> Decision {
		decide(job, capability(&identity()), at, &mut None)
	}

	fn skips(decision: Decision) -> Reason {
		match decision {
			Decision::Skip(reason) => reason,
			Decision::Claim => panic!("it was claimed"),
		}
	}

	#[test]
	fn a_job_that_can_be_answered_in_time_is_claimed() {
		assert_eq!(about(&job()), Decision::Claim);
	}

	mod a_job_is_left_alone {
		use super::*;

		#[test]
		fn when_its_input_is_private_or_of_another_length() {
			assert_eq!(skips(about(&Job { input: None, ..job() })), Reason::InputNotPosted);
			let short = Job { input: Some(vec![7; 63]), ..job() };
			assert_eq!(skips(about(&short)), Reason::WrongInputLength(63));
		}

		#[test]
		fn when_its_output_is_longer_than_the_models() {
			let longer = Job { output_len: 41, ..job() };
			assert_eq!(skips(about(&longer)), Reason::WrongOutputLength(41));
		}

		#[test]
		fn when_there_is_no_money_for_the_answer() {
			let needed = circumstances().fees;
			let with = |free| under(&Circumstances { spendable: free, ..circumstances() }, &job());
			assert_eq!(with(needed), Decision::Claim);
			let free = Amount(needed.0 - 1);
			let reason = skips(with(free));
			assert_eq!(reason, Reason::NoMoney { free, needed });
			let text = reason.to_string();
			assert!(text.contains(&free.to_string()) && text.contains(&needed.to_string()));
		}

		#[test]
		fn while_blocks_do_not_become_final() {
			let at = Circumstances { finality: false, ..circumstances() };
			assert_eq!(skips(under(&at, &job())), Reason::FinalityStalled);
		}

		#[test]
		fn until_it_is_known_how_long_a_proof_takes() {
			let identity = identity();
			let capability = Capability { proving_time: None, ..capability(&identity) };
			let decision = decide(&job(), capability, &circumstances(), &mut None);
			assert_eq!(skips(decision), Reason::Unmeasured);
		}

		#[test]
		fn while_proofs_of_its_model_fail() {
			let identity = identity();
			let capability = Capability { suspended: true, ..capability(&identity) };
			let decision = decide(&job(), capability, &circumstances(), &mut None);
			assert_eq!(skips(decision), Reason::Suspended);
		}

		#[test]
		fn when_its_input_is_not_the_one_behind_the_commitment() {
			let mut garbage = job();
			garbage.input = Some(vec![8; 64]);
			let mut fits = None;
			let identity = identity();
			for _ in 0..2 {
				let decision = decide(&garbage, capability(&identity), &circumstances(), &mut fits);
				assert_eq!(skips(decision), Reason::InputDoesNotMatch);
				assert_eq!(fits, Some(false));
			}
		}

		#[test]
		fn while_somebody_is_at_it_and_not_a_block_longer() {
			let claimed = |until| Job {
				claim: Some(Claim { worker: account(8), until, bond: Amount(1) }),
				..job()
			};
			assert_eq!(skips(about(&claimed(100))), Reason::Claimed(100));
			assert_eq!(about(&claimed(99)), Decision::Claim);
		}

		#[test]
		fn when_this_worker_has_failed_at_it() {
			let claim = Some(Claim { worker: account(2), until: 99, bond: Amount(1) });
			assert_eq!(skips(about(&Job { claim, ..job() })), Reason::OwnClaim);
		}

		#[test]
		fn when_no_claim_fits_before_its_deadline() {
			assert_eq!(about(&Job { deadline: 120, ..job() }), Decision::Claim);
			assert_eq!(skips(about(&Job { deadline: 119, ..job() })), Reason::TooLate);
		}

		#[test]
		fn when_proving_would_take_too_long() {
			// 15 s with the margin are three blocks, and five are for the chain.
			assert_eq!(about(&Job { proving_period: 8, ..job() }), Decision::Claim);
			assert_eq!(
				skips(about(&Job { proving_period: 7, ..job() })),
				Reason::TooLittleTime { needed: 8, given: 7 }
			);
		}

		#[test]
		fn until_the_pace_of_blocks_is_known() {
			let at = Circumstances { pace: None, ..circumstances() };
			assert_eq!(skips(under(&at, &job())), Reason::PaceUnknown);
		}

		#[test]
		fn when_it_demands_more_reputation() {
			let demanding = Job { min_reputation: Share::from_parts(1), ..job() };
			let reason = Reason::ReputationTooLow(Share::from_parts(1));
			assert_eq!(skips(about(&demanding)), reason);
			let at = Circumstances { score: Share::from_parts(1), ..circumstances() };
			assert_eq!(under(&at, &demanding), Decision::Claim);
		}

		#[test]
		fn when_the_bond_is_locked_by_other_jobs() {
			let half = Amount(Amount::UNIT.0 / 2);
			let with_available = |available: u128| {
				let worker = Worker {
					bond: Amount::UNIT,
					locked: Amount(Amount::UNIT.0 - available),
					open_jobs: 1,
				};
				under(&Circumstances { worker, ..circumstances() }, &job())
			};
			assert_eq!(with_available(half.0), Decision::Claim);
			assert_eq!(
				skips(with_available(half.0 - 1)),
				Reason::BondTooSmall { needed: half, available: Amount(half.0 - 1) }
			);
		}

		#[test]
		fn when_the_operator_wants_less_risk_or_more_pay() {
			let with = |limits| under(&Circumstances { limits, ..circumstances() }, &job());
			let payout = Amount(Amount::UNIT.0 / 10 * 9);
			let risk = Limits { max_price: Some(Amount(Amount::UNIT.0 - 1)), ..Limits::default() };
			assert_eq!(skips(with(risk)), Reason::PriceTooHigh(Amount::UNIT));
			let pay = |least| Limits { min_payout: Some(Amount(least)), ..Limits::default() };
			assert_eq!(with(pay(payout.0)), Decision::Claim);
			assert_eq!(skips(with(pay(payout.0 + 1))), Reason::PayoutTooLow(payout));
		}
	}

	proptest! {
		#[test]
		fn the_bond_is_the_share_rounded_up_or_the_least(price: u64, parts in 0u32..=1_000_000, least: u64) {
			let terms = BondTerms { least: Amount(least.into()), share: Share::from_parts(parts) };
			let exact = (u128::from(price) * u128::from(parts)).div_ceil(1_000_000);
			prop_assert_eq!(terms.bond(Amount(price.into())), Amount(exact.max(least.into())));
		}

		#[test]
		fn slower_proofs_and_faster_blocks_never_need_fewer_blocks(
			time in 0u64..1_000_000, more in 0u64..1_000_000, pace in 0u64..60_000, less in 0u64..60_000,
		) {
			let needed = |time, pace| {
				blocks_needed(Duration::from_millis(time), Duration::from_millis(pace))
			};
			prop_assert!(needed(time + more, pace) >= needed(time, pace));
			prop_assert!(needed(time, pace.saturating_sub(less)) >= needed(time, pace));
		}
	}
}
