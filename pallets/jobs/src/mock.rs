// SPDX-License-Identifier: Apache-2.0

//! A runtime with the market above the real pallets of models and workers, and circuits whose
//! proofs are hashes of their public inputs.

use crate::{
	Answer, BatchRefusal, Demands, Event, Forfeit, HoldReason, InlineInputOf, Job, JobId, Jobs,
	MarketClock, ModelRefusal, NextJobId, Obligations, OutputOf, ProofOf, ProofRefusal, Settlement,
	SetupDemand, Standstill, State, Terms, Tier, WorkerRefusal,
};
use candor_statement::{
	binding, Binding, Claimant, Fr, GenesisHash, InputCommitment, JobNumber, ModelCommitment,
	Statement, StatementSchema,
};
use codec::{Decode, Encode};
use frame_support::{
	assert_ok, derive_impl, parameter_types,
	traits::{
		fungible::{HoldConsideration, Inspect, InspectHold},
		ConstU128, ConstU32, ConstU64, LinearStoragePrice,
	},
};
use frame_system::mocking::MockBlock;
use pallet_models::{CircuitRefusal, JobRefusal, ModelId, Version};
use pallet_workers::LockRefusal;
use sp_runtime::{
	traits::{BlockNumberProvider, Convert, IdentityLookup},
	BuildStorage, DispatchError, DispatchResult, Permill,
};
use std::collections::BTreeSet;

pub type AccountId = u64;

pub const REQUESTER: AccountId = 1;
pub const WORKER: AccountId = 2;
pub const RIVAL: AccountId = 3;
pub const OWNER: AccountId = 4;
pub const STRANGER: AccountId = 5;
pub const ACCOUNTS: [AccountId; 5] = [REQUESTER, WORKER, RIVAL, OWNER, STRANGER];

pub const INITIAL_BALANCE: u128 = 1_000_000;
pub const EXISTENTIAL_DEPOSIT: u128 = 10;
pub const MIN_PRICE: u128 = 100;
pub const MIN_JOB_BOND: u128 = 50;
pub const BOND: u128 = 10_000;
pub const MIN_BOND: u128 = 500;
pub const FULL_WEIGHT_PRICE: u128 = 10_000;
pub const MAX_BATCH: u32 = 64;

/// The circuit that exists.
pub const CIRCUIT: u32 = 1;
pub const INPUT_LEN: u32 = 4;
pub const OUTPUT_LEN: u32 = 33;

/// The terms of [`open`]: royalty 100, fee 30, payout 871, bond 201.
pub const PRICE: u128 = 1_001;
pub const ROYALTY: u128 = 100;
pub const FEE: u128 = 30;
pub const PAYOUT: u128 = 871;
pub const JOB_BOND: u128 = 201;
/// Half of it, rounded down, goes to the requester.
pub const COMPENSATION: u128 = 100;
/// More than that no requester gets.
pub const MAX_COMPENSATION: u128 = 150;
/// Five percent, rounded up: what handing the claim back at once burns.
pub const PENALTY: u128 = 11;
pub const PROVING_PERIOD: u64 = 10;
/// Leaves room for two whole proving periods and a little more.
pub const DEADLINE: u64 = 31;
pub const CLAIM_BY: u64 = DEADLINE - PROVING_PERIOD;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type ModelsPallet = pallet_models;
	#[runtime::pallet_index(3)]
	pub type WorkersPallet = pallet_workers;
	#[runtime::pallet_index(4)]
	pub type JobsPallet = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<u128>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = u128;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type AccountStore = System;
}

parameter_types! {
	pub const EscrowReason: RuntimeHoldReason = RuntimeHoldReason::JobsPallet(HoldReason::Escrow);
	pub const JobDepositReason: RuntimeHoldReason =
		RuntimeHoldReason::JobsPallet(HoldReason::JobDeposit);
	pub const VersionDepositReason: RuntimeHoldReason =
		RuntimeHoldReason::ModelsPallet(pallet_models::HoldReason::VersionDeposit);
	pub const BondReason: RuntimeHoldReason =
		RuntimeHoldReason::WorkersPallet(pallet_workers::HoldReason::Bond);
	pub const ReputationDepositReason: RuntimeHoldReason =
		RuntimeHoldReason::WorkersPallet(pallet_workers::HoldReason::ReputationDeposit);
	pub const MaxRoyalty: Permill = Permill::one();
	pub const BondShare: Permill = Permill::from_percent(20);
	pub const ForfeitToRequester: Permill = Permill::from_percent(50);
	pub storage ProtocolFee: Permill = Permill::from_percent(3);
	pub storage DepositBase: u128 = 100;
	pub storage DepositPerByte: u128 = 1;
	pub const DeclinePenalty: Permill = Permill::from_percent(5);
	pub storage CircuitFrozen: bool = false;
	pub storage CircuitFrozenAt: u64 = 0;
	pub storage CircuitPaused: u64 = 0;
	pub storage CircuitAttested: bool = false;
	pub storage CircuitReferences: u32 = 0;
	pub storage Schema: Option<StatementSchema> =
		Some(StatementSchema::InferenceV1 { input_len: INPUT_LEN, output_len: OUTPUT_LEN });
}

