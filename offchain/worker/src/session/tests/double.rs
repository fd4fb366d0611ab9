// SPDX-License-Identifier: Apache-2.0
//! Doubles of the chain and of a prover.

use crate::node::{ClaimEnd, Node, Order};
use candor_client::{
	answer::{
		testing::{identity, job},
		Answer, Identity, InferenceError, Prover, Question, Run,
	},
	chain::{
		types::{
			system_of, BlockNumber, BondRule, CircuitId, Claim, Job, JobId, JobStatus, ModelId,
			ModelVersion, Version, Worker,
		},
		Amount, ChainError, CircuitFacts, Envelope, OfferError, Refusal, Registration, Share,
		Signer, Standstill,
	},
};
use candor_prover::{Progress, ProveError};
use candor_statement::{Binding, GenesisHash, InputCommitment, ModelCommitment};
use std::{
	cell::RefCell,
	collections::{BTreeMap, BTreeSet},
	ops::Range,
	rc::Rc,
	sync::Mutex,
};
use subxt::utils::AccountId32;

/// What a transaction costs.
pub(super) const FEE: Amount = Amount(Amount::UNIT.0 / 1_000);
/// The owner of model 0.
pub(super) const OWNER: AccountId32 = AccountId32([40; 32]);
/// Somebody else.
pub(super) const OTHER: AccountId32 = AccountId32([41; 32]);
/// The height at which a chain begins.
const HEIGHT: BlockNumber = 100;

pub(super) fn signer() -> Signer {
	Signer::from_uri("//Dave").unwrap_or_else(|_| unreachable!())
}

pub(super) fn me() -> AccountId32 {
	signer().account()
}

/// What a circuit on chain is that fits a model.
pub(super) fn facts(identity: &Identity) -> CircuitFacts {
	CircuitFacts {
		system: system_of(&identity.schema),
		schema: identity.schema,
		prepared_key: identity.prepared_key.clone(),
		frozen: false,
	}
}

/// How a prover fails.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
	Error,
	Panic,
}

/// A prover.
pub(super) struct Machine {
	identity: Identity,
	faults: Mutex<Option<(Fault, u32)>>,
	proofs: Mutex<u32>,
}

impl Machine {
	pub(super) fn new(identity: Identity) -> Self {
		Self { identity, faults: Mutex::new(None), proofs: Mutex::new(0) }
	}

	/// The next so many proofs fail.
	pub(super) fn fail(&self, fault: Fault, times: u32) {
		*self.faults.lock().unwrap() = Some((fault, times));
	}

	/// Proofs that were asked for.
	pub(super) fn proofs(&self) -> u32 {
		*self.proofs.lock().unwrap()
	}
}

/// A proof of runs that are bound to these.
fn proof_for(bindings: impl Iterator<Item = Binding>) -> Vec<u8> {
	bindings.map(|binding| binding.to_string()).collect::<Vec<_>>().join(" ").into_bytes()
}

impl Prover for Machine {
	fn identity(&self) -> &Identity {
		&self.identity
	}

	fn name(&self) -> String {
		"model/".to_owned()
	}

	fn trials(&self) -> Vec<Vec<Question>> {
		vec![vec![Question::trial(vec![0; self.identity.input_len()], Binding::NONE)]]
	}

	fn answer(
		&self,
		questions: &[Question],
		_: &mut dyn Progress,
	) -> Result<Answer, InferenceError> {
		*self.proofs.lock().unwrap() += 1;
		let fault = {
			let mut faults = self.faults.lock().unwrap();
			match &mut *faults {
				Some((fault, times @ 1..)) => {
					*times -= 1;
					Some(*fault)
				}
				_ => None,
			}
		};
		match fault {
			Some(Fault::Panic) => panic!("as it was told to"),
			Some(Fault::Error) => Err(ProveError::OtherStatement.into()),
			None => {
				let output = vec![0; self.identity.output_len() as usize];
				let run = |question: &Question| Run { job: question.job(), output: output.clone() };
				let bindings = questions.iter().map(Question::binding);
				Ok(Answer {
					runs: questions.iter().map(run).collect(),
					places: self.identity.places(),
					proof: proof_for(bindings),
				})
			}
		}
	}

