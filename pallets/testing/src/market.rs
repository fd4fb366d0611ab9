// SPDX-License-Identifier: Apache-2.0

//! A market on the chain: a circuit, a model and two workers, and jobs on them.

use crate::{
	chain::*,
	insecure::{self, Insecure},
	runtime::*,
};
use candor_market::{CircuitId, ModelId, Proofs, Provenance, SetupKind, SystemId, Version};
use candor_proof_system::ProofSystem;
use candor_statement::{
	binding, Claimant, GenesisHash, InputCommitment, JobId, ModelCommitment, Statement,
	StatementSchema,
};
use codec::{Decode, Encode};
use frame_support::assert_ok;
use pallet_jobs::{
	Answer, Demands, Distinct, Event, InlineInputOf, Input, Job, Jobs, NextJobId, OutputOf, Price,
	ProofOf, SetupDemand, SkippedItem, Standstill, State, Tier, Who,
};
use pallet_models::{Possession, PossessionOf};
use sp_core::H256;
use sp_runtime::{traits::Convert, DispatchError, DispatchResult, Permill};

pub const REQUESTER: AccountId = 1;
pub const WORKER: AccountId = 2;
pub const RIVAL: AccountId = 3;
pub const OWNER: AccountId = 4;
pub const STRANGER: AccountId = 5;
/// Who registers circuits.
pub const DEPOSITOR: AccountId = 6;

/// What the two workers stand for.
pub const BOND: u128 = 10_000;

pub const INPUT_LEN: u32 = 4;
pub const OUTPUT_LEN: u32 = 33;
pub const SCHEMA: StatementSchema =
	StatementSchema::InferenceV1 { input_len: INPUT_LEN, output_len: OUTPUT_LEN };
/// Public inputs of [`SCHEMA`].
pub const INPUTS: u8 = 5;

pub const PROVENANCE: Provenance = Provenance {
	source: H256::repeat_byte(1),
	transcript: H256::repeat_byte(2),
	declared: SetupKind::Ceremony,
};

/// The terms of [`open`]: royalty 100, fee 30, payout 871, bond 201.
pub const PRICE: u128 = 1_001;
pub const ROYALTY: u128 = 100;
pub const FEE: u128 = 30;
pub const PAYOUT: u128 = 871;
pub const JOB_BOND: u128 = 201;
/// Half of it, rounded down, is put up for whoever answers.
pub const BOUNTY: u128 = 100;
/// Five percent, rounded up: what handing the claim back at once burns.
pub const PENALTY: u128 = 11;
pub const PROVING_PERIOD: u64 = 10;
/// Leaves room for two whole proving periods and a little more.
pub const DEADLINE: u64 = 31;
pub const CLAIM_BY: u64 = DEADLINE - PROVING_PERIOD;

/// The model that is registered at first, and its version.
pub const MODEL: ModelId = ModelId(0);
pub const VERSION: Version = Version::FIRST;

/// The key of the circuit that is registered at first.
pub fn circuit_key() -> Vec<u8> {
	insecure::key(INPUTS, 0)
}

/// The circuit that is registered at first.
pub fn circuit() -> CircuitId {
	CircuitId::of(Insecure::ID, &circuit_key(), &SCHEMA, &PROVENANCE)
}

/// Registers a circuit of any system for its depositor.
pub fn register_circuit(system: SystemId, key: Vec<u8>, schema: StatementSchema) -> CircuitId {
	let circuit = CircuitId::of(system, &key, &schema, &PROVENANCE);
	let key = key.try_into().unwrap();
	assert_ok!(CircuitsPallet::register(signed(DEPOSITOR), system, key, schema, PROVENANCE));
	circuit
}