/// One circuit, in storage values.
pub struct MockCircuits;

impl pallet_models::Circuits for MockCircuits {
	type Id = u32;

	fn usable(_: u32) -> Result<(), CircuitRefusal> {
		Ok(())
	}

	fn add_reference(_: u32) -> Result<(), CircuitRefusal> {
		CircuitReferences::set(&(CircuitReferences::get() + 1));
		Ok(())
	}

	fn remove_reference(_: u32) {
		CircuitReferences::set(&(CircuitReferences::get() - 1));
	}

	fn all() -> Vec<(u32, u32)> {
		vec![(CIRCUIT, CircuitReferences::get())]
	}
}

impl crate::Proofs<u64> for MockCircuits {
	type CircuitId = u32;
	type Batch = MockBatch;

	fn schema(_: u32) -> Option<StatementSchema> {
		Schema::get()
	}

	fn is_frozen(_: u32) -> bool {
		CircuitFrozen::get()
	}

	fn is_attested(_: u32) -> bool {
		CircuitAttested::get()
	}

	fn paused(_: u32) -> u64 {
		let running = if CircuitFrozen::get() {
			MarketClock::<Test>::current_block_number() - CircuitFrozenAt::get()
		} else {
			0
		};
		CircuitPaused::get() + running
	}

	fn verify(_: u32, inputs: &[Fr], proof: &[u8]) -> Result<(), ProofRefusal> {
		match proof {
			_ if CircuitFrozen::get() => Err(ProofRefusal::FrozenCircuit),
			_ if Schema::get().is_none() => Err(ProofRefusal::UnknownCircuit),
			b"no usable key" => Err(ProofRefusal::UnusableKey),
			proof if proof.len() != 32 || proof == OUTSIDE_SUBGROUP => Err(ProofRefusal::Malformed),
			proof if proof == digest(inputs) => Ok(()),
			_ => Err(ProofRefusal::Invalid),
		}
	}
}

/// Freezes the circuit.
pub fn freeze() {
	if !CircuitFrozen::get() {
		CircuitFrozen::set(&true);
		CircuitFrozenAt::set(&MarketClock::<Test>::current_block_number());
	}
}

/// Puts the circuit back into use.
pub fn unfreeze() {
	CircuitPaused::set(&<MockCircuits as crate::Proofs<u64>>::paused(CIRCUIT));
	CircuitFrozen::set(&false);
}

/// Lets so many blocks pass that have no room for an answer.
pub fn pass_full_blocks(blocks: u64) {
	Standstill::<Test>::mutate(|full| *full += blocks);
	go_to(System::block_number() + blocks);
}

/// Bytes of which only verification finds that they are no proof.
pub const OUTSIDE_SUBGROUP: [u8; 32] = [0xff; 32];

/// Proofs that are compared with the right ones at the end.
#[derive(Default)]
pub struct MockBatch {
	circuits: BTreeSet<u32>,
	proofs: Vec<([u8; 32], [u8; 32])>,
}

impl crate::ProofBatch for MockBatch {
	type CircuitId = u32;

	fn admit(&mut self, circuit: u32) -> Result<(), ProofRefusal> {
		if CircuitFrozen::get() {
			return Err(ProofRefusal::FrozenCircuit);
		}
		self.circuits.insert(circuit);
		Ok(())
	}

	fn add(&mut self, _: u32, inputs: Vec<Fr>, proof: &[u8]) -> Result<(), ProofRefusal> {
		if Schema::get().is_none() {
			return Err(ProofRefusal::UnknownCircuit);
		}
		if proof == b"no usable key" {
			return Err(ProofRefusal::UnusableKey);
		}
		let proof = proof.try_into().map_err(|_| ProofRefusal::Malformed)?;
		self.proofs.push((digest(&inputs), proof));
		Ok(())
	}

