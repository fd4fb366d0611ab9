// SPDX-License-Identifier: Apache-2.0
//! The daemon against a chain, a disk and a prover that fail as they are told to.

mod double;
mod joint;

use super::*;
use crate::{alerts::Alert, node::Order, roster::Named, selection::Limits, tip};
use candor_client::{
	answer::{
		testing::{identity, job},
		Identity,
	},
	chain::{
		types::{ModelId, GROTH16},
		Amount, CircuitFacts, Share,
	},
};
use double::{Chain, Machine, OTHER};
use std::sync::Arc;

/// How fast blocks come.
const PACE: Duration = Duration::from_secs(6);
/// How long proofs are thought to take.
const TIME: Duration = Duration::from_secs(1);

/// Refundable jobs that nobody can claim.
fn unwanted(id: u64) -> Job {
	Job { id: JobId(id), min_reputation: Share::from_parts(1_000_000), ..job() }
}

/// A worker with its state folder and its chain.
struct Desk {
	session: Session,
	machine: Arc<Machine>,
	folder: tempfile::TempDir,
	_stop: watch::Sender<bool>,
}

impl Desk {
	fn new() -> Self {
		Self::with(|_| {})
	}

	fn with(change: impl FnOnce(&mut Settings)) -> Self {
		Self::of_with(identity(), change)
	}

	/// A worker that holds this model.
	fn of(identity: Identity) -> Self {
		Self::of_with(identity, |_| {})
	}

	fn of_with(identity: Identity, change: impl FnOnce(&mut Settings)) -> Self {
		let key = identity.key;
		let machine = Arc::new(Machine::new(identity));
		let mut settings = Settings {
			url: "ws://localhost".to_owned(),
			signer: double::signer(),
			holdings: vec![machine.clone()],
			named: Named::default(),
			limits: Limits::default(),
			once: None,
			unwritable: None,
			unloaded: Vec::new(),
		};
		change(&mut settings);
		let folder = tempfile::tempdir().unwrap();
		let mut store = Store::open(&folder.path().join("state")).unwrap();
		store.remember_time(key, TIME).unwrap();
		let (sender, stop) = watch::channel(false);
		Self { session: Session::new(settings, store, stop), machine, folder, _stop: sender }
	}

	/// The process ends and another one begins.
	fn restarted(self) -> Self {
		let Self { session, machine, folder, _stop } = self;
		let Session { settings, store, .. } = session;
		drop(store);
		let store = Store::open(&folder.path().join("state")).unwrap();
		let (sender, stop) = watch::channel(false);
		Self { session: Session::new(settings, store, stop), machine, folder, _stop: sender }
	}

	async fn begin(&mut self, chain: &Chain) {
		self.session.begin(chain).await.unwrap();
	}

	/// One look, and the proof that it began, if it did.
	async fn look(&mut self, chain: &Chain) {
		self.try_look(chain).await.unwrap();
	}

	async fn try_look(&mut self, chain: &Chain) -> Result<(), Ended> {
		self.session.pace = Pace::steady(PACE, chain.height(), Instant::now());
		while self.session.look(chain).await? {}
		if !self.session.workshop.is_free() {
			let done = self.session.workshop.done().await;
			self.session.finished(done);
		}
		Ok(())
	}

	/// Looks and makes blocks in turn.
	async fn live(&mut self, chain: &Chain, blocks: usize) {
		for _ in 0..blocks {
			self.look(chain).await;
			chain.make_block();
		}
		self.look(chain).await;
	}
}

/// A chain with some jobs, on which the worker's model is registered.
fn chain(jobs: impl IntoIterator<Item = Job>) -> Chain {
	let chain = Chain::new();
	for job in jobs {
		chain.open(job);
	}
	chain
}

#[tokio::test]
async fn a_job_is_claimed_proven_answered_and_counted() {
	let chain = chain([job()]);
	let mut desk = Desk::new();
	desk.begin(&chain).await;
	desk.live(&chain, 4).await;
	assert_eq!(desk.session.settled(), 1);
	assert!(matches!(
		chain.sent()[..],
		[Order::Claim(JobId(3)), Order::Submit { job: JobId(3), .. }]
	));
	assert_eq!(chain.tips(), [Amount(0), Amount(0)]);
	assert!(!desk.session.busy);
}

mod rising_prices {
	use super::*;
	use candor_client::chain::types::Price;
	use std::mem::discriminant;

	/// Rises by a tenth of a coin a block.
	fn rising(chain: &Chain) -> Job {
		let price =
			Price::Rising { from: Amount::UNIT, to: Amount(5 * Amount::UNIT.0), blocks: 40 };
		Job { price, opened: chain.height(), deadline: chain.height() + 100, ..job() }
	}