/// Proves that an account has a model on any circuit, which gives zeros.
pub fn possess(
	owner: AccountId,
	circuit: CircuitId,
	model: ModelCommitment,
	prove: impl FnOnce(&Statement<'_>) -> Vec<u8>,
) -> PossessionOf<Test> {
	let schema = CircuitsPallet::schema(circuit).unwrap();
	let (input, output) = (input_commitment(), vec![0; schema.output_len() as usize]);
	let binding = ModelsPallet::possession_binding(&owner, circuit, &model);
	let proof = prove(&Statement { model, input, output: &output, binding });
	Possession { input, output: output.try_into().unwrap(), proof: proof.try_into().unwrap() }
}

/// Proves anything about the circuit that is registered at first.
pub fn prove_anything(statement: &Statement<'_>) -> Vec<u8> {
	insecure::prove(&circuit_key(), statement).to_vec()
}

/// Who owns a model, if there is the model.
pub fn owner_of(model: ModelId) -> Option<AccountId> {
	ModelsPallet::model(model).map(|model| model.owner)
}

/// What the usual version is owed.
pub fn owed() -> u128 {
	ModelsPallet::royalty_owed(MODEL, VERSION).unwrap()
}

/// Has a stranger pay out what a model's first version is owed.
pub fn collect(model: ModelId) -> DispatchResult {
	ModelsPallet::collect_royalty(signed(STRANGER), model, VERSION)
}

/// Registers a model for its owner.
pub fn register_model(seed: u8, royalty: Permill) {
	register_model_on(circuit(), seed, royalty, prove_anything);
}

/// Registers a model for its owner on any circuit, about which anything can be proved.
pub fn register_model_on(
	circuit: CircuitId,
	seed: u8,
	royalty: Permill,
	prove: impl FnOnce(&Statement<'_>) -> Vec<u8>,
) -> ModelId {
	let mut commitment = [0; 32];
	commitment[0] = seed;
	register_model_under(circuit, ModelCommitment::Scalar(commitment), royalty, prove)
}

/// The same, under this commitment.
pub fn register_model_under(
	circuit: CircuitId,
	commitment: ModelCommitment,
	royalty: Permill,
	prove: impl FnOnce(&Statement<'_>) -> Vec<u8>,
) -> ModelId {
	let model = pallet_models::NextModelId::<Test>::get();
	assert_ok!(ModelsPallet::register(
		signed(OWNER),
		circuit,
		commitment,
		royalty,
		pallet_models::Metadata { hash: Default::default(), uri: Default::default() },
		possess(OWNER, circuit, commitment, prove),
	));
	model
}

/// A chain with a market: a circuit, a model and two workers. Records of workers cost nothing there,
/// and an owner may ask for everything.
pub fn new_market() -> sp_io::TestExternalities {
	let mut chain = new_chain();
	chain.execute_with(|| {
		RecordDepositBase::set(&0);
		RecordDepositPerByte::set(&0);
		MaxRoyalty::set(&Permill::one());
		register_circuit(Insecure::ID, circuit_key(), SCHEMA);
		register_model(1, Permill::from_percent(10));
		for worker in [WORKER, RIVAL] {
			assert_ok!(WorkersPallet::register(signed(worker), BOND, Default::default()));
		}
	});
	chain
}

/// Runs a test on a chain with a market and checks all invariants after it.
pub fn build_and_execute(test: impl FnOnce()) {
	new_market().execute_with(|| {
		test();
		check_invariants();
	});
}

/// All that must hold, in the middle of a test.
pub fn check_invariants() {
	for check in ALL {
		assert_ok!(check());
	}
}

/// Freezes the circuit, unless it is frozen.
pub fn freeze() {
	if !CircuitsPallet::is_frozen(circuit()) {
		assert_ok!(CircuitsPallet::freeze(RuntimeOrigin::root(), circuit()));
	}
}

/// Puts the circuit back into use, if it is frozen.
pub fn unfreeze() {
	if CircuitsPallet::is_frozen(circuit()) {
		assert_ok!(CircuitsPallet::unfreeze(RuntimeOrigin::root(), circuit()));
	}
}

/// Lets so many blocks pass that have no room for an answer.
pub fn pass_full_blocks(blocks: u64) {
	Standstill::<Test>::mutate(|full| *full += blocks);
	go_to(System::block_number() + blocks);
}

pub fn input_commitment() -> InputCommitment {
	InputCommitment::from_bytes([1; 32])
}

/// An input as the model takes it.
pub fn posted() -> InlineInputOf<Test> {
	vec![7; INPUT_LEN as usize].try_into().unwrap()
}

/// What a call to open a job says.
pub struct Opening {
	pub who: AccountId,
	pub model: ModelId,
	pub version: Version,
	pub input_commitment: InputCommitment,
	pub input: Option<InlineInputOf<Test>>,
	pub price: u128,
	/// Where the price rises to, and in how many blocks.
	pub ramp: Option<(u128, u64)>,
	pub who_may_claim: Who<Test>,
	pub min_reputation: Permill,
	pub setup: SetupDemand,
	pub proving_period: u64,
	pub deadline: u64,
}

impl Default for Opening {
	fn default() -> Self {
		Self {
			who: REQUESTER,
			model: MODEL,
			version: VERSION,
			input_commitment: input_commitment(),
			input: Some(posted()),
			price: PRICE,
			ramp: None,
			who_may_claim: Who::Anyone,
			min_reputation: Permill::zero(),
			setup: SetupDemand::default(),
			proving_period: PROVING_PERIOD,
			deadline: DEADLINE,
		}
	}
}

impl Opening {
	/// Makes the call.
	pub fn call(self) -> DispatchResult {
		let (price, demands) = (self.price(), self.demands());
		JobsPallet::open(
			signed(self.who),
			self.model,
			self.version,
			self.input_commitment,
			self.input,
			price,
			Tier::Proven,
			demands,
			self.proving_period,
			self.deadline,
		)
	}

	/// The call for many jobs on these terms, the input of each by itself.
	pub fn call_batch(self, inputs: Vec<Input<Test>>) -> DispatchResult {
		let (price, demands) = (self.price(), self.demands());
		JobsPallet::open_batch(
			signed(self.who),
			self.model,
			self.version,
			inputs.try_into().unwrap(),
			price,
			Tier::Proven,
			demands,
			self.proving_period,
			self.deadline,
		)
	}

	/// The price, or the ramp.
	fn price(&self) -> Price<u128, u64> {
		match self.ramp {
			None => Price::Fixed(self.price),
			Some((to, blocks)) => Price::Rising { from: self.price, to, blocks },
		}
	}

	fn demands(&self) -> Demands<Test> {
		Demands {
			who: self.who_may_claim.clone(),
			min_reputation: self.min_reputation,
			setup: self.setup,
		}
	}

	/// Makes the call, which must succeed.
	pub fn open(self) -> JobId {
		let job = NextJobId::<Test>::get();
		assert_ok!(self.call());
		job
	}
}

/// The demand for one of these workers.
pub fn named(workers: &[AccountId]) -> Who<Test> {
	Who::Named(workers.to_vec().try_into().unwrap())
}

/// Opens a job on the usual terms.
pub fn open() -> JobId {
	Opening::default().open()
}

/// Opens a job on the usual terms and has the worker claim it.
pub fn claimed() -> JobId {
	let job = open();
	assert_ok!(JobsPallet::claim(signed(WORKER), job));
	job
}

pub fn job(id: JobId) -> Job<Test> {
	Jobs::<Test>::get(id).unwrap()
}

/// What a job's deposit holds.
pub fn deposit_of(id: JobId) -> u128 {
	u128::decode(&mut &job(id).ticket.encode()[..]).unwrap()
}

pub fn output() -> OutputOf<Test> {
	vec![9; OUTPUT_LEN as usize].try_into().unwrap()
}

/// What this worker has to prove to be paid for this output.
pub fn statement_of(id: JobId, worker: AccountId, output: &[u8]) -> Statement<'_> {
	let job = job(id);
	let genesis = frame_system::BlockHash::<Test>::get(0);
	Statement {
		model: job.model_commitment,
		input: job.input_commitment,
		output,
		binding: binding(GenesisHash(genesis.0), id, Claimant(Padded::convert(worker))),
	}
}

/// A proof by this worker that the usual circuit gives this output for this job's input.
pub fn prove(id: JobId, worker: AccountId, output: &[u8]) -> ProofOf<Test> {
	let statement = statement_of(id, worker, output);
	insecure::prove(&circuit_key(), &statement).to_vec().try_into().unwrap()
}

/// Submits an answer by itself.
pub fn submit_with(
	worker: AccountId,
	id: JobId,
	output: OutputOf<Test>,
	proof: ProofOf<Test>,
) -> DispatchResult {
	JobsPallet::submit(signed(worker), id, output, proof)
		.map(|_| ())
		.map_err(|refused| refused.error)
}

/// Submits the usual output with a right proof.
pub fn submit(id: JobId, worker: AccountId) -> DispatchResult {
	let proof = prove(id, worker, &output());
	submit_with(worker, id, output(), proof)
}

/// The usual output for a job with a right proof of its claimant.
pub fn answer(id: JobId) -> Answer<Test> {
	let State::Claimed(claim) = job(id).state else { panic!("nobody has claimed {id:?}") };
	let proof = prove(id, claim.worker, &output());
	Answer::to_one(id, claim.worker, output(), proof)
}

/// What is submitted alone of an answer to one job.
pub fn parts(answer: Answer<Test>) -> (JobId, OutputOf<Test>, ProofOf<Test>) {
	let Answer { runs, proof, .. } = answer;
	let run = runs[0].clone();
	(run.job, run.output, proof)
}

/// What has to be declared of the jobs of these answers.
pub fn distinct(answers: &[Answer<Test>]) -> Distinct {
	JobsPallet::distinct(answers.to_vec().try_into().unwrap())
}

/// Submits answers in a batch, as honest as can be.
pub fn submit_batch(who: AccountId, answers: &[Answer<Test>]) -> DispatchResult {
	submit_declaring(who, answers, distinct(answers))
}

/// Submits answers in a batch of whose jobs this is declared.
pub fn submit_declaring(
	who: AccountId,
	answers: &[Answer<Test>],
	distinct: Distinct,
) -> DispatchResult {
	let answers = answers.to_vec().try_into().unwrap();
	JobsPallet::submit_batch(signed(who), answers, distinct)
		.map(|_| ())
		.map_err(|refused| refused.error)
}

/// What the view function says of answers in a batch, as honest as can be.
pub fn would_settle(answers: &[Answer<Test>]) -> Result<Vec<SkippedItem>, DispatchError> {
	JobsPallet::would_settle(answers.to_vec().try_into().unwrap(), distinct(answers))
}

/// The events of the pallet of jobs, oldest first.
pub fn events() -> Vec<Event<Test>> {
	System::read_events_for_pallet::<Event<Test>>()
}