	fn circuits(&self) -> u32 {
		u32::try_from(self.circuits.len()).unwrap()
	}

	fn key_inputs(&self) -> u32 {
		self.circuits() * Schema::get().map_or(0, |schema| schema.public_inputs())
	}

	fn verify(self) -> Result<(), BatchRefusal> {
		for (index, (_, proof)) in (0..).zip(&self.proofs) {
			if *proof == OUTSIDE_SUBGROUP {
				return Err(BatchRefusal::Item { index, refusal: ProofRefusal::Malformed });
			}
		}
		match self.proofs.as_slice() {
			proofs if proofs.iter().all(|(right, proof)| right == proof) => Ok(()),
			[_] => Err(BatchRefusal::Item { index: 0, refusal: ProofRefusal::Invalid }),
			_ => Err(BatchRefusal::Invalid),
		}
	}
}

/// The only proof of a statement in this runtime.
fn digest(inputs: &[Fr]) -> [u8; 32] {
	let bytes: Vec<u8> =
		inputs.iter().flat_map(|input| *Binding::from_field(*input).as_bytes()).collect();
	sp_io::hashing::blake2_256(&bytes)
}

impl pallet_models::Config for Test {
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		VersionDepositReason,
		LinearStoragePrice<ConstU128<100>, ConstU128<1>, u128>,
	>;
	type Circuits = MockCircuits;
	type MaxRoyalty = MaxRoyalty;
	type MaxUriBytes = ConstU32<64>;
	type WeightInfo = ();
}

impl pallet_workers::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	// Records of workers cost nothing here; the pallet's own tests have their price.
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		ReputationDepositReason,
		LinearStoragePrice<ConstU128<0>, ConstU128<0>, u128>,
	>;
	type MinBond = ConstU128<MIN_BOND>;
	type FullWeightPrice = ConstU128<FULL_WEIGHT_PRICE>;
	type MaxMetadataBytes = ConstU32<64>;
	type WeightInfo = ();
}

/// The pallet of models, as the market sees it.
pub struct MarketModels;

fn model_refusal(refusal: JobRefusal) -> ModelRefusal {
	match refusal {
		JobRefusal::Unknown => ModelRefusal::Unknown,
		JobRefusal::Deprecated => ModelRefusal::Deprecated,
		JobRefusal::TooManyJobs => ModelRefusal::TooManyJobs,
	}
}

impl crate::Models<AccountId> for MarketModels {
	type ModelId = ModelId;
	type Version = Version;
	type CircuitId = u32;

	fn terms(model: ModelId, version: Version) -> Result<Terms<u32>, ModelRefusal> {
		let terms = ModelsPallet::terms(model, version).map_err(model_refusal)?;
		Ok(Terms { circuit: terms.circuit, commitment: terms.commitment, royalty: terms.royalty })
	}

	fn owner(model: ModelId) -> Option<AccountId> {
		ModelsPallet::owner(model)
	}

	fn add_job(model: ModelId, version: Version) -> Result<(), ModelRefusal> {
		ModelsPallet::add_job(model, version).map_err(model_refusal)
	}

	fn remove_jobs(model: ModelId, version: Version, jobs: u32) {
		ModelsPallet::remove_jobs(model, version, jobs);
	}

	fn open_jobs(model: ModelId, version: Version) -> Option<u32> {
		ModelsPallet::open_jobs(model, version)
	}
}

/// The pallet of workers, as the market sees it.
pub struct MarketWorkers;

fn worker_refusal(refusal: LockRefusal) -> WorkerRefusal {
	match refusal {
		LockRefusal::NotRegistered => WorkerRefusal::NotRegistered,
		LockRefusal::BondBelowMinimum => WorkerRefusal::BondBelowMinimum,
		LockRefusal::InsufficientBond => WorkerRefusal::InsufficientBond,
		LockRefusal::TooManyJobs => WorkerRefusal::TooManyJobs,
	}
}

impl crate::Workers<AccountId, u128> for MarketWorkers {
	fn score(who: &AccountId) -> Permill {
		WorkersPallet::score(who)
	}

	fn can_lock(who: &AccountId, amount: u128) -> Result<(), WorkerRefusal> {
		WorkersPallet::can_lock(who, amount).map_err(worker_refusal)
	}

	fn lock(who: &AccountId, amount: u128) -> Result<(), WorkerRefusal> {
		WorkersPallet::lock(who, amount).map_err(worker_refusal)
	}