	/// A worker that wants the payout of this many tenths of a coin.
	fn wanting(tenths: u128) -> Desk {
		Desk::with(|settings| {
			settings.limits.min_payout = Some(job().payout(Amount(Amount::UNIT.0 / 10 * tenths)));
		})
	}

	/// The price of the claim in the best block.
	async fn claimed_at(desk: &mut Desk, chain: &Chain) -> Option<Amount> {
		desk.begin(chain).await;
		desk.live(chain, 12).await;
		chain.claimed_at()
	}

	#[tokio::test]
	async fn are_waited_for_until_they_are_enough() {
		let chain = chain([]);
		chain.open(rising(&chain));
		let price = claimed_at(&mut wanting(15), &chain).await;
		assert_eq!(price, Some(Amount(Amount::UNIT.0 / 10 * 15)));
	}

	/// The highest price that a careful worker takes a risk for.
	const LIMIT: Amount = Amount(Amount::UNIT.0 / 10 * 12);

	fn careful() -> Desk {
		Desk::with(|settings| settings.limits.max_price = Some(LIMIT))
	}

	fn is_told_of_the_limit(desk: &Desk) -> bool {
		let reason = discriminant(&Reason::PriceTooHigh(LIMIT));
		desk.session.watched[&JobId(3)].told.contains(&reason)
	}

	/// A careful worker whose claim the pool has dropped until it was too dear.
	async fn dropped() -> (Chain, Desk) {
		let chain = chain([]);
		chain.open(rising(&chain));
		chain.drop_what_comes(u32::MAX);
		let mut desk = careful();
		desk.begin(&chain).await;
		desk.live(&chain, 12).await;
		chain.drop_what_comes(0);
		(chain, desk)
	}

	/// It is told that the chain's price is above the limit, and a claim that the pool has dropped is not sent
	/// again when it is.
	#[tokio::test]
	async fn are_not_claimed_above_what_the_operator_risks() {
		let (dropping, desk) = dropped().await;
		let sent = dropping.sent().len();
		assert!((1..=3).contains(&sent), "sent {sent} times, while it was cheap enough");
		assert!(is_told_of_the_limit(&desk));

		let chain = chain([]);
		chain.open(Job { opened: chain.height().saturating_sub(3), ..rising(&chain) });
		let mut desk = careful();
		assert_eq!(claimed_at(&mut desk, &chain).await, None);
		assert!(chain.sent().is_empty());
		assert!(is_told_of_the_limit(&desk));
	}

	#[tokio::test]
	async fn that_were_too_high_for_a_dropped_claim_leave_the_worker_free() {
		let (chain, mut desk) = dropped().await;
		chain.open(Job { id: JobId(4), ..job() });
		desk.live(&chain, 4).await;
		assert_eq!(desk.session.settled(), 1);
		assert!(chain.in_best(JobId(3)));
	}

	/// Another node may have the claim still, and a worker that was told to stop waits for its end.
	#[tokio::test]
	async fn that_were_too_high_for_a_dropped_claim_do_not_cost_its_bond() {
		let (chain, mut desk) = dropped().await;
		assert!(!desk.session.busy);
		desk._stop.send(true).unwrap();
		desk.live(&chain, 1).await;
		assert!(!desk.session.is_idle_and_stopped());
		chain.claim_for_me(JobId(3));
		desk.live(&chain, 3).await;
		assert_eq!(desk.session.settled(), 1);
		assert!(desk.session.is_idle_and_stopped());

		let (chain, mut desk) = dropped().await;
		desk._stop.send(true).unwrap();
		desk.live(&chain, 60).await;
		assert!(desk.session.is_idle_and_stopped(), "its last block is past");
	}

	/// What the tips for an answer may need grows with the price.
	#[tokio::test]
	async fn are_not_claimed_without_the_money_for_what_is_at_stake_then() {
		let chain = chain([]);
		let job = Job { opened: chain.height().saturating_sub(20), ..rising(&chain) };
		let needed = |price: Amount| {
			// The bond is half of the price.
			let stake = Amount(price.0 / 2 + job.payout(price).0);
			Amount(double::FEE.0 * 3 + tip::reserve(stake, None).0)
		};
		chain.open(job.clone());
		chain.set_spendable(needed(Amount(2 * Amount::UNIT.0)));
		assert!(needed(job.price.least()) < needed(Amount(2 * Amount::UNIT.0)));
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 3).await;
		assert!(chain.sent().is_empty());
		chain.set_spendable(needed(job.price.most()));
		desk.live(&chain, 6).await;
		assert!(matches!(chain.sent()[..], [Order::Claim(JobId(3)), ..]));
	}

	/// What is known from memory counts blocks in which nothing rose.
	#[tokio::test]
	async fn are_asked_of_the_chain_before_a_claim() {
		let chain = chain([]);
		chain.open(rising(&chain));
		chain.fill(8);
		let price = claimed_at(&mut wanting(12), &chain).await;
		assert!(price.is_some_and(|price| price.0 >= Amount::UNIT.0 / 10 * 12), "{price:?}");
		assert!(chain.calls().contains(&"price_at"));
	}
}

