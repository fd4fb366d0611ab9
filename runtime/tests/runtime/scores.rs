// SPDX-License-Identifier: Apache-2.0

//! What scores cost whoever buys them, from jobs that are opened, claimed and settled on the runtime;
//! `docs/economics.md` has the figures.

use crate::{
	chain::{account, advance, development, issuance, send_as_root},
	market::{OWNER, PROVING_PERIOD},
	trapdoor::TrapdoorModel,
};
use candor_market::{ModelId, Version};
use candor_runtime::{
	books,
	constants::{DAYS, UNIT},
	AccountId, Balance, Balances, Models, Runtime, RuntimeCall, RuntimeOrigin, System,
	TransactionPayment, Workers,
};
use candor_statement::JobId;
use codec::Encode;
use frame_support::{assert_ok, dispatch::GetDispatchInfo, traits::fungible::Inspect, BoundedVec};
use pallet_jobs::{Answer, Demands, Distinct, NextJobId, Price, Tier};
use sp_runtime::{traits::Dispatchable, PerThing, Permill};
use std::ops::Range;

/// What everybody begins with.
const FUNDS: Balance = 1_000_000 * UNIT;
/// What workers bond.
const BOND: Balance = 100_000 * UNIT;
/// Calls in a batch.
const BATCH: usize = 64;
/// Bytes of a transaction beside its call: address, signature, extensions, lengths.
const ENVELOPE_BYTES: u32 = 110;
const WORKER: u8 = 200;
/// The protocol's fee is this part of a price.
const FEE_DIVISOR: Balance = 20;

/// An account, by number.
fn party(number: u8) -> AccountId {
	AccountId::new([number; 32])
}

/// A market with one model, of the attacker's own, and what was spent on transactions.
struct World {
	model: TrapdoorModel,
	fees: Balance,
}

impl World {
	/// Dispatches a call and counts what its transaction would cost at the lowest fees.
	fn act(&mut self, who: u8, call: impl Into<RuntimeCall>) {
		let call = call.into();
		let info = call.get_dispatch_info();
		let length = u32::try_from(call.encoded_size()).expect("short") + ENVELOPE_BYTES;
		let done = call.dispatch(RuntimeOrigin::signed(party(who))).expect("the call is good");
		self.fees += TransactionPayment::compute_actual_fee(length, &info, &done, 0);
	}

	/// Sends calls in as few transactions as there can be.
	fn act_together(&mut self, who: u8, calls: Vec<RuntimeCall>) {
		for calls in calls.chunks(BATCH) {
			self.act(who, pallet_utility::Call::<Runtime>::batch_all { calls: calls.to_vec() });
		}
	}

	/// Opens so many jobs of this price, which workers with this score may claim.
	fn open(&mut self, requester: u8, price: Balance, count: u32, score: Permill) -> Vec<JobId> {
		let first = NextJobId::<Runtime>::get().0;
		let open = RuntimeCall::from(pallet_jobs::Call::<Runtime>::open {
			model: ModelId(0),
			version: Version::FIRST,
			input_commitment: TrapdoorModel::input(),
			input: Some(Default::default()),
			price: Price::Fixed(price),
			tier: Tier::Proven,
			demands: Demands { min_reputation: score, ..Default::default() },
			proving_period: PROVING_PERIOD,
			deadline: System::block_number() + PROVING_PERIOD + 1,
		});
		self.act_together(requester, vec![open; count as usize]);
		(first..first + u64::from(count)).map(JobId).collect()
	}

	fn claim(&mut self, jobs: &[JobId]) {
		let claim =
			|job: &JobId| RuntimeCall::from(pallet_jobs::Call::<Runtime>::claim { job: *job });
		self.act_together(WORKER, jobs.iter().map(claim).collect());
	}

	/// The worker answers so many jobs of this price for a requester.
	fn settle(&mut self, requester: u8, price: Balance, count: u32) {
		self.settle_for(requester, price, count, Permill::zero());
	}

	/// The same, of jobs that ask for this score.
	fn settle_for(&mut self, requester: u8, price: Balance, count: u32, score: Permill) {
		let jobs = self.open(requester, price, count, score);
		self.claim(&jobs);
		let answers: Vec<Answer<Runtime>> =
			jobs.iter().map(|job| self.model.answer(*job, party(WORKER))).collect();
		for answers in answers.chunks(BATCH) {
			let answers = BoundedVec::truncate_from(answers.to_vec());
			let distinct = Distinct::ONE;
			self.act(WORKER, pallet_jobs::Call::<Runtime>::submit_batch { answers, distinct });
		}
	}

	/// The worker claims a job of this price and lets it pass.
	fn fail(&mut self, requester: u8, price: Balance) {
		let jobs = self.open(requester, price, 1, Permill::zero());
		self.claim(&jobs);
		advance(PROVING_PERIOD + 2);
		self.act(requester, pallet_jobs::Call::<Runtime>::expire { job: jobs[0] });
	}
}

