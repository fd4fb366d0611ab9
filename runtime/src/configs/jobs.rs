// SPDX-License-Identifier: Apache-2.0

use super::deposits::StoragePrice;
use crate::{
	constants::{DAYS, MILLI_UNIT},
	AccountId, Balance, Balances, BlockNumber, Circuits, Models, Runtime, RuntimeHoldReason,
	Workers,
};
use alloc::vec::Vec;
use candor_statement::{Fr, StatementSchema};
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU128, ConstU32},
};
use pallet_circuits::{Batch, BatchFailure, CircuitId, VerifyFailure};
use pallet_jobs::{
	BatchRefusal, Forfeit, ModelRefusal, Obligations, ProofRefusal, Settlement, Terms,
	WorkerRefusal,
};
use pallet_models::{JobRefusal, ModelId, Version};
use pallet_workers::LockRefusal;
use sp_runtime::{traits::ConvertInto, DispatchError, DispatchResult, Permill};

/// What a requester can have lost when its job was claimed for nothing: some ten times the fees for
/// opening one with the longest input. It does not grow with the price, or making workers fail would pay.
pub const MAX_COMPENSATION: Balance = 20 * MILLI_UNIT;

parameter_types! {
	pub const JobDeposit: RuntimeHoldReason =
		RuntimeHoldReason::Jobs(pallet_jobs::HoldReason::JobDeposit);
	/// Burnt, so that dealing with oneself costs something.
	pub const ProtocolFee: Permill = Permill::from_percent(5);
	pub const BondShare: Permill = Permill::from_percent(50);
	pub const ForfeitToRequester: Permill = Permill::from_percent(50);
	pub const DeclinePenalty: Permill = Permill::from_percent(5);
	/// Inputs of up to four kilobytes can be posted on chain.
	pub const MaxInlineInput: u32 = 4096;
	/// What fits into the public inputs that a key may have beside the commitments and the binding.
	pub const MaxOutputBytes: u32 =
		(candor_groth16::MAX_PUBLIC_INPUTS - 3) * candor_statement::BYTES_PER_WORD as u32;
}

/// The models of the market: the models pallet.
pub struct ModelsOfJobs;

impl pallet_jobs::Models<AccountId> for ModelsOfJobs {
	type ModelId = ModelId;
	type Version = Version;
	type CircuitId = CircuitId;

	fn terms(model: ModelId, version: Version) -> Result<Terms<CircuitId>, ModelRefusal> {
		let terms = Models::terms(model, version).map_err(model_refusal)?;
		Ok(Terms { circuit: terms.circuit, commitment: terms.commitment, royalty: terms.royalty })
	}

	fn owner(model: ModelId) -> Option<AccountId> {
		Models::owner(model)
	}

	fn add_job(model: ModelId, version: Version) -> Result<(), ModelRefusal> {
		Models::add_job(model, version).map_err(model_refusal)
	}

	fn remove_jobs(model: ModelId, version: Version, jobs: u32) {
		Models::remove_jobs(model, version, jobs)
	}

	fn open_jobs(model: ModelId, version: Version) -> Option<u32> {
		Models::open_jobs(model, version)
	}
}

fn model_refusal(refusal: JobRefusal) -> ModelRefusal {
	match refusal {
		JobRefusal::Unknown => ModelRefusal::Unknown,
		JobRefusal::Deprecated => ModelRefusal::Deprecated,
		JobRefusal::TooManyJobs => ModelRefusal::TooManyJobs,
	}
}

/// The proofs of the market: the circuits pallet.
pub struct ProofsOfJobs;

impl pallet_jobs::Proofs<BlockNumber> for ProofsOfJobs {
	type CircuitId = CircuitId;
	type Batch = BatchOfJobs;

	fn schema(circuit: CircuitId) -> Option<StatementSchema> {
		Circuits::schema(circuit)
	}

	fn is_frozen(circuit: CircuitId) -> bool {
		Circuits::is_frozen(circuit)
	}

	fn is_attested(circuit: CircuitId) -> bool {
		Circuits::is_attested(circuit)
	}

	fn paused(circuit: CircuitId) -> BlockNumber {
		Circuits::paused(circuit)
	}

	fn verify(circuit: CircuitId, inputs: &[Fr], proof: &[u8]) -> Result<(), ProofRefusal> {
		Circuits::verify(circuit, inputs, proof).map_err(proof_refusal)
	}
}

fn proof_refusal(failure: VerifyFailure) -> ProofRefusal {
	match failure {
		VerifyFailure::UnknownCircuit => ProofRefusal::UnknownCircuit,
		VerifyFailure::FrozenCircuit => ProofRefusal::FrozenCircuit,
		VerifyFailure::MalformedProof => ProofRefusal::Malformed,
		VerifyFailure::InvalidProof => ProofRefusal::Invalid,
		VerifyFailure::WrongInputCount | VerifyFailure::CorruptKey => ProofRefusal::UnusableKey,
	}
}