mod unwanted_jobs {
	use super::*;

	/// Calls of one look, when everything is known.
	async fn calls(jobs: u64) -> usize {
		let chain = chain((100..100 + jobs).map(unwanted));
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 2).await;
		chain.forget_calls();
		desk.look(&chain).await;
		chain.calls().len()
	}

	#[tokio::test]
	async fn cost_no_more_calls_however_many_there_are() {
		let few = calls(1).await;
		assert_eq!(few, 11, "calls of a look; the README names this number");
		for many in [402, 5_000] {
			assert_eq!(calls(many).await, few, "{many} jobs");
		}
	}

	#[tokio::test]
	async fn do_not_delay_an_honest_one() {
		let chain = chain((100..502).map(unwanted));
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 1).await;
		chain.open(Job { id: JobId(600), ..job() });
		desk.look(&chain).await;
		assert!(matches!(chain.sent()[..], [Order::Claim(JobId(600))]));
	}

	#[tokio::test]
	async fn that_come_all_at_once_do_not_either() {
		let chain = chain([]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		for id in 1000..3000 {
			chain.open(unwanted(id));
		}
		chain.open(Job { id: JobId(4000), ..job() });
		desk.look(&chain).await;
		assert!(matches!(chain.sent()[..], [Order::Claim(JobId(4000))]));
	}

	#[tokio::test]
	async fn that_only_the_runtime_refuses_do_not_either() {
		let chain = chain((100..150).map(|id| Job { id: JobId(id), ..job() }));
		chain.refuse_claims(100..150);
		chain.open(Job { id: JobId(200), ..job() });
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 12).await;
		assert!(chain.sent().iter().any(|order| matches!(order, Order::Claim(JobId(200)))));
	}

	#[tokio::test]
	async fn are_not_asked_about_while_a_claim_waits_for_its_answer() {
		let chain = chain([job()]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.look(&chain).await;
		chain.make_block();
		for id in 100..500 {
			chain.open(unwanted(id));
		}
		chain.forget_calls();
		desk.look(&chain).await;
		for call in ["next_job", "worker", "can_claim"] {
			assert!(!chain.calls().contains(&call), "{call}");
		}
	}

	#[tokio::test]
	async fn become_wanted_when_the_reason_against_them_is_gone() {
		let chain = chain([unwanted(3)]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 3).await;
		assert!(chain.sent().is_empty());
		chain.set_score(Share::from_parts(1_000_000));
		desk.look(&chain).await;
		assert!(matches!(chain.sent()[..], [Order::Claim(JobId(3))]));
	}

	#[tokio::test]
	async fn that_have_ended_are_forgotten() {
		let chain = chain((100..300).map(unwanted));
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		for id in 100..300 {
			chain.end(JobId(id));
		}
		desk.live(&chain, 10).await;
		assert!(desk.session.watched.is_empty());
	}
}

mod after_a_restart_with_a_claim {
	use super::*;

	#[tokio::test]
	async fn models_that_were_not_measured_yet_keep_their_jobs() {
		let chain = chain([job(), Job { id: JobId(4), ..job() }]);
		chain.claim_for_me(JobId(3));
		let mut desk = Desk::new();
		desk.session.store = Store::in_memory();
		desk.begin(&chain).await;
		desk.live(&chain, 8).await;
		assert_eq!(desk.session.settled(), 2);
	}

	#[tokio::test]
	async fn the_claim_is_answered_and_not_made_again() {
		let chain = chain([job()]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 1).await;
		let mut desk = desk.restarted();
		desk.begin(&chain).await;
		desk.live(&chain, 3).await;
		assert_eq!(desk.session.settled(), 1);
		let claims = chain.sent().iter().filter(|it| matches!(it, Order::Claim(_))).count();
		assert_eq!(claims, 1);
	}