/// What the worker's score is.
fn score() -> Permill {
	Workers::reputation(party(WORKER)).score
}

/// Everything that the owner of all these accounts has, on hold or not.
fn wealth() -> Balance {
	let all = (1..=WORKER).map(party).chain([account(OWNER)]);
	let owed = Models::royalty_owed(ModelId(0), Version::FIRST).expect("it is registered");
	all.map(|who| Balances::total_balance(&who)).sum::<Balance>() + owed
}

/// Runs on a market in which all parties have money and the worker is one.
fn world<R>(run: impl FnOnce(&mut World) -> R) -> R {
	development().execute_with(|| {
		let mut world = World { model: TrapdoorModel::register(1), fees: 0 };
		for who in (1..101).chain([WORKER]) {
			assert_ok!(send_as_root(pallet_balances::Call::<Runtime>::force_set_balance {
				who: party(who).into(),
				new_free: FUNDS,
			}));
		}
		let metadata = Default::default();
		world.act(WORKER, pallet_workers::Call::<Runtime>::register { bond: BOND, metadata });
		world.fees = 0;
		let result = run(&mut world);
		assert_eq!(books::check(), Ok(()));
		result
	})
}

/// Jobs of one price for each requester in turn: so many for each of them.
struct Deals {
	requesters: Range<u8>,
	/// In hundredths of a coin.
	price: Balance,
	each: u32,
}

impl Deals {
	fn jobs(&self) -> u32 {
		self.requesters.len() as u32 * self.each
	}

	fn price(&self) -> Balance {
		self.price * UNIT / 100
	}

	fn make(&self, world: &mut World) {
		for requester in self.requesters.clone() {
			world.settle(requester, self.price(), self.each);
		}
	}
}

/// A way to a score.
struct Strategy {
	name: &'static str,
	/// The price of the job at which the worker failed before, in coins.
	failed: Option<Balance>,
	deals: Vec<Deals>,
	/// Who buys back what fades.
	keepers: Vec<u8>,
}

/// An amount in coins, with so many decimal places.
fn coins(amount: Balance, places: usize) -> String {
	format!("{:.places$}", amount as f64 / UNIT as f64)
}

fn share(score: Permill) -> String {
	format!("{:.3}", f64::from(score.deconstruct()) / 1e6)
}

/// What a strategy comes to.
struct Outcome {
	jobs: u32,
	score: Permill,
	/// The protocol's fees.
	burnt: Balance,
	transactions: Balance,
	/// What the next day takes to keep the score.
	a_day: Balance,
	/// What the worker was paid.
	payout: Balance,
}

impl Strategy {
	fn run(&self) -> Outcome {
		world(|world| {
			if let Some(price) = self.failed {
				world.fail(1, price * UNIT);
			}
			world.fees = 0;
			let (before, supply) = (wealth(), issuance());
			let paid = Balances::total_balance(&party(WORKER));
			self.deals.iter().for_each(|deals| deals.make(world));
			let burnt = supply - issuance();
			// Prices and royalties have come back, and nothing else is lost.
			assert_eq!(before - wealth(), burnt, "{}", self.name);
			let (score, transactions) = (score(), world.fees);
			let payout = Balances::total_balance(&party(WORKER)) - paid;
			Outcome {
				jobs: self.deals.iter().map(Deals::jobs).sum(),
				score,
				burnt,
				transactions,
				a_day: self.keep(world),
				payout,
			}
		})
	}

	/// Lets a day pass and buys back what has faded, from the keepers. Gives what was burnt.
	fn keep(&self, world: &mut World) -> Balance {
		let before = score();
		System::set_block_number(System::block_number() + DAYS);
		let now = Workers::why_score(party(WORKER));
		assert!(now.score < before, "{}", self.name);
		// What makes `good / (good + bad + prior)` what it was.
		let rest = u128::from(before.left_from_one().deconstruct());
		let needed = u128::from(before.deconstruct()) * (now.bad + now.prior) / rest;
		let supply = issuance();
		let price = (needed - now.good) * FEE_DIVISOR / self.keepers.len() as u128;
		for who in &self.keepers {
			world.settle(*who, price, 1);
		}
		let distance = before.deconstruct().abs_diff(score().deconstruct());
		assert!(distance <= 2, "{}: {distance}", self.name);
		supply - issuance()
	}

	fn row(&self) -> String {
		let Outcome { jobs, score, burnt, transactions, a_day, payout } = self.run();
		let points = u128::from(score.deconstruct()) / 10_000;
		format!(
			"| {} | {jobs} | {} | {} | {} | {} | {} | {} |",
			self.name,
			share(score),
			coins(burnt, 2),
			coins(transactions, 2),
			coins((burnt + transactions) / points, 3),
			coins(a_day, 2),
			coins(payout, 2),
		)
	}
}

