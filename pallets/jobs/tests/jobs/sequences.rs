// SPDX-License-Identifier: Apache-2.0

//! Random sequences of calls. After each of them the invariants of all pallets hold, money is
//! conserved, and the events tell the whole story; a call that fails changes nothing.

use crate::common::*;
use frame_support::traits::fungible::Inspect;
use pallet_jobs::{Answer, Event, Input, NextJobId, Price, ProofOf, State, Who};
use pallet_workers::Reputation;
use proptest::prelude::*;
use sp_runtime::{DispatchResult, Permill, StateVersion};
use std::collections::{BTreeMap, BTreeSet};

/// Something that somebody does. Jobs are counted from the newest.
#[derive(Clone, Debug)]
enum Step {
	Open {
		who: usize,
		names: Vec<usize>,
		price: u128,
		ramp: Option<(u128, u64)>,
		proving_period: u64,
		slack: u64,
		min_reputation: u32,
		/// Of a batch, if any.
		inputs: Option<usize>,
	},
	Cancel {
		who: usize,
		job: u64,
	},
	Claim {
		who: usize,
		job: u64,
	},
	Submit {
		who: usize,
		job: u64,
		right: bool,
	},
	SubmitBatch {
		who: usize,
		jobs: Vec<u64>,
		right: bool,
	},
	Expire {
		who: usize,
		job: u64,
	},
	Decline {
		who: usize,
		job: u64,
	},
	Wait {
		blocks: u64,
	},
	FillBlocks {
		blocks: u64,
	},
	Freeze {
		frozen: bool,
	},
	Transfer {
		from: usize,
		to: usize,
	},
	Collect {
		who: usize,
	},
	Register {
		who: usize,
		bond: u128,
	},
	BondMore {
		who: usize,
		amount: u128,
	},
	Unbond {
		who: usize,
		amount: u128,
	},
	Deregister {
		who: usize,
	},
}

fn step() -> impl Strategy<Value = Step> {
	let who = 0..ACCOUNTS.len();
	let worker = prop_oneof![4 => Just(1usize), 4 => Just(2usize), 1 => who.clone()];
	// Whom a claim concerns, more often than not.
	let party = prop_oneof![2 => Just(0usize), 3 => worker.clone(), 1 => who.clone()];
	let job = prop_oneof![4 => Just(0u64), 2 => Just(1u64), 1 => 0..6u64];
	prop_oneof![
		6 => (
			who.clone(),
			prop::collection::vec(worker.clone(), 0..=MAX_NAMED_WORKERS as usize),
			90..20_000u128,
			prop::option::of((0..20_000u128, 0..25u64)),
			4..20u64,
			0..30u64,
			prop_oneof![9 => Just(0u32), 1 => 0..500_000u32],
			prop::option::weighted(0.2, 0..4usize),
		)
			.prop_map(|(who, names, price, rise, proving_period, slack, min_reputation, inputs)| {
				// Now and then one that does not rise.
				let ramp = rise.map(|(rise, blocks)| (price + rise, blocks));

				Step::Open { who, names, price, ramp, proving_period, slack, min_reputation, inputs }
			}),
		1 => (who.clone(), job.clone()).prop_map(|(who, job)| Step::Cancel { who, job }),
		8 => (worker.clone(), job.clone()).prop_map(|(who, job)| Step::Claim { who, job }),
		8 => (worker.clone(), job.clone(), prop::bool::weighted(0.9))
			.prop_map(|(who, job, right)| Step::Submit { who, job, right }),
		4 => (who.clone(), prop::collection::vec(0..4u64, 0..4), prop::bool::weighted(0.9))
			.prop_map(|(who, jobs, right)| Step::SubmitBatch { who, jobs, right }),
		5 => (party, job.clone()).prop_map(|(who, job)| Step::Expire { who, job }),
		2 => (worker.clone(), job).prop_map(|(who, job)| Step::Decline { who, job }),
		1 => (1..15u64).prop_map(|blocks| Step::FillBlocks { blocks }),
		4 => (1..15u64).prop_map(|blocks| Step::Wait { blocks }),
		2 => prop::bool::weighted(0.4).prop_map(|frozen| Step::Freeze { frozen }),
		1 => (who.clone(), who.clone()).prop_map(|(from, to)| Step::Transfer { from, to }),
		2 => who.clone().prop_map(|who| Step::Collect { who }),
		1 => (worker.clone(), 400..20_000u128).prop_map(|(who, bond)| Step::Register { who, bond }),
		1 => (worker.clone(), 0..5_000u128)
			.prop_map(|(who, amount)| Step::BondMore { who, amount }),
		1 => (worker.clone(), 0..5_000u128).prop_map(|(who, amount)| Step::Unbond { who, amount }),
		1 => worker.prop_map(|who| Step::Deregister { who }),
	]
}