	fn settle(
		who: &AccountId,
		settlements: impl IntoIterator<Item = Settlement<u128>>,
	) -> DispatchResult {
		let settlements =
			settlements.into_iter().map(|Settlement { bond, price, earned, self_dealt }| {
				pallet_workers::Settlement { bond, price, earned, self_dealt }
			});
		WorkersPallet::settle(who, settlements)
	}

	fn excuse(who: &AccountId, amount: u128) -> DispatchResult {
		WorkersPallet::excuse(who, amount)
	}

	fn forfeit(
		who: &AccountId,
		amount: u128,
		beneficiary: &AccountId,
		compensation: u128,
	) -> Result<Forfeit<u128>, DispatchError> {
		let pallet_workers::Forfeit { compensation, burnt } =
			WorkersPallet::forfeit(who, amount, beneficiary, compensation)?;
		Ok(Forfeit { compensation, burnt })
	}

	fn decline(who: &AccountId, amount: u128, penalty: u128) -> Result<u128, DispatchError> {
		WorkersPallet::decline(who, amount, penalty)
	}

	fn obligations(who: &AccountId) -> Obligations<u128> {
		let pallet_workers::Obligations { jobs, locked } = WorkersPallet::obligations(who);
		Obligations { jobs, locked }
	}
}

/// An account's number and 24 zeros.
pub struct Padded;

impl Convert<AccountId, [u8; 32]> for Padded {
	fn convert(who: AccountId) -> [u8; 32] {
		let mut bytes = [0; 32];
		bytes[..8].copy_from_slice(&who.to_le_bytes());
		bytes
	}
}

impl crate::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		JobDepositReason,
		LinearStoragePrice<DepositBase, DepositPerByte, u128>,
	>;
	type Models = MarketModels;
	type Proofs = MockCircuits;
	type Workers = MarketWorkers;
	type WorkerBytes = Padded;
	type MinPrice = ConstU128<MIN_PRICE>;
	type ProtocolFee = ProtocolFee;
	type MinJobBond = ConstU128<MIN_JOB_BOND>;
	type BondShare = BondShare;
	type ForfeitToRequester = ForfeitToRequester;
	type MaxCompensation = ConstU128<MAX_COMPENSATION>;
	type DeclinePenalty = DeclinePenalty;
	type MinProvingPeriod = ConstU64<5>;
	type MaxProvingPeriod = ConstU64<50>;
	type MaxLifetime = ConstU64<200>;
	type MaxInlineInput = ConstU32<16>;
	type MaxOutputBytes = ConstU32<64>;
	type MaxProofBytes = ConstU32<256>;
	type MaxBatch = ConstU32<MAX_BATCH>;
	type WeightInfo = ();
}

/// The model that is registered at first, and its version.
pub const MODEL: ModelId = ModelId(0);
pub const VERSION: Version = Version::FIRST;

/// A chain at block 1 on which a model and two workers are registered.
pub fn new_test_ext() -> sp_io::TestExternalities {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	pallet_balances::GenesisConfig::<Test> {
		balances: ACCOUNTS.map(|who| (who, INITIAL_BALANCE)).to_vec(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		register_model(1, Permill::from_percent(10));
		for worker in [WORKER, RIVAL] {
			assert_ok!(WorkersPallet::register(signed(worker), BOND, Default::default()));
		}
	});
	ext
}

/// Runs a test on a fresh chain and checks the invariants after it.
pub fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		check_invariants();
	});
}