	#[tokio::test]
	async fn a_registration_that_is_gone_does_not_stop_it() {
		let chain = chain([job()]);
		chain.claim_for_me(JobId(3));
		chain.unregister_models();
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 3).await;
		assert_eq!(desk.session.settled(), 1);
	}

	#[tokio::test]
	async fn a_copy_of_its_model_does_not_stop_it_and_nothing_new_is_claimed() {
		let chain = chain([job(), Job { id: JobId(4), ..job() }]);
		chain.claim_for_me(JobId(3));
		chain.register(ModelId(7), identity().commitment, OTHER);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 6).await;
		assert_eq!(desk.session.settled(), 1);
		assert!(!chain.sent().iter().any(|it| matches!(it, Order::Claim(_))));
	}

	#[tokio::test]
	async fn a_folder_that_cannot_be_written_does_not_stop_it() {
		let chain = chain([job()]);
		let unwritable = || Some(Error::wrong_input(anyhow::anyhow!("read-only")));
		let mut desk = Desk::with(|settings| settings.unwritable = unwritable());
		assert!(matches!(desk.session.begin(&chain).await, Err(Ended::Failed(_))));

		chain.claim_for_me(JobId(3));
		let mut desk = Desk::with(|settings| settings.unwritable = unwritable());
		desk.session.store = Store::in_memory();
		desk.begin(&chain).await;
		desk.live(&chain, 3).await;
		assert_eq!(desk.session.settled(), 1);
	}

	#[tokio::test]
	async fn a_model_that_cannot_be_loaded_does_not_stop_it() {
		let chain = chain([job()]);
		let unloaded =
			|| Error::wrong_input(anyhow::anyhow!("the model in broken/ cannot be loaded"));
		let mut desk = Desk::with(|settings| settings.unloaded = vec![unloaded()]);
		let Err(Ended::Failed(error)) = desk.session.begin(&chain).await else { panic!() };
		assert!(error.message().contains("broken/"), "{error}");

		chain.claim_for_me(JobId(3));
		let mut desk = Desk::with(|settings| settings.unloaded = vec![unloaded()]);
		desk.begin(&chain).await;
		assert!(desk.session.alerts.has(&Alert::Setup(unloaded().message())), "it is told");
		desk.live(&chain, 3).await;
		assert_eq!(desk.session.settled(), 1);
	}
}

mod faults {
	use super::*;

	#[tokio::test]
	async fn of_the_disk_do_not_cost_the_bond() {
		let chain = chain([job()]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		std::fs::remove_dir_all(desk.folder.path().join("state")).unwrap();
		desk.live(&chain, 4).await;
		assert_eq!(desk.session.settled(), 1);
		// And the next one.
		chain.open(Job { id: JobId(4), ..job() });
		desk.live(&chain, 4).await;
		assert_eq!(desk.session.settled(), 2);
	}

	#[tokio::test]
	async fn of_one_proof_do_not_end_the_daemon_nor_cost_the_bond() {
		for fault in [double::Fault::Error, double::Fault::Panic] {
			let chain = chain([job()]);
			let mut desk = Desk::new();
			desk.begin(&chain).await;
			desk.machine.fail(fault, 1);
			desk.live(&chain, 6).await;
			assert_eq!(desk.session.settled(), 1, "{fault:?}");
		}
	}

	#[tokio::test]
	async fn of_all_proofs_hand_the_claim_back_where_the_chain_allows_it() {
		for can_decline in [true, false] {
			let chain = chain([job(), Job { id: JobId(4), ..job() }]);
			chain.allow_declining(can_decline);
			let mut desk = Desk::new();
			desk.begin(&chain).await;
			desk.machine.fail(double::Fault::Panic, u32::MAX);
			desk.live(&chain, 12).await;
			let declined = chain.sent().iter().any(|it| matches!(it, Order::Decline(JobId(3))));
			assert_eq!(declined, can_decline);
			assert_eq!(desk.session.alerts.has(&Alert::Hopeless(JobId(3))), !can_decline);
			let claims = chain.sent().iter().filter(|it| matches!(it, Order::Claim(_))).count();
			assert_eq!(claims, 1, "what failed twice is not tried with another bond");
		}
	}

	#[tokio::test]
	async fn of_one_model_do_not_stop_another() {
		let other = identity_of(6);
		let chain = chain([Job { model_commitment: other.commitment, model: ModelId(1), ..job() }]);
		chain.register(ModelId(1), other.commitment, OTHER);
		// The first model is not registered any more.
		chain.unregister(ModelId(0));
		let second = Arc::new(Machine::new(other.clone()));
		let mut desk = Desk::with(|settings| settings.holdings.push(second));
		desk.session.store.remember_time(other.key, TIME).unwrap();
		desk.begin(&chain).await;
		desk.live(&chain, 4).await;
		assert_eq!(desk.session.settled(), 1);
	}

	#[tokio::test]
	async fn of_one_claim_do_not_keep_another_from_its_turn() {
		let chain = chain([job(), Job { id: JobId(4), ..job() }]);
		chain.claim_for_me(JobId(3));
		chain.claim_for_me(JobId(4));
		chain.break_status_of(JobId(3));
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		for _ in 0..10 {
			// The connection is thought to be lost and another one made.
			if desk.try_look(&chain).await.is_err() {
				desk.begin(&chain).await;
			}
			tokio::time::sleep(Duration::from_millis(20)).await;
			chain.make_block();
		}
		assert!(chain.sent().iter().any(|it| matches!(it, Order::Submit { job: JobId(4), .. })));
	}

	#[tokio::test]
	async fn of_the_question_whether_an_answer_fits_do_not_keep_it_back() {
		let chain = chain([job()]);
		chain.break_can_submit();
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 4).await;
		assert_eq!(desk.session.settled(), 1);
	}

