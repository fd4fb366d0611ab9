// SPDX-License-Identifier: Apache-2.0

//! That keeping an answer out of blocks, or letting others' bonds fail, costs more than it pays;
//! `docs/economics.md` has the figures.

use crate::{
	chain::{advance, development, free, send},
	market::{claim, fixture, market, open_on, PROVING_PERIOD, WORKER},
};
use candor_market::{ModelId, Version};
use candor_runtime::{
	configs::{
		jobs::MAX_BOUNTY,
		system::{RuntimeBlockWeights, NORMAL_BLOCK_BYTES},
		transaction_payment::{FullnessFeeAdjustment, BYTE_FEE, FULL_BLOCK_FEE},
	},
	constants::{MICRO_UNIT, UNIT},
	Balance, Jobs, Runtime, RuntimeCall, System, TransactionPayment,
};
use candor_statement::JobId;
use codec::Encode;
use frame_support::{
	assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::Get,
	weights::{constants::WEIGHT_REF_TIME_PER_SECOND, Weight},
	BoundedVec,
};
use pallet_jobs::{Config, Demands, JobStatus, Price, Tier};
use pallet_transaction_payment::{Multiplier, MultiplierUpdate};
use sp_runtime::{
	traits::{Convert, One},
	FixedPointNumber, Permill,
};

/// Tenths of a coin.
const PRICES: [Balance; 6] = [1, 10, 100, 1_000, 10_000, 100_000];

/// Leaves no room for an answer in the present block, and ends it.
fn stuff_block() {
	System::set_block_consumed_resources(Weight::zero(), NORMAL_BLOCK_BYTES as usize);
	advance(1);
	System::set_block_consumed_resources(Weight::zero(), 0);
}

/// What filling so many blocks in a row costs, from the lowest fees on.
fn cost_of_stuffing(blocks: u32) -> Balance {
	let mut fees = Multiplier::one();
	let mut cost = 0;
	for _ in 0..blocks {
		cost += fees.saturating_mul_int(FULL_BLOCK_FEE);
		System::set_block_consumed_resources(Weight::zero(), NORMAL_BLOCK_BYTES as usize);
		fees = FullnessFeeAdjustment::convert(fees);
	}
	cost
}

fn bond_for(price: Balance) -> Balance {
	let share: Permill = <Runtime as Config>::BondShare::get();
	share.mul_ceil(price).max(<Runtime as Config>::MinJobBond::get())
}

/// What a requester would have if an answer that it has read came too late: the price, and the bounty.
fn worth_of_a_missed_deadline(price: Balance) -> Balance {
	let share: Permill = <Runtime as Config>::BountyShare::get();
	price + share.mul_floor(bond_for(price)).min(MAX_BOUNTY)
}

/// An amount in coins, with so many decimal places.
fn coins(amount: Balance, places: usize) -> String {
	format!("{:.places$}", amount as f64 / UNIT as f64)
}

fn table() -> String {
	let mut lines = vec![
		"| price | bond | a missed deadline would be worth | filling 5 blocks | filling 100 blocks | blocks \
		 that cost as much | blocks of these that count |"
			.to_owned(),
		"| --: | --: | --: | --: | --: | --: | --: |".to_owned(),
	];
	for price in PRICES {
		let price = price * UNIT / 10;
		let worth = worth_of_a_missed_deadline(price);
		let blocks = (1..).find(|blocks| cost_of_stuffing(*blocks) >= worth).expect("some");
		lines.push(format!(
			"| {} | {} | {} | {} | {} | {blocks} | 0 |",
			coins(price, 1),
			coins(bond_for(price), 2),
			coins(worth, 2),
			coins(cost_of_stuffing(5), 2),
			coins(cost_of_stuffing(100), 2),
		));
	}
	lines.join("\n")
}

#[test]
fn the_table_is_what_the_runtimes_constants_give() {
	let document = include_str!("../../../docs/economics.md");
	development().execute_with(|| {
		let table = table();
		assert!(document.contains(&table), "docs/economics.md should have\n{table}");
	});
}

#[test]
fn blocks_that_somebody_fills_bring_no_deadline_nearer_at_any_price() {
	market(|| {
		let job = open_on(ModelId(0));
		assert_ok!(claim(WORKER, job));
		let (output, proof) = fixture().answer(job, WORKER);
		let before = free(WORKER);
		for _ in 0..20 * PROVING_PERIOD {
			stuff_block();
		}
		assert!(matches!(Jobs::job_status(job), JobStatus::Claimed { .. }));
		// In the last block in which it counts.
		advance(PROVING_PERIOD);
		assert_ok!(send(
			WORKER,
			pallet_jobs::Call::submit {
				job,
				output: BoundedVec::truncate_from(output),
				proof: BoundedVec::truncate_from(proof),
			}
		));
		assert!(free(WORKER) > before);
	});
}