/// A job that the first of two workers lets pass and the second takes over, and answers or lets pass, too.
fn take_over() -> impl Strategy<Value = Vec<Step>> {
	(0..ACCOUNTS.len(), 90..20_000u128, 4..20u64, prop::bool::ANY, 0..22u64).prop_map(
		|(who, price, proving_period, swapped, blocks)| {
			let (first, second) = if swapped { (2, 1) } else { (1, 2) };
			vec![
				Step::Open {
					who,
					names: Vec::new(),
					price,
					ramp: None,
					proving_period,
					slack: proving_period + 1,
					min_reputation: 0,
					inputs: None,
				},
				Step::Claim { who: first, job: 0 },
				Step::Wait { blocks: proving_period + 1 },
				Step::Claim { who: second, job: 0 },
				Step::Wait { blocks },
				Step::Submit { who: second, job: 0, right: true },
			]
		},
	)
}

/// So many times a step, or now and then several.
fn steps(number: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<Step>> {
	let some = prop_oneof![60 => step().prop_map(|step| vec![step]), 1 => take_over()];
	prop::collection::vec(some, number).prop_map(|steps| steps.concat())
}

fn take(step: Step) -> DispatchResult {
	let job = |back: u64| JobId(NextJobId::<Test>::get().0.saturating_sub(1 + back));
	let origin = |who: usize| signed(ACCOUNTS[who]);
	match step {
		Step::Open { who, names, price, ramp, proving_period, slack, min_reputation, inputs } => {
			let opening = Opening {
				who: ACCOUNTS[who],
				who_may_claim: match names.as_slice() {
					[] => Who::Anyone,
					names => named(&names.iter().map(|name| ACCOUNTS[*name]).collect::<Vec<_>>()),
				},
				price,
				ramp,
				proving_period,
				deadline: System::block_number() + proving_period + slack,
				min_reputation: Permill::from_parts(min_reputation),
				..Default::default()
			};
			match inputs {
				None => opening.call(),
				Some(inputs) => {
					let input = Input { commitment: input_commitment(), posted: Some(posted()) };
					opening.call_batch(vec![input; inputs])
				}
			}
		}
		Step::Cancel { who, job: back } => JobsPallet::cancel(origin(who), job(back)),
		Step::Claim { who, job: back } => {
			let predicted = JobsPallet::can_claim(job(back), ACCOUNTS[who]);
			if let Some(job) = JobsPallet::job(job(back)) {
				assert!(predicted.is_err() || job.demands.who.admits(&ACCOUNTS[who]));
			}
			let result = JobsPallet::claim(origin(who), job(back));
			assert_eq!(predicted, result);
			result
		}
		Step::Submit { who, job: back, right } => {
			let (id, output) = (job(back), output());
			let proof = if right && JobsPallet::job(id).is_some() {
				prove(id, ACCOUNTS[who], &output)
			} else {
				vec![0; 32].try_into().unwrap()
			};
			let predicted =
				JobsPallet::can_submit(id, ACCOUNTS[who], output.clone(), proof.clone());
			let result = submit_with(ACCOUNTS[who], id, output, proof);
			assert_eq!(predicted, result);
			result
		}
		Step::SubmitBatch { who, jobs, right } => {
			let ids = jobs.into_iter().map(job);
			let answers: Vec<_> = if right {
				// Whatever is claimed, each job once.
				let ids: BTreeSet<_> = ids.collect();
				let claimed =
					|id: &JobId| JobsPallet::job(*id).is_some_and(|job| job.state != State::Open);
				ids.into_iter().filter(claimed).map(answer).collect()
			} else {
				let proof: ProofOf<Test> = vec![0; 32].try_into().unwrap();
				ids.map(|job| {
					let worker = ACCOUNTS[who];
					Answer::to_one(job, worker, output(), proof.clone())
				})
				.collect()
			};
			let predicted = would_settle(&answers);
			let result = submit_batch(ACCOUNTS[who], &answers);
			assert_eq!(predicted.map(|_| ()), result);
			result
		}
		Step::Expire { who, job: back } => JobsPallet::expire(origin(who), job(back)),
		Step::Decline { who, job: back } => {
			let predicted = JobsPallet::decline_penalty(job(back));
			let result = JobsPallet::decline(origin(who), job(back));
			if result.is_ok() {
				let burnt = events().into_iter().find_map(|event| match event {
					Event::Declined { burnt, .. } => Some(burnt),
					_ => None,
				});
				assert_eq!(burnt, predicted);
			}
			result
		}
		Step::FillBlocks { blocks } => {
			pass_full_blocks(blocks);
			Ok(())
		}
		Step::Wait { blocks } => {
			System::set_block_number(System::block_number() + blocks);
			Ok(())
		}
		Step::Freeze { frozen } => {
			if frozen {
				freeze();
			} else {
				unfreeze();
			}
			Ok(())
		}
		Step::Transfer { from, to } => {
			ModelsPallet::transfer_ownership(origin(from), MODEL, ACCOUNTS[to])
		}
		Step::Collect { who } => ModelsPallet::collect_royalty(origin(who), MODEL, VERSION),
		Step::Register { who, bond } => {
			WorkersPallet::register(origin(who), bond, Default::default())
		}
		Step::BondMore { who, amount } => WorkersPallet::bond_more(origin(who), amount),
		Step::Unbond { who, amount } => WorkersPallet::unbond(origin(who), amount),
		Step::Deregister { who } => WorkersPallet::deregister(origin(who)),
	}
}

/// What is paid for a job, as it stands.
struct Bid {
	requester: AccountId,
	from: u128,
	to: u128,
	/// Blocks of the ramp; one for a price that does not rise.
	blocks: u64,
	/// Blocks in which somebody could have claimed the job.
	risen: u64,
	/// Blocks that the claimant has left.
	left: u64,
	proving_period: u64,
}

impl Bid {
	fn price(&self) -> u128 {
		let risen = u128::from(self.risen.min(self.blocks));
		self.from + (self.to - self.from) * risen / u128::from(self.blocks)
	}

	/// Lets a block pass that counts.
	fn pass(&mut self) {
		match self.left.checked_sub(1) {
			Some(left) => self.left = left,
			None => self.risen += 1,
		}
	}
}

/// What is remembered of a worker, folded anew from the events: with amounts by requester, and powers of two
/// by floats, which tell numbers this small apart.
#[derive(Default)]
struct Shadow {
	told: Reputation<u128>,
	/// Amounts as at the beginning of a half-life.
	good: u128,
	bad: u128,
	/// There are fewer requesters than are remembered.
	added: BTreeMap<AccountId, u128>,
	half_life: u64,
}

/// Epochs in a half-life.
const EPOCHS: u64 = 30;

/// `2^(epochs / 30)`.
fn power(epochs: i32) -> f64 {
	2f64.powf(f64::from(epochs) / EPOCHS as f64)
}

/// How far an epoch is into its half-life.
fn passed(epoch: u64) -> i32 {
	i32::try_from(epoch % EPOCHS).unwrap()
}

impl Shadow {
	/// Lets half-lives pass until that of this epoch; gives an amount as at its beginning.
	fn write(&mut self, epoch: u64, amount: u128) -> u128 {
		let divisor = 1u128 << (epoch / EPOCHS - self.half_life).min(127);
		self.half_life = epoch / EPOCHS;
		self.good /= divisor;
		self.bad /= divisor;
		self.added.values_mut().for_each(|added| *added /= divisor);
		self.added.retain(|_, added| *added > 0);
		(amount as f64 * power(passed(epoch))).floor() as u128
	}

	fn settle(&mut self, epoch: u64, requester: AccountId, fee: u128) {
		let fee = self.write(epoch, fee);
		let cap = self.write(epoch, MAX_FROM_REQUESTER);
		let added = self.added.get(&requester).copied().unwrap_or(0);
		let fee = if added + fee > cap { cap.saturating_sub(added) } else { fee };
		if fee > 0 {
			self.good += fee;
			self.added.insert(requester, added + fee);
		}
	}

	fn speak_against(&mut self, epoch: u64, fee: u128) {
		self.bad += self.write(epoch, fee);
	}

	/// What is left of an amount.
	fn read(&self, epoch: u64, amount: u128) -> u128 {
		let halved = amount >> (epoch / EPOCHS - self.half_life).min(127);
		(halved as f64 * power(-passed(epoch))).floor() as u128
	}

	fn check(&self, epoch: u64, who: AccountId) {
		let (good, bad) = (self.read(epoch, self.good), self.read(epoch, self.bad));
		let score = good * 1_000_000 / (good + bad + PRIOR);
		let score = Permill::from_parts(u32::try_from(score).unwrap());
		assert_eq!(WorkersPallet::reputation(who), Reputation { score, ..self.told.clone() });
		let why = WorkersPallet::why_score(who);
		assert_eq!((why.score, why.good, why.bad), (score, good, bad));
		let added: BTreeMap<_, _> =
			self.added.iter().map(|(who, added)| (*who, self.read(epoch, *added))).collect();
		let told = why.requesters.iter().map(|part| (part.requester, part.added)).collect();
		assert_eq!(added, told);
	}
}

/// What the events say, kept apart from what the pallets store.
#[derive(Default)]
struct Story {
	/// Blocks that counted for the market as a whole, a frozen circuit or not.
	clock: u64,
	bids: BTreeMap<JobId, Bid>,
	/// Prices and bonds of claims.
	claims: BTreeMap<JobId, (u128, u128)>,
	risen_claims: u32,
	/// Steps after which there was evidence of an earlier half-life.
	past: u32,
	rest_burnt: u128,
	ended: BTreeSet<JobId>,
	reputations: BTreeMap<AccountId, Shadow>,
	burnt: u128,
	/// Royalties that nobody has collected yet.
	owed: u128,
	/// What is put up for whoever answers.
	bounties: BTreeMap<JobId, u128>,
	/// What each account has gained or, below zero, lost.
	gains: BTreeMap<AccountId, i128>,
	paid_bounties: u32,
	kinds: BTreeMap<&'static str, u32>,
}

impl Story {
	fn tell(&mut self, event: Event<Test>) {
		*self.kinds.entry(kind(&event)).or_default() += 1;
		match event {
			Event::Opened { job, requester, price, .. } => {
				let (from, to, blocks) = match price {
					Price::Fixed(price) => (price, price, 1),
					Price::Rising { from, to, blocks } => (from, to, blocks),
				};
				let proving_period = JobsPallet::job(job).expect("opened").proving_period;
				let bid = Bid { requester, from, to, blocks, risen: 0, left: 0, proving_period };
				assert!(self.bids.insert(job, bid).is_none());
			}
			Event::Claimed { job, price, bond, .. } => {
				let bid = self.bids.get_mut(&job).expect("opened");
				assert_eq!(bid.price(), price);
				self.risen_claims += u32::from(price > bid.from && price < bid.to);
				bid.left = bid.proving_period;
				assert_eq!(bond, MIN_JOB_BOND.max(price.div_ceil(5)));
				let earlier = self.claims.insert(job, (price, bond));
				assert_eq!(earlier, None, "claimed twice at a time");
			}
			Event::RestBurnt { amount, .. } => self.rest_burnt = amount,
			Event::Settled {
				job, worker, requester, payout, royalty, fee, rest, bounty, ..
			} => {
				assert_eq!(self.bounties.remove(&job).unwrap_or_default(), bounty);
				self.paid_bounties += u32::from(bounty > 0);
				self.gain(worker, payout + bounty);
				self.owed += royalty;
				let rest_burnt = std::mem::take(&mut self.rest_burnt);
				let (price, _) = self.claims.remove(&job).expect("claimed");
				let bid = &self.bids[&job];
				assert_eq!(bid.requester, requester);
				assert_eq!(price, payout + royalty + fee);
				assert_eq!(bid.to, price + rest + rest_burnt);
				assert!(self.ended.insert(job), "ended twice");
				self.burnt += fee + rest_burnt;
				self.lose(requester, price + rest_burnt + bounty);
				if worker != requester {
					let fee_of_price = price * 3 / 100;
					assert_eq!(fee, fee_of_price);
					let epoch = self.epoch();
					let shadow = self.reputations.entry(worker).or_default();
					shadow.told.settled += 1;
					shadow.told.earned += payout + bounty;
					shadow.settle(epoch, requester, fee);
				}
			}
			Event::Forfeited { job, worker, bounty, burnt } => {
				let (price, bond) = self.end_claim(job);
				assert_eq!((bounty, burnt), ((bond / 2).min(MAX_BOUNTY), bond - bounty));
				self.burnt += burnt;
				self.lose(worker, bond);
				// On hold, until somebody answers.
				self.gain(self.bids[&job].requester, bounty);
				*self.bounties.entry(job).or_default() += bounty;
				let epoch = self.epoch();
				let shadow = self.reputations.entry(worker).or_default();
				shadow.told.failed += 1;
				shadow.speak_against(epoch, 4 * (price * 3 / 100));
			}
			Event::Declined { job, worker, burnt } => {
				let (price, bond) = self.end_claim(job);
				assert!(0 < burnt && burnt <= bond);
				self.burnt += burnt;
				self.lose(worker, burnt);
				let epoch = self.epoch();
				let shadow = self.reputations.entry(worker).or_default();
				shadow.told.declined += 1;
				shadow.speak_against(epoch, (price * 3 / 100 * burnt).div_ceil(bond));
			}
			Event::Skipped { .. } => (),
			Event::Excused { job, worker } => {
				self.end_claim(job);
				self.reputations.entry(worker).or_default().told.excused += 1;
			}
			Event::Refunded { job, requester, amount, bounty } => {
				assert_eq!(self.bounties.remove(&job).unwrap_or_default(), bounty);
				assert_eq!((self.bids[&job].requester, self.bids[&job].to), (requester, amount));
				assert!(!self.claims.contains_key(&job), "refunded with a claim");
				assert!(self.ended.insert(job), "ended twice");
			}
			Event::Cancelled { .. } | Event::Reopened { .. } => (),
			Event::DepositLost { .. } => panic!("every account lives on its own balance"),
			Event::__Ignore(..) => unreachable!(),
		}
	}

	/// What the pallet of models tells. There is one version.
	fn tell_of_models(&mut self, event: pallet_models::Event<Test>) {
		if let pallet_models::Event::RoyaltyCollected { model, version, owner, amount } = event {
			assert_eq!((model, version, Some(owner)), (MODEL, VERSION, owner_of(MODEL)));
			assert_eq!(std::mem::take(&mut self.owed), amount);
			self.gain(owner, amount);
			*self.kinds.entry("royalty collected").or_default() += 1;
		}
	}

	/// A claim ends without an answer; gives its price and bond.
	fn end_claim(&mut self, job: JobId) -> (u128, u128) {
		self.bids.get_mut(&job).expect("opened").left = 0;
		self.claims.remove(&job).expect("claimed")
	}

	fn epoch(&self) -> u64 {
		self.clock / EPOCH_LENGTH
	}

	fn gain(&mut self, who: AccountId, amount: u128) {
		*self.gains.entry(who).or_default() += i128::try_from(amount).unwrap();
	}

	fn lose(&mut self, who: AccountId, amount: u128) {
		*self.gains.entry(who).or_default() -= i128::try_from(amount).unwrap();
	}

	/// Lets blocks pass that count.
	fn pass(&mut self, blocks: u64) {
		for bid in self.bids.values_mut() {
			(0..blocks).for_each(|_| bid.pass());
		}
	}

	fn check(&self) {
		let stored: BTreeSet<_> = pallet_jobs::Jobs::<Test>::iter_keys().collect();
		let open: BTreeSet<_> =
			self.bids.keys().filter(|job| !self.ended.contains(job)).copied().collect();
		assert_eq!(stored, open);
		assert_eq!(owed(), self.owed);
		assert_eq!(Balances::total_balance(&POT), EXISTENTIAL_DEPOSIT + self.owed);
		for who in ACCOUNTS {
			match self.reputations.get(&who) {
				Some(shadow) => shadow.check(self.epoch(), who),
				None => assert_eq!(WorkersPallet::reputation(who), Reputation::default()),
			}
			// Deposits and bonds are on hold on the account itself.
			let gain = self.gains.get(&who).copied().unwrap_or_default();
			let wealth = i128::try_from(Balances::total_balance(&who)).unwrap();
			assert_eq!(wealth, i128::try_from(INITIAL_BALANCE).unwrap() + gain, "of {who}");
			let escrow: u128 = open
				.iter()
				.filter(|job| self.bids[job].requester == who)
				.map(|job| self.bids[job].to + self.bounties.get(job).copied().unwrap_or_default())
				.sum();
			assert_eq!(held(EscrowReason::get(), who), escrow, "of {who}");
		}
	}

	/// Whether evidence of an earlier half-life is left.
	fn remembers_the_past(&self) -> bool {
		let epoch = self.epoch();
		self.reputations
			.values()
			.any(|shadow| shadow.half_life < epoch / EPOCHS && shadow.read(epoch, shadow.good) > 0)
	}
}

fn kind(event: &Event<Test>) -> &'static str {
	match event {
		Event::Opened { .. } => "opened",
		Event::Cancelled { .. } => "cancelled",
		Event::Claimed { .. } => "claimed",
		Event::Settled { .. } => "settled",
		Event::RestBurnt { .. } => "rest burnt",
		Event::Forfeited { .. } => "forfeited",
		Event::Declined { .. } => "declined",
		Event::Skipped { .. } => "skipped",
		Event::Excused { .. } => "excused",
		Event::Reopened { .. } => "reopened",
		Event::Refunded { .. } => "refunded",
		Event::DepositLost { .. } => "deposit lost",
		Event::__Ignore(..) => unreachable!(),
	}
}