/// Jobs for so many requesters from the first on.
fn deals(requesters: Range<u8>, price: Balance, each: u32) -> Deals {
	Deals { requesters, price, each }
}

/// Seven at the cap, and two that take turns just below it: who has its turn makes the other be forgotten.
/// The last turn is for a job of its own price.
fn turns(count: u8, last: Balance) -> Vec<Deals> {
	let turn = |turn: u8, price: Balance| {
		let who = 8 + turn % 2;
		deals(who..who + 1, price, 1)
	};
	let seven = [deals(1..8, 4_000, 1)].into_iter();
	seven.chain((0..count).map(|it| turn(it, 3_980))).chain([turn(count, last)]).collect()
}

/// 180 jobs for a coin, for eight requesters.
fn to_nine_tenths() -> Vec<Deals> {
	vec![deals(1..9, 100, 22), deals(1..5, 100, 1)]
}

fn strategies() -> Vec<Strategy> {
	let strategy = |name, failed, deals, keepers: &[u8]| Strategy {
		name,
		failed,
		deals,
		keepers: keepers.to_vec(),
	};
	let eight = [1, 2, 3, 4, 5, 6, 7, 8];
	let at_the_cap = || vec![deals(1..9, 4_000, 1)];
	vec![
		strategy("one pair, jobs for 0.1", None, vec![deals(1..2, 10, 400)], &[1]),
		strategy("one pair, jobs for 40", None, vec![deals(1..2, 4_000, 1)], &[1]),
		strategy("eight accomplices, jobs for 1", None, to_nine_tenths(), &eight),
		strategy("eight, jobs for 22.5", None, vec![deals(1..9, 2_250, 1)], &eight),
		strategy("eight at the cap", None, at_the_cap(), &eight),
		strategy("nine, of whom two take turns", None, turns(42, 2_840), &[9, 8]),
		strategy("eight at the cap, after failing at a job for 10", Some(10), at_the_cap(), &eight),
		strategy("nine, after failing at a job for 100", Some(100), turns(87, 3_740), &[8, 9]),
	]
}

#[test]
fn the_table_is_what_jobs_on_the_runtime_give() {
	let document = include_str!("../../../docs/economics.md");
	let mut lines = vec![
		"| who deals | jobs | score | burnt | transactions | a point | a day to keep it | honest workers \
		 are paid |"
			.to_owned(),
		"| --- | --: | --: | --: | --: | --: | --: | --: |".to_owned(),
	];
	lines.extend(strategies().iter().map(Strategy::row));
	let table = lines.join("\n");
	assert!(document.contains(&table), "docs/economics.md should have\n{table}");
}

/// The worker's score after it has bought or earned 0.9 and failed at a job of this price, in coins.
fn after_failing(price: Balance) -> Permill {
	world(|world| {
		to_nine_tenths().iter().for_each(|deals| deals.make(world));
		assert_eq!(score(), Permill::from_percent(90));
		world.fail(9, price * UNIT);
		score()
	})
}

#[test]
fn a_score_that_small_jobs_have_brought_does_not_survive_a_large_one_that_fails() {
	assert_eq!(after_failing(1), Permill::from_parts(882_352));
	assert_eq!(after_failing(10), Permill::from_percent(75));
	assert_eq!(after_failing(100), Permill::from_percent(30));
}

/// Of a hundred jobs of a price, for as many customers.
#[test]
fn a_worker_that_fails_at_one_job_of_a_hundred_keeps_a_high_score() {
	world(|world| {
		(1..100).for_each(|requester| world.settle(requester, 20 * UNIT, 1));
		world.fail(100, 20 * UNIT);
		// 99 of 99, four and one.
		assert_eq!(score(), Permill::from_parts(951_923));
	});
}

/// Jobs for anyone bring a newcomer to where it may take those that ask for something.
#[test]
fn a_newcomer_finds_work() {
	world(|world| {
		let mut asked = Permill::zero();
		for (jobs, reached) in [(5, 20), (15, 50), (20, 66)] {
			let reached = Permill::from_percent(reached);
			let demanding = world.open(1, UNIT, 1, reached);
			let claim = pallet_jobs::Call::<Runtime>::claim { job: demanding[0] };
			let claim = RuntimeCall::from(claim);
			let refused = claim.clone().dispatch(RuntimeOrigin::signed(party(WORKER)));
			assert!(refused.is_err());
			// For two customers, of jobs that ask for what it has.
			for requester in 1..3u8 {
				let count = if requester == 1 { jobs / 2 } else { jobs - jobs / 2 };
				world.settle_for(requester, UNIT, count, asked);
			}
			assert!(score() >= reached, "{:?}", score());
			assert_ok!(claim.dispatch(RuntimeOrigin::signed(party(WORKER))));
			asked = reached;
		}
	});
}