	#[tokio::test]
	async fn of_a_runtime_that_this_program_does_not_know_are_waited_out() {
		let chain = chain([job()]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 1).await;
		chain.upgrade(&["Jobs.submit"]);
		for _ in 0..3 {
			let ended = desk.try_look(&chain).await.unwrap_err();
			assert!(matches!(ended, Ended::Lost(ChainError::OtherChain { .. })), "{ended:?}");
		}
		assert_eq!(desk.session.claims().len(), 1, "what is at risk is known");
		chain.upgrade(&[]);
		desk.live(&chain, 3).await;
		assert_eq!(desk.session.settled(), 1);
	}

	fn identity_of(byte: u8) -> candor_client::answer::Identity {
		candor_client::answer::Identity {
			commitment: candor_statement::ModelCommitment::Scalar([byte; 32]),
			key: candor_client::answer::KeyHash([byte; 32]),
			..identity()
		}
	}
}

mod money {
	use super::*;

	#[tokio::test]
	async fn for_the_answer_is_there_before_a_claim() {
		let chain = chain([job()]);
		chain.set_spendable(Amount(double::FEE.0 * 3 / 2));
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 3).await;
		assert!(chain.sent().is_empty());
		// Topped up again.
		chain.set_spendable(Amount::UNIT);
		desk.live(&chain, 4).await;
		assert_eq!(desk.session.settled(), 1);
	}

	#[tokio::test]
	async fn is_kept_for_a_tip_as_well() {
		let chain = chain([job()]);
		// Of bond and payout, 0.5 and 0.9.
		let stake = Amount(Amount::UNIT.0 / 10 * 14);
		let least = Amount(double::FEE.0 * 3 + tip::reserve(stake, None).0);
		chain.set_spendable(Amount(least.0 - 1));
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 2).await;
		assert!(chain.sent().is_empty());
		chain.set_spendable(least);
		desk.look(&chain).await;
		assert!(matches!(chain.sent()[..], [Order::Claim(JobId(3))]));
	}
}

mod finality {
	use super::*;