	fn accepts(&self, answer: &Answer, asked: &[(InputCommitment, Binding)]) -> bool {
		answer.proof == proof_for(asked.iter().map(|(_, binding)| *binding))
	}
}

/// A state.
#[derive(Clone)]
struct State {
	height: BlockNumber,
	jobs: BTreeMap<JobId, Job>,
	next_job: JobId,
	nonce: u64,
}

struct Inner {
	best: State,
	finalised: State,
	final_stands: bool,
	outcomes: Vec<(BlockNumber, JobId, ClaimEnd)>,
	pool: BTreeMap<u64, (Amount, Order)>,
	sent: Vec<(Amount, Order)>,
	included: usize,
	calls: Vec<&'static str>,
	/// The least tip that gets a transaction into a block.
	demanded: Amount,
	/// The least tip of a full pool, above which one has to be.
	crowd: Option<Amount>,
	/// How many transactions the pool will still drop.
	drops: u32,
	refused: BTreeSet<JobId>,
	put_off: BTreeMap<JobId, BlockNumber>,
	broken_status: Option<JobId>,
	broken_can_submit: bool,
	declining: bool,
	frozen: bool,
	/// The price that the last claim in a block has fixed.
	claimed_at: Option<Amount>,
	/// Blocks that were full, so that no price rose in them and no deadline came nearer.
	full: BlockNumber,
	runtime: u32,
	differences: Vec<String>,
	score: Share,
	spendable: Amount,
	circuits: BTreeMap<CircuitId, CircuitFacts>,
	registrations: Vec<Registration>,
	owners: BTreeMap<ModelId, AccountId32>,
}

/// A chain, its node and the node's pool.
pub(super) struct Chain(RefCell<Inner>);

/// A block as the daemon has it.
pub(super) struct Block {
	state: Rc<State>,
	runtime: u32,
	differences: Vec<String>,
	declining: bool,
}

fn lost() -> ChainError {
	ChainError::EventMissing("as it was told to")
}

fn refusal(name: &str) -> ChainError {
	Refusal { name: name.to_owned(), explanation: String::new(), included: None }.into()
}

impl Chain {
	pub(super) fn new() -> Self {
		let state = State { height: HEIGHT, jobs: BTreeMap::new(), next_job: JobId(0), nonce: 0 };
		let chain = Self(RefCell::new(Inner {
			best: state.clone(),
			finalised: state,
			final_stands: false,
			outcomes: Vec::new(),
			pool: BTreeMap::new(),
			sent: Vec::new(),
			included: 0,
			calls: Vec::new(),
			demanded: Amount(0),
			crowd: None,
			drops: 0,
			refused: BTreeSet::new(),
			put_off: BTreeMap::new(),
			broken_status: None,
			broken_can_submit: false,
			declining: false,
			frozen: false,
			claimed_at: None,
			full: 0,
			runtime: 1,
			differences: Vec::new(),
			score: Share::default(),
			spendable: Amount(100 * Amount::UNIT.0),
			circuits: BTreeMap::new(),
			registrations: Vec::new(),
			owners: BTreeMap::new(),
		}));
		chain.set_circuit(job().circuit, facts(&identity()));
		chain.register(ModelId(0), identity().commitment, OWNER);
		chain
	}

	fn called(&self, name: &'static str) {
		self.0.borrow_mut().calls.push(name);
	}

	/// The price that the last claim in a block has fixed.
	pub(super) fn claimed_at(&self) -> Option<Amount> {
		self.0.borrow().claimed_at
	}

	/// So many of the blocks until now turn out to have been full.
	pub(super) fn fill(&self, blocks: BlockNumber) {
		self.0.borrow_mut().full = blocks;
	}

