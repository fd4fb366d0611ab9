// SPDX-License-Identifier: Apache-2.0

//! The runtime. Parameters that a test changes are in storage.

use crate::insecure::Insecure;
use candor_groth16::{Groth16, StagedGroth16};
use frame_support::{
	derive_impl, ord_parameter_types, parameter_types,
	traits::{fungible::HoldConsideration, ConstU128, ConstU32, ConstU64, LinearStoragePrice},
};
use frame_system::{mocking::MockBlock, EnsureRoot, EnsureSignedBy};
use pallet_jobs::MarketClock;
use sp_runtime::{
	traits::{Convert, IdentityLookup},
	Permill,
};

pub type AccountId = u64;

/// Who attests setups. Has no account, as signing needs none here.
pub const ATTESTOR: AccountId = 8;

/// The market's pot.
pub const POT: AccountId = 7;

pub const EXISTENTIAL_DEPOSIT: u128 = 10;
/// Prices of storage.
pub const DEPOSIT_BASE: u128 = 100;
pub const DEPOSIT_PER_BYTE: u128 = 1;
/// Bounds of the market.
pub const MIN_PRICE: u128 = 100;
pub const MIN_JOB_BOND: u128 = 50;
pub const MIN_BOND: u128 = 1_000;
/// What a score of a half is worth in fees: those of a job of 10,000.
pub const PRIOR: u128 = 300;
pub const MAX_FROM_REQUESTER: u128 = 2 * PRIOR;
/// Blocks in which evidence does not fade.
pub const EPOCH_LENGTH: u64 = 2;
pub const MAX_BOUNTY: u128 = 150;
pub const MAX_INPUTS: u32 = 8;
pub const MAX_BATCH: u32 = 64;
pub const MAX_NAMED_WORKERS: u32 = 3;

#[frame_support::runtime]
mod construct {
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
	pub type CircuitsPallet = pallet_circuits;
	#[runtime::pallet_index(3)]
	pub type ModelsPallet = pallet_models;
	#[runtime::pallet_index(4)]
	pub type WorkersPallet = pallet_workers;
	#[runtime::pallet_index(5)]
	pub type JobsPallet = pallet_jobs;
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
	pub const CircuitDepositReason: RuntimeHoldReason =
		RuntimeHoldReason::CircuitsPallet(pallet_circuits::HoldReason::CircuitDeposit);
	pub const VersionDepositReason: RuntimeHoldReason =
		RuntimeHoldReason::ModelsPallet(pallet_models::HoldReason::VersionDeposit);
	pub const BondReason: RuntimeHoldReason =
		RuntimeHoldReason::WorkersPallet(pallet_workers::HoldReason::Bond);
	pub const RecordDepositReason: RuntimeHoldReason =
		RuntimeHoldReason::WorkersPallet(pallet_workers::HoldReason::ReputationDeposit);
	pub const EscrowReason: RuntimeHoldReason =
		RuntimeHoldReason::JobsPallet(pallet_jobs::HoldReason::Escrow);
	pub const JobDepositReason: RuntimeHoldReason =
		RuntimeHoldReason::JobsPallet(pallet_jobs::HoldReason::JobDeposit);
	pub const Pot: AccountId = POT;
	pub const BondShare: Permill = Permill::from_percent(20);
	pub const BountyShare: Permill = Permill::from_percent(50);
	pub const DeclinePenalty: Permill = Permill::from_percent(5);
	pub storage MaxRoyalty: Permill = Permill::from_percent(50);
	pub storage ProtocolFee: Permill = Permill::from_percent(3);
	pub storage RecordDepositBase: u128 = 20;
	pub storage RecordDepositPerByte: u128 = 1;
	pub storage DepositBase: u128 = DEPOSIT_BASE;
	pub storage DepositPerByte: u128 = DEPOSIT_PER_BYTE;
}

ord_parameter_types! {
	pub const Attestor: AccountId = ATTESTOR;
}

/// The proof systems: two real ones that share their batches, and one that is none.
pub type Systems = (Groth16, StagedGroth16, Insecure);

/// What circuits and versions cost.
pub type Price = LinearStoragePrice<ConstU128<DEPOSIT_BASE>, ConstU128<DEPOSIT_PER_BYTE>, u128>;
/// What records of workers cost.
pub type RecordPrice = LinearStoragePrice<RecordDepositBase, RecordDepositPerByte, u128>;
/// What jobs cost.
pub type JobPrice = LinearStoragePrice<DepositBase, DepositPerByte, u128>;

type Deposit<Reason, Price> = HoldConsideration<AccountId, Balances, Reason, Price>;

impl pallet_circuits::Config for Test {
	type Systems = Systems;
	type Consideration = Deposit<CircuitDepositReason, Price>;
	type AdminOrigin = EnsureRoot<AccountId>;
	type AttestOrigin = EnsureSignedBy<Attestor, AccountId>;
	type BlockNumberProvider = MarketClock<Test>;
	type MaxKeyBytes = ConstU32<8192>;
	type WeightInfo = ();
}

impl pallet_models::Config for Test {
	type Currency = Balances;
	type Pot = Pot;
	type Consideration = Deposit<VersionDepositReason, Price>;
	type Circuits = CircuitsPallet;
	type Proofs = CircuitsPallet;
	type OwnerBytes = Padded;
	type MaxRoyalty = MaxRoyalty;
	type MaxUriBytes = ConstU32<64>;
	type MaxOutputBytes = ConstU32<64>;
	type MaxProofBytes = ConstU32<320>;
	type WeightInfo = ();
}

impl pallet_workers::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Consideration = Deposit<RecordDepositReason, RecordPrice>;
	type MinBond = ConstU128<MIN_BOND>;
	type BlockNumberProvider = MarketClock<Test>;
	type EpochLength = ConstU64<EPOCH_LENGTH>;
	type Prior = ConstU128<PRIOR>;
	type MaxFromRequester = ConstU128<MAX_FROM_REQUESTER>;
	type MaxMetadataBytes = ConstU32<64>;
	type WeightInfo = ();
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

impl pallet_jobs::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Consideration = Deposit<JobDepositReason, JobPrice>;
	type Models = ModelsPallet;
	type Pot = Pot;
	type Proofs = CircuitsPallet;
	type Workers = WorkersPallet;
	type WorkerBytes = Padded;
	type MinPrice = ConstU128<MIN_PRICE>;
	type ProtocolFee = ProtocolFee;
	type MinJobBond = ConstU128<MIN_JOB_BOND>;
	type BondShare = BondShare;
	type BountyShare = BountyShare;
	type MaxBounty = ConstU128<MAX_BOUNTY>;
	type DeclinePenalty = DeclinePenalty;
	type MinProvingPeriod = ConstU64<5>;
	type MaxProvingPeriod = ConstU64<50>;
	type MaxLifetime = ConstU64<200>;
	type MaxNamedWorkers = ConstU32<MAX_NAMED_WORKERS>;
	type MaxInlineInput = ConstU32<16>;
	type MaxOutputBytes = ConstU32<64>;
	type MaxProofBytes = ConstU32<320>;
	type MaxInputs = ConstU32<MAX_INPUTS>;
	type MaxBatch = ConstU32<MAX_BATCH>;
	type MaxRuns = ConstU32<4>;
	type WeightInfo = ();
}
