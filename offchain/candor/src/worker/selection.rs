// SPDX-License-Identifier: Apache-2.0
//! Which jobs are worth a claim.
//!
//! A claim risks the bond, so everything that can be known beforehand is asked here: whether the job can
//! be answered at all, in time, and by this worker.

use super::holding::no_blinder;
use crate::chain::{
	types::{BlockNumber, BondTerms, CircuitId, Job, Worker},
	Amount, Share,
};
use candor_statement::{commitment::commit_input, ModelCommitment};
use std::time::Duration;
use subxt::utils::AccountId32;

/// Blocks from a claim's inclusion until it is final, and from an answer's sending until it is
/// included, with some patience.
const OVERHEAD: BlockNumber = 5;
/// Proving is allowed to take this much longer than it did: numerator and denominator.
const MARGIN: (u32, u32) = (3, 2);

/// What can be done with a model that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability {
	/// Its circuit.
	pub circuit: CircuitId,
	/// Its commitment.
	pub commitment: ModelCommitment,
	/// Bytes of its input.
	pub input_len: usize,
	/// How long a proof takes here.
	pub proving_time: Duration,
}

/// What the operator allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
	/// The least payout that is worth the effort.
	pub min_payout: Option<Amount>,
	/// The highest price, and so the highest bond, to take a risk for.
	pub max_price: Option<Amount>,
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
	/// The input was handed to somebody else in private.
	#[error("its input is not posted")]
	InputNotPosted,
	/// The input has a wrong length.
	#[error("its input has {0} bytes")]
	WrongInputLength(usize),
	/// No proof can be about this input: the requester posted another one than it committed to.
	#[error("its input is not the one behind the commitment")]
	InputDoesNotMatch,
	/// The operator wants to risk less.
	#[error("its price of {0} is above the limit")]
	PriceTooHigh(Amount),
	/// The operator wants to earn more.
	#[error("its payout of {0} is below the limit")]
	PayoutTooLow(Amount),
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
}

impl Reason {
	/// Whether it holds for as long as the job is there.
	pub fn is_final(&self) -> bool {
		match self {
			Self::OtherModel
			| Self::InputNotPosted
			| Self::WrongInputLength(_)
			| Self::InputDoesNotMatch
			| Self::PriceTooHigh(_)
			| Self::PayoutTooLow(_)
			| Self::TooLate
			| Self::OwnClaim => true,
			Self::PaceUnknown
			| Self::TooLittleTime { .. }
			| Self::Claimed(_)
			| Self::ReputationTooLow(_)
			| Self::BondTooSmall { .. } => false,
		}
	}

	/// The first block in which to look at the job again.
	pub fn not_before(&self) -> BlockNumber {
		match self {
			Self::Claimed(until) => until.saturating_add(1),
			_ => 0,
		}
	}
}

/// Whether to claim a job.
pub fn decide(job: &Job, capability: Option<&Capability>, at: &Circumstances) -> Decision {
	match reason_against(job, capability, at) {
		None => Decision::Claim,
		Some(reason) => Decision::Skip(reason),
	}
}