	/// The calls since the last [`Self::forget_calls`].
	pub(super) fn calls(&self) -> Vec<&'static str> {
		self.0.borrow().calls.clone()
	}

	pub(super) fn forget_calls(&self) {
		self.0.borrow_mut().calls.clear();
	}

	/// What was given to the pool.
	pub(super) fn sent(&self) -> Vec<Order> {
		self.0.borrow().sent.iter().map(|(_, order)| order.clone()).collect()
	}

	/// The tips of that.
	pub(super) fn tips(&self) -> Vec<Amount> {
		self.0.borrow().sent.iter().map(|(tip, _)| *tip).collect()
	}

	/// How many transactions are in blocks.
	pub(super) fn included(&self) -> usize {
		self.0.borrow().included
	}

	pub(super) fn height(&self) -> BlockNumber {
		self.0.borrow().best.height
	}

	/// Changes the best state, and the finalised one where it is the same.
	fn change(&self, change: impl Fn(&mut State)) {
		let mut inner = self.0.borrow_mut();
		change(&mut inner.best);
		if !inner.final_stands {
			inner.finalised = inner.best.clone();
		}
	}

	pub(super) fn open(&self, job: Job) {
		self.change(|state| {
			state.next_job = state.next_job.max(JobId(job.id.0 + 1));
			state.jobs.insert(job.id, job.clone());
		});
	}

	pub(super) fn end(&self, job: JobId) {
		self.change(|state| {
			state.jobs.remove(&job);
		});
	}

	pub(super) fn claim_for_me(&self, job: JobId) {
		self.claim_for(job, me());
	}

	pub(super) fn claim_for(&self, job: JobId, worker: AccountId32) {
		self.change(|state| {
			let height = state.height;
			let job = state.jobs.get_mut(&job).unwrap();
			let until = height + job.proving_period;
			let (price, bond) = (job.agreed_price(), Amount(Amount::UNIT.0 / 2));
			job.claim = Some(Claim { worker, until, price, bond });
		});
	}

	pub(super) fn forfeit(&self, job: JobId) {
		self.end(job);
		let mut inner = self.0.borrow_mut();
		let height = inner.best.height + 1;
		inner.outcomes.push((height, job, ClaimEnd::Forfeited));
	}

	pub(super) fn in_best(&self, job: JobId) -> bool {
		self.0.borrow().best.jobs.contains_key(&job)
	}

	/// Makes a block of what the pool has, if the tip is enough.
	pub(super) fn make_block(&self) {
		let mut inner = self.0.borrow_mut();
		let inner = &mut *inner;
		inner.best.height += 1;
		let nonce = inner.best.nonce;
		let fits = inner.pool.get(&nonce).is_some_and(|(tip, _)| *tip >= inner.demanded);
		if let Some((_, order)) = fits.then(|| inner.pool.remove(&nonce)).flatten() {
			inner.best.nonce += 1;
			inner.included += 1;
			let (height, id) = (inner.best.height, order.job());
			let found = inner.best.jobs.get(&id).cloned();
			let worker = |job: &Job| job.claim.as_ref().map(|claim| claim.worker);
			let outcome = match (order, found) {
				(Order::Claim(_), Some(job)) if worker(&job).is_none() => {
					let until = height + job.proving_period - inner.full;
					let bond = Amount(Amount::UNIT.0 / 2);
					let price = job.price_in(height.saturating_sub(inner.full));
					let claim = Some(Claim { worker: me(), until, price, bond });
					inner.claimed_at = Some(price);
					inner.best.jobs.insert(id, Job { claim, ..job });
					None
				}
				(Order::Submit { answer, .. }, Some(job)) if worker(&job) == Some(me()) => {
					let end = ClaimEnd::Settled { payout: Some(Amount(1)) };
					let others = answer.runs.iter().map(|run| run.job).filter(|other| *other != id);
					for other in others {
						inner.best.jobs.remove(&other);
						inner.outcomes.push((height, other, end));
					}
					inner.best.jobs.remove(&id);
					Some(end)
				}
				(Order::Expire(_), Some(job)) if worker(&job) == Some(me()) && inner.frozen => {
					inner.best.jobs.remove(&id);
					Some(ClaimEnd::Excused)
				}
				(Order::Decline(_), Some(job)) if worker(&job) == Some(me()) => {
					inner.best.jobs.insert(id, Job { claim: None, ..job });
					Some(ClaimEnd::Declined)
				}
				_ => None,
			};
			if let Some(outcome) = outcome {
				inner.outcomes.push((height, id, outcome));
			}
		}
		if !inner.final_stands {
			inner.finalised = inner.best.clone();
		}
	}

	pub(super) fn stall_finality(&self) {
		self.0.borrow_mut().final_stands = true;
	}

	pub(super) fn resume_finality(&self) {
		let mut inner = self.0.borrow_mut();
		inner.final_stands = false;
		inner.finalised = inner.best.clone();
	}

	/// A fork undoes what is not final. The pool of this node has what was undone no longer.
	pub(super) fn undo_to_finalised(&self) {
		let mut inner = self.0.borrow_mut();
		let height = inner.best.height;
		inner.best = State { height, ..inner.finalised.clone() };
		let final_height = inner.finalised.height;
		inner.outcomes.retain(|(block, ..)| *block <= final_height);
	}

	pub(super) fn demand(&self, tip: Amount) {
		self.0.borrow_mut().demanded = tip;
	}

	pub(super) fn fill_the_pool(&self, least: Option<Amount>) {
		self.0.borrow_mut().crowd = least;
	}

	pub(super) fn drop_what_comes(&self, times: u32) {
		self.0.borrow_mut().drops = times;
	}

	pub(super) fn refuse_claims(&self, jobs: Range<u64>) {
		self.0.borrow_mut().refused = jobs.map(JobId).collect();
	}

	pub(super) fn put_off(&self, job: JobId, blocks: BlockNumber) {
		self.0.borrow_mut().put_off.insert(job, blocks);
	}

	pub(super) fn break_status_of(&self, job: JobId) {
		self.0.borrow_mut().broken_status = Some(job);
	}

	pub(super) fn break_can_submit(&self) {
		self.0.borrow_mut().broken_can_submit = true;
	}

	pub(super) fn allow_declining(&self, allowed: bool) {
		self.0.borrow_mut().declining = allowed;
	}

	pub(super) fn freeze(&self) {
		self.0.borrow_mut().frozen = true;
	}

	pub(super) fn upgrade(&self, differences: &[&str]) {
		let mut inner = self.0.borrow_mut();
		inner.runtime += 1;
		inner.differences = differences.iter().map(|it| (*it).to_owned()).collect();
	}

	pub(super) fn set_score(&self, score: Share) {
		self.0.borrow_mut().score = score;
	}

	pub(super) fn set_spendable(&self, spendable: Amount) {
		self.0.borrow_mut().spendable = spendable;
	}

	pub(super) fn set_circuit(&self, id: CircuitId, facts: CircuitFacts) {
		self.0.borrow_mut().circuits.insert(id, facts);
	}

	pub(super) fn register(&self, model: ModelId, commitment: ModelCommitment, owner: AccountId32) {
		self.register_under(job().circuit, model, commitment, owner);
	}

	pub(super) fn register_under(
		&self,
		circuit: CircuitId,
		model: ModelId,
		commitment: ModelCommitment,
		owner: AccountId32,
	) {
		let details = ModelVersion {
			circuit,
			commitment,
			royalty: Share::default(),
			active: true,
			deposit: Amount(1),
		};
		let mut inner = self.0.borrow_mut();
		let version = Version(u32::try_from(inner.registrations.len()).unwrap());
		inner.registrations.push(Registration { model, version, details });
		inner.owners.insert(model, owner);
	}

	pub(super) fn unregister(&self, model: ModelId) {
		self.0.borrow_mut().registrations.retain(|it| it.model != model);
	}

	pub(super) fn unregister_models(&self) {
		self.0.borrow_mut().registrations.clear();
	}

	fn block(&self, state: impl Fn(&Inner) -> State) -> Block {
		let inner = self.0.borrow();
		Block {
			state: Rc::new(state(&inner)),
			runtime: inner.runtime,
			differences: inner.differences.clone(),
			declining: inner.declining,
		}
	}
}