#[test]
fn a_block_that_is_filled_by_a_session_s_rotation_brings_no_deadline_nearer() {
	market(|| {
		let job = open_on(ModelId(0));
		assert_ok!(claim(WORKER, job));
		advance(PROVING_PERIOD);
		let all = <Runtime as frame_system::Config>::BlockWeights::get().max_block;
		System::register_extra_weight_unchecked(
			all,
			frame_support::dispatch::DispatchClass::Mandatory,
		);
		advance(1);
		assert!(matches!(Jobs::job_status(job), JobStatus::Claimed { .. }));
		frame_system::BlockWeight::<Runtime>::kill();
		advance(1);
		assert!(matches!(Jobs::job_status(job), JobStatus::Overdue { .. }));
	});
}

/// The share of what is at stake that the worker daemon keeps for a tip: one in so many parts.
const RESERVED_PARTS: u64 = 32;

/// The heaviest transaction that there may be.
fn largest() -> Weight {
	RuntimeBlockWeights::get().get(DispatchClass::Normal).max_extrinsic.unwrap()
}

/// The time of a transaction that leaves too little room for one as heavy as may be behind it.
fn filler() -> u64 {
	let limits = RuntimeBlockWeights::get();
	let room = limits.get(DispatchClass::Normal).max_total.unwrap();
	room.ref_time() - largest().ref_time() - limits.base_block.ref_time()
}

#[test]
fn keeping_an_answer_out_by_a_full_pool_costs_more_for_each_block_than_the_worker_loses() {
	const WORKER: &str = include_str!("../../../offchain/worker/src/tip.rs");
	assert!(WORKER.contains(&format!("RESERVED_PARTS: u128 = {RESERVED_PARTS};")));
	let largest = largest();
	let filler = filler();
	// What is paid for room decides, so its tip is that of an answer times so much.
	let factor = |output: u32| {
		let output = vec![0; output as usize].try_into().expect("it is no longer than may be");
		let call = pallet_jobs::Call::submit { job: JobId(0), output, proof: BoundedVec::new() };
		filler / RuntimeCall::Jobs(call).get_dispatch_info().call_weight.ref_time()
	};
	let (ten_logits, longest) = (factor(40), factor(<Runtime as Config>::MaxOutputBytes::get()));
	assert!(longest > RESERVED_PARTS, "{longest}");

	const DOCS: &str = include_str!("../../../docs/economics.md");
	let seconds = |time: u64| format!("{:.2}", time as f64 / WEIGHT_REF_TIME_PER_SECOND as f64);
	for told in [
		format!("filler of {} s before", seconds(filler)),
		format!("transactions of {} s that", seconds(largest.ref_time())),
		format!("{ten_logits} times the tip of an answer of ten logits"),
		format!("and {longest} times"),
	] {
		assert!(DOCS.contains(&told), "{told}");
	}
}

/// Calls in the batches by which fees are compared.
const BATCH: u32 = 100;

/// What a call costs at the lowest fees where that is least: as one more in a batch, without the costs of a
/// transaction of its own.
fn least_fee(call: impl Into<RuntimeCall>) -> Balance {
	let call = call.into();
	let kinds: [fn(Vec<RuntimeCall>) -> pallet_utility::Call<Runtime>; 3] = [
		|calls| pallet_utility::Call::batch { calls },
		|calls| pallet_utility::Call::batch_all { calls },
		|calls| pallet_utility::Call::force_batch { calls },
	];
	development().execute_with(|| {
		pallet_transaction_payment::NextFeeMultiplier::<Runtime>::put(FullnessFeeAdjustment::min());
		let fee_of = |kind: fn(Vec<RuntimeCall>) -> pallet_utility::Call<Runtime>, calls: u32| {
			let batch = RuntimeCall::from(kind(vec![call.clone(); calls as usize]));
			let length = u32::try_from(batch.encoded_size()).expect("short");
			TransactionPayment::compute_fee(length, &batch.get_dispatch_info(), 0)
		};
		let one_more =
			|kind| (fee_of(kind, 2 * BATCH) - fee_of(kind, BATCH)) / Balance::from(BATCH);
		kinds.into_iter().map(one_more).min().expect("there are three")
	})
}