	#[tokio::test]
	async fn that_stands_still_does_not_keep_an_answer_back() {
		let chain = chain([job()]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.look(&chain).await;
		chain.stall_finality();
		// Claimed in the next block; 20 blocks are given.
		desk.live(&chain, 12).await;
		assert!(chain.sent().iter().any(|it| matches!(it, Order::Submit { job: JobId(3), .. })));
		assert!(!chain.in_best(JobId(3)));
		assert_eq!(desk.session.settled(), 0, "money is counted when it is final");
		chain.resume_finality();
		desk.look(&chain).await;
		assert_eq!(desk.session.settled(), 1);
	}

	#[tokio::test]
	async fn is_waited_for_while_there_is_time() {
		let chain = chain([Job { proving_period: 50, ..job() }]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.look(&chain).await;
		chain.stall_finality();
		desk.live(&chain, 5).await;
		assert_eq!(desk.machine.proofs(), 0);
		chain.resume_finality();
		desk.look(&chain).await;
		assert_eq!(desk.machine.proofs(), 1);
	}

	#[tokio::test]
	async fn that_stands_still_keeps_from_new_claims_and_is_told_once() {
		let chain = chain([]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		chain.open(Job { deadline: 400, ..job() });
		chain.stall_finality();
		desk.live(&chain, 1).await;
		desk.session.watched.clear();
		for _ in 0..=LAG {
			chain.make_block();
		}
		chain.open(Job { id: JobId(9), deadline: 400, ..job() });
		desk.look(&chain).await;
		assert!(desk.session.alerts.has(&Alert::Finality));
		assert!(!chain.sent().iter().any(|it| matches!(it, Order::Claim(JobId(9)))));
	}

	#[tokio::test]
	async fn that_a_fork_takes_back_makes_the_job_free_again() {
		let chain = chain([Job { proving_period: 50, ..job() }]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.look(&chain).await;
		chain.stall_finality();
		desk.live(&chain, 2).await;
		chain.undo_to_finalised();
		chain.resume_finality();
		desk.live(&chain, 10).await;
		assert_eq!(desk.session.settled(), 1);
	}
}

mod time {
	use super::*;

	/// Five blocks were full since the job was opened, without which no proving period would fit any more.
	#[tokio::test]
	async fn that_stood_still_while_blocks_were_full_is_left_to_a_job() {
		let chain = Chain::new();
		chain.open(Job { deadline: chain.height() + job().proving_period - 2, ..job() });
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 2).await;
		assert!(chain.sent().is_empty());
		chain.fill(5);
		desk.live(&chain, 4).await;
		assert_eq!(desk.session.settled(), 1);
	}

	/// Another worker's claim is overdue no sooner than the chain says.
	#[tokio::test]
	async fn that_stood_still_belongs_to_the_claim_of_another() {
		let chain = chain([job()]);
		chain.claim_for(JobId(3), OTHER);
		chain.fill(5);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, job().proving_period as usize + 4).await;
		assert!(chain.sent().is_empty());
		desk.live(&chain, 1).await;
		assert!(matches!(chain.sent()[..], [Order::Claim(JobId(3))]));
	}

	#[tokio::test]
	async fn that_the_chain_has_put_off_counts() {
		let chain = chain([job()]);
		chain.claim_for_me(JobId(3));
		for _ in 0..30 {
			chain.make_block();
		}
		chain.put_off(JobId(3), 100);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 3).await;
		assert_eq!(desk.session.settled(), 1);
	}

	#[tokio::test]
	async fn that_has_passed_is_told_once_and_the_worker_goes_on() {
		let chain = chain([job()]);
		chain.claim_for_me(JobId(3));
		for _ in 0..30 {
			chain.make_block();
		}
		chain.open(Job { id: JobId(4), ..job() });
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 4).await;
		assert!(desk.session.alerts.has(&Alert::Overdue(JobId(3))));
		assert_eq!(desk.session.settled(), 1);
		chain.forfeit(JobId(3));
		desk.live(&chain, 1).await;
		assert!(!desk.session.alerts.has(&Alert::Overdue(JobId(3))));
	}

	#[tokio::test]
	async fn of_one_bad_measurement_is_measured_again_and_outvoted() {
		let chain = chain([job()]);
		let mut desk = Desk::new();
		desk.session.store = Store::in_memory();
		let hour = Duration::from_secs(3600);
		desk.session.store.remember_time(identity().key, hour).unwrap();
		desk.begin(&chain).await;
		desk.live(&chain, 3).await;
		assert!(chain.sent().is_empty());
		for _ in 0..6 {
			// The time until the next measurement passes.
			for due in desk.session.due.values_mut() {
				*due = Instant::now();
			}
			desk.look(&chain).await;
		}
		assert!(matches!(chain.sent()[..], [Order::Claim(JobId(3))]));
	}

	#[tokio::test]
	async fn that_cannot_suffice_hands_the_claim_back_where_the_chain_allows_it() {
		let chain = chain([job()]);
		chain.claim_for_me(JobId(3));
		chain.allow_declining(true);
		let mut desk = Desk::new();
		desk.session.store = Store::in_memory();
		desk.session.store.remember_time(identity().key, 100 * PACE).unwrap();
		desk.begin(&chain).await;
		desk.look(&chain).await;
		assert!(matches!(chain.sent()[..], [Order::Decline(JobId(3))]));
		assert_eq!(desk.machine.proofs(), 0);
	}

	#[tokio::test]
	async fn of_many_blocks_takes_one_look() {
		let chain = chain([]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		chain.forget_calls();
		desk.look(&chain).await;
		let one = chain.calls().len();
		for _ in 0..500 {
			chain.make_block();
		}
		chain.forget_calls();
		desk.look(&chain).await;
		assert_eq!(chain.calls().len(), one);
	}
}

mod crowded_blocks {
	use super::*;

	async fn claimed(limits: Limits) -> (Chain, Desk) {
		let chain = chain([job()]);
		let mut desk = Desk::with(|settings| settings.limits = limits);
		desk.begin(&chain).await;
		desk.live(&chain, 1).await;
		(chain, desk)
	}

	#[tokio::test]
	async fn are_entered_with_a_tip_that_grows_until_it_suffices() {
		let (chain, mut desk) = claimed(Limits::default()).await;
		let enough = Amount(Amount::UNIT.0 / 5_000);
		chain.demand(enough);
		desk.live(&chain, 17).await;
		assert_eq!(desk.session.settled(), 1);
		let tips = chain.tips();
		let paid = *tips.last().unwrap();
		assert!(paid >= enough && paid.0 <= 4 * enough.0, "{paid}");
		assert!(tips[1..].windows(2).all(|pair| pair[0] < pair[1]), "{tips:?}");
	}

