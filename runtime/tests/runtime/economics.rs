// SPDX-License-Identifier: Apache-2.0

//! That keeping an answer out of blocks costs more than it pays; `docs/economics.md` has the figures.

use crate::{
	chain::{advance, development, free, send},
	market::{claim, fixture, market, open_on, PROVING_PERIOD, WORKER},
};
use candor_market::{ModelId, Version};
use candor_runtime::{
	configs::{
		jobs::MAX_COMPENSATION,
		system::NORMAL_BLOCK_BYTES,
		transaction_payment::{FullnessFeeAdjustment, BYTE_FEE, FULL_BLOCK_FEE},
	},
	constants::{MILLI_UNIT, UNIT},
	Balance, Jobs, Runtime, RuntimeCall, System, TransactionPayment,
};
use frame_support::{
	assert_ok, dispatch::GetDispatchInfo, traits::Get, weights::Weight, BoundedVec,
};
use pallet_jobs::{Config, Demands, JobStatus, Tier};
use pallet_transaction_payment::Multiplier;
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

/// What a requester would have if an answer that it has read came too late: the price, and its part of the
/// bond.
fn worth_of_a_missed_deadline(price: Balance) -> Balance {
	let share: Permill = <Runtime as Config>::ForfeitToRequester::get();
	price + share.mul_floor(bond_for(price)).min(MAX_COMPENSATION)
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

/// What opening a job with the longest input costs at the lowest fees.
fn fee_of_opening() -> Balance {
	let longest: u32 = <Runtime as Config>::MaxInlineInput::get();
	let call = RuntimeCall::from(pallet_jobs::Call::open {
		model: ModelId(0),
		version: Version::FIRST,
		input_commitment: candor_statement::InputCommitment::from_bytes([0; 32]),
		input: Some(BoundedVec::truncate_from(vec![0; longest as usize])),
		price: UNIT,
		tier: Tier::Proven,
		demands: Demands::default(),
		proving_period: PROVING_PERIOD,
		deadline: 100,
	});
	let length = u32::try_from(codec::Encode::encoded_size(&call)).expect("short") + 150;
	TransactionPayment::weight_to_fee(call.get_dispatch_info().call_weight)
		+ TransactionPayment::length_to_fee(length)
}

#[test]
fn a_requester_gets_back_what_it_can_have_lost_and_little_more() {
	development().execute_with(|| {
		let fee = fee_of_opening();
		assert!(MAX_COMPENSATION >= 5 * fee, "{fee}");
		assert!(MAX_COMPENSATION <= 20 * fee, "{fee}");
	});
}

#[test]
fn a_forfeit_pays_the_requester_no_more_for_a_higher_price() {
	for price in PRICES {
		let price = price * UNIT / 10;
		assert!(worth_of_a_missed_deadline(price) <= price + MAX_COMPENSATION);
	}
	assert_eq!(worth_of_a_missed_deadline(10_000 * UNIT), 10_000 * UNIT + 20 * MILLI_UNIT);
	assert_eq!(BYTE_FEE * Balance::from(NORMAL_BLOCK_BYTES) / FULL_BLOCK_FEE, 1);
}