fn least_fee_of_a_claim() -> Balance {
	least_fee(pallet_jobs::Call::claim { job: JobId(0) })
}

#[test]
fn a_forfeited_bond_pays_less_than_the_cheapest_claim_costs() {
	// Claims that take over from one another forfeit a bond each, and need nothing else.
	let claim = least_fee_of_a_claim();
	assert!(MAX_BOUNTY < claim, "{} for {}", coins(MAX_BOUNTY, 6), coins(claim, 6));
	// The room that is left for cheaper weights is the one that the documents speak of.
	assert!(2 * MAX_BOUNTY < claim, "{}", coins(claim, 6));
}

/// What opening a job costs at least, beside what returns.
fn least_fee_of_opening() -> Balance {
	least_fee(pallet_jobs::Call::open {
		model: ModelId(0),
		version: Version::FIRST,
		input_commitment: candor_statement::InputCommitment::from_bytes([0; 32]),
		input: None,
		price: Price::Fixed(<Runtime as Config>::MinPrice::get()),
		tier: Tier::Proven,
		demands: Demands::default(),
		proving_period: <Runtime as Config>::MinProvingPeriod::get(),
		deadline: 100,
	})
}

fn least_fee_of_expiring() -> Balance {
	least_fee(pallet_jobs::Call::expire { job: JobId(0) })
}

#[test]
fn a_forfeited_bond_pays_less_than_opening_claiming_and_expiring_a_job_costs() {
	let fees = least_fee_of_opening() + least_fee_of_a_claim() + least_fee_of_expiring();
	assert!(MAX_BOUNTY < fees, "{}", coins(fees, 6));
}

/// What making a worker fail for its bounty costs at least, in whole bounties, by how it is done.
fn table_of_bounties() -> String {
	let claim = least_fee_of_a_claim();
	let least_bond: Balance = <Runtime as Config>::MinJobBond::get();
	let attempts = [
		(
			"fill a block, which then does not count, to keep a worker's answer out and take its job over",
			FULL_BLOCK_FEE,
		),
		// At the lowest fees, a picosecond costs a unit.
		("the same by a pool that is full of what comes first, for a block", filler().into()),
		("with a stolen hot key, claim in a worker's name, let it pass and answer oneself", claim),
		(
			"the same on a job of one's own, and expire it",
			least_fee_of_opening() + claim + least_fee_of_expiring(),
		),
		(
			"let a claim of one's own pass, and answer with a second account, as the requester or not",
			claim + least_bond,
		),
	];
	let header = ["| attempt | brings at most | costs at least |", "| --- | --: | --: |"];
	let row = |(attempt, cost): (&str, Balance)| {
		let times = cost / MAX_BOUNTY;
		assert!(times > 1, "{attempt}: {}", coins(cost, 6));
		format!("| {attempt} | {} | {times} times that |", coins(MAX_BOUNTY, 5))
	};
	header.map(str::to_owned).into_iter().chain(attempts.map(row)).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_table_of_bounties_is_what_the_runtimes_constants_give() {
	let table = table_of_bounties();
	let document = include_str!("../../../docs/economics.md");
	assert!(document.contains(&table), "docs/economics.md should have\n{table}");
}

#[test]
fn a_worker_that_lets_its_claim_pass_and_answers_with_another_loses_half_of_the_bond_at_any_price()
{
	let share: Permill = <Runtime as Config>::BountyShare::get();
	for price in PRICES {
		let bond = bond_for(price * UNIT / 10);
		let bounty = share.mul_floor(bond).min(MAX_BOUNTY);
		assert!(2 * bounty <= bond);
	}
}

#[test]
fn the_documents_tell_what_a_forfeited_bond_pays() {
	let amount = coins(MAX_BOUNTY, 5);
	for document in
		[include_str!("../../../docs/architecture.md"), include_str!("../../../docs/economics.md")]
	{
		assert!(document.contains(&amount), "{amount}");
	}
}

#[test]
fn a_forfeit_pays_the_requester_no_more_for_a_higher_price() {
	for price in PRICES {
		let price = price * UNIT / 10;
		assert!(worth_of_a_missed_deadline(price) <= price + MAX_BOUNTY);
	}
	assert_eq!(worth_of_a_missed_deadline(10_000 * UNIT), 10_000 * UNIT + 250 * MICRO_UNIT);
	assert_eq!(BYTE_FEE * Balance::from(NORMAL_BLOCK_BYTES) / FULL_BLOCK_FEE, 1);
}