/// The first reason against a claim, those that last before those that pass, and cheap questions
/// before the hash of the input.
fn reason_against(
	job: &Job,
	capability: Option<&Capability>,
	at: &Circumstances,
) -> Option<Reason> {
	let fits =
		|it: &&Capability| it.circuit == job.circuit && it.commitment == job.model_commitment;
	let Some(capability) = capability.filter(fits) else { return Some(Reason::OtherModel) };
	let Some(input) = &job.input else { return Some(Reason::InputNotPosted) };
	if input.len() != capability.input_len {
		return Some(Reason::WrongInputLength(input.len()));
	}
	if at.limits.max_price.is_some_and(|limit| job.price > limit) {
		return Some(Reason::PriceTooHigh(job.price));
	}
	if at.limits.min_payout.is_some_and(|limit| job.payout() < limit) {
		return Some(Reason::PayoutTooLow(job.payout()));
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
	let Some(pace) = at.pace else { return Some(Reason::PaceUnknown) };
	let needed = blocks_needed(capability.proving_time, pace);
	if needed > job.proving_period {
		return Some(Reason::TooLittleTime { needed, given: job.proving_period });
	}
	if commit_input(input, no_blinder()) != job.input_commitment {
		return Some(Reason::InputDoesNotMatch);
	}
	None
}

/// Blocks from a claim to the inclusion of its answer.
pub fn blocks_needed(proving_time: Duration, pace: Duration) -> BlockNumber {
	let time = proving_time.saturating_mul(MARGIN.0) / MARGIN.1;
	let pace = pace.as_millis().max(1);
	let blocks = BlockNumber::try_from(time.as_millis().div_ceil(pace));
	blocks.unwrap_or(BlockNumber::MAX).saturating_add(OVERHEAD)
}

#[cfg(test)]
pub(super) mod tests {
	use super::*;
	use crate::chain::types::Claim;
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
			min_reputation: Share::default(),
			proving_period: 20,
			deadline: 200,
			deposit: Amount(1),
			claim: None,
		}
	}

	fn capability() -> Capability {
		Capability {
			circuit: CircuitId([9; 32]),
			commitment: ModelCommitment::from_bytes([5; 32]),
			input_len: 64,
			proving_time: Duration::from_secs(10),
		}
	}

	fn circumstances() -> Circumstances {
		Circumstances {
			account: account(2),
			worker: Worker { bond: Amount(2 * Amount::UNIT.0), ..Worker::default() },
			score: Share::default(),
			terms: BondTerms { least: Amount(1), share: Share::from_parts(500_000) },
			next_block: 100,
			pace: Some(Duration::from_secs(6)),
			limits: Limits::default(),
		}
	}

	fn about(job: &Job) -> Decision {
		decide(job, Some(&capability()), &circumstances())
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
		fn when_it_is_about_another_model_or_circuit() {
			let other_model =
				Job { model_commitment: ModelCommitment::from_bytes([6; 32]), ..job() };
			let other_circuit = Job { circuit: CircuitId([1; 32]), ..job() };
			assert_eq!(skips(about(&other_model)), Reason::OtherModel);
			assert_eq!(skips(about(&other_circuit)), Reason::OtherModel);
			assert_eq!(skips(decide(&job(), None, &circumstances())), Reason::OtherModel);
		}

		#[test]
		fn when_its_input_is_private_or_of_another_length() {
			assert_eq!(skips(about(&Job { input: None, ..job() })), Reason::InputNotPosted);
			let short = Job { input: Some(vec![7; 63]), ..job() };
			assert_eq!(skips(about(&short)), Reason::WrongInputLength(63));
		}

		#[test]
		fn when_its_input_is_not_the_one_behind_the_commitment() {
			let mut garbage = job();
			garbage.input = Some(vec![8; 64]);
			assert_eq!(skips(about(&garbage)), Reason::InputDoesNotMatch);
			assert!(Reason::InputDoesNotMatch.is_final());
		}

		#[test]
		fn while_somebody_is_at_it_and_not_a_block_longer() {
			let claimed = |until| Job {
				claim: Some(Claim { worker: account(8), until, bond: Amount(1) }),
				..job()
			};
			assert_eq!(skips(about(&claimed(100))), Reason::Claimed(100));
			assert_eq!(Reason::Claimed(100).not_before(), 101);
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
			assert_eq!(skips(decide(&job(), Some(&capability()), &at)), Reason::PaceUnknown);
			assert!(!Reason::PaceUnknown.is_final());
		}

		#[test]
		fn when_it_demands_more_reputation() {
			let demanding = Job { min_reputation: Share::from_parts(1), ..job() };
			let reason = Reason::ReputationTooLow(Share::from_parts(1));
			assert_eq!(skips(about(&demanding)), reason);
			let at = Circumstances { score: Share::from_parts(1), ..circumstances() };
			assert_eq!(decide(&demanding, Some(&capability()), &at), Decision::Claim);
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
				decide(&job(), Some(&capability()), &Circumstances { worker, ..circumstances() })
			};
			assert_eq!(with_available(half.0), Decision::Claim);
			assert_eq!(
				skips(with_available(half.0 - 1)),
				Reason::BondTooSmall { needed: half, available: Amount(half.0 - 1) }
			);
		}

		#[test]
		fn when_the_operator_wants_less_risk_or_more_pay() {
			let with = |limits| {
				decide(&job(), Some(&capability()), &Circumstances { limits, ..circumstances() })
			};
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