/// The invariants of all pallets; that each account holds exactly what its records say, and nothing
/// else; and that free and held balances add up to the issuance.
pub fn check_invariants() {
	JobsPallet::do_try_state().unwrap();
	ModelsPallet::do_try_state().unwrap();
	WorkersPallet::do_try_state().unwrap();
	// A ticket is the amount held, and says so only in its encoding.
	let amount = |ticket: &[u8]| u128::decode(&mut &ticket[..]).unwrap();
	let mut total = 0;
	for who in frame_system::Account::<Test>::iter_keys() {
		let jobs = || Jobs::<Test>::iter_values().filter(|job| job.requester == who);
		let escrow: u128 = jobs().map(|job| job.price).sum();
		let job_deposits: u128 = jobs().map(|job| amount(&job.ticket.encode())).sum();
		let version_deposits: u128 = pallet_models::Versions::<Test>::iter_values()
			.filter(|version| version.depositor == who)
			.map(|version| amount(&version.ticket.encode()))
			.sum();
		let bond = pallet_workers::Workers::<Test>::get(who).map_or(0, |worker| worker.bond);
		let claims: Vec<_> = Jobs::<Test>::iter_values()
			.filter_map(|job| match job.state {
				State::Claimed(claim) if claim.worker == who => Some(claim.bond),
				_ => None,
			})
			.collect();
		assert_eq!(held(EscrowReason::get(), who), escrow);
		assert_eq!(held(JobDepositReason::get(), who), job_deposits);
		assert_eq!(held(VersionDepositReason::get(), who), version_deposits);
		assert_eq!(held(BondReason::get(), who), bond);
		assert_eq!(
			Balances::total_balance_on_hold(&who),
			escrow + job_deposits + version_deposits + bond
		);
		assert_eq!(
			WorkersPallet::obligations(&who),
			pallet_workers::Obligations {
				jobs: u32::try_from(claims.len()).unwrap(),
				locked: claims.iter().sum(),
			}
		);
		total += Balances::total_balance(&who);
	}
	assert_eq!(total, Balances::total_issuance());
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn held(reason: RuntimeHoldReason, who: AccountId) -> u128 {
	Balances::balance_on_hold(&reason, &who)
}

pub fn free(who: AccountId) -> u128 {
	Balances::balance(&who)
}

pub fn set_free(who: AccountId, amount: u128) {
	assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), who, amount));
}

pub fn go_to(block: u64) {
	System::set_block_number(block);
}

/// Registers a model for its owner.
pub fn register_model(seed: u8, royalty: Permill) {
	let mut commitment = [0; 32];
	commitment[0] = seed;
	assert_ok!(ModelsPallet::register(
		signed(OWNER),
		CIRCUIT,
		ModelCommitment::from_bytes(commitment),
		royalty,
		pallet_models::Metadata { hash: Default::default(), uri: Default::default() },
	));
}

pub fn input_commitment() -> InputCommitment {
	InputCommitment::from_bytes([1; 32])
}

/// What a call to open a job says.
pub struct Opening {
	pub who: AccountId,
	pub model: ModelId,
	pub version: Version,
	pub input_commitment: InputCommitment,
	pub input: Option<InlineInputOf<Test>>,
	pub price: u128,
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
			input: None,
			price: PRICE,
			min_reputation: Permill::zero(),
			setup: SetupDemand::Any,
			proving_period: PROVING_PERIOD,
			deadline: DEADLINE,
		}
	}
}

impl Opening {
	/// Makes the call.
	pub fn call(self) -> DispatchResult {
		JobsPallet::open(
			signed(self.who),
			self.model,
			self.version,
			self.input_commitment,
			self.input,
			self.price,
			Tier::Proven,
			Demands { min_reputation: self.min_reputation, setup: self.setup },
			self.proving_period,
			self.deadline,
		)
	}

	/// Makes the call, which must succeed.
	pub fn open(self) -> JobId {
		let job = NextJobId::<Test>::get();
		assert_ok!(self.call());
		job
	}
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

/// A proof by this worker that the usual model gives this output for this job's input.
pub fn prove(id: JobId, worker: AccountId, output: &[u8]) -> ProofOf<Test> {
	let job = job(id);
	let genesis = frame_system::BlockHash::<Test>::get(0);
	let statement = Statement {
		model: job.model_commitment,
		input: job.input_commitment,
		output,
		binding: binding(
			GenesisHash(genesis.0),
			JobNumber(id.0),
			Claimant(Padded::convert(worker)),
		),
	};
	digest(&statement.public_inputs().unwrap()).to_vec().try_into().unwrap()
}

/// Submits the usual output with a right proof.
pub fn submit(id: JobId, worker: AccountId) -> DispatchResult {
	let proof = prove(id, worker, &output());
	JobsPallet::submit(signed(worker), id, output(), proof)
}

/// The usual output for a job with a right proof of its claimant.
pub fn answer(id: JobId) -> Answer<Test> {
	let State::Claimed(claim) = job(id).state else { panic!("nobody has claimed {id:?}") };
	let proof = prove(id, claim.worker, &output());
	Answer { job: id, worker: claim.worker, output: output(), proof }
}

/// Submits answers in a batch.
pub fn submit_batch(who: AccountId, answers: &[Answer<Test>]) -> DispatchResult {
	let answers = answers.to_vec().try_into().unwrap();
	JobsPallet::submit_batch(signed(who), answers).map(|_| ()).map_err(|refused| refused.error)
}

/// The events of this pallet, oldest first.
pub fn events() -> Vec<Event<Test>> {
	System::read_events_for_pallet::<Event<Test>>()
}