/// Proofs of the market that are verified together, by the circuits pallet.
#[derive(Default)]
pub struct BatchOfJobs(Batch<Runtime>);

impl pallet_jobs::ProofBatch for BatchOfJobs {
	type CircuitId = CircuitId;

	fn admit(&mut self, circuit: CircuitId) -> Result<(), ProofRefusal> {
		self.0.admit(circuit).map_err(proof_refusal)
	}

	fn add(
		&mut self,
		circuit: CircuitId,
		inputs: Vec<Fr>,
		proof: &[u8],
	) -> Result<(), ProofRefusal> {
		self.0.add(circuit, inputs, proof).map_err(proof_refusal)
	}

	fn circuits(&self) -> u32 {
		self.0.circuits()
	}

	fn key_inputs(&self) -> u32 {
		self.0.key_inputs()
	}

	fn verify(self) -> Result<(), BatchRefusal> {
		self.0.verify().map_err(|failure| match failure {
			BatchFailure::Item { index, failure } => {
				BatchRefusal::Item { index, refusal: proof_refusal(failure) }
			}
			BatchFailure::Invalid => BatchRefusal::Invalid,
		})
	}
}

/// The workers of the market: the workers pallet.
pub struct WorkersOfJobs;

impl pallet_jobs::Workers<AccountId, Balance> for WorkersOfJobs {
	fn score(who: &AccountId) -> Permill {
		Workers::score(who)
	}

	fn can_lock(who: &AccountId, amount: Balance) -> Result<(), WorkerRefusal> {
		Workers::can_lock(who, amount).map_err(worker_refusal)
	}

	fn lock(who: &AccountId, amount: Balance) -> Result<(), WorkerRefusal> {
		Workers::lock(who, amount).map_err(worker_refusal)
	}

	fn settle(
		who: &AccountId,
		settlements: impl IntoIterator<Item = Settlement<Balance>>,
	) -> DispatchResult {
		let settlements = settlements.into_iter().map(|settlement| pallet_workers::Settlement {
			bond: settlement.bond,
			price: settlement.price,
			earned: settlement.earned,
			self_dealt: settlement.self_dealt,
		});
		Workers::settle(who, settlements)
	}

	fn excuse(who: &AccountId, amount: Balance) -> DispatchResult {
		Workers::excuse(who, amount)
	}

	fn forfeit(
		who: &AccountId,
		amount: Balance,
		beneficiary: &AccountId,
		compensation: Balance,
	) -> Result<Forfeit<Balance>, DispatchError> {
		let forfeit = Workers::forfeit(who, amount, beneficiary, compensation)?;
		Ok(Forfeit { compensation: forfeit.compensation, burnt: forfeit.burnt })
	}

	fn decline(
		who: &AccountId,
		amount: Balance,
		penalty: Balance,
	) -> Result<Balance, DispatchError> {
		Workers::decline(who, amount, penalty)
	}

	fn obligations(who: &AccountId) -> Obligations<Balance> {
		let obligations = Workers::obligations(who);
		Obligations { jobs: obligations.jobs, locked: obligations.locked }
	}
}

fn worker_refusal(refusal: LockRefusal) -> WorkerRefusal {
	match refusal {
		LockRefusal::NotRegistered => WorkerRefusal::NotRegistered,
		LockRefusal::BondBelowMinimum => WorkerRefusal::BondBelowMinimum,
		LockRefusal::InsufficientBond => WorkerRefusal::InsufficientBond,
		LockRefusal::TooManyJobs => WorkerRefusal::TooManyJobs,
	}
}

impl pallet_jobs::Config for Runtime {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Consideration = HoldConsideration<AccountId, Balances, JobDeposit, StoragePrice>;
	type Models = ModelsOfJobs;
	type Proofs = ProofsOfJobs;
	type Workers = WorkersOfJobs;
	type WorkerBytes = ConvertInto;
	type MinPrice = ConstU128<{ 10 * MILLI_UNIT }>;
	type ProtocolFee = ProtocolFee;
	type MinJobBond = ConstU128<{ 100 * MILLI_UNIT }>;
	type BondShare = BondShare;
	type ForfeitToRequester = ForfeitToRequester;
	type MaxCompensation = ConstU128<MAX_COMPENSATION>;
	type DeclinePenalty = DeclinePenalty;
	type MinProvingPeriod = ConstU32<5>;
	type MaxProvingPeriod = ConstU32<{ DAYS }>;
	type MaxLifetime = ConstU32<{ 30 * DAYS }>;
	type MaxInlineInput = MaxInlineInput;
	type MaxOutputBytes = MaxOutputBytes;
	type MaxProofBytes = ConstU32<{ candor_groth16::PROOF_BYTES as u32 }>;
	type MaxBatch = ConstU32<256>;
	type WeightInfo = crate::weights::pallet_jobs::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
}