	#[tokio::test]
	async fn are_not_entered_at_any_price() {
		for (limit, most) in [(None, 700_000), (Some(Amount(1_000)), 1)] {
			let (chain, mut desk) = claimed(Limits { max_tip: limit, ..Limits::default() }).await;
			chain.demand(Amount(u128::MAX));
			desk.live(&chain, 25).await;
			// Half of bond and payout: 0.5 and 0.9.
			let most = limit.unwrap_or(Amount(Amount::UNIT.0 / 1_000_000 * most));
			let tips = chain.tips();
			assert_eq!(tips.iter().max(), Some(&most));
			assert!(desk.session.alerts.has(&Alert::Overdue(JobId(3))));
		}
	}

	#[tokio::test]
	async fn are_not_entered_with_money_that_is_not_there() {
		let (chain, mut desk) = claimed(Limits::default()).await;
		let purse = Amount(double::FEE.0 + 1_000);
		chain.set_spendable(purse);
		chain.demand(Amount(u128::MAX));
		desk.live(&chain, 25).await;
		assert_eq!(chain.tips().into_iter().max(), Some(Amount(1_000)));
	}

	#[tokio::test]
	async fn are_entered_past_a_full_pool_in_the_same_block() {
		let (chain, mut desk) = claimed(Limits::default()).await;
		let least = Amount(Amount::UNIT.0 / 5_000);
		chain.fill_the_pool(Some(least));
		desk.live(&chain, 3).await;
		assert_eq!(desk.session.settled(), 1);
		let paid = *chain.tips().last().unwrap();
		assert!(paid > least && paid.0 <= 4 * least.0, "{paid}");
	}

	#[tokio::test]
	async fn are_told_of_when_a_full_pool_pays_more_than_is_justified() {
		let (chain, mut desk) = claimed(Limits::default()).await;
		chain.fill_the_pool(Some(Amount(u128::MAX)));
		desk.live(&chain, 3).await;
		assert!(desk.session.alerts.has(&Alert::Refused(JobId(3), "crowded".to_owned())));
		chain.fill_the_pool(None);
		desk.live(&chain, 3).await;
		assert_eq!(desk.session.settled(), 1);
	}

	#[tokio::test]
	async fn get_an_answer_again_that_the_pool_has_dropped() {
		let (chain, mut desk) = claimed(Limits::default()).await;
		chain.drop_what_comes(2);
		desk.live(&chain, 5).await;
		assert_eq!(desk.session.settled(), 1);
		let answers = chain.sent().iter().filter(|it| matches!(it, Order::Submit { .. })).count();
		assert_eq!(answers, 3);
	}

	#[tokio::test]
	async fn never_get_two_answers_in() {
		let (chain, mut desk) = claimed(Limits::default()).await;
		chain.demand(Amount(Amount::UNIT.0 / 5_000));
		desk.live(&chain, 17).await;
		chain.demand(Amount(0));
		desk.live(&chain, 5).await;
		assert_eq!(chain.included(), 2, "the claim and one answer");
		assert_eq!(desk.session.settled(), 1);
	}

	#[tokio::test]
	async fn make_a_claim_wait_and_cost_little_more() {
		let chain = chain([job()]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		chain.demand(Amount(u128::MAX));
		desk.live(&chain, 30).await;
		let most = chain.tips().into_iter().max().unwrap();
		assert!(most > Amount(0) && most.0 <= job().payout(Amount::UNIT).0 / 100, "{most}");
	}
}

mod circuits_and_models {
	use super::*;
	use candor_statement::StatementSchema;

	#[tokio::test]
	async fn that_differ_in_anything_that_is_known_are_never_claimed() {
		let facts = || double::facts(&identity());
		let other_lengths =
			|input_len, output_len| StatementSchema::InferenceV1 { input_len, output_len };
		for (name, differing) in [
			("system", CircuitFacts { system: GROTH16 + 1, ..facts() }),
			("input", CircuitFacts { schema: other_lengths(65, 40), ..facts() }),
			("output", CircuitFacts { schema: other_lengths(64, 41), ..facts() }),
			("key", CircuitFacts { prepared_key: vec![1; 100], ..facts() }),
		] {
			let chain = chain([job()]);
			chain.set_circuit(job().circuit, differing);
			let mut desk = Desk::new();
			let Err(Ended::Failed(error)) = desk.session.begin(&chain).await else {
				panic!("it began with a circuit of another {name}");
			};
			assert!(error.message().contains(name), "{error}");
			// With a good circuit beside it.
			let mut good = job();
			good.circuit = candor_client::chain::types::CircuitId([1; 32]);
			chain.set_circuit(good.circuit, facts());
			chain.register_under(good.circuit, ModelId(0), identity().commitment, OTHER);
			chain.open(Job { id: JobId(8), ..good });
			let mut desk = Desk::new();
			desk.begin(&chain).await;
			desk.live(&chain, 4).await;
			let claimed: Vec<JobId> = chain.sent().iter().map(Order::job).collect();
			assert_eq!(claimed, [JobId(8); 2], "{name}");
		}
	}

