// SPDX-License-Identifier: Apache-2.0

use super::*;
use candor_client::{
	answer::testing::{identity, job},
	chain::types::{CircuitId, Claim, Price},
};
use proptest::prelude::*;

fn account(byte: u8) -> AccountId32 {
	AccountId32([byte; 32])
}

fn capability(identity: &Identity) -> Capability<'_> {
	Capability { identity, proving_time: Some(Duration::from_secs(10)), suspended: false }
}

fn circumstances() -> Circumstances {
	Circumstances {
		account: account(2),
		worker: Worker { bond: Amount(2 * Amount::UNIT.0), ..Worker::default() },
		score: Share::default(),
		bond_rule: BondRule { least: Amount(1), share: Share::from_parts(500_000) },
		next_block: 100,
		standstill: Standstill::default(),
		pace: Some(Duration::from_secs(6)),
		finality: true,
		spendable: Amount::UNIT,
		fees: Amount(Amount::UNIT.0 / 100),
		limits: Limits::default(),
	}
}

/// What the job of the tests is worth to a worker that has claimed it: bond and payout.
fn at_stake() -> Amount {
	let price = job().price.most();
	let bond = circumstances().bond_rule.bond(price);
	Amount(bond.0 + job().payout(price).0)
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
		assert_eq!(skips(about(&Job { input: None, ..job() })), Mismatch::InputNotPosted.into());
		let short = Job { input: Some(vec![7; 63]), ..job() };
		assert_eq!(skips(about(&short)), Mismatch::WrongInputLength(63).into());
	}

	#[test]
	fn when_its_output_is_longer_than_the_models() {
		let longer = Job { output_len: 41, ..job() };
		assert_eq!(skips(about(&longer)), Mismatch::WrongOutputLength(41).into());
	}

	#[test]
	fn when_there_is_no_money_for_the_answer() {
		let tips = tip::reserve(at_stake(), None);
		let needed = Amount(circumstances().fees.0 + tips.0);
		let with = |free| under(&Circumstances { spendable: free, ..circumstances() }, &job());
		assert_eq!(with(needed), Decision::Claim);
		let free = Amount(needed.0 - 1);
		let reason = skips(with(free));
		assert_eq!(reason, Reason::NoMoney { free, needed, tips });
		let text = reason.to_string();
		assert!(text.contains(&free.to_string()) && text.contains(&needed.to_string()));
		let limits = Limits { max_tip: Some(Amount(0)), ..Limits::default() };
		let least = Circumstances { spendable: circumstances().fees, limits, ..circumstances() };
		assert_eq!(under(&least, &job()), Decision::Claim);
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
			assert_eq!(skips(decision), Mismatch::InputDoesNotMatch.into());
			assert_eq!(fits, Some(false));
		}
	}

	#[test]
	fn while_somebody_is_at_it_and_not_a_block_longer() {
		let claimed = |until| Job {
			claim: Some(Claim { worker: account(8), until, price: Amount::UNIT, bond: Amount(1) }),
			..job()
		};
		assert_eq!(skips(about(&claimed(100))), Reason::Claimed(100));
		assert_eq!(about(&claimed(99)), Decision::Claim);
	}

	#[test]
	fn when_this_worker_has_failed_at_it() {
		let claim =
			Some(Claim { worker: account(2), until: 99, price: Amount::UNIT, bond: Amount(1) });
		assert_eq!(skips(about(&Job { claim, ..job() })), Reason::OwnClaim);
	}

	#[test]
	fn when_no_claim_fits_before_its_deadline() {
		assert_eq!(about(&Job { deadline: 120, ..job() }), Decision::Claim);
		assert_eq!(skips(about(&Job { deadline: 119, ..job() })), Reason::TooLate);
	}

	/// Blocks that were full count for nobody, and neither do those in which the job's circuit was frozen.
	#[test]
	fn by_deadlines_that_blocks_without_room_have_moved() {
		let since = |job: Job| Job { standstill: 30, ..job };
		let other = CircuitId([1; 32]);
		for (full, frozen) in [(35, vec![]), (30, vec![(job().circuit, 5), (other, 50)])] {
			let standstill = Standstill::new(full, frozen);
			let at = Circumstances { standstill, ..circumstances() };
			let about = |job: Job| under(&at, &since(job));
			assert_eq!(about(Job { deadline: 115, ..job() }), Decision::Claim);
			assert_eq!(skips(about(Job { deadline: 114, ..job() })), Reason::TooLate);
			let claimed = |until| {
				let (worker, price, bond) = (account(8), Amount::UNIT, Amount(1));
				Job { claim: Some(Claim { worker, until, price, bond }), ..job() }
			};
			assert_eq!(skips(about(claimed(95))), Reason::Claimed(100));
			assert_eq!(about(claimed(94)), Decision::Claim);
		}
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
	fn when_its_requester_has_named_others() {
		let for_these = |workers: &[u8]| Job {
			named: Some(workers.iter().map(|byte| account(*byte)).collect()),
			..job()
		};
		assert_eq!(skips(about(&for_these(&[7, 8]))), Reason::OthersNamed);
		assert_eq!(about(&for_these(&[7, 2])), Decision::Claim);
		// Before anything is asked of the input.
		let mut fits = None;
		decide(&for_these(&[7]), capability(&identity()), &circumstances(), &mut fits);
		assert_eq!(fits, None);
	}

	/// Opened at block 90, from one coin to two by block 110; nine tenths are the worker's.
	#[test]
	fn until_its_price_has_risen_to_what_the_operator_wants_and_not_a_block_longer() {
		let price =
			Price::Rising { from: Amount::UNIT, to: Amount(2 * Amount::UNIT.0), blocks: 20 };
		let rising = |withheld| Job { price, withheld, ..job() };
		let with = |tenths: u128, next_block, withheld| {
			let min_payout = Some(Amount(Amount::UNIT.0 / 10 * tenths));
			let limits = Limits { min_payout, ..Limits::default() };
			under(&Circumstances { limits, next_block, ..circumstances() }, &rising(withheld))
		};
		let at = |tenths: u128| Amount(Amount::UNIT.0 / 100 * 9 * tenths);
		assert_eq!(with(9, 90, 0), Decision::Claim);
		assert_eq!(skips(with(15, 100, 0)), Reason::PayoutRises(at(15)));
		assert_eq!(with(15, 104, 0), Decision::Claim);
		assert_eq!(skips(with(15, 104, 1)), Reason::PayoutRises(Amount(at(16).0 + at(1).0 / 2)));
		assert_eq!(skips(with(19, 100, 0)), Reason::PayoutTooLow(at(20)), "it never gets there");
	}

	/// Opened at block 90. From memory only what it was at first is certain: not every block may have counted.
	#[test]
	fn when_a_price_that_rises_was_above_the_risk_or_the_bond_from_the_first() {
		let price =
			Price::Rising { from: Amount::UNIT, to: Amount(3 * Amount::UNIT.0), blocks: 20 };
		let rising = Job { price, ..job() };
		let limits = Limits { max_price: Some(Amount(2 * Amount::UNIT.0)), ..Limits::default() };
		let at = Circumstances { limits, next_block: 109, ..circumstances() };
		assert_eq!(under(&at, &rising), Decision::Claim);
		let from = |from: Amount| {
			let price = Price::Rising { from, to: Amount(3 * Amount::UNIT.0), blocks: 20 };
			Job { price, ..rising.clone() }
		};
		let above = Amount(2 * Amount::UNIT.0 + 1);
		assert_eq!(skips(under(&at, &from(above))), Reason::PriceTooHigh(above));
		let available = Amount(Amount::UNIT.0 / 2);
		let worker = Worker { bond: available, ..Worker::default() };
		let at = Circumstances { worker, next_block: 109, ..circumstances() };
		assert_eq!(under(&at, &rising), Decision::Claim);
		let needed = Amount(available.0 + 1);
		let dearer = from(Amount(Amount::UNIT.0 + 1));
		assert_eq!(skips(under(&at, &dearer)), Reason::BondTooSmall { needed, available });
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
		let terms = BondRule { least: Amount(least.into()), share: Share::from_parts(parts) };
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