impl Node for Chain {
	type Block = Block;
	type News = ();

	fn genesis(&self) -> GenesisHash {
		GenesisHash([1; 32])
	}

	fn height(block: &Block) -> BlockNumber {
		block.state.height
	}

	fn runtime(block: &Block) -> u32 {
		block.runtime
	}

	fn differences(block: &Block) -> Vec<String> {
		block.differences.clone()
	}

	fn can_decline(block: &Block) -> bool {
		block.declining
	}

	async fn news(&self) -> Result<(), ChainError> {
		Ok(())
	}

	async fn changed((): &mut ()) -> Result<(), ChainError> {
		Ok(())
	}

	async fn finalised(&self) -> Result<Block, ChainError> {
		self.called("finalised");
		Ok(self.block(|inner| inner.finalised.clone()))
	}

	async fn best(&self) -> Result<Block, ChainError> {
		self.called("best");
		Ok(self.block(|inner| inner.best.clone()))
	}

	async fn all_jobs(&self, at: &Block) -> Result<Vec<Job>, ChainError> {
		self.called("all_jobs");
		Ok(at.state.jobs.values().cloned().collect())
	}

	async fn next_job(&self, at: &Block) -> Result<JobId, ChainError> {
		self.called("next_job");
		Ok(at.state.next_job)
	}

