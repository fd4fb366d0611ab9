// SPDX-License-Identifier: Apache-2.0

//! A runtime with this pallet.

use crate::{HoldReason, Pallet, ReputationOf, Settlement};
use frame_support::{
	assert_ok, derive_impl, ensure, parameter_types,
	traits::{
		fungible::{HoldConsideration, Inspect, InspectHold},
		ConstU128, ConstU32, LinearStoragePrice,
	},
};
use frame_system::mocking::MockBlock;
use sp_runtime::{
	traits::{Convert, IdentityLookup},
	BuildStorage, Permill, TryRuntimeError,
};
use std::collections::BTreeMap;

pub type AccountId = u64;

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;
/// Has no account.
pub const NOBODY: AccountId = 9;
pub const INITIAL_BALANCE: u128 = 1_000_000;
pub const EXISTENTIAL_DEPOSIT: u128 = 10;
pub const MIN_BOND: u128 = 1_000;
pub const FULL_WEIGHT_PRICE: u128 = 10_000;

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
	pub type WorkersPallet = crate;
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
	pub const BondReason: RuntimeHoldReason = RuntimeHoldReason::WorkersPallet(HoldReason::Bond);
	pub const DepositReason: RuntimeHoldReason =
		RuntimeHoldReason::WorkersPallet(HoldReason::ReputationDeposit);
}

/// What a footprint costs.
pub type Price = LinearStoragePrice<ConstU128<20>, ConstU128<1>, u128>;

impl crate::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Consideration = HoldConsideration<AccountId, Balances, DepositReason, Price>;
	type MinBond = ConstU128<MIN_BOND>;
	type FullWeightPrice = ConstU128<FULL_WEIGHT_PRICE>;
	type MaxMetadataBytes = ConstU32<64>;
	type WeightInfo = ();
}

/// Runs a test on a fresh chain and checks the invariants after it.
pub fn build_and_execute(test: impl FnOnce()) {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	pallet_balances::GenesisConfig::<Test> {
		balances: vec![(ALICE, INITIAL_BALANCE), (BOB, INITIAL_BALANCE)],
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	sp_io::TestExternalities::from(storage).execute_with(|| {
		System::set_block_number(1);
		test();
		check_invariants();
	});
}

/// The pallet's own invariants, and that deposits are held exactly while their records exist.
pub fn check_invariants() {
	Pallet::<Test>::do_try_state().unwrap();
	check_deposits().unwrap();
}

/// Whether every account holds the deposit for its record and nothing else under that reason.
pub fn check_deposits() -> Result<(), TryRuntimeError> {
	let mut deposits: BTreeMap<_, _> = WorkersPallet::deposits()
		.map(|(who, footprint)| (who, Price::convert(footprint)))
		.collect();
	for who in frame_system::Account::<Test>::iter_keys() {
		let deposit = deposits.remove(&who).unwrap_or_default();
		ensure!(deposited(who) == deposit, "deposit that differs from what is held");
	}
	ensure!(deposits.is_empty(), "deposit of an account that is gone");
	Ok(())
}

/// What a record costs as a deposit.
pub fn deposit() -> u128 {
	Price::convert(WorkersPallet::footprint())
}

/// What is held for the record of an account.
pub fn deposited(who: AccountId) -> u128 {
	Balances::balance_on_hold(&DepositReason::get(), &who)
}

/// What is held for the bond of an account.
pub fn held(who: AccountId) -> u128 {
	Balances::balance_on_hold(&BondReason::get(), &who)
}

pub fn free(who: AccountId) -> u128 {
	Balances::balance(&who)
}

/// What Alice has left when she is a worker with this bond and nothing else happened.
pub fn left_beside(bond: u128) -> u128 {
	INITIAL_BALANCE - bond - deposit()
}

/// Registers Alice with this bond.
pub fn register(bond: u128) {
	assert_ok!(WorkersPallet::register(RuntimeOrigin::signed(ALICE), bond, Default::default()));
}

/// A job of this price that locked nothing and that Alice answers for somebody else.
pub fn settled(price: u128) -> Settlement<u128> {
	Settlement { bond: 0, price, earned: price - price / 10, self_dealt: false }
}

pub fn reputation(who: AccountId) -> ReputationOf<Test> {
	WorkersPallet::reputation(who)
}

pub fn parts(parts: u32) -> Permill {
	Permill::from_parts(parts)
}