/// Takes the steps and checks everything after each; gives how often each kind of event was seen.
fn run(steps: Vec<Step>) -> BTreeMap<&'static str, u32> {
	new_market().execute_with(|| {
		let issuance = Balances::total_issuance();
		let mut story = Story { clock: 1, ..Default::default() };
		for step in steps {
			System::reset_events();
			let before = sp_io::storage::root(StateVersion::V1);
			if let Step::Wait { blocks } = step {
				story.clock += blocks;
				if !CircuitsPallet::is_frozen(circuit()) {
					story.pass(blocks);
				}
			}
			if take(step).is_err() {
				assert_eq!(before, sp_io::storage::root(StateVersion::V1));
			}
			events().into_iter().for_each(|event| story.tell(event));
			System::read_events_for_pallet::<pallet_models::Event<Test>>()
				.into_iter()
				.for_each(|event| story.tell_of_models(event));
			story.check();
			check_invariants();
			assert_eq!(Balances::total_issuance(), issuance - story.burnt);
			story.past += u32::from(story.remembers_the_past());
		}
		// Whatever is open can be brought to its end by a stranger.
		unfreeze();
		System::reset_events();
		System::set_block_number(System::block_number() + 1_000);
		story.clock += 1_000;
		story.pass(1_000);
		for job in pallet_jobs::Jobs::<Test>::iter_keys().collect::<Vec<_>>() {
			JobsPallet::expire(signed(STRANGER), job).unwrap();
		}
		assert_eq!(pallet_jobs::Jobs::<Test>::iter().count(), 0);
		events().into_iter().for_each(|event| story.tell(event));
		story.check();
		check_invariants();
		story.kinds.insert("scored by the past", story.past);
		story.kinds.insert("claimed on the rise", story.risen_claims);
		story.kinds.insert("bounty paid", story.paid_bounties);
		story.kinds
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(96))]

	#[test]
	fn invariants_hold_and_money_is_conserved(steps in steps(1..80)) {
		run(steps);
	}
}

#[test]
fn the_sequences_reach_every_kind_of_end() {
	use proptest::{strategy::ValueTree, test_runner::TestRunner};
	let mut runner = TestRunner::deterministic();
	let mut kinds = BTreeMap::new();
	for _ in 0..128 {
		let steps = steps(80).new_tree(&mut runner).unwrap().current();
		for (kind, count) in run(steps) {
			*kinds.entry(kind).or_insert(0) += count;
		}
	}
	for kind in [
		"cancelled",
		"claimed on the rise",
		"scored by the past",
		"settled",
		"royalty collected",
		"skipped",
		"forfeited",
		"bounty paid",
		"declined",
		"excused",
		"reopened",
		"refunded",
	] {
		assert!(kinds.get(kind).is_some_and(|count| *count >= 3), "{kind}: {kinds:?}");
	}
}