	async fn jobs(&self, at: &Block, ids: &[JobId]) -> Result<Vec<Job>, ChainError> {
		if !ids.is_empty() {
			self.called("jobs");
		}
		Ok(ids.iter().filter_map(|id| at.state.jobs.get(id)).cloned().collect())
	}

	async fn standstill(
		&self,
		_: &Block,
		_: &BTreeSet<CircuitId>,
	) -> Result<Standstill, ChainError> {
		self.called("standstill");
		Ok(Standstill::new(self.0.borrow().full, []))
	}

	async fn status(&self, at: &Block, job: JobId) -> Result<JobStatus, ChainError> {
		self.called("status");
		if self.0.borrow().broken_status == Some(job) {
			return Err(lost());
		}
		let claim = at.state.jobs[&job].claim.clone().unwrap();
		let inner = self.0.borrow();
		let more = inner.put_off.get(&job).copied().unwrap_or(0);
		let (worker, until) = (claim.worker, claim.until + inner.full + more);
		Ok(match until > at.state.height {
			true => JobStatus::Claimed { worker, until },
			false => JobStatus::Overdue { worker, until },
		})
	}

	async fn outcome(
		&self,
		block: BlockNumber,
		job: JobId,
		_: &AccountId32,
	) -> Result<Option<ClaimEnd>, ChainError> {
		self.called("outcome");
		let inner = self.0.borrow();
		let found = inner.outcomes.iter().find(|it| (it.0, it.1) == (block, job));
		Ok(found.map(|it| it.2))
	}

	async fn registrations(
		&self,
		_: &Block,
		commitments: &[ModelCommitment],
	) -> Result<Vec<Registration>, ChainError> {
		self.called("registrations");
		let inner = self.0.borrow();
		let of_these = |it: &&Registration| commitments.contains(&it.details.commitment);
		Ok(inner.registrations.iter().filter(of_these).cloned().collect())
	}