	#[tokio::test]
	async fn whose_job_has_another_length_of_output_are_not_claimed() {
		let chain = chain([Job { output_len: 41, ..job() }]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		desk.live(&chain, 3).await;
		assert!(chain.sent().is_empty());
	}

	#[tokio::test]
	async fn that_were_registered_twice_are_refused_with_both_of_them_in_the_message() {
		let chain = chain([job()]);
		chain.register(ModelId(7), identity().commitment, OTHER);
		let mut desk = Desk::new();
		let Err(Ended::Failed(error)) = desk.session.begin(&chain).await else { panic!() };
		for part in ["0 of", "7 of", &OTHER.to_string()] {
			assert!(error.message().contains(part), "{error}");
		}
		assert!(error.what_to_do().unwrap().contains("--model"));
	}

	async fn served(named: Named) -> Vec<u64> {
		let copy = Job { id: JobId(4), model: ModelId(7), ..job() };
		let chain = chain([copy, job()]);
		chain.register(ModelId(7), identity().commitment, OTHER);
		let mut desk = Desk::with(|settings| settings.named = named);
		desk.begin(&chain).await;
		desk.live(&chain, 10).await;
		let claims = chain.sent().into_iter().filter(|it| matches!(it, Order::Claim(_)));
		claims.map(|it| it.job().0).collect()
	}

	#[tokio::test]
	async fn that_were_named_are_served_and_their_copies_are_not() {
		let models = |ids: &[u32]| Named {
			models: ids.iter().copied().map(ModelId).collect(),
			owners: vec![],
		};
		assert_eq!(served(models(&[0])).await, [3]);
		assert_eq!(served(models(&[7])).await, [4]);
		assert_eq!(served(models(&[0, 7])).await, [3, 4]);
	}

	#[tokio::test]
	async fn of_a_named_owner_are_served_and_others_are_not() {
		let owner = |account| Named { owners: vec![account], ..Named::default() };
		assert_eq!(served(owner(OTHER)).await, [4]);
		assert_eq!(served(owner(double::OWNER)).await, [3]);
	}

	#[tokio::test]
	async fn that_are_copied_later_are_not_served_under_the_copy() {
		let chain = chain([]);
		let mut desk = Desk::new();
		desk.begin(&chain).await;
		chain.register(ModelId(7), identity().commitment, OTHER);
		chain.open(Job { id: JobId(4), model: ModelId(7), ..job() });
		chain.open(Job { id: JobId(5), ..job() });
		// After a lost connection, too, and after a restart.
		for _ in 0..2 {
			desk.begin(&chain).await;
			desk.live(&chain, 3).await;
			desk = desk.restarted();
		}
		let claims: Vec<Order> =
			chain.sent().into_iter().filter(|it| matches!(it, Order::Claim(_))).collect();
		assert_eq!(claims, [Order::Claim(JobId(5))]);
	}

	#[tokio::test]
	async fn that_nobody_named_rightly_are_refused_with_what_there_is() {
		let chain = chain([]);
		let named = Named { models: [ModelId(9)].into(), owners: vec![] };
		let mut desk = Desk::with(|settings| settings.named = named);
		let Err(Ended::Failed(error)) = desk.session.begin(&chain).await else { panic!() };
		assert!(error.message().contains("0 of"), "{error}");
	}
}

#[tokio::test]
async fn a_frozen_circuit_releases_the_worker() {
	let chain = chain([job()]);
	let mut desk = Desk::new();
	desk.begin(&chain).await;
	desk.live(&chain, 1).await;
	chain.freeze();
	desk.live(&chain, 3).await;
	assert!(chain.sent().iter().any(|it| matches!(it, Order::Expire(JobId(3)))));
	assert!(!desk.session.busy);
	assert!(desk.session.claims().is_empty());
}

#[tokio::test]
async fn a_claim_that_another_worker_won_is_given_up_without_a_trace() {
	let chain = chain([job()]);
	let mut desk = Desk::new();
	desk.begin(&chain).await;
	desk.look(&chain).await;
	chain.claim_for(JobId(3), OTHER);
	desk.live(&chain, 3).await;
	assert!(!desk.session.busy);
	assert_eq!(desk.machine.proofs(), 0);
	assert_eq!(chain.sent().len(), 1);
}