	async fn circuit(
		&self,
		_: &Block,
		circuit: CircuitId,
	) -> Result<Option<CircuitFacts>, ChainError> {
		self.called("circuit");
		Ok(self.0.borrow().circuits.get(&circuit).cloned())
	}

	async fn owner(&self, _: &Block, model: ModelId) -> Result<Option<AccountId32>, ChainError> {
		self.called("owner");
		Ok(self.0.borrow().owners.get(&model).copied())
	}

	async fn worker(&self, _: &Block, _: &AccountId32) -> Result<Option<Worker>, ChainError> {
		self.called("worker");
		Ok(Some(Worker { bond: Amount(100 * Amount::UNIT.0), ..Worker::default() }))
	}

	async fn score(&self, _: &Block, _: &AccountId32) -> Result<Share, ChainError> {
		self.called("score");
		Ok(self.0.borrow().score)
	}

	async fn spendable(&self, _: &Block, _: &AccountId32) -> Result<Amount, ChainError> {
		self.called("spendable");
		Ok(self.0.borrow().spendable)
	}

	fn bond_rule(&self, _: &Block) -> Result<BondRule, ChainError> {
		Ok(BondRule { least: Amount(1), share: Share::from_parts(500_000) })
	}

	async fn price_at(
		&self,
		at: &Block,
		job: JobId,
		block: BlockNumber,
	) -> Result<Option<Amount>, ChainError> {
		self.called("price_at");
		let full = self.0.borrow().full;
		Ok(at.state.jobs.get(&job).map(|job| job.price_in(block.saturating_sub(full))))
	}

	async fn can_claim(&self, _: &Block, job: JobId, _: &AccountId32) -> Result<(), ChainError> {
		self.called("can_claim");
		match self.0.borrow().refused.contains(&job) {
			true => Err(refusal("Jobs.TooManyOpenJobs")),
			false => Ok(()),
		}
	}

	async fn can_submit(
		&self,
		at: &Block,
		_: &AccountId32,
		answer: &Answer,
	) -> Result<(), ChainError> {
		self.called("can_submit");
		if answer.runs.iter().any(|run| !at.state.jobs.contains_key(&run.job)) {
			return Err(refusal("Jobs.UnknownJob"));
		}
		let inner = self.0.borrow();
		match (inner.broken_can_submit, inner.frozen) {
			(true, _) => Err(lost()),
			(_, true) => Err(refusal("Jobs.FrozenCircuit")),
			_ => Ok(()),
		}
	}

	async fn nonce(&self, at: &Block, _: &AccountId32) -> Result<u64, ChainError> {
		self.called("nonce");
		Ok(at.state.nonce)
	}

	async fn next_nonce(&self, _: &AccountId32) -> Result<u64, ChainError> {
		self.called("next_nonce");
		let inner = self.0.borrow();
		let nonce = inner.best.nonce;
		Ok(if inner.pool.contains_key(&nonce) { nonce + 1 } else { nonce })
	}

	async fn fee(&self, _: &Block, _: &Order, _: Amount) -> Result<Amount, ChainError> {
		self.called("fee");
		Ok(FEE)
	}

	async fn send(
		&self,
		at: &Block,
		order: &Order,
		_: &Signer,
		envelope: Envelope,
	) -> Result<BlockNumber, OfferError> {
		self.called("send");
		let mut inner = self.0.borrow_mut();
		if inner.crowd.is_some_and(|least| envelope.tip <= least) {
			return Err(OfferError::Crowded);
		}
		let waits = inner.pool.get(&envelope.nonce).map(|(tip, _)| *tip);
		if waits.is_some_and(|tip| tip >= envelope.tip) {
			return Err(OfferError::Outbid);
		}
		inner.sent.push((envelope.tip, order.clone()));
		if inner.drops > 0 {
			inner.drops -= 1;
		} else {
			inner.pool.insert(envelope.nonce, (envelope.tip, order.clone()));
		}
		Ok(at.state.height + 56)
	}
}
